//! Requests as administrators see them.

use domain::id::{PersonId, ResetId};
use domain::policy::Action;
use domain::reset::{CONSENT_HOURS, Issuer, OPERATOR_SHOWN_DAYS, Reset, State, Step, Wanted};

use store::reset::Kind;

use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

/// Days for which answered requests stand in the list.
const SHOWN_DAYS: i64 = OPERATOR_SHOWN_DAYS;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A request as shown.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "which buttons a page shows, each asked of the policy by itself"
)]
pub struct ResetLine {
    /// Identity.
    pub id: ResetId,
    /// Whose account.
    pub person: PersonId,
    /// Name and sign-in name.
    pub name: String,
    /// What is wanted.
    pub wanted: String,
    /// Where it stands.
    pub state: &'static str,
    /// The state's code, for style classes.
    pub state_code: &'static str,
    /// Who asked, when.
    pub asked: String,
    /// Why.
    pub reason: String,
    /// Until when it is to be answered; empty once it was.
    pub until: String,
    /// Who answered, when, with which opinion.
    pub decided: String,
    /// What became of the link.
    pub link: String,
    /// The operator did it at the console.
    pub by_operator: bool,
    /// The one who looks may consent.
    pub may_consent: bool,
    /// The one who looks may refuse.
    pub may_refuse: bool,
    /// The one who looks may withdraw it.
    pub may_withdraw: bool,
}

/// Two accounts of one name, as shown.
#[derive(Debug, Clone)]
pub struct NamesakeLine {
    /// Both accounts.
    pub accounts: String,
    /// Why they are two people.
    pub reason: String,
    /// Who said so, when.
    pub said: String,
}

/// What the administrators of a county see of resets.
#[derive(Debug, Clone, Default)]
pub struct Resets {
    /// Those that wait, oldest first.
    pub waiting: Vec<ResetLine>,
    /// What the operator did in the last days.
    pub by_operator: Vec<ResetLine>,
    /// The others of the last days, newest first.
    pub recent: Vec<ResetLine>,
    /// Accounts of one name that were declared two people's.
    pub namesakes: Vec<NamesakeLine>,
}

/// The resets of the county.
pub async fn list(ctx: &Ctx) -> Result<Resets> {
    ctx.allow_at_home(Action::ConsentReset)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let since = ctx.now - SHOWN_DAYS * DAY_MS;
    let (all, namesakes) = ctx
        .app
        .store
        .read(async |r| {
            let mut all = store::reset::resets_since(r, home, Kind::Asked, since).await?;
            for kind in [Kind::ByOperator, Kind::Answered] {
                all.extend(store::reset::resets_since(r, home, kind, since).await?);
            }
            Ok::<_, Error>((all, store::namesake::namesakes_of(r, home).await?))
        })
        .await?;
    let mut out = Resets::default();
    for reset in &all {
        let line = line(ctx, &world, reset);
        match (reset.state_at(ctx.now), &reset.issuer) {
            (State::Asked, _) => out.waiting.insert(0, line),
            (_, Issuer::Operator(_)) => out.by_operator.push(line),
            (_, Issuer::Person(_)) => out.recent.push(line),
        }
    }
    let account = |id: PersonId| named(&world, id);
    out.namesakes = namesakes
        .iter()
        .map(|n| NamesakeLine {
            accounts: format!("{}、{}", account(n.person), account(n.other)),
            reason: n.reason.clone(),
            said: format!(
                "{} {}",
                world.person_name(n.said_by),
                words::instant(n.said_at)
            ),
        })
        .collect();
    Ok(out)
}

/// How many requests the one who looks may answer.
pub async fn waiting_count(ctx: &Ctx) -> Result<usize> {
    let home = ctx.who()?.home;
    let since = ctx.now - CONSENT_HOURS * super::HOUR_MS;
    let all = ctx
        .app
        .store
        .read(async |r| store::reset::resets_since(r, home, Kind::Asked, since).await)
        .await?;
    let who = ctx.who()?.person;
    let mine = |r: &&Reset| r.next(Step::Refuse, who, ctx.now).is_ok();
    Ok(all.iter().filter(mine).count())
}

/// One request.
pub async fn show(ctx: &Ctx, id: ResetId) -> Result<ResetLine> {
    ctx.allow_at_home(Action::ConsentReset)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let found = ctx
        .app
        .store
        .read(async |r| store::reset::reset_find(r, id).await)
        .await?;
    let found = found
        .filter(|r| r.home == home)
        .ok_or(Error::NotFound("这份申请"))?;
    Ok(line(ctx, &world, &found))
}

/// The requests for a person, newest first, for the person's page.
pub async fn of_person(ctx: &Ctx, world: &World, person: PersonId) -> Result<Vec<ResetLine>> {
    let all = ctx
        .app
        .store
        .read(async |r| store::reset::resets_of_person(r, person).await)
        .await?;
    Ok(all.iter().map(|r| line(ctx, world, r)).collect())
}

fn named(world: &World, id: PersonId) -> String {
    world.people.get(&id).map_or_else(
        || world.person_name(id).to_owned(),
        |p| format!("{}（{}）", p.name, p.login),
    )
}

fn decided(world: &World, reset: &Reset, state: State) -> String {
    match state {
        State::Given { by, at } | State::Refused { by, at } => {
            let said = format!("{} {}", world.person_name(by), words::instant(at));
            format!("{said} {}", reset.opinion).trim_end().to_owned()
        }
        State::Withdrawn { at } | State::Lapsed { at } => words::instant(at),
        State::Asked | State::Alone { .. } => String::new(),
    }
}

fn link_of(reset: &Reset, state: State) -> String {
    if reset.wanted != Wanted::Link || !state.is_done() {
        return String::new();
    }
    match reset.used_at {
        Some(at) => format!("{}用过", words::instant(at)),
        None if reset.wrong_codes >= domain::reset::WRONG_CODES_MAX => {
            "验证码多次不对，已作废".to_owned()
        }
        None => "没有用过；已另发链接或过期的，不能再用".to_owned(),
    }
}

fn line(ctx: &Ctx, world: &World, reset: &Reset) -> ResetLine {
    let state = reset.state_at(ctx.now);
    let asker = match &reset.issuer {
        Issuer::Person(id) => world.person_name(*id).to_owned(),
        Issuer::Operator(name) => format!("服务器运维人员（{name}）"),
    };
    let by_operator = matches!(reset.issuer, Issuer::Operator(_));
    let may = |step: Step, action: Action| {
        let Actor::Person(who) = &ctx.actor else {
            return false;
        };
        ctx.as_of.is_none()
            && who.may_at_home(action)
            && reset.next(step, who.person, ctx.now).is_ok()
    };
    ResetLine {
        id: reset.id,
        person: reset.person,
        name: named(world, reset.person),
        wanted: words::reset_wanted(&reset.wanted),
        state: words::reset_state(state, by_operator),
        state_code: state.code(),
        asked: format!("{asker} {}", words::instant(reset.asked_at)),
        reason: reset.reason.clone(),
        until: match state {
            State::Asked => words::instant(reset.until()),
            State::Given { .. }
            | State::Refused { .. }
            | State::Withdrawn { .. }
            | State::Lapsed { .. }
            | State::Alone { .. } => String::new(),
        },
        decided: decided(world, reset, state),
        link: link_of(reset, state),
        by_operator,
        may_consent: may(Step::Consent, Action::ConsentReset),
        may_refuse: may(Step::Refuse, Action::ConsentReset),
        may_withdraw: may(Step::Withdraw, Action::EditPerson),
    }
}
