//! `bihuan tick`: what is due, once, for a clock such as cron's.

use app::job::{Ended, Ran, words};
use app::{Actor, App};
use clap::Args;
use serde_json::json;

use crate::console::Console;
use crate::edge;
use crate::open::{Clock, Place, Purpose, context};
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// So many steps are done by one tick; what is left is gone on with by the next.
const STEPS_MAX: u32 = 10_000;

/// Does what is due.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Tick {}

/// A context of the installation for the next step of a job.
pub(crate) fn stepper(app: App, clock: Clock) -> impl Fn() -> app::Ctx + Send + Sync {
    let os_user = "job".to_owned();
    move || {
        let actor = Actor::Console {
            os_user: os_user.clone(),
        };
        context(app.clone(), actor, clock())
    }
}

/// A name by which this process holds jobs, that no other has.
pub(crate) fn holder(now: i64) -> String {
    app::Ids::random().next(now).simple().to_string()
}

impl Tick {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let app = place.existing(Purpose::Write, console).await?;
        let clock: Clock = match place.marked_day() {
            Some(day) => crate::demo::clock::running(day, &app).await?,
            None => std::sync::Arc::new(edge::now_ms),
        };
        let holder = holder(clock());
        let done = app::job::work(stepper(app, clock), &holder, STEPS_MAX, &|| false).await;
        let done = done.map_err(said)?;
        if console.json {
            console.value(&json!({ "ran": done }));
        } else {
            for ran in &done {
                console.data(line(ran));
            }
        }
        if done.is_empty() {
            console.talk("现在没有到时间的后台任务。");
        }
        Ok(ends(&done))
    }
}

/// What was done of one job, in a line.
fn line(ran: &Ran) -> String {
    let name = words::kind(ran.kind);
    let ended = words::ended(ran.ended);
    let why = ran.failure.map(words::failure).unwrap_or_default();
    let did = format!("清理{}{}", ran.did, words::unit(ran.kind));
    let home = ran
        .home
        .map(|home| format!("（{home}）"))
        .unwrap_or_default();
    if why.is_empty() {
        format!("{name}{home}：{ended}，{did}。")
    } else {
        format!("{name}{home}：{ended}。{why}")
    }
}

/// A job that did not end well is something found.
fn ends(done: &[Ran]) -> Exit {
    let failed = |ran: &Ran| match ran.ended {
        Ended::Failed | Ended::Dead => true,
        Ended::Done | Ended::Unfinished | Ended::Lost => false,
    };
    if done.iter().any(failed) {
        Exit::Refused
    } else {
        Exit::Done
    }
}
