//! Writes that wait for each other, committed together: one transaction, a link for each.
//!
//! Whoever holds the gate runs its closure in the open transaction, writes its link and hands the
//! transaction on to whoever waits; the one who opened it lines up behind them and commits for all.
//! So a write that nobody waits behind is committed at once, and those that come while the disk is
//! waited for share the next commit.
//!
//! **Invariant:** nobody hears anything before the commit: what a write was answered, a refusal
//! too, may follow from rows of those before it. What is undone is one write, to its savepoint, or
//! all of them.
//! **Invariant:** a write that changes a county's structure is the last one of its transaction, so
//! that no closure meets a county that may still be undone; no transaction has links of two
//! counties.
//! **Invariant:** from the end of its closure on a write is carried by a task of its own, so that a
//! caller that is dropped takes nothing of the others with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use tokio::sync::oneshot;

use crate::batch::{Batch, Done, Outcome, Waiting};
use crate::conn::Conn;
use crate::error::{Fault, asks_again};
use crate::read::Read;
use crate::store::{Gate, RERUN_PAUSE_MS, RERUNS_MAX, WRITING, jittered};
use crate::tx::{Meta, Tx, instant};
use crate::{Result, Store, StoreError};

/// Undone is back to here: what the writes before did stays.
const MARK: &str = "savepoint one_write";
const BACK: &str = "rollback to savepoint one_write";

/// A county as it is held in memory is made of these. What is held is said in `app`, which holds
/// the two against each other.
pub const STRUCTURE: [&str; 12] = [
    "body",
    "body_alias",
    "body_link",
    "body_span",
    "enterprise",
    "occasion",
    "pack",
    "pack_file",
    "pack_use",
    "person",
    "post",
    "tenure",
];

impl Done {
    /// Writes the head beside the database, then tells everybody.
    async fn tell(self, store: &Store) {
        if let Some(head) = self.head {
            store.0.pulse.wrote();
            store.log_head(head).await;
        }
        for (tell, outcome) in self.tell {
            // Whoever is gone does not hear it.
            let _ = tell.send(outcome);
        }
    }
}

/// A write whose closure runs. Dropped in its middle, the write is undone and the transaction goes
/// on without it.
struct Turn {
    store: Store,
    held: Option<(Tx, Gate)>,
}

impl Turn {
    fn tx(&self) -> Result<&Tx> {
        let held = self.held.as_ref().map(|(tx, _)| tx);
        held.ok_or_else(|| StoreError::Stopped("a turn without its transaction".to_owned()))
    }

    /// Goes on in a task of its own; what is told comes out of it.
    fn end(mut self, failed: bool) -> oneshot::Receiver<Outcome> {
        let (tell, hear) = oneshot::channel();
        if let Some((tx, gate)) = self.held.take() {
            tokio::spawn(settle(self.store.clone(), tx, gate, failed, tell));
        }
        hear
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some((tx, gate)) = self.held.take() else {
            return;
        };
        // Without a runtime the connection goes with its transaction, and nobody is left to wait.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (tell, _) = oneshot::channel();
            runtime.spawn(settle(self.store.clone(), tx, gate, true, tell));
        }
    }
}

/// One who waits for the gate, counted as long as it does.
struct InLine<'a>(&'a AtomicUsize);

