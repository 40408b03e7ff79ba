//! Acts: one row for what stands, one row for every version of it.
//!
//! **Invariant:** a version is never changed. The act's row repeats the newest version's day and
//! period, so that lists need one index; `act_part` is an index of the versions' parts and repeats
//! the day for those that stand.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, ActStep, Fields, Part};
use domain::calendar::Period;
use domain::id::{ActId, BodyId, PersonId, PostId, Slug};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder,
};

use crate::body_tree::below;
use crate::canon::{Cells, OPEN_SEQ, bound, canonical};
use crate::conn::unsearched;
use crate::read::{IDS_AT_ONCE, contains, count_of};
use crate::row::{act, act_part, act_version};
use crate::{Count, Read, Result, StoreError, Tx};

/// One version of an act, with who made it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActVersion {
    /// Counts up from 1.
    pub version: i64,
    /// What made it.
    pub event: ActEvent,
    /// The day it happened, as this version says.
    pub occurred_on: NaiveDate,
    /// The period it answers for, as this version says.
    pub period: Option<Period>,
    /// Field values.
    pub fields: Fields,
    /// Who did what.
    pub parts: Vec<Part>,
    /// Why.
    pub reason: String,
    /// When, in milliseconds UTC.
    pub at: i64,
    /// By whom.
    pub person: Option<PersonId>,
    /// In which post.
    pub post: Option<PostId>,
    /// Number of its link in the county's chain.
    pub seq: i64,
}

/// An act as it stands, with all its versions, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActHistory {
    /// The newest version.
    pub act: Act,
    /// All of them.
    pub versions: Vec<ActVersion>,
}

/// Where a page of acts ends: the day and the id of its last one.
pub type ActKey = (NaiveDate, ActId);

/// Records an act: its row, its first version, its parts. The first of `events` is the step.
pub async fn act_insert(tx: &Tx, new: &Act, reason: &str) -> Result<()> {
    acts_insert(tx, std::slice::from_ref(new), reason).await
}

/// Records acts, in few statements.
pub async fn acts_insert(tx: &Tx, new: &[Act], reason: &str) -> Result<()> {
    let mut acts = Vec::with_capacity(new.len());
    let mut versions = Vec::with_capacity(new.len());
    let mut parts = Vec::new();
    for act in new {
        let Some(event) = act.events.first() else {
            return Err(StoreError::Missing {
                table: "act_version",
                key: act.id.to_string(),
            });
        };
        acts.push(act_row(act, 1));
        versions.push(version_row(tx, act, event, reason, 1)?);
        parts.extend(part_rows(act, 1));
    }
    tx.insert_many::<act::Entity>(&acts).await?;
    tx.insert_many::<act_version::Entity>(&versions).await?;
    tx.put_many::<act_part::Entity>(&parts).await
}

/// Adds a version: `changed` is the act as it is to stand, with the version that was read. Returns
/// the new version; somebody else's newer one makes it `Stale`.
pub async fn act_version_add(
    tx: &Tx,
    changed: &Act,
    event: &ActEvent,
    reason: &str,
) -> Result<i64> {
    let version = tx
        .update::<act::Entity>(act_row(changed, changed.version))
        .await?;
    tx.insert::<act_version::Entity>(version_row(tx, changed, event, reason, version)?)
        .await?;
    let open = act_part::Entity::find()
        .filter(act_part::Column::Act.eq(changed.id.to_string()))
        .filter(act_part::Column::ToVersion.eq(OPEN_SEQ))
        .order_by_asc(act_part::Column::N)
        .all(&tx.conn)
        .await?;
    let wanted = part_rows(changed, version);
    let same = open.len() == wanted.len()
        && open.iter().zip(&wanted).all(|(a, b)| {
            (&a.body, &a.post, &a.role, &a.occurred_on)
                == (&b.body, &b.post, &b.role, &b.occurred_on)
        });
    if !same {
        let update = Query::update()
            .table(act_part::Entity.table_ref())
            .value(act_part::Column::ToVersion, version)
            .and_where(act_part::Column::Act.eq(changed.id.to_string()))
            .and_where(act_part::Column::ToVersion.eq(OPEN_SEQ))
            .to_owned();
        tx.conn.execute(&update).await?;
        tx.put_many::<act_part::Entity>(&wanted).await?;
    }
    Ok(version)
}

fn act_row(a: &Act, version: i64) -> act::Model {
    act::Model {
        id: a.id.to_string(),
        home: a.home.to_string(),
        kind: a.kind.to_string(),
        occurred_on: a.occurred_on.to_string(),
        period: a.period.map(|p| p.to_string()),
        form: a.form.clone(),
        withdrawn: a.withdrawn,
        version,
    }
}

