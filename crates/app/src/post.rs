//! Posts: set up, handed over with everything open, closed.

use chrono::NaiveDate;
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, Owner, PersonId, PostId, Slug};
use domain::policy::Action;
use domain::post::{Post, Tenure};
use store::Tx;

use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::duty::Item;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::words;
use crate::world::World;

/// Longest title, in characters.
pub const TITLE_LONGEST: usize = 40;

/// The title of a kind of post, from the packs' words.
pub fn kind_title(world: &World, kind: &Slug) -> String {
    kinds(world)
        .into_iter()
        .find(|(id, _)| id == kind.as_str())
        .map_or_else(|| kind.to_string(), |(_, title)| title)
}

/// Kinds of post that packs name: id and title.
pub fn kinds(world: &World) -> Vec<(String, String)> {
    let packs = world.book.packs().iter().map(|(_, p)| p);
    let mut out: Vec<(String, String)> = Vec::new();
    for kind in world
        .vocabulary
        .values()
        .chain(packs)
        .flat_map(|p| &p.posts)
    {
        if !out.iter().any(|(id, _)| id == kind.id.as_str()) {
            out.push((kind.id.to_string(), kind.title.clone()));
        }
    }
    out
}

/// A post to set up.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Id where the caller made one.
    pub id: Option<PostId>,
    /// The body.
    pub body: BodyId,
    /// Kind.
    pub kind: Slug,
    /// Title.
    pub title: String,
    /// The post that holds it by office.
    pub ex_officio: Option<PostId>,
    /// First day.
    pub from_on: NaiveDate,
    /// Order in lists.
    pub sort_key: String,
    /// Who holds it from the first day.
    pub holder: Option<PersonId>,
}

/// Sets up one post.
pub async fn create(ctx: &Ctx, new: NewPost) -> Result<PostId> {
    let made = create_many(ctx, vec![new]).await?;
    made.first().copied().ok_or(Error::NotFound("这个岗位"))
}

fn check_new(ctx: &Ctx, world: &World, one: &NewPost, batch: &[Post], errors: &mut FieldErrors) {
    let length = one.title.trim().chars().count();
    if length == 0 || length > TITLE_LONGEST {
        errors.add("title", format!("请填写岗位名称，最多{TITLE_LONGEST}字。"));
    }
    if let Some(unseen) = words::unseen(one.title.trim()) {
        errors.add("title", unseen);
    }
    let body = world.structure.body(one.body);
    if !body.is_some_and(|b| b.exists_on(one.from_on)) {
        errors.add("from_on", "单位在这一天还没有设立，或已经撤销。");
    }
    let active = |p: &PersonId| world.people.get(p).is_some_and(|p| p.active);
    if one.holder.as_ref().is_some_and(|p| !active(p)) {
        errors.add("holder", "请从在用人员中选择任职人。");
    }
    // A chair goes with an office that somebody holds, not with another chair. An office that may
    // not be seen is none.
    let seen = |p: &&Post| {
        ctx.allow(&world.structure, Action::ViewBody, p.body)
            .is_ok()
    };
    let office = |id: &PostId| {
        let mut set_up = batch.iter().filter(|p| p.id == *id);
        let standing = world.structure.post(*id).filter(seen);
        let known = standing.or_else(|| set_up.next());
        known.is_some_and(|p| p.ex_officio.is_none())
    };
    if one.ex_officio.as_ref().is_some_and(|p| !office(p)) {
        errors.add("ex_officio", "请选择由人担任的岗位，不能是兼任的岗位。");
    }
}

/// Sets up posts with their holders in one operation.
pub async fn create_many(ctx: &Ctx, new: Vec<NewPost>) -> Result<Vec<PostId>> {
    if let Some(first) = ctx.begin(Verb::PostCreate).await? {
        return Ok(first);
    }
    let world = ctx.app.world(ctx.home()?).await?;
    let mut errors = FieldErrors::new();
    let mut posts = Vec::with_capacity(new.len());
    let mut tenures = Vec::new();
    for one in new {
        ctx.allow(&world.structure, Action::EditPost, one.body)?;
        check_new(ctx, &world, &one, &posts, &mut errors);
        let id = one.id.unwrap_or_else(|| PostId::new(ctx.ids.next(ctx.now)));
        if let Some(person) = one.holder {
            tenures.push(Tenure {
                post: id,
                person,
                from_on: one.from_on,
                to_on: None,
            });
        }
        posts.push(Post {
            id,
            body: one.body,
            kind: one.kind,
            title: one.title.trim().to_owned(),
            ex_officio: one.ex_officio,
            from_on: one.from_on,
            to_on: None,
            sort_key: one.sort_key,
        });
    }
    errors.into_result()?;
    let ids: Vec<PostId> = posts.iter().map(|p| p.id).collect();
    let bodies: Vec<BodyId> = posts.iter().map(|p| p.body).collect();
    let first = ids.first().map(ToString::to_string).unwrap_or_default();
    ctx.write(Verb::PostCreate, first, async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        store::post::posts_insert(tx, &posts).await?;
        store::post::tenures_insert(tx, &tenures).await?;
        // What its body did since its first day may count for the post.
        recount_changed(tx, &ctx.app, &before, Changed::Posts(&bodies)).await?;
        Ok(ids.clone())
    })
    .await
}

