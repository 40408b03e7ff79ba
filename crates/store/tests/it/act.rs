//! Acts, their versions and lists.

use domain::act::{ActStep, Part, PartRole};
use store::StoreError;
use store::act::{
    ActFilter, act_find, act_version_add, acts_by_ids, acts_insert, acts_of, acts_page,
};

use crate::support::{day, entered, on_each};

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

#[tokio::test]
async fn a_list_of_acts_is_filtered_by_kind_body_day_text_and_link() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let first = w.act(east.id, "2026-03-01");
        let mut second = w.act(west.id, "2026-03-05");
        second.kind = "meeting".parse().unwrap();
        second.fields.clear();
        w.record(&first).await;
        w.record(&second).await;
        let seq = w
            .store
            .read(async |r| store::audit::audit_head_of(r, w.home).await)
            .await
            .unwrap()
            .unwrap()
            .seq;
        let gone = entered(ActStep::Withdraw, "2026-03-06");
        let mut withdrawn = first.clone();
        withdrawn.withdrawn = true;
        w.store
            .write(&w.does("act.withdraw"), async |tx| {
                act_version_add(tx, &withdrawn, &gone, "重复").await
            })
            .await
            .unwrap();
        let ids = async |filter: ActFilter| {
            let page = w
                .store
                .read(async |r| acts_page(r, w.home, &filter, None, 10).await)
                .await;
            page.unwrap()
                .items
                .iter()
                .map(|act| act.id)
                .collect::<Vec<_>>()
        };
        let all = ActFilter {
            withdrawn_too: true,
            ..ActFilter::default()
        };
        assert_eq!(ids(ActFilter::default()).await, [second.id]);
        assert_eq!(ids(all.clone()).await, [second.id, first.id]);
        let kinds = vec!["inspection".parse().unwrap()];
        assert_eq!(
            ids(ActFilter {
                kinds,
                ..all.clone()
            })
            .await,
            [first.id]
        );
        let bodies = Some(vec![west.id]);
        assert_eq!(
            ids(ActFilter {
                bodies,
                ..all.clone()
            })
            .await,
            [second.id]
        );
        let below = Some((vec![w.home], day("2026-03-01")));
        assert_eq!(
            ids(ActFilter {
                below,
                ..all.clone()
            })
            .await
            .len(),
            2
        );
        let below = Some((vec![], day("2026-03-01")));
        assert!(
            ids(ActFilter {
                below,
                ..all.clone()
            })
            .await
            .is_empty()
        );
        let to = Some(day("2026-03-01"));
        assert_eq!(ids(ActFilter { to, ..all.clone() }).await, [first.id]);
        let text = Some("仓库".to_owned());
        assert_eq!(
            ids(ActFilter {
                text,
                ..all.clone()
            })
            .await,
            [first.id]
        );
        let as_of = Some(seq - 1);
        assert_eq!(
            ids(ActFilter {
                as_of,
                ..all.clone()
            })
            .await,
            [first.id]
        );
        let as_of = Some(seq);
        let before = w
            .store
            .read(async |r| {
                acts_of(
                    r,
                    w.home,
                    &ActFilter {
                        as_of,
                        ..all.clone()
                    },
                )
                .await
            })
            .await
            .unwrap();
        assert!(!before[0].withdrawn, "as of that link it still counts");
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
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = w
                .store
                .read::<_, StoreError, _>(async |r| {
                    acts_page(r, w.home, &ActFilter::default(), after.as_ref(), 250).await
                })
                .await
                .unwrap();
            seen.extend(page.items.into_iter().map(|act| act.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        seen.reverse();
        assert_eq!(seen, acts.iter().map(|act| act.id).collect::<Vec<_>>());
        let ids: Vec<_> = acts[..3].iter().map(|act| act.id).collect();
        let some = w
            .store
            .read(async |r| acts_by_ids(r, &ids).await)
            .await
            .unwrap();
        assert_eq!(some, acts[..3]);
    })
    .await;
}
