//! Sessions, passwords and one-time links; signing in stands in `sign_in.rs`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use domain::id::{BodyId, PersonId, PostId, SessionId};
use domain::person::{
    Grant, IDLE_MINUTES, LINK_HOURS, PASSWORD_LONGEST, PASSWORD_SHORTEST, Person, SESSION_HOURS,
    WeakPassword, check_password,
};
use domain::policy::Role;
use store::person::SignIn;
use store::session::{OneTime, Session};
use tokio::sync::Semaphore;

use crate::brake::Account;
use crate::ctx::{Actor, App, Ctx, Who};
use crate::error::{Error, FieldErrors, Result};
use crate::reset::link_person;
use crate::sign_in::wait_s;
use crate::verb::Verb;
use crate::words;

pub use crate::brake::{Visitor, network};
pub use crate::sign_in::{SignedIn, sign_in};

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// A request of a session is remembered at most once in so many milliseconds.
const TOUCH_MS: i64 = 60_000;
/// What is remembered of a county's sessions is written, all in one link, when one of them was
/// written so long ago, in milliseconds: an end of the process costs no more of the idle time.
const FLUSH_MS: i64 = 5 * 60_000;

/// When sessions were last used, by county: between one link about them and the next.
#[derive(Debug)]
pub(crate) struct Seen {
    held: Mutex<BTreeMap<BodyId, BTreeMap<SessionId, i64>>>,
    /// One write at a time; whoever waits for it knows that none is under way.
    pub(crate) writing: Arc<Semaphore>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
            writing: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Seen {
    fn of(&self, session: &Session, home: BodyId) -> i64 {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.get(&home).and_then(|county| county.get(&session.id));
        seen.copied().unwrap_or(0).max(session.seen_at)
    }

    fn remember(&self, id: SessionId, home: BodyId, now: i64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.entry(home).or_default().entry(id).or_insert(now);
        *seen = Ord::max(*seen, now);
    }

    /// What is remembered of a county and not idle; it stays until it is written, and after.
    fn snapshot(&self, home: BodyId, now: i64) -> Vec<(SessionId, i64)> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let county = held.entry(home).or_default();
        county.retain(|_, at| now - *at <= IDLE_MINUTES * MINUTE_MS);
        county.iter().map(|(id, at)| (*id, *at)).collect()
    }
}

