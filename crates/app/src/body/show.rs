//! Bodies as lists and pages.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::body::{AttrValue, Body, BodyKind, LinkKind, Span};
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, Owner, PostId};
use domain::policy::Action;
use domain::uscc::Uscc;
use store::enterprise::Enterprise;

use crate::act::{ActLine, ActQuery};
use crate::ctx::Ctx;
use crate::duty::Item;
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

/// Rows a page.
pub const PAGE: usize = 50;

/// A body in a list.
#[derive(Debug, Clone)]
pub struct BodyLine {
    /// Identity.
    pub id: BodyId,
    /// Name on the day.
    pub name: String,
    /// Kind.
    pub kind: &'static str,
    /// The body above.
    pub parent: String,
    /// Division code or credit code.
    pub code: String,
    /// Overdue duties of it, its organs and posts.
    pub closed: bool,
}

/// A page of bodies.
#[derive(Debug, Clone)]
pub struct BodyList {
    /// Rows.
    pub lines: Vec<BodyLine>,
    /// Key of the next page.
    pub next: Option<String>,
    /// How many: a number, or 1000+.
    pub count: String,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct BodyQuery {
    /// Only this kind.
    pub kind: Option<BodyKind>,
    /// Only names that contain it, or this credit code.
    pub text: String,
    /// Closed ones too.
    pub closed: bool,
    /// Rows to skip.
    pub skip: usize,
    /// Rows at most; 0 is a page.
    pub limit: usize,
}

/// Bodies that the person may see, in list order.
pub async fn list(ctx: &Ctx, query: &BodyQuery) -> Result<BodyList> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let day = ctx.day();
    let text = query.text.trim();
    let by_code = match text.parse::<Uscc>() {
        Ok(code) => {
            ctx.app
                .store
                .read(async |r| store::enterprise::enterprise_by_uscc(r, code.as_str()).await)
                .await?
        }
        Err(_) => None,
    };
    let fits = |b: &&Body| {
        let name = b.span_on(day).map_or("", |s| s.name.as_str());
        let found = match &by_code {
            Some(file) => b.id == file.body,
            None => text.is_empty() || name.contains(text),
        };
        found
            && query.kind.is_none_or(|k| b.kind == k)
            && (query.closed || b.exists_on(day))
            && who.may(&world.structure, Action::ViewBody, b.id, ctx.today)
    };
    let all: Vec<&Body> = world.structure.bodies().iter().filter(fits).collect();
    let limit = if query.limit == 0 { PAGE } else { query.limit };
    let page: Vec<&Body> = all.iter().skip(query.skip).take(limit).copied().collect();
    let ids: Vec<BodyId> = page.iter().map(|b| b.id).collect();
    let files = ctx
        .app
        .store
        .read(async |r| store::enterprise::enterprises_by_bodies(r, &ids).await)
        .await?;
    let lines = page
        .iter()
        .map(|b| {
            let span = b.span_on(day);
            let code = files
                .iter()
                .find(|f| f.body == b.id)
                .and_then(|f| f.uscc.clone());
            BodyLine {
                id: b.id,
                name: span.map(|s| s.name.clone()).unwrap_or_default(),
                kind: words::body_kind(b.kind),
                parent: span
                    .and_then(|s| s.parent)
                    .map(|p| world.structure.name(p, day).to_owned())
                    .unwrap_or_default(),
                code: code
                    .or_else(|| span.map(|s| s.division.clone()))
                    .unwrap_or_default(),
                closed: !b.exists_on(day),
            }
        })
        .collect();
    let next = query.skip + limit;
    Ok(BodyList {
        lines,
        next: (next < all.len()).then(|| next.to_string()),
        count: all.len().to_string(),
    })
}

/// A line of a body's history.
#[derive(Debug, Clone)]
pub struct SpanSeen {
    /// From when to when.
    pub days: String,
    /// Name.
    pub name: String,
    /// The body above.
    pub parent: String,
    /// Attributes in words.
    pub attrs: Vec<String>,
}

/// A relation as shown.
#[derive(Debug, Clone)]
pub struct LinkSeen {
    /// 牵头, 直接监管…
    pub word: &'static str,
    /// The code of the relation.
    pub kind: LinkKind,
    /// From.
    pub a: BodyId,
    /// To.
    pub b: BodyId,
    /// The other body's name.
    pub name: String,
    /// The other body.
    pub other: BodyId,
    /// Since when.
    pub since: String,
    /// This body stands on the left: it leads, regulates.
    pub forward: bool,
}

