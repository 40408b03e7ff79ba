//! What counts for which obligation, as of a link and rebuilt.

use chrono::NaiveDate;
use domain::act::Act;
use domain::duty::Key;
use domain::id::Owner;
use domain::weigh::Counted;
use store::StoreError;
use store::counted::{
    counted_all, counted_between, counted_close, counted_insert, counted_of_act, counted_of_acts,
    counted_swap,
};
use store::generation::counted_since;

use crate::support::{NOWADAYS, World, day, on_each};

fn row(act: &Act, duty: &str) -> Counted {
    Counted {
        key: Key {
            pack: "three-actions".parse().unwrap(),
            duty: duty.parse().unwrap(),
            owner: Owner::Body(act.parts[0].body),
            period: "2026-03".parse().unwrap(),
        },
        act: act.id,
        on: day("2026-03-01"),
        provisional: false,
    }
}

/// Records an act that counts for one duty, then lets it count for another one. Returns the link
/// of the first.
async fn recounted(w: &World, act: &Act) -> i64 {
    let (study, visit) = (row(act, "study"), row(act, "visit"));
    let recorded = w
        .store
        .write::<_, StoreError, _>(&w.does("act.record"), async |tx| {
            store::act::act_insert(tx, act, "").await?;
            counted_insert(tx, std::slice::from_ref(&study)).await?;
            Ok(tx.seq())
        })
        .await
        .unwrap();
    w.store
        .write::<_, StoreError, _>(&w.does("act.amend"), async |tx| {
            tx.note();
            counted_close(tx, act.id).await?;
            counted_insert(tx, std::slice::from_ref(&visit)).await
        })
        .await
        .unwrap();
    recorded
}

#[tokio::test]
async fn what_counts_is_asked_as_of_a_link() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let act = w.act(town.id, "2026-03-01");
        let recorded = recounted(w, &act).await;
        let (from, to) = (day("2026-03-15"), day("2026-04-15"));
        w.store
            .read::<_, StoreError, _>(async |r| {
                let now = counted_between(r, w.home, from, to, NOWADAYS).await?;
                assert_eq!(now, [row(&act, "visit")]);
                let then = counted_between(r, w.home, from, to, recorded).await?;
                assert_eq!(then, [row(&act, "study")]);
                assert!(
                    counted_between(r, w.home, from, to, recorded - 1)
                        .await?
                        .is_empty()
                );
                let later = day("2026-04-01");
                assert!(
                    counted_between(r, w.home, later, to, NOWADAYS)
                        .await?
                        .is_empty()
                );
                assert_eq!(counted_of_act(r, act.id, recorded).await?, then);
                let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
                let ever = counted_between(r, w.home, first, last, NOWADAYS).await?;
                assert_eq!(ever, now, "the first and last days there are bound nothing");
                let since = counted_since(r, w.home, recorded).await?;
                assert_eq!((since.added, since.closed), (now, then));
                let since = counted_since(r, w.home, recorded + 1).await?;
                assert!(since.added.is_empty() && since.closed.is_empty());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_swap_ends_what_should_not_stand_and_leaves_the_rest() {
    on_each(async |w| {
        w.county().await;
        let act = w.act(w.home, "2026-03-01");
        recounted(w, &act).await;
        let visit = row(&act, "visit");
        let new = [row(&act, "study"), row(&act, "report")];
        w.store
            .write::<_, StoreError, _>(&w.does("rebuild"), async |tx| {
                counted_swap(tx, std::slice::from_ref(&visit), &new).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let all = counted_all(r, w.home).await?;
                assert_eq!(all, [row(&act, "report"), row(&act, "study")]);
                assert_eq!(counted_of_acts(r, &[act.id]).await?, all);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_row_that_waits_for_the_next_link_keeps_it_from_being_written() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let act = w.act(town.id, "2026-03-01");
        let recorded = recounted(w, &act).await;
        let planted = format!(
            "update counted set seq_to = {} where seq_from = {recorded}",
            recorded + 2
        );
        assert_eq!(w.tamper(&planted).await, 1);
        let next = w.act(town.id, "2026-03-02");
        let write = async || {
            let study = row(&next, "study");
            w.store
                .write::<_, StoreError, _>(&w.does("act.record"), async |tx| {
                    store::act::act_insert(tx, &next, "").await?;
                    counted_insert(tx, std::slice::from_ref(&study)).await
                })
                .await
        };
        let refused = write().await.unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Corrupt {
                    table: "counted",
                    ..
                }
            ),
            "{refused:?}"
        );
        let back = format!(
            "update counted set seq_to = {} where seq_from = {recorded}",
            recorded + 1
        );
        assert_eq!(w.tamper(&back).await, 1);
        write().await.unwrap();
    })
    .await;
}
