//! Bodies as lists and pages.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::body::{AttrValue, Body, BodyKind, BodySort, Level, LinkKind, Span};
use domain::id::{BodyId, Owner};
use domain::listing::PageSize;
use domain::policy::Action;
use domain::uscc::Uscc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::body::BodyFilter;
use store::enterprise::Enterprise;

use super::edit::NAME_LONGEST;
use crate::act::{ActLine, ActQuery};
use crate::ctx::Ctx;
use crate::duty::Item;
use crate::error::{Error, Result};
use crate::listed::{Count, Listed, PageAsked};
use crate::named::Named;
use crate::person::KEY_PARTS;
use crate::post::PostHeld;
use crate::world::World;

/// Names offered while one is typed.
pub const OPTIONS_MAX: usize = 20;

/// Which bodies, in which order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListBodies {
    /// Only this kind.
    #[schemars(title = "类别")]
    pub kind: Option<BodyKind>,
    /// Only names that contain it, or this credit code.
    #[schemars(title = "名称或统一社会信用代码", length(max = NAME_LONGEST))]
    pub text: Option<String>,
    /// Only what stands below this body, itself included.
    #[schemars(title = "在哪个单位之下")]
    pub below: Option<BodyId>,
    /// Closed ones too.
    #[schemars(title = "含已撤销的")]
    pub closed: Option<bool>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<BodySort>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// A body in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BodyLine {
    /// Identity.
    pub id: BodyId,
    /// Version, for the next change.
    pub version: i64,
    /// Name on the day.
    #[schemars(title = "名称")]
    pub name: String,
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: BodyKind,
    /// Level.
    #[schemars(title = "层级")]
    pub level: Level,
    /// The body above.
    #[schemars(title = "上级单位")]
    pub parent: Option<Named<BodyId>>,
    /// Division code; may be empty.
    #[schemars(title = "区划代码")]
    pub division: String,
    /// 统一社会信用代码 of an enterprise.
    #[schemars(title = "统一社会信用代码")]
    pub uscc: Option<String>,
    /// It does not exist on the day looked at.
    #[schemars(title = "已撤销")]
    pub closed: bool,
}

/// Bodies that the person may see.
pub async fn list(ctx: &Ctx, asked: ListBodies) -> Result<Listed<BodyLine>> {
    let who = ctx.who()?;
    ctx.allow_somewhere(Action::ViewBody)?;
    let home = who.home;
    let world = ctx.app.world(home).await?;
    let day = ctx.day();
    if let Some(below) = asked.below {
        ctx.allow(&world.structure, Action::ViewBody, below)?;
    }
    let sort = asked.sort.unwrap_or(BodySort::Register);
    let list = ("body.list", sort.code(), KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let text = asked.text.as_deref().unwrap_or_default().trim();
    let (found, files) = ctx
        .app
        .store
        .read(async |r| {
            let by_code = match text.parse::<Uscc>() {
                Ok(code) => store::enterprise::enterprise_by_uscc(r, code.as_str()).await?,
                Err(_) => None,
            };
            let filter = BodyFilter {
                scope: super::sight::scope(who, &world.structure, ctx.today),
                only: by_code.as_ref().map(|file| file.body),
                name: Some(text.to_owned()).filter(|t| by_code.is_none() && !t.is_empty()),
                kind: asked.kind,
                below: asked.below,
                closed_too: asked.closed == Some(true),
            };
            let page = store::body::bodies_page(r, home, &filter, day, sort, &turn.turn()).await?;
            let ids: Vec<BodyId> = page.items.iter().map(|b| b.id).collect();
            let files = store::enterprise::enterprises_by_bodies(r, &ids).await?;
            Ok::<_, Error>((page, files))
        })
        .await?;
    Ok(turn.answer(found, |body| line(&world, &files, &body, day)))
}

fn line(world: &World, files: &[Enterprise], body: &Body, day: NaiveDate) -> BodyLine {
    let span = body.span_on(day);
    let file = files.iter().find(|f| f.body == body.id);
    BodyLine {
        id: body.id,
        version: body.version,
        name: span.map(|s| s.name.clone()).unwrap_or_default(),
        kind: body.kind,
        level: span.map_or(Level::County, |s| s.level),
        parent: span
            .and_then(|s| s.parent)
            .map(|p| Named::new(p, world.structure.name(p, day))),
        division: span.map(|s| s.division.clone()).unwrap_or_default(),
        uscc: file.and_then(|f| f.uscc.clone()),
        closed: !body.exists_on(day),
    }
}

/// An attribute as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AttrSeen {
    /// Which, as packs name it.
    #[schemars(title = "特征")]
    pub name: String,
    /// Its value.
    #[schemars(title = "值")]
    pub value: AttrValue,
    /// The titles that packs in force give its codes, in their order.
    #[schemars(title = "名称")]
    pub titles: Vec<String>,
}

