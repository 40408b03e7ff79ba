//! Extensions 延期: which days an approved one makes timely, and which late days it leaves on record.
//!
//! **Invariant:** an extension moves the day of its own obligation and looks forward only: it holds
//! from the day on which it was asked for. What was late before the asking stays late.
//! Basis: DATE-1.

use chrono::NaiveDate;

use crate::ruling::{Ruling, State, Wanted};

/// The days on which one extension holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The day on which it was asked for.
    pub asked_on: NaiveDate,
    /// The day to which the last day moved.
    pub to: NaiveDate,
}

/// The approved extensions of one obligation, in the order in which they were asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions {
    windows: Vec<Window>,
}

impl Extensions {
    /// Those among the rulings on an obligation.
    pub fn of<'a>(rulings: impl IntoIterator<Item = &'a Ruling>) -> Self {
        let approved = rulings
            .into_iter()
            .filter_map(|r| match (&r.state, r.wanted) {
                (State::Approved(_), Wanted::Extension { new_due_on }) => Some(Window {
                    asked_on: r.asked_on,
                    to: new_due_on,
                }),
                (State::Approved(_), Wanted::Waiver | Wanted::Correction { .. })
                | (State::Asked | State::Refused(_) | State::Withdrawn, _) => None,
            });
        approved.collect()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// They, the one asked for first before the others.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The latest day that any of them moves to.
    pub fn last_on(&self) -> Option<NaiveDate> {
        self.windows.iter().map(|w| w.to).max()
    }

    /// The day that holds in the end: never earlier than the one that the text sets.
    pub fn due_on(&self, due_on: NaiveDate) -> NaiveDate {
        self.last_on().map_or(due_on, |to| to.max(due_on))
    }

    /// Whether one of them holds on a day: asked for by then, and not yet over.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.windows
            .iter()
            .any(|w| w.asked_on <= day && day <= w.to)
    }

    /// How many days late something is that was done on a day; 0 is in time. A day after the last
    /// one that held, and before the next extension was asked for, is late and stays so.
    pub fn days_late(&self, due_on: NaiveDate, day: NaiveDate) -> i64 {
        if day <= due_on || self.covers(day) {
            return 0;
        }
        let over = self.windows.iter().map(|w| w.to).filter(|to| *to < day);
        let held = over.fold(due_on, NaiveDate::max);
        (day - held).num_days()
    }

    /// The days on which nothing held, before each asking, all together. They stay on record.
    pub fn late_before(&self, due_on: NaiveDate) -> i64 {
        let mut held = due_on;
        let mut late = 0;
        for window in &self.windows {
            late += (window.asked_on - held).num_days().max(0);
            held = held.max(window.to);
        }
        late
    }
}

impl FromIterator<Window> for Extensions {
    fn from_iter<I: IntoIterator<Item = Window>>(windows: I) -> Self {
        let mut windows: Vec<Window> = windows.into_iter().collect();
        windows.sort_unstable();
        Self { windows }
    }
}

#[cfg(test)]
mod tests {
    use super::{Extensions, Window};
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn extended(all: &[(&str, &str)]) -> Extensions {
        let window = |(asked, to): &(&str, &str)| Window {
            asked_on: day(asked),
            to: day(to),
        };
        all.iter().map(window).collect()
    }

    #[test]
    fn asked_for_in_time_it_moves_the_day() {
        let due = day("2026-10-31");
        let one = extended(&[("2026-10-20", "2026-11-10")]);
        assert_eq!(one.due_on(due), day("2026-11-10"));
        for (done, late) in [("2026-10-31", 0), ("2026-11-01", 0), ("2026-11-10", 0)] {
            assert_eq!(one.days_late(due, day(done)), late, "{done}");
        }
        assert_eq!(one.days_late(due, day("2026-11-12")), 2);
        assert_eq!(one.late_before(due), 0);
    }

    #[test]
    fn asked_for_late_it_excuses_nothing_done_before_the_asking() {
        let due = day("2026-10-31");
        let late = extended(&[("2026-11-05", "2026-11-10")]);
        let days = [
            ("2026-11-03", 3),
            ("2026-11-04", 4),
            ("2026-11-05", 0),
            ("2026-11-10", 0),
            ("2026-11-12", 2),
        ];
        for (done, late_by) in days {
            assert_eq!(late.days_late(due, day(done)), late_by, "{done}");
        }
        assert_eq!(late.late_before(due), 5);
    }

    #[test]
    fn a_further_one_goes_on_from_the_one_before() {
        let due = day("2026-10-31");
        let in_time = extended(&[("2026-10-20", "2026-11-10"), ("2026-11-09", "2026-11-20")]);
        assert_eq!(in_time.days_late(due, day("2026-11-15")), 0);
        assert_eq!(in_time.late_before(due), 0);
        let gap = extended(&[("2026-10-20", "2026-11-10"), ("2026-11-13", "2026-11-20")]);
        assert_eq!(gap.days_late(due, day("2026-11-12")), 2);
        assert_eq!(gap.days_late(due, day("2026-11-13")), 0);
        assert_eq!(gap.late_before(due), 3);
    }
}
