//! Occasions 重要节点: festivals, sensitive times, meetings, opened by the office with their days.
//! Basis: DATE-2.

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::id::{BodyId, OccasionId, Slug};

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
    /// The period that its duties are owed in.
    pub fn period(&self) -> Period {
        Period::span(self.from_on, self.to_on)
    }
}
