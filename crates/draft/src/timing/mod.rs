//! Timed phrases: a grammar with named parts, and the conventions of what counts as one.
//!
//! [`numeral`] and [`point`] are the words, [`cadence`], [`standing`] and [`span`] the kinds,
//! [`phrase`] puts them together, [`guard`], [`name`], [`stage`] and [`told`] weigh the words
//! around, [`count`] finds how many, [`carry`] takes a cadence from the sentence.
//! **Invariant:** one pass over the text; each place is tried with bounded look-ahead.

mod cadence;
mod carry;
mod count;
mod guard;
mod name;
mod numeral;
mod phrase;
mod point;
mod scan;
mod span;
mod stage;
mod standing;
mod told;

pub(crate) use numeral::is_chinese_numeral;
pub(crate) use numeral::value_of as chinese_value;
pub(crate) use scan::{CellKind, Found, Setting, scan};

use std::fmt;

use domain::calendar::{CutOff, PeriodKind};

/// A day of a label: its year only where the phrase writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// The year, where it is written.
    pub year: Option<i32>,
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month.
    pub day: u32,
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year:04}-")?;
        }
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// When something is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timing {
    /// In every period.
    Recurring {
        /// The kind of period.
        every: PeriodKind,
        /// Every n of them.
        n: u32,
        /// How many in each.
        at_least: u32,
        /// The cut-off, where the text gives one.
        due: Option<CutOff>,
    },
    /// By a date.
    Deadline {
        /// The date.
        due: Day,
        /// How many until then.
        at_least: u32,
    },
    /// Within a span after an event.
    Within {
        /// The span, as packs write it: `30d`, `3wd`, `0m`.
        span: String,
        /// The event, in the text's words.
        after: String,
    },
    /// From one day to another.
    Window {
        /// The first day; `None` is from now.
        from: Option<Day>,
        /// The last; `None` is open.
        to: Option<Day>,
    },
}
