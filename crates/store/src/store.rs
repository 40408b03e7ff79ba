//! Opening a database, and the only two ways in: a snapshot to read, a transaction to write.

use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use object_store::local::LocalFileSystem;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use sqlx::Executor;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::conn::{Conn, Engine};
use crate::error::asks_again;
use crate::head::HeadLog;
use crate::migration::Migrator;
use crate::tx::{Finished, Meta, Read, Tx};
use crate::{Result, StoreError};

/// How long SQLite waits for another process, in seconds.
const BUSY_SECONDS: u64 = 10;
/// Page cache of each SQLite connection, in KiB.
const SQLITE_CACHE_KIB: u32 = 8192;
/// How often a write is run again when PostgreSQL asks for it.
const RERUNS_MAX: u32 = 5;
/// The first pause before a re-run, in milliseconds; it doubles each time.
const RERUN_PAUSE_MS: u64 = 4;
/// How long a caller waits for a free connection, in seconds.
const ACQUIRE_SECONDS: u64 = 30;
/// A connection that was idle for so long is asked whether it is still there, in seconds.
const PING_AFTER_SECONDS: u64 = 30;

/// Where the data stand.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// The folder under which evidence files stand; without it none can be kept.
    pub files_dir: Option<PathBuf>,
    /// The file outside the database that the heads of all chains go to.
    pub head_file: Option<PathBuf>,
    /// Connections for readers.
    pub readers: u32,
}

impl StoreConfig {
    /// A database with four readers, without files and without a head file.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            files_dir: None,
            head_file: None,
            readers: 4,
        }
    }
}

struct Inner {
    engine: Engine,
    readers: DatabaseConnection,
    writer: DatabaseConnection,
    gate: Arc<Mutex<()>>,
    statements: Arc<AtomicU64>,
    head_log: Option<Arc<HeadLog>>,
    files: Option<Arc<LocalFileSystem>>,
}

/// A database that is open. Cloning shares it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.0.engine).finish()
    }
}

impl Store {
    /// Opens the database; a SQLite file is made where none stands.
    pub async fn open(config: &StoreConfig) -> Result<Self> {
        let (engine, readers, writer) = if let Some(path) = config.url.strip_prefix("sqlite:") {
            let (readers, writer) = open_sqlite(path, config.readers).await?;
            (Engine::Sqlite, readers, writer)
        } else if config.url.starts_with("postgres:") || config.url.starts_with("postgresql:") {
            let (readers, writer) = open_postgres(&config.url, config.readers).await?;
            (Engine::Postgres, readers, writer)
        } else {
            return Err(StoreError::Address(config.url.chars().take(80).collect()));
        };
        let head_log = match &config.head_file {
            Some(path) => Some(Arc::new(HeadLog::open(path)?)),
            None => None,
        };
        let files = match &config.files_dir {
            Some(dir) => {
                std::fs::create_dir_all(dir).map_err(|source| StoreError::File {
                    path: dir.display().to_string(),
                    source,
                })?;
                Some(Arc::new(
                    LocalFileSystem::new_with_prefix(dir)?.with_fsync(true),
                ))
            }
            None => None,
        };
        Ok(Self(Arc::new(Inner {
            engine,
            readers,
            writer,
            gate: Arc::new(Mutex::new(())),
            statements: Arc::new(AtomicU64::new(0)),
            head_log,
            files,
        })))
    }

    /// Runs the migrations that are missing; returns how many were.
    pub async fn migrate(&self) -> Result<usize> {
        let _gate = self.0.gate.lock().await;
        let pending = Migrator::get_pending_migrations(&self.0.writer)
            .await?
            .len();
        Migrator::up(&self.0.writer, None).await?;
        Ok(pending)
    }

