//! Requests about one obligation: waiver, extension, correction, asked with reasons and decided.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::Act;
use domain::calendar::words::{chinese_date, chinese_day, period_name};
use domain::duty::Obligation;
use domain::id::{ActId, BodyId, RulingId};
use domain::policy::Action;
use domain::ruling::{REASON_LONGEST, Ruling, RulingKind, RulingReason, RulingState};

use crate::counted::{recount, recount_extended};
use crate::ctx::Ctx;
use crate::duty::{DutyKey, bears_on, may_decide};
use crate::error::{Error, FieldErrors, Result};
use crate::facts::Rulings;
use crate::verb::Verb;
use crate::words;
use crate::world::{NOW, World};

/// Longest extension asked for at once, in days after the last day or today.
pub const EXTENSION_DAYS_MAX: i64 = 92;

/// A request as typed.
#[derive(Debug, Clone)]
pub struct Ask {
    /// On which obligation.
    pub key: DutyKey,
    /// What is asked.
    pub kind: RulingKind,
    /// Reason from the list.
    pub reason: RulingReason,
    /// Written reasons.
    pub text: String,
    /// The later date, for an extension.
    pub new_due_on: Option<NaiveDate>,
    /// The act that is to count, for a correction.
    pub act: Option<ActId>,
}

/// Asks for a ruling.
pub async fn ask(ctx: &Ctx, ask: &Ask) -> Result<RulingId> {
    if let Some(first) = ctx.begin(Verb::RulingAsk).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let (_, obligation) = crate::duty::find(&world, &ask.key, ctx.today)?;
    let body = world
        .structure
        .body_of(ask.key.owner)
        .ok_or(Error::NotFound("这项职责"))?;
    let seen_by = (Action::ViewStanding, "这项职责");
    ctx.allow_on(&world.structure, Action::AskRuling, body, seen_by)?;
    check(ctx, ask, obligation.due.on)?;
    if let Some(act) = ask.act.filter(|_| ask.kind == RulingKind::Correction) {
        check_act(ctx, &world, &obligation, act).await?;
    }
    let ruling = Ruling {
        id: RulingId::new(ctx.ids.next(ctx.now)),
        home: who.home,
        pack: ask.key.pack.clone(),
        duty: ask.key.duty.clone(),
        owner: ask.key.owner,
        period: ask.key.period,
        kind: ask.kind,
        state: RulingState::Asked,
        new_due_on: ask.new_due_on.filter(|_| ask.kind == RulingKind::Extension),
        act: ask.act.filter(|_| ask.kind == RulingKind::Correction),
        reason: ask.reason,
        text: ask.text.trim().to_owned(),
        asked_by: who.person,
        asked_on: ctx.today,
        decided_by: None,
        decided_on: None,
        opinion: String::new(),
        version: 1,
    };
    ctx.write(Verb::RulingAsk, ruling.id.to_string(), async |tx| {
        refuse_second(tx, &ruling).await?;
        store::ruling::ruling_insert(tx, &ruling).await?;
        Ok(())
    })
    .await?;
    Ok(ruling.id)
}

/// One request of a kind at a time. Asked in the transaction that writes, so that a double click
/// asks once.
async fn refuse_second(tx: &store::Tx, new: &Ruling) -> Result<()> {
    let on = |r: &Ruling| (r.pack.clone(), r.duty.clone(), r.owner, r.period, r.kind);
    let all = store::ruling::rulings_for_owners(tx, &[new.owner], NOW).await?;
    let waits = |r: &&Ruling| r.state == RulingState::Asked && on(r) == on(new);
    match all.iter().find(waits) {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            crate::Code::RulingTwice,
            format!(
                "这项职责已有一份{}申请待决定，请等待结果，或先撤回那一份。",
                words::ruling_kind(new.kind)
            ),
        )),
    }
}

/// The act of a correction is one that its owner has a part in.
async fn check_act(ctx: &Ctx, world: &World, obligation: &Obligation, act: ActId) -> Result<()> {
    let found = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, act).await)
        .await?;
    let bears = |a: &Act| a.home == world.home && bears_on(world, obligation, a);
    if found.is_some_and(|h| bears(&h.act)) {
        return Ok(());
    }
    Err(FieldErrors::one(
        "act",
        "没有找到这条记录，请从本项职责下列出的记录中选择。",
    ))
}

