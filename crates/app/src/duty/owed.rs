//! What is owed and how it stands, before anything is said of it: obligations are judged by the
//! thousand and put into words by the page.
//!
//! **Invariant:** it is a cache: what a county owes in a year is judged anew when the county, its
//! rulings, its counted acts or the day are others.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use domain::calendar::Period;
use domain::duty::{Duty, Key};
use domain::id::{BodyId, Owner, Slug};
use domain::standing::{Standing, Terms};

use crate::facts::{Facts, Rulings};
use crate::world::World;

/// Days back that overdue items are looked for.
const BACK_DAYS: u64 = 400;
/// Days ahead that items of coming periods are shown.
const AHEAD_DAYS: u64 = 45;

/// An obligation with its standing.
#[derive(Debug, Clone)]
pub(crate) struct Owed {
    /// The place of the duty in the book.
    pub(crate) at: usize,
    /// Who owes.
    pub(crate) owner: Owner,
    /// The owner's body.
    pub(crate) body: BodyId,
    /// For which period.
    pub(crate) period: Period,
    /// The last day before extensions: the year and month in which lists show it.
    pub(crate) falls_due: NaiveDate,
    /// How it stands.
    pub(crate) standing: Standing,
}

impl Owed {
    /// Its key; `None` where its duty is gone.
    pub(crate) fn key(&self, world: &World) -> Option<Key> {
        let line = world.book.lines().get(self.at)?;
        Some(Key {
            pack: line.pack.clone(),
            duty: line.id.clone(),
            owner: self.owner,
            period: self.period,
        })
    }

    /// Its duty, in the version that governs the period.
    fn duty<'a>(&self, world: &'a World) -> Option<&'a Duty> {
        let line = world.book.lines().get(self.at)?;
        let at = line.governing(self.period)?;
        line.versions.get(at).map(AsRef::as_ref)
    }

    /// The title of its duty.
    pub(crate) fn title<'a>(&self, world: &'a World) -> &'a str {
        self.duty(world).map_or("", |d| d.decl.title.as_str())
    }

    /// The kind of act to record for it.
    pub(crate) fn kind<'a>(&self, world: &'a World) -> Option<&'a Slug> {
        self.duty(world)?.rule.what.acts.first()
    }

    /// Whether it is never overdue by itself.
    pub(crate) fn is_by_occasion(&self, world: &World) -> bool {
        self.duty(world).is_some_and(Duty::by_occasion)
    }
}

/// Everything that falls due on days that are asked for, in periods that overlap a span, judged.
fn judged(
    world: &World,
    facts: &Facts,
    (from, to): (NaiveDate, NaiveDate),
    wants: impl Fn(NaiveDate) -> bool,
) -> Vec<Owed> {
    let mut out = Vec::new();
    for (at, line) in world.book.lines().iter().enumerate() {
        for period in world.book.periods(line, from, to) {
            let governing = line.governing(period).and_then(|i| line.versions.get(i));
            let due = world.due(at, period).filter(|due| wants(due.on));
            let Some(due) = due.filter(|_| governing.is_some_and(|d| d.followed)) else {
                continue;
            };
            let owners = world.owners(at, period, facts.day);
            let first = owners.first();
            let terms = first.and_then(|owner| world.obligation(at, *owner, period));
            let Some(terms) = terms.map(|ob| Terms::of(&ob)) else {
                continue;
            };
            let shared = facts.in_period(&world.book, line, period, terms);
            let known = owners
                .iter()
                .filter_map(|o| Some((*o, world.structure.body_of(*o)?)));
            out.extend(known.map(|(owner, body)| Owed {
                at,
                owner,
                body,
                period,
                falls_due: due.on,
                standing: shared.standing(owner),
            }));
        }
    }
    out
}

/// What some owners owe in periods that overlap the days, by the day on which it is due.
pub(crate) fn owed_by(
    world: &World,
    facts: &Facts,
    owners: &[Owner],
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<Owed> {
    let (first, last) = (from.min(back(facts.day)), to.max(ahead(facts.day)));
    let owing = world.owing(first, last, facts.day);
    let mut out = Vec::new();
    for owner in owners {
        let Some(body) = world.structure.body_of(*owner) else {
            continue;
        };
        for (at, period) in owing.get(owner).into_iter().flatten() {
            let overlaps = period.first_day() <= to && from <= period.last_day();
            let line = world.book.lines().get(*at).filter(|_| overlaps);
            let owed = line.and_then(|l| Some((l, world.obligation(*at, *owner, *period)?)));
            let Some((line, obligation)) = owed else {
                continue;
            };
            out.push(Owed {
                at: *at,
                owner: *owner,
                body,
                period: *period,
                falls_due: obligation.due.on,
                standing: world.standing(line, &obligation, facts),
            });
        }
    }
    let ranks = Ranks::of(world);
    out.sort_by_cached_key(|owed| ranks.by_due(owed));
    out
}

/// The first day that open items are looked for on.
pub(super) fn back(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(BACK_DAYS)).unwrap_or(day)
}

