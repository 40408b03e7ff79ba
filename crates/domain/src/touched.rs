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

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::act::Act;
use crate::body::{Attrs, Body, Level, Link, LinkKind};
use crate::calendar::Period;
use crate::duty::{Book, Duty, DutyLine};
use crate::id::{BodyId, Owner, Slug};
use crate::occasion::Occasion;
use crate::pack::{DutyTiming, How};
use crate::post::Post;
use crate::structure::Structure;
use crate::weigh::Bearings;

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

// --- bodies, relations, posts --------------------------------------------------------------------

/// What a change of bodies, relations and posts may touch.
pub fn by_structure(
    book: &Book,
    before: &Structure,
    after: &Structure,
    ruled: &dyn Bearings,
) -> Touched {
    let moved = Moved::between(before, after);
    if moved.replaced {
        return Touched::everything(book);
    }
    let Some(from) = moved.from() else {
        return Touched::nothing();
    };
    let both = [before, after];
    let affected = affected(&moved, both);
    let days = days_from(&affected, both, from);
    let owners = owners_of(&affected, both);
    let mergers: Vec<Merger> = moved.mergers.iter().map(|m| Merger::of(*m, both)).collect();
    let mut out = Touched::nothing();
    for line in book.lines() {
        let mut spots = Line {
            book,
            line,
            both,
            ruled,
            out: &mut out,
        };
        spots.selection(&owners, &days);
        spots.mergers(&mergers);
        spots.posts(&moved.posts);
    }
    out
}

/// What differs between two structures, as far as counting asks for it, each with the first day
/// on which it does.
#[derive(Debug, Default)]
struct Moved {
    bodies: BTreeMap<BodyId, NaiveDate>,
    posts: Vec<(BodyId, NaiveDate)>,
    links: Vec<(BodyId, NaiveDate)>,
    /// Heir, predecessor, day.
    mergers: Vec<(BodyId, BodyId, NaiveDate)>,
    /// Something is under its id what it never was: no verb does that.
    replaced: bool,
}

impl Moved {
    fn between(before: &Structure, after: &Structure) -> Self {
        let mut out = Self::default();
        let gone = before.bodies().iter();
        let gone = gone.filter(|b| after.body(b.id).is_none()).map(|b| b.id);
        for id in after.bodies().iter().map(|b| b.id).chain(gone) {
            let (old, new) = (before.body(id), after.body(id));
            let kinds = (old.map(|b| b.kind), new.map(|b| b.kind));
            out.replaced |= matches!(kinds, (Some(a), Some(b)) if a != b);
            let day = body_differs(old, new);
            out.bodies.extend(day.map(|day| (id, day)));
        }
        let gone = before.posts().iter();
        let gone = gone.filter(|p| after.post(p.id).is_none());
        for post in after.posts().iter().chain(gone) {
            let (old, new) = (before.post(post.id), after.post(post.id));
            let fixed = |p: &Post| (p.body, p.kind.clone(), p.ex_officio);
            out.replaced |= matches!((old, new), (Some(a), Some(b)) if fixed(a) != fixed(b));
            let day = post_differs(old, new);
            out.posts.extend(day.map(|day| (post.body, day)));
        }
        if before.links() != after.links() {
            out.links_between(before, after);
        }
        out
    }

    fn links_between(&mut self, before: &Structure, after: &Structure) {
        let keyed = |s: &Structure| -> HashMap<(LinkKind, BodyId, BodyId, NaiveDate), _> {
            let keys = s.links().iter();
            keys.map(|l| ((l.kind, l.a, l.b, l.from_on), l.to_on))
                .collect()
        };
        let (old, new) = (keyed(before), keyed(after));
        let both = before.links().iter().chain(after.links());
        for Link {
            kind,
            a,
            b,
            from_on,
            ..
        } in both
        {
            let key = (*kind, *a, *b, *from_on);
            let day = match (old.get(&key), new.get(&key)) {
                (Some(a), Some(b)) if a == b => continue,
                (Some(a), Some(b)) => earlier(*a, *b),
                (None | Some(_), _) => *from_on,
            };
            self.links.push((*a, day));
            if *kind == LinkKind::Successor {
                self.mergers.push((*a, *b, day));
            }
        }
    }

    /// The first day on which anything differs; `None` where nothing does.
    fn from(&self) -> Option<NaiveDate> {
        let days = self.bodies.values().copied();
        let days = days.chain(self.posts.iter().map(|(_, day)| *day));
        days.chain(self.links.iter().map(|(_, day)| *day)).min()
    }
}

