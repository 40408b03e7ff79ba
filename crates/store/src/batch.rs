//! A transaction that writes share: what it stands on, who waits for it, what they hear.

use std::sync::atomic::AtomicBool;

use domain::id::BodyId;
use sea_orm::EntityTrait;
use tokio::sync::oneshot;

use crate::head::HeadLine;
use crate::read::{Known, Read};
use crate::row::{audit, audit_head};
use crate::{Result, StoreError};

/// At most so many writes are committed together.
const BATCH_MAX: usize = 32;

/// A transaction that is handed on.
pub(crate) struct Batch {
    /// What it sees.
    pub(crate) read: Read,
    /// The county's last link, those of this transaction included.
    pub(crate) head: Option<audit_head::Model>,
    /// It was seen that no derived rows stand at links to come.
    pub(crate) unplanted: AtomicBool,
    pub(crate) home: BodyId,
    /// The county has a row of its head already.
    pub(crate) founded: bool,
    pub(crate) linked: bool,
    /// The clock of the last write, in milliseconds UTC.
    pub(crate) at: i64,
    pub(crate) number: u64,
    pub(crate) waiting: Vec<Waiting>,
}

/// Somebody who waits for the commit.
pub(crate) struct Waiting {
    pub(crate) tell: oneshot::Sender<Outcome>,
    /// Why this write alone is undone, where it was not its closure that failed.
    pub(crate) refused: Option<StoreError>,
}

/// What somebody who waited hears.
pub(crate) enum Outcome {
    /// What the closure said holds.
    Holds,
    /// PostgreSQL asks to run it again.
    Again,
    /// Nothing was written, or it is not known.
    Lost(StoreError),
}

/// What is to be told when the gate is given back.
pub(crate) struct Done {
    pub(crate) tell: Vec<(oneshot::Sender<Outcome>, Outcome)>,
    pub(crate) head: Option<HeadLine>,
}

impl Batch {
    pub(crate) async fn begin(read: Read, home: BodyId, number: u64) -> Result<Self> {
        // An older program beside a newer one must not write what the newer one cannot prove.
        let schema = crate::steps::of(&read.conn).await?;
        if !schema.writable() {
            return Err(StoreError::Schema(schema));
        }
        let head = audit_head::Entity::find_by_id(home.to_string())
            .one(&read.conn)
            .await?;
        let known = Known {
            home,
            head: head.as_ref().map_or(0, |head| head.seq),
        };
        Ok(Self {
            read: read.knowing(known),
            founded: head.is_some(),
            head,
            unplanted: AtomicBool::new(false),
            home,
            linked: false,
            at: 0,
            number,
            waiting: Vec::new(),
        })
    }

    /// The link of a write stands.
    pub(crate) fn linked(&mut self, link: audit::Model) {
        if let Some(known) = &mut self.read.known {
            known.head = link.seq;
        }
        self.linked = true;
        self.head = Some(audit_head::Model {
            home: link.home,
            seq: link.seq,
            hash: link.hash,
            at: link.at,
        });
    }

    pub(crate) fn last(&self) -> Option<i64> {
        self.head.as_ref().map(|head| head.at)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.waiting.len() >= BATCH_MAX
    }

    /// Whether a statement met something after which nothing of this may be committed.
    pub(crate) fn is_spoilt(&self) -> bool {
        self.read.conn.asks_again() || self.read.conn.fault().is_some()
    }

    pub(crate) async fn put_head(&self) -> Result<Option<HeadLine>> {
        let (Some(head), true) = (&self.head, self.linked) else {
            return Ok(None);
        };
        if self.founded {
            self.read.change::<audit_head::Entity>(head, None).await?;
        } else {
            self.read
                .put_many::<audit_head::Entity>(std::slice::from_ref(head))
                .await?;
        }
        Ok(Some(HeadLine {
            home: self.home,
            seq: head.seq,
            hash: head.hash.clone(),
            at: head.at,
        }))
    }
}

impl Done {
    pub(crate) fn new(
        waiting: Vec<Waiting>,
        head: Option<HeadLine>,
        outcome: impl Fn() -> Outcome,
    ) -> Self {
        let tell = waiting.into_iter().map(|waiting| {
            let outcome = match (waiting.refused, outcome()) {
                (Some(error), Outcome::Holds | Outcome::Lost(_)) => Outcome::Lost(error),
                (_, outcome) => outcome,
            };
            (waiting.tell, outcome)
        });
        Self {
            tell: tell.collect(),
            head,
        }
    }
}
