//! Acts 履职记录: facts that are recorded once and counted by every duty they meet.
//!
//! **Invariant:** an act is never changed in place; amending, judging and withdrawing make a new
//! version with its reason. Basis: DUTY-2, MEET-1, INSP-1.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::codes;
use crate::calendar::Period;
use crate::id::{ActId, BodyId, PostId, Slug};
pub use crate::pack::PartRole;

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Text, a date as `YYYY-MM-DD`, or the id of a value.
    Text(String),
    /// Several ids of values.
    Many(Vec<String>),
}

/// Fields by id.
pub type Fields = BTreeMap<Slug, FieldValue>;

/// What a body, or a post of it, did in an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Part {
    /// The body.
    pub body: BodyId,
    /// The post that somebody acted in.
    pub post: Option<PostId>,
    /// In which role.
    pub role: PartRole,
}

codes! {
    /// What made a version of an act.
    ActStep {
        /// 记录: first entry, or first submission of a return.
        Record = "record",
        /// 更正: day, period, who took part or a chosen value.
        Amend = "amend",
        /// 文字更正: only free text, which no duty asks for.
        Reword = "reword",
        /// 审核通过.
        Accept = "accept",
        /// 退回, with days to answer.
        SendBack = "send-back",
        /// 重新报送.
        SubmitAgain = "submit-again",
        /// 撤回.
        Withdraw = "withdraw",
    }
}

codes! {
    /// How an act stands.
    ActState {
        /// 已记录: it counts, and nobody judges it.
        Recorded = "recorded",
        /// 待审核.
        Waiting = "waiting",
        /// 已退回.
        SentBack = "sent-back",
        /// 已审核.
        Accepted = "accepted",
        /// 已撤回.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// The named orders of a list of acts.
    ActSort {
        /// 最近的在前.
        Newest = "newest",
        /// 最早的在前.
        Oldest = "oldest",
    }
}

/// One step in the life of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActEvent {
    /// What was done.
    pub step: ActStep,
    /// The day on which it was entered.
    pub entered_on: NaiveDate,
    /// For a return sent back: the last day to answer.
    pub answer_by: Option<NaiveDate>,
}

/// The newest version of an act, with the days of all its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Identity.
    pub id: ActId,
    /// The county that records it.
    pub home: BodyId,
    /// Kind, such as `inspection`.
    pub kind: Slug,
    /// The day it happened; for a return the day of first submission.
    pub occurred_on: NaiveDate,
    /// The period that it answers for, where its kind asks for one.
    pub period: Option<Period>,
    /// The form, for a return: `pack/form`.
    pub form: Option<String>,
    /// Counts up from 1.
    pub version: i64,
    /// Withdrawn acts count for nothing and stay visible.
    pub withdrawn: bool,
    /// Field values.
    pub fields: Fields,
    /// Who did what.
    pub parts: Vec<Part>,
    /// Every step, oldest first.
    pub events: Vec<ActEvent>,
}

/// Where a judged act (a return) stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Nobody looked at it yet; it counts provisionally from this day.
    Waiting(NaiveDate),
    /// Sent back and not answered yet.
    SentBack {
        /// Last day to answer.
        answer_by: Option<NaiveDate>,
        /// The day from which it counts if it is answered by then.
        counts_on: NaiveDate,
    },
    /// Accepted; it counts from this day.
    Accepted(NaiveDate),
}

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was done and recorded; nobody judges it.
    Recorded,
    /// It is a return, which its receiver judges.
    Return(Judged),
    /// It was withdrawn; it stays visible and counts for nothing.
    Withdrawn,
}

impl State {
    /// Its code, without what belongs to it.
    pub const fn code(self) -> ActState {
        match self {
            Self::Recorded => ActState::Recorded,
            Self::Return(Judged::Waiting(_)) => ActState::Waiting,
            Self::Return(Judged::SentBack { .. }) => ActState::SentBack,
            Self::Return(Judged::Accepted(_)) => ActState::Accepted,
            Self::Withdrawn => ActState::Withdrawn,
        }
    }
}

/// What is done to an act, with what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// 记录: only once.
    Record,
    /// 更正.
    Amend,
    /// 文字更正.
    Reword,
    /// 审核通过.
    Accept,
    /// 退回.
    SendBack {
        /// Last day to answer.
        answer_by: Option<NaiveDate>,
    },
    /// 重新报送.
    SubmitAgain {
        /// The day of the answer.
        on: NaiveDate,
    },
    /// 撤回.
    Withdraw,
}

/// Why a step is not taken, as a fact; nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It was recorded already.
    #[error("recorded")]
    Recorded,
    /// It was withdrawn.
    #[error("withdrawn")]
    Withdrawn,
    /// It is no return that waits to be judged.
    #[error("not-waiting")]
    NotWaiting,
    /// It is no return that was sent back.
    #[error("not-sent-back")]
    NotSentBack,
    /// What a return says is judged as a whole: there are no words that nobody asks for.
    #[error("judged-as-a-whole")]
    JudgedAsAWhole,
}

