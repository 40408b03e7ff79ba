//! Obligations as a list by date or owner, and as a table to save.

use app::Listed;
use app::duty::{DutySort, Item, ListDuties, Scope, export as whole, list};
use askama::Template;
use chrono::Datelike;
use domain::standing::State;

use super::words::{clause, word};
use super::{Notice, duty_asked, notices};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, csv, sizes, turns};

struct Links {
    grid: String,
    csv: String,
}

#[derive(Template)]
#[template(path = "duty/list.html")]
struct ListPage {
    chrome: Chrome,
    list: Listed<Item>,
    lead: String,
    body: String,
    links: Links,
    notices: Vec<Notice>,
    years: Vec<Choice>,
    months: Vec<Choice>,
    states: Vec<Choice>,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    text: String,
    clear: String,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let list = list(&page.ctx, query_of(&page, &asked)).await?;
    let shown = ListPage::new(&page, &asked, list).await?;
    page.html(&shown)
}

impl ListPage {
    async fn new(page: &Page, asked: &Asked, list: Listed<Item>) -> Result<Self, PageError> {
        let world = page.ctx.app.world(page.who()?.home).await?;
        let day = page.ctx.day();
        let year = year_of(page, asked).to_string();
        let of = asked.read("body");
        let of = of.map(|b| format!("{} · ", world.structure.name(b, day)));
        let years = app::duty::years(&world, day).into_iter();
        let years = years.map(|y| (y.to_string(), format!("{y}年")));
        let months = (1..=12).map(|m| (format!("{year}-{m:02}"), format!("{m}月")));
        let any = [(String::new(), "全年".to_owned())];
        let pager = turns(asked, &list, "项", |at| here("/duties", asked, &year, at));
        let clear = if asked.0.0.len() > 1 {
            "/duties?view=list"
        } else {
            ""
        };
        Ok(Self {
            chrome: page.chrome().await?,
            lead: format!("{}{}", of.unwrap_or_default(), pager.text),
            body: asked.text("body").to_owned(),
            links: Links {
                grid: address("/duties", &[("year", &year), ("duty", asked.text("duty"))]),
                csv: here("/duties.csv", asked, &year, ""),
            },
            notices: notices(app::duty::duty_choices(&world), asked),
            years: choices(years, &year),
            months: choices(any.into_iter().chain(months), asked.text("month")),
            states: choices(states(), asked.text("state")),
            sorts: choices(
                [
                    (DutySort::Due.code(), "按期限"),
                    (DutySort::Owner.code(), "按责任主体"),
                ],
                asked.text("sort"),
            ),
            sizes: sizes(asked),
            text: asked.text("q").to_owned(),
            clear: clear.to_owned(),
            pager,
            list,
        })
    }
}

/// The same list as a table to save.
pub(super) async fn export(page: Page, asked: Asked) -> Answer {
    let query = query_of(&page, &asked);
    let list = whole(&page.ctx, query).await?;
    let head = [
        "事项",
        "责任主体",
        "时段",
        "依据",
        "期限",
        "已有",
        "应有",
        "状态",
        "说明",
    ];
    let text = csv(&head, list.rows.iter().map(cells));
    let year = year_of(&page, &asked);
    Ok(Page::csv(&format!("duties-{year}.csv"), text))
}

fn cells(item: &Item) -> Vec<String> {
    let clauses: Vec<String> = item.clauses.iter().map(clause).collect();
    vec![
        item.title.clone(),
        item.owner_name.clone(),
        super::words::period(&item.key),
        clauses.join("；"),
        item.due_on.to_string(),
        item.standing.have.to_string(),
        item.standing.need.to_string(),
        app::words::state(item.standing.state).to_owned(),
        word(item),
    ]
}

fn year_of(page: &Page, asked: &Asked) -> i32 {
    asked.read("year").unwrap_or_else(|| page.ctx.day().year())
}

fn query_of(page: &Page, asked: &Asked) -> ListDuties {
    let (pack, duty) = duty_asked(asked);
    ListDuties {
        year: Some(year_of(page, asked)),
        month: asked.read("month"),
        pack,
        duty,
        body: asked.read("body"),
        state: asked.read("state"),
        text: asked.0.some("q"),
        scope: Some(asked.read("who").unwrap_or(Scope::All)),
        sort: asked.read("sort"),
        page: asked.0.some("page"),
        size: asked.size(),
    }
}

fn here(path: &str, asked: &Asked, year: &str, at: &str) -> String {
    let values = [
        ("view", if path == "/duties" { "list" } else { "" }),
        ("year", year),
        ("month", asked.text("month")),
        ("duty", asked.text("duty")),
        ("body", asked.text("body")),
        ("state", asked.text("state")),
        ("who", asked.text("who")),
        ("q", asked.text("q")),
        ("sort", asked.text("sort")),
        ("size", asked.text("size")),
        ("page", at),
    ];
    address(path, &values)
}

fn states() -> impl Iterator<Item = (&'static str, &'static str)> {
    let any = [("", "全部")];
    any.into_iter()
        .chain(State::ALL.iter().map(|s| (s.code(), app::words::state(*s))))
}
