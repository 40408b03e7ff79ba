//! Running a job again that was given up.

use domain::id::JobId;
use domain::policy::Action;

use crate::code::Code;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::verb::Verb;

/// Lets a job that was given up begin anew; the next look takes it. Who did so stands in the trail.
pub async fn run_again(ctx: &Ctx, id: JobId) -> Result<()> {
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
        Ok(())
    })
    .await
}