/// The earlier of two ends, of which none lies farthest.
fn earlier(a: Option<NaiveDate>, b: Option<NaiveDate>) -> NaiveDate {
    let ends = [a, b].into_iter().flatten();
    ends.min().unwrap_or(NaiveDate::MIN)
}

/// The first day on which a body is not what it was, name and place left aside: no selector asks
/// for them.
fn body_differs(before: Option<&Body>, after: Option<&Body>) -> Option<NaiveDate> {
    let (Some(before), Some(after)) = (before, after) else {
        return before.or(after).map(|b| b.opened_on);
    };
    if before == after {
        return None;
    }
    let as_of = |body: &Body, on| -> Option<(Level, Attrs)> {
        let span = body.span_on(on).filter(|_| body.exists_on(on));
        span.map(|s| (s.level, s.attrs.clone()))
    };
    let mut days = BTreeSet::new();
    days_of_body(before, &mut days);
    days_of_body(after, &mut days);
    days.into_iter()
        .find(|on| as_of(before, *on) != as_of(after, *on))
}

fn days_of_body(body: &Body, days: &mut BTreeSet<NaiveDate>) {
    days.insert(body.opened_on);
    days.extend(body.closed_on);
    days.extend(body.spans.iter().map(|s| s.from_on));
}

fn post_differs(before: Option<&Post>, after: Option<&Post>) -> Option<NaiveDate> {
    let (Some(before), Some(after)) = (before, after) else {
        return before.or(after).map(|p| p.from_on);
    };
    if before.from_on != after.from_on {
        return Some(before.from_on.min(after.from_on));
    }
    (before.to_on != after.to_on).then(|| earlier(before.to_on, after.to_on))
}

/// The bodies whose selection may differ: those that changed, those whose own relations did, and
/// whoever stands in a relation to one of these.
fn affected(moved: &Moved, both: [&Structure; 2]) -> BTreeSet<BodyId> {
    let mut out: BTreeSet<BodyId> = moved.bodies.keys().copied().collect();
    out.extend(moved.posts.iter().map(|(body, _)| *body));
    out.extend(moved.links.iter().map(|(body, _)| *body));
    let mut next: Vec<BodyId> = out.iter().copied().collect();
    while let Some(body) = next.pop() {
        for structure in both {
            for kind in LinkKind::ALL {
                let related = structure.links_into(body, *kind).map(|l| l.a);
                next.extend(related.filter(|a| out.insert(*a)));
            }
        }
    }
    out
}

/// The days from one on at which the selection of these bodies may change.
fn days_from(
    affected: &BTreeSet<BodyId>,
    both: [&Structure; 2],
    from: NaiveDate,
) -> Vec<NaiveDate> {
    let mut days = BTreeSet::from([from]);
    let mut seen = affected.clone();
    let mut next: Vec<BodyId> = affected.iter().copied().collect();
    while let Some(id) = next.pop() {
        for structure in both {
            if let Some(body) = structure.body(id) {
                days_of_body(body, &mut days);
            }
            for post in structure.every_post_of(id) {
                days.insert(post.from_on);
                days.extend(post.to_on);
            }
            for link in LinkKind::ALL
                .iter()
                .flat_map(|kind| structure.links_from(id, *kind))
            {
                days.insert(link.from_on);
                days.extend(link.to_on);
                if seen.insert(link.b) {
                    next.push(link.b);
                }
            }
        }
    }
    days.into_iter().filter(|day| *day >= from).collect()
}

/// Bodies and all the posts that they ever had.
fn owners_of(bodies: &BTreeSet<BodyId>, both: [&Structure; 2]) -> BTreeSet<Owner> {
    let posts = |id: &BodyId| {
        let id = *id;
        let posts = both.into_iter().flat_map(move |s| s.every_post_of(id));
        posts.map(|p| Owner::Post(p.id))
    };
    let bodies = bodies.iter();
    bodies
        .flat_map(|id| std::iter::once(Owner::Body(*id)).chain(posts(id)))
        .collect()
}

/// A merger that came or went: the bodies on both sides of it, through all mergers.
struct Merger {
    on: NaiveDate,
    bodies: BTreeSet<BodyId>,
    owners: BTreeSet<Owner>,
    days: Vec<NaiveDate>,
}

impl Merger {
    fn of((heir, gone, on): (BodyId, BodyId, NaiveDate), both: [&Structure; 2]) -> Self {
        let mut bodies = BTreeSet::from([heir, gone]);
        for s in both {
            bodies.extend(s.successors(heir, NaiveDate::MAX));
            bodies.extend(s.predecessors(gone, NaiveDate::MAX));
        }
        Self {
            on,
            owners: owners_of(&bodies, both),
            days: days_from(&bodies, both, NaiveDate::MIN),
            bodies,
        }
    }

