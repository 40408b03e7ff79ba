//! What a request with a key came to, so that a double click does nothing twice.

use domain::id::PersonId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::row::client_request;
use crate::session::SWEEP_MAX;
use crate::{Read, Result, Tx};

/// The result of the same person's earlier request with this key and verb, if there was one.
pub async fn request_find(
    r: &Read,
    key: &str,
    person: PersonId,
    verb: &str,
) -> Result<Option<String>> {
    let row = client_request::Entity::find_by_id(key)
        .filter(client_request::Column::Person.eq(person.to_string()))
        .filter(client_request::Column::Verb.eq(verb))
        .one(&r.conn)
        .await?;
    Ok(row.map(|row| row.result))
}

/// Keeps what a request came to, in the transaction that did it. A key that somebody else used, or
/// that was used for something else, is `Taken`.
pub async fn request_keep(
    tx: &Tx,
    key: &str,
    person: PersonId,
    verb: &str,
    result: &str,
) -> Result<()> {
    let row = client_request::Model {
        key: key.to_owned(),
        person: person.to_string(),
        verb: verb.to_owned(),
        result: result.to_owned(),
        at: tx.at(),
        home: tx.home().to_string(),
        seq: tx.seq(),
    };
    tx.insert::<client_request::Entity>(row).await
}

/// Forgets requests of the county made before an instant, at most [`SWEEP_MAX`]; returns how many.
pub async fn requests_sweep(tx: &Tx, before: i64) -> Result<u64> {
    let rows = client_request::Entity::find()
        .filter(client_request::Column::Home.eq(tx.home().to_string()))
        .filter(client_request::Column::At.lt(before))
        .order_by_asc(client_request::Column::Key)
        .limit(SWEEP_MAX)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<client_request::Entity>(&rows).await
}
