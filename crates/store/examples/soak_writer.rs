//! A writer to be killed: records acts, prints `ack <id>` after each commit, and checks later that
//! nothing acknowledged is lost.
//!
//! `soak_writer --url URL --heads FILE` writes until it is killed; with `--check ACKS` it looks for
//! every acknowledged act and proves the chain instead. `cargo xtask soak` drives it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own: it has no edge above it that could read the clock"
)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, ActStep, FieldValue, Part, PartRole};
use domain::body::{Body, BodyKind, Level, Span};
use domain::id::{ActId, BodyId, Owner};
use domain::weigh::Counted;
use store::act::{act_insert, acts_by_ids};
use store::audit_verify::audit_verify;
use store::body::{body_find, body_insert};
use store::counted::{counted_insert, counted_of_act};
use store::{Heads, Meta, Store, StoreConfig, StoreError};
use uuid::Uuid;

/// Writers at once, so that a kill meets some in the queue and one in its transaction.
const WRITERS: u64 = 4;

type Trouble = Box<dyn std::error::Error + Send + Sync>;

struct Order {
    url: String,
    heads: PathBuf,
    check: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let order = order()?;
    let mut config = StoreConfig::new(&order.url);
    config.head_file = Some(order.heads.clone());
    let store = Store::open(&config).await?;
    match &order.check {
        Some(acks) => check(&store, &order.heads, acks).await,
        None => write(&store).await,
    }
}

fn order() -> Result<Order, Trouble> {
    let mut words = std::env::args().skip(1);
    let (mut url, mut heads, mut check) = (None, None, None);
    while let Some(word) = words.next() {
        let value = words.next();
        match word.as_str() {
            "--url" => url = value,
            "--heads" => heads = value.map(PathBuf::from),
            "--check" => check = value.map(PathBuf::from),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(Order {
        url: url.ok_or("--url is missing")?,
        heads: heads.ok_or("--heads is missing")?,
        check,
    })
}

fn home() -> BodyId {
    BodyId::new(Uuid::from_u128(1))
}

fn now() -> Result<(u128, i64), Trouble> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok((since.as_nanos(), i64::try_from(since.as_millis())?))
}

fn meta(subject: String) -> Result<Meta, Trouble> {
    Ok(Meta {
        home: home(),
        at: now()?.1,
        person: None,
        post: None,
        operator: Some("soak".to_owned()),
        verb: "act.record",
        subject,
    })
}

/// Records acts until it is killed.
async fn write(store: &Store) -> Result<(), Trouble> {
    store.migrate(0).await?;
    let county = county();
    let meta = meta(county.id.to_string())?;
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            if body_find(tx, county.id).await?.is_none() {
                body_insert(tx, &county).await?;
            }
            Ok(())
        })
        .await?;
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        writers.push(tokio::spawn(record(store.clone(), writer)));
    }
    for writer in writers {
        writer.await??;
    }
    Ok(())
}

async fn record(store: Store, writer: u64) -> Result<(), Trouble> {
    for n in 0_u64.. {
        // The instant and the writer make the id, so that no run repeats another one's.
        let id = ActId::new(Uuid::from_u128((now()?.0 << 8) | u128::from(writer)));
        let act = act(id, n);
        let counted = counted(&act)?;
        store
            .write::<_, StoreError, _>(&meta(id.to_string())?, async |tx| {
                act_insert(tx, &act, "").await?;
                counted_insert(tx, std::slice::from_ref(&counted)).await
            })
            .await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "ack {id}")?;
        out.flush()?;
    }
    Ok(())
}

/// Looks for every acknowledged act and for what it counts for, then proves the chain.
async fn check(store: &Store, heads: &Path, acks: &Path) -> Result<(), Trouble> {
    let text = std::fs::read_to_string(acks)?;
    let ids: Vec<ActId> = text.lines().map(str::parse).collect::<Result<_, _>>()?;
    let heads = Heads::read(heads)?;
    let (acts, verdict) = store
        .read::<_, StoreError, _>(async |r| {
            let newest = ids.last().copied();
            if let Some(newest) = newest
                && counted_of_act(r, newest, i64::MAX).await?.is_empty()
            {
                return Err(StoreError::Missing {
                    table: "counted",
                    key: newest.to_string(),
                });
            }
            let acts = acts_by_ids(r, &ids, i64::MAX).await?;
            Ok((acts, audit_verify(r, home(), Some(&heads)).await?))
        })
        .await?;
    let found: BTreeSet<ActId> = acts.iter().map(|act| act.id).collect();
    let lost: Vec<&ActId> = ids.iter().filter(|id| !found.contains(id)).collect();
    if let Some(first) = lost.first() {
        return Err(format!("{} acknowledged acts are lost, such as {first}", lost.len()).into());
    }
    if let Some(finding) = verdict.findings.first() {
        return Err(format!("the chain is not whole: {finding:?}").into());
    }
    println!(
        "{} acknowledged, {} links, {} rows",
        ids.len(),
        verdict.links,
        verdict.rows
    );
    Ok(())
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 5).unwrap_or_default()
}

fn county() -> Body {
    Body {
        id: home(),
        home: home(),
        kind: BodyKind::Jurisdiction,
        opened_on: day(),
        closed_on: None,
        sort_key: "1".to_owned(),
        spans: vec![Span {
            from_on: day(),
            to_on: None,
            parent: None,
            name: "泽安县".to_owned(),
            division: "999001".to_owned(),
            level: Level::County,
            attrs: std::collections::BTreeMap::default(),
        }],
        version: 1,
    }
}

fn act(id: ActId, n: u64) -> Act {
    let number = FieldValue::Number(i64::try_from(n).unwrap_or_default());
    Act {
        id,
        home: home(),
        kind: slug("inspection"),
        occurred_on: day(),
        period: None,
        form: None,
        version: 1,
        withdrawn: false,
        fields: [(slug("found"), number)].into(),
        parts: vec![Part {
            body: home(),
            post: None,
            role: PartRole::Hosted,
        }],
        events: vec![ActEvent {
            step: ActStep::Record,
            entered_on: day(),
            answer_by: None,
        }],
    }
}

fn counted(act: &Act) -> Result<Counted, Trouble> {
    Ok(Counted {
        pack: slug("soak"),
        duty: slug("inspect"),
        owner: Owner::Body(home()),
        period: "2026-11".parse()?,
        act: act.id,
        on: act.occurred_on,
        provisional: false,
    })
}

#[expect(
    clippy::expect_used,
    reason = "the texts stand in this file and are slugs"
)]
fn slug(text: &str) -> domain::id::Slug {
    text.parse().expect("a slug")
}
