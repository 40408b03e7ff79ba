//! The number of queries does not grow with the number of bodies and acts.

use app::body::{NewBody, NewEnterprise, create_many};
use app::duty::{ListDuties, Scope, ShowGrid};
use app::{Ctx, Result};
use domain::body::{Link, LinkKind};
use domain::id::BodyId;
use domain::listing::PageSize;
use testkit::{TestApp, day, key, new};

use crate::Z2;

const ENTERPRISES: usize = 80;
const ACTS: u32 = 60;

fn grid() -> ShowGrid {
    ShowGrid {
        year: Some(2026),
        scope: Some(Scope::All),
        size: Some(PageSize::ThreeHundred),
        ..ShowGrid::default()
    }
}

fn duties() -> ListDuties {
    ListDuties {
        year: Some(2026),
        size: Some(PageSize::ThreeHundred),
        ..ListDuties::default()
    }
}

/// Queries that a page needs: the first time, with nothing in memory but what the write left, and
/// the second time.
async fn asked<T>(t: &TestApp, page: impl AsyncFn() -> Result<T>) -> (u64, u64) {
    let counter = || t.app.store.queries();
    let start = counter();
    page().await.unwrap();
    let first = counter();
    page().await.unwrap();
    (first - start, counter() - first)
}

/// What each page needs, by name.
async fn pages(t: &TestApp) -> Vec<(&'static str, (u64, u64))> {
    let office = t.person("bangong").ctx().await;
    let officer = t.person("shiqiao.lly").ctx().await;
    let then = Ctx {
        as_of: Some(day("2026-11-04")),
        ..office.clone()
    };
    let visit = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-10",
    );
    let bodies = app::body::ListBodies::default();
    let acts = app::act::ActQuery::default();
    vec![
        (
            "grid",
            asked(t, async || app::duty::grid(&office, grid()).await).await,
        ),
        (
            "grid as of",
            asked(t, async || app::duty::grid(&then, grid()).await).await,
        ),
        (
            "list",
            asked(t, async || app::duty::list(&office, duties()).await).await,
        ),
        (
            "desk",
            asked(t, async || app::duty::desk(&officer, None).await).await,
        ),
        (
            "office desk",
            asked(t, async || app::duty::desk(&office, None).await).await,
        ),
        (
            "duty",
            asked(t, async || app::duty::show(&officer, &visit).await).await,
        ),
        (
            "acts",
            asked(t, async || app::act::acts(&officer, acts.clone()).await).await,
        ),
        (
            "bodies",
            asked(t, async || app::body::list(&office, bodies.clone()).await).await,
        ),
        (
            "body",
            asked(t, async || {
                app::body::show(&office, t.body("shiqiao")).await
            })
            .await,
        ),
        (
            "packs",
            asked(t, async || {
                app::pack::list(&office, app::pack::ListPacks::default()).await
            })
            .await,
        ),
        (
            "search",
            asked(t, async || app::body::options(&office, "煤", 10).await).await,
        ),
    ]
}

async fn grows(t: &TestApp) {
    let ctx = t.system();
    let town = t.body("shiqiao");
    let mut bodies = Vec::new();
    let mut links = Vec::new();
    for n in 0..ENTERPRISES {
        let id = BodyId::new(ctx.ids.next(ctx.now));
        bodies.push(NewBody {
            id: Some(id),
            sort_key: format!("5{n:03}"),
            enterprise: Some(NewEnterprise::default()),
            ..new::firm(&format!("泽安县第{n}加工厂"), town, "2026-02-01")
        });
        links.push(Link {
            kind: LinkKind::Regulates,
            a: t.body("yingji"),
            b: id,
            from_on: day("2026-02-01"),
            to_on: None,
        });
    }
    create_many(&ctx, bodies, links).await.unwrap();
    let officer = t.person("shiqiao.lly").ctx().await;
    let drafts: Vec<_> = (0..ACTS)
        .map(|n| {
            t.visit(
                "shiqiao/head",
                "yimei",
                &format!("2026-{:02}-{:02}", 3 + n % 8, 1 + n % 28),
            )
        })
        .collect();
    app::act::record_many(&officer, &drafts).await.unwrap();
}

#[tokio::test]
async fn pages_ask_as_much_of_a_small_county_as_of_a_larger_one() {
    let t = TestApp::at("2026-11-05").await;
    let small = pages(&t).await;
    grows(&t).await;
    let large = pages(&t).await;
    for ((name, before), (_, after)) in small.iter().zip(&large) {
        let warm = (before.1, after.1);
        assert!(
            warm.1 <= warm.0 + 2,
            "{name}: {} queries, then {}",
            warm.0,
            warm.1
        );
        assert!(after.1 <= 25, "{name}: {} queries", after.1);
        assert!(
            after.0 <= before.0 + 20,
            "{name}: {} at first, then {}",
            before.0,
            after.0
        );
    }
}

#[tokio::test]
async fn recording_an_act_asks_as_much_of_a_small_county_as_of_a_larger_one() {
    let t = TestApp::at("2026-11-05").await;
    let record = async |on: &str| {
        let ctx = t.person("shiqiao.lly").ctx().await;
        let before = t.app.store.queries();
        app::act::record(&ctx, &t.visit("shiqiao/head", "yimei", on))
            .await
            .unwrap();
        t.app.store.queries() - before
    };
    record("2026-11-01").await;
    let small = record("2026-11-02").await;
    grows(&t).await;
    record("2026-11-03").await;
    let large = record("2026-11-04").await;
    assert!(
        large <= small + 1 && large <= 40,
        "{small} queries, then {large}"
    );
}
