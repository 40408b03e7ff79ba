//! What changed since: the generation of a county's structure, and counted rows that came and went.
//!
//! Caches above the store are keyed by these numbers; on several nodes each sees the others'
//! writes.

use domain::id::BodyId;
use domain::weigh::Counted;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::OPEN_SEQ;
use crate::counted::{counted_of, unindexed};
use crate::row::{audit, audit_head, counted};
use crate::{Read, Result};

/// Verbs of these nouns change bodies, posts, people, packs in force or occasions.
const STRUCTURE: [&str; 8] = [
    "body", "home", "occasion", "pack", "person", "post", "reset", "role",
];

/// The number of the last link that changed a county's structure; 0 before the first.
pub async fn generation(r: &Read, home: BodyId) -> Result<i64> {
    let mut newest = 0;
    for noun in STRUCTURE {
        // One seek in the index (home, verb, seq) a verb; a noun has few verbs.
        let found: Option<i64> = audit::Entity::find()
            .select_only()
            .column_as(audit::Column::Seq.max(), "newest")
            .filter(audit::Column::Home.eq(home.to_string()))
            .filter(audit::Column::Verb.gte(format!("{noun}.")))
            .filter(audit::Column::Verb.lt(format!("{noun}/")))
            .into_tuple::<Option<i64>>()
            .one(&r.conn)
            .await?
            .flatten();
        newest = Ord::max(newest, found.unwrap_or(0));
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
    let head = audit_head::Entity::find_by_id(home.to_string())
        .one(&r.conn)
        .await?;
    Ok(head.map_or(0, |head| head.seq))
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
