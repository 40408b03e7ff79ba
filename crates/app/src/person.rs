//! People and the roles given to them.

use chrono::NaiveDate;
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, GrantId, PersonId};
use domain::person::{Grant, Person, login_ok};
use domain::policy::{Action, Role};

use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::session::secret;
use crate::verb::Verb;
use crate::words;
use crate::world::World;
use crate::write::{Kept, ShownOnce};

pub use crate::role::{grant, grant_namesake, revoke};

/// Longest name, in characters.
pub const NAME_LONGEST: usize = 40;
/// People added in one operation.
pub const BATCH_MAX: usize = 1_000;

/// What a sign-in name may be.
pub(crate) const LOGIN_RULE: &str =
    "用户名为3到40个小写字母、数字，可以有点、横线和下划线，例如 shiqiao.lly。";
/// A sign-in name that somebody has.
pub(crate) const LOGIN_TAKEN: &str = "这个用户名已有人使用，请换一个。";

/// Checks name and sign-in name; messages stand beside `prefix.name` and `prefix.login`.
pub(crate) fn check_person(name: &str, login: &str, prefix: &str, errors: &mut FieldErrors) {
    let field = |f: &str| {
        if prefix.is_empty() {
            f.to_owned()
        } else {
            format!("{prefix}.{f}")
        }
    };
    let length = name.trim().chars().count();
    if length == 0 || length > NAME_LONGEST {
        errors.add(
            &field("name"),
            format!("请填写姓名，最多{NAME_LONGEST}字。"),
        );
    }
    if let Some(unseen) = words::unseen(name.trim()) {
        errors.add(&field("name"), unseen);
    }
    if let Some(unseen) = words::unseen(login.trim()) {
        errors.add(&field("login"), unseen);
    } else if !login_ok(login) {
        errors.add(&field("login"), LOGIN_RULE);
    }
}

pub(crate) fn built(ctx: &Ctx, home: BodyId, id: PersonId, name: &str, login: &str) -> Person {
    let by_self = ctx.actor.who().is_none();
    Person {
        id,
        home,
        name: name.trim().to_owned(),
        login: login.trim().to_owned(),
        active: true,
        must_change: !by_self,
        version: 1,
    }
}

pub(crate) fn grant_for(
    ctx: &Ctx,
    person: PersonId,
    role: Role,
    body: BodyId,
    from_on: NaiveDate,
) -> Grant {
    Grant {
        id: GrantId::new(ctx.ids.next(ctx.now)),
        person,
        role,
        body,
        from_on,
        to_on: None,
    }
}

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Id where the caller made one.
    pub id: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Hash of a first password; none until the person uses a one-time link.
    pub password_hash: Option<String>,
    /// Roles given at once; only the installation itself may do both.
    pub roles: Vec<(Role, BodyId)>,
}

/// A person who was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// Who.
    pub person: PersonId,
    /// The one-time link; none where an earlier click added the person, for it is kept as a hash.
    pub link: Option<String>,
}

impl Kept for Added {
    fn keep(&self) -> String {
        self.person.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        let person = text.parse().ok()?;
        Some(Self { person, link: None })
    }
}

/// Adds a person, who sets a password by a one-time link.
pub async fn create(ctx: &Ctx, name: &str, login: &str) -> Result<Added> {
    if let Some(first) = ctx.begin(Verb::PersonCreate).await? {
        return Ok(first);
    }
    let one = NewPerson {
        id: None,
        name: name.to_owned(),
        login: login.to_owned(),
        password_hash: None,
        roles: Vec::new(),
    };
    let rows = built_rows(ctx, vec![one])?;
    let token = secret()?;
    ctx.write(Verb::PersonCreate, subject_of(&rows), async |tx| {
        insert(tx, &rows).await?;
        let added = rows.first().ok_or(Error::NotFound("这个人员"))?;
        crate::reset::first_link(tx, &token, &added.person).await?;
        Ok(Added {
            person: added.person.id,
            link: Some(token.clone()),
        })
    })
    .await
    .map_err(taken_login)
}

