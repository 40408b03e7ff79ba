//! Recording, amending, judging and withdrawing acts, and what a draft would meet.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::{
    Act, ActStep, Part, REASON_LONGEST, Refused, Step, WrongReason, may_be_handed_in,
};
use domain::calendar::words::chinese_date;
use domain::duty::{DutyLine, Key, Obligation};
use domain::id::{ActId, Slug};
use domain::pack::FieldKind;
use domain::policy::Action;
use domain::standing::State;
use domain::weigh::Counted;
use schemars::JsonSchema;
use serde::Serialize;

use super::draft::{ActDraft, Checked, check};
use super::once::{refuse_second_return, reported};
use super::power;
use crate::counted::{count_new, recount};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::duty::{ClauseRef, Item, item};
use crate::error::{Error, FieldErrors, Result};
use crate::facts::Facts;
use crate::verb::Verb;
use crate::world::World;

/// A duty that a record meets or moves forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Meets {
    /// The obligation.
    pub key: Key,
    /// Title of the duty.
    #[schemars(title = "职责名称")]
    pub title: String,
    /// Name of who owes, on the day.
    #[schemars(title = "单位、岗位")]
    pub owner_name: String,
    /// Clauses that ask for it.
    #[schemars(title = "依据")]
    pub clauses: Vec<ClauseRef>,
    /// How many are asked for.
    #[schemars(title = "应有")]
    pub need: u32,
    /// How many counted before.
    #[schemars(title = "已有")]
    pub have: u32,
    /// How many count with this one.
    #[schemars(title = "计入后")]
    pub will_have: u32,
    /// It is met with this one and was not before.
    #[schemars(title = "由此完成")]
    pub turns_met: bool,
    /// It was met already.
    #[schemars(title = "原已完成")]
    pub met_before: bool,
}

impl Meets {
    /// An obligation of which so many count with the record.
    pub(super) fn of(item: Item, will_have: u32) -> Self {
        let standing = &item.standing;
        let met_before = matches!(standing.state, State::Met | State::MetLate | State::Waived);
        Self {
            need: standing.need,
            have: standing.have,
            will_have,
            turns_met: !met_before && will_have >= standing.need,
            met_before,
            key: item.key,
            title: item.title,
            owner_name: item.owner_name,
            clauses: item.clauses,
        }
    }
}

/// What a draft would meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Preview {
    /// Duties that count it.
    #[schemars(title = "计入的职责")]
    pub meets: Vec<Meets>,
    /// How many of them turn to met.
    #[schemars(title = "由此完成的项数")]
    pub turn_met: u64,
    /// What to fill in before anything can be said, beside its field; nothing when complete.
    #[schemars(title = "待补正")]
    pub missing: FieldErrors,
}

/// A change to an act.
#[derive(Debug, Clone)]
pub struct Change {
    /// The act.
    pub id: ActId,
    /// The version that the person looked at.
    pub version: i64,
    /// Why.
    pub reason: String,
}

/// What a draft would meet if it were saved; nothing is written. It asks for the same powers as
/// saving and refuses the same, and it tells of no standing but what the person may see.
pub async fn preview(ctx: &Ctx, draft: &ActDraft) -> Result<Preview> {
    ctx.writable()?;
    let world = ctx.app.world(ctx.home()?).await?;
    let act = drafted(ctx, &world, draft);
    previewed(ctx, &world, act).await
}

/// The same of an act that is changed; it asks as amending does.
pub async fn preview_change(ctx: &Ctx, id: ActId, draft: &ActDraft) -> Result<Preview> {
    ctx.writable()?;
    let (world, act) = amendable(ctx, id).await?;
    let next = amended(ctx, &world, &act, draft);
    previewed(ctx, &world, next).await
}

async fn previewed(ctx: &Ctx, world: &World, act: Result<Act>) -> Result<Preview> {
    let act = match act {
        Ok(act) => act,
        Err(Error::Invalid(missing)) => {
            return Ok(Preview {
                missing,
                ..Preview::default()
            });
        }
        Err(other) => return Err(other),
    };
    ctx.app
        .store
        .read(async |r| refuse_second_return(r, &act).await)
        .await?;
    let mut rows = world.count(&act, &*ctx.app.rulings(world.home).await?);
    rows.retain(|row| standing_seen(ctx, world, row));
    let facts = ctx.app.facts(ctx, world, oldest(ctx, &rows)).await?;
    let rows = facts.takes(&world.book, rows);
    let meets: Vec<Meets> = rows
        .iter()
        .filter_map(|row| meets(world, &facts, row))
        .collect();
    let turn_met = meets.iter().filter(|m| m.turns_met).count() as u64;
    Ok(Preview {
        meets,
        turn_met,
        missing: FieldErrors::new(),
    })
}

