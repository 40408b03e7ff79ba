//! Signing in: one password hash a try, one answer for every try that is not right.
//!
//! **Invariant:** known, unknown, braked, disabled and passwordless names run exactly one hash each
//! and are answered alike; what is written about a refused try is written beside the answer.

use domain::id::SessionId;
use domain::person::PASSWORD_LONGEST;
use store::person::SignIn;
use store::session::Session;

use crate::brake::{Account, BRAKED_MINUTES, Visitor, WRONG_AT_NAME};
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::secret::secret;
use crate::verb::Verb;
use crate::words;

/// Milliseconds of a second.
const SECOND_MS: i64 = 1_000;
/// Longest address that is kept of a session, in characters.
const ADDRESS_LONGEST: usize = 64;
/// Longest name of a browser that is kept of a session, in characters.
const AGENT_LONGEST: usize = 200;
/// Random bytes of a browser's own number.
const NONCE_BYTES: usize = 16;

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Goes into the cookie and nowhere else.
    pub token: String,
    /// The password was set by somebody else and must be changed first.
    pub must_change: bool,
    /// What the browser keeps, to be told from strangers next time.
    pub device: String,
}

fn refused() -> Error {
    Error::refused(
        crate::Code::SignInWrong,
        format!(
            "用户名或口令不对。连续{WRONG_AT_NAME}次不对的，{BRAKED_MINUTES}分钟内在这里填对也不能登录，请稍后再试；忘记口令请联系系统管理员。"
        ),
    )
}

/// Too many from one address. Says nothing about any name.
fn slower(wait_ms: i64) -> Error {
    let wait_s = wait_s(wait_ms);
    Error::Busy {
        wait_s,
        message: format!(
            "这个网络地址登录失败的次数过多，请{}后再试。本人近期登录过的电脑不受影响。",
            words::wait(wait_s)
        ),
    }
}

/// Whole seconds, at least one.
pub(crate) fn wait_s(wait_ms: i64) -> u64 {
    u64::try_from((wait_ms.max(1) + SECOND_MS - 1) / SECOND_MS).unwrap_or(1)
}

impl App {
    /// Waits until everything about refused sign-ins and used sessions is written: for tests, and
    /// before an end.
    pub async fn settled(&self) {
        drop(self.brakes.settled().await);
        drop(self.seen.writing.acquire().await);
    }
}

/// Signs in. Wrong passwords brake the place they come from, see [`crate::brake`].
pub async fn sign_in(
    ctx: &Ctx,
    login: &str,
    password: &str,
    visitor: &Visitor,
) -> Result<SignedIn> {
    let login = login.trim().to_lowercase();
    if login.is_empty() || password.is_empty() || password.chars().count() > PASSWORD_LONGEST {
        return Err(refused());
    }
    let app = &ctx.app;
    let known = app
        .store
        .read(async |r| store::person::person_by_login(r, &login).await)
        .await?;
    let account = known.as_ref().map(Account::of);
    let counted = app
        .brakes
        .begin(ctx.now, visitor, account)
        .map_err(slower)?;
    let hash = known.as_ref().map_or("", |k| &k.password_hash);
    let matched = app
        .matches(password, hash, counted.lane, counted.known)
        .await
        .inspect_err(|_| app.brakes.undo(ctx.now, &counted))?;
    let Some(known) = known else {
        return Err(refused());
    };
    if !matched || !known.person.active || counted.braked {
        if !counted.braked {
            trace(ctx, &known);
        }
        return Err(refused());
    }
    let opened = open(ctx, &known, visitor).await?;
    app.brakes.right(ctx.now, &counted);
    Ok(opened)
}

/// Leaves a link about a refused try, after the answer: a name that exists must not take longer
/// to be refused than one that does not, nor be told by a database that cannot be written to.
fn trace(ctx: &Ctx, known: &SignIn) {
    let (home, person) = (known.person.home, known.person.id);
    let room = ctx.app.brakes.room_for_link();
    let Some(room) = room.filter(|_| ctx.app.brakes.link(ctx.now, &home.to_string())) else {
        tracing::warn!(%person, "a refused sign-in was not written: there are too many");
        return;
    };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        let refused = ctx.writing(Verb::SessionRefused, home, person.to_string());
        let written = refused.by(person).run(async |tx| {
            tx.note();
            Ok(())
        });
        if let Err(why) = written.await {
            tracing::error!(%why, %person, "a refused sign-in was not written");
        }
        drop(room);
    });
}

async fn open(ctx: &Ctx, known: &SignIn, visitor: &Visitor) -> Result<SignedIn> {
    let token = secret()?;
    let mut nonce = [0_u8; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(|e| Error::Internal(e.to_string().into()))?;
    let device = Account::of(known).device(&hex::encode(nonce));
    let person = known.person.id;
    let address = visitor.address.map(|a| a.to_string()).unwrap_or_default();
    let session = Session {
        id: SessionId::new(ctx.ids.next(ctx.now)),
        person,
        created_at: ctx.now,
        seen_at: ctx.now,
        address: address.chars().take(ADDRESS_LONGEST).collect(),
        agent: visitor.agent.chars().take(AGENT_LONGEST).collect(),
    };
    ctx.writing(Verb::SessionSignIn, known.person.home, person.to_string())
        .by(person)
        .run(async |tx| {
            // Asked again: between the first look and this, the try waited to be verified.
            let now = store::person::person_sign_in(tx, person).await?;
            let now = now.ok_or_else(refused)?;
            if !now.person.active || now.password_hash != known.password_hash {
                return Err(refused());
            }
            store::session::session_insert(tx, &session, &token).await?;
            tx.note();
            Ok(())
        })
        .await?;
    Ok(SignedIn {
        token,
        must_change: known.person.must_change,
        device,
    })
}
