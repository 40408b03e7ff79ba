//! Connecting to an engine: pools for readers, one connection for the writer.

use std::path::PathBuf;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, Executor};

use crate::conn::Engine;
use crate::{Result, StoreError};

/// How long SQLite waits for another process, in seconds.
const BUSY_SECONDS: u64 = 10;
/// Page cache of each SQLite connection, in KiB.
const SQLITE_CACHE_KIB: u32 = 8192;
/// How long a caller waits for a free connection, in seconds.
const ACQUIRE_SECONDS: u64 = 30;
/// How long a caller waits for a server that does not answer, in seconds.
const SERVER_SECONDS: u64 = 5;
/// A connection that was idle for so long is asked whether it is still there, in seconds.
const PING_AFTER_SECONDS: u64 = 30;
/// Connections of the writer to a server: one that works and one that is being given back.
const SERVER_WRITERS: u32 = 2;

/// Fewest connections for readers: a proof reads in two snapshots, and may need a look beside them.
const READERS_FEWEST: u32 = 3;

/// An address that was understood.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL server.
    Server(String),
}

impl Address {
    /// Reads `sqlite:PATH` or `postgres://…`.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let strange = || StoreError::Address(url.chars().take(80).collect());
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = match path.strip_prefix("//") {
                // The long form is an address and may carry a query; the options here stand in
                // its place.
                Some(address) => address.split_once('?').map_or(address, |(path, _)| path),
                None => path,
            };
            if path.is_empty() || path.contains(":memory:") {
                return Err(strange());
            }
            return Ok(Self::File(PathBuf::from(path)));
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Ok(Self::Server(url.to_owned()));
        }
        Err(strange())
    }

    /// Which engine answers there.
    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::File(_) => Engine::Sqlite,
            Self::Server(_) => Engine::Postgres,
        }
    }

    /// Connects for reading; a SQLite file must stand.
    pub(crate) async fn readers(&self, connections: u32) -> Result<DatabaseConnection> {
        let connections = connections.max(READERS_FEWEST);
        Ok(match self {
            Self::File(path) => sqlite(path, connections, true).await?,
            Self::Server(url) => {
                let session = "set session characteristics as transaction \
                               isolation level repeatable read, read only";
                postgres(url, connections, session).await?
            }
        })
    }

    /// Connects for writing; a SQLite file is made where none stands.
    pub(crate) async fn writer(&self) -> Result<DatabaseConnection> {
        Ok(match self {
            Self::File(path) => sqlite(path, 1, false).await?,
            Self::Server(url) => {
                // The head file goes behind a commit: what it says must survive the server.
                let session = "set session characteristics as transaction \
                               isolation level serializable, read write; \
                               set synchronous_commit = on";
                postgres(url, SERVER_WRITERS, session).await?
            }
        })
    }
}

async fn sqlite(
    path: &std::path::Path,
    connections: u32,
    read_only: bool,
) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    // The address only has to be one; the options replace it, so that any file name will do.
    let mut opt = ConnectOptions::new("sqlite::memory:");
    opt.max_connections(connections)
        .min_connections(1)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
        .map_sqlx_sqlite_before_acquire(|conn, _| {
            // What an engine left open is not begun in: the connection is closed for good.
            let sound = !conn.is_in_transaction();
            Box::pin(async move { Ok(sound) })
        })
        .map_sqlx_sqlite_opts(move |_| {
            use sqlx::ConnectOptions as _;
            SqliteConnectOptions::new()
                .filename(&path)
                .create_if_missing(!read_only)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(BUSY_SECONDS))
                .pragma("cache_size", format!("-{SQLITE_CACHE_KIB}"))
                .pragma("query_only", if read_only { "on" } else { "off" })
                .disable_statement_logging()
        });
    Database::connect(opt).await
}

async fn postgres(
    url: &str,
    connections: u32,
    session: &'static str,
) -> Result<DatabaseConnection, DbErr> {
    let mut opt = ConnectOptions::new(url);
    opt.max_connections(connections)
        .min_connections(0)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(PING_AFTER_SECONDS))
        .acquire_timeout(Duration::from_secs(SERVER_SECONDS))
        .map_sqlx_postgres_pool_opts(move |pool| {
            pool.after_connect(move |conn, _| {
                Box::pin(async move {
                    conn.execute(session).await?;
                    Ok(())
                })
            })
            .before_acquire(|conn, _| {
                let sound = !conn.is_in_transaction();
                Box::pin(async move { Ok(sound) })
            })
        });
    Database::connect(opt).await
}