impl<'a> InLine<'a> {
    fn up(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Writes in a transaction, with a link of its own in the audit chain:
    /// `store.write(&meta, async |tx| body_insert(tx, &body).await).await`.
    ///
    /// The closure may be run again (PostgreSQL, at most 5 times), which is why it must be `Clone`
    /// and should await nothing but the store; it borrows what it needs. When it fails nothing of
    /// it is written. It must not call `write` again: writers of one process go one by one, and
    /// the inner one would wait for the outer one. Those that wait may be committed with it, and it
    /// may see what they wrote; it returns when that is committed, or lost as well. Once the
    /// closure has ended it is no longer stopped by dropping this future.
    pub async fn write<T, E, F>(&self, meta: &Meta, f: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&Tx) -> Result<T, E> + Clone,
        E: From<StoreError>,
    {
        self.refuse_reading_only()?;
        let me = Arc::as_ptr(&self.0) as usize;
        if WRITING.try_with(|store| *store == me).unwrap_or(false) {
            return Err(StoreError::Nested.into());
        }
        let mut pause = RERUN_PAUSE_MS;
        for _ in 0..=RERUNS_MAX {
            let line = InLine::up(&self.0.in_line);
            let gate = Arc::clone(&self.0.writer).lock_owned().await;
            drop(line);
            if let Some(value) = self.attempt(meta, f.clone(), gate).await? {
                return Ok(value);
            }
            tokio::time::sleep(Duration::from_millis(jittered(pause))).await;
            pause *= 2;
        }
        Err(StoreError::Busy.into())
    }

    /// Runs a write once; nothing where it is to be run again.
    async fn attempt<T, E, F>(&self, meta: &Meta, f: F, gate: Gate) -> Result<Option<T>, E>
    where
        F: AsyncFnOnce(&Tx) -> Result<T, E>,
        E: From<StoreError>,
    {
        let turn = match self.turn(meta, gate).await {
            Ok(turn) => turn,
            Err(StoreError::Db(error)) if asks_again(&error) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let me = Arc::as_ptr(&self.0) as usize;
        // Boxed, so that a caller holds no more of it than an address.
        let said = Box::pin(WRITING.scope(me, f(turn.tx()?))).await;
        match turn.end(said.is_err()).await {
            Ok(Outcome::Holds) => said.map(Some),
            Ok(Outcome::Again) => Ok(None),
            Ok(Outcome::Lost(error)) => Err(error.into()),
            Err(gone) => Err(StoreError::Stopped(gone.to_string()).into()),
        }
    }

    /// Joins the transaction that is open, where this write may, or begins one.
    async fn turn(&self, meta: &Meta, mut gate: Gate) -> Result<Turn> {
        let joins = |open: &Batch| open.home == meta.home;
        if let Some(open) = gate.batch.as_ref().filter(|open| joins(open)) {
            let at = instant(meta, open.last())?;
            // Taken out once nothing more is awaited: a caller that is dropped here leaves it to
            // whoever opened it. Where its connection is gone the others hear it, and this write
            // begins anew.
            let marked = open.read.conn.execute_unprepared(MARK).await.is_ok();
            if let Some(open) = gate.batch.take_if(|_| marked) {
                return Ok(self.holds(open, meta, at, gate));
            }
        }
        gate = self.clear(gate).await?;
        let open = self.begin(meta, &mut gate).await?;
        let at = instant(meta, open.last())?;
        Ok(self.holds(open, meta, at, gate))
    }

    fn holds(&self, mut batch: Batch, meta: &Meta, at: i64, gate: Gate) -> Turn {
        batch.at = at;
        Turn {
            store: self.clone(),
            held: Some((Tx::new(batch, meta.clone(), at), gate)),
        }
    }

    /// Commits what is open, before something that must not be in it.
    pub(crate) async fn clear(&self, mut gate: Gate) -> Result<Gate> {
        if gate.batch.is_none() {
            return Ok(gate);
        }
        let store = self.clone();
        let cleared = tokio::spawn(async move {
            let done = commit(&store, &mut gate).await;
            tokio::spawn(async move { done.tell(&store).await });
            gate
        });
        cleared
            .await
            .map_err(|error| StoreError::Stopped(error.to_string()))
    }

    /// Begins a transaction. A server that was away broke the connection held: a new one tells
    /// whether it is back.
    async fn begin(&self, meta: &Meta, gate: &mut Gate) -> Result<Batch> {
        let held = gate.is_connected();
        let mut begun = self.begin_once(meta, gate).await;
        if held && matches!(begun, Err(StoreError::Fault { .. })) {
            gate.retire().await;
            begun = self.begin_once(meta, gate).await;
        }
        match &begun {
            Err(StoreError::Fault { fault, .. }) => {
                self.broken(gate, Some(*fault), meta.at).await;
            }
            Err(StoreError::Db(error)) if !asks_again(error) => gate.retire().await,
            Ok(_) | Err(_) => {}
        }
        begun
    }

    async fn begin_once(&self, meta: &Meta, gate: &mut Gate) -> Result<Batch> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        gate.begun += 1;
        let number = gate.begun;
        let writer = gate.open(&self.0.address).await?;
        let inner = writer.begin_with_options(options).await?;
        let conn = Conn::new(inner, Arc::clone(&self.0.statements));
        Batch::begin(Read::new(conn, self.engine()), meta.home, number).await
    }
}

/// Everything after the closure of a write: its link or its undoing, then the commit, by this task
/// or by that of whoever opened the transaction. Runs to its end even if nobody waits any longer.
async fn settle(
    store: Store,
    mut tx: Tx,
    mut gate: Gate,
    failed: bool,
    tell: oneshot::Sender<Outcome>,
) {
    let is_first = tx.batch.waiting.is_empty();
    let is_last = tx.tables().iter().any(|table| STRUCTURE.contains(table));
    let refused = if failed { None } else { tx.link().await.err() };
    let undo = failed || refused.is_some();
    let mut end = End {
        failed,
        // Another node took this link's number: its row is met before PostgreSQL sees that the two
        // cannot be put in order.
        again: matches!(&refused, Some(StoreError::Taken { table: "audit", .. })),
        lost: false,
    };
    let mut batch = tx.batch;
    batch.waiting.push(Waiting { tell, refused });
    let spoilt = end.again || batch.is_spoilt();
    if undo && !is_first && !spoilt {
        end.lost = batch.read.conn.execute_unprepared(BACK).await.is_err();
    }
    if spoilt || end.lost || (undo && is_first) {
        let done = abort(&store, &mut gate, batch, end).await;
        drop(gate);
        return done.tell(&store).await;
    }
    let full = is_last || batch.is_full();
    let number = batch.number;
    gate.batch = Some(batch);
    if !full && !is_first {
        // Whoever opened it stands in line and commits it.
        return;
    }
    if !full {
        let Some(ours) = stand_in_line(&store, gate, number).await else {
            return;
        };
        gate = ours;
    }
    let done = commit(&store, &mut gate).await;
    drop(gate);
    done.tell(&store).await;
}

/// Lets those who wait have their turns; then the gate, unless one of them committed already.
async fn stand_in_line(store: &Store, mut gate: Gate, number: u64) -> Option<Gate> {
    while store.0.in_line.load(Ordering::Relaxed) > 0 {
        drop(gate);
        gate = Arc::clone(&store.0.writer).lock_owned().await;
        gate.batch.as_ref().filter(|open| open.number == number)?;
    }
    Some(gate)
}

/// Commits what is open, for all who wait for it.
async fn commit(store: &Store, gate: &mut Gate) -> Done {
    let Some(mut batch) = gate.batch.take() else {
        return Done {
            tell: Vec::new(),
            head: None,
        };
    };
    let head = match batch.put_head().await {
        Ok(head) if !batch.is_spoilt() => head,
        Ok(_) => return abort(store, gate, batch, End::default()).await,
        Err(error) => {
            for waiting in &mut batch.waiting {
                waiting.refused = Some(error.again_for_another());
            }
            let end = End {
                again: matches!(&error, StoreError::Taken { .. }),
                ..End::default()
            };
            return abort(store, gate, batch, end).await;
        }
    };
    let (at, waiting) = (batch.at, batch.waiting);
    match batch.read.conn.commit().await {
        Ok(()) => Done::new(waiting, head, || Outcome::Holds),
        Err(error) if asks_again(&error) => Done::new(waiting, None, || Outcome::Again),
        Err(error) => {
            let error = StoreError::from(error);
            let why = match &error {
                StoreError::Fault { fault, .. } => Some(*fault),
                _ => None,
            };
            store.broken(gate, why, at).await;
            Done::new(waiting, None, || Outcome::Lost(error.again_for_another()))
        }
    }
}

/// Why a transaction is undone as a whole, where its connection does not tell.
#[derive(Default)]
struct End {
    /// The closure of the last write failed, and its caller knows why.
    failed: bool,
    /// It is to be run again.
    again: bool,
    /// It could not be undone to its savepoint: nobody knows how it stands.
    lost: bool,
}

/// Undoes the whole transaction; nobody's write stands.
async fn abort(store: &Store, gate: &mut Gate, batch: Batch, end: End) -> Done {
    let again = end.again || batch.read.conn.asks_again();
    let fault = batch.read.conn.fault();
    let (at, mut waiting) = (batch.at, batch.waiting);
    let undone = batch.read.conn.rollback().await;
    if let Err(error) = &undone {
        // The callers hear what went wrong first; a lost connection undoes as well.
        tracing::warn!(%error, "a transaction could not be rolled back");
    }
    if undone.is_err() || fault.is_some() || end.lost {
        store.broken(gate, fault, at).await;
    }
    if again && undone.is_ok() {
        return Done::new(waiting, None, || Outcome::Again);
    }
    let itself = if end.failed { waiting.pop() } else { None };
    let mut done = Done::new(waiting, None, || {
        Outcome::Lost(StoreError::Fault {
            fault: fault.unwrap_or(Fault::Disk),
            source: "a statement of the transaction failed".into(),
        })
    });
    if let Some(itself) = itself {
        done.tell.push((itself.tell, Outcome::Holds));
    }
    done
}
