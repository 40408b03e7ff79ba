//! All SQL, all migrations, rows to domain values, and the audit chain, on SQLite and PostgreSQL.
//!
//! **Invariant:** nobody outside this crate holds a connection: [`Store::read`] gives a consistent
//! snapshot, [`Store::write`] one transaction whose link in the audit chain is written last.
//! **Invariant:** a row that cannot be read is [`StoreError::Corrupt`], never a default.
//! **Invariant:** every audited row is written by `Tx::insert` and `Tx::update`, which put the hash
//! of the canonical row into the link; whatever is not audited can be computed again or is
//! bookkeeping of sign-in.

mod batch;
mod canon;
mod conn;
mod derived;
mod error;
mod head;
mod health;
mod link;
mod open;
mod page;
mod read;
mod steps;
mod store;
mod tx;
mod upgrade;
mod write;

mod migration;
mod row;
pub mod schema;

pub mod body;
pub mod body_tree;
pub mod enterprise;
pub mod post;

pub mod grant;
pub mod namesake;
pub mod person;
pub mod reset;
pub mod session;

pub mod draft;
pub mod pack;

pub mod api_token;

pub mod act;
pub mod act_page;
pub mod counted;
pub mod file;
pub mod file_collect;
pub mod occasion;
pub mod ruling;
pub mod seal;
pub mod touched;

pub mod audit;
pub mod audit_verify;
pub mod client_request;
pub mod generation;
pub mod job;
pub mod proof;

pub use conn::Engine;
pub use error::{Fault, First, Result, StoreError};
pub use head::{HeadLine, HeadLog, Heads};
pub use health::Health;
pub use page::{COUNT_MAX, Count, Page, RowKey, Turn};
pub use read::Read;
pub use store::{Apart, Store, StoreConfig};
pub use tx::{CLOCK_BEHIND_MAX_MS, LINK_ROWS_MAX, Meta, Tx};
pub use write::STRUCTURE;
