//! The acts that a change touches, found by index: by kind and day, by kind and named period, or
//! by the bodies that stand in them.
//!
//! **Invariant:** every act that a spot covers is found; a few more may be, for the period that an
//! act names is searched by its year.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::id::{ActId, BodyId, Slug};
use domain::touched::{Spot, Touched};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityName};

use crate::canon::{Cells, OPEN_SEQ, bound};
use crate::conn::unsearched;
use crate::read::IDS_AT_ONCE;
use crate::row::{act, act_part, act_version};
use crate::{Read, Result};

/// The acts of a county that a change may touch.
pub async fn act_ids_touched(r: &Read, home: BodyId, touched: &Touched) -> Result<BTreeSet<ActId>> {
    let mut out = BTreeSet::new();
    for spot in touched.spots() {
        let days = Search::days(spot);
        for search in [Some(days), Search::named(spot)].into_iter().flatten() {
            match &spot.bodies {
                None => add_ids(r, &of_kinds(home, spot, &search), &mut out).await?,
                Some(bodies) => {
                    let bodies: Vec<BodyId> = bodies.iter().copied().collect();
                    for chunk in bodies.chunks(IDS_AT_ONCE) {
                        let query = of_bodies(r, home, spot, &search, chunk);
                        add_ids(r, &query, &mut out).await?;
                    }
                }
            }
        }
    }
    Ok(out)
}

/// All acts of a county.
pub async fn act_ids(r: &Read, home: BodyId) -> Result<BTreeSet<ActId>> {
    let mut out = BTreeSet::new();
    add_ids(r, &of_home(Expr::col(act::Column::Home), home), &mut out).await?;
    Ok(out)
}

/// The acts of a county of which a version was written after a link.
pub async fn act_ids_since(r: &Read, home: BodyId, seq: i64) -> Result<BTreeSet<ActId>> {
    let query = Query::select()
        .expr_as(Expr::col(act_version::Column::Act), "id")
        .from(act_version::Entity.table_ref())
        .and_where(act_version::Column::Home.eq(home.to_string()))
        .and_where(act_version::Column::Seq.gt(seq))
        .to_owned();
    let mut out = BTreeSet::new();
    add_ids(r, &query, &mut out).await?;
    Ok(out)
}

async fn add_ids(r: &Read, query: &SelectStatement, out: &mut BTreeSet<ActId>) -> Result<()> {
    for row in r.conn.query_all(query).await? {
        let id: String = row.try_get("", "id")?;
        out.insert(Cells::new("act", &id).parse("id", &id)?);
    }
    Ok(())
}

/// The column that is searched and its bounds as texts.
struct Search {
    by: By,
    from: Option<String>,
    /// The first text that lies beyond.
    below: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Day,
    Period,
}

impl Search {
    fn days(spot: &Spot) -> Self {
        let below = spot.to.succ_opt().map(bound);
        Self {
            by: By::Day,
            from: (spot.from > NaiveDate::MIN).then(|| bound(spot.from)),
            below: below.filter(|_| spot.to < NaiveDate::MAX),
        }
    }

    /// By the period that an act names. Its text begins with the year of its first day; that of a
    /// week may begin with the next one. Where every day is meant, the days find them all.
    fn named(spot: &Spot) -> Option<Self> {
        let year = |year: i32| (0..10_000).contains(&year).then(|| format!("{year:04}"));
        let every = (spot.from, spot.to) == (NaiveDate::MIN, NaiveDate::MAX);
        (!every).then(|| Self {
            by: By::Period,
            // Without a bound the index of those that name one is not used.
            from: Some(year(spot.from.year()).unwrap_or_default()),
            below: spot.to.year().checked_add(2).and_then(year),
        })
    }

    fn bounds(&self, query: &mut SelectStatement, column: &Expr) {
        if let Some(from) = &self.from {
            query.and_where(column.clone().gte(from.as_str()));
        }
        if let Some(below) = &self.below {
            query.and_where(column.clone().lt(below.as_str()));
        }
    }
}

fn of_home(column: Expr, home: BodyId) -> SelectStatement {
    Query::select()
        .column(act::Column::Id)
        .from(act::Entity.table_ref())
        .and_where(column.eq(home.to_string()))
        .to_owned()
}

fn of_kinds(home: BodyId, spot: &Spot, search: &Search) -> SelectStatement {
    let mut query = of_home(Expr::col(act::Column::Home), home);
    query.and_where(act::Column::Kind.is_in(spot.kinds.iter().map(Slug::as_str)));
    let column = match search.by {
        By::Day => act::Column::OccurredOn,
        By::Period => act::Column::Period,
    };
    search.bounds(&mut query, &Expr::col(column));
    query
}

/// Through the parts of bodies, whose acts are few; the acts are not searched by anything else.
fn of_bodies(
    r: &Read,
    home: BodyId,
    spot: &Spot,
    search: &Search,
    bodies: &[BodyId],
) -> SelectStatement {
    let act = |column| unsearched(r.engine(), Expr::col((act::Entity, column)));
    let mut parts = Query::select()
        .column(act_part::Column::Act)
        .from(act_part::Entity.table_ref())
        .and_where(act_part::Column::Body.is_in(bodies.iter().map(ToString::to_string)))
        .and_where(act_part::Column::ToVersion.eq(OPEN_SEQ))
        .to_owned();
    let mut query = of_home(act(act::Column::Home), home);
    query.and_where(act(act::Column::Kind).is_in(spot.kinds.iter().map(Slug::as_str)));
    match search.by {
        By::Day => search.bounds(&mut parts, &Expr::col(act_part::Column::OccurredOn)),
        By::Period => search.bounds(&mut query, &act(act::Column::Period)),
    }
    query.and_where(Expr::col((act::Entity, act::Column::Id)).in_subquery(parts));
    query
}
