//! 履职记录: acts as a list, filtered, in a named order, paged by key.

use std::cmp::Ordering;

use chrono::NaiveDate;
use domain::act::{Act, ActSort, ActState, FieldValue};
use domain::id::{BodyId, Slug};
use domain::listing::PageSize;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Deserialize;
use store::act::ActFilter;

use super::line::{ActLine, line};
use super::returns::recent_returns;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::listed::{Listed, PageAsked};
use crate::world::World;

/// Longest text that is looked for, in characters.
const TEXT_LONGEST: usize = 60;

/// Which acts.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActQuery {
    /// Only this kind.
    #[schemars(title = "种类")]
    pub kind: Option<Slug>,
    /// Only acts with a part of this body, or of those it answers for.
    #[schemars(title = "单位")]
    pub body: Option<BodyId>,
    /// From this day.
    #[schemars(title = "从")]
    pub from: Option<NaiveDate>,
    /// To this day, included.
    #[schemars(title = "到")]
    pub to: Option<NaiveDate>,
    /// Only returns of the last months that wait for acceptance.
    #[schemars(title = "只看待审核的报送")]
    pub waiting: bool,
    /// Only acts whose fields contain it.
    #[schemars(title = "内容", length(max = TEXT_LONGEST))]
    pub text: Option<String>,
    /// In which order; the newest first otherwise.
    #[schemars(title = "排序")]
    pub sort: Option<ActSort>,
    /// The key of the page, as a page before or after it gave it.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// A page of acts that the person may see.
pub async fn acts(ctx: &Ctx, query: ActQuery) -> Result<Listed<ActLine>> {
    page(ctx, query, None).await
}

/// The first `rows` acts of a list, for a table to save.
pub async fn acts_to_save(ctx: &Ctx, query: ActQuery, rows: usize) -> Result<Listed<ActLine>> {
    page(ctx, query, Some(rows)).await
}

async fn page(ctx: &Ctx, query: ActQuery, rows: Option<usize>) -> Result<Listed<ActLine>> {
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    let sort = query.sort.unwrap_or(ActSort::Newest);
    let order = ("act.list", sort.code(), 2);
    let mut asked = PageAsked::read(order, query.page.as_deref(), query.size)?;
    if let Some(rows) = rows {
        asked = asked.of_rows(rows);
    }
    let bodies = seen(ctx, &world, query.body)?;
    if query.waiting {
        let found = waiting(ctx, &world, &query, bodies.as_deref()).await?;
        return Ok(cut(&asked, sort, found).map(|act| line(&world, &act)));
    }
    let day = ctx.day();
    let filter = ActFilter {
        kinds: query.kind.into_iter().collect(),
        bodies,
        from: query.from,
        to: Some(query.to.map_or(day, |to| to.min(day))),
        text: query
            .text
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty()),
        withdrawn_too: true,
        as_of: ctx.as_of_seq(world.home).await?,
        ..ActFilter::default()
    };
    let page = ctx
        .app
        .store
        .read(async |r| {
            store::act_page::acts_page(r, world.home, &filter, sort, &asked.turn()).await
        })
        .await?;
    Ok(asked.answer(page, |act| line(&world, &act)))
}

/// The bodies whose acts are listed: those that the person sees, of one body only those that it
/// answers for. `None` are all of the county.
fn seen(ctx: &Ctx, world: &World, body: Option<BodyId>) -> Result<Option<Vec<BodyId>>> {
    let whole = ctx.may(&world.structure, Action::ViewAct, world.home);
    let sees = |b: &BodyId| whole || ctx.may(&world.structure, Action::ViewAct, *b);
    if let Some(body) = body {
        ctx.allow(&world.structure, Action::ViewAct, body)?;
        let all = world.structure.answers_for(body, ctx.day()).into_iter();
        return Ok(Some(all.filter(sees).collect()));
    }
    if whole {
        return Ok(None);
    }
    let all = world.structure.bodies().iter().map(|b| b.id);
    Ok(Some(all.filter(sees).collect()))
}

/// Returns that wait for acceptance and that the person sees; they are held in memory.
async fn waiting(
    ctx: &Ctx,
    world: &World,
    query: &ActQuery,
    bodies: Option<&[BodyId]>,
) -> Result<Vec<Act>> {
    let text = query.text.as_deref().map(str::trim).unwrap_or_default();
    let contains = |value: &FieldValue| match value {
        FieldValue::Text(has) => has.contains(text),
        FieldValue::Many(all) => all.iter().any(|has| has.contains(text)),
        FieldValue::Flag(_) | FieldValue::Number(_) => false,
    };
    let day = ctx.day();
    let last = query.to.map_or(day, |to| to.min(day));
    let wanted = |act: &&Act| {
        act.state().code() == ActState::Waiting
            && query.kind.as_ref().is_none_or(|kind| *kind == act.kind)
            && query.from.is_none_or(|from| act.occurred_on >= from)
            && act.occurred_on <= last
            && (text.is_empty() || act.fields.values().any(contains))
            && bodies.is_none_or(|ids| act.parts.iter().any(|p| ids.contains(&p.body)))
    };
    let held = recent_returns(ctx, world).await?;
    Ok(held.iter().filter(wanted).cloned().collect())
}

/// A page of acts that are held in memory, oldest first.
fn cut(asked: &PageAsked, sort: ActSort, mut all: Vec<Act>) -> Listed<Act> {
    let order = match sort {
        ActSort::Newest => {
            all.reverse();
            Ordering::Greater
        }
        ActSort::Oldest => Ordering::Less,
    };
    asked.cut_in(order, all, |act| {
        vec![act.occurred_on.to_string(), act.id.to_string()]
    })
}

/// What an act is about in words, for lists of other nouns.
pub(crate) fn headline(world: &World, act: &Act) -> String {
    super::words::headline(&line(world, act))
}
