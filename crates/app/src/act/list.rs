//! 履职记录: acts as a list, filtered, newest first, paged by key.

use chrono::NaiveDate;
use domain::act::{Act, ActSort, FieldValue, Judged, PartRole};
use domain::calendar::words::{chinese_date, period_name};
use domain::id::{ActId, BodyId};
use domain::policy::Action;

use super::returns::recent_returns;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::listed::PageAsked;
use crate::world::World;

/// Rows a page.
pub const PAGE: usize = 30;

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct ActQuery {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only acts with a part of this body, or of those it answers for.
    pub body: Option<BodyId>,
    /// From this day.
    pub from: Option<NaiveDate>,
    /// To this day, included.
    pub to: Option<NaiveDate>,
    /// Only returns that wait for acceptance.
    pub waiting: bool,
    /// Only acts whose fields contain it.
    pub text: String,
    /// The key after which the page begins.
    pub after: Option<String>,
    /// Rows at most; 0 is a page.
    pub limit: usize,
}

/// One act in a list.
#[derive(Debug, Clone)]
pub struct ActLine {
    /// The act.
    pub id: ActId,
    /// Its day, as shown.
    pub day: String,
    /// Kind.
    pub kind: String,
    /// What it is about.
    pub headline: String,
    /// Who did it: 带队 石桥镇人民政府镇长.
    pub did: String,
    /// 已撤回, 待审核, 已退回, or empty.
    pub mark: &'static str,
}

/// A page of acts.
#[derive(Debug, Clone, Default)]
pub struct Acts {
    /// Rows.
    pub lines: Vec<ActLine>,
    /// Key of the next page.
    pub next: Option<String>,
    /// How many: a number, or 1000+.
    pub count: String,
}

/// A page of acts that the person may see.
pub async fn acts(ctx: &Ctx, query: &ActQuery) -> Result<Acts> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    if query.waiting {
        return waiting(ctx, &world).await;
    }
    let day = ctx.day();
    let bodies: Option<Vec<BodyId>> = match query.body {
        Some(body) => {
            ctx.allow(&world.structure, Action::ViewAct, body)?;
            Some(world.structure.answers_for(body, day))
        }
        None if who.may(&world.structure, Action::ViewAct, world.home, ctx.today) => None,
        None => Some(
            world
                .structure
                .bodies()
                .iter()
                .map(|b| b.id)
                .filter(|b| who.may(&world.structure, Action::ViewAct, *b, ctx.today))
                .collect(),
        ),
    };
    let filter = store::act::ActFilter {
        kinds: query.kind.iter().filter_map(|k| k.parse().ok()).collect(),
        bodies,
        from: query.from,
        to: Some(query.to.map_or(day, |to| to.min(day))),
        text: Some(query.text.trim().to_owned()).filter(|t| !t.is_empty()),
        withdrawn_too: true,
        as_of: ctx.as_of_seq(world.home).await?,
        ..store::act::ActFilter::default()
    };
    let limit = if query.limit == 0 { PAGE } else { query.limit };
    let order = ("act.list", ActSort::Newest.code(), 2);
    let asked = PageAsked::read(order, query.after.as_deref(), None)?.of_rows(limit);
    let page = ctx
        .app
        .store
        .read(async |r| {
            let turn = asked.turn();
            store::act::acts_page(r, world.home, &filter, ActSort::Newest, &turn).await
        })
        .await?;
    let count = page.count.to_string();
    let listed = asked.answer(page, |a| line(&world, &a, day));
    Ok(Acts {
        lines: listed.rows,
        next: listed.next,
        count,
    })
}

/// Returns of the last months that wait for acceptance.
pub(crate) async fn waiting_returns(ctx: &Ctx, world: &World) -> Result<Vec<Act>> {
    let all = recent_returns(ctx, world).await?;
    let waits = |a: &&Act| matches!(a.judged(), Judged::Waiting(_));
    Ok(all.iter().filter(waits).cloned().collect())
}

