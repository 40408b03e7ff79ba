//! Measures what everything else rests on: who owes what, and how each of it stands, for a county
//! of 10,000 bodies, 200 duties and 12 periods, from a million acts. Nothing is stored: the acts
//! are counted and 24 million obligations are judged through the functions that the program calls.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use chrono::{Days, NaiveDate};
use domain::act::{Act, ActEvent, ActStep, FieldValue, Part, PartRole};
use domain::body::{Attrs, Body, BodyKind, Level, Link, LinkKind, Span};
use domain::calendar::{Period, WorkCalendar};
use domain::duty::{Book, DutyLine, PackUse};
use domain::id::{ActId, BodyId, Owner, PackUseId, PostId, Slug};
use domain::pack::{Choices, PackFile, read, report};
use domain::post::Post;
use domain::standing::{CountedOn, Ruled, State, Terms, judge};
use domain::structure::Structure;
use domain::weigh::{NoRulings, count_act};
use serde_json::json;
use uuid::Uuid;

const BODIES: u64 = 10_000;
const COMMITTEES: u64 = 20;
const KINDS: u64 = 20;
const FORMS: u64 = 10;
const DUTIES: u64 = KINDS * FORMS;
const PERIODS: u64 = 12;
const ACTS: u32 = 1_000_000;
const TARGET_S: f64 = 10.0;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A counted act, as a grid looks at it: which duty, in which period, whose.
type Row = (usize, Period, Owner, CountedOn);

/// How many obligations stand in each state.
type Tally = BTreeMap<State, u64>;

fn main() -> Outcome<()> {
    let cores = thread::available_parallelism()?.get();
    let baseline = flat()?;
    let from = Instant::now();
    let county = county()?;
    let book = book()?;
    let set_up = from.elapsed().as_secs_f64();
    let rows = count(&book, &county, cores)?;
    let counted = from.elapsed().as_secs_f64() - set_up;
    let tally = stand(&book, &county, &rows, cores)?;
    let all = from.elapsed().as_secs_f64();
    let owed: u64 = tally.values().sum();
    if owed != BODIES * DUTIES * PERIODS || rows.len() < 900_000 {
        return Err(format!("{owed} owed, {} counted: not the county meant", rows.len()).into());
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{owed} obligations, {} acts count, {cores} cores: {tally:?}",
        rows.len()
    )?;
    let name = "standing of 10,000 bodies × 200 duties × 12 periods from 1 M acts";
    let figure = json!({
        "name": name, "value": all, "unit": "s", "target": TARGET_S, "baseline": baseline,
    });
    writeln!(out, "{figure}")?;
    for (name, value, unit) in [
        ("county indexed and pack compiled", set_up * 1e3, "ms"),
        (
            "counting one act of 1 M",
            counted / f64::from(ACTS) * 1e6,
            "µs",
        ),
        (
            "owed set and standing of 24 M obligations",
            all - set_up - counted,
            "s",
        ),
        ("the same from a flat array, one core", baseline, "s"),
        ("memory at its peak", peak_mb().unwrap_or_default(), "MB"),
    ] {
        writeln!(
            out,
            "{}",
            json!({ "name": name, "value": value, "unit": unit })
        )?;
    }
    Ok(())
}

// --- the county ---------------------------------------------------------------------------------

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default()
}

fn id(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair(kind, n + 1)
}

fn body(n: u64, kind: BodyKind) -> Body {
    let id = BodyId::new(id(1, n));
    let span = Span {
        from_on: start(),
        to_on: None,
        parent: None,
        name: format!("单位{n}"),
        division: String::new(),
        level: Level::Town,
        attrs: Attrs::new(),
    };
    Body {
        id,
        home: id,
        kind,
        opened_on: start(),
        closed_on: None,
        sort_key: format!("{n:06}"),
        spans: vec![span],
        version: 1,
    }
}

fn principal(n: u64) -> PostId {
    PostId::new(id(2, n))
}

