//! Rulings: asked, decided, and how they stood before.

use domain::duty::Key;
use domain::id::Owner;
use domain::listing::Cursor;
use domain::ruling::{Decision, Ruling, RulingReason, RulingSort, State, Wanted};
use store::ruling::{
    RulingFilter, ruling_find, ruling_insert, ruling_update, rulings_for_owners, rulings_of,
    rulings_page,
};
use store::{Count, Page, Read, Result, RowKey, StoreError, Turn};

use crate::support::{NOWADAYS, World, day, is_clean, last_link, on_each};

fn waiver(w: &World, owner: Owner) -> Ruling {
    Ruling {
        id: w.ruling_id(),
        home: w.home,
        key: Key {
            pack: "three-actions".parse().unwrap(),
            duty: "study".parse().unwrap(),
            owner,
            period: "2026-03".parse().unwrap(),
        },
        wanted: Wanted::Waiver,
        state: State::Asked,
        reason: RulingReason::Weather,
        text: "连日暴雨".to_owned(),
        asked_by: w.person_id(),
        asked_on: day("2026-03-02"),
        version: 1,
    }
}

/// Two requests, the second of a post, and the link that asked for them.
async fn asked(w: &World) -> (Ruling, Ruling, i64) {
    let first = Ruling {
        wanted: Wanted::Correction { act: w.act_id() },
        ..waiver(w, Owner::Body(w.home))
    };
    let other = waiver(w, Owner::Post(w.post_id()));
    w.store
        .write::<_, StoreError, _>(&w.does("ruling.ask"), async |tx| {
            ruling_insert(tx, &first).await?;
            ruling_insert(tx, &other).await
        })
        .await
        .unwrap();
    (first, other, last_link(w).await)
}

async fn decide(w: &World, first: &Ruling) -> Ruling {
    let decided = Ruling {
        state: State::Approved(Decision::new(w.person_id(), day("2026-03-03"), "同意")),
        ..first.clone()
    };
    let version = w
        .store
        .write(&w.does("ruling.decide"), async |tx| {
            ruling_update(tx, &decided).await
        })
        .await
        .unwrap();
    Ruling { version, ..decided }
}

#[tokio::test]
async fn a_ruling_stands_as_asked_until_the_link_that_decided_it() {
    on_each(async |w| {
        w.county().await;
        let (first, _, before) = asked(w).await;
        let decided = decide(w, &first).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                let now = ruling_find(r, first.id, i64::MAX).await?;
                assert_eq!(now.as_ref(), Some(&decided));
                let then = rulings_of(r, w.home, before).await?;
                assert_eq!(then.len(), 2);
                assert_eq!(
                    then[0],
                    Ruling {
                        version: 2,
                        ..first.clone()
                    }
                );
                assert!(rulings_of(r, w.home, before - 1).await?.is_empty());
                let mine = rulings_for_owners(r, &[first.key.owner], NOWADAYS).await?;
                assert_eq!(mine, [decided]);
                Ok(())
            })
            .await
            .unwrap();
        assert!(is_clean(w).await);
    })
    .await;
}

/// A page of one row.
async fn turned(
    w: &World,
    r: &Read,
    sort: RulingSort,
    cursor: Option<&Cursor>,
) -> Result<Page<Ruling, RowKey>> {
    let (all, turn) = (RulingFilter::default(), Turn { cursor, rows: 1 });
    rulings_page(r, w.home, &all, NOWADAYS, sort, &turn).await
}

#[tokio::test]
async fn a_list_of_rulings_is_turned_in_both_orders_and_filtered() {
    on_each(async |w| {
        w.county().await;
        let (first, other, asked_at) = asked(w).await;
        decide(w, &first).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                for sort in RulingSort::ALL {
                    let (one, two) = match sort {
                        RulingSort::Newest => (other.id, first.id),
                        RulingSort::Oldest => (first.id, other.id),
                    };
                    let page = turned(w, r, *sort, None).await?;
                    assert_eq!((page.items[0].id, page.count), (one, Count::Exactly(2)));
                    let next = page.next.map(|key| Cursor::new("", "", false, key));
                    let last = turned(w, r, *sort, next.as_ref()).await?;
                    assert_eq!((last.items[0].id, &last.next), (two, &None));
                    let back = last.previous.map(|key| Cursor::new("", "", true, key));
                    let before = turned(w, r, *sort, back.as_ref()).await?;
                    assert_eq!((before.items[0].id, before.previous), (one, None));
                }
                let (five, newest) = (Turn::first(5), RulingSort::Newest);
                let open = RulingFilter {
                    waiting: true,
                    ..RulingFilter::default()
                };
                let page = rulings_page(r, w.home, &open, NOWADAYS, newest, &five).await?;
                assert_eq!(page.items, [other]);
                let then = rulings_page(r, w.home, &open, asked_at, newest, &five).await?;
                assert_eq!(then.items.len(), 2, "both waited then");
                let mine = RulingFilter {
                    owners: Some(vec![first.key.owner]),
                    ..RulingFilter::default()
                };
                let page = rulings_page(r, w.home, &mine, NOWADAYS, newest, &five).await?;
                assert_eq!(page.items.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
