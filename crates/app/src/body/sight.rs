//! Which bodies somebody may see, as the store asks for it.
//!
//! **Invariant:** what is listed may be opened: the scope says what `Who::may` says of each body.

use chrono::NaiveDate;
use domain::body::Body;
use domain::id::BodyId;
use domain::policy::{Action, Relation, allows};
use domain::structure::Structure;
use store::body::BodyScope;

use crate::ctx::Who;

/// The bodies that somebody may see; `None` is the whole county.
pub(super) fn scope(who: &Who, structure: &Structure, today: NaiveDate) -> Option<BodyScope> {
    let view = |relation| move |role| allows(role, Action::ViewBody, relation);
    let mut scope = BodyScope {
        on: today,
        below: Vec::new(),
        led_by: Vec::new(),
        related_to: Vec::new(),
        besides: Vec::new(),
    };
    for grant in &who.grants {
        if view(Relation::None)(grant.role) {
            return None;
        }
        if view(Relation::Below)(grant.role) {
            if grant.body == who.home {
                // All stand below it, and what was closed did.
                return None;
            }
            push(&mut scope.below, grant.body);
        }
        if view(Relation::Committee)(grant.role) {
            push(&mut scope.related_to, grant.body);
        } else if view(Relation::Own)(grant.role) {
            push(&mut scope.led_by, grant.body);
        }
    }
    // Few were ever closed, and the tree of today does not hold them.
    let gone = |b: &&Body| !b.exists_on(today);
    let seen = |b: &&Body| who.may(structure, Action::ViewBody, b.id, today);
    let closed = structure.bodies().iter().filter(gone).filter(seen);
    scope.besides = closed.map(|b| b.id).collect();
    Some(scope)
}

fn push(all: &mut Vec<BodyId>, id: BodyId) {
    if !all.contains(&id) {
        all.push(id);
    }
}
