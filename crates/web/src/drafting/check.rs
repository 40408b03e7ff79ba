//! What a draft would mean: mistakes, what is asked already, the burden; then the import.

use app::drafting::{
    DraftChecked, DraftPage, Only, check, file as draft_file, import as make, show as draft_page,
};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::calendar::words::chinese_date;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::Wrong;
use crate::page::{Form, Page};

#[derive(Template)]
#[template(path = "drafting/check.html")]
struct CheckPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    page: DraftPage,
    checked: DraftChecked,
    year: String,
    ready: bool,
}

async fn check_page(
    page: &Page,
    id: &str,
    message: Option<String>,
) -> Result<CheckPage, PageError> {
    let id = super::id_of(id)?;
    let found = draft_page(&page.ctx, id, Only::All, 1).await?;
    let checked = check(&page.ctx, id).await?;
    let mut chrome = page.chrome().await?;
    chrome.failed = message.is_some();
    let errors = message.map(|message| Wrong {
        anchor: String::new(),
        message,
    });
    Ok(CheckPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new("起草", "/packs/drafts"),
            Crumb::new(&found.head.title, format!("/packs/drafts/{id}")),
        ],
        errors: errors.into_iter().collect(),
        year: format!(
            "{}至{}",
            chinese_date(checked.year.0),
            chinese_date(checked.year.1)
        ),
        ready: checked.sound && checked.open == 0 && found.may_edit,
        page: found,
        checked,
    })
}

/// The page.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let shown = check_page(&page, &id, None).await?;
    page.html(&shown)
}

/// Makes the pack and goes on to applying it.
pub(super) async fn import(Path(id): Path<String>, form: Form) -> Answer {
    let page = &form.page;
    match make(&page.ctx, super::id_of(&id)?).await {
        Ok(made) => {
            let path = format!("/packs/{}/apply?version={}", made.id, made.version);
            Ok(page.done(&path, app::Verb::DraftImport))
        }
        Err(app::Error::Refused { message, .. }) => {
            let shown = check_page(page, &id, Some(message)).await?;
            page.refused(&shown)
        }
        Err(other) => Err(PageError(other)),
    }
}

/// One file of the pack as it would be imported.
pub(super) async fn file(page: Page, Path((id, name)): Path<(String, String)>) -> Answer {
    let text = draft_file(&page.ctx, super::id_of(&id)?, &name).await?;
    // Only names of files that the draft has come so far.
    let head = [
        (
            header::CONTENT_TYPE,
            "application/toml; charset=utf-8".to_owned(),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((head, text).into_response())
}
