//! Parts of an act, as powers look at them: which of them only its own recorder may enter, who
//! stands for the host, and how somebody's body stands to an act.
//!
//! **Invariant:** this is the one place that says which part of an act needs the recorder's power;
//! the forms, the preview, saving, changing and attaching all follow it. Basis: AUD-2, DUTY-3.

use chrono::NaiveDate;

use crate::act::{Act, Part, PartRole};
use crate::id::BodyId;
use crate::structure::Structure;
use crate::thing::Thing;

/// Roles that stand for the host of an act, the one asked for first at the front. A place that was
/// visited never does.
const HOSTS: [PartRole; 4] = [
    PartRole::Hosted,
    PartRole::Presided,
    PartRole::Led,
    PartRole::TookPart,
];

/// Whether a part in this role is entered only by whoever has the recorder's power over its body.
///
/// To host, to preside and to lead are doings of one's own, by which one's duties are met: nobody
/// else may say that they were done. Who took part and what was visited may be named by the host's
/// recorder. What a return says, it says for its owner, whatever the role is called.
pub const fn needs_power(role: PartRole, is_return: bool) -> bool {
    match role {
        PartRole::Hosted | PartRole::Presided | PartRole::Led => true,
        PartRole::TookPart | PartRole::WasVisited => is_return,
    }
}

/// The parts of an act with what powers need to know of it.
#[derive(Debug, Clone, Copy)]
pub struct Doing<'a> {
    /// Who did what.
    pub parts: &'a [Part],
    /// It hands a form in.
    pub is_return: bool,
    /// The day it happened: chairs held by office are those of that day.
    pub on: NaiveDate,
}

impl<'a> From<&'a Act> for Doing<'a> {
    fn from(act: &'a Act) -> Self {
        Self {
            parts: &act.parts,
            is_return: act.form.is_some(),
            on: act.occurred_on,
        }
    }
}

impl<'a> Doing<'a> {
    /// Who stands for the host: whoever hosted; where nobody did, whoever presided; else whoever
    /// led, as in a visit. Where there is nothing but who took part (a course held elsewhere),
    /// each of those recorded for itself. The host of a return is its owner.
    pub fn hosts(self) -> impl Iterator<Item = &'a Part> {
        let has = |role: &PartRole| self.parts.iter().any(|p| p.role == *role);
        let role = HOSTS.into_iter().find(has);
        self.parts
            .iter()
            .filter(move |p| self.is_return || Some(p.role) == role)
    }

    /// Whether a part follows from another one: a chair that its holder has by the office that led
    /// the visit, in the field of a place that was visited. Nobody typed it, nobody is asked.
    pub fn is_by_office(self, part: &Part, structure: &Structure) -> bool {
        let Some(post) = part.post.filter(|_| part.role == PartRole::Led) else {
            return false;
        };
        let of = |role| self.parts.iter().filter(move |p: &&Part| p.role == role);
        let leaders = of(PartRole::Led).filter_map(|p| p.post);
        leaders.filter(|leader| *leader != post).any(|leader| {
            of(PartRole::WasVisited).any(|place| {
                let chairs = structure.chairs_for_visit(leader, place.body, self.on);
                chairs.iter().any(|chair| chair.id == post)
            })
        })
    }

    /// The parts over which whoever records, changes or attaches to the act must have the power:
    /// those that need it by their role, and the hosts.
    pub fn own_doings(self, structure: &Structure) -> Vec<Part> {
        let hosts: Vec<&Part> = self.hosts().collect();
        let asked = |p: &&Part| needs_power(p.role, self.is_return) || hosts.contains(p);
        self.parts
            .iter()
            .filter(asked)
            .filter(|p| !self.is_by_office(p, structure))
            .copied()
            .collect()
    }

    /// The parts that keep somebody from recording or changing the act, by a power over bodies.
    /// `None` where nothing in it could be anybody's doing: then nobody has the power.
    pub fn lacking(
        self,
        structure: &Structure,
        power: impl Fn(BodyId) -> bool,
    ) -> Option<Vec<Part>> {
        let mut asked = self.own_doings(structure);
        if asked.is_empty() {
            return None;
        }
        asked.retain(|p| !power(p.body));
        Some(asked)
    }

    /// The act as powers look at it: of those who did it, naming those whose doing it is not.
    pub fn thing(self, structure: &Structure) -> Thing {
        let own = self.own_doings(structure);
        let is_own = |p: &&Part| own.contains(p) || self.is_by_office(p, structure);
        let (mine, named): (Vec<&Part>, Vec<&Part>) = self.parts.iter().partition(is_own);
        let bodies = |parts: Vec<&Part>| parts.into_iter().map(|p| p.body).collect::<Vec<_>>();
        Thing::of(bodies(mine)).naming(bodies(named))
    }
}
