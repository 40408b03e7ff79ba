//! What can be asked of drafts, and with which inputs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::DraftId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::DraftChecked;
use super::element::{ElementSeen, ElementState};
use super::form::{CorrectElement, ElementForm, OneElement};
use super::head::RenameDraft;
use super::list::{DraftSeen, ListDrafts, PackMade};
use super::reading::{NAME_LONGEST, Progress};
use super::show::{DraftPage, DraftText, ELEMENT_LONGEST, ListElements, OneDraft};
use super::work::{Decided, Decision, PHRASE_CHARS_MAX};
use super::{ElementName, check, element_form, list, reading, show, work};
use crate::code::Code;
use crate::ctx::Ctx;
use crate::door::{Nothing, Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::file::CONTENT_LONGEST;
use crate::verb::Verb;

/// Most elements that one decision names.
const ELEMENTS_MAX: usize = 2_000;
/// Longest name of a file of a pack, in characters.
const FILE_LONGEST: usize = 80;
/// Longest mark of a state, in characters.
const SEAL_LONGEST: usize = 64;

operations! {
    Read "draft.list" GET "/drafts" "起草" [ApplyPack]
        ListDrafts => ["drafts": DraftSeen] = list::list;
    Read "draft.reading" GET "/drafts/reading" "读取文件的进度" [ApplyPack]
        Nothing => {"reading": Reading} = reading_asked;
    Read "draft.show" GET "/drafts/{id}" "一份起草" [ApplyPack]
        OneDraft => {"draft": DraftPage} = show::show(id);
    Read "draft.text" GET "/drafts/{id}/text" "一份起草的原文和标出的位置" [ApplyPack]
        OneDraft => {"text": DraftText} = show::text(id);
    Read "draft.elements" GET "/drafts/{id}/elements" "一份起草的条目" [ApplyPack]
        ListElements => ["elements": ElementSeen] = show::elements;
    Read "draft.element" GET "/drafts/{id}/elements/{element}" "一个起草条目和可填的内容" [ApplyPack]
        OneElement => {"element": ElementForm} = element_asked;
    Read "draft.check" GET "/drafts/{id}/check" "检查起草：错误、重复、会增加多少" [ApplyPack]
        OneDraft => {"check": DraftChecked} = check::check(id);
    Read "draft.file" GET "/drafts/{id}/files/{name}" "起草的一个制度文件" [ApplyPack]
        OneDraftFile => {"file": DraftFile} = file_asked;
    Write DraftOpen POST "/drafts"
        OpenDraft => {"draft": Saved<DraftId>} = open_asked;
    Write "draft.cancel" POST "/drafts/reading/cancel" "取消读取文件" [ApplyPack]
        Nothing => {"reading": Reading} = cancel_asked;
    Write DraftDecide POST "/drafts/{id}/decide"
        DecideElements => {"draft": Decided} = decide_asked;
    Write DraftMerge POST "/drafts/{id}/merge"
        MergeElements => {"element": ElementName} = merge_asked;
    Write DraftCorrect POST "/drafts/{id}/elements/{element}/correct"
        CorrectElement => {"draft": Saved<DraftId>} = work::correct;
    Write DraftRestore POST "/drafts/{id}/elements/{element}/restore"
        RestoreElement => {"draft": Saved<DraftId>} = restore_asked;
    Write DraftTake POST "/drafts/{id}/take"
        TakePhrase => {"element": ElementName} = work::take(id, phrase);
    Write DraftAdd POST "/drafts/{id}/add"
        AddPhrase => {"element": ElementName} = add_asked;
    Write DraftRename POST "/drafts/{id}/rename"
        RenameDraft => {"draft": Saved<DraftId>} = super::head::rename;
    Write DraftImport POST "/drafts/{id}/import"
        OneDraft => {"pack": PackMade} = import_asked;
    Write DraftGoOn POST "/drafts/{id}/go-on"
        OneDraft => {"draft": Saved<DraftId>} = work::go_on(id);
    Write DraftClose POST "/drafts/{id}/close"
        OneDraft => {"draft": Saved<DraftId>} = work::close(id);
    Write DraftReopen POST "/drafts/{id}/reopen"
        OneDraft => {"draft": Saved<DraftId>} = work::reopen(id);
}

/// A notice to read. It is answered when it was read; whoever hangs up before ends the reading,
/// and `draft.reading` tells meanwhile how far it is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenDraft {
    /// Name with its ending.
    #[schemars(title = "文件名", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// Bytes as base64; larger files go by the page.
    #[schemars(title = "内容（base64）", length(min = 1, max = CONTENT_LONGEST))]
    pub content: String,
}

