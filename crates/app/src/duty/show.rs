//! One duty of one owner in one period: standing, why, what counted and what did not, what is
//! missing.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::act::{Act, PartRole};
use domain::calendar::{Period, Step};
use domain::duty::{DutyLine, Key, Obligation};
use domain::extension::Extensions;
use domain::id::{ActId, Owner, Slug};
use domain::pack::How;
use domain::policy::Action;
use domain::ruling::{RulingReason, State, Wanted};
use domain::weigh::{Locks, Weight, WhyNot, weigh};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::found::{find, selects};
use super::item::{ClauseRef, Item, clause_refs, item};
use super::why::{WhyNotSeen, far, taken, why_not};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::ruling::RulingLine;
use crate::world::{NOW, World};

/// Days around the period in which acts are looked at, so that one on the wrong side is explained.
const AROUND_DAYS: u64 = 31;

/// Which obligation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneDuty {
    /// Its pack.
    #[schemars(title = "制度代码")]
    pub pack: Slug,
    /// Its duty.
    #[schemars(title = "职责代码")]
    pub duty: Slug,
    /// Who owes.
    #[schemars(title = "责任主体编号")]
    pub owner: Owner,
    /// For which period.
    #[schemars(title = "时段")]
    pub period: Period,
}

/// An act that was looked at for the obligation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "DutyAct")]
pub struct ActSeen {
    /// The act.
    pub id: ActId,
    /// Its day.
    pub occurred_on: NaiveDate,
    /// Kind and what it is about.
    pub title: String,
    /// Whether it counts.
    pub counts: bool,
    /// It counts until somebody has accepted it or sent it back.
    pub provisional: bool,
    /// Why it does not count.
    pub why_not: Option<WhyNotSeen>,
}

/// A field that must have one of some values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldAsked {
    /// Its title.
    pub title: String,
    /// Titles of the values.
    pub values: Vec<String>,
}

/// What is asked of the owner.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Asked {
    /// Titles of the kinds of act that count.
    pub kinds: Vec<String>,
    /// How many at least.
    pub at_least: u32,
    /// Unit of the count.
    pub unit: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
    /// In which roles; any where none is named.
    pub roles: Vec<PartRole>,
    /// What must stand in fields.
    pub fields: Vec<FieldAsked>,
    /// Titles of the kinds of post of which one must preside or lead.
    pub presided_by: Vec<String>,
    /// Whether each owes it, any of a group or all together.
    pub how: How,
    /// When it applies, in the words of the pack.
    pub when: Option<String>,
}

/// An approved extension.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "DutyExtension")]
pub struct ExtensionSeen {
    /// The new last day.
    pub to: NaiveDate,
    /// Why.
    pub reason: RulingReason,
}

/// How the last day came about.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DueSeen {
    /// The last day before extensions.
    pub on: NaiveDate,
    /// The facts that led to it, in order.
    pub steps: Vec<Step>,
    /// Extensions.
    pub extensions: Vec<ExtensionSeen>,
    /// After this day nothing more can be entered that counts.
    pub locked_on: Option<NaiveDate>,
}

/// The page of one duty.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DutyPage {
    /// The obligation.
    pub item: Item,
    /// 为什么: what is asked.
    pub asked: Asked,
    /// 期限怎么来的.
    pub due: DueSeen,
    /// Acts that count, and acts that were looked at and do not.
    pub acts: Vec<ActSeen>,
    /// Rulings, newest first.
    pub rulings: Vec<RulingLine>,
    /// The choice between texts that the office made, with both places.
    pub choice: Option<ChoiceSeen>,
    /// Same duty, the period before and after, where owed.
    pub previous: Option<Key>,
    /// The next period.
    pub next: Option<Key>,
    /// The person may record an act for it.
    pub may_record: bool,
    /// The person may ask for a ruling.
    pub may_ask: bool,
}

/// One of some texts that contradict each other.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TextSeen {
    /// Title.
    pub title: String,
    /// Where it stands.
    pub clauses: Vec<ClauseRef>,
    /// The county follows it.
    pub chosen: bool,
}

/// Texts that contradict each other and what was chosen.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ChoiceSeen {
    /// Each text.
    pub texts: Vec<TextSeen>,
    /// Why.
    pub reason: String,
}

/// One obligation, with how it came about and what became of it.
pub async fn one(ctx: &Ctx, asked: OneDuty) -> Result<DutyPage> {
    let OneDuty {
        pack,
        duty,
        owner,
        period,
    } = asked;
    let key = Key {
        pack,
        duty,
        owner,
        period,
    };
    show(ctx, &key).await
}

