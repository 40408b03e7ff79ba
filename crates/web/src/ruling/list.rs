//! Requests, asked last first; and the same list as a table to save.

use app::ruling::{ListRulings, list, to_save};
use askama::Template;
use domain::ruling::RulingSort;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, csv, sizes, turns};
use crate::ruling::{Told, told};

/// Rows of an export.
const EXPORT_MAX: usize = 5_000;

#[derive(Template)]
#[template(path = "ruling/list.html")]
struct ListPage {
    chrome: Chrome,
    rulings: Vec<Told>,
    waiting: bool,
    all: String,
    open: String,
    csv: String,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let query = query_of(&asked);
    let waiting = query.waiting;
    let sort = query.sort.unwrap_or(RulingSort::Newest);
    let sorts = RulingSort::ALL.iter().map(|s| (s.code(), order(*s)));
    let found = list(&page.ctx, query).await?;
    let shown = asked.text("waiting");
    page.html(&ListPage {
        chrome: page.chrome().await?,
        rulings: found.rows.iter().map(told).collect(),
        waiting,
        all: here("/rulings", &asked, "", ""),
        open: here("/rulings", &asked, "1", ""),
        csv: here("/rulings.csv", &asked, shown, ""),
        sorts: choices(sorts, sort.code()),
        sizes: sizes(&asked),
        pager: turns(&asked, &found, "份", |key| {
            here("/rulings", &asked, shown, key)
        }),
    })
}

/// The same list as a table to save.
pub(super) async fn export(page: Page, asked: Asked) -> Answer {
    let query = ListRulings {
        page: None,
        ..query_of(&asked)
    };
    let found = to_save(&page.ctx, query, EXPORT_MAX).await?;
    let rows = found.rows.iter().map(told).map(|r| {
        let said = [r.kind.to_owned(), r.wanted, r.duty, r.period, r.owner];
        let why = [r.reason, r.asked, r.state.to_owned(), r.decided];
        said.into_iter().chain(why).collect()
    });
    let head = [
        "申请",
        "申请内容",
        "职责",
        "时段",
        "责任主体",
        "理由",
        "提出",
        "状态",
        "决定",
    ];
    Ok(Page::csv("rulings.csv", csv(&head, rows)))
}

fn query_of(asked: &Asked) -> ListRulings {
    let (page, size) = asked.turn();
    ListRulings {
        waiting: asked.text("waiting") == "1",
        sort: asked.read("sort"),
        page,
        size,
    }
}

const fn order(sort: RulingSort) -> &'static str {
    match sort {
        RulingSort::Newest => "最近提出的在前",
        RulingSort::Oldest => "最早提出的在前",
    }
}

fn here(path: &str, asked: &Asked, waiting: &str, page: &str) -> String {
    let values = [
        ("waiting", waiting),
        ("sort", asked.text("sort")),
        ("size", asked.text("size")),
        ("page", page),
    ];
    address(path, &values)
}
