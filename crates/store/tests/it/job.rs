//! Jobs: planned once, held by one, done once; and files that no row refers to.

use bytes::Bytes;
use domain::id::{JobId, SessionId};
use domain::job::{Failure, Job, JobKind, LEASE_MS, Phase, due_jobs};
use store::file::{FileUse, file_use_insert, files_of};
use store::job::{Lease, Step, job_find, job_revive, job_step, jobs_all, jobs_of};
use store::session::{Session, session_insert, sessions_of, sessions_sweep};
use store::{Store, StoreError};
use uuid::Uuid;

use crate::support::{NOW, NOWADAYS, World, is_clean, last_link, on_each};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn job_id(n: u128) -> JobId {
    JobId::new(Uuid::from_u128(n))
}

async fn jobs(store: &Store) -> Vec<Job> {
    store.read(async |r| jobs_all(r).await).await.unwrap()
}

/// Plans what is due for the county, and gives the sweep of its sessions.
async fn planned(w: &World, now: i64) -> Job {
    for (n, due) in due_jobs(now, &[w.home], &jobs(&w.store).await)
        .iter()
        .enumerate()
    {
        let id = job_id(100 + n as u128);
        assert!(w.store.job_plan(id, due, now).await.unwrap());
    }
    let mut all = jobs(&w.store).await;
    all.retain(|job| job.kind == JobKind::SweepSessions);
    all.remove(0)
}

async fn taken(w: &World, job: &Job, holder: &str, now: i64) -> Lease {
    let lease = w.store.job_claim(job, holder, now).await.unwrap();
    lease.unwrap()
}

async fn now_stands(w: &World, job: &Job) -> Job {
    let found = w.store.read(async |r| job_find(r, job.id).await).await;
    found.unwrap().unwrap()
}

