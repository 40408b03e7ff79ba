//! Occasions that the office opened.

use domain::id::{BodyId, OccasionId};
use domain::occasion::Occasion;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::canon::{Cells, OPEN_SEQ};
use crate::row::occasion;
use crate::{Read, Result, StoreError, Tx};

/// Opens an occasion.
pub async fn occasion_insert(tx: &Tx, new: &Occasion) -> Result<()> {
    let withdrawn = if new.withdrawn { tx.seq() } else { OPEN_SEQ };
    tx.insert::<occasion::Entity>(row(new, 1, tx.seq(), withdrawn))
        .await
}

/// Changes or withdraws an occasion; `changed.version` is the one that was read. Returns the new
/// version.
pub async fn occasion_update(tx: &Tx, changed: &Occasion) -> Result<i64> {
    let old = occasion::Entity::find_by_id(changed.id.to_string())
        .one(&tx.conn)
        .await?;
    let Some(old) = old else {
        return Err(StoreError::Missing {
            table: "occasion",
            key: changed.id.to_string(),
        });
    };
    tx.expect_version("occasion", &old.id, old.version, changed.version)
        .await?;
    let withdrawn = match (changed.withdrawn, old.withdrawn) {
        (true, true) => old.withdrawn_seq,
        (true, false) => tx.seq(),
        (false, _) => OPEN_SEQ,
    };
    let row = row(changed, changed.version, old.opened_seq, withdrawn);
    tx.update::<occasion::Entity>(row).await
}

/// One occasion.
pub async fn occasion_find(r: &Read, id: OccasionId) -> Result<Option<Occasion>> {
    let row = occasion::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref()
        .map(|row| occasion_of(row, OPEN_SEQ))
        .transpose()
}

/// All occasions of a county as of a link, by first day. `i64::MAX` is now.
pub async fn occasions_of(r: &Read, home: BodyId, as_of: i64) -> Result<Vec<Occasion>> {
    occasion::Entity::find()
        .filter(occasion::Column::Home.eq(home.to_string()))
        .filter(occasion::Column::OpenedSeq.lte(as_of))
        .order_by_asc(occasion::Column::FromOn)
        .order_by_asc(occasion::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(|row| occasion_of(row, as_of))
        .collect()
}

fn row(o: &Occasion, version: i64, opened_seq: i64, withdrawn_seq: i64) -> occasion::Model {
    occasion::Model {
        id: o.id.to_string(),
        home: o.home.to_string(),
        kind: o.kind.to_string(),
        title: o.title.clone(),
        from_on: o.from_on.to_string(),
        to_on: o.to_on.to_string(),
        withdrawn: o.withdrawn,
        opened_seq,
        withdrawn_seq,
        version,
    }
}

fn occasion_of(row: &occasion::Model, as_of: i64) -> Result<Occasion> {
    let cells = Cells::new("occasion", &row.id);
    Ok(Occasion {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        kind: cells.parse("kind", &row.kind)?,
        title: row.title.clone(),
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.parse("to_on", &row.to_on)?,
        withdrawn: row.withdrawn && row.withdrawn_seq <= as_of,
        version: row.version,
    })
}
