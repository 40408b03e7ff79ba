//! Standing 履职状态: what became of an obligation, a pure function of facts and the day.
//!
//! **Invariant:** nobody types a standing; it follows from counted acts, rulings and today.
//! Basis: DUTY-2, DATE-1.

use chrono::NaiveDate;

use crate::body::codes;
use crate::duty::Obligation;
use crate::ruling::{Ruling, RulingKind, RulingState};

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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ruled {
    /// A waiver was approved.
    pub waived: bool,
    /// The latest approved date.
    pub extended_to: Option<NaiveDate>,
    /// When the first extension was asked for.
    pub extension_asked_on: Option<NaiveDate>,
    /// Days between the end of an extension and the asking for the next, all together.
    pub late_between: i64,
}

impl Ruled {
    /// Sums up the approved rulings.
    pub fn of<'a>(rulings: impl IntoIterator<Item = &'a Ruling>) -> Self {
        let mut out = Self::default();
        let mut extensions = Vec::new();
        for ruling in rulings
            .into_iter()
            .filter(|r| r.state == RulingState::Approved)
        {
            match (ruling.kind, ruling.new_due_on) {
                (RulingKind::Waiver, _) => out.waived = true,
                (RulingKind::Extension, Some(to)) => extensions.push((ruling.asked_on, to)),
                (RulingKind::Extension, None) | (RulingKind::Correction, _) => {}
            }
        }
        extensions.sort_unstable();
        for (asked_on, to) in extensions {
            // A further extension asked for within the one before comes in time.
            match out.extended_to {
                None => out.extension_asked_on = Some(asked_on),
                Some(held) => out.late_between += (asked_on - held).num_days().max(0),
            }
            out.extended_to = out.extended_to.max(Some(to));
        }
        out
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
}

/// The standing on `today`. `counted` is in any order and holds only what was known by `today`.
pub fn judge(terms: &Terms, counted: &[CountedOn], ruled: Ruled, today: NaiveDate) -> Standing {
    let due_on = ruled
        .extended_to
        .map_or(terms.due_on, |to| to.max(terms.due_on));
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
    let nth = |days: &[CountedOn]| {
        let at = usize::try_from(terms.need)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        days.get(at).map(|c| c.on)
    };
    let met_on = nth(days);
    let firm_on = if days.iter().any(|c| c.provisional) {
        let firm: Vec<CountedOn> = days.iter().copied().filter(|c| !c.provisional).collect();
        nth(&firm)
    } else {
        met_on
    };
    let (state, late) = if ruled.waived {
        (State::Waived, 0)
    } else if let Some(on) = met_on {
        if on <= due_on {
            (State::Met, 0)
        } else {
            (State::MetLate, (on - due_on).num_days())
        }
    } else if terms.ends_on.max(terms.due_on) < terms.followed_from_on {
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
        State::Met => firm_on.is_none_or(|on| on > due_on),
        State::MetLate => firm_on.is_none(),
        _ => false,
    };
    let ahead = matches!(state, State::NotYetOpen | State::Open | State::Overdue);
    let asked_late = ruled
        .extension_asked_on
        .map_or(0, |on| (on - terms.due_on).num_days());
    let lapsed = state == State::Open && today > due_on;
    Standing {
        lapsed,
        state,
        have,
        need: terms.need,
        due_on,
        met_on,
        days: late,
        provisional: waits || (ahead && terms.due_provisional && ruled.extended_to.is_none()),
        late_before_extension: asked_late.max(0) + ruled.late_between,
    }
}
