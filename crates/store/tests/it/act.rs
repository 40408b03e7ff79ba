//! Acts, their versions and lists.

use domain::act::{ActSort, ActStep, Part, PartRole};
use domain::id::{ActId, BodyId};
use domain::listing::Cursor;
use store::act::{ActFilter, act_find, act_version_add, acts_by_ids, acts_insert, acts_of};
use store::act_page::acts_page;
use store::{Count, StoreError, Turn};

use crate::support::{World, day, entered, on_each};

#[tokio::test]
async fn an_act_comes_back_with_every_version() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let mut act = w.act(town.id, "2026-03-01");
        act.period = Some("2026-03".parse().unwrap());
        w.record(&act).await;
        act.occurred_on = day("2026-02-28");
        act.parts.push(Part {
            body: w.home,
            post: Some(w.post_id()),
            role: PartRole::Presided,
        });
        let amend = entered(ActStep::Amend, "2026-03-02");
        let version = w
            .store
            .write(&w.does("act.amend"), async |tx| {
                act_version_add(tx, &act, &amend, "日期写错").await
            })
            .await
            .unwrap();
        assert_eq!(version, 2);
        act.version = 2;
        act.events.push(amend);
        let history = w
            .store
            .read(async |r| act_find(r, act.id).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(history.act, act);
        assert_eq!(history.versions.len(), 2);
        assert_eq!(history.versions[0].occurred_on, day("2026-03-01"));
        assert_eq!(history.versions[0].parts.len(), 1);
        assert_eq!(history.versions[1].reason, "日期写错");
        assert_eq!(history.versions[1].seq, history.versions[0].seq + 1);
    })
    .await;
}

/// The ids on the first page of a list.
async fn listed(w: &World, filter: ActFilter) -> Vec<ActId> {
    let page = w
        .store
        .read(async |r| acts_page(r, w.home, &filter, ActSort::Newest, &Turn::first(10)).await)
        .await
        .unwrap();
    page.items.iter().map(|act| act.id).collect()
}

/// All ids of a list: to its end page by page, and back again over the same pages.
async fn turned(w: &World, filter: &ActFilter, sort: ActSort, rows: usize) -> Vec<ActId> {
    let page = async |cursor: Option<Cursor>| {
        let turn = Turn {
            cursor: cursor.as_ref(),
            rows,
        };
        let found = w
            .store
            .read::<_, StoreError, _>(async |r| acts_page(r, w.home, filter, sort, &turn).await);
        let page = found.await.unwrap();
        let ids: Vec<ActId> = page.items.iter().map(|act| act.id).collect();
        (ids, page.next, page.previous)
    };
    let key = |back, key| Some(Cursor::new("act.list", sort.code(), back, key));
    let (ids, mut next, mut previous) = page(None).await;
    let mut pages = vec![ids];
    while let Some(at) = next {
        let found = page(key(false, at)).await;
        pages.push(found.0);
        (next, previous) = (found.1, found.2);
    }
    for expected in pages.iter().rev().skip(1) {
        let found = page(key(true, previous.unwrap())).await;
        assert_eq!(&found.0, expected);
        previous = found.2;
    }
    assert_eq!(previous, None);
    pages.concat()
}

