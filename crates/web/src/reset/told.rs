//! What others did to one's account: shown before anything else, until one says to have read it.

use app::reset::{acknowledge, notices};
use askama::Template;
use domain::id::ResetId;

use super::words::Told;
use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::{Form, Page};

#[derive(Template)]
#[template(path = "reset/told.html")]
struct ToldPage {
    chrome: Chrome,
    new: Vec<Told>,
    old: Vec<Told>,
}

/// The page.
pub(super) async fn show(page: Page) -> Answer {
    let all = notices(&page.ctx).await?.into_iter();
    let (old, new): (Vec<_>, Vec<_>) = all.partition(|n| n.is_told);
    page.html(&ToldPage {
        chrome: page.chrome().await?,
        new: new.into_iter().map(Told::of).collect(),
        old: old.into_iter().map(Told::of).collect(),
    })
}

/// The person has read what the page showed.
pub(super) async fn post(form: Form) -> Answer {
    let seen = form.posted.many("seen");
    let seen: Vec<ResetId> = seen.iter().filter_map(|id| id.parse().ok()).collect();
    acknowledge(&form.page.ctx, &seen).await?;
    Ok(form.page.done("/desk", app::Verb::ResetTold))
}
