//! A county with as many acts as benchmarks are promised for, filled once and kept.
//!
//! Filling takes minutes. What is kept is found by a name over everything that it is made of: the
//! migrations, this file, the county's and the shipped notices. Bodies, posts and people have the
//! same ids in every run, so that a small county made beside it tells their names.
#![expect(
    clippy::unwrap_used,
    reason = "a county that cannot be built fails the run"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use app::act::ActDraft;
use domain::calendar::Period;
use domain::id::{Owner, RulingId};
use domain::pack::Choices;
use domain::ruling::{Decision, Ruling, State, Wanted};
use sqlx::{Connection, SqliteConnection};
use store::{Meta, StoreError};

use crate::new;
use crate::wide::{Wide, widen};
use crate::world::{TestApp, day, key, root};

/// Rulings that it holds: one for every five hundred acts of a million, as in the demo.
const RULINGS: u64 = 2_000;
/// Occasions of the year: kind, title, first and last day.
const OCCASIONS: [(&str, &str, &str, &str); 4] = [
    (
        "sensitive-period",
        "2026年清明节森林防火重点时段",
        "2026-04-01",
        "2026-04-06",
    ),
    ("labour-day", "2026年五一", "2026-04-27", "2026-05-05"),
    ("mid-autumn", "2026年中秋", "2026-09-21", "2026-09-27"),
    ("national-day", "2026年国庆", "2026-09-28", "2026-10-07"),
];
/// The days on which the acts happened, and the day on which more are recorded.
const FIRST_DAY: &str = "2026-03-01";
const DAYS: u64 = 245;
/// The day on which what is measured happens.
pub const TODAY: &str = "2026-11-05";
const COMMITTEES: &str = "zezhou-2026-committees";
const ACTIONS: &str = "zezhou-2026-three-actions";
/// Where filled counties are kept, and where PostgreSQL's programs stand.
const KEPT: &str = "BIHUAN_BENCH_KEPT";
const PROGRAMS: &str = "BIHUAN_PG_PROGRAMS";

/// A filled county.
pub struct Filled {
    /// The program at it.
    pub t: TestApp,
    /// Who is in it.
    pub wide: Wide,
    /// Seconds that filling took; none where it was kept.
    pub seconds: Option<f64>,
}

impl Filled {
    /// The county with so many acts: SQLite, or an empty database on a server.
    pub async fn open(url: Option<&str>, acts: u64) -> Self {
        let kept = Kept::at(url, acts);
        if kept.stands() {
            let mut t = TestApp::bare_in(None, "2026-02-14").await;
            let wide = widen(&t).await;
            t.app.store.close().await.unwrap();
            let url = kept.copy_to(&t, url);
            t.moves_to(&url, "later").await;
            t.set_day(TODAY);
            return Self {
                t,
                wide,
                seconds: None,
            };
        }
        let from = Instant::now();
        let t = TestApp::bare_in(url, "2026-02-14").await;
        let wide = widen(&t).await;
        fill(&t, &wide, acts).await;
        let seconds = Some(from.elapsed().as_secs_f64());
        kept.keep(&t, url).await;
        Self { t, wide, seconds }
    }
}

async fn fill(t: &TestApp, wide: &Wide, acts: u64) {
    t.import("common").await;
    for pack in [COMMITTEES, ACTIONS] {
        t.import(pack).await;
        t.apply(pack, 1, "2026-02-14", Choices::default()).await;
    }
    open_occasions(t).await;
    rule(t, wide).await;
    record(t, wide, acts).await;
}

/// As many as the demo has.
async fn open_occasions(t: &TestApp) {
    for (kind, title, from, to) in OCCASIONS {
        let occasion = new::occasion(kind, title, from, to);
        app::occasion::open(&t.system(), occasion).await.unwrap();
    }
}

/// Rulings on what enterprises owe: two waivers for one extension, all approved.
async fn rule(t: &TestApp, wide: &Wide) {
    let ctx = t.system();
    let by = t.person_id("bangong");
    let ruling = |n: u64| {
        let month: Period = format!("2026-{:02}", 3 + n % 8).parse().unwrap();
        let extended = n.is_multiple_of(3);
        let firm = wide.firms[usize::try_from(n).unwrap() % wide.firms.len()];
        let (duty, wanted) = if extended {
            let new_due_on = month.last_day() + chrono::Days::new(20);
            ("self-check", Wanted::Extension { new_due_on })
        } else {
            ("drill-others", Wanted::Waiver)
        };
        Ruling {
            state: State::Approved(Decision::new(by, ctx.today, "同意")),
            ..new::ruling(
                (RulingId::new(ctx.ids.next(ctx.now)), t.home()),
                key(ACTIONS, duty, Owner::Body(firm), &month.to_string()),
                wanted,
                (by, month.last_day()),
            )
        }
    };
    let rulings: Vec<Ruling> = (0..RULINGS).map(ruling).collect();
    let meta = Meta {
        home: t.home(),
        at: ctx.now,
        person: None,
        post: None,
        operator: Some("bench".to_owned()),
        verb: "ruling.decide",
        subject: "rulings".to_owned(),
    };
    let written = t.app.store.write::<_, StoreError, _>(&meta, async |tx| {
        for ruling in &rulings {
            store::ruling::ruling_insert(tx, ruling).await?;
        }
        Ok(())
    });
    written.await.unwrap();
}