impl ActEvent {
    /// The step with what it needs.
    pub const fn taken(&self) -> Step {
        match self.step {
            ActStep::Record => Step::Record,
            ActStep::Amend => Step::Amend,
            ActStep::Reword => Step::Reword,
            ActStep::Accept => Step::Accept,
            ActStep::SendBack => Step::SendBack {
                answer_by: self.answer_by,
            },
            ActStep::SubmitAgain => Step::SubmitAgain {
                on: self.entered_on,
            },
            ActStep::Withdraw => Step::Withdraw,
        }
    }
}

impl Step {
    /// Its code in rows.
    pub const fn name(self) -> ActStep {
        match self {
            Self::Record => ActStep::Record,
            Self::Amend => ActStep::Amend,
            Self::Reword => ActStep::Reword,
            Self::Accept => ActStep::Accept,
            Self::SendBack { .. } => ActStep::SendBack,
            Self::SubmitAgain { .. } => ActStep::SubmitAgain,
            Self::Withdraw => ActStep::Withdraw,
        }
    }

    /// The step as it is entered on a day.
    pub const fn entered(self, on: NaiveDate) -> ActEvent {
        ActEvent {
            step: self.name(),
            entered_on: on,
            answer_by: match self {
                Self::SendBack { answer_by } => answer_by,
                Self::Record
                | Self::Amend
                | Self::Reword
                | Self::Accept
                | Self::SubmitAgain { .. }
                | Self::Withdraw => None,
            },
        }
    }
}

impl State {
    /// Where a step leads.
    #[expect(
        clippy::match_same_arms,
        reason = "every pair of state and step is written out"
    )]
    pub fn take(self, step: Step) -> Result<Self, Refused> {
        use Judged::{Accepted, SentBack, Waiting};
        match (self, step) {
            (Self::Recorded | Self::Return(_) | Self::Withdrawn, Step::Record) => {
                Err(Refused::Recorded)
            }
            (Self::Recorded, Step::Amend | Step::Reword) => Ok(Self::Recorded),
            (Self::Recorded, Step::Accept | Step::SendBack { .. }) => Err(Refused::NotWaiting),
            (Self::Recorded, Step::SubmitAgain { .. }) => Err(Refused::NotSentBack),
            (Self::Recorded | Self::Return(_), Step::Withdraw) => Ok(Self::Withdrawn),
            (Self::Return(_), Step::Reword) => Err(Refused::JudgedAsAWhole),
            (Self::Return(Waiting(on)), Step::Amend) => Ok(Self::Return(Waiting(on))),
            (Self::Return(Waiting(on)), Step::Accept) => Ok(Self::Return(Accepted(on))),
            (Self::Return(Waiting(counts_on)), Step::SendBack { answer_by }) => {
                Ok(Self::Return(SentBack {
                    answer_by,
                    counts_on,
                }))
            }
            (Self::Return(Waiting(_)), Step::SubmitAgain { .. }) => Err(Refused::NotSentBack),
            (Self::Return(back @ SentBack { .. }), Step::Amend) => Ok(Self::Return(back)),
            (Self::Return(SentBack { .. }), Step::Accept) => Err(Refused::NotWaiting),
            (Self::Return(SentBack { .. }), Step::SendBack { .. }) => Err(Refused::NotWaiting),
            // A return is on time by its first submission that is later accepted, or that was
            // answered within the set days (DUTY-2); an answer after them makes its day count.
            (
                Self::Return(SentBack {
                    answer_by,
                    counts_on,
                }),
                Step::SubmitAgain { on },
            ) => {
                let is_late = answer_by.is_some_and(|by| on > by);
                Ok(Self::Return(Waiting(if is_late { on } else { counts_on })))
            }
            // What was accepted are the figures that the receiver saw.
            (Self::Return(Accepted(on)), Step::Amend) => Ok(Self::Return(Waiting(on))),
            (Self::Return(Accepted(_)), Step::Accept) => Err(Refused::NotWaiting),
            (Self::Return(Accepted(_)), Step::SendBack { .. }) => Err(Refused::NotWaiting),
            (Self::Return(Accepted(_)), Step::SubmitAgain { .. }) => Err(Refused::NotSentBack),
            (Self::Withdrawn, Step::Amend | Step::Reword | Step::Withdraw) => {
                Err(Refused::Withdrawn)
            }
            (Self::Withdrawn, Step::Accept | Step::SendBack { .. }) => Err(Refused::NotWaiting),
            (Self::Withdrawn, Step::SubmitAgain { .. }) => Err(Refused::NotSentBack),
        }
    }
}

