//! Which acts may count otherwise after a change: by kinds of act, days, and bodies that stand in
//! them. Everything else counts afterwards for what it counted before and need not be read.
//!
//! **Invariant:** an act that is not covered counts for the same before and after the change; a
//! property holds this for counties, acts and changes of every kind. Where it cannot be told
//! cheaply what an act counts for, it is covered.
//!
//! What an act counts for follows from the selection on its day and at the cut-off, from mergers
//! by the cut-off, and from the posts of the bodies in it (see [`crate::weigh`]). So selections
//! are compared, of those few owners for whom they can differ, on those days on which they can.

mod bodies;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::act::Act;
use crate::calendar::Period;
use crate::duty::{Book, Duty, DutyLine, Key};
use crate::id::{BodyId, Slug};
use crate::occasion::Occasion;
use crate::pack::DutyTiming;
use crate::structure::Structure;
use crate::weigh::Bearings;

pub use bodies::by_structure;

/// So many periods before a day are looked at for a cut-off that lies on it or later.
const PERIODS_BACK_MAX: usize = 400;

/// Acts of some kinds, on some days or of some periods, perhaps of some bodies only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Kinds of act.
    pub kinds: BTreeSet<Slug>,
    /// First day: of the act, or of the period that it names.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Only acts in which one of these stands; `None` is any.
    pub bodies: Option<BTreeSet<BodyId>>,
}

impl Spot {
    /// Whether an act lies in it.
    pub fn covers(&self, act: &Act) -> bool {
        let within = |on: NaiveDate| self.from <= on && on <= self.to;
        let stands = |bodies: &BTreeSet<BodyId>| act.parts.iter().any(|p| bodies.contains(&p.body));
        self.kinds.contains(&act.kind)
            && self.bodies.as_ref().is_none_or(stands)
            && (within(act.occurred_on) || act.period.is_some_and(|p| within(p.first_day())))
    }
}

/// The acts that may count otherwise after a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    spots: Vec<Spot>,
}

impl Touched {
    /// No act.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The acts in these spots.
    pub fn of(spots: impl IntoIterator<Item = Spot>) -> Self {
        let mut out = Self::default();
        for spot in spots {
            out.add(spot);
        }
        out
    }

    /// Every act of a kind that some duty counts.
    pub fn everything(book: &Book) -> Self {
        let mut out = Self::default();
        out.add(whole(book.lines().iter().flat_map(kinds).collect()));
        out
    }

    /// Where they lie; an act may lie in several.
    pub fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// Whether no act is touched.
    pub fn is_nothing(&self) -> bool {
        self.spots.is_empty()
    }

    /// Whether an act may count otherwise.
    pub fn covers(&self, act: &Act) -> bool {
        self.spots.iter().any(|spot| spot.covers(act))
    }

    /// These and those.
    pub fn join(&mut self, other: Self) {
        for spot in other.spots {
            self.add(spot);
        }
    }

    /// Spots of the same days and bodies are one, and so are those of the same few bodies: their
    /// acts are few, and each spot is a search.
    fn add(&mut self, new: Spot) {
        if new.kinds.is_empty() || new.bodies.as_ref().is_some_and(BTreeSet::is_empty) {
            return;
        }
        let alike = |spot: &&mut Spot| match (&spot.bodies, &new.bodies) {
            (Some(some), Some(others)) => some == others,
            (None, None) => (spot.from, spot.to) == (new.from, new.to),
            (Some(_), None) | (None, Some(_)) => false,
        };
        match self.spots.iter_mut().find(alike) {
            Some(spot) => {
                spot.kinds.extend(new.kinds);
                spot.from = spot.from.min(new.from);
                spot.to = spot.to.max(new.to);
            }
            None => self.spots.push(new),
        }
    }
}

fn whole(kinds: BTreeSet<Slug>) -> Spot {
    Spot {
        kinds,
        from: NaiveDate::MIN,
        to: NaiveDate::MAX,
        bodies: None,
    }
}

