//! One page a body: its file, history, relations, posts, duties and acts.

use app::body::{AtWork, BodySeen, at_work, show as body_seen};
use askama::Template;
use axum::extract::Path;

use super::words;
use crate::act::row::{ActRow, row};
use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;

/// A body below, in words.
struct Below {
    id: String,
    name: String,
    kind: &'static str,
}

#[derive(Template)]
#[template(path = "body/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    id: String,
    name: String,
    kind: &'static str,
    level: &'static str,
    division: String,
    life: String,
    closed: bool,
    file: Vec<words::Fact>,
    spans: Vec<words::Span>,
    links: Vec<words::Link>,
    posts: Vec<words::Post>,
    children: Vec<Below>,
    children_count: usize,
    at_work: AtWork,
    duties_href: String,
    acts_href: String,
    acts: Vec<ActRow>,
    may_edit: bool,
    may_edit_posts: bool,
}

/// The page of a body.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let body_id = super::id_of(&id)?;
    let body = body_seen(&page.ctx, body_id).await?;
    let at_work = at_work(&page.ctx, body_id).await?;
    let chrome = page.chrome().await?;
    page.html(&shown(chrome, body, at_work))
}

fn shown(chrome: Chrome, body: BodySeen, at_work: AtWork) -> ShowPage {
    let above = body
        .path
        .iter()
        .map(|b| Crumb::new(&b.name, format!("/bodies/{}", b.id)));
    let id = body.id.to_string();
    let changes = !chrome.is_as_of && !body.closed;
    ShowPage {
        crumbs: std::iter::once(Crumb::new("单位", "/bodies"))
            .chain(above)
            .collect(),
        duties_href: address("/duties", &[("view", "list"), ("body", &id)]),
        acts_href: address("/acts", &[("body", &id)]),
        acts: at_work.acts.iter().map(row).collect(),
        may_edit: body.may_edit && changes,
        may_edit_posts: body.may_edit_posts && changes,
        chrome,
        id,
        life: words::life(&body),
        kind: app::words::body_kind(body.kind),
        level: app::words::level(body.level),
        division: body.division,
        name: body.name,
        closed: body.closed,
        file: body.enterprise.map(words::file).unwrap_or_default(),
        spans: body.spans.into_iter().map(words::span).collect(),
        links: body.links.into_iter().map(words::link).collect(),
        posts: body.posts.into_iter().map(words::post).collect(),
        children: body
            .children
            .into_iter()
            .map(|b| Below {
                id: b.id.to_string(),
                name: b.name,
                kind: app::words::body_kind(b.kind),
            })
            .collect(),
        children_count: body.children_count,
        at_work,
    }
}
