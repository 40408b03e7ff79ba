//! The handle that writes: [`Tx`] looks as [`Read`] does, and keeps the list for the audit link.
//!
//! Everything that takes `&Read` takes `&Tx` as well, for a transaction reads what it wrote.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::id::{BodyId, PersonId, PostId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn,
    Value,
};
use serde::Serialize;

use crate::batch::Batch;
use crate::derived::{adopted, changed, opened, refuse_planted};
use crate::error::First;
use crate::link::{CLOCK_SET_BACK, GENESIS, GONE, link_hash};
use crate::read::Read;
use crate::row::{Audited, audit, counted, row_hash, row_key};
use crate::{Result, StoreError};

/// At most so many audited rows in one transaction; larger loads come in several.
pub const LINK_ROWS_MAX: usize = 50_000;
/// A clock so far behind the last link is refused, in milliseconds.
pub const CLOCK_BEHIND_MAX_MS: i64 = 10 * 60 * 1000;
/// How many links are looked through for who was first.
const STALE_LOOK_MAX: i64 = 20_000;
/// So many derived rows of one link are held until it is written; more are read again.
const OPENED_HELD_MAX: usize = 500;

/// Who writes what, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The county whose chain records it.
    pub home: BodyId,
    /// The clock, in milliseconds UTC.
    pub at: i64,
    /// The person who acts.
    pub person: Option<PersonId>,
    /// The post acted in.
    pub post: Option<PostId>,
    /// The system's user name, when it comes from the command line.
    pub operator: Option<String>,
    /// What is done, such as `act.record`.
    pub verb: &'static str,
    /// What it is done to: an id, or a few words where there is none yet.
    pub subject: String,
}

/// One changed row, as it goes into the link.
struct Change {
    version: i64,
    hash: String,
}

#[derive(Default)]
struct State {
    changes: BTreeMap<(&'static str, String), Change>,
    subject: Option<String>,
    noted: bool,
    derived: Derived,
}

/// What a transaction did to derived rows.
#[derive(Default)]
enum Derived {
    /// Nothing.
    #[default]
    Untouched,
    /// It opened these and closed none.
    Opened(Vec<counted::Model>),
    /// It opened or closed some.
    Changed,
    /// It takes those that stand into the chain, with their history.
    Adopted,
}

/// One write: a part of a transaction, with a link of its own in the chain.
pub struct Tx {
    pub(crate) batch: Batch,
    meta: Meta,
    at: i64,
    state: Mutex<State>,
}

impl Deref for Tx {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.batch.read
    }
}

/// The instant of a write whose county's last link is of `last`: the clock, or that one if it is
/// later. A clock that stands far behind is refused.
pub(crate) fn instant(meta: &Meta, last: Option<i64>) -> Result<i64> {
    let last = last.unwrap_or(i64::MIN);
    if meta.verb == CLOCK_SET_BACK {
        return Ok(meta.at);
    }
    if meta.at < last.saturating_sub(CLOCK_BEHIND_MAX_MS) {
        return Err(StoreError::ClockBehind { now: meta.at, last });
    }
    Ok(Ord::max(meta.at, last))
}

impl Tx {
    pub(crate) fn new(batch: Batch, meta: Meta, at: i64) -> Self {
        Self {
            batch,
            meta,
            at,
            state: Mutex::default(),
        }
    }

    /// The instant of this transaction: the clock, or the last link's instant if that is later.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// The number that this transaction's link will have in its county's chain.
    pub fn seq(&self) -> i64 {
        self.batch.head.as_ref().map_or(0, |head| head.seq) + 1
    }

    /// Who writes what.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The county whose chain is written.
    pub fn home(&self) -> BodyId {
        self.meta.home
    }

    /// Says what it is done to, once that is known.
    pub fn subject(&self, subject: impl Into<String>) {
        self.state().subject = Some(subject.into());
    }

    /// Asks for a link even if no audited row changes: a refused sign-in, a look at the trail.
    pub fn note(&self) {
        self.state().noted = true;
    }

