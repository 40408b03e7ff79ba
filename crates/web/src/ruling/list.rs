//! Requests, those that wait first.

use app::ruling::list;
use askama::Template;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;
use crate::query::Asked;
use crate::ruling::{Told, told};

#[derive(Template)]
#[template(path = "ruling/list.html")]
struct ListPage {
    chrome: Chrome,
    rulings: Vec<Told>,
    waiting: bool,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let waiting = asked.text("waiting") == "1";
    let found = list(&page.ctx, waiting).await?;
    let rulings = found.iter().map(told).collect();
    page.html(&ListPage {
        chrome: page.chrome().await?,
        rulings,
        waiting,
    })
}
