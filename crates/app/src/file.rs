//! Evidence files 附件: optional, checked by their content, kept under the hash of their bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::id::ActId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::door::{Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::world::NOW;

/// Longest file name, in characters.
pub const NAME_LONGEST: usize = 120;

/// Kinds of file that are taken: first bytes, media type, endings. A file is what it contains,
/// whatever it is called.
const KINDS: &[(&[u8], &str, &[&str])] = &[
    (b"\xff\xd8\xff", "image/jpeg", &["jpg", "jpeg"]),
    (b"\x89PNG\r\n\x1a\n", "image/png", &["png"]),
    (b"RIFF", "image/webp", &["webp"]),
    (b"%PDF-", "application/pdf", &["pdf"]),
    (
        b"PK\x03\x04",
        "application/zip",
        &["docx", "xlsx", "wps", "et", "ofd", "zip"],
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "application/x-ole",
        &["doc", "xls", "wps", "et"],
    ),
];

/// What is taken, as the browser's file chooser asks for it.
pub fn endings() -> String {
    let all: std::collections::BTreeSet<&str> = KINDS
        .iter()
        .flat_map(|(.., endings)| endings.iter().copied())
        .collect();
    let dotted: Vec<String> = all.into_iter().map(|ending| format!(".{ending}")).collect();
    dotted.join(",")
}

/// What is taken, in words.
pub const TAKEN: &str = "JPG、PNG、WEBP图片，PDF，DOCX、XLSX、WPS、OFD文档";

/// Largest file that an operation takes or gives, in bytes: as base64 it fits into a body of the
/// API. Larger ones go by the pages.
pub const CONTENT_BYTES_MAX: usize = 180 * 1024;
/// The same as base64, in characters.
pub(crate) const CONTENT_LONGEST: usize = CONTENT_BYTES_MAX.div_ceil(3) * 4;

operations! {
    Read "file.list" GET "/acts/{act}/files" "一条记录的附件" [ViewAct]
        FilesOf => (Files) = list(act);
    Read "file.show" GET "/acts/{act}/files/{n}" "一个附件及其内容" [ViewAct]
        OneFile => (FileContent) = content;
    Write FileAdd POST "/acts/{act}/files"
        NewFile => {"file": Saved<i64>} = add_content;
    Write FileRemove POST "/acts/{act}/files/{n}/remove"
        OneFile => {"file": Saved<i64>} = remove_one;
}

/// Whose files.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesOf {
    /// The act.
    #[schemars(title = "记录编号")]
    pub act: ActId,
}

/// Which file.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneFile {
    /// The act.
    #[schemars(title = "记录编号")]
    pub act: ActId,
    /// Number within the act.
    #[schemars(title = "附件序号")]
    pub n: i64,
}

/// A file to add.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    /// The act.
    #[schemars(title = "记录编号")]
    pub act: ActId,
    /// Name with its ending.
    #[schemars(title = "文件名", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// Bytes as base64.
    #[schemars(title = "内容（base64）", length(min = 1, max = CONTENT_LONGEST))]
    pub content: String,
}

/// A file of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileSeen {
    /// Number within its subject.
    #[schemars(title = "序号")]
    pub n: i64,
    /// Name.
    #[schemars(title = "文件名")]
    pub name: String,
    /// Media type, as its bytes say.
    #[schemars(title = "类型")]
    pub media: String,
    /// How many bytes.
    #[schemars(title = "字节数")]
    pub bytes: u64,
}

/// The files of a subject; their number has a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Files {
    /// All of them.
    #[schemars(title = "附件")]
    pub files: Vec<FileSeen>,
}

/// A file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileContent {
    /// Which.
    #[schemars(title = "附件")]
    pub file: FileSeen,
    /// Bytes as base64.
    #[schemars(title = "内容（base64）")]
    pub content: String,
}

/// Bytes with their name, for a download.
#[derive(Debug, Clone)]
pub struct Download {
    /// Bytes.
    pub bytes: Bytes,
    /// Media type.
    pub media: String,
    /// Name.
    pub name: String,
}

/// A size in words.
pub fn size(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes >= MB {
        format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB)
    } else {
        format!("{} KB", bytes.div_ceil(1024))
    }
}

