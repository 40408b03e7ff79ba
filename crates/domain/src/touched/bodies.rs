//! What a change of bodies, relations and posts touches.
//!
//! Selections are compared of those few owners for whom they can differ, on those days on which
//! they can: a selector asks for a body's kind, level and attributes, its posts, and the bodies to
//! which it stands in a relation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{Spot, Touched, earlier, kinds, reach, who_acts_for};
use crate::body::{Attrs, Body, Level, Link, LinkKind};
use crate::duty::{Book, Duty, DutyLine};
use crate::id::{BodyId, Owner};
use crate::pack::How;
use crate::post::Post;
use crate::structure::Structure;
use crate::weigh::Bearings;

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
            duty: line,
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
    duty: &'a DutyLine,
    both: [&'a Structure; 2],
    ruled: &'a dyn Bearings,
    out: &'a mut Touched,
}

impl Line<'_> {
    fn add(&mut self, on: NaiveDate, bodies: Option<BTreeSet<BodyId>>) {
        self.out.add(Spot {
            kinds: kinds(self.duty),
            from: reach(self.book, self.duty, self.ruled, on),
            to: NaiveDate::MAX,
            bodies,
        });
    }

    fn is_each(&self) -> bool {
        let mut versions = self.duty.versions.iter();
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
            .then(|| who_acts_for(self.duty, &others, self.both));
        self.add(first, bodies);
    }

    fn differs(&self, owner: Owner, on: NaiveDate) -> bool {
        let [before, after] = self.both;
        self.duty.versions.iter().any(|duty| {
            let (sel, lists) = (&duty.rule.owed_by, &duty.lists);
            before.selects(sel, lists, owner, on) != after.selects(sel, lists, owner, on)
                || (sel.how != How::Each
                    && before.committees(sel, lists, owner, on)
                        != after.committees(sel, lists, owner, on))
        })
    }

    /// What predecessors did counts for their heirs, and no longer where a merger is undone.
    fn mergers(&mut self, mergers: &[Merger]) {
        let (line, both) = (self.duty, self.both);
        for merger in mergers.iter().filter(|m| m.concerns(line, both)) {
            let bodies = &merger.bodies;
            let bodies = self
                .is_each()
                .then(|| who_acts_for(self.duty, bodies, self.both));
            self.add(merger.on, bodies);
        }
    }

    /// A duty that looks for acts under the post's body meets other posts there.
    fn posts(&mut self, posts: &[(BodyId, NaiveDate)]) {
        let mut versions = self.duty.versions.iter();
        if !versions.any(|d| d.rule.what.through_body) {
            return;
        }
        for (body, on) in posts {
            self.add(*on, Some(BTreeSet::from([*body])));
        }
    }
}
