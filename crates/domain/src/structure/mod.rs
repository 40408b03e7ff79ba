//! The structure of a county on any day: bodies, relations, posts and who holds them, and what a
//! selector selects in it.
//!
//! **Invariant:** every question takes the day it is asked for; the figures of March stay with the
//! March structure (ORG-1).

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use crate::body::{AttrValue, Body, BodyKind, Level, Link, LinkKind};
use crate::id::{BodyId, Owner, PersonId, PostId, Slug};
use crate::pack::{How, Selector, SelectorBase};
use crate::policy::Relation;
use crate::post::{Post, Tenure};

/// Deepest tree that is walked; a deeper one is cut, which only a loop in the data can cause.
pub const TREE_DEPTH_MAX: usize = 16;

/// Lists by id: the default selection, and what the office added and took away.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lists {
    lists: BTreeMap<Slug, ListInForce>,
}

#[derive(Debug, Clone, PartialEq)]
struct ListInForce {
    members: Selector,
    added: Vec<BodyId>,
    removed: Vec<BodyId>,
}

impl Lists {
    /// Adds a list with its default members and the office's changes.
    pub fn insert(
        &mut self,
        id: Slug,
        members: Selector,
        added: Vec<BodyId>,
        removed: Vec<BodyId>,
    ) {
        self.lists.insert(id, ListInForce { members, added, removed });
    }
}

