//! Which period takes an act that several could count: an act counts for one period of a duty.
//!
//! An act falls into the period of its day. Where an extension keeps an earlier period open, an act
//! done meanwhile could count for both, and so it could where two occasions overlap. It is given to
//! the one whose last day comes first among those that still lack something; where none lacks
//! anything, to the period of its day. The order is that in which the law imputes what is paid to
//! several debts (民法典 第560条: the debt that falls due first).
//!
//! **Invariant:** acts are looked at by day and id. What one is given to depends on those before it
//! only: not on the order of recording, and on nothing that happened later. Basis: DUTY-2, DATE-1.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::calendar::Period;
use crate::duty::{Book, DutyLine};
use crate::extension::Extensions;
use crate::id::ActId;
use crate::pack::DutyTiming;
use crate::standing::CountedOn;

/// What one period of a duty asks of one who owes it, and the acts that could count for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The period.
    pub period: Period,
    /// How many it lacks; none where it was waived or lies before records.
    pub need: u32,
    /// The day that holds, extensions included.
    pub due_on: NaiveDate,
    /// The acts that could count for it, in any order.
    pub offered: Vec<(ActId, CountedOn)>,
}

/// What each period takes. Every act that is offered goes to exactly one period that it is offered
/// to, and nothing else does.
pub fn share(claims: &[Claim]) -> BTreeMap<Period, Vec<(ActId, CountedOn)>> {
    let mut claims: Vec<&Claim> = claims.iter().collect();
    claims.sort_by_key(|c| (c.due_on, c.period));
    let mut acts: BTreeMap<(NaiveDate, ActId), (CountedOn, Vec<usize>)> = BTreeMap::new();
    for (at, claim) in claims.iter().enumerate() {
        for (act, counted) in &claim.offered {
            let entry = acts.entry((counted.on, *act));
            let (_, wanted) = entry.or_insert_with(|| (*counted, Vec::new()));
            wanted.push(at);
        }
    }
    let mut taken: Vec<Vec<(ActId, CountedOn)>> = vec![Vec::new(); claims.len()];
    for ((on, act), (counted, wanted)) in acts {
        let lacks = |at: &&usize| {
            let need = claims.get(**at).map_or(0, |c| c.need);
            let has = taken.get(**at).map_or(0, Vec::len);
            u32::try_from(has).is_ok_and(|has| has < need)
        };
        let is_own = |at: &&usize| claims.get(**at).is_some_and(|c| c.period.contains(on));
        let to = wanted.iter().find(lacks);
        let to = to.or_else(|| wanted.iter().find(is_own));
        let to = to.or_else(|| wanted.last());
        if let Some(rows) = to.and_then(|at| taken.get_mut(*at)) {
            rows.push((act, counted));
        }
    }
    let periods = claims.iter().map(|c| c.period);
    periods.zip(taken).collect()
}

/// Days that a task is thought to be done late at most; the search for periods ends there.
const LATE_DAYS_MAX: u64 = 3_660;

/// The periods of a duty that share acts with one, that one included: those whose days overlap, an
/// extension's days after the period included, and theirs in turn. `extended` says which periods
/// were extended for the one who owes.
pub fn sharing(
    book: &Book,
    line: &DutyLine,
    period: Period,
    extended: &BTreeMap<Period, Extensions>,
) -> Vec<Period> {
    let mut found = vec![period];
    let mut at = 0;
    while let Some(period) = found.get(at).copied() {
        at += 1;
        let mine = reach(line, period, extended);
        let (Some(first), Some(last)) = (
            mine.iter().map(|(from, _)| *from).min(),
            mine.iter().map(|(_, to)| *to).max(),
        ) else {
            continue;
        };
        let owed = book.periods(line, first, last);
        for other in owed.into_iter().chain(extended.keys().copied()) {
            let theirs = reach(line, other, extended);
            let meets = mine
                .iter()
                .any(|(from, to)| theirs.iter().any(|(f, t)| from <= t && f <= to));
            if meets && !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found.sort();
    found
}

/// The days on which an act can count for a period.
fn reach(
    line: &DutyLine,
    period: Period,
    extended: &BTreeMap<Period, Extensions>,
) -> Vec<(NaiveDate, NaiveDate)> {
    let duty = line.governing(period).and_then(|at| line.versions.get(at));
    let last = match duty.map(|d| &d.rule.timing) {
        Some(DutyTiming::Once { .. }) => period
            .last_day()
            .checked_add_days(Days::new(LATE_DAYS_MAX))
            .unwrap_or(NaiveDate::MAX),
        Some(DutyTiming::Recurring { .. } | DutyTiming::Occasion { .. }) | None => {
            period.last_day()
        }
    };
    let mut out = vec![(period.first_day(), last)];
    let after = period.last_day().succ_opt().unwrap_or(NaiveDate::MAX);
    let windows = extended.get(&period).map_or(&[][..], Extensions::windows);
    out.extend(
        windows
            .iter()
            .map(|w| (w.asked_on.max(after), w.to))
            .filter(|(from, to)| from <= to),
    );
    out
}