    /// Whether a duty ever selects anybody on either side.
    fn concerns(&self, line: &DutyLine, both: [&Structure; 2]) -> bool {
        let selects = |duty: &Duty, owner: &Owner| {
            let sel = &duty.rule.owed_by;
            let mut days = self.days.iter();
            days.any(|on| {
                both.iter()
                    .any(|s| s.selects(sel, &duty.lists, *owner, *on))
            })
        };
        let mut versions = line.versions.iter();
        versions.any(|duty| self.owners.iter().any(|owner| selects(duty, owner)))
    }
}

/// One duty, between the two structures.
struct Line<'a> {
    book: &'a Book,
    line: &'a DutyLine,
    both: [&'a Structure; 2],
    ruled: &'a dyn Bearings,
    out: &'a mut Touched,
}

impl Line<'_> {
    fn add(&mut self, on: NaiveDate, bodies: Option<BTreeSet<BodyId>>) {
        self.out.add(Spot {
            kinds: kinds(self.line),
            from: reach(self.book, self.line, self.ruled, on),
            to: NaiveDate::MAX,
            bodies,
        });
    }

    fn is_each(&self) -> bool {
        let mut versions = self.line.versions.iter();
        versions.all(|d| d.rule.owed_by.how == How::Each)
    }

    /// Who is selected, or in which committee, on a day on which it was not so.
    fn selection(&mut self, owners: &BTreeSet<Owner>, days: &[NaiveDate]) {
        let mut first: Option<NaiveDate> = None;
        let mut others = BTreeSet::new();
        for owner in owners {
            let Some(day) = days.iter().find(|on| self.differs(*owner, **on)) else {
                continue;
            };
            first = Some(first.map_or(*day, |held| held.min(*day)));
            others.extend(self.both.iter().filter_map(|s| s.body_of(*owner)));
        }
        let Some(first) = first else { return };
        // In a group one acts for another: who joins it or leaves it touches all the others.
        let bodies = self
            .is_each()
            .then(|| who_acts_for(self.line, &others, self.both));
        self.add(first, bodies);
    }

    fn differs(&self, owner: Owner, on: NaiveDate) -> bool {
        let [before, after] = self.both;
        self.line.versions.iter().any(|duty| {
            let (sel, lists) = (&duty.rule.owed_by, &duty.lists);
            before.selects(sel, lists, owner, on) != after.selects(sel, lists, owner, on)
                || (sel.how != How::Each
                    && before.committees(sel, lists, owner, on)
                        != after.committees(sel, lists, owner, on))
        })
    }

    /// What predecessors did counts for their heirs, and no longer where a merger is undone.
    fn mergers(&mut self, mergers: &[Merger]) {
        let (line, both) = (self.line, self.both);
        for merger in mergers.iter().filter(|m| m.concerns(line, both)) {
            let bodies = &merger.bodies;
            let bodies = self
                .is_each()
                .then(|| who_acts_for(self.line, bodies, self.both));
            self.add(merger.on, bodies);
        }
    }

    /// A duty that looks for acts under the post's body meets other posts there.
    fn posts(&mut self, posts: &[(BodyId, NaiveDate)]) {
        let mut versions = self.line.versions.iter();
        if !versions.any(|d| d.rule.what.through_body) {
            return;
        }
        for (body, on) in posts {
            self.add(*on, Some(BTreeSet::from([*body])));
        }
    }
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

// --- rulings -------------------------------------------------------------------------------------

/// What an approved extension of one obligation may touch: acts of its kinds from the period's
/// first day to the last day by any extension of it, by those who act for the one who owes.
pub fn by_extension(
    book: &Book,
    structure: &Structure,
    (pack, duty, owner, period): (&Slug, &Slug, Owner, Period),
    extended_to: NaiveDate,
) -> Touched {
    let mut out = Touched::nothing();
    let Some(line) = book.line(pack, duty) else {
        return out;
    };
    let due = book.obligation(line, owner, period).map(|o| o.due.on);
    let each = line
        .versions
        .iter()
        .all(|d| d.rule.owed_by.how == How::Each);
    let owes: BTreeSet<BodyId> = structure.body_of(owner).into_iter().collect();
    out.add(Spot {
        kinds: kinds(line),
        from: period.first_day(),
        to: due.map_or(extended_to, |due| due.max(extended_to)),
        bodies: each.then(|| who_acts_for(line, &owes, [structure, structure])),
    });
    out
}
