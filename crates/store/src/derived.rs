//! What a link holds of derived rows: one hash over the rows of `counted` that it opened and
//! closed.
//!
//! **Invariant:** the rows that are open equal a computation from nothing, which the caller makes;
//! those that were closed, and when each was opened and closed, are proven here without it. The
//! order of the rows is that of their key, which both engines sort by bytes.

use std::collections::BTreeMap;

use domain::id::BodyId;
use futures::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, FromQueryResult, IdenStatic, Iterable, Order,
};
use sha2::{Digest, Sha256};

use crate::canon::{OPEN_SEQ, canonical};
use crate::link::GONE;
use crate::row::counted;
use crate::{Read, Result, StoreError};

/// What a row that does not read adds to a hash.
const UNREAD: &[u8] = b"unread";

/// The hash over the rows that a link opened, or closed.
type Digested = [u8; 32];

/// Which end of a row a link made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The row holds from this link on.
    Opened,
    /// The row holds no longer from this link on.
    Closed,
}

impl End {
    const fn column(self) -> counted::Column {
        match self {
            Self::Opened => counted::Column::SeqFrom,
            Self::Closed => counted::Column::SeqTo,
        }
    }

    const fn of(self, row: &counted::Model) -> i64 {
        match self {
            Self::Opened => row.seq_from,
            Self::Closed => row.seq_to,
        }
    }
}

/// What a link says of the derived rows that it opened and closed.
pub(crate) async fn changed(r: &Read, home: BodyId, seq: i64) -> Result<String> {
    let opened = digests(r, home, End::Opened, seq, seq).await?;
    let closed = digests(r, home, End::Closed, seq, seq).await?;
    Ok(said(opened.get(&seq), closed.get(&seq)))
}

/// The same of a link that opened these rows and closed none, without reading them again.
pub(crate) fn opened(mut rows: Vec<counted::Model>) -> Result<String> {
    if rows.is_empty() {
        return Ok(GONE.to_owned());
    }
    // As the engines sort by bytes: see `in_key_order`.
    rows.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
    let mut hash = Sha256::new();
    for row in &rows {
        hash.update(leaf(row, None)?);
    }
    Ok(said(Some(&hash.finalize().into()), None))
}

fn key_of(row: &counted::Model) -> (&str, &str, &str, &str, &str, i64) {
    let counted::Model {
        owner,
        pack,
        duty,
        period,
        act,
        seq_from,
        ..
    } = row;
    (owner, pack, duty, period, act, *seq_from)
}

/// Refuses rows that stand already at a link that is only being written: somebody put them there,
/// and the link would hash them as its own.
pub(crate) async fn refuse_planted(r: &Read, home: BodyId, seq: i64) -> Result<()> {
    let mut query = rows_of(home);
    let from = counted::Column::SeqFrom.gte(seq);
    let to = counted::Column::SeqTo.gte(seq);
    let to = to.and(counted::Column::SeqTo.lt(OPEN_SEQ));
    query.and_where(from.or(to)).limit(1);
    match r.conn.query_one(&query).await? {
        None => Ok(()),
        Some(row) => Err(StoreError::Corrupt {
            table: "counted",
            column: "seq_from",
            id: row.try_get("", "act").unwrap_or_default(),
        }),
    }
}

/// The text of a link: nothing where it opened and closed nothing.
pub(crate) fn said(opened: Option<&Digested>, closed: Option<&Digested>) -> String {
    if opened.is_none() && closed.is_none() {
        return GONE.to_owned();
    }
    let none = [0; 32];
    let hash = Sha256::new()
        .chain_update(b"opened")
        .chain_update(opened.unwrap_or(&none))
        .chain_update(b"closed")
        .chain_update(closed.unwrap_or(&none))
        .finalize();
    hex::encode(hash)
}

/// The hashes of the rows that links from one number to another opened, or closed.
pub(crate) async fn digests(
    r: &Read,
    home: BodyId,
    end: End,
    first: i64,
    last: i64,
) -> Result<BTreeMap<i64, Digested>> {
    let column = end.column();
    let mut query = rows_of(home);
    query
        .and_where(column.between(first, last))
        .order_by(column, Order::Asc);
    in_key_order(&mut query);
    let mut hashes: BTreeMap<i64, Sha256> = BTreeMap::new();
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let Ok(row) = counted::Model::from_query_result(&row, "") else {
            // No honest row fails to read: it spoils the hash of the link that it says.
            let seq = row.try_get::<i64>("", column.as_str()).unwrap_or(first);
            hashes.entry(seq).or_default().update(UNREAD);
            continue;
        };
        let seq = end.of(&row);
        let leaf = leaf(&row, None)?;
        hashes.entry(seq).or_default().update(leaf);
    }
    let done = hashes.into_iter();
    Ok(done.map(|(seq, h)| (seq, h.finalize().into())).collect())
}

/// What the link that adopts says: over all rows of links before it, as they stood when it was
/// written, with both their ends.
pub(crate) async fn adopted(r: &Read, home: BodyId, seq: i64) -> Result<String> {
    let mut query = rows_of(home);
    query
        .and_where(counted::Column::SeqFrom.lt(seq))
        .order_by(counted::Column::SeqFrom, Order::Asc);
    in_key_order(&mut query);
    let mut hash = Sha256::new().chain_update(b"adopted");
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let Ok(row) = counted::Model::from_query_result(&row, "") else {
            hash.update(UNREAD);
            continue;
        };
        let to = if row.seq_to < seq {
            row.seq_to
        } else {
            OPEN_SEQ
        };
        hash.update(leaf(&row, Some(to))?);
    }
    Ok(hex::encode(hash.finalize()))
}

fn rows_of(home: BodyId) -> SelectStatement {
    Query::select()
        .columns(counted::Column::iter())
        .from(counted::Entity.table_ref())
        .and_where(Expr::col(counted::Column::Home).eq(home.to_string()))
        .to_owned()
}

fn in_key_order(query: &mut SelectStatement) {
    use counted::Column::{Act, Duty, Owner, Pack, Period, SeqFrom};
    for column in [Owner, Pack, Duty, Period, Act, SeqFrom] {
        query.order_by(column, Order::Asc);
    }
}

/// The hash of one row: without its end, which its closing link says.
fn leaf(row: &counted::Model, to: Option<i64>) -> Result<Digested> {
    let mut value = serde_json::json!({
        "act": row.act,
        "counts_on": row.counts_on,
        "duty": row.duty,
        "home": row.home,
        "owner": row.owner,
        "pack": row.pack,
        "period": row.period,
        "period_from": row.period_from,
        "period_to": row.period_to,
        "provisional": row.provisional,
        "seq_from": row.seq_from,
    });
    if let (Some(map), Some(to)) = (value.as_object_mut(), to) {
        map.insert("seq_to".to_owned(), to.into());
    }
    Ok(Sha256::digest(canonical(&value)?.as_bytes()).into())
}
