//! Evidence files: the bytes in a folder under their hash, what they are evidence of in rows.
//!
//! **Invariant:** the bytes stand on the disk before a row refers to them. What no row refers to
//! for a day may be collected.

use bytes::Bytes;
use domain::id::BodyId;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::canon::{Cells, OPEN_SEQ, sha256_hex};
use crate::row::{file, file_use};
use crate::{Read, Result, Store, StoreError, Tx};

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
fn place(sha: &str) -> Path {
    let (a, rest) = sha.split_at_checked(2).unwrap_or((sha, ""));
    let (b, _) = rest.split_at_checked(2).unwrap_or((rest, ""));
    Path::from_iter([a, b, sha])
}

fn no_folder() -> StoreError {
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
        let options = PutOptions {
            mode: PutMode::Overwrite,
            ..PutOptions::default()
        };
        files.put_opts(&path, bytes.into(), options).await?;
        Ok(sha)
    }

    /// The bytes of a file; `None` where there is none, `Corrupt` where they are not what was put.
    pub async fn file_get(&self, sha: &str) -> Result<Option<Bytes>> {
        let files = self.files().ok_or_else(no_folder)?;
        let found = match files.get(&place(sha)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
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
        let length = match files.head(&place(sha)).await {
            Ok(meta) => meta.size,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
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

    /// Removes files that no row refers to and that are older than an instant; returns how many.
    pub async fn files_collect(&self, older_than_ms: i64) -> Result<usize> {
        let files = self.files().ok_or_else(no_folder)?;
        let mut removed = 0;
        let all: Vec<_> = files.list(None).try_collect().await?;
        for chunk in all.chunks(crate::act::IDS_AT_ONCE) {
            let old = chunk
                .iter()
                .filter(|m| m.last_modified.timestamp_millis() < older_than_ms);
            let old: Vec<_> = old.collect();
            let names: Vec<&str> = old.iter().filter_map(|m| m.location.filename()).collect();
            let known = self.read(async |r| files_known(r, &names).await).await?;
            for meta in old {
                let name = meta.location.filename().unwrap_or_default();
                if !known.iter().any(|sha| sha == name) {
                    files.delete(&meta.location).await?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

async fn files_known(r: &Read, shas: &[&str]) -> Result<Vec<String>> {
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
pub async fn file_use_close(tx: &Tx, subject: &str, n: i64) -> Result<()> {
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
    tx.update::<file_use::Entity>(row).await.map(|_| ())
}

/// The files of some subjects as of a link, by subject and number. `i64::MAX` is now.
pub async fn files_of(r: &Read, subjects: &[String], as_of: i64) -> Result<Vec<FileUse>> {
    let mut out = Vec::new();
    for chunk in subjects.chunks(crate::act::IDS_AT_ONCE) {
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
