//! Seals: a locked period is judged as of the link at which it was locked.

use domain::calendar::Period;
use domain::id::{BodyId, Slug};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::canon::Cells;
use crate::row::seal;
use crate::{Read, Result, Tx};

/// A locked period of a pack in a county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The pack.
    pub pack: Slug,
    /// The period.
    pub period: Period,
    /// The link as of which it is judged.
    pub seq: i64,
    /// When it was locked, in milliseconds UTC.
    pub sealed_at: i64,
}

/// Locks a period: it is judged as of the last link before this transaction.
pub async fn seal_insert(tx: &Tx, pack: &Slug, period: Period) -> Result<()> {
    tx.insert::<seal::Entity>(seal::Model {
        home: tx.home().to_string(),
        pack: pack.to_string(),
        period: period.to_string(),
        seq: tx.seq() - 1,
        sealed_at: tx.at(),
        version: 1,
    })
    .await
}

/// The seal of a period, if it is locked.
pub async fn seal_find(
    r: &Read,
    home: BodyId,
    pack: &Slug,
    period: Period,
) -> Result<Option<Seal>> {
    let key = (home.to_string(), pack.to_string(), period.to_string());
    let row = seal::Entity::find_by_id(key).one(&r.conn).await?;
    row.as_ref().map(seal_of).transpose()
}

/// All seals of a county.
pub async fn seals_of(r: &Read, home: BodyId) -> Result<Vec<Seal>> {
    seal::Entity::find()
        .filter(seal::Column::Home.eq(home.to_string()))
        .order_by_asc(seal::Column::Seq)
        .order_by_asc(seal::Column::Pack)
        .order_by_asc(seal::Column::Period)
        .all(&r.conn)
        .await?
        .iter()
        .map(seal_of)
        .collect()
}

fn seal_of(row: &seal::Model) -> Result<Seal> {
    let cells = Cells::new("seal", &row.period);
    Ok(Seal {
        pack: cells.parse("pack", &row.pack)?,
        period: cells.parse("period", &row.period)?,
        seq: row.seq,
        sealed_at: row.sealed_at,
    })
}
