//! Posts as lists and pages show them.

use super::{ListPosts, OPEN_DAYS, kind_title};
use crate::ctx::Ctx;
use crate::duty::Item;
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::named::Named;
use crate::person::{Account, KEY_PARTS};
use crate::world::World;
use chrono::NaiveDate;
use domain::id::{BodyId, Owner, PersonId, PostId, Slug};
use domain::policy::Action;
use domain::post::{Post, Tenure};
use schemars::JsonSchema;
use serde::Serialize;

/// A post among others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PostHeld {
    /// Identity.
    pub id: PostId,
    /// Title.
    #[schemars(title = "岗位名称")]
    pub title: String,
    /// Kind, as packs name it.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// Who holds it; nobody where it is vacant.
    #[schemars(title = "现任")]
    pub holder: Option<Named<PersonId>>,
    /// By office of which post.
    #[schemars(title = "由哪个岗位兼任")]
    pub by_office: Option<Named<PostId>>,
}

pub(crate) fn held(world: &World, post: &Post, day: NaiveDate) -> PostHeld {
    let holder = world.structure.holder(post.id, day);
    PostHeld {
        id: post.id,
        title: post.title.clone(),
        kind: post.kind.clone(),
        holder: holder.map(|id| Named::new(id, world.person_name(id))),
        by_office: post.ex_officio.map(|id| named(world, id, day)),
    }
}

fn named(world: &World, id: PostId, day: NaiveDate) -> Named<PostId> {
    Named::new(id, world.owner_name(Owner::Post(id), day))
}

/// The posts of a body, in their order.
pub async fn list(ctx: &Ctx, asked: ListPosts) -> Result<Listed<PostHeld>> {
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    ctx.allow(&world.structure, Action::ViewBody, asked.body)?;
    let (body, day) = (asked.body, ctx.day());
    let list = ("post.list", "register", KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let found = ctx
        .app
        .store
        .read(async |r| store::post::posts_page(r, body, day, &turn.turn()).await);
    Ok(turn.answer(found.await?, |post| held(&world, &post, day)))
}

/// Who held a post from when to when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TenureSeen {
    /// Who.
    #[schemars(title = "人员")]
    pub person: Named<PersonId>,
    /// First day.
    #[schemars(title = "自")]
    pub from_on: NaiveDate,
    /// First day on which the post was held no longer; none while it is held.
    #[schemars(title = "至")]
    pub to_on: Option<NaiveDate>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PostSeen {
    /// Identity.
    pub id: PostId,
    /// Title.
    #[schemars(title = "岗位名称")]
    pub title: String,
    /// Kind, as packs name it.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// The kind's title.
    #[schemars(title = "类别名称")]
    pub kind_title: String,
    /// Its body.
    #[schemars(title = "单位")]
    pub body: Named<BodyId>,
    /// The post that holds it by office.
    #[schemars(title = "由哪个岗位兼任")]
    pub by_office: Option<Named<PostId>>,
    /// Posts held through it.
    #[schemars(title = "兼任")]
    pub holds: Vec<Named<PostId>>,
    /// Who holds it on the day that is looked at; a hand-over names it.
    #[schemars(title = "现任")]
    pub holder: Option<Named<PersonId>>,
    /// All who had held it by then, newest first.
    #[schemars(title = "任职")]
    pub tenures: Vec<TenureSeen>,
    /// The one who looks may see what is open.
    pub sees_items: bool,
    /// People who could take it, for whoever may hand it over.
    #[schemars(title = "可接任的人员")]
    pub people: Vec<Account>,
    /// May be handed over by the one who looks.
    pub may_hand_over: bool,
}

/// The post, where it may be seen on the day that is looked at.
fn seen_post<'a>(ctx: &Ctx, world: &'a World, id: PostId) -> Result<&'a Post> {
    // On a day before it was set up there is no such post.
    let known = |p: &&Post| ctx.as_of.is_none() || p.from_on <= ctx.day();
    let post = world.structure.post(id).filter(known);
    let post = post.ok_or(Error::NotFound("这个岗位"))?;
    let seen_by = (Action::ViewBody, "这个岗位");
    ctx.allow_on(&world.structure, Action::ViewBody, post.body, seen_by)?;
    Ok(post)
}

