//! Jobs 后台任务: what the program does by itself, in the loop of `serve` and by `bihuan tick`.
//!
//! `work` looks for what is due and does it step by step; each step is an operation of its own,
//! with its own instant. The sweeps are the first jobs.

mod again;
mod lease;
mod list;
mod sweep;
pub mod words;
mod work;

use crate::door::{Nothing, operations};

pub use again::{JobAgain, OneJob, run_again};
pub use list::{JobLine, dead_count, list};
pub use work::{Ended, Ran, work};

operations! {
    Read "job.list" GET "/jobs" "后台任务" [ViewJob]
        Nothing => ["jobs": JobLine] = list;
    Write JobRun POST "/jobs/{id}/run"
        OneJob => {"job": JobAgain} = run_again(id);
}
