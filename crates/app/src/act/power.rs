//! Who may see, record and change an act: every verb, form and preview asks here.
//!
//! **Invariant:** which part needs a power is the domain's rule (`domain::part`); a body that is
//! not known, one that may not be seen and one that is not for the actor to record get one answer.

use chrono::NaiveDate;
use domain::act::{Act, Part, PartRole};
use domain::body::{BodyKind, Link, LinkKind};
use domain::id::{BodyId, Owner};
use domain::part::{Doing, needs_power};
use domain::policy::Action;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

/// Refuses an act of which the person may see no part: it is then not found.
pub(crate) fn visible(ctx: &Ctx, world: &World, act: &Act) -> Result<()> {
    let thing = Doing::from(act).thing(&world.structure);
    let seen_by = (Action::ViewAct, "这条记录");
    ctx.allow_on(&world.structure, Action::ViewAct, thing, seen_by)
}

/// Refuses whoever records nowhere, before anything is said of bodies.
pub(super) fn recorder(ctx: &Ctx) -> Result<()> {
    ctx.allow_somewhere(Action::RecordAct)
}

/// Whether the actor has a power over a body.
pub(super) fn has(ctx: &Ctx, world: &World, action: Action, body: BodyId) -> bool {
    ctx.may(&world.structure, action, body)
}

/// The parts of an act over which the actor lacks a power; `None` where nobody has it.
pub(super) fn lacking(
    ctx: &Ctx,
    world: &World,
    action: Action,
    doing: Doing<'_>,
) -> Option<Vec<Part>> {
    doing.lacking(&world.structure, |body| has(ctx, world, action, body))
}

/// Whether the actor may do it to an act as it stands; which buttons a page shows.
pub(super) fn may(ctx: &Ctx, world: &World, action: Action, act: &Act) -> bool {
    lacking(ctx, world, action, act.into()).is_some_and(|l| l.is_empty())
}

/// Refuses what is not the actor's to do to an act as it stands, and says whose it is. It is asked
/// of an act that the actor sees.
pub(super) fn allowed(ctx: &Ctx, world: &World, action: Action, act: &Act) -> Result<()> {
    if !ctx.actor.is_system() {
        ctx.who()?;
    }
    match lacking(ctx, world, action, act.into()) {
        Some(lacking) if lacking.is_empty() => Ok(()),
        Some(lacking) => Err(Error::OfOthers {
            action,
            whose: whose(world, &lacking, act.occurred_on),
        }),
        None => Err(Error::Forbidden(action)),
    }
}

/// Names in one sentence.
const NAMED_MAX: usize = 2;

/// 县安委办主办、石桥镇人民政府镇长带队, the first few.
fn whose(world: &World, parts: &[Part], on: NaiveDate) -> String {
    let said = |p: &Part| {
        let name = super::line::part_name(world, p, on);
        format!("{name}{}", words::part_role(p.role))
    };
    let all: Vec<String> = parts.iter().take(NAMED_MAX).map(said).collect();
    let more = if parts.len() > NAMED_MAX { "等" } else { "" };
    format!("{}{more}", all.join("、"))
}

/// Whom the actor may name in an act that is typed.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    ctx: &'a Ctx,
    world: &'a World,
    /// The parts of the act that is changed: who stands in it may stay.
    standing: &'a [Part],
}

impl<'a> Names<'a> {
    /// For an act of which `standing` are the parts until now; none for a new one.
    pub(super) fn new(ctx: &'a Ctx, world: &'a World, standing: &'a [Part]) -> Self {
        Self {
            ctx,
            world,
            standing,
        }
    }

    /// Whether the actor may know that there is such a body.
    fn sees(self, body: BodyId) -> bool {
        has(self.ctx, self.world, Action::ViewBody, body)
    }

    /// Whether a part may be typed by the actor, other parts left aside: of one's own doing, what
    /// one records for; of who took part and what was visited, what one sees, organs of the
    /// county, who sits in a committee that one records for, and who stands in the act until now.
    pub(super) fn may_name(self, part: &Part, is_return: bool) -> bool {
        if needs_power(part.role, is_return) {
            return has(self.ctx, self.world, Action::RecordAct, part.body);
        }
        self.standing.contains(part)
            || self.sees(part.body)
            || self.sits_with(part.body)
            || self.is_public(part.body)
    }

    /// Whether a body is an organ of the county, whose existence everybody knows: a town's meeting
    /// may name another town. Enterprises and what stands in them are not told of.
    fn is_public(self, body: BodyId) -> bool {
        let Some(found) = self.world.structure.body(body) else {
            return false;
        };
        match found.kind {
            BodyKind::Jurisdiction
            | BodyKind::PartyCommittee
            | BodyKind::Government
            | BodyKind::SafetyCommittee
            | BodyKind::SafetyOffice
            | BodyKind::SpecialCommittee
            | BodyKind::Department
            | BodyKind::Zone
            | BodyKind::VillageCommittee => true,
            BodyKind::Enterprise | BodyKind::Workshop | BodyKind::Team => false,
        }
    }

    /// Whether a body sits in a committee that the actor records for. It stands on the committee's
    /// page, and the committee's meetings name it.
    fn sits_with(self, body: BodyId) -> bool {
        let sits = |l: &&Link| {
            matches!(
                l.kind,
                LinkKind::Leads | LinkKind::Enforces | LinkKind::Member | LinkKind::KeyEnterprise
            )
        };
        let all = self.world.structure.relations_of(body, self.ctx.today);
        let mut committees = all.into_iter().filter(sits).map(|l| l.b);
        committees.any(|c| has(self.ctx, self.world, Action::RecordAct, c))
    }

    /// Parts of the whole act that are not the actor's to record.
    pub(super) fn lacking(self, doing: Doing<'_>) -> Vec<Part> {
        let found = lacking(self.ctx, self.world, Action::RecordAct, doing);
        found.unwrap_or_default()
    }

    /// What is said of a name that is refused: the same of one that is unknown, one that may not
    /// be seen and one that is not the actor's to record.
    pub(super) fn refusal(self, typed: &str, role: PartRole, is_return: bool) -> String {
        if needs_power(role, is_return) {
            self.not_own(typed, role)
        } else {
            format!("没有找到“{typed}”，或当天还没有设立。请从列表中选择。")
        }
    }

    /// The same of a part that only its own recorder may enter.
    pub(super) fn not_own(self, typed: &str, role: PartRole) -> String {
        let name = self.name(typed);
        let word = words::part_role(role);
        format!(
            "“{name}”不在您可以代为记录的单位和岗位中，或当天还没有设立。请从列表中选择；\
             确由其{word}的，请该单位自行记录，或请县安委办代为记录。"
        )
    }

    /// The name of whom the actor may see; of anybody else what was typed.
    fn name(self, typed: &str) -> String {
        let known = typed.parse::<Owner>().ok().filter(|owner| {
            let body = self.world.structure.body_of(*owner);
            body.is_some_and(|b| self.world.structure.body(b).is_some() && self.sees(b))
        });
        known.map_or_else(
            || typed.to_owned(),
            |owner| self.world.owner_name(owner, self.ctx.today),
        )
    }
}
