//! Bodies, their spans, relations and other names.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::body::{Body, BodyKind, BodySort, Link, LinkKind, Span};
use domain::id::BodyId;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::body_tree::{tree_add, tree_make};
use crate::canon::{Cells, OPEN_DAY, canonical, day_or_open};
use crate::page::Keyset;
use crate::read::{contains, count_of};
use crate::row::{body, body_alias, body_link, body_span};
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// Inserts a body with all its spans and puts it into the tree; parents come first.
pub async fn body_insert(tx: &Tx, new: &Body) -> Result<()> {
    tx.insert::<body::Entity>(body::Model {
        id: new.id.to_string(),
        home: new.home.to_string(),
        kind: new.kind.to_string(),
        opened_on: new.opened_on.to_string(),
        closed_on: day_or_open(new.closed_on),
        sort_key: new.sort_key.clone(),
        version: 1,
    })
    .await?;
    let mut spans = Vec::with_capacity(new.spans.len());
    for span in &new.spans {
        spans.push(span_row(new.id, new.home, span)?);
    }
    tx.insert_many::<body_span::Entity>(&spans).await?;
    for span in &new.spans {
        tree_add(
            tx,
            new.id,
            span.parent,
            span.from_on,
            span.to_on.or(new.closed_on),
        )
        .await?;
    }
    Ok(())
}

/// Ends the open span on the day the new one begins, or replaces one that began on the same day;
/// `version` is the body's, as it was read. Returns the body's new version.
pub async fn body_span_add(tx: &Tx, id: BodyId, version: i64, span: &Span) -> Result<i64> {
    let row = body_row(tx, id).await?;
    tx.expect_version("body", &row.id, row.version, version)
        .await?;
    let last = body_span::Entity::find()
        .filter(body_span::Column::Body.eq(row.id.clone()))
        .order_by_desc(body_span::Column::FromOn)
        .one(&tx.conn)
        .await?;
    let mut moved = true;
    let mut written = false;
    if let Some(mut last) = last {
        let cells = Cells::new("body_span", &last.body);
        let parent: Option<BodyId> = cells.maybe("parent", last.parent.as_deref())?;
        let open = last.to_on == OPEN_DAY;
        moved = !open || parent != span.parent;
        if last.from_on == span.from_on.to_string() {
            let version = last.version;
            last = span_row(id, tx.home(), span)?;
            last.version = version;
            tx.update::<body_span::Entity>(last).await?;
            written = true;
        } else if open {
            last.to_on = span.from_on.to_string();
            tx.update::<body_span::Entity>(last).await?;
        }
    }
    if !written {
        tx.insert::<body_span::Entity>(span_row(id, tx.home(), span)?)
            .await?;
    }
    if moved {
        tree_make(tx).await?;
    }
    tx.update::<body::Entity>(row).await
}

/// Closes a body from a day on: its open span ends, it leaves the tree. Returns the new version.
pub async fn body_close(tx: &Tx, id: BodyId, version: i64, on: NaiveDate) -> Result<i64> {
    let mut row = body_row(tx, id).await?;
    tx.expect_version("body", &row.id, row.version, version)
        .await?;
    let open = body_span::Entity::find()
        .filter(body_span::Column::Body.eq(row.id.clone()))
        .filter(body_span::Column::ToOn.eq(OPEN_DAY))
        .all(&tx.conn)
        .await?;
    for mut span in open {
        span.to_on = on.to_string();
        tx.update::<body_span::Entity>(span).await?;
    }
    row.closed_on = on.to_string();
    let version = tx.update::<body::Entity>(row).await?;
    tree_make(tx).await?;
    Ok(version)
}

async fn body_row(r: &Read, id: BodyId) -> Result<body::Model> {
    body::Entity::find_by_id(id.to_string())
        .one(&r.conn)
        .await?
        .ok_or_else(|| StoreError::Missing {
            table: "body",
            key: id.to_string(),
        })
}