impl Act {
    /// The day on which what counts was entered: a return's first submission; for anything else the
    /// last entry that said more than other words, so that no lock is passed by an amendment.
    pub fn recorded_on(&self) -> NaiveDate {
        let facts = |e: &&ActEvent| matches!(e.step, ActStep::Record | ActStep::Amend);
        let entry = if self.form.is_some() {
            self.events.first()
        } else {
            self.events.iter().rfind(facts)
        };
        entry.map_or(self.occurred_on, |e| e.entered_on)
    }

    /// Folds the steps of a return into where it stands and from which day it counts; withdrawing
    /// it is left aside.
    pub fn judged(&self) -> Judged {
        let first = Judged::Waiting(self.occurred_on);
        self.events.iter().fold(first, |at, event| {
            match State::Return(at).take(event.taken()) {
                Ok(State::Return(next)) => next,
                // The first entry, and what an earlier program let pass, lead nowhere.
                Ok(State::Recorded | State::Withdrawn) | Err(_) => at,
            }
        })
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        match (self.withdrawn, &self.form) {
            (true, _) => State::Withdrawn,
            (false, Some(_)) => State::Return(self.judged()),
            (false, None) => State::Recorded,
        }
    }

    /// Where a step leads from where it stands.
    pub fn take(&self, step: Step) -> Result<State, Refused> {
        self.state().take(step)
    }

    /// Which step an amendment is. `is_free` says of a field that it is free text, which no duty
    /// asks for; a return is judged as a whole.
    pub fn amending(&self, next: &Self, is_free: impl Fn(&Slug) -> bool) -> Step {
        let mut named = self.fields.keys().chain(next.fields.keys());
        let same_values = named.all(|id| is_free(id) || self.fields.get(id) == next.fields.get(id));
        let facts = |a: &Self| (a.occurred_on, a.period, a.parts.clone());
        if self.form.is_none() && same_values && facts(self) == facts(next) {
            Step::Reword
        } else {
            Step::Amend
        }
    }

    /// The body that a return is of. One of several bodies, from the time when that was taken, is
    /// nobody's own: it stands in the way of none of them.
    fn returned_by(&self) -> Option<BodyId> {
        let mut bodies = self.parts.iter().map(|p| p.body);
        let first = bodies.next()?;
        bodies.all(|b| b == first).then_some(first)
    }

    /// Whether two returns hand the same form of a period in for the same body: the second one is a
    /// new submission of the first.
    pub fn hands_in_the_same(&self, other: &Self) -> bool {
        let handed_in = |a: &Self| (a.form.clone(), a.period, a.returned_by());
        self.form.is_some() && self.returned_by().is_some() && handed_in(self) == handed_in(other)
    }

    /// Whether an act may be moved to where it now stands, a lock considered: a return counts from
    /// its first submission, and what was submitted for another period does not reach one that
    /// takes no more entries. The act as if it were entered on a day, to hold against it.
    #[must_use]
    pub fn entered_anew(&self, on: NaiveDate) -> Self {
        Self {
            events: vec![Step::Record.entered(on)],
            ..self.clone()
        }
    }
}

/// Whether a return may say that it was handed in on a day: on the day of entry, unless whoever
/// receives it enters one that came in earlier in another way.
pub fn may_be_handed_in(on: NaiveDate, today: NaiveDate, is_receiver: bool) -> bool {
    on == today || is_receiver
}

/// Days to answer a return that was sent back, unless the office set others.
pub const ANSWER_DAYS: u32 = 3;

/// The last day to answer a return that is sent back.
pub fn answer_by(today: NaiveDate, chosen_days: Option<u32>) -> Option<NaiveDate> {
    let days = chosen_days.unwrap_or(ANSWER_DAYS);
    today.checked_add_days(Days::new(u64::from(days)))
}

/// Longest reason for a change, in characters.
pub const REASON_LONGEST: usize = 500;

/// What is wrong with the reason for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongReason {
    /// There is none.
    #[error("no reason")]
    Missing,
    /// It is longer than [`REASON_LONGEST`].
    #[error("a reason of {has} characters")]
    TooLong {
        /// How many characters it has.
        has: usize,
    },
}

/// The reason for a step as it is kept. Whoever accepts or answers may leave it out; it is refused,
/// never cut, where it is too long.
pub fn reason(step: ActStep, typed: &str) -> Result<&str, WrongReason> {
    let typed = typed.trim();
    let has = typed.chars().count();
    let is_free = match step {
        ActStep::Record | ActStep::Accept | ActStep::SubmitAgain => true,
        ActStep::Amend | ActStep::Reword | ActStep::SendBack | ActStep::Withdraw => false,
    };
    if has == 0 && !is_free {
        Err(WrongReason::Missing)
    } else if has > REASON_LONGEST {
        Err(WrongReason::TooLong { has })
    } else {
        Ok(typed)
    }
}
