//! A fresh database for each story, copied from a template that was migrated once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, ActStep, FieldValue, Part, PartRole};
use domain::body::{Body, BodyKind, Level, Span};
use domain::id::{ActId, BodyId, DraftId, GrantId, PersonId, PostId, RulingId};
use domain::person::Person;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::audit_verify::audit_verify;
use store::{Engine, Meta, Store, StoreConfig};
use uuid::Uuid;

/// The address of a PostgreSQL server whose user may make databases.
const SERVER: &str = "BIHUAN_TEST_PG";
/// What must not be left out, with commas between.
const REQUIRE: &str = "BIHUAN_REQUIRE";
/// 2026-03-02 08:00 in China.
pub(crate) const NOW: i64 = 1_772_409_600_000;

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told about servers by the environment"
)]
pub(crate) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// A name for the schema, so that a changed migration makes a new template: over all files of the
/// folder, so that none is forgotten.
fn schema_name() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/migration");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    let text: String = files.iter().map(read).collect();
    // FNV-1a: enough to tell one text from the next.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("store_template_{hash:016x}")
}

/// A database of one story.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) config: StoreConfig,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) home: BodyId,
    next: AtomicU64,
}

impl World {
    pub(crate) fn heads(&self) -> PathBuf {
        self.dir.path().join("heads.jsonl")
    }

    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn body_id(&self) -> BodyId {
        BodyId::new(self.uuid())
    }

    pub(crate) fn post_id(&self) -> PostId {
        PostId::new(self.uuid())
    }

    pub(crate) fn person_id(&self) -> PersonId {
        PersonId::new(self.uuid())
    }

    pub(crate) fn act_id(&self) -> ActId {
        ActId::new(self.uuid())
    }

    pub(crate) fn ruling_id(&self) -> RulingId {
        RulingId::new(self.uuid())
    }

    pub(crate) fn draft_id(&self) -> DraftId {
        DraftId::new(self.uuid())
    }

    pub(crate) fn grant_id(&self) -> GrantId {
        GrantId::new(self.uuid())
    }

    /// Sends SQL past the store, as somebody with the database's password would.
    pub(crate) async fn tamper(&self, sql: &str) -> u64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if let Some(path) = self.config.url.strip_prefix("sqlite:") {
            let url = format!("sqlite:{path}");
            let mut conn = SqliteConnection::connect(&url).await.unwrap();
            conn.execute("pragma foreign_keys = off").await.unwrap();
            let done = conn.execute(sql).await.unwrap().rows_affected();
            conn.close().await.unwrap();
            done
        } else {
            let mut conn = PgConnection::connect(&self.config.url).await.unwrap();
            conn.execute("set session_replication_role = replica")
                .await
                .unwrap();
            let done = conn.execute(sql).await.unwrap().rows_affected();
            conn.close().await.unwrap();
            done
        }
    }

    /// Somebody does something now.
    pub(crate) fn does(&self, verb: &'static str) -> Meta {
        Meta {
            home: self.home,
            at: NOW,
            person: None,
            post: None,
            operator: None,
            verb,
            subject: "story".to_owned(),
        }
    }

    /// A body with one open span.
    pub(crate) fn body(&self, kind: BodyKind, name: &str, parent: Option<BodyId>) -> Body {
        let id = self.body_id();
        Body {
            id,
            home: self.home,
            kind,
            opened_on: day("2026-01-01"),
            closed_on: None,
            sort_key: name.to_owned(),
            spans: vec![span("2026-01-01", name, parent)],
            version: 1,
        }
    }

    pub(crate) fn person(&self, login: &str) -> Person {
        Person {
            id: self.person_id(),
            home: self.home,
            name: format!("{login}同志"),
            login: login.to_owned(),
            active: true,
            must_change: false,
            version: 1,
        }
    }

    /// An inspection that a body hosted on a day.
    pub(crate) fn act(&self, body: BodyId, on: &str) -> Act {
        let note = FieldValue::Text("查看了仓库".to_owned());
        Act {
            id: self.act_id(),
            home: self.home,
            kind: "inspection".parse().unwrap(),
            occurred_on: day(on),
            period: None,
            form: None,
            version: 1,
            withdrawn: false,
            fields: [("note".parse().unwrap(), note)].into(),
            parts: vec![Part {
                body,
                post: None,
                role: PartRole::Hosted,
            }],
            events: vec![entered(ActStep::Record, on)],
        }
    }

    /// The county itself, so that its children have a parent.
    pub(crate) async fn county(&self) -> Body {
        let mut county = self.body(BodyKind::Jurisdiction, "泽安县", None);
        county.id = self.home;
        let meta = self.does("body.insert");
        self.store
            .write(&meta, async |tx| {
                store::body::body_insert(tx, &county).await
            })
            .await
            .unwrap();
        county
    }

    /// A town of the county.
    pub(crate) async fn town(&self, name: &str) -> Body {
        let town = self.body(BodyKind::Jurisdiction, name, Some(self.home));
        let meta = self.does("body.insert");
        self.store
            .write(&meta, async |tx| store::body::body_insert(tx, &town).await)
            .await
            .unwrap();
        town
    }

    /// Records an act.
    pub(crate) async fn record(&self, act: &Act) {
        let meta = Meta {
            subject: act.id.to_string(),
            ..self.does("act.record")
        };
        self.store
            .write(&meta, async |tx| store::act::act_insert(tx, act, "").await)
            .await
            .unwrap();
    }
}