/// The kinds of act that some version of a duty counts.
fn kinds(line: &DutyLine) -> BTreeSet<Slug> {
    let versions = line.versions.iter();
    versions
        .flat_map(|d| d.rule.what.acts.iter().cloned())
        .collect()
}

/// The first day of the oldest period of a duty whose cut-off, or a day of which, is this day or a
/// later one. An extension keeps a period that the duty may no longer name.
fn reach(book: &Book, line: &DutyLine, ruled: &dyn Bearings, on: NaiveDate) -> NaiveDate {
    let of_version = |duty: &Arc<Duty>| match &duty.rule.timing {
        DutyTiming::Recurring { cadence, .. } if on > NaiveDate::MIN => {
            let last = cadence.period_of(on);
            let back = std::iter::successors(Some(last), |p| Some(p.previous()));
            back.take(PERIODS_BACK_MAX)
                .take_while(|p| *p == last || duty.due(*p, book.calendar()).on >= on)
                .map(|p| p.first_day())
                .min()
        }
        DutyTiming::Recurring { .. } => None,
        DutyTiming::Once { .. } => duty
            .once()
            .filter(|p| duty.due(*p, book.calendar()).on >= on)
            .map(|p| p.first_day()),
        DutyTiming::Occasion { kinds } => {
            let of_kind = |o: &&Occasion| kinds.contains(&o.kind) && o.to_on >= on;
            let meant = book.occasions().iter().filter(of_kind);
            meant.map(|o| o.from_on).min()
        }
    };
    let due = |p: &Period| {
        let duty = line.governing(*p).and_then(|at| line.versions.get(at));
        duty.is_some_and(|duty| duty.due(*p, book.calendar()).on >= on)
    };
    let extended = ruled.extended(line).into_iter().filter(due);
    let first = line.versions.iter().filter_map(of_version).min();
    let first = extended.map(|p| p.first_day()).chain(first).min();
    first.map_or(on, |first| first.min(on))
}

// --- packs and occasions -------------------------------------------------------------------------

/// What a change of packs in force, of the words that they use, and of occasions may touch.
pub fn by_book(before: &Book, after: &Book, ruled: &dyn Bearings) -> Touched {
    let mut out = Touched::nothing();
    if !Arc::ptr_eq(before.calendar(), after.calendar()) && before.calendar() != after.calendar() {
        out.join(Touched::everything(before));
        out.join(Touched::everything(after));
        return out;
    }
    let gone = before.lines().iter();
    let gone = gone.filter(|l| after.line(&l.pack, &l.id).is_none());
    for line in after.lines().iter().chain(gone) {
        let old = before.line(&line.pack, &line.id);
        let new = after.line(&line.pack, &line.id);
        let Some(day) = line_differs(old, new) else {
            continue;
        };
        for (book, line) in [(before, old), (after, new)] {
            let Some(line) = line else { continue };
            out.add(Spot {
                kinds: [old, new].into_iter().flatten().flat_map(kinds).collect(),
                from: reach_of_versions(book, line, ruled, day),
                to: NaiveDate::MAX,
                bodies: None,
            });
        }
    }
    for (one, other) in [(before, after), (after, before)] {
        let only = |o: &&Occasion| !other.occasions().contains(o);
        for occasion in one.occasions().iter().filter(only) {
            out.join(by_occasion(one, occasion, ruled));
        }
    }
    out
}

/// Acts on the days of an occasion, of the kinds that its duties count.
fn by_occasion(book: &Book, occasion: &Occasion, ruled: &dyn Bearings) -> Touched {
    let mut out = Touched::nothing();
    for line in book.lines() {
        let meant = |d: &Arc<Duty>| match &d.rule.timing {
            DutyTiming::Occasion { kinds } => kinds.contains(&occasion.kind),
            DutyTiming::Recurring { .. } | DutyTiming::Once { .. } => false,
        };
        if !line.versions.iter().any(meant) {
            continue;
        }
        let extended = ruled.extended(line).contains(&occasion.period());
        out.add(Spot {
            kinds: kinds(line),
            from: occasion.from_on,
            to: if extended {
                NaiveDate::MAX
            } else {
                occasion.to_on
            },
            bodies: None,
        });
    }
    out
}

