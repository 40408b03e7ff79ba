//! Roles given and taken back.

use chrono::NaiveDate;
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, GrantId, PersonId};
use domain::listing::PageSize;
use domain::person::{Grant, GrantSort, Person};
use domain::policy::{Action, Role};
use domain::reset::REASON_LONGEST;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::grant::GrantFilter;

use crate::ctx::Ctx;
use crate::door::{Saved, operations};
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::named::Named;
use crate::person::{KEY_PARTS, grant_for};
use crate::verb::Verb;
use crate::world::World;

operations! {
    Read "role.list" GET "/roles" "权限" [GrantRole]
        ListRoles => ["roles": GrantSeen] = list;
    Write RoleGrant POST "/roles"
        NewGrant => {"role": Saved<GrantId>} = given;
    Write RoleRevoke POST "/roles/{id}/revoke"
        OneGrant => {"role": Saved<GrantId>} = revoke(id);
}

/// A role to give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// To whom.
    #[schemars(title = "人员编号")]
    pub person: PersonId,
    /// Which.
    #[schemars(title = "角色")]
    pub role: Role,
    /// On which body.
    #[schemars(title = "在哪个单位")]
    pub body: BodyId,
    /// Why two accounts of one name are two people's, where their roles are not for one.
    #[schemars(title = "为什么是两个人", length(max = REASON_LONGEST))]
    pub distinct: Option<String>,
}

/// Which role that was given.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneGrant {
    /// Which.
    #[schemars(title = "授权编号")]
    pub id: GrantId,
}

/// Which roles in force, in which order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListRoles {
    /// Only this role.
    #[schemars(title = "角色")]
    pub role: Option<Role>,
    /// Only roles of this person.
    #[schemars(title = "人员编号")]
    pub person: Option<PersonId>,
    /// Only roles on this body.
    #[schemars(title = "单位编号")]
    pub body: Option<BodyId>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<GrantSort>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// A role that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GrantSeen {
    /// Identity.
    pub id: GrantId,
    /// Whose.
    #[schemars(title = "人员")]
    pub person: Named<PersonId>,
    /// Which.
    #[schemars(title = "角色")]
    pub role: Role,
    /// On which body.
    #[schemars(title = "单位")]
    pub body: Named<BodyId>,
    /// First day.
    #[schemars(title = "自")]
    pub from_on: NaiveDate,
}

pub(crate) fn seen(ctx: &Ctx, world: &World, g: &Grant) -> GrantSeen {
    GrantSeen {
        id: g.id,
        person: Named::new(g.person, world.person_name(g.person)),
        role: g.role,
        body: Named::new(g.body, world.structure.name(g.body, ctx.day())),
        from_on: g.from_on,
    }
}

