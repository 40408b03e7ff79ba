//! What changed since: the generation of a county's structure, and counted rows that came and went.
//!
//! Caches above the store are keyed by these numbers; on several nodes each sees the others'
//! writes.

use std::sync::OnceLock;

use domain::id::{ActId, BodyId};
use domain::weigh::Counted;
use sea_orm::sea_query::{Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::canon::OPEN_SEQ;
use crate::counted::{counted_of, unindexed};
use crate::row::{audit, audit_head, counted};
use crate::{Read, Result, StoreError};

/// Verbs of these nouns change bodies, posts, people, packs in force or occasions.
const STRUCTURE: [&str; 8] = [
    "body", "home", "occasion", "pack", "person", "post", "reset", "role",
];

/// Whether a verb changes a county's structure.
pub(crate) fn changes_structure(verb: &str) -> bool {
    let noun = verb.split_once('.').map_or(verb, |(noun, _)| noun);
    STRUCTURE.contains(&noun)
}

/// The number of the last link that changed a county's structure; 0 before the first.
pub async fn generation(r: &Read, home: BodyId) -> Result<i64> {
    let known = r.known(home).map(|known| &known.generation);
    if let Some(newest) = known.and_then(OnceLock::get) {
        return Ok(*newest);
    }
    // One look at the index (home, verb, seq) for each noun; a noun has few verbs, and few links.
    let newest_of = |noun: &str| {
        Query::select()
            .expr_as(audit::Column::Seq.max(), "newest")
            .from(audit::Entity.table_ref())
            .and_where(audit::Column::Home.eq(home.to_string()))
            .and_where(audit::Column::Verb.gte(format!("{noun}.")))
            .and_where(audit::Column::Verb.lt(format!("{noun}/")))
            .to_owned()
    };
    let mut nouns = STRUCTURE.iter().map(|noun| newest_of(noun));
    let mut query = nouns.next().unwrap_or_default();
    for noun in nouns {
        query.union(UnionType::All, noun);
    }
    let mut newest = 0;
    for row in r.conn.query_all(&query).await? {
        let found: Option<i64> = row.try_get("", "newest")?;
        newest = Ord::max(newest, found.unwrap_or(0));
    }
    if let Some(known) = known {
        let _ = known.set(newest);
    }
    Ok(newest)
}

/// Whether a link after this one changed a county's structure.
pub async fn structure_changed_since(r: &Read, home: BodyId, seq: i64) -> Result<bool> {
    changed_since(r, home, &STRUCTURE, seq).await
}

/// Whether a link after this one has a verb of one of these nouns.
///
/// Costs one look at each link since, so it is for callers that looked not long ago.
pub async fn changed_since(r: &Read, home: BodyId, nouns: &[&str], seq: i64) -> Result<bool> {
    let of_noun = |noun: &&str| Expr::col(audit::Column::Verb).like(format!("{noun}.%"));
    let any = nouns.iter().map(of_noun).reduce(ExprTrait::or);
    let found: Option<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .filter(audit::Column::Home.eq(home.to_string()))
        .filter(audit::Column::Seq.gt(seq))
        .filter(any.unwrap_or_else(|| Expr::val(1).eq(0)))
        .limit(1)
        .into_tuple()
        .one(&r.conn)
        .await?;
    Ok(found.is_some())
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