/// What a body was from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SpanSeen {
    /// First day.
    #[schemars(title = "自")]
    pub from_on: NaiveDate,
    /// First day on which it no longer held; none while it holds.
    #[schemars(title = "至")]
    pub to_on: Option<NaiveDate>,
    /// Name.
    #[schemars(title = "名称")]
    pub name: String,
    /// The body above.
    #[schemars(title = "上级单位")]
    pub parent: Option<Named<BodyId>>,
    /// Attributes.
    #[schemars(title = "特征")]
    pub attrs: Vec<AttrSeen>,
}

/// A relation of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkSeen {
    /// What relates them.
    #[schemars(title = "关系")]
    pub kind: LinkKind,
    /// From.
    #[schemars(title = "单位")]
    pub a: BodyId,
    /// To.
    #[schemars(title = "对方单位")]
    pub b: BodyId,
    /// The other body.
    #[schemars(title = "另一单位")]
    pub other: Named<BodyId>,
    /// First day.
    #[schemars(title = "自")]
    pub from_on: NaiveDate,
    /// This body stands on the left: it leads, regulates.
    pub forward: bool,
}

/// The basic file of an enterprise; what was not registered is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EnterpriseSeen {
    /// 统一社会信用代码.
    #[schemars(title = "统一社会信用代码")]
    pub uscc: Option<String>,
    /// Industry code.
    #[schemars(title = "行业代码")]
    pub industry: String,
    /// Address.
    #[schemars(title = "地址")]
    pub address: String,
    /// Telephone.
    #[schemars(title = "电话")]
    pub phone: String,
}

/// A body below another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BodyBelow {
    /// Identity.
    pub id: BodyId,
    /// Name.
    #[schemars(title = "名称")]
    pub name: String,
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: BodyKind,
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BodySeen {
    /// Identity.
    pub id: BodyId,
    /// Version to quote in a change.
    pub version: i64,
    /// Name on the day.
    #[schemars(title = "名称")]
    pub name: String,
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: BodyKind,
    /// Level.
    #[schemars(title = "层级")]
    pub level: Level,
    /// Division code; may be empty.
    #[schemars(title = "区划代码")]
    pub division: String,
    /// Bodies above, highest first.
    #[schemars(title = "上级单位")]
    pub path: Vec<Named<BodyId>>,
    /// First day.
    #[schemars(title = "设立日期")]
    pub opened_on: NaiveDate,
    /// First day on which it no longer exists.
    #[schemars(title = "撤销日期")]
    pub closed_on: Option<NaiveDate>,
    /// It does not exist on the day looked at.
    #[schemars(title = "已撤销")]
    pub closed: bool,
    /// The enterprise's file.
    #[schemars(title = "基本信息")]
    pub enterprise: Option<EnterpriseSeen>,
    /// History, newest first.
    #[schemars(title = "沿革")]
    pub spans: Vec<SpanSeen>,
    /// Relations on the day.
    #[schemars(title = "关系")]
    pub links: Vec<LinkSeen>,
    /// Posts with their holders.
    #[schemars(title = "岗位")]
    pub posts: Vec<PostHeld>,
    /// The first of the bodies directly below; the list shows all.
    #[schemars(title = "下级单位")]
    pub children: Vec<BodyBelow>,
    /// How many there are below.
    #[schemars(title = "下级单位数")]
    pub children_count: usize,
    /// May be edited.
    pub may_edit: bool,
    /// Posts may be set up.
    pub may_edit_posts: bool,
}

