//! Seats: what each connection is doing and since when, and who gives up theirs.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Limits;
use super::flow::Flow;

/// What a connection is doing, in the order in which seats are given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Nothing of a request has come.
    Quiet,
    /// A head has begun to come.
    Head,
    /// A body is coming.
    Body,
    /// We are at work, or the answer goes out.
    Work,
}

#[derive(Debug)]
struct Doing {
    step: Step,
    since: u64,
    answered: bool,
    body: Flow,
    answer: Flow,
}

/// The seat of one connection.
#[derive(Debug)]
pub(super) struct Seat {
    number: u64,
    network: IpAddr,
    began: Instant,
    doing: Mutex<Doing>,
    wanted: Notify,
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Seat {
    fn now(&self) -> u64 {
        ms(self.began.elapsed())
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self, from: &[Step], to: Step) {
        let now = self.now();
        let mut doing = self.doing();
        if from.contains(&doing.step) {
            (doing.step, doing.since) = (to, now);
        }
    }

    /// Bytes came in.
    pub(super) fn heard(&self) {
        self.step(&[Step::Quiet], Step::Head);
    }

    /// The head of a request is whole.
    pub(super) fn asked(&self, has_body: bool) {
        let now = self.now();
        let mut doing = self.doing();
        doing.step = if has_body { Step::Body } else { Step::Work };
        doing.since = now;
        (doing.body, doing.answer) = (Flow::default(), Flow::default());
    }

    /// More of the body is wanted, and has not come yet.
    pub(super) fn body_awaited(&self) {
        let now = self.now();
        self.doing().body.waits(now);
    }

    /// Some of the body came.
    pub(super) fn body_came(&self, bytes: usize) {
        let now = self.now();
        self.doing().body.passed(now, bytes);
    }

    /// The body is whole, or nobody wants the rest.
    pub(super) fn body_ended(&self) {
        self.step(&[Step::Body], Step::Work);
    }

    /// The answer has gone out.
    pub(super) fn answered(&self) {
        self.step(&[Step::Body, Step::Work], Step::Quiet);
        self.doing().answered = true;
    }

    /// What goes out is not taken.
    pub(super) fn blocked(&self) {
        let now = self.now();
        self.doing().answer.waits(now);
    }

    /// Some of what goes out was taken.
    pub(super) fn sent(&self, bytes: usize) {
        let now = self.now();
        self.doing().answer.passed(now, bytes);
    }

    /// Waits until somebody else needs the seat, or its time is over.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    fn is_overdue(&self, limits: &Limits) -> bool {
        let now = self.now();
        let doing = self.doing();
        let for_long = |limit: Duration| now.saturating_sub(doing.since) > ms(limit);
        let late = |flow: &Flow| flow.is_late(now, ms(limits.patience), limits.bytes_per_second);
        let waited_for = match doing.step {
            Step::Quiet if doing.answered => for_long(limits.idle),
            Step::Quiet | Step::Head => for_long(limits.head),
            Step::Body => late(&doing.body),
            Step::Work => false,
        };
        waited_for || late(&doing.answer)
    }
}

/// All seats.
#[derive(Debug)]
pub(super) struct Seats {
    limits: Limits,
    began: Instant,
    all: Mutex<(u64, HashMap<u64, Arc<Seat>>)>,
}

impl Seats {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            began: Instant::now(),
            all: Mutex::default(),
        }
    }

    fn all(&self) -> MutexGuard<'_, (u64, HashMap<u64, Arc<Seat>>)> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a new connection. Where all are taken, whoever has been waited for longest gives
    /// theirs up; none where everybody is being served. `many` is a proxy, behind which are many.
    pub(super) fn give(&self, address: IpAddr, many: bool) -> Option<Arc<Seat>> {
        let network = app::session::network(address);
        let mut all = self.all();
        let here = all.1.values().filter(|s| s.network == network).count();
        let own = !many && here >= self.limits.per_address;
        let room = if own {
            give_up(&mut all.1, |seat| seat.network == network)
        } else {
            all.1.len() < self.limits.connections || give_up(&mut all.1, |_| true)
        };
        if !room {
            tracing::warn!(%address, taken = all.1.len(), "a connection was refused: all seats are taken");
            return None;
        }
        all.0 += 1;
        let seat = Arc::new(Seat {
            number: all.0,
            network,
            began: self.began,
            doing: Mutex::new(Doing {
                step: Step::Quiet,
                since: ms(self.began.elapsed()),
                answered: false,
                body: Flow::default(),
                answer: Flow::default(),
            }),
            wanted: Notify::new(),
        });
        all.1.insert(seat.number, seat.clone());
        Some(seat)
    }

    /// The connection of a seat has ended.
    pub(super) fn give_back(&self, seat: &Seat) {
        self.all().1.remove(&seat.number);
    }

    /// Ends whoever was waited for too long.
    pub(super) fn end_overdue(&self) {
        self.all().1.retain(|_, seat| {
            let over = seat.is_overdue(&self.limits);
            if over {
                seat.wanted.notify_one();
            }
            !over
        });
    }

    /// Ends the one that has been waited for longest.
    pub(super) fn make_room(&self) {
        give_up(&mut self.all().1, |_| true);
    }

    /// Seats that are taken.
    pub(super) fn taken(&self) -> usize {
        self.all().1.len()
    }
}

/// Takes the seat of whoever has been waited for longest among those meant.
fn give_up(all: &mut HashMap<u64, Arc<Seat>>, meant: impl Fn(&Seat) -> bool) -> bool {
    let waited_for = all.values().filter(|seat| meant(seat)).filter_map(|seat| {
        let doing = seat.doing();
        (doing.step != Step::Work).then_some((doing.step, doing.since, seat.number))
    });
    let Some(seat) = waited_for
        .min()
        .and_then(|(.., number)| all.remove(&number))
    else {
        return false;
    };
    seat.wanted.notify_one();
    true
}
