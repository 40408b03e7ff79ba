//! Rulings: asked, decided, and how they stood before.

use domain::duty::Key;
use domain::id::Owner;
use domain::ruling::{Decision, Ruling, RulingReason, State, Wanted};
use store::ruling::{
    RulingFilter, ruling_find, ruling_insert, ruling_update, rulings_for_owners, rulings_of,
    rulings_of_act, rulings_page,
};
use store::{Count, StoreError};

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
        state: State::Approved(Decision {
            by: w.person_id(),
            on: day("2026-03-03"),
            opinion: "同意".to_owned(),
        }),
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
                assert_eq!(rulings_of_act(r, first.wanted.act().unwrap()).await?, mine);
                Ok(())
            })
            .await
            .unwrap();
        assert!(is_clean(w).await);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_rulings_begins_with_the_newest_and_is_filtered() {
    on_each(async |w| {
        w.county().await;
        let (first, other, asked_at) = asked(w).await;
        decide(w, &first).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                let all = RulingFilter::default();
                let page = rulings_page(r, w.home, &all, NOWADAYS, None, 1).await?;
                assert_eq!(
                    (page.items[0].id, page.count),
                    (other.id, Count::Exactly(2))
                );
                let next = page.next.as_ref().map(|key| (key, false));
                let last = rulings_page(r, w.home, &all, NOWADAYS, next, 1).await?;
                assert_eq!((last.items[0].id, last.next), (first.id, None));
                let key = (first.asked_on.to_string(), first.id);
                let back = Some((&key, true));
                let before = rulings_page(r, w.home, &all, NOWADAYS, back, 1).await?;
                assert_eq!((before.items[0].id, before.next), (other.id, None));
                let open = RulingFilter {
                    waiting: true,
                    ..all.clone()
                };
                let page = rulings_page(r, w.home, &open, NOWADAYS, None, 5).await?;
                assert_eq!(page.items, [other]);
                let then = rulings_page(r, w.home, &open, asked_at, None, 5).await?;
                assert_eq!(then.items.len(), 2, "both waited then");
                let mine = RulingFilter {
                    owners: Some(vec![first.key.owner]),
                    ..all
                };
                let page = rulings_page(r, w.home, &mine, NOWADAYS, None, 5).await?;
                assert_eq!(page.items.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