    /// The tables of which audited rows changed so far.
    pub fn tables(&self) -> Vec<&'static str> {
        let mut out: Vec<&str> = self
            .state()
            .changes
            .keys()
            .map(|(table, _)| *table)
            .collect();
        out.dedup();
        out
    }

    /// Says that rows of `counted` are opened: the link then holds their hash.
    pub(crate) async fn opens(&self, rows: &[counted::Model]) -> Result<()> {
        self.refuse_planted().await?;
        let mut state = self.state();
        let held = match std::mem::take(&mut state.derived) {
            Derived::Untouched => Some(Vec::new()),
            Derived::Opened(held) => Some(held),
            Derived::Changed | Derived::Adopted => None,
        };
        state.derived = match held {
            Some(mut held) if held.len() + rows.len() <= OPENED_HELD_MAX => {
                held.extend_from_slice(rows);
                Derived::Opened(held)
            }
            Some(_) | None => Derived::Changed,
        };
        Ok(())
    }

    /// Says that rows of `counted` are closed: the link then holds their hash.
    pub(crate) async fn closes(&self) -> Result<()> {
        self.refuse_planted().await?;
        self.state().derived = Derived::Changed;
        Ok(())
    }

    /// Once for all writes of a transaction: nobody else can put rows where it would see them.
    async fn refuse_planted(&self) -> Result<()> {
        if !self.batch.unplanted.load(Ordering::Relaxed) {
            refuse_planted(self, self.meta.home, self.seq()).await?;
            self.batch.unplanted.store(true, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Takes the derived rows that stand, with their history, into this link.
    pub(crate) fn adopts(&self) {
        self.state().derived = Derived::Adopted;
    }

    /// Takes a row that stands into this link without changing it.
    pub(crate) fn adopt<E>(&self, model: &E::Model) -> Result<()>
    where
        E: Audited,
        E::Model: Serialize,
    {
        let hashed = row_hash::<E>(model)?;
        let change = Change {
            version: hashed.version,
            hash: hashed.hash,
        };
        // Once, at an upgrade: as many as there are, whatever one link may hold at other times.
        let mut state = self.state();
        state.changes.insert((E::NAME, row_key::<E>(model)), change);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Inserts an audited row.
    pub(crate) async fn insert<E>(&self, model: E::Model) -> Result<()>
    where
        E: Audited,
        E::Model: Serialize,
    {
        self.insert_many::<E>(std::slice::from_ref(&model)).await
    }

    /// Inserts audited rows, in as few statements as the engine takes.
    pub(crate) async fn insert_many<E>(&self, models: &[E::Model]) -> Result<()>
    where
        E: Audited,
        E::Model: Serialize,
    {
        for model in models {
            self.register::<E>(model)?;
        }
        self.put_many::<E>(models).await
    }

    /// Updates an audited row by its key; the model holds the version that was read.
    pub(crate) async fn update<E>(&self, mut model: E::Model) -> Result<i64>
    where
        E: Audited,
        E::Model: Serialize,
    {
        let mut version = 0;
        for column in E::Column::iter().filter(|c| c.as_str() == "version") {
            let Value::BigInt(Some(old)) = model.get(column) else {
                continue;
            };
            version = old + 1;
            model.set(column, Value::BigInt(Some(version)));
        }
        self.register::<E>(&model)?;
        let changed = self.change::<E>(&model, Some(version - 1)).await?;
        if changed == 1 {
            return Ok(version);
        }
        let key = row_key::<E>(&model);
        let first = self.first(E::NAME, &key).await?;
        Err(StoreError::Stale {
            table: E::NAME,
            key,
            first,
        })
    }

    /// Deletes audited rows; the link says that they are gone.
    pub(crate) async fn remove_many<E>(&self, models: &[E::Model]) -> Result<u64>
    where
        E: Audited,
        E::Model: Serialize,
    {
        let keys: Vec<E::Column> = E::PrimaryKey::iter()
            .map(PrimaryKeyToColumn::into_column)
            .collect();
        let mut gone = 0;
        for model in models {
            let mut query = Query::delete();
            query.from_table(E::default().table_ref());
            for key in &keys {
                query.and_where(key.eq(model.get(*key)));
            }
            gone += self.conn.execute(&query).await?.rows_affected();
            self.register::<E>(model)?;
            let change = Change {
                version: 0,
                hash: GONE.to_owned(),
            };
            let mut state = self.state();
            state.changes.insert((E::NAME, row_key::<E>(model)), change);
        }
        Ok(gone)
    }

    /// Fails with who was first unless the caller has seen the row's newest version.
    pub(crate) async fn expect_version(
        &self,
        table: &'static str,
        key: &str,
        found: i64,
        seen: i64,
    ) -> Result<()> {
        if found == seen {
            return Ok(());
        }
        let first = self.first(table, key).await?;
        Err(StoreError::Stale {
            table,
            key: key.to_owned(),
            first,
        })
    }

    /// Puts the row into the link's list.
    fn register<E>(&self, model: &E::Model) -> Result<()>
    where
        E: Audited,
        E::Model: Serialize,
    {
        let hashed = row_hash::<E>(model)?;
        let home = self.meta.home.to_string();
        if hashed.home != home {
            return Err(StoreError::Foreign {
                table: E::NAME,
                home,
                found: hashed.home,
            });
        }
        let mut state = self.state();
        let change = Change {
            version: hashed.version,
            hash: hashed.hash,
        };
        state.changes.insert((E::NAME, row_key::<E>(model)), change);
        if state.changes.len() > LINK_ROWS_MAX {
            return Err(StoreError::Limit {
                what: "rows in one entry",
                max: LINK_ROWS_MAX,
            });
        }
        Ok(())
    }

    /// The newest link that names a row.
    async fn first(&self, table: &str, key: &str) -> Result<Option<Box<First>>> {
        let name = serde_json::json!([table, key]).to_string();
        let name = name.trim_end_matches(']');
        let like = format!("%{}%", name.replace('\\', "\\\\").replace('_', "\\_"));
        let query = Query::select()
            .columns(audit::Column::iter())
            .from(audit::Entity.table_ref())
            .and_where(audit::Column::Home.eq(self.meta.home.to_string()))
            .and_where(audit::Column::Seq.gt(self.seq() - STALE_LOOK_MAX))
            .and_where(
                Expr::col(audit::Column::Rows)
                    .like(sea_orm::sea_query::LikeExpr::new(like).escape('\\')),
            )
            .order_by(audit::Column::Seq, sea_orm::Order::Desc)
            .limit(1)
            .to_owned();
        let Some(row) = self.conn.query_one(&query).await? else {
            return Ok(None);
        };
        let row = <audit::Model as sea_orm::FromQueryResult>::from_query_result(&row, "")?;
        Ok(Some(Box::new(First {
            person: row.person.as_deref().and_then(|id| id.parse().ok()),
            operator: row.operator,
            at: row.at,
            seq: row.seq,
            verb: row.verb,
        })))
    }

    /// Writes the link, if there is anything to say.
    pub(crate) async fn link(&mut self) -> Result<()> {
        let derived = std::mem::take(&mut self.state().derived);
        let home = self.meta.home;
        let derived = match derived {
            Derived::Untouched => None,
            Derived::Opened(rows) => Some(opened(rows)?),
            Derived::Changed => Some(changed(self, home, self.seq()).await?),
            Derived::Adopted => Some(adopted(self, home, self.seq()).await?),
        };
        let Some(row) = self.link_row(derived)? else {
            return Ok(());
        };
        self.put_many::<audit::Entity>(std::slice::from_ref(&row))
            .await?;
        self.batch.linked(row);
        Ok(())
    }

    /// The link of what was done, if anything was.
    fn link_row(&self, derived: Option<String>) -> Result<Option<audit::Model>> {
        let mut state = self.state();
        if state.changes.is_empty() && !state.noted && derived.is_none() {
            return Ok(None);
        }
        let changes = std::mem::take(&mut state.changes);
        let rows: Vec<_> = changes
            .iter()
            .map(|((table, key), c)| serde_json::json!([table, key, c.version, c.hash]))
            .collect();
        let subject = state.subject.take();
        let mut link = audit::Model {
            home: self.meta.home.to_string(),
            seq: self.seq(),
            at: self.at,
            person: self.meta.person.map(|id| id.to_string()),
            post: self.meta.post.map(|id| id.to_string()),
            operator: self.meta.operator.clone(),
            verb: self.meta.verb.to_owned(),
            subject: subject.unwrap_or_else(|| self.meta.subject.clone()),
            rows: serde_json::Value::Array(rows).to_string(),
            prev: self
                .batch
                .head
                .as_ref()
                .map_or_else(|| GENESIS.to_owned(), |h| h.hash.clone()),
            hash: String::new(),
            derived: derived.unwrap_or_else(|| GONE.to_owned()),
        };
        link.hash = link_hash(&link)?;
        Ok(Some(link))
    }
}
