//! The obligation of a key, where somebody owes it, and what bears on it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::act::Act;
use domain::duty::{Key, Obligation};
use domain::extension::Extensions;
use domain::weigh::{Locks, Weight, weigh};

use crate::error::{Error, Result};
use crate::world::World;

/// The obligation that a key names, if it is owed as seen on a day.
pub(crate) fn find(world: &World, key: &Key, day: NaiveDate) -> Result<(usize, Obligation)> {
    let none = || Error::NotFound("这项职责");
    let at = world
        .book
        .lines()
        .iter()
        .position(|l| l.pack == key.pack && l.id == key.duty)
        .ok_or_else(none)?;
    let line = world.book.lines().get(at).ok_or_else(none)?;
    let owed = world
        .book
        .periods(line, key.period.first_day(), key.period.last_day());
    if !owed.contains(&key.period) {
        return Err(none());
    }
    let obligation = world
        .obligation(at, key.owner, key.period)
        .filter(|o| selects(world, o, day))
        .ok_or_else(none)?;
    Ok((at, obligation))
}

/// Whether the owner of an obligation owes it: settled at the cut-off, as it stands until then.
pub(super) fn selects(world: &World, obligation: &Obligation, day: NaiveDate) -> bool {
    let duty = &obligation.duty;
    let on = obligation.due.on.min(day);
    let (sel, lists) = (&duty.rule.owed_by, &duty.lists);
    world.structure.selects(sel, lists, obligation.owner, on)
}

/// Whether an act could ever count for an obligation: its owner has a part in an act of the kind.
pub(crate) fn bears_on(world: &World, obligation: &Obligation, act: &Act) -> bool {
    let corrected = BTreeSet::from([act.id]);
    let locks = Locks {
        due_on: obligation.due.on,
        locked_on: None,
        corrected: &corrected,
        extensions: &Extensions::default(),
    };
    let (duty, owner) = (&obligation.duty, obligation.owner);
    let weight = weigh(
        duty,
        owner,
        obligation.period,
        act,
        &world.structure,
        &locks,
    );
    weight != Weight::Unrelated
}
