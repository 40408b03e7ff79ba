//! What a writer under faults does and says, line by line:
//!
//! * `ack ID`: the act is committed, and must be there whatever happens from then on;
//! * `refused ID WHY`: it is not recorded yet; the same act is tried again, so that one sees
//!   writing come back without a new start;
//! * `read N`, `unread WHY`: how reading goes on meanwhile.
//!
//! The stories of faults are told with the same writer.
#![expect(
    clippy::disallowed_methods,
    reason = "it has no edge above it that could read the clock"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, ActStep, FieldValue, Part, PartRole};
use domain::body::{Body, BodyKind, Level, Span};
use domain::id::{ActId, BodyId, Owner};
use domain::weigh::Counted;
use store::act::{act_insert, acts_by_ids};
use store::audit::audit_head_of;
use store::audit_verify::audit_verify;
use store::body::{body_find, body_insert};
use store::counted::{counted_insert, counted_of_act};
use store::{Heads, Meta, Store, StoreError};
use uuid::Uuid;

/// Writers at once, so that a fault meets some in the queue and one in its transaction.
const WRITERS: u64 = 8;
/// How long a refused write waits before it is tried again.
const AGAIN_PAUSE: Duration = Duration::from_millis(10);
/// How often the reader looks.
const READ_PAUSE: Duration = Duration::from_millis(50);

/// Why the writer or the check stopped.
pub(crate) type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// The county of every act.
pub(crate) fn home() -> BodyId {
    BodyId::new(Uuid::from_u128(1))
}

fn now() -> Result<(u128, i64), Trouble> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok((since.as_nanos(), i64::try_from(since.as_millis())?))
}

/// Who writes what, now.
pub(crate) fn meta(subject: String) -> Result<Meta, Trouble> {
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

/// Makes the tables and the county where they do not stand yet.
pub(crate) async fn begin(store: &Store) -> Result<(), Trouble> {
    store.migrate(0, 0).await?;
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
    Ok(())
}

/// Records acts until it is killed.
pub(crate) async fn write(store: &Store) -> Result<(), Trouble> {
    begin(store).await?;
    let mut tasks = vec![tokio::spawn(read(store.clone()))];
    for writer in 0..WRITERS {
        tasks.push(tokio::spawn(record(store.clone(), writer)));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

async fn read(store: Store) -> Result<(), Trouble> {
    loop {
        let head = store.read(async |r| audit_head_of(r, home()).await).await;
        match head {
            Ok(head) => say(format_args!("read {}", head.map_or(0, |head| head.seq)))?,
            Err(error) => say(format_args!("unread {error}"))?,
        }
        tokio::time::sleep(READ_PAUSE).await;
    }
}

async fn record(store: Store, writer: u64) -> Result<(), Trouble> {
    for n in 0_u64.. {
        let act = next_act(writer, n)?;
        let mut refused = false;
        loop {
            match record_once(&store, &act).await? {
                Ok(()) => break,
                // The answer was lost and the act was not: nobody else makes this id.
                Err(StoreError::Taken { table: "act", .. }) if refused => break,
                Err(error) => say(format_args!("refused {} {error}", act.id))?,
            }
            refused = true;
            tokio::time::sleep(AGAIN_PAUSE).await;
        }
        say(format_args!("ack {}", act.id))?;
    }
    Ok(())
}

/// Prints one line whole.
fn say(what: std::fmt::Arguments<'_>) -> Result<(), Trouble> {
    let line = what.to_string().replace('\n', " ");
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

/// An act that no run made before: the instant and the writer make its id.
pub(crate) fn next_act(writer: u64, n: u64) -> Result<Act, Trouble> {
    let id = ActId::new(Uuid::from_u128((now()?.0 << 8) | u128::from(writer)));
    Ok(act(id, n))
}

/// Tries once to record an act and what it counts for.
pub(crate) async fn record_once(
    store: &Store,
    act: &Act,
) -> Result<Result<(), StoreError>, Trouble> {
    let counted = counted(act)?;
    let meta = meta(act.id.to_string())?;
    let write = store.write::<_, StoreError, _>(&meta, async |tx| {
        act_insert(tx, act, "").await?;
        counted_insert(tx, std::slice::from_ref(&counted)).await
    });
    Ok(write.await)
}

/// Looks for every acknowledged act and for what the newest counts for, then proves the chain.
pub(crate) async fn check(store: &Store, heads: &Path, ids: &[ActId]) -> Result<(), Trouble> {
    let heads = Heads::read(heads)?;
    let (acts, counted, verdict) = store
        .read::<_, StoreError, _>(async |r| {
            let counted = match ids.last() {
                Some(newest) => counted_of_act(r, *newest, i64::MAX).await?.len(),
                None => 1,
            };
            let acts = acts_by_ids(r, ids, i64::MAX).await?;
            Ok((acts, counted, audit_verify(r, home(), Some(&heads)).await?))
        })
        .await?;
    let found: BTreeSet<ActId> = acts.iter().map(|act| act.id).collect();
    let lost: Vec<&ActId> = ids.iter().filter(|id| !found.contains(id)).collect();
    if let Some(first) = lost.first() {
        return Err(format!("{} acknowledged acts are lost, such as {first}", lost.len()).into());
    }
    if counted != 1 {
        return Err("what the newest act counts for is lost".into());
    }
    if let Some(finding) = verdict.findings.first() {
        return Err(format!("the chain is not whole: {finding:?}").into());
    }
    if !verdict.tail_proven {
        return Err("the head file says nothing of the county".into());
    }
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
            attrs: BTreeMap::default(),
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
        key: domain::duty::Key {
            pack: slug("soak"),
            duty: slug("inspect"),
            owner: Owner::Body(home()),
            period: "2026-11".parse()?,
        },
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
