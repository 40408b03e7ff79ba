//! People: added, changed, listed; the one-time link by which they set a password.

mod show;

use chrono::NaiveDate;
use domain::id::{BodyId, GrantId, PersonId};
use domain::listing::PageSize;
use domain::person::{Grant, LOGIN_PATTERN, PeopleSort, Person, login_ok};
use domain::policy::{Action, Role};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::door::{Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::secret::secret;
use crate::verb::Verb;
use crate::words;
use crate::write::Kept;

pub use crate::reset::LinkGiven;
pub use show::{PersonLine, PersonSeen, RoleHeld, list, show};

/// Longest name, in characters.
pub const NAME_LONGEST: usize = 40;
/// Longest sign-in name, in characters.
pub const LOGIN_LONGEST: usize = 40;
/// Longest text that people are looked for by, in characters.
pub const TEXT_LONGEST: usize = 40;
/// People added in one operation.
pub const BATCH_MAX: usize = 1_000;

operations! {
    Read "person.list" GET "/people" "人员" [EditPerson, GrantRole]
        ListPeople => ["people": PersonLine] = list;
    Read "person.show" GET "/people/{id}" "一名人员" [EditPerson, GrantRole]
        OnePerson => {"person": PersonSeen} = show(id);
    Write PersonCreate POST "/people"
        NewAccount => {"person": Added} = create_asked;
    Write PersonChange POST "/people/{id}/change"
        ChangePerson => {"person": Saved<PersonId>} = change;
    Write PersonReset POST "/people/{id}/reset"
        OnePerson => {"person": LinkGiven} = reset(id);
}

/// Which person.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePerson {
    /// Which.
    #[schemars(title = "人员编号")]
    pub id: PersonId,
}

/// An account to open for a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Name.
    #[schemars(title = "姓名", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// Sign-in name.
    #[schemars(title = "用户名", length(min = 1, max = LOGIN_LONGEST))]
    #[schemars(regex(pattern = LOGIN_PATTERN), extend("description" = LOGIN_RULE))]
    pub login: String,
}

/// How a person is to stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// Who.
    #[schemars(title = "人员编号")]
    pub id: PersonId,
    /// The version that was seen.
    #[schemars(title = "版本")]
    pub version: i64,
    /// Name.
    #[schemars(title = "姓名", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// Sign-in name.
    #[schemars(title = "用户名", length(min = 1, max = LOGIN_LONGEST))]
    #[schemars(regex(pattern = LOGIN_PATTERN), extend("description" = LOGIN_RULE))]
    pub login: String,
    /// May sign in.
    #[schemars(title = "账号可以登录")]
    pub active: bool,
}

/// Which people, in which order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListPeople {
    /// Only names and sign-in names that contain this text.
    #[schemars(title = "姓名或用户名", length(max = TEXT_LONGEST))]
    pub text: Option<String>,
    /// Only those who may sign in, or only those who may not.
    #[schemars(title = "账号可以登录")]
    pub active: Option<bool>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<PeopleSort>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// An account, for those who give things to people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Account {
    /// Who.
    pub id: PersonId,
    /// Name.
    #[schemars(title = "姓名")]
    pub name: String,
    /// Sign-in name.
    #[schemars(title = "用户名")]
    pub login: String,
}

impl From<&Person> for Account {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id,
            name: person.name.clone(),
            login: person.login.clone(),
        }
    }
}

/// What rows of these lists are sorted by: one column and the identity.
pub(crate) const KEY_PARTS: usize = 2;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Added {
    /// Who.
    pub id: PersonId,
    /// Version, for the next change.
    pub version: i64,
    /// The secret of the one-time link; none where an earlier click added the person, for it is
    /// kept as a hash.
    #[schemars(title = "一次性链接，只显示这一次", extend("x-shown-once" = true))]
    pub link: Option<String>,
}

impl Kept for Added {
    fn keep(&self) -> String {
        self.id.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        Some(Self {
            id: text.parse().ok()?,
            version: 1,
            link: None,
        })
    }
}

/// The same, as it was asked for.
async fn create_asked(ctx: &Ctx, new: NewAccount) -> Result<Added> {
    create(ctx, &new.name, &new.login).await
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
            id: added.person.id,
            version: 1,
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
pub async fn change(ctx: &Ctx, asked: ChangePerson) -> Result<Saved<PersonId>> {
    if let Some(first) = ctx.begin(Verb::PersonChange).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::EditPerson)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let known = world.people.get(&asked.id).filter(|p| p.home == home);
    let known = known.ok_or(Error::NotFound("这个人员"))?;
    let changed = Person {
        name: asked.name,
        login: asked.login,
        active: asked.active,
        version: asked.version,
        ..known.clone()
    };
    let mut errors = FieldErrors::new();
    check_person(&changed.name, &changed.login, "", &mut errors);
    if changed.id == ctx.who()?.person && !changed.active {
        errors.add("active", "不能停用自己的账号。");
    }
    errors.into_result()?;
    ctx.write(Verb::PersonChange, changed.id.to_string(), async |tx| {
        refuse_change(ctx, tx, &changed).await?;
        let version = store::person::person_update(tx, &changed).await?;
        if !changed.active {
            store::session::sessions_remove(tx, changed.id, None).await?;
            store::session::tokens_remove(tx, changed.id).await?;
        }
        Ok(Saved::at(changed.id, version))
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
pub async fn reset(ctx: &Ctx, id: PersonId) -> Result<LinkGiven> {
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