/// The first day of the oldest period that a change of a duty's versions from a day on may reach.
/// A task may lie before the day on which its pack was applied, and so may what was extended.
fn reach_of_versions(
    book: &Book,
    line: &DutyLine,
    ruled: &dyn Bearings,
    on: NaiveDate,
) -> NaiveDate {
    let tasks = line.versions.iter().filter_map(|d| d.once());
    let periods = tasks.chain(ruled.extended(line));
    let first = periods.map(|p| p.first_day()).min();
    let reach = reach(book, line, ruled, on);
    first.map_or(reach, |first| first.min(reach))
}

/// The first day from which the versions of a duty are not what they were.
fn line_differs(before: Option<&DutyLine>, after: Option<&DutyLine>) -> Option<NaiveDate> {
    let versions = |line: Option<&DutyLine>| line.map_or(Vec::new(), |l| l.versions.clone());
    let (old, new) = (versions(before), versions(after));
    let many = old.len().max(new.len());
    let day = |at: usize| version_differs(old.get(at), new.get(at));
    (0..many).filter_map(day).min()
}

fn version_differs(before: Option<&Arc<Duty>>, after: Option<&Arc<Duty>>) -> Option<NaiveDate> {
    let (Some(old), Some(new)) = (before, after) else {
        return before.or(after).map(|d| d.in_use.from_on);
    };
    if Arc::ptr_eq(old, new) {
        return None;
    }
    let same = old.in_use.from_on == new.in_use.from_on
        && old.in_use.choices.lock_after_days == new.in_use.choices.lock_after_days
        && old.effect == new.effect
        && old.rule == new.rule
        && old.lists == new.lists
        && old.holiday == new.holiday
        && old.several_chairs_once == new.several_chairs_once;
    if !same {
        return Some(old.in_use.from_on.min(new.in_use.from_on));
    }
    let (old, new) = (old.in_use.to_on, new.in_use.to_on);
    (old != new).then(|| earlier(old, new))
}

/// The earlier of two ends, of which none lies farthest.
fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> NaiveDate {
    let ends = [a, b].into_iter().flatten();
    ends.min().unwrap_or(NaiveDate::MIN)
}

// --- rulings and whoever acts for one ------------------------------------------------------------

/// Days before a period within which an extension of it may change what an act counts for.
const WIDER_DAYS: u64 = 400;

/// What an approved extension of one obligation may touch: acts of its kinds from well before the
/// period on, whoever did them. Which of two periods takes an act is looked at beyond both, and one
/// may act for others: what is looked at in vain costs a look, what is missed would stay.
pub fn by_extension(book: &Book, key: &Key) -> Touched {
    let mut out = Touched::nothing();
    let Some(line) = book.line(&key.pack, &key.duty) else {
        return out;
    };
    let first = key.period.first_day();
    out.add(Spot {
        kinds: kinds(line),
        from: first
            .checked_sub_days(chrono::Days::new(WIDER_DAYS))
            .unwrap_or(first),
        to: NaiveDate::MAX,
        bodies: None,
    });
    out
}

/// The bodies whose parts in an act may count for what these bodies and their posts owe: they
/// themselves, their predecessors, and where several chairs count once those of the same office.
fn who_acts_for(
    line: &DutyLine,
    bodies: &BTreeSet<BodyId>,
    both: [&Structure; 2],
) -> BTreeSet<BodyId> {
    let mut out = bodies.clone();
    for s in both {
        out.extend(
            bodies
                .iter()
                .flat_map(|id| s.predecessors(*id, NaiveDate::MAX)),
        );
    }
    if line.versions.iter().any(|d| d.several_chairs_once) {
        let mut chairs = BTreeSet::new();
        for s in both {
            let posts = out.iter().flat_map(|id| s.every_post_of(*id));
            let same = posts.flat_map(|p| s.posts_behind(p.behind()));
            chairs.extend(same.map(|p| p.body));
        }
        out.extend(chairs);
    }
    out
}
