//! Opening a database, and the only two ways in: a snapshot to read, a transaction to write.
//!
//! **Invariant:** a connection whose begin, commit or rollback failed is closed for good: what an
//! engine leaves open would take the next write into itself and lose it.

use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use domain::id::BodyId;
use object_store::local::LocalFileSystem;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, Statement, StatementBuilder,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::batch::Batch;
use crate::conn::{Conn, Engine};
use crate::error::{Fault, asks_again, fault};
use crate::head::{HeadLine, HeadLog};
use crate::health::{Health, Pulse};
use crate::open::Address;
use crate::read::Read;
use crate::schema::Schema;
use crate::{Result, StoreError};

/// How often a write is run again when PostgreSQL asks for it.
pub(crate) const RERUNS_MAX: u32 = 5;
/// The first pause before a re-run, in milliseconds; it doubles each time.
pub(crate) const RERUN_PAUSE_MS: u64 = 4;
/// How long the closing of a broken connection is waited for, in seconds.
const CLOSE_SECONDS: u64 = 2;

tokio::task_local! {
    /// The store in whose write this task is, by its place in memory.
    pub(crate) static WRITING: usize;
}

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
    /// Nothing is written: no file is made, no connection for writing is opened.
    pub reading_only: bool,
}

impl StoreConfig {
    /// A database with four readers, without files and without a head file.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            files_dir: None,
            head_file: None,
            readers: 4,
            reading_only: false,
        }
    }
}

pub(crate) struct Inner {
    pub(crate) address: Address,
    reading_only: bool,
    reader_count: u32,
    readers: DatabaseConnection,
    pub(crate) writer: Arc<Mutex<Writer>>,
    /// How many wait for the writer to write.
    pub(crate) in_line: AtomicUsize,
    pub(crate) statements: Arc<AtomicU64>,
    head_log: Option<Arc<HeadLog>>,
    files: Option<Arc<LocalFileSystem>>,
    pub(crate) pulse: Pulse,
}

/// The right to write, of which a process has one for each store, with the connection for it and
/// the transaction that is open.
pub(crate) type Gate = OwnedMutexGuard<Writer>;

/// The connection that writes; none before the first write and after a fault.
#[derive(Default)]
pub(crate) struct Writer {
    conn: Option<DatabaseConnection>,
    /// The transaction that is open between two turns.
    pub(crate) batch: Option<Batch>,
    /// How many transactions were begun.
    pub(crate) begun: u64,
}

impl Writer {
    /// Whether there is a connection.
    pub(crate) const fn is_connected(&self) -> bool {
        self.conn.is_some()
    }

    /// The connection, opened where there is none.
    pub(crate) async fn open(&mut self, address: &Address) -> Result<&DatabaseConnection> {
        let opened = match self.conn.take() {
            Some(open) => open,
            None => address.writer().await?,
        };
        Ok(self.conn.insert(opened))
    }

    /// Closes the connection for good: nobody knows what it left open.
    pub(crate) async fn retire(&mut self) {
        let Some(broken) = self.conn.take() else {
            return;
        };
        let closing = async move {
            if let Err(error) = broken.close().await {
                tracing::warn!(%error, "a broken connection could not be closed");
            }
        };
        // A server that is away does not answer a goodbye either.
        let closing = tokio::spawn(closing);
        let _ = tokio::time::timeout(Duration::from_secs(CLOSE_SECONDS), closing).await;
    }
}

/// A chain and a head file that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The county.
    pub home: BodyId,
    /// The newest number in the file.
    pub file: i64,
    /// The newest number in the database; 0 where it has no such county.
    pub chain: i64,
}

/// A database that is open. Cloning shares it.
#[derive(Clone)]
pub struct Store(pub(crate) Arc<Inner>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.engine()).finish()
    }
}