/// 256 random bits as text.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(e.to_string().into()))?;
    Ok(hex::encode(bytes))
}

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
    let meta = store::Meta {
        home,
        at: now,
        person: Some(session.person),
        post: None,
        operator: None,
        verb: Verb::SessionTouch.code(),
        subject: session.person.to_string(),
    };
    let Ok(permit) = app.seen.writing.clone().try_acquire_owned() else {
        return;
    };
    let seen = app.seen.snapshot(home, now);
    let app = app.clone();
    tokio::spawn(async move {
        let _permit = permit;
        let written = app
            .store
            .write(&meta, async |tx| {
                store::session::sessions_touch(tx, &seen).await
            })
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

/// What a one-time link is for.
#[derive(Debug, Clone)]
pub enum Link {
    /// Setting the password of this person.
    Password(Box<Person>),
    /// The same with the code that goes with a link given by two administrators.
    ByTwo(Box<Person>),
    /// Creating the first three administrators.
    Setup(BodyId),
}

/// Looks at a one-time link without using it up.
pub async fn link(ctx: &Ctx, token: &str) -> Result<Link> {
    let now = ctx.now;
    let found = ctx
        .app
        .store
        .read(async |r| {
            let person = link_person(r, token, "password", now).await?;
            let of_two = link_person(r, token, crate::reset::BY_TWO, now).await?;
            let setup = store::session::token_find(r, token, "setup", now).await?;
            Ok::<_, Error>((person, of_two, setup.and_then(|t| t.home)))
        })
        .await?;
    match found {
        (Some(person), ..) => Ok(Link::Password(Box::new(person))),
        (None, Some(person), _) => Ok(Link::ByTwo(Box::new(person))),
        (None, None, Some(home)) => Ok(Link::Setup(home)),
        (None, None, None) => Err(spent()),
    }
}

pub(crate) fn spent() -> Error {
    Error::refused(
        crate::Code::LinkSpent,
        "这个链接已使用过，或已超过有效时间。请联系系统管理员重新发放。",
    )
}

/// Sets a password by a one-time link, which is thereby used up.
pub async fn set_password(ctx: &Ctx, token: &str, new: &str, again: &str) -> Result<()> {
    let Link::Password(person) = link(ctx, token).await? else {
        return Err(Error::NotFound("这个链接"));
    };
    new_password(new, again, &person.login)?;
    let hash = ctx.app.hash(new).await?;
    ctx.writing(Verb::PersonPassword, person.home, person.id.to_string())
        .by(person.id)
        .run(async |tx| {
            if store::session::token_take(tx, token, "password")
                .await?
                .is_none()
            {
                return Err(spent());
            }
            crate::reset::note_used(tx, &person).await?;
            store::person::password_set(tx, person.id, &hash, false).await?;
            // A link sent before must not undo the password that was just set.
            store::session::tokens_remove(tx, person.id).await?;
            store::session::sessions_remove(tx, person.id, None).await?;
            Ok(())
        })
        .await
}

/// The first one-time link of an empty county; whoever opens it names the three administrators.
pub async fn setup_link(ctx: &Ctx) -> Result<String> {
    let home = ctx.home()?;
    let people = ctx
        .app
        .store
        .read(async |r| store::person::people_of(r, home).await)
        .await?;
    if !people.is_empty() {
        return Err(Error::refused(
            crate::Code::SetupDone,
            "本辖区已有人员，不再发放初始化链接。",
        ));
    }
    let token = secret()?;
    let one = OneTime {
        purpose: "setup".to_owned(),
        person: None,
        home: Some(home),
        expires_at: ctx.now + LINK_HOURS * 60 * MINUTE_MS,
    };
    ctx.writing(Verb::PersonReset, home, home.to_string())
        .run(async |tx| {
            // One link at a time: whoever kept an earlier one sets nothing up.
            store::session::setup_tokens_remove(tx, home).await?;
            store::session::token_insert(tx, &token, &one).await?;
            tx.note();
            Ok(())
        })
        .await?;
    Ok(token)
}

/// One of the three administrators as typed.
#[derive(Debug, Clone, Default)]
pub struct FirstAdmin {
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Creates the three administrators, three different people (三员分立), and uses the link up.
pub async fn setup(ctx: &Ctx, token: &str, three: &[(Role, FirstAdmin); 3]) -> Result<()> {
    let Link::Setup(home) = link(ctx, token).await? else {
        return Err(Error::NotFound("这个链接"));
    };
    check_three(three)?;
    let mut made = Vec::new();
    for (role, admin) in three {
        let id = PersonId::new(ctx.ids.next(ctx.now));
        let hash = ctx.app.hash(&admin.password).await?;
        made.push((
            crate::person::built(ctx, home, id, &admin.name, &admin.login),
            hash,
            *role,
        ));
    }
    let made = Arc::new(made);
    let system = Ctx {
        actor: Actor::System {
            name: "setup",
            home,
        },
        ..ctx.clone()
    };
    system
        .writing(Verb::PersonCreate, home, home.to_string())
        .run(async |tx| {
            if store::session::token_take(tx, token, "setup")
                .await?
                .is_none()
            {
                return Err(spent());
            }
            refuse_second_setup(tx, home).await?;
            // Each run of the command prints a link; one is used, and the others end with it.
            store::session::setup_tokens_remove(tx, home).await?;
            for (person, hash, role) in made.iter() {
                store::person::person_insert(tx, person, hash, &secret()?).await?;
                let grant = crate::person::grant_for(ctx, person.id, *role, home, ctx.today);
                store::grant::grant_insert(tx, &grant).await?;
            }
            Ok(())
        })
        .await
}

/// Three different people, each with a name, a sign-in name and a password that holds.
fn check_three(three: &[(Role, FirstAdmin); 3]) -> Result<()> {
    let mut errors = FieldErrors::new();
    for (i, (role, admin)) in three.iter().enumerate() {
        crate::person::check_person(&admin.name, &admin.login, role.code(), &mut errors);
        if let Err(Error::Invalid(found)) =
            new_password(&admin.password, &admin.password, &admin.login)
        {
            for message in found.of("password") {
                errors.add(&format!("{}.password", role.code()), message.clone());
            }
        }
        if three
            .iter()
            .take(i)
            .any(|(_, other)| other.login == admin.login)
        {
            errors.add(
                &format!("{}.login", role.code()),
                "三名管理员应是不同的人，用户名不能相同。",
            );
        }
        let name = domain::reset::plain_name(&admin.name);
        let mut before = three.iter().take(i);
        if !name.is_empty() && before.any(|(_, o)| domain::reset::plain_name(&o.name) == name) {
            errors.add(
                &format!("{}.name", role.code()),
                "三名管理员应是不同的人。确系同名的，请在姓名后注明单位以便区分。",
            );
        }
    }
    errors.into_result()
}

/// A county is set up once. Asked in the transaction that writes: a link may have been printed, or
/// opened, before there was anybody.
async fn refuse_second_setup(tx: &store::Tx, home: BodyId) -> Result<()> {
    if store::person::people_of(tx, home).await?.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        crate::Code::SetupDone,
        "本辖区已有人员，初始化已经完成，请用已有账号登录。需要新账号的，请联系系统管理员。",
    ))
}
