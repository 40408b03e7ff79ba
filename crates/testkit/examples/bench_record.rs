//! Measures one act recorded in a county that already holds a million: checked, counted, audited
//! and committed to the disk, on SQLite and, where `BIHUAN_TEST_PG` names a server, on PostgreSQL.
//!
//! The million is recorded through the program's own verb, 500 acts to a link, which is what an
//! import does; so the chain has fewer links than a million single records would leave. Every one
//! of them is proven at the end, by a process of its own. `BIHUAN_BENCH_ACTS` makes the county
//! smaller, for a trial.
#![expect(
    clippy::print_stdout,
    reason = "a program of its own: its output is what it measured"
)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use app::act::ActDraft;
use app::audit::{Depth, proof, prove as prove_whole};
use app::{App, Settings};
use domain::calendar::{Period, WorkCalendar};
use domain::duty::Key;
use domain::id::{Owner, RulingId};
use domain::pack::Choices;
use domain::ruling::{Decision, Ruling, RulingReason, State, Wanted};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::audit_verify::audit_homes;
use store::{Heads, Store, StoreConfig, StoreError};
use testkit::measure::{Figure, Times};
use testkit::wide::{Wide, scattered, widen};
use testkit::{TestApp, day};

/// Acts that the county holds before the first one is timed.
const ACTS: u64 = 1_000_000;
/// Rulings that it holds: one for every five hundred acts.
const RULINGS: u64 = 2_000;
/// Acts that are recorded before the timing, and acts that are timed.
const WARM: u64 = 50;
const TIMED: u64 = 1_000;
/// What issue 2 promises, in milliseconds.
const TARGET_MS: f64 = 20.0;
/// What issue 8 promises of a proof at a million acts, in seconds and in MiB.
const PROVE_SECONDS: f64 = 60.0;
const PROVE_MIB: f64 = 200.0;
/// About what one act writes in all tables: row, version, parts, counted rows, link.
const BARE_BYTES: usize = 2_500;
/// One act in so many that are timed is a monthly return, which must be the first of its kind.
const RETURN_EVERY: u64 = 20;
/// The days on which the acts of the county happened, and the day on which more are recorded.
const FIRST_DAY: &str = "2026-03-01";
const DAYS: u64 = 245;
const TODAY: &str = "2026-11-05";
const Z1: &str = "zezhou-2026-committees";
const Z2: &str = "zezhou-2026-three-actions";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [order, url, dir] = words.as_slice()
        && order == "--prove"
    {
        return proves(url, Path::new(dir)).await;
    }
    let acts = setting("BIHUAN_BENCH_ACTS").map_or(Ok(ACTS), |text| text.parse())?;
    on_engine("SQLite", None, acts).await?;
    let Some(server) = setting("BIHUAN_TEST_PG") else {
        eprintln!("left out: PostgreSQL, for BIHUAN_TEST_PG names no server");
        return Ok(());
    };
    let name = format!("bench_record_{}", std::process::id());
    let mut admin = PgConnection::connect(&server).await?;
    admin
        .execute(AssertSqlSafe(format!("create database {name}")))
        .await?;
    let (before, _) = server.rsplit_once('/').ok_or("an address without a name")?;
    let measured = on_engine("PostgreSQL", Some(&format!("{before}/{name}")), acts).await;
    admin
        .execute(AssertSqlSafe(format!("drop database {name} with (force)")))
        .await?;
    measured
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own: nothing above it reads settings"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Fills a county and times what comes on top.
async fn on_engine(engine: &str, url: Option<&str>, acts: u64) -> Outcome<()> {
    let t = TestApp::bare_in(url, "2026-02-14").await;
    let wide = widen(&t).await;
    t.import("common").await;
    for pack in [Z1, Z2] {
        t.import(pack).await;
        t.apply(pack, 1, "2026-02-14", Choices::default()).await;
    }
    rule(&t, &wide).await?;
    let from = Instant::now();
    fill(&t, &wide, acts).await?;
    let filled = from.elapsed().as_secs_f64();
    let mut bare = Bare::open(&t, url).await?;
    let (recorded, simplest) = record(&t, &wide, acts, &mut bare).await?;
    bare.close().await?;
    let name = |what: &str| format!("{what}, {engine}");
    Figure {
        name: &name(&format!("one act recorded at {acts} acts, p95")),
        value: recorded.percentile(95),
        unit: "ms",
        target: Some(TARGET_MS),
        baseline: Some(simplest.percentile(95)),
    }
    .say()?;
    let file = format!("sqlite:{}", t.dir().join("t.db").display());
    let proved = prove(&t, url.unwrap_or(&file), acts)?;
    for (what, value, unit, target) in [
        (
            "audit chain and derived rows proven",
            proved.seconds,
            "s",
            PROVE_SECONDS,
        ),
        ("memory of that proof", proved.peak_mib, "MiB", PROVE_MIB),
    ] {
        Figure {
            name: &name(what),
            value,
            unit,
            target: Some(target),
            baseline: None,
        }
        .say()?;
    }
    for (what, value, unit) in [
        ("one act recorded, median", recorded.percentile(50), "ms"),
        ("one bare row committed, p95", simplest.percentile(95), "ms"),
        ("county filled", filled, "s"),
    ] {
        let (target, baseline) = (None, None);
        let name = &name(what);
        let figure = Figure {
            name,
            value,
            unit,
            target,
            baseline,
        };
        figure.say()?;
    }
    Ok(())
}

