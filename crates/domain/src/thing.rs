//! A thing that powers are asked over: whose it is, who is named in it, whom it accuses.
//!
//! **Invariant:** this is the one place that says how somebody's body stands to a thing of several
//! bodies. Basis: AUD-2, data-model Visibility.

use chrono::NaiveDate;

use crate::id::BodyId;
use crate::policy::Relation;
use crate::structure::Structure;

/// A thing of one or more bodies, with those who are only named in it and those it accuses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thing {
    bodies: Vec<BodyId>,
    parties: Vec<BodyId>,
    accused: Vec<BodyId>,
}

impl From<BodyId> for Thing {
    fn from(body: BodyId) -> Self {
        Self::of([body])
    }
}

impl Thing {
    /// A thing of these bodies.
    pub fn of(bodies: impl IntoIterator<Item = BodyId>) -> Self {
        Self {
            bodies: bodies.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Names bodies in it whose it is not: they took part, or were visited.
    #[must_use]
    pub fn naming(mut self, parties: impl IntoIterator<Item = BodyId>) -> Self {
        self.parties.extend(parties);
        self
    }

    /// Says whom it accuses: they are kept out, whatever else they are to it.
    #[must_use]
    pub fn accusing(mut self, accused: impl IntoIterator<Item = BodyId>) -> Self {
        self.accused.extend(accused);
        self
    }

    /// How a body stands to it on a day, in the order of [`Relation::ALL`]; never empty. Who stands
    /// below an accused body is kept out with it.
    pub fn relations(&self, structure: &Structure, actor: BodyId, on: NaiveDate) -> Vec<Relation> {
        let is_of =
            |accused: &BodyId| *accused == actor || structure.is_within(actor, *accused, on);
        if self.accused.iter().any(is_of) {
            return vec![Relation::Accused];
        }
        let mut out: Vec<Relation> = Vec::new();
        let mut add = |relation| {
            if !out.contains(&relation) {
                out.push(relation);
            }
        };
        for body in &self.bodies {
            structure
                .relations(actor, *body, on)
                .into_iter()
                .for_each(&mut add);
        }
        for party in &self.parties {
            for relation in structure.relations(actor, *party, on) {
                add(match relation {
                    Relation::Own | Relation::Below => Relation::Party,
                    Relation::Above
                    | Relation::Sibling
                    | Relation::Territory
                    | Relation::Regulator
                    | Relation::Committee
                    | Relation::Party
                    | Relation::Accused
                    | Relation::None => relation,
                });
            }
        }
        if out.is_empty() {
            out.push(Relation::None);
        }
        out.sort_by_key(|r| Relation::ALL.iter().position(|known| known == r));
        out
    }
}