/// One body with its spans.
pub async fn body_find(r: &Read, id: BodyId) -> Result<Option<Body>> {
    Ok(bodies_by_ids(r, &[id]).await?.into_iter().next())
}

/// The bodies with these ids, in list order, in two statements.
pub async fn bodies_by_ids(r: &Read, ids: &[BodyId]) -> Result<Vec<Body>> {
    let mut out = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(crate::read::IDS_AT_ONCE) {
        let texts: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let rows = body::Entity::find()
            .filter(body::Column::Id.is_in(texts.clone()))
            .all(&r.conn)
            .await?;
        let spans = body_span::Entity::find()
            .filter(body_span::Column::Body.is_in(texts))
            .all(&r.conn)
            .await?;
        out.extend(bodies(rows, spans)?);
    }
    out.sort_by(|a, b| (&a.sort_key, a.id).cmp(&(&b.sort_key, b.id)));
    Ok(out)
}

/// All bodies of a county with all their spans, in list order, in two statements.
pub async fn bodies_of(r: &Read, home: BodyId) -> Result<Vec<Body>> {
    let rows = body::Entity::find()
        .filter(body::Column::Home.eq(home.to_string()))
        .order_by_asc(body::Column::SortKey)
        .order_by_asc(body::Column::Id)
        .all(&r.conn)
        .await?;
    let spans = body_span::Entity::find()
        .filter(body_span::Column::Home.eq(home.to_string()))
        .all(&r.conn)
        .await?;
    bodies(rows, spans)
}

/// Which bodies somebody may see on a day, where it is not the whole county.
#[derive(Debug, Clone)]
pub struct BodyScope {
    /// The day.
    pub on: NaiveDate,
    /// What stands below these, themselves included.
    pub below: Vec<BodyId>,
    /// The special committees that these lead.
    pub led_by: Vec<BodyId>,
    /// What these regulate or have on their territory, and what stands in a committee with them.
    pub related_to: Vec<BodyId>,
    /// These besides: the tree of today does not hold what was closed.
    pub besides: Vec<BodyId>,
}

impl BodyScope {
    fn condition(&self) -> Condition {
        let on = self.on.to_string();
        let id = || Expr::col((body::Entity, body::Column::Id));
        let mut any = Condition::any();
        for ancestor in &self.below {
            any = any.add(id().in_subquery(crate::body_tree::below(*ancestor, &on)));
        }
        for lead in &self.led_by {
            let led = related(&[LinkKind::Leads], true, *lead, &on);
            let committee = BodyKind::SpecialCommittee;
            let led = id().in_subquery(led);
            any = any.add(led.and(body::Column::Kind.eq(committee.code())));
        }
        for near in &self.related_to {
            let far = [
                LinkKind::Regulates,
                LinkKind::Territory,
                LinkKind::Leads,
                LinkKind::Enforces,
                LinkKind::Member,
                LinkKind::KeyEnterprise,
            ];
            any = any.add(id().in_subquery(related(&far, true, *near, &on)));
            // A committee's members see each other through it, the regulated not their regulator.
            let back = &far[2..];
            any = any.add(id().in_subquery(related(back, false, *near, &on)));
        }
        if !self.besides.is_empty() || any.is_empty() {
            any = any.add(id().is_in(self.besides.iter().map(ToString::to_string)));
        }
        any
    }
}

/// The other ends of relations of a body on a day, as a part of another query.
fn related(kinds: &[LinkKind], forward: bool, of: BodyId, on: &str) -> SelectStatement {
    let (this, other) = if forward {
        (body_link::Column::A, body_link::Column::B)
    } else {
        (body_link::Column::B, body_link::Column::A)
    };
    Query::select()
        .column(other)
        .from(body_link::Entity.table_ref())
        .and_where(this.eq(of.to_string()))
        .and_where(body_link::Column::Kind.is_in(kinds.iter().map(|kind| kind.code())))
        .and_where(body_link::Column::FromOn.lte(on))
        .and_where(body_link::Column::ToOn.gt(on))
        .to_owned()
}

