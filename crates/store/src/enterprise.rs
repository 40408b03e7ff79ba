//! The basic file of an enterprise.

use domain::id::BodyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::canon::Cells;
use crate::row::enterprise;
use crate::{Read, Result, Tx};

/// What the register says about an enterprise, beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    /// Its body.
    pub body: BodyId,
    /// The county.
    pub home: BodyId,
    /// 统一社会信用代码, where it is known; unique.
    pub uscc: Option<String>,
    /// Code of its industry (GB/T 4754), or empty.
    pub industry: String,
    /// Address, or empty.
    pub address: String,
    /// Telephone, or empty.
    pub phone: String,
    /// Version of the row, for stale writes.
    pub version: i64,
}

/// Inserts the file of an enterprise whose body stands already.
pub async fn enterprise_insert(tx: &Tx, new: &Enterprise) -> Result<()> {
    tx.insert::<enterprise::Entity>(row(new, 1)).await
}

/// Updates the file; `changed.version` is the one that was read. Returns the new version.
pub async fn enterprise_update(tx: &Tx, changed: &Enterprise) -> Result<i64> {
    tx.update::<enterprise::Entity>(row(changed, changed.version))
        .await
}

/// The file of one enterprise.
pub async fn enterprise_find(r: &Read, body: BodyId) -> Result<Option<Enterprise>> {
    let row = enterprise::Entity::find_by_id(body.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(enterprise_of).transpose()
}

/// The enterprise with this credit code, in any county.
pub async fn enterprise_by_uscc(r: &Read, uscc: &str) -> Result<Option<Enterprise>> {
    let row = enterprise::Entity::find()
        .filter(enterprise::Column::Uscc.eq(uscc))
        .one(&r.conn)
        .await?;
    row.as_ref().map(enterprise_of).transpose()
}

/// The files of these bodies, as far as they are enterprises.
pub async fn enterprises_by_bodies(r: &Read, bodies: &[BodyId]) -> Result<Vec<Enterprise>> {
    let mut out = Vec::new();
    for chunk in bodies.chunks(crate::read::IDS_AT_ONCE) {
        let rows = enterprise::Entity::find()
            .filter(enterprise::Column::Body.is_in(chunk.iter().map(ToString::to_string)))
            .all(&r.conn)
            .await?;
        for row in &rows {
            out.push(enterprise_of(row)?);
        }
    }
    Ok(out)
}

fn row(e: &Enterprise, version: i64) -> enterprise::Model {
    enterprise::Model {
        body: e.body.to_string(),
        home: e.home.to_string(),
        uscc: e.uscc.clone(),
        industry: e.industry.clone(),
        address: e.address.clone(),
        phone: e.phone.clone(),
        version,
    }
}

fn enterprise_of(row: &enterprise::Model) -> Result<Enterprise> {
    let cells = Cells::new("enterprise", &row.body);
    Ok(Enterprise {
        body: cells.parse("body", &row.body)?,
        home: cells.parse("home", &row.home)?,
        uscc: row.uscc.clone(),
        industry: row.industry.clone(),
        address: row.address.clone(),
        phone: row.phone.clone(),
        version: row.version,
    })
}
