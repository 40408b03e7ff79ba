//! Writes that wait are committed together: who hears what, and what stands.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::act::Act;
use domain::body::BodyKind;
use domain::id::{BodyId, Owner};
use domain::weigh::Counted;
use futures::future::join_all;
use store::act::{ActFilter, act_find, act_insert, acts_of};
use store::audit_verify::audit_verify;
use store::body::body_insert;
use store::counted::{counted_close, counted_insert};
use store::generation::{generation, head_seq};
use store::{Engine, Heads, Meta, Store, StoreError};
use tokio::sync::Notify;

use crate::support::{World, last_link, on_each};

/// A write of one of several.
type Write<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + 'a>>;

/// How often the head file was written: once a commit.
fn commits(w: &World) -> usize {
    let text = std::fs::read_to_string(w.heads()).unwrap_or_default();
    text.lines().count()
}

fn counted(act: &Act) -> Counted {
    Counted {
        key: domain::duty::Key {
            pack: "p".parse().unwrap(),
            duty: "inspect".parse().unwrap(),
            owner: Owner::Body(act.parts[0].body),
            period: "2026-03".parse().unwrap(),
        },
        act: act.id,
        on: act.occurred_on,
        provisional: false,
    }
}

/// Records an act and what it counts for.
fn record<'a>(store: &'a Store, meta: &'a Meta, act: &'a Act) -> Write<'a> {
    Box::pin(store.write(meta, async move |tx| {
        act_insert(tx, act, "").await?;
        counted_insert(tx, &[counted(act)]).await
    }))
}

/// Lets the first of them hold the transaction until all others stand in line.
async fn in_line<'a>(
    w: &'a World,
    first: &'a Act,
    others: Vec<Write<'a>>,
) -> Vec<Result<(), StoreError>> {
    let all_wait = Notify::new();
    let meta = w.does("act.record");
    let holds: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
        all_wait.notified().await;
        act_insert(tx, first, "").await?;
        counted_insert(tx, &[counted(first)]).await
    }));
    let last: Write<'_> = Box::pin(async {
        all_wait.notify_one();
        Ok(())
    });
    // Each is asked once, in this order, before any goes on.
    let all = std::iter::once(holds).chain(others).chain([last]);
    let mut heard = join_all(all).await;
    heard.pop();
    heard
}

async fn acts(w: &World) -> usize {
    let filter = ActFilter::default();
    let acts = w.store.read(async |r| acts_of(r, w.home, &filter).await);
    acts.await.unwrap().len()
}

/// The chain is whole, and goes with the head file.
async fn is_whole(w: &World) {
    let heads = Heads::read(&w.heads()).unwrap();
    let verdict = w
        .store
        .read(async |r| audit_verify(r, w.home, Some(&heads)).await)
        .await
        .unwrap();
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
    assert!(verdict.tail_proven);
}

