//! 职责清单: obligations as a list, filtered, in a named order, page by page.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use domain::calendar::Period;
use domain::duty::Key;
use domain::id::{BodyId, Owner, Slug};
use domain::listing::{Cursor, PageSize};
use domain::policy::Action;
use domain::standing::State;
use schemars::JsonSchema;
use serde::Deserialize;

use super::item::Item;
use super::owed::{Owed, Year, before};
use super::table::{Scope, TEXT_LONGEST};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::listed::{Count, Listed, foreign_key};
use crate::world::World;

/// Rows of an export; more must be narrowed by a filter, and the page says so.
pub const EXPORT_MAX: usize = 20_000;

domain::codes! {
    /// The order of a list of obligations.
    DutySort {
        /// By the last day.
        Due = "due",
        /// By who owes, in the order of the bodies.
        Owner = "owner",
    }
}

/// What to list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDuties {
    /// Year in which the obligations fall due; the one of the day looked at.
    #[schemars(title = "到期年份", range(min = 1900, max = 2199))]
    pub year: Option<i32>,
    /// Only those that fall due in this month.
    #[schemars(title = "到期月份")]
    pub month: Option<Period>,
    /// Only of this pack; with a duty.
    #[schemars(title = "制度代码")]
    pub pack: Option<Slug>,
    /// Only this duty of the pack.
    #[schemars(title = "职责代码")]
    pub duty: Option<Slug>,
    /// Only this body, its organs and posts.
    #[schemars(title = "单位编号")]
    pub body: Option<BodyId>,
    /// Only this state.
    #[schemars(title = "状态")]
    pub state: Option<State>,
    /// Only rows whose title or owner contains it.
    #[schemars(title = "事项或责任主体含有的字", length(max = TEXT_LONGEST))]
    pub text: Option<String>,
    /// Whose; everybody's where it is not said.
    #[schemars(title = "谁的")]
    pub scope: Option<Scope>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<DutySort>,
    /// Where the page begins.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// How many rows it holds.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// The list as its keys name it.
const LIST: &str = "duty.list";
/// Parts of a key: due day, obligation.
const KEY_PARTS: usize = 2;

/// A page of the list for a query.
pub async fn list(ctx: &Ctx, asked: ListDuties) -> Result<Listed<Item>> {
    let rows = asked.size.unwrap_or_default().rows();
    listed(ctx, &asked, rows).await
}

/// The first rows of a list, so many as a table to save may hold.
pub async fn export(ctx: &Ctx, asked: ListDuties) -> Result<Listed<Item>> {
    let whole = ListDuties {
        page: None,
        ..asked
    };
    listed(ctx, &whole, EXPORT_MAX).await
}

async fn listed(ctx: &Ctx, asked: &ListDuties, rows: usize) -> Result<Listed<Item>> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    if let Some(body) = asked.body {
        ctx.allow(&world.structure, Action::ViewStanding, body)?;
    }
    let sort = asked.sort.unwrap_or(DutySort::Due);
    let at = asked.page.as_deref().filter(|page| !page.is_empty());
    let at = at.map(|page| place(page, sort)).transpose()?;
    let year = asked.year.unwrap_or_else(|| ctx.day().year());
    let none = || Error::NotFound("这个年份");
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(none)?;
    let facts = ctx.app.facts(ctx, &world, before(first)).await?;
    let is_as_of = ctx.as_of.is_some();
    let owed = ctx.app.owed(&world, &facts, year, is_as_of);
    let owed = owed.ok_or_else(none)?;
    let mut wanted = Wanted::new(ctx, &world, asked, facts.day);
    let turn = Turn { sort, at, rows };
    let page = turn.page(&world, &owed, |row| wanted.has(row));
    Ok(page.shown(|row| row.item(&world, facts.day)))
}

/// A row that a page begins at, and whether before it.
type Place = (NaiveDate, Key, bool);

fn place(page: &str, sort: DutySort) -> Result<Place> {
    let cursor = Cursor::parse(page, LIST, sort.code(), KEY_PARTS)?;
    match cursor.key.as_slice() {
        [due_on, key] => Ok((
            due_on.parse().map_err(|_| foreign_key())?,
            key.parse().map_err(|_| foreign_key())?,
            cursor.back,
        )),
        _ => Err(foreign_key()),
    }
}

/// Which page is asked for.
struct Turn {
    sort: DutySort,
    at: Option<Place>,
    rows: usize,
}

/// The rows of a page, not yet put into words.
struct Found<'a> {
    rows: Vec<&'a Owed>,
    next: Option<String>,
    previous: Option<String>,
    count: Count,
}

