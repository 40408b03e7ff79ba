//! Occasions 重要节点: festivals, sensitive times, meetings, opened by the office with their days.
//! Basis: DATE-2.

use chrono::NaiveDate;

use crate::body::codes;
use crate::calendar::Period;
use crate::id::{BodyId, OccasionId, Slug};

codes! {
    /// How an occasion stands on a day.
    OccasionState {
        /// Its first day is still to come.
        Coming = "coming",
        /// The day is one of it.
        Running = "running",
        /// Its last day is past.
        Over = "over",
    }
}

/// An occasion that the office opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Identity.
    pub id: OccasionId,
    /// County.
    pub home: BodyId,
    /// Kind, as packs name it (`spring-festival`).
    pub kind: Slug,
    /// Title, such as 2026年春节.
    pub title: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day, included.
    pub to_on: NaiveDate,
    /// Closed by mistake-correction; it then opens nothing.
    pub withdrawn: bool,
    /// Version of the row.
    pub version: i64,
}

impl Occasion {
    /// How it stands on a day.
    pub fn state(&self, on: NaiveDate) -> OccasionState {
        if on < self.from_on {
            OccasionState::Coming
        } else if on <= self.to_on {
            OccasionState::Running
        } else {
            OccasionState::Over
        }
    }

    /// The period that its duties are owed in.
    pub fn period(&self) -> Period {
        Period::span(self.from_on, self.to_on)
    }
}
