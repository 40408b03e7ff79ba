//! The drafts of a county.

use domain::id::DraftId;
use store::draft::DraftLine;

use super::home_of;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::words;

/// Longest notice that a page can show, in characters.
pub const TEXT_CHARS_MAX: usize = 200_000;
/// Drafts on a page of the list.
pub const PAGE: u64 = 30;

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
