//! The packs that were imported, and what they ask of each body together.

use app::pack::{PackLine, list};
use askama::Template;
use domain::policy::Action;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;

#[derive(Template)]
#[template(path = "pack/list.html")]
struct ListPage {
    chrome: Chrome,
    packs: Vec<PackLine>,
    words: Vec<PackLine>,
    may_apply: bool,
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let all = list(&page.ctx).await?;
    let (words, packs) = all.into_iter().partition(|p| p.vocabulary);
    page.html(&ListPage {
        chrome: page.chrome().await?,
        packs,
        words,
        may_apply: page.may(Action::ApplyPack) && page.ctx.as_of.is_none(),
    })
}
