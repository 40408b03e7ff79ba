//! The closure of the tree: who stood under whom on which days, so that scope is one look-up.
//!
//! **Invariant:** on every day the rows of a body are exactly its chain of parents, itself
//! included at depth 0. Derived from spans, so not in the audit chain; `tree_rebuild` makes it
//! anew.

use chrono::NaiveDate;
use domain::body::Body;
use domain::id::BodyId;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::canon::{Cells, day_or_open};
use crate::row::{body, body_tree};
use crate::{Read, Result, Tx};

/// What stands below a body on a day, itself included, nearest first.
pub async fn bodies_below(r: &Read, ancestor: BodyId, on: NaiveDate) -> Result<Vec<BodyId>> {
    let rows: Vec<String> = body_tree::Entity::find()
        .select_only()
        .column(body_tree::Column::Descendant)
        .filter(body_tree::Column::Ancestor.eq(ancestor.to_string()))
        .filter(body_tree::Column::FromOn.lte(on.to_string()))
        .filter(body_tree::Column::ToOn.gt(on.to_string()))
        .order_by_asc(body_tree::Column::Depth)
        .order_by_asc(body_tree::Column::Descendant)
        .into_tuple()
        .all(&r.conn)
        .await?;
    rows.iter()
        .map(|id| Cells::new("body_tree", id).parse("descendant", id))
        .collect()
}

/// What a body stands under on a day, itself included, nearest first.
pub async fn bodies_above(r: &Read, descendant: BodyId, on: NaiveDate) -> Result<Vec<BodyId>> {
    let rows: Vec<String> = body_tree::Entity::find()
        .select_only()
        .column(body_tree::Column::Ancestor)
        .filter(body_tree::Column::Descendant.eq(descendant.to_string()))
        .filter(body_tree::Column::FromOn.lte(on.to_string()))
        .filter(body_tree::Column::ToOn.gt(on.to_string()))
        .order_by_asc(body_tree::Column::Depth)
        .into_tuple()
        .all(&r.conn)
        .await?;
    rows.iter()
        .map(|id| Cells::new("body_tree", id).parse("ancestor", id))
        .collect()
}

/// The ids below a body on a day, as a part of another query.
pub(crate) fn below(ancestor: BodyId, on: &str) -> SelectStatement {
    Query::select()
        .column(body_tree::Column::Descendant)
        .from(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Ancestor.eq(ancestor.to_string()))
        .and_where(body_tree::Column::FromOn.lte(on))
        .and_where(body_tree::Column::ToOn.gt(on))
        .to_owned()
}

/// Puts a new body under a parent for some days.
pub(crate) async fn tree_add(
    tx: &Tx,
    id: BodyId,
    parent: Option<BodyId>,
    from_on: NaiveDate,
    to_on: Option<NaiveDate>,
) -> Result<()> {
    let from = from_on.to_string();
    let to = day_or_open(to_on);
    let mut rows = vec![body_tree::Model {
        ancestor: id.to_string(),
        descendant: id.to_string(),
        from_on: from.clone(),
        to_on: to.clone(),
        depth: 0,
    }];
    for above in chain(tx, parent, &from).await? {
        rows.extend(joined(&above, &rows[..1]));
    }
    tx.put_many::<body_tree::Entity>(&rows).await
}

/// Moves a body, with everything below it, under another parent from a day on.
pub(crate) async fn tree_move(
    tx: &Tx,
    id: BodyId,
    parent: Option<BodyId>,
    on: NaiveDate,
) -> Result<()> {
    let from = on.to_string();
    let id = id.to_string();
    let below = body_tree::Entity::find()
        .filter(body_tree::Column::Ancestor.eq(id.as_str()))
        .filter(body_tree::Column::ToOn.gt(from.as_str()))
        .all(&tx.conn)
        .await?;
    let above: Vec<String> = body_tree::Entity::find()
        .select_only()
        .column(body_tree::Column::Ancestor)
        .filter(body_tree::Column::Descendant.eq(id.as_str()))
        .filter(body_tree::Column::Ancestor.ne(id.as_str()))
        .filter(body_tree::Column::ToOn.gt(from.as_str()))
        .into_tuple()
        .all(&tx.conn)
        .await?;
    let mut moved: Vec<String> = below.iter().map(|row| row.descendant.clone()).collect();
    moved.sort();
    moved.dedup();
    for chunk in moved.chunks(crate::act::IDS_AT_ONCE) {
        cut(tx, &above, chunk, &from).await?;
    }
    let mut rows = Vec::new();
    for above in chain(tx, parent, &from).await? {
        rows.extend(
            joined(&above, &below)
                .into_iter()
                .map(|row| after(row, &from)),
        );
    }
    tx.put_many::<body_tree::Entity>(&rows).await
}

