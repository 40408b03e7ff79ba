//! 后台任务: what the program does by itself, how it ended, and running again what was given up.

mod list;

use domain::policy::Action;

use crate::routes::{Audience, routes};

/// Where the jobs are listed.
pub(crate) const JOBS: &str = "/system/jobs";

routes! {
    GET "/system/jobs" "后台任务" Audience::May(Action::ViewJob) => list::show;
    POST "/system/jobs/{id}/run" "重新执行后台任务" Audience::May(Action::RunJob) => list::run, JobRun;
}
