//! Which acts count for which obligation: derived rows, each valid between two links.
//!
//! **Invariant:** a rebuild from acts, packs and rulings equals what stands here. As of a link `s`
//! a row holds when `seq_from <= s < seq_to`.

use chrono::NaiveDate;
use domain::duty::Key;
use domain::id::{ActId, BodyId};
use domain::weigh::Counted;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, Select,
};

use crate::canon::{Cells, OPEN_SEQ, bound};
use crate::read::IDS_AT_ONCE;
use crate::row::counted;
use crate::{Read, Result, Tx};

/// Inserts rows that hold from this transaction's link on.
pub async fn counted_insert(tx: &Tx, rows: &[Counted]) -> Result<()> {
    let rows: Vec<counted::Model> = rows.iter().map(|row| row_of(tx, row, tx.seq())).collect();
    if !rows.is_empty() {
        tx.opens(&rows).await?;
    }
    tx.put_many::<counted::Entity>(&rows).await
}

/// Ends the open rows of an act at this transaction's link. Rows that began with the same link
/// never held and are removed.
pub async fn counted_close(tx: &Tx, act: ActId) -> Result<()> {
    tx.closes().await?;
    let delete = Query::delete()
        .from_table(counted::Entity.table_ref())
        .and_where(counted::Column::Act.eq(act.to_string()))
        .and_where(counted::Column::SeqFrom.eq(tx.seq()))
        .to_owned();
    tx.conn.execute(&delete).await?;
    let update = Query::update()
        .table(counted::Entity.table_ref())
        .value(counted::Column::SeqTo, tx.seq())
        .and_where(counted::Column::Act.eq(act.to_string()))
        .and_where(counted::Column::SeqTo.eq(OPEN_SEQ))
        .to_owned();
    tx.conn.execute(&update).await?;
    Ok(())
}

/// What counts as of a link for periods that touch these days. `i64::MAX` is now.
pub async fn counted_between(
    r: &Read,
    home: BodyId,
    from: NaiveDate,
    to: NaiveDate,
    as_of: i64,
) -> Result<Vec<Counted>> {
    let query = counted::Entity::find()
        .filter(counted::Column::Home.eq(home.to_string()))
        .filter(counted::Column::PeriodFrom.lte(bound(to)))
        .filter(counted::Column::PeriodTo.gte(bound(from)));
    all(r, query, as_of).await
}

/// What an act counts for as of a link.
pub async fn counted_of_act(r: &Read, act: ActId, as_of: i64) -> Result<Vec<Counted>> {
    let query = counted::Entity::find().filter(counted::Column::Act.eq(act.to_string()));
    all(r, query, as_of).await
}

/// What these acts count for now, in the order of the values.
pub async fn counted_of_acts(r: &Read, acts: &[ActId]) -> Result<Vec<Counted>> {
    let mut out = Vec::new();
    for chunk in acts.chunks(IDS_AT_ONCE) {
        let ids = chunk.iter().map(ToString::to_string);
        let query = counted::Entity::find().filter(counted::Column::Act.is_in(ids));
        out.extend(all(r, query, OPEN_SEQ).await?);
    }
    out.sort();
    Ok(out)
}

/// Everything that counts now in a county, in the order of the values: to compare with a rebuild.
pub async fn counted_all(r: &Read, home: BodyId) -> Result<Vec<Counted>> {
    let query = counted::Entity::find().filter(counted::Column::Home.eq(home.to_string()));
    let mut rows = all(r, query, OPEN_SEQ).await?;
    rows.sort();
    Ok(rows)
}

/// Ends rows that stand at this transaction's link and inserts others that hold from it on.
pub async fn counted_swap(tx: &Tx, gone: &[Counted], new: &[Counted]) -> Result<()> {
    if !gone.is_empty() {
        tx.closes().await?;
    }
    for row in gone {
        let update = Query::update()
            .table(counted::Entity.table_ref())
            .value(counted::Column::SeqTo, tx.seq())
            .and_where(counted::Column::Owner.eq(row.key.owner.to_string()))
            .and_where(counted::Column::Pack.eq(row.key.pack.as_str()))
            .and_where(counted::Column::Duty.eq(row.key.duty.as_str()))
            .and_where(counted::Column::Period.eq(row.key.period.to_string()))
            .and_where(counted::Column::Act.eq(row.act.to_string()))
            .and_where(counted::Column::SeqTo.eq(OPEN_SEQ))
            .to_owned();
        tx.conn.execute(&update).await?;
    }
    counted_insert(tx, new).await
}

fn row_of(tx: &Tx, row: &Counted, seq: i64) -> counted::Model {
    counted::Model {
        owner: row.key.owner.to_string(),
        pack: row.key.pack.to_string(),
        duty: row.key.duty.to_string(),
        period: row.key.period.to_string(),
        act: row.act.to_string(),
        seq_from: seq,
        seq_to: OPEN_SEQ,
        home: tx.home().to_string(),
        period_from: row.key.period.first_day().to_string(),
        period_to: row.key.period.last_day().to_string(),
        counts_on: row.on.to_string(),
        provisional: row.provisional,
    }
}

/// A column that the planner must not search by: without statistics it takes `home` and `seq_to`
/// for the narrowest way in, although nearly all rows are open, and reads the whole history.
pub(crate) fn unindexed(column: counted::Column) -> Expr {
    Expr::col(column).add(0)
}

async fn all(r: &Read, query: Select<counted::Entity>, as_of: i64) -> Result<Vec<Counted>> {
    let query = if as_of == OPEN_SEQ {
        query.filter(unindexed(counted::Column::SeqTo).eq(OPEN_SEQ))
    } else {
        query
            .filter(unindexed(counted::Column::SeqFrom).lte(as_of))
            .filter(unindexed(counted::Column::SeqTo).gt(as_of))
    };
    let rows = query
        .order_by_asc(counted::Column::PeriodFrom)
        .order_by_asc(counted::Column::Owner)
        .order_by_asc(counted::Column::Pack)
        .order_by_asc(counted::Column::Duty)
        .order_by_asc(counted::Column::Period)
        .order_by_asc(counted::Column::CountsOn)
        .order_by_asc(counted::Column::Act)
        .all(&r.conn)
        .await?;
    rows.iter().map(counted_of).collect()
}

pub(crate) fn counted_of(row: &counted::Model) -> Result<Counted> {
    let cells = Cells::new("counted", &row.act);
    Ok(Counted {
        key: Key {
            pack: cells.parse("pack", &row.pack)?,
            duty: cells.parse("duty", &row.duty)?,
            owner: cells.parse("owner", &row.owner)?,
            period: cells.parse("period", &row.period)?,
        },
        act: cells.parse("act", &row.act)?,
        on: cells.parse("counts_on", &row.counts_on)?,
        provisional: row.provisional,
    })
}