/// The first day of what an act can count for.
pub(super) fn oldest(ctx: &Ctx, rows: &[Counted]) -> NaiveDate {
    let first = rows.iter().map(|r| r.key.period.first_day()).min();
    first.unwrap_or_else(|| ctx.day())
}

/// Whether the person may see the standing that an act counts for.
pub(super) fn standing_seen(ctx: &Ctx, world: &World, row: &Counted) -> bool {
    let body = world.structure.body_of(row.key.owner);
    body.is_some_and(|b| power::has(ctx, world, Action::ViewStanding, b))
}

fn meets(world: &World, facts: &Facts, row: &Counted) -> Option<Meets> {
    let (line, ob) = obligation(world, &row.key)?;
    if !ob.duty.followed {
        return None;
    }
    let shown: Item = item(world, line, &ob, facts);
    // An act that is changed may count there already.
    let counts = facts.counting(&world.book, line, &ob).contains(&row.act);
    let will_have = shown.standing.have.saturating_add(u32::from(!counts));
    Some(Meets::of(shown, will_have))
}

/// The obligation of a key with its duty.
pub(super) fn obligation<'a>(world: &'a World, key: &Key) -> Option<(&'a DutyLine, Obligation)> {
    let lines = world.book.lines();
    let at = lines
        .iter()
        .position(|l| l.pack == key.pack && l.id == key.duty)?;
    Some((lines.get(at)?, world.obligation(at, key.owner, key.period)?))
}

fn new_act(ctx: &Ctx, world: &World, checked: Checked) -> Act {
    Act {
        id: ActId::new(ctx.ids.next(ctx.now)),
        home: world.home,
        kind: checked.kind,
        occurred_on: checked.occurred_on,
        period: checked.period,
        form: checked.form,
        version: 1,
        withdrawn: false,
        fields: checked.fields,
        parts: checked.parts,
        events: vec![Step::Record.entered(ctx.today)],
    }
}

/// The act that a draft would become, if the actor may record it.
fn drafted(ctx: &Ctx, world: &World, draft: &ActDraft) -> Result<Act> {
    power::recorder(ctx)?;
    let checked = check(ctx, world, draft, &[])?;
    handed_in(ctx, world, &checked)?;
    Ok(new_act(ctx, world, checked))
}

/// A return counts from the day on which it was handed in: the day of entry, unless whoever
/// receives it enters one that came in earlier in another way.
fn handed_in(ctx: &Ctx, world: &World, checked: &Checked) -> Result<()> {
    let is_return = checked.form.is_some();
    let (Some(who), true) = (ctx.actor.who(), is_return) else {
        return Ok(());
    };
    let own = world.structure.answers_for(who.body, ctx.today);
    let receives = |p: &Part| {
        !own.contains(&p.body) && who.may(&world.structure, Action::JudgeReturn, p.body, ctx.today)
    };
    let is_receiver = checked.parts.iter().all(receives);
    if may_be_handed_in(checked.occurred_on, ctx.today, is_receiver) {
        return Ok(());
    }
    let today = chinese_date(ctx.today);
    Err(FieldErrors::one(
        "occurred_on",
        format!("报送日期是提交当天（{today}）；此前已用其他方式交来的，由接收单位补记。"),
    ))
}

/// Records an act.
pub async fn record(ctx: &Ctx, draft: &ActDraft) -> Result<ActId> {
    if let Some(first) = ctx.begin(Verb::ActRecord).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    let act = drafted(ctx, &world, draft)?;
    // Held in memory from here: the transaction then looks at the links since only.
    ctx.app.rulings(home).await?;
    ctx.write(Verb::ActRecord, act.id.to_string(), async |tx| {
        refuse_second_return(tx, &act).await?;
        store::act::act_insert(tx, &act, "").await?;
        count_new(tx, &ctx.app, &world, std::slice::from_ref(&act)).await?;
        Ok(act.id)
    })
    .await
}

