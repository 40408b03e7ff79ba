//! Bodies by periods: one cell an obligation, or the worst of several.

use app::Listed;
use app::duty::{Cell, Grid, GridRow, GridSort, Scope, ShowGrid, grid};
use askama::Template;
use chrono::Datelike;
use domain::standing::State;

use super::words::{cell_sign, cell_word, column};
use super::{Notice, duty_asked, notices};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, sizes, turns};

struct CellSeen {
    href: String,
    sign: String,
    label: String,
    class: &'static str,
    panel: bool,
}

struct RowSeen {
    body: String,
    name: String,
    cells: Vec<CellSeen>,
    percent: String,
}

struct ColumnSeen {
    label: String,
    is_now: bool,
}

struct Links {
    list: String,
    csv: String,
}

#[derive(Template)]
#[template(path = "duty/grid.html")]
struct GridPage {
    chrome: Chrome,
    grid: Grid,
    title: String,
    columns: Vec<ColumnSeen>,
    rows: Vec<RowSeen>,
    links: Links,
    notices: Vec<Notice>,
    years: Vec<Choice>,
    scopes: Vec<Choice>,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    text: String,
    late_only: bool,
    one_duty: bool,
    pager: Pager,
}

/// The grid, or the list where the address asks for it.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    if asked.text("view") == "list" {
        return super::list::show(page, asked).await;
    }
    let found = grid(&page.ctx, query_of(&page, &asked)).await?;
    let shown = GridPage::new(&page, &asked, found).await?;
    page.html(&shown)
}

impl GridPage {
    async fn new(page: &Page, asked: &Asked, mut grid: Grid) -> Result<Self, PageError> {
        let world = page.ctx.app.world(page.who()?.home).await?;
        let years = app::duty::years(&world, page.ctx.day()).into_iter();
        let years = years.map(|y| (y.to_string(), format!("{y}年")));
        let year = year_of(page, asked).to_string();
        let (duty, text) = (asked.text("duty"), asked.text("q").to_owned());
        let listed = Listed {
            rows: std::mem::take(&mut grid.rows),
            next: grid.next.take(),
            previous: grid.previous.take(),
            count: grid.count,
        };
        let one_duty = duty_asked(asked).1.is_some();
        let list = [("view", "list"), ("year", year.as_str()), ("duty", duty)];
        let csv = [("year", year.as_str()), ("duty", duty), ("q", &text)];
        let rows = listed.rows.iter();
        Ok(Self {
            chrome: page.chrome().await?,
            title: grid.title.clone().unwrap_or_else(|| "全部职责".to_owned()),
            columns: columns(&grid),
            rows: rows.map(|r| row_seen(&grid, r, &year, one_duty)).collect(),
            links: Links {
                list: address("/duties", &list),
                csv: address("/duties.csv", &csv),
            },
            notices: notices(std::mem::take(&mut grid.duties), asked),
            years: choices(years, &year),
            scopes: choices(scopes(), scope_of(asked).code()),
            sorts: choices(
                [
                    (GridSort::Body.code(), "按单位顺序"),
                    (GridSort::Overdue.code(), "按逾期多少"),
                ],
                asked.text("sort"),
            ),
            sizes: sizes(asked),
            pager: turns(asked, &listed, "个单位", |at| here(asked, &year, at)),
            text,
            late_only: asked.text("late") == "1",
            one_duty,
            grid,
        })
    }
}

fn year_of(page: &Page, asked: &Asked) -> i32 {
    asked.read("year").unwrap_or_else(|| page.ctx.day().year())
}

fn scope_of(asked: &Asked) -> Scope {
    asked.read("who").unwrap_or(Scope::Towns)
}

fn query_of(page: &Page, asked: &Asked) -> ShowGrid {
    let (pack, duty) = duty_asked(asked);
    ShowGrid {
        pack,
        duty,
        year: Some(year_of(page, asked)),
        scope: Some(scope_of(asked)),
        late_only: Some(asked.text("late") == "1"),
        text: asked.0.some("q"),
        sort: asked.read("sort"),
        page: asked.0.some("page"),
        size: asked.size(),
    }
}

fn here(asked: &Asked, year: &str, at: &str) -> String {
    let values = [
        ("duty", asked.text("duty")),
        ("year", year),
        ("who", scope_of(asked).code()),
        ("late", asked.text("late")),
        ("q", asked.text("q")),
        ("sort", asked.text("sort")),
        ("size", asked.text("size")),
        ("page", at),
    ];
    address("/duties", &values)
}

fn columns(grid: &Grid) -> Vec<ColumnSeen> {
    let all = grid.columns.iter();
    let seen = all.map(|c| ColumnSeen {
        label: column(c.period),
        is_now: c.is_now,
    });
    seen.collect()
}

/// Whose rows can be asked for.
fn scopes() -> [(&'static str, &'static str); 6] {
    [
        (Scope::Towns.code(), "各乡镇"),
        (Scope::Departments.code(), "部门"),
        (Scope::Committees.code(), "专委会"),
        (Scope::County.code(), "县级"),
        (Scope::Enterprises.code(), "企业"),
        (Scope::All.code(), "全部"),
    ]
}

fn row_seen(grid: &Grid, row: &GridRow, year: &str, one_duty: bool) -> RowSeen {
    let body = row.body.to_string();
    let list = |month: String| {
        let values = [
            ("view", "list"),
            ("year", year),
            ("body", body.as_str()),
            ("month", month.as_str()),
        ];
        address("/duties", &values)
    };
    let cells = row
        .cells
        .iter()
        .zip(&grid.columns)
        .map(|(cell, at)| CellSeen {
            href: match &cell.key {
                Some(key) => super::path(key),
                None if cell.state.is_some() => list(at.period.to_string()),
                None => String::new(),
            },
            sign: cell_sign(cell),
            label: format!("{} {}：{}", row.name, column(at.period), cell_word(cell)),
            class: class_of(cell),
            panel: one_duty,
        });
    RowSeen {
        cells: cells.collect(),
        body: row.body.to_string(),
        name: row.name.clone(),
        percent: row
            .percent()
            .map_or_else(|| "—".to_owned(), |p| format!("{p}%")),
    }
}

fn class_of(cell: &Cell) -> &'static str {
    match cell.state {
        None | Some(State::NotYetOpen | State::BeforeRecords) => "none",
        Some(State::Open) => "s-open",
        Some(State::Met) => "s-met",
        Some(State::MetLate) => "s-met-late",
        Some(State::Overdue) => "s-overdue",
        Some(State::Waived) => "s-waived",
    }
}
