//! Requests about one obligation: waiver, extension, correction, asked with reasons and decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::Act;
use domain::calendar::Period;
use domain::calendar::words::chinese_date;
use domain::duty::{Key, Obligation};
use domain::id::{ActId, BodyId, Owner, RulingId, Slug};
use domain::listing::PageSize;
use domain::policy::Action;
use domain::ruling::{
    Asking, Decision, EXTENSION_DAYS_MAX, REASON_LONGEST, Refused, Ruling, RulingKind,
    RulingReason, RulingSort, RulingState, State, Step, Wanted, Wrong, asked,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::ruling::{RulingFilter, rulings_page};

use crate::counted::{recount, recount_extended};
use crate::ctx::{Ctx, Who};
use crate::door::{Saved, operations};
use crate::duty::bears_on;
use crate::error::{Error, FieldErrors, Result};
use crate::facts::Rulings;
use crate::listed::{Listed, PageAsked};
use crate::verb::Verb;
use crate::words;
use crate::world::{NOW, World};

operations! {
    Read "ruling.list" GET "/rulings" "裁定申请" [ViewStanding]
        ListRulings => ["rulings": RulingLine] = list;
    Read "ruling.show" GET "/rulings/{id}" "一份裁定申请" [ViewStanding]
        OneRuling => {"ruling": RulingLine} = show(id);
    Write RulingAsk POST "/rulings"
        Ask => {"ruling": Saved<RulingId>} = ask_new;
    Write RulingDecide POST "/rulings/{id}/decide"
        DecideRuling => {"ruling": Saved<RulingId>} = decide;
    Write RulingWithdraw POST "/rulings/{id}/withdraw"
        WithdrawRuling => {"ruling": Saved<RulingId>} = withdraw(id, version);
}

/// A request about one obligation.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The obligation's pack.
    #[schemars(title = "制度代码")]
    pub pack: Slug,
    /// Its duty.
    #[schemars(title = "职责代码")]
    pub duty: Slug,
    /// Who owes it.
    #[schemars(title = "责任主体编号")]
    pub owner: Owner,
    /// For which period.
    #[schemars(title = "时段")]
    pub period: Period,
    /// What is asked.
    #[schemars(title = "申请什么")]
    pub kind: RulingKind,
    /// Reason from the list.
    #[schemars(title = "原因")]
    pub reason: RulingReason,
    /// Written reasons.
    #[schemars(title = "具体理由", length(min = 1, max = REASON_LONGEST))]
    pub text: String,
    /// The later day, for an extension.
    #[schemars(title = "延至哪一天（申请延期时填写）")]
    pub new_due_on: Option<NaiveDate>,
    /// The act that is to count, for a correction.
    #[schemars(title = "补录哪条记录（申请补录时填写）")]
    pub act: Option<ActId>,
}

impl Ask {
    /// A request that needs no more than its reasons, as a waiver does.
    pub fn of(key: Key, kind: RulingKind, reason: RulingReason, text: impl Into<String>) -> Self {
        let Key {
            pack,
            duty,
            owner,
            period,
        } = key;
        Self {
            pack,
            duty,
            owner,
            period,
            kind,
            reason,
            text: text.into(),
            new_due_on: None,
            act: None,
        }
    }

    /// The obligation that it is about.
    pub fn key(&self) -> Key {
        Key {
            pack: self.pack.clone(),
            duty: self.duty.clone(),
            owner: self.owner,
            period: self.period,
        }
    }
}

/// Which request.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneRuling {
    /// Which.
    #[schemars(title = "申请编号")]
    pub id: RulingId,
}

/// A request to decide.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRuling {
    /// Which.
    #[schemars(title = "申请编号")]
    pub id: RulingId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
    /// Yes or no.
    #[schemars(title = "是否同意")]
    pub approve: bool,
    /// What is said to it; a refusal says why.
    #[schemars(title = "意见", length(max = REASON_LONGEST))]
    #[schemars(extend("description" = "不同意的，请写明原因；申请人会看到。"))]
    pub opinion: Option<String>,
    /// What is still to be done.
    #[schemars(title = "办理要求", length(max = REASON_LONGEST))]
    #[schemars(extend("description" = "同意后仍要办理的事项，例如恢复通行后补查；没有的不填。"))]
    pub note: Option<String>,
}

/// A request to take back.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawRuling {
    /// Which.
    #[schemars(title = "申请编号")]
    pub id: RulingId,
    /// The version that was looked at.
    #[schemars(title = "所看的版本")]
    pub version: i64,
}