/// Enterprises with a principal each, every one in the field of a committee.
fn county() -> Outcome<Structure> {
    let enterprises = (0..BODIES).map(|n| body(n, BodyKind::Enterprise));
    let committees = (BODIES..BODIES + COMMITTEES).map(|n| body(n, BodyKind::SpecialCommittee));
    let kind: Slug = "principal".parse()?;
    let post = |n| Post {
        id: principal(n),
        body: BodyId::new(id(1, n)),
        kind: kind.clone(),
        title: "主要负责人".to_owned(),
        ex_officio: None,
        from_on: start(),
        to_on: None,
        sort_key: format!("{n:06}"),
    };
    let link = |n| Link {
        kind: LinkKind::KeyEnterprise,
        a: BodyId::new(id(1, n)),
        b: BodyId::new(id(1, BODIES + n % COMMITTEES)),
        from_on: start(),
        to_on: None,
    };
    let links = (0..BODIES).map(link).collect();
    let posts = (0..BODIES).map(post).collect();
    Ok(Structure::new(
        enterprises.chain(committees).collect(),
        links,
        posts,
        Vec::new(),
    ))
}

/// A notice with a duty for each kind of act and form, owed in five different ways.
fn notice() -> String {
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
[[post]]
id = "principal"
title = "主要负责人"
clause = "一"
[[list]]
id = "enterprises"
title = "各企业"
clause = "一"
members = { body = "enterprise" }
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
    let owed_by = [
        "{ body = \"enterprise\" }",
        "{ list = \"enterprises\" }",
        "{ body = \"enterprise\", level = \"town\", without = { subject = true } }",
        "{ link = \"key-enterprise\", of = { body = \"special-committee\" } }",
        "{ body = \"enterprise\", post = \"principal\" }",
    ];
    for (duty, owed_by) in (0..DUTIES).zip(owed_by.iter().cycle()) {
        let (kind, form) = (duty / FORMS, duty % FORMS);
        text += &format!(
            "[[duty]]\nid = \"duty-{duty}\"\ntitle = \"职责{duty}\"\nclause = \"一\"\n\
             owed_by = {owed_by}\nact = \"act-{kind}\"\nrole = \"hosted\"\n\
             where = {{ form = [\"form-{form}\"] }}\nevery = \"month\"\n"
        );
    }
    text
}

fn book() -> Outcome<Book> {
    let files = [PackFile {
        path: "scheme.toml".to_owned(),
        text: notice(),
    }];
    let pack = read(&files, &[]).map_err(|problems| report(&problems.0, &files))?;
    let in_use = PackUse {
        id: PackUseId::new(id(3, 0)),
        home: BodyId::new(id(1, 0)),
        pack: pack.id.clone(),
        version: 1,
        from_on: start(),
        to_on: None,
        followed_from_on: start(),
        choices: Choices::default(),
    };
    let packs = vec![(Arc::new(in_use), Arc::new(pack))];
    Ok(Book::new(
        packs,
        &BTreeMap::new(),
        Arc::new(WorkCalendar::shipped()),
        Vec::new(),
    ))
}

// --- the acts -----------------------------------------------------------------------------------

/// A number that looks random and is the same in every run (splitmix64).
fn scattered(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What an act of the bench is about: whose, kind and form, day of the year.
fn seed(n: u64) -> (u64, u64, u64) {
    let at = scattered(n);
    (
        at % BODIES,
        at / BODIES % DUTIES,
        at / BODIES / DUTIES % 365,
    )
}

struct Words {
    kinds: Vec<Slug>,
    forms: Vec<String>,
    form: Slug,
}

impl Words {
    fn new() -> Outcome<Self> {
        let kinds = (0..KINDS).map(|k| format!("act-{k}").parse());
        Ok(Self {
            kinds: kinds.collect::<Result<_, _>>()?,
            forms: (0..FORMS).map(|f| format!("form-{f}")).collect(),
            form: "form".parse()?,
        })
    }

    /// The n-th act: an enterprise does it, through its principal; another one takes part.
    fn act(&self, n: u64) -> Act {
        let (whose, duty, day) = seed(n);
        let new_year = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
        let on = new_year + Days::new(day);
        let word = |all: u64| usize::try_from(all).unwrap_or(0);
        let form = self
            .forms
            .get(word(duty % FORMS))
            .cloned()
            .unwrap_or_default();
        let part = |n, role| Part {
            body: BodyId::new(id(1, n)),
            post: Some(principal(n)),
            role,
        };
        Act {
            id: ActId::new(id(4, n)),
            home: BodyId::new(id(1, 0)),
            kind: self
                .kinds
                .get(word(duty / FORMS))
                .unwrap_or(&self.form)
                .clone(),
            occurred_on: on,
            period: None,
            form: None,
            version: 1,
            withdrawn: false,
            fields: [(self.form.clone(), FieldValue::Text(form))].into(),
            parts: vec![
                part(whose, PartRole::Hosted),
                part((whose + 1) % BODIES, PartRole::TookPart),
            ],
            events: vec![ActEvent {
                step: ActStep::Record,
                entered_on: on,
                answer_by: None,
            }],
        }
    }
}

/// Does the work in as many parts as there are cores, one thread each.
fn on_all<T: Send>(cores: usize, work: impl Fn(u64) -> Outcome<T> + Sync) -> Outcome<Vec<T>> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..cores as u64)
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        let done = threads
            .into_iter()
            .map(|t| t.join().map_err(|_| "a thread broke off")?);
        done.collect()
    })
}

