//! Packs by version, their files and the index of their elements, and their application.

use chrono::NaiveDate;
use domain::duty::PackUse;
use domain::id::{BodyId, PackUseId, PersonId, Slug};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::canon::{Cells, OPEN_DAY, canonical, day_or_open, sha256_hex};
use crate::row::{pack, pack_element, pack_file, pack_use};
use crate::{Read, Result, StoreError, Tx};

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its path inside the pack's folder.
    pub path: String,
    /// Its text, byte for byte.
    pub text: String,
}

/// One element that a pack declares, for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackElement {
    /// Kind: `duty`, `form`, `rule`…
    pub kind: String,
    /// Id within its kind.
    pub element: String,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
}

/// A version of a pack, without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackVersion {
    /// The pack.
    pub id: Slug,
    /// Counts up from 1.
    pub version: u32,
    /// The county whose office imported it.
    pub home: BodyId,
    /// Title of the notice.
    pub title: String,
    /// Hash over all paths and texts.
    pub sha: String,
    /// When it was imported, in milliseconds UTC.
    pub at: i64,
    /// By whom.
    pub person: Option<PersonId>,
}

/// An application of a pack, with why.
#[derive(Debug, Clone, PartialEq)]
pub struct PackUseRow {
    /// The application.
    pub pack_use: PackUse,
    /// Why it was applied so.
    pub reason: String,
    /// Version of the row.
    pub version: i64,
}

/// The hash of a pack's files, whatever their order.
pub fn pack_sha(files: &[PackFile]) -> String {
    let mut sorted: Vec<&PackFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut lines = String::new();
    for file in sorted {
        lines.push_str(&sha256_hex(file.text.as_bytes()));
        lines.push(' ');
        lines.push_str(&file.path);
        lines.push('\n');
    }
    sha256_hex(lines.as_bytes())
}

/// Inserts a version with its files and the index of its elements. A version is immutable.
pub async fn pack_insert(
    tx: &Tx,
    id: &Slug,
    version: u32,
    title: &str,
    files: &[PackFile],
    elements: &[PackElement],
) -> Result<()> {
    let home = tx.home().to_string();
    tx.insert::<pack::Entity>(pack::Model {
        id: id.to_string(),
        version: i64::from(version),
        home: home.clone(),
        title: title.to_owned(),
        sha: pack_sha(files),
        at: tx.at(),
        person: tx.meta().person.map(|id| id.to_string()),
    })
    .await?;
    let rows: Vec<pack_file::Model> = files
        .iter()
        .map(|file| pack_file::Model {
            pack: id.to_string(),
            version: i64::from(version),
            path: file.path.clone(),
            home: home.clone(),
            text: file.text.clone(),
        })
        .collect();
    tx.insert_many::<pack_file::Entity>(&rows).await?;
    let mut index = Vec::with_capacity(elements.len());
    for (n, element) in (0_i64..).zip(elements) {
        index.push(pack_element::Model {
            pack: id.to_string(),
            version: i64::from(version),
            kind: element.kind.clone(),
            element: element.element.clone(),
            n,
            title: element.title.clone(),
            clauses: canonical(&element.clauses)?,
        });
    }
    tx.put_many::<pack_element::Entity>(&index).await
}

/// The files of a version, by path; empty where there is no such version.
pub async fn pack_files(r: &Read, id: &Slug, version: u32) -> Result<Vec<PackFile>> {
    let rows = pack_file::Entity::find()
        .filter(pack_file::Column::Pack.eq(id.as_str()))
        .filter(pack_file::Column::Version.eq(i64::from(version)))
        .order_by_asc(pack_file::Column::Path)
        .all(&r.conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PackFile {
            path: row.path,
            text: row.text,
        })
        .collect())
}

/// The elements of a version, in the order of the text.
pub async fn pack_elements(r: &Read, id: &Slug, version: u32) -> Result<Vec<PackElement>> {
    let rows = pack_element::Entity::find()
        .filter(pack_element::Column::Pack.eq(id.as_str()))
        .filter(pack_element::Column::Version.eq(i64::from(version)))
        .order_by_asc(pack_element::Column::N)
        .all(&r.conn)
        .await?;
    (0_i64..)
        .zip(rows)
        .map(|(n, row)| {
            let cells = Cells::new("pack_element", &row.element);
            if row.n != n {
                return Err(cells.corrupt("n"));
            }
            let clauses = cells.json("clauses", &row.clauses)?;
            Ok(PackElement {
                kind: row.kind,
                element: row.element,
                title: row.title,
                clauses,
            })
        })
        .collect()
}

