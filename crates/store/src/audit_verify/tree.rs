//! The closure of the tree against the spans that it follows from.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityName, EntityTrait, FromQueryResult, Iterable};

use super::{FindingKind, Verdict};
use crate::body_tree::{Above, Closure, merged};
use crate::row::{body, body_span, body_tree};
use crate::{Read, Result};

/// Names bodies whose rows are not those that follow from the spans.
pub(super) async fn verify(r: &Read, verdict: &mut Verdict) -> Result<()> {
    let home = verdict.home.to_string();
    // Bodies and spans that do not read are named as altered; here they are none.
    let bodies: Vec<body::Model> = readable::<body::Entity>(r, &home).await?;
    let spans: Vec<body_span::Model> = readable::<body_span::Entity>(r, &home).await?;
    let here = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .and_where(body::Column::Home.eq(home.as_str()))
        .to_owned();
    let mut query = Query::select();
    query
        .columns(body_tree::Column::iter())
        .from(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Descendant.in_subquery(here));
    let mut standing: BTreeMap<String, Above> = BTreeMap::new();
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let Ok(row) = body_tree::Model::from_query_result(&row, "") else {
            let id = row.try_get::<String>("", "descendant").unwrap_or_default();
            verdict.find(FindingKind::DerivedRow, "body_tree", id, None);
            continue;
        };
        standing
            .entry(row.descendant)
            .or_default()
            .entry((row.ancestor, row.depth))
            .or_default()
            .push((row.from_on, row.to_on));
    }
    drop(rows);
    let closure = Closure::new(&bodies, &spans);
    for body in &bodies {
        let found = merged(standing.remove(&body.id).unwrap_or_default());
        if found != closure.above(&body.id) {
            verdict.find(FindingKind::DerivedRow, "body_tree", body.id.clone(), None);
        }
    }
    strays(r, verdict).await
}

/// The rows of the county that read.
async fn readable<E: EntityTrait>(r: &Read, home: &str) -> Result<Vec<E::Model>> {
    let mut query = Query::select();
    query
        .columns(E::Column::iter())
        .from(E::default().table_ref())
        .and_where(sea_orm::sea_query::ExprTrait::eq(
            sea_orm::sea_query::Expr::col("home"),
            home,
        ));
    let mut out = Vec::new();
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        out.extend(E::Model::from_query_result(&row, "").ok());
    }
    Ok(out)
}

/// Rows about bodies that do not exist.
async fn strays(r: &Read, verdict: &mut Verdict) -> Result<()> {
    let all = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .to_owned();
    let mut query = Query::select();
    query
        .column(body_tree::Column::Descendant)
        .from(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Descendant.not_in_subquery(all));
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let id = row.try_get::<String>("", "descendant").unwrap_or_default();
        verdict.find(FindingKind::DerivedRow, "body_tree", id, None);
    }
    Ok(())
}
