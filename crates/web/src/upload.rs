//! Uploads: who asks, whether there is room and whether the token is right come before the files;
//! each part is counted while it arrives.
//!
//! **Invariant:** nothing of a body is read before the role that its address needs, and nothing but
//! the token before the token. **Invariant:** no more is kept than the limits of the address say,
//! and all uploads together keep no more than [`ROOM_BYTES`].

mod meter;
mod room;

use std::sync::Arc;

use app::Error;
use axum::body::Bytes;
use axum::extract::multipart::{Field as Part, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, MatchedPath, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::pack::{FILE_BYTES_MAX, FILES_MAX};

use crate::error::{PageError, Trouble};
use crate::form::Posted;
use crate::page::{FORM_MAX, Page, check_token, declared};
use crate::state::Web;
use meter::Meter;
pub(crate) use room::{Room, Taken};

/// Longest token of a form, in bytes.
const TOKEN_BYTES_MAX: usize = 256;
/// Longest text of one field beside files, in bytes; all together have [`FORM_MAX`].
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Most fields beside the files.
const TEXTS_MAX: usize = 100;
/// Longest head of a part, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// All that uploads may keep in memory at one time, in bytes. What is beyond is asked to come back.
pub(crate) const ROOM_BYTES: usize = 256 * 1024 * 1024;
/// Header in which a script may send the token.
const TOKEN_HEADER: &str = "x-csrf-token";

/// What an address takes.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Most files.
    files: usize,
    /// Largest of them, in bytes.
    file_bytes: usize,
    /// What one of them is called.
    one: &'static str,
    /// What all of them are called.
    all: &'static str,
}

impl Limits {
    /// Those of an address; one that takes no files has none.
    fn of(path: &str, web: &Web) -> Option<Self> {
        let settings = &web.app.settings;
        let attachment = usize::try_from(settings.upload_max).unwrap_or(usize::MAX);
        match path {
            "/acts/{id}/files" => Some(Self {
                files: settings.files_max,
                file_bytes: attachment,
                one: "一个附件",
                all: "一次上传的附件",
            }),
            "/packs/drafts" => Some(Self {
                files: 1,
                file_bytes: attachment.min(app::drafting::FILE_BYTES_MAX),
                one: "一个通知文件",
                all: "一次起草的通知文件",
            }),
            "/packs/import" => Some(Self {
                files: FILES_MAX,
                file_bytes: FILE_BYTES_MAX,
                one: "一个制度文件",
                all: "一次导入的制度文件",
            }),
            _ => None,
        }
    }

    /// The longest body, in bytes: all files, and what is typed beside them.
    fn whole(&self) -> usize {
        let files = self.file_bytes.saturating_mul(self.files);
        files.saturating_add(FORM_MAX)
    }

    fn file_too_large(&self) -> Response {
        let max = app::file::size(u64::try_from(self.file_bytes).unwrap_or(u64::MAX));
        limit(self.one, max)
    }

    fn too_many(&self) -> Response {
        limit(self.all, format!("{} 个", self.files))
    }

    fn too_long(&self) -> Response {
        let max = app::file::size(u64::try_from(self.whole()).unwrap_or(u64::MAX));
        limit(self.all, format!("共 {max}"))
    }
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
    /// The room that they take, as long as they are kept.
    pub(crate) taken: Taken,
}

impl FromRequest<Web> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        // In this order: who, how much, whether there is room, the token; then the files.
        let page = Page::from_head(&parts, web).await?;
        let limits = limits_of(&parts, web).map_err(IntoResponse::into_response)?;
        let length = declared(&parts.headers);
        if length.is_some_and(|length| length > limits.whole()) {
            return Err(limits.too_long());
        }
        let who = page.who().map_err(IntoResponse::into_response)?.person;
        let needed = length.unwrap_or(limits.whole());
        let taken = web
            .room
            .take(who, needed)
            .map_err(IntoResponse::into_response)?;
        let token = token_of(&parts.headers);
        if let Some(token) = &token {
            check(&page, token).map_err(|t| t.into_response())?;
        }
        let (meter, stream) = Meter::around(body, limits.whole());
        let mut request = Request::from_parts(parts, stream);
        // The meter counts, and says which limit was passed.
        DefaultBodyLimit::disable().apply(&mut request);
        let form = Multipart::from_request(request, web).await;
        let form = form.map_err(|_| broken_off().into_response())?;
        let mut reading = Reading {
            form,
            meter,
            limits,
        };
        let token = match token {
            Some(token) => token,
            None => reading.token(&page).await?,
        };
        let (posted, files) = reading.rest(token).await?;
        Ok(Self {
            page: page.keyed(&posted, &files),
            posted,
            files,
            taken,
        })
    }
}

fn limits_of(parts: &Parts, web: &Web) -> Result<Limits, PageError> {
    let path = parts.extensions.get::<MatchedPath>();
    path.and_then(|p| Limits::of(p.as_str(), web))
        .ok_or_else(|| PageError(Error::Internal("this address takes no files".into())))
}

fn token_of(headers: &HeaderMap) -> Option<String> {
    let token = headers.get(TOKEN_HEADER)?.to_str().ok()?;
    Some(token.to_owned())
}