impl Found<'_> {
    /// Says of the rows of the page, and of no other, what they are.
    fn shown<T>(self, say: impl FnMut(&Owed) -> Option<T>) -> Listed<T> {
        Listed {
            rows: self.rows.into_iter().filter_map(say).collect(),
            next: self.next,
            previous: self.previous,
            count: self.count,
        }
    }
}

impl Turn {
    fn page<'a>(
        &self,
        world: &World,
        owed: &'a Year,
        mut wants: impl FnMut(&Owed) -> bool,
    ) -> Found<'a> {
        let is_by_owner = self.sort == DutySort::Owner;
        let row = |place: usize| owed.at(is_by_owner, place);
        let end = owed.len();
        let mut rows: Vec<&Owed> = Vec::new();
        let back = self.at.as_ref().is_some_and(|(_, _, back)| *back);
        let begin = self.at.as_ref().map_or(0, |(due_on, key, back)| {
            owed.place(world, is_by_owner, (*due_on, key), !back)
        });
        let places: Box<dyn Iterator<Item = usize>> = if back {
            Box::new((0..begin).rev())
        } else {
            Box::new(begin..end)
        };
        for found in places.filter_map(row) {
            if wants(found) {
                rows.push(found);
            }
            if rows.len() > self.rows {
                break;
            }
        }
        let more = rows.len() > self.rows;
        rows.truncate(self.rows);
        if back {
            rows.reverse();
        }
        let came = self.at.is_some();
        let (before, after) = if back { (more, came) } else { (came, more) };
        let key = |owed: &Owed, back| {
            let key = vec![
                owed.standing.due_on.to_string(),
                owed.key(world)?.to_string(),
            ];
            Some(Cursor::new(LIST, self.sort.code(), back, key).to_string())
        };
        Found {
            next: rows.last().filter(|_| after).and_then(|o| key(o, false)),
            previous: rows.first().filter(|_| before).and_then(|o| key(o, true)),
            count: counted((0..end).filter_map(row), wants),
            rows,
        }
    }
}

/// How many rows are wanted; counting stops where nobody reads on.
fn counted<'a>(
    rows: impl Iterator<Item = &'a Owed>,
    mut wants: impl FnMut(&Owed) -> bool,
) -> Count {
    let most = store::COUNT_MAX;
    let stop = usize::try_from(most).unwrap_or(usize::MAX);
    let found = rows.filter(|row| wants(row)).take(stop + 1).count() as u64;
    Count {
        rows: found.min(most),
        exact: found <= most,
    }
}

/// What a query asks for, and what the person may see of it. Who is whose is asked once for each
/// body and owner, not for each of their obligations.
struct Wanted<'a> {
    ctx: &'a Ctx,
    world: &'a World,
    asked: &'a ListDuties,
    day: NaiveDate,
    text: &'a str,
    of: Option<Vec<BodyId>>,
    bodies: HashMap<BodyId, bool>,
    owners: HashMap<Owner, bool>,
}

impl<'a> Wanted<'a> {
    fn new(ctx: &'a Ctx, world: &'a World, asked: &'a ListDuties, day: NaiveDate) -> Self {
        Self {
            ctx,
            world,
            asked,
            day,
            text: asked.text.as_deref().unwrap_or_default().trim(),
            of: asked.body.map(|b| world.structure.answers_for(b, day)),
            bodies: HashMap::new(),
            owners: HashMap::new(),
        }
    }

    fn has(&mut self, row: &Owed) -> bool {
        let (asked, world) = (self.asked, self.world);
        let line = world.book.lines().get(row.at);
        let is_of = |own: &Option<Slug>, of: Option<&Slug>| own.is_none() || own.as_ref() == of;
        asked.state.is_none_or(|s| row.standing.state == s)
            && asked.month.is_none_or(|m| m.contains(row.falls_due))
            && is_of(&asked.pack, line.map(|l| &l.pack))
            && is_of(&asked.duty, line.map(|l| &l.id))
            && self.has_body(row.body)
            && (self.text.is_empty()
                || row.title(world).contains(self.text)
                || self.is_named(row.owner))
    }

    fn has_body(&mut self, body: BodyId) -> bool {
        if let Some(known) = self.bodies.get(&body) {
            return *known;
        }
        let scope = self.asked.scope.unwrap_or(Scope::All);
        let has = self.of.as_ref().is_none_or(|all| all.contains(&body))
            && scope.shows(self.world, body, self.day)
            && self
                .ctx
                .may(&self.world.structure, Action::ViewStanding, body);
        self.bodies.insert(body, has);
        has
    }

    fn is_named(&mut self, owner: Owner) -> bool {
        let (world, day, text) = (self.world, self.day, self.text);
        let named = self.owners.entry(owner);
        *named.or_insert_with(|| world.owner_name(owner, day).contains(text))
    }
}
