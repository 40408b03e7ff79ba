//! Tokens of programs that act for somebody, found by the hash of their secret.

use chrono::NaiveDate;
use domain::id::{PersonId, TokenId};
use domain::token::Token;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::{Cells, sha256_hex};
use crate::row::api_token;
use crate::{Read, Result, StoreError, Tx};

/// Rows of one list; who made more sees the newest.
pub const TOKENS_MAX: u64 = 300;

/// Keeps a token by the hash of its secret.
pub async fn api_token_insert(tx: &Tx, new: &Token, secret: &str) -> Result<()> {
    let row = row(new, 1, sha256_hex(secret.as_bytes()));
    tx.insert::<api_token::Entity>(row).await
}

/// Takes a token back, or notes the day of its use; `changed.version` is the one that was read.
/// Returns the new version.
pub async fn api_token_update(tx: &Tx, changed: &Token) -> Result<i64> {
    let old = api_token::Entity::find_by_id(changed.id.to_string())
        .one(&tx.conn)
        .await?;
    let Some(old) = old else {
        return Err(StoreError::Missing {
            table: "api_token",
            key: changed.id.to_string(),
        });
    };
    tx.expect_version("api_token", &old.id, old.version, changed.version)
        .await?;
    tx.update::<api_token::Entity>(row(changed, changed.version, old.hash))
        .await
}

/// The token of a secret, whatever became of it.
pub async fn api_token_by_secret(r: &Read, secret: &str) -> Result<Option<Token>> {
    let row = api_token::Entity::find()
        .filter(api_token::Column::Hash.eq(sha256_hex(secret.as_bytes())))
        .one(&r.conn)
        .await?;
    row.as_ref().map(token_of).transpose()
}

/// One token.
pub async fn api_token_find(r: &Read, id: TokenId) -> Result<Option<Token>> {
    let row = api_token::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(token_of).transpose()
}

/// The tokens of a person, newest first.
pub async fn api_tokens_of(r: &Read, person: PersonId) -> Result<Vec<Token>> {
    api_token::Entity::find()
        .filter(api_token::Column::Person.eq(person.to_string()))
        .order_by_desc(api_token::Column::MadeAt)
        .order_by_desc(api_token::Column::Id)
        .limit(TOKENS_MAX)
        .all(&r.conn)
        .await?
        .iter()
        .map(token_of)
        .collect()
}

fn row(t: &Token, version: i64, hash: String) -> api_token::Model {
    let scope: Vec<&str> = t.scope.iter().map(|action| action.code()).collect();
    api_token::Model {
        id: t.id.to_string(),
        home: t.home.to_string(),
        person: t.person.to_string(),
        name: t.name.clone(),
        scope: scope.join(" "),
        hash,
        made_at: t.made_at,
        ends_on: t.ends_on.to_string(),
        revoked_at: t.revoked_at,
        used_on: t.used_on.map(|on: NaiveDate| on.to_string()),
        version,
    }
}

fn token_of(row: &api_token::Model) -> Result<Token> {
    let cells = Cells::new("api_token", &row.id);
    let scope = row.scope.split_whitespace();
    Ok(Token {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        person: cells.parse("person", &row.person)?,
        name: row.name.clone(),
        scope: scope
            .map(|code| cells.parse("scope", code))
            .collect::<Result<_>>()?,
        made_at: row.made_at,
        ends_on: cells.parse("ends_on", &row.ends_on)?,
        revoked_at: row.revoked_at,
        used_on: cells.maybe("used_on", row.used_on.as_deref())?,
        version: row.version,
    })
}
