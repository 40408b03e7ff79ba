//! Acts with what is derived from them, in steps: who stands in them is held here against their
//! versions; what they count for is the caller's to compute.

use std::collections::BTreeMap;

use domain::act::{Act, Part};
use domain::id::BodyId;
use domain::weigh::Counted;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::act::act_of;
use crate::canon::OPEN_SEQ;
use crate::conn::unsearched;
use crate::counted::{counted_of, unindexed};
use crate::row::{act, act_part, act_version, counted};
use crate::{Read, Result};

/// An act and the rows that should follow from it.
#[derive(Debug, Clone)]
pub struct ActProof {
    /// Its id, as it stands in the row.
    pub id: String,
    /// The act; none where its row or a version does not read, which the rows tell.
    pub act: Option<Act>,
    /// What it counts for now.
    pub counted: Vec<Counted>,
    /// A counted row of it does not read.
    pub unread: bool,
    /// The index of who stands in it, with its history, is not what the versions say.
    pub parts_differ: bool,
}

/// Some acts of a county in the order of their ids, after one.
pub async fn acts_proof_step(
    r: &Read,
    home: BodyId,
    after: Option<&str>,
    limit: u64,
) -> Result<(Vec<ActProof>, Option<String>)> {
    let mut query = act::Entity::find()
        .filter(unsearched(r.engine(), Expr::col(act::Column::Home)).eq(home.to_string()))
        .order_by_asc(act::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        query = query.filter(act::Column::Id.gt(after));
    }
    let acts = query.all(&r.conn).await?;
    let (Some(first), Some(last)) = (acts.first(), acts.last()) else {
        return Ok((Vec::new(), None));
    };
    let mut of = Rows::between(r, home, &first.id, &last.id).await?;
    let next = (acts.len() as u64 == limit).then(|| last.id.clone());
    let proofs = acts.iter().map(|row| of.proof(row)).collect();
    Ok((proofs, next))
}

/// The rows of acts, by act.
struct Rows {
    versions: BTreeMap<String, Vec<act_version::Model>>,
    parts: BTreeMap<String, Vec<act_part::Model>>,
    counted: BTreeMap<String, Vec<counted::Model>>,
}

impl Rows {
    async fn between(r: &Read, home: BodyId, first: &str, last: &str) -> Result<Self> {
        let home = || unsearched(r.engine(), Expr::col("home")).eq(home.to_string());
        let versions = act_version::Entity::find()
            .filter(act_version::Column::Act.between(first, last))
            .filter(home())
            .order_by_asc(act_version::Column::Act)
            .order_by_asc(act_version::Column::Version)
            .all(&r.conn)
            .await?;
        let parts = act_part::Entity::find()
            .filter(act_part::Column::Act.between(first, last))
            .order_by_asc(act_part::Column::Act)
            .order_by_asc(act_part::Column::FromVersion)
            .order_by_asc(act_part::Column::N)
            .all(&r.conn)
            .await?;
        let counted = counted::Entity::find()
            .filter(counted::Column::Act.between(first, last))
            .filter(unindexed(counted::Column::SeqTo).eq(OPEN_SEQ))
            .filter(home())
            .all(&r.conn)
            .await?;
        Ok(Self {
            versions: by_act(versions, |row| &row.act),
            parts: by_act(parts, |row| &row.act),
            counted: by_act(counted, |row| &row.act),
        })
    }

    fn proof(&mut self, row: &act::Model) -> ActProof {
        let versions = self.versions.remove(&row.id).unwrap_or_default();
        let parts = self.parts.remove(&row.id).unwrap_or_default();
        let counted = self.counted.remove(&row.id).unwrap_or_default();
        let all = counted.len();
        let counted: Vec<Counted> = counted
            .iter()
            .filter(|row_of| row_of.home == row.home)
            .filter_map(|row_of| counted_of(row_of).ok())
            .collect();
        ActProof {
            id: row.id.clone(),
            act: act_of(row, &versions.iter().collect::<Vec<_>>())
                .ok()
                .flatten(),
            unread: counted.len() < all,
            counted,
            parts_differ: parts_of(&versions).is_some_and(|wanted| wanted != parts),
        }
    }
}

fn by_act<T>(rows: Vec<T>, act: impl Fn(&T) -> &String) -> BTreeMap<String, Vec<T>> {
    let mut out: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for row in rows {
        out.entry(act(&row).clone()).or_default().push(row);
    }
    out
}

/// The whole index of an act as its versions make it; nothing where a version does not read.
fn parts_of(versions: &[act_version::Model]) -> Option<Vec<act_part::Model>> {
    let mut out: Vec<act_part::Model> = Vec::new();
    for version in versions {
        let parts: Vec<Part> = serde_json::from_str(&version.parts).ok()?;
        let wanted: Vec<act_part::Model> = (0_i64..)
            .zip(&parts)
            .map(|(n, part)| act_part::Model {
                act: version.act.clone(),
                n,
                from_version: version.version,
                to_version: OPEN_SEQ,
                body: part.body.to_string(),
                post: part.post.map(|id| id.to_string()).unwrap_or_default(),
                role: part.role.to_string(),
                occurred_on: version.occurred_on.clone(),
            })
            .collect();
        let open = out.iter_mut().filter(|row| row.to_version == OPEN_SEQ);
        let open: Vec<&mut act_part::Model> = open.collect();
        let same = open.len() == wanted.len()
            && open.iter().zip(&wanted).all(|(a, b)| {
                (&a.body, &a.post, &a.role, &a.occurred_on)
                    == (&b.body, &b.post, &b.role, &b.occurred_on)
            });
        if same {
            continue;
        }
        for row in open {
            row.to_version = version.version;
        }
        out.extend(wanted);
    }
    Some(out)
}

/// Derived rows about acts that the county does not have: table and key of each.
pub async fn counted_strays(r: &Read, home: BodyId) -> Result<Vec<(&'static str, String)>> {
    let acts = || {
        Query::select()
            .column(act::Column::Id)
            .from(act::Entity.table_ref())
            .to_owned()
    };
    let here = acts()
        .and_where(act::Column::Home.eq(home.to_string()))
        .to_owned();
    let counted: Vec<String> = counted::Entity::find()
        .select_only()
        .column(counted::Column::Act)
        .filter(counted::Column::Home.eq(home.to_string()))
        .filter(counted::Column::Act.in_subquery(here).not())
        .distinct()
        .into_tuple()
        .all(&r.conn)
        .await?;
    let parts: Vec<String> = act_part::Entity::find()
        .select_only()
        .column(act_part::Column::Act)
        .filter(act_part::Column::Act.in_subquery(acts()).not())
        .distinct()
        .into_tuple()
        .all(&r.conn)
        .await?;
    let counted = counted.into_iter().map(|act| ("counted", act));
    let parts = parts.into_iter().map(|act| ("act_part", act));
    Ok(counted.chain(parts).collect())
}
