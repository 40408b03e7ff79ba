//! 职责清单: obligations as a list, filtered, sorted by date, paged.

use chrono::{Datelike, NaiveDate};
use domain::calendar::Period;
use domain::id::{BodyId, Owner, Slug};
use domain::policy::Action;
use domain::standing::State;

use super::grid::Scope;
use super::item::{Item, item};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::world::World;

/// Rows a page.
pub const PAGE: usize = 50;
/// Rows of an export; more must be narrowed by a filter, and the page says so.
pub const EXPORT_MAX: usize = 20_000;

/// What to list.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Year in which the obligations fall due.
    pub year: i32,
    /// Only those that fall due in this month.
    pub month: Option<Period>,
    /// Only this duty.
    pub duty: Option<(Slug, Slug)>,
    /// Only this body, its organs and posts.
    pub body: Option<BodyId>,
    /// Only this state.
    pub state: Option<State>,
    /// Only rows whose title or owner contains it.
    pub text: String,
    /// Whose.
    pub scope: Scope,
    /// First row.
    pub skip: usize,
    /// Rows at most.
    pub limit: usize,
}

/// A page of the list.
#[derive(Debug, Clone)]
pub struct List {
    /// Rows.
    pub items: Vec<Item>,
    /// How many there are in all.
    pub count: usize,
    /// First row shown.
    pub skip: usize,
    /// The body that the list is narrowed to.
    pub body_name: Option<String>,
}

/// The list for a query.
pub async fn list(ctx: &Ctx, query: &ListQuery) -> Result<List> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    if let Some(body) = query.body {
        ctx.allow(&world.structure, Action::ViewStanding, body)?;
    }
    let bad = Error::NotFound("这个年份");
    let Some(first) = NaiveDate::from_ymd_opt(query.year, 1, 1) else {
        return Err(bad);
    };
    let Some(last) = NaiveDate::from_ymd_opt(query.year, 12, 31) else {
        return Err(bad);
    };
    let since = before(first);
    let facts = ctx.app.facts(ctx, &world, since).await?;
    let found = wanted(ctx, &world, &facts, query, (since, last));
    let text = query.text.trim();
    let mut items: Vec<Item> = found
        .into_iter()
        .filter_map(|(at, owner, period)| {
            let line = world.book.lines().get(at)?;
            let ob = world.obligation(at, owner, period)?;
            Some(item(&world, line, &ob, &facts))
        })
        .filter(|i| query.state.is_none_or(|s| i.standing.state == s))
        .filter(|i| text.is_empty() || i.title.contains(text) || i.owner_name.contains(text))
        .collect();
    items.sort_by(|a, b| {
        (a.due_on, &a.title, &a.owner_name).cmp(&(b.due_on, &b.title, &b.owner_name))
    });
    let count = items.len();
    let items = items
        .into_iter()
        .skip(query.skip)
        .take(query.limit.clamp(1, EXPORT_MAX))
        .collect();
    let body_name = query
        .body
        .map(|b| world.structure.name(b, facts.day).to_owned());
    Ok(List {
        items,
        count,
        skip: query.skip,
        body_name,
    })
}

/// Days before a year in which a period may end that falls due within it.
const BEFORE_DAYS: u64 = 400;

/// Where to begin looking for what falls due from a day on.
pub(super) fn before(first: NaiveDate) -> NaiveDate {
    first
        .checked_sub_days(chrono::Days::new(BEFORE_DAYS))
        .unwrap_or(first)
}

/// The obligations that a query asks for: line, owner, period.
fn wanted(
    ctx: &Ctx,
    world: &World,
    facts: &Facts,
    query: &ListQuery,
    (first, last): (NaiveDate, NaiveDate),
) -> Vec<(usize, Owner, Period)> {
    let wanted_bodies: Option<Vec<BodyId>> = query
        .body
        .map(|b| world.structure.answers_for(b, facts.day));
    let mut found = Vec::new();
    for (at, line) in world.book.lines().iter().enumerate() {
        let other = query
            .duty
            .as_ref()
            .is_some_and(|(p, d)| line.pack != *p || line.id != *d);
        if other || !line.versions.iter().any(|d| d.followed) {
            continue;
        }
        for period in world.book.periods(line, first, last) {
            let Some(due) = world.due(at, period) else {
                continue;
            };
            let in_month = query.month.is_none_or(|m| m.contains(due.on));
            if due.on.year() != query.year || !in_month {
                continue;
            }
            for owner in world.owners(at, period, facts.day).iter() {
                let Some(body) = world.structure.body_of(*owner) else {
                    continue;
                };
                let mine = wanted_bodies.as_ref().is_none_or(|all| all.contains(&body));
                let shown = query.scope.shows(world, body, facts.day);
                if mine && shown && visible(ctx, world, body) {
                    found.push((at, *owner, period));
                }
            }
        }
    }
    found
}

fn visible(ctx: &Ctx, world: &World, body: BodyId) -> bool {
    ctx.may(&world.structure, Action::ViewStanding, body)
}
