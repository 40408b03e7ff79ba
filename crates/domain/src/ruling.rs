//! Rulings 裁定 on one obligation: waiver 豁免, extension 延期, correction 补录.
//!
//! **Invariant:** asked with reasons, decided by the body that set the limit, never by the one
//! that owes; the original date stays visible. Basis: DATE-1, DUTY-2.

use chrono::NaiveDate;

use crate::body::codes;
use crate::duty::Key;
use crate::id::{ActId, BodyId, PersonId, RulingId};

codes! {
    /// The name of what is asked for.
    RulingKind {
        /// 豁免: the obligation is waived.
        Waiver = "waiver",
        /// 延期: a later date.
        Extension = "extension",
        /// 补录: an act entered after the lock counts.
        Correction = "correction",
    }
}

codes! {
    /// The name of where a request stands.
    RulingState {
        /// 待决定.
        Asked = "asked",
        /// 同意.
        Approved = "approved",
        /// 不同意.
        Refused = "refused",
        /// 申请人撤回.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// In which order requests are listed.
    RulingSort {
        /// Asked last first.
        Newest = "newest",
        /// Asked first first: what waits longest.
        Oldest = "oldest",
    }
}

codes! {
    /// Why, from a list so that reasons can be counted; the text says the rest.
    RulingReason {
        /// 并镇、机构调整.
        Reorganisation = "reorganisation",
        /// 停产、停业、无此业务.
        NoActivity = "no-activity",
        /// 灾害、天气.
        Weather = "weather",
        /// 上级统一安排冲突.
        OrderFromAbove = "order-from-above",
        /// 岗位空缺、交接.
        Vacancy = "vacancy",
        /// 系统、网络故障.
        Outage = "outage",
        /// 其他.
        Other = "other",
    }
}

/// What is asked for, with what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// 豁免.
    Waiver,
    /// 延期.
    Extension {
        /// The later day.
        new_due_on: NaiveDate,
    },
    /// 补录.
    Correction {
        /// The act that is to count.
        act: ActId,
    },
}

/// What was said to a request: by whom, when, in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub on: NaiveDate,
    /// What was said to it; a refusal says why.
    pub opinion: String,
    /// 办理要求: what is still to be done; may be empty.
    pub note: String,
}

impl Decision {
    /// A decision with its opinion; an approval may have none.
    pub fn new(by: PersonId, on: NaiveDate, opinion: impl Into<String>) -> Self {
        Self {
            by,
            on,
            opinion: opinion.into(),
            note: String::new(),
        }
    }

    /// The same with what is still to be done.
    #[must_use]
    pub fn noted(self, note: impl Into<String>) -> Self {
        let note = note.into();
        Self { note, ..self }
    }
}

/// Where a request stands, with what is known of it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits for the body that set the limit.
    Asked,
    /// It was approved; standing follows it.
    Approved(Decision),
    /// It was refused; one may ask anew with better reasons.
    Refused(Decision),
    /// The one who asked took it back.
    Withdrawn,
}

/// What may be done to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// 同意.
    Approve(Decision),
    /// 不同意.
    Refuse(Decision),
    /// 撤回.
    TakeBack {
        /// Who wants it back.
        by: PersonId,
    },
}

/// Why a step is not taken, as a fact; nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The request is settled: it stands where nothing leads on.
    #[error("settled as {0}")]
    Settled(RulingState),
    /// Only the one who asked takes it back.
    #[error("not the asker")]
    NotAsker,
    /// A refusal says why.
    #[error("no opinion")]
    OpinionMissing,
    /// The opinion is longer than [`REASON_LONGEST`].
    #[error("an opinion of {has} characters")]
    OpinionTooLong {
        /// How many characters it has.
        has: usize,
    },
    /// The note is longer than [`REASON_LONGEST`].
    #[error("a note of {has} characters")]
    NoteTooLong {
        /// How many characters it has.
        has: usize,
    },
}

