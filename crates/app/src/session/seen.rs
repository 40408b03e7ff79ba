//! When sessions were last used, held in memory between two links about it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::{BodyId, SessionId};
use domain::person::IDLE_MINUTES;
use store::session::Session;
use tokio::sync::Semaphore;

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;

/// When sessions were last used, by county: between one link about them and the next.
#[derive(Debug)]
pub(crate) struct Seen {
    held: Mutex<BTreeMap<BodyId, BTreeMap<SessionId, i64>>>,
    /// One write at a time; whoever waits for it knows that none is under way.
    pub(crate) writing: Arc<Semaphore>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            held: Mutex::default(),
            writing: Arc::new(Semaphore::new(1)),
        }
    }
}

impl Seen {
    pub(super) fn of(&self, session: &Session, home: BodyId) -> i64 {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.get(&home).and_then(|county| county.get(&session.id));
        seen.copied().unwrap_or(0).max(session.seen_at)
    }

    pub(super) fn remember(&self, id: SessionId, home: BodyId, now: i64) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = held.entry(home).or_default().entry(id).or_insert(now);
        *seen = Ord::max(*seen, now);
    }

    /// What is remembered of a county and not idle; it stays until it is written, and after.
    pub(super) fn snapshot(&self, home: BodyId, now: i64) -> Vec<(SessionId, i64)> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let county = held.entry(home).or_default();
        county.retain(|_, at| now - *at <= IDLE_MINUTES * MINUTE_MS);
        county.iter().map(|(id, at)| (*id, *at)).collect()
    }
}
