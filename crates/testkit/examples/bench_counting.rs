//! Measures what the writer of a county of a million acts is held for by changes that count anew:
//! a body opened, one closed, an occasion opened, an extension approved, on SQLite and, where
//! `BIHUAN_TEST_PG` names a server, on PostgreSQL.
//!
//! The county is loaded before each change, so that what is timed is the verb with its
//! transaction; loading is done beside the writer. `BIHUAN_BENCH_ACTS` makes the county smaller,
//! for a trial.

use std::error::Error;
use std::time::Instant;

use app::act::ActDraft;
use app::body::NewBody;
use app::occasion::NewOccasion;
use domain::calendar::Period;
use domain::id::{BodyId, Owner, RulingId};
use domain::pack::Choices;
use domain::ruling::Wanted;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use store::{Meta, StoreError};
use testkit::bare::Bare;
use testkit::measure::{Figure, Times};
use testkit::wide::{Wide, widen};
use testkit::{TestApp, day, key, new};

/// Acts that the county holds before the first change is timed.
const ACTS: u64 = 1_000_000;
/// Changes of each kind that are timed, after some that are not.
const WARM: u64 = 5;
const TIMED: u64 = 60;
/// What issue 9 promises, in milliseconds.
const TARGET_MS: f64 = 50.0;
/// The days on which the acts of the county happened, and the day on which it is changed.
const FIRST_DAY: &str = "2026-03-01";
const DAYS: u64 = 245;
const TODAY: &str = "2026-11-05";
const Z1: &str = "zezhou-2026-committees";
const Z2: &str = "zezhou-2026-three-actions";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let acts = setting("BIHUAN_BENCH_ACTS").map_or(Ok(ACTS), |text| text.parse())?;
    on_engine("SQLite", None, acts).await?;
    let Some(server) = setting("BIHUAN_TEST_PG") else {
        eprintln!("left out: PostgreSQL, for BIHUAN_TEST_PG names no server");
        return Ok(());
    };
    let name = format!("bench_counting_{}", std::process::id());
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

async fn on_engine(engine: &str, url: Option<&str>, acts: u64) -> Outcome<()> {
    let t = TestApp::bare_in(url, "2026-02-14").await;
    let wide = widen(&t).await;
    t.import("common").await;
    for pack in [Z1, Z2] {
        t.import(pack).await;
        t.apply(pack, 1, "2026-02-14", Choices::default()).await;
    }
    let from = Instant::now();
    fill(&t, &wide, acts).await?;
    eprintln!("filled in {:.0} s", from.elapsed().as_secs_f64());
    let mut bare = Bare::open(t.dir(), url).await?;
    let changes = changes(&t, &wide, &mut bare).await?;
    bare.close().await?;
    for (what, times) in changes.all() {
        Figure {
            name: &format!("{what} at {acts} acts, p95, {engine}"),
            value: times.percentile(95),
            unit: "ms",
            target: Some(TARGET_MS),
            baseline: Some(changes.row.percentile(95)),
        }
        .say()?;
    }
    let from = Instant::now();
    app::counted::recount_home(&t.system(), t.home(), &mut |_| ()).await?;
    Figure {
        name: &format!("all counted anew beside, {engine}"),
        value: from.elapsed().as_secs_f64(),
        unit: "s",
        target: None,
        baseline: None,
    }
    .say()?;
    Ok(())
}

/// Records the acts of the county, day after day, on the days on which they happened.
async fn fill(t: &TestApp, wide: &Wide, acts: u64) -> Outcome<()> {
    let batch = u64::try_from(app::act::BATCH_MAX)?;
    let mut done = 0;
    while done < acts {
        let on = (day(FIRST_DAY) + chrono::Days::new(done * DAYS / acts)).to_string();
        t.set_day(&on);
        t.shift(i64::try_from(done % batch)?);
        let drafts: Vec<ActDraft> = (done..acts.min(done + batch))
            .map(|n| wide.act(n, &on))
            .collect();
        app::act::record_many(&t.system(), &drafts).await?;
        done += u64::try_from(drafts.len())?;
    }
    Ok(())
}

#[derive(Default)]
struct Changes {
    opened: Times,
    closed: Times,
    occasion: Times,
    extended: Times,
    row: Times,
}

impl Changes {
    fn all(&self) -> [(&'static str, &Times); 4] {
        [
            ("a body opened", &self.opened),
            ("a body closed", &self.closed),
            ("an occasion opened", &self.occasion),
            ("an extension approved", &self.extended),
        ]
    }
}

/// Times changes, each after a bare row, so that both meet the same machine.
async fn changes(t: &TestApp, wide: &Wide, bare: &mut Bare) -> Outcome<Changes> {
    let mut out = Changes::default();
    t.set_day(TODAY);
    for n in 0..WARM + TIMED {
        t.shift(1_000);
        let mut round = Changes::default();
        round.row.of(bare.row(n)).await?;
        let ctx = t.person("bangong").ctx().await;
        let firm = wide.firms[usize::try_from(n)?];

        t.app.world(t.home()).await?;
        let new = vec![enterprise(t, n)];
        let opening = app::body::create_many(&ctx, new, Vec::new());
        round.opened.of(Box::pin(opening)).await?;

        let asked = asks(t, wide.firms[usize::try_from(WARM + TIMED + n)?]).await?;
        t.app.world(t.home()).await?;
        let deciding =
            app::ruling::decide(&ctx, app::ruling::DecideRuling::of(asked, 1, true, "同意"));
        round.extended.of(Box::pin(deciding)).await?;

        let version = app::body::show(&ctx, firm).await?.version;
        t.app.world(t.home()).await?;
        let closing = app::body::close(&ctx, firm, version, day(TODAY));
        round.closed.of(Box::pin(closing)).await?;

        t.app.world(t.home()).await?;
        let on = day("2027-01-01") + chrono::Days::new(n * 10);
        let ahead = NewOccasion {
            title: format!("第{n}次"),
            from_on: on,
            to_on: on + chrono::Days::new(7),
            ..new::national_day()
        };
        let occasion = app::occasion::open(&ctx, ahead);
        round.occasion.of(Box::pin(occasion)).await?;
        if n >= WARM {
            out.opened.join(round.opened);
            out.closed.join(round.closed);
            out.occasion.join(round.occasion);
            out.extended.join(round.extended);
            out.row.join(round.row);
        }
    }
    Ok(out)
}

fn enterprise(t: &TestApp, n: u64) -> NewBody {
    NewBody {
        sort_key: format!("9{n:04}"),
        ..new::firm(&format!("新设第{n}厂"), t.body("shiqiao"), TODAY)
    }
}

/// An enterprise asks for more time for October's check.
async fn asks(t: &TestApp, firm: BodyId) -> Outcome<RulingId> {
    let ctx = t.system();
    let month: Period = "2026-10".parse()?;
    let ruling = new::ruling(
        (RulingId::new(ctx.ids.next(ctx.now)), t.home()),
        key(Z2, "self-check", Owner::Body(firm), "2026-10"),
        Wanted::Extension {
            new_due_on: month.last_day() + chrono::Days::new(20),
        },
        (t.person_id("fuxianzhang"), ctx.today),
    );
    let meta = Meta {
        home: t.home(),
        at: ctx.now,
        person: None,
        post: None,
        operator: Some("bench".to_owned()),
        verb: "ruling.ask",
        subject: ruling.id.to_string(),
    };
    t.app
        .store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::ruling::ruling_insert(tx, &ruling).await
        })
        .await?;
    Ok(ruling.id)
}
