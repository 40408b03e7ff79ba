//! What is asked where a pack is applied: texts that contradict each other, questions that the text
//! leaves open, thresholds, lists, duties.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::{BodyId, Slug};
use domain::pack::{ChoiceDecl, Choices, DutyDecl, Pack};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ctx::Ctx;
use crate::duty::ClauseRef;
use crate::error::Result;
use crate::named::Named;
use crate::world::World;

/// A text, or an answer, that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackOption")]
pub struct OptionForm {
    /// Id.
    pub id: Slug,
    /// What it says.
    pub title: String,
    /// Its places.
    pub clauses: Vec<ClauseRef>,
    /// It is chosen now, or stands first.
    pub chosen: bool,
}

/// A question to answer when a pack is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackQuestion")]
pub struct ChoiceForm {
    /// The duty whose texts contradict each other, or the question.
    pub id: Slug,
    /// Its title.
    pub title: String,
    /// Its places.
    pub clauses: Vec<ClauseRef>,
    /// Texts or answers.
    pub options: Vec<OptionForm>,
}

/// A list that the office may change: who is added to what the text says, and who is taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackList")]
pub struct ListForm {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// The bodies added now, or proposed.
    pub added: Vec<Named<BodyId>>,
    /// The bodies taken off now.
    pub removed: Vec<Named<BodyId>>,
}

/// A threshold to set.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PackThreshold")]
pub struct ThresholdForm {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// The value now.
    pub value: Option<f64>,
}

/// A duty whose standing the office may leave aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackFollowed")]
pub struct FollowedForm {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Its standing is kept now.
    pub followed: bool,
}

/// What is asked where a version of a pack is applied.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PackForm")]
pub struct ApplyForm {
    /// Pack.
    pub id: Slug,
    /// Version.
    pub version: u32,
    /// Title.
    pub title: String,
    /// First day proposed: the notice's, or today for a later version.
    pub from_on: NaiveDate,
    /// First day of records proposed: today where the notice is older, so that nobody is late for
    /// what was never asked here.
    pub followed_from_on: NaiveDate,
    /// The version in force now, if any.
    pub in_force: Option<u32>,
    /// Texts that contradict each other.
    pub options: Vec<ChoiceForm>,
    /// Questions that the text leaves open.
    pub answers: Vec<ChoiceForm>,
    /// Thresholds.
    pub thresholds: Vec<ThresholdForm>,
    /// Lists of the pack and of the words it uses.
    pub lists: Vec<ListForm>,
    /// Duties.
    pub duties: Vec<FollowedForm>,
    /// Days of entry after the due day; none never locks.
    pub lock_after_days: Option<u32>,
    /// Days to answer a return that was sent back, where the office set them.
    pub answer_days: Option<u32>,
}

/// What is asked where a version of a pack is applied.
pub async fn apply_form(ctx: &Ctx, id: &Slug, version: u32) -> Result<ApplyForm> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let pack = ctx.app.pack(id, version).await?;
    let open = world
        .book
        .packs()
        .iter()
        .rev()
        .find(|(u, _)| u.pack == *id && u.to_on.is_none());
    let choices = open.map(|(u, _)| u.choices.clone()).unwrap_or_default();
    let options = pack.duties.iter().filter(|d| !d.options.is_empty());
    let answers = pack.choices.iter().map(|c| answer_form(&pack, c, &choices));
    let from_on = match open {
        Some(_) => ctx.today,
        None => pack.effect.from.unwrap_or(ctx.today),
    };
    let mut lists = lists(ctx, &world, &pack, &choices);
    if open.is_none() {
        propose_named(ctx, &world, &mut lists).await?;
    }
    Ok(ApplyForm {
        followed_from_on: from_on.max(ctx.today),
        lists,
        id: id.clone(),
        version,
        title: pack.title.clone(),
        from_on,
        in_force: open.map(|(u, _)| u.version),
        options: options.map(|d| option_form(&pack, d, &choices)).collect(),
        answers: answers.collect(),
        thresholds: thresholds(&pack, &choices),
        duties: duties(&pack, &choices),
        lock_after_days: choices.lock_after_days,
        answer_days: choices.answer_days,
    })
}

