//! What earlier programs wrote: kept in the repository, opened by this one.

use app::{App, Settings};
use domain::calendar::WorkCalendar;
use store::schema::Schema;
use store::{Heads, Store};
use testkit::kept;

/// What a program of 22decb2 writes into.
const TABLES_22DECB2: [&str; 30] = [
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
    "sign_in",
    "tenure",
    "token",
];

#[tokio::test]
async fn every_table_of_a_kept_database_has_a_row() {
    let all = kept::all();
    assert!(all.iter().any(|kept| kept.commit == "22decb2"));
    for kept in all {
        let restored = kept.in_story().await;
        let rows = kept::rows(&restored.url).await;
        let bare: Vec<&String> = rows.keys().filter(|table| rows[*table] == 0).collect();
        assert_eq!(bare, Vec::<&String>::new(), "{}", kept.commit);
        if kept.commit == "22decb2" {
            let tables: Vec<&str> = rows.keys().map(String::as_str).collect();
            assert_eq!(tables, TABLES_22DECB2);
        }
    }
}

#[tokio::test]
async fn a_kept_database_is_proven_whole_and_its_evidence_stands() {
    for kept in kept::all() {
        let restored = kept.in_story().await;
        let store = Store::open(&restored.config()).await.unwrap();
        let schema = store.schema().await.unwrap();
        assert!(
            matches!(schema, Schema::Older(_)),
            "{}: {schema:?}; what has today's schema shows nothing about an upgrade",
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
