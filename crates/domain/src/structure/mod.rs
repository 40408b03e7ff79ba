//! The structure of a county on any day: bodies, relations, posts and who holds them, and what a
//! selector selects in it.
//!
//! **Invariant:** every question takes the day it is asked for; the figures of March stay with the
//! March structure (ORG-1).

mod select;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::NaiveDate;

use crate::body::{AttrValue, Body, BodyKind, Level, Link, LinkKind};
use crate::id::{BodyId, Owner, PersonId, PostId};
use crate::policy::Relation;
use crate::post::{Post, Tenure};

pub use select::Lists;

/// Deepest tree that is walked; a deeper one is cut, which only a loop in the data can cause.
pub const TREE_DEPTH_MAX: usize = 16;

/// Places in a list by what they are looked up by.
type Index<K> = HashMap<K, Vec<usize>>;

fn index<K: Eq + Hash>(keys: impl Iterator<Item = (usize, K)>) -> Index<K> {
    let mut out: Index<K> = HashMap::new();
    for (at, key) in keys {
        out.entry(key).or_default().push(at);
    }
    out
}

fn at<'a, K: Eq + Hash, T>(
    index: &'a Index<K>,
    key: &K,
    all: &'a [T],
) -> impl Iterator<Item = &'a T> + use<'a, K, T> {
    let places = index.get(key).map_or(&[][..], Vec::as_slice);
    places.iter().filter_map(|i| all.get(*i))
}

/// Everything that stands in a county, with its history.
///
/// Every question is answered from an index: none walks all bodies, posts or tenures but the ones
/// that are asked for all of them.
#[derive(Debug, Default)]
pub struct Structure {
    bodies: Vec<Body>,
    by_id: HashMap<BodyId, usize>,
    below: Index<BodyId>,
    links: Vec<Link>,
    links_a: Index<(BodyId, LinkKind)>,
    links_b: Index<(BodyId, LinkKind)>,
    posts: Vec<Post>,
    post_by_id: HashMap<PostId, usize>,
    posts_of: Index<BodyId>,
    posts_behind: Index<PostId>,
    tenures: Vec<Tenure>,
    tenures_by_post: Index<PostId>,
    tenures_by_person: Index<PersonId>,
}

impl Structure {
    /// Indexes what was loaded. Bodies come in list order and keep it.
    pub fn new(
        mut bodies: Vec<Body>,
        links: Vec<Link>,
        mut posts: Vec<Post>,
        tenures: Vec<Tenure>,
    ) -> Self {
        bodies.sort_by(|a, b| (&a.sort_key, a.id).cmp(&(&b.sort_key, b.id)));
        posts.sort_by(|a, b| (&a.sort_key, a.id).cmp(&(&b.sort_key, b.id)));
        let spans = bodies.iter().enumerate().flat_map(|(i, b)| {
            let mut parents: Vec<BodyId> = b.spans.iter().filter_map(|s| s.parent).collect();
            parents.sort_unstable();
            parents.dedup();
            parents.into_iter().map(move |parent| (i, parent))
        });
        Self {
            below: index(spans),
            by_id: bodies.iter().enumerate().map(|(i, b)| (b.id, i)).collect(),
            links_a: index(links.iter().enumerate().map(|(i, l)| (i, (l.a, l.kind)))),
            links_b: index(links.iter().enumerate().map(|(i, l)| (i, (l.b, l.kind)))),
            post_by_id: posts.iter().enumerate().map(|(i, p)| (p.id, i)).collect(),
            posts_of: index(posts.iter().enumerate().map(|(i, p)| (i, p.body))),
            posts_behind: index(posts.iter().enumerate().map(|(i, p)| (i, p.behind()))),
            tenures_by_post: index(tenures.iter().enumerate().map(|(i, t)| (i, t.post))),
            tenures_by_person: index(tenures.iter().enumerate().map(|(i, t)| (i, t.person))),
            bodies,
            links,
            posts,
            tenures,
        }
    }

