//! Password hashes: worked out away from the async threads, two at a time, in a queue in which
//! addresses take turns.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// Password hashes worked out at one time; each needs about 19 MB and one core.
const AT_ONCE: usize = 2;
/// Most that wait from one address.
const WAITING_OF_ONE: usize = 48;
/// Most that wait in all, of those who are known and of those who are not.
const WAITING_MAX: usize = 192;
/// After so many seconds a full queue may be tried again: what it holds takes about three.
const FULL_WAIT_S: u64 = 5;
/// Those who wait, each address in a lane of its own; lanes take turns.
#[derive(Debug, Default)]
struct Lanes {
    order: VecDeque<u64>,
    by_address: HashMap<u64, VecDeque<oneshot::Sender<Turn>>>,
    waiting: usize,
}

impl Lanes {
    fn push(&mut self, lane: u64, one: oneshot::Sender<Turn>) -> Result<()> {
        if self.waiting >= WAITING_MAX {
            self.sweep();
        }
        if self.waiting >= WAITING_MAX {
            return Err(Error::Unavailable);
        }
        if self.in_lane(lane) >= WAITING_OF_ONE {
            self.sweep();
        }
        if self.in_lane(lane) >= WAITING_OF_ONE {
            return Err(Error::Busy {
                wait_s: FULL_WAIT_S,
                message: format!("同时登录的人太多，请{FULL_WAIT_S}秒后再试。"),
            });
        }
        let line = self.by_address.entry(lane).or_default();
        if line.is_empty() {
            self.order.push_back(lane);
        }
        line.push_back(one);
        self.waiting += 1;
        Ok(())
    }

    fn in_lane(&self, lane: u64) -> usize {
        self.by_address.get(&lane).map_or(0, VecDeque::len)
    }

    /// Forgets those who went away.
    fn sweep(&mut self) {
        self.by_address.retain(|_, line| {
            line.retain(|one| !one.is_closed());
            !line.is_empty()
        });
        self.order.retain(|lane| self.by_address.contains_key(lane));
        self.waiting = self.by_address.values().map(VecDeque::len).sum();
    }

    fn pop(&mut self) -> Option<oneshot::Sender<Turn>> {
        let lane = self.order.pop_front()?;
        let line = self.by_address.get_mut(&lane)?;
        let one = line.pop_front();
        if line.is_empty() {
            self.by_address.remove(&lane);
        } else {
            self.order.push_back(lane);
        }
        self.waiting -= usize::from(one.is_some());
        one
    }
}

#[derive(Debug, Default)]
struct Queue {
    running: usize,
    known: Lanes,
    strangers: Lanes,
}

/// The queue, and how many hashes were worked out.
#[derive(Debug, Default)]
pub(crate) struct Hashing {
    queue: Mutex<Queue>,
    pub(crate) done: AtomicU64,
}

/// Leave to work out one hash; the next one has it when it is dropped.
#[derive(Debug)]
struct Turn(Option<Arc<Hashing>>);

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(of) = self.0.take() {
            of.next();
        }
    }
}

impl Hashing {
    /// Hands a turn that has ended to whoever is next: the known first, then strangers.
    fn next(self: Arc<Self>) {
        loop {
            let next = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                let next = queue.known.pop().or_else(|| queue.strangers.pop());
                if next.is_none() {
                    queue.running = queue.running.saturating_sub(1);
                }
                next
            };
            let Some(next) = next else { return };
            match next.send(Turn(Some(self.clone()))) {
                Ok(()) => return,
                // Whoever waited has gone away; this turn is for the one after.
                Err(mut turn) => turn.0 = None,
            }
        }
    }

    /// Waits for a turn; refused at once where the lane or the queue is full.
    async fn turn(self: &Arc<Self>, lane: u64, known: bool) -> Result<Turn> {
        let waits = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.running < AT_ONCE {
                queue.running += 1;
                return Ok(Turn(Some(self.clone())));
            }
            let (one, waits) = oneshot::channel();
            let lanes = if known {
                &mut queue.known
            } else {
                &mut queue.strangers
            };
            lanes.push(lane, one)?;
            waits
        };
        waits.await.map_err(|e| Error::Internal(Box::new(e)))
    }

    /// Works out one hash. The turn goes with the work: who goes away meanwhile frees no core.
    pub(crate) async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        lane: u64,
        known: bool,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = self.turn(lane, known).await?;
        self.done.fetch_add(1, Ordering::Relaxed);
        let worked = tokio::task::spawn_blocking(move || {
            let out = work();
            drop(turn);
            out
        });
        worked.await.map_err(|e| Error::Internal(Box::new(e)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills both running places.
    async fn busy(hashing: &Arc<Hashing>) -> Vec<Turn> {
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(hashing.turn(9, false).await.unwrap());
        }
        held
    }

    #[tokio::test]
    async fn addresses_take_turns_and_the_known_come_first() {
        let hashing = Arc::new(Hashing::default());
        let mut held = busy(&hashing).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        let asked = [(1, false), (1, false), (1, false), (2, false), (3, true)];
        for (n, (lane, known)) in asked.into_iter().enumerate() {
            let (queue, order) = (hashing.clone(), order.clone());
            tasks.push(tokio::spawn(async move {
                let turn = queue.turn(lane, known).await.unwrap();
                order.lock().unwrap().push(lane);
                drop(turn);
            }));
            // Until this one stands in the queue.
            while waiting(&hashing) <= n {
                tokio::task::yield_now().await;
            }
        }
        let last = held.pop();
        drop(last);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [3, 1, 2, 1, 1]);
        drop(held);
        assert_eq!(hashing.queue.lock().unwrap().running, 0);
    }

    fn waiting(hashing: &Hashing) -> usize {
        let queue = hashing.queue.lock().unwrap();
        queue.known.waiting + queue.strangers.waiting
    }

    #[tokio::test]
    async fn one_address_cannot_fill_the_queue_and_a_full_one_says_so() {
        let hashing = Arc::new(Hashing::default());
        let held = busy(&hashing).await;
        let mut waits = Vec::new();
        for lane in 1..=4 {
            for _ in 0..WAITING_OF_ONE {
                let mut one = Box::pin(hashing.turn(lane, false));
                assert!(futures_pending(&mut one).await);
                waits.push(one);
            }
            if lane < 4 {
                let more = hashing.turn(lane, false).await;
                assert!(matches!(more, Err(Error::Busy { wait_s: 5, .. })));
            }
        }
        let full = hashing.turn(5, false).await;
        assert!(matches!(full, Err(Error::Unavailable)), "192 wait");
        let mut known = Box::pin(hashing.turn(5, true));
        assert!(
            futures_pending(&mut known).await,
            "who is known has a queue of their own"
        );
        waits.clear();
        let mut new = Box::pin(hashing.turn(5, false));
        assert!(
            futures_pending(&mut new).await,
            "who went away takes up no room"
        );
        drop(held);
        drop(known.await);
        drop(new.await);
        assert_eq!(hashing.queue.lock().unwrap().running, 0);
    }

    /// Polls once; whether it waits.
    async fn futures_pending<F: Future + Unpin>(future: &mut F) -> bool {
        std::future::poll_fn(|cx| {
            let polled = std::pin::Pin::new(&mut *future).poll(cx);
            std::task::Poll::Ready(polled.is_pending())
        })
        .await
    }
}
