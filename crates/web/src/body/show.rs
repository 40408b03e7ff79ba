//! One page a body: its file, history, relations, posts, duties and acts.

use app::body::{BodyPage, show as body_page};
use askama::Template;
use axum::extract::Path;

use crate::act::row::{ActRow, row};
use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;

#[derive(Template)]
#[template(path = "body/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    body: BodyPage,
    duties_href: String,
    acts_href: String,
    acts: Vec<ActRow>,
    may_edit: bool,
    may_edit_posts: bool,
}

/// The page of a body.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let body = body_page(&page.ctx, super::id_of(&id)?).await?;
    let chrome = page.chrome().await?;
    let above = body
        .path
        .iter()
        .map(|(id, name)| Crumb::new(name, format!("/bodies/{id}")));
    page.html(&ShowPage {
        crumbs: std::iter::once(Crumb::new("单位", "/bodies"))
            .chain(above)
            .collect(),
        duties_href: address("/duties", &[("view", "list"), ("body", &id)]),
        acts_href: address("/acts", &[("body", &id)]),
        acts: body.acts.iter().map(row).collect(),
        may_edit: body.may_edit && !chrome.is_as_of && !body.closed,
        may_edit_posts: body.may_edit_posts && !chrome.is_as_of && !body.closed,
        chrome,
        body,
    })
}
