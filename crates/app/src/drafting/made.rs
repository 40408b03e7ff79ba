//! Saying of a draft that a pack was made of it.

use domain::id::{BodyId, DraftId, Slug};

use crate::error::{Error, Result};

/// A draft in the version that was checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DraftRead {
    pub(super) id: DraftId,
    pub(super) version: i64,
}

/// Says of a draft that a pack was made of it, in the transaction that imports the pack.
pub(crate) async fn made(
    tx: &store::Tx,
    home: BodyId,
    draft: DraftRead,
    (pack, version): (&Slug, u32),
) -> Result<()> {
    let row = store::draft::draft_find(tx, home, draft.id).await?;
    let mut row = super::loaded(row)?.row;
    let wanted = (pack.clone(), version);
    if row.line.made.as_ref() == Some(&wanted) {
        return Ok(());
    }
    // What was checked is what is imported: a decision in between asks for another look.
    if row.line.version != draft.version {
        return Err(Error::refused(
            crate::Code::DraftChanged,
            "刚刚有人改动了这份起草，没有导入。请刷新页面，核对后再导入。",
        ));
    }
    row.line.made = Some(wanted);
    store::draft::draft_update(tx, &row).await?;
    Ok(())
}