/// Everything that stands in a county, with its history.
#[derive(Debug, Default)]
pub struct Structure {
    bodies: Vec<Body>,
    by_id: HashMap<BodyId, usize>,
    links: Vec<Link>,
    links_a: HashMap<BodyId, Vec<usize>>,
    links_b: HashMap<BodyId, Vec<usize>>,
    posts: Vec<Post>,
    post_by_id: HashMap<PostId, usize>,
    posts_of: HashMap<BodyId, Vec<usize>>,
    tenures: Vec<Tenure>,
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
        let by_id = bodies.iter().enumerate().map(|(i, b)| (b.id, i)).collect();
        let post_by_id = posts.iter().enumerate().map(|(i, p)| (p.id, i)).collect();
        let mut links_a: HashMap<BodyId, Vec<usize>> = HashMap::new();
        let mut links_b: HashMap<BodyId, Vec<usize>> = HashMap::new();
        for (i, link) in links.iter().enumerate() {
            links_a.entry(link.a).or_default().push(i);
            links_b.entry(link.b).or_default().push(i);
        }
        let mut posts_of: HashMap<BodyId, Vec<usize>> = HashMap::new();
        for (i, post) in posts.iter().enumerate() {
            posts_of.entry(post.body).or_default().push(i);
        }
        Self { bodies, by_id, links, links_a, links_b, posts, post_by_id, posts_of, tenures }
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
        self.posts_of
            .get(&body)
            .into_iter()
            .flatten()
            .filter_map(|i| self.posts.get(*i))
            .filter(move |p| p.exists_on(on))
    }

    /// Who holds a post on a day. A committee's chair is held through the post behind it.
    pub fn holder(&self, post: PostId, on: NaiveDate) -> Option<PersonId> {
        let behind = self.post(post).map_or(post, Post::behind);
        self.tenures
            .iter()
            .filter(|t| t.from_on <= on && t.to_on.is_none_or(|to| on < to))
            .find(|t| t.post == post || t.post == behind)
            .map(|t| t.person)
    }

    /// Tenures of a post, oldest first.
    pub fn tenures_of(&self, post: PostId) -> Vec<&Tenure> {
        let mut all: Vec<&Tenure> = self.tenures.iter().filter(|t| t.post == post).collect();
        all.sort_by_key(|t| t.from_on);
        all
    }

    /// The posts a person holds on a day, those held by office included.
    pub fn posts_held(&self, person: PersonId, on: NaiveDate) -> Vec<&Post> {
        self.posts
            .iter()
            .filter(|p| p.exists_on(on) && self.holder(p.id, on) == Some(person))
            .collect()
    }

    /// The name of a body on a day, or nothing for an unknown body.
    pub fn name(&self, id: BodyId, on: NaiveDate) -> &str {
        self.body(id).and_then(|b| b.span_on(on)).map_or("", |s| s.name.as_str())
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
        self.body(id).and_then(|b| b.span_on(on)).and_then(|s| s.parent)
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
        self.bodies
            .iter()
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

    /// Bodies that this one succeeded, through all mergers, itself excluded.
    pub fn predecessors(&self, id: BodyId) -> Vec<BodyId> {
        let mut out = Vec::new();
        let mut todo = vec![id];
        while let Some(at) = todo.pop() {
            for link in self.links_from(at, LinkKind::Successor) {
                if link.b != id && !out.contains(&link.b) {
                    out.push(link.b);
                    todo.push(link.b);
                }
            }
        }
        out
    }

    /// Owners whose acts count for this one: itself, and those of merged predecessors.
    pub fn with_predecessors(&self, owner: Owner) -> Vec<Owner> {
        let mut out = vec![owner];
        match owner {
            Owner::Body(id) => out.extend(self.predecessors(id).into_iter().map(Owner::Body)),
            Owner::Post(id) => {
                let Some(post) = self.post(id) else { return out };
                for body in self.predecessors(post.body) {
                    for i in self.posts_of.get(&body).into_iter().flatten() {
                        if let Some(old) = self.posts.get(*i).filter(|p| p.kind == post.kind) {
                            out.push(Owner::Post(old.id));
                        }
                    }
                }
            }
        }
        out
    }

    /// Owners for whom this one's acts count after mergers, itself excluded.
    pub fn with_successors(&self, owner: Owner) -> Vec<Owner> {
        let Some(body) = self.body_of(owner) else { return Vec::new() };
        let mut bodies = Vec::new();
        let mut todo = vec![body];
        while let Some(at) = todo.pop() {
            let links = self.links_b.get(&at).into_iter().flatten();
            for link in links.filter_map(|i| self.links.get(*i)) {
                if link.kind == LinkKind::Successor && link.a != body && !bodies.contains(&link.a) {
                    bodies.push(link.a);
                    todo.push(link.a);
                }
            }
        }
        let kind = match owner {
            Owner::Body(_) => return bodies.into_iter().map(Owner::Body).collect(),
            Owner::Post(id) => self.post(id).map(|p| p.kind.clone()),
        };
        let posts = bodies.iter().flat_map(|b| self.posts_of.get(b).into_iter().flatten());
        posts
            .filter_map(|i| self.posts.get(*i))
            .filter(|p| Some(&p.kind) == kind.as_ref())
            .map(|p| Owner::Post(p.id))
            .collect()
    }

    fn links_from(&self, a: BodyId, kind: LinkKind) -> impl Iterator<Item = &Link> {
        let ids = self.links_a.get(&a).into_iter().flatten();
        ids.filter_map(|i| self.links.get(*i)).filter(move |l| l.kind == kind)
    }

    /// Bodies that stand in a relation to `b` on a day (its lead departments, members, regulators).
    pub fn linked_to(&self, b: BodyId, kind: LinkKind, on: NaiveDate) -> Vec<BodyId> {
        let ids = self.links_b.get(&b).into_iter().flatten();
        ids.filter_map(|i| self.links.get(*i))
            .filter(|l| l.kind == kind && l.holds_on(on))
            .map(|l| l.a)
            .collect()
    }

    /// Bodies to which `a` stands in a relation on a day.
    pub fn linked_from(&self, a: BodyId, kind: LinkKind, on: NaiveDate) -> Vec<BodyId> {
        self.links_from(a, kind).filter(|l| l.holds_on(on)).map(|l| l.b).collect()
    }

    /// Every relation in which a body stands on a day, either way.
    pub fn relations_of(&self, id: BodyId, on: NaiveDate) -> Vec<&Link> {
        let a = self.links_a.get(&id).into_iter().flatten();
        let b = self.links_b.get(&id).into_iter().flatten();
        a.chain(b).filter_map(|i| self.links.get(*i)).filter(|l| l.holds_on(on)).collect()
    }

    /// How the actor's body stands to another, strongest first; never empty.
    pub fn relations(&self, actor: BodyId, thing: BodyId, on: NaiveDate) -> Vec<Relation> {
        let mut out = Vec::new();
        // A committee's daily work is done by its office, which stands in the lead department (Z1 §1).
        let leads = |c: BodyId| {
            self.body(c).is_some_and(|b| b.kind == BodyKind::SpecialCommittee)
                && self.linked_from(actor, LinkKind::Leads, on).contains(&c)
        };
        if actor == thing || leads(thing) {
            out.push(Relation::Own);
        } else if self.is_within(thing, actor, on) {
            out.push(Relation::Below);
        } else if self.is_within(actor, thing, on) {
            out.push(Relation::Above);
        } else if self.parent(actor, on).is_some() && self.parent(actor, on) == self.parent(thing, on)
        {
            out.push(Relation::Sibling);
        }
        for link in self.relations_of(actor, on) {
            let other = if link.a == actor { link.b } else { link.a };
            if other != thing {
                continue;
            }
            match link.kind {
                LinkKind::Regulates if link.a == actor => out.push(Relation::Regulator),
                LinkKind::Territory if link.a == actor => out.push(Relation::Territory),
                LinkKind::Leads | LinkKind::Enforces | LinkKind::Member | LinkKind::KeyEnterprise => {
                    out.push(Relation::Committee);
                }
                LinkKind::Regulates | LinkKind::Territory | LinkKind::Successor => {}
            }
        }
        if out.is_empty() {
            out.push(Relation::None);
        }
        out
    }

    /// Whether a selector selects a body on a day, posts and groups left aside.
    pub fn selects_body(&self, sel: &Selector, lists: &Lists, id: BodyId, on: NaiveDate) -> bool {
        let Some(body) = self.body(id).filter(|b| b.exists_on(on)) else { return false };
        let Some(span) = body.span_on(on) else { return false };
        if !sel.levels.is_empty() && !sel.levels.contains(&span.level) {
            return false;
        }
        let has = |name: &String, want: &AttrValue| match (span.attrs.get(name), want) {
            (Some(AttrValue::Many(all)), AttrValue::Text(one)) => all.contains(one),
            (Some(found), want) => found == want,
            (None, AttrValue::Flag(false)) => true,
            (None, _) => false,
        };
        if !sel.attrs.iter().all(|(name, want)| has(name, want))
            || sel.without.iter().any(|(name, bad)| has(name, bad))
        {
            return false;
        }
        match &sel.base {
            SelectorBase::Kinds(kinds) => kinds.contains(&body.kind),
            SelectorBase::List(list) => self.on_list(list, lists, id, on),
            SelectorBase::Linked { link, of } => self
                .linked_from(id, *link, on)
                .iter()
                .any(|other| self.selects_body(of, lists, *other, on)),
            SelectorBase::AnyOf(all) => all.iter().any(|s| self.selects_body(s, lists, id, on)),
        }
    }

    fn on_list(&self, list: &Slug, lists: &Lists, id: BodyId, on: NaiveDate) -> bool {
        lists.lists.get(list).is_some_and(|l| {
            l.added.contains(&id)
                || (!l.removed.contains(&id) && self.selects_body(&l.members, lists, id, on))
        })
    }

    /// Whether a selector selects an owner on a day.
    pub fn selects(&self, sel: &Selector, lists: &Lists, owner: Owner, on: NaiveDate) -> bool {
        if let (SelectorBase::AnyOf(all), None) = (&sel.base, &sel.post) {
            return all.iter().any(|s| self.selects(s, lists, owner, on));
        }
        match (owner, &sel.post) {
            (Owner::Body(id), None) => self.selects_body(sel, lists, id, on),
            (Owner::Post(id), Some(kind)) => self.post(id).is_some_and(|p| {
                p.kind == *kind && p.exists_on(on) && self.selects_body(sel, lists, p.body, on)
            }),
            (Owner::Body(_), Some(_)) | (Owner::Post(_), None) => false,
        }
    }

    /// All owners that a selector selects on a day, in list order.
    pub fn owners(&self, sel: &Selector, lists: &Lists, on: NaiveDate) -> Vec<Owner> {
        if let (SelectorBase::AnyOf(all), None) = (&sel.base, &sel.post) {
            let mut seen = HashSet::new();
            let every = all.iter().flat_map(|s| self.owners(s, lists, on));
            return every.filter(|o| seen.insert(*o)).collect();
        }
        let bodies = self.bodies.iter().filter(|b| self.selects_body(sel, lists, b.id, on));
        match &sel.post {
            None => bodies.map(|b| Owner::Body(b.id)).collect(),
            Some(kind) => bodies
                .flat_map(|b| self.posts_of(b.id, on).filter(|p| p.kind == *kind))
                .map(|p| Owner::Post(p.id))
                .collect(),
        }
    }

    /// The groups that an owner stands in under a selector whose `how` is not `each`: one for
    /// every committee where committees are meant, else all who are selected.
    pub fn groups(
        &self,
        sel: &Selector,
        lists: &Lists,
        owner: Owner,
        on: NaiveDate,
    ) -> Vec<Vec<Owner>> {
        if sel.how == How::Each {
            return vec![vec![owner]];
        }
        let all = self.owners(sel, lists, on);
        let Some(body) = self.body_of(owner) else { return Vec::new() };
        match &sel.base {
            SelectorBase::Linked { link, of } => self
                .linked_from(body, *link, on)
                .into_iter()
                .filter(|c| self.selects_body(of, lists, *c, on))
                .map(|c| {
                    let members = self.linked_to(c, *link, on);
                    let of_group = |o: &&Owner| {
                        self.body_of(**o).is_some_and(|b| members.contains(&b))
                    };
                    all.iter().filter(of_group).copied().collect()
                })
                .collect(),
            SelectorBase::Kinds(kinds)
                if kinds.as_slice() == [BodyKind::SpecialCommittee] && sel.post.is_some() =>
            {
                vec![all.into_iter().filter(|o| self.body_of(*o) == Some(body)).collect()]
            }
            SelectorBase::Kinds(_) | SelectorBase::List(_) | SelectorBase::AnyOf(_) => vec![all],
        }
    }

    /// The bodies whose duties a body answers for on a day: itself; the organs of a town or
    /// village; the committees that a department leads; the safety committee of its office.
    pub fn answers_for(&self, id: BodyId, on: NaiveDate) -> Vec<BodyId> {
        let mut out = vec![id];
        let Some(body) = self.body(id) else { return out };
        let organ = |b: &&Body| {
            matches!(
                b.kind,
                BodyKind::PartyCommittee | BodyKind::Government | BodyKind::SafetyOffice
                    | BodyKind::SafetyCommittee
            )
        };
        match body.kind {
            BodyKind::Jurisdiction => {
                out.extend(self.children(id, on).iter().filter(|b| organ(b)).map(|b| b.id));
            }
            BodyKind::PartyCommittee | BodyKind::Government => {
                let town = self.jurisdiction(id, on);
                if let Some(town) = town.filter(|t| {
                    t.span_on(on).is_some_and(|s| matches!(s.level, Level::Town | Level::Village))
                }) {
                    let organs = self.children(town.id, on);
                    out.extend(organs.iter().filter(|b| organ(b) && b.id != id).map(|b| b.id));
                }
            }
            BodyKind::SafetyOffice => {
                let siblings = self.parent(id, on).map(|p| self.children(p, on)).unwrap_or_default();
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
            match self.body(id).and_then(|b| b.span_on(on)).and_then(|s| s.attrs.get(name)) {
                Some(AttrValue::Text(one)) => vec![one.clone()],
                Some(AttrValue::Many(all)) => all.clone(),
                Some(AttrValue::Flag(_) | AttrValue::Number(_)) | None => Vec::new(),
            }
        };
        let fields = attr(visited, "sectors");
        self.posts
            .iter()
            .filter(|p| p.ex_officio == Some(leader) && p.exists_on(on))
            .filter(|p| attr(p.body, "sector").iter().any(|s| fields.contains(s)))
            .collect()
    }

    /// The level of a body on a day.
    pub fn level(&self, id: BodyId, on: NaiveDate) -> Option<Level> {
        self.body(id).and_then(|b| b.span_on(on)).map(|s| s.level)
    }
}
