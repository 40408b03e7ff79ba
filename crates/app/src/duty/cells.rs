//! What stands in the cells of the grid: obligations judged and summed up, a row a body or owner.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::body::{BodyKind, Level};
use domain::calendar::Period;
use domain::duty::Key;
use domain::id::{BodyId, Owner};
use domain::policy::Action;
use domain::standing::{Standing, State, Terms};

use super::table::{Cell, Column, GridRow, Scope, ShowGrid};
use crate::ctx::Ctx;
use crate::facts::Facts;
use crate::world::World;

/// Sums the obligations of the duties up, one duty after the other.
pub(super) struct Builder<'a> {
    world: &'a World,
    facts: &'a Facts,
    ctx: &'a Ctx,
    query: &'a ShowGrid,
    columns: &'a [Column],
    /// The row of everybody who was met, or none where the grid does not show them: who may see
    /// whom is asked once for each, not for each of their obligations.
    places: HashMap<Owner, Option<usize>>,
    /// The same for those who owed last, in their order: nearly always they owe next as well.
    last: (Arc<Vec<Owner>>, Vec<Option<usize>>),
    rows: Vec<(RowKey, Vec<Tally>)>,
    row_at: HashMap<RowKey, usize>,
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
    /// The one obligation of the cell: place of its duty, who owes, when, and how it stands.
    only: Option<(usize, Owner, Period, Standing)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        ctx: &'a Ctx,
        world: &'a World,
        facts: &'a Facts,
        query: &'a ShowGrid,
        columns: &'a [Column],
    ) -> Self {
        Self {
            world,
            facts,
            ctx,
            query,
            columns,
            places: HashMap::new(),
            last: (Arc::default(), Vec::new()),
            rows: Vec::new(),
            row_at: HashMap::new(),
        }
    }

    /// Judges what is owed by a duty in a year.
    pub(super) fn add_line(&mut self, at: usize, first: NaiveDate, last: NaiveDate) {
        let (world, facts) = (self.world, self.facts);
        let Some(line) = world.book.lines().get(at) else {
            return;
        };
        for period in world.book.periods(line, first, last) {
            let governing = line.governing(period).and_then(|i| line.versions.get(i));
            if !governing.is_some_and(|d| d.followed) {
                continue;
            }
            let Some(column) = self.column(at, period) else {
                continue;
            };
            let owners = world.owners(at, period, facts.day);
            let shared = owners
                .first()
                .and_then(|owner| world.obligation(at, *owner, period))
                .map(|ob| facts.in_period(&world.book, line, period, Terms::of(&ob)));
            let Some(shared) = shared else { continue };
            if self.last.0 != owners {
                let places = owners.iter().map(|owner| self.place(*owner)).collect();
                self.last = (owners.clone(), places);
            }
            for (owner, place) in owners.iter().zip(&self.last.1) {
                let tally = place
                    .and_then(|row| self.rows.get_mut(row))
                    .and_then(|(_, cells)| cells.get_mut(column));
                if let Some(tally) = tally {
                    tally.add((at, *owner, period), shared.standing(*owner));
                }
            }
        }
    }

    /// The column of a duty's period: its own where one duty is shown, else the month it is due in.
    fn column(&self, at: usize, period: Period) -> Option<usize> {
        let due = self.world.due(at, period)?;
        let single = self.query.one().is_some();
        self.columns.iter().position(|c| {
            if single {
                c.period == period
            } else {
                c.period.contains(due.on)
            }
        })
    }

    /// The row of one who owes, made when it is first met.
    fn place(&mut self, owner: Owner) -> Option<usize> {
        if let Some(known) = self.places.get(&owner) {
            return *known;
        }
        let place = self.row_key(owner).map(|key| {
            *self.row_at.entry(key).or_insert_with(|| {
                let cells = vec![Tally::default(); self.columns.len()];
                self.rows.push((key, cells));
                self.rows.len() - 1
            })
        });
        self.places.insert(owner, place);
        place
    }

    fn row_key(&self, owner: Owner) -> Option<RowKey> {
        let body = self.world.structure.body_of(owner)?;
        let scope = self.query.scope.unwrap_or(Scope::Towns);
        let shown = scope.shows(self.world, body, self.facts.day);
        if !shown || !self.visible(body) {
            return None;
        }
        Some(if self.query.one().is_some() {
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
        let structure = &self.world.structure;
        self.ctx.may(structure, Action::ViewStanding, body)
    }

    /// The rows, with the names that the filter is held against.
    pub(super) fn finish(self) -> Vec<Row> {
        let day = self.facts.day;
        let world = self.world;
        let text = self.query.text.as_deref().unwrap_or_default().trim();
        self.rows
            .into_iter()
            .map(|(key, tallies)| Row {
                name: match key {
                    RowKey::Owner(o) => world.owner_name(o, day),
                    RowKey::Body(b) => world.structure.name(b, day).to_owned(),
                },
                body: key.body(world).unwrap_or(world.home),
                key,
                order: order(world, key),
                tallies,
            })
            .filter(|r| text.is_empty() || r.name.contains(text))
            .collect()
    }
}

/// Where a row stands among those of other bodies.
fn order(world: &World, key: RowKey) -> String {
    let body = key.body(world).and_then(|b| world.structure.body(b));
    body.map(|b| b.sort_key.clone()).unwrap_or_default()
}

impl RowKey {
    fn body(self, world: &World) -> Option<BodyId> {
        match self {
            Self::Owner(owner) => world.structure.body_of(owner),
            Self::Body(body) => Some(body),
        }
    }
}

/// A row before anybody looks at it: most of a county's rows stand on other pages.
pub(super) struct Row {
    name: String,
    body: BodyId,
    key: RowKey,
    order: String,
    tallies: Vec<Tally>,
}

impl Row {
    /// How many are overdue in all its cells.
    pub(super) fn overdue(&self) -> u32 {
        self.tallies.iter().map(|t| t.overdue).sum()
    }

    /// By what it is sorted in the order of the bodies.
    pub(super) fn by_body(&self) -> Vec<String> {
        vec![self.order.clone(), self.id()]
    }

    /// By what it is sorted where most that is overdue comes first.
    pub(super) fn by_overdue(&self) -> Vec<String> {
        // As text, and the most first.
        vec![format!("{:010}", u32::MAX - self.overdue()), self.id()]
    }

    fn id(&self) -> String {
        match self.key {
            RowKey::Owner(owner) => format!("{}/{owner}", self.body),
            RowKey::Body(body) => body.to_string(),
        }
    }

    /// The row as it is given out.
    pub(super) fn shown(self, world: &World) -> GridRow {
        let overdue = self.overdue();
        let Self {
            name,
            body,
            key,
            order: _,
            tallies,
        } = self;
        GridRow {
            name,
            body,
            owner: match key {
                RowKey::Owner(owner) => Some(owner),
                RowKey::Body(_) => None,
            },
            in_time: tallies.iter().map(|t| t.in_time).sum(),
            fallen_due: tallies.iter().map(|t| t.in_time + t.late + t.overdue).sum(),
            overdue,
            cells: tallies.into_iter().map(|t| t.cell(world)).collect(),
        }
    }
}

impl Tally {
    fn add(&mut self, (at, owner, period): (usize, Owner, Period), standing: Standing) {
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
        self.only = (self.owed == 1).then_some((at, owner, period, standing));
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

    /// The key of the cell's one obligation.
    fn only_key(world: &World, at: usize, owner: Owner, period: Period) -> Option<Key> {
        let line = world.book.lines().get(at)?;
        Some(Key {
            pack: line.pack.clone(),
            duty: line.id.clone(),
            owner,
            period,
        })
    }

    fn cell(self, world: &World) -> Cell {
        let state = self.worst();
        let (key, standing) = match self.only {
            Some((at, owner, period, standing)) => {
                (Self::only_key(world, at, owner, period), Some(standing))
            }
            None => (None, None),
        };
        Cell {
            state,
            owed: self.owed,
            in_time: self.in_time,
            late: self.late,
            overdue: self.overdue,
            open: self.open,
            waived: self.waived,
            key,
            standing,
            provisional: self.provisional,
        }
    }
}
