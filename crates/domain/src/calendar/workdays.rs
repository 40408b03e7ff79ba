//! Working days 工作日: days off and make-up days by year, from the State Council's notices.
//!
//! **Invariant:** the covered years have no gap between them; a day outside them has no answer,
//! only a guess by its weekday that is marked as one.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use super::period::shift;

/// Days off and make-up working days of a run of years.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkCalendar {
    years: BTreeMap<i32, CalendarYear>,
    /// Every named day off and make-up day: the year of its notice and its holiday there.
    days: BTreeMap<NaiveDate, (i32, usize, Mark)>,
}

/// One year's notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year it settles.
    pub year: i32,
    /// The notice's title.
    pub title: String,
    /// 发文字号.
    pub number: String,
    /// Day of issue, where the file gives it.
    pub issued_on: Option<NaiveDate>,
    /// Where it was published.
    pub source: String,
    /// Its holidays, by first day.
    pub holidays: Vec<Holiday>,
}

/// A named holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Machine name, such as `spring-festival`; occasions refer to it.
    pub id: String,
    /// Name as the notice has it: 春节; joint holidays carry both names.
    pub name: String,
    /// First day off.
    pub from: NaiveDate,
    /// Last day off, included.
    pub to: NaiveDate,
    /// Days of a weekend that are worked in exchange.
    pub make_up: Vec<NaiveDate>,
}

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// 工作日.
    Working,
    /// 周末.
    Weekend,
    /// 放假 for the named holiday.
    Holiday(&'a Holiday),
    /// 调休上班 for the named holiday.
    MakeUp(&'a Holiday),
    /// Beyond the calendar: nobody has settled it.
    Uncovered {
        /// What the weekday alone suggests.
        weekend: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Off,
    MakeUp,
}

/// A year's file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// The file is longer than a year's table ever is.
    #[error(
        "the file has {bytes} bytes, allowed are {}",
        WorkCalendar::LARGEST_FILE_BYTES
    )]
    Large {
        /// Its size.
        bytes: usize,
    },
    /// It is not TOML of the expected shape; the text names line and key.
    #[error("not a calendar year: {0}")]
    Shape(String),
    /// The year is out of the range that dates have here.
    #[error("the year {0} is not between 1900 and 2199")]
    Year(i32),
    /// A holiday's id is not a slug, or stands twice.
    #[error("the holiday id {0:?} is no slug or stands twice")]
    Id(String),
    /// A holiday without a name, or with an overlong one.
    #[error("the holiday {0:?} has no name, or a name of more than 40 characters")]
    Name(String),
    /// A date that does not exist, or has a time of day.
    #[error("{id}: {found} is no civil date")]
    Date {
        /// The holiday.
        id: String,
        /// What stood there.
        found: String,
    },
    /// A holiday that ends before it begins, or lasts longer than any.
    #[error(
        "{id}: {from} to {to} is not 1 to {} days",
        WorkCalendar::LONGEST_HOLIDAY_DAYS
    )]
    Length {
        /// The holiday.
        id: String,
        /// First day.
        from: NaiveDate,
        /// Last day.
        to: NaiveDate,
    },
    /// A day that is neither in the year nor in the weeks around it.
    #[error("{id}: {on} does not belong to the year {year}")]
    OutsideYear {
        /// The holiday.
        id: String,
        /// The day.
        on: NaiveDate,
        /// The year of the file.
        year: i32,
    },
    /// A make-up day that is no Saturday or Sunday, or that is a day off as well.
    #[error("{id}: the make-up day {on} is no weekend day, or a day off")]
    MakeUp {
        /// The holiday.
        id: String,
        /// The day.
        on: NaiveDate,
    },
    /// Two calendars between which a year is missing.
    #[error("the year {missing} is missing between two calendars")]
    Gap {
        /// The first missing year.
        missing: i32,
    },
}