/// The last day that items of coming periods are shown of.
pub(super) fn ahead(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(day)
}

/// The order of the duties of a county, as their keys have it.
struct Ranks(Vec<usize>);

impl Ranks {
    fn of(world: &World) -> Self {
        let lines = world.book.lines();
        let ids: BTreeSet<_> = lines.iter().map(|l| (&l.pack, &l.id)).collect();
        let rank = |l: &domain::duty::DutyLine| ids.range(..(&l.pack, &l.id)).count();
        Self(lines.iter().map(rank).collect())
    }

    fn by_due(&self, owed: &Owed) -> (NaiveDate, usize, Owner, Period) {
        let rank = self.0.get(owed.at).copied().unwrap_or(usize::MAX);
        (owed.standing.due_on, rank, owed.owner, owed.period)
    }
}

/// Everything that a county owes and that falls due in a year, by the day and by the owner.
#[derive(Debug)]
pub(crate) struct Year {
    /// By due day, then by key.
    rows: Vec<Owed>,
    /// The same rows by the order of the bodies, then as above.
    by_owner: Vec<u32>,
}

impl Year {
    pub(super) fn judged(world: &World, facts: &Facts, year: i32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let last = NaiveDate::from_ymd_opt(year, 12, 31)?;
        let wants = |on: NaiveDate| on.year() == year;
        let mut rows = judged(world, facts, (before(first), last), wants);
        let ranks = Ranks::of(world);
        rows.sort_by_cached_key(|owed| ranks.by_due(owed));
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let mut by_owner: Vec<u32> = (0..count).collect();
        // Stable: rows of one owner stay in the order of their days.
        by_owner.sort_by_cached_key(|i| {
            let owed = rows.get(*i as usize);
            owed.map(|o| (body_order(world, o.body), o.owner))
        });
        Some(Self { rows, by_owner })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The row at a place of an order.
    pub(crate) fn at(&self, is_by_owner: bool, place: usize) -> Option<&Owed> {
        if is_by_owner {
            self.rows.get(*self.by_owner.get(place)? as usize)
        } else {
            self.rows.get(place)
        }
    }

    /// The first place of an order whose row does not lie before a key, or behind it.
    pub(crate) fn place(
        &self,
        world: &World,
        is_by_owner: bool,
        (due_on, key): (NaiveDate, &Key),
        behind: bool,
    ) -> usize {
        let whose = world.structure.body_of(key.owner);
        let order = whose.filter(|_| is_by_owner);
        let order = order.map(|body| (body_order(world, body), key.owner));
        let asked = (order, due_on, key.clone());
        let of = |owed: &Owed| {
            let order = is_by_owner.then(|| (body_order(world, owed.body), owed.owner));
            Some((order, owed.standing.due_on, owed.key(world)?))
        };
        let lies_before = |owed: &Owed| match of(owed) {
            Some(own) if behind => own <= asked,
            Some(own) => own < asked,
            None => true,
        };
        if is_by_owner {
            let row = |i: &u32| self.rows.get(*i as usize);
            self.by_owner
                .partition_point(|i| row(i).is_none_or(lies_before))
        } else {
            self.rows.partition_point(lies_before)
        }
    }
}

fn body_order(world: &World, body: BodyId) -> (String, BodyId) {
    let known = world.structure.body(body);
    (known.map(|b| b.sort_key.clone()).unwrap_or_default(), body)
}

/// Days before a year in which a period may end that falls due within it.
const BEFORE_DAYS: u64 = 400;

/// Where to begin looking for what falls due from a day on.
pub(super) fn before(first: NaiveDate) -> NaiveDate {
    first
        .checked_sub_days(chrono::Days::new(BEFORE_DAYS))
        .unwrap_or(first)
}

/// A year that was judged, with all that it follows from.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) year: i32,
    pub(super) day: NaiveDate,
    /// The link that last changed a counted act.
    pub(super) counted: i64,
    pub(super) world: Arc<World>,
    pub(super) rulings: Arc<Rulings>,
    pub(super) owed: Arc<Year>,
}
