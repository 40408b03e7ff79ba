//! Whether an act counts for an obligation, and if not, why not: the one place that decides.
//!
//! **Invariant:** `counted` rows are derived from this function alone; a rebuild equals them.
//! Basis: DUTY-2, DUTY-3.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::act::{Act, FieldValue, Judged, Part, PartRole};
use crate::calendar::Period;
use crate::duty::{Book, Duty, DutyLine};
use crate::id::{ActId, BodyId, Owner, PostId, Slug};
use crate::pack::{DutyTiming, How};
use crate::structure::Structure;

/// What an act is worth for an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It counts from this day; provisionally while a return waits for acceptance.
    Counts {
        /// The day by which it is judged on time or late.
        on: NaiveDate,
        /// It still waits for acceptance.
        provisional: bool,
    },
    /// It was looked at and does not count.
    Not(WhyNot),
    /// It has nothing to do with the obligation.
    Unrelated,
}

/// Why an act that the owner has a part in does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// It was withdrawn.
    Withdrawn,
    /// It is a return of another form.
    OtherForm,
    /// It answers for another period.
    OtherPeriod {
        /// The period it names.
        named: Period,
    },
    /// It did not happen in the period.
    Outside {
        /// When it happened.
        on: NaiveDate,
    },
    /// The owner stands in it in another role.
    WrongRole {
        /// The roles it has.
        has: Vec<PartRole>,
    },
    /// A field has another value than the duty asks for.
    WrongField {
        /// The field.
        field: Slug,
        /// What stands in it.
        has: String,
    },
    /// None of the posts that must preside or lead did.
    NotPresided,
    /// Not all who must do it together took part.
    NotTogether {
        /// Who is missing.
        missing: Vec<Owner>,
    },
    /// The return was sent back and is not answered.
    SentBack {
        /// Last day to answer.
        answer_by: Option<NaiveDate>,
    },
    /// It was entered after the lock, and no correction was approved.
    AfterLock {
        /// Last day of entry.
        locked_on: NaiveDate,
        /// When it was entered.
        recorded_on: NaiveDate,
    },
}

/// A counted act: a row derived from the facts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// Pack.
    pub pack: Slug,
    /// Duty.
    pub duty: Slug,
    /// Who owes.
    pub owner: Owner,
    /// In which period.
    pub period: Period,
    /// The act.
    pub act: ActId,
    /// The day by which it is judged.
    pub on: NaiveDate,
    /// It waits for acceptance.
    pub provisional: bool,
}

/// Weighs an act for an owner's duty in a period.
///
/// `corrected` holds the acts for which a correction of this obligation was approved.
pub fn weigh(
    duty: &Duty,
    owner: Owner,
    period: Period,
    act: &Act,
    structure: &Structure,
    world: &Locks<'_>,
) -> Weight {
    if !duty.rule.what.acts.contains(&act.kind) {
        return Weight::Unrelated;
    }
    let groups = structure.groups(
        &duty.rule.owed_by,
        &duty.lists,
        owner,
        act.occurred_on,
    );
    let owners = structure.with_predecessors(owner);
    let joined = |o: Owner| parts_of(duty, o, act, structure);
    let own: Vec<&Part> = owners.iter().flat_map(|o| joined(*o)).collect();
    let by_any = duty.rule.owed_by.how == How::Any
        && groups.iter().flatten().any(|o| !joined(*o).is_empty());
    if own.is_empty() && !by_any {
        return Weight::Unrelated;
    }
    if let Some(why) = why_not_by_content(duty, act, structure) {
        return Weight::Not(why);
    }
    if let Some(why) = why_not_by_role(duty, act, structure, &owners, &groups) {
        return Weight::Not(why);
    }
    let (on, provisional) = match counts_from(act) {
        Ok(found) => found,
        Err(why) => return Weight::Not(why),
    };
    if let Some(why) = why_not_by_time(duty, period, act, world.extended_to) {
        return Weight::Not(why);
    }
    if let Some(locked_on) = world.locked_on
        && act.recorded_on() > locked_on
        && !world.corrected.contains(&act.id)
    {
        return Weight::Not(WhyNot::AfterLock { locked_on, recorded_on: act.recorded_on() });
    }
    Weight::Counts { on, provisional }
}

