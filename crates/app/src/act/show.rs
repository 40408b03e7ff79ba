//! One act with all its versions, as of the day looked at.

use chrono::NaiveDate;
use domain::act::{Act, ActStep, FieldValue, Fields, Judged, Step};
use domain::calendar::Period;
use domain::id::{ActId, PersonId, Slug};
use domain::instant::Instant;
use domain::pack::{FieldDecl, FieldKind};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use super::line::{ActLine, ActPart, line, parts_seen, value_title};
use super::power;
use super::record::{Meets, obligation, oldest};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file::FileSeen;
use crate::world::{NOW, World};

/// A field of an act with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActField {
    /// As packs name it.
    #[schemars(title = "字段")]
    pub field: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// Value; of a choice the codes of its list.
    #[schemars(title = "内容")]
    pub value: FieldValue,
    /// The titles of chosen values; none where nothing is chosen from a list.
    #[schemars(title = "所选")]
    pub titles: Vec<String>,
}

/// A version of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActVersionSeen {
    /// Number.
    #[schemars(title = "版本")]
    pub version: i64,
    /// What made it.
    #[schemars(title = "办理")]
    pub step: ActStep,
    /// By whom; the program itself where nobody stands here.
    #[schemars(title = "办理人编号")]
    pub person: Option<PersonId>,
    /// Their name.
    #[schemars(title = "办理人")]
    pub person_name: Option<String>,
    /// When.
    #[schemars(title = "时间")]
    pub at: Instant,
    /// Why.
    #[schemars(title = "理由")]
    pub reason: String,
    /// The day, as this version says.
    #[schemars(title = "日期")]
    pub occurred_on: NaiveDate,
    /// The period, as this version says.
    #[schemars(title = "所报时段")]
    pub period: Option<Period>,
    /// Fields, as this version says.
    #[schemars(title = "内容")]
    pub fields: Vec<ActField>,
    /// Who did what, as this version says.
    #[schemars(title = "由谁")]
    pub parts: Vec<ActPart>,
}

/// One act with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActPage {
    /// The act as it stands on the day looked at.
    #[schemars(title = "记录")]
    pub act: ActLine,
    /// Its fields.
    #[schemars(title = "内容")]
    pub fields: Vec<ActField>,
    /// What it counts for, of what the person may see.
    #[schemars(title = "计入的职责")]
    pub meets: Vec<Meets>,
    /// For how many more it counts, of others whose standing the person may not see.
    #[schemars(title = "另计入的职责数")]
    pub more_meets: u64,
    /// Versions, newest first.
    #[schemars(title = "经过")]
    pub versions: Vec<ActVersionSeen>,
    /// Files.
    #[schemars(title = "附件")]
    pub files: Vec<FileSeen>,
    /// Last day to answer, when sent back.
    #[schemars(title = "重新报送的期限")]
    pub answer_by: Option<NaiveDate>,
    /// May be amended or withdrawn by the one who looks.
    #[schemars(title = "可更正")]
    pub may_amend: bool,
    /// May be accepted or sent back.
    #[schemars(title = "可审核")]
    pub may_judge: bool,
    /// May be submitted again.
    #[schemars(title = "可重新报送")]
    pub may_submit_again: bool,
}

/// The page of an act.
pub async fn show(ctx: &Ctx, id: ActId) -> Result<ActPage> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let history = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, id).await)
        .await?;
    let seq = ctx.as_of_seq(who.home).await?.unwrap_or(NOW);
    let history = history
        .filter(|h| h.act.home == who.home)
        .and_then(|h| known_by(h, seq))
        .ok_or(Error::NotFound("这条记录"))?;
    let act = &history.act;
    power::visible(ctx, &world, act)?;
    let (meets, more_meets) = counted_for(ctx, &world, act, seq).await?;
    let files = crate::file::files_of(ctx, id).await?;
    let judged = act.judged();
    let may = |action| ctx.as_of.is_none() && power::may(ctx, &world, action, act);
    let own = who.decider().is_own(&world.structure, act, ctx.today);
    let takes = |step| act.take(step).is_ok();
    Ok(ActPage {
        fields: fields_seen(&world, act, &act.fields),
        act: line(&world, act),
        meets,
        more_meets,
        versions: versions(&world, &history),
        files,
        answer_by: match judged {
            Judged::SentBack { answer_by, .. } => answer_by,
            Judged::Waiting(_) | Judged::Accepted(_) => None,
        },
        may_amend: takes(Step::Amend) && may(Action::AmendAct),
        may_judge: takes(Step::Accept) && !own && may(Action::JudgeReturn),
        may_submit_again: takes(Step::SubmitAgain { on: ctx.today }) && may(Action::RecordAct),
    })
}

