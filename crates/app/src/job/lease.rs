//! A job whose lease is held, and what is noted of it.

use domain::job::Job;
use store::job::{Lease, Step};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::error::{Error, Result};

/// A job whose lease is ours.
pub(super) struct Held {
    pub(super) job: Job,
    pub(super) lease: Lease,
}

/// Notes a step that no transaction did.
pub(super) async fn noted(ctx: &Ctx, held: &Held, step: Step) -> Result<Step> {
    let store = &ctx.app.store;
    if store.job_step(&held.lease, step, ctx.now).await? {
        Ok(step)
    } else {
        Err(lost())
    }
}

/// The lease is another's by now: nothing of the step stays.
pub(super) fn lost() -> Error {
    Error::refused(Code::JobLost, "这项后台任务已由另一个节点接手。")
}
