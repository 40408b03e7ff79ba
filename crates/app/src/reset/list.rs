//! Requests as administrators see them.

use chrono::NaiveDate;
use domain::id::{PersonId, ResetId};
use domain::instant::Instant;
use domain::listing::PageSize;
use domain::policy::Action;
use domain::reset::{
    CONSENT_HOURS, Issuer, LinkUse, Namesake, Reset, ResetGroup, Stage, Step, Want, Wanted,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::reset::{Kind, ResetFilter};

use super::HOUR_MS;
use crate::ctx::{Actor, Ctx, end_of_china_day};
use crate::door::Nothing;
use crate::error::{Error, Result};
use crate::listed::{Count, Listed, PageAsked};
use crate::named::Named;
use crate::person::{Account, KEY_PARTS};
use crate::world::World;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * HOUR_MS;

/// Which requests.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListResets {
    /// Only this group.
    #[schemars(title = "哪一类")]
    pub group: Option<ResetGroup>,
    /// Only requests for this person.
    #[schemars(title = "人员编号")]
    pub person: Option<PersonId>,
    /// Only what was asked since this day.
    #[schemars(title = "自哪一天起提出的")]
    pub since: Option<NaiveDate>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// Which request.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneReset {
    /// Which.
    #[schemars(title = "申请编号")]
    pub id: ResetId,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResetSeen {
    /// Identity.
    pub id: ResetId,
    /// Version of the request.
    pub version: i64,
    /// Whose account.
    #[schemars(title = "账号")]
    pub person: Account,
    /// What is wanted.
    #[schemars(title = "申请")]
    pub wanted: Want,
    /// The sign-in name that is wanted.
    #[schemars(title = "新的用户名")]
    pub login: Option<String>,
    /// Where it stands.
    #[schemars(title = "状态")]
    pub stage: Stage,
    /// The administrator who asked.
    #[schemars(title = "提出人")]
    pub asked_by: Option<Named<PersonId>>,
    /// The operator who did it at the console, by the account of the operating system.
    #[schemars(title = "服务器运维人员")]
    pub operator: Option<String>,
    /// When it was asked.
    #[schemars(title = "提出时间")]
    pub asked_at: Instant,
    /// Why; may be empty.
    #[schemars(title = "原因")]
    pub reason: String,
    /// Until when it is to be answered; none once it was.
    #[schemars(title = "有效至")]
    pub until: Option<Instant>,
    /// Who answered.
    #[schemars(title = "办理人")]
    pub answered_by: Option<Named<PersonId>>,
    /// When it was answered, withdrawn, or lapsed.
    #[schemars(title = "办理时间")]
    pub answered_at: Option<Instant>,
    /// What was said to the answer; may be empty.
    #[schemars(title = "意见")]
    pub opinion: String,
    /// What became of the link.
    #[schemars(title = "链接")]
    pub link: Option<LinkUse>,
    /// When the link was used.
    #[schemars(title = "使用时间")]
    pub used_at: Option<Instant>,
    /// The one who looks may consent.
    pub may_consent: bool,
    /// The one who looks may refuse.
    pub may_refuse: bool,
    /// The one who looks may withdraw it.
    pub may_withdraw: bool,
}

/// Two accounts of one name that were declared two people's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamesakeSeen {
    /// The account that was given a role.
    #[schemars(title = "账号")]
    pub person: Account,
    /// The account of the same name.
    #[schemars(title = "同名账号")]
    pub other: Account,
    /// Why they are two people.
    #[schemars(title = "说明")]
    pub reason: String,
    /// Who said so.
    #[schemars(title = "说明人")]
    pub said_by: Named<PersonId>,
    /// When.
    #[schemars(title = "说明时间")]
    pub said_at: Instant,
}

