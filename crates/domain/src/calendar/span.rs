//! A span after an event, as a notice writes it: `30d`, `3wd`, `3m`, `0m`, `24h`.
//!
//! **Invariant:** a due date counted from a day never lies before that day.

use std::fmt;
use std::str::FromStr;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::due::{Due, Step};
use super::period::{digits, shift};
use super::{Period, PeriodKind, WorkCalendar};

/// How long after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    n: u32,
    unit: SpanUnit,
}

/// What a span counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpanUnit {
    /// `h`: hours, rounded up to whole days, since an event's time of day is not recorded.
    Hours,
    /// `d`: calendar days; `0d` is the same day.
    Days,
    /// `wd`: working days.
    WorkingDays,
    /// `w`: weeks; `0w` is the rest of the week.
    Weeks,
    /// `m`: months, to the same day of the month; `0m` is the rest of the month 当月.
    Months,
    /// `y`: years; `0y` is the rest of the year 年内.
    Years,
}

/// A text that is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// It has none of the forms.
    #[error("not a span: {found:?}, allowed are {}", Span::FORMS.join(", "))]
    Form {
        /// What stood there.
        found: String,
    },
    /// The number is out of its limits.
    #[error(
        "{found:?}: allowed is up to {}, and at least 1 for h and wd",
        Span::LARGEST_N
    )]
    Number {
        /// What stood there.
        found: String,
    },
}

impl SpanUnit {
    const CODES: [(Self, &'static str); 6] = [
        (Self::Hours, "h"),
        (Self::Days, "d"),
        (Self::WorkingDays, "wd"),
        (Self::Weeks, "w"),
        (Self::Months, "m"),
        (Self::Years, "y"),
    ];
}

impl Span {
    /// The largest number.
    pub const LARGEST_N: u32 = 999;
    /// The text forms, by example.
    pub const FORMS: &'static [&'static str] =
        &["30d", "3wd", "3m", "0m", "0d", "1d", "2w", "1y", "24h"];

    /// A span, where the number is within its limits: hours and working days need at least one.
    pub fn new(n: u32, unit: SpanUnit) -> Result<Self, BadSpan> {
        let least = u32::from(matches!(unit, SpanUnit::Hours | SpanUnit::WorkingDays));
        let span = Self { n, unit };
        if (least..=Self::LARGEST_N).contains(&n) {
            Ok(span)
        } else {
            Err(BadSpan::Number {
                found: span.to_string(),
            })
        }
    }

    /// The number.
    pub fn n(self) -> u32 {
        self.n
    }

    /// What it counts.
    pub fn unit(self) -> SpanUnit {
        self.unit
    }

    /// The last day in time, counted from the day of the event, with its explanation.
    pub fn due_from(self, event_on: NaiveDate, calendar: &WorkCalendar) -> Due {
        let event = Step::Event { on: event_on };
        if self.unit == SpanUnit::WorkingDays {
            let (on, guessed) = calendar.add_working_days(event_on, self.n);
            let counted = Step::working_days(event_on, on, self.n, calendar);
            return Due::settled(on, guessed, vec![event, counted], calendar);
        }
        let on = self.last_day_from(event_on);
        Due::settled(
            on,
            false,
            vec![event, Step::Within { within: self, on }],
            calendar,
        )
    }

    fn last_day_from(self, on: NaiveDate) -> NaiveDate {
        let n = i64::from(self.n);
        match self.unit {
            SpanUnit::Hours => shift(on, (n + 23) / 24),
            SpanUnit::Days | SpanUnit::WorkingDays => shift(on, n),
            SpanUnit::Weeks if n == 0 => Period::of(PeriodKind::Week, on).last_day(),
            SpanUnit::Weeks => shift(on, n * 7),
            SpanUnit::Months if n == 0 => Period::of(PeriodKind::Month, on).last_day(),
            SpanUnit::Months => months_later(on, self.n),
            SpanUnit::Years if n == 0 => Period::of(PeriodKind::Year, on).last_day(),
            SpanUnit::Years => months_later(on, self.n * 12),
        }
    }
}

/// The same day so many months later; the month's last day where it has no such day.
fn months_later(on: NaiveDate, months: u32) -> NaiveDate {
    on.checked_add_months(Months::new(months))
        .unwrap_or(NaiveDate::MAX)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = SpanUnit::CODES.iter().find(|(unit, _)| *unit == self.unit);
        write!(f, "{}{}", self.n, code.map_or("", |(_, code)| code))
    }
}

impl FromStr for Span {
    type Err = BadSpan;
    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let found = || text.chars().take(64).collect::<String>();
        let form = || BadSpan::Form { found: found() };
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(form)?;
        let (number, code) = text.split_at(split);
        let unit = SpanUnit::CODES.iter().find(|(_, known)| *known == code);
        let (unit, _) = *unit.ok_or_else(form)?;
        if number.is_empty() || (number.len() > 1 && number.starts_with('0')) {
            return Err(form());
        }
        if number.len() > 9 {
            return Err(BadSpan::Number { found: found() });
        }
        Self::new(digits(number, number.len()).ok_or_else(form)?, unit)
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl schemars::JsonSchema for Span {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": 60 })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(span: &str, event_on: &str) -> Due {
        let span: Span = span.parse().unwrap();
        span.due_from(event_on.parse().unwrap(), &WorkCalendar::shipped())
    }

    #[test]
    fn every_unit_counts_from_the_event() {
        for (span, event_on, on) in [
            ("30d", "2026-05-03", "2026-06-02"),
            ("0d", "2026-05-03", "2026-05-03"),
            ("1d", "2026-05-03", "2026-05-04"),
            ("3wd", "2026-02-13", "2026-02-25"),
            ("5wd", "2026-04-30", "2026-05-11"),
            ("3m", "2026-05-03", "2026-08-03"),
            ("3m", "2025-11-30", "2026-02-28"),
            ("0m", "2026-02-03", "2026-02-28"),
            ("0m", "2026-05-31", "2026-05-31"),
            ("2w", "2026-05-03", "2026-05-17"),
            ("0w", "2026-05-13", "2026-05-17"),
            ("1y", "2024-02-29", "2025-02-28"),
            ("0y", "2026-05-03", "2026-12-31"),
            ("24h", "2026-05-03", "2026-05-04"),
            ("1h", "2026-05-03", "2026-05-04"),
            ("48h", "2026-05-03", "2026-05-05"),
        ] {
            let found = due(span, event_on);
            assert_eq!(found.on.to_string(), on, "{span} after {event_on}");
            assert!(!found.provisional, "{span} after {event_on}");
            assert_eq!(span.parse::<Span>().unwrap().to_string(), span);
        }
    }

    #[test]
    fn a_span_that_leaves_the_calendar_is_provisional() {
        assert!(due("3m", "2026-11-05").provisional);
        assert!(due("5wd", "2026-12-30").provisional);
    }

    #[test]
    fn a_text_that_is_no_span_says_what_is_allowed() {
        for text in ["", "d", "30", "030d", "3 d", "3wk", "-1d", "三日", "3D"] {
            let bad = text.parse::<Span>().unwrap_err();
            assert!(matches!(bad, BadSpan::Form { .. }), "{text}");
            assert!(bad.to_string().contains("3wd"), "{bad}");
        }
        for text in ["1000d", "0h", "0wd", "99999999999d"] {
            assert!(
                matches!(text.parse::<Span>(), Err(BadSpan::Number { .. })),
                "{text}"
            );
        }
    }
}
