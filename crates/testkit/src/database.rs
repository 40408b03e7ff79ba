//! A database for each story: SQLite, or PostgreSQL where the stories are told there once more.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story without a database fails"
)]

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Tells on which engine stories play: `postgres`, or SQLite by default.
const ENGINE: &str = "BIHUAN_TEST_ENGINE";
/// The address of a PostgreSQL server whose user may make databases.
const SERVER: &str = "BIHUAN_TEST_PG";

/// The database of one story; one on a server is dropped with it.
pub(crate) struct Database {
    url: String,
    on_server: Option<(String, String)>,
}

impl Database {
    /// Makes an empty one; `dir` is the story's own folder.
    pub(crate) async fn make(dir: &Path) -> Self {
        if setting(ENGINE).as_deref() != Some("postgres") {
            return Self {
                url: format!("sqlite:{}", dir.join("t.db").display()),
                on_server: None,
            };
        }
        let server = setting(SERVER).expect("stories on PostgreSQL need a server");
        let folder = dir.file_name().unwrap().to_string_lossy().to_lowercase();
        let name = format!("story_{}", folder.replace(['.', '-'], "_"));
        run(&server, format!("create database {name}")).await;
        let (start, _) = server.rsplit_once('/').unwrap();
        Self {
            url: format!("{start}/{name}"),
            on_server: Some((server, name)),
        }
    }

    /// Its address, as the program takes it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.on_server.take() else {
            return;
        };
        // The story's own runtime may be ending; a thread of its own waits for the server.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let sql = format!("drop database {name} with (force)");
            runtime.unwrap().block_on(run(&server, sql));
        });
        // One that stays behind harms no other story: each has a name of its own.
        let _ = dropped.join();
    }
}

async fn run(server: &str, sql: String) {
    let mut conn = PgConnection::connect(server).await.unwrap();
    conn.execute(AssertSqlSafe(sql)).await.unwrap();
    conn.close().await.unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told about servers by the environment"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
