//! Accounts of one name that were declared two people's.

use domain::id::{BodyId, PersonId};
use domain::reset::Namesake;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::Cells;
use crate::row::namesake;
use crate::{Read, Result, Tx};

/// Rows of one list.
pub const NAMESAKES_MAX: u64 = 500;

/// Keeps the declaration.
pub async fn namesake_insert(tx: &Tx, new: &Namesake) -> Result<()> {
    tx.insert::<namesake::Entity>(namesake::Model {
        person: new.person.to_string(),
        other: new.other.to_string(),
        home: tx.home().to_string(),
        reason: new.reason.clone(),
        said_by: new.said_by.to_string(),
        said_at: new.said_at,
        version: 1,
    })
    .await
}

/// Whether two accounts were declared two people's, whichever came first.
pub async fn namesake_known(r: &Read, one: PersonId, other: PersonId) -> Result<bool> {
    for (a, b) in [(one, other), (other, one)] {
        let key = (a.to_string(), b.to_string());
        let found = namesake::Entity::find_by_id(key).one(&r.conn).await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The declarations of a county, newest first.
pub async fn namesakes_of(r: &Read, home: BodyId) -> Result<Vec<Namesake>> {
    namesake::Entity::find()
        .filter(namesake::Column::Home.eq(home.to_string()))
        .order_by_desc(namesake::Column::SaidAt)
        .order_by_asc(namesake::Column::Person)
        .limit(NAMESAKES_MAX)
        .all(&r.conn)
        .await?
        .iter()
        .map(namesake_of)
        .collect()
}

fn namesake_of(row: &namesake::Model) -> Result<Namesake> {
    let cells = Cells::new("namesake", &row.person);
    Ok(Namesake {
        person: cells.parse("person", &row.person)?,
        other: cells.parse("other", &row.other)?,
        reason: row.reason.clone(),
        said_by: cells.parse("said_by", &row.said_by)?,
        said_at: row.said_at,
    })
}
