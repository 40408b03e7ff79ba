//! The two monthly returns of towns and departments, and what the office does with them.

use chrono::NaiveDate;
use domain::id::BodyId;

use super::towns::exists;
use super::{OFFICE, Year, after, day, month_of};
use crate::demo::dice::Dice;
use crate::demo::notice::THREE_ACTIONS;
use crate::demo::play::Step;
use crate::demo::sketch::Sketch;
use crate::outcome::Outcome;

/// What goes wrong with a month's returns of one unit.
#[derive(Clone, Copy)]
enum Trouble {
    /// Never handed in.
    Missing,
    /// Handed in late, on this day of the month.
    Late(u32),
    /// Sent back, answered after so many days (three are given).
    Back(u32),
    /// Handed in late and nobody has looked at it yet: month and day.
    Waiting(u32, u32),
}

/// Unit, month, what goes wrong.
const TROUBLES: [(&str, u32, Trouble); 15] = [
    ("shiqiao", 4, Trouble::Late(27)),
    ("shiqiao", 6, Trouble::Late(24)),
    ("shiqiao", 7, Trouble::Missing),
    ("shiqiao", 9, Trouble::Late(28)),
    ("shiqiao", 10, Trouble::Missing),
    ("baima", 8, Trouble::Late(26)),
    ("longquan", 5, Trouble::Late(25)),
    ("qingya", 9, Trouble::Back(2)),
    ("shankou", 6, Trouble::Back(6)),
    ("xipo", 10, Trouble::Waiting(11, 4)),
    ("songlin", 10, Trouble::Waiting(11, 3)),
    ("renshe", 5, Trouble::Late(27)),
    ("shangwu", 8, Trouble::Back(3)),
    ("shuiwu", 7, Trouble::Late(29)),
    ("sifa", 10, Trouble::Missing),
];

/// The two forms.
const FORMS: [&str; 2] = ["three-actions-monthly", "three-actions-ledger"];

impl Year<'_> {
    pub(super) fn returns(&mut self) -> Outcome<()> {
        let mut units: Vec<(String, BodyId, Option<usize>)> = Vec::new();
        for (at, town) in self.county.towns.iter().enumerate() {
            units.push((town.id.clone(), town.government, Some(at)));
        }
        for dept in &self.county.departments {
            units.push((dept.id.clone(), dept.body, None));
        }
        for (id, body, town) in units {
            for month in 3..=10 {
                let stands = town
                    .and_then(|at| self.county.towns.get(at))
                    .is_none_or(|t| exists(t, day(month, 22)));
                if stands {
                    self.month(&id, body, month);
                }
            }
        }
        Ok(())
    }

    fn month(&mut self, id: &str, body: BodyId, month: u32) {
        let trouble = TROUBLES
            .iter()
            .find(|(unit, m, _)| *unit == id && *m == month)
            .map(|(.., t)| *t);
        let mut dice = Dice::of(&format!("return/{id}/{month}"));
        let usual = {
            let on = self.in_month(month, 16, 22, &mut dice);
            let last = self.calendar.working_day_until(day(month, 22)).0;
            on.min(last)
        };
        for form in FORMS {
            // The ledger has its own troubles; one missing table is enough for most.
            let trouble = trouble.filter(|t| form == FORMS[0] || matches!(t, Trouble::Missing));
            let on = match trouble {
                Some(Trouble::Missing) => continue,
                Some(Trouble::Late(d)) => self.working_from(day(month, d)),
                Some(Trouble::Waiting(m, d)) => day(m, d),
                Some(Trouble::Back(_)) | None => usual,
            };
            let key = format!("return/{form}/{id}/{month}");
            self.submit(id, body, form, month, on, &key, &mut dice);
            match trouble {
                Some(Trouble::Waiting(..)) => {}
                Some(Trouble::Back(days)) => self.sent_back(id, body, form, month, on, days, &key),
                Some(Trouble::Missing | Trouble::Late(_)) | None => {
                    let judged = self.working_from(after(on, dice.between(1, 3)));
                    self.step(judged, OFFICE, &key, Step::Accept);
                }
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one return is named by all of them"
    )]
    fn submit(
        &mut self,
        id: &str,
        body: BodyId,
        form: &str,
        month: u32,
        on: NaiveDate,
        key: &str,
        dice: &mut Dice,
    ) {
        let mut sketch = blank(body, form, month, on);
        if dice.percent(85) {
            sketch = sketch.field("national", on);
        }
        self.step(on, id, key, Step::Record(sketch.0));
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one return is named by all of them"
    )]
    fn sent_back(
        &mut self,
        id: &str,
        body: BodyId,
        form: &str,
        month: u32,
        on: NaiveDate,
        days: u32,
        key: &str,
    ) {
        let back = self.working_from(after(on, 1));
        let why = "部门检查栏整改数大于发现数，请核对后重新报送。".to_owned();
        self.step_at(back, 9 * 60, OFFICE, key, Step::SendBack(why));
        let again = after(back, days);
        let sketch = blank(body, form, month, on)
            .field("national", again)
            .field("note", "已按退回意见核对更正");
        self.step_at(again, 15 * 60, id, key, Step::SubmitAgain(sketch.0));
        let judged = self.working_from(after(again, 1));
        self.step_at(judged, 10 * 60, OFFICE, key, Step::Accept);
    }
}

fn blank(body: BodyId, form: &str, month: u32, on: NaiveDate) -> Sketch {
    Sketch::new("return", on)
        .hosted(body)
        .form(THREE_ACTIONS, form)
        .period(month_of(month))
}
