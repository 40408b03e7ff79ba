//! Decisions on a draft: accepted, dropped, merged, corrected, named, and made into a pack.

use ::draft::{OWN_ACT, State, Work, find_phrase};
use domain::id::{DraftId, Slug};
use domain::pack::PackFile;
use schemars::JsonSchema;
use serde::Serialize;

use super::element::{seal_of, share};
use super::form::CorrectElement;
use super::made::DraftRead;
use super::{ElementName, ElementState, change, load, refuse_done, refused, row_of};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, FieldErrors, Result};
use crate::pack::Imported;
use crate::verb::Verb;
use crate::write::Kept;

/// Longest phrase that is added by hand, in characters.
pub(super) const PHRASE_CHARS_MAX: usize = 200;
domain::codes! {
    /// What is decided on elements.
    Decision {
        /// 采用.
        Accept = "accept",
        /// 不用.
        Drop = "drop",
        /// 退回待核: takes back, and parts what was merged.
        Reopen = "reopen",
    }
}

impl Decision {
    fn state(self) -> State {
        match self {
            Self::Accept => State::Accepted,
            Self::Drop => State::Dropped,
            Self::Reopen => State::Open,
        }
    }
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Decided {
    /// Which draft.
    pub id: DraftId,
    /// Its version now.
    #[schemars(title = "版本")]
    pub version: i64,
    /// How many elements changed.
    #[schemars(title = "改变的条目数")]
    pub changed: usize,
    /// How many were to be accepted and are left open, for they are not filled in.
    #[schemars(title = "没有填写完整的条目数")]
    pub left: usize,
}

impl Kept for Decided {
    fn keep(&self) -> String {
        format!(
            "{} {} {} {}",
            self.id, self.version, self.changed, self.left
        )
    }
    fn again(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let mut part = || parts.next();
        Some(Self {
            id: part()?.parse().ok()?,
            version: part()?.parse().ok()?,
            changed: part()?.parse().ok()?,
            left: part()?.parse().ok()?,
        })
    }
}

/// Decides on one element, as whoever decides saw it.
pub async fn decide_one(
    ctx: &Ctx,
    id: DraftId,
    element: &str,
    seen: ElementState,
    what: Decision,
) -> Result<Decided> {
    let edit = |work: &mut Work| {
        let before = work.item(element).map(|item| item.state.clone());
        let done = work.decide_one(element, seen.code(), &what.state());
        done.map_err(refused)?;
        let now = work.item(element).map(|item| item.state.clone());
        Ok((usize::from(now != before), 0))
    };
    change(ctx, id, Verb::DraftDecide, edit, decided(id)).await
}

/// Accepts elements, drops them, or takes either back.
pub async fn decide(ctx: &Ctx, id: DraftId, ids: &[String], what: Decision) -> Result<Decided> {
    let edit = |work: &mut Work| {
        let changed = work.decide(ids, &what.state()).map_err(refused)?;
        let lacks = |id: &&String| {
            let item = work.item(id);
            item.is_some_and(|i| i.state == State::Open && !i.element.is_complete())
        };
        let left = if what == Decision::Accept {
            ids.iter().filter(lacks).count()
        } else {
            0
        };
        Ok((changed, left))
    };
    change(ctx, id, Verb::DraftDecide, edit, decided(id)).await
}

/// Accepts all that nobody decided on, or those only that are at least so sure, in hundredths.
pub async fn accept_rest(ctx: &Ctx, id: DraftId, at_least: u32) -> Result<Decided> {
    let edit = |work: &mut Work| Ok(work.accept_rest(share(at_least)));
    change(ctx, id, Verb::DraftDecide, edit, decided(id)).await
}

/// The answer of a decision.
fn decided(id: DraftId) -> impl Fn((usize, usize), i64) -> Decided {
    move |(changed, left), version| Decided {
        id,
        version,
        changed,
        left,
    }
}

/// The answer of a verb that says no more than which version stands.
fn saved(id: DraftId) -> impl Fn((), i64) -> Saved<DraftId> {
    move |(), version| Saved::at(id, version)
}

/// The answer of a verb that says which element it is about.
fn element_named(id: String, _: i64) -> ElementName {
    ElementName { id }
}

/// Merges elements that say the same; returns the one that stays.
pub async fn merge(ctx: &Ctx, id: DraftId, ids: &[String]) -> Result<ElementName> {
    let edit = |work: &mut Work| work.merge(ids).map_err(refused);
    change(ctx, id, Verb::DraftMerge, edit, element_named).await
}

/// Corrects an element, which accepts it. Its seal is what [`seal_of`] said of it when it was
/// looked at.
pub async fn correct(ctx: &Ctx, asked: CorrectElement) -> Result<Saved<DraftId>> {
    let (id, element, seal) = (asked.id, asked.element.clone(), asked.seal.clone());
    let world = ctx.app.world(super::home_of(ctx)?).await?;
    let kinds = world.act_kinds();
    let typed = asked.correction();
    let known = typed.act == OWN_ACT || kinds.iter().any(|k| k.id.as_str() == typed.act);
    if ["duty", "task"].contains(&typed.kind.as_str()) && !known {
        return Err(FieldErrors::one("act", "请从列表中选择履职种类。"));
    }
    let edit = |work: &mut Work| {
        refuse_changed(work, &element, &seal)?;
        work.correct(&element, &typed).map_err(refused)
    };
    change(ctx, id, Verb::DraftCorrect, edit, saved(id)).await
}

/// Takes a correction back; `seen` as for [`correct`].
pub async fn restore(ctx: &Ctx, id: DraftId, element: &str, seen: &str) -> Result<Saved<DraftId>> {
    let edit = |work: &mut Work| {
        refuse_changed(work, element, seen)?;
        work.restore(element).map_err(refused)
    };
    change(ctx, id, Verb::DraftRestore, edit, saved(id)).await
}

/// Makes an element of a timed phrase that none covers; returns its id.
pub async fn take(ctx: &Ctx, id: DraftId, phrase: usize) -> Result<ElementName> {
    let edit = |work: &mut Work| work.take(phrase).map_err(refused);
    change(ctx, id, Verb::DraftTake, edit, element_named).await
}

/// Adds an element for a phrase of the text that the program did not mark; `near` is where it was
/// picked, in characters. Returns its id.
pub async fn add(ctx: &Ctx, id: DraftId, phrase: &str, near: usize) -> Result<ElementName> {
    let phrase = phrase.trim();
    let chars = phrase.chars().count();
    if chars == 0 || chars > PHRASE_CHARS_MAX {
        return Err(FieldErrors::one(
            "phrase",
            format!("请照原文填写一段文字，最多 {PHRASE_CHARS_MAX} 字。"),
        ));
    }
    let text = load(ctx, id).await?.row.text;
    let Some((place, sentence)) = find_phrase(&text, phrase, near) else {
        return Err(FieldErrors::one(
            "phrase",
            "原文中没有这段文字。请照原文填写，不要改动。",
        ));
    };
    let edit = |work: &mut Work| Ok(work.add(place.clone(), "", &sentence));
    change(ctx, id, Verb::DraftAdd, edit, element_named).await
}

fn refuse_changed(work: &Work, element: &str, seen: &str) -> Result<()> {
    if work.item(element).is_some() && seal_of(work, element) != seen {
        return Err(Error::refused(
            crate::Code::DraftChanged,
            "这个条目刚刚被改动过。您填写的内容仍在页面上，请打开最新的条目核对后再改。",
        ));
    }
    Ok(())
}

/// The files of a draft, as `pack check` and import read them.
pub(super) fn files_of(work: &Work) -> Vec<PackFile> {
    let files = work.files().into_iter();
    files.map(|(path, text)| PackFile { path, text }).collect()
}

/// Makes a pack of a draft on which everything is decided. The same draft twice is the same pack.
pub async fn import(ctx: &Ctx, id: DraftId) -> Result<Imported> {
    if let Some(first) = ctx.begin(Verb::PackImport).await? {
        return Ok(first);
    }
    let now = load(ctx, id).await?;
    if let Some((pack, version)) = now.row.line.made.clone() {
        // A second click on the same button.
        return Ok(Imported {
            id: pack,
            version,
            known: true,
        });
    }
    refuse_done(&now.row.line)?;
    let open = now.work.open();
    if open > 0 {
        return Err(Error::refused(
            crate::Code::DraftOpen,
            format!("还有 {open} 条没有核对。请逐条采用或不用，再导入。"),
        ));
    }
    refuse_foreign(ctx, &now.work).await?;
    let read = now.row.line.version;
    let files = files_of(&now.work);
    let draft = DraftRead { id, version: read };
    crate::pack::import_of(ctx, &files, Some(draft)).await
}

/// A number belongs to one notice: a draft under the number of another would take its place.
async fn refuse_foreign(ctx: &Ctx, work: &Work) -> Result<()> {
    let Ok(id) = work.head.id.parse::<Slug>() else {
        return Ok(());
    };
    let newest = ctx
        .app
        .store
        .read(async |r| store::pack::pack_newest(r, &id).await)
        .await?;
    match newest.filter(|known| known.title != work.head.title) {
        None => Ok(()),
        Some(known) => Err(Error::refused(
            crate::Code::DraftForeign,
            format!(
                "编号 {id} 已经是《{}》的编号，导入会顶替它。另一份文件请另取编号；确是它的新版，请把标题改成一样。",
                known.title
            ),
        )),
    }
}

/// Goes on with a draft that was made into a pack: what comes next is its next version.
pub async fn go_on(ctx: &Ctx, id: DraftId) -> Result<Saved<DraftId>> {
    if let Some(first) = ctx.begin(Verb::DraftGoOn).await? {
        return Ok(first);
    }
    let home = super::home_of(ctx)?;
    ctx.write(Verb::DraftGoOn, id.to_string(), async |tx| {
        let mut now = super::loaded(store::draft::draft_find(tx, home, id).await?)?;
        let Some((_, made)) = now.row.line.made.take() else {
            return Ok(Saved::at(id, now.row.line.version));
        };
        now.work.head.version = now.work.head.version.max(made + 1);
        let version = store::draft::draft_update(tx, &row_of(now)?).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// Puts a draft aside.
pub async fn close(ctx: &Ctx, id: DraftId) -> Result<Saved<DraftId>> {
    put(ctx, id, true, Verb::DraftClose).await
}

/// Takes a draft up again that was put aside.
pub async fn reopen(ctx: &Ctx, id: DraftId) -> Result<Saved<DraftId>> {
    put(ctx, id, false, Verb::DraftReopen).await
}

async fn put(ctx: &Ctx, id: DraftId, closed: bool, verb: Verb) -> Result<Saved<DraftId>> {
    if let Some(first) = ctx.begin(verb).await? {
        return Ok(first);
    }
    let home = super::home_of(ctx)?;
    ctx.write(verb, id.to_string(), async |tx| {
        let mut row = super::loaded(store::draft::draft_find(tx, home, id).await?)?.row;
        if row.line.closed == closed {
            return Ok(Saved::at(id, row.line.version));
        }
        row.line.closed = closed;
        let version = store::draft::draft_update(tx, &row).await?;
        Ok(Saved::at(id, version))
    })
    .await
}