/// Most acts recorded in one operation.
pub const BATCH_MAX: usize = 500;

/// Records several acts in one operation, such as an import; all of them or none.
pub async fn record_many(ctx: &Ctx, drafts: &[ActDraft]) -> Result<Vec<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActRecord).await? {
        return Ok(first);
    }
    if drafts.len() > BATCH_MAX {
        return Err(Error::Limit {
            what: "一次记录",
            max: format!("{BATCH_MAX}条"),
        });
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    let mut acts = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let act = drafted(ctx, &world, draft)?;
        if let Some(twin) = acts.iter().find(|a| act.hands_in_the_same(a)) {
            return Err(reported(twin));
        }
        acts.push(act);
    }
    let Some(first) = acts.first() else {
        return Ok(Vec::new());
    };
    ctx.app.rulings(home).await?;
    ctx.write(Verb::ActRecord, first.id.to_string(), async |tx| {
        for act in &acts {
            refuse_second_return(tx, act).await?;
        }
        store::act::acts_insert(tx, &acts, "").await?;
        count_new(tx, &ctx.app, &world, &acts).await?;
        Ok(acts.iter().map(|a| a.id).collect::<Vec<ActId>>())
    })
    .await
}

pub(super) async fn load(ctx: &Ctx, id: ActId) -> Result<(Arc<World>, Act)> {
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    let act = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, id).await)
        .await?;
    let act = act
        .map(|h| h.act)
        .filter(|a| a.home == home)
        .ok_or(Error::NotFound("这条记录"))?;
    power::visible(ctx, &world, &act)?;
    Ok((world, act))
}

/// An act that the actor sees and may amend, files included: whoever may record it as it stands.
pub(crate) async fn amendable(ctx: &Ctx, id: ActId) -> Result<(Arc<World>, Act)> {
    let (world, act) = load(ctx, id).await?;
    power::allowed(ctx, &world, Action::AmendAct, &act)?;
    Ok((world, act))
}

/// The reason for what is no step of an act: it must be given.
pub(crate) fn reason(text: &str) -> Result<String> {
    reason_for(ActStep::Amend, text)
}

/// The reason for a step, as it is kept; in words where it will not do.
pub(super) fn reason_for(step: ActStep, text: &str) -> Result<String> {
    match domain::act::reason(step, text) {
        Ok(kept) => Ok(kept.to_owned()),
        Err(WrongReason::Missing) => Err(FieldErrors::one("reason", "请写明原因，便于日后核查。")),
        Err(WrongReason::TooLong { has }) => Err(FieldErrors::one(
            "reason",
            format!("最多{REASON_LONGEST}字，现有{has}字。"),
        )),
    }
}

/// The step, if it may be taken from where the act stands; else why not, in words.
pub(super) fn taken(act: &Act, step: Step) -> Result<Step> {
    let Err(refused) = act.take(step) else {
        return Ok(step);
    };
    let (code, message) = match refused {
        Refused::Withdrawn if step == Step::Withdraw => {
            (crate::Code::ActWithdrawn, "这条记录已经撤回。")
        }
        Refused::Withdrawn => (
            crate::Code::ActWithdrawn,
            "这条记录已撤回，不能再更正。请另记一条。",
        ),
        Refused::NotWaiting => (
            crate::Code::ReturnNotWaiting,
            "这次报送不在待审核状态，可能已有人审核。请刷新页面查看最新情况。",
        ),
        Refused::NotSentBack => (
            crate::Code::ReturnNotSentBack,
            "这次报送没有被退回，无需重新报送。",
        ),
        Refused::Recorded | Refused::JudgedAsAWhole => (
            crate::Code::ActStep,
            "这条记录现在不能这样办理。请刷新页面查看最新情况。",
        ),
    };
    Err(Error::refused(code, message))
}

/// The act as it is to stand: the actor must be allowed to record that, too.
fn amended(ctx: &Ctx, world: &World, act: &Act, draft: &ActDraft) -> Result<Act> {
    let draft = ActDraft {
        kind: act.kind.to_string(),
        ..draft.clone()
    };
    let checked = check(ctx, world, &draft, &act.parts)?;
    Ok(Act {
        // A return was handed in when it was.
        occurred_on: if act.form.is_some() {
            act.occurred_on
        } else {
            checked.occurred_on
        },
        period: checked.period,
        fields: checked.fields,
        parts: checked.parts,
        ..act.clone()
    })
}

