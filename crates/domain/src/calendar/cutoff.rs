//! Cut-off 期限: the last day on which a period's duty is met in time, as a notice writes it.
//!
//! **Invariant:** a later period never has an earlier cut-off. A day that a month does not have
//! (the 31st in June) is that month's last day.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::period::{day_in_month, digits, shift, unit_of};
use super::{Cadence, Period, PeriodKind, WorkCalendar};

/// The last day of a period's duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CutOff {
    /// `last day`: the period's last day.
    LastDay,
    /// `day 22`: a day of the month; for weeks and ten-day parts counted from their first day.
    Day(u8),
    /// `day 25 of last month`: a day of one of the period's months.
    DayOfMonth {
        /// Day of the month.
        day: u8,
        /// Which of the period's months.
        month: MonthPick,
    },
    /// `day 1 of next month`: a day of the month after the period's end.
    DayOfNextMonth(u8),
    /// `day 5 of first month of next quarter`: a day of a month of what follows the period.
    DayOfNext {
        /// Day of the month.
        day: u8,
        /// Which month of it.
        month: MonthPick,
        /// What follows.
        next: NextUnit,
    },
    /// `12-05`, `01-15 of next year`: a date in the period's (last) year or in the next.
    Date {
        /// Month.
        month: u8,
        /// Day of the month.
        day: u8,
        /// Whether the next year is meant.
        next_year: bool,
    },
    /// `5 working days after`: counted from the period's last day.
    WorkingDaysAfter(u8),
}

/// Which month of a longer period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MonthPick {
    /// 首月.
    First,
    /// 第二个月.
    Second,
    /// 第三个月.
    Third,
    /// 末月.
    Last,
}

/// What follows a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextUnit {
    /// 下季度.
    Quarter,
    /// 下半年 or the half-year after.
    HalfYear,
    /// 次年.
    Year,
    /// 下期: the next period of the same cadence.
    Period,
}

/// A cut-off that is none, or that cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCutOff {
    /// It has none of the forms.
    #[error("not a cut-off: {found:?}, allowed are {}", CutOff::FORMS.join(", "))]
    Form {
        /// What stood there.
        found: String,
    },
    /// No month, or no week, has such a day.
    #[error("there is no day {day}: allowed is 1 to {largest}")]
    Day {
        /// What stood there.
        day: u32,
        /// The largest that is allowed.
        largest: u32,
    },
    /// No year has such a date.
    #[error("no year has the date {month:02}-{day:02}")]
    Date {
        /// Month.
        month: u32,
        /// Day.
        day: u32,
    },
    /// Too many working days, or none.
    #[error("{n} working days: allowed is 1 to {}", CutOff::LARGEST_COUNT)]
    Count {
        /// What stood there.
        n: u32,
    },
    /// It is a cut-off, but not one for periods of this kind.
    #[error("{cut_off} does not fit every {every}, allowed are {}", allowed.join(", "))]
    Fit {
        /// The cut-off.
        cut_off: CutOff,
        /// The kind of period.
        every: PeriodKind,
        /// What fits this kind.
        allowed: &'static [&'static str],
    },
}

const FOR_DAYS: &[&str] = &["last day", "N working days after"];
const FOR_WEEKS: &[&str] = &["last day", "day N (1-7)", "N working days after"];
const FOR_TEN_DAYS: &[&str] = &["last day", "day N (1-10)", "N working days after"];
const FOR_MONTHS: &[&str] = &[
    "last day",
    "day N",
    "day N of next month",
    "N working days after",
];
const FOR_SEVERAL_MONTHS: &[&str] = &[
    "last day",
    "day N of first/second/third/last month",
    "day N of next month",
    "day N of first month of next period",
    "N working days after",
];
const FOR_QUARTERS: &[&str] = &[
    "last day",
    "day N of first/second/third/last month",
    "day N of next month",
    "day N of first month of next quarter/period",
    "N working days after",
];
const FOR_HALF_YEARS: &[&str] = &[
    "last day",
    "day N of first/second/third/last month",
    "day N of next month",
    "day N of first month of next quarter/half-year/period",
    "N working days after",
];
const FOR_YEARS: &[&str] = &[
    "last day",
    "MM-DD",
    "MM-DD of next year",
    "day N of first/second/third/last month",
    "day N of next month",
    "day N of first month of next quarter/half-year/year/period",
    "N working days after",
];