/// Hands a post over: from that day on somebody else holds it, and everything open goes along.
/// `to` is `None` when the post falls vacant.
pub async fn hand_over(
    ctx: &Ctx,
    id: PostId,
    from: Option<PersonId>,
    to: Option<PersonId>,
    on: NaiveDate,
) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::PostHandOver).await? {
        return Ok(first);
    }
    let world = ctx.app.world(ctx.home()?).await?;
    let post = world
        .structure
        .post(id)
        .ok_or(Error::NotFound("这个岗位"))?;
    let seen_by = (Action::ViewBody, "这个岗位");
    ctx.allow_on(&world.structure, Action::EditPost, post.body, seen_by)?;
    ctx.write(Verb::PostHandOver, id.to_string(), async |tx| {
        let post = store::post::post_find(tx, id).await?;
        let post = post.ok_or(Error::NotFound("这个岗位"))?;
        let held = refuse_hand_over(tx, &post, from).await?;
        check_hand_over(ctx, tx, &post, &held, to, on).await?;
        if let Some(person) = from {
            store::post::tenure_close(tx, id, person, on).await?;
        }
        if let Some(person) = to {
            let tenure = Tenure {
                post: id,
                person,
                from_on: on,
                to_on: None,
            };
            store::post::tenure_insert(tx, &tenure).await?;
        }
        Ok(())
    })
    .await
}

/// Whether the post can change hands at all, and from the one whom the page showed. Asked in the
/// transaction that writes: a post has one holder, however many hand it over at once.
async fn refuse_hand_over(tx: &Tx, post: &Post, from: Option<PersonId>) -> Result<Vec<Tenure>> {
    if post.ex_officio.is_some() {
        return Err(Error::refused(
            crate::Code::PostByOffice,
            "这个岗位由另一岗位的担任人兼任，请交接那个岗位。",
        ));
    }
    if let Some(end) = post.to_on {
        return Err(Error::refused(
            crate::Code::PostClosed,
            format!(
                "这个岗位已于{}撤销，不能再办理交接。职责由其他岗位承接的，请在那个岗位上办理。",
                chinese_date(end)
            ),
        ));
    }
    let held = store::post::tenures_of_post(tx, post.id).await?;
    let open = held.iter().find(|t| t.to_on.is_none());
    if open.map(|t| t.person) != from {
        return Err(Error::refused(
            crate::Code::PostChanged,
            "这个岗位刚刚已由他人办理交接，请刷新页面查看最新情况。",
        ));
    }
    Ok(held)
}

