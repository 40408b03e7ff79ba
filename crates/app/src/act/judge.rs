//! Returns: handed in once for a period, judged by their receiver, answered when sent back.

use domain::act::{Act, ActStep, Step, answer_by};
use domain::id::ActId;
use domain::policy::Action;

use super::draft::{ActDraft, check};
use super::form::drafted;
use super::power;
use super::record::{Change, load, reason_for, save, taken};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, Result};
use crate::verb::Verb;
use crate::world::World;

/// The bodies that handed a return in: the receiver judges it, never they.
fn judge_allowed(ctx: &Ctx, world: &World, act: &Act) -> Result<()> {
    if !power::may(ctx, world, Action::JudgeReturn, act) {
        return Err(Error::Forbidden(Action::JudgeReturn));
    }
    if ctx
        .who()?
        .decider()
        .is_own(&world.structure, act, ctx.today)
    {
        return Err(Error::refused(
            crate::Code::ReturnOwn,
            "本单位的报送由接收单位审核，不能自己审核。",
        ));
    }
    Ok(())
}

/// Accepts a return.
pub async fn accept(ctx: &Ctx, change: &Change) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActAccept).await? {
        return Ok(first);
    }
    let (world, act) = load(ctx, change.id).await?;
    judge_allowed(ctx, &world, &act)?;
    let why = reason_for(ActStep::Accept, &change.reason)?;
    let step = taken(&act, Step::Accept)?;
    save(ctx, &world, change.version, act, step, &why).await
}

/// Sends a return back with days to answer.
pub async fn send_back(ctx: &Ctx, change: &Change) -> Result<Saved<ActId>> {
    if let Some(first) = ctx.begin(Verb::ActSendBack).await? {
        return Ok(first);
    }
    let (world, act) = load(ctx, change.id).await?;
    judge_allowed(ctx, &world, &act)?;
    let why = reason_for(ActStep::SendBack, &change.reason)?;
    let form = act.form.as_deref().unwrap_or_default();
    let answer_by = answer_by(ctx.today, world.book.answer_days(form));
    let step = taken(&act, Step::SendBack { answer_by })?;
    save(ctx, &world, change.version, act, step, &why).await
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
    let step = taken(&act, Step::SubmitAgain { on: ctx.today })?;
    let why = reason_for(ActStep::SubmitAgain, &change.reason)?;
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
    save(ctx, &world, change.version, next, step, &why).await
}
