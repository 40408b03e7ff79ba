//! Requests, those that wait first.

use app::ruling::{ListRulings, list};
use askama::Template;
use domain::ruling::RulingSort;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, sizes, turns};
use crate::ruling::{Told, told};

#[derive(Template)]
#[template(path = "ruling/list.html")]
struct ListPage {
    chrome: Chrome,
    rulings: Vec<Told>,
    waiting: bool,
    all: String,
    open: String,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let waiting = asked.text("waiting") == "1";
    let (key, size) = asked.turn();
    let query = ListRulings {
        waiting,
        sort: asked.read("sort"),
        page: key,
        size,
    };
    let sort = query.sort.unwrap_or(RulingSort::Newest);
    let sorts = RulingSort::ALL.iter().map(|s| (s.code(), order(*s)));
    let found = list(&page.ctx, query).await?;
    let shown = asked.text("waiting");
    page.html(&ListPage {
        chrome: page.chrome().await?,
        rulings: found.rows.iter().map(told).collect(),
        waiting,
        all: here(&asked, "", ""),
        open: here(&asked, "1", ""),
        sorts: choices(sorts, sort.code()),
        sizes: sizes(&asked),
        pager: turns(&asked, &found, "份", |key| here(&asked, shown, key)),
    })
}

const fn order(sort: RulingSort) -> &'static str {
    match sort {
        RulingSort::Newest => "最近提出的在前",
        RulingSort::Oldest => "最早提出的在前",
    }
}

fn here(asked: &Asked, waiting: &str, page: &str) -> String {
    let values = [
        ("waiting", waiting),
        ("sort", asked.text("sort")),
        ("size", asked.text("size")),
        ("page", page),
    ];
    address("/rulings", &values)
}
