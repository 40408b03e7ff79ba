//! Bodies by periods: one cell an obligation, or the worst of several.

use app::duty::{Cell, Grid, GridQuery, GridRow, ROWS_MAX, Scope, grid};
use askama::Template;
use chrono::Datelike;
use domain::standing::State;

use super::{Notice, duty_asked, notices};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, pager};

/// Rows of one page on a screen.
const PAGE: usize = 60;

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

struct Links {
    list: String,
    csv: String,
}

#[derive(Template)]
#[template(path = "duty/grid.html")]
struct GridPage {
    chrome: Chrome,
    grid: Grid,
    rows: Vec<RowSeen>,
    links: Links,
    notices: Vec<Notice>,
    years: Vec<Choice>,
    scopes: Vec<Choice>,
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
    let query = query_of(&page, &asked);
    let found = grid(&page.ctx, &query).await?;
    let shown = GridPage::new(&page, &query, asked.text("duty"), found).await?;
    page.html(&shown)
}

impl GridPage {
    async fn new(
        page: &Page,
        query: &GridQuery,
        duty: &str,
        mut grid: Grid,
    ) -> Result<Self, PageError> {
        let world = page.ctx.app.world(page.who()?.home).await?;
        let years = app::duty::years(&world, page.ctx.day());
        let shown = std::mem::take(&mut grid.rows);
        let year = query.year.to_string();
        let at = |skip: usize| here(query, duty, skip);
        let csv = [
            ("year", year.as_str()),
            ("duty", duty),
            ("q", query.text.as_str()),
        ];
        Ok(Self {
            chrome: page.chrome().await?,
            rows: shown
                .iter()
                .map(|r| row_seen(&grid, r, query.duty.is_some()))
                .collect(),
            links: Links {
                list: address(
                    "/duties",
                    &[("view", "list"), ("year", &year), ("duty", duty)],
                ),
                csv: address("/duties.csv", &csv),
            },
            notices: notices(std::mem::take(&mut grid.duties)),
            years: choices(
                years.iter().map(|y| (y.to_string(), format!("{y}年"))),
                &year,
            ),
            scopes: choices(scopes(), query.scope.code()),
            pager: pager(query.skip, shown.len(), grid.row_count, PAGE, "个单位", at),
            text: query.text.clone(),
            late_only: query.late_only,
            one_duty: query.duty.is_some(),
            grid,
        })
    }
}

fn query_of(page: &Page, asked: &Asked) -> GridQuery {
    GridQuery {
        duty: duty_asked(asked),
        year: asked.read("year").unwrap_or_else(|| page.ctx.day().year()),
        scope: asked.read("who").unwrap_or(Scope::Towns),
        late_only: asked.text("late") == "1",
        text: asked.text("q").to_owned(),
        skip: asked.skip(),
        limit: PAGE.min(ROWS_MAX),
    }
}

fn here(query: &GridQuery, duty: &str, skip: usize) -> String {
    let (year, skip) = (query.year.to_string(), skip.to_string());
    let values = [
        ("duty", duty),
        ("year", year.as_str()),
        ("who", query.scope.code()),
        ("late", if query.late_only { "1" } else { "" }),
        ("q", query.text.as_str()),
        ("skip", if skip == "0" { "" } else { skip.as_str() }),
    ];
    address("/duties", &values)
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

fn row_seen(grid: &Grid, row: &GridRow, one_duty: bool) -> RowSeen {
    let cells = row
        .cells
        .iter()
        .zip(&grid.columns)
        .map(|(cell, column)| CellSeen {
            href: cell
                .key
                .as_ref()
                .map_or_else(|| cell.path.clone(), super::path),
            sign: sign_of(cell),
            label: format!("{} {}：{}", row.name, column.label, cell.word),
            class: class_of(cell),
            panel: one_duty,
        });
    RowSeen {
        body: row.body.to_string(),
        name: row.name.clone(),
        cells: cells.collect(),
        percent: row
            .percent()
            .map_or_else(|| "—".to_owned(), |p| format!("{p}%")),
    }
}

/// The sign with a mark of its state where it is a count, so that colour never says it alone.
fn sign_of(cell: &Cell) -> String {
    let count = cell.sign.contains('/');
    match cell.state {
        Some(State::Met) if count => format!("✓{}", cell.sign),
        Some(State::MetLate) if count => format!("迟{}", cell.sign),
        Some(State::Waived) if count => format!("免{}", cell.sign),
        _ => cell.sign.clone(),
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
