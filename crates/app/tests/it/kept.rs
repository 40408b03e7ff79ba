//! What earlier programs wrote: kept in the repository, opened by this one.

use app::{App, Settings};
use domain::calendar::WorkCalendar;
use store::reset::Kind;
use store::schema::Schema;
use store::{Heads, Store};
use testkit::kept;

/// What a program of 22decb2 writes into, save what a later one took away.
const TABLES_22DECB2: [&str; 29] = [
    "act",
    "act_part",
    "act_version",
    "audit",
    "audit_head",
    "body",
    "body_alias",
    "body_link",
    "body_span",
    "body_tree",
    "client_request",
    "counted",
    "draft",
    "enterprise",
    "file",
    "file_use",
    "occasion",
    "pack",
    "pack_element",
    "pack_file",
    "pack_use",
    "person",
    "post",
    "role_grant",
    "ruling",
    "seal",
    "session",
    "tenure",
    "token",
];

/// What a program of that commit writes into.
fn tables_of(commit: &str) -> Vec<&'static str> {
    let others: &[&str] = match commit {
        "22decb2" => &["sign_in"],
        "c367862" => &["namesake", "pulse", "reset"],
        // Another one says here which tables it has: without them it fails below.
        _ => &[],
    };
    let mut out = [&TABLES_22DECB2[..], others].concat();
    out.sort_unstable();
    out
}

/// The columns in which it wrote empty texts alone: the first recipe looked for null only.
fn left_empty_by(commit: &str) -> &'static [&'static str] {
    match commit {
        "22decb2" => &[
            "enterprise.address",
            "enterprise.industry",
            "enterprise.phone",
        ],
        _ => &[],
    }
}

#[tokio::test]
async fn every_table_of_a_kept_database_has_a_row_and_every_column_a_value() {
    let all = kept::all();
    assert!(all.len() >= 2);
    for kept in all {
        let restored = kept.in_story().await;
        let rows = kept::rows(&restored.url).await;
        let bare: Vec<&String> = rows.keys().filter(|table| rows[*table] == 0).collect();
        assert_eq!(bare, Vec::<&String>::new(), "{}", kept.commit);
        let tables: Vec<&str> = rows.keys().map(String::as_str).collect();
        assert_eq!(tables, tables_of(&kept.commit), "{}", kept.commit);
        let bare = kept::columns_without_value(&restored.url).await;
        assert_eq!(bare, left_empty_by(&kept.commit), "{}", kept.commit);
    }
}

/// Every way in which a request for a reset ends stands in what c367862 wrote; that nobody answered
/// one is not written, only seen.
#[tokio::test]
async fn resets_by_two_go_every_way_in_what_the_first_program_with_them_wrote() {
    let restored = kept::of("c367862").in_story().await;
    let store = Store::open(&restored.config()).await.unwrap();
    store.migrate(0, 0).await.unwrap();
    let mut seen = Vec::new();
    let kinds = [Kind::Asked, Kind::ByOperator, Kind::Answered];
    let heads = store
        .read(async |r| store::audit::audit_heads(r).await)
        .await
        .unwrap();
    for kind in kinds {
        let found = store
            .read(async |r| store::reset::resets_since(r, heads[0].home, kind, 0).await)
            .await
            .unwrap();
        seen.extend(found);
    }
    let now = heads[0].at;
    let mut states: Vec<&str> = seen.iter().map(|r| r.state_at(now).code()).collect();
    states.sort_unstable();
    states.dedup();
    let all = ["alone", "asked", "given", "lapsed", "refused", "withdrawn"];
    assert_eq!(states, all);
    let mut wanted: Vec<&str> = seen.iter().map(|r| r.wanted.code()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    assert_eq!(wanted, ["enable", "link", "login"]);
    assert!(
        seen.iter()
            .any(|r| r.wrong_codes > 0 && r.used_at.is_some())
    );
    assert!(seen.iter().any(|r| r.told_at.is_some()));
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_kept_database_is_proven_whole_and_its_evidence_stands() {
    for kept in kept::all() {
        let restored = kept.in_story().await;
        let store = Store::open(&restored.config()).await.unwrap();
        let schema = store.schema().await.unwrap();
        // The newest is today's until the next step of the schema.
        assert!(
            matches!(schema, Schema::Older(_))
                || schema == Schema::Current && kept.commit != "22decb2",
            "{}: {schema:?}",
            kept.commit
        );
        store.migrate(0, 0).await.unwrap();
        assert_eq!(store.schema().await.unwrap(), Schema::Current);
        let heads = Heads::read(&restored.heads).unwrap();
        let homes = store
            .read(async |r| store::audit_verify::audit_homes(r, Some(&heads)).await)
            .await
            .unwrap();
        assert_eq!(homes.strays, [], "{}", kept.commit);
        let homes = homes.homes;
        assert_eq!(homes.len(), 1, "{}", kept.commit);
        let settings = Settings {
            data_dir: restored.files.clone(),
            head_file: Some(restored.heads.clone()),
            upload_max: 1024,
            files_max: 20,
            demo_day: None,
        };
        let app = App::new(store.clone(), WorkCalendar::shipped(), settings);
        let depth = app::audit::Depth { files: true };
        let proven = app::audit::prove(&app, homes[0], Some(&heads), depth)
            .await
            .unwrap();
        let proof = app::audit::proof(&proven);
        assert!(proof.clean, "{}: {:?}", kept.commit, proof.findings);
        let verdict = &proven.verdict;
        assert!(verdict.tail_proven && verdict.links > 60 && verdict.rows > 150);
        assert_eq!(proven.files, 2);
        let shas = evidence(&restored.files);
        assert_eq!(shas.len(), 2, "{}", kept.commit);
        for sha in shas {
            let bytes = store.file_get(&sha).await.unwrap().unwrap();
            assert!(bytes.starts_with(b"%PDF") || bytes.starts_with(b"\xff\xd8"));
        }
        store.close().await.unwrap();
    }
}

/// The names of the files in a folder and below.
fn evidence(dir: &std::path::Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            out.extend(evidence(&entry.path()));
        } else {
            out.push(entry.file_name().into_string().unwrap());
        }
    }
    out
}
