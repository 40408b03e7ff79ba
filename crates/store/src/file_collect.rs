//! Collecting evidence files that no row refers to.
//!
//! An upload puts the bytes first and the row later, and is content with bytes that stand already.
//! So nothing is removed where it is found: it is set aside, where readers still find it, and an
//! upload that comes then puts it anew. What a row refers to after all comes back; what nobody
//! missed for a day is removed. No upload lasts a day.

use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::file::{ASIDE, aside, files_known, get, no_folder, place, put};
use crate::{Result, Store, StoreError};

/// The folder is looked through in so many parts: by the first byte of a hash, then what is aside.
const PARTS: u32 = 257;
/// A step ends after the part in which it has looked at so many files.
const FILES_AT_ONCE: u64 = 2_000;
/// A file whose time says what time the disk has.
const CLOCK: &str = "clock";

/// What a step of collecting came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Files that were set aside.
    pub set_aside: u64,
    /// Files that came back, for a row refers to them.
    pub brought_back: u64,
    /// Files that were removed.
    pub removed: u64,
    /// The part to go on with; none where all were looked through.
    pub next: Option<u32>,
}

impl Store {
    /// The time by which the folder of files stamps them, in milliseconds UTC: that of the disk,
    /// which is another one than ours where the folder is another machine's or the day is a demo's.
    pub async fn files_clock(&self) -> Result<i64> {
        let files = self.files().ok_or_else(no_folder)?;
        let path = Path::from(CLOCK);
        put(files, &path, bytes::Bytes::new()).await?;
        Ok(files.head(&path).await?.last_modified.timestamp_millis())
    }

    /// Whether there is a folder for files.
    pub fn has_files(&self) -> bool {
        self.files().is_some()
    }

    /// Looks through some of the folder from a part on: what no row refers to and is older than an
    /// instant of the folder's clock is set aside, and removed where it was aside.
    pub async fn files_collect(&self, from: u32, older_than_ms: i64) -> Result<Collected> {
        let files = self.files().ok_or_else(no_folder)?;
        let mut done = Collected::default();
        let mut looked = 0;
        for part in from..PARTS {
            let folder =
                u8::try_from(part).map_or_else(|_| ASIDE.to_owned(), |n| format!("{n:02x}"));
            let all: Vec<ObjectMeta> = files.list(Some(&Path::from(folder))).try_collect().await?;
            let is_old = |m: &&ObjectMeta| m.last_modified.timestamp_millis() < older_than_ms;
            let old: Vec<&ObjectMeta> = all.iter().filter(is_old).collect();
            for chunk in old.chunks(crate::read::IDS_AT_ONCE) {
                self.collect(files, chunk, part == PARTS - 1, &mut done)
                    .await?;
            }
            looked += all.len() as u64;
            if looked >= FILES_AT_ONCE && part + 1 < PARTS {
                done.next = Some(part + 1);
                break;
            }
        }
        Ok(done)
    }

    async fn collect(
        &self,
        files: &LocalFileSystem,
        old: &[&ObjectMeta],
        is_aside: bool,
        done: &mut Collected,
    ) -> Result<()> {
        let names: Vec<&str> = old.iter().filter_map(|m| m.location.filename()).collect();
        let known = self.read(async |r| files_known(r, &names).await).await?;
        for sha in names {
            let is_known = known.iter().any(|k| k == sha);
            match (is_aside, is_known) {
                (false, true) => {}
                (false, false) => {
                    moved(files, &place(sha), &aside(sha)).await?;
                    done.set_aside += 1;
                }
                (true, true) => {
                    moved(files, &aside(sha), &place(sha)).await?;
                    done.brought_back += 1;
                }
                (true, false) => {
                    gone(files, &aside(sha)).await?;
                    done.removed += 1;
                }
            }
        }
        Ok(())
    }
}

/// Moves a file by a copy, which has the time of now; whoever looks meanwhile finds it in one place
/// at least.
async fn moved(files: &LocalFileSystem, from: &Path, to: &Path) -> Result<()> {
    let Some(bytes) = get(files, from).await? else {
        return Ok(());
    };
    put(files, to, bytes).await?;
    gone(files, from).await
}

/// Removes a file; one that another node removed first is gone as well.
async fn gone(files: &LocalFileSystem, path: &Path) -> Result<()> {
    match files.delete(path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(StoreError::from(error)),
    }
}
