//! 职责: bodies × periods, a cell's colour its standing.

use chrono::{Datelike, NaiveDate};
use domain::body::{BodyKind, Level};
use domain::calendar::{Period, PeriodKind};
use domain::duty::Key;
use domain::id::{BodyId, Owner, Slug};
use domain::listing::PageSize;
use domain::standing::{Standing, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cells::{Builder, Row};
use super::item::{ClauseRef, clause_refs};
use super::list::{TEXT_LONGEST, before};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::listed::{Count, PageAsked};
use crate::world::World;

/// Parts of a key: place in the order, row.
const KEY_PARTS: usize = 2;

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

domain::codes! {
    /// The order of the rows of a grid.
    GridSort {
        /// The order of the bodies.
        Body = "body",
        /// By what is overdue, most first.
        Overdue = "overdue",
    }
}

/// What to show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowGrid {
    /// The pack of the one duty that is shown; all together where none is said.
    #[schemars(title = "制度代码")]
    pub pack: Option<Slug>,
    /// The one duty.
    #[schemars(title = "职责代码")]
    pub duty: Option<Slug>,
    /// Year; the one of the day looked at.
    #[schemars(title = "年度", range(min = 1900, max = 2999))]
    pub year: Option<i32>,
    /// Whose rows; the towns' where it is not said.
    #[schemars(title = "谁的")]
    pub scope: Option<Scope>,
    /// Only rows with something overdue.
    #[schemars(title = "只看欠的")]
    pub late_only: Option<bool>,
    /// Only rows whose name contains it.
    #[schemars(title = "单位名称含有的字", length(max = TEXT_LONGEST))]
    pub text: Option<String>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<GridSort>,
    /// Where the page begins.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// How many rows it holds.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

impl ShowGrid {
    /// The one duty that is shown.
    pub(super) fn one(&self) -> Option<(&Slug, &Slug)> {
        self.pack.as_ref().zip(self.duty.as_ref())
    }
}

/// A column: the duty's own period, or the month that obligations fall due in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "GridColumn")]
pub struct Column {
    /// The period.
    pub period: Period,
    /// It holds the day that is looked at.
    pub is_now: bool,
}

/// A cell: how what is owed there stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "GridCell")]
pub struct Cell {
    /// The state, the worst one where several obligations stand in the cell; `None` is not owed.
    pub state: Option<State>,
    /// How many obligations.
    pub owed: u32,
    /// Met in time.
    pub in_time: u32,
    /// Met late.
    pub late: u32,
    /// Overdue.
    pub overdue: u32,
    /// Open.
    pub open: u32,
    /// Waived.
    pub waived: u32,
    /// The obligation, where it is one only.
    pub key: Option<Key>,
    /// Its standing.
    pub standing: Option<Standing>,
    /// A date or an acceptance is not settled.
    pub provisional: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GridRow {
    /// Name as shown.
    pub name: String,
    /// The body.
    pub body: BodyId,
    /// Who owes, where one duty is shown.
    pub owner: Option<Owner>,
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
