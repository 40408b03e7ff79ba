//! 职责: bodies × periods, a cell's colour its standing.

use chrono::{Datelike, NaiveDate};
use domain::body::{BodyKind, Level};
use domain::calendar::words::period_name;
use domain::calendar::{Period, PeriodKind};
use domain::duty::Key;
use domain::id::{BodyId, Slug};
use domain::standing::State;

use super::cells::{Builder, Row};
use super::item::{ClauseRef, clause_refs};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

domain::codes! {
    /// Whose rows the grid shows.
    Scope {
        /// 各镇: towns, their organs and posts.
        Towns = "towns",
        /// 部门.
        Departments = "departments",
        /// 专委会.
        Committees = "committees",
        /// 县级: party committee, government, safety committee and office.
        County = "county",
        /// 企业.
        Enterprises = "enterprises",
        /// 全部.
        All = "all",
    }
}

impl Scope {
    /// Whether the duties of a body belong to these rows on a day.
    pub(crate) fn shows(self, world: &World, body: BodyId, on: NaiveDate) -> bool {
        let Some(known) = world.structure.body(body) else {
            return false;
        };
        let Some(level) = world.structure.level(body, on) else {
            return false;
        };
        match self {
            Self::All => true,
            Self::Towns => level == Level::Town && known.kind != BodyKind::Enterprise,
            Self::Departments => known.kind == BodyKind::Department,
            Self::Committees => known.kind == BodyKind::SpecialCommittee,
            Self::Enterprises => known.kind == BodyKind::Enterprise,
            Self::County => {
                level == Level::County
                    && matches!(
                        known.kind,
                        BodyKind::PartyCommittee
                            | BodyKind::Government
                            | BodyKind::SafetyCommittee
                            | BodyKind::SafetyOffice
                    )
            }
        }
    }
}

/// What to show.
#[derive(Debug, Clone)]
pub struct GridQuery {
    /// One duty, or all together.
    pub duty: Option<(Slug, Slug)>,
    /// Year.
    pub year: i32,
    /// Whose rows.
    pub scope: Scope,
    /// Only rows with something overdue.
    pub late_only: bool,
    /// Only rows whose name contains it.
    pub text: String,
    /// First row, for paging.
    pub skip: usize,
    /// Rows a page, at most [`ROWS_MAX`].
    pub limit: usize,
}

/// Most rows on one page of the grid.
pub const ROWS_MAX: usize = 300;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The period, or the month that obligations fall due in.
    pub period: Period,
    /// As shown: 3月, 第一季度.
    pub label: String,
    /// It holds the day that is looked at.
    pub is_now: bool,
}

/// A cell.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The state, the worst one where several obligations stand in the cell; `None` is not owed.
    pub state: Option<State>,
    /// The sign shown.
    pub sign: String,
    /// For the reader of the page: 逾期5天, 3项中2项已完成.
    pub word: String,
    /// The obligation, where it is one only.
    pub key: Option<Key>,
    /// The list that opens all of several.
    pub path: String,
    /// A date or an acceptance is not settled.
    pub provisional: bool,
}

/// A row.
#[derive(Debug, Clone)]
pub struct GridRow {
    /// Name as shown.
    pub name: String,
    /// The body, for its page.
    pub body: BodyId,
    /// One cell a column.
    pub cells: Vec<Cell>,
    /// Met in time.
    pub in_time: u32,
    /// Fallen due: met, met late, overdue.
    pub fallen_due: u32,
    /// Overdue now.
    pub overdue: u32,
}

impl GridRow {
    /// The share met in time, in whole percent; `None` before anything fell due.
    pub fn percent(&self) -> Option<u32> {
        (self.fallen_due > 0).then(|| self.in_time * 100 / self.fallen_due)
    }
}

/// A duty to choose.
#[derive(Debug, Clone)]
pub struct DutyChoice {
    /// `pack/duty`.
    pub code: String,
    /// Title.
    pub title: String,
    /// Short name of the notice.
    pub notice: String,
    /// It is the chosen one.
    pub chosen: bool,
}

/// The grid.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Title: the duty's, or 全部职责.
    pub title: String,
    /// Clauses of the duty.
    pub clauses: Vec<ClauseRef>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<GridRow>,
    /// Rows in all, before paging.
    pub row_count: usize,
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
pub async fn grid(ctx: &Ctx, query: &GridQuery) -> Result<Grid> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let first = NaiveDate::from_ymd_opt(query.year, 1, 1).ok_or(Error::NotFound("这个年份"))?;
    let last = NaiveDate::from_ymd_opt(query.year, 12, 31).ok_or(Error::NotFound("这个年份"))?;
    let facts = ctx
        .app
        .facts(ctx, &world, super::list::before(first))
        .await?;
    let lines = lines_of(&world, query)?;
    let columns = columns_of(&world, &lines, first, last, facts.day);
    let mut builder = Builder::new(ctx, &world, &facts, query, &columns);
    for at in &lines {
        builder.add_line(*at, super::list::before(first), last);
    }
    let mut rows = builder.finish();
    let overdue = rows.iter().map(Row::overdue).sum();
    if query.late_only {
        rows.retain(|r| r.overdue() > 0);
    }
    let row_count = rows.len();
    let rows = rows
        .into_iter()
        .skip(query.skip)
        .take(query.limit.clamp(1, ROWS_MAX))
        .map(|row| row.shown(&world, &columns, query.year))
        .collect();
    let chosen = query.duty.as_ref().and_then(|(p, d)| world.book.line(p, d));
    let title = chosen
        .and_then(|l| l.newest())
        .map_or_else(|| "全部职责".to_owned(), |d| d.decl.title.clone());
    let clauses = chosen
        .and_then(|l| l.newest().map(|d| clause_refs(&world, l, &d.clauses)))
        .unwrap_or_default();
    Ok(Grid {
        title,
        clauses,
        columns,
        rows,
        row_count,
        duties: duty_choices(&world, query.duty.as_ref()),
        overdue,
    })
}

fn lines_of(world: &World, query: &GridQuery) -> Result<Vec<usize>> {
    let all = world.book.lines().iter().enumerate();
    let followed = all.filter(|(_, l)| l.versions.iter().any(|d| d.followed));
    match &query.duty {
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
pub fn duty_choices(world: &World, chosen: Option<&(Slug, Slug)>) -> Vec<DutyChoice> {
    world
        .book
        .lines()
        .iter()
        .filter_map(|l| l.newest().filter(|d| d.followed).map(|d| (l, d)))
        .map(|(l, d)| DutyChoice {
            code: format!("{}/{}", l.pack, l.id),
            title: d.decl.title.clone(),
            notice: l.short.clone(),
            chosen: chosen.is_some_and(|(p, i)| *p == l.pack && *i == l.id),
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
            label: label(period),
            is_now: period.contains(day),
            period,
        })
        .collect()
}

fn label(period: Period) -> String {
    let first = period.first_day();
    match period.kind() {
        PeriodKind::Month => format!("{}月", first.month()),
        PeriodKind::Quarter => format!("{}季度", (first.month0()) / 3 + 1),
        PeriodKind::HalfYear => (if first.month() < 7 {
            "上半年"
        } else {
            "下半年"
        })
        .to_owned(),
        PeriodKind::Year => "全年".to_owned(),
        PeriodKind::Span => words::days(first, period.last_day()),
        PeriodKind::Day | PeriodKind::Week | PeriodKind::TenDays => period_name(period),
    }
}
