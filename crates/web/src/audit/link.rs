//! One link of the chain with the rows that it seals.

use app::audit::{LinkPage, link};
use askama::Template;
use axum::extract::Path;

use super::words::{Told, told};
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::page::Page;

#[derive(Template)]
#[template(path = "audit/link.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    link: Told,
    found: LinkPage,
}

/// The page of a link.
pub(super) async fn show(page: Page, Path(seq): Path<String>) -> Answer {
    let unknown = || PageError(app::Error::NotFound("这条审计记录"));
    let found = link(&page.ctx, seq.parse().map_err(|_| unknown())?).await?;
    page.html(&ShowPage {
        chrome: page.chrome().await?,
        crumbs: vec![Crumb::new("审计", "/system/audit")],
        link: told(&found.link),
        found,
    })
}