    /// The same with some bodies read anew: they, the relations that they stand in and their posts
    /// are those given. Who held which post stays, for nothing that counts asks for it.
    #[must_use]
    pub fn with(
        &self,
        ids: &[BodyId],
        bodies: Vec<Body>,
        links: Vec<Link>,
        posts: Vec<Post>,
    ) -> Self {
        let anew: HashSet<&BodyId> = ids.iter().collect();
        let other = |id: &BodyId| !anew.contains(id);
        let kept = self.bodies.iter().filter(|b| other(&b.id)).cloned();
        let related = self.links.iter().filter(|l| other(&l.a) && other(&l.b));
        let held = self.posts.iter().filter(|p| other(&p.body)).cloned();
        Self::new(
            kept.chain(bodies).collect(),
            related.cloned().chain(links).collect(),
            held.chain(posts).collect(),
            self.tenures.clone(),
        )
    }

    /// All bodies, in list order.
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// All posts, in list order.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// All relations.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// A body.
    pub fn body(&self, id: BodyId) -> Option<&Body> {
        self.by_id.get(&id).and_then(|i| self.bodies.get(*i))
    }

    /// A post.
    pub fn post(&self, id: PostId) -> Option<&Post> {
        self.post_by_id.get(&id).and_then(|i| self.posts.get(*i))
    }

    /// The posts of a body that exist on a day.
    pub fn posts_of(&self, body: BodyId, on: NaiveDate) -> impl Iterator<Item = &Post> {
        at(&self.posts_of, &body, &self.posts).filter(move |p| p.exists_on(on))
    }

    /// All posts that a body ever had or will have, in list order.
    pub(crate) fn every_post_of(&self, body: BodyId) -> impl Iterator<Item = &Post> {
        at(&self.posts_of, &body, &self.posts)
    }

    /// The posts that the same office stands behind: a post and those that it holds by office.
    pub fn posts_behind(&self, office: PostId) -> impl Iterator<Item = &Post> {
        at(&self.posts_behind, &office, &self.posts)
    }

    /// Who holds a post on a day. A committee's chair is held through the post behind it.
    pub fn holder(&self, post: PostId, on: NaiveDate) -> Option<PersonId> {
        let held = |post: PostId| {
            let mut tenures = at(&self.tenures_by_post, &post, &self.tenures);
            tenures.find(|t| t.holds_on(on)).map(|t| t.person)
        };
        let by_office = || self.post(post).and_then(|p| p.ex_officio).and_then(held);
        held(post).or_else(by_office)
    }

    /// Tenures of a post, oldest first.
    pub fn tenures_of(&self, post: PostId) -> Vec<&Tenure> {
        let mut all: Vec<&Tenure> = at(&self.tenures_by_post, &post, &self.tenures).collect();
        all.sort_by_key(|t| t.from_on);
        all
    }

    /// The posts a person holds on a day, those held by office included, in list order.
    pub fn posts_held(&self, person: PersonId, on: NaiveDate) -> Vec<&Post> {
        let tenures = at(&self.tenures_by_person, &person, &self.tenures);
        let mut held: Vec<&Post> = tenures
            .filter(|t| t.holds_on(on))
            .flat_map(|t| {
                self.post(t.post)
                    .into_iter()
                    .chain(self.posts_behind(t.post))
            })
            .filter(|p| p.exists_on(on) && self.holder(p.id, on) == Some(person))
            .collect();
        held.sort_by_key(|p| self.post_by_id.get(&p.id));
        held.dedup_by_key(|p| p.id);
        held
    }

    /// The name of a body on a day, or nothing for an unknown body.
    pub fn name(&self, id: BodyId, on: NaiveDate) -> &str {
        self.body(id)
            .and_then(|b| b.span_on(on))
            .map_or("", |s| s.name.as_str())
    }

