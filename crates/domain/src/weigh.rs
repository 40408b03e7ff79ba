//! Whether an act counts for an obligation, and if not, why not: the one place that decides.
//!
//! **Invariant:** `counted` rows are derived from this function alone; a rebuild equals them.
//! Basis: DUTY-2, DUTY-3.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::act::{Act, FieldValue, Judged, Part, PartRole};
use crate::calendar::Period;
use crate::duty::{Book, Duty, DutyLine, Key};
use crate::extension::Extensions;
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
    /// It counts for another period of the duty, whose last day comes first; no act counts twice.
    TakenBy {
        /// That period.
        period: Period,
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

/// A counted act: a row derived from the facts. Where an extension lets an act reach more than one
/// period of a duty there is a row for each; [`crate::share`] says which one takes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    /// The obligation.
    pub key: Key,
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
    let acted = Acted {
        duty,
        act,
        structure,
        due_on: world.due_on,
    };
    let before = structure.owners_before(owner, world.due_on);
    let own = || std::iter::once(owner).chain(before.iter().copied());
    let sel = &duty.rule.owed_by;
    // Each for itself is the common case, and needs no groups.
    let groups: Vec<Vec<Owner>> = match sel.how {
        How::Each => Vec::new(),
        How::Any | How::Jointly => own()
            .flat_map(|o| structure.groups(sel, &duty.lists, o, act.occurred_on))
            .collect(),
    };
    let by_any = sel.how == How::Any
        && groups
            .iter()
            .flatten()
            .any(|o| acted.parts(*o).next().is_some());
    if !by_any && own().all(|o| acted.parts(o).next().is_none()) {
        return Weight::Unrelated;
    }
    if let Some(why) = why_not_by_content(duty, act, structure) {
        return Weight::Not(why);
    }
    if let Some(why) = acted.why_not_by_role(owner, &before, &groups) {
        return Weight::Not(why);
    }
    let (on, provisional) = match counts_from(act) {
        Ok(found) => found,
        Err(why) => return Weight::Not(why),
    };
    if let Some(why) = why_not_by_time(duty, period, act, world.extensions) {
        return Weight::Not(why);
    }
    if let Some(locked_on) = world.locked_on
        && act.recorded_on() > locked_on
        && !world.corrected.contains(&act.id)
    {
        return Weight::Not(WhyNot::AfterLock {
            locked_on,
            recorded_on: act.recorded_on(),
        });
    }
    Weight::Counts { on, provisional }
}

/// What of the obligation's dates and rulings bears on a single act.
#[derive(Debug, Clone, Copy)]
pub struct Locks<'a> {
    /// The cut-off: what bodies did that were merged by it counts for their successors.
    pub due_on: NaiveDate,
    /// The last day of entry, where a lock is set.
    pub locked_on: Option<NaiveDate>,
    /// Acts with an approved correction.
    pub corrected: &'a BTreeSet<ActId>,
    /// The approved extensions: an act while one holds counts though the period is over.
    pub extensions: &'a Extensions,
}

/// What rulings on an obligation mean for one act.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bearing {
    /// A correction of this act was approved.
    pub corrected: bool,
    /// The approved extensions.
    pub extensions: Extensions,
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

/// Who did what in an act, as a duty looks at it.
#[derive(Clone, Copy)]
struct Acted<'a> {
    duty: &'a Duty,
    act: &'a Act,
    structure: &'a Structure,
    due_on: NaiveDate,
}

