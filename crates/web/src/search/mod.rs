//! Searching bodies and duties from the top of every page.

use app::body::ListBodies;
use app::duty::{Item, ListDuties};
use askama::Template;
use chrono::Datelike;
use domain::calendar::{Period, PeriodKind};
use domain::policy::Action;

use crate::body::list::Line;
use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address};
use crate::routes::{Audience, routes};

routes! {
    GET "/search" "搜索" Audience::SignedIn => show;
}

/// Results of each sort on the page.
const SHOWN: usize = 15;

#[derive(Template)]
#[template(path = "search/show.html")]
struct SearchPage {
    chrome: Chrome,
    text: String,
    bodies: Vec<Line>,
    items: Vec<Item>,
    more_bodies: String,
    more_items: String,
}

async fn show(page: Page, asked: Asked) -> Answer {
    let text = asked.text("q").to_owned();
    let mut chrome = page.chrome().await?;
    chrome.search.clone_from(&text);
    let (mut bodies, mut items) = (Vec::new(), Vec::new());
    let asks = |action| !text.is_empty() && page.may(action);
    if asks(Action::ViewBody) {
        let found = app::body::list(&page.ctx, names(&text)).await?.rows;
        bodies = found.into_iter().take(SHOWN).map(Line::of).collect();
    }
    if asks(Action::ViewStanding) {
        let query = duties(&page, &text);
        items = app::duty::list(&page.ctx, query).await?.rows;
    }
    page.html(&SearchPage {
        chrome,
        more_bodies: address("/bodies", &[("q", &text)]),
        more_items: address("/duties", &[("view", "list"), ("q", &text)]),
        text,
        bodies,
        items,
    })
}

/// Bodies whose name contains the text.
fn names(text: &str) -> ListBodies {
    ListBodies {
        text: Some(text.to_owned()),
        ..ListBodies::default()
    }
}

/// Obligations of this month whose title or owner contains the text.
fn duties(page: &Page, text: &str) -> ListDuties {
    let day = page.ctx.day();
    ListDuties {
        year: Some(day.year()),
        month: Some(Period::of(PeriodKind::Month, day)),
        text: Some(text.to_owned()),
        ..ListDuties::default()
    }
}
