//! People as lists and pages show them.

use super::{ChangePerson, KEY_PARTS, ListPeople};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::named::Named;
use crate::reset::ResetSeen;
use crate::role::GrantSeen;
use crate::world::World;
use domain::id::{BodyId, Owner, PersonId, PostId};
use domain::person::{Grant, PeopleSort, Person};
use domain::policy::{Action, Role};
use schemars::JsonSchema;
use serde::Serialize;
use store::person::PeopleFilter;

async fn grants_of(ctx: &Ctx, person: PersonId) -> Result<Vec<Grant>> {
    Ok(ctx
        .app
        .store
        .read(async |r| store::grant::grants_of_person(r, person).await)
        .await?)
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleHeld {
    /// Which.
    #[schemars(title = "角色")]
    pub role: Role,
    /// On which body.
    #[schemars(title = "单位")]
    pub body: Named<BodyId>,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PersonLine {
    /// Identity.
    pub id: PersonId,
    /// Version, for the next change.
    pub version: i64,
    /// Name.
    #[schemars(title = "姓名")]
    pub name: String,
    /// Sign-in name.
    #[schemars(title = "用户名")]
    pub login: String,
    /// Posts held on the day that is looked at.
    #[schemars(title = "岗位")]
    pub posts: Vec<Named<PostId>>,
    /// Roles held on that day.
    #[schemars(title = "角色")]
    pub roles: Vec<RoleHeld>,
    /// May sign in.
    #[schemars(title = "账号可以登录")]
    pub active: bool,
}

/// The power that shows people: administrators of people and of roles have it.
fn allow_people(ctx: &Ctx) -> Result<()> {
    match ctx.allow_at_home(Action::EditPerson) {
        Ok(()) => Ok(()),
        Err(lacking) => ctx.allow_at_home(Action::GrantRole).map_err(|_| lacking),
    }
}

/// People of the county. Posts and roles are those of the day that is looked at; name, sign-in name
/// and account are today's.
pub async fn list(ctx: &Ctx, asked: ListPeople) -> Result<Listed<PersonLine>> {
    allow_people(ctx)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let sort = asked.sort.unwrap_or(PeopleSort::Login);
    let list = ("person.list", sort.code(), KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let text = asked.text.map(|text| text.trim().to_owned());
    let filter = PeopleFilter {
        text: text.filter(|text| !text.is_empty()),
        active: asked.active,
    };
    let (found, grants) = ctx
        .app
        .store
        .read(async |r| {
            let people = store::person::people_page(r, home, &filter, sort, &turn.turn()).await?;
            let ids: Vec<PersonId> = people.items.iter().map(|p| p.id).collect();
            let grants = store::grant::grants_of_people(r, &ids).await?;
            Ok::<_, Error>((people, grants))
        })
        .await?;
    Ok(turn.answer(found, |p| line(ctx, &world, &grants, &p)))
}

fn line(ctx: &Ctx, world: &World, grants: &[Grant], p: &Person) -> PersonLine {
    let own = |post: &&&domain::post::Post| post.ex_officio.is_none();
    let held = world.structure.posts_held(p.id, ctx.day());
    let roles = grants
        .iter()
        .filter(|g| g.person == p.id && g.holds_on(ctx.day()));
    PersonLine {
        id: p.id,
        version: p.version,
        name: p.name.clone(),
        login: p.login.clone(),
        posts: held
            .iter()
            .filter(own)
            .map(|post| post_named(ctx, world, post.id))
            .collect(),
        roles: roles
            .map(|g| RoleHeld {
                role: g.role,
                body: Named::new(g.body, world.structure.name(g.body, ctx.day())),
            })
            .collect(),
        active: p.active,
    }
}

fn post_named(ctx: &Ctx, world: &World, post: PostId) -> Named<PostId> {
    Named::new(post, world.owner_name(Owner::Post(post), ctx.day()))
}

/// A person.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "how the account stands, and which buttons a page shows"
)]
pub struct PersonSeen {
    /// Identity.
    pub id: PersonId,
    /// Version, for the next change.
    pub version: i64,
    /// Name.
    #[schemars(title = "姓名")]
    pub name: String,
    /// Sign-in name.
    #[schemars(title = "用户名")]
    pub login: String,
    /// May sign in.
    #[schemars(title = "账号可以登录")]
    pub active: bool,
    /// Has set no password yet, or must set another.
    #[schemars(title = "须设置口令")]
    pub must_change: bool,
    /// Roles in force on the day that is looked at.
    #[schemars(title = "角色")]
    pub grants: Vec<GrantSeen>,
    /// Posts held on that day.
    #[schemars(title = "岗位")]
    pub posts: Vec<Named<PostId>>,
    /// May be changed by the one who looks.
    pub may_edit: bool,
    /// Roles may be given by the one who looks.
    pub may_grant: bool,
    /// The account is guarded: it is reset by two administrators.
    pub is_guarded: bool,
    /// Requests for the account, newest first.
    #[schemars(title = "账号重置")]
    pub resets: Vec<ResetSeen>,
}

impl PersonSeen {
    /// A change that leaves all as it stands.
    pub fn unchanged(&self) -> ChangePerson {
        ChangePerson {
            id: self.id,
            version: self.version,
            name: self.name.clone(),
            login: self.login.clone(),
            active: self.active,
        }
    }
}

/// The page of a person.
pub async fn show(ctx: &Ctx, id: PersonId) -> Result<PersonSeen> {
    allow_people(ctx)?;
    let may_edit = ctx.allow_at_home(Action::EditPerson).is_ok();
    let may_grant = ctx.allow_at_home(Action::GrantRole).is_ok();
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let person = world.people.get(&id).ok_or(Error::NotFound("这个人员"))?;
    let grants = grants_of(ctx, id).await?;
    let (store, today) = (&ctx.app.store, ctx.today);
    let is_guarded = store.read(async |r| crate::reset::is_guarded(r, id, today).await);
    let is_guarded = is_guarded.await?;
    let held = world.structure.posts_held(id, ctx.day());
    Ok(PersonSeen {
        id,
        version: person.version,
        name: person.name.clone(),
        login: person.login.clone(),
        active: person.active,
        must_change: person.must_change,
        grants: grants
            .iter()
            .filter(|g| g.holds_on(ctx.day()))
            .map(|g| crate::role::seen(ctx, &world, g))
            .collect(),
        posts: held
            .iter()
            .map(|post| post_named(ctx, &world, post.id))
            .collect(),
        may_edit: may_edit && ctx.as_of.is_none(),
        may_grant: may_grant && ctx.as_of.is_none(),
        is_guarded,
        resets: crate::reset::of_person(ctx, &world, id).await?,
    })
}
