//! Jobs as the system administrator sees them.

use domain::id::JobId;
use domain::instant::Instant;
use domain::job::{Failure, Job, JobKind, Phase, TRIES_MAX};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ctx::Ctx;
use crate::door::Nothing;
use crate::error::Result;
use crate::listed::{Count, Listed};

/// A job as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobLine {
    /// Identity.
    #[schemars(title = "编号")]
    pub id: JobId,
    /// What is done.
    #[schemars(title = "做什么")]
    pub kind: JobKind,
    /// It is done once for the whole installation, not for this county.
    #[schemars(title = "整个系统的")]
    pub is_for_all: bool,
    /// Where it stands.
    #[schemars(title = "状态")]
    pub phase: Phase,
    /// How often its turn was begun.
    #[schemars(title = "执行次数")]
    pub tries: u32,
    /// How often it may be.
    #[schemars(title = "最多次数")]
    pub tries_max: u32,
    /// When the last try began.
    #[schemars(title = "最近开始")]
    pub started_at: Option<Instant>,
    /// When the last try ended.
    #[schemars(title = "最近结束")]
    pub ended_at: Option<Instant>,
    /// Why the last try did not end well.
    #[schemars(title = "原因")]
    pub failure: Option<Failure>,
    /// How many things the last turn cleared.
    #[schemars(title = "清理数")]
    pub did: u64,
    /// When it is done next.
    #[schemars(title = "下次执行")]
    pub next_at: Option<Instant>,
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

/// The jobs of the county and of the whole installation, those that were given up first: of each
/// kind one, so that all of them are a page.
pub async fn list(ctx: &Ctx, _: Nothing) -> Result<Listed<JobLine>> {
    ctx.allow_at_home(Action::ViewJob)?;
    let may_run = ctx.as_of.is_none() && ctx.allow_at_home(Action::RunJob).is_ok();
    let mut rows: Vec<JobLine> = jobs(ctx)
        .await?
        .iter()
        .map(|job| JobLine {
            id: job.id,
            kind: job.kind,
            is_for_all: job.home.is_none(),
            phase: job.phase,
            tries: job.tries,
            tries_max: TRIES_MAX,
            started_at: job.started_at.map(Instant::at),
            ended_at: job.ended_at.map(Instant::at),
            failure: job.failure,
            did: job.did,
            next_at: job.next_at().map(Instant::at),
            may_run: may_run && job.phase == Phase::Dead,
        })
        .collect();
    rows.sort_by_key(|line| line.phase != Phase::Dead);
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

/// How many jobs wait for a person.
pub async fn dead_count(ctx: &Ctx) -> Result<usize> {
    ctx.allow_at_home(Action::ViewJob)?;
    let dead = |job: &&Job| job.phase == Phase::Dead;
    Ok(jobs(ctx).await?.iter().filter(dead).count())
}