/// Which bodies a list shows.
#[derive(Debug, Clone, Default)]
pub struct BodyFilter {
    /// Only what somebody may see; `None` is the whole county.
    pub scope: Option<BodyScope>,
    /// Only this body.
    pub only: Option<BodyId>,
    /// Only this kind.
    pub kind: Option<BodyKind>,
    /// Only names that contain this text.
    pub name: Option<String>,
    /// Only what stands below this body, itself included.
    pub below: Option<BodyId>,
    /// Also bodies that were closed on the day.
    pub closed_too: bool,
}

/// A page of a county's bodies as they were on a day.
pub async fn bodies_page(
    r: &Read,
    home: BodyId,
    filter: &BodyFilter,
    on: NaiveDate,
    sort: BodySort,
    turn: &Turn<'_>,
) -> Result<Page<Body, RowKey>> {
    let mut query = page_query(home, filter, on, sort);
    let count = count_of(r, &query).await?;
    let keyset = match sort {
        BodySort::Register => Keyset::new()
            .text(Expr::col((body::Entity, body::Column::SortKey)), Order::Asc)
            .text(Expr::col((body::Entity, body::Column::Id)), Order::Asc),
        BodySort::Name => Keyset::new()
            .text(
                Expr::col((body_span::Entity, body_span::Column::Name)),
                Order::Asc,
            )
            .text(
                Expr::col((body_span::Entity, body_span::Column::Body)),
                Order::Asc,
            ),
    };
    keyset.narrow(&mut query, turn)?;
    let mut ids = Vec::new();
    for row in r.conn.query_all(&query).await? {
        let id: String = row.try_get("", "id")?;
        ids.push(Cells::new("body", &id).parse("id", &id)?);
    }
    // They come back by their order in the register; the page has its own.
    let mut found = bodies_by_ids(r, &ids).await?;
    found.sort_by_key(|body| ids.iter().position(|id| *id == body.id));
    Ok(Keyset::cut(found, turn, count, |body| {
        let first = match sort {
            BodySort::Register => body.sort_key.clone(),
            BodySort::Name => body
                .span_on(on)
                .map(|span| span.name.clone())
                .unwrap_or_default(),
        };
        vec![first, body.id.to_string()]
    }))
}

fn page_query(home: BodyId, filter: &BodyFilter, on: NaiveDate, sort: BodySort) -> SelectStatement {
    let on = on.to_string();
    let id = || Expr::col((body::Entity, body::Column::Id));
    let closed_on = || Expr::col((body::Entity, body::Column::ClosedOn));
    let mut query = Query::select();
    query.expr_as(id(), "id");
    match sort {
        BodySort::Register => {
            query
                .from(body::Entity.table_ref())
                .and_where(Expr::col((body::Entity, body::Column::Home)).eq(home.to_string()));
        }
        BodySort::Name => {
            // Names lead: a join of the engine's choice would sort them anew.
            let holds = span_holds(&on);
            query
                .from(body_span::Entity.table_ref())
                .cross_join(body::Entity.table_ref())
                .and_where(id().equals((body_span::Entity, body_span::Column::Body)))
                .and_where(
                    Expr::col((body_span::Entity, body_span::Column::Home)).eq(home.to_string()),
                )
                .cond_where(holds);
        }
    }
    query.and_where(Expr::col((body::Entity, body::Column::OpenedOn)).lte(on.clone()));
    if let Some(scope) = &filter.scope {
        query.cond_where(scope.condition());
    }
    if let Some(only) = filter.only {
        query.and_where(id().eq(only.to_string()));
    }
    if let Some(kind) = filter.kind {
        query.and_where(body::Column::Kind.eq(kind.code()));
    }
    if !filter.closed_too {
        query.and_where(closed_on().gt(on.clone()));
    }
    if let Some(name) = &filter.name {
        let spans = Query::select()
            .column((body_span::Entity, body_span::Column::Body))
            .from(body_span::Entity.table_ref())
            .and_where(Expr::col((body_span::Entity, body_span::Column::Home)).eq(home.to_string()))
            .cond_where(span_holds(&on))
            .and_where(contains(
                Expr::col((body_span::Entity, body_span::Column::Name)),
                name,
            ))
            .to_owned();
        query.and_where(id().in_subquery(spans));
    }
    if let Some(below) = filter.below {
        query.and_where(id().in_subquery(crate::body_tree::below(below, &on)));
    }
    query
}

