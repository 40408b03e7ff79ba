//! One pack: the clause tree beside duties and how they stand in the county.

use app::pack::{PackPage, show as pack_page};
use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::page::Page;
use crate::query::Asked;

/// A file of the version shown.
struct FileRow {
    name: String,
    href: String,
}

#[derive(Template)]
#[template(path = "pack/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    pack: PackPage,
    files: Vec<FileRow>,
    may_apply: bool,
}

/// The page of a pack.
pub(super) async fn show(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    let slug = super::id_of(&id)?;
    let pack = pack_page(&page.ctx, &slug, asked.read("version")).await?;
    let files = app::pack::files(&page.ctx, &slug, pack.version).await?;
    let chrome = page.chrome().await?;
    page.html(&ShowPage {
        crumbs: vec![Crumb::new("制度", "/packs")],
        files: files.iter().map(|f| file_row(&pack, &f.path)).collect(),
        may_apply: pack.may_apply && !chrome.is_as_of,
        chrome,
        pack,
    })
}

fn file_row(pack: &PackPage, path: &str) -> FileRow {
    let name = path.rsplit('/').next().unwrap_or(path);
    let href = format!("/packs/{}/files/{}/{name}", pack.id, pack.version);
    FileRow {
        name: name.to_owned(),
        href,
    }
}

/// One file of a version, the same bytes as were imported.
pub(super) async fn file(
    page: Page,
    Path((id, version, name)): Path<(String, u32, String)>,
) -> Answer {
    let files = app::pack::files(&page.ctx, &super::id_of(&id)?, version).await?;
    let found = files
        .into_iter()
        .find(|f| f.path.rsplit('/').next() == Some(name.as_str()));
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
