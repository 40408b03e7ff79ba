//! A page of a list of acts: through the days, or through the parts of a few bodies, merged.

use std::collections::HashMap;

use domain::act::{Act, ActSort};
use domain::id::{ActId, BodyId};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, EntityName, Order};

use crate::act::{ActFilter, Way, act_rows, acts, acts_by_ids, count_by_day, filtered, said};
use crate::canon::{Cells, OPEN_SEQ, bound};
use crate::page::{COUNT_MAX, Count, Keyset};
use crate::row::{act, act_part};
use crate::{Page, Read, Result, RowKey, Turn};

/// Of so many bodies the parts are asked for body by body. Of more, acts follow each other so
/// closely that it is less to walk through the days.
const BODIES_APART_MAX: usize = 64;
/// So many parts are looked at to count acts; an act has seldom more than three of a few bodies.
const PARTS_COUNTED: u64 = (COUNT_MAX + 1) * 3;

/// A page of a county's acts. Of a few bodies it goes through the parts that they had, of all or
/// many through the days: so that neither walks through what it does not show.
pub async fn acts_page(
    r: &Read,
    home: BodyId,
    filter: &ActFilter,
    sort: ActSort,
    turn: &Turn<'_>,
) -> Result<Page<Act, RowKey>> {
    if let Some(bodies) = few(filter) {
        return of_parts(r, home, filter, bodies, sort, turn).await;
    }
    let mut query = filtered(r, home, filter, Way::Days);
    let count = count_by_day(r, home, filter).await?;
    let way = direction(sort);
    let order = Keyset::new()
        .text(
            Expr::col((act::Entity, act::Column::OccurredOn)),
            way.clone(),
        )
        .text(Expr::col((act::Entity, act::Column::Id)), way);
    order.narrow(&mut query, turn)?;
    let rows = act_rows(r, &query).await?;
    let page = Keyset::cut(rows, turn, count, |row| {
        vec![row.occurred_on.clone(), row.id.clone()]
    });
    let items = acts(r, &page.items, filter.as_of.unwrap_or(OPEN_SEQ)).await?;
    Ok(page.of(items))
}

/// The bodies of a list, where they are so few that each one's parts are asked for by themselves.
fn few(filter: &ActFilter) -> Option<&[BodyId]> {
    let bodies = filter.bodies.as_deref()?;
    let few = filter.below.is_none() && (1..=BODIES_APART_MAX).contains(&bodies.len());
    few.then_some(bodies)
}

/// The direction of the day and the identity.
const fn direction(sort: ActSort) -> Order {
    match sort {
        ActSort::Newest => Order::Desc,
        ActSort::Oldest => Order::Asc,
    }
}

/// The page of a few bodies, each of which is asked for by itself.
async fn of_parts(
    r: &Read,
    home: BodyId,
    filter: &ActFilter,
    bodies: &[BodyId],
    sort: ActSort,
    turn: &Turn<'_>,
) -> Result<Page<Act, RowKey>> {
    let count = counted(r, home, filter, bodies).await?;
    let mut places = places(r, home, filter, bodies, sort, turn).await?;
    places.sort_unstable();
    places.dedup();
    let back = turn.cursor.is_some_and(|cursor| cursor.back);
    if (direction(sort) == Order::Desc) != back {
        places.reverse();
    }
    places.truncate(turn.rows.saturating_add(1));
    let page = Keyset::cut(places, turn, count, |(day, id)| {
        vec![day.clone(), id.clone()]
    });
    let ids = page
        .items
        .iter()
        .map(|(_, id)| Cells::new("act_part", id).parse("act", id))
        .collect::<Result<Vec<ActId>>>()?;
    let mut found: HashMap<ActId, Act> = acts_by_ids(r, &ids, filter.as_of.unwrap_or(OPEN_SEQ))
        .await?
        .into_iter()
        .filter(|act| act.home == home)
        .map(|act| (act.id, act))
        .collect();
    let items = ids.iter().filter_map(|id| found.remove(id)).collect();
    Ok(page.of(items))
}