    /// The body that owes, or the one whose post owes.
    pub fn body_of(&self, owner: Owner) -> Option<BodyId> {
        match owner {
            Owner::Body(id) => Some(id),
            Owner::Post(id) => self.post(id).map(|p| p.body),
        }
    }

    /// The body above on a day.
    pub fn parent(&self, id: BodyId, on: NaiveDate) -> Option<BodyId> {
        self.body(id)
            .and_then(|b| b.span_on(on))
            .and_then(|s| s.parent)
    }

    /// The bodies above, nearest first, on a day.
    pub fn above(&self, id: BodyId, on: NaiveDate) -> Vec<BodyId> {
        let mut out = Vec::new();
        let mut at = self.parent(id, on);
        while let Some(up) = at {
            if out.len() >= TREE_DEPTH_MAX || out.contains(&up) {
                break;
            }
            out.push(up);
            at = self.parent(up, on);
        }
        out
    }

    /// Whether `id` is `ancestor` or stands below it on a day.
    pub fn is_within(&self, id: BodyId, ancestor: BodyId, on: NaiveDate) -> bool {
        id == ancestor || self.above(id, on).contains(&ancestor)
    }

    /// Bodies directly below on a day, in list order.
    pub fn children(&self, id: BodyId, on: NaiveDate) -> Vec<&Body> {
        at(&self.below, &id, &self.bodies)
            .filter(|b| b.exists_on(on) && b.span_on(on).is_some_and(|s| s.parent == Some(id)))
            .collect()
    }

    /// The jurisdiction (town, county) that a body belongs to on a day, itself included.
    pub fn jurisdiction(&self, id: BodyId, on: NaiveDate) -> Option<&Body> {
        std::iter::once(id)
            .chain(self.above(id, on))
            .filter_map(|b| self.body(b))
            .find(|b| b.kind == BodyKind::Jurisdiction)
    }

    /// Bodies that this one succeeded by a day, through all mergers, itself excluded.
    pub fn predecessors(&self, id: BodyId, by: NaiveDate) -> Vec<BodyId> {
        let next = |at| {
            let links = self.links_from(at, LinkKind::Successor);
            links.filter(move |l| l.from_on <= by).map(|l| l.b)
        };
        through_mergers(id, next)
    }

    /// Bodies that succeeded this one by a day, through all mergers, itself excluded.
    pub fn successors(&self, id: BodyId, by: NaiveDate) -> Vec<BodyId> {
        let next = |at| {
            let links = self.links_into(at, LinkKind::Successor);
            links.filter(move |l| l.from_on <= by).map(|l| l.a)
        };
        through_mergers(id, next)
    }

    /// Owners whose acts count for this one: itself, and those of predecessors merged by a day.
    pub fn with_predecessors(&self, owner: Owner, by: NaiveDate) -> Vec<Owner> {
        let mut out = vec![owner];
        out.extend(self.owners_before(owner, by));
        out
    }

    /// Owners of predecessors merged by a day, whose acts count for this one, itself excluded.
    ///
    /// The day is the cut-off of what is owed: what fell due while both stood, each owed for
    /// itself, and what one did then meets nothing of the other's.
    pub fn owners_before(&self, owner: Owner, by: NaiveDate) -> Vec<Owner> {
        let bodies = self.body_of(owner).map(|body| self.predecessors(body, by));
        self.alike(owner, bodies.unwrap_or_default())
    }

    /// Owners for whom this one's acts count after mergers by a day, itself excluded.
    pub fn with_successors(&self, owner: Owner, by: NaiveDate) -> Vec<Owner> {
        let bodies = self.body_of(owner).map(|body| self.successors(body, by));
        self.alike(owner, bodies.unwrap_or_default())
    }

