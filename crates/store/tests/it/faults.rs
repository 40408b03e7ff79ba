//! Faults that are real: what was acknowledged stands, what was refused can be tried again, reads
//! go on, and writing comes back by itself.

mod ground;
#[path = "../../examples/soak_writer/writer.rs"]
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::act::Act;
use domain::id::ActId;
use store::act::{act_insert, acts_by_ids};
use store::{Fault, Store, StoreConfig, StoreError};

use self::ground::{CHILD_HEADS, CHILD_URL, Child, Disk, Fiu, Server};
use self::writer::{begin, check, meta, next_act, record_once};
use crate::support::env;

/// Between two tries of a write that may be refused for a while.
const PAUSE: Duration = Duration::from_millis(50);

/// A database and its head file.
struct Place {
    url: String,
    heads: PathBuf,
}

impl Place {
    fn sqlite(dir: &Path) -> Self {
        Self {
            url: format!("sqlite:{}", dir.join("t.db").display()),
            heads: dir.join("heads.jsonl"),
        }
    }

    async fn open(&self) -> Store {
        let mut config = StoreConfig::new(&self.url);
        config.head_file = Some(self.heads.clone());
        Store::open(&config).await.unwrap()
    }

    /// Opens it anew, as the next start of the program does: all of these stand, the chain is
    /// whole.
    async fn holds(&self, acked: &[ActId]) {
        let store = self.open().await;
        check(&store, &self.heads, acked).await.unwrap();
        store.close().await.unwrap();
    }
}

/// Records a new act, or says why not.
async fn record(store: &Store) -> Result<ActId, StoreError> {
    let act = next_act(0, 0).unwrap();
    record_once(store, &act).await.unwrap()?;
    Ok(act.id)
}