/// Counts every act; the rows sorted by duty, period and owner.
fn count(book: &Book, county: &Structure, cores: usize) -> Outcome<Vec<Row>> {
    let words = Words::new()?;
    let places = book.lines().iter().enumerate();
    let places: HashMap<&str, usize> = places.map(|(at, l)| (l.id.as_str(), at)).collect();
    let mut parts = on_all(cores, |part| {
        let mut rows = Vec::new();
        for n in (part..u64::from(ACTS)).step_by(cores) {
            for row in count_act(book, county, &words.act(n), &NoRulings) {
                let at = *places
                    .get(row.key.duty.as_str())
                    .ok_or("a duty of another book")?;
                let hit = CountedOn {
                    on: row.on,
                    provisional: row.provisional,
                };
                rows.push((at, row.key.period, row.key.owner, hit));
            }
        }
        rows.sort_unstable();
        Ok(rows)
    })?;
    let mut rows: Vec<Row> = parts.drain(..).flatten().collect();
    rows.sort();
    Ok(rows)
}

/// Judges everything that is owed in the year.
fn stand(book: &Book, county: &Structure, rows: &[Row], cores: usize) -> Outcome<Tally> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap_or_default();
    let parts = on_all(cores, |part| {
        let mut tally = Tally::new();
        for (at, line) in book.lines().iter().enumerate() {
            if at as u64 % cores as u64 == part {
                stand_line(book, county, (at, line), rows, today, &mut tally);
            }
        }
        Ok(tally)
    })?;
    let mut all = Tally::new();
    for (state, many) in parts.into_iter().flatten() {
        *all.entry(state).or_default() += many;
    }
    Ok(all)
}

fn stand_line(
    book: &Book,
    county: &Structure,
    (at, line): (usize, &DutyLine),
    rows: &[Row],
    today: NaiveDate,
    tally: &mut Tally,
) {
    let year = Period::of(domain::calendar::PeriodKind::Year, today);
    for period in book.periods(line, year.first_day(), year.last_day()) {
        let from = rows.partition_point(|r| (r.0, r.1) < (at, period));
        let mine = rows.get(from..).unwrap_or_default();
        let mine = mine.iter().take_while(|r| (r.0, r.1) == (at, period));
        let mut hits: HashMap<Owner, Vec<CountedOn>> = HashMap::new();
        for (.., owner, hit) in mine {
            hits.entry(*owner).or_default().push(*hit);
        }
        let owners = book.owners(line, period, county, today);
        let obligation = owners
            .first()
            .and_then(|o| book.obligation(line, *o, period));
        let Some(terms) = obligation.map(|o| Terms::of(&o)) else {
            continue;
        };
        for owner in owners {
            let counted = hits.get(&owner).map_or(&[][..], Vec::as_slice);
            let standing = judge(&terms, counted, &Ruled::default(), today);
            *tally.entry(standing.state).or_default() += 1;
        }
    }
}

// --- what it is held against --------------------------------------------------------------------

/// Seconds that the same figures take without any structure: counts in one flat array, every cell
/// looked at once.
fn flat() -> Outcome<f64> {
    let from = Instant::now();
    let cells = usize::try_from(BODIES * DUTIES * PERIODS)?;
    let mut counts = vec![0_u8; cells];
    for n in 0..ACTS {
        let (whose, duty, day) = seed(u64::from(n));
        let period = day * PERIODS / 366;
        let cell = usize::try_from((duty * PERIODS + period) * BODIES + whose)?;
        if let Some(count) = counts.get_mut(cell) {
            *count = count.saturating_add(1);
        }
    }
    let met = counts.iter().filter(|c| **c > 0).count();
    if met == 0 {
        return Err("nothing was counted".into());
    }
    Ok(from.elapsed().as_secs_f64())
}

/// The most memory that the process ever held, where the system tells.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kb: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kb / 1024.0)
}
