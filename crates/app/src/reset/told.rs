//! The person is told what others did to the account, and says to have been told.

use domain::id::{PersonId, ResetId};
use domain::instant::Instant;
use domain::person::Person;
use domain::reset::{Issuer, Reset, State, Want, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Read;

use super::at_a_page;
use crate::ctx::Ctx;
use crate::door::Nothing;
use crate::error::Result;
use crate::listed::{Count, Listed};
use crate::named::Named;
use crate::verb::Verb;
use crate::world::World;
use crate::write::Kept;

/// Days for which what was told already is shown below.
const SHOWN_DAYS: i64 = 30;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What others did to an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Notice {
    /// Which.
    pub id: ResetId,
    /// When it was done.
    #[schemars(title = "时间")]
    pub at: Instant,
    /// What was done.
    #[schemars(title = "变动")]
    pub wanted: Want,
    /// The sign-in name that was given.
    #[schemars(title = "新的用户名")]
    pub login: Option<String>,
    /// The administrator who did it, or asked for it.
    #[schemars(title = "管理员")]
    pub by: Option<Named<PersonId>>,
    /// The operator who did it at the console.
    #[schemars(title = "服务器运维人员")]
    pub operator: Option<String>,
    /// The administrator who consented.
    #[schemars(title = "同意人")]
    pub consented_by: Option<Named<PersonId>>,
    /// When the link was used.
    #[schemars(title = "使用时间")]
    pub used_at: Option<Instant>,
    /// The reason that was written; may be empty.
    #[schemars(title = "原因")]
    pub reason: String,
    /// It was told already.
    #[schemars(title = "已知悉")]
    pub is_told: bool,
}

/// What the person was told of.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The notices that were read.
    #[schemars(title = "已阅的变动", length(max = 500))]
    pub seen: Vec<ResetId>,
}

/// How many notices somebody said to have been told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToldCount {
    /// So many.
    #[schemars(title = "件数")]
    pub told: usize,
}

impl Kept for ToldCount {
    fn keep(&self) -> String {
        self.told.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        let told = text.parse().ok()?;
        Some(Self { told })
    }
}

/// Whether something was done to the account that its person was not told.
pub(crate) async fn is_untold(r: &Read, person: PersonId) -> Result<bool> {
    Ok(!store::reset::resets_untold(r, person).await?.is_empty())
}

fn done_at(reset: &Reset) -> i64 {
    match reset.state {
        State::Given { at, .. } | State::Alone { at } => at,
        State::Asked | State::Refused { .. } | State::Withdrawn { .. } | State::Lapsed { .. } => {
            reset.asked_at
        }
    }
}

fn notice(world: &World, reset: &Reset) -> Notice {
    let named = |id: PersonId| Named::new(id, world.person_name(id));
    let (by, operator) = match &reset.issuer {
        Issuer::Person(id) => (Some(named(*id)), None),
        Issuer::Operator(name) => (None, Some(name.clone())),
    };
    Notice {
        id: reset.id,
        at: Instant::at(done_at(reset)),
        wanted: reset.wanted.want(),
        login: match &reset.wanted {
            Wanted::Login(login) => Some(login.clone()),
            Wanted::Link | Wanted::Enable => None,
        },
        by,
        operator,
        consented_by: match reset.state {
            State::Given { by, .. } => Some(named(by)),
            State::Asked
            | State::Refused { .. }
            | State::Withdrawn { .. }
            | State::Lapsed { .. }
            | State::Alone { .. } => None,
        },
        used_at: reset.used_at.map(Instant::at),
        reason: reset.reason.clone(),
        is_told: reset.told_at.is_some(),
    }
}

/// What the person is to be told, then what was told in the last days.
pub async fn notices(ctx: &Ctx) -> Result<Vec<Notice>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let since = ctx.now - SHOWN_DAYS * DAY_MS;
    let mut all = ctx
        .app
        .store
        .read(async |r| store::reset::resets_of_person(r, who.person).await)
        .await?;
    all.retain(|r| r.state.is_done() && (r.told_at.is_none() || done_at(r) >= since));
    all.sort_by_key(|r| (r.told_at.is_some(), std::cmp::Reverse(done_at(r))));
    Ok(all.iter().map(|r| notice(&world, r)).collect())
}

/// What a person who just set a password by a link is to be told.
pub(super) async fn notices_of(ctx: &Ctx, person: &Person) -> Result<Vec<Notice>> {
    let world = ctx.app.world(person.home).await?;
    let all = ctx
        .app
        .store
        .read(async |r| store::reset::resets_untold(r, person.id).await)
        .await?;
    Ok(all.iter().map(|r| notice(&world, r)).collect())
}

/// The notices of the one who looks.
pub(super) async fn noticed(ctx: &Ctx, _: Nothing) -> Result<Listed<Notice>> {
    let rows = notices(ctx).await?;
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

/// The person says to have been told of these; what came since is told next.
pub async fn acknowledge(ctx: &Ctx, seen: &[ResetId]) -> Result<ToldCount> {
    if let Some(first) = ctx.begin(Verb::ResetTold).await? {
        return Ok(first);
    }
    let who = at_a_page(ctx)?;
    ctx.write(Verb::ResetTold, who.person.to_string(), async |tx| {
        let mut told = 0;
        for mut reset in store::reset::resets_untold(tx, who.person).await? {
            if seen.contains(&reset.id) {
                reset.told_at = Some(tx.at());
                store::reset::reset_update(tx, &reset).await?;
                told += 1;
            }
        }
        Ok(ToldCount { told })
    })
    .await
}

/// The same, as it was asked for.
pub(super) async fn told(ctx: &Ctx, asked: Told) -> Result<ToldCount> {
    acknowledge(ctx, &asked.seen).await
}