    /// How many migrations are missing, without changing anything.
    pub async fn migrations_pending(&self) -> Result<usize> {
        Ok(Migrator::get_pending_migrations_read_only(&self.0.readers)
            .await?
            .len())
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// How many statements were sent so far; tests hold it against the length of lists.
    pub fn queries(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Closes all connections; a SQLite file then stands alone, without its log.
    pub async fn close(&self) -> Result<()> {
        self.0.readers.close_by_ref().await?;
        self.0.writer.close_by_ref().await?;
        Ok(())
    }

    pub(crate) fn files(&self) -> Option<&Arc<LocalFileSystem>> {
        self.0.files.as_ref()
    }

    /// Reads in one consistent snapshot: `store.read(async |r| body_find(r, id).await).await`.
    ///
    /// The closure is called once; its future is `Send`, so handlers may await it.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&Read) -> Result<T, E>,
        E: From<StoreError>,
    {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        };
        let inner = self
            .0
            .readers
            .begin_with_options(options)
            .await
            .map_err(StoreError::from)?;
        let read = Read::new(
            Conn::new(inner, Arc::clone(&self.0.statements)),
            self.0.engine,
        );
        let out = f(&read).await;
        if let Err(error) = read.conn.rollback().await {
            tracing::warn!(%error, "a snapshot could not be given back");
        }
        out
    }

    /// Writes in one transaction that ends with its link in the audit chain:
    /// `store.write(&meta, async |tx| body_insert(tx, &body).await).await`.
    ///
    /// The closure may be run again (PostgreSQL, at most 5 times), which is why it must be `Clone`
    /// and should await nothing but the store; it borrows what it needs. When it fails nothing is
    /// written. It must not call `write` again: writers of one process go one by one, and the inner
    /// one would wait for the outer one. Once the commit has begun it is no longer stopped by
    /// dropping this future.
    pub async fn write<T, E, F>(&self, meta: &Meta, f: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&Tx) -> Result<T, E> + Clone,
        E: From<StoreError>,
    {
        let mut gate = Arc::clone(&self.0.gate).lock_owned().await;
        let mut pause = RERUN_PAUSE_MS;
        for _ in 0..=RERUNS_MAX {
            match self.attempt(meta, f.clone(), gate).await? {
                Attempt::Done(value) => return Ok(value),
                Attempt::Again(kept) => gate = kept,
            }
            tokio::time::sleep(Duration::from_millis(jittered(pause))).await;
            pause *= 2;
        }
        Err(StoreError::Busy.into())
    }

    async fn attempt<T, E, F>(&self, meta: &Meta, f: F, gate: Gate) -> Result<Attempt<T>, E>
    where
        F: AsyncFnOnce(&Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let tx = match self.begin(meta).await {
            Ok(tx) => tx,
            Err(StoreError::Db(error)) if asks_again(&error) => return Ok(Attempt::Again(gate)),
            Err(error) => return Err(error.into()),
        };
        match f(&tx).await {
            Err(error) => {
                let again = tx.asks_again();
                if let Err(error) = tx.rollback().await {
                    // The caller hears what went wrong first; a lost connection undoes as well.
                    tracing::warn!(%error, "a transaction could not be rolled back");
                }
                if again {
                    Ok(Attempt::Again(gate))
                } else {
                    Err(error)
                }
            }
            Ok(value) => {
                let task = tokio::spawn(finish(tx, gate, self.0.head_log.clone()));
                let kept = task
                    .await
                    .map_err(|error| StoreError::Stopped(error.to_string()))??;
                Ok(kept.map_or(Attempt::Done(value), Attempt::Again))
            }
        }
    }

    async fn begin(&self, meta: &Meta) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.0.writer.begin_with_options(options).await?;
        let conn = Conn::new(inner, Arc::clone(&self.0.statements));
        Tx::begin(Read::new(conn, self.0.engine), meta.clone()).await
    }
}

/// The right to write, of which a process has one for each store.
type Gate = OwnedMutexGuard<()>;

/// How one run of a write ended.
enum Attempt<T> {
    /// It is committed.
    Done(T),
    /// PostgreSQL asks to run it again; the gate is still ours.
    Again(Gate),
}

/// Everything from the link to the head file; runs to its end even if nobody waits any longer.
/// Gives the gate back where the transaction must be run again; else the next writer goes on as
/// soon as this one is committed.
async fn finish(tx: Tx, gate: Gate, log: Option<Arc<HeadLog>>) -> Result<Option<Gate>> {
    let (finished, head) = tx.finish().await?;
    if matches!(finished, Finished::Again) {
        return Ok(Some(gate));
    }
    drop(gate);
    if let (Some(log), Some(head)) = (log, head)
        && let Err(error) = log.append(head).await
    {
        // The write is committed; only the proof beside it is behind.
        tracing::error!(%error, "the head file could not be written");
    }
    Ok(None)
}

/// Between half and the whole of a pause, so that two nodes do not meet again.
fn jittered(pause: u64) -> u64 {
    let chance = std::hash::RandomState::new().build_hasher().finish();
    pause / 2 + chance % (pause / 2 + 1)
}

async fn open_sqlite(path: &str, readers: u32) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let path = match path.strip_prefix("//") {
        // The long form is an address and may carry a query; the options here stand in its place.
        Some(address) => address.split_once('?').map_or(address, |(path, _)| path),
        None => path,
    };
    if path.is_empty() || path.contains(":memory:") {
        return Err(StoreError::Address(format!("sqlite:{path}")));
    }
    let path = PathBuf::from(path);
    let options = move |read_only: bool| {
        SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(!read_only)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(BUSY_SECONDS))
            .pragma("cache_size", format!("-{SQLITE_CACHE_KIB}"))
            .pragma("query_only", if read_only { "on" } else { "off" })
    };
    // The address only has to be one; the options replace it, so that any file name will do.
    let connect = async |connections: u32, read_only: bool| {
        let mut opt = ConnectOptions::new("sqlite::memory:");
        let options = options.clone();
        opt.max_connections(connections)
            .min_connections(1)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
            .map_sqlx_sqlite_opts(move |base| {
                use sqlx::ConnectOptions as _;
                let _ = base;
                options(read_only).disable_statement_logging()
            });
        Database::connect(opt).await
    };
    let writer = connect(1, false).await?;
    let readers = connect(readers.max(1), true).await?;
    Ok((readers, writer))
}

async fn open_postgres(
    url: &str,
    readers: u32,
) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let connect = async |connections: u32, session: &'static str| {
        let mut opt = ConnectOptions::new(url);
        opt.max_connections(connections)
            .min_connections(0)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .test_before_acquire(false)
            .test_before_acquire_if_idle_for(Duration::from_secs(PING_AFTER_SECONDS))
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS))
            .map_sqlx_postgres_pool_opts(move |pool| {
                pool.after_connect(move |conn, _| {
                    Box::pin(async move {
                        conn.execute(session).await?;
                        Ok(())
                    })
                })
            });
        Database::connect(opt).await
    };
    let writer = connect(
        2,
        "set session characteristics as transaction isolation level serializable, read write",
    )
    .await?;
    let readers = connect(
        readers.max(1),
        "set session characteristics as transaction isolation level repeatable read, read only",
    )
    .await?;
    Ok((readers, writer))
}