/// Checks who comes and from which day: nobody holds a post on a day on which another did.
async fn check_hand_over(
    ctx: &Ctx,
    tx: &Tx,
    post: &Post,
    held: &[Tenure],
    to: Option<PersonId>,
    on: NaiveDate,
) -> Result<()> {
    let mut errors = FieldErrors::new();
    let open = held.iter().find(|t| t.to_on.is_none());
    match (to, open) {
        (None, None) => errors.add("to", "这个岗位现在空缺，请选择接任人。"),
        (Some(to), Some(open)) if to == open.person => {
            errors.add("to", "接任人就是现任，请另选一人。");
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => {}
    }
    if let Some(to) = to {
        let known = store::person::person_find(tx, to).await?;
        if !known.is_some_and(|p| p.home == tx.home() && p.active) {
            errors.add("to", "请从在用人员中选择接任人。");
        }
    }
    if on > ctx.today {
        errors.add(
            "on",
            format!("交接日期最晚为今天（{}）。", chinese_date(ctx.today)),
        );
    }
    let left = held.iter().filter_map(|t| t.to_on).max();
    if open.is_some_and(|t| on <= t.from_on) {
        errors.add("on", "交接日期应晚于现任的任职日期。");
    } else if on < post.from_on {
        let first = chinese_date(post.from_on);
        errors.add("on", format!("交接日期不能早于岗位设立的日期（{first}）。"));
    } else if let Some(left) = left.filter(|left| on < *left) {
        let left = chinese_date(left);
        errors.add("on", format!("交接日期不能早于前任离任的日期（{left}）。"));
    }
    errors.into_result()
}

/// A tenure as shown.
#[derive(Debug, Clone)]
pub struct TenureSeen {
    /// Name.
    pub name: String,
    /// From when to when.
    pub days: String,
}

/// The page of a post.
#[derive(Debug, Clone)]
pub struct PostPage {
    /// Identity.
    pub id: PostId,
    /// Title.
    pub title: String,
    /// Kind in words.
    pub kind: String,
    /// Its body.
    pub body: BodyId,
    /// Name of the body.
    pub body_name: String,
    /// The post that holds it by office.
    pub by_office: Option<(PostId, String)>,
    /// Posts held through it.
    pub holds: Vec<(PostId, String)>,
    /// Who holds it on the day that is looked at.
    pub holder: Option<(PersonId, String)>,
    /// All who had held it by then, newest first.
    pub tenures: Vec<TenureSeen>,
    /// What is open and would go along; nothing for those who see no business.
    pub items: Vec<Item>,
    /// The one who looks may see what is open.
    pub sees_items: bool,
    /// People who could take it: id and name with sign-in name.
    pub people: Vec<(PersonId, String)>,
    /// May be handed over by the one who looks.
    pub may_hand_over: bool,
}

/// The page of a post.
pub async fn show(ctx: &Ctx, id: PostId) -> Result<PostPage> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let day = ctx.day();
    // On a day before it was set up there is no such post.
    let known = |p: &&Post| ctx.as_of.is_none() || p.from_on <= day;
    let post = world.structure.post(id).filter(known);
    let post = post.ok_or(Error::NotFound("这个岗位"))?;
    let seen_by = (Action::ViewBody, "这个岗位");
    ctx.allow_on(&world.structure, Action::ViewBody, post.body, seen_by)?;
    let may_edit =
        ctx.as_of.is_none() && who.may(&world.structure, Action::EditPost, post.body, ctx.today);
    let sees_items = who.may(&world.structure, Action::ViewStanding, post.body, ctx.today);
    let mut items = Vec::new();
    if sees_items {
        items = open_with_held(ctx, &world, id).await?;
    }
    let name = |p: PostId| world.owner_name(Owner::Post(p), day);
    let tenures = tenures_then(ctx, &world, id);
    let holder = tenures.iter().find(|t| t.to_on.is_none()).map(|t| t.person);
    Ok(PostPage {
        id,
        title: post.title.clone(),
        kind: kind_title(&world, &post.kind),
        body: post.body,
        body_name: world.structure.name(post.body, day).to_owned(),
        by_office: post.ex_officio.map(|p| (p, name(p))),
        holds: world
            .structure
            .posts()
            .iter()
            .filter(|p| p.ex_officio == Some(id) && p.exists_on(day))
            .map(|p| (p.id, name(p.id)))
            .collect(),
        holder: holder.map(|p| (p, world.person_name(p).to_owned())),
        tenures: tenures_seen(&world, tenures),
        items,
        sees_items,
        people: if may_edit {
            takers(&world, holder)
        } else {
            Vec::new()
        },
        may_hand_over: may_edit && post.ex_officio.is_none() && post.to_on.is_none(),
    })
}

/// What is open for a post and for those held through it.
async fn open_with_held(ctx: &Ctx, world: &World, id: PostId) -> Result<Vec<Item>> {
    let day = ctx.day();
    let back = day.checked_sub_days(chrono::Days::new(400)).unwrap_or(day);
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
    let until = |t: &Tenure| t.to_on.map_or_else(|| "今".to_owned(), chinese_date);
    held.into_iter()
        .rev()
        .map(|t| TenureSeen {
            name: world.person_name(t.person).to_owned(),
            days: format!("{}至{}", chinese_date(t.from_on), until(&t)),
        })
        .collect()
}

fn takers(world: &World, holder: Option<PersonId>) -> Vec<(PersonId, String)> {
    let mut people: Vec<(PersonId, String)> = world
        .people
        .values()
        .filter(|p| p.active && Some(p.id) != holder)
        .map(|p| (p.id, format!("{}（{}）", p.name, p.login)))
        .collect();
    people.sort_by(|a, b| a.1.cmp(&b.1));
    people
}
