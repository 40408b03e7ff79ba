//! The drafts of the county, and reading a notice in.

use app::FieldErrors;
use app::drafting::{Listed, list, open};
use askama::Template;

use crate::chrome::{Chrome, Crumb, Pager};
use crate::error::{Answer, PageError};
use crate::form::{Wrong, summary};
use crate::page::Page;
use crate::query::{Asked, address};
use crate::sheet::tried;
use crate::upload::Upload;

#[derive(Template)]
#[template(path = "drafting/list.html")]
struct ListPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    found: Listed,
    closed: bool,
    may_open: bool,
    pager: Pager,
}

async fn list_page(
    page: &Page,
    asked: &Asked,
    errors: &FieldErrors,
) -> Result<ListPage, PageError> {
    let closed = asked.text("closed") == "1";
    let flag = if closed { "1" } else { "" };
    let before = asked.read("before");
    let found = list(&page.ctx, closed, before).await?;
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let at = |before: &str| address("/packs/drafts", &[("closed", flag), ("before", before)]);
    Ok(ListPage {
        chrome,
        crumbs: vec![Crumb::new("制度", "/packs")],
        errors: summary(errors),
        closed,
        may_open: page.ctx.as_of.is_none(),
        pager: Pager {
            text: format!("本页 {} 份", found.drafts.len()),
            first: before
                .map(|_: domain::id::DraftId| at(""))
                .unwrap_or_default(),
            previous: String::new(),
            next: found.next.map(|id| at(&id.to_string())).unwrap_or_default(),
        },
        found,
    })
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let shown = list_page(&page, &asked, &FieldErrors::new()).await?;
    page.html(&shown)
}

/// Reads a notice in.
pub(super) async fn post(upload: Upload) -> Answer {
    let Upload {
        page,
        posted,
        files,
    } = upload;
    let mut files = files.into_iter();
    let read = match (files.next(), files.next()) {
        (Some(file), None) => {
            let once = posted.some("once").filter(|o| o.len() <= 64);
            tried(open(&page.ctx, &file.name, file.bytes.to_vec(), once.as_deref()).await)?
        }
        (None, _) => Err(one("请选择一个文件。")),
        (Some(_), Some(_)) => Err(one("请一次选一个文件，各自起草。")),
    };
    match read {
        Ok(id) => Ok(page.done(&format!("/packs/drafts/{id}"), "draft-opened")),
        Err(errors) => {
            let shown = list_page(&page, &Asked(posted), &errors).await?;
            page.refused(&shown)
        }
    }
}

fn one(message: &str) -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add("file", message);
    errors
}
