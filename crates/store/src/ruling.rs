//! Rulings on obligations: waivers, extensions, corrections.

use domain::duty::Key;
use domain::id::{BodyId, Owner, RulingId};
use domain::ruling::{Decision, Ruling, RulingKind, RulingSort, RulingState, State, Wanted};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order,
    QueryFilter, QueryOrder,
};

use crate::canon::{Cells, OPEN_SEQ};
use crate::conn::unsearched;
use crate::page::Keyset;
use crate::read::{IDS_AT_ONCE, count_of};
use crate::row::ruling;
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// Asks for a ruling.
pub async fn ruling_insert(tx: &Tx, new: &Ruling) -> Result<()> {
    let decided = if new.state == State::Asked {
        OPEN_SEQ
    } else {
        tx.seq()
    };
    tx.insert::<ruling::Entity>(row(new, 1, tx.seq(), decided))
        .await
}

/// Decides or withdraws; `changed.version` is the one that was read. Returns the new version.
pub async fn ruling_update(tx: &Tx, changed: &Ruling) -> Result<i64> {
    let old = ruling::Entity::find_by_id(changed.id.to_string())
        .one(&tx.conn)
        .await?;
    let Some(old) = old else {
        return Err(StoreError::Missing {
            table: "ruling",
            key: changed.id.to_string(),
        });
    };
    tx.expect_version("ruling", &old.id, old.version, changed.version)
        .await?;
    let decided = if changed.state == State::Asked {
        OPEN_SEQ
    } else {
        tx.seq()
    };
    tx.update::<ruling::Entity>(row(changed, changed.version, old.asked_seq, decided))
        .await
}

/// One ruling as of a link; `i64::MAX` is now. One that was asked later is not there, and one that
/// was decided later still stands as asked.
pub async fn ruling_find(r: &Read, id: RulingId, as_of: i64) -> Result<Option<Ruling>> {
    let row = ruling::Entity::find_by_id(id.to_string())
        .filter(ruling::Column::AskedSeq.lte(as_of))
        .one(&r.conn)
        .await?;
    row.as_ref().map(|row| ruling_of(row, as_of)).transpose()
}