/// The span of a day; of what was closed by then, its last one.
fn span_holds(on: &str) -> Condition {
    let column = |column| Expr::col((body_span::Entity, column));
    let later = Query::select()
        .expr(Expr::val(1))
        .from_as(body_span::Entity, "later")
        .and_where(
            Expr::col(("later", body_span::Column::Body))
                .equals((body_span::Entity, body_span::Column::Body)),
        )
        .and_where(
            Expr::col(("later", body_span::Column::FromOn)).gt(column(body_span::Column::FromOn)),
        )
        .and_where(Expr::col(("later", body_span::Column::FromOn)).lte(on))
        .to_owned();
    Condition::all()
        .add(column(body_span::Column::FromOn).lte(on))
        .add(Expr::exists(later).not())
}

fn span_row(id: BodyId, home: BodyId, span: &Span) -> Result<body_span::Model> {
    Ok(body_span::Model {
        body: id.to_string(),
        from_on: span.from_on.to_string(),
        to_on: day_or_open(span.to_on),
        home: home.to_string(),
        parent: span.parent.map(|id| id.to_string()),
        name: span.name.clone(),
        division: span.division.clone(),
        level: span.level.to_string(),
        attrs: canonical(&span.attrs)?,
        version: 1,
    })
}

fn bodies(rows: Vec<body::Model>, spans: Vec<body_span::Model>) -> Result<Vec<Body>> {
    let mut by_body: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for row in spans {
        let span = span_of(&row)?;
        by_body.entry(row.body).or_default().push(span);
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let mut spans = by_body.remove(&row.id).unwrap_or_default();
        spans.sort_by_key(|span| span.from_on);
        let cells = Cells::new("body", &row.id);
        out.push(Body {
            id: cells.parse("id", &row.id)?,
            home: cells.parse("home", &row.home)?,
            kind: cells.parse("kind", &row.kind)?,
            opened_on: cells.parse("opened_on", &row.opened_on)?,
            closed_on: cells.until("closed_on", &row.closed_on)?,
            spans,
            version: row.version,
            sort_key: row.sort_key,
        });
    }
    Ok(out)
}

fn span_of(row: &body_span::Model) -> Result<Span> {
    let cells = Cells::new("body_span", &row.body);
    Ok(Span {
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.until("to_on", &row.to_on)?,
        parent: cells.maybe("parent", row.parent.as_deref())?,
        name: row.name.clone(),
        division: row.division.clone(),
        level: cells.parse("level", &row.level)?,
        attrs: cells.json("attrs", &row.attrs)?,
    })
}

/// Inserts a relation.
pub async fn link_insert(tx: &Tx, home: BodyId, link: &Link) -> Result<()> {
    links_insert(tx, home, std::slice::from_ref(link)).await
}

/// Inserts relations.
pub async fn links_insert(tx: &Tx, home: BodyId, links: &[Link]) -> Result<()> {
    let rows: Vec<body_link::Model> = links
        .iter()
        .map(|link| body_link::Model {
            kind: link.kind.to_string(),
            a: link.a.to_string(),
            b: link.b.to_string(),
            from_on: link.from_on.to_string(),
            to_on: day_or_open(link.to_on),
            home: home.to_string(),
            version: 1,
        })
        .collect();
    tx.insert_many::<body_link::Entity>(&rows).await
}

