//! Period 周期: a named range of days with one text form (`2026-Q3`, `2026-W20`, `2026-03x2`).
//!
//! **Invariant:** printing and parsing are inverse; `next` and `previous` are inverse and leave no
//! day between two periods.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::body::codes;

codes! {
    /// Kinds of period.
    PeriodKind {
        /// 日.
        Day = "day",
        /// 周, from Monday, numbered as in ISO 8601.
        Week = "week",
        /// 旬: the 1st–10th, the 11th–20th, the 21st to the month's end.
        TenDays = "ten-days",
        /// 月.
        Month = "month",
        /// 季度.
        Quarter = "quarter",
        /// 半年.
        HalfYear = "half-year",
        /// 年.
        Year = "year",
        /// Any range of days: one-off tasks and occasions.
        Span = "span",
    }
}

/// A range of days: one unit of a kind, several of them in a row, or any span.
///
/// Ordered by first day, then kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: NaiveDate,
    kind: PeriodKind,
    n: u32,
    last: NaiveDate,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPeriod {
    /// It has none of the forms.
    #[error("not a period: {found:?}, allowed are {}", Period::FORMS.join(", "))]
    Form {
        /// What stood there.
        found: String,
    },
    /// It has a form, but there is no such week, month or day.
    #[error("there is no period {found:?}")]
    NoSuch {
        /// What stood there.
        found: String,
    },
    /// The span ends before it begins.
    #[error("the span ends on {to}, before it begins on {from}")]
    Backwards {
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// The multiple is not 2 to 60.
    #[error("{found:?}: a multiple is 2 to {}", Period::LARGEST_N)]
    Multiple {
        /// What stood there.
        found: String,
    },
}

impl Period {
    /// The largest multiple, as in `2026-03x60`.
    pub const LARGEST_N: u32 = 60;
    /// The years that a text form may name; records of this trade lie well inside.
    pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
    /// The text forms, by example.
    pub const FORMS: &'static [&'static str] = &[
        "2026",
        "2026-H1",
        "2026-Q3",
        "2026-05",
        "2026-05-T1",
        "2026-W20",
        "2026-05-03",
        "2026-03x2",
        "2026-02-14..2026-03-31",
    ];

    /// The text forms as a regular expression. What it lets pass may still name a day, or a
    /// fifty-third week, that its year does not have, or a span that ends before it begins.
    pub const PATTERN: &'static str = concat!(
        "^((19|20|21)[0-9]{2}(-(H[12]|Q[1-4]|W(0[1-9]|[1-4][0-9]|5[0-3])",
        "|(0[1-9]|1[0-2])(-(T[1-3]|0[1-9]|[12][0-9]|3[01]))?))?(x([2-9]|[1-5][0-9]|60))?",
        "|(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        "[.]{2}(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))$"
    );

    /// The unit of a kind that a day lies in; for `span` the day alone.
    pub fn of(kind: PeriodKind, on: NaiveDate) -> Self {
        Self::units(kind, unit_of(kind, on), 1)
    }

    /// Any range of days; one day where the end lies before the beginning.
    pub fn span(from: NaiveDate, to: NaiveDate) -> Self {
        Self {
            first: from,
            kind: PeriodKind::Span,
            n: 1,
            last: to.max(from),
        }
    }

    /// `n` units of a kind in a row, counted from the unit with this number (see [`unit_of`]).
    pub(super) fn units(kind: PeriodKind, unit: i64, n: u32) -> Self {
        let first = unit_start(kind, unit);
        let last = unit_start(kind, unit + i64::from(n))
            .pred_opt()
            .unwrap_or(NaiveDate::MIN);
        Self {
            first,
            kind,
            n,
            last: last.max(first),
        }
    }

    /// First day.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Last day, included.
    pub fn last_day(&self) -> NaiveDate {
        self.last
    }

    /// What it is made of.
    pub fn kind(&self) -> PeriodKind {
        self.kind
    }

    /// How many units it is made of; 1 for spans.
    pub fn n(&self) -> u32 {
        self.n
    }

    /// Whether a day lies in it.
    pub fn contains(&self, on: NaiveDate) -> bool {
        self.first <= on && on <= self.last
    }

    /// Number of days.
    pub fn days(&self) -> u32 {
        days_from(self.first, self.last)
    }

    /// The period right after it, of the same kind and multiple; for spans of the same length.
    #[must_use]
    pub fn next(&self) -> Self {
        self.step(1)
    }

    /// The period right before it, of the same kind and multiple; for spans of the same length.
    #[must_use]
    pub fn previous(&self) -> Self {
        self.step(-1)
    }

    /// How many of its days lie in the range from `from` to `to`, both included.
    pub fn overlap_days(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        days_from(self.first.max(from), self.last.min(to))
    }

    fn step(&self, by: i64) -> Self {
        if self.kind == PeriodKind::Span {
            let days = i64::from(self.days()) * by;
            return Self {
                first: shift(self.first, days),
                last: shift(self.last, days),
                ..*self
            };
        }
        let unit = unit_of(self.kind, self.first) + by * i64::from(self.n);
        Self::units(self.kind, unit, self.n)
    }
}

