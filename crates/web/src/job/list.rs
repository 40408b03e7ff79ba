//! The jobs of the county and of the installation.

use app::door::Nothing;
use app::job::{JobLine, list, run_again, words};
use app::words::instant;
use askama::Template;
use axum::extract::Path;
use domain::id::JobId;
use domain::job::Phase;

use super::JOBS;
use crate::chrome::Chrome;
use crate::error::{Answer, PageError};
use crate::page::{Form, Page};

/// A job in words.
struct Row {
    id: JobId,
    name: &'static str,
    scope: &'static str,
    state: &'static str,
    tone: &'static str,
    sign: &'static str,
    /// When the last try ended, and what it cleared.
    last: String,
    did: String,
    /// Why it did not end well.
    reason: &'static str,
    next: String,
    tries: String,
    may_run: bool,
}

#[derive(Template)]
#[template(path = "job/list.html")]
struct ListPage {
    chrome: Chrome,
    dead: Vec<Row>,
    jobs: Vec<Row>,
}

/// Colour and sign of a phase; the word stands beside them.
const fn look(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Waiting => ("", "·"),
        Phase::Running => ("blue", "○"),
        Phase::Done => ("green", "✓"),
        Phase::Dead => ("red", "✕"),
    }
}

fn row(job: &JobLine) -> Row {
    let (tone, sign) = look(job.phase);
    let did = match (job.phase, job.did) {
        (Phase::Done, 0) => "没有需要清理的".to_owned(),
        (_, 0) => String::new(),
        (_, did) => format!("清理{did}{}", words::unit(job.kind)),
    };
    Row {
        id: job.id,
        name: words::kind(job.kind),
        scope: if job.is_for_all {
            "整个系统"
        } else {
            "本辖区"
        },
        state: words::phase(job.phase),
        tone,
        sign,
        last: job
            .ended_at
            .map_or_else(|| "还没有执行过".to_owned(), |at| instant(at.ms())),
        did,
        reason: job.failure.map(words::failure).unwrap_or_default(),
        next: job.next_at.map(|at| instant(at.ms())).unwrap_or_default(),
        tries: format!("{}／{}", job.tries, job.tries_max),
        may_run: job.may_run,
    }
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let all = list(&page.ctx, Nothing {}).await?.rows;
    let (dead, jobs): (Vec<_>, Vec<_>) = all.iter().partition(|j| j.phase == Phase::Dead);
    page.html(&ListPage {
        chrome: page.chrome().await?,
        dead: dead.into_iter().map(row).collect(),
        jobs: jobs.into_iter().map(row).collect(),
    })
}

/// Lets a job begin anew.
pub(super) async fn run(Path(id): Path<String>, form: Form) -> Answer {
    let id = id
        .parse()
        .map_err(|_| PageError(app::Error::NotFound("这项后台任务")))?;
    run_again(&form.page.ctx, id).await?;
    Ok(form.page.done(JOBS, app::Verb::JobRun))
}
