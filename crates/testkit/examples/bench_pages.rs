//! Measures pages as the server makes them: the grid of 300 bodies, 12 months and 40 duties, and
//! the page of one duty; through the router itself, signed in, packed as for a browser, without a
//! network. Between the pages acts are recorded, as in a county at work.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use app::Ctx;
use app::act::ActDraft;
use app::duty::{ListDuties, Scope};
use app::session::Visitor;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{Days, NaiveDate};
use domain::id::{Owner, RulingId};
use domain::pack::{Choices, PackFile};
use domain::ruling::{Decision, Ruling, State, Wanted};
use domain::standing::{CountedOn, Ruled, State as Stands, Terms, judge};
use store::StoreError;
use testkit::measure::{Figure, Times};
use testkit::wide::{Wide, scattered, widen};
use testkit::{PASSWORD, TestApp, day, draft, key, new};
use tower::ServiceExt;

/// What is shown: bodies, months and duties.
const BODIES: u64 = 300;
const MONTHS: u64 = 12;
const KINDS: u64 = 8;
const FORMS: u64 = 5;
const DUTIES: u64 = KINDS * FORMS;
/// Rows of one page on a screen.
const SCREEN: u64 = 60;
/// Rulings that the county holds.
const RULINGS: u64 = 1_000;
/// Pages of each sort that are timed, after some that are not; an act comes before every fifth.
const WARM: u64 = 10;
const TIMED: u64 = 200;
const ACT_EVERY: u64 = 5;
/// What issue 2 promises, in milliseconds.
const GRID_MS: f64 = 50.0;
const DUTY_MS: f64 = 5.0;
const TODAY: &str = "2026-11-05";
/// Days from the first of January on which acts happened.
const DAYS: u64 = 308;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let t = TestApp::bare("2026-01-05").await;
    let wide = widen(&t).await;
    t.import_files(&notice()).await;
    t.apply_following("wide", 1, ("2026-01-01", "2026-01-05"), Choices::default())
        .await;
    rule(&t, &wide).await?;
    let acts = fill(&t, &wide).await?;
    let office = t.person("bangong").ctx().await;
    expect_cells(&office).await?;
    eprintln!("{acts} acts");

    let pages = Pages::sign_in(&t, &office).await?;
    let (mut grid, mut judged) = (Times::default(), Times::default());
    for n in 0..WARM + TIMED {
        work(&t, &wide, n).await?;
        let skip = n * SCREEN % BODIES;
        let path = format!("/duties?who=enterprises&year=2026&skip={skip}");
        let mut page = Times::default();
        page.of(pages.open(&path)).await?;
        let flat = flat();
        if n >= WARM {
            grid.join(page);
            judged.add(flat);
        }
    }
    let (mut duty, mut plain) = (Times::default(), Times::default());
    for n in 0..WARM + TIMED {
        work(&t, &wide, n).await?;
        let (mut page, mut form) = (Times::default(), Times::default());
        page.of(pages.open(&one_duty(&wide, n)?)).await?;
        form.of(pages.open("/password")).await?;
        if n >= WARM {
            duty.join(page);
            plain.join(form);
        }
    }
    say(&grid, &duty, &plain, &judged)?;
    Ok(())
}

/// The county works on: time passes, and before every fifth page somebody records an act.
async fn work(t: &TestApp, wide: &Wide, n: u64) -> Outcome<()> {
    t.shift(100);
    if n.is_multiple_of(ACT_EVERY) {
        let act = done(wide, n, TODAY);
        app::act::record(&t.person("bangong").ctx().await, &act).await?;
    }
    Ok(())
}

fn say(grid: &Times, duty: &Times, plain: &Times, judged: &Times) -> Outcome<()> {
    let wide = format!("grid of {BODIES} bodies × {MONTHS} months × {DUTIES} duties");
    for (name, times, target, baseline) in [
        (wide.as_str(), grid, GRID_MS, judged),
        ("page of one duty", duty, DUTY_MS, plain),
    ] {
        let figure = Figure {
            name: &format!("{name}, p95"),
            value: times.percentile(95),
            unit: "ms",
            target: Some(target),
            baseline: Some(baseline.percentile(95)),
        };
        figure.say()?;
    }
    for (name, times) in [
        ("grid, median", grid),
        ("page of one duty, median", duty),
        ("page of the same session without standing, median", plain),
        ("the grid's cells judged from a flat array, median", judged),
    ] {
        let figure = Figure {
            name,
            value: times.percentile(50),
            unit: "ms",
            target: None,
            baseline: None,
        };
        figure.say()?;
    }
    Ok(())
}

// --- the county ---------------------------------------------------------------------------------

/// A notice with a duty for each kind of act and form, owed by every enterprise every month.
fn notice() -> Vec<PackFile> {
    let mut text = String::from(
        r#"
id = "wide"
version = 1
title = "宽范围制度"
short = "宽"
number = "示〔2026〕1号"
issued = 2026-01-01
effect = { from = 2026-01-01, to = 2026-12-31 }
source = "wide.txt"
[[clause]]
number = "一"
title = "一"
summary = "各企业每月各办一次。"
[[values]]
id = "form"
title = "形式"
clause = "一"
"#,
    );
    let items: Vec<String> = (0..FORMS)
        .map(|f| format!("{{ id = \"form-{f}\", title = \"形式{f}\" }}"))
        .collect();
    text += &format!("items = [{}]\n", items.join(", "));
    for kind in 0..KINDS {
        text += &format!(
            "[[act]]\nid = \"act-{kind}\"\ntitle = \"记录{kind}\"\nclause = \"一\"\n\
             roles = [\"hosted\", \"took-part\"]\n[[act.field]]\nid = \"form\"\n\
             title = \"形式\"\nkind = \"choice\"\nvalues = \"form\"\nrequired = true\n"
        );
    }
    for duty in 0..DUTIES {
        let (kind, form) = (duty / FORMS, duty % FORMS);
        text += &format!(
            "[[duty]]\nid = \"duty-{duty}\"\ntitle = \"职责{duty}\"\nclause = \"一\"\n\
             owed_by = {{ body = \"enterprise\" }}\nact = \"act-{kind}\"\nrole = \"hosted\"\n\
             where = {{ form = [\"form-{form}\"] }}\nevery = \"month\"\n"
        );
    }
    vec![PackFile {
        path: "scheme.toml".to_owned(),
        text,
    }]
}