/// A request about one obligation and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Identity.
    pub id: RulingId,
    /// County.
    pub home: BodyId,
    /// On which obligation.
    pub key: Key,
    /// What is asked.
    pub wanted: Wanted,
    /// Where it stands.
    pub state: State,
    /// Reason from the list.
    pub reason: RulingReason,
    /// Written reasons.
    pub text: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// When it was asked.
    pub asked_on: NaiveDate,
    /// Version of the row.
    pub version: i64,
}

impl Wanted {
    /// Its kind, as rows and lists name it.
    pub const fn kind(self) -> RulingKind {
        match self {
            Self::Waiver => RulingKind::Waiver,
            Self::Extension { .. } => RulingKind::Extension,
            Self::Correction { .. } => RulingKind::Correction,
        }
    }

    /// The later day, for an extension.
    pub const fn new_due_on(self) -> Option<NaiveDate> {
        match self {
            Self::Extension { new_due_on } => Some(new_due_on),
            Self::Waiver | Self::Correction { .. } => None,
        }
    }

    /// The act that is to count, for a correction.
    pub const fn act(self) -> Option<ActId> {
        match self {
            Self::Correction { act } => Some(act),
            Self::Waiver | Self::Extension { .. } => None,
        }
    }
}

impl State {
    /// Its name, as rows and lists have it.
    pub const fn name(&self) -> RulingState {
        match self {
            Self::Asked => RulingState::Asked,
            Self::Approved(_) => RulingState::Approved,
            Self::Refused(_) => RulingState::Refused,
            Self::Withdrawn => RulingState::Withdrawn,
        }
    }

    /// What was decided, where something was.
    pub const fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Approved(decision) | Self::Refused(decision) => Some(decision),
            Self::Asked | Self::Withdrawn => None,
        }
    }
}

impl Step {
    /// Its name in the table of states and steps.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Approve(_) => "approve",
            Self::Refuse(_) => "refuse",
            Self::TakeBack { .. } => "take-back",
        }
    }
}

impl Ruling {
    /// Where a step leads. Who may take it is asked of [`crate::decider`] first: by the body that
    /// set the limit, never by the one that owes or asked.
    #[expect(
        clippy::match_same_arms,
        reason = "every pair of state and step is written out"
    )]
    pub fn take(&self, step: Step) -> Result<State, Refused> {
        use RulingState::{Approved, Refused as Denied, Withdrawn};
        match (&self.state, step) {
            // Whoever did not ask is told that, whatever became of it.
            (
                State::Asked | State::Approved(_) | State::Refused(_) | State::Withdrawn,
                Step::TakeBack { by },
            ) if by != self.asked_by => Err(Refused::NotAsker),
            (State::Asked, Step::Approve(decision)) => said(decision).map(State::Approved),
            (State::Asked, Step::Refuse(decision)) if decision.opinion.trim().is_empty() => {
                Err(Refused::OpinionMissing)
            }
            (State::Asked, Step::Refuse(decision)) => said(decision).map(State::Refused),
            (State::Asked, Step::TakeBack { .. }) => Ok(State::Withdrawn),
            (State::Approved(_), Step::Approve(_)) => Err(Refused::Settled(Approved)),
            (State::Approved(_), Step::Refuse(_)) => Err(Refused::Settled(Approved)),
            (State::Approved(_), Step::TakeBack { .. }) => Err(Refused::Settled(Approved)),
            (State::Refused(_), Step::Approve(_)) => Err(Refused::Settled(Denied)),
            (State::Refused(_), Step::Refuse(_)) => Err(Refused::Settled(Denied)),
            (State::Refused(_), Step::TakeBack { .. }) => Err(Refused::Settled(Denied)),
            (State::Withdrawn, Step::Approve(_)) => Err(Refused::Settled(Withdrawn)),
            (State::Withdrawn, Step::Refuse(_)) => Err(Refused::Settled(Withdrawn)),
            (State::Withdrawn, Step::TakeBack { .. }) => Err(Refused::Settled(Withdrawn)),
        }
    }

    /// Whether a request stands in the way of another: one of a kind waits at a time.
    pub fn waits_before(&self, new: &Self) -> bool {
        let asks = |r: &Self| (r.key.clone(), r.wanted.kind());
        self.state == State::Asked && self.id != new.id && asks(self) == asks(new)
    }

    /// Whether an approved correction makes an act count.
    pub fn corrects(&self, act: ActId) -> bool {
        match (&self.state, self.wanted) {
            (State::Approved(_), Wanted::Correction { act: corrected }) => corrected == act,
            (State::Approved(_), Wanted::Waiver | Wanted::Extension { .. })
            | (State::Asked | State::Refused(_) | State::Withdrawn, _) => false,
        }
    }
}