/// Fields in the order of their declaration.
fn fields_seen(world: &World, act: &Act, fields: &Fields) -> Vec<ActField> {
    let decls = world
        .act_kind(act.kind.as_str())
        .map_or(&[][..], |k| k.fields.as_slice());
    let seen = |decl: &FieldDecl| {
        let value = fields.get(&decl.id)?.clone();
        let title = |v: &String| value_title(world, &decl.id, v);
        let titles = match (&decl.kind, &value) {
            (FieldKind::Choice(_) | FieldKind::Choices(_), FieldValue::Text(one)) => {
                vec![title(one)]
            }
            (FieldKind::Choice(_) | FieldKind::Choices(_), FieldValue::Many(all)) => {
                all.iter().map(title).collect()
            }
            _ => Vec::new(),
        };
        Some(ActField {
            field: decl.id.clone(),
            title: decl.title.clone(),
            value,
            titles,
        })
    };
    decls.iter().filter_map(seen).collect()
}

/// What was known of an act by a link of the chain: nothing before it was recorded, no version
/// that came later.
fn known_by(mut history: store::act::ActHistory, seq: i64) -> Option<store::act::ActHistory> {
    history.versions.retain(|v| v.seq <= seq);
    let last = history.versions.last()?;
    let events: Vec<_> = history.versions.iter().map(|v| v.event.clone()).collect();
    history.act = Act {
        occurred_on: last.occurred_on,
        period: last.period,
        version: last.version,
        withdrawn: events.iter().any(|e| e.step == ActStep::Withdraw),
        fields: last.fields.clone(),
        parts: last.parts.clone(),
        events,
        ..history.act
    };
    Some(history)
}

/// What an act counts for, as far as the person may see the standing, and how much more there is.
async fn counted_for(ctx: &Ctx, world: &World, act: &Act, seq: i64) -> Result<(Vec<Meets>, u64)> {
    let mut rows = ctx
        .app
        .store
        .read(async |r| store::counted::counted_of_act(r, act.id, seq).await)
        .await?;
    let facts = ctx.app.facts(ctx, world, oldest(ctx, &rows)).await?;
    rows = facts.takes(&world.book, rows);
    let all = rows.len();
    rows.retain(|row| super::record::standing_seen(ctx, world, row));
    let more = all - rows.len();
    let found = rows.iter().filter_map(|row| {
        let (line, ob) = obligation(world, &row.key)?;
        let shown = crate::duty::item(world, line, &ob, &facts);
        let have = shown.standing.have;
        Some(Meets::of(shown, have))
    });
    let more = u64::try_from(more).unwrap_or(u64::MAX);
    Ok((found.collect(), more))
}

fn versions(world: &World, history: &store::act::ActHistory) -> Vec<ActVersionSeen> {
    let on = history.act.occurred_on;
    let seen = |v: &store::act::ActVersion| ActVersionSeen {
        version: v.version,
        step: v.event.step,
        person: v.person,
        person_name: v.person.map(|p| world.person_name(p).to_owned()),
        at: Instant::at(v.at),
        reason: v.reason.clone(),
        occurred_on: v.occurred_on,
        period: v.period,
        fields: fields_seen(world, &history.act, &v.fields),
        parts: parts_seen(world, &history.act, &v.parts, on),
    };
    history.versions.iter().rev().map(seen).collect()
}
