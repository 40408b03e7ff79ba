//! The audit chain of every county, read.

use chrono::NaiveDate;
use domain::id::{BodyId, PersonId, PostId};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::Deserialize;

use crate::canon::Cells;
use crate::head::HeadLine;
use crate::page::Keyset;
use crate::read::count_of;
use crate::row::{audit, audit_head};
use crate::{Page, Read, Result, RowKey, Turn};

pub use crate::link::CLOCK_SET_BACK;

/// The verb of the link that takes into the chain, at an upgrade, what it did not name before.
pub const ADOPT: &str = "audit.adopt";
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// China has one zone, eight hours ahead of UTC.
pub(crate) const ZONE_MS: i64 = 8 * 3_600_000;

/// A row that a link changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RowChange {
    /// Table.
    pub table: String,
    /// Key: its parts with `|` between.
    pub key: String,
    /// Version after the change; 0 where the table has none.
    pub version: i64,
    /// Hash of the canonical row after the change.
    pub hash: String,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The county.
    pub home: BodyId,
    /// Number, from 1.
    pub seq: i64,
    /// When, in milliseconds UTC.
    pub at: i64,
    /// Who acted.
    pub person: Option<PersonId>,
    /// In which post.
    pub post: Option<PostId>,
    /// The system's user name, for the command line.
    pub operator: Option<String>,
    /// What was done.
    pub verb: String,
    /// To what.
    pub subject: String,
    /// The rows that changed.
    pub rows: Vec<RowChange>,
    /// Hash of the link before.
    pub prev: String,
    /// Hash of this link.
    pub hash: String,
}

/// Which links a list shows.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only this verb, or all that begin with `noun.`.
    pub verb: Option<String>,
    /// Only what was done to this.
    pub subject: Option<String>,
    /// Only this day in the county's zone.
    pub day: Option<NaiveDate>,
}

/// A page of a county's links, newest first, by a key of one part: the number.
pub async fn audit_page(
    r: &Read,
    home: BodyId,
    filter: &AuditFilter,
    turn: &Turn<'_>,
) -> Result<Page<AuditEntry, RowKey>> {
    let mut query = Query::select();
    query
        .columns(audit::Column::iter())
        .from(audit::Entity.table_ref())
        .and_where(audit::Column::Home.eq(home.to_string()));
    if let Some(person) = filter.person {
        query.and_where(audit::Column::Person.eq(person.to_string()));
    }
    if let Some(verb) = &filter.verb {
        query.and_where(if verb.ends_with('.') {
            audit::Column::Verb.starts_with(verb.as_str())
        } else {
            audit::Column::Verb.eq(verb.as_str())
        });
    }
    if let Some(subject) = &filter.subject {
        query.and_where(audit::Column::Subject.eq(subject.as_str()));
    }
    if let Some(day) = filter.day {
        query
            .and_where(audit::Column::At.gte(day_start(day)))
            .and_where(audit::Column::At.lt(day_start(day) + DAY_MS));
    }
    let count = count_of(r, &query).await?;
    let order = Keyset::new().number(Expr::col(audit::Column::Seq), sea_orm::Order::Desc);
    order.narrow(&mut query, turn)?;
    let mut items = Vec::new();
    for row in r.conn.query_all(&query).await? {
        items.push(entry_of(audit::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(items, turn, count, |entry| {
        vec![entry.seq.to_string()]
    }))
}

/// The first millisecond of a civil day in China.
pub fn day_start(day: NaiveDate) -> i64 {
    let days = day.signed_duration_since(NaiveDate::default()).num_days();
    days * DAY_MS - ZONE_MS
}

/// One link.
pub async fn audit_find(r: &Read, home: BodyId, seq: i64) -> Result<Option<AuditEntry>> {
    let row = audit::Entity::find_by_id((home.to_string(), seq))
        .one(&r.conn)
        .await?;
    row.map(entry_of).transpose()
}

/// The number of the last link up to an instant, 0 if there was none: for "as of".
pub async fn seq_at(r: &Read, home: BodyId, at: i64) -> Result<i64> {
    let row: Option<Option<i64>> = audit::Entity::find()
        .select_only()
        .column_as(Expr::col(audit::Column::Seq).max(), "seq")
        .filter(audit::Column::Home.eq(home.to_string()))
        .filter(audit::Column::At.lte(at))
        .into_tuple()
        .one(&r.conn)
        .await?;
    Ok(row.flatten().unwrap_or(0))
}

/// The number of the last link up to the end of a civil day in China.
pub async fn seq_at_end_of(r: &Read, home: BodyId, day: NaiveDate) -> Result<i64> {
    seq_at(r, home, day_start(day) + DAY_MS - 1).await
}

/// The newest link of a county's chain; none where nothing was ever recorded.
pub async fn audit_head_of(r: &Read, home: BodyId) -> Result<Option<HeadLine>> {
    let row = audit_head::Entity::find_by_id(home.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(head_of).transpose()
}

/// The newest links of all chains, by county.
pub async fn audit_heads(r: &Read) -> Result<Vec<HeadLine>> {
    audit_head::Entity::find()
        .order_by_asc(audit_head::Column::Home)
        .all(&r.conn)
        .await?
        .iter()
        .map(head_of)
        .collect()
}

fn head_of(row: &audit_head::Model) -> Result<HeadLine> {
    let home = Cells::new("audit_head", &row.home).parse("home", &row.home)?;
    Ok(HeadLine {
        home,
        seq: row.seq,
        hash: row.hash.clone(),
        at: row.at,
    })
}

/// The list of changed rows as it stands in a link.
pub(crate) fn rows_of(text: &str) -> Option<Vec<RowChange>> {
    let rows: Vec<(String, String, i64, String)> = serde_json::from_str(text).ok()?;
    let change = |(table, key, version, hash)| RowChange {
        table,
        key,
        version,
        hash,
    };
    Some(rows.into_iter().map(change).collect())
}

fn entry_of(row: audit::Model) -> Result<AuditEntry> {
    let id = format!("{}|{}", row.home, row.seq);
    let cells = Cells::new("audit", &id);
    Ok(AuditEntry {
        home: cells.parse("home", &row.home)?,
        seq: row.seq,
        at: row.at,
        person: cells.maybe("person", row.person.as_deref())?,
        post: cells.maybe("post", row.post.as_deref())?,
        rows: rows_of(&row.rows).ok_or_else(|| cells.corrupt("rows"))?,
        operator: row.operator,
        verb: row.verb,
        subject: row.subject,
        prev: row.prev,
        hash: row.hash,
    })
}