fn version_row(
    tx: &Tx,
    a: &Act,
    event: &ActEvent,
    reason: &str,
    version: i64,
) -> Result<act_version::Model> {
    Ok(act_version::Model {
        act: a.id.to_string(),
        version,
        home: a.home.to_string(),
        step: event.step.to_string(),
        entered_on: event.entered_on.to_string(),
        answer_by: event.answer_by.map(|day| day.to_string()),
        occurred_on: a.occurred_on.to_string(),
        period: a.period.map(|p| p.to_string()),
        fields: canonical(&a.fields)?,
        parts: canonical(&a.parts)?,
        reason: reason.to_owned(),
        at: tx.at(),
        person: tx.meta().person.map(|id| id.to_string()),
        post: tx.meta().post.map(|id| id.to_string()),
        seq: tx.seq(),
    })
}

fn part_rows(a: &Act, version: i64) -> Vec<act_part::Model> {
    (0_i64..)
        .zip(&a.parts)
        .map(|(n, part)| act_part::Model {
            act: a.id.to_string(),
            n,
            from_version: version,
            to_version: OPEN_SEQ,
            body: part.body.to_string(),
            post: part.post.map(|id| id.to_string()).unwrap_or_default(),
            role: part.role.to_string(),
            occurred_on: a.occurred_on.to_string(),
        })
        .collect()
}

/// One act as it stands, with all its versions.
pub async fn act_find(r: &Read, id: ActId) -> Result<Option<ActHistory>> {
    let Some(row) = act::Entity::find_by_id(id.to_string()).one(&r.conn).await? else {
        return Ok(None);
    };
    let rows = act_version::Entity::find()
        .filter(act_version::Column::Act.eq(id.to_string()))
        .order_by_asc(act_version::Column::Version)
        .all(&r.conn)
        .await?;
    let versions = rows.iter().map(version_of).collect::<Result<Vec<_>>>()?;
    let act = act_of(&row, &rows.iter().collect::<Vec<_>>())?
        .ok_or_else(|| Cells::new("act", &row.id).corrupt("version"))?;
    Ok(Some(ActHistory { act, versions }))
}

/// The acts with these ids as of a link, by day and id. `i64::MAX` is now.
pub async fn acts_by_ids(r: &Read, ids: &[ActId], as_of: i64) -> Result<Vec<Act>> {
    let mut out = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(IDS_AT_ONCE) {
        let rows = act::Entity::find()
            .filter(act::Column::Id.is_in(chunk.iter().map(ToString::to_string)))
            .all(&r.conn)
            .await?;
        out.extend(acts(r, &rows, as_of).await?);
    }
    out.sort_by_key(|act| (act.occurred_on, act.id));
    Ok(out)
}

/// Which acts a list shows. The default is all that were not withdrawn.
#[derive(Debug, Clone, Default)]
pub struct ActFilter {
    /// Only these kinds; empty is all.
    pub kinds: Vec<Slug>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day, included.
    pub to: Option<NaiveDate>,
    /// Only acts in which one of these bodies has a part.
    pub bodies: Option<Vec<BodyId>>,
    /// Or one that stands below one of these on the day.
    pub below: Option<(Vec<BodyId>, NaiveDate)>,
    /// Only acts in which somebody acted in this post.
    pub post: Option<PostId>,
    /// Only returns of this form, `pack/form`.
    pub form: Option<String>,
    /// Only acts that answer for this period.
    pub period: Option<Period>,
    /// Only acts with this text in a field.
    pub text: Option<String>,
    /// Withdrawn ones too.
    pub withdrawn_too: bool,
    /// Only what was recorded up to this link; versions after it are not shown.
    pub as_of: Option<i64>,
}

/// How many acts a filter lets through, counted along the days.
pub(crate) async fn count_by_day(r: &Read, home: BodyId, filter: &ActFilter) -> Result<Count> {
    count_of(r, &filtered(r, home, filter, Way::Days)).await
}

/// Some of a county's acts, oldest day first, after a key: to go through all of them in steps of
/// `limit` with three statements a step.
pub async fn acts_step(
    r: &Read,
    home: BodyId,
    filter: &ActFilter,
    after: Option<&ActKey>,
    limit: usize,
) -> Result<(Vec<Act>, Option<ActKey>)> {
    let mut query = filtered(r, home, filter, Way::to_all(filter));
    if let Some((day, id)) = after {
        query.and_where(place().gt(place_of(*day, *id)));
    }
    query
        .order_by((act::Entity, act::Column::OccurredOn), sea_orm::Order::Asc)
        .order_by((act::Entity, act::Column::Id), sea_orm::Order::Asc)
        .limit(limit as u64);
    let rows = act_rows(r, &query).await?;
    let next = match rows.last() {
        Some(row) if rows.len() == limit => {
            let cells = Cells::new("act", &row.id);
            Some((
                cells.parse("occurred_on", &row.occurred_on)?,
                cells.parse("id", &row.id)?,
            ))
        }
        _ => None,
    };
    Ok((
        acts(r, &rows, filter.as_of.unwrap_or(OPEN_SEQ)).await?,
        next,
    ))
}