fn check(ctx: &Ctx, ask: &Ask, due_on: NaiveDate) -> Result<()> {
    let mut errors = FieldErrors::new();
    let length = ask.text.trim().chars().count();
    if length == 0 {
        errors.add("text", "请写明理由。");
    } else if length > REASON_LONGEST {
        errors.add(
            "text",
            format!("理由最多{REASON_LONGEST}字，现有{length}字。"),
        );
    }
    match (ask.kind, ask.new_due_on, ask.act) {
        (RulingKind::Extension, None, _) => errors.add("new_due_on", "请填写申请延至的日期。"),
        (RulingKind::Extension, Some(to), _) if to <= due_on || to <= ctx.today => {
            let after = due_on.max(ctx.today);
            errors.add(
                "new_due_on",
                format!("延至的日期应晚于{}。", chinese_date(after)),
            );
        }
        (RulingKind::Extension, Some(to), _)
            if (to - due_on.max(ctx.today)).num_days() > EXTENSION_DAYS_MAX =>
        {
            errors.add(
                "new_due_on",
                format!("一次最多延{EXTENSION_DAYS_MAX}天。确需更久的，到期前再次申请。"),
            );
        }
        (RulingKind::Correction, _, None) => {
            errors.add("act", "请选择锁定后补录的那条记录。");
        }
        (RulingKind::Extension | RulingKind::Correction | RulingKind::Waiver, _, _) => {}
    }
    errors.into_result()
}

/// The request as it was known on the day that is looked at, for whoever sees the standing that it
/// is about and has a power over it. It is asked before anything is said of the request: a hidden
/// one answers as one that does not exist.
async fn load(ctx: &Ctx, id: RulingId, action: Action) -> Result<(Arc<World>, Ruling)> {
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let as_of = ctx.as_of_seq(home).await?.unwrap_or(NOW);
    let found = ctx
        .app
        .store
        .read(async |r| store::ruling::ruling_find(r, id, as_of).await)
        .await?;
    let none = || Error::NotFound("这份申请");
    let ruling = found.filter(|r| r.home == home).ok_or_else(none)?;
    let body = world.structure.body_of(ruling.owner).ok_or_else(none)?;
    let seen_by = (Action::ViewStanding, "这份申请");
    ctx.allow_on(&world.structure, action, body, seen_by)?;
    Ok((world, ruling))
}

/// Decides a request: by the body that set the limit, never by the one that owes.
pub async fn decide(
    ctx: &Ctx,
    id: RulingId,
    version: i64,
    approve: bool,
    opinion: &str,
) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::RulingDecide).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let (world, ruling) = load(ctx, id, Action::DecideRuling).await?;
    if ruling.state != RulingState::Asked {
        return Err(Error::refused(
            crate::Code::RulingDecided,
            "这份申请已有结果，不能再次决定。",
        ));
    }
    if !may_decide(&world, who, &ruling, ctx.today) {
        return Err(Error::refused(
            crate::Code::RulingOwn,
            "申请由设定期限的一方决定：本单位的申请、自己提出的申请不能自己决定；安委办自身的申请由安委会领导决定。",
        ));
    }
    if !approve && opinion.trim().is_empty() {
        return Err(FieldErrors::one("opinion", "不同意的，请写明原因。"));
    }
    if opinion.chars().count() > REASON_LONGEST {
        return Err(FieldErrors::one(
            "opinion",
            format!("意见最多{REASON_LONGEST}字。"),
        ));
    }
    let decided = Ruling {
        state: if approve {
            RulingState::Approved
        } else {
            RulingState::Refused
        },
        decided_by: Some(who.person),
        decided_on: Some(ctx.today),
        opinion: opinion.trim().to_owned(),
        version,
        ..ruling
    };
    save(ctx, &world, &decided, Verb::RulingDecide).await
}

/// Withdraws a request that was not decided yet; by the one who asked.
pub async fn withdraw(ctx: &Ctx, id: RulingId, version: i64) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::RulingWithdraw).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let (world, ruling) = load(ctx, id, Action::ViewStanding).await?;
    if ruling.asked_by != who.person {
        return Err(Error::refused(
            crate::Code::RulingNotAsker,
            "申请由提出人撤回。",
        ));
    }
    if ruling.state != RulingState::Asked {
        return Err(Error::refused(
            crate::Code::RulingDecided,
            "这份申请已有结果，不能撤回。",
        ));
    }
    let changed = Ruling {
        state: RulingState::Withdrawn,
        version,
        ..ruling
    };
    save(ctx, &world, &changed, Verb::RulingWithdraw).await
}

