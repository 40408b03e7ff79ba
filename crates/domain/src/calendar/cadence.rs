//! Cadence 频次: every n units of a kind, on one grid that never shifts.
//!
//! The grid is counted from 2024-01-01, which began a year, a month, a ten-day part and (being a
//! Monday) a week. So multiples that divide the year begin in January of each year, the three
//! years of a programme 2024–2026 are one period, and fortnights keep their rhythm over New Year.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::period::unit_of;
use super::{Period, PeriodKind};

/// How often something is owed: in every run of `n` units of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Cadence {
    every: PeriodKind,
    n: u32,
}

/// A cadence that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCadence {
    /// Spans do not recur.
    #[error("a cadence is every day, week, ten-days, month, quarter, half-year or year, not span")]
    Span,
    /// The multiple is out of its limits.
    #[error("every {n} of them: allowed is 1 to {}", Cadence::LARGEST_N)]
    Multiple {
        /// What stood there.
        n: u32,
    },
}

impl Cadence {
    /// The largest multiple.
    pub const LARGEST_N: u32 = Period::LARGEST_N;

    /// A cadence, where the kind recurs and the multiple is within its limit.
    pub fn new(every: PeriodKind, n: u32) -> Result<Self, BadCadence> {
        if every == PeriodKind::Span {
            return Err(BadCadence::Span);
        }
        if !(1..=Self::LARGEST_N).contains(&n) {
            return Err(BadCadence::Multiple { n });
        }
        Ok(Self { every, n })
    }

    /// The kind of its units.
    pub fn every(self) -> PeriodKind {
        self.every
    }

    /// How many units make one period.
    pub fn n(self) -> u32 {
        self.n
    }

    /// The period that a day lies in.
    pub fn period_of(self, on: NaiveDate) -> Period {
        let unit = unit_of(self.every, on);
        let into = (unit - self.origin()).rem_euclid(i64::from(self.n));
        Period::units(self.every, unit - into, self.n)
    }

    /// All periods that share a day with the range from `from` to `to`, both included.
    pub fn periods(self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = Period> {
        let first = Some(self.period_of(from));
        std::iter::successors(first, |period| Some(period.next()))
            .take_while(move |period| period.first_day() <= to && from <= to)
    }

    fn origin(self) -> i64 {
        NaiveDate::from_ymd_opt(2024, 1, 1).map_or(0, |day| unit_of(self.every, day))
    }
}

/// The parts as they are stored.
#[derive(Serialize, Deserialize)]
struct Parts {
    every: PeriodKind,
    n: u32,
}

impl From<Cadence> for Parts {
    fn from(cadence: Cadence) -> Self {
        Self {
            every: cadence.every,
            n: cadence.n,
        }
    }
}

impl TryFrom<Parts> for Cadence {
    type Error = BadCadence;
    fn try_from(parts: Parts) -> Result<Self, BadCadence> {
        Self::new(parts.every, parts.n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn names(every: PeriodKind, n: u32, from: &str, to: &str) -> Vec<String> {
        let cadence = Cadence::new(every, n).unwrap();
        cadence
            .periods(day(from), day(to))
            .map(|p| p.to_string())
            .collect()
    }

    #[test]
    fn a_year_of_two_month_periods_begins_in_january() {
        assert_eq!(
            names(PeriodKind::Month, 2, "2026-02-14", "2026-07-01"),
            ["2026-01x2", "2026-03x2", "2026-05x2", "2026-07x2"]
        );
    }

    #[test]
    fn the_quarters_of_a_notice_are_those_it_touches() {
        assert_eq!(
            names(PeriodKind::Quarter, 1, "2026-02-14", "2026-12-31"),
            ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
        );
        assert!(names(PeriodKind::Day, 1, "2026-02-14", "2026-02-13").is_empty());
    }

    #[test]
    fn the_three_years_of_the_programme_are_one_period() {
        assert_eq!(
            names(PeriodKind::Year, 3, "2024-02-01", "2026-12-31"),
            ["2024x3"]
        );
    }

    #[test]
    fn fortnights_keep_their_rhythm_over_new_year() {
        assert_eq!(
            names(PeriodKind::Week, 2, "2026-12-20", "2027-01-20"),
            ["2026-W51x2", "2026-W53x2", "2027-W02x2"]
        );
    }

    #[test]
    fn a_cadence_has_limits() {
        assert_eq!(Cadence::new(PeriodKind::Span, 1), Err(BadCadence::Span));
        assert_eq!(
            Cadence::new(PeriodKind::Day, 0),
            Err(BadCadence::Multiple { n: 0 })
        );
        assert_eq!(
            Cadence::new(PeriodKind::Day, 61),
            Err(BadCadence::Multiple { n: 61 })
        );
        assert!(serde_json::from_str::<Cadence>(r#"{"every":"span","n":1}"#).is_err());
    }
}
