//! Resets: one-time links, and what else opens an account, where one administrator alone must not.
//!
//! **Invariant:** for an account with a guarded role two active administrators take part, both
//! looked up in the transaction that acts; the link goes to who consented, the code to who asked,
//! and neither opens anything without the other (ADR 0013).

mod ask;
mod code;
mod decide;
mod door;
mod issue;
mod list;
mod told;

use chrono::NaiveDate;
use domain::id::PersonId;
use domain::person::Person;
use domain::policy::{Action, Relation, Role, allows};
use domain::reset::{Refusal, Reset};
use store::Read;

use crate::code::Code;
use crate::ctx::{Actor, Ctx, Who};
use crate::error::{Error, Result};

pub use ask::{AskReset, Asked, ask, withdraw};
pub use code::use_link;
pub use decide::{Consented, RefuseReset, consent, refuse};
pub use issue::{LinkGiven, by_operator};
pub use list::{
    ListResets, NamesakeSeen, OneReset, ResetSeen, list, namesakes, show, waiting_count,
};
pub use told::{Notice, Told, ToldCount, acknowledge, notices};

pub(crate) use door::OPERATIONS;
pub(crate) use issue::{alone, first_link, note_used};
pub(crate) use list::of_person;
pub(crate) use told::is_untold;

/// What the one-time link of a reset by two is for, as its token says.
pub(crate) const BY_TWO: &str = "reset";

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// The person who acts at a page. Asking and consenting are done by who signed in: the operator at
/// the console has a way of his own, which says so.
fn at_a_page(ctx: &Ctx) -> Result<&Who> {
    match &ctx.actor {
        Actor::Person(who) if who.scope.is_some() => Err(Error::refused(
            Code::ResetToken,
            "账号重置由本人登录后在页面上办理，不能用接口令牌代办。请登录系统，在“重置审批”或人员的页面办理。",
        )),
        Actor::Person(who) => Ok(who),
        Actor::Anonymous | Actor::Console { .. } | Actor::System { .. } => Err(Error::SignedOut),
        Actor::Operator { .. } => Err(Error::refused(
            Code::ResetConsole,
            "重置由管理员本人登录后办理，不能在命令行代办。两名管理员都无法办理的，请用 bihuan person reset。",
        )),
    }
}

/// Whether a person holds a guarded role on a day. A role that was taken back on that very day
/// guards until its end: taking it away for an hour is no way around.
pub(crate) async fn is_guarded(r: &Read, person: PersonId, on: NaiveDate) -> Result<bool> {
    let grants = store::grant::grants_of_person(r, person).await?;
    Ok(grants
        .iter()
        .any(|g| g.role.is_guarded() && g.from_on <= on && g.to_on.is_none_or(|to| on <= to)))
}

/// Whether a person is active and has a power over the county now.
async fn has_power(
    r: &Read,
    ctx: &Ctx,
    home: domain::id::BodyId,
    person: PersonId,
    action: Action,
) -> Result<bool> {
    let found = store::person::person_find(r, person).await?;
    if !found.is_some_and(|p| p.active && p.home == home) {
        return Ok(false);
    }
    let grants = store::grant::grants_of_person(r, person).await?;
    Ok(grants
        .iter()
        .any(|g| g.body == home && g.holds_on(ctx.today) && allows(g.role, action, Relation::Own)))
}

/// The same, as an error: a context may be older than the role that it was made with.
async fn must_have_power(tx: &store::Tx, ctx: &Ctx, who: &Who, action: Action) -> Result<()> {
    if has_power(tx, ctx, tx.home(), who.person, action).await? {
        Ok(())
    } else {
        Err(Error::Forbidden(action))
    }
}

/// The active administrators of the county who may consent.
async fn consenters(tx: &store::Tx, ctx: &Ctx) -> Result<Vec<PersonId>> {
    let grants = store::grant::grants_of_home(tx, tx.home()).await?;
    let mut out: Vec<PersonId> = Vec::new();
    for grant in grants.iter().filter(|g| g.role.is_administrator()) {
        let known = out.contains(&grant.person);
        let action = Action::ConsentReset;
        if !known && has_power(tx, ctx, tx.home(), grant.person, action).await? {
            out.push(grant.person);
        }
    }
    Ok(out)
}

