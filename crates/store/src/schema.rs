//! How the schema of a database stands to this program, and what bringing it up to date did.

use std::path::PathBuf;

/// So many copies of before an upgrade are kept beside a SQLite file.
pub const COPIES_KEPT: usize = 3;

/// How the schema of a database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    /// There is none yet.
    Empty,
    /// So many steps are missing.
    Older(usize),
    /// All steps were made, but chains were not brought up to them: an upgrade was broken off.
    Unfinished,
    /// It is this program's.
    Current,
    /// Steps that this program does not know were made: a newer one was here.
    Newer(Vec<String>),
}

impl Schema {
    /// Whether this program may write.
    pub(crate) const fn writable(&self) -> bool {
        matches!(self, Self::Current)
    }
}

/// What an upgrade did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Steps that were made.
    pub steps: usize,
    /// Counties whose chain took in what it did not name before.
    pub adopted: usize,
    /// The copy of before, where one was made.
    pub copy: Option<PathBuf>,
}