async fn save(ctx: &Ctx, world: &World, changed: &Ruling, verb: Verb) -> Result<()> {
    ctx.write(verb, changed.id.to_string(), async |tx| {
        store::ruling::ruling_update(tx, changed).await?;
        // An approved correction makes an act count that was entered after the lock.
        if let Some(act) = changed.act
            && let Some(history) = store::act::act_find(tx, act).await?
        {
            let all = store::ruling::rulings_of(tx, world.home, NOW).await?;
            let rulings = Rulings::new(all);
            recount(tx, &ctx.app, world, &rulings, &history.act).await?;
        }
        if changed.kind == RulingKind::Extension && changed.state == RulingState::Approved {
            // Acts after the period's end may count now.
            recount_extended(tx, &ctx.app, world, changed).await?;
        }
        Ok(())
    })
    .await
    .map_err(|e| e.named(world))
}

/// A request in a list.
#[derive(Debug, Clone)]
pub struct RulingLine {
    /// Identity.
    pub id: RulingId,
    /// Version to quote in a decision.
    pub version: i64,
    /// 豁免, 延期, 补录.
    pub kind: &'static str,
    /// 待决定…
    pub state: &'static str,
    /// State's code, for style classes.
    pub state_code: &'static str,
    /// Title of the duty.
    pub duty: String,
    /// Who owes.
    pub owner: String,
    /// Period.
    pub period: String,
    /// The duty's page.
    pub path: String,
    /// Reasons.
    pub reason: String,
    /// Who asked, when.
    pub asked: String,
    /// 延至 and the date, for an extension.
    pub wanted: String,
    /// Who decided, when, with which opinion.
    pub decided: String,
    /// The one who looks may decide it.
    pub may_decide: bool,
    /// The one who looks may withdraw it.
    pub may_withdraw: bool,
}

/// Requests that the person may see, those that wait first, newest first.
pub async fn list(ctx: &Ctx, waiting_only: bool) -> Result<Vec<RulingLine>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let as_of = ctx.as_of_seq(who.home).await?.unwrap_or(NOW);
    let all = ctx
        .app
        .store
        .read(async |r| store::ruling::rulings_of(r, who.home, as_of).await)
        .await?;
    let seen = |body: BodyId| who.may(&world.structure, Action::ViewStanding, body, ctx.today);
    let mut found: Vec<&Ruling> = all
        .iter()
        .filter(|r| !waiting_only || r.state == RulingState::Asked)
        .filter(|r| world.structure.body_of(r.owner).is_some_and(seen))
        .collect();
    found.sort_by_key(|r| {
        (
            r.state != RulingState::Asked,
            std::cmp::Reverse(r.asked_on),
            r.id,
        )
    });
    Ok(found.into_iter().map(|r| line(ctx, &world, r)).collect())
}

/// One request.
pub async fn show(ctx: &Ctx, id: RulingId) -> Result<RulingLine> {
    let (world, ruling) = load(ctx, id, Action::ViewStanding).await?;
    Ok(line(ctx, &world, &ruling))
}

fn line(ctx: &Ctx, world: &World, r: &Ruling) -> RulingLine {
    let day = ctx.day();
    let duty = world.book.line(&r.pack, &r.duty).and_then(|l| l.newest());
    let key = DutyKey {
        pack: r.pack.clone(),
        duty: r.duty.clone(),
        owner: r.owner,
        period: r.period,
    };
    let who = ctx.actor.who();
    let decided = match (r.decided_by, r.decided_on) {
        (Some(by), Some(on)) => {
            format!(
                "{} {} {}",
                world.person_name(by),
                chinese_day(on),
                r.opinion
            )
        }
        (Some(_) | None, _) => String::new(),
    };
    RulingLine {
        id: r.id,
        version: r.version,
        kind: words::ruling_kind(r.kind),
        state: words::ruling_state(r.state),
        state_code: r.state.code(),
        duty: duty.map_or_else(|| r.duty.to_string(), |d| d.decl.title.clone()),
        owner: world.owner_name(r.owner, day),
        period: period_name(r.period),
        path: key.path(),
        reason: format!("{}：{}", words::ruling_reason(r.reason), r.text),
        asked: format!(
            "{} {}",
            world.person_name(r.asked_by),
            chinese_day(r.asked_on)
        ),
        wanted: r
            .new_due_on
            .map(|on| format!("延至{}", chinese_date(on)))
            .unwrap_or_default(),
        decided,
        may_decide: ctx.as_of.is_none() && who.is_some_and(|w| may_decide(world, w, r, ctx.today)),
        may_withdraw: ctx.as_of.is_none()
            && r.state == RulingState::Asked
            && who.is_some_and(|w| w.person == r.asked_by),
    }
}