/// A post with who held it when.
pub async fn show(ctx: &Ctx, id: PostId) -> Result<PostSeen> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let day = ctx.day();
    let post = seen_post(ctx, &world, id)?;
    let may_edit =
        ctx.as_of.is_none() && who.may(&world.structure, Action::EditPost, post.body, ctx.today);
    let sees_items = who.may(&world.structure, Action::ViewStanding, post.body, ctx.today);
    let tenures = tenures_then(ctx, &world, id);
    let holder = tenures.iter().find(|t| t.to_on.is_none()).map(|t| t.person);
    let by_office = |p: &&Post| p.ex_officio == Some(id) && p.exists_on(day);
    let holds = world.structure.posts().iter().filter(by_office);
    Ok(PostSeen {
        id,
        title: post.title.clone(),
        kind: post.kind.clone(),
        kind_title: kind_title(&world, &post.kind),
        body: Named::new(post.body, world.structure.name(post.body, day)),
        by_office: post.ex_officio.map(|p| named(&world, p, day)),
        holds: holds.map(|p| named(&world, p.id, day)).collect(),
        holder: holder.map(|p| Named::new(p, world.person_name(p))),
        tenures: tenures_seen(&world, tenures),
        sees_items,
        people: if may_edit {
            takers(&world, holder)
        } else {
            Vec::new()
        },
        may_hand_over: may_edit && post.ex_officio.is_none() && post.to_on.is_none(),
    })
}

/// What is open for a post and for those held through it, and would go along; nothing for those who
/// see no business. Programs list the duties of the post.
pub async fn open_items(ctx: &Ctx, id: PostId) -> Result<Vec<Item>> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let post = seen_post(ctx, &world, id)?;
    if !who.may(&world.structure, Action::ViewStanding, post.body, ctx.today) {
        return Ok(Vec::new());
    }
    open_with_held(ctx, &world, id).await
}

/// What is open for a post and for those held through it.
async fn open_with_held(ctx: &Ctx, world: &World, id: PostId) -> Result<Vec<Item>> {
    let day = ctx.day();
    let back = day
        .checked_sub_days(chrono::Days::new(OPEN_DAYS))
        .unwrap_or(day);
    let facts = ctx.app.facts(ctx, world, back).await?;
    let held = world
        .structure
        .posts()
        .iter()
        .filter(|p| p.ex_officio == Some(id));
    let mut items = crate::duty::open_items(world, &facts, Owner::Post(id));
    for post in held {
        items.extend(crate::duty::open_items(world, &facts, Owner::Post(post.id)));
    }
    Ok(items)
}

/// Who had held a post by the day that is looked at, oldest first. Whoever left later still holds.
fn tenures_then(ctx: &Ctx, world: &World, id: PostId) -> Vec<Tenure> {
    let held = world.structure.tenures_of(id).into_iter().cloned();
    let Some(day) = ctx.as_of else {
        return held.collect();
    };
    held.filter(|t| t.from_on <= day)
        .map(|t| Tenure {
            to_on: t.to_on.filter(|to| *to <= day),
            ..t
        })
        .collect()
}

/// All who held a post, newest first.
fn tenures_seen(world: &World, held: Vec<Tenure>) -> Vec<TenureSeen> {
    let seen = |t: Tenure| TenureSeen {
        person: Named::new(t.person, world.person_name(t.person)),
        from_on: t.from_on,
        to_on: t.to_on,
    };
    held.into_iter().rev().map(seen).collect()
}

fn takers(world: &World, holder: Option<PersonId>) -> Vec<Account> {
    let free = world
        .people
        .values()
        .filter(|p| p.active && Some(p.id) != holder);
    let mut people: Vec<Account> = free.map(Account::from).collect();
    people.sort_by(|a, b| (&a.name, &a.login).cmp(&(&b.name, &b.login)));
    people
}
