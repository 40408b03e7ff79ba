//! Searching bodies and duties from the top of every page.

use app::duty::Item;
use app::search::{SearchAll, all};
use askama::Template;
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
    let may_find = page.may(Action::ViewBody) || page.may(Action::ViewStanding);
    if may_find && !text.is_empty() {
        let asked = SearchAll { text: text.clone() };
        let found = all(&page.ctx, asked).await?;
        bodies = found.bodies.into_iter().map(Line::of).collect();
        items = found.duties;
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
