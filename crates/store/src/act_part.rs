//! The index of who stands in which act: rows that can be computed from the acts' versions.

use std::collections::BTreeMap;

use domain::act::Part;
use domain::id::{ActId, BodyId};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::canon::{Cells, OPEN_SEQ};
use crate::row::{act, act_part};
use crate::{Read, Result};

/// The parts that lists find acts by, as they stand now in a county: what each act's own parts
/// must equal.
pub async fn parts_standing(r: &Read, home: BodyId) -> Result<BTreeMap<ActId, Vec<Part>>> {
    let acts = Query::select()
        .column(act::Column::Id)
        .from(act::Entity)
        .and_where(act::Column::Home.eq(home.to_string()))
        .to_owned();
    let rows = act_part::Entity::find()
        .filter(act_part::Column::Act.in_subquery(acts))
        .filter(act_part::Column::ToVersion.eq(OPEN_SEQ))
        .order_by_asc(act_part::Column::Act)
        .order_by_asc(act_part::Column::N)
        .all(&r.conn)
        .await?;
    let mut out: BTreeMap<ActId, Vec<Part>> = BTreeMap::new();
    for row in rows {
        let cells = Cells::new("act_part", &row.act);
        let post = Some(row.post.as_str()).filter(|post| !post.is_empty());
        let part = Part {
            body: cells.parse("body", &row.body)?,
            post: post.map(|post| cells.parse("post", post)).transpose()?,
            role: cells.parse("role", &row.role)?,
        };
        out.entry(cells.parse("act", &row.act)?)
            .or_default()
            .push(part);
    }
    Ok(out)
}