impl<'a> Acted<'a> {
    /// The parts in which an owner stands, roles left aside.
    fn parts(self, owner: Owner) -> impl Iterator<Item = &'a Part> {
        self.act.parts.iter().filter(move |part| match owner {
            Owner::Body(id) => part.body == id,
            Owner::Post(id) if self.duty.rule.what.through_body => {
                let mut posts = self.structure.posts_of(part.body, self.act.occurred_on);
                posts.any(|p| self.is_chair(p.id, id))
            }
            Owner::Post(id) => part.post.is_some_and(|p| self.is_chair(p, id)),
        })
    }

    /// Whether one post acts for another: itself, or a chair held by the same office where
    /// several chairs count once.
    fn is_chair(self, acted: PostId, owes: PostId) -> bool {
        let alike = || {
            let posts = (self.structure.post(acted), self.structure.post(owes));
            matches!(posts, (Some(a), Some(b)) if a.kind == b.kind && a.behind() == b.behind())
        };
        acted == owes || (self.duty.several_chairs_once && alike())
    }

    fn stands(self, owner: Owner) -> bool {
        let roles = &self.duty.rule.what.roles;
        self.parts(owner)
            .any(|part| roles.is_empty() || roles.contains(&part.role))
    }

    /// Whether an owner, or one that it took over from, stands in a role that counts.
    fn stands_with_predecessors(self, owner: Owner) -> bool {
        self.stands(owner)
            || self
                .structure
                .owners_before(owner, self.due_on)
                .iter()
                .any(|o| self.stands(*o))
    }

    fn why_not_by_role(
        self,
        owner: Owner,
        before: &[Owner],
        groups: &[Vec<Owner>],
    ) -> Option<WhyNot> {
        let own = || std::iter::once(owner).chain(before.iter().copied());
        let own_stands = own().any(|o| self.stands(o));
        let counts = match self.duty.rule.owed_by.how {
            How::Each => own_stands,
            How::Any => own_stands || groups.iter().flatten().any(|o| self.stands(*o)),
            How::Jointly => {
                let missing = self.missing(owner, own_stands, groups);
                return (!missing.is_empty()).then_some(WhyNot::NotTogether { missing });
            }
        };
        if counts {
            return None;
        }
        let has: BTreeSet<PartRole> = own().flat_map(|o| self.parts(o)).map(|p| p.role).collect();
        Some(WhyNot::WrongRole {
            has: has.into_iter().collect(),
        })
    }

    /// Who is missing in the group that is nearest to being complete; nobody where one is.
    fn missing(self, owner: Owner, own_stands: bool, groups: &[Vec<Owner>]) -> Vec<Owner> {
        let absent = |group: &Vec<Owner>| -> Vec<Owner> {
            let away = |o: &Owner| !self.stands_with_predecessors(*o);
            group.iter().copied().filter(away).collect()
        };
        let nearest = groups
            .iter()
            .filter(|g| !g.is_empty())
            .map(absent)
            .min_by_key(Vec::len);
        // Outside every group on that day one does nothing together with anybody.
        let Some(mut missing) = nearest else {
            return vec![owner];
        };
        if !own_stands && !missing.contains(&owner) {
            missing.push(owner);
        }
        missing
    }
}

fn is_form(duty: &Duty, act: &Act) -> bool {
    duty.rule.what.form.as_ref().is_none_or(|form| {
        let named = act.form.as_deref().and_then(|f| f.split_once('/'));
        named == Some((duty.in_use.pack.as_str(), form.as_str()))
    })
}

fn wrong_field<'a>(duty: &'a Duty, act: &Act) -> Option<&'a Slug> {
    let has = |field: &Slug, allowed: &[String]| {
        act.fields.get(field).is_some_and(|v| field_has(v, allowed))
    };
    let mut wanted = duty.rule.what.fields.iter();
    wanted
        .find(|(field, allowed)| !has(field, allowed))
        .map(|(field, _)| field)
}

fn is_presided(duty: &Duty, act: &Act, structure: &Structure) -> bool {
    let kinds = &duty.rule.what.presided_by;
    let presided = |part: &Part| {
        matches!(part.role, PartRole::Presided | PartRole::Led)
            && part
                .post
                .and_then(|p| structure.post(p))
                .is_some_and(|p| kinds.contains(&p.kind))
    };
    kinds.is_empty() || act.parts.iter().any(presided)
}

/// Whether what stands in the act could count at all, whoever owes: the cheap half of weighing.
fn may_count(duty: &Duty, act: &Act, structure: &Structure) -> bool {
    !act.withdrawn
        && duty.rule.what.acts.contains(&act.kind)
        && is_form(duty, act)
        && wrong_field(duty, act).is_none()
        && is_presided(duty, act, structure)
}

fn why_not_by_content(duty: &Duty, act: &Act, structure: &Structure) -> Option<WhyNot> {
    if act.withdrawn {
        return Some(WhyNot::Withdrawn);
    }
    if !is_form(duty, act) {
        return Some(WhyNot::OtherForm);
    }
    if let Some(field) = wrong_field(duty, act) {
        let has = act.fields.get(field).map(field_text).unwrap_or_default();
        return Some(WhyNot::WrongField {
            field: field.clone(),
            has,
        });
    }
    (!is_presided(duty, act, structure)).then_some(WhyNot::NotPresided)
}

fn field_has(value: &FieldValue, allowed: &[String]) -> bool {
    match value {
        FieldValue::Flag(flag) => {
            let word = if *flag { "true" } else { "false" };
            allowed.iter().any(|a| a == word)
        }
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
        Judged::SentBack { answer_by, .. } => Err(WhyNot::SentBack { answer_by }),
    }
}

