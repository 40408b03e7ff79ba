//! Sessions, passwords and one-time links; signing in stands in `sign_in.rs`.

mod link;
mod seen;
mod setup;

use chrono::NaiveDate;
use domain::id::{BodyId, PostId};
use domain::person::{
    Grant, IDLE_MINUTES, PASSWORD_LONGEST, PASSWORD_SHORTEST, Person, SESSION_HOURS, WeakPassword,
    check_password,
};
use store::person::SignIn;
use store::session::Session;

use crate::brake::Account;
use crate::ctx::{App, Ctx, Who};
use crate::error::{Error, FieldErrors, Result};
use crate::sign_in::wait_s;
use crate::verb::Verb;
use crate::words;

pub use crate::brake::{Visitor, network};
pub use crate::secret::secret;
pub use crate::sign_in::{SignedIn, sign_in};
pub(crate) use link::spent;
pub use link::{Link, link, set_password};
pub(crate) use seen::Seen;
pub use setup::{FirstAdmin, setup, setup_link};

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A request of a session is remembered at most once in so many milliseconds.
const TOUCH_MS: i64 = 60_000;
/// What is remembered of a county's sessions is written, all in one link, when one of them was
/// written so long ago, in milliseconds: an end of the process costs no more of the idle time.
const FLUSH_MS: i64 = 5 * 60_000;

/// Signs out: the session is removed.
pub async fn sign_out(ctx: &Ctx, token: &str) -> Result<()> {
    let found = ctx
        .app
        .store
        .read(async |r| store::session::session_find(r, token).await)
        .await?;
    let Some(session) = found else { return Ok(()) };
    ctx.write(
        Verb::SessionSignOut,
        session.person.to_string(),
        async |tx| {
            store::session::session_remove(tx, session.id).await?;
            tx.note();
            Ok(())
        },
    )
    .await
}

/// Who a cookie's token belongs to, if its session still holds. `post` is the post that the person
/// chose to act in; `now` and `today` are the request's.
pub async fn resume(
    app: &App,
    token: &str,
    post: Option<PostId>,
    now: i64,
    today: NaiveDate,
) -> Result<Option<Resumed>> {
    let found = app
        .store
        .read(async |r| {
            let Some(session) = store::session::session_find(r, token).await? else {
                return Ok::<_, Error>(None);
            };
            let person = store::person::person_find(r, session.person).await?;
            let grants = store::grant::grants_of_person(r, session.person).await?;
            let untold = crate::reset::is_untold(r, session.person).await?;
            Ok(person.map(|p| (session, p, grants, untold)))
        })
        .await?;
    let Some((session, person, grants, untold)) = found.filter(|(_, p, ..)| p.active) else {
        return Ok(None);
    };
    let seen_at = app.seen.of(&session, person.home);
    let idle = now - seen_at > IDLE_MINUTES * MINUTE_MS;
    let old = now - session.created_at > SESSION_HOURS * 60 * MINUTE_MS;
    if idle || old {
        return Ok(None);
    }
    if now - seen_at > TOUCH_MS {
        app.seen.remember(session.id, person.home, now);
    }
    if now - session.seen_at > FLUSH_MS {
        touch(app, &session, person.home, now);
    }
    let must_change = person.must_change;
    let who = who_of(app, person, grants, post, today).await?;
    Ok(Some(Resumed {
        who,
        must_change,
        untold,
    }))
}

/// Somebody whose session holds.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// Who.
    pub who: Who,
    /// The password must be changed before anything else.
    pub must_change: bool,
    /// Somebody did something to the account that the person is to be told.
    pub untold: bool,
}

/// Writes when the county's sessions were last used, in a task of its own: no page waits for it,
/// fails by it, or loses it by ending. While nothing can be written it is remembered on.
fn touch(app: &App, session: &Session, home: BodyId, now: i64) {
    let Ok(permit) = app.seen.writing.clone().try_acquire_owned() else {
        return;
    };
    let seen = app.seen.snapshot(home, now);
    let (app, person) = (app.clone(), session.person);
    tokio::spawn(async move {
        let _permit = permit;
        let written = app
            .beside(Verb::SessionTouch, home, now, person.to_string())
            .by(person)
            .run(async |tx| Ok(store::session::sessions_touch(tx, &seen).await?))
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "the use of sessions could not be written");
        }
    });
}