/// Adds people.
pub async fn create_many(ctx: &Ctx, new: Vec<NewPerson>) -> Result<Vec<PersonId>> {
    if let Some(first) = ctx.begin(Verb::PersonCreate).await? {
        return Ok(first);
    }
    let rows = built_rows(ctx, new)?;
    ctx.write(Verb::PersonCreate, subject_of(&rows), async |tx| {
        insert(tx, &rows).await?;
        Ok(rows
            .iter()
            .map(|row| row.person.id)
            .collect::<Vec<PersonId>>())
    })
    .await
    .map_err(taken_login)
}

/// A person as written.
struct NewRow {
    person: Person,
    password_hash: String,
    salt: String,
    grants: Vec<Grant>,
}

fn subject_of(rows: &[NewRow]) -> String {
    rows.first()
        .map(|row| row.person.id.to_string())
        .unwrap_or_default()
}

async fn insert(tx: &store::Tx, rows: &[NewRow]) -> Result<()> {
    for row in rows {
        store::person::person_insert(tx, &row.person, &row.password_hash, &row.salt).await?;
        for grant in &row.grants {
            store::grant::grant_insert(tx, grant).await?;
        }
    }
    Ok(())
}

fn built_rows(ctx: &Ctx, new: Vec<NewPerson>) -> Result<Vec<NewRow>> {
    ctx.allow_at_home(Action::EditPerson)?;
    if new.len() > BATCH_MAX {
        return Err(Error::Limit {
            what: "一次添加的人员",
            max: format!("{BATCH_MAX}人"),
        });
    }
    let system = ctx.actor.is_system();
    let mut errors = FieldErrors::new();
    for one in &new {
        check_person(&one.name, one.login.trim(), "", &mut errors);
        if !system && !one.roles.is_empty() {
            return Err(Error::Forbidden(Action::GrantRole));
        }
    }
    errors.into_result()?;
    let home = ctx.home()?;
    new.into_iter()
        .map(|one| {
            let id = one
                .id
                .unwrap_or_else(|| PersonId::new(ctx.ids.next(ctx.now)));
            let person = built(ctx, home, id, &one.name, &one.login);
            let salt = salt_for(ctx)?;
            let grants = one.roles.iter();
            let grants = grants.map(|(role, body)| grant_for(ctx, id, *role, *body, ctx.today));
            Ok(NewRow {
                person,
                password_hash: one.password_hash.unwrap_or_default(),
                salt,
                grants: grants.collect(),
            })
        })
        .collect()
}

/// What the chain hashes a name with.
fn salt_for(ctx: &Ctx) -> Result<String> {
    if ctx.actor.is_system() {
        // The demo is the same every time, its salts included.
        return Ok(ctx.ids.next(ctx.now).simple().to_string());
    }
    Ok(secret()?.chars().take(32).collect())
}

pub(crate) fn taken_login(error: Error) -> Error {
    if let Error::Internal(source) = &error
        && let Some(store::StoreError::Taken {
            table: "person", ..
        }) = source.downcast_ref::<store::StoreError>()
    {
        return FieldErrors::one("login", LOGIN_TAKEN);
    }
    error
}

/// Changes name, sign-in name, or whether the person may sign in.
pub async fn change(ctx: &Ctx, changed: &Person) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::PersonChange).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::EditPerson)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    if changed.home != home || !world.people.contains_key(&changed.id) {
        return Err(Error::NotFound("这个人员"));
    }
    let mut errors = FieldErrors::new();
    check_person(&changed.name, &changed.login, "", &mut errors);
    if changed.id == ctx.who()?.person && !changed.active {
        errors.add("active", "不能停用自己的账号。");
    }
    errors.into_result()?;
    ctx.write(Verb::PersonChange, changed.id.to_string(), async |tx| {
        refuse_change(ctx, tx, changed).await?;
        store::person::person_update(tx, changed).await?;
        if !changed.active {
            store::session::sessions_remove(tx, changed.id, None).await?;
            store::session::tokens_remove(tx, changed.id).await?;
        }
        Ok(())
    })
    .await
    .map_err(taken_login)
}

