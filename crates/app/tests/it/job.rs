//! Jobs: done once by several nodes, gone on with when one dies, given up and run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::sync_channel;

use app::door::Nothing;
use app::job::{Ended, JobLine, Ran, dead_count, list, run_again, work};
use app::{App, Ctx};
use domain::id::{JobId, SessionId};
use domain::job::{Failure, JobKind, LEASE_MS, Phase, TRIES_MAX, try_again_at};
use store::session::Session;
use testkit::TestApp;
use uuid::Uuid;

use crate::code;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const STEPS: u32 = 1_000;

/// Does what is due on a node.
async fn ticks(t: &TestApp, app: &App, holder: &str) -> Vec<Ran> {
    work(|| t.on(app), holder, STEPS, &|| false).await.unwrap()
}

/// Sessions of three days ago.
async fn left_sessions(t: &TestApp, number: u128) {
    let now = t.system();
    let meta = store::Meta {
        home: t.home(),
        at: now.now,
        person: None,
        post: None,
        operator: None,
        verb: "session.sign-in",
        subject: "story".to_owned(),
    };
    let person = t.person_id("shiqiao.lly");
    let then = now.now - 3 * DAY;
    t.app
        .store
        .write::<_, store::StoreError, _>(&meta, async |tx| {
            for n in 0..number {
                let session = Session {
                    id: SessionId::new(Uuid::from_u128(n)),
                    person,
                    created_at: then,
                    seen_at: then,
                    address: String::new(),
                    agent: String::new(),
                };
                store::session::session_insert(tx, &session, &n.to_string()).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// An hour later only the sweep of sessions is due, with two and a half steps to do.
async fn only_sessions_are_due(t: &TestApp) {
    ticks(t, &t.app, "before").await;
    t.shift(HOUR);
    left_sessions(t, 2_500).await;
}

async fn sessions(t: &TestApp) -> usize {
    let person = t.person_id("shiqiao.lly");
    let found = t
        .app
        .store
        .read(async |r| store::session::sessions_of(r, person).await)
        .await;
    found.unwrap().len()
}

/// How many links the county has.
async fn links(t: &TestApp) -> i64 {
    let home = t.home();
    let head = t
        .app
        .store
        .read(async |r| store::audit::audit_head_of(r, home).await)
        .await;
    head.unwrap().unwrap().seq
}

async fn is_clean(t: &TestApp) -> bool {
    let home = t.home();
    let verdict = t
        .app
        .store
        .read(async |r| store::audit_verify::audit_verify(r, home, None).await)
        .await;
    verdict.unwrap().is_clean()
}

fn of(ran: &[Ran], kind: JobKind) -> Vec<&Ran> {
    ran.iter().filter(|r| r.kind == kind).collect()
}

#[tokio::test]
async fn sweeps_clear_what_ran_out_and_a_turn_that_did_nothing_leaves_no_link() {
    let t = TestApp::bare("2026-11-05").await;
    left_sessions(&t, 3).await;
    let before = links(&t).await;
    let ran = ticks(&t, &t.app, "a").await;
    let kinds: Vec<(JobKind, Ended, u64)> = ran.iter().map(|r| (r.kind, r.ended, r.did)).collect();
    assert_eq!(kinds.len(), 3);
    assert!(kinds.contains(&(JobKind::SweepSessions, Ended::Done, 3)));
    assert!(kinds.contains(&(JobKind::SweepRequests, Ended::Done, 0)));
    assert!(kinds.contains(&(JobKind::CollectFiles, Ended::Done, 0)));
    assert_eq!((links(&t).await, sessions(&t).await), (before + 1, 0));

    assert_eq!(ticks(&t, &t.app, "a").await, [], "nothing is due twice");
    t.shift(HOUR);
    let ran = ticks(&t, &t.app, "a").await;
    assert_eq!(ran.len(), 1, "the hour's turn only");
    t.shift(400 * DAY);
    assert_eq!(
        ticks(&t, &t.app, "a").await.len(),
        3,
        "missed turns are one"
    );
    assert_eq!(links(&t).await, before + 1);
    assert!(is_clean(&t).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_tick_at_once_do_each_job_once() {
    let t = TestApp::bare("2026-11-05").await;
    let other = t.node().await;
    left_sessions(&t, 2_500).await;
    let before = links(&t).await;
    let (here, there) = tokio::join!(ticks(&t, &t.app, "a"), ticks(&t, &other, "b"));
    let both: Vec<Ran> = here.into_iter().chain(there).collect();
    for kind in JobKind::ALL {
        let ran = of(&both, *kind);
        assert_eq!(ran.len(), 1, "{kind} was done by one: {both:?}");
        assert_eq!(ran[0].ended, Ended::Done);
    }
    assert_eq!(of(&both, JobKind::SweepSessions)[0].did, 2_500);
    assert_eq!(links(&t).await, before + 3);
    assert_eq!(sessions(&t).await, 0);
    assert!(is_clean(&t).await);
    other.store.close().await.unwrap();
}

/// A context that ends, or holds up, whoever reads the clock for the second step of a job: before
/// that it was read to plan, to take the job, and for the first step.
fn in_the_middle(on: impl Fn() + Send + Sync, ctx: impl Fn() -> Ctx) -> impl Fn() -> Ctx {
    let read = AtomicU32::new(0);
    move || {
        if read.fetch_add(1, Ordering::Relaxed) == 3 {
            on();
        }
        ctx()
    }
}

#[tokio::test]
async fn a_node_that_dies_in_the_middle_of_a_job_is_followed_by_another_and_it_is_done_once() {
    let t = Arc::new(TestApp::bare("2026-11-05").await);
    let (dying, other) = (t.node().await, t.node().await);
    only_sessions_are_due(&t).await;
    let before = links(&t).await;
    let (its, app) = (t.clone(), dying.clone());
    let died = tokio::spawn(async move {
        let ctx = in_the_middle(|| panic!("the node dies"), || its.on(&app));
        work(ctx, "a", STEPS, &|| false).await.unwrap();
    });
    assert!(died.await.unwrap_err().is_panic());
    dying.store.close().await.unwrap();
    assert_eq!(sessions(&t).await, 1_500, "one step was done");

    assert_eq!(ticks(&t, &other, "b").await, [], "the lease still holds");
    t.shift(LEASE_MS);
    let ran = ticks(&t, &other, "b").await;
    assert_eq!(ran.len(), 1);
    let ran = &ran[0];
    assert_eq!((ran.kind, ran.ended), (JobKind::SweepSessions, Ended::Done));
    assert_eq!(
        (ran.did, ran.tries),
        (1_500, 2),
        "it goes on where the other stopped"
    );
    assert_eq!(links(&t).await, before + 3, "each step once");
    let line = listed(&t).await;
    let line = line.iter().find(|l| l.kind == JobKind::SweepSessions);
    assert_eq!(line.unwrap().did, 2_500);
    assert_eq!(ticks(&t, &t.app, "c").await, []);
    assert!(is_clean(&t).await);
    other.store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_away_for_longer_than_its_lease_writes_nothing_when_it_comes_back() {
    let t = Arc::new(TestApp::bare("2026-11-05").await);
    let other = t.node().await;
    only_sessions_are_due(&t).await;
    let before = links(&t).await;
    let (told, in_it) = sync_channel(1);
    let (go_on, waits) = sync_channel::<()>(1);
    let waits = std::sync::Mutex::new(waits);
    let its = t.clone();
    let slow = tokio::spawn(async move {
        let hold = move || {
            told.send(()).unwrap();
            waits.lock().unwrap().recv().unwrap();
        };
        let app = its.app.clone();
        let ctx = in_the_middle(hold, || its.on(&app));
        work(ctx, "a", STEPS, &|| false).await.unwrap()
    });
    tokio::task::spawn_blocking(move || in_it.recv().unwrap())
        .await
        .unwrap();
    t.shift(LEASE_MS);
    let ran = ticks(&t, &other, "b").await;
    assert_eq!(of(&ran, JobKind::SweepSessions)[0].did, 1_500);
    go_on.send(()).unwrap();
    let ran = slow.await.unwrap();
    assert_eq!(ran.len(), 1);
    assert_eq!((ran[0].ended, ran[0].did), (Ended::Lost, 1_000));
    assert_eq!(links(&t).await, before + 3);
    assert!(is_clean(&t).await);
    other.store.close().await.unwrap();
}

#[tokio::test]
async fn a_look_that_must_end_gives_the_job_back_and_that_is_no_failed_try() {
    let t = TestApp::bare("2026-11-05").await;
    only_sessions_are_due(&t).await;
    let ran = work(|| t.on(&t.app), "a", 2, &|| false).await.unwrap();
    let last = ran.last().unwrap();
    let swept = of(&ran, JobKind::SweepSessions);
    assert_eq!(ran.len(), 1, "{ran:?}");
    assert_eq!((last.ended, swept[0].did), (Ended::Unfinished, 2_000));
    let none = work(|| t.on(&t.app), "a", STEPS, &|| true).await.unwrap();
    assert_eq!(none, [], "whoever is told to stop begins nothing");
    let ran = ticks(&t, &t.app, "b").await;
    let swept = of(&ran, JobKind::SweepSessions);
    assert_eq!((swept[0].did, swept[0].tries), (500, 1));
}

/// Lets the collecting of files fail: a file stands where the folder was.
fn breaks_files(t: &TestApp) {
    let folder = t.dir().join("files");
    std::fs::rename(&folder, t.dir().join("files-away")).unwrap();
    std::fs::write(folder, "no folder").unwrap();
}

pub(crate) fn mends_files(t: &TestApp) {
    let folder = t.dir().join("files");
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(t.dir().join("files-away"), folder).unwrap();
}

/// The jobs as the system administrator sees them.
async fn listed(t: &TestApp) -> Vec<JobLine> {
    let sys = t.person("sys").ctx().await;
    list(&sys, Nothing {}).await.unwrap().rows
}

async fn line_of(t: &TestApp, kind: JobKind) -> JobLine {
    let all = listed(t).await;
    all.into_iter().find(|line| line.kind == kind).unwrap()
}

/// A job that was given up.
pub(crate) async fn given_up(t: &TestApp) -> JobId {
    breaks_files(t);
    for tries in 1..=TRIES_MAX {
        let ran = ticks(t, &t.app, "a").await;
        let ran = of(&ran, JobKind::CollectFiles);
        assert_eq!(ran[0].tries, tries);
        let ended = if tries < TRIES_MAX {
            Ended::Failed
        } else {
            Ended::Dead
        };
        assert_eq!(
            (ran[0].ended, ran[0].failure),
            (ended, Some(Failure::Fault))
        );
        let again = ticks(t, &t.app, "a").await;
        assert_eq!(of(&again, JobKind::CollectFiles).len(), 0, "a pause first");
        t.shift(try_again_at(tries, 0).unwrap_or(400 * DAY));
    }
    line_of(t, JobKind::CollectFiles).await.id
}

#[tokio::test]
async fn a_job_that_fails_six_times_waits_for_the_system_administrator() {
    let t = TestApp::bare("2026-11-05").await;
    let id = given_up(&t).await;
    assert_eq!(
        of(&ticks(&t, &t.app, "a").await, JobKind::CollectFiles).len(),
        0
    );
    let line = line_of(&t, JobKind::CollectFiles).await;
    assert_eq!(
        (line.phase, line.failure),
        (Phase::Dead, Some(Failure::Fault))
    );
    assert!(line.may_run && line.next_at.is_none() && line.is_for_all);
    let sys = t.person("sys").ctx().await;
    assert_eq!(dead_count(&sys).await.unwrap(), 1);

    for login in ["sec", "aud", "bangong", "shiqiao.lly"] {
        let ctx = t.person(login).ctx().await;
        assert_eq!(code(list(&ctx, Nothing {}).await), "forbidden", "{login}");
        assert_eq!(code(run_again(&ctx, id).await), "forbidden");
    }
    mends_files(&t);
    let before = links(&t).await;
    let clicked = Ctx {
        once: Some("key-1".to_owned()),
        ..sys.clone()
    };
    let first = run_again(&clicked, id).await.unwrap();
    assert_eq!(run_again(&clicked, id).await.unwrap(), first);
    assert_eq!(
        links(&t).await,
        before + 1,
        "a second click does nothing more"
    );
    let ran = ticks(&t, &t.app, "a").await;
    assert_eq!(of(&ran, JobKind::CollectFiles)[0].ended, Ended::Done);
    assert_eq!(dead_count(&sys).await.unwrap(), 0);
    let refused = run_again(&sys, id).await;
    assert_eq!(code(refused), "job.not-dead");
    let unknown = JobId::new(Uuid::from_u128(7));
    assert_eq!(code(run_again(&sys, unknown).await), "not-found");
    let past = t.person("sys").as_of("2026-11-01").await;
    assert_eq!(code(run_again(&past, id).await), "as-of.read-only");
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn a_county_whose_last_link_is_later_than_the_clock_is_left_alone() {
    let t = TestApp::bare("2026-11-05").await;
    left_sessions(&t, 1).await;
    t.shift(-DAY);
    let ran = ticks(&t, &t.app, "a").await;
    let kinds: Vec<JobKind> = ran.iter().map(|r| r.kind).collect();
    assert_eq!(kinds, [JobKind::CollectFiles]);
    t.shift(DAY);
    let ran = ticks(&t, &t.app, "a").await;
    assert_eq!(of(&ran, JobKind::SweepSessions)[0].did, 1);
}

#[tokio::test]
async fn a_database_that_is_away_is_said_and_met_again_later() {
    let t = TestApp::bare("2026-11-05").await;
    let node = t.node().await;
    node.store.close().await.unwrap();
    let away = work(|| t.on(&node), "a", STEPS, &|| false).await;
    assert_eq!(code(away), "database-away");
    assert_eq!(ticks(&t, &t.app, "b").await.len(), 3);
}
