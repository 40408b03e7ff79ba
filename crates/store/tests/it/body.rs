//! Bodies, their spans, relations and the tree.

use domain::body::{BodyKind, BodySort, Link, LinkKind};
use domain::listing::Cursor;
use store::body::{
    BodyFilter, alias_find, alias_insert, bodies_of, bodies_page, body_close, body_find,
    body_insert, body_span_add, link_close, link_insert, links_of,
};
use store::body_tree::{bodies_above, bodies_below, tree_make};
use store::{Count, StoreError, Turn};

use crate::support::{day, on_each, span};

#[tokio::test]
async fn a_body_comes_back_as_it_was_written() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let (all, found) = w
            .store
            .read::<_, StoreError, _>(async |r| {
                Ok((bodies_of(r, w.home).await?, body_find(r, town.id).await?))
            })
            .await
            .unwrap();
        assert_eq!(found.as_ref(), Some(&town));
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_move_takes_everything_below_along_and_the_past_stays() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let works = w.body(BodyKind::Enterprise, "爆竹厂", Some(east.id));
        let shop = w.body(BodyKind::Workshop, "装药车间", Some(works.id));
        let meta = w.does("body.move");
        w.store
            .write::<_, StoreError, _>(&meta, async |tx| {
                body_insert(tx, &works).await?;
                body_insert(tx, &shop).await?;
                let moved = span("2026-06-01", "爆竹厂", Some(west.id));
                body_span_add(tx, works.id, 1, &moved).await
            })
            .await
            .unwrap();
        let check = async || {
            w.store
                .read::<_, StoreError, _>(async |r| {
                    let above = bodies_above(r, shop.id, day("2026-05-31")).await?;
                    assert_eq!(above, [shop.id, works.id, east.id, w.home]);
                    let above = bodies_above(r, shop.id, day("2026-06-01")).await?;
                    assert_eq!(above, [shop.id, works.id, west.id, w.home]);
                    let below = bodies_below(r, east.id, day("2026-06-01")).await?;
                    assert_eq!(below, [east.id]);
                    let below = bodies_below(r, w.home, day("2026-06-01")).await?;
                    assert_eq!(below.len(), 5);
                    Ok(())
                })
                .await
                .unwrap();
        };
        check().await;
        w.store
            .write(&w.does("tree.make"), async |tx| tree_make(tx).await)
            .await
            .unwrap();
        check().await;
    })
    .await;
}