/// As of no link in particular: what stands now.
pub(crate) const NOWADAYS: i64 = i64::MAX;

/// The number of the county's newest link.
pub(crate) async fn last_link(w: &World) -> i64 {
    let head = w
        .store
        .read(async |r| store::audit::audit_head_of(r, w.home).await)
        .await;
    head.unwrap().map_or(0, |head| head.seq)
}

/// Whether the county's chain and rows are whole.
pub(crate) async fn is_clean(w: &World) -> bool {
    let verdict = w
        .store
        .read(async |r| audit_verify(r, w.home, None).await)
        .await;
    verdict.unwrap().is_clean()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn span(from: &str, name: &str, parent: Option<BodyId>) -> Span {
    Span {
        from_on: day(from),
        to_on: None,
        parent,
        name: name.to_owned(),
        division: String::new(),
        level: Level::Town,
        attrs: [("mountain".to_owned(), domain::body::AttrValue::Flag(true))].into(),
    }
}

pub(crate) fn entered(step: ActStep, on: &str) -> ActEvent {
    ActEvent {
        step,
        entered_on: day(on),
        answer_by: None,
    }
}

/// Tells a story on every engine that is here, each in a database of its own.
pub(crate) async fn on_each(story: impl AsyncFn(&World)) {
    for engine in engines() {
        let (world, drop) = world(engine).await;
        story(&world).await;
        world.store.close().await.unwrap();
        if let Some((server, name)) = drop {
            let mut conn = PgConnection::connect(&server).await.unwrap();
            let sql = format!("drop database {name} with (force)");
            conn.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
}

pub(crate) fn engines() -> Vec<Engine> {
    if env(SERVER).is_some() {
        return vec![Engine::Sqlite, Engine::Postgres];
    }
    let required = env(REQUIRE).unwrap_or_default();
    assert!(
        !required.split(',').any(|word| word.trim() == "postgres"),
        "{REQUIRE} asks for postgres, but {SERVER} gives no server"
    );
    eprintln!("left out: PostgreSQL ({SERVER} is not set)");
    vec![Engine::Sqlite]
}

async fn world(engine: Engine) -> (World, Option<(String, String)>) {
    let dir = tempfile::tempdir().unwrap();
    let (url, drop) = match engine {
        Engine::Sqlite => {
            let path = dir.path().join("库 一.db");
            std::fs::copy(sqlite_template().await, &path).unwrap();
            (format!("sqlite:{}", path.display()), None)
        }
        Engine::Postgres => {
            let server = env(SERVER).unwrap();
            let name = format!("t_{}", dir.path().file_name().unwrap().to_str().unwrap())
                .replace(['.', '-'], "_")
                .to_lowercase();
            let template = postgres_template(&server).await;
            let mut conn = PgConnection::connect(&server).await.unwrap();
            let name = format!("{name}_{}", std::process::id());
            let sql = format!("create database {name} template {template}");
            conn.execute(AssertSqlSafe(sql)).await.unwrap();
            (database(&server, &name), Some((server, name)))
        }
    };
    let mut config = StoreConfig::new(url);
    config.head_file = Some(dir.path().join("heads.jsonl"));
    config.files_dir = Some(dir.path().join("files"));
    let store = Store::open(&config).await.unwrap();
    let home = BodyId::new(Uuid::from_u128(1));
    (
        World {
            store,
            config,
            dir,
            home,
            next: AtomicU64::new(2),
        },
        drop,
    )
}

async fn sqlite_template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(format!("{}.db", schema_name()));
    if path.exists() {
        return path;
    }
    let own = folder.join(format!(
        "{}.{}.db",
        schema_name(),
        Uuid::from_u128(unique()).simple()
    ));
    migrated(&format!("sqlite:{}", own.display())).await;
    std::fs::rename(&own, &path).unwrap();
    path
}

/// Two processes, or two tests of one, must not write the same file.
fn unique() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    (u128::from(std::process::id()) << 64) | u128::from(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// One process at a time makes the template; the others wait and find it.
async fn postgres_template(server: &str) -> String {
    let name = schema_name();
    let mut conn = PgConnection::connect(server).await.unwrap();
    conn.execute("select pg_advisory_lock(4711)").await.unwrap();
    let found: Option<(i32,)> = sqlx::query_as("select 1 from pg_database where datname = $1")
        .bind(&name)
        .fetch_optional(&mut conn)
        .await
        .unwrap();
    if found.is_none() {
        let own = format!("{name}_new");
        for sql in [
            format!("drop database if exists {own}"),
            format!("create database {own}"),
        ] {
            conn.execute(AssertSqlSafe(sql)).await.unwrap();
        }
        migrated(&database(server, &own)).await;
        let sql = format!("alter database {own} rename to {name}");
        conn.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    conn.execute("select pg_advisory_unlock(4711)")
        .await
        .unwrap();
    name
}

async fn migrated(url: &str) {
    let store = Store::open(&StoreConfig::new(url)).await.unwrap();
    store.migrate(0, 0).await.unwrap();
    store.close().await.unwrap();
}

/// The address of another database on the same server.
fn database(server: &str, name: &str) -> String {
    let (start, _) = server.rsplit_once('/').unwrap();
    format!("{start}/{name}")
}
