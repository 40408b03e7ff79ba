//! Transactions: many writers, stale writes, snapshots, re-runs.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::act::ActStep;
use domain::body::BodyKind;
use domain::id::{ActId, PersonId};
use sqlx::{Connection, PgConnection};
use store::act::{ActFilter, act_find, act_insert, act_version_add, acts_of};
use store::audit_verify::audit_verify;
use store::body::{bodies_of, body_find, body_insert, body_span_add};
use store::person::{person_find, person_insert, person_update};
use store::{Engine, Heads, Meta, Store, StoreError};
use uuid::Uuid;

use crate::support::{NOW, entered, on_each, span};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_at_once_lose_nothing_and_the_chain_is_whole() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let mut tasks = Vec::new();
        for writer in 0..8_u128 {
            // Every other writer has a store of its own, as another process or node would.
            let store = if writer % 2 == 0 {
                w.store.clone()
            } else {
                Store::open(&w.config).await.unwrap()
            };
            let (mut act, meta) = (w.act(town.id, "2026-03-01"), w.does("act.record"));
            tasks.push(tokio::spawn(async move {
                for n in 0..25 {
                    act.id = ActId::new(Uuid::from_u128((writer + 1) << 64 | n));
                    let kept = store
                        .write::<_, StoreError, _>(&meta, async |tx| {
                            body_find(tx, act.parts[0].body).await?;
                            act_insert(tx, &act, "").await
                        })
                        .await;
                    match kept {
                        // Several nodes on one county may be told to come again.
                        Ok(()) | Err(StoreError::Busy) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let heads = Heads::read(&w.heads()).unwrap();
        let (acts, verdict) = w
            .store
            .read::<_, StoreError, _>(async |r| {
                let acts = acts_of(r, w.home, &ActFilter::default()).await?;
                Ok((acts, audit_verify(r, w.home, Some(&heads)).await?))
            })
            .await
            .unwrap();
        assert!(verdict.is_clean(), "{:?}", verdict.findings);
        assert_eq!(verdict.links, acts.len() as u64 + 2);
        if w.store.engine() == Engine::Sqlite {
            assert_eq!(acts.len(), 200);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_of_one_process_never_meet() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let store = w.store.clone();
            let acts: Vec<_> = (0..25).map(|_| w.act(town.id, "2026-03-01")).collect();
            let meta = w.does("act.record");
            tasks.push(tokio::spawn(async move {
                for act in &acts {
                    store
                        .write(&meta, async |tx| act_insert(tx, act, "").await)
                        .await
                        .unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let filter = ActFilter::default();
        let acts = w
            .store
            .read(async |r| acts_of(r, w.home, &filter).await)
            .await
            .unwrap();
        assert_eq!(acts.len(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_stale_write_is_told_who_was_first() {
    on_each(async |w| {
        w.county().await;
        let person = w.person("zhang");
        let first = w.person_id();
        w.store
            .write(&w.does("person.insert"), async |tx| {
                person_insert(tx, &person, "", "5a17").await
            })
            .await
            .unwrap();
        let rename = async |by: PersonId, name: &str| {
            let meta = Meta {
                person: Some(by),
                at: NOW + 1000,
                ..w.does("person.rename")
            };
            let mut changed = person.clone();
            changed.name = name.to_owned();
            w.store
                .write(&meta, async |tx| person_update(tx, &changed).await)
                .await
        };
        assert_eq!(rename(first, "张一").await.unwrap(), 2);
        let late = rename(w.person_id(), "张二").await;
        let Err(StoreError::Stale {
            table: "person",
            key,
            first: Some(was),
        }) = late
        else {
            panic!("{late:?}")
        };
        assert_eq!(key, person.id.to_string());
        assert_eq!(was.person, Some(first));
        assert_eq!(
            (was.verb.as_str(), was.at, was.seq),
            ("person.rename", NOW + 1000, 3)
        );
        let kept = w
            .store
            .read(async |r| person_find(r, person.id).await)
            .await
            .unwrap();
        assert_eq!(kept.unwrap().name, "张一");
    })
    .await;
}

#[tokio::test]
async fn a_stale_version_of_an_act_or_a_body_is_refused_too() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let act = w.act(town.id, "2026-03-01");
        w.record(&act).await;
        let amend = entered(ActStep::Amend, "2026-03-02");
        let again = async || {
            w.store
                .write(&w.does("act.amend"), async |tx| {
                    act_version_add(tx, &act, &amend, "").await
                })
                .await
        };
        again().await.unwrap();
        assert!(matches!(
            again().await,
            Err(StoreError::Stale { first: Some(_), .. })
        ));
        let renamed = span("2026-06-01", "东川街道", Some(w.home));
        let rename = async || {
            w.store
                .write(&w.does("body.rename"), async |tx| {
                    body_span_add(tx, town.id, 1, &renamed).await
                })
                .await
        };
        rename().await.unwrap();
        assert!(matches!(
            rename().await,
            Err(StoreError::Stale { first: Some(_), .. })
        ));
        let history = w
            .store
            .read(async |r| act_find(r, act.id).await)
            .await
            .unwrap();
        assert_eq!(history.unwrap().versions.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_refused_write_leaves_nothing_and_gives_its_connection_back() {
    on_each(async |w| {
        w.county().await;
        for _ in 0..20 {
            let town = w.body(BodyKind::Jurisdiction, "东川镇", Some(w.home));
            let refused = w
                .store
                .write::<(), _, _>(&w.does("body.insert"), async |tx| {
                    body_insert(tx, &town).await?;
                    Err(StoreError::Limit {
                        what: "towns",
                        max: 0,
                    })
                })
                .await;
            assert!(matches!(refused, Err(StoreError::Limit { .. })));
        }
        let all = w
            .store
            .read(async |r| bodies_of(r, w.home).await)
            .await
            .unwrap();
        assert_eq!(all.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_any_longer_is_undone() {
    on_each(async |w| {
        w.county().await;
        let town = w.body(BodyKind::Jurisdiction, "东川镇", Some(w.home));
        let meta = w.does("body.insert");
        let write = w.store.write::<(), StoreError, _>(&meta, async |tx| {
            body_insert(tx, &town).await?;
            std::future::pending().await
        });
        let waited = tokio::time::timeout(std::time::Duration::from_millis(300), write).await;
        assert!(waited.is_err());
        w.town("西河镇").await;
        let all = w
            .store
            .read(async |r| bodies_of(r, w.home).await)
            .await
            .unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_does_not_see_what_is_committed_meanwhile() {
    on_each(async |w| {
        w.county().await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                assert_eq!(bodies_of(r, w.home).await?.len(), 1);
                w.town("东川镇").await;
                assert_eq!(bodies_of(r, w.home).await?.len(), 1, "the snapshot stands");
                Ok(())
            })
            .await
            .unwrap();
        let all = w
            .store
            .read(async |r| bodies_of(r, w.home).await)
            .await
            .unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_write_that_meets_another_node_is_run_again() {
    on_each(async |w| {
        if w.store.engine() == Engine::Sqlite {
            return;
        }
        w.county().await;
        let town = w.town("东川镇").await;
        let other = Store::open(&w.config).await.unwrap();
        let runs = AtomicU32::new(0);
        let act = w.act(town.id, "2026-03-01");
        let between = w.act(town.id, "2026-03-02");
        w.store
            .write::<_, StoreError, _>(&w.does("act.record"), async |tx| {
                act_insert(tx, &act, "").await?;
                if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                    let meta = w.does("act.record");
                    other
                        .write(&meta, async |tx| act_insert(tx, &between, "").await)
                        .await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        let filter = ActFilter::default();
        let acts = w
            .store
            .read(async |r| acts_of(r, w.home, &filter).await)
            .await
            .unwrap();
        assert_eq!(acts.len(), 2);
        assert!(
            w.store
                .read(async |r| audit_verify(r, w.home, None).await)
                .await
                .unwrap()
                .is_clean()
        );
        other.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_write_that_meets_others_each_time_gives_up_after_five_more_runs() {
    on_each(async |w| {
        if w.store.engine() == Engine::Sqlite {
            return;
        }
        w.county().await;
        let runs = AtomicU32::new(0);
        let town = w.body(BodyKind::Jurisdiction, "东川镇", Some(w.home));
        let url = &w.config.url;
        let refused = w
            .store
            .write::<_, StoreError, _>(&w.does("body.insert"), async |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                body_insert(tx, &town).await?;
                let mut conn = PgConnection::connect(url).await.unwrap();
                sqlx::query("update audit_head set at = at")
                    .execute(&mut conn)
                    .await
                    .unwrap();
                conn.close().await.unwrap();
                Ok(())
            })
            .await;
        assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 6);
    })
    .await;
}

#[tokio::test]
async fn a_taken_sign_in_name_is_told_from_other_failures() {
    on_each(async |w| {
        w.county().await;
        let (one, two) = (w.person("zhang"), w.person("zhang"));
        let insert = async |person| {
            w.store
                .write(&w.does("person.insert"), async |tx| {
                    person_insert(tx, person, "", "5a17").await
                })
                .await
        };
        insert(&one).await.unwrap();
        let taken = insert(&two).await;
        assert!(
            matches!(
                taken,
                Err(StoreError::Taken {
                    table: "person",
                    ..
                })
            ),
            "{taken:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_row_that_does_not_parse_is_corrupt_with_its_place() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        w.tamper("update body_span set level = 'galaxy' where parent is not null")
            .await;
        let found = w.store.read(async |r| body_find(r, town.id).await).await;
        let Err(StoreError::Corrupt { table, column, id }) = found else {
            panic!("{found:?}")
        };
        assert_eq!(
            (table, column, id),
            ("body_span", "level", town.id.to_string())
        );
    })
    .await;
}

/// The futures of both doors may be awaited in a handler that runs on any thread.
#[tokio::test]
async fn reads_and_writes_may_be_awaited_on_any_thread() {
    on_each(async |w| {
        w.county().await;
        let (store, meta, home) = (w.store.clone(), w.does("body.insert"), w.home);
        let names = ["东川镇", "西河镇"];
        let towns: Vec<_> = names
            .iter()
            .map(|name| w.body(BodyKind::Jurisdiction, name, Some(home)))
            .collect();
        let task = tokio::spawn(async move {
            for town in &towns {
                store
                    .write(&meta, async |tx| body_insert(tx, town).await)
                    .await?;
            }
            store.read(async |r| bodies_of(r, home).await).await
        });
        assert_eq!(task.await.unwrap().unwrap().len(), 3);
    })
    .await;
}
