//! Jobs 后台任务: what the program does by itself, when each is due, who may take it, and when it is
//! given up.
//!
//! **Invariant:** of each kind and county there is one job, so nothing is queued twice: a job asks
//! the data what there is to do. **Invariant:** a turn that was missed is not made up for; the next
//! one does the work of both.

use crate::body::codes;
use crate::id::{BodyId, JobId};

codes! {
    /// What is done.
    JobKind {
        /// Sessions past their longest time are cleared.
        SweepSessions = "sweep-sessions",
        /// What requests of former days came to is forgotten.
        SweepRequests = "sweep-requests",
        /// Evidence files that no row refers to are collected.
        CollectFiles = "collect-files",
    }
}

codes! {
    /// Where a job stands.
    Phase {
        /// It is to be done from an instant on.
        Waiting = "waiting",
        /// Somebody holds its lease.
        Running = "running",
        /// Its turn is done; the next one comes.
        Done = "done",
        /// It failed too often and waits for a person.
        Dead = "dead",
    }
}

codes! {
    /// Why a try did not end well.
    Failure {
        /// The disk is full.
        DiskFull = "disk-full",
        /// The disk or the file system gives errors.
        DiskError = "disk-error",
        /// Nothing can be written.
        ReadOnly = "read-only",
        /// The database does not answer.
        DatabaseAway = "database-away",
        /// Other writers were faster each time.
        Busy = "busy",
        /// The clock stands behind the county's last link.
        ClockBehind = "clock-behind",
        /// Whoever held the lease did not come back.
        Interrupted = "interrupted",
        /// A fault of ours; the log has its causes.
        Fault = "fault",
    }
}

/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds of a day.
const DAY_MS: i64 = 24 * HOUR_MS;

/// A lease holds for so long after each step, in milliseconds; a step takes seconds.
pub const LEASE_MS: i64 = 2 * MINUTE_MS;
/// So often is a turn begun before a person has to look at it.
pub const TRIES_MAX: u32 = 6;
/// The first pause after a failure, in milliseconds.
pub const PAUSE_FIRST_MS: i64 = MINUTE_MS;
/// Each pause is so many times the one before.
const PAUSE_GROWS: i64 = 5;
/// The longest pause, in milliseconds: the six tries outlast a night.
pub const PAUSE_MAX_MS: i64 = 12 * HOUR_MS;
/// Instants that lie further ahead than they can by so much were set by a clock that was wrong, in
/// milliseconds; clocks of several nodes differ by less.
pub const CLOCK_APART_MS: i64 = HOUR_MS;

/// How often a job comes, and how long after the beginning of the period, in milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cadence {
    every_ms: i64,
    after_ms: i64,
}

impl JobKind {
    /// Whether each county has its own: it writes into the county's chain.
    pub const fn is_of_county(self) -> bool {
        match self {
            Self::SweepSessions | Self::SweepRequests => true,
            Self::CollectFiles => false,
        }
    }

    const fn cadence(self) -> Cadence {
        match self {
            Self::SweepSessions => Cadence {
                every_ms: HOUR_MS,
                after_ms: 0,
            },
            // 03:00 and 03:30 in China, when nobody works.
            Self::SweepRequests => Cadence {
                every_ms: DAY_MS,
                after_ms: 19 * HOUR_MS,
            },
            Self::CollectFiles => Cadence {
                every_ms: DAY_MS,
                after_ms: 19 * HOUR_MS + 30 * MINUTE_MS,
            },
        }
    }

    /// The number of the turn that an instant falls into.
    pub const fn turn(self, now: i64) -> i64 {
        let cadence = self.cadence();
        now.saturating_sub(cadence.after_ms)
            .div_euclid(cadence.every_ms)
    }

