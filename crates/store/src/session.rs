//! Sessions of signed-in browsers, and one-time links. Tokens are kept as hashes only.

use domain::id::{BodyId, PersonId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::{Cells, sha256_hex};
use crate::row::{session, token};
use crate::{Read, Result, StoreError, Tx};

/// So many sessions are cleared at once.
pub const SWEEP_MAX: u64 = 1_000;

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// When, in milliseconds UTC.
    pub created_at: i64,
    /// The last request, in milliseconds UTC.
    pub seen_at: i64,
    /// Address of the browser.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// Opens a session; the token goes into the cookie and is not kept.
pub async fn session_insert(tx: &Tx, new: &Session, token: &str) -> Result<()> {
    let row = session::Model {
        id: new.id.to_string(),
        token_hash: sha256_hex(token.as_bytes()),
        person: new.person.to_string(),
        created_at: new.created_at,
        seen_at: new.seen_at,
        address: new.address.clone(),
        agent: new.agent.clone(),
        home: tx.home().to_string(),
        version: 1,
    };
    tx.insert::<session::Entity>(row).await
}

/// The session of a token; whether it still holds is the caller's question.
pub async fn session_find(r: &Read, token: &str) -> Result<Option<Session>> {
    let row = session::Entity::find()
        .filter(session::Column::TokenHash.eq(sha256_hex(token.as_bytes())))
        .one(&r.conn)
        .await?;
    row.as_ref().map(session_of).transpose()
}

/// The sessions of a person, newest first.
pub async fn sessions_of(r: &Read, person: PersonId) -> Result<Vec<Session>> {
    session::Entity::find()
        .filter(session::Column::Person.eq(person.to_string()))
        .order_by_desc(session::Column::CreatedAt)
        .order_by_asc(session::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(session_of)
        .collect()
}

/// Notes when sessions of the county were last used. Those that ended meanwhile are passed over.
pub async fn sessions_touch(tx: &Tx, seen: &[(SessionId, i64)]) -> Result<()> {
    for (id, seen_at) in seen {
        let row = session::Entity::find_by_id(id.to_string())
            .one(&tx.conn)
            .await?;
        if let Some(mut row) = row.filter(|row| row.seen_at < *seen_at) {
            row.seen_at = *seen_at;
            tx.update::<session::Entity>(row).await?;
        }
    }
    Ok(())
}

/// Ends a session.
pub async fn session_remove(tx: &Tx, id: SessionId) -> Result<()> {
    let row = session::Entity::find_by_id(id.to_string())
        .one(&tx.conn)
        .await?;
    tx.remove_many::<session::Entity>(row.as_slice()).await?;
    Ok(())
}

/// Ends all sessions of a person but one; returns how many ended.
pub async fn sessions_remove(tx: &Tx, person: PersonId, but: Option<SessionId>) -> Result<u64> {
    let mut query = session::Entity::find()
        .filter(session::Column::Person.eq(person.to_string()))
        .order_by_asc(session::Column::Id);
    if let Some(but) = but {
        query = query.filter(session::Column::Id.ne(but.to_string()));
    }
    let rows = query.all(&tx.conn).await?;
    tx.remove_many::<session::Entity>(&rows).await
}

/// Ends all sessions of the county.
pub async fn sessions_end(tx: &Tx) -> Result<u64> {
    let rows = session::Entity::find()
        .filter(session::Column::Home.eq(tx.home().to_string()))
        .order_by_asc(session::Column::Id)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<session::Entity>(&rows).await
}

/// Ends all one-time links of the county.
pub async fn tokens_end(tx: &Tx) -> Result<u64> {
    let rows = token::Entity::find()
        .filter(token::Column::Home.eq(tx.home().to_string()))
        .order_by_asc(token::Column::Hash)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<token::Entity>(&rows).await
}

/// Clears sessions of the county that had no request since an instant, at most [`SWEEP_MAX`];
/// returns how many.
pub async fn sessions_sweep(tx: &Tx, seen_before: i64) -> Result<u64> {
    let rows = session::Entity::find()
        .filter(session::Column::Home.eq(tx.home().to_string()))
        .filter(session::Column::SeenAt.lt(seen_before))
        .order_by_asc(session::Column::Id)
        .limit(SWEEP_MAX)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<session::Entity>(&rows).await
}

fn session_of(row: &session::Model) -> Result<Session> {
    let cells = Cells::new("session", &row.id);
    Ok(Session {
        id: cells.parse("id", &row.id)?,
        person: cells.parse("person", &row.person)?,
        created_at: row.created_at,
        seen_at: row.seen_at,
        address: row.address.clone(),
        agent: row.agent.clone(),
    })
}

/// A one-time link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTime {
    /// What it is for, such as `setup` or `password`.
    pub purpose: String,
    /// For whom; none for the first set-up.
    pub person: Option<PersonId>,
    /// Of which county.
    pub home: Option<BodyId>,
    /// Until when it is good, in milliseconds UTC.
    pub expires_at: i64,
}

/// Keeps a one-time link by the hash of its token.
pub async fn token_insert(tx: &Tx, secret: &str, new: &OneTime) -> Result<()> {
    let row = token::Model {
        hash: sha256_hex(secret.as_bytes()),
        purpose: new.purpose.clone(),
        person: new.person.map(|id| id.to_string()),
        home: new.home.map(|id| id.to_string()),
        expires_at: new.expires_at,
        used_at: None,
    };
    if new.home != Some(tx.home()) {
        return Err(StoreError::Foreign {
            table: "token",
            home: tx.home().to_string(),
            found: row.home.unwrap_or_default(),
        });
    }
    tx.insert::<token::Entity>(row).await
}

/// Looks at a one-time link that is still good, without using it up.
pub async fn token_find(r: &Read, secret: &str, purpose: &str, at: i64) -> Result<Option<OneTime>> {
    Ok(token_row(r, secret, purpose, at)
        .await?
        .map(|found| found.1))
}

/// Uses up a one-time link: `None` when it is unknown, used, for something else, or too old.
pub async fn token_take(tx: &Tx, secret: &str, purpose: &str) -> Result<Option<OneTime>> {
    let Some((mut row, found)) = token_row(tx, secret, purpose, tx.at()).await? else {
        return Ok(None);
    };
    row.used_at = Some(tx.at());
    tx.update::<token::Entity>(row).await?;
    Ok(Some(found))
}

/// Ends all one-time links of a person; returns how many ended.
pub async fn tokens_remove(tx: &Tx, person: PersonId) -> Result<u64> {
    let rows = token::Entity::find()
        .filter(token::Column::Person.eq(person.to_string()))
        .order_by_asc(token::Column::Hash)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<token::Entity>(&rows).await
}

/// Ends all links for the first set-up of a county; returns how many ended.
pub async fn setup_tokens_remove(tx: &Tx, home: BodyId) -> Result<u64> {
    let rows = token::Entity::find()
        .filter(token::Column::Purpose.eq("setup"))
        .filter(token::Column::Home.eq(home.to_string()))
        .order_by_asc(token::Column::Hash)
        .all(&tx.conn)
        .await?;
    tx.remove_many::<token::Entity>(&rows).await
}

async fn token_row(
    r: &Read,
    secret: &str,
    purpose: &str,
    at: i64,
) -> Result<Option<(token::Model, OneTime)>> {
    let row = token::Entity::find_by_id(sha256_hex(secret.as_bytes()))
        .filter(token::Column::Purpose.eq(purpose))
        .filter(token::Column::Home.is_not_null())
        .filter(token::Column::UsedAt.is_null())
        .filter(token::Column::ExpiresAt.gt(at))
        .one(&r.conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let cells = Cells::new("token", &row.purpose);
    let found = OneTime {
        purpose: row.purpose.clone(),
        person: cells.maybe("person", row.person.as_deref())?,
        home: cells.maybe("home", row.home.as_deref())?,
        expires_at: row.expires_at,
    };
    Ok(Some((row, found)))
}