/// Bodies below shown with a body; the list of bodies shows all.
const CHILDREN_SHOWN: usize = 60;
/// Last acts shown with a body.
const ACTS_SHOWN: usize = 10;
/// Days back for which what is still open is looked for.
const OPEN_DAYS: u64 = 400;

/// A body with its history, relations and posts.
pub async fn show(ctx: &Ctx, id: BodyId) -> Result<BodySeen> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    ctx.allow(&world.structure, Action::ViewBody, id)?;
    let day = ctx.day();
    let structure = &world.structure;
    let body = structure.body(id).ok_or(Error::NotFound("这个单位"))?;
    let span = body.span_on(day).ok_or(Error::NotFound("这个单位"))?;
    let file = ctx
        .app
        .store
        .read(async |r| store::enterprise::enterprise_find(r, id).await)
        .await?;
    let children = structure.children(id, day);
    let may = |action| ctx.as_of.is_none() && who.may(structure, action, id, ctx.today);
    let above = structure.above(id, day).into_iter().rev();
    Ok(BodySeen {
        id,
        version: body.version,
        name: span.name.clone(),
        kind: body.kind,
        level: span.level,
        division: span.division.clone(),
        path: above
            .map(|b| Named::new(b, structure.name(b, day)))
            .collect(),
        opened_on: body.opened_on,
        closed_on: body.closed_on,
        closed: !body.exists_on(day),
        enterprise: file.map(file_seen),
        spans: body
            .spans
            .iter()
            .rev()
            .map(|s| span_seen(&world, s))
            .collect(),
        links: links_seen(&world, id, day),
        posts: structure
            .posts_of(id, day)
            .map(|p| crate::post::held(&world, p, day))
            .collect(),
        children_count: children.len(),
        children: children
            .iter()
            .take(CHILDREN_SHOWN)
            .map(|c| BodyBelow {
                id: c.id,
                name: structure.name(c.id, day).to_owned(),
                kind: c.kind,
            })
            .collect(),
        may_edit: may(Action::EditBody),
        may_edit_posts: may(Action::EditPost),
    })
}

/// What is going on in a body: for its page; programs list duties and acts of the body.
#[derive(Debug, Clone, Default)]
pub struct AtWork {
    /// Open and overdue duties of it, its organs and posts.
    pub items: Vec<Item>,
    /// Its last acts.
    pub acts: Vec<ActLine>,
}

/// What is going on in a body; nothing for those who see no business.
pub async fn at_work(ctx: &Ctx, id: BodyId) -> Result<AtWork> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    ctx.allow(&world.structure, Action::ViewBody, id)?;
    if !who.may(&world.structure, Action::ViewStanding, id, ctx.today) {
        return Ok(AtWork::default());
    }
    let (items, acts) = standing(ctx, &world, id).await?;
    Ok(AtWork { items, acts })
}

async fn standing(ctx: &Ctx, world: &World, id: BodyId) -> Result<(Vec<Item>, Vec<ActLine>)> {
    let day = ctx.day();
    let back = day
        .checked_sub_days(chrono::Days::new(OPEN_DAYS))
        .unwrap_or(day);
    let facts = ctx.app.facts(ctx, world, back).await?;
    let mut items = Vec::new();
    for body in world.structure.answers_for(id, day) {
        items.extend(crate::duty::open_items(world, &facts, Owner::Body(body)));
        for post in world.structure.posts_of(body, day) {
            items.extend(crate::duty::open_items(world, &facts, Owner::Post(post.id)));
        }
    }
    items.sort_by(|a, b| (a.due_on, &a.title).cmp(&(b.due_on, &b.title)));
    let query = ActQuery {
        body: Some(id),
        ..ActQuery::default()
    };
    let acts = match crate::act::acts_to_save(ctx, query, ACTS_SHOWN).await {
        Ok(page) => page.rows,
        Err(Error::Forbidden(_) | Error::OfOthers { .. } | Error::NotFound(_)) => Vec::new(),
        Err(other) => return Err(other),
    };
    Ok((items, acts))
}

fn file_seen(file: Enterprise) -> EnterpriseSeen {
    EnterpriseSeen {
        uscc: file.uscc,
        industry: file.industry,
        address: file.address,
        phone: file.phone,
    }
}

