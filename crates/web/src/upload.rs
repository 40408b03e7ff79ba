//! Uploads: parts of a form that carry files, each with its limit, read as they arrive.

use app::Error;
use axum::body::Bytes;
use axum::extract::multipart::{Field as Part, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::error::PageError;
use crate::form::Posted;
use crate::page::{FORM_MAX, Page, check_token};
use crate::state::Web;

/// The longest body, in bytes: as many files as may be sent at once, and what is typed beside
/// them. Each part has its own limit besides.
pub(crate) fn longest(web: &Web) -> usize {
    let settings = &web.app.settings;
    let file = usize::try_from(settings.upload_max).unwrap_or(usize::MAX);
    file.saturating_mul(settings.files_max)
        .saturating_add(FORM_MAX)
}

/// A file that was sent.
pub(crate) struct Sent {
    /// Name as the browser gave it.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) bytes: Bytes,
}

/// A posted form with files, of somebody who is signed in, with the token of the session.
pub(crate) struct Upload {
    /// Who asks.
    pub(crate) page: Page,
    /// What was typed.
    pub(crate) posted: Posted,
    /// The files that are not empty.
    pub(crate) files: Vec<Sent>,
}

impl FromRequest<Web> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let page = Page::from_head(&parts, web).await?;
        let request = Request::from_parts(parts, body);
        let form = Multipart::from_request(request, web).await;
        let form = form.map_err(|_| broken_off().into_response())?;
        read(page, form, web).await
    }
}

async fn read(page: Page, mut form: Multipart, web: &Web) -> Result<Upload, Response> {
    let mut posted = Posted::default();
    let mut files = Vec::new();
    let broken = |error: MultipartError| failed(&error, web).into_response();
    let mut checked = false;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(file) = part.file_name().map(str::to_owned) else {
            let text = part.text().await.map_err(broken)?;
            if text.len() > FORM_MAX {
                return Err(too_large(web).into_response());
            }
            posted.0.push((name, text));
            continue;
        };
        // The token stands before the files, so that nothing large is read for a stranger.
        if !checked {
            check_token(&page, posted.text("csrf")).map_err(|t| t.into_response())?;
            checked = true;
        }
        if files.len() >= web.app.settings.files_max {
            let max = format!("{} 个", web.app.settings.files_max);
            let limit = Error::Limit {
                what: "一次上传的附件",
                max,
            };
            return Err(PageError(limit).into_response());
        }
        let bytes = within(part, web).await?;
        // A field that was left empty sends a part without a name.
        if !file.is_empty() {
            files.push(Sent { name: file, bytes });
        }
    }
    check_token(&page, posted.text("csrf")).map_err(|t| t.into_response())?;
    Ok(Upload {
        page,
        posted,
        files,
    })
}

/// The bytes of one file, refused as soon as they pass the limit.
async fn within(mut part: Part<'_>, web: &Web) -> Result<Bytes, Response> {
    let max = usize::try_from(web.app.settings.upload_max).unwrap_or(usize::MAX);
    let mut out = Vec::new();
    while let Some(chunk) = part
        .chunk()
        .await
        .map_err(|error| failed(&error, web).into_response())?
    {
        if out.len() + chunk.len() > max {
            return Err(too_large(web).into_response());
        }
        out.extend_from_slice(&chunk);
    }
    Ok(out.into())
}

/// Too large, or anything else that kept the upload from arriving whole.
fn failed(error: &MultipartError, web: &Web) -> PageError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large(web)
    } else {
        broken_off()
    }
}

fn broken_off() -> PageError {
    PageError(Error::refused(
        "upload.broken",
        "文件没有传完就中断了，没有保存，已有内容没有丢失。请检查网络后重新选择文件上传。",
    ))
}

fn too_large(web: &Web) -> PageError {
    let max = app::file::size(web.app.settings.upload_max);
    PageError(Error::Limit {
        what: "一个附件",
        max,
    })
}
