//! What can go wrong between a value and its row.

use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

/// The result of everything in this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Who was first, when a write came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// The person whose link last touched the row.
    pub person: Option<domain::id::PersonId>,
    /// The operator on the command line, if it was one.
    pub operator: Option<String>,
    /// When, in milliseconds UTC.
    pub at: i64,
    /// Number of that link.
    pub seq: i64,
    /// What was done.
    pub verb: String,
}

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Db(#[source] DbErr),
    /// A row that does not parse.
    #[error("corrupt row: {table}.{column} of {id}")]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Key of the row.
        id: String,
    },
    /// Somebody changed the row first.
    #[error("stale: {table} {key} was changed before")]
    Stale {
        /// Table.
        table: &'static str,
        /// Key of the row.
        key: String,
        /// Who was first, where the trail still tells it.
        first: Option<Box<First>>,
    },
    /// A unique value is taken.
    #[error("taken: {table}: {detail}")]
    Taken {
        /// Table.
        table: &'static str,
        /// What the database said.
        detail: String,
    },
    /// The row that is to be changed does not exist.
    #[error("missing: {table} {key}")]
    Missing {
        /// Table.
        table: &'static str,
        /// Key of the row.
        key: String,
    },
    /// The clock stands more than ten minutes behind the last link.
    #[error("the clock stands at {now} ms, the last entry was made at {last} ms")]
    ClockBehind {
        /// The clock.
        now: i64,
        /// The last link.
        last: i64,
    },
    /// A row of another county than the one whose chain is written.
    #[error("a {table} row of {found} cannot be written in the chain of {home}")]
    Foreign {
        /// Table.
        table: &'static str,
        /// The chain's county.
        home: String,
        /// The row's county.
        found: String,
    },
    /// Too much for one transaction or one page.
    #[error("too many {what}: at most {max}")]
    Limit {
        /// Of what.
        what: &'static str,
        /// How many are allowed.
        max: usize,
    },
    /// The key of a page that is none of this list.
    #[error("not a key of this list")]
    PageKey,
    /// Other writers were faster each time, or hold the file.
    #[error("the database is busy")]
    Busy,
    /// What the database stands on does not hold: nothing was written, or it is not known.
    #[error("the database cannot work: {fault:?}: {source}")]
    Fault {
        /// What is the matter.
        fault: Fault,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A write was begun inside a write.
    #[error("a write inside a write")]
    Nested,
    /// The database is not in the state that this program works with.
    #[error("the schema is {0:?}")]
    Schema(crate::schema::Schema),
    /// The file outside the database knows links that the database does not have, or has others.
    #[error("the head file does not go with the chain of {home}: {file} against {chain}")]
    HeadsApart {
        /// The county.
        home: String,
        /// The newest number in the file.
        file: i64,
        /// The newest number in the database.
        chain: i64,
    },
    /// An address that is neither `sqlite:` nor `postgres:`.
    #[error("not a database address: {0}")]
    Address(String),
    /// A file beside the database.
    #[error("file {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder of evidence files.
    #[error("evidence files: {0}")]
    Objects(#[from] object_store::Error),
    /// A task of ours was stopped in the middle.
    #[error("a task was stopped: {0}")]
    Stopped(String),
}

impl StoreError {
    /// The same for another one of those whose writes were to be committed together.
    pub(crate) fn again_for_another(&self) -> Self {
        match self {
            Self::Busy => Self::Busy,
            Self::Fault { fault, source } => Self::Fault {
                fault: *fault,
                source: source.to_string().into(),
            },
            other => Self::Db(DbErr::Custom(other.to_string())),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if is_busy(&error) {
            Self::Busy
        } else if let Some(fault) = fault(&error) {
            Self::Fault {
                fault,
                source: Box::new(error),
            }
        } else {
            Self::Db(error)
        }
    }
}

/// What a database stands on, when it does not hold. None of these is a mistake of a statement:
/// the same statement works again when the cause is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk, or the space that the database may take, is full.
    Full,
    /// The disk or the file system gives errors.
    Disk,
    /// The file or the server takes no writes.
    ReadOnly,
    /// The server does not answer, is starting or stopping, or broke the connection.
    Away,
}

impl Fault {
    /// A stable name for output.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "disk-full",
            Self::Disk => "disk-error",
            Self::ReadOnly => "read-only",
            Self::Away => "database-away",
        }
    }
}

/// The error of the driver, where it was the driver or the database that spoke.
fn driver(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)) => Some(inner),
        _ => None,
    }
}

/// The code that the database gave, where it was the database that spoke.
fn code(error: &DbErr) -> Option<String> {
    let SqlxError::Database(inner) = driver(error)? else {
        return None;
    };
    inner.code().map(std::borrow::Cow::into_owned)
}

/// Tells a fault of what the database stands on from a mistake of a statement.
pub(crate) fn fault(error: &DbErr) -> Option<Fault> {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return Some(Fault::Away);
    }
    match driver(error)? {
        SqlxError::Database(inner) => match inner.code() {
            Some(code)
                if inner
                    .try_downcast_ref::<sqlx::sqlite::SqliteError>()
                    .is_some() =>
            {
                sqlite_fault(code.parse().ok()?)
            }
            Some(code) => postgres_fault(&code),
            None => None,
        },
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::BeginFailed => Some(Fault::Away),
        _ => None,
    }
}

/// SQLite: the primary code is the low byte of the extended one.
const fn sqlite_fault(code: u32) -> Option<Fault> {
    match code & 0xff {
        13 => Some(Fault::Full),
        // Out of memory, disk errors, a file that cannot be opened, locking that does not work.
        7 | 10 | 14 | 15 | 22 => Some(Fault::Disk),
        8 => Some(Fault::ReadOnly),
        _ => None,
    }
}

/// PostgreSQL: classes of SQLSTATE.
fn postgres_fault(code: &str) -> Option<Fault> {
    match code {
        "53100" => Some(Fault::Full),
        "25006" => Some(Fault::ReadOnly),
        "58030" => Some(Fault::Disk),
        _ if ["08", "53", "57P"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            Some(Fault::Away)
        }
        _ => None,
    }
}

/// PostgreSQL asks to run the transaction again: serialization failure or deadlock.
pub(crate) fn asks_again(error: &DbErr) -> bool {
    code(error).is_some_and(|code| code == "40001" || code == "40P01")
}

/// SQLite: another process holds the file longer than we wait.
fn is_busy(error: &DbErr) -> bool {
    code(error).is_some_and(|code| matches!(code.as_str(), "5" | "261" | "517" | "773"))
}

/// Tells a taken unique value from other failures of an insert or update.
pub(crate) fn on_write(table: &'static str, error: DbErr) -> StoreError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(detail)) => StoreError::Taken { table, detail },
        _ => error.into(),
    }
}
