//! Obligations as a list by date, and as a table to save.

use app::duty::{EXPORT_MAX, Item, List, ListQuery, PAGE, Scope, list};
use askama::Template;
use chrono::Datelike;
use domain::standing::State;

use super::{Notice, duty_asked, notices};
use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, csv, pager};

struct Links {
    grid: String,
    csv: String,
}

#[derive(Template)]
#[template(path = "duty/list.html")]
struct ListPage {
    chrome: Chrome,
    list: List,
    body: String,
    links: Links,
    notices: Vec<Notice>,
    years: Vec<Choice>,
    months: Vec<Choice>,
    states: Vec<Choice>,
    text: String,
    clear: String,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let query = query_of(&page, &asked, PAGE);
    let list = list(&page.ctx, &query).await?;
    let world = page.ctx.app.world(page.who()?.home).await?;
    let years = app::duty::years(&world, page.ctx.day());
    let (year, month) = (query.year.to_string(), asked.text("month").to_owned());
    let (first, more) = (list.skip, list.items.len());
    let at = |skip: usize| here("/duties", &asked, &year, skip);
    let months = (1..=12).map(|m| (format!("{year}-{m:02}"), format!("{m}月")));
    let any = [(String::new(), "全年".to_owned())];
    page.html(&ListPage {
        chrome: page.chrome().await?,
        body: asked.text("body").to_owned(),
        links: Links {
            grid: address("/duties", &[("year", &year), ("duty", asked.text("duty"))]),
            csv: here("/duties.csv", &asked, &year, 0),
        },
        notices: notices(super::choices_of(&world, query.duty.as_ref())),
        years: choices(
            years.iter().map(|y| (y.to_string(), format!("{y}年"))),
            &year,
        ),
        months: choices(any.into_iter().chain(months), &month),
        states: choices(states(), asked.text("state")),
        clear: if asked.0.0.len() > 1 {
            "/duties?view=list".to_owned()
        } else {
            String::new()
        },
        pager: pager(first, more, list.count, PAGE, "项", at),
        text: query.text,
        list,
    })
}

/// The same list as a table to save.
pub(super) async fn export(page: Page, asked: Asked) -> Answer {
    let query = ListQuery {
        skip: 0,
        ..query_of(&page, &asked, EXPORT_MAX)
    };
    let list = list(&page.ctx, &query).await?;
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
    let text = csv(&head, list.items.iter().map(cells));
    Ok(Page::csv(&format!("duties-{}.csv", query.year), text))
}

fn cells(item: &Item) -> Vec<String> {
    let clauses: Vec<&str> = item.clauses.iter().map(|c| c.text.as_str()).collect();
    vec![
        item.title.clone(),
        item.owner_name.clone(),
        item.period_name.clone(),
        clauses.join("；"),
        item.due_on.to_string(),
        item.standing.have.to_string(),
        item.standing.need.to_string(),
        app::words::state(item.standing.state).to_owned(),
        item.word.clone(),
    ]
}

fn query_of(page: &Page, asked: &Asked, limit: usize) -> ListQuery {
    ListQuery {
        year: asked.read("year").unwrap_or_else(|| page.ctx.day().year()),
        month: asked.read("month"),
        duty: duty_asked(asked),
        body: asked.read("body"),
        state: asked.read("state"),
        text: asked.text("q").to_owned(),
        scope: asked.read("who").unwrap_or(Scope::All),
        skip: asked.skip(),
        limit,
    }
}

fn here(path: &str, asked: &Asked, year: &str, skip: usize) -> String {
    let skip = if skip == 0 {
        String::new()
    } else {
        skip.to_string()
    };
    let values = [
        ("view", if path == "/duties" { "list" } else { "" }),
        ("year", year),
        ("month", asked.text("month")),
        ("duty", asked.text("duty")),
        ("body", asked.text("body")),
        ("state", asked.text("state")),
        ("who", asked.text("who")),
        ("q", asked.text("q")),
        ("skip", skip.as_str()),
    ];
    address(path, &values)
}

fn states() -> impl Iterator<Item = (&'static str, &'static str)> {
    let any = [("", "全部")];
    any.into_iter()
        .chain(State::ALL.iter().map(|s| (s.code(), app::words::state(*s))))
}