impl Store {
    /// Opens the database; a SQLite file is made where none stands, unless it is for reading only.
    pub async fn open(config: &StoreConfig) -> Result<Self> {
        let address = Address::parse(&config.url)?;
        let mut writer = Writer::default();
        if !config.reading_only {
            writer.open(&address).await?;
        }
        let readers = address.readers(config.readers).await?;
        let head_log = match &config.head_file {
            Some(path) if !config.reading_only => Some(Arc::new(HeadLog::open(path)?)),
            Some(_) | None => None,
        };
        let files = match &config.files_dir {
            Some(dir) if config.reading_only && !dir.is_dir() => None,
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
            address,
            reading_only: config.reading_only,
            reader_count: config.readers,
            readers,
            writer: Arc::new(Mutex::new(writer)),
            in_line: AtomicUsize::new(0),
            statements: Arc::new(AtomicU64::new(0)),
            head_log,
            files,
            pulse: Pulse::default(),
        })))
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.0.address.engine()
    }

    /// Where the database stands.
    pub(crate) fn address(&self) -> &Address {
        &self.0.address
    }

    /// Whether writing works, as the last tries showed.
    pub fn health(&self) -> Health {
        self.0.pulse.look()
    }

    /// The connections that read, for what is asked before there is a schema.
    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.0.readers
    }

    /// Tries to write a row that says nothing, to learn whether writing works again. Asked for
    /// while it does not; whoever writes finds out by itself.
    pub async fn probe(&self, at: i64) -> bool {
        let sql = "insert into pulse (id, at) values (1, $1) \
                   on conflict (id) do update set at = excluded.at";
        let tried = self
            .alone(async |conn| {
                let backend = conn.get_database_backend();
                let put = Statement::from_sql_and_values(backend, sql, [at.into()]);
                Ok(conn.execute_raw(put).await?)
            })
            .await;
        match tried {
            Ok(_) => self.0.pulse.wrote(),
            Err(StoreError::Fault { fault, .. }) => self.0.pulse.failed(fault, at),
            Err(error) => tracing::warn!(%error, "a try to write failed"),
        }
        self.health().is_well()
    }

    /// Refuses a database that the head file is ahead of, or that it knows otherwise: what would
    /// be written now would be held against what the file says.
    pub async fn refuse_behind_heads(&self) -> Result<()> {
        match self.heads_apart().await?.into_iter().next() {
            None => Ok(()),
            Some(apart) => Err(StoreError::HeadsApart {
                home: apart.home.to_string(),
                file: apart.file,
                chain: apart.chain,
            }),
        }
    }

    /// Counties whose chain is behind the head file, or another one than it says.
    pub async fn heads_apart(&self) -> Result<Vec<Apart>> {
        let Some(log) = &self.0.head_log else {
            return Ok(Vec::new());
        };
        let heads = log.heads()?;
        let chains = match self.schema().await? {
            Schema::Empty => Vec::new(),
            Schema::Older(_) | Schema::Unfinished | Schema::Current | Schema::Newer(_) => {
                self.read(async |r| crate::audit::audit_heads(r).await)
                    .await?
            }
        };
        let mut out = Vec::new();
        for home in heads.homes() {
            let chain = chains.iter().find(|chain| chain.home == home);
            let file = heads.newest(home).map_or(0, |line| line.seq);
            let known = chain.and_then(|chain| heads.at(home, chain.seq));
            let other = known.is_some_and(|line| Some(&line.hash) != chain.map(|c| &c.hash));
            let chain = chain.map_or(0, |chain| chain.seq);
            if file > chain || other {
                out.push(Apart { home, file, chain });
            }
        }
        // A county that has links and no line: the file was lost, or taken away.
        for chain in chains.iter().filter(|c| heads.newest(c.home).is_none()) {
            out.push(Apart {
                home: chain.home,
                file: 0,
                chain: chain.seq,
            });
        }
        Ok(out)
    }

    /// Sets the head file aside and begins a new one with the heads of the database; the old one
    /// stays beside it, under the name that is returned. `at` is now, in milliseconds UTC.
    pub async fn begin_heads(&self, at: i64) -> Result<Option<PathBuf>> {
        let Some(log) = &self.0.head_log else {
            return Ok(None);
        };
        let heads = self
            .read(async |r| crate::audit::audit_heads(r).await)
            .await?;
        log.begin_anew(&heads, at).map(Some)
    }

    /// Runs with the writing connection outside a transaction, alone: for a copy and a migration.
    pub(crate) async fn alone<T, F>(&self, f: F) -> Result<T>
    where
        F: AsyncFnOnce(&DatabaseConnection) -> Result<T>,
    {
        self.refuse_reading_only()?;
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        let mut writer = self.clear(writer).await?;
        let conn = writer.open(&self.0.address).await?;
        let out = f(conn).await;
        if out.is_err() {
            writer.retire().await;
        }
        out
    }

    /// Keeps books that no chain names: one statement by itself, whose count of rows tells whether
    /// they stood as it asked. It is run again where PostgreSQL asks for it, and a fault is
    /// remembered like that of any write.
    pub(crate) async fn keep_book<S>(&self, at: i64, statement: &S) -> Result<u64>
    where
        S: StatementBuilder + Sync,
    {
        self.refuse_reading_only()?;
        let gate = Arc::clone(&self.0.writer).lock_owned().await;
        let mut gate = self.clear(gate).await?;
        let mut renewed = false;
        for _ in 0..=RERUNS_MAX {
            let held = gate.conn.is_some() && !renewed;
            match self.book_once(&mut gate, statement).await {
                Err(StoreError::Db(error)) if asks_again(&error) => {}
                // A server that was away broke the connection held: a new one tells.
                Err(StoreError::Fault { .. }) if held => {
                    gate.retire().await;
                    renewed = true;
                }
                Err(error) => {
                    if let StoreError::Fault { fault, .. } = &error {
                        self.broken(&mut gate, Some(*fault), at).await;
                    }
                    return Err(error);
                }
                Ok(rows) => {
                    self.0.pulse.wrote();
                    return Ok(rows);
                }
            }
        }
        Err(StoreError::Busy)
    }

    async fn book_once<S>(&self, gate: &mut Gate, statement: &S) -> Result<u64>
    where
        S: StatementBuilder + Sync,
    {
        let conn = gate.open(&self.0.address).await?;
        let schema = crate::steps::of(conn).await?;
        if !schema.writable() {
            return Err(StoreError::Schema(schema));
        }
        Ok(conn.execute(statement).await?.rows_affected())
    }

    pub(crate) fn refuse_reading_only(&self) -> Result<()> {
        if !self.0.reading_only {
            return Ok(());
        }
        Err(StoreError::Fault {
            fault: Fault::ReadOnly,
            source: Box::new(sea_orm::DbErr::Custom(
                "it was opened for reading only".to_owned(),
            )),
        })
    }

    /// How many statements were sent so far; tests hold it against the length of lists.
    pub fn queries(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Closes all connections; a SQLite file then stands alone, without its log.
    pub async fn close(&self) -> Result<()> {
        self.0.readers.close_by_ref().await?;
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        let conn = self.clear(writer).await?.conn.take();
        if let Some(conn) = conn {
            conn.close().await?;
        }
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
        let read = self.snapshot().await?;
        let out = f(&read).await;
        if let Err(error) = read.conn.rollback().await {
            tracing::warn!(%error, "a snapshot could not be given back");
        }
        out
    }

    /// Reads, and has the engine tell of each query how it finds the rows: so a test sees whether a
    /// list goes by its index.
    pub async fn explained<T, F>(&self, f: F) -> Result<(T, Vec<String>)>
    where
        F: AsyncFnOnce(&Read) -> Result<T>,
    {
        let read = self.snapshot().await?;
        let read = Read::new(read.conn.explaining().await?, self.engine());
        let out = f(&read).await?;
        let plans = read.conn.plans();
        read.conn.rollback().await?;
        Ok((out, plans))
    }

    /// Begins a snapshot. Connections that a server broke while it was away are passed over: each
    /// is met once.
    async fn snapshot(&self) -> Result<Read> {
        let mut broken = 0;
        loop {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
                ..TransactionOptions::default()
            };
            let error = match self.0.readers.begin_with_options(options).await {
                Ok(inner) => {
                    let conn = Conn::new(inner, Arc::clone(&self.0.statements));
                    return Ok(Read::new(conn, self.engine()));
                }
                Err(error) => error,
            };
            // A pool that waited for a connection waited long enough.
            let waited = matches!(&error, sea_orm::DbErr::ConnectionAcquire(_));
            let lost = fault(&error) == Some(Fault::Away) && !waited;
            if !lost || broken > self.0.reader_count {
                return Err(error.into());
            }
            broken += 1;
        }
    }

    /// Writes a head beside the database. The write behind it is committed; where the file cannot
    /// be written, only the proof is behind, and the health says so.
    pub(crate) async fn log_head(&self, head: HeadLine) {
        let Some(log) = &self.0.head_log else { return };
        let failed = log.append(head).await.err();
        if let Some(error) = &failed {
            tracing::error!(%error, "the head file could not be written");
        }
        self.0
            .pulse
            .head_file(failed.map(|error| error.to_string()));
    }

    /// Closes the writing connection after a fault and remembers why.
    pub(crate) async fn broken(&self, gate: &mut Gate, why: Option<Fault>, at: i64) {
        gate.retire().await;
        self.0.pulse.failed(why.unwrap_or(Fault::Disk), at);
    }
}

/// Between half and the whole of a pause, so that two nodes do not meet again.
pub(crate) fn jittered(pause: u64) -> u64 {
    let chance = std::hash::RandomState::new().build_hasher().finish();
    pause / 2 + chance % (pause / 2 + 1)
}
