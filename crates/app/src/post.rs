//! Posts: set up, handed over with everything open, closed.

mod show;

use chrono::NaiveDate;
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, PersonId, PostId, Slug};
use domain::listing::PageSize;
use domain::policy::Action;
use domain::post::{Post, Tenure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::door::{Nothing, Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::listed::{Count, Listed};
use crate::verb::Verb;
use crate::words;
use crate::world::World;
use crate::write::Kept;

pub(crate) use show::held;
pub use show::{PostHeld, PostSeen, TenureSeen, list, open_items, show};

/// Longest title, in characters.
pub const TITLE_LONGEST: usize = 40;
/// Where a post stands that was given no order.
pub const LAST: &str = "9";
/// Days back for which what is still open is looked for.
const OPEN_DAYS: u64 = 400;

operations! {
    Read "post.list" GET "/posts" "一个单位的岗位" [ViewBody]
        ListPosts => ["posts": PostHeld] = list;
    Read "post.kinds" GET "/posts/kinds" "岗位类别" [EditPost]
        Nothing => ["kinds": PostKind] = kinds_listed;
    Read "post.show" GET "/posts/{id}" "一个岗位" [ViewBody]
        OnePost => {"post": PostSeen} = show(id);
    Write PostCreate POST "/posts"
        CreatePost => {"post": Saved<PostId>} = create_asked;
    Write PostHandOver POST "/posts/{id}/hand-over"
        HandOver => {"post": HandedOver} = hand_over(id, from, to, on);
}

/// Which post.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePost {
    /// Which.
    #[schemars(title = "岗位编号")]
    pub id: PostId,
}

/// The posts of which body.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPosts {
    /// Of which body.
    #[schemars(title = "单位编号")]
    pub body: BodyId,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// A post to set up, as it is asked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePost {
    /// The body.
    #[schemars(title = "单位编号")]
    pub body: BodyId,
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "岗位名称", length(min = 1, max = TITLE_LONGEST))]
    pub title: String,
    /// First day.
    #[schemars(title = "设立日期")]
    pub from_on: NaiveDate,
    /// The post that holds it by office.
    #[schemars(title = "由哪个岗位兼任")]
    pub ex_officio: Option<PostId>,
    /// Who holds it from the first day.
    #[schemars(title = "任职人")]
    pub holder: Option<PersonId>,
}

/// A post that changes hands.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// Which.
    #[schemars(title = "岗位编号")]
    pub id: PostId,
    /// Who holds it, as it was seen; nobody where it is vacant.
    #[schemars(title = "现任")]
    pub from: Option<PersonId>,
    /// Who takes it; nobody where it falls vacant.
    #[schemars(title = "接任人")]
    pub to: Option<PersonId>,
    /// From which day on.
    #[schemars(title = "从哪一天起")]
    pub on: NaiveDate,
}

/// A post that changed hands; the next hand-over names who holds it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HandedOver {
    /// Which.
    pub id: PostId,
    /// Who holds it now.
    #[schemars(title = "现任")]
    pub holder: Option<PersonId>,
}

impl Kept for HandedOver {
    fn keep(&self) -> String {
        let holder = self.holder.map(|id| id.to_string()).unwrap_or_default();
        format!("{} {holder}", self.id)
    }
    fn again(text: &str) -> Option<Self> {
        let (id, holder) = text.split_once(' ')?;
        let holder = match holder {
            "" => None,
            holder => Some(holder.parse().ok()?),
        };
        let id = id.parse().ok()?;
        Some(Self { id, holder })
    }
}

/// A kind of post that packs name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PostKind {
    /// As packs name it.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
}

/// The title of a kind of post, from the packs' words.
pub fn kind_title(world: &World, kind: &Slug) -> String {
    kinds(world)
        .into_iter()
        .find(|known| known.kind == *kind)
        .map_or_else(|| kind.to_string(), |known| known.title)
}

/// Kinds of post that packs name.
pub fn kinds(world: &World) -> Vec<PostKind> {
    let packs = world.book.packs().iter().map(|(_, p)| p);
    let mut out: Vec<PostKind> = Vec::new();
    for kind in world
        .vocabulary
        .values()
        .chain(packs)
        .flat_map(|p| &p.posts)
    {
        if !out.iter().any(|known| known.kind == kind.id) {
            out.push(PostKind {
                kind: kind.id.clone(),
                title: kind.title.clone(),
            });
        }
    }
    out
}

/// Kinds of post that packs name, for whoever sets one up.
pub async fn kinds_listed(ctx: &Ctx, _: Nothing) -> Result<Listed<PostKind>> {
    ctx.allow_somewhere(Action::EditPost)?;
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    let rows = kinds(&world);
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
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
pub async fn create(ctx: &Ctx, new: NewPost) -> Result<Saved<PostId>> {
    let made = create_many(ctx, vec![new]).await?;
    let first = made.first().copied().ok_or(Error::NotFound("这个岗位"))?;
    Ok(Saved::first(first))
}

/// The same, as it was asked for: after the posts that have an order of their own.
async fn create_asked(ctx: &Ctx, new: CreatePost) -> Result<Saved<PostId>> {
    let new = NewPost {
        id: None,
        body: new.body,
        kind: new.kind,
        title: new.title,
        ex_officio: new.ex_officio,
        from_on: new.from_on,
        sort_key: LAST.to_owned(),
        holder: new.holder,
    };
    create(ctx, new).await
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
) -> Result<HandedOver> {
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
        Ok(HandedOver { id, holder: to })
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