impl CutOff {
    /// The text forms, by example.
    pub const FORMS: &'static [&'static str] = &[
        "last day",
        "day 22",
        "day 25 of last month",
        "day 1 of next month",
        "day 5 of first month of next quarter",
        "12-31",
        "01-15 of next year",
        "5 working days after",
    ];
    /// The most working days after a period's end.
    pub const LARGEST_COUNT: u32 = 60;

    /// The last day in time, before any holiday rule.
    pub fn date(self, period: Period, calendar: &WorkCalendar) -> NaiveDate {
        let first_month = unit_of(PeriodKind::Month, period.first_day());
        let last_month = unit_of(PeriodKind::Month, period.last_day());
        match self {
            Self::LastDay => period.last_day(),
            Self::Day(day) => match period.kind() {
                PeriodKind::Day | PeriodKind::Week | PeriodKind::TenDays | PeriodKind::Span => {
                    let last_unit = Period::of(period.kind(), period.last_day());
                    let from = last_unit.first_day().max(period.first_day());
                    shift(from, i64::from(day.max(1)) - 1).min(period.last_day())
                }
                PeriodKind::Month
                | PeriodKind::Quarter
                | PeriodKind::HalfYear
                | PeriodKind::Year => day_in_month(last_month, day),
            },
            Self::DayOfMonth { day, month } => day_in_month(month.of(first_month, last_month), day),
            Self::DayOfNextMonth(day) => day_in_month(last_month + 1, day),
            Self::DayOfNext { day, month, next } => {
                let following = next.after(period);
                let first = unit_of(PeriodKind::Month, following.first_day());
                let last = unit_of(PeriodKind::Month, following.last_day());
                day_in_month(month.of(first, last), day)
            }
            Self::Date {
                month,
                day,
                next_year,
            } => {
                let year = i64::from(period.last_day().year()) + i64::from(next_year);
                day_in_month(year * 12 + i64::from(month) - 1, day)
            }
            Self::WorkingDaysAfter(n) => {
                calendar.add_working_days(period.last_day(), u32::from(n)).0
            }
        }
    }

    /// The data window 统计期 of a period whose data close on this day: from the day after the
    /// previous closing to this one.
    ///
    /// Windows of successive periods leave no day out and count none twice; `None` where both
    /// close on the same day, so that no day is left for the later one.
    pub fn window(self, period: Period, calendar: &WorkCalendar) -> Option<Period> {
        let from = shift(self.date(period.previous(), calendar), 1);
        let to = self.date(period, calendar);
        (from <= to).then(|| Period::span(from, to))
    }

    /// Whether it can be met in single periods of a kind (a quarter, a month).
    pub fn fits(self, every: PeriodKind) -> Result<(), BadCutOff> {
        self.fits_multiple(every, 1)
    }

    /// Whether it can be met in the periods of a cadence, its multiple looked at too.
    pub fn fits_cadence(self, cadence: Cadence) -> Result<(), BadCutOff> {
        self.fits_multiple(cadence.every(), cadence.n())
    }

    fn fits_multiple(self, every: PeriodKind, n: u32) -> Result<(), BadCutOff> {
        let allowed = match every {
            PeriodKind::Day | PeriodKind::Span => FOR_DAYS,
            PeriodKind::Week => FOR_WEEKS,
            PeriodKind::TenDays => FOR_TEN_DAYS,
            PeriodKind::Month if n == 1 => FOR_MONTHS,
            PeriodKind::Month => FOR_SEVERAL_MONTHS,
            PeriodKind::Quarter => FOR_QUARTERS,
            PeriodKind::HalfYear => FOR_HALF_YEARS,
            PeriodKind::Year => FOR_YEARS,
        };
        let months = months_in(every).saturating_mul(n);
        let fits = match self {
            Self::LastDay | Self::WorkingDaysAfter(_) => true,
            Self::Day(day) => return day_fits(self, day, every, n, allowed),
            Self::DayOfMonth { month, .. } => months > 1 && month.number() <= months,
            Self::DayOfNextMonth(_) => months > 0,
            Self::DayOfNext { month, next, .. } => match next {
                NextUnit::Period => months > 1 && month.number() <= months,
                NextUnit::Quarter => months_in(every) >= 3,
                NextUnit::HalfYear => months_in(every) >= 6,
                NextUnit::Year => months_in(every) >= 12,
            },
            Self::Date { .. } => every == PeriodKind::Year,
        };
        if fits {
            Ok(())
        } else {
            Err(BadCutOff::Fit {
                cut_off: self,
                every,
                allowed,
            })
        }
    }
}