/// Takes a body out of the tree from a day on.
pub(crate) async fn tree_end(tx: &Tx, id: BodyId, on: NaiveDate) -> Result<()> {
    let from = on.to_string();
    let id = id.to_string();
    let delete = Query::delete()
        .from_table(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Descendant.eq(id.as_str()))
        .and_where(body_tree::Column::FromOn.gte(from.as_str()))
        .to_owned();
    tx.conn.execute(&delete).await?;
    let update = Query::update()
        .table(body_tree::Entity.table_ref())
        .value(body_tree::Column::ToOn, from.as_str())
        .and_where(body_tree::Column::Descendant.eq(id.as_str()))
        .and_where(body_tree::Column::ToOn.gt(from.as_str()))
        .to_owned();
    tx.conn.execute(&update).await?;
    Ok(())
}

/// Makes the closure of a county anew from its bodies, parents first; for repair after an import.
pub async fn tree_rebuild(tx: &Tx, bodies: &[Body]) -> Result<()> {
    let home = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .and_where(body::Column::Home.eq(tx.home().to_string()))
        .to_owned();
    let delete = Query::delete()
        .from_table(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Descendant.in_subquery(home))
        .to_owned();
    tx.conn.execute(&delete).await?;
    for body in bodies {
        for span in &body.spans {
            let to = span.to_on.or(body.closed_on);
            tree_add(tx, body.id, span.parent, span.from_on, to).await?;
        }
    }
    Ok(())
}

/// The rows of a parent's chain that end after a day.
async fn chain(r: &Read, parent: Option<BodyId>, from: &str) -> Result<Vec<body_tree::Model>> {
    let Some(parent) = parent else {
        return Ok(Vec::new());
    };
    Ok(body_tree::Entity::find()
        .filter(body_tree::Column::Descendant.eq(parent.to_string()))
        .filter(body_tree::Column::ToOn.gt(from))
        .all(&r.conn)
        .await?)
}

/// Joins a row above with rows below on the days that both hold.
fn joined(above: &body_tree::Model, below: &[body_tree::Model]) -> Vec<body_tree::Model> {
    below
        .iter()
        .map(|row| body_tree::Model {
            ancestor: above.ancestor.clone(),
            descendant: row.descendant.clone(),
            from_on: above.from_on.clone().max(row.from_on.clone()),
            to_on: above.to_on.clone().min(row.to_on.clone()),
            depth: above.depth + 1 + row.depth,
        })
        .filter(|row| row.from_on < row.to_on)
        .collect()
}

fn after(mut row: body_tree::Model, from: &str) -> body_tree::Model {
    if row.from_on.as_str() < from {
        from.clone_into(&mut row.from_on);
    }
    row
}

/// Ends the rows between old ancestors and what moved.
async fn cut(tx: &Tx, above: &[String], moved: &[String], from: &str) -> Result<()> {
    if above.is_empty() || moved.is_empty() {
        return Ok(());
    }
    let delete = Query::delete()
        .from_table(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Ancestor.is_in(above))
        .and_where(body_tree::Column::Descendant.is_in(moved))
        .and_where(body_tree::Column::FromOn.gte(from))
        .to_owned();
    tx.conn.execute(&delete).await?;
    let update = Query::update()
        .table(body_tree::Entity.table_ref())
        .value(body_tree::Column::ToOn, from)
        .and_where(body_tree::Column::Ancestor.is_in(above))
        .and_where(body_tree::Column::Descendant.is_in(moved))
        .and_where(body_tree::Column::ToOn.gt(from))
        .to_owned();
    tx.conn.execute(&update).await?;
    Ok(())
}
