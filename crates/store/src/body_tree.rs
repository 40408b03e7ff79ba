//! The closure of the tree: who stood under whom on which days, so that scope is one look-up.
//!
//! **Invariant:** on every day the rows of a body are exactly its chain of parents, itself
//! included at depth 0. Derived from spans, so not in the audit chain; `tree_make` makes it anew.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::BodyId;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::canon::{Cells, OPEN_DAY, day_or_open};
use crate::row::{body, body_span, body_tree};
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

/// Makes the closure of the county anew from its spans: whoever moves or closes a body does, so
/// that what stands is what `audit verify` computes, whatever was moved before and below it.
pub async fn tree_make(tx: &Tx) -> Result<()> {
    let home = tx.home().to_string();
    let bodies = body::Entity::find()
        .filter(body::Column::Home.eq(home.as_str()))
        .all(&tx.conn)
        .await?;
    let spans = body_span::Entity::find()
        .filter(body_span::Column::Home.eq(home.as_str()))
        .all(&tx.conn)
        .await?;
    let here = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .and_where(body::Column::Home.eq(home.as_str()))
        .to_owned();
    let delete = Query::delete()
        .from_table(body_tree::Entity.table_ref())
        .and_where(body_tree::Column::Descendant.in_subquery(here))
        .to_owned();
    tx.conn.execute(&delete).await?;
    let closure = Closure::new(&bodies, &spans);
    let mut rows = Vec::new();
    for body in &bodies {
        for ((ancestor, depth), days) in closure.above(&body.id) {
            rows.extend(days.into_iter().map(|(from_on, to_on)| body_tree::Model {
                ancestor: ancestor.clone(),
                descendant: body.id.clone(),
                from_on,
                to_on,
                depth,
            }));
        }
    }
    tx.put_many::<body_tree::Entity>(&rows).await
}

/// From a day to before another.
pub(crate) type Days = (String, String);
/// The days on which a body stands so deep under an ancestor.
pub(crate) type Above = BTreeMap<(String, i64), Vec<Days>>;

/// The spans of a county, to compute from who stood under whom when.
pub(crate) struct Closure<'a> {
    spans: BTreeMap<&'a str, Vec<&'a body_span::Model>>,
    closed: BTreeMap<&'a str, &'a str>,
}

impl<'a> Closure<'a> {
    pub(crate) fn new(bodies: &'a [body::Model], spans: &'a [body_span::Model]) -> Self {
        let mut by_body: BTreeMap<&str, Vec<&body_span::Model>> = BTreeMap::new();
        for span in spans {
            by_body.entry(&span.body).or_default().push(span);
        }
        let closed = bodies.iter().map(|b| (b.id.as_str(), b.closed_on.as_str()));
        Self {
            spans: by_body,
            closed: closed.collect(),
        }
    }

    /// What a body stands under on which days, itself included, in whole stretches.
    pub(crate) fn above(&self, id: &'a str) -> Above {
        let mut out = Above::new();
        let ever = (String::new(), OPEN_DAY.to_owned());
        self.climb(id, &ever, &mut Vec::new(), &mut out);
        merged(out)
    }

    /// Goes from a body to its parents, within the days that are left. A parent that was met on
    /// the way already is a circle, which no verb makes: it leads nowhere.
    fn climb(&self, id: &'a str, days: &Days, way: &mut Vec<&'a str>, out: &mut Above) {
        if way.contains(&id) {
            return;
        }
        let depth = i64::try_from(way.len()).unwrap_or(i64::MAX);
        let closed = self.closed.get(id).copied().unwrap_or_default();
        way.push(id);
        for span in self.spans.get(id).map_or(&[][..], Vec::as_slice) {
            let from = Ord::max(span.from_on.as_str(), days.0.as_str());
            let to = Ord::min(Ord::min(span.to_on.as_str(), closed), days.1.as_str());
            if from >= to {
                continue;
            }
            let held = (from.to_owned(), to.to_owned());
            if let Some(parent) = &span.parent {
                self.climb(parent, &held, way, out);
            }
            out.entry((id.to_owned(), depth)).or_default().push(held);
        }
        way.pop();
    }
}

/// Days that touch become one, so that two ways to the same days are equal.
pub(crate) fn merged(above: Above) -> Above {
    let mut out = Above::new();
    for (key, mut days) in above {
        days.sort();
        let mut whole: Vec<Days> = Vec::new();
        for (from, to) in days {
            match whole.last_mut() {
                Some(last) if from <= last.1 => last.1 = Ord::max(to, last.1.clone()),
                Some(_) | None => whole.push((from, to)),
            }
        }
        if !whole.is_empty() {
            out.insert(key, whole);
        }
    }
    out
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
            from_on: Ord::max(above.from_on.clone(), row.from_on.clone()),
            to_on: Ord::min(above.to_on.clone(), row.to_on.clone()),
            depth: above.depth + 1 + row.depth,
        })
        .filter(|row| row.from_on < row.to_on)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(body: &str, from: &str, to: &str, parent: Option<&str>) -> body_span::Model {
        body_span::Model {
            body: body.to_owned(),
            from_on: from.to_owned(),
            to_on: to.to_owned(),
            home: "county".to_owned(),
            parent: parent.map(str::to_owned),
            name: String::new(),
            division: String::new(),
            level: String::new(),
            attrs: String::new(),
            version: 1,
        }
    }

    fn body(id: &str) -> body::Model {
        body::Model {
            id: id.to_owned(),
            home: "county".to_owned(),
            kind: String::new(),
            opened_on: "2026".to_owned(),
            closed_on: "9999".to_owned(),
            sort_key: String::new(),
            version: 1,
        }
    }

    #[test]
    fn a_village_follows_its_town_and_a_renamed_town_is_one_stretch() {
        let bodies = [body("county"), body("town"), body("other"), body("village")];
        let spans = [
            span("county", "2026", "9999", None),
            span("town", "2026", "2027", Some("county")),
            span("town", "2027", "9999", Some("county")),
            span("other", "2026", "9999", Some("county")),
            span("village", "2026", "2028", Some("town")),
            span("village", "2028", "9999", Some("other")),
        ];
        let tree = Closure::new(&bodies, &spans);
        let above = tree.above("village");
        let days = |ancestor: &str, depth| above.get(&(ancestor.to_owned(), depth)).cloned();
        let one = |from: &str, to: &str| Some(vec![(from.to_owned(), to.to_owned())]);
        assert_eq!(days("village", 0), one("2026", "9999"));
        assert_eq!(days("town", 1), one("2026", "2028"));
        assert_eq!(days("other", 1), one("2028", "9999"));
        assert_eq!(days("county", 2), one("2026", "9999"));
    }

    #[test]
    fn a_circle_that_somebody_forged_ends() {
        let bodies = [body("a"), body("b")];
        let spans = [
            span("a", "2026", "2027", Some("b")),
            span("a", "2027", "9999", Some("b")),
            span("b", "2026", "2027", Some("a")),
            span("b", "2027", "9999", Some("a")),
        ];
        let tree = Closure::new(&bodies, &spans);
        assert_eq!(tree.above("a").len(), 2, "itself and its parent");
    }
}