/// All of a county's acts that a filter lets through, oldest day first.
pub async fn acts_of(r: &Read, home: BodyId, filter: &ActFilter) -> Result<Vec<Act>> {
    const STEP: usize = 5_000;
    let mut out = Vec::new();
    let mut after = None;
    loop {
        let (acts, next) = acts_step(r, home, filter, after.as_ref(), STEP).await?;
        out.extend(acts);
        match next {
            Some(key) => after = Some(key),
            None => return Ok(out),
        }
    }
}

pub(crate) async fn act_rows(r: &Read, query: &SelectStatement) -> Result<Vec<act::Model>> {
    let rows = r.conn.query_all(query).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        out.push(act::Model::from_query_result(&row, "")?);
    }
    Ok(out)
}

fn place() -> Expr {
    Expr::tuple([
        Expr::col((act::Entity, act::Column::OccurredOn)),
        Expr::col((act::Entity, act::Column::Id)),
    ])
}

fn place_of(day: NaiveDate, id: ActId) -> Expr {
    Expr::tuple([Expr::val(day.to_string()), Expr::val(id.to_string())])
}

/// How the acts that a filter lets through are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Through the acts by day and kind: for a page, which ends early.
    Days,
    /// Through the parts that bodies had from a day on: for all acts of these bodies, of which a
    /// county has a thousand times as many.
    Parts,
}

impl Way {
    /// The way to all acts that a filter lets through.
    fn to_all(filter: &ActFilter) -> Self {
        if filter.bodies.is_some() && filter.below.is_none() && filter.from.is_some() {
            Self::Parts
        } else {
            Self::Days
        }
    }

    /// A column of the act; on the way through the parts acts are not searched by it.
    pub(crate) fn column(self, r: &Read, column: act::Column) -> Expr {
        let plain = Expr::col((act::Entity, column));
        match self {
            Self::Days => plain,
            Self::Parts => unsearched(r.engine(), plain),
        }
    }
}

pub(crate) fn filtered(r: &Read, home: BodyId, filter: &ActFilter, way: Way) -> SelectStatement {
    let mut query = Query::select();
    query
        .columns(act::Column::iter().map(|c| (act::Entity, c)))
        .from(act::Entity.table_ref())
        .and_where(way.column(r, act::Column::Home).eq(home.to_string()));
    let day = || way.column(r, act::Column::OccurredOn);
    if let Some(from) = filter.from {
        query.and_where(day().gte(bound(from)));
    }
    if let Some(to) = filter.to {
        query.and_where(day().lte(bound(to)));
    }
    for condition in said(r, filter, way) {
        query.and_where(condition);
    }
    match (scope(filter), way) {
        (None, _) => {}
        (Some(condition), Way::Days) => {
            query.and_where(part_exists(condition));
        }
        (Some(condition), Way::Parts) => {
            let parts = parts_between(condition, filter.from, filter.to);
            query.and_where(Expr::col((act::Entity, act::Column::Id)).in_subquery(parts));
        }
    }
    query
}

/// What a filter asks of an act itself, its day and its bodies left aside.
pub(crate) fn said(r: &Read, filter: &ActFilter, way: Way) -> Vec<Expr> {
    let mut out = Vec::new();
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(Slug::as_str);
        out.push(way.column(r, act::Column::Kind).is_in(kinds));
    }
    if let Some(form) = &filter.form {
        out.push(act::Column::Form.eq(form.as_str()));
    }
    if let Some(period) = filter.period {
        out.push(act::Column::Period.eq(period.to_string()));
    }
    if !filter.withdrawn_too {
        out.push(match filter.as_of {
            None => act::Column::Withdrawn.eq(false),
            Some(seq) => {
                let step = act_version::Column::Step.eq(ActStep::Withdraw.code());
                version_exists(step.and(act_version::Column::Seq.lte(seq))).not()
            }
        });
    }
    if let Some(post) = filter.post {
        out.push(part_exists(act_part::Column::Post.eq(post.to_string())));
    }
    if let Some(text) = &filter.text {
        let this = Expr::col(act_version::Column::Version)
            .equals((act::Entity, act::Column::Version))
            .and(contains(Expr::col(act_version::Column::Fields), text));
        out.push(version_exists(this));
    }
    if let Some(seq) = filter.as_of {
        let first = act_version::Column::Version
            .eq(1)
            .and(act_version::Column::Seq.lte(seq));
        out.push(version_exists(first));
    }
    out
}