/// The decision with its opinion and its note as they are kept.
fn said(decision: Decision) -> Result<Decision, Refused> {
    let opinion = decision.opinion.trim().to_owned();
    let has = opinion.chars().count();
    if has > REASON_LONGEST {
        return Err(Refused::OpinionTooLong { has });
    }
    let note = decision.note.trim().to_owned();
    let has = note.chars().count();
    if has > REASON_LONGEST {
        return Err(Refused::NoteTooLong { has });
    }
    Ok(Decision {
        opinion,
        note,
        ..decision
    })
}

/// A request as typed.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// What is asked.
    pub kind: RulingKind,
    /// Written reasons.
    pub text: &'a str,
    /// The later day, for an extension.
    pub new_due_on: Option<NaiveDate>,
    /// The act that is to count, for a correction.
    pub act: Option<ActId>,
}

/// What is wrong with a request, as a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No reasons are given.
    #[error("no reasons")]
    TextMissing,
    /// The reasons are longer than [`REASON_LONGEST`].
    #[error("reasons of {has} characters")]
    TextTooLong {
        /// How many characters they have.
        has: usize,
    },
    /// An extension names no day.
    #[error("no new day")]
    NewDayMissing,
    /// The day is not later than the one that holds, or not later than today.
    #[error("a new day not after {after}")]
    NewDayTooEarly {
        /// It must lie after this one.
        after: NaiveDate,
    },
    /// The day lies more than [`EXTENSION_DAYS_MAX`] ahead.
    #[error("a new day too far ahead")]
    NewDayTooFar,
    /// A correction names no act.
    #[error("no act")]
    ActMissing,
}

/// What a request as typed asks for. `due_on` is the day that the text sets, rulings aside.
pub fn asked(
    asking: Asking<'_>,
    due_on: NaiveDate,
    today: NaiveDate,
) -> Result<Wanted, Vec<Wrong>> {
    let mut wrong = Vec::new();
    match asking.text.trim().chars().count() {
        0 => wrong.push(Wrong::TextMissing),
        has if has > REASON_LONGEST => wrong.push(Wrong::TextTooLong { has }),
        _ => {}
    }
    let after = due_on.max(today);
    let wanted = match (asking.kind, asking.new_due_on, asking.act) {
        (RulingKind::Waiver, _, _) => Ok(Wanted::Waiver),
        (RulingKind::Extension, None, _) => Err(Wrong::NewDayMissing),
        (RulingKind::Extension, Some(to), _) if to <= after => Err(Wrong::NewDayTooEarly { after }),
        (RulingKind::Extension, Some(to), _) if (to - after).num_days() > EXTENSION_DAYS_MAX => {
            Err(Wrong::NewDayTooFar)
        }
        (RulingKind::Extension, Some(new_due_on), _) => Ok(Wanted::Extension { new_due_on }),
        (RulingKind::Correction, _, None) => Err(Wrong::ActMissing),
        (RulingKind::Correction, _, Some(act)) => Ok(Wanted::Correction { act }),
    };
    match wanted {
        Ok(wanted) if wrong.is_empty() => Ok(wanted),
        Ok(_) => Err(wrong),
        Err(more) => {
            wrong.push(more);
            Err(wrong)
        }
    }
}

/// Longest written reason, in characters.
pub const REASON_LONGEST: usize = 1000;
/// Longest extension asked for at once, in days after the last day or today.
pub const EXTENSION_DAYS_MAX: i64 = 92;