/// What of the obligation's dates and rulings bears on a single act.
#[derive(Debug, Clone, Copy)]
pub struct Locks<'a> {
    /// The last day of entry, where a lock is set.
    pub locked_on: Option<NaiveDate>,
    /// Acts with an approved correction.
    pub corrected: &'a BTreeSet<ActId>,
    /// The last day by an approved extension: an act up to it counts though the period is over.
    pub extended_to: Option<NaiveDate>,
}

/// What rulings on an obligation mean for one act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bearing {
    /// A correction of this act was approved.
    pub corrected: bool,
    /// The latest approved date.
    pub extended_to: Option<NaiveDate>,
}

/// What the rulings of a county say, as far as single acts are concerned.
pub trait Bearings {
    /// What rulings on an obligation mean for an act.
    fn bearing(&self, line: &DutyLine, owner: Owner, period: Period, act: ActId) -> Bearing;

    /// Past periods of a duty that an approved extension keeps open for somebody.
    fn extended(&self, line: &DutyLine) -> Vec<Period>;
}

/// No rulings at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRulings;

impl Bearings for NoRulings {
    fn bearing(&self, _: &DutyLine, _: Owner, _: Period, _: ActId) -> Bearing {
        Bearing::default()
    }

    fn extended(&self, _: &DutyLine) -> Vec<Period> {
        Vec::new()
    }
}

/// The parts in which an owner stands, roles left aside.
fn parts_of<'a>(
    duty: &Duty,
    owner: Owner,
    act: &'a Act,
    structure: &Structure,
) -> Vec<&'a Part> {
    let same_chair = |a: PostId, b: PostId| match (structure.post(a), structure.post(b)) {
        (Some(x), Some(y)) => x.kind == y.kind && x.behind() == y.behind(),
        (Some(_) | None, _) => false,
    };
    act.parts
        .iter()
        .filter(|part| match owner {
            Owner::Body(id) => part.body == id,
            Owner::Post(id) if duty.rule.what.through_body => {
                let counts = |p: PostId| p == id || (duty.several_chairs_once && same_chair(p, id));
                structure.posts_of(part.body, act.occurred_on).any(|p| counts(p.id))
            }
            Owner::Post(id) => part.post.is_some_and(|p| {
                p == id || (duty.several_chairs_once && same_chair(p, id))
            }),
        })
        .collect()
}

fn role_counts(duty: &Duty, part: &Part) -> bool {
    duty.rule.what.roles.is_empty() || duty.rule.what.roles.contains(&part.role)
}

fn why_not_by_role(
    duty: &Duty,
    act: &Act,
    structure: &Structure,
    owners: &[Owner],
    groups: &[Vec<Owner>],
) -> Option<WhyNot> {
    let stands = |o: Owner| {
        parts_of(duty, o, act, structure).into_iter().any(|part| role_counts(duty, part))
    };
    match duty.rule.owed_by.how {
        How::Each => {
            if owners.iter().any(|o| stands(*o)) {
                return None;
            }
        }
        How::Any => {
            if groups.iter().flatten().any(|o| stands(*o)) {
                return None;
            }
        }
        How::Jointly => {
            let absent = |g: &Vec<Owner>| -> Vec<Owner> {
                g.iter().copied().filter(|o| !stands(*o)).collect()
            };
            let best = groups.iter().map(absent).min_by_key(Vec::len).unwrap_or_default();
            let nobody = groups.iter().all(Vec::is_empty);
            return (nobody || !best.is_empty()).then_some(WhyNot::NotTogether { missing: best });
        }
    }
    let has: BTreeSet<PartRole> = owners
        .iter()
        .flat_map(|o| parts_of(duty, *o, act, structure))
        .map(|part| part.role)
        .collect();
    Some(WhyNot::WrongRole { has: has.into_iter().collect() })
}