/// Which bodies' parts let an act through.
fn scope(filter: &ActFilter) -> Option<Expr> {
    let named = filter
        .bodies
        .as_ref()
        .map(|ids| act_part::Column::Body.is_in(ids.iter().map(ToString::to_string)));
    let Some((roots, on)) = &filter.below else {
        return named;
    };
    let on = on.to_string();
    let mut out = named;
    for root in roots {
        let under = act_part::Column::Body.in_subquery(below(*root, &on));
        out = Some(match out {
            Some(condition) => condition.or(under),
            None => under,
        });
    }
    out.or_else(|| Some(Expr::val(1).eq(0)))
}

/// The acts of parts that stand, by the days on which they happened.
fn parts_between(
    condition: Expr,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> SelectStatement {
    let mut query = Query::select();
    query
        .column(act_part::Column::Act)
        .from(act_part::Entity.table_ref())
        .and_where(act_part::Column::ToVersion.eq(OPEN_SEQ))
        .and_where(condition);
    if let Some(from) = from {
        query.and_where(act_part::Column::OccurredOn.gte(bound(from)));
    }
    if let Some(to) = to {
        query.and_where(act_part::Column::OccurredOn.lte(bound(to)));
    }
    query
}

fn part_exists(condition: Expr) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(act_part::Entity.table_ref())
            .and_where(
                Expr::col((act_part::Entity, act_part::Column::Act))
                    .equals((act::Entity, act::Column::Id)),
            )
            .and_where(act_part::Column::ToVersion.eq(OPEN_SEQ))
            .and_where(condition)
            .to_owned(),
    )
}

fn version_exists(condition: Expr) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(act_version::Entity.table_ref())
            .and_where(
                Expr::col((act_version::Entity, act_version::Column::Act))
                    .equals((act::Entity, act::Column::Id)),
            )
            .and_where(condition)
            .to_owned(),
    )
}

/// Reads acts with the versions up to a link, keeping the order of the rows.
pub(crate) async fn acts(r: &Read, rows: &[act::Model], as_of: i64) -> Result<Vec<Act>> {
    let mut out = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(IDS_AT_ONCE) {
        let versions = act_version::Entity::find()
            .filter(act_version::Column::Act.is_in(chunk.iter().map(|row| row.id.as_str())))
            .order_by_asc(act_version::Column::Act)
            .order_by_asc(act_version::Column::Version)
            .all(&r.conn)
            .await?;
        let mut by_act: HashMap<&str, Vec<&act_version::Model>> = HashMap::new();
        for version in versions.iter().filter(|v| v.seq <= as_of) {
            by_act.entry(&version.act).or_default().push(version);
        }
        for row in chunk {
            let mine = by_act.get(row.id.as_str()).map_or(&[][..], Vec::as_slice);
            match act_of(row, mine)? {
                Some(act) => out.push(act),
                None if as_of < OPEN_SEQ => {}
                None => return Err(Cells::new("act", &row.id).corrupt("version")),
            }
        }
    }
    Ok(out)
}

/// An act from its row and its versions, oldest first; nothing where there is no version yet.
pub(crate) fn act_of(row: &act::Model, versions: &[&act_version::Model]) -> Result<Option<Act>> {
    let Some(newest) = versions.last() else {
        return Ok(None);
    };
    let cells = Cells::new("act", &row.id);
    let of_version = Cells::new("act_version", &row.id);
    let events = versions
        .iter()
        .map(|v| event_of(v))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(Act {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        kind: cells.parse("kind", &row.kind)?,
        occurred_on: of_version.parse("occurred_on", &newest.occurred_on)?,
        period: of_version.maybe("period", newest.period.as_deref())?,
        form: row.form.clone(),
        version: newest.version,
        withdrawn: events.last().is_some_and(|e| e.step == ActStep::Withdraw),
        fields: of_version.json("fields", &newest.fields)?,
        parts: of_version.json("parts", &newest.parts)?,
        events,
    }))
}

fn event_of(row: &act_version::Model) -> Result<ActEvent> {
    let cells = Cells::new("act_version", &row.act);
    Ok(ActEvent {
        step: cells.parse("step", &row.step)?,
        entered_on: cells.parse("entered_on", &row.entered_on)?,
        answer_by: cells.maybe("answer_by", row.answer_by.as_deref())?,
    })
}

fn version_of(row: &act_version::Model) -> Result<ActVersion> {
    let cells = Cells::new("act_version", &row.act);
    Ok(ActVersion {
        version: row.version,
        event: event_of(row)?,
        occurred_on: cells.parse("occurred_on", &row.occurred_on)?,
        period: cells.maybe("period", row.period.as_deref())?,
        fields: cells.json("fields", &row.fields)?,
        parts: cells.json("parts", &row.parts)?,
        reason: row.reason.clone(),
        at: row.at,
        person: cells.maybe("person", row.person.as_deref())?,
        post: cells.maybe("post", row.post.as_deref())?,
        seq: row.seq,
    })
}