/// The number of the unit that a day lies in, counted without gaps from far in the past.
pub(super) fn unit_of(kind: PeriodKind, on: NaiveDate) -> i64 {
    let year = i64::from(on.year());
    let month0 = i64::from(on.month0());
    let day = i64::from(on.num_days_from_ce());
    match kind {
        PeriodKind::Day | PeriodKind::Span => day,
        // 0001-01-01, day 1, was a Monday.
        PeriodKind::Week => (day - 1).div_euclid(7),
        PeriodKind::TenDays => (year * 12 + month0) * 3 + i64::from((on.day0() / 10).min(2)),
        PeriodKind::Month => year * 12 + month0,
        PeriodKind::Quarter => year * 4 + month0 / 3,
        PeriodKind::HalfYear => year * 2 + month0 / 6,
        PeriodKind::Year => year,
    }
}

/// The first day of the unit with this number.
pub(super) fn unit_start(kind: PeriodKind, unit: i64) -> NaiveDate {
    match kind {
        PeriodKind::Day | PeriodKind::Span => day_number(unit),
        PeriodKind::Week => day_number(unit * 7 + 1),
        PeriodKind::TenDays => shift(month_start(unit.div_euclid(3)), unit.rem_euclid(3) * 10),
        PeriodKind::Month => month_start(unit),
        PeriodKind::Quarter => month_start(unit * 3),
        PeriodKind::HalfYear => month_start(unit * 6),
        PeriodKind::Year => month_start(unit * 12),
    }
}

/// A day of the month with this number; its last day where the month is shorter.
pub(super) fn day_in_month(month: i64, day: u8) -> NaiveDate {
    let first = month_start(month);
    let end = shift(month_start(month + 1), -1);
    shift(first, i64::from(day.max(1)) - 1).min(end)
}

/// A day so many days later, or earlier; stays at the ends of the representable time.
pub(super) fn shift(on: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    if days < 0 {
        on.checked_sub_days(by).unwrap_or(NaiveDate::MIN)
    } else {
        on.checked_add_days(by).unwrap_or(NaiveDate::MAX)
    }
}

fn day_number(days_from_ce: i64) -> NaiveDate {
    let clamped = i32::try_from(days_from_ce).unwrap_or(i32::MAX);
    NaiveDate::from_num_days_from_ce_opt(clamped).unwrap_or(NaiveDate::MAX)
}

fn month_start(month: i64) -> NaiveDate {
    let year = i32::try_from(month.div_euclid(12)).ok();
    let of_year = u32::try_from(month.rem_euclid(12) + 1).ok();
    year.zip(of_year)
        .and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1))
        .unwrap_or(NaiveDate::MAX)
}

