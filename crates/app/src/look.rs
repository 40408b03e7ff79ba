//! The number of a county's chain, read once for all who ask for it at the same time.
//!
//! What is held in memory is right as long as that number stands, so every page asks for it,
//! several times. Under load the askers wait for each other's look instead of for a connection.
//!
//! **Invariant:** an answer was read after it was asked for: whoever has written finds a number
//! that has the writing in it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::BodyId;
use tokio::sync::MutexGuard;

use crate::ctx::App;
use crate::error::Result;

/// Those who ask, by county.
#[derive(Debug, Default)]
pub(crate) struct Looks(Mutex<HashMap<BodyId, Arc<Line>>>);

/// Who asks about one county.
#[derive(Debug, Default)]
struct Line {
    /// One look at a time.
    turn: tokio::sync::Mutex<Option<Seen>>,
    /// How many looks were begun.
    begun: AtomicU64,
    /// One at a time brings up to date what is held.
    renewing: tokio::sync::Mutex<()>,
}

/// What a look found.
#[derive(Debug, Clone, Copy)]
struct Seen {
    look: u64,
    head: i64,
}

/// The right to bring up to date what is held of a county.
pub(crate) struct Renewing(Arc<Line>);

impl Renewing {
    /// Waits for whoever has it; what is held is to be looked at again then.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.0.renewing.lock().await
    }
}

impl Looks {
    fn line(&self, home: BodyId) -> Arc<Line> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lines.entry(home).or_default())
    }
}

impl App {
    /// The number of a county's last link now; 0 before the first.
    pub(crate) async fn head(&self, home: BodyId) -> Result<i64> {
        let line = self.looks.line(home);
        let asked = line.begun.load(Ordering::Acquire);
        let mut seen = line.turn.lock().await;
        if let Some(seen) = seen.filter(|seen| seen.look > asked) {
            return Ok(seen.head);
        }
        let look = line.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let head = self
            .store
            .read(async |r| store::generation::head_seq(r, home).await)
            .await?;
        *seen = Some(Seen { look, head });
        Ok(head)
    }

    /// Who may bring up to date what is held of a county.
    pub(crate) fn renewing(&self, home: BodyId) -> Renewing {
        Renewing(self.looks.line(home))
    }
}