/// The requests of the county, the newest first.
pub async fn list(ctx: &Ctx, asked: ListResets) -> Result<Listed<ResetSeen>> {
    ctx.allow_at_home(Action::ConsentReset)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let list = ("reset.list", "newest", KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let filter = ResetFilter {
        group: asked.group,
        person: asked.person,
        since: asked.since.map(|on| end_of_china_day(on) - DAY_MS),
        lapsed_by: ctx.now - CONSENT_HOURS * HOUR_MS,
    };
    let found = ctx
        .app
        .store
        .read(async |r| store::reset::resets_page(r, home, &filter, &turn.turn()).await);
    Ok(turn.answer(found.await?, |reset| seen(ctx, &world, &reset)))
}

/// Accounts of one name that were declared two people's, the newest first.
pub async fn namesakes(ctx: &Ctx, _: Nothing) -> Result<Listed<NamesakeSeen>> {
    ctx.allow_at_home(Action::ConsentReset)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let found = ctx
        .app
        .store
        .read(async |r| store::namesake::namesakes_of(r, home).await);
    let line = |n: Namesake| NamesakeSeen {
        person: account(&world, n.person),
        other: account(&world, n.other),
        said_by: Named::new(n.said_by, world.person_name(n.said_by)),
        said_at: Instant::at(n.said_at),
        reason: n.reason,
    };
    let rows: Vec<NamesakeSeen> = found.await?.into_iter().map(line).collect();
    let count = Count {
        rows: rows.len() as u64,
        exact: (rows.len() as u64) < store::namesake::NAMESAKES_MAX,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

/// How many requests the one who looks may answer.
pub async fn waiting_count(ctx: &Ctx) -> Result<usize> {
    let home = ctx.who()?.home;
    let since = ctx.now - CONSENT_HOURS * HOUR_MS;
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
pub async fn show(ctx: &Ctx, id: ResetId) -> Result<ResetSeen> {
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
    Ok(seen(ctx, &world, &found))
}

/// The requests for a person, newest first, for the person's page.
pub(crate) async fn of_person(
    ctx: &Ctx,
    world: &World,
    person: PersonId,
) -> Result<Vec<ResetSeen>> {
    let all = ctx
        .app
        .store
        .read(async |r| store::reset::resets_of_person(r, person).await)
        .await?;
    Ok(all.iter().map(|r| seen(ctx, world, r)).collect())
}

fn account(world: &World, id: PersonId) -> Account {
    let unknown = || Account {
        id,
        name: world.person_name(id).to_owned(),
        login: String::new(),
    };
    world.people.get(&id).map_or_else(unknown, Account::from)
}

fn seen(ctx: &Ctx, world: &World, reset: &Reset) -> ResetSeen {
    let state = reset.state_at(ctx.now);
    let stage = state.stage();
    let (asked_by, operator) = match &reset.issuer {
        Issuer::Person(id) => (Some(*id), None),
        Issuer::Operator(name) => (None, Some(name.clone())),
    };
    let (answered_by, answered_at) = state.answered();
    let named = |id: PersonId| Named::new(id, world.person_name(id));
    let may = |step: Step, action: Action| {
        let Actor::Person(who) = &ctx.actor else {
            return false;
        };
        ctx.as_of.is_none()
            && who.scope.is_none()
            && who.may_at_home(action)
            && reset.next(step, who.person, ctx.now).is_ok()
    };
    ResetSeen {
        id: reset.id,
        version: reset.version,
        person: account(world, reset.person),
        wanted: reset.wanted.want(),
        login: match &reset.wanted {
            Wanted::Login(login) => Some(login.clone()),
            Wanted::Link | Wanted::Enable => None,
        },
        stage,
        asked_by: asked_by.map(named),
        operator,
        asked_at: Instant::at(reset.asked_at),
        reason: reset.reason.clone(),
        until: (stage == Stage::Asked).then(|| Instant::at(reset.until())),
        answered_by: answered_by.map(named),
        answered_at: answered_at.map(Instant::at),
        opinion: reset.opinion.clone(),
        link: reset.link_use(ctx.now),
        used_at: reset.used_at.map(Instant::at),
        may_consent: may(Step::Consent, Action::ConsentReset),
        may_refuse: may(Step::Refuse, Action::ConsentReset),
        may_withdraw: may(Step::Withdraw, Action::EditPerson),
    }
}