fn why_not_by_content(duty: &Duty, act: &Act, structure: &Structure) -> Option<WhyNot> {
    if act.withdrawn {
        return Some(WhyNot::Withdrawn);
    }
    let what = &duty.rule.what;
    if let Some(form) = &what.form {
        let wanted = format!("{}/{form}", duty.in_use.pack);
        if act.form.as_deref() != Some(wanted.as_str()) {
            return Some(WhyNot::OtherForm);
        }
    }
    for (field, allowed) in &what.fields {
        if !act.fields.get(field).is_some_and(|v| field_has(v, allowed)) {
            let has = act.fields.get(field).map(field_text).unwrap_or_default();
            return Some(WhyNot::WrongField { field: field.clone(), has });
        }
    }
    let presided = |part: &Part| {
        matches!(part.role, PartRole::Presided | PartRole::Led)
            && part
                .post
                .and_then(|p| structure.post(p))
                .is_some_and(|p| what.presided_by.contains(&p.kind))
    };
    if !what.presided_by.is_empty() && !act.parts.iter().any(presided) {
        return Some(WhyNot::NotPresided);
    }
    None
}

fn field_has(value: &FieldValue, allowed: &[String]) -> bool {
    match value {
        FieldValue::Flag(flag) => allowed.contains(&flag.to_string()),
        FieldValue::Number(number) => allowed.contains(&number.to_string()),
        FieldValue::Text(text) => allowed.contains(text),
        FieldValue::Many(all) => all.iter().any(|one| allowed.contains(one)),
    }
}

fn field_text(value: &FieldValue) -> String {
    match value {
        FieldValue::Flag(flag) => flag.to_string(),
        FieldValue::Number(number) => number.to_string(),
        FieldValue::Text(text) => text.clone(),
        FieldValue::Many(all) => all.join("、"),
    }
}

fn counts_from(act: &Act) -> Result<(NaiveDate, bool), WhyNot> {
    if act.form.is_none() {
        return Ok((act.occurred_on, false));
    }
    match act.judged() {
        Judged::Accepted(on) => Ok((on, false)),
        Judged::Waiting(on) => Ok((on, true)),
        Judged::SentBack { answer_by } => Err(WhyNot::SentBack { answer_by }),
    }
}

fn why_not_by_time(
    duty: &Duty,
    period: Period,
    act: &Act,
    extended_to: Option<NaiveDate>,
) -> Option<WhyNot> {
    let on = act.occurred_on;
    let extended = extended_to.is_some_and(|to| period.last_day() < on && on <= to);
    match (&duty.rule.timing, act.period) {
        (DutyTiming::Recurring { .. }, Some(named)) => {
            (named != period).then_some(WhyNot::OtherPeriod { named })
        }
        (DutyTiming::Recurring { .. } | DutyTiming::Occasion { .. }, _) => {
            (!period.contains(on) && !extended).then_some(WhyNot::Outside { on })
        }
        // A one-off may be done late: it then counts as met late.
        (DutyTiming::Once { .. }, _) => {
            (on < period.first_day()).then_some(WhyNot::Outside { on })
        }
    }
}

/// The period of a duty line that an act can fall into, if any.
fn periods_for(book: &Book, line: &DutyLine, act: &Act, extended: &[Period]) -> Vec<Period> {
    if let Some(named) = act.period {
        let named_is_owed = book
            .periods(line, named.first_day(), named.last_day())
            .into_iter()
            .filter(|p| *p == named);
        let owed: Vec<Period> = named_is_owed.collect();
        if !owed.is_empty() {
            return owed;
        }
    }
    let mut owed = book.periods(line, act.occurred_on, act.occurred_on);
    for duty in &line.versions {
        if let Some(once) = duty.once()
            && once.first_day() <= act.occurred_on
            && !owed.contains(&once)
        {
            owed.extend(book.periods(line, once.first_day(), once.last_day()));
        }
    }
    if act.period.is_none() {
        owed.extend(extended.iter().filter(|p| p.last_day() < act.occurred_on));
    }
    owed.sort();
    owed.dedup();
    owed
}

