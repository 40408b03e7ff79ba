//! Databases that earlier programs wrote and that the repository keeps: what a later program opens,
//! migrates and proves.
//!
//! Each stands in a folder of `crates/testkit/kept` named after the commit whose code wrote it, one
//! for each engine, with its head file and its evidence files. The example `kept` writes them; none
//! is ever written anew, for then it would prove nothing about the program that was shipped.
#![expect(clippy::unwrap_used, reason = "a story without its database fails")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::StoreConfig;
use tempfile::TempDir;

use crate::database::Database;

/// So many columns are counted by one statement: an engine takes only so many parts of one.
const COLUMNS_AT_ONCE: usize = 100;

/// A kept database.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The commit whose code wrote it.
    pub commit: String,
    dir: PathBuf,
}

/// A copy of a kept database for one story, which may change it.
pub struct Restored {
    /// Its address, as the program takes it.
    pub url: String,
    /// The head file beside it.
    pub heads: PathBuf,
    /// The folder of its evidence files.
    pub files: PathBuf,
    _story: Option<(Database, TempDir)>,
}

/// Every kept database, by commit.
pub fn all() -> Vec<Kept> {
    let mut out: Vec<Kept> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("kept"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| Kept {
            commit: entry.file_name().into_string().unwrap(),
            dir: entry.path(),
        })
        .collect();
    out.sort_by(|a, b| a.commit.cmp(&b.commit));
    out
}

/// The one of a commit.
pub fn of(commit: &str) -> Kept {
    let mut all = all().into_iter();
    all.find(|kept| kept.commit == commit).unwrap()
}

impl Kept {
    /// Restores it on the engine on which stories play; database and files go with the value.
    pub async fn in_story(&self) -> Restored {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::make(dir.path()).await;
        let restored = if database.url().starts_with("sqlite:") {
            self.on_sqlite(dir.path())
        } else {
            self.on_postgres(database.url(), dir.path()).await
        };
        Restored {
            _story: Some((database, dir)),
            ..restored
        }
    }

    /// Restores it as a SQLite file in a folder, under the names that the program gives its data.
    pub fn on_sqlite(&self, dir: &Path) -> Restored {
        let file = dir.join("bihuan.db");
        fs::write(&file, self.unpacked("sqlite.db.gz")).unwrap();
        self.beside(format!("sqlite:{}", file.display()), "sqlite", dir)
    }

    /// Restores it into an empty PostgreSQL database; head file and evidence go into a folder.
    pub async fn on_postgres(&self, url: &str, dir: &Path) -> Restored {
        let sql = String::from_utf8(self.unpacked("postgres.sql.gz")).unwrap();
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut conn)
            .await
            .unwrap();
        conn.close().await.unwrap();
        self.beside(url.to_owned(), "postgres", dir)
    }

    fn unpacked(&self, name: &str) -> Vec<u8> {
        let mut out = Vec::new();
        GzDecoder::new(File::open(self.dir.join(name)).unwrap())
            .read_to_end(&mut out)
            .unwrap();
        out
    }

    fn beside(&self, url: String, engine: &str, dir: &Path) -> Restored {
        let (heads, files) = (dir.join("heads.jsonl"), dir.join("files"));
        fs::copy(self.dir.join(format!("{engine}.heads.jsonl")), &heads).unwrap();
        copy(&self.dir.join("files"), &files);
        Restored {
            url,
            heads,
            files,
            _story: None,
        }
    }
}

impl Restored {
    /// How the program opens it.
    pub fn config(&self) -> StoreConfig {
        let mut config = StoreConfig::new(&self.url);
        config.head_file = Some(self.heads.clone());
        config.files_dir = Some(self.files.clone());
        config
    }
}

