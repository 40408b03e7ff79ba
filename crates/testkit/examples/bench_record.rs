//! Measures one act recorded in a county that already holds a million: checked, counted, audited
//! and committed to the disk, on SQLite and, where `BIHUAN_TEST_PG` names a server, on PostgreSQL.
//!
//! The million is recorded through the program's own verb, 500 acts to a link, which is what an
//! import does; so the chain has fewer links than a million single records would leave. Every one
//! of them is proven at the end, by a process of its own. The filled county is kept for the next
//! run. `BIHUAN_BENCH_ACTS` makes it smaller, for a trial.
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
use domain::calendar::WorkCalendar;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::audit_verify::audit_homes;
use store::{Heads, Store, StoreConfig, StoreError};
use testkit::TestApp;
use testkit::bare::Bare;
use testkit::filled::{Filled, TODAY};
use testkit::measure::{Figure, Times};
use testkit::wide::Wide;

/// Acts that the county holds before the first one is timed.
const ACTS: u64 = 1_000_000;
/// Acts that are recorded before the timing, and acts that are timed.
const WARM: u64 = 50;
const TIMED: u64 = 1_000;
/// What issue 2 promises, in milliseconds, and issue 9: so many times a bare committed row.
const TARGET_MS: f64 = 20.0;
const TIMES_BARE: f64 = 10.0;
/// People who record at once, how many acts each, and what issue 9 promises: a thousand a second.
const CLIENTS: u64 = 8;
const EACH: u64 = 500;
const TOGETHER_MS: f64 = 1.0;
/// What issue 8 promises of a proof at a million acts, in seconds and in MiB.
const PROVE_SECONDS: f64 = 60.0;
const PROVE_MIB: f64 = 200.0;
/// One act in so many that are timed is a monthly return, which must be the first of its kind.
const RETURN_EVERY: u64 = 20;
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
    let Filled { t, wide, seconds } = Filled::open(url, acts).await;
    let mut bare = Bare::open(t.dir(), url).await?;
    let (recorded, simplest) = record(&t, &wide, acts, &mut bare).await?;
    let (together, alone) = record_together(&t, &wide, acts, &mut bare).await?;
    bare.close().await?;
    let name = |what: &str| format!("{what}, {engine}");
    Figure {
        name: &name(&format!("one act of {CLIENTS} people who record at once")),
        value: together,
        unit: "ms",
        target: Some(TOGETHER_MS),
        baseline: Some(alone),
    }
    .say()?;
    Figure {
        name: &name(&format!("one act recorded at {acts} acts, p95")),
        value: recorded.percentile(95),
        unit: "ms",
        target: Some(TARGET_MS.min(TIMES_BARE * simplest.percentile(95))),
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
    ]
    .into_iter()
    .chain(seconds.map(|seconds| ("county filled", seconds, "s")))
    {
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

/// Lets several record at once, each its own acts one after the other; then commits as many bare
/// rows one by one. Gives the milliseconds for one act and for one row.
async fn record_together(
    t: &TestApp,
    wide: &Wide,
    acts: u64,
    bare: &mut Bare,
) -> Outcome<(f64, f64)> {
    let first = acts + WARM + TIMED;
    t.shift(1_000);
    let mut clients = Vec::new();
    let from = Instant::now();
    for client in 0..CLIENTS {
        let mut ctx = t.person("bangong").ctx().await;
        let drafts: Vec<ActDraft> = (0..EACH)
            .map(|n| wide.act(first + client * EACH + n, TODAY))
            .collect();
        clients.push(tokio::spawn(async move {
            for draft in &drafts {
                ctx.once = Some(ctx.ids.next(ctx.now).simple().to_string());
                app::act::record(&ctx, draft).await?;
            }
            Ok::<_, app::Error>(())
        }));
    }
    for client in clients {
        client.await??;
    }
    let many = f64::from(u32::try_from(CLIENTS * EACH)?);
    let together = from.elapsed().as_secs_f64() * 1e3 / many;
    let from = Instant::now();
    for n in 0..TIMED {
        bare.row(WARM + TIMED + n).await?;
    }
    let alone = from.elapsed().as_secs_f64() * 1e3 / f64::from(u32::try_from(TIMED)?);
    Ok((together, alone))
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
    let least = 2 * (acts + WARM + TIMED + CLIENTS * EACH);
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
