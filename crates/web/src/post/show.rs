//! One post: who held it when, and what is open on it.

use app::duty::Item;
use app::post::{PostSeen, TenureSeen, open_items, show as post_seen};
use askama::Template;
use axum::extract::Path;
use domain::calendar::words::chinese_date;

use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;

/// Who held it, in words.
struct Tenure {
    name: String,
    days: String,
}

#[derive(Template)]
#[template(path = "post/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    items: Vec<Item>,
    tenures: Vec<Tenure>,
    post: PostSeen,
}

fn tenure(t: &TenureSeen) -> Tenure {
    let until = t.to_on.map_or_else(|| "今".to_owned(), chinese_date);
    Tenure {
        name: t.person.name.clone(),
        days: format!("{}至{until}", chinese_date(t.from_on)),
    }
}

/// The page of a post.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let id = super::id_of(&id)?;
    let post = post_seen(&page.ctx, id).await?;
    page.html(&ShowPage {
        chrome: page.chrome().await?,
        crumbs: vec![
            Crumb::new("单位", "/bodies"),
            Crumb::new(&post.body.name, format!("/bodies/{}", post.body.id)),
        ],
        items: open_items(&page.ctx, id).await?,
        tenures: post.tenures.iter().map(tenure).collect(),
        post,
    })
}
