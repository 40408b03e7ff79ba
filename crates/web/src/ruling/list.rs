//! Requests, those that wait first.

use app::Listed;
use app::ruling::{RulingLine, RulingsQuery, list};
use askama::Template;
use domain::listing::PageSize;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address};
use crate::ruling::{Told, told};

#[derive(Template)]
#[template(path = "ruling/list.html")]
struct ListPage {
    chrome: Chrome,
    rulings: Vec<Told>,
    waiting: bool,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let waiting = asked.text("waiting") == "1";
    let query = RulingsQuery {
        waiting,
        size: PageSize::of(asked.read("size").unwrap_or(0)).unwrap_or_default(),
        at: asked.0.some("at"),
    };
    let found = list(&page.ctx, &query).await?;
    let rulings = found.rows.iter().map(told).collect();
    let pager = pager(&asked, &found);
    page.html(&ListPage {
        chrome: page.chrome().await?,
        rulings,
        waiting,
        pager,
    })
}

fn pager(asked: &Asked, found: &Listed<RulingLine>) -> Pager {
    let here = |at: &str| {
        let values = [
            ("waiting", asked.text("waiting")),
            ("size", asked.text("size")),
            ("at", at),
        ];
        address("/rulings", &values)
    };
    let to = |key: &Option<String>| key.as_deref().map(here).unwrap_or_default();
    let is_first = asked.text("at").is_empty();
    Pager {
        text: format!(
            "本页 {} 份，共 {}{} 份",
            found.rows.len(),
            found.count.rows,
            if found.count.exact { "" } else { "+" }
        ),
        first: if is_first { String::new() } else { here("") },
        previous: to(&found.previous),
        next: to(&found.next),
    }
}
