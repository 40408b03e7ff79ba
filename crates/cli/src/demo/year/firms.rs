//! The enterprises: quarterly self-checks and drills, entered by the towns in one sitting.

use chrono::NaiveDate;

use super::{Year, day};
use crate::demo::data::Pace;
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::play::Step;
use crate::demo::sketch::Sketch;

/// Month and day.
type OfYear = (u32, u32);
/// Quarter, first and last day, share done in a hundred.
type Round = (u32, OfYear, OfYear, u32);

/// Rounds of self-checks.
const ROUNDS: [Round; 4] = [
    (1, (3, 2), (3, 30), 93),
    (2, (4, 7), (6, 29), 96),
    (3, (7, 2), (9, 29), 95),
    (4, (10, 9), (11, 4), 30),
];

impl Year<'_> {
    pub(super) fn firms(&mut self) {
        for at in 0..self.county.towns.len() {
            for round in ROUNDS {
                self.self_checks(at, round);
            }
            self.drills(at, 1, day(6, 26), (94, 45));
            self.drills(at, 2, day(11, 3), (55, 35));
        }
    }

    fn self_checks(&mut self, at: usize, round: Round) {
        let (quarter, from, to, share) = round;
        let (first, last) = (day(from.0, from.1), day(to.0, to.1));
        let Some(town) = self.county.towns.get(at) else {
            return;
        };
        let share = if town.pace == Pace::Lagging {
            share * 7 / 10
        } else {
            share
        };
        let id = town.id.clone();
        let entered = self.entered(last, &format!("checks/{id}/{quarter}"));
        let firms: Vec<Firm> = self
            .firms_of_town(at, entered)
            .into_iter()
            .cloned()
            .collect();
        for firm in firms {
            let key = format!("check/{}/{quarter}", firm.body);
            let mut dice = Dice::of(&format!("check/{}/{quarter}", self.place(&firm)));
            if !dice.percent(share) {
                continue;
            }
            let on = between(first, entered.min(last), &mut dice);
            let found = dice.between(0, 6);
            let major = u32::from(firm.high_hazard && dice.percent(4)).min(found);
            let mut sketch = Sketch::new("self-check", on)
                .hosted(firm.body)
                .field("scope", "full")
                .field("found", found)
                .field("major", major);
            let texts = self.texts.fields.get(&firm.sector);
            if let Some(text) = texts
                .and_then(|f| dice.pick(&f.problems))
                .filter(|_| found > 0)
            {
                sketch = sketch.field("problems", format!("{text}，已明确措施、时限和责任人"));
            }
            self.step_at(entered, 16 * 60 + 30, &id, &key, Step::Record(sketch.0));
        }
    }

    /// High-hazard firms drill each half-year, the others once a year.
    fn drills(&mut self, at: usize, half: u32, last: NaiveDate, share: (u32, u32)) {
        let Some(town) = self.county.towns.get(at) else {
            return;
        };
        let id = town.id.clone();
        let entered = self.entered(last, &format!("drills/{id}/{half}"));
        let firms: Vec<Firm> = self
            .firms_of_town(at, entered)
            .into_iter()
            .cloned()
            .collect();
        let first = if half == 1 { day(3, 10) } else { day(8, 3) };
        for firm in firms {
            let mut dice = Dice::of(&format!("drill/{}/{half}", self.place(&firm)));
            let wanted = if firm.high_hazard { share.0 } else { share.1 };
            if !dice.percent(wanted) {
                continue;
            }
            let on = between(first, entered, &mut dice);
            let kind = if firm.high_hazard {
                "combat"
            } else {
                "evacuation"
            };
            let topic = if firm.high_hazard {
                "泄漏着火先期处置和撤人"
            } else {
                "火灾疏散逃生"
            };
            let sketch = Sketch::new("drill", on)
                .hosted(firm.body)
                .field("kind", kind)
                .field("topic", topic)
                .field("people", dice.between(8, 90));
            let key = format!("drill/{}/{half}", firm.body);
            self.step_at(entered, 17 * 60, &id, &key, Step::Record(sketch.0));
        }
    }

    /// The day on which a town enters what its firms handed in: one of the last working days.
    fn entered(&self, last: NaiveDate, name: &str) -> NaiveDate {
        let mut dice = Dice::of(name);
        let back = chrono::Days::new(u64::from(dice.between(0, 5)));
        let on = last.checked_sub_days(back).unwrap_or(last);
        self.calendar.working_day_until(on).0
    }

    /// The place of a firm in the county, which names its dice.
    fn place(&self, firm: &Firm) -> usize {
        self.county
            .firms
            .iter()
            .position(|f| f.body == firm.body)
            .unwrap_or(0)
    }
}

fn between(first: NaiveDate, last: NaiveDate, dice: &mut Dice) -> NaiveDate {
    let days = u32::try_from((last - first).num_days()).unwrap_or(0);
    super::after(first, dice.between(0, days))
}
