//! The simplest thing that a write is held against: one row committed, past the store.

use std::error::Error;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::wide::scattered;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// About what one act writes in all tables: row, version, parts, counted rows, link.
const BARE_BYTES: usize = 2_500;
const BARE_TABLE: &str = "create table bare (id bigint primary key, text text not null)";

/// A table beside the county's, with nothing but a key and a text.
#[derive(Debug)]
pub enum Bare {
    /// In a file of its own.
    Sqlite(SqliteConnection),
    /// In the county's database.
    Postgres(PgConnection),
}

impl Bare {
    /// Makes the table: on PostgreSQL where an address is given, else in a file in this folder.
    pub async fn open(dir: &Path, url: Option<&str>) -> Outcome<Self> {
        if let Some(url) = url {
            let mut conn = PgConnection::connect(url).await?;
            conn.execute(BARE_TABLE).await?;
            return Ok(Self::Postgres(conn));
        }
        let options = SqliteConnectOptions::new()
            .filename(dir.join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut conn = SqliteConnection::connect_with(&options).await?;
        conn.execute(BARE_TABLE).await?;
        Ok(Self::Sqlite(conn))
    }

    /// One row in one transaction of its own.
    pub async fn row(&mut self, n: u64) -> Outcome<()> {
        let id = i64::try_from(n)?;
        let mut text = String::with_capacity(BARE_BYTES);
        for at in 0..BARE_BYTES / 16 {
            text += &format!("{:016x}", scattered((n << 16) | u64::try_from(at)?));
        }
        match self {
            Self::Sqlite(conn) => {
                let insert = sqlx::query("insert into bare (id, text) values (?, ?)");
                let mut tx = conn.begin().await?;
                insert.bind(id).bind(text).execute(&mut *tx).await?;
                tx.commit().await?;
            }
            Self::Postgres(conn) => {
                let insert = sqlx::query("insert into bare (id, text) values ($1, $2)");
                let mut tx = conn.begin().await?;
                insert.bind(id).bind(text).execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Closes the connection.
    pub async fn close(self) -> Outcome<()> {
        match self {
            Self::Sqlite(conn) => conn.close().await?,
            Self::Postgres(conn) => conn.close().await?,
        }
        Ok(())
    }
}