    /// What an owner is in other bodies: the bodies themselves, or their posts of the same kind.
    fn alike(&self, owner: Owner, bodies: Vec<BodyId>) -> Vec<Owner> {
        let post = match owner {
            Owner::Body(_) => return bodies.into_iter().map(Owner::Body).collect(),
            Owner::Post(id) => self.post(id),
        };
        let posts = bodies
            .iter()
            .flat_map(|body| at(&self.posts_of, body, &self.posts));
        posts
            .filter(|p| post.is_some_and(|post| post.kind == p.kind))
            .map(|p| Owner::Post(p.id))
            .collect()
    }

    pub(crate) fn links_from(&self, a: BodyId, kind: LinkKind) -> impl Iterator<Item = &Link> {
        at(&self.links_a, &(a, kind), &self.links)
    }

    pub(crate) fn links_into(&self, b: BodyId, kind: LinkKind) -> impl Iterator<Item = &Link> {
        at(&self.links_b, &(b, kind), &self.links)
    }

    /// Bodies to which `a` stands in a relation on a day.
    pub fn linked_from(&self, a: BodyId, kind: LinkKind, on: NaiveDate) -> Vec<BodyId> {
        self.links_from(a, kind)
            .filter(|l| l.holds_on(on))
            .map(|l| l.b)
            .collect()
    }

    /// Every relation in which a body stands on a day, either way.
    pub fn relations_of(&self, id: BodyId, on: NaiveDate) -> Vec<&Link> {
        let from = LinkKind::ALL
            .iter()
            .flat_map(|kind| self.links_from(id, *kind));
        let into = LinkKind::ALL
            .iter()
            .flat_map(|kind| self.links_into(id, *kind));
        from.chain(into).filter(|l| l.holds_on(on)).collect()
    }

    /// The relations in which two bodies stand to each other on a day.
    fn links_between(&self, a: BodyId, b: BodyId, on: NaiveDate) -> Vec<&Link> {
        // A bureau may regulate thousands: the one with fewer relations is asked.
        let degree = |id: BodyId| -> usize {
            let of = |index: &Index<_>, kind| index.get(&(id, kind)).map_or(0, Vec::len);
            LinkKind::ALL
                .iter()
                .map(|k| of(&self.links_a, *k) + of(&self.links_b, *k))
                .sum()
        };
        let (one, other) = if degree(a) <= degree(b) {
            (a, b)
        } else {
            (b, a)
        };
        let both = |l: &&Link| (l.a, l.b) == (one, other) || (l.a, l.b) == (other, one);
        self.relations_of(one, on)
            .into_iter()
            .filter(both)
            .collect()
    }

    /// How the actor's body stands to another, strongest first; never empty.
    pub fn relations(&self, actor: BodyId, thing: BodyId, on: NaiveDate) -> Vec<Relation> {
        let mut out = Vec::new();
        // A committee's daily work is done by its office, which stands in the lead department
        // (Z1 §1).
        let leads = |c: BodyId| {
            self.body(c)
                .is_some_and(|b| b.kind == BodyKind::SpecialCommittee)
                && self
                    .links_into(c, LinkKind::Leads)
                    .any(|l| l.a == actor && l.holds_on(on))
        };
        if actor == thing || leads(thing) {
            out.push(Relation::Own);
        } else if self.is_within(thing, actor, on) {
            out.push(Relation::Below);
        } else if self.is_within(actor, thing, on) {
            out.push(Relation::Above);
        } else if self.parent(actor, on).is_some()
            && self.parent(actor, on) == self.parent(thing, on)
        {
            out.push(Relation::Sibling);
        }
        for link in self.links_between(actor, thing, on) {
            let relation = match link.kind {
                LinkKind::Regulates if link.a == actor => Relation::Regulator,
                LinkKind::Territory if link.a == actor => Relation::Territory,
                LinkKind::Leads
                | LinkKind::Enforces
                | LinkKind::Member
                | LinkKind::KeyEnterprise => Relation::Committee,
                LinkKind::Regulates | LinkKind::Territory | LinkKind::Successor => continue,
            };
            if !out.contains(&relation) {
                out.push(relation);
            }
        }
        if out.is_empty() {
            out.push(Relation::None);
        }
        out
    }