/// `day N` alone names one day of one month, of a week, or of a ten-day part.
fn day_fits(
    cut_off: CutOff,
    day: u8,
    every: PeriodKind,
    n: u32,
    allowed: &'static [&'static str],
) -> Result<(), BadCutOff> {
    let largest = match every {
        PeriodKind::Week => 7,
        PeriodKind::TenDays => 10,
        PeriodKind::Month if n == 1 => 31,
        PeriodKind::Day
        | PeriodKind::Month
        | PeriodKind::Quarter
        | PeriodKind::HalfYear
        | PeriodKind::Year
        | PeriodKind::Span => {
            return Err(BadCutOff::Fit {
                cut_off,
                every,
                allowed,
            });
        }
    };
    let day = u32::from(day);
    if (1..=largest).contains(&day) {
        Ok(())
    } else {
        Err(BadCutOff::Day { day, largest })
    }
}

fn months_in(every: PeriodKind) -> u32 {
    match every {
        PeriodKind::Day | PeriodKind::Week | PeriodKind::TenDays | PeriodKind::Span => 0,
        PeriodKind::Month => 1,
        PeriodKind::Quarter => 3,
        PeriodKind::HalfYear => 6,
        PeriodKind::Year => 12,
    }
}

impl MonthPick {
    const WORDS: [(Self, &'static str); 4] = [
        (Self::First, "first"),
        (Self::Second, "second"),
        (Self::Third, "third"),
        (Self::Last, "last"),
    ];

    fn of(self, first: i64, last: i64) -> i64 {
        match self {
            Self::First => first,
            Self::Second => (first + 1).min(last),
            Self::Third => (first + 2).min(last),
            Self::Last => last,
        }
    }

    /// How many months a period must have for this one to exist.
    fn number(self) -> u32 {
        match self {
            Self::First | Self::Last => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }
}

impl NextUnit {
    const WORDS: [(Self, &'static str); 4] = [
        (Self::Quarter, "quarter"),
        (Self::HalfYear, "half-year"),
        (Self::Year, "year"),
        (Self::Period, "period"),
    ];

    fn after(self, period: Period) -> Period {
        match self {
            Self::Quarter => Period::of(PeriodKind::Quarter, period.last_day()).next(),
            Self::HalfYear => Period::of(PeriodKind::HalfYear, period.last_day()).next(),
            Self::Year => Period::of(PeriodKind::Year, period.last_day()).next(),
            Self::Period => period.next(),
        }
    }
}

fn word_of<T: Copy + PartialEq>(words: &[(T, &'static str)], value: T) -> &'static str {
    words
        .iter()
        .find(|(known, _)| *known == value)
        .map_or("", |(_, word)| word)
}

fn of_word<T: Copy>(words: &[(T, &'static str)], word: &str) -> Option<T> {
    words
        .iter()
        .find(|(_, known)| *known == word)
        .map(|(value, _)| *value)
}

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pick = |month| word_of(&MonthPick::WORDS, month);
        match *self {
            Self::LastDay => f.write_str("last day"),
            Self::Day(day) => write!(f, "day {day}"),
            Self::DayOfMonth { day, month } => write!(f, "day {day} of {} month", pick(month)),
            Self::DayOfNextMonth(day) => write!(f, "day {day} of next month"),
            Self::DayOfNext { day, month, next } => {
                let next = word_of(&NextUnit::WORDS, next);
                write!(f, "day {day} of {} month of next {next}", pick(month))
            }
            Self::Date {
                month,
                day,
                next_year,
            } => {
                write!(f, "{month:02}-{day:02}")?;
                if next_year {
                    f.write_str(" of next year")
                } else {
                    Ok(())
                }
            }
            Self::WorkingDaysAfter(n) => write!(f, "{n} working days after"),
        }
    }
}

impl FromStr for CutOff {
    type Err = BadCutOff;
    fn from_str(text: &str) -> Result<Self, BadCutOff> {
        let form = || BadCutOff::Form {
            found: text.chars().take(64).collect(),
        };
        let words: Vec<&str> = text.split(' ').take(10).collect();
        match words.as_slice() {
            ["last", "day"] => Ok(Self::LastDay),
            ["day", day] => Ok(Self::Day(day_number(day).ok_or_else(form)??)),
            ["day", day, "of", "next", "month"] => {
                Ok(Self::DayOfNextMonth(day_number(day).ok_or_else(form)??))
            }
            ["day", day, "of", pick, "month", rest @ ..] => {
                let day = day_number(day).ok_or_else(form)??;
                let month = of_word(&MonthPick::WORDS, pick).ok_or_else(form)?;
                match rest {
                    [] => Ok(Self::DayOfMonth { day, month }),
                    ["of", "next", next] => {
                        let next = of_word(&NextUnit::WORDS, next).ok_or_else(form)?;
                        Ok(Self::DayOfNext { day, month, next })
                    }
                    _ => Err(form()),
                }
            }
            [n, "working", "days", "after"] => {
                let n = plain_number(n).ok_or_else(form)?;
                match u8::try_from(n) {
                    Ok(small) if (1..=Self::LARGEST_COUNT).contains(&n) => {
                        Ok(Self::WorkingDaysAfter(small))
                    }
                    _ => Err(BadCutOff::Count { n }),
                }
            }
            [date] => year_date(date, false).ok_or_else(form)?,
            [date, "of", "next", "year"] => year_date(date, true).ok_or_else(form)?,
            _ => Err(form()),
        }
    }
}

/// A number without leading zeros, at most four digits.
fn plain_number(text: &str) -> Option<u32> {
    let plain = text.len() <= 4 && (text == "0" || !text.starts_with('0'));
    if plain {
        digits(text, text.len())
    } else {
        None
    }
}

fn day_number(text: &str) -> Option<Result<u8, BadCutOff>> {
    let day = plain_number(text)?;
    Some(match u8::try_from(day) {
        Ok(small) if (1..=31).contains(&small) => Ok(small),
        _ => Err(BadCutOff::Day { day, largest: 31 }),
    })
}

fn year_date(text: &str, next_year: bool) -> Option<Result<CutOff, BadCutOff>> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (digits(month, 2)?, digits(day, 2)?);
    // 2024 has every date that any year has; the 29th of February is the 28th in other years.
    let exists = NaiveDate::from_ymd_opt(2024, month, day).is_some();
    let small = u8::try_from(month)
        .ok()
        .zip(u8::try_from(day).ok())
        .filter(|_| exists);
    Some(match small {
        Some((month, day)) => Ok(CutOff::Date {
            month,
            day,
            next_year,
        }),
        None => Err(BadCutOff::Date { month, day }),
    })
}

impl Serialize for CutOff {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl schemars::JsonSchema for CutOff {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CutOff".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": 60 })
    }
}

impl<'de> Deserialize<'de> for CutOff {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