#[tokio::test]
async fn eight_that_wait_share_one_commit_and_each_has_its_link() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..8).map(|_| w.act(town.id, "2026-03-01")).collect();
        let (meta, links, before) = (w.does("act.record"), last_link(w).await, commits(w));
        let others = new[1..].iter().map(|act| record(&w.store, &meta, act));
        let heard = in_line(w, &new[0], others.collect()).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(commits(w) - before, 1);
        assert_eq!(last_link(w).await - links, 8);
        assert_eq!(acts(w).await, 8);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn one_that_fails_undoes_itself_alone_and_hears_why() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..4).map(|_| w.act(town.id, "2026-03-01")).collect();
        let (meta, links, before) = (w.does("act.record"), last_link(w).await, commits(w));
        let refused: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
            act_insert(tx, &new[2], "").await?;
            counted_insert(tx, &[counted(&new[2])]).await?;
            Err(StoreError::Limit {
                what: "acts",
                max: 0,
            })
        }));
        let others = vec![
            record(&w.store, &meta, &new[1]),
            refused,
            // The key of the first one, which is not committed yet.
            record(&w.store, &meta, &new[0]),
            record(&w.store, &meta, &new[3]),
        ];
        let heard = in_line(w, &new[0], others).await;
        let [Ok(()), Ok(()), Err(limit), Err(taken), Ok(())] = &heard[..] else {
            panic!("{heard:?}")
        };
        assert!(matches!(limit, StoreError::Limit { .. }), "{limit:?}");
        assert!(
            matches!(taken, StoreError::Taken { table: "act", .. }),
            "{taken:?}"
        );
        assert_eq!(commits(w) - before, 1);
        assert_eq!(last_link(w).await - links, 3);
        assert_eq!(acts(w).await, 3);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn when_the_first_one_fails_the_others_begin_without_it() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let stands = w.act(town.id, "2026-03-01");
        w.record(&stands).await;
        let meta = w.does("act.record");
        let new: Vec<Act> = (0..3).map(|_| w.act(town.id, "2026-03-01")).collect();
        let others = new.iter().map(|act| record(&w.store, &meta, act));
        let heard = in_line(w, &stands, others.collect()).await;
        assert!(matches!(heard[0], Err(StoreError::Taken { .. })));
        assert!(heard[1..].iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(acts(w).await, 4);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn one_that_is_dropped_in_its_middle_takes_nothing_of_the_others_with_it() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..4).map(|_| w.act(town.id, "2026-03-01")).collect();
        let (meta, before) = (w.does("act.record"), commits(w));
        let dropped: Write<'_> = Box::pin(async {
            let halfway = Notify::new();
            let write = w.store.write::<(), StoreError, _>(&meta, async |tx| {
                act_insert(tx, &new[2], "").await?;
                halfway.notify_one();
                std::future::pending().await
            });
            tokio::select! {
                never = write => never,
                () = halfway.notified() => Ok(()),
            }
        });
        let others = vec![
            record(&w.store, &meta, &new[1]),
            dropped,
            record(&w.store, &meta, &new[3]),
        ];
        let heard = in_line(w, &new[0], others).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(commits(w) - before, 1);
        assert_eq!(acts(w).await, 3);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn one_that_is_dropped_while_it_waits_for_the_commit_stands_with_the_others() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..3).map(|_| w.act(town.id, "2026-03-01")).collect();
        let meta = w.does("act.record");
        let dropped: Write<'_> = Box::pin(async {
            let ends = Notify::new();
            let write = w.store.write::<(), StoreError, _>(&meta, async |tx| {
                act_insert(tx, &new[1], "").await?;
                ends.notify_one();
                Ok(())
            });
            tokio::select! {
                biased;
                heard = write => heard,
                () = ends.notified() => Ok(()),
            }
        });
        let others = vec![dropped, record(&w.store, &meta, &new[2])];
        let heard = in_line(w, &new[0], others).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(acts(w).await, 3);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_gives_up_in_line_keeps_nobody_from_the_commit() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..2).map(|_| w.act(town.id, "2026-03-01")).collect();
        let meta = w.does("act.record");
        let gives_up: Write<'_> = Box::pin(async {
            let write = record(&w.store, &meta, &new[1]);
            let _ = tokio::time::timeout(Duration::ZERO, write).await;
            Ok(())
        });
        let heard = in_line(w, &new[0], vec![gives_up]).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(acts(w).await, 1);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn what_changes_the_county_is_the_last_of_its_transaction() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..3).map(|_| w.act(town.id, "2026-03-01")).collect();
        let village = w.body(BodyKind::Jurisdiction, "西河镇", Some(w.home));
        let (meta, change, before) = (w.does("act.record"), w.does("body.insert"), commits(w));
        let changes: Write<'_> = Box::pin(w.store.write(&change, async |tx| {
            body_insert(tx, &village).await?;
            assert_eq!(head_seq(tx, w.home).await?, tx.seq() - 1);
            Ok(())
        }));
        let sees: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
            act_insert(tx, &new[2], "").await?;
            assert_eq!(head_seq(tx, w.home).await?, tx.seq() - 1);
            assert_eq!(
                generation(tx, w.home, &["body.insert"]).await?,
                tx.seq() - 1
            );
            Ok(())
        }));
        let others = vec![record(&w.store, &meta, &new[1]), changes, sees];
        let heard = in_line(w, &new[0], others).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(
            commits(w) - before,
            2,
            "two acts and the body, the last act"
        );
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn two_counties_are_not_committed_together() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..2).map(|_| w.act(town.id, "2026-03-01")).collect();
        let mut county = w.body(BodyKind::Jurisdiction, "永宁县", None);
        county.home = county.id;
        let theirs = Meta {
            home: county.id,
            ..w.does("draft.begin")
        };
        let (meta, before) = (w.does("act.record"), commits(w));
        let theirs: Write<'_> = Box::pin(w.store.write(&theirs, async |tx| {
            tx.note();
            Ok(())
        }));
        let heard = in_line(w, &new[0], vec![theirs, record(&w.store, &meta, &new[1])]).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(commits(w) - before, 3);
        let home: BodyId = county.id;
        let theirs = w.store.read(async |r| head_seq(r, home).await).await;
        assert_eq!(theirs.unwrap(), 1);
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn a_link_that_opens_and_closes_in_a_shared_transaction_is_proven() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..3).map(|_| w.act(town.id, "2026-03-01")).collect();
        let meta = w.does("act.record");
        let recounts: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
            act_insert(tx, &new[2], "").await?;
            counted_insert(tx, &[counted(&new[2])]).await?;
            // What the write before it opened, and what it opened itself.
            counted_close(tx, new[1].id).await?;
            counted_close(tx, new[2].id).await?;
            let later = Counted {
                provisional: true,
                ..counted(&new[1])
            };
            counted_insert(tx, &[later]).await
        }));
        let others = vec![record(&w.store, &meta, &new[1]), recounts];
        let heard = in_line(w, &new[0], others).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        is_whole(w).await;
    })
    .await;
}

#[tokio::test]
async fn those_that_meet_another_node_together_are_all_run_again() {
    on_each(async |w| {
        if w.store.engine() == Engine::Sqlite {
            return;
        }
        w.county().await;
        let town = w.town("东川镇").await;
        let new: Vec<Act> = (0..3).map(|_| w.act(town.id, "2026-03-01")).collect();
        let other = Store::open(&w.config).await.unwrap();
        let (runs, met) = (AtomicU32::new(0), AtomicU32::new(0));
        let meta = w.does("act.record");
        // It writes nothing, so that the other node need not wait for its link.
        let looks: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
            runs.fetch_add(1, Ordering::Relaxed);
            act_find(tx, new[0].id).await?;
            Ok(())
        }));
        let meets: Write<'_> = Box::pin(w.store.write(&meta, async |tx| {
            act_insert(tx, &new[0], "").await?;
            if met.fetch_add(1, Ordering::Relaxed) == 0 {
                record(&other, &meta, &new[1]).await?;
            }
            Ok(())
        }));
        let heard = join_all([looks, meets, record(&w.store, &meta, &new[2])]).await;
        assert!(heard.iter().all(Result::is_ok), "{heard:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 2, "with the one it met");
        assert_eq!(acts(w).await, 3);
        is_whole(w).await;
        other.close().await.unwrap();
    })
    .await;
}
