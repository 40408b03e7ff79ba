//! What a pack demands in time: duties, tasks, phases and spans after events.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::body::codes;
use crate::calendar::{Cadence, CutOff, Span as WithinSpan};
use crate::id::Slug;

use super::model::{PartRole, Selector};

codes! {
    /// How a duty binds those who are selected.
    How {
        /// Each owes for itself.
        Each = "each",
        /// Any one of the group does it for all. The group is the committee for committee roles,
        /// else all selected.
        Any = "any",
        /// They do it together: an act counts when all of the group have a part in it.
        Jointly = "jointly",
    }
}

/// A duty as the pack declares it. Recurring duties, one-off tasks and duties of an occasion.
#[derive(Debug, Clone, PartialEq)]
pub struct DutyDecl {
    /// Id, unique among duties and tasks of the pack.
    pub id: Slug,
    /// Title, our own words.
    pub title: String,
    /// Every place that asks for it.
    pub clauses: Vec<String>,
    /// The rule; where options stand, the first one's, which is the default.
    pub rule: DutyRule,
    /// The texts that contradict each other: the office chooses one at application. Each option
    /// cites its own clauses and overrides parts of `rule`. Empty where the text is clear.
    pub options: Vec<DutyOption>,
    /// `false`: shown with its clause and looked at on inspection, without standing.
    pub followed: bool,
    /// Drawn from a task element (`[[task]]`), not from `[[duty]]`.
    pub task: bool,
    /// The word of LABELS.md for the act, where it differs from the act kind's id.
    pub label: Option<String>,
    /// Who the text names, in the text's own short words, for `pack timed`.
    pub who: Option<String>,
    /// A condition kept as text.
    pub when: Option<String>,
    /// What is left as evidence, as a hint; never forced.
    pub evidence: Option<String>,
}

/// The rule of a duty.
#[derive(Debug, Clone, PartialEq)]
pub struct DutyRule {
    /// Who owes.
    pub owed_by: Selector,
    /// What counts.
    pub what: What,
    /// When.
    pub timing: DutyTiming,
    /// How many in each period.
    pub at_least: u32,
}

/// One of several texts.
#[derive(Debug, Clone, PartialEq)]
pub struct DutyOption {
    /// Id.
    pub id: Slug,
    /// What it says, for the office.
    pub title: String,
    /// Its places.
    pub clauses: Vec<String>,
    /// The whole rule when this text is chosen.
    pub rule: DutyRule,
}

/// What counts towards a duty.
#[derive(Debug, Clone, PartialEq)]
pub struct What {
    /// Act kinds; for a form this is `return`.
    pub acts: Vec<Slug>,
    /// The form of this pack that must be submitted.
    pub form: Option<Slug>,
    /// Roles in which the owner must stand in the act; empty is any.
    pub roles: Vec<PartRole>,
    /// Fields that must have one of these values.
    pub fields: BTreeMap<Slug, Vec<String>>,
    /// Kinds of post one of which must have presided or led.
    pub presided_by: Vec<Slug>,
    /// For a duty of a post: acts are looked for under the post's body instead of the post.
    pub through_body: bool,
}

/// When a duty is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DutyTiming {
    /// In every period.
    Recurring {
        /// The periods.
        cadence: Cadence,
        /// The last day, where the text gives one.
        due: Option<CutOff>,
        /// The report of a period covers the period before (returns by the 1st for the month
        /// before).
        covers_previous: bool,
    },
    /// Once, by a date.
    Once {
        /// First day on which it can be done; the effect's first day otherwise.
        from: Option<NaiveDate>,
        /// Last day, included.
        due: NaiveDate,
    },
    /// In each occasion of these kinds; never overdue by itself.
    Occasion {
        /// Kinds of occasion.
        kinds: Vec<Slug>,
    },
}

/// A phase 阶段.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses, each with its own window.
    pub clauses: Vec<String>,
    /// First day; `None` is from the day of issue 即日起.
    pub from: Option<NaiveDate>,
    /// Last day, included; `None` is open.
    pub to: Option<NaiveDate>,
    /// The act's word for `pack timed`.
    pub label: String,
    /// Who, in the text's words.
    pub who: Option<String>,
}

/// A span after an event: how long a step may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// What starts the clock, in the text's words.
    pub after: String,
    /// The kind of case it binds: `hazard`, `quick`, `letter`, `card`…
    pub case: Slug,
    /// The step that must be done.
    pub step: Slug,
    /// How long.
    pub within: WithinSpan,
    /// The act's word for `pack timed`.
    pub label: String,
    /// Who.
    pub who: Option<String>,
}
