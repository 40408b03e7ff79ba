//! Measures the pages that everybody opens all day, in a county with a million acts: the desk of a
//! town and of the office, the list of duties, the list of acts with and without a body; through
//! the router itself, signed in, packed as for a browser, on SQLite and, where `BIHUAN_TEST_PG`
//! names a server, on PostgreSQL. An act is recorded before every fifth page. The baseline is the
//! page for changing one's password, in the same session.
//!
//! `BIHUAN_BENCH_ACTS` makes the county smaller, for a trial.

use std::error::Error;
use std::time::Instant;

use app::session::Visitor;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use testkit::filled::{Filled, TODAY};
use testkit::measure::{Figure, Times};
use testkit::wide::Wide;
use testkit::{PASSWORD, TestApp};
use tower::ServiceExt;

/// Acts that the county holds before the first page.
const ACTS: u64 = 1_000_000;
/// Pages of each sort that are timed, after some that are not; an act comes before every fifth.
const WARM: u64 = 10;
const TIMED: u64 = 200;
const ACT_EVERY: u64 = 5;
/// People who open pages at once, and how many each.
const CLIENTS: u64 = 64;
const EACH: u64 = 20;
/// What issue 9 promises, in milliseconds; five hundred a second are two for each.
const DESK_MS: f64 = 8.0;
const LIST_MS: f64 = 10.0;
const TOGETHER_MS: f64 = 2.0;
/// Who opens the desk of the office, and of a town.
const OFFICE: &str = "bangong";
const TOWN: &str = "shiqiao.lly";

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A page that is measured.
struct Page {
    what: &'static str,
    login: &'static str,
    path: String,
    target: f64,
    /// Held to its rate with many at once.
    at_once: bool,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let acts = setting("BIHUAN_BENCH_ACTS").map_or(Ok(ACTS), |text| text.parse())?;
    on_engine("SQLite", None, acts).await?;
    let Some(server) = setting("BIHUAN_TEST_PG") else {
        eprintln!("left out: PostgreSQL, for BIHUAN_TEST_PG names no server");
        return Ok(());
    };
    let name = format!("bench_lists_{}", std::process::id());
    let mut admin = PgConnection::connect(&server).await?;
    let create = format!("create database {name}");
    admin.execute(AssertSqlSafe(create)).await?;
    let (before, _) = server.rsplit_once('/').ok_or("an address without a name")?;
    let measured = on_engine("PostgreSQL", Some(&format!("{before}/{name}")), acts).await;
    let drop = format!("drop database {name} with (force)");
    admin.execute(AssertSqlSafe(drop)).await?;
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
    let Filled { t, wide, .. } = Filled::open(url, acts).await;
    let mut works = Works {
        t: &t,
        wide: &wide,
        next: acts,
    };
    for page in pages(&wide)? {
        let browser = Browser::sign_in(&t, page.login).await?;
        let (mut shown, mut plain) = (Times::default(), Times::default());
        for n in 0..WARM + TIMED {
            works.on(n).await?;
            let (mut one, mut form) = (Times::default(), Times::default());
            one.of(browser.open(&page.path)).await?;
            form.of(browser.open("/password")).await?;
            if n >= WARM {
                shown.join(one);
                plain.join(form);
            }
        }
        let figure = |what: &str, value, target, baseline| {
            let name = format!("{}{what}, {acts} acts, {engine}", page.what);
            let (target, baseline) = (Some(target), Some(baseline));
            Figure {
                name: &name,
                value,
                unit: "ms",
                target,
                baseline,
            }
            .say()
        };
        let (p95, bare) = (shown.percentile(95), plain.percentile(95));
        figure(", p95", p95, page.target, bare)?;
        if page.at_once {
            let (one, bare) = (
                browser.together(&page.path).await?,
                browser.together("/password").await?,
            );
            figure(", each of 64 at once", one, TOGETHER_MS, bare)?;
        }
    }
    Ok(())
}

fn pages(wide: &Wide) -> Outcome<Vec<Page>> {
    let firm = wide.firms.first().ok_or("no enterprises")?;
    let page = |what, login, path: &str, target, at_once| Page {
        what,
        login,
        path: path.to_owned(),
        target,
        at_once,
    };
    Ok(vec![
        page("desk of a town", TOWN, "/desk", DESK_MS, true),
        page("desk of the office", OFFICE, "/desk", DESK_MS, true),
        page("list of duties", OFFICE, "/duties", LIST_MS, true),
        page("list of acts", OFFICE, "/acts", LIST_MS, false),
        page(
            "list of acts of a body",
            OFFICE,
            &format!("/acts?body={firm}"),
            LIST_MS,
            false,
        ),
    ])
}

/// The county works on.
struct Works<'a> {
    t: &'a TestApp,
    wide: &'a Wide,
    next: u64,
}

impl Works<'_> {
    /// Time passes, and before every fifth page somebody records an act.
    async fn on(&mut self, n: u64) -> Outcome<()> {
        self.t.shift(100);
        if n.is_multiple_of(ACT_EVERY) {
            let act = self.wide.act(self.next, TODAY);
            self.next += 1;
            app::act::record(&self.t.person(OFFICE).ctx().await, &act).await?;
        }
        Ok(())
    }
}

/// A browser that asks the router and times nothing but the answer.
#[derive(Clone)]
struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    async fn sign_in(t: &TestApp, login: &str) -> Outcome<Self> {
        let (nobody, visitor) = (t.nobody(), Visitor::default());
        let opened = app::session::sign_in(&nobody, login, PASSWORD, &visitor);
        let token = opened.await?.token;
        Ok(Self {
            router: t.pages(),
            cookie: format!("{}={token}", web::SESSION_COOKIE),
        })
    }

    async fn open(&self, path: &str) -> Outcome<()> {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_ENCODING, "gzip")
            .body(Body::empty())?;
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await?;
        if status != StatusCode::OK || bytes.is_empty() {
            return Err(format!("{path} answers {status}").into());
        }
        Ok(())
    }

    /// Milliseconds for one page where many are opened at once.
    async fn together(&self, path: &str) -> Outcome<f64> {
        let from = Instant::now();
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let (browser, path) = (self.clone(), path.to_owned());
            clients.push(tokio::spawn(async move {
                for _ in 0..EACH {
                    browser.open(&path).await?;
                }
                Ok::<_, Box<dyn Error + Send + Sync>>(())
            }));
        }
        for client in clients {
            client.await??;
        }
        let pages = f64::from(u32::try_from(CLIENTS * EACH)?);
        Ok(from.elapsed().as_secs_f64() * 1e3 / pages)
    }
}