async fn waiting(ctx: &Ctx, world: &World) -> Result<Acts> {
    let all = waiting_returns(ctx, world).await?;
    let day = ctx.day();
    let lines: Vec<ActLine> = all
        .iter()
        .filter(|a| super::power::visible(ctx, world, a).is_ok())
        .map(|a| line(world, a, day))
        .collect();
    let count = lines.len().to_string();
    Ok(Acts {
        lines,
        next: None,
        count,
    })
}

/// An act as one line.
pub(crate) fn line(world: &World, act: &Act, on: NaiveDate) -> ActLine {
    ActLine {
        id: act.id,
        day: chinese_date(act.occurred_on),
        kind: kind_title(world, act),
        headline: headline(world, act),
        did: did(world, act, on),
        mark: mark(act),
    }
}

fn kind_title(world: &World, act: &Act) -> String {
    world
        .act_kind(act.kind.as_str())
        .map_or_else(|| act.kind.to_string(), |k| k.title.clone())
}

/// Who did it, the first few.
fn did(world: &World, act: &Act, on: NaiveDate) -> String {
    let order = [PartRole::Presided, PartRole::Led, PartRole::Hosted];
    let names: Vec<String> = order
        .iter()
        .flat_map(|role| act.parts.iter().filter(move |p| p.role == *role))
        .filter(|p| !by_office(world, act, p.post))
        .map(|p| super::show::part_name(world, p, on))
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one}等{}个", rest.len() + 1),
    }
}

/// A chair that stands in the act only because its holder led is not named twice.
fn by_office(world: &World, act: &Act, post: Option<domain::id::PostId>) -> bool {
    post.and_then(|p| world.structure.post(p))
        .and_then(|p| p.ex_officio)
        .is_some_and(|behind| act.parts.iter().any(|other| other.post == Some(behind)))
}

/// What an act is about: where it went, its topic, or the period and form.
pub fn headline(world: &World, act: &Act) -> String {
    let kind = kind_title(world, act);
    if let (Some(form), Some(period)) = (&act.form, act.period) {
        return format!("{} {}", period_name(period), form_title(world, form));
    }
    let place = act.parts.iter().find(|p| p.role == PartRole::WasVisited);
    if let Some(place) = place {
        let more = act
            .parts
            .iter()
            .filter(|p| p.role == PartRole::WasVisited)
            .count();
        let name = world.structure.name(place.body, act.occurred_on);
        let tail = if more > 1 {
            format!("等{more}处")
        } else {
            String::new()
        };
        return format!("{kind}：{name}{tail}");
    }
    let text = ["topic", "title", "content", "form", "kind", "way"]
        .iter()
        .find_map(|id| {
            let (field, value) = act.fields.iter().find(|(k, _)| *k == id)?;
            match value {
                FieldValue::Text(text) => Some(super::show::value_title(world, field, text)),
                FieldValue::Flag(_) | FieldValue::Number(_) | FieldValue::Many(_) => None,
            }
        });
    let period = act
        .period
        .map(|p| format!("（{}）", period_name(p)))
        .unwrap_or_default();
    match text {
        Some(text) => format!("{kind}：{text}{period}"),
        None => format!("{kind}{period}"),
    }
}

/// The title of a form, `pack/form`.
pub(crate) fn form_title(world: &World, form: &str) -> String {
    let Some((pack, id)) = form.split_once('/') else {
        return form.to_owned();
    };
    world
        .book
        .packs()
        .iter()
        .filter(|(_, p)| p.id == *pack)
        .flat_map(|(_, p)| &p.forms)
        .find(|f| f.id == *id)
        .map_or_else(|| form.to_owned(), |f| f.title.clone())
}

/// 已撤回, 待审核, 已退回, or nothing.
pub(crate) fn mark(act: &Act) -> &'static str {
    if act.withdrawn {
        return "已撤回";
    }
    if act.form.is_none() {
        return "";
    }
    match act.judged() {
        Judged::Waiting(_) => "待审核",
        Judged::SentBack { .. } => "已退回",
        Judged::Accepted(_) => "已审核",
    }
}