/// The page of a duty.
pub async fn show(ctx: &Ctx, key: &Key) -> Result<DutyPage> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let (at, obligation) = find(&world, key, ctx.day())?;
    let body = world
        .structure
        .body_of(key.owner)
        .ok_or(Error::NotFound("这项职责"))?;
    let seen_by = (Action::ViewStanding, "这项职责");
    ctx.allow_on(&world.structure, Action::ViewStanding, body, seen_by)?;
    let facts = ctx.app.facts(ctx, &world, key.period.first_day()).await?;
    let line = world
        .book
        .lines()
        .get(at)
        .ok_or(Error::NotFound("这项职责"))?;
    let shown = item(&world, line, &obligation, &facts);
    let counted = facts.counting(&world.book, line, &obligation);
    let acts = acts_near(ctx, &world, &obligation, &counted).await?;
    let seen = weigh_all(&world, line, &obligation, (&acts, &counted), &facts);
    let periods = neighbours(&world, at, &obligation, facts.day);
    let at_period = |p: Period| key.in_period(p);
    let may = |action| who.may(&world.structure, action, body, ctx.today) && ctx.as_of.is_none();
    Ok(DutyPage {
        asked: asked(&world, &obligation),
        due: due(&obligation, &shown, &facts, key),
        acts: seen,
        rulings: rulings(ctx, &world, key, &facts),
        choice: choice(&world, at, &obligation),
        previous: periods.0.map(at_period),
        next: periods.1.map(at_period),
        may_record: may(Action::RecordAct) && !shown.is_done(),
        may_ask: may(Action::AskRuling) && !shown.is_done(),
        item: shown,
    })
}

/// The acts of the owner around the period, and all that count wherever they were done.
async fn acts_near(
    ctx: &Ctx,
    world: &World,
    obligation: &Obligation,
    counted: &[ActId],
) -> Result<Vec<Act>> {
    let owners = world
        .structure
        .with_predecessors(obligation.owner, obligation.due.on);
    let bodies: BTreeSet<_> = owners
        .iter()
        .filter_map(|o| world.structure.body_of(*o))
        .collect();
    let first = obligation.period.first_day();
    let last = obligation.period.last_day();
    let from = first
        .checked_sub_days(Days::new(AROUND_DAYS))
        .unwrap_or(first);
    let to = last
        .checked_add_days(Days::new(AROUND_DAYS))
        .unwrap_or(last);
    let kinds = obligation.duty.rule.what.acts.clone();
    let bodies: Vec<_> = bodies.into_iter().collect();
    let filter = store::act::ActFilter {
        kinds,
        bodies: Some(bodies),
        from: Some(from),
        to: Some(to.min(ctx.day())),
        withdrawn_too: true,
        as_of: ctx.as_of_seq(world.home).await?,
        ..store::act::ActFilter::default()
    };
    let as_of = filter.as_of.unwrap_or(NOW);
    let mut acts = ctx
        .app
        .store
        .read(async |r| {
            let mut near = store::act::acts_of(r, world.home, &filter).await?;
            let known: BTreeSet<ActId> = near.iter().map(|a| a.id).collect();
            let far: Vec<ActId> = counted
                .iter()
                .filter(|id| !known.contains(id))
                .copied()
                .collect();
            if !far.is_empty() {
                near.extend(store::act::acts_by_ids(r, &far, as_of).await?);
            }
            Ok::<_, Error>(near)
        })
        .await?;
    acts.sort_by_key(|act| (act.occurred_on, act.id));
    Ok(acts)
}

fn weigh_all(
    world: &World,
    line: &DutyLine,
    obligation: &Obligation,
    (acts, counted): (&[Act], &[ActId]),
    facts: &Facts,
) -> Vec<ActSeen> {
    let duty = &obligation.duty;
    let key = &obligation.key(line);
    let corrected: BTreeSet<ActId> = acts
        .iter()
        .map(|a| a.id)
        .filter(|a| facts.rulings.corrects(key, *a))
        .collect();
    let extensions = Extensions::of(facts.rulings.of(key));
    let locks = Locks {
        due_on: obligation.due.on,
        locked_on: duty.locked_on(extensions.due_on(obligation.due.on)),
        corrected: &corrected,
        extensions: &extensions,
    };
    let mut out: Vec<ActSeen> = Vec::new();
    for act in acts {
        let weight = weigh(duty, key.owner, key.period, act, &world.structure, &locks);
        let why_not = match &weight {
            Weight::Unrelated => continue,
            Weight::Counts { .. } if !counted.contains(&act.id) => {
                Some(taken(world, key, act, facts))
            }
            Weight::Counts { .. } => None,
            Weight::Not(WhyNot::Outside { on }) if far(*on, key) => continue,
            Weight::Not(why) => Some(why_not(world, why, facts.day)),
        };
        let waits = matches!(
            weight,
            Weight::Counts {
                provisional: true,
                ..
            }
        );
        out.push(ActSeen {
            id: act.id,
            occurred_on: act.occurred_on,
            title: crate::act::headline(world, act),
            counts: why_not.is_none(),
            provisional: waits && why_not.is_none(),
            why_not,
        });
    }
    out.sort_by_key(|seen| (!seen.counts, seen.occurred_on));
    out
}