#[tokio::test]
async fn two_changes_on_one_day_leave_one_span_and_one_place_in_the_tree() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let works = w.body(BodyKind::Enterprise, "爆竹厂", Some(east.id));
        w.store
            .write::<_, StoreError, _>(&w.does("body.move"), async |tx| {
                body_insert(tx, &works).await?;
                let moved = span("2026-06-01", "烟花厂", Some(west.id));
                body_span_add(tx, works.id, 1, &moved).await?;
                let back = span("2026-06-01", "烟花厂", Some(east.id));
                body_span_add(tx, works.id, 2, &back).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let found = body_find(r, works.id).await?.unwrap();
                assert_eq!((found.spans.len(), found.version), (2, 3));
                assert_eq!(found.spans[1].parent, Some(east.id));
                for on in ["2026-05-31", "2026-06-01"] {
                    let above = bodies_above(r, works.id, day(on)).await?;
                    assert_eq!(above, [works.id, east.id, w.home], "{on}");
                }
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_closed_body_leaves_lists_and_the_tree_but_not_the_past() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        w.store
            .write(&w.does("body.close"), async |tx| {
                body_close(tx, town.id, 1, day("2026-07-01")).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let filter = BodyFilter {
                    below: Some(w.home),
                    ..BodyFilter::default()
                };
                let ten = Turn::first(10);
                let page = bodies_page(
                    r,
                    w.home,
                    &filter,
                    day("2026-06-30"),
                    BodySort::Register,
                    &ten,
                )
                .await?;
                assert_eq!(page.items.len(), 2);
                let page = bodies_page(
                    r,
                    w.home,
                    &filter,
                    day("2026-07-01"),
                    BodySort::Register,
                    &ten,
                )
                .await?;
                assert_eq!(page.items.len(), 1);
                let found = body_find(r, town.id).await?.unwrap();
                assert_eq!(found.closed_on, Some(day("2026-07-01")));
                assert_eq!(found.version, 2);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_list_of_bodies_turns_its_pages_without_gap_or_repetition() {
    on_each(async |w| {
        w.county().await;
        let bodies: Vec<_> = (0..1005)
            .map(|n| w.body(BodyKind::Enterprise, &format!("企业{n:04}"), Some(w.home)))
            .collect();
        w.store
            .write::<_, StoreError, _>(&w.does("body.import"), async |tx| {
                for body in &bodies {
                    body_insert(tx, body).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let filter = BodyFilter {
            kind: Some(BodyKind::Enterprise),
            name: Some("业0".to_owned()),
            ..BodyFilter::default()
        };
        w.store
            .read::<_, StoreError, _>(async |r| {
                let wanted: Vec<_> = bodies[..1000].iter().map(|body| body.id).collect();
                let on = day("2026-03-01");
                for sort in BodySort::ALL {
                    let mut seen = Vec::new();
                    let mut cursor: Option<Cursor> = None;
                    loop {
                        let turn = Turn {
                            cursor: cursor.as_ref(),
                            rows: 300,
                        };
                        let page = bodies_page(r, w.home, &filter, on, *sort, &turn).await?;
                        assert_eq!(page.count, Count::Exactly(1000));
                        seen.extend(page.items.into_iter().map(|body| body.id));
                        let next = page.next;
                        cursor = next.map(|key| Cursor::new("bodies", sort.code(), false, key));
                        if cursor.is_none() {
                            break;
                        }
                    }
                    assert_eq!(seen, wanted, "{sort}");
                }
                let one = Turn::first(1);
                let by = BodySort::Register;
                let all = BodyFilter {
                    name: Some("%".to_owned()),
                    ..BodyFilter::default()
                };
                let page = bodies_page(r, w.home, &all, on, by, &one).await?;
                assert_eq!(
                    page.count,
                    Count::Exactly(0),
                    "a percent sign is only itself"
                );
                let all = BodyFilter::default();
                let page = bodies_page(r, w.home, &all, on, by, &one).await?;
                assert_eq!(page.count.to_string(), "1000+");
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn relations_and_other_names_come_back() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let link = Link {
            kind: LinkKind::Territory,
            a: town.id,
            b: w.home,
            from_on: day("2026-01-01"),
            to_on: None,
        };
        w.store
            .write::<_, StoreError, _>(&w.does("link.insert"), async |tx| {
                link_insert(tx, w.home, &link).await?;
                alias_insert(tx, w.home, "东川", town.id).await?;
                link_close(tx, link.kind, link.a, link.b, day("2026-04-01")).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let links = links_of(r, w.home).await?;
                assert_eq!(links.len(), 1);
                assert!(links[0].holds_on(day("2026-03-31")));
                assert!(!links[0].holds_on(day("2026-04-01")));
                assert_eq!(alias_find(r, w.home, "东川").await?, [town.id]);
                assert!(alias_find(r, w.home, "西河").await?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_body_that_moved_before_its_new_parent_did_keeps_every_day_of_its_chain() {
    on_each(async |w| {
        w.county().await;
        let (east, west) = (w.town("东川镇").await, w.town("西河镇").await);
        let (works, shop) = (
            w.body(BodyKind::Enterprise, "爆竹厂", Some(east.id)),
            w.body(BodyKind::Enterprise, "门市部", Some(east.id)),
        );
        w.store
            .write::<_, StoreError, _>(&w.does("body.move"), async |tx| {
                body_insert(tx, &works).await?;
                body_insert(tx, &shop).await?;
                // The shop goes to the works on the tenth; then the works move, from the fifth on.
                let moved = span("2026-06-10", "门市部", Some(works.id));
                body_span_add(tx, shop.id, 1, &moved).await?;
                let moved = span("2026-06-05", "爆竹厂", Some(west.id));
                body_span_add(tx, works.id, 1, &moved).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let above = bodies_above(r, shop.id, day("2026-06-07")).await?;
                assert_eq!(above, [shop.id, east.id, w.home]);
                let above = bodies_above(r, shop.id, day("2026-06-12")).await?;
                assert_eq!(above, [shop.id, works.id, west.id, w.home]);
                let found = store::audit_verify::audit_verify(r, w.home, None).await?;
                assert!(found.is_clean(), "{:?}", found.findings);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
