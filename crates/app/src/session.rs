//! Signing in and out, passwords and one-time links.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use chrono::NaiveDate;
use domain::id::{BodyId, PersonId, PostId, SessionId};
use domain::person::{
    Grant, IDLE_MINUTES, LINK_HOURS, LOCK_MINUTES, PASSWORD_LONGEST, PASSWORD_SHORTEST, Person,
    SESSION_HOURS, WRONG_PASSWORDS_MAX, WeakPassword, check_password,
};
use domain::policy::Role;
use store::person::SignIn;
use store::session::{OneTime, Session};

use crate::ctx::{Actor, App, Ctx, Who};
use crate::error::{Error, FieldErrors, Result};
use crate::reset::link_person;
use crate::words;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// The time of the last request is written at most once in so many milliseconds.
const TOUCH_MS: i64 = 60_000;

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Goes into the cookie and nowhere else.
    pub token: String,
    /// The password was set by somebody else and must be changed first.
    pub must_change: bool,
}

/// 256 random bits as text.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(e.to_string().into()))?;
    Ok(hex::encode(bytes))
}

impl App {
    /// Hashes a password away from the async threads, two at a time.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let _permit = self
            .hashing
            .acquire()
            .await
            .map_err(|e| Error::Internal(Box::new(e)))?;
        let password = password.to_owned();
        let hashed = tokio::task::spawn_blocking(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|h| h.to_string())
        });
        let hashed = hashed.await.map_err(|e| Error::Internal(Box::new(e)))?;
        hashed.map_err(|e| Error::Internal(e.to_string().into()))
    }

    async fn matches(&self, password: &str, hash: &str) -> Result<bool> {
        let _permit = self
            .hashing
            .acquire()
            .await
            .map_err(|e| Error::Internal(Box::new(e)))?;
        let (password, hash) = (password.to_owned(), hash.to_owned());
        let checked = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&hash).is_ok_and(|h| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &h)
                    .is_ok()
            })
        });
        checked.await.map_err(|e| Error::Internal(Box::new(e)))
    }
}

fn refused() -> Error {
    Error::refused(
        "sign-in.wrong",
        format!(
            "用户名或口令不对。连续{WRONG_PASSWORDS_MAX}次不对，账号将锁定{LOCK_MINUTES}分钟；忘记口令请联系系统管理员。"
        ),
    )
}

/// Signs in. Wrong passwords are counted and the account is locked for a while.
pub async fn sign_in(
    ctx: &Ctx,
    login: &str,
    password: &str,
    address: &str,
    agent: &str,
) -> Result<SignedIn> {
    let login = login.trim().to_lowercase();
    if login.is_empty() || password.is_empty() || password.chars().count() > PASSWORD_LONGEST {
        return Err(refused());
    }
    let found = ctx
        .app
        .store
        .read(async |r| store::person::person_by_login(r, &login).await)
        .await?;
    let Some(known) = found else {
        // An unknown name costs the same time as a wrong password.
        ctx.app.hash(password).await?;
        return Err(refused());
    };
    if known.locked_until > ctx.now {
        return Err(locked(known.locked_until));
    }
    let right = ctx.app.matches(password, &known.password_hash).await?;
    if !right || !known.person.active {
        return Err(wrong(ctx, &known).await?);
    }
    open(ctx, &known, address, agent).await
}

fn locked(until: i64) -> Error {
    Error::refused(
        "sign-in.locked",
        format!(
            "口令连续{WRONG_PASSWORDS_MAX}次不对，账号已锁定，{}后可再试。急需使用请联系系统管理员。",
            words::instant(until)
        ),
    )
}

/// What sign-in knows of a person now. Asked again in the transaction that writes: between the
/// first look and it, the try waited for its turn to be verified, and others were counted.
async fn known_now(tx: &store::Tx, known: &SignIn) -> Result<SignIn> {
    let now = store::person::person_sign_in(tx, known.person.id).await?;
    now.ok_or_else(refused)
}

async fn wrong(ctx: &Ctx, known: &SignIn) -> Result<Error> {
    let until = ctx.now + LOCK_MINUTES * MINUTE_MS;
    let id = known.person.id;
    let mut meta = ctx.meta(known.person.home, "session.refused", id.to_string());
    meta.person = Some(id);
    ctx.app
        .store
        .write(&meta, async |tx| {
            let now = known_now(tx, known).await?;
            if now.locked_until > ctx.now {
                return Ok(locked(now.locked_until));
            }
            if now.locked_until > 0 {
                // A lock that was served leaves as many tries as before it.
                store::person::password_right(tx, id).await?;
            }
            let count = store::person::password_wrong(tx, id, 0).await?;
            let lock = count >= i64::from(WRONG_PASSWORDS_MAX);
            if lock {
                store::person::password_wrong(tx, id, until).await?;
            }
            tx.note();
            Ok(if lock { locked(until) } else { refused() })
        })
        .await
}

