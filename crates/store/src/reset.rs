//! Requests for people's sign-in: asked, answered, used, told.

use domain::id::{BodyId, PersonId, ResetId};
use domain::reset::{Issuer, Reset, ResetGroup, State, Wanted};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::canon::Cells;
use crate::page::Keyset;
use crate::read::count_of;
use crate::row::reset;
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// Rows of one list.
pub const RESETS_MAX: u64 = 500;

/// Asks, or notes what needed nobody's consent.
pub async fn reset_insert(tx: &Tx, new: &Reset) -> Result<()> {
    tx.insert::<reset::Entity>(row(new, 1)).await
}

/// Writes what became of it; `changed.version` is the one that was read. Returns the new version.
pub async fn reset_update(tx: &Tx, changed: &Reset) -> Result<i64> {
    let old = reset::Entity::find_by_id(changed.id.to_string())
        .one(&tx.conn)
        .await?;
    let Some(old) = old else {
        return Err(StoreError::Missing {
            table: "reset",
            key: changed.id.to_string(),
        });
    };
    tx.expect_version("reset", &old.id, old.version, changed.version)
        .await?;
    tx.update::<reset::Entity>(row(changed, changed.version))
        .await
}

/// One request.
pub async fn reset_find(r: &Read, id: ResetId) -> Result<Option<Reset>> {
    let row = reset::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?;
    row.as_ref().map(reset_of).transpose()
}

/// The newest requests for a person, newest first.
pub async fn resets_of_person(r: &Read, person: PersonId) -> Result<Vec<Reset>> {
    reset::Entity::find()
        .filter(reset::Column::Person.eq(person.to_string()))
        .order_by_desc(reset::Column::AskedAt)
        .order_by_desc(reset::Column::Id)
        .limit(RESETS_MAX)
        .all(&r.conn)
        .await?
        .iter()
        .map(reset_of)
        .collect()
}

/// Which requests of a county a list shows. Each kind has a list of its own, so that many of one
/// push none of another out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Those that nobody answered.
    Asked,
    /// What the operator did at the console.
    ByOperator,
    /// What administrators answered or did alone.
    Answered,
}

/// The requests of one kind of a county since an instant, newest first.
pub async fn resets_since(r: &Read, home: BodyId, kind: Kind, since: i64) -> Result<Vec<Reset>> {
    let of_kind = match kind {
        Kind::Asked => reset::Column::State.eq("asked"),
        Kind::ByOperator => reset::Column::Operator.is_not_null(),
        Kind::Answered => reset::Column::State
            .ne("asked")
            .and(reset::Column::Operator.is_null()),
    };
    reset::Entity::find()
        .filter(reset::Column::Home.eq(home.to_string()))
        .filter(reset::Column::AskedAt.gte(since))
        .filter(of_kind)
        .order_by_desc(reset::Column::AskedAt)
        .order_by_desc(reset::Column::Id)
        .limit(RESETS_MAX)
        .all(&r.conn)
        .await?
        .iter()
        .map(reset_of)
        .collect()
}

/// Which requests of a county a list shows.
#[derive(Debug, Clone, Default)]
pub struct ResetFilter {
    /// Only this group.
    pub group: Option<ResetGroup>,
    /// Only requests for this person.
    pub person: Option<PersonId>,
    /// Only what was asked since this instant.
    pub since: Option<i64>,
    /// What was asked by this instant waits no longer.
    pub lapsed_by: i64,
}