/// Records the acts of the county, day after day, on the days on which they happened.
async fn record(t: &TestApp, wide: &Wide, acts: u64) {
    let batch = u64::try_from(app::act::BATCH_MAX).unwrap();
    let (mut done, mut said) = (0, 0);
    while done < acts {
        let on = (day(FIRST_DAY) + chrono::Days::new(done * DAYS / acts)).to_string();
        t.set_day(&on);
        t.shift(i64::try_from(done % batch).unwrap());
        let drafts: Vec<ActDraft> = (done..acts.min(done + batch))
            .map(|n| wide.act(n, &on))
            .collect();
        app::act::record_many(&t.system(), &drafts).await.unwrap();
        done += u64::try_from(drafts.len()).unwrap();
        if done * 10 / acts > said {
            said = done * 10 / acts;
            eprintln!("{done} acts");
        }
    }
    t.set_day(TODAY);
    for month in 3..=9 {
        let on = format!("2026-{month:02}-20");
        let drafts = wide.returns(&format!("2026-{month:02}"), &on);
        app::act::record_many(&t.system(), &drafts).await.unwrap();
    }
}

/// Where a filled county is kept.
struct Kept {
    database: PathBuf,
    heads: PathBuf,
}

impl Kept {
    fn at(url: Option<&str>, acts: u64) -> Self {
        let folder = setting(KEPT).map_or_else(|| root().join("target/bench"), PathBuf::from);
        let name = format!("county-{acts}-{:016x}", made_of());
        let ends = if url.is_some() { "dump" } else { "db" };
        Self {
            database: folder.join(format!("{name}.{ends}")),
            heads: folder.join(format!("{name}.{ends}.heads")),
        }
    }

    fn stands(&self) -> bool {
        self.database.exists() && self.heads.exists()
    }

    /// Copies it to where it is measured; the address is returned.
    fn copy_to(&self, t: &TestApp, url: Option<&str>) -> String {
        std::fs::copy(&self.heads, t.dir().join("heads.jsonl")).unwrap();
        if let Some(url) = url {
            let mut restore = program("pg_restore");
            restore.args(["--no-owner", "--jobs", "2", "--dbname", url]);
            run(restore.arg(&self.database));
            return url.to_owned();
        }
        let path = t.dir().join("t.db");
        std::fs::copy(&self.database, &path).unwrap();
        format!("sqlite:{}", path.display())
    }

    /// Keeps what was filled; one that was kept for an older program goes.
    async fn keep(&self, t: &TestApp, url: Option<&str>) {
        let folder = self.database.parent().unwrap();
        std::fs::create_dir_all(folder).unwrap();
        let half = self.database.with_extension("half");
        if let Some(url) = url {
            let mut dump = program("pg_dump");
            dump.args(["--format", "custom", "--compress", "1", "--file"]);
            run(dump.arg(&half).arg(url));
        } else {
            // A copy that is whole while the county is open.
            let from = format!("sqlite:{}", t.dir().join("t.db").display());
            let mut conn = SqliteConnection::connect(&from).await.unwrap();
            let _ = std::fs::remove_file(&half);
            sqlx::query("vacuum into ?")
                .bind(half.to_string_lossy())
                .execute(&mut conn)
                .await
                .unwrap();
            conn.close().await.unwrap();
        }
        std::fs::copy(t.dir().join("heads.jsonl"), &self.heads).unwrap();
        std::fs::rename(&half, &self.database).unwrap();
        let ends = self.database.extension();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension() == ends && path != self.database {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// A number for everything that a county is made of (FNV-1a).
fn made_of() -> u64 {
    let mut texts: Vec<PathBuf> = vec![
        root().join("crates/testkit/src/filled.rs"),
        root().join("crates/testkit/src/wide.rs"),
        root().join("crates/testkit/src/county.rs"),
    ];
    for folder in ["crates/store/src/migration", "schemes/common"] {
        texts.extend(files(&root().join(folder)));
    }
    for pack in [COMMITTEES, ACTIONS] {
        texts.extend(files(&root().join("schemes").join(pack)));
    }
    let bytes = texts.iter().flat_map(|path| std::fs::read(path).unwrap());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

fn program(name: &str) -> Command {
    match setting(PROGRAMS) {
        Some(folder) => Command::new(Path::new(&folder).join(name)),
        None => Command::new(name),
    }
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?} failed");
}

#[expect(
    clippy::disallowed_methods,
    reason = "measurements are told where to keep things by the environment"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}
