//! One-time links that need nobody's consent: of an account without great powers, and of the
//! operator at the server's console.

use domain::id::{PersonId, ResetId};
use domain::person::{LINK_HOURS, Person};
use domain::reset::{Issuer, Reset, State, Wanted};
use schemars::JsonSchema;
use serde::Serialize;
use store::Tx;
use store::reset::Kind;
use store::session::OneTime;

use super::{HOUR_MS, check_text, is_guarded, needs_consent};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::secret::secret;
use crate::verb::Verb;
use crate::write::Kept;

/// A one-time link that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkGiven {
    /// To whom.
    pub id: PersonId,
    /// Its secret; none for a second click, for it is kept as a hash.
    #[schemars(title = "一次性链接，只显示这一次", extend("x-shown-once" = true))]
    pub link: Option<String>,
}

impl Kept for LinkGiven {
    fn keep(&self) -> String {
        self.id.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        let id = text.parse().ok()?;
        Some(Self { id, link: None })
    }
}

/// Keeps a link for a person and ends the earlier ones: there is one at a time.
pub(super) async fn put_link(tx: &Tx, token: &str, one: &OneTime) -> Result<()> {
    if let Some(person) = one.person {
        store::session::tokens_remove(tx, person).await?;
    }
    store::session::token_insert(tx, token, one).await?;
    Ok(())
}

fn password_for(tx: &Tx, person: &Person) -> OneTime {
    OneTime {
        purpose: "password".to_owned(),
        person: Some(person.id),
        home: Some(person.home),
        expires_at: tx.at() + LINK_HOURS * HOUR_MS,
    }
}

fn noted(ctx: &Ctx, person: &Person, wanted: Wanted, issuer: Issuer, reason: &str) -> Reset {
    Reset {
        id: ResetId::new(ctx.ids.next(ctx.now)),
        home: person.home,
        person: person.id,
        wanted,
        issuer,
        asked_at: ctx.now,
        reason: reason.trim().to_owned(),
        state: State::Alone { at: ctx.now },
        opinion: String::new(),
        code_hash: String::new(),
        wrong_codes: 0,
        used_at: None,
        told_at: None,
        version: 1,
    }
}

/// A link that one administrator gives alone, for an account without a guarded role.
pub(crate) async fn alone(ctx: &Ctx, person: &Person) -> Result<LinkGiven> {
    let token = secret()?;
    let who = ctx.who()?;
    let note = noted(ctx, person, Wanted::Link, Issuer::Person(who.person), "");
    ctx.write(Verb::PersonReset, person.id.to_string(), async |tx| {
        if is_guarded(tx, person.id, ctx.today).await? {
            return Err(needs_consent(&person.name));
        }
        put_link(tx, &token, &password_for(tx, person)).await?;
        store::reset::reset_insert(tx, &note).await?;
        tx.note();
        Ok(LinkGiven {
            id: person.id,
            link: Some(token.clone()),
        })
    })
    .await
}

/// The first link of a new account, in the transaction that adds its person. It tells nobody
/// anything new and leaves no notice.
pub(crate) async fn first_link(tx: &Tx, token: &str, person: &Person) -> Result<()> {
    put_link(tx, token, &password_for(tx, person)).await
}

/// One link of the console for a guarded account at a time: it is the way out where two
/// administrators are unreachable, and opens the door for the next one by two.
async fn refuse_second(ctx: &Ctx, tx: &store::Tx, person: PersonId) -> Result<()> {
    let since = ctx.now - LINK_HOURS * HOUR_MS;
    let all = store::reset::resets_since(tx, tx.home(), Kind::ByOperator, since).await?;
    for open in all.iter().filter(|r| r.used_at.is_none()) {
        if open.person == person || !is_guarded(tx, open.person, ctx.today).await? {
            continue;
        }
        return Err(Error::refused(
            crate::Code::ResetConsoleOpen,
            format!(
                "{}已在服务器上为另一名管理员、安委办或领导账号发放过链接，还没有使用。请先用它登录，\
                 其余重置由两名管理员在页面上办理；链接遗失的，待其24小时失效后再发。",
                crate::words::instant(open.asked_at)
            ),
        ));
    }
    Ok(())
}

/// One link by the operator at the server's console, where two administrators cannot be reached.
/// `enable` opens a disabled account in the same step. No page leads here.
pub async fn by_operator(ctx: &Ctx, login: &str, reason: &str, enable: bool) -> Result<String> {
    let os_user = ctx.at_console()?;
    check_text("reason", reason, "请写明原因。")?;
    let login = login.trim().to_lowercase();
    let found = ctx
        .app
        .store
        .read(async |r| store::person::person_by_login(r, &login).await)
        .await?;
    let known = found.ok_or(Error::NotFound("这个用户名"))?.person;
    let token = secret()?;
    let issuer = Issuer::Operator(os_user.to_owned());
    let note = noted(ctx, &known, Wanted::Link, issuer, reason);
    ctx.writing(Verb::ResetOperator, known.home, note.id.to_string())
        .run(async |tx| {
            if is_guarded(tx, known.id, ctx.today).await? {
                refuse_second(ctx, tx, known.id).await?;
            }
            let mut person = super::target(tx, known.id).await?;
            if !person.active && !enable {
                return Err(Error::refused(
                    crate::Code::ResetInactive,
                    format!("{}的账号已停用。确需启用的，请加上 --enable。", person.name),
                ));
            }
            if !person.active {
                person.active = true;
                let roles = super::roles_on(tx, person.id, ctx.today).await?;
                crate::namesake::refuse(ctx, tx, &person, &roles).await?;
                store::person::person_update(tx, &person).await?;
            }
            put_link(tx, &token, &password_for(tx, &person)).await?;
            store::reset::reset_insert(tx, &note).await?;
            Ok(())
        })
        .await?;
    Ok(token)
}

/// Notes that a link which one administrator, or the operator, had given was used.
pub(crate) async fn note_used(tx: &Tx, person: &Person) -> Result<()> {
    let all = store::reset::resets_of_person(tx, person.id).await?;
    let newest = all.into_iter().find(|r| r.wanted == Wanted::Link);
    if let Some(mut reset) =
        newest.filter(|r| matches!(r.state, State::Alone { .. }) && r.used_at.is_none())
    {
        reset.used_at = Some(tx.at());
        store::reset::reset_update(tx, &reset).await?;
    }
    Ok(())
}
