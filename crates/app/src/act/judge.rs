//! Returns: handed in once for a period, judged by their receiver, answered when sent back.

use chrono::Days;
use domain::act::{Act, ActStep, Judged};
use domain::calendar::words::period_name;
use domain::id::{ActId, BodyId};
use domain::policy::Action;
use store::Read;

use super::draft::{ActDraft, check};
use super::form::drafted;
use super::power;
use super::record::{Change, REASON_LONGEST, load, reason, save};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, Result};
use crate::verb::Verb;
use crate::words;
use crate::world::World;

/// Days to answer a return that was sent back, unless the office set others.
pub const ANSWER_DAYS: u32 = 3;

/// Whether two returns hand the same form of a period in for the same body.
pub(super) fn same_return(one: &Act, other: &Act) -> bool {
    let handed_in = |a: &Act| (a.form.clone(), a.period, owner(a));
    one.form.is_some() && owner(one).is_some() && handed_in(one) == handed_in(other)
}

/// The body that a return is of. One of several bodies, from the time when that was taken, is
/// nobody's own: it stands in the way of none of them.
fn owner(act: &Act) -> Option<BodyId> {
    let mut bodies = act.parts.iter().map(|p| p.body);
    let first = bodies.next()?;
    bodies.all(|b| b == first).then_some(first)
}

pub(super) fn reported(found: &Act) -> Error {
    let period = found.period.map(period_name).unwrap_or_default();
    let on = words::days(found.occurred_on, found.occurred_on);
    Error::refused(
        crate::Code::ReturnTwice,
        format!("{period}的这张表已于{on}报送。要改动的，请打开那一次报送，更正或重新报送。"),
    )
}

/// One return per form, period and body: a second one is a new submission of the first. Asked in
/// the transaction that writes, so that two at once do not both pass.
pub(super) async fn refuse_second_return(r: &Read, act: &Act) -> Result<()> {
    let (Some(form), Some(period)) = (&act.form, act.period) else {
        return Ok(());
    };
    let filter = store::act::ActFilter {
        kinds: vec![act.kind.clone()],
        bodies: Some(act.parts.iter().map(|p| p.body).collect()),
        form: Some(form.clone()),
        period: Some(period),
        ..store::act::ActFilter::default()
    };
    let near = store::act::acts_of(r, act.home, &filter).await?;
    match near
        .iter()
        .find(|other| other.id != act.id && same_return(act, other))
    {
        None => Ok(()),
        Some(found) => Err(reported(found)),
    }
}

/// The bodies that handed a return in: the receiver judges it, never they.
fn judge_allowed(ctx: &Ctx, world: &World, act: &Act) -> Result<()> {
    if !power::may(ctx, world, Action::JudgeReturn, act) {
        return Err(Error::Forbidden(Action::JudgeReturn));
    }
    let own = world.structure.answers_for(ctx.who()?.body, ctx.today);
    if act.parts.iter().any(|p| own.contains(&p.body)) {
        return Err(Error::refused(
            crate::Code::ReturnOwn,
            "本单位的报送由接收单位审核，不能自己审核。",
        ));
    }
    Ok(())
}

fn waiting(act: &Act) -> Result<()> {
    match act.judged() {
        Judged::Waiting(_) if act.form.is_some() && !act.withdrawn => Ok(()),
        Judged::Waiting(_) | Judged::SentBack { .. } | Judged::Accepted(_) => Err(Error::refused(
            crate::Code::ReturnNotWaiting,
            "这次报送不在待审核状态，可能已有人审核。请刷新页面查看最新情况。",
        )),
    }
}

/// Accepts a return.
pub async fn accept(ctx: &Ctx, change: &Change) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActAccept).await? {
        return Ok(first);
    }
    let (world, act) = load(ctx, change.id).await?;
    judge_allowed(ctx, &world, &act)?;
    waiting(&act)?;
    let why = change
        .reason
        .trim()
        .chars()
        .take(REASON_LONGEST)
        .collect::<String>();
    save(
        ctx,
        &world,
        change.version,
        act,
        ActStep::Accept,
        None,
        &why,
    )
    .await
}

/// Sends a return back with days to answer.
pub async fn send_back(ctx: &Ctx, change: &Change) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActSendBack).await? {
        return Ok(first);
    }
    let (world, act) = load(ctx, change.id).await?;
    judge_allowed(ctx, &world, &act)?;
    let why = reason(&change.reason)?;
    waiting(&act)?;
    let days = answer_days(&world, &act);
    let answer_by = ctx.today.checked_add_days(Days::new(u64::from(days)));
    save(
        ctx,
        &world,
        change.version,
        act,
        ActStep::SendBack,
        answer_by,
        &why,
    )
    .await
}

fn answer_days(world: &World, act: &Act) -> u32 {
    let pack = act
        .form
        .as_deref()
        .and_then(|f| f.split_once('/'))
        .map(|(p, _)| p);
    world
        .book
        .packs()
        .iter()
        .rev()
        .find(|(_, p)| pack.is_some_and(|id| p.id == *id))
        .and_then(|(u, _)| u.choices.answer_days)
        .unwrap_or(ANSWER_DAYS)
}

/// A return as it stands, as a draft for whoever may submit it again.
pub(super) async fn standing(ctx: &Ctx, id: ActId) -> Result<ActDraft> {
    let (world, act) = load(ctx, id).await?;
    power::allowed(ctx, &world, Action::RecordAct, &act)?;
    Ok(drafted(&world, &act))
}

/// Answers a return that was sent back.
pub async fn submit_again(ctx: &Ctx, change: &Change, draft: &ActDraft) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActSubmitAgain).await? {
        return Ok(first);
    }
    let (world, act) = load(ctx, change.id).await?;
    power::allowed(ctx, &world, Action::RecordAct, &act)?;
    if !matches!(act.judged(), Judged::SentBack { .. }) || act.withdrawn {
        return Err(Error::refused(
            crate::Code::ReturnNotSentBack,
            "这次报送没有被退回，无需重新报送。",
        ));
    }
    // Only its figures change: whose return it is stays as well.
    let draft = ActDraft {
        fields: draft.fields.clone(),
        ..drafted(&world, &act)
    };
    let checked = check(ctx, &world, &draft, &act.parts)?;
    let next = Act {
        fields: checked.fields,
        ..act
    };
    let why = change
        .reason
        .trim()
        .chars()
        .take(REASON_LONGEST)
        .collect::<String>();
    save(
        ctx,
        &world,
        change.version,
        next,
        ActStep::SubmitAgain,
        None,
        &why,
    )
    .await
}
