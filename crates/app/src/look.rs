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
use store::Store;
use tokio::sync::MutexGuard;

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
    /// Waits for whoever has it, and says what then serves one who found the chain at `now`.
    pub(crate) async fn turn(&self, now: i64) -> (MutexGuard<'_, ()>, Wanted) {
        let (turn, renewed) = match self.0.renewing.try_lock() {
            Ok(turn) => (turn, false),
            Err(_) => (self.0.renewing.lock().await, true),
        };
        (turn, Wanted { now, renewed })
    }
}

/// What serves one who asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    now: i64,
    /// Somebody brought something up to date meanwhile.
    renewed: bool,
}

impl Wanted {
    /// What is held as of this link and nothing else.
    pub(crate) const fn exactly(now: i64) -> Self {
        Self {
            now,
            renewed: false,
        }
    }

    /// Whether what is complete up to a link will do. A later one than was asked for is somebody
    /// else's work; without that it would be of a chain that was put back.
    pub(crate) const fn is_met_by(self, seq: i64) -> bool {
        seq == self.now || (self.renewed && seq > self.now)
    }
}

impl Looks {
    fn line(&self, home: BodyId) -> Arc<Line> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lines.entry(home).or_default())
    }
}

impl Looks {
    /// The number of a county's last link now; 0 before the first.
    pub(crate) async fn head(&self, store: &Store, home: BodyId) -> Result<i64> {
        let line = self.line(home);
        let asked = line.begun.load(Ordering::Acquire);
        let mut seen = line.turn.lock().await;
        if let Some(seen) = seen.filter(|seen| seen.look > asked) {
            return Ok(seen.head);
        }
        let look = line.begun.fetch_add(1, Ordering::AcqRel) + 1;
        let head = store
            .read(async |r| store::generation::head_seq(r, home).await)
            .await?;
        *seen = Some(Seen { look, head });
        Ok(head)
    }

    /// Who may bring up to date what is held of a county.
    pub(crate) fn renewing(&self, home: BodyId) -> Renewing {
        Renewing(self.line(home))
    }
}
