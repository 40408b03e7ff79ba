//! The person is told what others did to the account, and says to have been told.

use domain::id::{PersonId, ResetId};
use domain::person::Person;
use domain::reset::{Issuer, Reset, State, Wanted};
use store::Read;

use super::at_a_page;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::verb::Verb;
use crate::words;
use crate::world::World;

/// Days for which what was told already is shown below.
const SHOWN_DAYS: i64 = 30;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What was done to an account, in words.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Which.
    pub id: ResetId,
    /// When.
    pub at: String,
    /// What, by whom, with whose consent.
    pub text: String,
    /// The reason that was written; may be empty.
    pub reason: String,
    /// It was told already.
    pub is_told: bool,
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
    let by = match &reset.issuer {
        Issuer::Person(id) => format!("系统管理员{}", world.person_name(*id)),
        Issuer::Operator(name) => format!("服务器运维人员（{name}）在控制台"),
    };
    let with = match reset.state {
        State::Given { by, .. } => format!("提出、管理员{}同意，", world.person_name(by)),
        State::Asked
        | State::Refused { .. }
        | State::Withdrawn { .. }
        | State::Lapsed { .. }
        | State::Alone { .. } => String::new(),
    };
    let what = match (&reset.wanted, reset.used_at) {
        (Wanted::Link, Some(at)) => format!(
            "发放了设置口令的一次性链接，链接已于{}用过",
            words::instant(at)
        ),
        (Wanted::Link, None) => "发放了设置口令的一次性链接，链接没有用过".to_owned(),
        (Wanted::Enable, _) => "重新启用了您的账号".to_owned(),
        (Wanted::Login(login), _) => format!("把您的用户名变更为 {login}"),
    };
    Notice {
        id: reset.id,
        at: words::instant(done_at(reset)),
        text: format!("{by}{with}{what}。"),
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

/// The person says to have been told of these; what came since is told next.
pub async fn acknowledge(ctx: &Ctx, seen: &[ResetId]) -> Result<()> {
    let who = at_a_page(ctx)?;
    ctx.write(Verb::ResetTold, who.person.to_string(), async |tx| {
        for mut reset in store::reset::resets_untold(tx, who.person).await? {
            if seen.contains(&reset.id) {
                reset.told_at = Some(tx.at());
                store::reset::reset_update(tx, &reset).await?;
            }
        }
        Ok(())
    })
    .await
}
