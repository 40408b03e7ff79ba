//! What goes on beside the pages: while nothing can be written, tries now and then whether it works
//! again; every minute, does the jobs that are due.

use std::time::Duration;

use app::App;
use app::job::Ended;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::open::Clock;
use crate::tick::{holder, stepper};

/// How often it is looked whether writing works, in seconds.
const EVERY_SECONDS: u64 = 5;
/// Jobs are looked for once in so many looks: every minute.
const LOOKS_TO_WORK: u64 = 12;
/// So many steps are done at one look, each of at most a thousand rows: pages write in between.
const STEPS_MAX: u32 = 100;
/// The end of the program waits so long for the step under way, in seconds.
const END_SECONDS: u64 = 5;

/// How often what is done.
#[derive(Debug, Clone, Copy)]
struct Rhythm {
    every: Duration,
    looks_to_work: u64,
}

/// What goes on until it is ended.
pub(crate) struct Pulse {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Pulse {
    /// Begins.
    pub(crate) fn begin(app: App, clock: Clock) -> Self {
        let rhythm = Rhythm {
            every: Duration::from_secs(EVERY_SECONDS),
            looks_to_work: LOOKS_TO_WORK,
        };
        Self::at(rhythm, app, clock)
    }

    fn at(rhythm: Rhythm, app: App, clock: Clock) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(go_on(rhythm, app, clock, stopped));
        Self { stop, task }
    }

    /// Ends after the step under way; the job it is of is given back. A step that does not end is
    /// broken off: its lease runs out.
    pub(crate) async fn end(mut self) {
        self.stop.send_replace(true);
        let ended = timeout(Duration::from_secs(END_SECONDS), &mut self.task);
        if ended.await.is_err() {
            tracing::warn!("a job did not end in time and was broken off");
            self.task.abort();
        }
    }
}

async fn go_on(rhythm: Rhythm, app: App, clock: Clock, mut stopped: watch::Receiver<bool>) {
    let mut every = interval(rhythm.every);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let holder = holder(clock());
    for look in 0_u64.. {
        tokio::select! {
            _ = every.tick() => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        if app.store.health().writing.is_some() {
            if !app.store.probe(clock()).await {
                // What cannot be written is not begun.
                continue;
            }
            tracing::info!("writing works again");
        }
        // The first ones after a minute: whoever starts the program waits for nothing.
        if look % rhythm.looks_to_work == rhythm.looks_to_work - 1 {
            work(&app, &clock, &holder, &stopped).await;
        }
    }
}

/// Does what is due. A database that is away is met again at the next look.
async fn work(app: &App, clock: &Clock, holder: &str, stopped: &watch::Receiver<bool>) {
    let ctx = stepper(app.clone(), clock.clone());
    let stop = || *stopped.borrow();
    match app::job::work(ctx, holder, STEPS_MAX, &stop).await {
        Ok(done) => {
            for ran in done
                .iter()
                .filter(|ran| ran.did > 0 || ran.ended != Ended::Done)
            {
                let (kind, ended) = (ran.kind.code(), ran.ended.code());
                tracing::info!(kind, ended, did = ran.did, "a job");
            }
        }
        Err(error) => tracing::warn!(%error, "jobs could not be looked for"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use testkit::TestApp;

    use super::{Pulse, Rhythm};

    /// Looks without a pause.
    const QUICK: Rhythm = Rhythm {
        every: std::time::Duration::from_millis(1),
        looks_to_work: 2,
    };

    /// How many jobs are done.
    async fn done(t: &TestApp) -> usize {
        let jobs = t
            .app
            .store
            .read(async |r| store::job::jobs_all(r).await)
            .await;
        let done = |job: &&domain::job::Job| job.phase == domain::job::Phase::Done;
        jobs.unwrap().iter().filter(done).count()
    }

    #[tokio::test]
    async fn jobs_are_done_beside_the_pages_and_the_end_waits_for_the_step_under_way() {
        let t = TestApp::bare("2026-11-05").await;
        let now = t.system().now;
        let pulse = Pulse::at(QUICK, t.app.clone(), Arc::new(move || now));
        while done(&t).await < 3 {
            tokio::task::yield_now().await;
        }
        pulse.end().await;
        assert_eq!(done(&t).await, 3);
    }

    #[tokio::test]
    async fn a_database_that_is_away_ends_nothing() {
        let t = TestApp::bare("2026-11-05").await;
        t.app.store.close().await.unwrap();
        let (now, read) = (t.system().now, Arc::new(AtomicU64::new(0)));
        let count = read.clone();
        let clock = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
            now
        });
        let pulse = Pulse::at(QUICK, t.app.clone(), clock);
        while read.load(Ordering::Relaxed) < 5 {
            tokio::task::yield_now().await;
        }
        assert!(!pulse.task.is_finished(), "it looks again and again");
        pulse.end().await;
    }
}
