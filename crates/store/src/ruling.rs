//! Rulings on obligations: waivers, extensions, corrections.

use domain::duty::Key;
use domain::id::{ActId, BodyId, Owner, RulingId};
use domain::ruling::{Decision, Ruling, RulingKind, RulingState, State, Wanted};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder,
};

use crate::act::IDS_AT_ONCE;
use crate::body::count_of;
use crate::canon::{Cells, OPEN_SEQ};
use crate::row::ruling;
use crate::{Page, Read, Result, StoreError, Tx};

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

/// The corrections that were asked for an act.
pub async fn rulings_of_act(r: &Read, act: ActId) -> Result<Vec<Ruling>> {
    ruling::Entity::find()
        .filter(ruling::Column::Act.eq(act.to_string()))
        .order_by_asc(ruling::Column::AskedSeq)
        .all(&r.conn)
        .await?
        .iter()
        .map(|row| ruling_of(row, OPEN_SEQ))
        .collect()
}

/// Which rulings a list shows.
#[derive(Debug, Clone, Default)]
pub struct RulingFilter {
    /// Only those that wait, as was known then.
    pub waiting: bool,
    /// Only this kind.
    pub kind: Option<RulingKind>,
    /// Only those of these owners: what the one who looks may see.
    pub owners: Option<Vec<Owner>>,
}

/// What a list of rulings is sorted by: the day of asking and the identity.
pub type RulingKey = (String, RulingId);

/// So many rows of a county's rulings as of a link, asked last first. With `from` they come after a
/// row or, where it says so, before it.
pub async fn rulings_page(
    r: &Read,
    home: BodyId,
    filter: &RulingFilter,
    as_of: i64,
    from: Option<(&RulingKey, bool)>,
    limit: usize,
) -> Result<Page<Ruling, RulingKey>> {
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
    if let Some(kind) = filter.kind {
        query.and_where(ruling::Column::Kind.eq(kind.code()));
    }
    if let Some(owners) = &filter.owners {
        query.and_where(ruling::Column::Owner.is_in(owners.iter().map(ToString::to_string)));
    }
    let count = count_of(r, &query).await?;
    let back = from.is_some_and(|(_, back)| back);
    if let Some(((day, id), _)) = from {
        let place = Expr::tuple([
            Expr::col(ruling::Column::AskedOn),
            Expr::col(ruling::Column::Id),
        ]);
        let key = Expr::tuple([Expr::val(day.as_str()), Expr::val(id.to_string())]);
        query.and_where(if back { place.gt(key) } else { place.lt(key) });
    }
    let order = if back { Order::Asc } else { Order::Desc };
    query
        .order_by(ruling::Column::AskedOn, order.clone())
        .order_by(ruling::Column::Id, order)
        .limit(limit as u64 + 1);
    let mut items = Vec::new();
    for row in r.conn.query_all(&query).await? {
        items.push(ruling_of(
            &ruling::Model::from_query_result(&row, "")?,
            as_of,
        )?);
    }
    let mut page = Page::cut(items, limit, count, |r| (r.asked_on.to_string(), r.id));
    if back {
        page.items.reverse();
    }
    Ok(page)
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
