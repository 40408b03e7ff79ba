//! 起草: a notice is read into elements, a person decides on each, and a pack is made of them.
//!
//! **Invariant:** every decision is a verb of its own with its audit line, and each can be taken
//! back; the text of the notice never changes. Basis: DRAFT-1.

mod check;
mod door;
mod element;
mod form;
mod head;
mod list;
mod made;
mod queue;
mod reading;
mod show;
pub mod words;
mod work;

pub use check::{Asked, AskedHow, Burden, DraftChecked, Found, FoundSeverity, check};
pub(crate) use door::OPERATIONS;
pub use door::{
    AddPhrase, DecideElements, DraftFile, MergeElements, OneDraftFile, OpenDraft, Reading,
    ReadingState, RestoreElement, TakePhrase,
};
pub use element::{
    DraftColumn, DraftOwed, ElementRef, ElementSays, ElementSeen, ElementState, HowOften, Only,
    OwedBy, OwnerSeen, PlaceSeen, SURE,
};
pub use form::{ActChoice, CorrectElement, ElementChoices, ElementForm, OneElement, element_form};
pub use head::{HeadSeen, RenameDraft, rename};
pub use list::{DraftSeen, DraftState, ListDrafts, PackMade, TEXT_CHARS_MAX, list};
pub(crate) use made::{DraftRead, made};
pub use queue::{Counts as ReadingCounts, READ_AT_ONCE, Readings, SILENT_MS, WAITING_MAX};
pub use reading::{Begun, Progress, Ticket, Watch, begin, cancel, open, progress};
pub use show::{
    DraftCounts, DraftMark, DraftPage, DraftText, ListElements, LooseSeen, OneDraft, Opened,
    elements, file, opened, page_of, show, text,
};
pub use work::{
    Decided, Decision, accept_rest, add, close, correct, decide, decide_one, go_on, import, merge,
    reopen, restore, take,
};

/// Largest file that is read, in bytes.
pub use ::draft::BYTES_MAX as FILE_BYTES_MAX;
pub use ::draft::ElementKind;
use ::draft::{Unworkable, Work};
use domain::id::{BodyId, DraftId};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;
use store::Tx;
use store::draft::{DraftLine, DraftRow};

use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::write::Kept;

/// A draft as read from the store.
struct Loaded {
    row: DraftRow,
    work: Work,
}

/// The draft of an id, in the county of whoever may draft there.
async fn load(ctx: &Ctx, id: DraftId) -> Result<Loaded> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.who()?.home;
    let row = ctx
        .app
        .store
        .read(async |r| store::draft::draft_find(r, home, id).await)
        .await?;
    loaded(row)
}

fn loaded(row: Option<DraftRow>) -> Result<Loaded> {
    let row = row.ok_or(Error::NotFound("这份起草"))?;
    let work = serde_json::from_str(&row.work).map_err(|e| Error::Internal(Box::new(e)))?;
    Ok(Loaded { row, work })
}

/// An element of a draft, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ElementName {
    /// Its name within the draft.
    #[schemars(title = "条目")]
    pub id: String,
}

impl Kept for ElementName {
    fn keep(&self) -> String {
        self.id.clone()
    }
    fn again(text: &str) -> Option<Self> {
        Some(Self {
            id: text.to_owned(),
        })
    }
}

/// Changes a draft as it stands when the transaction reads it: two people, or two quick clicks,
/// each see what the other did. Put aside or made into a pack, it is not worked on. The answer is
/// made of what the edit gave and the version that now stands.
async fn change<T: Kept, O>(
    ctx: &Ctx,
    id: DraftId,
    verb: Verb,
    edit: impl Fn(&mut Work) -> Result<O>,
    answer: impl Fn(O, i64) -> T,
) -> Result<T> {
    if let Some(first) = ctx.begin(verb).await? {
        return Ok(first);
    }
    let home = home_of(ctx)?;
    let (edit, answer) = (&edit, &answer);
    ctx.write(verb, id.to_string(), async |tx| {
        let (out, version) = edited(tx, home, id, edit).await?;
        Ok(answer(out, version))
    })
    .await
}

async fn edited<O>(
    tx: &Tx,
    home: BodyId,
    id: DraftId,
    edit: impl Fn(&mut Work) -> Result<O>,
) -> Result<(O, i64)> {
    let mut now = loaded(store::draft::draft_find(tx, home, id).await?)?;
    refuse_done(&now.row.line)?;
    let before = now.work.clone();
    let out = edit(&mut now.work)?;
    // Nothing changed: no version, and nothing for the trail.
    if now.work == before {
        return Ok((out, now.row.line.version));
    }
    let version = store::draft::draft_update(tx, &row_of(now)?).await?;
    Ok((out, version))
}

fn refuse_done(line: &DraftLine) -> Result<()> {
    if line.closed {
        return Err(Error::refused(
            crate::Code::DraftClosed,
            "这份起草已搁置，不能改动。要接着做的，请先点“恢复办理”。",
        ));
    }
    match &line.made {
        None => Ok(()),
        Some((pack, version)) => Err(Error::refused(
            crate::Code::DraftMade,
            format!(
                "这份起草已导入为 {pack} 第{version}版，不再改动。要修改的，请点“接着改”，作为下一版导入。"
            ),
        )),
    }
}

/// The row of a draft, with what its list shows counted anew.
fn row_of(now: Loaded) -> Result<DraftRow> {
    let Loaded { mut row, work } = now;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    row.line.undecided = count(work.open());
    row.line.elements = count(work.items.len());
    row.line.title.clone_from(&work.head.title);
    row.work = serde_json::to_string(&work).map_err(|e| Error::Internal(Box::new(e)))?;
    Ok(row)
}

/// What the pure rules refuse, as an answer of a verb.
fn refused(why: Unworkable) -> Error {
    match why {
        Unworkable::Unknown => Error::NotFound("这个条目"),
        Unworkable::Wrong(fields) => {
            let mut errors = FieldErrors::new();
            for wrong in fields {
                errors.add(wrong.field, wrong.message);
            }
            Error::Invalid(errors)
        }
        Unworkable::One => Error::refused(crate::Code::DraftOne, why.to_string()),
        Unworkable::Kinds => Error::refused(crate::Code::DraftKinds, why.to_string()),
        Unworkable::Merged => Error::refused(crate::Code::DraftMerged, why.to_string()),
        Unworkable::Host => Error::refused(crate::Code::DraftHost, why.to_string()),
        Unworkable::Differ => Error::refused(crate::Code::DraftDiffer, why.to_string()),
        Unworkable::Incomplete => Error::refused(crate::Code::DraftIncomplete, why.to_string()),
        Unworkable::Decided(_) => Error::refused(crate::Code::DraftDecided, why.to_string()),
    }
}

/// The county whose drafts somebody may see.
fn home_of(ctx: &Ctx) -> Result<BodyId> {
    ctx.allow_at_home(Action::ApplyPack)?;
    Ok(ctx.who()?.home)
}
