//! Who decides on what others ask for or hand in: whose it is, and how somebody stands to it.
//!
//! The powers themselves stand in [`crate::policy`]; here is how the facts that it asks for are
//! found in a county. **Invariant:** nobody decides on his own. Basis: DATE-1, DUTY-2.

use chrono::NaiveDate;

use crate::act::Act;
use crate::body::BodyKind;
use crate::id::{BodyId, Owner, PersonId};
use crate::person::Grant;
use crate::policy::{NotDecider, Role, Stake, decides};
use crate::ruling::Ruling;
use crate::structure::Structure;

/// Somebody who wants to decide.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// The person.
    pub person: PersonId,
    /// The body that the person acts for.
    pub body: BodyId,
    /// Roles in force on the day.
    pub grants: &'a [Grant],
}

impl Decider<'_> {
    fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.role == role)
    }

    /// The owners whose duties the person answers for: the body acted for and its posts, the posts
    /// held; a leader answers for the posts held only.
    pub fn owners(&self, structure: &Structure, on: NaiveDate) -> Vec<Owner> {
        let mut out: Vec<Owner> = Vec::new();
        let only_leader =
            self.has(Role::Leader) && !self.has(Role::Liaison) && !self.has(Role::Office);
        if !only_leader {
            for body in structure.answers_for(self.body, on) {
                out.push(Owner::Body(body));
                out.extend(structure.posts_of(body, on).map(|p| Owner::Post(p.id)));
            }
        }
        let held = structure.posts_held(self.person, on).into_iter();
        out.extend(held.map(|post| Owner::Post(post.id)));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Whether the person answers for an owner: by the body acted for, or by a post in it.
    fn owes(&self, structure: &Structure, owner: Owner, body: BodyId, on: NaiveDate) -> bool {
        let mut held = structure.posts_held(self.person, on).into_iter();
        self.owners(structure, on).contains(&owner)
            || held.any(|p| structure.answers_for(p.body, on).contains(&body))
    }

    /// Whether the person decides a request that waits. `set_by` is the body that set the limit: a
    /// role counts where it was given on that body.
    pub fn decides(
        &self,
        structure: &Structure,
        set_by: BodyId,
        ruling: &Ruling,
        on: NaiveDate,
    ) -> Result<(), NotDecider> {
        let owner = ruling.key.owner;
        let body = structure.body_of(owner).ok_or(NotDecider::NoPower)?;
        let of_setter = self.grants.iter().filter(|g| g.body == set_by);
        let roles: Vec<Role> = of_setter.map(|g| g.role).collect();
        let stake = Stake {
            asked_it: ruling.asked_by == self.person,
            owes_it: self.owes(structure, owner, body, on),
            setter_owes: is_setter(structure, body),
        };
        decides(&roles, &structure.relations(set_by, body, on), stake)
    }

    /// Whether an act is one of the person's own body: its receiver judges a return, never they.
    pub fn is_own(&self, structure: &Structure, act: &Act, on: NaiveDate) -> bool {
        let own = structure.answers_for(self.body, on);
        act.parts.iter().any(|p| own.contains(&p.body))
    }
}

/// Whether a body sets the limits of others: the office, in the name of the committee.
fn is_setter(structure: &Structure, body: BodyId) -> bool {
    let kind = structure.body(body).map(|b| b.kind);
    matches!(
        kind,
        Some(BodyKind::SafetyOffice | BodyKind::SafetyCommittee)
    )
}