/// Refuses a wrong token. Files cannot be given back as typed text is: the page says so.
fn check(page: &Page, token: &str) -> Result<(), Box<Trouble>> {
    check_token(page, token.trim()).map_err(|_| {
        Box::new(Trouble::new(
            StatusCode::FORBIDDEN,
            app::Code::FormToken,
            "请重新选择文件",
            "这张表是在登录之前，或在另一次登录中打开的，文件没有读入。\
             请返回原来的页面，刷新后重新选择文件上传。",
        ))
    })
}

/// A form while its parts arrive.
struct Reading {
    form: Multipart,
    meter: Arc<Meter>,
    limits: Limits,
}

impl Reading {
    /// The token, which stands first; anything else in its place is a wrong one.
    async fn token(&mut self, page: &Page) -> Result<String, Response> {
        let (limits, meter) = (self.limits, Arc::clone(&self.meter));
        let part = self.next().await?;
        let mut token = Vec::new();
        if let Some(mut part) = part.filter(|p| p.name() == Some("csrf")) {
            while let Some(chunk) = chunk(&mut part, &meter, limits).await? {
                token.extend_from_slice(&chunk);
                if token.len() > TOKEN_BYTES_MAX {
                    break;
                }
            }
        }
        let token = String::from_utf8_lossy(&token).into_owned();
        check(page, &token).map_err(|t| t.into_response())?;
        Ok(token)
    }

    /// Fields and files.
    async fn rest(mut self, token: String) -> Result<(Posted, Vec<Sent>), Response> {
        let (limits, meter) = (self.limits, Arc::clone(&self.meter));
        let mut posted = Posted(vec![("csrf".to_owned(), token)]);
        let mut files = Vec::new();
        let (mut texts, mut sent) = (0, 0);
        while let Some(mut part) = self.next().await? {
            let name = part.name().unwrap_or_default().to_owned();
            let Some(file) = part.file_name().map(str::to_owned) else {
                if posted.0.len() > TEXTS_MAX {
                    return Err(limit("一张表的栏目", format!("{TEXTS_MAX} 项")));
                }
                let most = TEXT_BYTES_MAX.min(FORM_MAX.saturating_sub(texts));
                let text = within(&mut part, most, &meter, limits).await?;
                let text = text.ok_or_else(text_too_long)?;
                texts += name.len() + text.len();
                let text = String::from_utf8(text).map_err(|_| unreadable().into_response())?;
                posted.0.push((name, text));
                continue;
            };
            sent += 1;
            if sent > limits.files {
                return Err(limits.too_many());
            }
            let bytes = within(&mut part, limits.file_bytes, &meter, limits).await?;
            let bytes = bytes.ok_or_else(|| limits.file_too_large())?;
            // A field that was left empty sends a part without a name.
            if !file.is_empty() {
                let bytes = bytes.into();
                files.push(Sent { name: file, bytes });
            }
        }
        Ok((posted, files))
    }

    async fn next(&mut self) -> Result<Option<Part<'_>>, Response> {
        self.meter.allow(HEAD_BYTES_MAX);
        let (meter, limits) = (Arc::clone(&self.meter), self.limits);
        let next = self.form.next_field().await;
        next.map_err(|error| failed(&error, &meter, limits))
    }
}

async fn chunk(
    part: &mut Part<'_>,
    meter: &Meter,
    limits: Limits,
) -> Result<Option<Bytes>, Response> {
    meter.allow(HEAD_BYTES_MAX);
    let chunk = part.chunk().await;
    chunk.map_err(|error| failed(&error, meter, limits))
}

/// The bytes of a part; none as soon as they pass the limit.
async fn within(
    part: &mut Part<'_>,
    most: usize,
    meter: &Meter,
    limits: Limits,
) -> Result<Option<Vec<u8>>, Response> {
    let mut out = Vec::new();
    while let Some(chunk) = chunk(part, meter, limits).await? {
        if out.len() + chunk.len() > most {
            return Ok(None);
        }
        out.extend_from_slice(&chunk);
    }
    Ok(Some(out))
}

/// Too large, or anything else that kept the upload from arriving whole.
fn failed(_: &MultipartError, meter: &Meter, limits: Limits) -> Response {
    if meter.is_whole_passed() {
        limits.too_long()
    } else {
        broken_off().into_response()
    }
}

fn limit(what: &'static str, max: impl Into<String>) -> Response {
    let max = max.into();
    PageError(Error::Limit { what, max }).into_response()
}

fn text_too_long() -> Response {
    let kb = TEXT_BYTES_MAX / 1024;
    limit(
        "表中的文字",
        format!("每项 {kb} KB、共 {} KB", FORM_MAX / 1024),
    )
}

fn broken_off() -> PageError {
    PageError(Error::refused(
        app::Code::UploadBroken,
        "文件没有传完就中断了，没有保存，已有内容没有丢失。请检查网络后重新选择文件上传。",
    ))
}

fn unreadable() -> PageError {
    PageError(Error::refused(
        app::Code::UploadUnreadable,
        "表中的文字不是 UTF-8 编码，没有保存。请刷新页面后重新填写、选择文件。",
    ))
}
