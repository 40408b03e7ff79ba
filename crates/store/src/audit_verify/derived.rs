//! Counted rows at links that there are not: no link hashes them.

use futures::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityName};

use super::{FindingKind, Verdict};
use crate::canon::OPEN_SEQ;
use crate::row::counted;
use crate::{Read, Result};

/// Names rows that begin or end at no link of the chain, or end before they begin.
pub(super) async fn outside(r: &Read, verdict: &mut Verdict, last: i64) -> Result<()> {
    let (from, to) = (
        Expr::col(counted::Column::SeqFrom),
        Expr::col(counted::Column::SeqTo),
    );
    let begins = from.clone().lt(1).or(from.clone().gt(last));
    let ends = to.clone().lt(from).or(to.clone().gt(last));
    let mut query = Query::select();
    query
        .column(counted::Column::Act)
        .from(counted::Entity.table_ref())
        .and_where(counted::Column::Home.eq(verdict.home.to_string()))
        .and_where(begins.or(to.ne(OPEN_SEQ).and(ends)));
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let act = row.try_get::<String>("", "act").unwrap_or_default();
        verdict.find(FindingKind::DerivedRow, "counted", act, None);
    }
    Ok(())
}
