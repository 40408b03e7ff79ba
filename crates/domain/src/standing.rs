//! Standing 履职状态: what became of an obligation, a pure function of facts and the day.
//!
//! **Invariant:** nobody types a standing; it follows from counted acts, rulings and today.
//! Basis: DUTY-2, DATE-1.

use chrono::NaiveDate;

use crate::body::codes;
use crate::duty::Obligation;
use crate::extension::Extensions;
use crate::ruling::State::Approved;
use crate::ruling::{Ruling, Wanted};

codes! {
    /// Where an obligation stands.
    State {
        /// 未到期: its period has not begun.
        NotYetOpen = "not-yet-open",
        /// 进行中.
        Open = "open",
        /// 已完成.
        Met = "met",
        /// 迟: done after the last day.
        MetLate = "met-late",
        /// 逾期.
        Overdue = "overdue",
        /// 豁免.
        Waived = "waived",
        /// 起算前: before the office followed this notice.
        BeforeRecords = "before-records",
    }
}

/// An act that counts, as far as standing needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountedOn {
    /// The day by which it is judged.
    pub on: NaiveDate,
    /// It waits for acceptance.
    pub provisional: bool,
}

/// The standing of an obligation on a day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Standing {
    /// State.
    pub state: State,
    /// How many acts count.
    pub have: u32,
    /// How many are asked for.
    pub need: u32,
    /// Never overdue by itself, and its last day is past.
    pub lapsed: bool,
    /// The day that holds: the due day, or the extended one.
    pub due_on: NaiveDate,
    /// The day on which it was met.
    pub met_on: Option<NaiveDate>,
    /// Open: days left, today included as 0. Overdue or met late: days late. Else 0.
    pub days: i64,
    /// The date lies beyond the calendar, or a return still waits for acceptance.
    pub provisional: bool,
    /// An extension was asked for only after the last day: these days late stay on record.
    pub late_before_extension: i64,
}

/// What the rulings on an obligation come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ruled {
    /// A waiver was approved.
    pub waived: bool,
    /// The approved extensions.
    pub extensions: Extensions,
}

impl Ruled {
    /// Sums up the approved rulings.
    pub fn of<'a>(rulings: impl IntoIterator<Item = &'a Ruling, IntoIter: Clone>) -> Self {
        let rulings = rulings.into_iter();
        let waives = |r: &Ruling| matches!((&r.state, r.wanted), (Approved(_), Wanted::Waiver));
        Self {
            waived: rulings.clone().any(waives),
            extensions: Extensions::of(rulings),
        }
    }
}

/// The facts that standing depends on, besides the obligation itself.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// How many are asked for.
    pub need: u32,
    /// First day of the period.
    pub opens_on: NaiveDate,
    /// Last day of the period.
    pub ends_on: NaiveDate,
    /// The due day, before rulings.
    pub due_on: NaiveDate,
    /// The due day lies beyond the calendar.
    pub due_provisional: bool,
    /// Periods that end before this day are before records.
    pub followed_from_on: NaiveDate,
    /// Never overdue by itself.
    pub by_occasion: bool,
}

impl Terms {
    /// The terms of an obligation.
    pub fn of(obligation: &Obligation) -> Self {
        Self {
            need: obligation.duty.rule.at_least,
            opens_on: obligation.period.first_day(),
            ends_on: obligation.period.last_day(),
            due_on: obligation.due.on,
            due_provisional: obligation.due.provisional,
            followed_from_on: obligation.duty.in_use.followed_from_on,
            by_occasion: obligation.duty.by_occasion(),
        }
    }

    /// Whether the period ended before the office followed this notice.
    pub fn is_before_records(&self) -> bool {
        self.ends_on.max(self.due_on) < self.followed_from_on
    }
}

/// How the acts that count meet what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Done {
    /// Days late; 0 is in time.
    late: i64,
    /// The day on which it was done.
    on: NaiveDate,
}

/// The best of the acts that complete what is asked: the one with which enough were done, and each
/// after it. Done late and once more within an extension asked for since, it is met by the second;
/// so one more act never makes it worse, and taking one back never makes it better.
fn done(terms: &Terms, sorted: &[CountedOn], ruled: &Ruled) -> Option<Done> {
    let need = usize::try_from(terms.need).unwrap_or(usize::MAX);
    let completing = sorted.iter().skip(need.saturating_sub(1));
    let judged = |c: &CountedOn| Done {
        late: ruled.extensions.days_late(terms.due_on, c.on),
        on: c.on,
    };
    if ruled.extensions.is_empty() {
        // The first is the best: nothing is timely again after a late day.
        return completing.map(judged).next();
    }
    completing.map(judged).min()
}

/// The standing on `today`. `counted` is in any order and holds only what was known by `today`.
pub fn judge(terms: &Terms, counted: &[CountedOn], ruled: &Ruled, today: NaiveDate) -> Standing {
    let due_on = ruled.extensions.due_on(terms.due_on);
    // Most obligations have one act or none: a grid judges a hundred thousand, and copies nothing.
    let sorted: Vec<CountedOn>;
    let days: &[CountedOn] = match counted {
        [one] if one.on <= today => counted,
        [] | [_] => &[],
        many => {
            let mut days: Vec<CountedOn> = many.iter().copied().filter(|c| c.on <= today).collect();
            days.sort_unstable();
            sorted = days;
            &sorted
        }
    };
    let have = u32::try_from(days.len()).unwrap_or(u32::MAX);
    let met = done(terms, days, ruled);
    let firm = if days.iter().any(|c| c.provisional) {
        let firm: Vec<CountedOn> = days.iter().copied().filter(|c| !c.provisional).collect();
        done(terms, &firm, ruled)
    } else {
        met
    };
    let (state, late) = if ruled.waived {
        (State::Waived, 0)
    } else if let Some(Done { late, .. }) = met {
        if late == 0 {
            (State::Met, 0)
        } else {
            (State::MetLate, late)
        }
    } else if terms.is_before_records() {
        (State::BeforeRecords, 0)
    } else if today < terms.opens_on {
        (State::NotYetOpen, 0)
    } else if today <= due_on {
        (State::Open, (due_on - today).num_days())
    } else if terms.by_occasion {
        (State::Open, 0)
    } else {
        (State::Overdue, (today - due_on).num_days())
    };
    let waits = match state {
        State::Met => firm.is_none_or(|done| done.late > 0),
        State::MetLate => firm.is_none(),
        State::NotYetOpen | State::Open | State::Overdue | State::Waived | State::BeforeRecords => {
            false
        }
    };
    let ahead = matches!(state, State::NotYetOpen | State::Open | State::Overdue);
    let lapsed = state == State::Open && today > due_on;
    let moved = !ruled.extensions.is_empty();
    Standing {
        lapsed,
        state,
        have,
        need: terms.need,
        due_on,
        met_on: met.map(|done| done.on),
        days: late,
        provisional: waits || (ahead && terms.due_provisional && !moved),
        late_before_extension: ruled.extensions.late_before(terms.due_on),
    }
}