/// What one administrator does not do alone to a guarded account: open it again, or give it
/// another sign-in name. Asked in the transaction that writes.
async fn refuse_change(ctx: &Ctx, tx: &store::Tx, changed: &Person) -> Result<()> {
    let known = store::person::person_find(tx, changed.id).await?;
    // What somebody else changed meanwhile is refused as stale by the update.
    let Some(old) = known.filter(|p| p.version == changed.version) else {
        return Ok(());
    };
    let opens = changed.active && !old.active;
    if crate::reset::is_guarded(tx, old.id, ctx.today).await? {
        let mut errors = FieldErrors::new();
        let ask = "这名人员担任管理员、安委办或领导角色，须经另一名管理员同意。";
        if old.login != changed.login {
            errors.add("login", format!("{ask}请点“提出变更用户名”。"));
        }
        if opens {
            errors.add("active", format!("{ask}请点“提出启用账号”。"));
        }
        if old.name != changed.name {
            errors.add(
                "name",
                "这名人员担任管理员、安委办或领导角色，姓名不由一名管理员变更。确有错误的，\
                 请安全管理员先收回角色，改正后重新授予。",
            );
        }
        errors.into_result()?;
    }
    if opens || old.name != changed.name {
        let roles = crate::reset::roles_on(tx, old.id, ctx.today).await?;
        crate::namesake::refuse(ctx, tx, changed, &roles).await?;
    }
    Ok(())
}

/// A new one-time link for a person who forgot the password. For a guarded account it is asked for
/// (`reset::ask`).
pub async fn reset(ctx: &Ctx, id: PersonId) -> Result<ShownOnce> {
    if let Some(first) = ctx.begin(Verb::PersonReset).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::EditPerson)?;
    let home = ctx.who()?.home;
    let person = ctx
        .app
        .store
        .read(async |r| store::person::person_find(r, id).await)
        .await?;
    let person = person
        .filter(|p| p.home == home)
        .ok_or(Error::NotFound("这个人员"))?;
    crate::reset::alone(ctx, &person).await
}

async fn grants_of(ctx: &Ctx, person: PersonId) -> Result<Vec<Grant>> {
    Ok(ctx
        .app
        .store
        .read(async |r| store::grant::grants_of_person(r, person).await)
        .await?)
}

/// A role as shown.
#[derive(Debug, Clone)]
pub struct GrantSeen {
    /// Identity.
    pub id: GrantId,
    /// Whose.
    pub person: PersonId,
    /// Name of the person.
    pub name: String,
    /// 联络员…
    pub role: &'static str,
    /// On which body.
    pub body: String,
    /// Since when.
    pub since: String,
}

/// A person in a list.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Identity.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Posts held on the day that is looked at.
    pub posts: String,
    /// Roles held on that day.
    pub roles: String,
    /// May sign in.
    pub active: bool,
}

/// All people of the county; who may see them: administrators of people and of roles. Posts and
/// roles are those of the day that is looked at; name, sign-in name and account are today's.
pub async fn list(ctx: &Ctx, text: &str) -> Result<Vec<PersonLine>> {
    if ctx.allow_at_home(Action::EditPerson).is_err() {
        ctx.allow_at_home(Action::GrantRole)?;
    }
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let grants = ctx
        .app
        .store
        .read(async |r| store::grant::grants_of_home(r, home).await)
        .await?;
    let text = text.trim();
    let mut people: Vec<&Person> = world
        .people
        .values()
        .filter(|p| text.is_empty() || p.name.contains(text) || p.login.contains(text))
        .collect();
    people.sort_by(|a, b| a.login.cmp(&b.login));
    Ok(people
        .into_iter()
        .map(|p| line(ctx, &world, &grants, p))
        .collect())
}