/// Whose password a one-time link of a purpose sets, if it is good.
pub(crate) async fn link_person(
    r: &Read,
    token: &str,
    purpose: &str,
    now: i64,
) -> Result<Option<Person>> {
    let found = store::session::token_find(r, token, purpose, now).await?;
    match found.and_then(|t| t.person) {
        Some(id) => Ok(store::person::person_find(r, id).await?),
        None => Ok(None),
    }
}

/// The person of an account of the county.
async fn target(tx: &store::Tx, id: PersonId) -> Result<Person> {
    let found = store::person::person_find(tx, id).await?;
    found
        .filter(|p| p.home == tx.home())
        .ok_or(Error::NotFound("这个人员"))
}

/// Guarded accounts are opened by two.
pub(crate) fn needs_consent(name: &str) -> Error {
    Error::refused(
        Code::ResetConsent,
        format!(
            "{name}担任管理员、安委办或领导角色，须经另一名管理员同意。请在其人员页面写明原因提出重置。"
        ),
    )
}

/// Why a step was refused, for the user.
fn refusal(why: Refusal, reset: &Reset) -> Error {
    let hours = domain::reset::CONSENT_HOURS;
    let (code, message) = match why {
        Refusal::Own => (
            Code::ResetOwn,
            "提出人不能自己同意或不同意，请由另一名管理员办理；不再需要的，可以撤回。".to_owned(),
        ),
        Refusal::Oneself => (
            Code::ResetOneself,
            "不能同意对自己账号的重置，请由另一名管理员办理。不是您要求的，请选择不同意。"
                .to_owned(),
        ),
        Refusal::NotAsker => (Code::ResetNotAsker, "申请由提出人撤回。".to_owned()),
        Refusal::AlreadyGiven => (
            Code::ResetGiven,
            "这份申请已有管理员同意，不能再次办理。链接遗失的，请重新提出。".to_owned(),
        ),
        Refusal::AlreadyRefused => (
            Code::ResetRefused,
            "这份申请已有管理员不同意，不能再次办理。".to_owned(),
        ),
        Refusal::AlreadyWithdrawn => (Code::ResetWithdrawn, "这份申请已由提出人撤回。".to_owned()),
        Refusal::HasLapsed => (
            Code::ResetLapsed,
            format!(
                "这份申请在{hours}小时内无人办理，已于{}过期。仍需要的，请重新提出。",
                crate::words::instant(reset.until())
            ),
        ),
        Refusal::NotAsked => (Code::ResetNotAsked, "这次办理不需要审批。".to_owned()),
    };
    Error::refused(code, message)
}

/// A request that two administrators stand behind no longer, because one of them left.
fn unbacked() -> Error {
    Error::refused(
        Code::ResetUnbacked,
        "提出人或同意人已停用，或已不担任管理员，这份申请不再有效。请重新提出。",
    )
}

/// Whether a text is there and not too long.
fn check_text(field: &str, text: &str, missing: &str) -> Result<()> {
    let length = text.trim().chars().count();
    let max = domain::reset::REASON_LONGEST;
    if length == 0 {
        return Err(crate::error::FieldErrors::one(field, missing));
    }
    if length > max {
        return Err(crate::error::FieldErrors::one(
            field,
            format!("最多{max}字，现有{length}字。"),
        ));
    }
    Ok(())
}

/// The roles that a person holds on a day.
pub(crate) async fn roles_on(r: &Read, person: PersonId, on: NaiveDate) -> Result<Vec<Role>> {
    let grants = store::grant::grants_of_person(r, person).await?;
    Ok(grants
        .iter()
        .filter(|g| g.holds_on(on))
        .map(|g| g.role)
        .collect())
}