/// What an obligation asks for.
fn asked(world: &World, obligation: &Obligation) -> Asked {
    let duty = &obligation.duty;
    let what = &duty.rule.what;
    let kinds = what.acts.iter().filter_map(|k| world.act_kind(k.as_str()));
    let kinds: Vec<_> = kinds.collect();
    let first = what.acts.first().and_then(|k| world.act_kind(k.as_str()));
    let posts = what.presided_by.iter();
    Asked {
        kinds: kinds.iter().map(|k| k.title.clone()).collect(),
        at_least: duty.rule.at_least,
        unit: first.map_or_else(|| "次".to_owned(), |k| k.unit.clone()),
        from_on: obligation.period.first_day(),
        to_on: obligation.period.last_day(),
        roles: what.roles.clone(),
        fields: fields_asked(world, obligation),
        presided_by: posts.map(|k| crate::post::kind_title(world, k)).collect(),
        how: duty.rule.owed_by.how,
        when: duty.decl.when.clone(),
    }
}

fn fields_asked(world: &World, obligation: &Obligation) -> Vec<FieldAsked> {
    let what = &obligation.duty.rule.what;
    let fields = what.fields.iter();
    fields
        .map(|(field, allowed)| FieldAsked {
            title: crate::act::field_title(world, &what.acts, field),
            values: allowed
                .iter()
                .map(|v| crate::act::value_title(world, field, v))
                .collect(),
        })
        .collect()
}

fn due(obligation: &Obligation, item: &Item, facts: &Facts, key: &Key) -> DueSeen {
    let rulings = facts.rulings.of(key).iter();
    let extension = |ruling: &domain::ruling::Ruling| match (&ruling.state, ruling.wanted) {
        (State::Approved(_), Wanted::Extension { new_due_on: to }) => Some(ExtensionSeen {
            to,
            reason: ruling.reason,
        }),
        _ => None,
    };
    let last_on = item.standing.due_on.max(obligation.due.on);
    DueSeen {
        on: obligation.due.on,
        steps: obligation.due.steps.clone(),
        extensions: rulings.filter_map(extension).collect(),
        locked_on: obligation.duty.locked_on(last_on),
    }
}

/// The rulings on an obligation, newest first.
fn rulings(ctx: &Ctx, world: &World, key: &Key, facts: &Facts) -> Vec<RulingLine> {
    let oldest_first = facts.rulings.of(key).iter();
    let newest_first = oldest_first.rev();
    newest_first
        .map(|r| crate::ruling::line(ctx, world, r))
        .collect()
}

fn choice(world: &World, at: usize, obligation: &Obligation) -> Option<ChoiceSeen> {
    let line = world.book.lines().get(at)?;
    let duty = &obligation.duty;
    if duty.decl.options.is_empty() {
        return None;
    }
    let chosen = duty.in_use.choices.options.get(&duty.decl.id);
    let first = duty.decl.options.first().map(|o| &o.id);
    let texts = duty
        .decl
        .options
        .iter()
        .map(|o| {
            let is = chosen.or(first) == Some(&o.id);
            TextSeen {
                title: o.title.clone(),
                clauses: clause_refs(world, line, &o.clauses),
                chosen: is,
            }
        })
        .collect();
    Some(ChoiceSeen {
        texts,
        reason: duty.in_use.choices.reason.clone(),
    })
}

fn neighbours(
    world: &World,
    at: usize,
    obligation: &Obligation,
    day: NaiveDate,
) -> (Option<Period>, Option<Period>) {
    let Some(line) = world.book.lines().get(at) else {
        return (None, None);
    };
    let period = obligation.period;
    let around = Days::new(400);
    let from = period
        .first_day()
        .checked_sub_days(around)
        .unwrap_or(period.first_day());
    let to = period
        .last_day()
        .checked_add_days(around)
        .unwrap_or(period.last_day());
    let owed = |p: &Period| {
        let other = world.obligation(at, obligation.owner, *p);
        other.is_some_and(|o| selects(world, &o, day))
    };
    let mut all = world.book.periods(line, from, to);
    all.retain(owed);
    let here = all.iter().position(|p| *p == period);
    let before = here
        .and_then(|i| i.checked_sub(1))
        .and_then(|i| all.get(i))
        .copied();
    let after = here.and_then(|i| all.get(i + 1)).copied();
    (before, after)
}
