//! Reading a notice into a draft, and the drafts of a county.

use ::draft::{Naming, ReadError, Work};
use chrono::Datelike;
use domain::id::DraftId;
use store::draft::{DraftLine, DraftRow};

use super::home_of;
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::words;

/// Longest notice that a page can show, in characters.
pub const TEXT_CHARS_MAX: usize = 200_000;
/// Drafts on a page of the list.
pub const PAGE: u64 = 30;
/// Longest file name that is kept, in characters.
const NAME_CHARS: usize = 80;

/// Reads a notice. `name` is the file's; `once` the key of the form.
pub async fn open(ctx: &Ctx, name: &str, bytes: Vec<u8>, once: Option<&str>) -> Result<DraftId> {
    ctx.writable()?;
    let home = home_of(ctx)?;
    let name: String = crate::file::named(name)?.chars().take(NAME_CHARS).collect();
    let id = DraftId::new(ctx.ids.next(ctx.now));
    let naming = Naming {
        id: format!(
            "notice-{}-{}",
            ctx.today.year(),
            // The last digits of the identity: drafts of one day are told apart.
            id.to_string().chars().rev().take(6).collect::<String>()
        ),
        source: name.clone(),
        otherwise: ctx.today,
    };
    // Reading is pure work of up to a second: it does not hold the others up.
    let (text, work) = tokio::task::spawn_blocking(move || read(&bytes, &naming))
        .await
        .map_err(|e| Error::Internal(Box::new(e)))??;
    let who = ctx.who()?.person;
    let row = DraftRow {
        line: DraftLine {
            id,
            home,
            name,
            title: String::new(),
            undecided: 0,
            elements: 0,
            closed: false,
            made: None,
            opened_by: Some(who),
            opened_at: 0,
            changed_at: 0,
            version: 0,
        },
        text,
        work: String::new(),
    };
    let row = super::row_of(super::Loaded { row, work })?;
    let meta = ctx.meta(home, "draft.open", id.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
            if let Some(before) = ctx.answered(tx, "draft.open", once).await? {
                return Ok(before);
            }
            store::draft::draft_insert(tx, &row).await?;
            ctx.answer(tx, "draft.open", once, &id.to_string()).await?;
            Ok::<_, Error>(id)
        })
        .await
}

fn read(bytes: &[u8], naming: &Naming) -> Result<(String, Work)> {
    let wrong = |why: ReadError| FieldErrors::one("file", format!("{why}"));
    let source = ::draft::read(bytes).map_err(wrong)?;
    let chars = source.text.chars().count();
    if chars > TEXT_CHARS_MAX {
        return Err(FieldErrors::one(
            "file",
            format!("这个文件有 {chars} 字，网页上最多起草 {TEXT_CHARS_MAX} 字。请分成几个文件。"),
        ));
    }
    let work = ::draft::propose(&::draft::draft(&source.text), naming);
    Ok((source.text, work))
}

/// A draft in the list.
#[derive(Debug, Clone)]
pub struct ListedDraft {
    /// Identity.
    pub id: DraftId,
    /// Title of the notice.
    pub title: String,
    /// Name of its file.
    pub name: String,
    /// 12 条，待核 3 条.
    pub left: String,
    /// Where it stands: 核对中, 已核完, 已导入, 已搁置.
    pub state: &'static str,
    /// The pack that was made of it, as a path; empty where there is none.
    pub made: String,
    /// Who opened it, when.
    pub opened: String,
    /// When it was last worked on.
    pub changed: String,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Drafts, newest first.
    pub drafts: Vec<ListedDraft>,
    /// Where the next page begins.
    pub next: Option<DraftId>,
}

/// The drafts of the county, newest first; those put aside where asked for.
pub async fn list(ctx: &Ctx, closed: bool, before: Option<DraftId>) -> Result<Listed> {
    let home = home_of(ctx)?;
    let world = ctx.app.world(home).await?;
    let mut lines = ctx
        .app
        .store
        .read(async |r| store::draft::drafts_of(r, home, closed, before, PAGE + 1).await)
        .await?;
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = lines.len() > full;
    lines.truncate(full);
    let next = lines.last().filter(|_| more).map(|l| l.id);
    let name = |line: &DraftLine| {
        line.opened_by
            .map(|id| world.person_name(id).to_owned())
            .unwrap_or_default()
    };
    let drafts = lines.iter().map(|line| ListedDraft {
        id: line.id,
        title: line.title.clone(),
        name: line.name.clone(),
        left: match line.undecided {
            0 if line.elements == 0 => "没有条目".to_owned(),
            0 => format!("{} 条，已核完", line.elements),
            n => format!("{} 条，待核 {n} 条", line.elements),
        },
        state: state_of(line),
        made: line
            .made
            .as_ref()
            .map(|(id, version)| format!("/packs/{id}?version={version}"))
            .unwrap_or_default(),
        opened: format!("{} {}", name(line), words::instant(line.opened_at)),
        changed: words::instant(line.changed_at),
    });
    Ok(Listed {
        drafts: drafts.collect(),
        next,
    })
}

/// Where a draft stands, in a word.
pub(super) fn state_of(line: &DraftLine) -> &'static str {
    match (line.closed, &line.made, line.undecided) {
        (true, _, _) => "已搁置",
        (false, Some(_), _) => "已导入",
        (false, None, _) if line.elements == 0 => "没有找到要求",
        (false, None, 0) => "已核完",
        (false, None, _) => "核对中",
    }
}