/// Records until one is acknowledged again, without opening anything anew.
async fn comes_back(store: &Store) -> ActId {
    let mut why = None;
    for _ in 0..600 {
        match record(store).await {
            Ok(id) => return id,
            Err(error) => why = Some(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
    unreachable!("writing does not come back: {why:?}")
}

/// How many of these stand, as soon as reading is possible.
async fn standing_again(store: &Store, ids: &[ActId]) -> usize {
    let mut why = None;
    for _ in 0..600 {
        match standing(store, ids).await {
            Ok(count) => return count,
            Err(error) => why = Some(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
    unreachable!("reading does not come back: {why:?}")
}

async fn standing(store: &Store, ids: &[ActId]) -> Result<usize, StoreError> {
    let found = store.read(async |r| acts_by_ids(r, ids, i64::MAX).await);
    found.await.map(|acts: Vec<Act>| acts.len())
}

/// With a database in its environment this is the writer of the other stories, until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_meets_no_fault_is_never_refused() {
    if let (Some(url), Some(heads)) = (env(CHILD_URL), env(CHILD_HEADS)) {
        let heads = PathBuf::from(heads);
        let store = Place { url, heads }.open().await;
        // The runner's own line has no end yet.
        eprintln!("the writer begins");
        println!();
        writer::write(&store).await.unwrap();
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let place = Place::sqlite(dir.path());
    let store = place.open().await;
    begin(&store).await.unwrap();
    let mut acked = Vec::new();
    for _ in 0..10 {
        acked.push(record(&store).await.unwrap());
    }
    store.close().await.unwrap();
    place.holds(&acked).await;
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_gives_them_back_when_it_is_freed() {
    let Some(disk) = Disk::mount() else { return };
    let place = Place::sqlite(disk.path());
    let store = place.open().await;
    begin(&store).await.unwrap();
    let mut acked = Vec::new();
    for _ in 0..10 {
        acked.push(record(&store).await.unwrap());
    }
    disk.fill();
    let mut refused = 0;
    for _ in 0..40 {
        match record(&store).await {
            Ok(id) => acked.push(id),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "there is no space for any of them");
    let read = standing(&store, &acked).await.unwrap();
    assert_eq!(
        read,
        acked.len(),
        "reads go on, and see what was acknowledged"
    );

    disk.free();
    acked.push(comes_back(&store).await);
    for _ in 0..20 {
        acked.push(record(&store).await.unwrap());
    }
    assert_eq!(standing(&store, &acked).await.unwrap(), acked.len());
    store.close().await.unwrap();
    place.holds(&acked).await;
}

#[tokio::test]
async fn a_full_disk_met_by_eight_at_once_acknowledges_none_that_is_lost() {
    let Some(disk) = Disk::mount() else { return };
    let place = Place::sqlite(disk.path());
    let store = place.open().await;
    begin(&store).await.unwrap();
    let mut acked = Vec::new();
    disk.fill();
    let mut refused = 0;
    for _ in 0..20 {
        // Eight at once: all but the first stand in line and are committed together.
        let all = futures::future::join_all((0..8).map(|_| record(&store)));
        for heard in all.await {
            match heard {
                Ok(id) => acked.push(id),
                Err(_) => refused += 1,
            }
        }
    }
    assert!(refused > 8, "there is no space for any of them");
    assert_eq!(standing(&store, &acked).await.unwrap(), acked.len());

    disk.free();
    acked.push(comes_back(&store).await);
    let all = futures::future::join_all((0..8).map(|_| record(&store)));
    acked.extend(all.await.into_iter().map(Result::unwrap));
    assert_eq!(standing(&store, &acked).await.unwrap(), acked.len());
    store.close().await.unwrap();
    place.holds(&acked).await;
}

#[tokio::test]
async fn a_full_disk_is_outlived_by_the_process_and_by_its_next_start() {
    let Some(disk) = Disk::mount() else { return };
    let place = Place::sqlite(disk.path());
    let mut first = Child::start(&place.url, &place.heads, None);
    first.says("ack", 10);
    disk.fill();
    first.says("refused", 1);
    first.says("read", 3);
    disk.free();
    first.says("ack", 30);
    let mut acked = first.kill();
    place.holds(&acked).await;

    let mut next = Child::start(&place.url, &place.heads, None);
    next.says("ack", 10);
    disk.fill();
    next.says("refused", 1);
    acked.extend(next.kill());
    disk.free();
    place.holds(&acked).await;
}

/// A call of the writer's process fails for a while; nothing that was acknowledged is lost.
async fn while_it_fails(point: &str, answer: &str) {
    let Some(fiu) = Fiu::find() else { return };
    let dir = tempfile::tempdir().unwrap();
    let place = Place::sqlite(dir.path());
    let mut child = Child::start(&place.url, &place.heads, Some(&fiu));
    child.says("ack", 10);
    fiu.order(&child, &format!("enable name={point},failinfo={answer}"));
    child.says("refused", 1);
    child.says("read", 3);
    fiu.order(&child, &format!("disable name={point}"));
    child.says("ack", 30);
    let acked = child.kill();
    place.holds(&acked).await;
}

#[tokio::test]
async fn an_fsync_that_fails_loses_nothing_that_was_acknowledged() {
    while_it_fails("posix/io/sync/fsync", "5").await;
}

#[tokio::test]
async fn a_write_that_fails_loses_nothing_that_was_acknowledged() {
    while_it_fails("posix/io/rw/pwrite", "5").await;
}

#[tokio::test]
async fn a_write_that_finds_no_space_loses_nothing_that_was_acknowledged() {
    while_it_fails("posix/io/rw/pwrite", "28").await;
}

#[tokio::test]
async fn a_server_that_stopped_is_unreachable_and_writing_comes_back_with_it() {
    let Some(server) = Server::start() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let place = Place {
        url: server.url(),
        heads: dir.path().join("heads.jsonl"),
    };
    let store = place.open().await;
    begin(&store).await.unwrap();
    let mut acked = Vec::new();
    for _ in 0..10 {
        acked.push(record(&store).await.unwrap());
    }
    server.stop_at_once();
    let write = record(&store).await.unwrap_err();
    assert!(is_unreachable(&write), "{write:?}");
    let read = standing(&store, &acked).await.unwrap_err();
    assert!(is_unreachable(&read), "{read:?}");

    server.start_again();
    acked.push(comes_back(&store).await);
    for _ in 0..10 {
        acked.push(record(&store).await.unwrap());
    }
    assert_eq!(standing_again(&store, &acked).await, acked.len());
    store.close().await.unwrap();
    place.holds(&acked).await;
}

fn is_unreachable(error: &StoreError) -> bool {
    let away = Fault::Away;
    matches!(error, StoreError::Fault { fault, .. } if *fault == away)
}

#[tokio::test]
async fn a_write_whose_server_process_is_killed_is_undone_as_a_whole() {
    let Some(server) = Server::start() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let place = Place {
        url: server.url(),
        heads: dir.path().join("heads.jsonl"),
    };
    let store = place.open().await;
    begin(&store).await.unwrap();
    let mut acked = vec![record(&store).await.unwrap()];
    let act = next_act(1, 1).unwrap();
    let killed = AtomicBool::new(false);
    let write = store
        .write::<_, StoreError, _>(&meta(act.id.to_string()).unwrap(), async |tx| {
            act_insert(tx, &act, "").await?;
            if !killed.swap(true, Ordering::Relaxed) {
                server.kill_who_writes().await;
            }
            Ok(())
        })
        .await;
    assert!(write.is_err(), "it was never committed");
    acked.push(comes_back(&store).await);
    assert_eq!(standing_again(&store, &[act.id]).await, 0);
    assert_eq!(standing_again(&store, &acked).await, acked.len());
    store.close().await.unwrap();
    place.holds(&acked).await;
}