/// Puts together who acts: roles in force today, the post chosen or the first one held.
pub async fn who_of(
    app: &App,
    person: Person,
    grants: Vec<Grant>,
    post: Option<PostId>,
    today: NaiveDate,
) -> Result<Who> {
    let world = app.world(person.home).await?;
    let grants: Vec<Grant> = grants.into_iter().filter(|g| g.holds_on(today)).collect();
    let held = world.structure.posts_held(person.id, today);
    let acting = held
        .iter()
        .find(|p| Some(p.id) == post)
        .or_else(|| held.iter().find(|p| p.ex_officio.is_none()))
        .map(|p| (p.id, p.body));
    let first = grants.first().map(|g| g.body);
    let body = acting
        .map(|(_, body)| body)
        .or(first)
        .unwrap_or(person.home);
    Ok(Who {
        person: person.id,
        home: person.home,
        name: person.name,
        login: person.login,
        grants,
        post: acting.map(|(post, _)| post),
        body,
        scope: None,
    })
}

/// A person by sign-in name, for the command line's `--as`.
pub async fn by_login(app: &App, login: &str, today: NaiveDate) -> Result<Who> {
    let found = app
        .store
        .read(async |r| {
            let Some(known) = store::person::person_by_login(r, login).await? else {
                return Ok::<_, Error>(None);
            };
            let grants = store::grant::grants_of_person(r, known.person.id).await?;
            Ok(Some((known.person, grants)))
        })
        .await?;
    let (person, grants) = found
        .filter(|(p, _)| p.active)
        .ok_or(Error::NotFound("这个用户名"))?;
    who_of(app, person, grants, None, today).await
}

/// Checks a new password and says what is wrong with it.
pub(crate) fn new_password(password: &str, again: &str, login: &str) -> Result<()> {
    let mut errors = FieldErrors::new();
    match check_password(password, login) {
        Ok(()) => {}
        Err(WeakPassword::Length) => errors.add(
            "password",
            format!("口令应有{PASSWORD_SHORTEST}到{PASSWORD_LONGEST}个字符。"),
        ),
        Err(WeakPassword::Kinds) => {
            errors.add(
                "password",
                "口令应包含大写字母、小写字母、数字、符号中的三种。",
            );
        }
        Err(WeakPassword::Login) => errors.add("password", "口令不能包含用户名。"),
    }
    if password != again {
        errors.add("again", "两次填写的口令不一样。");
    }
    errors.into_result()
}

/// The old password is asked for because a session may be in the wrong hands; so guesses at it are
/// counted as those at the door are.
async fn old_password(ctx: &Ctx, known: &SignIn, old: &str) -> Result<()> {
    let (app, account) = (&ctx.app, Account::of(known));
    let counted = app
        .brakes
        .begin_inside(ctx.now, account)
        .map_err(|wait_ms| {
            let wait = words::wait(wait_s(wait_ms));
            FieldErrors::one("old", format!("原口令连续多次不对，请{wait}后再试。"))
        })?;
    let longest = old.chars().take(PASSWORD_LONGEST + 1).count() > PASSWORD_LONGEST;
    let typed = if longest { "" } else { old };
    let right = app
        .matches(typed, &known.password_hash, counted.lane, counted.known)
        .await
        .inspect_err(|_| app.brakes.undo(ctx.now, &counted))?;
    if !right {
        return Err(FieldErrors::one("old", "原口令不对。"));
    }
    app.brakes.right(ctx.now, &counted);
    Ok(())
}

/// Changes one's own password; other sessions of the person end.
pub async fn change_password(
    ctx: &Ctx,
    old: &str,
    new: &str,
    again: &str,
    token: &str,
) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::PersonPassword).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let known = ctx
        .app
        .store
        .read(async |r| store::person::person_sign_in(r, who.person).await)
        .await?
        .ok_or(Error::SignedOut)?;
    old_password(ctx, &known, old).await?;
    new_password(new, again, &who.login)?;
    let hash = ctx.app.hash(new).await?;
    let kept = ctx
        .app
        .store
        .read(async |r| store::session::session_find(r, token).await)
        .await?;
    ctx.write(Verb::PersonPassword, who.person.to_string(), async |tx| {
        store::person::password_set(tx, who.person, &hash, false).await?;
        store::session::sessions_remove(tx, who.person, kept.as_ref().map(|s| s.id)).await?;
        // Whoever chose a new password gave the old ways in up, links that lie about too.
        store::session::tokens_remove(tx, who.person).await?;
        Ok(())
    })
    .await
}