async fn ask_new(ctx: &Ctx, new: Ask) -> Result<Saved<RulingId>> {
    ask(ctx, &new).await
}

impl DecideRuling {
    /// Yes or no to a request that was looked at in a version, with what is said to it.
    pub fn of(id: RulingId, version: i64, approve: bool, opinion: &str) -> Self {
        Self {
            id,
            version,
            approve,
            opinion: Some(opinion.to_owned()),
            note: None,
        }
    }
}

/// Asks for a ruling.
pub async fn ask(ctx: &Ctx, ask: &Ask) -> Result<Saved<RulingId>> {
    if let Some(first) = ctx.begin(Verb::RulingAsk).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let key = ask.key();
    let (_, obligation) = crate::duty::find(&world, &key, ctx.today)?;
    let body = world
        .structure
        .body_of(key.owner)
        .ok_or(Error::NotFound("这项职责"))?;
    let seen_by = (Action::ViewStanding, "这项职责");
    ctx.allow_on(&world.structure, Action::AskRuling, body, seen_by)?;
    let asking = Asking {
        kind: ask.kind,
        text: &ask.text,
        new_due_on: ask.new_due_on,
        act: ask.act,
    };
    let wanted = asked(asking, obligation.due.on, ctx.today).map_err(|all| wrong(&all))?;
    if let Some(act) = wanted.act() {
        check_act(ctx, &world, &obligation, act).await?;
    }
    let ruling = Ruling {
        id: RulingId::new(ctx.ids.next(ctx.now)),
        home: who.home,
        key,
        wanted,
        state: State::Asked,
        reason: ask.reason,
        text: ask.text.trim().to_owned(),
        asked_by: who.person,
        asked_on: ctx.today,
        version: 1,
    };
    ctx.write(Verb::RulingAsk, ruling.id.to_string(), async |tx| {
        refuse_second(tx, &ruling).await?;
        store::ruling::ruling_insert(tx, &ruling).await?;
        Ok(Saved::first(ruling.id))
    })
    .await
}

