//! What happens in the year: who does what on which day, with the gaps of real life.
//!
//! **Invariant:** a plan is made of data alone: the county, the calendar, named dice.

mod committees;
mod county;
mod departments;
mod firms;
mod returns;
mod towns;
mod turns;

use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::{Period, PeriodKind, WorkCalendar};

use super::county::County;
use super::data::{Given, Texts};
use super::dice::Dice;
use super::firms::Firm;
use super::play::{Planned, Step};
use super::sketch::Sketch;
use crate::outcome::Outcome;

/// The year that is played.
const YEAR: i32 = 2026;
/// The clerk of the county office.
const OFFICE: &str = "anban";
/// The head of the county office, who decides requests.
const OFFICE_HEAD: &str = "anban.zhuren";

/// Everything that is done in the year, not yet in order.
pub(super) fn plan(
    county: &County,
    given: &Given,
    calendar: &WorkCalendar,
) -> Outcome<Vec<Planned>> {
    let mut year = Year {
        county,
        texts: &given.texts,
        calendar,
        steps: Vec::new(),
    };
    year.county_office()?;
    year.committees()?;
    year.departments()?;
    year.towns();
    year.returns()?;
    year.firms();
    year.turns()?;
    Ok(year.steps)
}

/// A plan in the making.
struct Year<'a> {
    county: &'a County,
    texts: &'a Texts,
    calendar: &'a WorkCalendar,
    steps: Vec<Planned>,
}

impl Year<'_> {
    /// A step at an hour of the day that the dice give. Who has several things to record on a day
    /// enters them in one sitting.
    fn step(&mut self, on: NaiveDate, by: &str, key: &str, step: Step) {
        let name = match &step {
            Step::Record(_) => format!("minute/{on}/{by}"),
            _ => format!("minute/{on}/{by}/{key}"),
        };
        let minute = Dice::of(&name).between(8 * 60 + 40, 17 * 60 + 20);
        self.step_at(on, minute, by, key, step);
    }

    fn step_at(&mut self, on: NaiveDate, minute: u32, by: &str, key: &str, step: Step) {
        let (by, key) = (by.to_owned(), key.to_owned());
        self.steps.push(Planned {
            on,
            minute,
            by,
            key,
            step,
        });
    }

    /// An act, entered on its day or on one of the next two working days.
    fn act(&mut self, on: NaiveDate, by: &str, key: &str, sketch: Sketch) {
        let later = Dice::of(&format!("entered/{key}")).between(0, 2);
        let entered = self.working_from(after(on, later));
        self.step(entered, by, key, Step::Record(sketch.0));
    }

    /// The first working day from a day on.
    fn working_from(&self, on: NaiveDate) -> NaiveDate {
        self.calendar.working_day_from(on).0
    }

    /// A working day of a month between two days of it.
    fn in_month(&self, month: u32, low: u32, high: u32, dice: &mut Dice) -> NaiveDate {
        let last = month_of(month).last_day().day();
        let on = day(month, dice.between(low.min(last), high.min(last)));
        let next = self.working_from(on);
        if next.month() == month {
            next
        } else {
            self.calendar.working_day_until(on).0
        }
    }

    /// A visit's findings in the words of the field that was visited.
    fn findings(&self, mut sketch: Sketch, firms: &[&Firm], dice: &mut Dice) -> Sketch {
        let mut found = Vec::new();
        for firm in firms {
            if let Some(field) = self.texts.fields.get(&firm.sector) {
                let count = dice.below(3);
                found.extend(dice.some(&field.problems, count).into_iter().cloned());
            }
        }
        if !found.is_empty() {
            sketch = sketch
                .field("problems", found.join("\n"))
                .field("found", found.len());
            if let Some(text) = dice.pick(&self.texts.visit.requirements) {
                sketch = sketch.field("requirements", text);
            }
        }
        sketch
    }

    /// A visit to firms: what was found, and how it was done.
    fn visit(&self, on: NaiveDate, firms: &[&Firm], by: &str, dice: &mut Dice) -> Sketch {
        let ways = ["unannounced", "unannounced", "routine", "special", "expert"];
        let way = dice.pick(&ways).copied().unwrap_or("routine");
        let mut sketch = Sketch::new("inspection", on)
            .field("way", way)
            .field("led", by);
        for firm in firms {
            sketch = sketch.visited(firm.body);
        }
        self.findings(sketch, firms, dice)
    }

    /// Firms on a town's territory on a day, those of merged towns included.
    fn firms_of_town(&self, town: usize, on: NaiveDate) -> Vec<&Firm> {
        let heir = |place: usize| {
            let one = self.county.towns.get(place)?;
            let gone = one.merged_on.is_some_and(|merged| merged <= on);
            let into = one.merged_into.as_ref().filter(|_| gone)?;
            self.county.towns.iter().position(|t| t.id == *into)
        };
        let stands = |f: &&Firm| heir(f.town).unwrap_or(f.town) == town;
        self.county.firms.iter().filter(stands).collect()
    }

    /// Firms of a field.
    fn firms_of_field(&self, sector: &str) -> Vec<&Firm> {
        self.county
            .firms
            .iter()
            .filter(|f| f.sector == sector)
            .collect()
    }

    /// What a field's meetings are about.
    fn topic(&self, sector: &str) -> &str {
        self.texts
            .fields
            .get(sector)
            .map_or("安全生产", |f| f.topic.as_str())
    }
}

/// A day of the year that is played; the last one of its month where the month is shorter.
fn day(month: u32, day: u32) -> NaiveDate {
    let found = (1..=day)
        .rev()
        .find_map(|d| NaiveDate::from_ymd_opt(YEAR, month, d));
    found.unwrap_or(NaiveDate::MIN)
}

fn after(on: NaiveDate, days: u32) -> NaiveDate {
    on.checked_add_days(Days::new(u64::from(days)))
        .unwrap_or(on)
}

fn month_of(month: u32) -> Period {
    Period::of(PeriodKind::Month, day(month, 1))
}

fn quarter_of(quarter: u32) -> Period {
    Period::of(PeriodKind::Quarter, day(quarter * 3, 1))
}

fn half_of(half: u32) -> Period {
    Period::of(PeriodKind::HalfYear, day(half * 6, 1))
}

fn whole_year() -> Period {
    Period::of(PeriodKind::Year, day(1, 1))
}