fn days_from(first: NaiveDate, last: NaiveDate) -> u32 {
    u32::try_from((last - first).num_days() + 1).unwrap_or(0)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.kind {
            PeriodKind::Day => write!(f, "{}", self.first)?,
            PeriodKind::Week => {
                let week = self.first.iso_week();
                write!(f, "{:04}-W{:02}", week.year(), week.week())?;
            }
            PeriodKind::TenDays => {
                write!(f, "{year:04}-{month:02}-T{}", self.first.day0() / 10 + 1)?;
            }
            PeriodKind::Month => write!(f, "{year:04}-{month:02}")?,
            PeriodKind::Quarter => write!(f, "{year:04}-Q{}", self.first.month0() / 3 + 1)?,
            PeriodKind::HalfYear => write!(f, "{year:04}-H{}", self.first.month0() / 6 + 1)?,
            PeriodKind::Year => write!(f, "{year:04}")?,
            PeriodKind::Span => write!(f, "{}..{}", self.first, self.last)?,
        }
        if self.n > 1 {
            write!(f, "x{}", self.n)
        } else {
            Ok(())
        }
    }
}

impl FromStr for Period {
    type Err = BadPeriod;
    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let found = || text.chars().take(64).collect::<String>();
        if let Some((from, to)) = text.split_once("..") {
            let form = || BadPeriod::Form { found: found() };
            let from = civil_day(from).ok_or_else(form)?;
            let to = civil_day(to).ok_or_else(form)?;
            return if to < from {
                Err(BadPeriod::Backwards { from, to })
            } else {
                Ok(Self::span(from, to))
            };
        }
        let (unit, n) = match text.split_once('x') {
            None => (text, 1),
            Some((unit, n)) => (
                unit,
                multiple(n).ok_or_else(|| BadPeriod::Multiple { found: found() })?,
            ),
        };
        let form = form_of(unit).ok_or_else(|| BadPeriod::Form { found: found() })?;
        let (kind, Some(first)) = form else {
            return Err(BadPeriod::NoSuch { found: found() });
        };
        Ok(Self::units(kind, unit_of(kind, first), n))
    }
}

/// The kind that a text has the form of, and the first day where such a unit exists.
fn form_of(text: &str) -> Option<(PeriodKind, Option<NaiveDate>)> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4).and_then(|y| i32::try_from(y).ok())?;
    let year = Some(year).filter(|year| Period::YEARS.contains(year));
    let day = |month: u32, day: u32| NaiveDate::from_ymd_opt(year?, month, day);
    let rest: Vec<&str> = parts.take(3).collect();
    let found = match rest.as_slice() {
        [] => (PeriodKind::Year, day(1, 1)),
        [part] => match part.split_at_checked(1)? {
            ("H", n) => (
                PeriodKind::HalfYear,
                digits(n, 1).and_then(|n| nth(n, 2, 6, day)),
            ),
            ("Q", n) => (
                PeriodKind::Quarter,
                digits(n, 1).and_then(|n| nth(n, 4, 3, day)),
            ),
            ("W", n) => {
                let week = digits(n, 2)?;
                let monday = |year| NaiveDate::from_isoywd_opt(year, week, Weekday::Mon);
                (PeriodKind::Week, year.and_then(monday))
            }
            _ => (PeriodKind::Month, day(digits(part, 2)?, 1)),
        },
        [month, part] => {
            let month = digits(month, 2)?;
            match part.strip_prefix('T') {
                Some(n) => {
                    let n = digits(n, 1)?;
                    let first = (1..=3)
                        .contains(&n)
                        .then(|| day(month, n * 10 - 9))
                        .flatten();
                    (PeriodKind::TenDays, first)
                }
                None => (PeriodKind::Day, day(month, digits(part, 2)?)),
            }
        }
        _ => return None,
    };
    Some(found)
}

/// First day of the nth of `count` equal parts of a year, each `months` long.
fn nth(
    n: u32,
    count: u32,
    months: u32,
    day: impl Fn(u32, u32) -> Option<NaiveDate>,
) -> Option<NaiveDate> {
    if (1..=count).contains(&n) {
        day((n - 1) * months + 1, 1)
    } else {
        None
    }
}

fn multiple(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 2 || text.starts_with('0') {
        return None;
    }
    digits(text, text.len()).filter(|n| (2..=Period::LARGEST_N).contains(n))
}

fn civil_day(text: &str) -> Option<NaiveDate> {
    match form_of(text)? {
        (PeriodKind::Day, first) => first,
        _ => None,
    }
}