/// Amends an act: a new version with its reason; the old one stays.
pub async fn amend(ctx: &Ctx, change: &Change, draft: &ActDraft) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActAmend).await? {
        return Ok(first);
    }
    let (world, act) = amendable(ctx, change.id).await?;
    let mut errors = FieldErrors::new();
    let why = match reason_for(ActStep::Amend, &change.reason) {
        Ok(why) => why,
        Err(Error::Invalid(found)) => {
            errors = found;
            String::new()
        }
        Err(other) => return Err(other),
    };
    let next = match amended(ctx, &world, &act, draft) {
        Ok(next) => next,
        Err(Error::Invalid(found)) => {
            errors.0.extend(found.0);
            return Err(Error::Invalid(errors));
        }
        Err(other) => return Err(other),
    };
    errors.into_result()?;
    let is_free = |field: &Slug| is_free_text(&world, act.kind.as_str(), field);
    let step = taken(&act, act.amending(&next, is_free))?;
    if act.form.is_some() && (act.period, &act.parts) != (next.period, &next.parts) {
        refuse_locked(ctx, &world, &next).await?;
    }
    save(ctx, &world, change.version, next, step, &why).await
}

/// A return counts from its first submission. What was submitted for another period does not
/// reach one that takes no more entries.
async fn refuse_locked(ctx: &Ctx, world: &World, moved: &Act) -> Result<()> {
    let rulings = ctx.app.rulings(world.home).await?;
    let entered_now = moved.entered_anew(ctx.today);
    if world.count(moved, &rulings).len() > world.count(&entered_now, &rulings).len() {
        return Err(Error::refused(
            crate::Code::ReturnLocked,
            "那一期已经锁定，不能把别期的报送改过去。请另行报送，再申请补录。",
        ));
    }
    Ok(())
}

/// Whether a field of a kind is free text, which no duty asks for.
fn is_free_text(world: &World, kind: &str, field: &Slug) -> bool {
    let decl = world.act_kind(kind);
    let field = decl.and_then(|k| k.fields.iter().find(|f| f.id == *field));
    field.is_some_and(|f| matches!(f.kind, FieldKind::Text { .. } | FieldKind::Lines { .. }))
}

/// Withdraws an act: it stays visible and counts for nothing.
pub async fn withdraw(ctx: &Ctx, change: &Change) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActWithdraw).await? {
        return Ok(first);
    }
    let (world, act) = amendable(ctx, change.id).await?;
    let why = reason_for(ActStep::Withdraw, &change.reason)?;
    let step = taken(&act, Step::Withdraw)?;
    let next = Act {
        withdrawn: true,
        ..act
    };
    save(ctx, &world, change.version, next, step, &why).await
}

/// Writes a later version of an act: the one place that does.
pub(super) async fn save(
    ctx: &Ctx,
    world: &World,
    expected: i64,
    mut next: Act,
    step: Step,
    why: &str,
) -> Result<Saved<ActId>> {
    let event = step.entered(ctx.today);
    next.version = expected;
    next.events.push(event.clone());
    ctx.app.rulings(world.home).await?;
    ctx.write(verb_of(step), next.id.to_string(), async |tx| {
        if step == Step::Amend {
            refuse_second_return(tx, &next).await?;
        }
        let version = store::act::act_version_add(tx, &next, &event, why).await?;
        let rulings = ctx.app.rulings_in(tx).await?;
        recount(tx, &ctx.app, world, &rulings, &next).await?;
        Ok(Saved::at(next.id, version))
    })
    .await
}

/// The verb under which a step stands in the trail.
const fn verb_of(step: Step) -> Verb {
    match step {
        Step::Record => Verb::ActRecord,
        Step::Amend | Step::Reword => Verb::ActAmend,
        Step::Accept => Verb::ActAccept,
        Step::SendBack { .. } => Verb::ActSendBack,
        Step::SubmitAgain { .. } => Verb::ActSubmitAgain,
        Step::Withdraw => Verb::ActWithdraw,
    }
}
