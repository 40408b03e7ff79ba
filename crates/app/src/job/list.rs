//! Jobs as the system administrator sees them.

use domain::id::JobId;
use domain::job::{Failure, Job, JobKind, Phase, TRIES_MAX};
use domain::policy::Action;
use serde::Serialize;

use crate::ctx::Ctx;
use crate::error::Result;

/// A job as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobLine {
    /// Identity.
    pub id: JobId,
    /// What is done.
    pub kind: JobKind,
    /// It is done once for the whole installation, not for this county.
    pub is_for_all: bool,
    /// Where it stands.
    pub phase: Phase,
    /// How often its turn was begun.
    pub tries: u32,
    /// How often it may be.
    pub tries_max: u32,
    /// When the last try began, in milliseconds UTC.
    pub started_at: Option<i64>,
    /// When the last try ended, in milliseconds UTC.
    pub ended_at: Option<i64>,
    /// Why the last try did not end well.
    pub failure: Option<Failure>,
    /// How many things the last turn cleared.
    pub did: u64,
    /// When it is done next, in milliseconds UTC.
    pub next_at: Option<i64>,
    /// The one who looks may run it again.
    pub may_run: bool,
}

async fn jobs(ctx: &Ctx) -> Result<Vec<Job>> {
    let home = ctx.who()?.home;
    let store = &ctx.app.store;
    Ok(store
        .read(async |r| store::job::jobs_of(r, home).await)
        .await?)
}

/// The jobs of the county and of the whole installation, those that were given up first.
pub async fn list(ctx: &Ctx) -> Result<Vec<JobLine>> {
    ctx.allow_at_home(Action::ViewJob)?;
    let may_run = ctx.as_of.is_none() && ctx.allow_at_home(Action::RunJob).is_ok();
    let mut lines: Vec<JobLine> = jobs(ctx)
        .await?
        .iter()
        .map(|job| JobLine {
            id: job.id,
            kind: job.kind,
            is_for_all: job.home.is_none(),
            phase: job.phase,
            tries: job.tries,
            tries_max: TRIES_MAX,
            started_at: job.started_at,
            ended_at: job.ended_at,
            failure: job.failure,
            did: job.did,
            next_at: job.next_at(),
            may_run: may_run && job.phase == Phase::Dead,
        })
        .collect();
    lines.sort_by_key(|line| line.phase != Phase::Dead);
    Ok(lines)
}

/// How many jobs wait for a person.
pub async fn dead_count(ctx: &Ctx) -> Result<usize> {
    ctx.allow_at_home(Action::ViewJob)?;
    let dead = |job: &&Job| job.phase == Phase::Dead;
    Ok(jobs(ctx).await?.iter().filter(dead).count())
}