// --- the county ---------------------------------------------------------------------------------

/// Rulings on what enterprises owe: two waivers for one extension, all approved.
async fn rule(t: &TestApp, wide: &Wide) -> Outcome<()> {
    let ctx = t.system();
    let by = t.person_id("bangong");
    let ruling = |n: u64| -> Outcome<Ruling> {
        let month: Period = format!("2026-{:02}", 3 + n % 8).parse()?;
        let extended = n.is_multiple_of(3);
        let firm = usize::try_from(n)? % wide.firms.len();
        let firm = wide.firms.get(firm).ok_or("no enterprises")?;
        let later = month.last_day() + chrono::Days::new(20);
        Ok(Ruling {
            id: RulingId::new(ctx.ids.next(ctx.now)),
            home: t.home(),
            key: Key {
                pack: Z2.parse()?,
                duty: if extended {
                    "self-check"
                } else {
                    "drill-others"
                }
                .parse()?,
                owner: Owner::Body(*firm),
                period: month,
            },
            wanted: if extended {
                Wanted::Extension { new_due_on: later }
            } else {
                Wanted::Waiver
            },
            state: State::Approved(Decision {
                by,
                on: ctx.today,
                opinion: "同意".to_owned(),
            }),
            reason: RulingReason::Weather,
            text: "连续强降雨，道路中断，暂缓开展".to_owned(),
            asked_by: by,
            asked_on: month.last_day(),
            version: 1,
        })
    };
    let rulings: Vec<Ruling> = (0..RULINGS).map(ruling).collect::<Outcome<_>>()?;
    let meta = store::Meta {
        home: t.home(),
        at: ctx.now,
        person: Some(by),
        post: None,
        operator: None,
        verb: app::Verb::RulingDecide.code(),
        subject: "rulings".to_owned(),
    };
    t.app
        .store
        .write::<_, StoreError, _>(&meta, async |tx| {
            for ruling in &rulings {
                store::ruling::ruling_insert(tx, ruling).await?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Records the acts of the county, day after day, on the days on which they happened.
async fn fill(t: &TestApp, wide: &Wide, acts: u64) -> Outcome<()> {
    let batch = u64::try_from(app::act::BATCH_MAX)?;
    let mut done = 0;
    let mut said = 0;
    while done < acts {
        let on = (day(FIRST_DAY) + chrono::Days::new(done * DAYS / acts)).to_string();
        t.set_day(&on);
        t.shift(i64::try_from(done % batch)?);
        let drafts: Vec<ActDraft> = (done..acts.min(done + batch))
            .map(|n| wide.act(n, &on))
            .collect();
        app::act::record_many(&t.system(), &drafts).await?;
        done += u64::try_from(drafts.len())?;
        if done * 10 / acts > said {
            said = done * 10 / acts;
            eprintln!("{done} acts");
        }
    }
    for month in 3..=9 {
        let on = format!("2026-{month:02}-20");
        let drafts = wide.returns(&format!("2026-{month:02}"), &on);
        t.set_day(TODAY);
        app::act::record_many(&t.system(), &drafts).await?;
    }
    Ok(())
}

// --- what is timed ------------------------------------------------------------------------------

/// Times records of the office, each after a bare row, so that both meet the same machine.
async fn record(t: &TestApp, wide: &Wide, acts: u64, bare: &mut Bare) -> Outcome<(Times, Times)> {
    let (mut recorded, mut simplest) = (Times::default(), Times::default());
    let mut returns = wide.returns("2026-10", "2026-10-22").into_iter();
    t.set_day(TODAY);
    for n in 0..WARM + TIMED {
        t.shift(1_000);
        let due = n
            .is_multiple_of(RETURN_EVERY)
            .then(|| returns.next())
            .flatten();
        let draft = due.unwrap_or_else(|| wide.act(acts + n, TODAY));
        let mut ctx = t.person("bangong").ctx().await;
        ctx.once = Some(ctx.ids.next(ctx.now).simple().to_string());
        let (mut act, mut row) = (Times::default(), Times::default());
        row.of(bare.row(n)).await?;
        let recording = Box::pin(app::act::record(&ctx, &draft));
        act.of(recording).await?;
        if n >= WARM {
            recorded.join(act);
            simplest.join(row);
        }
    }
    Ok((recorded, simplest))
}

/// What a proof cost a process of its own.
struct Proved {
    seconds: f64,
    peak_mib: f64,
}

/// Lets a process of its own prove every link, every row and every derived row, as the command
/// does; the county that was just filled would count with its memory otherwise.
fn prove(t: &TestApp, url: &str, acts: u64) -> Outcome<Proved> {
    let from = Instant::now();
    let child = std::process::Command::new(std::env::current_exe()?)
        .args(["--prove", url])
        .arg(t.dir())
        .output()?;
    let seconds = from.elapsed().as_secs_f64();
    let said = String::from_utf8(child.stdout)?;
    if !child.status.success() {
        return Err(format!("the chain is not whole: {said}{:?}", child.stderr).into());
    }
    let mut numbers = said.split_whitespace().map(str::parse::<f64>);
    let mut next = || numbers.next().ok_or("the proof says too little");
    let (links, rows, peak_kib) = (next()??, next()??, next()??);
    // An act and its version are two audited rows.
    let least = 2 * (acts + WARM + TIMED);
    if rows < f64::from(u32::try_from(least)?) {
        return Err(format!("{rows} audited rows are too few for {acts} acts").into());
    }
    eprintln!("{links} links, {rows} rows proven");
    Ok(Proved {
        seconds,
        peak_mib: peak_kib / 1024.0,
    })
}

/// The child's part: proves, and prints links, rows and the most memory that it held, in KiB.
async fn proves(url: &str, dir: &Path) -> Outcome<()> {
    let mut config = StoreConfig::new(url);
    config.reading_only = true;
    config.files_dir = Some(dir.join("files"));
    let store = Store::open(&config).await?;
    let heads = Heads::read(&dir.join("heads.jsonl"))?;
    let counties = store
        .read::<_, StoreError, _>(async |r| audit_homes(r, Some(&heads)).await)
        .await?;
    let settings = Settings {
        data_dir: dir.to_owned(),
        head_file: None,
        upload_max: 0,
        files_max: 0,
        demo_day: None,
    };
    let app = App::new(store, WorkCalendar::shipped(), settings);
    let (mut links, mut rows) = (0, 0);
    for home in counties.homes {
        let proven = prove_whole(&app, home, Some(&heads), Depth::default()).await?;
        if !proven.is_clean() {
            let said = proof(&proven).findings;
            return Err(format!("{:?}", said.first()).into());
        }
        links += proven.verdict.links;
        rows += proven.verdict.rows;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|text| text.split_whitespace().next());
    println!("{links} {rows} {}", peak.unwrap_or("0"));
    Ok(())
}

// --- what it is held against --------------------------------------------------------------------

/// A table beside the county's, with nothing but a key and a text.
enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

const BARE_TABLE: &str = "create table bare (id bigint primary key, text text not null)";

impl Bare {
    async fn open(t: &TestApp, url: Option<&str>) -> Outcome<Self> {
        if let Some(url) = url {
            let mut conn = PgConnection::connect(url).await?;
            conn.execute(BARE_TABLE).await?;
            return Ok(Self::Postgres(conn));
        }
        let options = SqliteConnectOptions::new()
            .filename(t.dir().join("bare.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut conn = SqliteConnection::connect_with(&options).await?;
        conn.execute(BARE_TABLE).await?;
        Ok(Self::Sqlite(conn))
    }

    /// One row in one transaction of its own.
    async fn row(&mut self, n: u64) -> Outcome<()> {
        let id = i64::try_from(n)?;
        let mut text = String::with_capacity(BARE_BYTES);
        for at in 0..BARE_BYTES / 16 {
            text += &format!("{:016x}", scattered((n << 16) | u64::try_from(at)?));
        }
        match self {
            Self::Sqlite(conn) => {
                let insert = sqlx::query("insert into bare (id, text) values (?, ?)");
                let mut tx = conn.begin().await?;
                insert.bind(id).bind(text).execute(&mut *tx).await?;
                tx.commit().await?;
            }
            Self::Postgres(conn) => {
                let insert = sqlx::query("insert into bare (id, text) values ($1, $2)");
                let mut tx = conn.begin().await?;
                insert.bind(id).bind(text).execute(&mut *tx).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn close(self) -> Outcome<()> {
        match self {
            Self::Sqlite(conn) => conn.close().await?,
            Self::Postgres(conn) => conn.close().await?,
        }
        Ok(())
    }
}
