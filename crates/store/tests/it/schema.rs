//! The schema of both engines, held against a golden file each.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use store::Engine;
use store::schema::{Migrated, Schema};

use crate::support::{World, on_each};

/// Set to `1` to write the golden files anew.
const BLESS: &str = "BIHUAN_BLESS";

#[tokio::test]
async fn a_fresh_schema_is_the_golden_one() {
    on_each(async |w| {
        let (name, found) = match w.store.engine() {
            Engine::Sqlite => ("schema.sqlite.txt", sqlite(w).await),
            Engine::Postgres => ("schema.postgres.txt", postgres(w).await),
        };
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(name);
        if crate::support::env(BLESS).is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            golden == found,
            "{name} differs; {BLESS}=1 writes it anew\n{found}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_migration_has_nothing_to_do() {
    on_each(async |w| {
        assert_eq!(w.store.schema().await.unwrap(), Schema::Current);
        assert_eq!(w.store.migrate(0, 0).await.unwrap(), Migrated::default());
    })
    .await;
}

#[tokio::test]
async fn every_column_says_by_what_its_change_is_named() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/proof.txt");
    let found = store::proof::listing();
    if crate::support::env(BLESS).is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == found, "proof.txt differs\n{found}");
    on_each(async |w| {
        let said: BTreeSet<String> = store::proof::proofs()
            .iter()
            .map(|proof| format!("{}.{}", proof.table, proof.column))
            .collect();
        assert_eq!(
            said,
            columns(w).await,
            "a column without a word, or a word without one"
        );
    })
    .await;
}

/// Every column that the database has.
async fn columns(w: &World) -> BTreeSet<String> {
    let sqlite = "select m.name || '.' || c.name from sqlite_master m, pragma_table_info(m.name) c
                  where m.type = 'table' and m.name not like 'sqlite%'";
    let postgres = "select table_name || '.' || column_name
                    from information_schema.columns where table_schema = 'public'";
    match w.store.engine() {
        Engine::Sqlite => {
            let mut conn = SqliteConnection::connect(&w.config.url).await.unwrap();
            let found = sqlx::query_scalar(sqlite).fetch_all(&mut conn).await;
            found.unwrap().into_iter().collect()
        }
        Engine::Postgres => {
            let mut conn = PgConnection::connect(&w.config.url).await.unwrap();
            let found = sqlx::query_scalar(postgres).fetch_all(&mut conn).await;
            found.unwrap().into_iter().collect()
        }
    }
}

async fn sqlite(w: &World) -> String {
    let mut conn = SqliteConnection::connect(&w.config.url).await.unwrap();
    let rows = sqlx::query("select sql from sqlite_master where sql is not null order by name")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    rows.iter()
        .map(|row| row.get::<String, _>(0) + ";\n\n")
        .collect()
}

async fn postgres(w: &World) -> String {
    let mut conn = PgConnection::connect(&w.config.url).await.unwrap();
    let mut out = String::new();
    for sql in [
        "select table_name || '.' || column_name || ' ' || data_type
            || coalesce(' collate ' || collation_name, '')
            || case is_nullable when 'NO' then ' not null' else '' end
         from information_schema.columns where table_schema = 'public'
         order by table_name, ordinal_position",
        "select conrelid::regclass::text || ' ' || pg_get_constraintdef(oid)
         from pg_constraint where connamespace = 'public'::regnamespace
         order by conrelid::regclass::text, conname",
        "select indexdef from pg_indexes where schemaname = 'public'
         order by tablename, indexname",
    ] {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut conn)
            .await
            .unwrap();
        for row in rows {
            out.push_str(&row.get::<String, _>(0));
            out.push('\n');
        }
        out.push('\n');
    }
    conn.close().await.unwrap();
    out
}
