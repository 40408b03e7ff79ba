//! What a draft consists of, before it is written as TOML: each piece with its place in the text.

use chrono::NaiveDate;
use domain::calendar::{Cadence, CutOff, Span};
use domain::codes;
use domain::pack::RowKind;
use serde::{Deserialize, Serialize};

codes! {
    /// What an element of a draft becomes.
    ElementKind {
        /// 职责: recurring.
        Duty = "duty",
        /// 任务: once, until a day.
        Task = "task",
        /// 时限: within a span after something happened.
        Limit = "limit",
        /// 阶段: between two days.
        Phase = "phase",
        /// 常态职责: without a time.
        Standing = "standing",
        /// 报表: a table to be filled in.
        Form = "form",
    }
}

/// Where something stands in the decoded text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// First character, from 0.
    pub at: usize,
    /// How many characters.
    pub chars: usize,
    /// The phrase, without its blanks.
    pub quote: String,
}

/// The head of the pack to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackHead {
    /// Id and folder: a slug.
    pub id: String,
    /// Version of the pack, from 1.
    pub version: u32,
    /// Title of the notice.
    pub title: String,
    /// Short name, as the pages show it.
    pub short: String,
    /// Who issued it; empty where the notice does not say.
    pub issuer: String,
    /// 发文字号; empty where the notice does not say.
    pub number: String,
    /// When it was issued.
    pub issued: Option<NaiveDate>,
    /// First day of effect.
    pub from: NaiveDate,
    /// Last day of effect, where the notice ends.
    pub to: Option<NaiveDate>,
    /// Name of the notice's file.
    pub source: String,
}

/// A clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// What elements call it: its number, `preamble`, or with `~2` where a number comes again.
    pub id: String,
    /// The numbers above it, joined by `/`; empty for what stands before the first number.
    pub number: String,
    /// Title, shortened.
    pub title: String,
    /// What it says, shortened.
    pub summary: String,
    /// Where it begins in the decoded text, in characters.
    pub at: usize,
}

/// What elements call a clause: its number, or `preamble`.
pub(crate) fn clause_id(number: &str) -> &str {
    if number.is_empty() {
        "preamble"
    } else {
        number
    }
}

/// The kind of act that a pack brings along for its own tasks, where the common words have none:
/// a record of it says for which of the tasks it is.
pub const OWN_ACT: &str = "own";

/// Who owes what kind of act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The selector, as an inline table of the pack format.
    pub by: String,
    /// The kind of act, by its id in the common words, or [`OWN_ACT`].
    pub act: String,
    /// At least so many.
    pub at_least: u32,
    /// A condition that the text sets, kept as text; empty where there is none.
    pub when: String,
}

/// A column of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Id within the form.
    pub id: String,
    /// Its heads, the group above it first.
    pub heads: Vec<String>,
    /// `count`, `date` or `text`.
    pub kind: String,
    /// Unit of a count, where the head names one.
    pub unit: Option<String>,
}

/// What an element says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum What {
    /// Recurring.
    Duty {
        /// Who and what.
        owed: Owed,
        /// How often.
        every: Cadence,
        /// Until when in each period, where the text says it.
        due: Option<CutOff>,
        /// What is handed in is about the period before: 报送上月情况.
        #[serde(default)]
        previous: bool,
    },
    /// Once.
    Task {
        /// Who and what.
        owed: Owed,
        /// Last day.
        due: NaiveDate,
    },
    /// A step of a case.
    Limit {
        /// The span.
        within: Span,
        /// The event that it runs from.
        after: String,
        /// The kind of case that it binds, by its word in packs.
        case: String,
    },
    /// A phase.
    Phase {
        /// First day; none is from the beginning.
        from: Option<NaiveDate>,
        /// Last day; none is open.
        to: Option<NaiveDate>,
    },
    /// Owed all the time.
    Standing {
        /// The selector, as an inline table of the pack format.
        by: String,
    },
    /// A table to be filled in.
    Form {
        /// What a row is.
        rows: RowKind,
        /// Whether a 合计 row stands at its end.
        total: bool,
        /// Columns from left to right.
        columns: Vec<Column>,
    },
}

impl What {
    /// What it becomes.
    pub fn kind(&self) -> ElementKind {
        match self {
            Self::Duty { .. } => ElementKind::Duty,
            Self::Task { .. } => ElementKind::Task,
            Self::Limit { .. } => ElementKind::Limit,
            Self::Phase { .. } => ElementKind::Phase,
            Self::Standing { .. } => ElementKind::Standing,
            Self::Form { .. } => ElementKind::Form,
        }
    }

    /// Who owes which kind of act, for those that are owed in time.
    pub fn owed(&self) -> Option<&Owed> {
        match self {
            Self::Duty { owed, .. } | Self::Task { owed, .. } => Some(owed),
            Self::Limit { .. } | Self::Phase { .. } | Self::Standing { .. } | Self::Form { .. } => {
                None
            }
        }
    }

    /// Whether two ask the same of the same in the same time, so that one may stand for both; only
    /// how many may differ.
    pub fn is_alike(&self, other: &Self) -> bool {
        let bare = |what: &Self| {
            let mut what = what.clone();
            if let Self::Duty { owed, .. } | Self::Task { owed, .. } = &mut what {
                owed.at_least = 1;
                owed.when.clear();
            }
            what
        };
        bare(self) == bare(other)
    }

    /// Who owes it, as a selector, where it says so.
    pub fn by(&self) -> &str {
        match self {
            Self::Duty { owed, .. } | Self::Task { owed, .. } => &owed.by,
            Self::Standing { by } => by,
            Self::Limit { .. } | Self::Phase { .. } | Self::Form { .. } => "",
        }
    }
}

/// One element of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// Id within the pack.
    pub id: String,
    /// Title, made of who, when and what.
    pub title: String,
    /// The clauses that it rests on.
    pub clauses: Vec<String>,
    /// Who owes it, in the words of the text; empty where nobody was found.
    pub who: String,
    /// The word for what is done, of those that labels use.
    pub label: String,
    /// What it says.
    pub what: What,
    /// Where it stands; several where elements were merged.
    pub places: Vec<Place>,
    /// The sentence around the first place.
    pub sentence: String,
    /// How sure, from 0 to 1.
    pub sure: f32,
    /// Why it is less than sure, as sentences for a person.
    pub doubts: Vec<String>,
}

/// A timed phrase that no element covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loose {
    /// Where it stands.
    pub place: Place,
    /// Its clause.
    pub clause: String,
    /// Who owes it, in the words of the text.
    pub who: String,
    /// The sentence around it.
    pub sentence: String,
    /// Why there is no element; empty where its dates make none.
    #[serde(default)]
    pub why: String,
    /// The element that a person made of it.
    pub taken: Option<String>,
}
