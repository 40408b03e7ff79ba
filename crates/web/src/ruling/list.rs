//! Requests, those that wait first.

use app::ruling::{RulingLine, list};
use askama::Template;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;
use crate::query::Asked;

#[derive(Template)]
#[template(path = "ruling/list.html")]
struct ListPage {
    chrome: Chrome,
    rulings: Vec<RulingLine>,
    waiting: bool,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let waiting = asked.text("waiting") == "1";
    let rulings = list(&page.ctx, waiting).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        rulings,
        waiting,
    })
}