    /// The bodies whose duties a body answers for on a day: itself; the organs of a town or
    /// village; the committees that a department leads; the safety committee of its office.
    pub fn answers_for(&self, id: BodyId, on: NaiveDate) -> Vec<BodyId> {
        let mut out = vec![id];
        let Some(body) = self.body(id) else {
            return out;
        };
        let organ = |b: &&Body| {
            matches!(
                b.kind,
                BodyKind::PartyCommittee
                    | BodyKind::Government
                    | BodyKind::SafetyOffice
                    | BodyKind::SafetyCommittee
            )
        };
        match body.kind {
            BodyKind::Jurisdiction => {
                out.extend(
                    self.children(id, on)
                        .iter()
                        .filter(|b| organ(b))
                        .map(|b| b.id),
                );
            }
            BodyKind::PartyCommittee | BodyKind::Government => {
                let town = self.jurisdiction(id, on);
                if let Some(town) = town.filter(|t| {
                    t.span_on(on)
                        .is_some_and(|s| matches!(s.level, Level::Town | Level::Village))
                }) {
                    let organs = self.children(town.id, on);
                    out.extend(
                        organs
                            .iter()
                            .filter(|b| organ(b) && b.id != id)
                            .map(|b| b.id),
                    );
                }
            }
            BodyKind::SafetyOffice => {
                let siblings = self
                    .parent(id, on)
                    .map(|p| self.children(p, on))
                    .unwrap_or_default();
                let committee = |b: &&&Body| b.kind == BodyKind::SafetyCommittee;
                out.extend(siblings.iter().filter(committee).map(|b| b.id));
            }
            BodyKind::Department => out.extend(self.linked_from(id, LinkKind::Leads, on)),
            BodyKind::Enterprise => out.extend(self.children(id, on).iter().map(|b| b.id)),
            BodyKind::SafetyCommittee
            | BodyKind::SpecialCommittee
            | BodyKind::Zone
            | BodyKind::VillageCommittee
            | BodyKind::Workshop
            | BodyKind::Team => {}
        }
        out
    }

    /// Committee chairs that a post holds by office and whose field a visited body belongs to:
    /// whoever leads a visit there leads it in that committee's field too (DUTY-3).
    pub fn chairs_for_visit(&self, leader: PostId, visited: BodyId, on: NaiveDate) -> Vec<&Post> {
        let attr = |id: BodyId, name: &str| -> Vec<String> {
            match self
                .body(id)
                .and_then(|b| b.span_on(on))
                .and_then(|s| s.attrs.get(name))
            {
                Some(AttrValue::Text(one)) => vec![one.clone()],
                Some(AttrValue::Many(all)) => all.clone(),
                Some(AttrValue::Flag(_) | AttrValue::Number(_)) | None => Vec::new(),
            }
        };
        let fields = attr(visited, "sectors");
        self.posts_behind(leader)
            .filter(|p| p.ex_officio == Some(leader) && p.exists_on(on))
            .filter(|p| attr(p.body, "sector").iter().any(|s| fields.contains(s)))
            .collect()
    }

    /// The level of a body on a day.
    pub fn level(&self, id: BodyId, on: NaiveDate) -> Option<Level> {
        self.body(id).and_then(|b| b.span_on(on)).map(|s| s.level)
    }
}

/// Everything reached from a body by a step of mergers, itself excluded.
fn through_mergers<I>(id: BodyId, next: impl Fn(BodyId) -> I) -> Vec<BodyId>
where
    I: Iterator<Item = BodyId>,
{
    let mut out: Vec<BodyId> = Vec::new();
    let mut asked = 0;
    let mut at = Some(id);
    while let Some(body) = at {
        for other in next(body) {
            if other != id && !out.contains(&other) {
                out.push(other);
            }
        }
        at = out.get(asked).copied();
        asked += 1;
    }
    out
}