/// A post as shown.
#[derive(Debug, Clone)]
pub struct PostSeen {
    /// Identity.
    pub id: PostId,
    /// Title.
    pub title: String,
    /// Who holds it.
    pub holder: String,
    /// By office of which post.
    pub by_office: String,
}

/// The page of a body.
#[derive(Debug, Clone)]
pub struct BodyPage {
    /// Identity.
    pub id: BodyId,
    /// Version to quote in a change.
    pub version: i64,
    /// Name on the day.
    pub name: String,
    /// Kind.
    pub kind: &'static str,
    /// Kind's code.
    pub kind_code: BodyKind,
    /// Level.
    pub level: &'static str,
    /// Division code.
    pub division: String,
    /// Bodies above, highest first.
    pub path: Vec<(BodyId, String)>,
    /// Existing, or since when closed.
    pub life: String,
    /// Closed on the day looked at.
    pub closed: bool,
    /// The enterprise's file, title and value.
    pub file: Vec<(&'static str, String)>,
    /// History, newest first.
    pub spans: Vec<SpanSeen>,
    /// Relations on the day.
    pub links: Vec<LinkSeen>,
    /// Posts with their holders.
    pub posts: Vec<PostSeen>,
    /// Bodies directly below.
    pub children: Vec<(BodyId, String, &'static str)>,
    /// How many there are below, before the list was cut.
    pub children_count: usize,
    /// Open and overdue duties of it, its organs and posts.
    pub items: Vec<Item>,
    /// Its last acts.
    pub acts: Vec<ActLine>,
    /// May be edited.
    pub may_edit: bool,
    /// Posts may be set up.
    pub may_edit_posts: bool,
}

/// Bodies below shown on a page; the list of bodies shows all.
const CHILDREN_SHOWN: usize = 60;

/// The page of a body.
pub async fn show(ctx: &Ctx, id: BodyId) -> Result<BodyPage> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    ctx.allow(&world.structure, Action::ViewBody, id)?;
    let day = ctx.day();
    let body = world
        .structure
        .body(id)
        .ok_or(Error::NotFound("这个单位"))?;
    let span = body.span_on(day).ok_or(Error::NotFound("这个单位"))?;
    let file = ctx
        .app
        .store
        .read(async |r| store::enterprise::enterprise_find(r, id).await)
        .await?;
    let may_stand = who.may(&world.structure, Action::ViewStanding, id, ctx.today);
    let (items, acts) = if may_stand {
        standing(ctx, &world, id).await?
    } else {
        Default::default()
    };
    let children = world.structure.children(id, day);
    let may = |action| ctx.as_of.is_none() && who.may(&world.structure, action, id, ctx.today);
    let mut path: Vec<(BodyId, String)> = world
        .structure
        .above(id, day)
        .into_iter()
        .map(|b| (b, world.structure.name(b, day).to_owned()))
        .collect();
    path.reverse();
    Ok(BodyPage {
        id,
        version: body.version,
        name: span.name.clone(),
        kind: words::body_kind(body.kind),
        kind_code: body.kind,
        level: words::level(span.level),
        division: span.division.clone(),
        path,
        life: life(body),
        closed: !body.exists_on(day),
        file: file.map(file_seen).unwrap_or_default(),
        spans: body
            .spans
            .iter()
            .rev()
            .map(|s| span_seen(&world, s))
            .collect(),
        links: links_seen(&world, id, day),
        posts: posts_seen(&world, id, day),
        children_count: children.len(),
        children: children
            .iter()
            .take(CHILDREN_SHOWN)
            .map(|c| {
                (
                    c.id,
                    world.structure.name(c.id, day).to_owned(),
                    words::body_kind(c.kind),
                )
            })
            .collect(),
        items,
        acts,
        may_edit: may(Action::EditBody),
        may_edit_posts: may(Action::EditPost),
    })
}

/// Acts shown on a body's page.
const ACTS_SHOWN: usize = 10;

async fn standing(ctx: &Ctx, world: &World, id: BodyId) -> Result<(Vec<Item>, Vec<ActLine>)> {
    let day = ctx.day();
    let back = day.checked_sub_days(chrono::Days::new(400)).unwrap_or(day);
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

fn life(body: &Body) -> String {
    match body.closed_on {
        None => format!("{}设立", chinese_date(body.opened_on)),
        Some(on) => format!(
            "{}设立，{}撤销",
            chinese_date(body.opened_on),
            chinese_date(on)
        ),
    }
}

fn file_seen(file: Enterprise) -> Vec<(&'static str, String)> {
    let code = file.uscc.unwrap_or_else(|| "未登记".to_owned());
    let all = [
        ("统一社会信用代码", code),
        ("行业代码", file.industry),
        ("地址", file.address),
        ("电话", file.phone),
    ];
    all.into_iter().filter(|(_, v)| !v.is_empty()).collect()
}

fn span_seen(world: &World, span: &Span) -> SpanSeen {
    let until = span.to_on.map_or_else(|| "今".to_owned(), chinese_date);
    SpanSeen {
        days: format!("{}至{until}", chinese_date(span.from_on)),
        name: span.name.clone(),
        parent: span
            .parent
            .map(|p| world.structure.name(p, span.from_on).to_owned())
            .unwrap_or_default(),
        attrs: span
            .attrs
            .iter()
            .filter_map(|(k, v)| attr_words(world, k, v))
            .collect(),
    }
}

fn attr_words(world: &World, name: &str, value: &AttrValue) -> Option<String> {
    let sector = |id: &String| {
        world
            .book
            .packs()
            .iter()
            .flat_map(|(_, p)| &p.sectors)
            .find(|s| s.id == **id)
            .map_or_else(|| id.clone(), |s| s.title.clone())
    };
    match (name, value) {
        (_, AttrValue::Flag(false)) => None,
        ("high_hazard", AttrValue::Flag(true)) => Some("高危行业".to_owned()),
        ("above_scale", AttrValue::Flag(true)) => Some("规模以上".to_owned()),
        ("subject", AttrValue::Flag(true)) => Some("主体企业".to_owned()),
        ("regulator", AttrValue::Flag(true)) => Some("负有安全监管职责".to_owned()),
        ("member_unit", AttrValue::Flag(true)) => Some("安委会成员单位".to_owned()),
        ("sector", AttrValue::Text(id)) => Some(format!("领域：{}", sector(id))),
        ("sectors", AttrValue::Many(all)) => {
            let titles: Vec<String> = all.iter().map(sector).collect();
            Some(format!("行业领域：{}", titles.join("、")))
        }
        (name, AttrValue::Flag(true)) => Some(name.to_owned()),
        (name, AttrValue::Number(n)) => Some(format!("{name}：{n}")),
        (name, AttrValue::Text(text)) => Some(format!("{name}：{text}")),
        (name, AttrValue::Many(all)) => Some(format!("{name}：{}", all.join("、"))),
    }
}

fn links_seen(world: &World, id: BodyId, day: NaiveDate) -> Vec<LinkSeen> {
    world
        .structure
        .relations_of(id, day)
        .into_iter()
        .map(|l| {
            let forward = l.a == id;
            let other = if forward { l.b } else { l.a };
            LinkSeen {
                word: words::link(l.kind),
                kind: l.kind,
                a: l.a,
                b: l.b,
                name: world.structure.name(other, day).to_owned(),
                other,
                since: chinese_date(l.from_on),
                forward,
            }
        })
        .collect()
}

fn posts_seen(world: &World, id: BodyId, day: NaiveDate) -> Vec<PostSeen> {
    world
        .structure
        .posts_of(id, day)
        .map(|p| PostSeen {
            id: p.id,
            title: p.title.clone(),
            holder: world
                .structure
                .holder(p.id, day)
                .map_or_else(|| "空缺".to_owned(), |h| world.person_name(h).to_owned()),
            by_office: p
                .ex_officio
                .map(|b| world.owner_name(Owner::Post(b), day))
                .unwrap_or_default(),
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

/// Names for a search box: the body of this very name first, then those whose name contains the
/// text, enterprises before organs.
pub async fn options(ctx: &Ctx, text: &str, limit: usize) -> Result<Vec<(BodyId, String)>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let day = ctx.today;
    let text = text.trim();
    let mut found: Vec<(bool, BodyId, String)> = world
        .structure
        .bodies()
        .iter()
        .filter(|b| b.exists_on(day))
        .filter_map(|b| b.span_on(day).map(|s| (b, s)))
        .filter(|(_, s)| text.is_empty() || s.name.contains(text))
        .filter(|(b, _)| who.may(&world.structure, Action::ViewBody, b.id, day))
        .map(|(b, s)| (b.kind != BodyKind::Enterprise, b.id, s.name.clone()))
        .collect();
    found.sort_by(|a, b| (a.2 != text, a.0, &a.2).cmp(&(b.2 != text, b.0, &b.2)));
    Ok(found
        .into_iter()
        .take(limit)
        .map(|(_, id, name)| (id, name))
        .collect())
}
