//! What a selector selects on a day: bodies, posts, and the groups that act for one another.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use crate::body::{AttrValue, Body, BodyKind, Span};
use crate::id::{BodyId, Owner, Slug};
use crate::pack::{How, Selector, SelectorBase};

use super::Structure;

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
        let in_force = ListInForce {
            members,
            added,
            removed,
        };
        self.lists.insert(id, in_force);
    }
}

impl Structure {
    /// Whether a selector selects a body on a day, posts and groups left aside.
    pub fn selects_body(&self, sel: &Selector, lists: &Lists, id: BodyId, on: NaiveDate) -> bool {
        self.body(id)
            .is_some_and(|body| self.takes(sel, lists, body, on))
    }

    fn takes(&self, sel: &Selector, lists: &Lists, body: &Body, on: NaiveDate) -> bool {
        // Most bodies are of another kind: that is asked before anything is looked up.
        if let SelectorBase::Kinds(kinds) = &sel.base
            && !kinds.contains(&body.kind)
        {
            return false;
        }
        if !body.exists_on(on) || !body.span_on(on).is_some_and(|span| narrowed(sel, span)) {
            return false;
        }
        match &sel.base {
            SelectorBase::Kinds(_) => true,
            SelectorBase::List(list) => self.on_list(list, lists, body, on),
            SelectorBase::Linked { link, of } => self
                .links_from(body.id, *link)
                .filter(|l| l.holds_on(on))
                .any(|l| self.selects_body(of, lists, l.b, on)),
            SelectorBase::AnyOf(all) => all.iter().any(|s| self.takes(s, lists, body, on)),
        }
    }

    fn on_list(&self, list: &Slug, lists: &Lists, body: &Body, on: NaiveDate) -> bool {
        lists.lists.get(list).is_some_and(|l| {
            l.added.contains(&body.id)
                || (!l.removed.contains(&body.id) && self.takes(&l.members, lists, body, on))
        })
    }

    /// Whether a selector selects an owner on a day.
    pub fn selects(&self, sel: &Selector, lists: &Lists, owner: Owner, on: NaiveDate) -> bool {
        if let (SelectorBase::AnyOf(all), None) = (&sel.base, &sel.post) {
            return self.is_narrowed(sel, owner, on)
                && all.iter().any(|s| self.selects(s, lists, owner, on));
        }
        match (owner, &sel.post) {
            (Owner::Body(id), None) => self.selects_body(sel, lists, id, on),
            (Owner::Post(id), Some(kind)) => self.post(id).is_some_and(|p| {
                p.kind == *kind && p.exists_on(on) && self.selects_body(sel, lists, p.body, on)
            }),
            (Owner::Body(_), Some(_)) | (Owner::Post(_), None) => false,
        }
    }

    /// Whether an owner's body passes what narrows a union: its levels and attributes.
    fn is_narrowed(&self, sel: &Selector, owner: Owner, on: NaiveDate) -> bool {
        let body = self.body_of(owner).and_then(|id| self.body(id));
        body.and_then(|b| b.span_on(on))
            .is_some_and(|span| narrowed(sel, span))
    }

    /// All owners that a selector selects on a day, in list order.
    pub fn owners(&self, sel: &Selector, lists: &Lists, on: NaiveDate) -> Vec<Owner> {
        if let (SelectorBase::AnyOf(all), None) = (&sel.base, &sel.post) {
            let mut seen = HashSet::new();
            let every = all.iter().flat_map(|s| self.owners(s, lists, on));
            return every
                .filter(|o| self.is_narrowed(sel, *o, on) && seen.insert(*o))
                .collect();
        }
        let bodies = self
            .bodies()
            .iter()
            .filter(|b| self.takes(sel, lists, b, on));
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
        if !is_by_committee(sel) {
            return vec![all];
        }
        let shared = |c: &BodyId| {
            let of_group = |o: &&Owner| self.committees(sel, lists, **o, on).contains(c);
            all.iter().filter(of_group).copied().collect()
        };
        self.committees(sel, lists, owner, on)
            .iter()
            .map(shared)
            .collect()
    }

    /// The committees in which an owner is meant by a selector.
    pub(crate) fn committees(
        &self,
        sel: &Selector,
        lists: &Lists,
        owner: Owner,
        on: NaiveDate,
    ) -> Vec<BodyId> {
        let Some(body) = self.body_of(owner) else {
            return Vec::new();
        };
        match &sel.base {
            SelectorBase::Linked { link, of } => self
                .links_from(body, *link)
                .filter(|l| l.holds_on(on) && self.selects_body(of, lists, l.b, on))
                .map(|l| l.b)
                .collect(),
            SelectorBase::AnyOf(all) => {
                let mine = all.iter().filter(|s| self.selects_body(s, lists, body, on));
                let mut out: Vec<BodyId> = mine
                    .flat_map(|s| self.committees(s, lists, owner, on))
                    .collect();
                out.sort_unstable();
                out.dedup();
                out
            }
            SelectorBase::Kinds(_) | SelectorBase::List(_) => vec![body],
        }
    }
}

/// Whether the groups of a selector are committees: posts in them, or bodies related to them.
fn is_by_committee(sel: &Selector) -> bool {
    match &sel.base {
        SelectorBase::Linked { .. } => true,
        SelectorBase::Kinds(kinds) => {
            kinds.as_slice() == [BodyKind::SpecialCommittee] && sel.post.is_some()
        }
        SelectorBase::AnyOf(all) => !all.is_empty() && all.iter().all(is_by_committee),
        SelectorBase::List(_) => false,
    }
}

/// Whether a span has the levels and attributes that narrow a selector.
fn narrowed(sel: &Selector, span: &Span) -> bool {
    let has = |(name, want): (&String, &AttrValue)| match (span.attrs.get(name), want) {
        (Some(AttrValue::Many(all)), AttrValue::Text(one)) => all.contains(one),
        (Some(found), want) => found == want,
        (None, AttrValue::Flag(false)) => true,
        (None, _) => false,
    };
    (sel.levels.is_empty() || sel.levels.contains(&span.level))
        && sel.attrs.iter().all(has)
        && !sel.without.iter().any(has)
}
