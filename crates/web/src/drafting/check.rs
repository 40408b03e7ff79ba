//! What a draft would mean: mistakes, what is asked already, the burden; then the import.

use app::drafting::{
    Burden, DraftChecked, Found, FoundSeverity, check, file as draft_file, import as make,
    show as draft_page,
};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use domain::calendar::words::chinese_date;
use domain::id::DraftId;

use super::words::{AskedTold, asked, made_path};
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::Wrong;
use crate::page::{Form, Page};

/// A draft in words, as far as this page shows it.
struct Told {
    id: DraftId,
    title: String,
    pack: String,
    version: u32,
    /// The page of the pack that was made of it; empty where there is none.
    made: String,
    elements: usize,
    may_edit: bool,
}

/// What the checker found, in words.
struct FoundTold {
    mistake: bool,
    /// The element that it stands in: its name and title.
    element: Option<(String, String)>,
    message: String,
    picture: String,
}

fn found(f: Found) -> FoundTold {
    FoundTold {
        mistake: f.severity == FoundSeverity::Mistake,
        element: f.element.map(|e| (e.id, e.title)),
        message: format!("{}。{}", f.message, f.hint),
        picture: f.picture,
    }
}

/// 乡镇政府…
fn bodies(b: &Burden) -> String {
    let level = b.level.map(app::words::level).unwrap_or_default();
    let kind = b.kind.map(app::words::body_kind).unwrap_or_default();
    format!("{level}{kind}")
}

#[derive(Template)]
#[template(path = "drafting/check.html")]
struct CheckPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    page: Told,
    checked: DraftChecked,
    found: Vec<FoundTold>,
    asked: Vec<AskedTold>,
    burden: Vec<(String, Burden)>,
    year: String,
    ready: bool,
}

async fn check_page(
    page: &Page,
    id: &str,
    message: Option<String>,
) -> Result<CheckPage, PageError> {
    let id = super::id_of(id)?;
    let shown = draft_page(&page.ctx, id).await?;
    let mut checked = check(&page.ctx, id).await?;
    let mut chrome = page.chrome().await?;
    chrome.failed = message.is_some();
    let errors = message.map(|message| Wrong {
        anchor: String::new(),
        message,
    });
    let (from, to) = (checked.year_from, checked.year_to);
    Ok(CheckPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new("起草", "/packs/drafts"),
            Crumb::new(&shown.head.title, format!("/packs/drafts/{id}")),
        ],
        errors: errors.into_iter().collect(),
        year: format!("{}至{}", chinese_date(from), chinese_date(to)),
        ready: checked.sound && checked.open == 0 && shown.may_edit,
        found: std::mem::take(&mut checked.found)
            .into_iter()
            .map(found)
            .collect(),
        asked: std::mem::take(&mut checked.asked)
            .into_iter()
            .map(asked)
            .collect(),
        burden: std::mem::take(&mut checked.burden)
            .into_iter()
            .map(|b| (bodies(&b), b))
            .collect(),
        page: Told {
            id,
            made: made_path(shown.line.made.as_ref()),
            title: shown.head.title,
            pack: shown.head.pack,
            version: shown.head.version,
            elements: shown.counts.all,
            may_edit: shown.may_edit,
        },
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
