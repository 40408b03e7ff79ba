//! Rulings on obligations: waivers, extensions, corrections.

use domain::id::{ActId, BodyId, Owner, RulingId};
use domain::ruling::{Ruling, RulingKind, RulingState};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
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
    let decided = if new.state == RulingState::Asked {
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
    let decided = if changed.state == RulingState::Asked {
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
    /// Only those that stand here.
    pub state: Option<RulingState>,
    /// Only this kind.
    pub kind: Option<RulingKind>,
    /// Only those of these owners.
    pub owners: Option<Vec<Owner>>,
}

/// A page of a county's rulings, asked last first; the key is day and id.
pub async fn rulings_page(
    r: &Read,
    home: BodyId,
    filter: &RulingFilter,
    after: Option<&(String, RulingId)>,
    limit: usize,
) -> Result<Page<Ruling, (String, RulingId)>> {
    let mut query = Query::select();
    query
        .columns(ruling::Column::iter())
        .from(ruling::Entity.table_ref())
        .and_where(ruling::Column::Home.eq(home.to_string()));
    if let Some(state) = filter.state {
        query.and_where(ruling::Column::State.eq(state.code()));
    }
    if let Some(kind) = filter.kind {
        query.and_where(ruling::Column::Kind.eq(kind.code()));
    }
    if let Some(owners) = &filter.owners {
        query.and_where(ruling::Column::Owner.is_in(owners.iter().map(ToString::to_string)));
    }
    let count = count_of(r, &query).await?;
    if let Some((day, id)) = after {
        let place = Expr::tuple([
            Expr::col(ruling::Column::AskedOn),
            Expr::col(ruling::Column::Id),
        ]);
        query.and_where(place.lt(Expr::tuple([
            Expr::val(day.as_str()),
            Expr::val(id.to_string()),
        ])));
    }
    query
        .order_by(ruling::Column::AskedOn, sea_orm::Order::Desc)
        .order_by(ruling::Column::Id, sea_orm::Order::Desc)
        .limit(limit as u64 + 1);
    let mut items = Vec::new();
    for row in r.conn.query_all(&query).await? {
        items.push(ruling_of(
            &ruling::Model::from_query_result(&row, "")?,
            OPEN_SEQ,
        )?);
    }
    Ok(Page::cut(items, limit, count, |r| {
        (r.asked_on.to_string(), r.id)
    }))
}

fn row(r: &Ruling, version: i64, asked_seq: i64, decided_seq: i64) -> ruling::Model {
    ruling::Model {
        id: r.id.to_string(),
        home: r.home.to_string(),
        pack: r.pack.to_string(),
        duty: r.duty.to_string(),
        owner: r.owner.to_string(),
        period: r.period.to_string(),
        kind: r.kind.to_string(),
        state: r.state.to_string(),
        new_due_on: r.new_due_on.map(|day| day.to_string()),
        act: r.act.map(|id| id.to_string()),
        reason: r.reason.to_string(),
        text: r.text.clone(),
        asked_by: r.asked_by.to_string(),
        asked_on: r.asked_on.to_string(),
        asked_seq,
        decided_by: r.decided_by.map(|id| id.to_string()),
        decided_on: r.decided_on.map(|day| day.to_string()),
        decided_seq,
        opinion: r.opinion.clone(),
        version,
    }
}

fn ruling_of(row: &ruling::Model, as_of: i64) -> Result<Ruling> {
    let cells = Cells::new("ruling", &row.id);
    let decided = row.decided_seq <= as_of && row.decided_seq < OPEN_SEQ;
    let state = cells.parse("state", &row.state)?;
    Ok(Ruling {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        pack: cells.parse("pack", &row.pack)?,
        duty: cells.parse("duty", &row.duty)?,
        owner: cells.parse("owner", &row.owner)?,
        period: cells.parse("period", &row.period)?,
        kind: cells.parse("kind", &row.kind)?,
        state: if decided { state } else { RulingState::Asked },
        new_due_on: cells.maybe("new_due_on", row.new_due_on.as_deref())?,
        act: cells.maybe("act", row.act.as_deref())?,
        reason: cells.parse("reason", &row.reason)?,
        text: row.text.clone(),
        asked_by: cells.parse("asked_by", &row.asked_by)?,
        asked_on: cells.parse("asked_on", &row.asked_on)?,
        decided_by: cells
            .maybe("decided_by", row.decided_by.as_deref())?
            .filter(|_| decided),
        decided_on: cells
            .maybe("decided_on", row.decided_on.as_deref())?
            .filter(|_| decided),
        opinion: if decided {
            row.opinion.clone()
        } else {
            String::new()
        },
        version: row.version,
    })
}
