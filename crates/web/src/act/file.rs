//! Evidence files of an act.

use app::FieldErrors;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;

use super::show::{id_of, show_page};
use crate::error::{Answer, PageError};
use crate::page::{Form, Page};
use crate::query::encode;
use crate::sheet::tried;
use crate::upload::Upload;

fn number(text: &str) -> Result<i64, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个附件")))
}

/// Adds files; those before a refused one are kept.
pub(super) async fn add(Path(id): Path<String>, upload: Upload) -> Answer {
    let id = id_of(&id)?;
    let page = upload.page;
    let mut refused = FieldErrors::new();
    if upload.files.is_empty() {
        refused.add("file", "请选择要上传的文件。");
    }
    for file in upload.files {
        let added = app::file::add(&page.ctx, id, &file.name, file.bytes).await;
        if let Err(FieldErrors(errors)) = tried(added)? {
            for message in errors.into_values().flatten() {
                refused.add("file", message);
            }
        }
    }
    if refused.is_empty() {
        return Ok(page.done(&format!("/acts/{id}"), app::Verb::FileAdd));
    }
    let shown = show_page(&page, id, &upload.posted, &refused).await?;
    page.refused(&shown)
}

/// Takes a file from the act; its bytes and the trail stay.
pub(super) async fn remove(Path((id, file)): Path<(String, String)>, form: Form) -> Answer {
    let id = id_of(&id)?;
    app::file::remove(&form.page.ctx, id, number(&file)?).await?;
    Ok(form
        .page
        .done(&format!("/acts/{id}"), app::Verb::FileRemove))
}

/// A file, as it was added. Pictures open in the browser, everything else is saved.
pub(super) async fn get(page: Page, Path((id, file)): Path<(String, String)>) -> Answer {
    let found = app::file::download(&page.ctx, id_of(&id)?, number(&file)?).await?;
    let place = if found.media.starts_with("image/") {
        "inline"
    } else {
        "attachment"
    };
    let name = format!(
        "{place}; filename*=UTF-8''{}",
        encode(&found.name).replace('/', "%2F")
    );
    let head = [
        (header::CONTENT_TYPE, found.media),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((head, found.bytes).into_response())
}