impl Restored {
    /// Sends SQL past the program, as somebody with the database's password would; says how many
    /// rows it met.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("sqlite:") {
            let mut conn = SqliteConnection::connect(&self.url).await.unwrap();
            conn.execute("pragma foreign_keys = off").await.unwrap();
            let done = conn.execute(sql).await.unwrap().rows_affected();
            conn.close().await.unwrap();
            done
        } else {
            let mut conn = PgConnection::connect(&self.url).await.unwrap();
            let without_keys = "set session_replication_role = replica";
            conn.execute(without_keys).await.unwrap();
            let done = conn.execute(sql).await.unwrap().rows_affected();
            conn.close().await.unwrap();
            done
        }
    }

    /// The last row of a table in the order of its columns, each value as SQL would write it.
    pub async fn row(&self, table: &str, columns: &[&str]) -> BTreeMap<String, String> {
        let (mark, between) = ('\u{1}', '\u{2}');
        let texts: Vec<String> = columns
            .iter()
            .map(|column| format!("coalesce('{mark}' || cast({column} as text), 'null')"))
            .collect();
        let order: Vec<String> = columns.iter().map(|c| format!("{c} desc")).collect();
        let sql = format!(
            "select {} from {table} order by {} limit 1",
            texts.join(&format!(" || '{between}' || ")),
            order.join(", ")
        );
        let sql = AssertSqlSafe(sql);
        let text: String = if self.url.starts_with("sqlite:") {
            let mut conn = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
        } else {
            let mut conn = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
        };
        let values = text.split(between).map(|value| {
            value.strip_prefix(mark).map_or_else(
                || "null".to_owned(),
                |value| format!("'{}'", value.replace('\'', "''")),
            )
        });
        let names = columns.iter().map(|column| (*column).to_owned());
        names.zip(values).collect()
    }
}

/// How many rows each table of a database has, its own list of migrations left aside.
pub async fn rows(url: &str) -> BTreeMap<String, i64> {
    if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        let sql = "select name from sqlite_master where type = 'table'
                   and name not like 'sqlite\\_%' escape '\\' and name <> 'seaql_migrations'";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
        let counted = sqlx::query_as(AssertSqlSafe(counting(&tables)));
        let counted: Vec<(String, i64)> = counted.fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        counted.into_iter().collect()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        let sql = "select tablename::text from pg_tables
                   where schemaname = 'public' and tablename <> 'seaql_migrations'";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
        let counted = sqlx::query_as(AssertSqlSafe(counting(&tables)));
        let counted: Vec<(String, i64)> = counted.fetch_all(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        counted.into_iter().collect()
    }
}

/// The columns of a database in which no row has a value, as `table.column`: every one is null or
/// an empty text. A table without rows has none of its columns here.
pub async fn columns_without_value(url: &str) -> Vec<String> {
    let filled = |(table, column): &(String, String)| {
        format!(
            "select '{table}.{column}', count(*),
                    count(case when cast({column} as text) <> '' then 1 end) from {table}"
        )
    };
    let statement = |columns: &[(String, String)]| {
        AssertSqlSafe(
            columns
                .iter()
                .map(filled)
                .collect::<Vec<_>>()
                .join(" union all "),
        )
    };
    let mut counted: Vec<(String, i64, i64)> = Vec::new();
    if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        let sql = "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c
                   where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'";
        let columns: Vec<(String, String)> =
            sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        for columns in columns.chunks(COLUMNS_AT_ONCE) {
            let counting = sqlx::query_as(statement(columns));
            counted.extend(counting.fetch_all(&mut conn).await.unwrap());
        }
        conn.close().await.unwrap();
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        let sql = "select table_name::text, column_name::text from information_schema.columns
                   where table_schema = 'public'";
        let columns: Vec<(String, String)> =
            sqlx::query_as(sql).fetch_all(&mut conn).await.unwrap();
        for columns in columns.chunks(COLUMNS_AT_ONCE) {
            let counting = sqlx::query_as(statement(columns));
            counted.extend(counting.fetch_all(&mut conn).await.unwrap());
        }
        conn.close().await.unwrap();
    }
    let bare = counted
        .into_iter()
        .filter(|(_, rows, filled)| *rows > 0 && *filled == 0);
    let mut bare: Vec<String> = bare.map(|(column, ..)| column).collect();
    bare.sort();
    bare
}

/// One statement that counts the rows of tables, each under its name.
fn counting(tables: &[String]) -> String {
    tables
        .iter()
        .map(|table| format!("select '{table}', count(*) from {table}"))
        .collect::<Vec<_>>()
        .join(" union all ")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}
