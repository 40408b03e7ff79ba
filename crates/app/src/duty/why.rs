//! Why an act does not count for an obligation, with the names that belong to it.

use super::show::{FieldHas, NotCounted, WhyNotSeen};
use crate::facts::Facts;
use crate::world::World;
use chrono::NaiveDate;
use domain::act::Act;
use domain::duty::Key;
use domain::weigh::WhyNot;

/// An act of another period belongs to that one and need not be explained here, unless it only
/// just missed.
pub(super) fn far(on: NaiveDate, key: &Key) -> bool {
    let gap = if on < key.period.first_day() {
        (key.period.first_day() - on).num_days()
    } else {
        (on - key.period.last_day()).num_days()
    };
    gap > 7
}

/// Why an act that could count does not: another period of the duty takes it.
pub(super) fn taken(world: &World, key: &Key, act: &Act, facts: &Facts) -> WhyNotSeen {
    let mut rows = world.count(act, &facts.rulings);
    rows.retain(|row| {
        (&row.key.pack, &row.key.duty, row.key.owner) == (&key.pack, &key.duty, key.owner)
    });
    let taken = facts.takes(&world.book, rows);
    let by = taken.first().map(|row| row.key.period);
    by.map_or_else(
        || because(NotCounted::Other),
        |period| why_not(world, &WhyNot::TakenBy { period }, facts.day),
    )
}

fn because(reason: NotCounted) -> WhyNotSeen {
    WhyNotSeen {
        reason,
        period: None,
        on: None,
        until: None,
        roles: Vec::new(),
        field: None,
        missing: Vec::new(),
    }
}

/// Why an act does not count, with the names that belong to it.
pub(super) fn why_not(world: &World, why: &WhyNot, on: NaiveDate) -> WhyNotSeen {
    let mut seen = because(match why {
        WhyNot::Withdrawn => NotCounted::Withdrawn,
        WhyNot::OtherForm => NotCounted::OtherForm,
        WhyNot::OtherPeriod { .. } => NotCounted::OtherPeriod,
        WhyNot::Outside { .. } => NotCounted::Outside,
        WhyNot::WrongRole { .. } => NotCounted::WrongRole,
        WhyNot::WrongField { .. } => NotCounted::WrongField,
        WhyNot::NotPresided => NotCounted::NotPresided,
        WhyNot::NotTogether { .. } => NotCounted::NotTogether,
        WhyNot::TakenBy { .. } => NotCounted::TakenBy,
        WhyNot::SentBack { .. } => NotCounted::SentBack,
        WhyNot::AfterLock { .. } => NotCounted::AfterLock,
    });
    match why {
        WhyNot::Withdrawn | WhyNot::OtherForm | WhyNot::NotPresided => {}
        WhyNot::OtherPeriod { named: period } | WhyNot::TakenBy { period } => {
            seen.period = Some(*period);
        }
        WhyNot::Outside { on } => seen.on = Some(*on),
        WhyNot::WrongRole { has } => seen.roles.clone_from(has),
        WhyNot::WrongField { field, has } => {
            seen.field = Some(FieldHas {
                field: field.clone(),
                has: crate::act::value_title(world, field, has),
            });
        }
        WhyNot::NotTogether { missing } => {
            seen.missing = missing.iter().map(|o| world.owner_name(*o, on)).collect();
        }
        WhyNot::SentBack { answer_by } => seen.until = *answer_by,
        WhyNot::AfterLock {
            locked_on,
            recorded_on,
        } => {
            seen.until = Some(*locked_on);
            seen.on = Some(*recorded_on);
        }
    }
    seen
}