fn thresholds(pack: &Pack, choices: &Choices) -> Vec<ThresholdForm> {
    let all = pack.thresholds.iter().map(|t| ThresholdForm {
        id: t.id.clone(),
        title: t.title.clone(),
        unit: t.unit.clone(),
        value: choices.thresholds.get(&t.id).copied(),
    });
    all.collect()
}

fn duties(pack: &Pack, choices: &Choices) -> Vec<FollowedForm> {
    let followed = pack.duties.iter().filter(|d| d.followed);
    let all = followed.map(|d| FollowedForm {
        id: d.id.clone(),
        title: d.title.clone(),
        followed: !choices.unfollowed.contains(&d.id),
    });
    all.collect()
}

/// A list that is named as one body of the county is proposed to hold it.
async fn propose_named(ctx: &Ctx, world: &World, lists: &mut [ListForm]) -> Result<()> {
    let county = world.structure.name(world.home, ctx.today);
    for list in lists.iter_mut().filter(|l| l.added.is_empty()) {
        // 县应急局 stands for 泽安县应急局.
        let rest = list.title.strip_prefix(['县', '市', '区']);
        let whole = rest.map(|rest| format!("{county}{rest}"));
        let names: Vec<String> = [list.title.clone()].into_iter().chain(whole).collect();
        let found = crate::body::by_names(ctx, &names.join("\n")).await?;
        let known = names.into_iter().zip(found);
        let known = known.filter_map(|(name, body)| Some(Named::new(body.ok()?, name)));
        list.added.extend(known.take(1));
    }
    Ok(())
}

fn lists(ctx: &Ctx, world: &World, pack: &Pack, choices: &Choices) -> Vec<ListForm> {
    let names = |all: &BTreeMap<Slug, Vec<BodyId>>, list: &Slug| {
        let bodies = all.get(list).map_or(&[][..], Vec::as_slice);
        let name = |b: &BodyId| Named::new(*b, world.structure.name(*b, ctx.today));
        bodies.iter().map(name).collect()
    };
    let lent = used(world, pack).into_iter().flat_map(|p| &p.lists);
    let all = pack.lists.iter().chain(lent).map(|l| ListForm {
        id: l.id.clone(),
        title: l.title.clone(),
        added: names(&choices.list_add, &l.id),
        removed: names(&choices.list_remove, &l.id),
    });
    all.collect()
}

/// The packs whose words a pack uses.
pub(super) fn used<'a>(world: &'a World, pack: &Pack) -> Vec<&'a Pack> {
    let found = pack.uses.iter().filter_map(|id| world.vocabulary.get(id));
    found.map(AsRef::as_ref).collect()
}

fn places(pack: &Pack, clauses: &[String]) -> Vec<ClauseRef> {
    let place = |id: &String| {
        let clause = pack.clause(id);
        let number = clause.map_or(id.as_str(), |c| c.number.as_str());
        ClauseRef {
            pack: pack.id.clone(),
            notice: pack.short.clone(),
            clause: id.clone(),
            number: number.to_owned(),
            summary: clause.map(|c| c.summary.clone()).unwrap_or_default(),
        }
    };
    clauses.iter().map(place).collect()
}

fn option_form(pack: &Pack, duty: &DutyDecl, choices: &Choices) -> ChoiceForm {
    let chosen = choices.options.get(&duty.id);
    let chosen = chosen.or_else(|| duty.options.first().map(|o| &o.id));
    let options = duty.options.iter().map(|o| OptionForm {
        id: o.id.clone(),
        title: o.title.clone(),
        clauses: places(pack, &o.clauses),
        chosen: Some(&o.id) == chosen,
    });
    ChoiceForm {
        id: duty.id.clone(),
        title: duty.title.clone(),
        clauses: places(pack, &duty.clauses),
        options: options.collect(),
    }
}

fn answer_form(pack: &Pack, choice: &ChoiceDecl, choices: &Choices) -> ChoiceForm {
    let chosen = choices.answers.get(&choice.id).unwrap_or(&choice.default);
    let options = choice.answers.iter().map(|(id, title)| OptionForm {
        id: id.clone(),
        title: title.clone(),
        clauses: Vec::new(),
        chosen: id == chosen,
    });
    ChoiceForm {
        id: choice.id.clone(),
        title: choice.title.clone(),
        clauses: places(pack, &choice.clauses),
        options: options.collect(),
    }
}
