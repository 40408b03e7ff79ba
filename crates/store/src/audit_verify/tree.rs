//! The closure of the tree against the spans that it follows from.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityName, EntityTrait, QueryFilter};

use super::{FindingKind, Verdict};
use crate::row::{body, body_span, body_tree};
use crate::{Read, Result};

/// A body never stands so deep; beyond it the spans lead in a circle.
const DEPTH_MAX: usize = 64;

/// Days from one to before another on which a body stands so deep under an ancestor.
type Days = (String, String);
/// Ancestor and depth, with the days.
type Above = BTreeMap<(String, i64), Vec<Days>>;

/// Names bodies whose rows are not those that follow from the spans.
pub(super) async fn verify(r: &Read, verdict: &mut Verdict) -> Result<()> {
    let home = verdict.home.to_string();
    let bodies = body::Entity::find()
        .filter(body::Column::Home.eq(home.as_str()))
        .all(&r.conn)
        .await?;
    let spans = body_span::Entity::find()
        .filter(body_span::Column::Home.eq(home.as_str()))
        .all(&r.conn)
        .await?;
    let here = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .and_where(body::Column::Home.eq(home.as_str()))
        .to_owned();
    let rows = body_tree::Entity::find()
        .filter(body_tree::Column::Descendant.in_subquery(here))
        .all(&r.conn)
        .await?;
    let known: BTreeSet<&str> = bodies.iter().map(|b| b.id.as_str()).collect();
    let tree = Tree::new(&bodies, &spans);
    let mut standing: BTreeMap<&str, Above> = BTreeMap::new();
    for row in &rows {
        standing
            .entry(&row.descendant)
            .or_default()
            .entry((row.ancestor.clone(), row.depth))
            .or_default()
            .push((row.from_on.clone(), row.to_on.clone()));
    }
    for id in known {
        let found = merged(standing.remove(id).unwrap_or_default());
        if found != merged(tree.above(id, 0)) {
            verdict.find(FindingKind::DerivedRow, "body_tree", id.to_owned(), None);
        }
    }
    strays(r, verdict).await
}

/// Rows about bodies that do not exist.
async fn strays(r: &Read, verdict: &mut Verdict) -> Result<()> {
    let all = Query::select()
        .column(body::Column::Id)
        .from(body::Entity.table_ref())
        .to_owned();
    let rows = body_tree::Entity::find()
        .filter(body_tree::Column::Descendant.not_in_subquery(all))
        .all(&r.conn)
        .await?;
    for row in rows {
        let kind = FindingKind::DerivedRow;
        verdict.find(kind, "body_tree", row.descendant, None);
    }
    Ok(())
}

/// The spans of a county by body.
struct Tree<'a> {
    spans: BTreeMap<&'a str, Vec<&'a body_span::Model>>,
    closed: BTreeMap<&'a str, &'a str>,
}

impl<'a> Tree<'a> {
    fn new(bodies: &'a [body::Model], spans: &'a [body_span::Model]) -> Self {
        let mut by_body: BTreeMap<&str, Vec<&body_span::Model>> = BTreeMap::new();
        for span in spans {
            by_body.entry(&span.body).or_default().push(span);
        }
        Self {
            spans: by_body,
            closed: bodies
                .iter()
                .map(|b| (b.id.as_str(), b.closed_on.as_str()))
                .collect(),
        }
    }

    /// What a body stands under on which days, itself included.
    fn above(&self, id: &str, deep: usize) -> Above {
        let mut out = Above::new();
        if deep > DEPTH_MAX {
            return out;
        }
        let closed = self.closed.get(id).copied().unwrap_or_default();
        for span in self.spans.get(id).map_or(&[][..], Vec::as_slice) {
            let from = span.from_on.clone();
            let to = span.to_on.as_str().min(closed).to_owned();
            if from >= to {
                continue;
            }
            let own = out.entry((id.to_owned(), 0)).or_default();
            own.push((from.clone(), to.clone()));
            let Some(parent) = &span.parent else { continue };
            for ((ancestor, depth), days) in self.above(parent, deep + 1) {
                let shared = days.into_iter().filter_map(|(first, last)| {
                    let shared = (first.max(from.clone()), last.min(to.clone()));
                    (shared.0 < shared.1).then_some(shared)
                });
                out.entry((ancestor, depth + 1)).or_default().extend(shared);
            }
        }
        out
    }
}

/// Days that touch become one, so that two ways to the same days are equal.
fn merged(above: Above) -> Above {
    let mut out = Above::new();
    for (key, mut days) in above {
        days.sort();
        let mut whole: Vec<Days> = Vec::new();
        for (from, to) in days {
            match whole.last_mut() {
                Some(last) if from <= last.1 => last.1 = to.max(last.1.clone()),
                Some(_) | None => whole.push((from, to)),
            }
        }
        if !whole.is_empty() {
            out.insert(key, whole);
        }
    }
    out
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
        let tree = Tree::new(&bodies, &spans);
        let above = merged(tree.above("village", 0));
        let days = |ancestor: &str, depth| above.get(&(ancestor.to_owned(), depth)).cloned();
        let one = |from: &str, to: &str| Some(vec![(from.to_owned(), to.to_owned())]);
        assert_eq!(days("village", 0), one("2026", "9999"));
        assert_eq!(days("town", 1), one("2026", "2028"));
        assert_eq!(days("other", 1), one("2028", "9999"));
        assert_eq!(days("county", 2), one("2026", "9999"));
    }
}
