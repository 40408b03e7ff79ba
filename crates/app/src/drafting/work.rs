//! Decisions on a draft: accepted, dropped, merged, corrected, named, and made into a pack.

use ::draft::{Correction, OWN_ACT, State, Work, find_phrase};
use chrono::NaiveDate;
use domain::id::{DraftId, Slug};
use domain::pack::PackFile;
use sha2::{Digest, Sha256};

use super::made::DraftRead;
use super::{ElementName, change, load, refuse_done, refused, row_of};
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::pack::Imported;
use crate::verb::Verb;
use crate::words;

/// Longest phrase that is added by hand, in characters.
const PHRASE_CHARS_MAX: usize = 200;
/// Longest title of a notice, in characters.
const TITLE_MAX: usize = 119;
/// Longest short name, in characters; a pack takes no longer one.
pub const SHORT_MAX: usize = 8;
/// Longest issuer and number, in characters.
const LINE_MAX: usize = 60;

/// Years of a notice.
const YEARS: std::ops::RangeInclusive<i32> = 1949..=2100;

/// What is decided on elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// 采用.
    Accept,
    /// 不用.
    Drop,
    /// 退回待核: takes back, and parts what was merged.
    Reopen,
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

/// Decides on one element; `seen` is the code of the state that whoever decides saw.
pub async fn decide_one(
    ctx: &Ctx,
    id: DraftId,
    element: &str,
    seen: &str,
    what: Decision,
) -> Result<()> {
    change(ctx, id, Verb::DraftDecide, |work| {
        let done = work.decide_one(element, seen, &what.state());
        done.map_err(refused)
    })
    .await
}

/// Accepts elements, drops them, or takes either back. Returns how many changed.
pub async fn decide(ctx: &Ctx, id: DraftId, ids: &[String], what: Decision) -> Result<usize> {
    change(ctx, id, Verb::DraftDecide, |work| {
        work.decide(ids, &what.state()).map_err(refused)
    })
    .await
}

/// Accepts all that nobody decided on, or those only that are at least so sure. Returns how many,
/// and how many are left for they are not filled in.
pub async fn accept_rest(ctx: &Ctx, id: DraftId, at_least: f32) -> Result<(usize, usize)> {
    change(ctx, id, Verb::DraftDecide, |work| {
        Ok(work.accept_rest(at_least))
    })
    .await
}

/// Merges elements that say the same; returns the one that stays.
pub async fn merge(ctx: &Ctx, id: DraftId, ids: &[String]) -> Result<ElementName> {
    change(ctx, id, Verb::DraftMerge, |work| {
        work.merge(ids).map(ElementName).map_err(refused)
    })
    .await
}

/// Corrects an element; `seen` is what [`seal_of`] said of it when the form was made.
pub async fn correct(
    ctx: &Ctx,
    id: DraftId,
    element: &str,
    typed: &Correction,
    seen: &str,
) -> Result<()> {
    let world = ctx.app.world(super::home_of(ctx)?).await?;
    let kinds = world.act_kinds();
    let known = typed.act == OWN_ACT || kinds.iter().any(|k| k.id.as_str() == typed.act);
    if ["duty", "task"].contains(&typed.kind.as_str()) && !known {
        return Err(FieldErrors::one("act", "请从列表中选择履职种类。"));
    }
    change(ctx, id, Verb::DraftCorrect, |work| {
        refuse_changed(work, element, seen)?;
        work.correct(element, typed).map_err(refused)
    })
    .await
}

/// Takes a correction back; `seen` as for [`correct`].
pub async fn restore(ctx: &Ctx, id: DraftId, element: &str, seen: &str) -> Result<()> {
    change(ctx, id, Verb::DraftRestore, |work| {
        refuse_changed(work, element, seen)?;
        work.restore(element).map_err(refused)
    })
    .await
}

/// Makes an element of a timed phrase that none covers; returns its id.
pub async fn take(ctx: &Ctx, id: DraftId, phrase: usize) -> Result<ElementName> {
    change(ctx, id, Verb::DraftTake, |work| {
        work.take(phrase).map(ElementName).map_err(refused)
    })
    .await
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
    change(ctx, id, Verb::DraftAdd, |work| {
        Ok(ElementName(work.add(place.clone(), "", &sentence)))
    })
    .await
}