/// A number written with exactly so many digits.
pub(super) fn digits(text: &str, count: usize) -> Option<u32> {
    let plain = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl schemars::JsonSchema for Period {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "period", "pattern": Self::PATTERN })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn range(text: &str) -> String {
        let p = period(text);
        format!("{} {} {}", p.first_day(), p.last_day(), p.days())
    }

    #[test]
    fn every_text_form_names_its_days() {
        for (text, days) in [
            ("2026", "2026-01-01 2026-12-31 365"),
            ("2026-H1", "2026-01-01 2026-06-30 181"),
            ("2026-H2", "2026-07-01 2026-12-31 184"),
            ("2026-Q3", "2026-07-01 2026-09-30 92"),
            ("2024-02", "2024-02-01 2024-02-29 29"),
            ("2026-05-T1", "2026-05-01 2026-05-10 10"),
            ("2026-05-T2", "2026-05-11 2026-05-20 10"),
            ("2026-02-T3", "2026-02-21 2026-02-28 8"),
            ("2026-W01", "2025-12-29 2026-01-04 7"),
            ("2026-W20", "2026-05-11 2026-05-17 7"),
            ("2026-W53", "2026-12-28 2027-01-03 7"),
            ("2026-05-03", "2026-05-03 2026-05-03 1"),
            ("2026-03x2", "2026-03-01 2026-04-30 61"),
            ("2026-12x3", "2026-12-01 2027-02-28 90"),
            ("2024x3", "2024-01-01 2026-12-31 1096"),
            ("2026-W20x2", "2026-05-11 2026-05-24 14"),
            ("2026-02-14..2026-03-31", "2026-02-14 2026-03-31 46"),
        ] {
            assert_eq!(range(text), days, "{text}");
            assert_eq!(period(text).to_string(), text);
        }
    }

    #[test]
    fn a_text_that_names_no_period_says_what_is_wrong() {
        use BadPeriod::{Backwards, Form, Multiple, NoSuch};
        for text in [
            "",
            "2026-5",
            "2026-05-03-",
            "26",
            "2026-X1",
            "Q3",
            "2026-",
            "去年",
            "2026-é",
        ] {
            assert!(matches!(text.parse::<Period>(), Err(Form { .. })), "{text}");
        }
        for text in [
            "2026-13",
            "2025-W53",
            "2026-02-29",
            "2026-H3",
            "2026-Q5",
            "2026-05-T4",
            "1899",
        ] {
            assert!(
                matches!(text.parse::<Period>(), Err(NoSuch { .. })),
                "{text}"
            );
        }
        for text in ["2026x1", "2026x0", "2026x02", "2026x61", "2026x", "2026xx"] {
            assert!(
                matches!(text.parse::<Period>(), Err(Multiple { .. })),
                "{text}"
            );
        }
        assert!(matches!(
            "2026-03-02..2026-03-01".parse::<Period>(),
            Err(Backwards { .. })
        ));
        let shown = "2026-5".parse::<Period>().unwrap_err().to_string();
        assert!(shown.contains("2026-05-T1"), "{shown}");
    }

    #[test]
    fn periods_stand_in_order_of_their_first_day_then_kind() {
        let mut all: Vec<Period> = ["2026-Q2", "2026", "2026-01", "2026-01-01", "2026-H1"]
            .map(period)
            .to_vec();
        all.sort();
        let texts: Vec<String> = all.iter().map(Period::to_string).collect();
        assert_eq!(
            texts,
            ["2026-01-01", "2026-01", "2026-H1", "2026", "2026-Q2"]
        );
    }

    #[test]
    fn an_overlap_counts_common_days() {
        let effect = (
            period("2026-02-14").first_day(),
            period("2026-12-31").first_day(),
        );
        assert_eq!(period("2026-02").overlap_days(effect.0, effect.1), 15);
        assert_eq!(period("2026-01").overlap_days(effect.0, effect.1), 0);
        assert_eq!(period("2026-Q1").overlap_days(effect.0, effect.1), 46);
    }

    #[test]
    fn a_period_is_a_text_in_json() {
        let json = serde_json::to_string(&period("2026-Q3")).unwrap();
        assert_eq!(json, "\"2026-Q3\"");
        assert_eq!(
            serde_json::from_str::<Period>(&json).unwrap(),
            period("2026-Q3")
        );
    }
}