impl WorkCalendar {
    /// The largest file of one year.
    pub const LARGEST_FILE_BYTES: usize = 65_536;
    /// The longest holiday.
    pub const LONGEST_HOLIDAY_DAYS: i64 = 31;
    /// The files that ship with the program, one a year, oldest first.
    pub const BUILT_IN: &'static [(&'static str, &'static str)] = &[
        (
            "2023.toml",
            include_str!("../../../../data/calendar/2023.toml"),
        ),
        (
            "2024.toml",
            include_str!("../../../../data/calendar/2024.toml"),
        ),
        (
            "2025.toml",
            include_str!("../../../../data/calendar/2025.toml"),
        ),
        (
            "2026.toml",
            include_str!("../../../../data/calendar/2026.toml"),
        ),
    ];

    /// The years that ship with the program.
    pub fn shipped() -> Self {
        // A shipped file that does not parse fails a test; here it would only shorten the cover.
        Self::BUILT_IN
            .iter()
            .filter_map(|(_, text)| Self::parse(text).ok())
            .fold(Self::default(), |all, year| {
                all.clone().merge(year).unwrap_or(all)
            })
    }

    /// Reads one year's file.
    pub fn parse(text: &str) -> Result<Self, BadCalendar> {
        if text.len() > Self::LARGEST_FILE_BYTES {
            return Err(BadCalendar::Large { bytes: text.len() });
        }
        let file: YearFile = toml::from_str(text).map_err(|e| BadCalendar::Shape(e.to_string()))?;
        let year = checked_year(file)?;
        Ok(Self::of_years(BTreeMap::from([(year.year, year)])))
    }

    /// Both calendars together; where both settle a year, the other one's table holds.
    pub fn merge(self, other: Self) -> Result<Self, BadCalendar> {
        let mut years = self.years;
        years.extend(other.years);
        let mut expected = None;
        for &year in years.keys() {
            if let Some(missing) = expected.filter(|next| *next != year) {
                return Err(BadCalendar::Gap { missing });
            }
            expected = Some(year + 1);
        }
        Ok(Self::of_years(years))
    }

    fn of_years(years: BTreeMap<i32, CalendarYear>) -> Self {
        let mut days: BTreeMap<NaiveDate, (i32, usize, Mark)> = BTreeMap::new();
        for (&year, table) in &years {
            // A later notice settles the last days of the year before it anew; inside one notice
            // the first of joint holidays gives its name.
            let mut mark = |day, at, mark| {
                if days.get(&day).is_none_or(|(known, _, _)| *known != year) {
                    days.insert(day, (year, at, mark));
                }
            };
            for (at, holiday) in table.holidays.iter().enumerate() {
                for day in holiday
                    .from
                    .iter_days()
                    .take_while(|day| *day <= holiday.to)
                {
                    mark(day, at, Mark::Off);
                }
                for &day in &holiday.make_up {
                    mark(day, at, Mark::MakeUp);
                }
            }
        }
        Self { years, days }
    }

    /// The years it settles, with their notices, oldest first.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// First covered day; `None` while it covers nothing.
    pub fn covered_from(&self) -> Option<NaiveDate> {
        let year = *self.years.first_key_value()?.0;
        NaiveDate::from_ymd_opt(year, 1, 1)
    }

    /// Last covered day; `None` while it covers nothing.
    pub fn covered_until(&self) -> Option<NaiveDate> {
        let year = *self.years.last_key_value()?.0;
        NaiveDate::from_ymd_opt(year, 12, 31)
    }

    /// Whether the day's year has been settled.
    pub fn covers(&self, on: NaiveDate) -> bool {
        self.years.contains_key(&on.year())
    }

    /// The holidays of a year, by first day; empty beyond coverage.
    pub fn holidays(&self, year: i32) -> &[Holiday] {
        self.years.get(&year).map_or(&[], |table| &table.holidays)
    }

    /// A named holiday of a year.
    pub fn holiday(&self, year: i32, id: &str) -> Option<&Holiday> {
        self.holidays(year).iter().find(|holiday| holiday.id == id)
    }

    /// What a day is.
    pub fn kind_of(&self, on: NaiveDate) -> DayKind<'_> {
        let weekend = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
        if !self.covers(on) {
            return DayKind::Uncovered { weekend };
        }
        let marked = self.days.get(&on).and_then(|(year, at, mark)| {
            self.holidays(*year)
                .get(*at)
                .map(|holiday| (holiday, *mark))
        });
        match marked {
            Some((holiday, Mark::Off)) => DayKind::Holiday(holiday),
            Some((holiday, Mark::MakeUp)) => DayKind::MakeUp(holiday),
            None if weekend => DayKind::Weekend,
            None => DayKind::Working,
        }
    }

    /// Whether a day is worked; `None` beyond coverage.
    pub fn is_working(&self, on: NaiveDate) -> Option<bool> {
        match self.kind_of(on) {
            DayKind::Working | DayKind::MakeUp(_) => Some(true),
            DayKind::Weekend | DayKind::Holiday(_) => Some(false),
            DayKind::Uncovered { .. } => None,
        }
    }

    /// The nth working day after a day, and whether an uncovered day was passed on the way.
    ///
    /// The day itself is not counted; none counted is the day itself. Takes as long as there are
    /// days between; texts are limited to [`super::Span::LARGEST_N`].
    pub fn add_working_days(&self, after: NaiveDate, n: u32) -> (NaiveDate, bool) {
        let mut left = n;
        let mut on = after;
        let mut provisional = false;
        while left > 0 {
            let Some(next) = on.succ_opt() else { break };
            on = next;
            let (working, guessed) = self.working_or_guess(on);
            provisional |= guessed;
            left -= u32::from(working);
        }
        (on, provisional)
    }

    /// How many working days lie after `from` up to and with `to`, and whether one was a guess.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> (u32, bool) {
        let mut count = 0;
        let mut provisional = false;
        for on in from.iter_days().skip(1).take_while(|on| *on <= to) {
            let (working, guessed) = self.working_or_guess(on);
            provisional |= guessed;
            count += u32::from(working);
        }
        (count, provisional)
    }

    /// The day itself if it is worked, else the next one that is; and whether one was a guess.
    pub fn working_day_from(&self, on: NaiveDate) -> (NaiveDate, bool) {
        self.nearest(on, 1)
    }

    /// The day itself if it is worked, else the last one before that is; and whether one was a
    /// guess.
    pub fn working_day_until(&self, on: NaiveDate) -> (NaiveDate, bool) {
        self.nearest(on, -1)
    }

    fn nearest(&self, from: NaiveDate, step: i64) -> (NaiveDate, bool) {
        let mut on = from;
        let mut provisional = false;
        loop {
            let (working, guessed) = self.working_or_guess(on);
            provisional |= guessed;
            let next = shift(on, step);
            if working || next == on {
                return (on, provisional);
            }
            on = next;
        }
    }

    /// Whether a day is worked, and whether that is only a guess by its weekday.
    fn working_or_guess(&self, on: NaiveDate) -> (bool, bool) {
        match self.kind_of(on) {
            DayKind::Working | DayKind::MakeUp(_) => (true, false),
            DayKind::Weekend | DayKind::Holiday(_) => (false, false),
            DayKind::Uncovered { weekend } => (!weekend, true),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i32,
    title: String,
    number: String,
    issued: Option<toml::value::Datetime>,
    source: String,
    #[serde(rename = "holiday")]
    holidays: Vec<HolidayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayEntry {
    id: String,
    name: String,
    from: toml::value::Datetime,
    to: toml::value::Datetime,
    #[serde(default)]
    make_up: Vec<toml::value::Datetime>,
}

fn checked_year(mut file: YearFile) -> Result<CalendarYear, BadCalendar> {
    let year = file.year;
    if !super::Period::YEARS.contains(&year) {
        return Err(BadCalendar::Year(year));
    }
    let mut holidays: Vec<Holiday> = Vec::with_capacity(file.holidays.len());
    for entry in std::mem::take(&mut file.holidays) {
        let holiday = checked_holiday(entry, year)?;
        if holidays.iter().any(|known| known.id == holiday.id) {
            return Err(BadCalendar::Id(holiday.id));
        }
        holidays.push(holiday);
    }
    for holiday in &holidays {
        for &on in &holiday.make_up {
            let weekend = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
            let off = holidays.iter().any(|h| h.from <= on && on <= h.to);
            if off || !weekend {
                return Err(BadCalendar::MakeUp {
                    id: holiday.id.clone(),
                    on,
                });
            }
        }
    }
    // Stable: joint holidays keep the order of the notice.
    holidays.sort_by_key(|holiday| holiday.from);
    let issued_on = file
        .issued
        .map(|issued| civil_date("issued", issued))
        .transpose()?;
    let YearFile {
        title,
        number,
        source,
        ..
    } = file;
    Ok(CalendarYear {
        year,
        title,
        number,
        issued_on,
        source,
        holidays,
    })
}

fn checked_holiday(entry: HolidayEntry, year: i32) -> Result<Holiday, BadCalendar> {
    let HolidayEntry {
        id,
        name,
        from,
        to,
        make_up,
    } = entry;
    if id.parse::<crate::id::Slug>().is_err() {
        return Err(BadCalendar::Id(id));
    }
    if name.trim().is_empty() || name.chars().count() > 40 {
        return Err(BadCalendar::Name(id));
    }
    let from = civil_date(&id, from)?;
    let to = civil_date(&id, to)?;
    if !(0..WorkCalendar::LONGEST_HOLIDAY_DAYS).contains(&(to - from).num_days()) {
        return Err(BadCalendar::Length { id, from, to });
    }
    let make_up = make_up
        .into_iter()
        .map(|on| civil_date(&id, on))
        .collect::<Result<Vec<NaiveDate>, BadCalendar>>()?;
    // New Year may begin in December before, and be worked for there or in January.
    for on in [from, to].into_iter().chain(make_up.iter().copied()) {
        let near = on.year() == year || (on.year() == year - 1 && on.month() == 12);
        if !near {
            return Err(BadCalendar::OutsideYear { id, on, year });
        }
    }
    Ok(Holiday {
        id,
        name,
        from,
        to,
        make_up,
    })
}

fn civil_date(id: &str, found: toml::value::Datetime) -> Result<NaiveDate, BadCalendar> {
    let bad = || BadCalendar::Date {
        id: id.to_owned(),
        found: found.to_string(),
    };
    if found.time.is_some() || found.offset.is_some() {
        return Err(bad());
    }
    found
        .date
        .and_then(|d| {
            NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))
        })
        .ok_or_else(bad)
}

#[cfg(test)]
mod tests;