/// The media type of bytes that fit their name's ending.
fn media(name: &str, bytes: &[u8]) -> Result<&'static str> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let by_content = KINDS.iter().filter(|(magic, ..)| bytes.starts_with(magic));
    let known: Vec<_> = by_content.collect();
    if known.is_empty() {
        return Err(FieldErrors::one(
            "file",
            format!("“{name}”的内容不是可接收的文件。可以上传：{TAKEN}。"),
        ));
    }
    known
        .iter()
        // A container of sound or film begins alike.
        .filter(|(_, media, _)| *media != "image/webp" || bytes.get(8..12) == Some(b"WEBP"))
        .find(|(_, _, endings)| endings.contains(&ending.as_str()))
        .map(|(_, media, _)| *media)
        .ok_or_else(|| {
            FieldErrors::one(
                "file",
                format!("“{name}”的名称与内容不符，请用原来的文件名上传，或另存为{TAKEN}。"),
            )
        })
}

/// The name of a file that was sent, without folders. A name with characters that nobody sees is
/// refused: it may read `…exe.pdf` and end in `.exe`. So is a longer one than `longest` characters:
/// cut, it would lose its ending.
pub(crate) fn named(sent: &str, longest: usize) -> Result<&str> {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let has = name.chars().count();
    if has > longest {
        return Err(FieldErrors::one(
            "file",
            format!("文件名最多{longest}字，现有{has}字，请改短后再上传。"),
        ));
    }
    match domain::text::hidden(name) {
        None => Ok(name),
        Some(hidden) => Err(FieldErrors::one(
            "file",
            format!(
                "文件名“{name}”的第{}个字是看不见或改变文字方向的字符（{hidden}），请改名后再上传。",
                hidden.at
            ),
        )),
    }
}

/// Adds a file to an act. `bytes` arrived whole; the edge refuses what is longer than the limit.
pub async fn add(ctx: &Ctx, act: ActId, name: &str, bytes: Bytes) -> Result<Saved<i64>> {
    if let Some(first) = ctx.begin(Verb::FileAdd).await? {
        return Ok(first);
    }
    crate::act::amendable(ctx, act).await?;
    let max = ctx.app.settings.upload_max;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > max {
        return Err(Error::Limit {
            what: "一个附件",
            max: size(max),
        });
    }
    if bytes.is_empty() {
        return Err(FieldErrors::one("file", "文件是空的，请重新选择。"));
    }
    let name = named(name, NAME_LONGEST)?.to_owned();
    let media = media(&name, &bytes)?;
    let subject = act.to_string();
    let held = files_of(ctx, act).await?;
    if held.len() >= ctx.app.settings.files_max {
        let max = format!("{}个", ctx.app.settings.files_max);
        return Err(Error::Limit {
            what: "一条记录的附件",
            max,
        });
    }
    let sha = ctx.app.store.file_put(bytes).await?;
    ctx.write(Verb::FileAdd, subject.clone(), async |tx| {
        let held = store::file::files_of(tx, std::slice::from_ref(&subject), NOW).await?;
        if let Some(same) = held.iter().find(|f| f.sha == sha) {
            return Err(FieldErrors::one(
                "file",
                format!("这个文件已经上传过（“{}”），不必再传。", same.name),
            ));
        }
        let n = store::file::file_use_insert(tx, &subject, &sha, length, media, &name).await?;
        Ok(Saved::first(n))
    })
    .await
}

/// The files of an act, as of the day looked at.
pub(crate) async fn files_of(ctx: &Ctx, act: ActId) -> Result<Vec<FileSeen>> {
    let home = ctx.home()?;
    let as_of = ctx.as_of_seq(home).await?.unwrap_or(NOW);
    let subjects = [act.to_string()];
    let files = ctx
        .app
        .store
        .read(async |r| store::file::files_of(r, &subjects, as_of).await)
        .await?;
    let seen = |f: store::file::FileUse| FileSeen {
        n: f.n,
        name: f.name,
        media: f.media,
        bytes: f.bytes,
    };
    Ok(files.into_iter().map(seen).collect())
}

