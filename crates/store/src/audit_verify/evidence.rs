//! The bytes of evidence files: there, and as long as they were; whole where that is asked.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{FindingKind, Verdict};
use crate::row::file;
use crate::{Read, Result, Store};

/// So many files are looked up at once.
const PAGE_FILES: u64 = 1_000;

/// Holds the files that the county keeps against the disk: their presence and length, and with
/// `whole` each of their bytes. Says how many were looked at.
pub async fn evidence_verify(
    store: &Store,
    r: &Read,
    verdict: &mut Verdict,
    whole: bool,
) -> Result<u64> {
    let mut looked = 0;
    let mut after = String::new();
    loop {
        let page = file::Entity::find()
            .filter(file::Column::Home.eq(verdict.home.to_string()))
            .filter(file::Column::Sha.gt(after.as_str()))
            .order_by_asc(file::Column::Sha)
            .limit(PAGE_FILES)
            .all(&r.conn)
            .await?;
        let Some(last) = page.last() else {
            verdict.findings.sort();
            return Ok(looked);
        };
        after.clone_from(&last.sha);
        for row in page {
            looked += 1;
            let kept = store.file_kept(&row.sha, whole).await?;
            let kind = match kept {
                None => FindingKind::LostFile,
                Some(length) if i64::try_from(length).ok() == Some(row.bytes) => continue,
                Some(_) => FindingKind::AlteredFile,
            };
            verdict.find(kind, "file", row.sha, None);
        }
    }
}
