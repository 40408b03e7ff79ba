//! One post: who held it when, and what is open on it.

use app::post::{PostPage, show as post_page};
use askama::Template;
use axum::extract::Path;

use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;

#[derive(Template)]
#[template(path = "post/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    post: PostPage,
}

/// The page of a post.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let post = post_page(&page.ctx, super::id_of(&id)?).await?;
    page.html(&ShowPage {
        chrome: page.chrome().await?,
        crumbs: vec![
            Crumb::new("单位", "/bodies"),
            Crumb::new(&post.body_name, format!("/bodies/{}", post.body)),
        ],
        post,
    })
}
