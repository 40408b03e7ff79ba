//! Evidence files: the bytes in a folder under their hash, what they are evidence of in rows.
//!
//! **Invariant:** the bytes stand on the disk before a row refers to them. What no row refers to is
//! set aside when it is a day old, where it is still found, and removed when it has lain there for
//! a day: so an upload that met the bytes just before keeps them, whatever is collected meanwhile.

use bytes::Bytes;
use domain::id::BodyId;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::{Cells, OPEN_SEQ, sha256_hex};
use crate::row::{file, file_use};
use crate::{Read, Result, Store, StoreError, Tx};

/// The folder of what is set aside; no hash begins like it.
pub(crate) const ASIDE: &str = "aside";

/// Where a file is evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUse {
    /// What it is evidence of: an id.
    pub subject: String,
    /// Number within the subject.
    pub n: i64,
    /// The county.
    pub home: BodyId,
    /// Hash of the file.
    pub sha: String,
    /// Length in bytes.
    pub bytes: u64,
    /// Media type.
    pub media: String,
    /// Name as it was uploaded.
    pub name: String,
}

/// Where the bytes of a hash stand: two levels of folders, so that none grows too long.
pub(crate) fn place(sha: &str) -> Path {
    let (a, rest) = sha.split_at_checked(2).unwrap_or((sha, ""));
    let (b, _) = rest.split_at_checked(2).unwrap_or((rest, ""));
    Path::from_iter([a, b, sha])
}

/// Where the bytes of a hash stand while they are set aside.
pub(crate) fn aside(sha: &str) -> Path {
    Path::from_iter([ASIDE, sha])
}

/// Where bytes may stand, in the order in which to look: they may come back while one looks.
fn places(sha: &str) -> [Path; 3] {
    [place(sha), aside(sha), place(sha)]
}

pub(crate) async fn put(files: &LocalFileSystem, path: &Path, bytes: Bytes) -> Result<()> {
    let options = PutOptions {
        mode: PutMode::Overwrite,
        ..PutOptions::default()
    };
    files.put_opts(path, bytes.into(), options).await?;
    Ok(())
}