/// The roles in force on the day that is looked at.
pub async fn list(ctx: &Ctx, asked: ListRoles) -> Result<Listed<GrantSeen>> {
    ctx.allow_at_home(Action::GrantRole)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let sort = asked.sort.unwrap_or(GrantSort::Role);
    let list = ("role.list", sort.code(), KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let filter = GrantFilter {
        role: asked.role,
        person: asked.person,
        body: asked.body,
    };
    let found = ctx.app.store.read(async |r| {
        store::grant::grants_page(r, home, &filter, ctx.day(), sort, &turn.turn()).await
    });
    Ok(turn.answer(found.await?, |g| seen(ctx, &world, &g)))
}

/// Gives a role on a body. Nobody gives roles to himself.
pub async fn grant(
    ctx: &Ctx,
    person: PersonId,
    role: Role,
    body: BodyId,
) -> Result<Saved<GrantId>> {
    grant_namesake(ctx, person, role, body, "").await
}

/// The same, as it was asked for.
async fn given(ctx: &Ctx, new: NewGrant) -> Result<Saved<GrantId>> {
    let distinct = new.distinct.unwrap_or_default();
    grant_namesake(ctx, new.person, new.role, new.body, &distinct).await
}

/// The same to an account whose name somebody else bears too: `distinct` says why they are two
/// people, where their roles are not for one.
pub async fn grant_namesake(
    ctx: &Ctx,
    person: PersonId,
    role: Role,
    body: BodyId,
    distinct: &str,
) -> Result<Saved<GrantId>> {
    if let Some(first) = ctx.begin(Verb::RoleGrant).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    ctx.allow(&world.structure, Action::GrantRole, body)?;
    if person == who.person {
        return Err(Error::refused(
            crate::Code::GrantSelf,
            "不能给自己授予角色，请由另一名安全管理员办理。",
        ));
    }
    if !world.people.contains_key(&person) {
        return Err(Error::NotFound("这个人员"));
    }
    let grant = grant_for(ctx, person, role, body, ctx.today);
    ctx.write(Verb::RoleGrant, person.to_string(), async |tx| {
        let (known, mut roles) = refuse_grant(tx, &grant).await?;
        let guarded = roles.iter().any(|r| r.is_guarded());
        roles.push(role);
        crate::namesake::declare(ctx, tx, &known, &roles, distinct).await?;
        store::grant::grant_insert(tx, &grant).await?;
        if role.is_guarded() && !guarded {
            begin_anew(tx, person).await?;
        }
        Ok(Saved::first(grant.id))
    })
    .await
}

/// An account that comes to great powers forgets how it was signed in to: whoever gave its link
/// alone may know the password. The new one is set by a link that two administrators give.
async fn begin_anew(tx: &store::Tx, person: PersonId) -> Result<()> {
    store::person::password_set(tx, person, "", true).await?;
    store::session::tokens_remove(tx, person).await?;
    store::session::sessions_remove(tx, person, None).await?;
    Ok(())
}

/// Whether the person may be given the role besides those held. Asked in the transaction that
/// writes: two administrators, or two clicks, are not to give what does not go together. Answers
/// with the person and the roles held besides.
async fn refuse_grant(tx: &store::Tx, new: &Grant) -> Result<(Person, Vec<Role>)> {
    let known = store::person::person_find(tx, new.person).await?;
    let known = known.ok_or(Error::NotFound("这个人员"))?;
    if !known.active {
        return Err(Error::refused(
            crate::Code::GrantInactive,
            format!(
                "{}的账号已停用，不能授予角色。请先由系统管理员启用。",
                known.name
            ),
        ));
    }
    let mut held = store::grant::grants_of_person(tx, new.person).await?;
    let today = new.from_on;
    let ended = |g: &&Grant| g.from_on <= today && g.to_on == Some(today);
    if held
        .iter()
        .filter(ended)
        .any(|g| !g.role.goes_with(new.role))
    {
        return Err(Error::refused(
            crate::Code::GrantSameDay,
            "三员分立：原有的角色今天才收回，同一天不能再担任另一种。请从明天起授予，或换一个人。",
        ));
    }
    held.retain(|g| g.holds_on(today));
    if held
        .iter()
        .any(|g| g.role == new.role && g.body == new.body)
    {
        return Err(Error::refused(
            crate::Code::GrantTwice,
            format!("{}已有这个角色。", known.name),
        ));
    }
    if held.iter().any(|g| !g.role.goes_with(new.role)) {
        return Err(Error::refused(
            crate::Code::GrantSeparate,
            "三员分立：系统、安全、审计管理员须由不同的人担任，也不兼办业务。请先收回原有角色，或换一个人。",
        ));
    }
    Ok((known, held.iter().map(|g| g.role).collect()))
}

/// Takes a role back from today on.
pub async fn revoke(ctx: &Ctx, id: GrantId) -> Result<Saved<GrantId>> {
    if let Some(first) = ctx.begin(Verb::RoleRevoke).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    // Whoever gives no roles learns of none.
    if !who.may_somewhere(Action::GrantRole) {
        return Err(Error::Forbidden(Action::GrantRole));
    }
    let world = ctx.app.world(who.home).await?;
    let found = ctx
        .app
        .store
        .read(async |r| store::grant::grant_find(r, id).await)
        .await?;
    let grant = found.ok_or(Error::NotFound("这项授权"))?;
    let seen_by = (Action::GrantRole, "这项授权");
    ctx.allow_on(&world.structure, Action::GrantRole, grant.body, seen_by)?;
    if grant.person == who.person {
        return Err(Error::refused(
            crate::Code::GrantSelf,
            "不能收回自己的角色，请由另一名安全管理员办理。",
        ));
    }
    ctx.write(Verb::RoleRevoke, grant.person.to_string(), async |tx| {
        refuse_closed(tx, id).await?;
        let version = store::grant::grant_close(tx, id, ctx.today).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// The day on which a role ended is written once: what it allowed until then stays as it was.
async fn refuse_closed(tx: &store::Tx, id: GrantId) -> Result<()> {
    let found = store::grant::grant_find(tx, id).await?;
    match found.and_then(|g| g.to_on) {
        None => Ok(()),
        Some(on) => Err(Error::refused(
            crate::Code::GrantClosed,
            format!(
                "这个角色已于{}收回，无须再办。请刷新页面查看最新情况。",
                chinese_date(on)
            ),
        )),
    }
}
