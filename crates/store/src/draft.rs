//! Drafts of packs: the decoded text of a notice and the work on it, one row each.

use domain::id::{BodyId, DraftId, PersonId, Slug};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Order, QueryFilter,
};

use crate::canon::Cells;
use crate::page::Keyset;
use crate::read::count_of;
use crate::row::draft;
use crate::{Page, Read, Result, RowKey, StoreError, Turn, Tx};

/// What a list of drafts shows, without text and work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// Identity.
    pub id: DraftId,
    /// The county.
    pub home: BodyId,
    /// Name of the notice's file.
    pub name: String,
    /// Title of the notice.
    pub title: String,
    /// Elements that nobody decided on.
    pub undecided: u32,
    /// All elements.
    pub elements: u32,
    /// It was put aside.
    pub closed: bool,
    /// The pack that was made of it, with its version.
    pub made: Option<(Slug, u32)>,
    /// By whom.
    pub opened_by: Option<PersonId>,
    /// When the notice was read, in milliseconds UTC.
    pub opened_at: i64,
    /// When it was last worked on, in milliseconds UTC.
    pub changed_at: i64,
    /// Version of the row.
    pub version: i64,
}

/// A draft as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// What the list shows.
    pub line: DraftLine,
    /// The decoded text of the notice.
    pub text: String,
    /// The work on it, as JSON.
    pub work: String,
}

/// Inserts a draft; the instants of its line are those of the transaction.
pub async fn draft_insert(tx: &Tx, new: &DraftRow) -> Result<()> {
    let mut row = row_of(new);
    (row.opened_at, row.changed_at, row.version) = (tx.at(), tx.at(), 1);
    tx.insert::<draft::Entity>(row).await
}

/// Changes a draft's work and state; `changed.line.version` is the one that was read. The text,
/// the file's name and who opened it stay. Returns the new version.
pub async fn draft_update(tx: &Tx, changed: &DraftRow) -> Result<i64> {
    let key = changed.line.id.to_string();
    let old = draft::Entity::find_by_id(&key).one(&tx.conn).await?;
    let Some(old) = old else {
        return Err(StoreError::Missing {
            table: "draft",
            key,
        });
    };
    tx.expect_version("draft", &old.id, old.version, changed.line.version)
        .await?;
    let row = draft::Model {
        home: old.home,
        name: old.name,
        text: old.text,
        opened_by: old.opened_by,
        opened_at: old.opened_at,
        changed_at: tx.at(),
        ..row_of(changed)
    };
    tx.update::<draft::Entity>(row).await
}

/// One draft of a county.
pub async fn draft_find(r: &Read, home: BodyId, id: DraftId) -> Result<Option<DraftRow>> {
    let row = draft::Entity::find_by_id(id.to_string())
        .filter(draft::Column::Home.eq(home.to_string()))
        .one(&r.conn)
        .await?;
    row.map(|row| {
        let line = line_of(&row)?;
        Ok(DraftRow {
            line,
            text: row.text,
            work: row.work,
        })
    })
    .transpose()
}

/// What a list shows of a row: text and work are large, and none shows them.
const LISTED: [draft::Column; 13] = [
    draft::Column::Id,
    draft::Column::Home,
    draft::Column::Name,
    draft::Column::Title,
    draft::Column::Undecided,
    draft::Column::Elements,
    draft::Column::Closed,
    draft::Column::Pack,
    draft::Column::PackVersion,
    draft::Column::OpenedBy,
    draft::Column::OpenedAt,
    draft::Column::ChangedAt,
    draft::Column::Version,
];

/// A page of the drafts of a county, newest first: those that are worked on, or those that were
/// put aside.
pub async fn drafts_page(
    r: &Read,
    home: BodyId,
    closed: bool,
    turn: &Turn<'_>,
) -> Result<Page<DraftLine, RowKey>> {
    let mut query = Query::select();
    query
        .columns(LISTED)
        .expr_as(Expr::val(""), "text")
        .expr_as(Expr::val(""), "work")
        .from(draft::Entity.table_ref())
        .and_where(draft::Column::Home.eq(home.to_string()))
        .and_where(draft::Column::Closed.eq(closed));
    let count = count_of(r, &query).await?;
    let keyset = Keyset::new().text(Expr::col(draft::Column::Id), Order::Desc);
    keyset.narrow(&mut query, turn)?;
    let mut lines = Vec::new();
    for row in r.conn.query_all(&query).await? {
        lines.push(line_of(&draft::Model::from_query_result(&row, "")?)?);
    }
    Ok(Keyset::cut(lines, turn, count, |line| {
        vec![line.id.to_string()]
    }))
}

fn row_of(d: &DraftRow) -> draft::Model {
    let line = &d.line;
    draft::Model {
        id: line.id.to_string(),
        home: line.home.to_string(),
        name: line.name.clone(),
        title: line.title.clone(),
        text: d.text.clone(),
        work: d.work.clone(),
        undecided: i64::from(line.undecided),
        elements: i64::from(line.elements),
        closed: line.closed,
        pack: line.made.as_ref().map(|(id, _)| id.to_string()),
        pack_version: line.made.as_ref().map(|(_, version)| i64::from(*version)),
        opened_by: line.opened_by.map(|id| id.to_string()),
        opened_at: line.opened_at,
        changed_at: line.changed_at,
        version: line.version,
    }
}

fn line_of(row: &draft::Model) -> Result<DraftLine> {
    let cells = Cells::new("draft", &row.id);
    let number = |column, n: i64| u32::try_from(n).map_err(|_| cells.corrupt(column));
    let made = match (&row.pack, row.pack_version) {
        (Some(pack), Some(version)) => {
            Some((cells.parse("pack", pack)?, number("pack_version", version)?))
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(cells.corrupt("pack")),
    };
    Ok(DraftLine {
        id: cells.parse("id", &row.id)?,
        home: cells.parse("home", &row.home)?,
        name: row.name.clone(),
        title: row.title.clone(),
        undecided: number("undecided", row.undecided)?,
        elements: number("elements", row.elements)?,
        closed: row.closed,
        made,
        opened_by: cells.maybe("opened_by", row.opened_by.as_deref())?,
        opened_at: row.opened_at,
        changed_at: row.changed_at,
        version: row.version,
    })
}
