//! How the engines find the pages of bodies, people, roles, resets and posts: by an index in each
//! named order, without a walk through the table that is listed and without sorting. Golden.

use domain::body::{BodyKind, BodySort};
use domain::listing::Cursor;
use domain::person::{GrantSort, PeopleSort};
use domain::reset::ResetGroup;
use store::body::{BodyFilter, BodyScope, bodies_page};
use store::grant::{GrantFilter, grants_page};
use store::person::{PeopleFilter, people_page};
use store::post::posts_page;
use store::reset::{ResetFilter, resets_page};
use store::{Engine, Result, Turn};

use crate::support::{World, day, env, on_each};

/// Set to `1` to write the golden files anew.
const BLESS: &str = "BIHUAN_BLESS";

/// What was told of one page: of its rows, not of the counting before.
fn told(title: &str, plans: &[String]) -> String {
    let rows = plans.get(1).map_or("", String::as_str);
    format!("# {title}\n{rows}\n\n")
}

/// The second page, for the first is the easier one.
fn behind(sort: &str, first: &str) -> Cursor {
    Cursor::new(
        "list",
        sort,
        false,
        vec![first.to_owned(), "id_0".to_owned()],
    )
}

async fn bodies(w: &World, out: &mut String) -> Result<()> {
    let town = w.town("东川镇").await;
    let on = day("2026-03-02");
    let scope = BodyScope {
        on,
        below: vec![town.id],
        led_by: Vec::new(),
        related_to: vec![town.id],
        besides: vec![town.id],
    };
    let all = [
        ("all", BodyFilter::default()),
        (
            "of a kind, closed too",
            BodyFilter {
                kind: Some(BodyKind::Enterprise),
                closed_too: true,
                ..BodyFilter::default()
            },
        ),
        (
            "what a town sees",
            BodyFilter {
                scope: Some(scope),
                ..BodyFilter::default()
            },
        ),
    ];
    for sort in BodySort::ALL {
        for (title, filter) in &all {
            let cursor = behind(sort.code(), "9");
            let turn = Turn {
                cursor: Some(&cursor),
                rows: 30,
            };
            let asked = w
                .store
                .explained(async |r| bodies_page(r, w.home, filter, on, *sort, &turn).await);
            out.push_str(&told(
                &format!("body.list/{sort}: {title}"),
                &asked.await?.1,
            ));
        }
    }
    Ok(())
}

async fn people(w: &World, out: &mut String) -> Result<()> {
    for sort in PeopleSort::ALL {
        let cursor = behind(sort.code(), "m");
        let turn = Turn {
            cursor: Some(&cursor),
            rows: 30,
        };
        let filter = PeopleFilter {
            text: Some("章".to_owned()),
            active: Some(true),
        };
        let asked = w
            .store
            .explained(async |r| people_page(r, w.home, &filter, *sort, &turn).await);
        out.push_str(&told(&format!("person.list/{sort}"), &asked.await?.1));
    }
    for sort in GrantSort::ALL {
        let cursor = behind(sort.code(), "2026-03-01");
        let turn = Turn {
            cursor: Some(&cursor),
            rows: 30,
        };
        let (filter, on) = (GrantFilter::default(), day("2026-03-02"));
        let asked = w
            .store
            .explained(async |r| grants_page(r, w.home, &filter, on, *sort, &turn).await);
        out.push_str(&told(&format!("role.list/{sort}"), &asked.await?.1));
    }
    Ok(())
}

async fn others(w: &World, out: &mut String) -> Result<()> {
    for group in [None, Some(ResetGroup::Waiting), Some(ResetGroup::Answered)] {
        let cursor = behind("newest", "1772409600000");
        let turn = Turn {
            cursor: Some(&cursor),
            rows: 30,
        };
        let filter = ResetFilter {
            group,
            ..ResetFilter::default()
        };
        let asked = w
            .store
            .explained(async |r| resets_page(r, w.home, &filter, &turn).await);
        let title = group.map_or("all", ResetGroup::code);
        out.push_str(&told(
            &format!("reset.list/newest: {title}"),
            &asked.await?.1,
        ));
    }
    let cursor = behind("register", "9");
    let turn = Turn {
        cursor: Some(&cursor),
        rows: 30,
    };
    let asked = w
        .store
        .explained(async |r| posts_page(r, w.home, day("2026-03-02"), &turn).await);
    out.push_str(&told("post.list/register", &asked.await?.1));
    Ok(())
}

fn held_golden(engine: Engine, found: &str) {
    let name = match engine {
        Engine::Sqlite => "register.sqlite.txt",
        Engine::Postgres => "register.postgres.txt",
    };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(name);
    if env(BLESS).is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == found,
        "{name} differs; {BLESS}=1 writes it anew\n{found}"
    );
}

#[tokio::test]
async fn golden_plans_of_the_register() {
    on_each(async |w| {
        w.county().await;
        let mut found = String::new();
        bodies(w, &mut found).await.unwrap();
        people(w, &mut found).await.unwrap();
        others(w, &mut found).await.unwrap();
        held_golden(w.store.engine(), &found);
        for bad in [
            "SCAN body",
            "SCAN person",
            "FOR ORDER BY",
            "Seq Scan",
            "Sort Key",
        ] {
            assert!(!found.contains(bad), "{bad}\n{found}");
        }
    })
    .await;
}