fn line(ctx: &Ctx, world: &World, grants: &[Grant], p: &Person) -> PersonLine {
    let posts: Vec<String> = world
        .structure
        .posts_held(p.id, ctx.day())
        .iter()
        .filter(|post| post.ex_officio.is_none())
        .map(|post| world.owner_name(domain::id::Owner::Post(post.id), ctx.day()))
        .collect();
    let roles: Vec<String> = grants
        .iter()
        .filter(|g| g.person == p.id && g.holds_on(ctx.day()))
        .map(|g| {
            format!(
                "{}（{}）",
                words::role(g.role),
                world.structure.name(g.body, ctx.day())
            )
        })
        .collect();
    PersonLine {
        id: p.id,
        name: p.name.clone(),
        login: p.login.clone(),
        posts: posts.join("、"),
        roles: roles.join("、"),
        active: p.active,
    }
}

/// All roles in force on the day that is looked at, by person.
pub async fn roles(ctx: &Ctx) -> Result<Vec<GrantSeen>> {
    ctx.allow_at_home(Action::GrantRole)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let grants = ctx
        .app
        .store
        .read(async |r| store::grant::grants_of_home(r, home).await)
        .await?;
    let mut seen: Vec<GrantSeen> = grants
        .iter()
        .filter(|g| g.holds_on(ctx.day()))
        .map(|g| grant_seen(ctx, &world, g))
        .collect();
    seen.sort_by(|a, b| (a.role, &a.name).cmp(&(b.role, &b.name)));
    Ok(seen)
}

fn grant_seen(ctx: &Ctx, world: &World, g: &Grant) -> GrantSeen {
    GrantSeen {
        id: g.id,
        person: g.person,
        name: world.person_name(g.person).to_owned(),
        role: words::role(g.role),
        body: world.structure.name(g.body, ctx.day()).to_owned(),
        since: chinese_date(g.from_on),
    }
}

/// The page of a person.
#[derive(Debug, Clone)]
pub struct PersonPage {
    /// The person.
    pub person: Person,
    /// Roles in force on the day that is looked at.
    pub grants: Vec<GrantSeen>,
    /// Posts held on that day.
    pub posts: Vec<(domain::id::PostId, String)>,
    /// May be changed by the one who looks.
    pub may_edit: bool,
    /// Roles may be given by the one who looks.
    pub may_grant: bool,
    /// The account is guarded: it is reset by two administrators.
    pub is_guarded: bool,
    /// Requests for the account, newest first.
    pub resets: Vec<crate::reset::ResetLine>,
}

/// The page of a person.
pub async fn show(ctx: &Ctx, id: PersonId) -> Result<PersonPage> {
    let may_edit = ctx.allow_at_home(Action::EditPerson).is_ok();
    let may_grant = ctx.allow_at_home(Action::GrantRole).is_ok();
    if !may_edit && !may_grant {
        return Err(Error::Forbidden(Action::EditPerson));
    }
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let person = world
        .people
        .get(&id)
        .cloned()
        .ok_or(Error::NotFound("这个人员"))?;
    let grants = grants_of(ctx, id).await?;
    let (store, today) = (&ctx.app.store, ctx.today);
    let is_guarded = store.read(async |r| crate::reset::is_guarded(r, id, today).await);
    let is_guarded = is_guarded.await?;
    let posts = world
        .structure
        .posts_held(id, ctx.day())
        .iter()
        .map(|p| {
            (
                p.id,
                world.owner_name(domain::id::Owner::Post(p.id), ctx.day()),
            )
        })
        .collect();
    Ok(PersonPage {
        person,
        grants: grants
            .iter()
            .filter(|g| g.holds_on(ctx.day()))
            .map(|g| grant_seen(ctx, &world, g))
            .collect(),
        posts,
        may_edit: may_edit && ctx.as_of.is_none(),
        may_grant: may_grant && ctx.as_of.is_none(),
        is_guarded,
        resets: crate::reset::of_person(ctx, &world, id).await?,
    })
}