/// One request of a kind at a time. Asked in the transaction that writes, so that a double click
/// asks once.
async fn refuse_second(tx: &store::Tx, new: &Ruling) -> Result<()> {
    let all = store::ruling::rulings_for_owners(tx, &[new.key.owner], NOW).await?;
    match all.iter().find(|r| r.waits_before(new)) {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            crate::Code::RulingTwice,
            format!(
                "这项职责已有一份{}申请待决定，请等待结果，或先撤回那一份。",
                words::ruling_kind(new.wanted.kind())
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

/// What is wrong with a request, beside the fields.
fn wrong(all: &[Wrong]) -> Error {
    let mut errors = FieldErrors::new();
    for one in all {
        let (field, message) = match one {
            Wrong::TextMissing => ("text", "请写明理由。".to_owned()),
            Wrong::TextTooLong { has } => {
                ("text", format!("理由最多{REASON_LONGEST}字，现有{has}字。"))
            }
            Wrong::NewDayMissing => ("new_due_on", "请填写申请延至的日期。".to_owned()),
            Wrong::NewDayTooEarly { after } => (
                "new_due_on",
                format!("延至的日期应晚于{}。", chinese_date(*after)),
            ),
            Wrong::NewDayTooFar => (
                "new_due_on",
                format!("一次最多延{EXTENSION_DAYS_MAX}天。确需更久的，到期前再次申请。"),
            ),
            Wrong::ActMissing => ("act", "请选择锁定后补录的那条记录。".to_owned()),
        };
        errors.add(field, message);
    }
    Error::Invalid(errors)
}

/// Why a step was not taken.
fn refused(why: Refused, what: &str) -> Error {
    match why {
        Refused::Settled(_) => Error::refused(
            crate::Code::RulingDecided,
            format!("这份申请已有结果，不能{what}。"),
        ),
        Refused::NotAsker => Error::refused(crate::Code::RulingNotAsker, "申请由提出人撤回。"),
        Refused::OpinionMissing => FieldErrors::one("opinion", "不同意的，请写明原因。"),
        Refused::OpinionTooLong { has } => FieldErrors::one(
            "opinion",
            format!("意见最多{REASON_LONGEST}字，现有{has}字。"),
        ),
        Refused::NoteTooLong { has } => FieldErrors::one(
            "note",
            format!("办理要求最多{REASON_LONGEST}字，现有{has}字。"),
        ),
    }
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
    let body = world.structure.body_of(ruling.key.owner).ok_or_else(none)?;
    let seen_by = (Action::ViewStanding, "这份申请");
    ctx.allow_on(&world.structure, action, body, seen_by)?;
    Ok((world, ruling))
}

/// Whether a person decides a request that waits: the county set the limit.
pub(crate) fn may_decide(world: &World, who: &Who, ruling: &Ruling, on: NaiveDate) -> bool {
    let decides = |r| {
        let decider = who.decider();
        decider.decides(&world.structure, world.home, r, on).is_ok()
    };
    ruling.state == State::Asked && decides(ruling)
}

/// Decides a request: by the body that set the limit, never by the one that owes.
pub async fn decide(ctx: &Ctx, asked: DecideRuling) -> Result<Saved<RulingId>> {
    if let Some(first) = ctx.begin(Verb::RulingDecide).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let (world, ruling) = load(ctx, asked.id, Action::DecideRuling).await?;
    let decider = who.decider();
    let decides = decider.decides(&world.structure, world.home, &ruling, ctx.today);
    if ruling.state == State::Asked && decides.is_err() {
        return Err(Error::refused(
            crate::Code::RulingOwn,
            "申请由设定期限的一方决定：本单位的申请、自己提出的申请不能自己决定；安委办自身的申请由安委会领导决定。",
        ));
    }
    let opinion = asked.opinion.unwrap_or_default();
    let decision =
        Decision::new(who.person, ctx.today, opinion).noted(asked.note.unwrap_or_default());
    let step = if asked.approve {
        Step::Approve(decision)
    } else {
        Step::Refuse(decision)
    };
    let state = ruling.take(step).map_err(|why| refused(why, "再次决定"))?;
    let decided = Ruling {
        state,
        version: asked.version,
        ..ruling
    };
    save(ctx, &world, &decided, Verb::RulingDecide).await
}

/// Withdraws a request that was not decided yet; by the one who asked.
pub async fn withdraw(ctx: &Ctx, id: RulingId, version: i64) -> Result<Saved<RulingId>> {
    if let Some(first) = ctx.begin(Verb::RulingWithdraw).await? {
        return Ok(first);
    }
    let by = ctx.who()?.person;
    let (world, ruling) = load(ctx, id, Action::ViewStanding).await?;
    let state = ruling
        .take(Step::TakeBack { by })
        .map_err(|why| refused(why, "撤回"))?;
    let changed = Ruling {
        state,
        version,
        ..ruling
    };
    save(ctx, &world, &changed, Verb::RulingWithdraw).await
}

async fn save(ctx: &Ctx, world: &World, changed: &Ruling, verb: Verb) -> Result<Saved<RulingId>> {
    ctx.write(verb, changed.id.to_string(), async |tx| {
        let version = store::ruling::ruling_update(tx, changed).await?;
        // An approved correction makes an act count that was entered after the lock.
        if let Some(act) = changed.wanted.act()
            && let Some(history) = store::act::act_find(tx, act).await?
        {
            let all = store::ruling::rulings_of(tx, world.home, NOW).await?;
            let rulings = Rulings::new(all);
            recount(tx, &ctx.app, world, &rulings, &history.act).await?;
        }
        if let (State::Approved(_), Wanted::Extension { .. }) = (&changed.state, changed.wanted) {
            // Acts after the period's end may count now.
            recount_extended(tx, &ctx.app, world, changed).await?;
        }
        Ok(Saved::at(changed.id, version))
    })
    .await
}

/// What was decided on a request.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DecisionSeen {
    /// The name of who decided.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// What was said to it.
    pub opinion: String,
    /// What is still to be done.
    pub note: String,
}

/// A request as somebody sees it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RulingLine {
    /// Identity.
    pub id: RulingId,
    /// Version to quote in a decision.
    pub version: i64,
    /// What is asked.
    #[schemars(title = "申请")]
    pub kind: RulingKind,
    /// Where it stands.
    #[schemars(title = "状态")]
    pub state: RulingState,
    /// The obligation.
    pub key: Key,
    /// Title of the duty.
    #[schemars(title = "职责")]
    pub duty: String,
    /// The name of who owes.
    #[schemars(title = "责任主体")]
    pub owner: String,
    /// Reason from the list.
    #[schemars(title = "原因")]
    pub reason: RulingReason,
    /// Written reasons.
    #[schemars(title = "具体理由")]
    pub text: String,
    /// The name of who asked.
    #[schemars(title = "提出人")]
    pub asked_by: String,
    /// When.
    #[schemars(title = "提出日期")]
    pub asked_on: NaiveDate,
    /// The later day, for an extension.
    #[schemars(title = "延至")]
    pub new_due_on: Option<NaiveDate>,
    /// The act that is to count, for a correction.
    #[schemars(title = "补录的记录")]
    pub act: Option<ActId>,
    /// What was decided, where something was.
    #[schemars(title = "决定")]
    pub decision: Option<DecisionSeen>,
    /// The one who looks may decide it.
    pub may_decide: bool,
    /// The one who looks may withdraw it.
    pub may_withdraw: bool,
}

/// Which requests to list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListRulings {
    /// Only those that wait.
    #[schemars(title = "只看待决定的")]
    pub waiting: bool,
    /// In which order; newest first where it is not said.
    #[schemars(title = "排序")]
    pub sort: Option<RulingSort>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// Parts of a key: day of asking, identity.
const KEY_PARTS: usize = 2;

/// Requests that the person may see.
pub async fn list(ctx: &Ctx, asked: ListRulings) -> Result<Listed<RulingLine>> {
    listed(ctx, asked, None).await
}

/// The first `rows` requests of a list, for a table to save.
pub async fn to_save(ctx: &Ctx, asked: ListRulings, rows: usize) -> Result<Listed<RulingLine>> {
    listed(ctx, asked, Some(rows)).await
}

async fn listed(ctx: &Ctx, asked: ListRulings, rows: Option<usize>) -> Result<Listed<RulingLine>> {
    let who = ctx.who()?;
    let sort = asked.sort.unwrap_or(RulingSort::Newest);
    let order = ("ruling.list", sort.code(), KEY_PARTS);
    let mut turn = PageAsked::read(order, asked.page.as_deref(), asked.size)?;
    if let Some(rows) = rows {
        turn = turn.of_rows(rows);
    }
    let world = ctx.app.world(who.home).await?;
    let as_of = ctx.as_of_seq(who.home).await?.unwrap_or(NOW);
    let filter = RulingFilter {
        waiting: asked.waiting,
        owners: owners_seen(ctx, &world).await?,
    };
    let page = ctx
        .app
        .store
        .read(async |r| rulings_page(r, world.home, &filter, as_of, sort, &turn.turn()).await)
        .await?;
    Ok(turn.answer(page, |r| line(ctx, &world, &r)))
}

/// The owners whose requests the person may see; all of them where that is the whole county. Of
/// those only that anything was ever asked for, so that there are not more than requests.
async fn owners_seen(ctx: &Ctx, world: &World) -> Result<Option<Vec<Owner>>> {
    let who = ctx.who()?;
    let seen = |body: BodyId| who.may(&world.structure, Action::ViewStanding, body, ctx.today);
    if seen(world.home) {
        return Ok(None);
    }
    let known = ctx.app.rulings(world.home).await?;
    let owners: BTreeSet<Owner> = known.all().map(|r| r.key.owner).collect();
    let of_seen = |o: &Owner| world.structure.body_of(*o).is_some_and(seen);
    Ok(Some(owners.into_iter().filter(of_seen).collect()))
}

/// One request.
pub async fn show(ctx: &Ctx, id: RulingId) -> Result<RulingLine> {
    let (world, ruling) = load(ctx, id, Action::ViewStanding).await?;
    Ok(line(ctx, &world, &ruling))
}

/// A request as the one who looks sees it.
pub(crate) fn line(ctx: &Ctx, world: &World, r: &Ruling) -> RulingLine {
    let key = &r.key;
    let duty = world.book.line(&key.pack, &key.duty);
    let duty = duty.and_then(|l| l.newest());
    let who = ctx.actor.who().filter(|_| ctx.as_of.is_none());
    let takes_back = |w: &Who| r.take(Step::TakeBack { by: w.person }).is_ok();
    RulingLine {
        id: r.id,
        version: r.version,
        kind: r.wanted.kind(),
        state: r.state.name(),
        duty: duty.map_or_else(|| key.duty.to_string(), |d| d.decl.title.clone()),
        owner: world.owner_name(key.owner, ctx.day()),
        key: key.clone(),
        reason: r.reason,
        text: r.text.clone(),
        asked_by: world.person_name(r.asked_by).to_owned(),
        asked_on: r.asked_on,
        new_due_on: r.wanted.new_due_on(),
        act: r.wanted.act(),
        decision: r.state.decision().map(|d| DecisionSeen {
            by: world.person_name(d.by).to_owned(),
            on: d.on,
            opinion: d.opinion.clone(),
            note: d.note.clone(),
        }),
        may_decide: who.is_some_and(|w| may_decide(world, w, r, ctx.today)),
        may_withdraw: who.is_some_and(takes_back),
    }
}
