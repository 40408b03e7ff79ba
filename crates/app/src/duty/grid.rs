//! 职责: bodies × periods, a cell's colour its standing.

use chrono::{Datelike, NaiveDate};
use domain::calendar::{Period, PeriodKind};
use domain::id::Slug;
use schemars::JsonSchema;
use serde::Serialize;

use super::cells::{Builder, Row};
use super::item::{ClauseRef, clause_refs};
use super::owed::before;
use super::table::{Column, GridRow, GridSort, ShowGrid};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::listed::{Count, PageAsked};
use crate::world::World;

/// Parts of a key: place in the order, row.
const KEY_PARTS: usize = 2;

/// A duty to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DutyChoice {
    /// Its pack.
    pub pack: Slug,
    /// The duty.
    pub duty: Slug,
    /// Title.
    pub title: String,
    /// Short name of the notice.
    pub notice: String,
}

/// The grid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Grid {
    /// The duty's title, where one is shown.
    pub title: Option<String>,
    /// Its clauses.
    pub clauses: Vec<ClauseRef>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows of the page.
    pub rows: Vec<GridRow>,
    /// The key of the next page.
    pub next: Option<String>,
    /// The key of the page before.
    pub previous: Option<String>,
    /// How many rows there are on all pages.
    pub count: Count,
    /// Duties to choose from.
    pub duties: Vec<DutyChoice>,
    /// Overdue in all rows.
    pub overdue: u32,
}

/// The years that can be shown: from the first application to the year of today.
pub fn years(world: &World, today: NaiveDate) -> Vec<i32> {
    let uses = world.book.packs().iter().map(|(u, _)| u.from_on.year());
    let first = uses.min().unwrap_or_else(|| today.year());
    (first..=today.year()).rev().collect()
}

/// The grid for a query.
pub async fn grid(ctx: &Ctx, asked: ShowGrid) -> Result<Grid> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let year = asked.year.unwrap_or_else(|| ctx.day().year());
    let none = || Error::NotFound("这个年份");
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(none)?;
    let last = NaiveDate::from_ymd_opt(year, 12, 31).ok_or_else(none)?;
    let sort = asked.sort.unwrap_or(GridSort::Body);
    let turn = PageAsked::read(
        ("duty.grid", sort.code(), KEY_PARTS),
        asked.page.as_deref(),
        asked.size,
    )?;
    let facts = ctx.app.facts(ctx, &world, before(first)).await?;
    let lines = lines_of(&world, asked.one())?;
    let columns = columns_of(&world, &lines, first, last, facts.day);
    let mut builder = Builder::new(ctx, &world, &facts, &asked, &columns);
    for at in &lines {
        builder.add_line(*at, before(first), last);
    }
    let mut rows = builder.finish();
    let overdue = rows.iter().map(Row::overdue).sum();
    if asked.late_only == Some(true) {
        rows.retain(|r| r.overdue() > 0);
    }
    let key = |r: &Row| match sort {
        GridSort::Body => r.by_body(),
        GridSort::Overdue => r.by_overdue(),
    };
    rows.sort_by_cached_key(key);
    let page = turn.cut(rows, key);
    let chosen = asked.one().and_then(|(p, d)| world.book.line(p, d));
    let newest = chosen.and_then(|l| Some((l, l.newest()?)));
    Ok(Grid {
        title: newest.map(|(_, d)| d.decl.title.clone()),
        clauses: newest.map_or_else(Vec::new, |(l, d)| clause_refs(&world, l, &d.clauses)),
        columns,
        rows: page.rows.into_iter().map(|r| r.shown(&world)).collect(),
        next: page.next,
        previous: page.previous,
        count: page.count,
        duties: duty_choices(&world),
        overdue,
    })
}

fn lines_of(world: &World, one: Option<(&Slug, &Slug)>) -> Result<Vec<usize>> {
    let all = world.book.lines().iter().enumerate();
    let followed = all.filter(|(_, l)| l.versions.iter().any(|d| d.followed));
    match one {
        None => Ok(followed.map(|(i, _)| i).collect()),
        Some((pack, duty)) => {
            let found: Vec<usize> = followed
                .filter(|(_, l)| l.pack == *pack && l.id == *duty)
                .map(|(i, _)| i)
                .collect();
            if found.is_empty() {
                Err(Error::NotFound("这项职责"))
            } else {
                Ok(found)
            }
        }
    }
}

/// The duties whose standing is kept, in the order of the notices, to choose one from.
pub fn duty_choices(world: &World) -> Vec<DutyChoice> {
    world
        .book
        .lines()
        .iter()
        .filter_map(|l| l.newest().filter(|d| d.followed).map(|d| (l, d)))
        .map(|(l, d)| DutyChoice {
            pack: l.pack.clone(),
            duty: l.id.clone(),
            title: d.decl.title.clone(),
            notice: l.short.clone(),
        })
        .collect()
}

/// The duty's own periods where one duty is chosen, else the months in which things fall due.
fn columns_of(
    world: &World,
    lines: &[usize],
    first: NaiveDate,
    last: NaiveDate,
    day: NaiveDate,
) -> Vec<Column> {
    let own: Option<Vec<Period>> = match lines {
        [one] => world.book.lines().get(*one).map(|l| {
            let inside = |p: &Period| p.last_day() <= last || p.first_day() >= first;
            world
                .book
                .periods(l, first, last)
                .into_iter()
                .filter(inside)
                .collect()
        }),
        _ => None,
    };
    let months = || {
        (1..=12)
            .filter_map(|m| NaiveDate::from_ymd_opt(first.year(), m, 1))
            .map(|d| Period::of(PeriodKind::Month, d))
            .collect()
    };
    let periods: Vec<Period> = own.filter(|p| p.len() <= 62).unwrap_or_else(months);
    periods
        .into_iter()
        .map(|period| Column {
            is_now: period.contains(day),
            period,
        })
        .collect()
}