    /// When a turn begins, in milliseconds UTC.
    pub const fn begins(self, turn: i64) -> i64 {
        let cadence = self.cadence();
        turn.saturating_mul(cadence.every_ms)
            .saturating_add(cadence.after_ms)
    }
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Identity.
    pub id: JobId,
    /// What is done.
    pub kind: JobKind,
    /// For which county; none where it is for the whole installation.
    pub home: Option<BodyId>,
    /// The newest turn that was begun.
    pub turn: i64,
    /// Where it stands.
    pub phase: Phase,
    /// How often this turn was begun.
    pub tries: u32,
    /// From when on it may be taken, in milliseconds UTC.
    pub try_at: i64,
    /// Until when its holder has it, in milliseconds UTC.
    pub leased_until: i64,
    /// When the last try began, in milliseconds UTC.
    pub started_at: Option<i64>,
    /// When the last try ended, in milliseconds UTC.
    pub ended_at: Option<i64>,
    /// Why the last try did not end well.
    pub failure: Option<Failure>,
    /// How many things this turn has cleared.
    pub did: u64,
    /// How far this turn has come, in the kind's own count.
    pub reached: u32,
}

/// A turn that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What is to be done.
    pub kind: JobKind,
    /// For which county.
    pub home: Option<BodyId>,
    /// Which turn.
    pub turn: i64,
    /// The turn done last, as it was when this was decided.
    pub after: Option<i64>,
}

/// The turns that have come: of each kind, for each county where it is the counties', once where it
/// is for all. A job whose turn is not done yet, or that waits for a person, has no further one.
pub fn due_jobs(now: i64, counties: &[BodyId], known: &[Job]) -> Vec<Due> {
    let mut out = Vec::new();
    for kind in JobKind::ALL.iter().copied() {
        let homes: Vec<Option<BodyId>> = if kind.is_of_county() {
            counties.iter().copied().map(Some).collect()
        } else {
            vec![None]
        };
        for home in homes {
            let job = known.iter().find(|j| j.kind == kind && j.home == home);
            let turn = kind.turn(now);
            if job.is_none_or(|job| job.has_turn(turn)) {
                let after = job.map(|job| job.turn);
                out.push(Due {
                    kind,
                    home,
                    turn,
                    after,
                });
            }
        }
    }
    out
}

/// What may be done with a job by somebody who looks for work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Nothing: it is not its time, or somebody is at it.
    Leave,
    /// Take it.
    Take,
    /// Give it up: whoever took it the last time did not come back either.
    Bury,
}

impl Job {
    /// Whether this turn is to be begun after the last one.
    fn has_turn(&self, turn: i64) -> bool {
        match self.phase {
            // A clock that was a whole turn ahead is forgotten, one that differs a little is not.
            Phase::Done => turn > self.turn || self.turn > turn.saturating_add(1),
            Phase::Waiting | Phase::Running | Phase::Dead => false,
        }
    }

    /// What somebody who looks for work may do with it.
    pub fn offer(&self, now: i64) -> Offer {
        let is_over =
            |at: i64, longest_ms: i64| at <= now || at - now > longest_ms + CLOCK_APART_MS;
        match self.phase {
            Phase::Waiting if is_over(self.try_at, PAUSE_MAX_MS) => Offer::Take,
            Phase::Running if !is_over(self.leased_until, LEASE_MS) => Offer::Leave,
            Phase::Running if self.tries < TRIES_MAX => Offer::Take,
            Phase::Running => Offer::Bury,
            Phase::Waiting | Phase::Done | Phase::Dead => Offer::Leave,
        }
    }

    /// When it is done next, in milliseconds UTC; none while somebody is at it or it is given up.
    pub const fn next_at(&self) -> Option<i64> {
        match self.phase {
            Phase::Waiting => Some(self.try_at),
            Phase::Done => Some(self.kind.begins(self.turn.saturating_add(1))),
            Phase::Running | Phase::Dead => None,
        }
    }
}

/// When a turn that failed for the so-manieth time is tried again; none where a person has to look.
pub fn try_again_at(tries: u32, now: i64) -> Option<i64> {
    if tries >= TRIES_MAX {
        return None;
    }
    let grown = PAUSE_GROWS.saturating_pow(tries.saturating_sub(1));
    let pause = PAUSE_FIRST_MS.saturating_mul(grown).min(PAUSE_MAX_MS);
    Some(now.saturating_add(pause))
}