/// Which elements, and what is decided on them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideElements {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// What is decided.
    #[schemars(title = "怎样决定")]
    pub decision: Decision,
    /// On which; without them all are accepted that nobody decided on.
    #[schemars(title = "条目（不写就是其余待核的，只能采用）", length(max = ELEMENTS_MAX))]
    pub elements: Option<Vec<String>>,
    /// What was decided on the one element when it was looked at; decided otherwise meanwhile, it
    /// is refused.
    #[schemars(title = "所看的状态（只办一条时）")]
    pub seen: Option<ElementState>,
    /// Of the rest, only those that the program is so sure of, in hundredths.
    #[schemars(title = "至少有多少把握（百分数，只用于其余待核的）", range(max = 100))]
    pub at_least: Option<u32>,
}

/// Elements that say the same.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeElements {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// The elements; the first in the order of the text stays.
    #[schemars(title = "条目", length(min = 2, max = ELEMENTS_MAX))]
    pub elements: Vec<String>,
}

/// An element to restore to what the program read.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreElement {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// Which element.
    #[schemars(title = "条目", length(min = 1, max = ELEMENT_LONGEST))]
    pub element: String,
    /// What was looked at, as `draft.element` says it.
    #[schemars(title = "所看的样子", length(max = SEAL_LONGEST))]
    pub seal: String,
}

/// A timed phrase without an element, to make one of.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakePhrase {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// The phrase, by its number among all.
    #[schemars(title = "第几处")]
    pub phrase: usize,
}

/// A phrase of the text that the program did not mark.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPhrase {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// The phrase, as the text has it.
    #[schemars(title = "原文", length(min = 1, max = PHRASE_CHARS_MAX))]
    pub phrase: String,
    /// Where it was picked, in characters; the nearest is meant.
    #[schemars(title = "在第几个字附近")]
    pub near: Option<usize>,
}

/// Which file of the pack to be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneDraftFile {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// The file, as `draft.check` names it.
    #[schemars(title = "文件名", length(min = 1, max = FILE_LONGEST))]
    pub name: String,
}

/// A file of the pack to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftFile {
    /// Its name.
    #[schemars(title = "文件名")]
    pub name: String,
    /// Its text.
    #[schemars(title = "内容")]
    pub text: String,
}

domain::codes! {
    /// How far somebody's reading is.
    ReadingState {
        /// There is none.
        Idle = "none",
        /// It waits for its turn.
        Waiting = "waiting",
        /// It is read.
        Running = "running",
        /// A draft was made of it.
        Drafted = "drafted",
        /// It ended without one.
        Failed = "failed",
    }
}

/// How far the reading of one's own file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftReading")]
pub struct Reading {
    /// How far.
    #[schemars(title = "进度")]
    pub state: ReadingState,
    /// Name of the file.
    #[schemars(title = "文件名")]
    pub name: Option<String>,
    /// How many are read before it.
    #[schemars(title = "前面还有几个")]
    pub before: Option<usize>,
    /// The draft that was made of it.
    #[schemars(title = "起草编号")]
    pub draft: Option<DraftId>,
    /// Why none was made, as its refusal said it.
    #[schemars(title = "没有读入的原因")]
    pub why: Option<String>,
}

