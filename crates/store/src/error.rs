//! What can go wrong between a value and its row.

use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

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
    /// Other writers were faster each time, or hold the file.
    #[error("the database is busy")]
    Busy,
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

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if is_busy(&error) {
            Self::Busy
        } else {
            Self::Db(error)
        }
    }
}

/// The code that the database gave, where it was the database that spoke.
fn code(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner))
    | DbErr::Query(RuntimeErr::SqlxError(inner))
    | DbErr::Conn(RuntimeErr::SqlxError(inner))) = error
    else {
        return None;
    };
    let SqlxError::Database(inner) = &**inner else {
        return None;
    };
    inner.code().map(std::borrow::Cow::into_owned)
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