/// A page of the requests of a county, the newest first.
pub async fn resets_page(
    r: &Read,
    home: BodyId,
    filter: &ResetFilter,
    turn: &Turn<'_>,
) -> Result<Page<Reset, RowKey>> {
    let mut query = Query::select();
    query
        .columns(reset::Column::iter())
        .from(reset::Entity.table_ref())
        .and_where(reset::Column::Home.eq(home.to_string()));
    let waits = reset::Column::State
        .eq("asked")
        .and(reset::Column::AskedAt.gt(filter.lapsed_by));
    match filter.group {
        None => {}
        Some(ResetGroup::Waiting) => {
            query.and_where(waits);
        }
        Some(ResetGroup::Console) => {
            query.and_where(reset::Column::Operator.is_not_null());
        }
        Some(ResetGroup::Answered) => {
            query.and_where(waits.not());
            query.and_where(reset::Column::Operator.is_null());
        }
    }
    if let Some(person) = filter.person {
        query.and_where(reset::Column::Person.eq(person.to_string()));
    }
    if let Some(since) = filter.since {
        query.and_where(reset::Column::AskedAt.gte(since));
    }
    let count = count_of(r, &query).await?;
    let keyset = Keyset::new()
        .number(Expr::col(reset::Column::AskedAt), Order::Desc)
        .text(Expr::col(reset::Column::Id), Order::Desc);
    keyset.narrow(&mut query, turn)?;
    let mut rows = Vec::new();
    for row in r.conn.query_all(&query).await? {
        rows.push(reset_of(&reset::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(rows, turn, count, |reset| {
        vec![reset.asked_at.to_string(), reset.id.to_string()]
    }))
}

/// What was done to a person's account and the person was not told yet, oldest first.
pub async fn resets_untold(r: &Read, person: PersonId) -> Result<Vec<Reset>> {
    reset::Entity::find()
        .filter(reset::Column::Person.eq(person.to_string()))
        .filter(reset::Column::ToldAt.is_null())
        .filter(reset::Column::State.is_in(["given", "alone"]))
        .order_by_asc(reset::Column::AskedAt)
        .order_by_asc(reset::Column::Id)
        .limit(RESETS_MAX)
        .all(&r.conn)
        .await?
        .iter()
        .map(reset_of)
        .collect()
}

fn row(r: &Reset, version: i64) -> reset::Model {
    let (asked_by, operator) = match &r.issuer {
        Issuer::Person(id) => (Some(id.to_string()), None),
        Issuer::Operator(name) => (None, Some(name.clone())),
    };
    let (decided_by, decided_at) = match r.state {
        State::Asked => (None, None),
        State::Given { by, at } | State::Refused { by, at } => (Some(by.to_string()), Some(at)),
        State::Withdrawn { at } | State::Lapsed { at } | State::Alone { at } => (None, Some(at)),
    };
    let login = match &r.wanted {
        Wanted::Login(login) => login.clone(),
        Wanted::Link | Wanted::Enable => String::new(),
    };
    reset::Model {
        id: r.id.to_string(),
        home: r.home.to_string(),
        person: r.person.to_string(),
        wanted: r.wanted.code().to_owned(),
        login,
        asked_by,
        operator,
        asked_at: r.asked_at,
        reason: r.reason.clone(),
        state: r.state.code().to_owned(),
        decided_by,
        decided_at,
        opinion: r.opinion.clone(),
        code_hash: r.code_hash.clone(),
        wrong_codes: i64::from(r.wrong_codes),
        used_at: r.used_at,
        told_at: r.told_at,
        version,
    }
}

fn reset_of(row: &reset::Model) -> Result<Reset> {
    let cells = Cells::new("reset", &row.id);
    let by: Option<PersonId> = cells.maybe("decided_by", row.decided_by.as_deref())?;
    let state = match (row.state.as_str(), by, row.decided_at) {
        ("asked", None, None) => State::Asked,
        ("given", Some(by), Some(at)) => State::Given { by, at },
        ("refused", Some(by), Some(at)) => State::Refused { by, at },
        ("withdrawn", None, Some(at)) => State::Withdrawn { at },
        ("lapsed", None, Some(at)) => State::Lapsed { at },
        ("alone", None, Some(at)) => State::Alone { at },
        _ => return Err(cells.corrupt("state")),
    };
    let wanted = match row.wanted.as_str() {
        "link" => Wanted::Link,
        "enable" => Wanted::Enable,
        "login" => Wanted::Login(row.login.clone()),
        _ => return Err(cells.corrupt("wanted")),
    };
    let asked_by = cells.maybe("asked_by", row.asked_by.as_deref())?;
    let issuer = match (asked_by, &row.operator) {
        (Some(id), None) => Issuer::Person(id),
        (None, Some(name)) => Issuer::Operator(name.clone()),
        _ => return Err(cells.corrupt("asked_by")),
    };
    Ok(Reset {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        person: cells.parse("person", &row.person)?,
        wanted,
        issuer,
        asked_at: row.asked_at,
        reason: row.reason.clone(),
        state,
        opinion: row.opinion.clone(),
        code_hash: row.code_hash.clone(),
        wrong_codes: u32::try_from(row.wrong_codes).map_err(|_| cells.corrupt("wrong_codes"))?,
        used_at: row.used_at,
        told_at: row.told_at,
        version: row.version,
    })
}