/// All versions of all packs, by pack and version.
pub async fn packs_list(r: &Read) -> Result<Vec<PackVersion>> {
    pack::Entity::find()
        .order_by_asc(pack::Column::Id)
        .order_by_asc(pack::Column::Version)
        .all(&r.conn)
        .await?
        .iter()
        .map(version_of)
        .collect()
}

/// The newest version of a pack.
pub async fn pack_newest(r: &Read, id: &Slug) -> Result<Option<PackVersion>> {
    let row = pack::Entity::find()
        .filter(pack::Column::Id.eq(id.as_str()))
        .order_by_desc(pack::Column::Version)
        .one(&r.conn)
        .await?;
    row.as_ref().map(version_of).transpose()
}

fn version_of(row: &pack::Model) -> Result<PackVersion> {
    let cells = Cells::new("pack", &row.id);
    Ok(PackVersion {
        id: cells.parse("id", &row.id)?,
        version: u32::try_from(row.version).map_err(|_| cells.corrupt("version"))?,
        home: cells.parse("home", &row.home)?,
        title: row.title.clone(),
        sha: row.sha.clone(),
        at: row.at,
        person: cells.maybe("person", row.person.as_deref())?,
    })
}

/// Applies a pack to a county.
pub async fn pack_use_insert(tx: &Tx, new: &PackUse, reason: &str) -> Result<()> {
    tx.insert::<pack_use::Entity>(use_row(new, reason, 1)?)
        .await
}

/// Ends an application on a day.
pub async fn pack_use_close(tx: &Tx, id: PackUseId, on: NaiveDate) -> Result<()> {
    let row = pack_use::Entity::find_by_id(id.to_string())
        .one(&tx.conn)
        .await?;
    let Some(mut row) = row else {
        return Err(StoreError::Missing {
            table: "pack_use",
            key: id.to_string(),
        });
    };
    row.to_on = on.to_string();
    tx.update::<pack_use::Entity>(row).await.map(|_| ())
}

/// All applications in a county, oldest first.
pub async fn pack_uses_of(r: &Read, home: BodyId) -> Result<Vec<PackUseRow>> {
    pack_use::Entity::find()
        .filter(pack_use::Column::Home.eq(home.to_string()))
        .order_by_asc(pack_use::Column::FromOn)
        .order_by_asc(pack_use::Column::Pack)
        .order_by_asc(pack_use::Column::Id)
        .all(&r.conn)
        .await?
        .iter()
        .map(use_of)
        .collect()
}

/// The open application of a pack in a county.
pub async fn pack_use_open(r: &Read, home: BodyId, id: &Slug) -> Result<Option<PackUseRow>> {
    let row = pack_use::Entity::find()
        .filter(pack_use::Column::Home.eq(home.to_string()))
        .filter(pack_use::Column::Pack.eq(id.as_str()))
        .filter(pack_use::Column::ToOn.eq(OPEN_DAY))
        .order_by_desc(pack_use::Column::FromOn)
        .one(&r.conn)
        .await?;
    row.as_ref().map(use_of).transpose()
}

fn use_row(u: &PackUse, reason: &str, version: i64) -> Result<pack_use::Model> {
    Ok(pack_use::Model {
        id: u.id.to_string(),
        home: u.home.to_string(),
        pack: u.pack.to_string(),
        pack_version: i64::from(u.version),
        from_on: u.from_on.to_string(),
        to_on: day_or_open(u.to_on),
        followed_from_on: u.followed_from_on.to_string(),
        choices: canonical(&u.choices)?,
        reason: reason.to_owned(),
        version,
    })
}

fn use_of(row: &pack_use::Model) -> Result<PackUseRow> {
    let cells = Cells::new("pack_use", &row.id);
    let pack_version =
        u32::try_from(row.pack_version).map_err(|_| cells.corrupt("pack_version"))?;
    Ok(PackUseRow {
        pack_use: PackUse {
            id: cells.parse("id", &row.id)?,
            home: cells.parse("home", &row.home)?,
            pack: cells.parse("pack", &row.pack)?,
            version: pack_version,
            from_on: cells.parse("from_on", &row.from_on)?,
            to_on: cells.until("to_on", &row.to_on)?,
            followed_from_on: cells.parse("followed_from_on", &row.followed_from_on)?,
            choices: cells.json("choices", &row.choices)?,
        },
        reason: row.reason.clone(),
        version: row.version,
    })
}
