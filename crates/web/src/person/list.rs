//! The people of the county.

use app::person::{PersonLine, list};
use askama::Template;
use domain::policy::Action;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address, pager};

/// Rows a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "person/list.html")]
struct ListPage {
    chrome: Chrome,
    people: Vec<PersonLine>,
    text: String,
    may_edit: bool,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let text = asked.text("q").to_owned();
    let all = list(&page.ctx, &text).await?;
    let (count, skip) = (all.len(), asked.skip());
    let people: Vec<PersonLine> = all.into_iter().skip(skip).take(PAGE).collect();
    let at = |skip: usize| {
        let skip = if skip == 0 {
            String::new()
        } else {
            skip.to_string()
        };
        address("/system/people", &[("q", &text), ("skip", &skip)])
    };
    page.html(&ListPage {
        chrome: page.chrome().await?,
        pager: pager(skip, people.len(), count, PAGE, "人", at),
        may_edit: page.may(Action::EditPerson) && page.ctx.as_of.is_none(),
        people,
        text,
    })
}