async fn open(ctx: &Ctx, known: &SignIn, address: &str, agent: &str) -> Result<SignedIn> {
    let token = secret()?;
    let person = known.person.id;
    let session = Session {
        id: SessionId::new(ctx.ids.next(ctx.now)),
        person,
        created_at: ctx.now,
        seen_at: ctx.now,
        address: address.chars().take(64).collect(),
        agent: agent.chars().take(200).collect(),
    };
    let mut meta = ctx.meta(known.person.home, "session.sign-in", person.to_string());
    meta.person = Some(person);
    ctx.app
        .store
        .write(&meta, async |tx| {
            let now = known_now(tx, known).await?;
            if now.locked_until > ctx.now {
                return Err(locked(now.locked_until));
            }
            if !now.person.active || now.password_hash != known.password_hash {
                return Err(refused());
            }
            store::person::password_right(tx, person).await?;
            store::session::session_insert(tx, &session, &token).await?;
            tx.note();
            Ok::<_, Error>(())
        })
        .await?;
    Ok(SignedIn {
        token,
        must_change: known.person.must_change,
    })
}

/// Signs out: the session is removed.
pub async fn sign_out(ctx: &Ctx, token: &str) -> Result<()> {
    let found = ctx
        .app
        .store
        .read(async |r| store::session::session_find(r, token).await)
        .await?;
    let Some(session) = found else { return Ok(()) };
    let who = ctx.who()?;
    let meta = ctx.meta(who.home, "session.sign-out", session.person.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
            store::session::session_remove(tx, session.id).await?;
            tx.note();
            Ok::<_, Error>(())
        })
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
    let idle = now - session.seen_at > IDLE_MINUTES * MINUTE_MS;
    let old = now - session.created_at > SESSION_HOURS * 60 * MINUTE_MS;
    if idle || old {
        return Ok(None);
    }
    if now - session.seen_at > TOUCH_MS {
        touch(app, &session, person.home, now).await?;
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

async fn touch(app: &App, session: &Session, home: BodyId, now: i64) -> Result<()> {
    let meta = store::Meta {
        home,
        at: now,
        person: Some(session.person),
        post: None,
        operator: None,
        verb: "session.touch",
        subject: String::new(),
    };
    app.store
        .write(&meta, async |tx| {
            store::session::session_touch(tx, session.id, now).await?;
            Ok::<_, Error>(())
        })
        .await
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

/// Changes one's own password; other sessions of the person end.
pub async fn change_password(
    ctx: &Ctx,
    old: &str,
    new: &str,
    again: &str,
    token: &str,
) -> Result<()> {
    ctx.writable()?;
    let who = ctx.who()?;
    let known = ctx
        .app
        .store
        .read(async |r| store::person::person_sign_in(r, who.person).await)
        .await?
        .ok_or(Error::SignedOut)?;
    if !ctx.app.matches(old, &known.password_hash).await? {
        return Err(FieldErrors::one("old", "原口令不对。"));
    }
    new_password(new, again, &who.login)?;
    let hash = ctx.app.hash(new).await?;
    let kept = ctx
        .app
        .store
        .read(async |r| store::session::session_find(r, token).await)
        .await?;
    let meta = ctx.meta(who.home, "person.password", who.person.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
            store::person::password_set(tx, who.person, &hash, false).await?;
            store::session::sessions_remove(tx, who.person, kept.as_ref().map(|s| s.id)).await?;
            Ok::<_, Error>(())
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
        "link.spent",
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
    let mut meta = ctx.meta(person.home, "person.password", person.id.to_string());
    meta.person = Some(person.id);
    ctx.app
        .store
        .write(&meta, async |tx| {
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
pub async fn setup_link(ctx: &Ctx, home: BodyId) -> Result<String> {
    let people = ctx
        .app
        .store
        .read(async |r| store::person::people_of(r, home).await)
        .await?;
    if !people.is_empty() {
        return Err(Error::refused(
            "setup.done",
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
    let meta = ctx.meta(home, "person.reset", home.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
            // One link at a time: whoever kept an earlier one sets nothing up.
            store::session::setup_tokens_remove(tx, home).await?;
            store::session::token_insert(tx, &token, &one).await?;
            tx.note();
            Ok::<_, Error>(())
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
    errors.into_result()?;
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
        actor: Actor::System { name: "setup" },
        ..ctx.clone()
    };
    let meta = system.meta(home, "person.create", home.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
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

/// A county is set up once. Asked in the transaction that writes: a link may have been printed, or
/// opened, before there was anybody.
async fn refuse_second_setup(tx: &store::Tx, home: BodyId) -> Result<()> {
    if store::person::people_of(tx, home).await?.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        "setup.done",
        "本辖区已有人员，初始化已经完成，请用已有账号登录。需要新账号的，请联系系统管理员。",
    ))
}