/// Everything that one act counts for. `ruled` answers what rulings on an obligation mean for the
/// act; recording touches only the duties that count the act's kind.
pub fn count_act(
    book: &Book,
    structure: &Structure,
    act: &Act,
    ruled: &dyn Bearings,
) -> Vec<Counted> {
    let mut out = Vec::new();
    if act.withdrawn {
        return out;
    }
    for line in book.lines() {
        if !line.versions.iter().any(|d| d.rule.what.acts.contains(&act.kind)) {
            continue;
        }
        for period in periods_for(book, line, act, &ruled.extended(line)) {
            let Some(duty) = line.governing(period).and_then(|i| line.versions.get(i)) else {
                continue;
            };
            let due = duty.due(period, book.calendar());
            for owner in candidates(duty, act, due.on, structure) {
                let bearing = ruled.bearing(line, owner, period, act.id);
                let due_on = bearing.extended_to.map_or(due.on, |to| to.max(due.on));
                let one = BTreeSet::from([act.id]);
                let none = BTreeSet::new();
                let locks = Locks {
                    locked_on: duty.locked_on(due_on),
                    corrected: if bearing.corrected { &one } else { &none },
                    extended_to: bearing.extended_to,
                };
                let weight = weigh(duty, owner, period, act, structure, &locks);
                if let Weight::Counts { on, provisional } = weight {
                    out.push(Counted {
                        pack: line.pack.clone(),
                        duty: line.id.clone(),
                        owner,
                        period,
                        act: act.id,
                        on,
                        provisional,
                    });
                }
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// The owners for whom an act might count: those with a part in it, their groups, and the
/// successors of merged bodies that have one.
fn candidates(duty: &Duty, act: &Act, due_on: NaiveDate, structure: &Structure) -> Vec<Owner> {
    let on = act.occurred_on;
    let sel = &duty.rule.owed_by;
    // Who owes is settled at the cut-off: a body may have come, or come to be selected, since.
    let selected = |o: Owner| {
        structure.selects(sel, &duty.lists, o, on) || structure.selects(sel, &duty.lists, o, due_on)
    };
    let mut found: BTreeSet<Owner> = BTreeSet::new();
    for part in &act.parts {
        found.insert(Owner::Body(part.body));
        if let Some(post) = part.post {
            found.insert(Owner::Post(post));
            if duty.several_chairs_once {
                found.extend(same_behind(structure, post));
            }
        }
        if duty.rule.what.through_body {
            for post in structure.posts_of(part.body, on) {
                found.insert(Owner::Post(post.id));
                if duty.several_chairs_once {
                    found.extend(same_behind(structure, post.id));
                }
            }
        }
    }
    let took_over: Vec<Owner> = found.iter().flat_map(|o| structure.with_successors(*o)).collect();
    found.extend(took_over);
    let direct: Vec<Owner> = found.into_iter().filter(|o| selected(*o)).collect();
    if sel.how != How::Any {
        return direct;
    }
    let grouped: BTreeSet<Owner> = direct
        .iter()
        .flat_map(|o| structure.groups(sel, &duty.lists, *o, on))
        .flatten()
        .collect();
    grouped.into_iter().collect()
}

fn same_behind(structure: &Structure, post: PostId) -> Vec<Owner> {
    let Some(one) = structure.post(post) else { return Vec::new() };
    structure
        .posts()
        .iter()
        .filter(|p| p.kind == one.kind && p.behind() == one.behind())
        .map(|p| Owner::Post(p.id))
        .collect()
}

/// The home bodies that an act's parts belong to, for scope checks.
pub fn bodies_of(act: &Act) -> BTreeSet<BodyId> {
    act.parts.iter().map(|p| p.body).collect()
}
