//! What changed since: the generation of a county's structure, and counted rows that came and went.
//!
//! Caches above the store are keyed by these numbers; on several nodes each sees the others'
//! writes.

use domain::id::{ActId, BodyId};
use domain::weigh::Counted;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Query, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::OPEN_SEQ;
use crate::counted::{counted_of, unindexed};
use crate::row::{audit, audit_head, counted};
use crate::{Read, Result, StoreError};

/// The number of the last link of a county under one of these verbs; 0 before the first.
pub async fn generation(r: &Read, home: BodyId, verbs: &[&str]) -> Result<i64> {
    // One seek in the index (home, verb, seq) a verb, all in one statement.
    let seek = |verb: &&str| {
        Query::select()
            .expr_as(Expr::col(audit::Column::Seq).max(), "newest")
            .from(audit::Entity)
            .and_where(Expr::col(audit::Column::Home).eq(home.to_string()))
            .and_where(Expr::col(audit::Column::Verb).eq(*verb))
            .to_owned()
    };
    let mut seeks = verbs.iter().map(seek);
    let Some(mut all) = seeks.next() else {
        return Ok(0);
    };
    all.unions(seeks.map(|seek| (UnionType::All, seek)));
    let newest = Query::select()
        .expr_as(Expr::col("newest").max(), "newest")
        .from_subquery(all, "seeks")
        .to_owned();
    let found = r.conn.query_one(&newest).await?;
    let newest = found.map(|row| row.try_get::<Option<i64>>("", "newest"));
    Ok(newest.transpose()?.flatten().unwrap_or(0))
}

/// Whether a link after this one stands under one of these verbs.
///
/// Costs one look at each link since, so it is for callers that looked not long ago.
pub async fn changed_since(r: &Read, home: BodyId, verbs: &[&str], seq: i64) -> Result<bool> {
    let found: Option<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .filter(audit::Column::Home.eq(home.to_string()))
        .filter(audit::Column::Seq.gt(seq))
        .filter(of_verbs(verbs))
        .limit(1)
        .into_tuple()
        .one(&r.conn)
        .await?;
    Ok(found.is_some())
}

/// A link's verb as a text that no index is searched by: the few links since are walked instead.
fn of_verbs(verbs: &[&str]) -> SimpleExpr {
    let text = Expr::col(audit::Column::Verb).binary(BinOper::Custom("||"), "");
    text.is_in(verbs.iter().copied())
}

/// The number of a county's last link; 0 before the first.
pub async fn head_seq(r: &Read, home: BodyId) -> Result<i64> {
    if let Some(known) = r.known(home) {
        return Ok(known.head);
    }
    let head = audit_head::Entity::find_by_id(home.to_string())
        .one(&r.conn)
        .await?;
    Ok(head.map_or(0, |head| head.seq))
}

/// So many links are looked through for acts that changed.
const CHANGED_LINKS_MAX: u64 = 200;

/// The acts that links after this one changed, in no order; nothing where there are too many links
/// to look through.
pub async fn acts_changed_since(r: &Read, home: BodyId, seq: i64) -> Result<Option<Vec<ActId>>> {
    let links: Vec<(i64, String)> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .column(audit::Column::Rows)
        .filter(audit::Column::Home.eq(home.to_string()))
        .filter(audit::Column::Seq.gt(seq))
        .limit(CHANGED_LINKS_MAX + 1)
        .into_tuple()
        .all(&r.conn)
        .await?;
    if links.len() as u64 > CHANGED_LINKS_MAX {
        return Ok(None);
    }
    let mut changed = Vec::new();
    for (seq, rows) in links {
        let corrupt = || StoreError::Corrupt {
            table: "audit",
            column: "rows",
            id: seq.to_string(),
        };
        let rows: Vec<(String, String, i64, String)> =
            serde_json::from_str(&rows).map_err(|_| corrupt())?;
        for (_, id, ..) in rows.iter().filter(|(table, ..)| table == "act") {
            changed.push(id.parse().map_err(|_| corrupt())?);
        }
    }
    changed.sort_unstable();
    changed.dedup();
    Ok(Some(changed))
}

/// Counted rows that changed after a link.
#[derive(Debug, Clone, Default)]
pub struct CountedChanges {
    /// Rows that hold now and did not then.
    pub added: Vec<Counted>,
    /// Rows that held then and do not now.
    pub closed: Vec<Counted>,
}

/// The counted rows of a county that came or went after a link.
pub async fn counted_since(r: &Read, home: BodyId, seq: i64) -> Result<CountedChanges> {
    let rows = counted::Entity::find()
        .filter(counted::Column::Home.eq(home.to_string()))
        .filter(counted::Column::SeqFrom.gt(seq))
        .filter(unindexed(counted::Column::SeqTo).eq(OPEN_SEQ))
        .order_by_asc(counted::Column::SeqFrom)
        .all(&r.conn)
        .await?;
    let added = rows.iter().map(counted_of).collect::<Result<_>>()?;
    let rows = counted::Entity::find()
        .filter(counted::Column::Home.eq(home.to_string()))
        .filter(counted::Column::SeqTo.gt(seq))
        .filter(counted::Column::SeqTo.lt(OPEN_SEQ))
        .filter(unindexed(counted::Column::SeqFrom).lte(seq))
        .all(&r.conn)
        .await?;
    let closed = rows.iter().map(counted_of).collect::<Result<_>>()?;
    Ok(CountedChanges { added, closed })
}