fn why_not_by_time(
    duty: &Duty,
    period: Period,
    act: &Act,
    extensions: &Extensions,
) -> Option<WhyNot> {
    let on = act.occurred_on;
    let extended = period.last_day() < on && extensions.covers(on);
    match (&duty.rule.timing, act.period) {
        (DutyTiming::Recurring { .. }, Some(named)) => {
            (named != period).then_some(WhyNot::OtherPeriod { named })
        }
        (DutyTiming::Recurring { .. } | DutyTiming::Occasion { .. }, _) => {
            (!period.contains(on) && !extended).then_some(WhyNot::Outside { on })
        }
        // A one-off may be done late: it then counts as met late.
        (DutyTiming::Once { .. }, _) => (on < period.first_day()).then_some(WhyNot::Outside { on }),
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
    for line in book.lines_counting(&act.kind) {
        if !line
            .versions
            .iter()
            .any(|duty| may_count(duty, act, structure))
        {
            continue;
        }
        let extended = if act.period.is_none() {
            ruled.extended(line)
        } else {
            Vec::new()
        };
        for period in periods_for(book, line, act, &extended) {
            count_in(book, structure, act, ruled, (line, period), &mut out);
        }
    }
    out.sort();
    out.dedup();
    out
}

/// Everything that one act counts for in one period of a duty.
fn count_in(
    book: &Book,
    structure: &Structure,
    act: &Act,
    ruled: &dyn Bearings,
    (line, period): (&DutyLine, Period),
    out: &mut Vec<Counted>,
) {
    let Some(duty) = line.governing(period).and_then(|i| line.versions.get(i)) else {
        return;
    };
    if !may_count(duty, act, structure) {
        return;
    }
    let due_on = LazyCell::new(|| duty.due(period, book.calendar()).on);
    for owner in candidates(duty, act, &due_on, structure) {
        let bearing = ruled.bearing(line, owner, period, act.id);
        let last_on = || bearing.extensions.due_on(*due_on);
        let has_lock = duty.in_use.choices.lock_after_days.is_some();
        let locks = Locks {
            due_on: *due_on,
            locked_on: if has_lock {
                duty.locked_on(last_on())
            } else {
                None
            },
            corrected: &bearing.corrected.then_some(act.id).into_iter().collect(),
            extensions: &bearing.extensions,
        };
        if let Weight::Counts { on, provisional } =
            weigh(duty, owner, period, act, structure, &locks)
        {
            let key = Key {
                pack: line.pack.clone(),
                duty: line.id.clone(),
                owner,
                period,
            };
            out.push(Counted {
                key,
                act: act.id,
                on,
                provisional,
            });
        }
    }
}

/// The owners for whom an act might count: those with a part in it, their groups, and the
/// successors of merged bodies that have one.
fn candidates<F: FnOnce() -> NaiveDate>(
    duty: &Duty,
    act: &Act,
    due_on: &LazyCell<NaiveDate, F>,
    structure: &Structure,
) -> Vec<Owner> {
    let on = act.occurred_on;
    let sel = &duty.rule.owed_by;
    // Who owes is settled at the cut-off: a body may have come, or come to be selected, since.
    let selected = |o: Owner| {
        structure.selects(sel, &duty.lists, o, on)
            || structure.selects(sel, &duty.lists, o, **due_on)
    };
    let mut found = Vec::new();
    for part in &act.parts {
        found.push(Owner::Body(part.body));
        if let Some(post) = part.post {
            add_post(duty, structure, post, &mut found);
        }
        if duty.rule.what.through_body {
            for post in structure.posts_of(part.body, on) {
                add_post(duty, structure, post.id, &mut found);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let took_over: Vec<Owner> = found
        .iter()
        .flat_map(|o| structure.with_successors(*o, **due_on))
        .collect();
    found.extend(took_over);
    found.retain(|o| selected(*o));
    if sel.how == How::Any {
        // One acts for its whole group, those who joined it by the cut-off included.
        let groups = |o: Owner, day| structure.groups(sel, &duty.lists, o, day).into_iter();
        let joined: Vec<Owner> = found
            .iter()
            .flat_map(|o| groups(*o, on).chain(groups(*o, **due_on)))
            .flatten()
            .collect();
        found.extend(joined);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Adds a post, and where several chairs count once those that the same office holds.
fn add_post(duty: &Duty, structure: &Structure, id: PostId, found: &mut Vec<Owner>) {
    found.push(Owner::Post(id));
    if duty.several_chairs_once
        && let Some(post) = structure.post(id)
    {
        let same = structure
            .posts_behind(post.behind())
            .filter(|p| p.kind == post.kind);
        found.extend(same.map(|p| Owner::Post(p.id)));
    }
}

/// The home bodies that an act's parts belong to, for scope checks.
pub fn bodies_of(act: &Act) -> BTreeSet<BodyId> {
    act.parts.iter().map(|p| p.body).collect()
}