impl From<Progress> for Reading {
    fn from(progress: Progress) -> Self {
        let of = |state, name| Self {
            state,
            name,
            before: None,
            draft: None,
            why: None,
        };
        match progress {
            Progress::None => of(ReadingState::Idle, None),
            Progress::Waiting { name, before } => Self {
                before: Some(before),
                ..of(ReadingState::Waiting, Some(name))
            },
            Progress::Running { name } => of(ReadingState::Running, Some(name)),
            Progress::Drafted(id) => Self {
                draft: Some(id),
                ..of(ReadingState::Drafted, None)
            },
            Progress::Not { name, sentence } => Self {
                why: Some(sentence),
                ..of(ReadingState::Failed, Some(name))
            },
        }
    }
}

async fn reading_asked(ctx: &Ctx, _: Nothing) -> Result<Reading> {
    Ok(reading::progress(ctx)?.into())
}

async fn cancel_asked(ctx: &Ctx, _: Nothing) -> Result<Reading> {
    reading::cancel(ctx)?;
    Ok(reading::progress(ctx)?.into())
}

/// Reads a notice whose bytes came as text. A key that was answered is answered the same, before
/// anything is read.
async fn open_asked(ctx: &Ctx, new: OpenDraft) -> Result<Saved<DraftId>> {
    let bytes = STANDARD
        .decode(new.content.as_bytes())
        .map_err(|_| FieldErrors::one("content", "应是标准的 base64，含补位的等号。"))?;
    if let Some(first) = ctx.begin(Verb::DraftOpen).await? {
        return Ok(Saved::first(first));
    }
    let read = reading::open(ctx, &new.name, bytes).await;
    read.map(Saved::first).map_err(beside_content)
}

/// What is wrong with a file stands beside its bytes: an input of the door has no field `file`.
fn beside_content(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            if let Some(said) = errors.0.remove("file") {
                errors.0.insert("content".to_owned(), said);
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}

async fn element_asked(ctx: &Ctx, asked: OneElement) -> Result<ElementForm> {
    element_form(ctx, asked.id, &asked.element).await
}

async fn file_asked(ctx: &Ctx, asked: OneDraftFile) -> Result<DraftFile> {
    let text = show::file(ctx, asked.id, &asked.name).await?;
    Ok(DraftFile {
        name: asked.name,
        text,
    })
}

async fn decide_asked(ctx: &Ctx, asked: DecideElements) -> Result<Decided> {
    let Some(elements) = asked.elements else {
        if asked.decision != Decision::Accept || asked.seen.is_some() {
            return Err(FieldErrors::one(
                "elements",
                "请写明条目；不写条目时只能采用其余待核的。",
            ));
        }
        return work::accept_rest(ctx, asked.id, asked.at_least.unwrap_or(0)).await;
    };
    if asked.at_least.is_some() {
        return Err(FieldErrors::one(
            "at_least",
            "写明了条目的，不要再写至少有多少把握。",
        ));
    }
    match (asked.seen, elements.as_slice()) {
        (_, []) => Err(Error::refused(
            Code::DraftNoneChosen,
            "没有写明条目，没有改动。请写明至少一条。",
        )),
        (Some(seen), [one]) => work::decide_one(ctx, asked.id, one, seen, asked.decision).await,
        (Some(_), _) => Err(FieldErrors::one("seen", "写所看的状态时，一次只办一条。")),
        (None, all) => work::decide(ctx, asked.id, all, asked.decision).await,
    }
}

async fn merge_asked(ctx: &Ctx, asked: MergeElements) -> Result<ElementName> {
    work::merge(ctx, asked.id, &asked.elements).await
}

async fn restore_asked(ctx: &Ctx, asked: RestoreElement) -> Result<Saved<DraftId>> {
    work::restore(ctx, asked.id, &asked.element, &asked.seal).await
}

async fn add_asked(ctx: &Ctx, asked: AddPhrase) -> Result<ElementName> {
    work::add(ctx, asked.id, &asked.phrase, asked.near.unwrap_or(0)).await
}

async fn import_asked(ctx: &Ctx, asked: OneDraft) -> Result<PackMade> {
    let made = work::import(ctx, asked.id).await?;
    Ok(PackMade {
        pack: made.id,
        version: made.version,
    })
}
