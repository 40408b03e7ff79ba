//! Acts 履职记录: facts that are recorded once and counted by every duty they meet.
//!
//! **Invariant:** an act is never changed in place; amending, judging and withdrawing make a new
//! version with its reason. Basis: DUTY-2, MEET-1, INSP-1.

use std::collections::BTreeMap;

use chrono::NaiveDate;
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
    },
    /// Accepted; it counts from this day.
    Accepted(NaiveDate),
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

    /// How it stands.
    pub fn state(&self) -> ActState {
        if self.withdrawn {
            return ActState::Withdrawn;
        }
        if self.form.is_none() {
            return ActState::Recorded;
        }
        match self.judged() {
            Judged::Waiting(_) => ActState::Waiting,
            Judged::SentBack { .. } => ActState::SentBack,
            Judged::Accepted(_) => ActState::Accepted,
        }
    }

    /// Folds the steps of a return into where it stands and from which day it counts.
    ///
    /// A return is on time by its first submission that is later accepted, or whose return was
    /// answered within the set days (DUTY-2); an answer after them makes the answer's day count.
    pub fn judged(&self) -> Judged {
        let mut counts_on = self.occurred_on;
        let mut state = Judged::Waiting(counts_on);
        let mut answer_by = None;
        for event in &self.events {
            match event.step {
                ActStep::Record | ActStep::Reword | ActStep::Withdraw => {}
                // What was accepted are the figures that the receiver saw.
                ActStep::Amend => {
                    if let Judged::Accepted(on) = state {
                        state = Judged::Waiting(on);
                    }
                }
                ActStep::SendBack => {
                    answer_by = event.answer_by;
                    state = Judged::SentBack { answer_by };
                }
                ActStep::SubmitAgain => {
                    if answer_by.is_some_and(|by| event.entered_on > by) {
                        counts_on = event.entered_on;
                    }
                    state = Judged::Waiting(counts_on);
                }
                ActStep::Accept => state = Judged::Accepted(counts_on),
            }
        }
        state
    }
}
