//! Looking for work and doing it: plan what is due, take a lease, go step by step.
//!
//! **Invariant:** a step writes what it did, that it did it and that the lease still held in one
//! transaction, so that two holders never both count. **Invariant:** a failure is written down or
//! the lease runs out; either way somebody tries again, so many times and no more.

use super::lease::Held;
use crate::code::Code;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use domain::id::{BodyId, JobId};
use domain::job::{Failure, Job, JobKind, Offer, due_jobs, try_again_at};
use serde::Serialize;

domain::codes! {
    /// How a look at one job ended.
    Ended {
        /// Its turn is done.
        Done = "done",
        /// There is more to do; whoever looks next goes on.
        Unfinished = "unfinished",
        /// It failed and is tried again.
        Failed = "failed",
        /// It failed too often and waits for a person.
        Dead = "dead",
        /// Another node has it by now.
        Lost = "lost",
    }
}

/// What was done of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// Identity.
    pub id: JobId,
    /// What is done.
    pub kind: JobKind,
    /// For which county; none where it is for the whole installation.
    pub home: Option<BodyId>,
    /// How it ended.
    pub ended: Ended,
    /// Why it did not end well.
    pub failure: Option<Failure>,
    /// How many things this look cleared.
    pub did: u64,
    /// How often this turn was begun.
    pub tries: u32,
}

impl Ran {
    fn of(job: &Job, tries: u32) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            home: job.home,
            ended: Ended::Done,
            failure: None,
            did: 0,
            tries,
        }
    }
}

/// How much is done before the caller is given back to.
struct Budget<'a> {
    steps: u32,
    stop: &'a (dyn Fn() -> bool + Send + Sync),
}

impl Budget<'_> {
    fn is_spent(&self) -> bool {
        self.steps == 0 || (self.stop)()
    }
}

/// Plans what is due and does it, at most so many steps, until `stop` says so. `ctx` makes the
/// context of the next operation: it reads the clock. `holder` is a name that no other process has.
pub async fn work<F>(
    ctx: F,
    holder: &str,
    steps_max: u32,
    stop: &(dyn Fn() -> bool + Send + Sync),
) -> Result<Vec<Ran>>
where
    F: Fn() -> Ctx + Send + Sync,
{
    let mut budget = Budget {
        steps: steps_max,
        stop,
    };
    let mut out = Vec::new();
    plan(&ctx()).await?;
    while !budget.is_spent() {
        let Some(held) = claim(&ctx(), holder, &mut out).await? else {
            break;
        };
        out.push(run(&ctx, held, &mut budget).await?);
    }
    Ok(out)
}

/// The counties that can be written in: a clock far behind a last link has its own way out.
async fn counties(ctx: &Ctx) -> Result<Vec<BodyId>> {
    let heads = ctx
        .app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await?;
    let latest = ctx.now.saturating_add(store::CLOCK_BEHIND_MAX_MS);
    let in_time = heads.into_iter().filter(|head| head.at <= latest);
    Ok(in_time.map(|head| head.home).collect())
}

async fn known(ctx: &Ctx) -> Result<Vec<Job>> {
    let store = &ctx.app.store;
    Ok(store.read(async |r| store::job::jobs_all(r).await).await?)
}

/// Writes down the turns that have come.
async fn plan(ctx: &Ctx) -> Result<()> {
    let counties = counties(ctx).await?;
    for due in due_jobs(ctx.now, &counties, &known(ctx).await?) {
        let id = JobId::new(ctx.ids.next(ctx.now));
        ctx.app.store.job_plan(id, &due, ctx.now).await?;
    }
    Ok(())
}

/// Takes the first job that may be taken. Those whose holders never came back are given up.
async fn claim(ctx: &Ctx, holder: &str, out: &mut Vec<Ran>) -> Result<Option<Held>> {
    let counties = counties(ctx).await?;
    let store = &ctx.app.store;
    for job in known(ctx).await? {
        if job.home.is_some_and(|home| !counties.contains(&home)) {
            continue;
        }
        match job.offer(ctx.now) {
            Offer::Leave => {}
            Offer::Take => {
                if let Some(lease) = store.job_claim(&job, holder, ctx.now).await? {
                    return Ok(Some(Held { job, lease }));
                }
            }
            Offer::Bury => {
                if store.job_bury(&job, ctx.now).await? {
                    tracing::warn!(job = job.kind.code(), "a job was given up");
                    out.push(Ran {
                        ended: Ended::Dead,
                        failure: Some(Failure::Interrupted),
                        ..Ran::of(&job, job.tries)
                    });
                }
            }
        }
    }
    Ok(None)
}

/// Goes on with a job until it ends, fails, or the budget is spent.
async fn run<F>(ctx: &F, mut held: Held, budget: &mut Budget<'_>) -> Result<Ran>
where
    F: Fn() -> Ctx + Send + Sync,
{
    let mut ran = Ran::of(&held.job, held.lease.tries);
    loop {
        let now = ctx();
        if budget.is_spent() {
            now.app.store.job_release(&held.lease, now.now).await?;
            ran.ended = Ended::Unfinished;
            return Ok(ran);
        }
        budget.steps -= 1;
        match super::sweep::step(&now, &held).await {
            Ok(step) => {
                ran.did += step.did;
                let Some(reached) = step.reached else {
                    return Ok(ran);
                };
                held.job.reached = reached;
            }
            Err(Error::Refused {
                code: Code::JobLost,
                ..
            }) => {
                ran.ended = Ended::Lost;
                return Ok(ran);
            }
            Err(error) => return fail(&now, &held, error, ran).await,
        }
    }
}

/// Writes down why a try failed.
async fn fail(ctx: &Ctx, held: &Held, error: Error, ran: Ran) -> Result<Ran> {
    let why = failure(&error);
    let again = try_again_at(held.lease.tries, ctx.now);
    tracing::warn!(job = held.job.kind.code(), error = %causes(&error), "a job failed");
    let store = &ctx.app.store;
    let ours = store.job_fail(&held.lease, why, again, ctx.now).await?;
    let ended = match (ours, again) {
        (false, _) => Ended::Lost,
        (true, Some(_)) => Ended::Failed,
        (true, None) => Ended::Dead,
    };
    Ok(Ran {
        ended,
        failure: Some(why),
        ..ran
    })
}

/// What of an error an administrator can do something about.
fn failure(error: &Error) -> Failure {
    match error {
        Error::Down(store::Fault::Full) => Failure::DiskFull,
        Error::Down(store::Fault::Disk) => Failure::DiskError,
        Error::Down(store::Fault::ReadOnly) => Failure::ReadOnly,
        Error::Down(store::Fault::Away) => Failure::DatabaseAway,
        Error::Busy { .. } | Error::Unavailable => Failure::Busy,
        Error::Refused {
            code: Code::ClockBehind,
            ..
        } => Failure::ClockBehind,
        Error::NotFound(_)
        | Error::SignedOut
        | Error::Forbidden(_)
        | Error::OfOthers { .. }
        | Error::Invalid(_)
        | Error::Refused { .. }
        | Error::Stale { .. }
        | Error::Limit { .. }
        | Error::Internal(_) => Failure::Fault,
    }
}

/// An error with the whole chain of its causes, for the log.
fn causes(error: &Error) -> String {
    let mut out = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        out.push_str(": ");
        out.push_str(&source.to_string());
        next = source.source();
    }
    out
}
