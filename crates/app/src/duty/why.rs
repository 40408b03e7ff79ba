//! Why an act does not count for an obligation, with the names that belong to it.

use chrono::NaiveDate;
use domain::act::{Act, PartRole};
use domain::calendar::Period;
use domain::duty::Key;
use domain::id::Slug;
use domain::weigh::WhyNot;
use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::Facts;
use crate::world::World;

/// A field of an act with the value that it has there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldHas {
    /// The field.
    pub field: Slug,
    /// The value's title; empty where nothing stands in it.
    pub has: String,
}

domain::codes! {
    /// Why an act does not count for an obligation.
    NotCounted {
        /// It was withdrawn.
        Withdrawn = "withdrawn",
        /// It is a return of another form.
        OtherForm = "other-form",
        /// It answers for another period.
        OtherPeriod = "other-period",
        /// It did not happen in the period.
        Outside = "outside",
        /// The owner stands in it in another role.
        WrongRole = "wrong-role",
        /// A field has another value than the duty asks for.
        WrongField = "wrong-field",
        /// None of the posts that must preside or lead did.
        NotPresided = "not-presided",
        /// Not all who must do it together took part.
        NotTogether = "not-together",
        /// It counts for another period of the duty.
        TakenBy = "taken-by",
        /// The return was sent back and is not answered.
        SentBack = "sent-back",
        /// It was entered after the lock.
        AfterLock = "after-lock",
        /// Another act counts in its place.
        Other = "other",
    }
}

/// Why an act does not count, with what belongs to the reason.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhyNotSeen {
    /// The reason.
    pub reason: NotCounted,
    /// The period that it names, or that takes it.
    pub period: Option<Period>,
    /// When it happened, or was entered, where that is the reason.
    pub on: Option<NaiveDate>,
    /// The last day of entry, or the last day to answer.
    pub until: Option<NaiveDate>,
    /// The roles that the owner has in it.
    pub roles: Vec<PartRole>,
    /// What stands in the field, where that is the reason.
    pub field: Option<FieldHas>,
    /// The names of those who are missing.
    pub missing: Vec<String>,
}

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