/// A person with sessions that ran out long ago.
async fn with_sessions(w: &World, number: u128) -> domain::id::PersonId {
    w.county().await;
    let person = w.person("liu");
    w.store
        .write::<_, StoreError, _>(&w.does("person.create"), async |tx| {
            store::person::person_insert(tx, &person, "", "salt").await?;
            for n in 0..number {
                let session = Session {
                    id: SessionId::new(Uuid::from_u128(n)),
                    person: person.id,
                    created_at: NOW - 3 * DAY,
                    seen_at: NOW - 3 * DAY,
                    address: String::new(),
                    agent: String::new(),
                };
                session_insert(tx, &session, &n.to_string()).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    person.id
}

#[tokio::test]
async fn two_nodes_plan_a_turn_once_and_one_of_them_takes_it() {
    Box::pin(on_each(async |w| {
        w.county().await;
        let other = Store::open(&w.config).await.unwrap();
        let due = due_jobs(NOW, &[w.home], &[]);
        for (n, due) in due.iter().enumerate() {
            let (mine, its) = (job_id(n as u128), job_id(100 + n as u128));
            let (here, there) = tokio::join!(
                w.store.job_plan(mine, due, NOW),
                other.job_plan(its, due, NOW),
            );
            assert_ne!(here.unwrap(), there.unwrap(), "one of them plans it");
        }
        assert_eq!(jobs(&w.store).await.len(), 3);
        let job = jobs(&w.store).await.remove(0);
        let (here, there) = tokio::join!(
            w.store.job_claim(&job, "here", NOW),
            other.job_claim(&job, "there", NOW),
        );
        let (here, there) = (here.unwrap(), there.unwrap());
        assert_ne!(here.is_some(), there.is_some(), "one of them holds it");
        assert_eq!(now_stands(w, &job).await.phase, Phase::Running);
        other.close().await.unwrap();
    }))
    .await;
}

#[tokio::test]
async fn a_turn_that_was_done_is_planned_anew_by_one_of_two_nodes() {
    Box::pin(on_each(async |w| {
        w.county().await;
        let job = planned(w, NOW).await;
        let lease = taken(w, &job, "a", NOW).await;
        let end = Step {
            did: 3,
            reached: None,
        };
        assert!(w.store.job_step(&lease, end, NOW).await.unwrap());
        let done = now_stands(w, &job).await;
        assert_eq!(
            (done.phase, done.did, done.ended_at),
            (Phase::Done, 3, Some(NOW))
        );
        let later = NOW + 60 * MINUTE;
        let due = due_jobs(later, &[w.home], &jobs(&w.store).await);
        let due = due.iter().find(|due| due.kind == job.kind).unwrap();
        let other = Store::open(&w.config).await.unwrap();
        let (here, there) = tokio::join!(
            w.store.job_plan(job_id(8), due, later),
            other.job_plan(job_id(9), due, later),
        );
        assert_ne!(here.unwrap(), there.unwrap());
        let again = now_stands(w, &job).await;
        assert_eq!(
            (again.phase, again.did, again.turn),
            (Phase::Waiting, 0, due.turn)
        );
        other.close().await.unwrap();
    }))
    .await;
}

#[tokio::test]
async fn a_holder_that_is_killed_in_its_transaction_leaves_nothing_and_the_next_does_all() {
    on_each(async |w| {
        let person = with_sessions(w, 1_500).await;
        let job = planned(w, NOW).await;
        let lease = taken(w, &job, "a", NOW).await;
        let (told, in_the_middle) = tokio::sync::oneshot::channel();
        let (store, meta) = (
            Store::open(&w.config).await.unwrap(),
            w.does("session.sweep"),
        );
        let told = std::sync::Arc::new(std::sync::Mutex::new(Some(told)));
        let dying = tokio::spawn(async move {
            let swept = store
                .write::<(), StoreError, _>(&meta, async |tx| {
                    let did = sessions_sweep(tx, NOW).await?;
                    let step = Step {
                        did,
                        reached: Some(1),
                    };
                    assert!(job_step(tx, &lease, step, NOW).await?);
                    let told = told.lock().unwrap().take();
                    told.unwrap().send(()).unwrap();
                    std::future::pending().await
                })
                .await;
            swept.unwrap();
        });
        in_the_middle.await.unwrap();
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());

        let later = NOW + LEASE_MS;
        let left = now_stands(w, &job).await;
        assert_eq!((left.phase, left.did, left.reached), (Phase::Running, 0, 0));
        let links = last_link(w).await;
        let lease = taken(w, &left, "b", later).await;
        let mut cleared = 0;
        for reached in [Some(1), None] {
            cleared += w
                .store
                .write::<_, StoreError, _>(&w.does("session.sweep"), async |tx| {
                    let did = sessions_sweep(tx, NOW).await?;
                    assert!(job_step(tx, &lease, Step { did, reached }, later).await?);
                    Ok(did)
                })
                .await
                .unwrap();
        }
        assert_eq!(cleared, 1_500);
        assert_eq!(
            last_link(w).await,
            links + 2,
            "a link a step, and none of the dead"
        );
        let done = now_stands(w, &job).await;
        assert_eq!((done.phase, done.did, done.tries), (Phase::Done, 1_500, 2));
        let left = w.store.read(async |r| sessions_of(r, person).await).await;
        assert_eq!(left.unwrap(), []);
        assert!(is_clean(w).await);
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_the_lease_writes_nothing_more() {
    on_each(async |w| {
        let person = with_sessions(w, 3).await;
        let job = planned(w, NOW).await;
        let lost = taken(w, &job, "a", NOW).await;
        let later = NOW + LEASE_MS;
        let seen = now_stands(w, &job).await;
        // The same process may take it again: the number of the try tells the two apart.
        let held = taken(w, &seen, "a", later).await;
        let links = last_link(w).await;
        let late = w
            .store
            .write::<(), StoreError, _>(&w.does("session.sweep"), async |tx| {
                let did = sessions_sweep(tx, NOW).await?;
                let step = Step { did, reached: None };
                if job_step(tx, &lost, step, later).await? {
                    return Ok(());
                }
                Err(StoreError::Missing {
                    table: "job",
                    key: "lease".to_owned(),
                })
            })
            .await;
        assert!(matches!(late, Err(StoreError::Missing { .. })));
        let end = Step {
            did: 1,
            reached: None,
        };
        assert!(!w.store.job_step(&lost, end, later).await.unwrap());
        let why = Failure::Fault;
        assert!(!w.store.job_fail(&lost, why, None, later).await.unwrap());
        assert!(!w.store.job_release(&lost, later).await.unwrap());
        let left = w.store.read(async |r| sessions_of(r, person).await).await;
        assert_eq!(left.unwrap().len(), 3);
        assert_eq!(last_link(w).await, links);
        assert!(w.store.job_release(&held, later).await.unwrap());
        let given_back = now_stands(w, &job).await;
        assert_eq!((given_back.phase, given_back.tries), (Phase::Waiting, 1));
    })
    .await;
}

#[tokio::test]
async fn a_job_that_was_given_up_begins_anew_when_a_person_says_so_and_once_only() {
    on_each(async |w| {
        w.county().await;
        let job = planned(w, NOW).await;
        let lease = taken(w, &job, "a", NOW).await;
        let why = Failure::DiskFull;
        assert!(w.store.job_fail(&lease, why, None, NOW).await.unwrap());
        let dead = now_stands(w, &job).await;
        assert_eq!(
            (dead.phase, dead.failure),
            (Phase::Dead, Some(Failure::DiskFull))
        );
        assert_eq!(w.store.job_claim(&job, "b", NOW).await.unwrap(), None);
        let revive = async || {
            let revived = w
                .store
                .write::<_, StoreError, _>(&w.does("job.run"), async |tx| {
                    job_revive(tx, job.id, NOW).await
                })
                .await;
            revived.unwrap()
        };
        assert!(revive().await);
        assert!(!revive().await);
        let again = now_stands(w, &job).await;
        assert_eq!(
            (again.phase, again.tries, again.try_at),
            (Phase::Waiting, 0, NOW)
        );
        let of_county = w.store.read(async |r| jobs_of(r, w.home).await).await;
        assert_eq!(of_county.unwrap().len(), 3);
        let of_other = w.store.read(async |r| jobs_of(r, w.body_id()).await).await;
        let kinds: Vec<JobKind> = of_other.unwrap().iter().map(|job| job.kind).collect();
        assert_eq!(kinds, [JobKind::CollectFiles]);
    })
    .await;
}

#[tokio::test]
async fn a_job_that_does_not_parse_is_corrupt_and_not_run() {
    on_each(async |w| {
        w.county().await;
        planned(w, NOW).await;
        w.tamper("update job set tries = -1").await;
        let found = w.store.read(async |r| jobs_all(r).await).await;
        assert!(matches!(
            found,
            Err(StoreError::Corrupt {
                table: "job",
                column: "tries",
                ..
            })
        ));
    })
    .await;
}

// Evidence files.

fn stands(w: &World, sha: &str) -> std::path::PathBuf {
    let folder = w.dir.path().join("files");
    folder.join(&sha[..2]).join(&sha[2..4]).join(sha)
}

fn aside(w: &World, sha: &str) -> std::path::PathBuf {
    w.dir.path().join("files/aside").join(sha)
}

/// Makes a file two days old.
fn ages(path: &std::path::Path) {
    let two_days = std::time::Duration::from_hours(48);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    let then = file.metadata().unwrap().modified().unwrap() - two_days;
    file.set_modified(then).unwrap();
}

async fn collects(w: &World) -> (u64, u64, u64) {
    let before = w.store.files_clock().await.unwrap() - DAY;
    let (mut sums, mut from) = ((0, 0, 0), Some(0));
    while let Some(part) = from {
        let done = w.store.files_collect(part, before).await.unwrap();
        sums.0 += done.set_aside;
        sums.1 += done.brought_back;
        sums.2 += done.removed;
        from = done.next;
    }
    sums
}

async fn refers(w: &World, sha: &str) {
    w.store
        .write::<_, StoreError, _>(&w.does("file.add"), async |tx| {
            file_use_insert(tx, "act_1", sha, 5, "image/jpeg", "现场.jpg").await
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_without_a_row_is_set_aside_after_a_day_and_gone_after_another() {
    on_each(async |w| {
        w.county().await;
        let kept = w.store.file_put(Bytes::from_static(b"kept")).await.unwrap();
        refers(w, &kept).await;
        let loose = w
            .store
            .file_put(Bytes::from_static(b"loose"))
            .await
            .unwrap();
        assert_eq!(collects(w).await, (0, 0, 0), "they are young");
        ages(&stands(w, &kept));
        ages(&stands(w, &loose));
        assert_eq!(collects(w).await, (1, 0, 0));
        assert_eq!(collects(w).await, (0, 0, 0), "it lies there for a day");
        assert!(
            w.store.file_get(&loose).await.unwrap().is_some(),
            "and is found"
        );
        assert_eq!(w.store.file_kept(&loose, true).await.unwrap(), Some(5));
        ages(&aside(w, &loose));
        assert_eq!(collects(w).await, (0, 0, 1));
        assert_eq!(w.store.file_get(&loose).await.unwrap(), None);
        assert!(w.store.file_get(&kept).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn an_upload_in_progress_keeps_its_bytes_whatever_is_collected_meanwhile() {
    on_each(async |w| {
        w.county().await;
        let bytes = Bytes::from_static(b"photo");
        // Somebody's upload broke off two days ago; now the same bytes come again.
        let left = w.store.file_put(bytes.clone()).await.unwrap();
        ages(&stands(w, &left));
        let sha = w.store.file_put(bytes.clone()).await.unwrap();
        assert_eq!(collects(w).await, (1, 0, 0), "no row refers to them yet");
        refers(w, &sha).await;
        assert_eq!(w.store.file_get(&sha).await.unwrap(), Some(bytes.clone()));
        let subject = ["act_1".to_owned()];
        let of = w
            .store
            .read(async |r| files_of(r, &subject, NOWADAYS).await)
            .await;
        let of: Vec<FileUse> = of.unwrap();
        assert_eq!(of[0].sha, sha);
        ages(&aside(w, &sha));
        assert_eq!(collects(w).await, (0, 1, 0), "they come back");
        assert!(stands(w, &sha).exists() && !aside(w, &sha).exists());

        // Bytes that lie aside are put anew by whoever uploads them.
        let second = Bytes::from_static(b"second");
        let sha = w.store.file_put(second.clone()).await.unwrap();
        ages(&stands(w, &sha));
        assert_eq!(collects(w).await, (1, 0, 0));
        assert_eq!(w.store.file_put(second.clone()).await.unwrap(), sha);
        ages(&aside(w, &sha));
        assert_eq!(collects(w).await, (0, 0, 1));
        refers(w, &sha).await;
        assert_eq!(w.store.file_get(&sha).await.unwrap(), Some(second));
    })
    .await;
}
