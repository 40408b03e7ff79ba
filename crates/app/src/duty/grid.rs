//! 职责: bodies × periods, a cell's colour its standing.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use domain::body::{BodyKind, Level};
use domain::calendar::words::period_name;
use domain::calendar::{Period, PeriodKind};
use domain::id::{BodyId, Owner, Slug};
use domain::policy::Action;
use domain::standing::{Standing, State};

use super::item::{ClauseRef, DutyKey, clause_refs};
use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::words;
use crate::world::{Facts, World};

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
    /// The obligation's page, or the list that opens all of them.
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
    let facts = ctx.app.facts(ctx, &world, first).await?;
    let lines = lines_of(&world, query)?;
    let columns = columns_of(&world, &lines, first, last, facts.day);
    let mut builder = Builder {
        world: &world,
        facts: &facts,
        ctx,
        query,
        columns: &columns,
        rows: HashMap::new(),
    };
    for at in &lines {
        builder.add_line(*at, first, last);
    }
    let mut rows = builder.finish();
    let overdue = rows.iter().map(|r| r.overdue).sum();
    if query.late_only {
        rows.retain(|r| r.overdue > 0);
    }
    let row_count = rows.len();
    let rows = rows
        .into_iter()
        .skip(query.skip)
        .take(query.limit.clamp(1, ROWS_MAX))
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

struct Builder<'a> {
    world: &'a World,
    facts: &'a Facts,
    ctx: &'a Ctx,
    query: &'a GridQuery,
    columns: &'a [Column],
    rows: HashMap<RowKey, Vec<Tally>>,
}

/// A row is an owner where one duty is shown, else a body with its posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum RowKey {
    Owner(Owner),
    Body(BodyId),
}

#[derive(Debug, Clone, Default)]
struct Tally {
    owed: u32,
    in_time: u32,
    late: u32,
    overdue: u32,
    open: u32,
    waived: u32,
    before: u32,
    provisional: bool,
    only: Option<(DutyKey, Standing)>,
}

impl Builder<'_> {
    fn add_line(&mut self, at: usize, first: NaiveDate, last: NaiveDate) {
        let Some(line) = self.world.book.lines().get(at) else {
            return;
        };
        let single = self.query.duty.is_some();
        for period in self.world.book.periods(line, first, last) {
            let Some(due) = self.world.due(at, period) else {
                continue;
            };
            let column = self.columns.iter().position(|c| {
                if single {
                    c.period == period
                } else {
                    c.period.contains(due.on)
                }
            });
            let Some(column) = column else { continue };
            for owner in self.world.owners(at, period, self.facts.day).iter() {
                let Some(key) = self.row_key(*owner, single) else {
                    continue;
                };
                let Some(ob) = self.world.obligation(at, *owner, period) else {
                    continue;
                };
                let standing = self.world.standing(line, &ob, self.facts);
                let width = self.columns.len();
                let cells = self
                    .rows
                    .entry(key)
                    .or_insert_with(|| vec![Tally::default(); width]);
                if let Some(tally) = cells.get_mut(column) {
                    let key = DutyKey {
                        pack: line.pack.clone(),
                        duty: line.id.clone(),
                        owner: *owner,
                        period,
                    };
                    tally.add(key, standing);
                }
            }
        }
    }

    fn row_key(&self, owner: Owner, single: bool) -> Option<RowKey> {
        let body = self.world.structure.body_of(owner)?;
        let shown = self.query.scope.shows(self.world, body, self.facts.day);
        if !shown || !self.visible(body) {
            return None;
        }
        Some(if single {
            RowKey::Owner(owner)
        } else {
            RowKey::Body(self.row_body(body))
        })
    }

    /// A town's organs stand in one row, the town's.
    fn row_body(&self, body: BodyId) -> BodyId {
        let town = self
            .world
            .structure
            .jurisdiction(body, self.facts.day)
            .filter(|t| {
                t.span_on(self.facts.day)
                    .is_some_and(|s| s.level == Level::Town)
            });
        let organ = self
            .world
            .structure
            .body(body)
            .is_some_and(|b| matches!(b.kind, BodyKind::PartyCommittee | BodyKind::Government));
        town.filter(|_| organ).map_or(body, |t| t.id)
    }

    fn visible(&self, body: BodyId) -> bool {
        match &self.ctx.actor {
            Actor::System { .. } => true,
            Actor::Anonymous => false,
            Actor::Person(who) | Actor::Operator { who, .. } => who.may(
                &self.world.structure,
                Action::ViewStanding,
                body,
                self.ctx.today,
            ),
        }
    }

    fn finish(self) -> Vec<GridRow> {
        let day = self.facts.day;
        let world = self.world;
        let order = |key: &RowKey| {
            let body = match key {
                RowKey::Owner(o) => world.structure.body_of(*o),
                RowKey::Body(b) => Some(*b),
            };
            body.and_then(|b| world.structure.body(b))
                .map(|b| (b.sort_key.clone(), b.id))
        };
        let mut rows: Vec<(RowKey, Vec<Tally>)> = self.rows.into_iter().collect();
        rows.sort_by_cached_key(|(key, _)| (order(key), *key));
        let text = self.query.text.trim();
        rows.into_iter()
            .map(|(key, tallies)| row(world, key, &tallies, self.columns, self.query, day))
            .filter(|r| text.is_empty() || r.name.contains(text))
            .collect()
    }
}

