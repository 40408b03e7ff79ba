//! What waits, what the operator did, what was answered.

use app::reset::{Resets, list};
use askama::Template;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;

#[derive(Template)]
#[template(path = "reset/list.html")]
struct ListPage {
    chrome: Chrome,
    resets: Resets,
    days: i64,
    hours: i64,
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let resets = list(&page.ctx).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        resets,
        days: domain::reset::OPERATOR_SHOWN_DAYS,
        hours: domain::reset::CONSENT_HOURS,
    })
}
