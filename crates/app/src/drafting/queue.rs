//! The queue of notices that are read: few at one time, a bounded number that waits, one of each
//! person; and how each ends.
//!
//! It lives in memory: what waits is a file that its owner still has, and nothing was recorded.
//! **Invariant:** a reading holds its turn until its thread has ended, and its thread ends soon
//! after its flag was raised.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::draft::Stop;
use domain::id::{DraftId, PersonId};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

/// Notices that are read at one time; each takes a core.
pub const READ_AT_ONCE: usize = 1;
/// Notices that wait for their turn; each is a file in memory.
pub const WAITING_MAX: usize = 8;
/// How long nobody may ask for a reading before it is given up, in milliseconds.
pub const SILENT_MS: i64 = 30_000;
/// How long it is told how a reading ended, in milliseconds.
const TOLD_MS: i64 = 600_000;

/// How a reading ended, for whoever asks later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// A draft was made of it.
    Drafted(DraftId),
    /// It was not: the sentence says why.
    Not(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for its turn.
    Waiting,
    /// It is read.
    Running,
    /// It has ended.
    Ended(Ended),
}

/// One notice in the queue.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) n: u64,
    pub(super) person: PersonId,
    pub(super) name: String,
    /// The key of the form that sent it.
    pub(super) once: Option<String>,
    pub(super) phase: Phase,
    pub(super) stop: Stop,
    /// Wakes it where it waits for its turn.
    gone: Arc<Notify>,
    /// When somebody asked for it last; none as long as the request that sent it waits for it.
    seen_at: Option<i64>,
}

impl Reading {
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Running)
    }

    /// Ends it: at once where it waits, at its next step where it is read.
    pub(super) fn give_up(&self) {
        self.stop.stop();
        self.gone.notify_one();
    }
}

/// How many notices are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting for their turn.
    pub waiting: usize,
    /// Being read.
    pub running: usize,
    /// Given up since the program started.
    pub given_up: usize,
}

/// Why a notice is not taken into the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The same form sent it already.
    Same,
    /// Another of the same person is in it.
    Own,
    /// Too many wait.
    All,
}

/// The queue.
#[derive(Debug, Clone)]
pub struct Readings {
    all: Arc<Mutex<Vec<Reading>>>,
    turn: Arc<Semaphore>,
    counts: Arc<watch::Sender<Counts>>,
    /// The number of the next one: never given twice, for pages ask by it.
    next: Arc<AtomicU64>,
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            all: Arc::default(),
            turn: Arc::new(Semaphore::new(READ_AT_ONCE)),
            counts: Arc::new(watch::Sender::new(Counts::default())),
            next: Arc::new(AtomicU64::new(1)),
        }
    }
}

impl Readings {
    /// How many notices are where, and whenever that changes.
    pub fn counts(&self) -> watch::Receiver<Counts> {
        self.counts.subscribe()
    }

    /// Readings that could begin now.
    pub fn free(&self) -> usize {
        self.turn.available_permits()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Reading>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, all: &[Reading], given_up: usize) {
        let of = |phase: &Phase| all.iter().filter(|r| r.phase == *phase).count();
        let (waiting, running) = (of(&Phase::Waiting), of(&Phase::Running));
        self.counts.send_modify(|counts| {
            counts.waiting = waiting;
            counts.running = running;
            counts.given_up += given_up;
        });
    }

    /// Puts a notice at the end of the queue.
    pub(super) fn enter(
        &self,
        person: PersonId,
        name: &str,
        once: Option<&str>,
    ) -> Result<Reading, Full> {
        let mut all = self.lock();
        if let Some(own) = all.iter().find(|r| r.person == person && r.is_open()) {
            let same = once.is_some() && own.once.as_deref() == once;
            return Err(if same { Full::Same } else { Full::Own });
        }
        let open = all.iter().filter(|r| r.is_open()).count();
        if open >= READ_AT_ONCE + WAITING_MAX {
            return Err(Full::All);
        }
        // How the last one ended was told, or is of no use beside a new one.
        all.retain(|r| r.person != person);
        let reading = Reading {
            n: self.next.fetch_add(1, Ordering::Relaxed),
            person,
            name: name.to_owned(),
            once: once.map(str::to_owned),
            phase: Phase::Waiting,
            stop: Stop::new(),
            gone: Arc::default(),
            seen_at: None,
        };
        all.push(reading.clone());
        self.count(&all, 0);
        Ok(reading)
    }

    /// Waits for the turn of a reading; none where it was given up meanwhile.
    pub(super) async fn turn(&self, reading: &Reading) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.turn).acquire_owned();
        let turn = tokio::select! {
            turn = turn => turn.ok()?,
            () = reading.gone.notified() => return None,
        };
        if reading.stop.is_stopped() {
            return None;
        }
        self.change(reading.n, Phase::Running);
        Some(turn)
    }

    fn change(&self, n: u64, phase: Phase) {
        let mut all = self.lock();
        if let Some(own) = all.iter_mut().find(|r| r.n == n) {
            own.phase = phase;
        }
        self.count(&all, 0);
    }

    /// Keeps how a reading ended.
    pub(super) fn end(&self, reading: &Reading, ended: Ended) {
        let given_up = reading.stop.is_stopped() && matches!(ended, Ended::Not(_));
        let mut all = self.lock();
        if let Some(own) = all.iter_mut().find(|r| r.n == reading.n) {
            own.phase = Phase::Ended(ended);
        }
        self.count(&all, usize::from(given_up));
    }

    /// The reading of a person, with how many stand before it. Asking keeps it in the queue.
    pub(super) fn of(&self, person: PersonId, now: i64) -> Option<(Reading, usize)> {
        let mut all = self.lock();
        let own = all.iter_mut().find(|r| r.person == person)?;
        if own.seen_at.is_some() {
            own.seen_at = Some(now);
        }
        let own = own.clone();
        let before = all.iter().filter(|r| r.is_open() && r.n < own.n).count();
        Some((own, before))
    }

    /// Whether a reading has not ended.
    pub(super) fn is_open(&self, n: u64) -> bool {
        self.lock().iter().any(|r| r.n == n && r.is_open())
    }

    /// The request that sent it waits no longer; from now on its page asks for it.
    pub(super) fn hand_on(&self, n: u64, now: i64) {
        if let Some(own) = self.lock().iter_mut().find(|r| r.n == n) {
            own.seen_at = Some(now);
        }
    }

    /// Gives up what nobody asked for, and forgets what was told long ago.
    pub fn sweep(&self, now: i64) {
        let mut all = self.lock();
        for reading in all.iter_mut() {
            if !reading.is_open() {
                reading.seen_at.get_or_insert(now);
            } else if reading.seen_at.is_some_and(|seen| now - seen > SILENT_MS) {
                reading.give_up();
            }
        }
        all.retain(|r| r.is_open() || r.seen_at.is_none_or(|seen| now - seen <= TOLD_MS));
    }
}