/// All rulings of a county as of a link, oldest first. `i64::MAX` is now; what was decided later
/// still stands as asked.
pub async fn rulings_of(r: &Read, home: BodyId, as_of: i64) -> Result<Vec<Ruling>> {
    ruling::Entity::find()
        .filter(ruling::Column::Home.eq(home.to_string()))
        .filter(ruling::Column::AskedSeq.lte(as_of))
        .order_by_asc(ruling::Column::AskedSeq)
        .order_by_asc(ruling::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(|row| ruling_of(row, as_of))
        .collect()
}

/// The rulings of some owners as of a link.
pub async fn rulings_for_owners(r: &Read, owners: &[Owner], as_of: i64) -> Result<Vec<Ruling>> {
    let mut out = Vec::new();
    for chunk in owners.chunks(IDS_AT_ONCE) {
        let rows = ruling::Entity::find()
            .filter(ruling::Column::Owner.is_in(chunk.iter().map(ToString::to_string)))
            .filter(ruling::Column::AskedSeq.lte(as_of))
            .order_by_asc(ruling::Column::AskedSeq)
            .order_by_asc(ruling::Column::Id)
            .all(&r.conn)
            .await?;
        for row in &rows {
            out.push(ruling_of(row, as_of)?);
        }
    }
    Ok(out)
}

/// Which rulings a list shows.
#[derive(Debug, Clone, Default)]
pub struct RulingFilter {
    /// Only those that wait, as was known then.
    pub waiting: bool,
    /// Only those of these owners: what the one who looks may see.
    pub owners: Option<Vec<Owner>>,
}

/// A page of a county's rulings as of a link, by the day of asking; `i64::MAX` is now. It goes by
/// the day whatever else is asked for: a page ends early, and the owners of one who sees a part of
/// the county are many.
pub async fn rulings_page(
    r: &Read,
    home: BodyId,
    filter: &RulingFilter,
    as_of: i64,
    sort: RulingSort,
    turn: &Turn<'_>,
) -> Result<Page<Ruling, RowKey>> {
    let mut query = Query::select();
    query
        .columns(ruling::Column::iter())
        .from(ruling::Entity.table_ref())
        .and_where(ruling::Column::Home.eq(home.to_string()));
    if as_of != OPEN_SEQ {
        query.and_where(ruling::Column::AskedSeq.lte(as_of));
    }
    match (filter.waiting, as_of == OPEN_SEQ) {
        (true, true) => {
            query.and_where(ruling::Column::State.eq(RulingState::Asked.code()));
        }
        // What was decided later waited then.
        (true, false) => {
            query.and_where(ruling::Column::DecidedSeq.gt(as_of));
        }
        (false, _) => {}
    }
    if let Some(owners) = &filter.owners {
        let owner = unsearched(r.engine(), Expr::col(ruling::Column::Owner));
        query.and_where(owner.is_in(owners.iter().map(ToString::to_string)));
    }
    let count = count_of(r, &query).await?;
    let way = match sort {
        RulingSort::Newest => Order::Desc,
        RulingSort::Oldest => Order::Asc,
    };
    let order = Keyset::new()
        .text(Expr::col(ruling::Column::AskedOn), way.clone())
        .text(Expr::col(ruling::Column::Id), way);
    order.narrow(&mut query, turn)?;
    let mut rows = Vec::new();
    for row in r.conn.query_all(&query).await? {
        rows.push(ruling::Model::from_query_result(&row, "")?);
    }
    let page = Keyset::cut(rows, turn, count, |row| {
        vec![row.asked_on.clone(), row.id.clone()]
    });
    let items = page.items.iter().map(|row| ruling_of(row, as_of));
    let items = items.collect::<Result<Vec<Ruling>>>()?;
    Ok(page.of(items))
}

fn row(r: &Ruling, version: i64, asked_seq: i64, decided_seq: i64) -> ruling::Model {
    let decision = r.state.decision();
    ruling::Model {
        id: r.id.to_string(),
        home: r.home.to_string(),
        pack: r.key.pack.to_string(),
        duty: r.key.duty.to_string(),
        owner: r.key.owner.to_string(),
        period: r.key.period.to_string(),
        kind: r.wanted.kind().to_string(),
        state: r.state.name().to_string(),
        new_due_on: r.wanted.new_due_on().map(|day| day.to_string()),
        act: r.wanted.act().map(|id| id.to_string()),
        reason: r.reason.to_string(),
        text: r.text.clone(),
        asked_by: r.asked_by.to_string(),
        asked_on: r.asked_on.to_string(),
        asked_seq,
        decided_by: decision.map(|d| d.by.to_string()),
        decided_on: decision.map(|d| d.on.to_string()),
        decided_seq,
        opinion: decision.map(|d| d.opinion.clone()).unwrap_or_default(),
        note: decision.map(|d| d.note.clone()).unwrap_or_default(),
        version,
    }
}

fn ruling_of(row: &ruling::Model, as_of: i64) -> Result<Ruling> {
    let cells = Cells::new("ruling", &row.id);
    let known = row.decided_seq <= as_of && row.decided_seq < OPEN_SEQ;
    let state = state_of(&cells, row)?;
    Ok(Ruling {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        key: Key {
            pack: cells.parse("pack", &row.pack)?,
            duty: cells.parse("duty", &row.duty)?,
            owner: cells.parse("owner", &row.owner)?,
            period: cells.parse("period", &row.period)?,
        },
        wanted: wanted_of(&cells, row)?,
        state: if known { state } else { State::Asked },
        reason: cells.parse("reason", &row.reason)?,
        text: row.text.clone(),
        asked_by: cells.parse("asked_by", &row.asked_by)?,
        asked_on: cells.parse("asked_on", &row.asked_on)?,
        version: row.version,
    })
}

/// What is asked; a row that has too little or too much for its kind cannot be.
fn wanted_of(cells: &Cells<'_>, row: &ruling::Model) -> Result<Wanted> {
    let to = cells.maybe("new_due_on", row.new_due_on.as_deref())?;
    let act = cells.maybe("act", row.act.as_deref())?;
    match (cells.parse("kind", &row.kind)?, to, act) {
        (RulingKind::Waiver, None, None) => Ok(Wanted::Waiver),
        (RulingKind::Extension, Some(new_due_on), None) => Ok(Wanted::Extension { new_due_on }),
        (RulingKind::Correction, None, Some(act)) => Ok(Wanted::Correction { act }),
        (RulingKind::Extension, None, _)
        | (RulingKind::Waiver | RulingKind::Correction, Some(_), _) => {
            Err(cells.corrupt("new_due_on"))
        }
        (RulingKind::Correction, None, None)
        | (RulingKind::Waiver | RulingKind::Extension, _, Some(_)) => Err(cells.corrupt("act")),
    }
}

/// Where it stands; a row that was decided by nobody, or of which somebody decided what waits,
/// cannot be.
fn state_of(cells: &Cells<'_>, row: &ruling::Model) -> Result<State> {
    let by = cells.maybe("decided_by", row.decided_by.as_deref())?;
    let on = cells.maybe("decided_on", row.decided_on.as_deref())?;
    let decision = match (by, on) {
        (Some(by), Some(on)) => Some(Decision {
            by,
            on,
            opinion: row.opinion.clone(),
            note: row.note.clone(),
        }),
        (None, None) => None,
        (Some(_), None) => return Err(cells.corrupt("decided_on")),
        (None, Some(_)) => return Err(cells.corrupt("decided_by")),
    };
    let is_open = row.decided_seq == OPEN_SEQ;
    match (cells.parse("state", &row.state)?, decision) {
        (RulingState::Asked, None) if is_open => Ok(State::Asked),
        (RulingState::Withdrawn, None) if !is_open => Ok(State::Withdrawn),
        (RulingState::Approved, Some(decision)) if !is_open => Ok(State::Approved(decision)),
        (RulingState::Refused, Some(decision)) if !is_open => Ok(State::Refused(decision)),
        (RulingState::Asked | RulingState::Withdrawn, Some(_))
        | (RulingState::Approved | RulingState::Refused, None) => Err(cells.corrupt("decided_by")),
        (
            RulingState::Asked
            | RulingState::Withdrawn
            | RulingState::Approved
            | RulingState::Refused,
            _,
        ) => Err(cells.corrupt("decided_seq")),
    }
}
