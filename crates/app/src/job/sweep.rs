//! The steps of the sweeps. Each is bounded, and is asked for until it says that nothing is left.

use domain::id::BodyId;
use domain::job::JobKind;
use domain::person::SESSION_HOURS;
use store::Tx;
use store::job::{Step, job_step};
use store::session::SWEEP_MAX;

use super::lease::{Held, lost, noted};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::verb::Verb;

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;
/// Results of requests are kept so long, in milliseconds: a page is not left open for longer.
const REQUESTS_KEPT_MS: i64 = 2 * 24 * HOUR_MS;
/// Evidence files that no row refers to are kept so long, in milliseconds, and as long again aside:
/// an upload puts the bytes first and the row after.
const FILES_KEPT_MS: i64 = 24 * HOUR_MS;

/// Does the next step of a job.
pub(super) async fn step(ctx: &Ctx, held: &Held) -> Result<Step> {
    match (held.job.kind, held.job.home) {
        (JobKind::SweepSessions, Some(home)) => sessions(ctx, held, home).await,
        (JobKind::SweepRequests, Some(home)) => requests(ctx, held, home).await,
        (JobKind::CollectFiles, _) => files(ctx, held).await,
        (JobKind::SweepSessions | JobKind::SweepRequests, None) => Err(Error::Internal(
            "a job of the counties is of no county".into(),
        )),
    }
}

/// Sessions past their longest time.
async fn sessions(ctx: &Ctx, held: &Held, home: BodyId) -> Result<Step> {
    let before = ctx.now - SESSION_HOURS * HOUR_MS;
    ctx.writing(Verb::SessionSweep, home, home.to_string())
        .run(async |tx| {
            let gone = store::session::sessions_sweep(tx, before).await?;
            swept(ctx, tx, held, gone).await
        })
        .await
}

/// What requests of former days came to.
async fn requests(ctx: &Ctx, held: &Held, home: BodyId) -> Result<Step> {
    let before = ctx.now - REQUESTS_KEPT_MS;
    ctx.writing(Verb::RequestSweep, home, home.to_string())
        .run(async |tx| {
            let gone = store::client_request::requests_sweep(tx, before).await?;
            swept(ctx, tx, held, gone).await
        })
        .await
}

/// Notes in the sweeping transaction what it cleared. A full step is followed by another.
async fn swept(ctx: &Ctx, tx: &Tx, held: &Held, gone: u64) -> Result<Step> {
    let step = Step {
        did: gone,
        reached: (gone >= SWEEP_MAX).then_some(held.job.reached + 1),
    };
    if job_step(tx, &held.lease, step, ctx.now).await? {
        Ok(step)
    } else {
        Err(lost())
    }
}

/// Evidence files that no row refers to. How old they are is told by the clock that stamped them.
async fn files(ctx: &Ctx, held: &Held) -> Result<Step> {
    let store = &ctx.app.store;
    if !store.has_files() {
        return noted(
            ctx,
            held,
            Step {
                did: 0,
                reached: None,
            },
        )
        .await;
    }
    let before = store.files_clock().await? - FILES_KEPT_MS;
    let done = store.files_collect(held.job.reached, before).await?;
    let step = Step {
        did: done.removed,
        reached: done.next,
    };
    noted(ctx, held, step).await
}
