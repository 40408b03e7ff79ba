//! How the engines find the pages of lists: by an index in each named order, without a walk through
//! a table and without sorting. Golden, for both engines.

use domain::act::ActSort;
use domain::id::Owner;
use domain::listing::Cursor;
use domain::ruling::RulingSort;
use store::act::ActFilter;
use store::act_page::acts_page;
use store::draft::drafts_page;
use store::ruling::{RulingFilter, rulings_page};
use store::{Engine, Result, Turn};

use crate::support::{World, env, on_each};

/// Set to `1` to write the golden files anew.
const BLESS: &str = "BIHUAN_BLESS";

/// What was told of one page.
fn told(title: &str, plans: &[String]) -> String {
    format!("# {title}\n{}\n\n", plans.join("\n--\n"))
}

/// A page behind a key, for the first page is the easier one.
fn behind(list: &str, sort: &str) -> Cursor {
    let key = vec!["2026-03-01".to_owned(), "act_0".to_owned()];
    Cursor::new(list, sort, false, key)
}

async fn acts(w: &World) -> Result<String> {
    let town = w.town("东川镇").await;
    let other = w.town("西河镇").await;
    let kind = || vec!["inspection".parse().unwrap()];
    let all = [
        ("all", ActFilter::default()),
        (
            "of a kind",
            ActFilter {
                kinds: kind(),
                ..ActFilter::default()
            },
        ),
        (
            "of a body",
            ActFilter {
                bodies: Some(vec![town.id]),
                withdrawn_too: true,
                ..ActFilter::default()
            },
        ),
        (
            "of two bodies and a kind",
            ActFilter {
                bodies: Some(vec![town.id, other.id]),
                kinds: kind(),
                ..ActFilter::default()
            },
        ),
    ];
    let mut out = String::new();
    for sort in ActSort::ALL {
        for (title, filter) in &all {
            let cursor = behind("act.list", sort.code());
            let turn = Turn {
                cursor: Some(&cursor),
                rows: 30,
            };
            let (_, plans) = w
                .store
                .explained(async |r| acts_page(r, w.home, filter, *sort, &turn).await)
                .await?;
            out.push_str(&told(&format!("act.list/{sort}: {title}"), &plans));
        }
    }
    Ok(out)
}

/// Requests now and as of a link, of all and of those that somebody of a town may see.
async fn rulings(w: &World) -> Result<String> {
    let town = w.town("东川镇").await;
    let owners = || vec![Owner::Body(w.home), Owner::Body(town.id)];
    let of = |waiting, owners| RulingFilter { waiting, owners };
    let all = [
        ("all", of(false, None), i64::MAX),
        ("waiting", of(true, None), i64::MAX),
        ("of some owners", of(false, Some(owners())), i64::MAX),
        (
            "waiting, of some owners",
            of(true, Some(owners())),
            i64::MAX,
        ),
        ("waiting as of a link", of(true, None), 7),
    ];
    let mut out = String::new();
    for sort in RulingSort::ALL {
        for (title, filter, as_of) in &all {
            let cursor = behind("ruling.list", sort.code());
            let turn = Turn {
                cursor: Some(&cursor),
                rows: 30,
            };
            let asked = w
                .store
                .explained(async |r| rulings_page(r, w.home, filter, *as_of, *sort, &turn).await);
            let title = format!("ruling.list/{sort}: {title}");
            out.push_str(&told(&title, &asked.await?.1));
        }
    }
    Ok(out)
}

async fn drafts(w: &World) -> Result<String> {
    let key = vec!["draft_0".to_owned()];
    let cursor = Cursor::new("draft.list", "newest", false, key);
    let turn = Turn {
        cursor: Some(&cursor),
        rows: 30,
    };
    let (_, plans) = w
        .store
        .explained(async |r| drafts_page(r, w.home, false, &turn).await)
        .await?;
    Ok(told("draft.list/newest: worked on", &plans))
}

fn held_golden(w: &World, found: &str) {
    let name = match w.store.engine() {
        Engine::Sqlite => "plans.sqlite.txt",
        Engine::Postgres => "plans.postgres.txt",
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
async fn golden_plans_of_lists() {
    on_each(async |w| {
        w.county().await;
        let found = [acts(w).await, rulings(w).await, drafts(w).await];
        let found: String = found.into_iter().map(Result::unwrap).collect();
        held_golden(w, &found);
        for bad in [
            "SCAN act",
            "SCAN ruling",
            "SCAN draft",
            "USE TEMP B-TREE FOR ORDER BY",
            "Seq Scan",
            "Sort Key",
        ] {
            assert!(!found.contains(bad), "{bad}\n{found}");
        }
    })
    .await;
}