/// What an element is now, as a short text: a form that was made from another state is refused.
pub(super) fn seal_of(work: &Work, element: &str) -> String {
    let item = work.item(element);
    let text = serde_json::to_string(&item).unwrap_or_default();
    hex::encode(Sha256::digest(text.as_bytes()))
        .chars()
        .take(16)
        .collect()
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

/// The head of the pack, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadForm {
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: String,
    /// Short name.
    pub short: String,
    /// Issuer.
    pub issuer: String,
    /// 发文字号.
    pub number: String,
    /// Day of issue.
    pub issued: String,
    /// First day of effect.
    pub from: String,
    /// Last day of effect.
    pub to: String,
}

/// Names the pack to be.
pub async fn rename(ctx: &Ctx, id: DraftId, typed: &HeadForm) -> Result<()> {
    let mut errors = FieldErrors::new();
    if typed.id.trim().parse::<Slug>().is_err() {
        errors.add(
            "id",
            "请用小写字母、数字和短横，以字母开头，如 county-2026-fire。",
        );
    }
    let version: Option<u32> = typed.version.trim().parse().ok();
    let version = version.filter(|v| (1..=10_000).contains(v));
    if version.is_none() {
        errors.add("version", "请填写 1 至 10000 的整数。");
    }
    let mut line = |field: &str, text: &str, max: usize, must: bool| {
        let text = text.trim().to_owned();
        let chars = text.chars().count();
        if must && chars == 0 || chars > max {
            errors.add(field, format!("请填写，最多 {max} 字。"));
        }
        if let Some(unseen) = words::unseen(&text) {
            errors.add(field, unseen);
        }
        text
    };
    let title = line("title", &typed.title, TITLE_MAX, true);
    let short = line("short", &typed.short, SHORT_MAX, true);
    let issuer = line("issuer", &typed.issuer, LINE_MAX, false);
    let number = line("number", &typed.number, LINE_MAX, false);
    let mut day = |field: &str, text: &str| -> Option<NaiveDate> {
        let text = text.trim();
        let day: Option<NaiveDate> = text.parse().ok();
        let day = day.filter(|d| YEARS.contains(&chrono::Datelike::year(d)));
        if day.is_none() && !text.is_empty() {
            errors.add(field, "请填写 1949 年至 2100 年的日期，如 2026-06-30。");
        }
        day
    };
    let (issued, from, to) = (
        day("issued", &typed.issued),
        day("from", &typed.from),
        day("to", &typed.to),
    );
    if from.is_none() && typed.from.trim().is_empty() {
        errors.add("from", "请填写从哪一天起生效。");
    }
    if from.is_some_and(|f| to.is_some_and(|t| t < f)) {
        errors.add("to", "失效日期不能早于生效日期。");
    }
    errors.into_result()?;
    let (Some(version), Some(from)) = (version, from) else {
        return Err(Error::NotFound("这份起草"));
    };
    change(ctx, id, Verb::DraftRename, |work| {
        let head = &mut work.head;
        typed.id.trim().clone_into(&mut head.id);
        head.version = version;
        head.title.clone_from(&title);
        head.short.clone_from(&short);
        head.issuer.clone_from(&issuer);
        head.number.clone_from(&number);
        (head.issued, head.from, head.to) = (issued, from, to);
        Ok(())
    })
    .await
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
pub async fn go_on(ctx: &Ctx, id: DraftId) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::DraftGoOn).await? {
        return Ok(first);
    }
    let home = super::home_of(ctx)?;
    ctx.write(Verb::DraftGoOn, id.to_string(), async |tx| {
        let mut now = super::loaded(store::draft::draft_find(tx, home, id).await?)?;
        if let Some((_, version)) = now.row.line.made.take() {
            now.work.head.version = now.work.head.version.max(version + 1);
            store::draft::draft_update(tx, &row_of(now)?).await?;
        }
        Ok(())
    })
    .await
}

/// Puts a draft aside.
pub async fn close(ctx: &Ctx, id: DraftId) -> Result<()> {
    put(ctx, id, true, Verb::DraftClose).await
}

/// Takes a draft up again that was put aside.
pub async fn reopen(ctx: &Ctx, id: DraftId) -> Result<()> {
    put(ctx, id, false, Verb::DraftReopen).await
}

async fn put(ctx: &Ctx, id: DraftId, closed: bool, verb: Verb) -> Result<()> {
    if let Some(first) = ctx.begin(verb).await? {
        return Ok(first);
    }
    let home = super::home_of(ctx)?;
    ctx.write(verb, id.to_string(), async |tx| {
        let mut row = super::loaded(store::draft::draft_find(tx, home, id).await?)?.row;
        if row.line.closed != closed {
            row.line.closed = closed;
            store::draft::draft_update(tx, &row).await?;
        }
        Ok(())
    })
    .await
}