#[tokio::test]
async fn acts_of_a_few_bodies_come_each_once_in_order_on_all_pages() {
    on_each(async |w| {
        w.county().await;
        let towns = [
            w.town("东川镇").await,
            w.town("西河镇").await,
            w.town("南山镇").await,
        ];
        let mut acts = Vec::new();
        for n in 0..40_u32 {
            let town = &towns[usize::try_from(n % 3).unwrap()];
            let mut act = w.act(town.id, &format!("2026-03-{:02}", n / 2 + 1));
            // Two parts of one body, and parts of two.
            act.parts.push(Part {
                body: if n % 5 == 0 { towns[0].id } else { town.id },
                post: Some(w.post_id()),
                role: PartRole::Led,
            });
            if n % 7 == 0 {
                act.kind = "meeting".parse().unwrap();
            }
            acts.push(act);
        }
        let meta = w.does("act.import");
        w.store
            .write(&meta, async |tx| acts_insert(tx, &acts, "").await)
            .await
            .unwrap();
        acts.sort_by_key(|act| (act.occurred_on, act.id));
        for (bodies, kinds) in [
            (vec![towns[0].id], vec![]),
            (vec![towns[0].id, towns[1].id], vec![]),
            (
                vec![towns[1].id, towns[2].id],
                vec!["meeting".parse().unwrap()],
            ),
            (Vec::new(), Vec::new()),
        ] {
            let filter = ActFilter {
                bodies: Some(bodies.clone()),
                kinds: kinds.clone(),
                ..ActFilter::default()
            };
            let is_in = |act: &&domain::act::Act| {
                act.parts.iter().any(|part| bodies.contains(&part.body))
                    && (kinds.is_empty() || kinds.contains(&act.kind))
            };
            let mut expected: Vec<ActId> = acts.iter().filter(is_in).map(|act| act.id).collect();
            let count = w
                .store
                .read(async |r| {
                    acts_page(r, w.home, &filter, ActSort::Oldest, &Turn::first(3)).await
                })
                .await
                .unwrap()
                .count;
            assert_eq!(count, Count::Exactly(expected.len() as u64));
            for rows in [1, 4, 100] {
                assert_eq!(turned(&w, &filter, ActSort::Oldest, rows).await, expected);
            }
            expected.reverse();
            assert_eq!(turned(&w, &filter, ActSort::Newest, 7).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_of_acts_is_filtered_by_kind_body_day_and_text() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let first = w.act(east.id, "2026-03-01");
        let mut second = w.act(west.id, "2026-03-05");
        second.kind = "meeting".parse().unwrap();
        second.period = Some("2026-03".parse().unwrap());
        second.form = Some("three-actions/form-1".to_owned());
        second.fields.clear();
        w.record(&first).await;
        w.record(&second).await;
        let narrowed = async |narrow: fn(&mut ActFilter, BodyId)| {
            let mut filter = ActFilter::default();
            narrow(&mut filter, west.id);
            listed(w, filter).await
        };
        let (one, two) = ([first.id], [second.id]);
        assert_eq!(narrowed(|_, _| ()).await, [second.id, first.id]);
        let kind = narrowed(|f, _| f.kinds = vec!["inspection".parse().unwrap()]).await;
        assert_eq!(kind, one);
        assert_eq!(narrowed(|f, west| f.bodies = Some(vec![west])).await, two);
        let below = narrowed(|f, west| f.below = Some((vec![west], day("2026-03-01")))).await;
        assert_eq!(below, two);
        let nothing = narrowed(|f, _| f.below = Some((vec![], day("2026-03-01")))).await;
        assert!(nothing.is_empty(), "no scope sees nothing");
        assert_eq!(narrowed(|f, _| f.to = Some(day("2026-03-01"))).await, one);
        assert_eq!(narrowed(|f, _| f.from = Some(day("2026-03-02"))).await, two);
        assert_eq!(narrowed(|f, _| f.text = Some("仓库".to_owned())).await, one);
        assert_eq!(
            narrowed(|f, _| f.period = "2026-03".parse().ok()).await,
            two
        );
        let form = narrowed(|f, _| f.form = Some("three-actions/form-1".to_owned())).await;
        assert_eq!(form, two);
    })
    .await;
}

#[tokio::test]
async fn what_a_body_did_is_found_by_the_day_that_stands() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let mut act = w.act(west.id, "2026-03-01");
        w.record(&w.act(east.id, "2026-03-01")).await;
        w.record(&act).await;
        let found = async |from: &str, to: &str| {
            let filter = ActFilter {
                kinds: vec!["inspection".parse().unwrap()],
                bodies: Some(vec![west.id]),
                from: Some(day(from)),
                to: Some(day(to)),
                ..ActFilter::default()
            };
            let found = w.store.read(async |r| acts_of(r, w.home, &filter).await);
            let ids: Vec<ActId> = found.await.unwrap().iter().map(|a| a.id).collect();
            ids
        };
        assert_eq!(found("2026-02-01", "2026-03-31").await, [act.id]);
        act.occurred_on = day("2026-05-02");
        w.store
            .write(&w.does("act.amend"), async |tx| {
                act_version_add(tx, &act, &entered(ActStep::Amend, "2026-05-03"), "日期").await
            })
            .await
            .unwrap();
        assert!(found("2026-02-01", "2026-03-31").await.is_empty());
        assert_eq!(found("2026-05-01", "2026-05-02").await, [act.id]);
    })
    .await;
}

#[tokio::test]
async fn a_list_as_of_a_link_shows_what_stood_then() {
    on_each(async |w| {
        w.county().await;
        let act = w.act(w.home, "2026-03-01");
        w.record(&act).await;
        let mut gone = act.clone();
        gone.withdrawn = true;
        w.store
            .write(&w.does("act.withdraw"), async |tx| {
                act_version_add(tx, &gone, &entered(ActStep::Withdraw, "2026-03-06"), "重复").await
            })
            .await
            .unwrap();
        let as_of = async |seq, withdrawn_too| {
            let filter = ActFilter {
                as_of: seq,
                withdrawn_too,
                ..ActFilter::default()
            };
            w.store
                .read(async |r| acts_of(r, w.home, &filter).await)
                .await
                .unwrap()
        };
        assert!(as_of(None, false).await.is_empty());
        assert!(as_of(None, true).await[0].withdrawn);
        assert!(as_of(Some(3), false).await.is_empty());
        assert_eq!(
            as_of(Some(2), false).await,
            [act],
            "as of its own link it stood"
        );
        assert!(as_of(Some(1), true).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_long_list_takes_no_statement_for_each_act() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let acts: Vec<_> = (0..600).map(|_| w.act(town.id, "2026-03-01")).collect();
        let meta = w.does("act.import");
        w.store
            .write(&meta, async |tx| acts_insert(tx, &acts, "").await)
            .await
            .unwrap();
        let before = w.store.queries();
        let found = w
            .store
            .read(async |r| acts_of(r, w.home, &ActFilter::default()).await)
            .await
            .unwrap();
        assert_eq!(found, acts);
        assert_eq!(
            w.store.queries() - before,
            3,
            "one for the rows, one for every 500 of them"
        );
        let mut seen = turned(&w, &ActFilter::default(), ActSort::Newest, 250).await;
        seen.reverse();
        assert_eq!(seen, acts.iter().map(|act| act.id).collect::<Vec<_>>());
        let ids: Vec<_> = acts[..3].iter().map(|act| act.id).collect();
        let some = w
            .store
            .read(async |r| acts_by_ids(r, &ids, i64::MAX).await)
            .await
            .unwrap();
        assert_eq!(some, acts[..3]);
    })
    .await;
}