fn firm(wide: &Wide, n: u64) -> Outcome<Owner> {
    let firm = wide.firms.get(usize::try_from(n % BODIES)?);
    Ok(Owner::Body(*firm.ok_or("too few enterprises")?))
}

/// The n-th act that some duty counts.
fn done(wide: &Wide, n: u64, on: &str) -> ActDraft {
    let at = scattered(n);
    let who = firm(wide, at).map(|o| o.to_string()).unwrap_or_default();
    let duty = at / BODIES % DUTIES;
    let kind = format!("act-{}", duty / FORMS);
    let form = format!("form-{}", duty % FORMS);
    draft(&kind, on, &[("hosted", who)], &[("form", &form)])
}

/// Records an act for most obligations that have begun.
async fn fill(t: &TestApp, wide: &Wide) -> Outcome<u64> {
    let acts = BODIES * DUTIES * 10;
    let batch = u64::try_from(app::act::BATCH_MAX)?;
    for from in (0..acts).step_by(app::act::BATCH_MAX) {
        let on = day("2026-01-05") + Days::new(from * (DAYS - 5) / acts);
        let on = on.to_string();
        t.set_day(&on);
        t.shift(i64::try_from(from / batch)?);
        let drafts: Vec<ActDraft> = (from..acts.min(from + batch))
            .map(|n| done(wide, n, &on))
            .collect();
        app::act::record_many(&t.system(), &drafts).await?;
    }
    t.set_day(TODAY);
    Ok(acts)
}

/// Waivers of single obligations.
async fn rule(t: &TestApp, wide: &Wide) -> Outcome<()> {
    let ctx = t.system();
    let by = t.person_id("bangong");
    let ruling = |n: u64| -> Outcome<Ruling> {
        let duty = scattered(n) % DUTIES;
        Ok(Ruling {
            state: State::Approved(Decision::new(by, ctx.today, "同意")),
            ..new::ruling(
                (RulingId::new(ctx.ids.next(ctx.now)), t.home()),
                key(
                    "wide",
                    &format!("duty-{duty}"),
                    firm(wide, n)?,
                    &format!("2026-{:02}", 1 + n % 10),
                ),
                Wanted::Waiver,
                (by, ctx.today),
            )
        })
    };
    let rulings: Vec<Ruling> = (0..RULINGS).map(ruling).collect::<Outcome<_>>()?;
    let meta = store::Meta {
        home: t.home(),
        at: ctx.now,
        person: None,
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

/// The grid that is promised, and no smaller one.
async fn expect_cells(office: &Ctx) -> Outcome<()> {
    let query = ListDuties {
        year: Some(2026),
        scope: Some(Scope::Enterprises),
        ..ListDuties::default()
    };
    let all = testkit::every_duty(office, query).await?;
    let is_met = |i: &&app::duty::Item| i.standing.state == Stands::Met;
    let (found, met) = (all.len(), all.iter().filter(is_met).count());
    let wanted = usize::try_from(BODIES * MONTHS * DUTIES)?;
    if found != wanted || met < wanted / 3 {
        return Err(format!("{found} obligations, {met} met: not the county meant").into());
    }
    Ok(())
}

// --- the pages ----------------------------------------------------------------------------------

/// A browser that asks the router and times nothing but the answer.
struct Pages {
    router: Router,
    cookie: String,
}

impl Pages {
    async fn sign_in(t: &TestApp, office: &Ctx) -> Outcome<Self> {
        let login = &office.who()?.login;
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
}

/// The page of an obligation that has begun.
fn one_duty(wide: &Wide, n: u64) -> Outcome<String> {
    let at = scattered(n);
    let (who, duty, month) = (firm(wide, at)?, at / BODIES % DUTIES, 1 + at / 65_536 % 10);
    Ok(format!("/duties/wide/duty-{duty}/{who}/2026-{month:02}"))
}

// --- what it is held against --------------------------------------------------------------------

/// The time to judge as many cells as the grid has, where everything lies ready in one array.
fn flat() -> std::time::Duration {
    let today = day(TODAY);
    let due_on = |month: u64| {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
        first + Days::new(month * 30 + 29)
    };
    let cells: Vec<(Terms, Vec<CountedOn>)> = (0..BODIES * MONTHS * DUTIES)
        .map(|n| {
            let due_on = due_on(n % MONTHS);
            let terms = Terms {
                need: 1,
                opens_on: due_on - Days::new(29),
                ends_on: due_on,
                due_on,
                due_provisional: false,
                followed_from_on: day("2026-01-05"),
                by_occasion: false,
            };
            let hit = CountedOn {
                on: due_on,
                provisional: false,
            };
            (
                terms,
                vec![hit; usize::from(!scattered(n).is_multiple_of(3))],
            )
        })
        .collect();
    let from = Instant::now();
    let overdue = cells.iter().filter(|(terms, counted)| {
        judge(terms, counted, &Ruled::default(), today).state == Stands::Overdue
    });
    black_box(overdue.count());
    from.elapsed()
}
