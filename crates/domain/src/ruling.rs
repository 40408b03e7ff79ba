//! Rulings 裁定 on one obligation: waiver 豁免, extension 延期, correction 补录.
//!
//! **Invariant:** asked with reasons, decided by the body that set the limit, never by the one
//! that owes; the original date stays visible. Basis: DATE-1, DUTY-2.

use chrono::NaiveDate;

use crate::body::codes;
use crate::calendar::Period;
use crate::id::{ActId, BodyId, Owner, PersonId, RulingId, Slug};

codes! {
    /// What is asked for.
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
    /// Where the request stands.
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

/// A request about one obligation and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Identity.
    pub id: RulingId,
    /// County.
    pub home: BodyId,
    /// The pack.
    pub pack: Slug,
    /// The duty.
    pub duty: Slug,
    /// Who owes.
    pub owner: Owner,
    /// The period.
    pub period: Period,
    /// What is asked.
    pub kind: RulingKind,
    /// Where it stands.
    pub state: RulingState,
    /// The later date, for an extension.
    pub new_due_on: Option<NaiveDate>,
    /// The act that is to count, for a correction.
    pub act: Option<ActId>,
    /// Reason from the list.
    pub reason: RulingReason,
    /// Written reasons.
    pub text: String,
    /// Who asked.
    pub asked_by: PersonId,
    /// When it was asked.
    pub asked_on: NaiveDate,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// When.
    pub decided_on: Option<NaiveDate>,
    /// What was said to the decision.
    pub opinion: String,
    /// Version of the row.
    pub version: i64,
}

impl Ruling {
    /// What was known of it by the end of a day; nothing before it was asked.
    pub fn as_of(mut self, day: NaiveDate) -> Option<Self> {
        if self.asked_on > day {
            return None;
        }
        if self.decided_on.is_some_and(|on| on > day) {
            self.state = RulingState::Asked;
            self.decided_by = None;
            self.decided_on = None;
            self.opinion.clear();
        }
        Some(self)
    }
}

/// Longest written reason, in characters.
pub const REASON_LONGEST: usize = 1000;