/// Day and id of the first acts of each body, as the order of the list has them, all bodies behind
/// each other. The engine sorts nothing: each body's come from the index, merged they are by us.
async fn places(
    r: &Read,
    home: BodyId,
    filter: &ActFilter,
    bodies: &[BodyId],
    sort: ActSort,
    turn: &Turn<'_>,
) -> Result<Vec<(String, String)>> {
    let order = Keyset::new()
        .text(Expr::col(act_part::Column::OccurredOn), direction(sort))
        .text(Expr::col(act_part::Column::Act), direction(sort));
    let mut whole: Option<SelectStatement> = None;
    for (n, body) in bodies.iter().enumerate() {
        let mut own = Query::select();
        own.distinct()
            .columns([act_part::Column::OccurredOn, act_part::Column::Act])
            .from(act_part::Entity.table_ref())
            .and_where(Expr::col(act_part::Column::Body).eq(body.to_string()));
        narrow(r, &mut own, home, filter);
        order.narrow(&mut own, turn)?;
        let mut apart = Query::select();
        apart
            .columns([act_part::Column::OccurredOn, act_part::Column::Act])
            .from_subquery(own, format!("of_{n}"));
        match &mut whole {
            None => whole = Some(apart),
            Some(whole) => {
                whole.union(UnionType::All, apart);
            }
        }
    }
    let Some(query) = whole else {
        return Ok(Vec::new());
    };
    let rows = r.conn.query_all(&query).await?;
    let place =
        |row: sea_orm::QueryResult| Ok((row.try_get("", "occurred_on")?, row.try_get("", "act")?));
    rows.into_iter().map(place).collect()
}

/// What is asked of a part and of its act.
fn narrow(r: &Read, query: &mut SelectStatement, home: BodyId, filter: &ActFilter) {
    query.and_where(Expr::col(act_part::Column::ToVersion).eq(OPEN_SEQ));
    let day = || Expr::col(act_part::Column::OccurredOn);
    if let Some(from) = filter.from {
        query.and_where(day().gte(bound(from)));
    }
    if let Some(to) = filter.to {
        query.and_where(day().lte(bound(to)));
    }
    let said = said(r, filter, Way::Parts);
    if said.is_empty() {
        return;
    }
    let mut of_act = Query::select();
    of_act
        .expr(Expr::val(1))
        .from(act::Entity.table_ref())
        .and_where(
            Expr::col((act::Entity, act::Column::Id))
                .equals((act_part::Entity, act_part::Column::Act)),
        )
        .and_where(Way::Parts.column(r, act::Column::Home).eq(home.to_string()));
    for condition in said {
        of_act.and_where(condition);
    }
    query.and_where(Expr::exists(of_act));
}

/// How many acts there are on all pages.
async fn counted(r: &Read, home: BodyId, filter: &ActFilter, bodies: &[BodyId]) -> Result<Count> {
    let mut parts = Query::select();
    parts
        .column(act_part::Column::Act)
        .from(act_part::Entity.table_ref())
        .and_where(Expr::col(act_part::Column::Body).is_in(bodies.iter().map(ToString::to_string)))
        .limit(PARTS_COUNTED);
    narrow(r, &mut parts, home, filter);
    let query = Query::select()
        .expr_as(Expr::cust("count(*)"), "parts")
        .expr_as(Expr::cust("count(distinct act)"), "acts")
        .from_subquery(parts, "found")
        .to_owned();
    let Some(row) = r.conn.query_one(&query).await? else {
        return Ok(Count::Exactly(0));
    };
    let parts: i64 = row.try_get("", "parts")?;
    let acts: i64 = row.try_get("", "acts")?;
    let whole = parts.unsigned_abs() < PARTS_COUNTED;
    if whole || acts.unsigned_abs() > COUNT_MAX {
        return Ok(Count::of(acts.unsigned_abs()));
    }
    // Acts of very many parts each.
    count_by_day(r, home, filter).await
}