/// The bytes at a place; `None` where there are none.
pub(crate) async fn get(files: &LocalFileSystem, path: &Path) -> Result<Option<Bytes>> {
    match files.get(path).await {
        Ok(found) => Ok(Some(found.bytes().await?)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What stands at a place; `None` where nothing does.
async fn head(files: &LocalFileSystem, path: &Path) -> Result<Option<ObjectMeta>> {
    match files.head(path).await {
        Ok(meta) => Ok(Some(meta)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn no_folder() -> StoreError {
    StoreError::File {
        path: "files".to_owned(),
        source: std::io::Error::new(std::io::ErrorKind::NotFound, "no folder for files"),
    }
}

impl Store {
    /// Puts bytes on the disk under their hash, which is returned: to a second file first, synced,
    /// then renamed. The same bytes are kept once.
    pub async fn file_put(&self, bytes: Bytes) -> Result<String> {
        let files = self.files().ok_or_else(no_folder)?;
        let sha = sha256_hex(&bytes);
        let path = place(&sha);
        if files.head(&path).await.is_ok() {
            return Ok(sha);
        }
        put(files, &path, bytes).await?;
        Ok(sha)
    }

    /// The bytes of a file; `None` where there is none, `Corrupt` where they are not what was put.
    pub async fn file_get(&self, sha: &str) -> Result<Option<Bytes>> {
        let files = self.files().ok_or_else(no_folder)?;
        let mut found = None;
        for path in places(sha) {
            if found.is_none() {
                found = get(files, &path).await?;
            }
        }
        let Some(found) = found else {
            return Ok(None);
        };
        if sha256_hex(&found) != sha {
            return Err(StoreError::Corrupt {
                table: "file",
                column: "sha",
                id: sha.to_owned(),
            });
        }
        Ok(Some(found))
    }

    /// The length of a file on the disk; `None` where there is none. With `whole` its bytes are
    /// read, and others than those that were put have no length at all.
    pub async fn file_kept(&self, sha: &str, whole: bool) -> Result<Option<u64>> {
        let Some(files) = self.files() else {
            return Ok(None);
        };
        let mut length = None;
        for path in places(sha) {
            if length.is_none() {
                length = head(files, &path).await?.map(|meta| meta.size);
            }
        }
        let Some(length) = length else {
            return Ok(None);
        };
        if !whole {
            return Ok(Some(length));
        }
        match self.file_get(sha).await {
            Ok(found) => Ok(found.map(|bytes| bytes.len() as u64)),
            Err(StoreError::Corrupt { .. }) => Ok(Some(u64::MAX)),
            Err(other) => Err(other),
        }
    }
}

pub(crate) async fn files_known(r: &Read, shas: &[&str]) -> Result<Vec<String>> {
    Ok(file::Entity::find()
        .select_only()
        .column(file::Column::Sha)
        .filter(file::Column::Sha.is_in(shas.iter().copied()))
        .into_tuple()
        .all(&r.conn)
        .await?)
}

/// Refers to a file that stands on the disk. Returns its number within the subject.
pub async fn file_use_insert(
    tx: &Tx,
    subject: &str,
    sha: &str,
    bytes: u64,
    media: &str,
    name: &str,
) -> Result<i64> {
    if file::Entity::find_by_id(sha).one(&tx.conn).await?.is_none() {
        let row = file::Model {
            sha: sha.to_owned(),
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            media: media.to_owned(),
            stored_at: tx.at(),
            home: tx.home().to_string(),
            version: 1,
        };
        tx.insert::<file::Entity>(row).await?;
    }
    let last = file_use::Entity::find()
        .filter(file_use::Column::Subject.eq(subject))
        .order_by_desc(file_use::Column::N)
        .one(&tx.conn)
        .await?;
    let n = last.map_or(0, |row| row.n) + 1;
    tx.insert::<file_use::Entity>(file_use::Model {
        subject: subject.to_owned(),
        n,
        home: tx.home().to_string(),
        file: sha.to_owned(),
        name: name.to_owned(),
        seq_from: tx.seq(),
        seq_to: OPEN_SEQ,
        version: 1,
    })
    .await?;
    Ok(n)
}

/// Takes a file from a subject; its bytes and the trail stay.
pub async fn file_use_close(tx: &Tx, subject: &str, n: i64) -> Result<i64> {
    let row = file_use::Entity::find_by_id((subject.to_owned(), n))
        .one(&tx.conn)
        .await?;
    let Some(mut row) = row else {
        return Err(StoreError::Missing {
            table: "file_use",
            key: format!("{subject}|{n}"),
        });
    };
    row.seq_to = tx.seq();
    tx.update::<file_use::Entity>(row).await
}

/// The files of some subjects as of a link, by subject and number. `i64::MAX` is now.
pub async fn files_of(r: &Read, subjects: &[String], as_of: i64) -> Result<Vec<FileUse>> {
    let mut out = Vec::new();
    for chunk in subjects.chunks(crate::read::IDS_AT_ONCE) {
        let mut query = file_use::Entity::find()
            .filter(file_use::Column::Subject.is_in(chunk.iter().map(String::as_str)));
        query = if as_of == OPEN_SEQ {
            query.filter(file_use::Column::SeqTo.eq(OPEN_SEQ))
        } else {
            query
                .filter(file_use::Column::SeqFrom.lte(as_of))
                .filter(file_use::Column::SeqTo.gt(as_of))
        };
        let uses = query
            .order_by_asc(file_use::Column::Subject)
            .order_by_asc(file_use::Column::N)
            .all(&r.conn)
            .await?;
        let files = file::Entity::find()
            .filter(file::Column::Sha.is_in(uses.iter().map(|u| u.file.as_str())))
            .all(&r.conn)
            .await?;
        for row in uses {
            let cells = Cells::new("file_use", &row.subject);
            let found = files.iter().find(|f| f.sha == row.file);
            let found = found.ok_or_else(|| cells.corrupt("file"))?;
            out.push(FileUse {
                home: cells.parse("home", &row.home)?,
                bytes: found.bytes.unsigned_abs(),
                media: found.media.clone(),
                subject: row.subject,
                n: row.n,
                sha: row.file,
                name: row.name,
            });
        }
    }
    Ok(out)
}