/// The files of an act, for who may see the act.
pub async fn list(ctx: &Ctx, act: ActId) -> Result<Files> {
    seen(ctx, act).await?;
    Ok(Files {
        files: files_of(ctx, act).await?,
    })
}

/// Refuses whoever does not see the act, as the page of the act does.
async fn seen(ctx: &Ctx, act: ActId) -> Result<()> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let found = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, act).await)
        .await?;
    let found = found.map(|h| h.act).filter(|a| a.home == who.home);
    let found = found.ok_or(Error::NotFound("这条记录"))?;
    crate::act::visible(ctx, &world, &found)
}

/// A file of an act with its bytes as text.
async fn content(ctx: &Ctx, asked: OneFile) -> Result<FileContent> {
    let held = files_of(ctx, asked.act).await?;
    let found = download(ctx, asked.act, asked.n).await?;
    let file = held.into_iter().find(|file| file.n == asked.n);
    let file = file.ok_or(Error::NotFound("这个附件"))?;
    if found.bytes.len() > CONTENT_BYTES_MAX {
        return Err(Error::Limit {
            what: "接口传送的一个附件",
            max: size(CONTENT_BYTES_MAX as u64),
        });
    }
    Ok(FileContent {
        content: STANDARD.encode(&found.bytes),
        file,
    })
}

/// Adds a file whose bytes came as text.
async fn add_content(ctx: &Ctx, new: NewFile) -> Result<Saved<i64>> {
    let bytes = STANDARD
        .decode(new.content.as_bytes())
        .map_err(|_| FieldErrors::one("content", "应是标准的 base64，含补位的等号。"))?;
    add(ctx, new.act, &new.name, bytes.into()).await
}

async fn remove_one(ctx: &Ctx, asked: OneFile) -> Result<Saved<i64>> {
    remove(ctx, asked.act, asked.n).await
}

/// The bytes that the trail knows are not those that stand on the disk.
fn damaged(code: crate::Code, name: &str, how: &str) -> Error {
    Error::refused(
        code,
        format!(
            "附件“{name}”的文件{how}，不能下载。记录本身没有变化；请通知系统管理员用备份恢复文件，并执行 bihuan audit verify --files 核对。"
        ),
    )
}

/// A file of an act, for who may see the act.
pub async fn download(ctx: &Ctx, act: ActId, n: i64) -> Result<Download> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let none = || Error::NotFound("这个附件");
    let found = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, act).await)
        .await?;
    let found = found
        .map(|h| h.act)
        .filter(|a| a.home == who.home)
        .ok_or_else(none)?;
    crate::act::visible(ctx, &world, &found).map_err(|_| none())?;
    let subjects = [act.to_string()];
    let as_of = ctx.as_of_seq(who.home).await?.unwrap_or(NOW);
    let files = ctx
        .app
        .store
        .read(async |r| store::file::files_of(r, &subjects, as_of).await)
        .await?;
    let file = files.into_iter().find(|f| f.n == n).ok_or_else(none)?;
    let bytes = match ctx.app.store.file_get(&file.sha).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(damaged(crate::Code::FileLost, &file.name, "已不在服务器上")),
        Err(store::StoreError::Corrupt { .. }) => {
            return Err(damaged(
                crate::Code::FileAltered,
                &file.name,
                "与上传时的内容不一致",
            ));
        }
        Err(other) => return Err(other.into()),
    };
    Ok(Download {
        bytes,
        media: file.media,
        name: file.name,
    })
}

/// Takes a file from an act; its bytes and the trail stay.
pub async fn remove(ctx: &Ctx, act: ActId, n: i64) -> Result<Saved<i64>> {
    if let Some(first) = ctx.begin(Verb::FileRemove).await? {
        return Ok(first);
    }
    crate::act::amendable(ctx, act).await?;
    let subject = act.to_string();
    ctx.write(Verb::FileRemove, subject.clone(), async |tx| {
        let held = store::file::files_of(tx, std::slice::from_ref(&subject), NOW).await?;
        if !held.iter().any(|f| f.n == n) {
            return Err(Error::NotFound("这个附件"));
        }
        let version = store::file::file_use_close(tx, &subject, n).await?;
        Ok(Saved::at(n, version))
    })
    .await
}
