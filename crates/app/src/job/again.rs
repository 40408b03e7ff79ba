//! Running a job again that was given up.

use domain::id::JobId;
use domain::instant::Instant;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::verb::Verb;
use crate::write::Kept;

/// Which job.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneJob {
    /// Which.
    #[schemars(title = "后台任务编号")]
    pub id: JobId,
}

/// A job that begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobAgain {
    /// Which.
    #[schemars(title = "编号")]
    pub id: JobId,
    /// From when on it may be taken; the next look takes it.
    #[schemars(title = "自何时起执行")]
    pub from: Instant,
}

impl Kept for JobAgain {
    fn keep(&self) -> String {
        format!("{} {}", self.id, self.from.ms())
    }
    fn again(text: &str) -> Option<Self> {
        let (id, from) = text.split_once(' ')?;
        Some(Self {
            id: id.parse().ok()?,
            from: Instant::at(from.parse().ok()?),
        })
    }
}

/// Lets a job that was given up begin anew; the next look takes it. Who did so stands in the trail.
pub async fn run_again(ctx: &Ctx, id: JobId) -> Result<JobAgain> {
    if let Some(first) = ctx.begin(Verb::JobRun).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::RunJob)?;
    let home = ctx.home()?;
    ctx.app
        .store
        .read(async |r| store::job::job_find(r, id).await)
        .await?
        .filter(|job| job.home.is_none_or(|of| of == home))
        .ok_or(Error::NotFound("这项后台任务"))?;
    ctx.write(Verb::JobRun, id.to_string(), async |tx| {
        if !store::job::job_revive(tx, id, ctx.now).await? {
            return Err(Error::refused(
                Code::JobNotDead,
                "这项后台任务没有停止，会按时自动执行，不必重新执行。",
            ));
        }
        tx.note();
        Ok(JobAgain {
            id,
            from: Instant::at(ctx.now),
        })
    })
    .await
}
