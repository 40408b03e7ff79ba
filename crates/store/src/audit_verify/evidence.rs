//! The bytes of evidence files: there, and as long as they were; whole where that is asked.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityName, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{FindingKind, Verdict};
use crate::row::{file, file_use};
use crate::{Read, Result, Store};

/// So many files are looked up at once.
const PAGE_FILES: u64 = 1_000;

/// Holds the files that the county uses, whichever county kept them first, against the disk: their
/// presence and length, and with `whole` each of their bytes. Says how many were looked at.
pub async fn evidence_verify(
    store: &Store,
    r: &Read,
    verdict: &mut Verdict,
    whole: bool,
) -> Result<u64> {
    let mut looked = 0;
    let mut after = String::new();
    loop {
        let used = Query::select()
            .column(file_use::Column::File)
            .from(file_use::Entity.table_ref())
            .and_where(file_use::Column::Home.eq(verdict.home.to_string()))
            .to_owned();
        let page: Vec<(String, i64)> = file::Entity::find()
            .select_only()
            .column(file::Column::Sha)
            .column(file::Column::Bytes)
            .filter(file::Column::Sha.in_subquery(used))
            .filter(file::Column::Sha.gt(after.as_str()))
            .order_by_asc(file::Column::Sha)
            .limit(PAGE_FILES)
            .into_tuple()
            .all(&r.conn)
            .await?;
        let Some(last) = page.last() else {
            verdict.findings.sort();
            return Ok(looked);
        };
        after.clone_from(&last.0);
        for (sha, bytes) in page {
            looked += 1;
            let kept = store.file_kept(&sha, whole).await?;
            let kind = match kept {
                None => FindingKind::LostFile,
                Some(length) if i64::try_from(length).ok() == Some(bytes) => continue,
                Some(_) => FindingKind::AlteredFile,
            };
            verdict.find(kind, "file", sha, None);
        }
    }
}