/// Ends the open relation of this kind between two bodies on a day.
pub async fn link_close(
    tx: &Tx,
    kind: LinkKind,
    a: BodyId,
    b: BodyId,
    on: NaiveDate,
) -> Result<()> {
    let row = body_link::Entity::find()
        .filter(body_link::Column::Kind.eq(kind.code()))
        .filter(body_link::Column::A.eq(a.to_string()))
        .filter(body_link::Column::B.eq(b.to_string()))
        .filter(body_link::Column::ToOn.eq(OPEN_DAY))
        .one(&tx.conn)
        .await?;
    let Some(mut row) = row else {
        return Err(StoreError::Missing {
            table: "body_link",
            key: format!("{kind}|{a}|{b}"),
        });
    };
    row.to_on = on.to_string();
    tx.update::<body_link::Entity>(row).await.map(|_| ())
}

/// All relations of a county.
pub async fn links_of(r: &Read, home: BodyId) -> Result<Vec<Link>> {
    body_link::Entity::find()
        .filter(body_link::Column::Home.eq(home.to_string()))
        .order_by_asc(body_link::Column::Kind)
        .order_by_asc(body_link::Column::A)
        .order_by_asc(body_link::Column::B)
        .order_by_asc(body_link::Column::FromOn)
        .all(&r.conn)
        .await?
        .iter()
        .map(link_of)
        .collect()
}

/// All relations that any of these bodies stands in; one between two of them comes twice.
pub async fn links_of_bodies(r: &Read, ids: &[BodyId]) -> Result<Vec<Link>> {
    let mut out = Vec::new();
    for chunk in ids.chunks(crate::read::IDS_AT_ONCE) {
        let ids: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        for end in [body_link::Column::A, body_link::Column::B] {
            // Both indices begin with the kind.
            let rows = body_link::Entity::find()
                .filter(body_link::Column::Kind.is_in(LinkKind::ALL.iter().map(|k| k.code())))
                .filter(end.is_in(ids.clone()))
                .all(&r.conn)
                .await?;
            let links = rows.iter().map(link_of);
            out.extend(links.collect::<Result<Vec<_>>>()?);
        }
    }
    Ok(out)
}

fn link_of(row: &body_link::Model) -> Result<Link> {
    let cells = Cells::new("body_link", &row.a);
    Ok(Link {
        kind: cells.parse("kind", &row.kind)?,
        a: cells.parse("a", &row.a)?,
        b: cells.parse("b", &row.b)?,
        from_on: cells.parse("from_on", &row.from_on)?,
        to_on: cells.until("to_on", &row.to_on)?,
    })
}

/// Gives a body another name by which imports may call it; the caller normalised it.
pub async fn alias_insert(tx: &Tx, home: BodyId, name_norm: &str, id: BodyId) -> Result<()> {
    tx.insert::<body_alias::Entity>(body_alias::Model {
        home: home.to_string(),
        name_norm: name_norm.to_owned(),
        body: id.to_string(),
        version: 1,
    })
    .await
}

/// The bodies of a county that a normalised name means; more than one where it is ambiguous.
pub async fn alias_find(r: &Read, home: BodyId, name_norm: &str) -> Result<Vec<BodyId>> {
    let rows: Vec<String> = body_alias::Entity::find()
        .select_only()
        .column(body_alias::Column::Body)
        .filter(body_alias::Column::Home.eq(home.to_string()))
        .filter(body_alias::Column::NameNorm.eq(name_norm))
        .order_by_asc(body_alias::Column::Body)
        .into_tuple()
        .all(&r.conn)
        .await?;
    rows.iter()
        .map(|id| Cells::new("body_alias", id).parse("body", id))
        .collect()
}