fn span_seen(world: &World, span: &Span) -> SpanSeen {
    let seen = |(name, value): (&String, &AttrValue)| AttrSeen {
        name: name.clone(),
        value: value.clone(),
        titles: titles(world, name, value),
    };
    SpanSeen {
        from_on: span.from_on,
        to_on: span.to_on,
        name: span.name.clone(),
        parent: span
            .parent
            .map(|p| Named::new(p, world.structure.name(p, span.from_on))),
        attrs: span.attrs.iter().map(seen).collect(),
    }
}

/// The titles of the sectors that an attribute names.
fn titles(world: &World, name: &str, value: &AttrValue) -> Vec<String> {
    let sector = |id: &String| {
        let mut sectors = world.book.packs().iter().flat_map(|(_, p)| &p.sectors);
        let found = sectors.find(|s| s.id == **id);
        found.map_or_else(|| id.clone(), |s| s.title.clone())
    };
    match (name, value) {
        ("sector", AttrValue::Text(id)) => vec![sector(id)],
        ("sectors", AttrValue::Many(all)) => all.iter().map(sector).collect(),
        (
            _,
            AttrValue::Flag(_) | AttrValue::Number(_) | AttrValue::Text(_) | AttrValue::Many(_),
        ) => Vec::new(),
    }
}

fn links_seen(world: &World, id: BodyId, day: NaiveDate) -> Vec<LinkSeen> {
    let links = world.structure.relations_of(id, day).into_iter();
    links
        .map(|l| {
            let forward = l.a == id;
            let other = if forward { l.b } else { l.a };
            LinkSeen {
                kind: l.kind,
                a: l.a,
                b: l.b,
                other: Named::new(other, world.structure.name(other, day)),
                from_on: l.from_on,
                forward,
            }
        })
        .collect()
}

/// Bodies by their names of today, one a line; what is not found, or is the name of several, comes
/// back as typed.
pub async fn by_names(ctx: &Ctx, lines: &str) -> Result<Vec<std::result::Result<BodyId, String>>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let day = ctx.today;
    let mut named: HashMap<&str, Vec<BodyId>> = HashMap::new();
    for body in world.structure.bodies().iter().filter(|b| b.exists_on(day)) {
        if who.may(&world.structure, Action::ViewBody, body.id, day) {
            named
                .entry(world.structure.name(body.id, day))
                .or_default()
                .push(body.id);
        }
    }
    let typed = lines.lines().map(str::trim).filter(|l| !l.is_empty());
    Ok(typed
        .map(|name| match named.get(name).map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some(_) | None => Err(name.to_owned()),
        })
        .collect())
}

/// A body that was found by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BodyFound {
    /// Identity.
    pub id: BodyId,
    /// Name.
    #[schemars(title = "名称")]
    pub name: String,
}

/// Names for a search box: the body of this very name first, then those whose name contains the
/// text, enterprises before organs.
pub async fn options(ctx: &Ctx, text: &str, limit: usize) -> Result<Vec<BodyFound>> {
    Ok(found(ctx, text).await?.into_iter().take(limit).collect())
}

/// The first of them, and how many there are.
pub(super) async fn options_listed(ctx: &Ctx, text: &str) -> Result<Listed<BodyFound>> {
    ctx.allow_somewhere(Action::ViewBody)?;
    let mut rows = found(ctx, text).await?;
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    rows.truncate(OPTIONS_MAX);
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

async fn found(ctx: &Ctx, text: &str) -> Result<Vec<BodyFound>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let day = ctx.today;
    let text = text.trim();
    let bodies = world.structure.bodies().iter();
    let mut found: Vec<(bool, BodyFound)> = bodies
        .filter(|b| b.exists_on(day))
        .filter_map(|b| b.span_on(day).map(|s| (b, s)))
        .filter(|(_, s)| text.is_empty() || s.name.contains(text))
        .filter(|(b, _)| who.may(&world.structure, Action::ViewBody, b.id, day))
        .map(|(b, s)| {
            let name = s.name.clone();
            (b.kind != BodyKind::Enterprise, BodyFound { id: b.id, name })
        })
        .collect();
    let order = |(organ, body): &(bool, BodyFound)| (body.name != text, *organ, body.name.clone());
    found.sort_by_cached_key(order);
    Ok(found.into_iter().map(|(_, body)| body).collect())
}