fn row(
    world: &World,
    key: RowKey,
    tallies: &[Tally],
    columns: &[Column],
    query: &GridQuery,
    day: NaiveDate,
) -> GridRow {
    let (name, body) = match key {
        RowKey::Owner(o) => (world.owner_name(o, day), world.structure.body_of(o)),
        RowKey::Body(b) => (world.structure.name(b, day).to_owned(), Some(b)),
    };
    let body = body.unwrap_or(world.home);
    let list = |column: &Column| {
        format!(
            "/duties?view=list&year={}&body={body}&month={}",
            query.year, column.period
        )
    };
    GridRow {
        name,
        body,
        cells: tallies
            .iter()
            .zip(columns)
            .map(|(t, c)| t.cell(&list(c)))
            .collect(),
        in_time: tallies.iter().map(|t| t.in_time).sum(),
        fallen_due: tallies.iter().map(|t| t.in_time + t.late + t.overdue).sum(),
        overdue: tallies.iter().map(|t| t.overdue).sum(),
    }
}

impl Tally {
    fn add(&mut self, key: DutyKey, standing: Standing) {
        self.owed += 1;
        match standing.state {
            State::Met => self.in_time += 1,
            State::MetLate => self.late += 1,
            State::Overdue => self.overdue += 1,
            State::Open => self.open += 1,
            State::Waived => self.waived += 1,
            State::BeforeRecords => self.before += 1,
            State::NotYetOpen => {}
        }
        self.provisional |= standing.provisional;
        self.only = (self.owed == 1).then_some((key, standing));
    }

    fn worst(&self) -> Option<State> {
        if self.owed == 0 {
            None
        } else if self.overdue > 0 {
            Some(State::Overdue)
        } else if self.open > 0 {
            Some(State::Open)
        } else if self.late > 0 {
            Some(State::MetLate)
        } else if self.in_time > 0 {
            Some(State::Met)
        } else if self.waived > 0 {
            Some(State::Waived)
        } else if self.before > 0 {
            Some(State::BeforeRecords)
        } else {
            Some(State::NotYetOpen)
        }
    }

    fn cell(&self, list: &str) -> Cell {
        let state = self.worst();
        if let Some((key, standing)) = &self.only {
            let sign = if standing.state == State::Open {
                format!("{}/{}", standing.have.min(standing.need), standing.need)
            } else {
                words::state_sign(standing.state).to_owned()
            };
            return Cell {
                state,
                sign,
                word: words::standing(standing),
                path: key.path(),
                provisional: self.provisional,
            };
        }
        let done = self.in_time + self.late + self.waived;
        let sign = match state {
            None => String::new(),
            Some(State::NotYetOpen | State::BeforeRecords) => "·".to_owned(),
            Some(State::Overdue) => format!("欠{}", self.overdue),
            Some(State::Met | State::MetLate | State::Waived | State::Open) => {
                format!("{done}/{}", self.owed)
            }
        };
        let word = format!(
            "{}项：按期{}，迟{}，逾期{}，进行中{}，豁免{}",
            self.owed, self.in_time, self.late, self.overdue, self.open, self.waived
        );
        let path = if state.is_some() {
            list.to_owned()
        } else {
            String::new()
        };
        Cell {
            state,
            sign,
            word,
            path,
            provisional: self.provisional,
        }
    }
}
