//! One pack: the clause tree beside duties and how they stand in the county.

use app::pack::{AnswerSeen, PackPage, ResponsibilitySeen, show as pack_page};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;

use super::words::{Clause, Element, clause, counts, element, facts, in_force_here};
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::page::Page;
use crate::query::Asked;

/// A file of the version shown.
struct FileRow {
    name: String,
    href: String,
}

/// A version to look at.
struct VersionRow {
    version: u32,
    shown: bool,
}

#[derive(Template)]
#[template(path = "pack/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    id: domain::id::Slug,
    version: u32,
    title: String,
    in_force: String,
    clauses: Vec<Clause>,
    loose: Vec<Element>,
    facts: Vec<(&'static str, String)>,
    counts: Vec<(&'static str, usize)>,
    answers: Vec<AnswerSeen>,
    reason: String,
    versions: Vec<VersionRow>,
    files: Vec<FileRow>,
    responsibilities: Vec<ResponsibilitySeen>,
    may_apply: bool,
}

/// The page of a pack.
pub(super) async fn show(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    let slug = super::id_of(&id)?;
    let pack = pack_page(&page.ctx, &slug, asked.read("version")).await?;
    let files = app::pack::files(&page.ctx, &slug, pack.version).await?;
    let files = files.iter().map(|f| file_row(&pack, &f.path)).collect();
    let chrome = page.chrome().await?;
    page.html(&ShowPage::new(chrome, files, pack))
}

impl ShowPage {
    fn new(chrome: Chrome, files: Vec<FileRow>, pack: PackPage) -> Self {
        let loose = pack.elements.iter().filter(|e| e.clauses.is_empty());
        let version = |v: &u32| VersionRow {
            version: *v,
            shown: *v == pack.version,
        };
        Self {
            crumbs: vec![Crumb::new("制度", "/packs")],
            in_force: in_force_here(pack.in_force),
            clauses: pack.clauses.iter().map(|c| clause(&pack, c)).collect(),
            loose: loose.map(|e| element(&pack.id, e)).collect(),
            facts: facts(&pack),
            counts: counts(&pack.counts),
            versions: pack.versions.iter().map(version).collect(),
            may_apply: pack.may_apply && !chrome.is_as_of,
            id: pack.id,
            version: pack.version,
            title: pack.title,
            answers: pack.answers,
            reason: pack.reason,
            responsibilities: pack.responsibilities,
            files,
            chrome,
        }
    }
}

fn file_row(pack: &PackPage, path: &str) -> FileRow {
    FileRow {
        name: path.to_owned(),
        href: format!("/packs/{}/files/{}/{path}", pack.id, pack.version),
    }
}

/// One file of a version, the same bytes as were imported.
pub(super) async fn file(
    page: Page,
    Path((id, version, name)): Path<(String, u32, String)>,
) -> Answer {
    let files = app::pack::files(&page.ctx, &super::id_of(&id)?, version).await?;
    let found = files.into_iter().find(|f| f.path == name);
    let found = found.ok_or(PageError(app::Error::NotFound("这个文件")))?;
    let head = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((head, found.text).into_response())
}
