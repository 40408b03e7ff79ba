//! A link of the audit chain: its hash, and what stands in it for nothing.

use crate::Result;
use crate::canon::{canonical, sha256_hex};
use crate::row::audit;

/// What stands as the previous hash in the first link of a chain.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// What stands for nothing: in the place of the hash of a row that is gone, and of the hash of
/// derived rows where a link changed none.
pub(crate) const GONE: &str = "-";
/// The verb of the one link that may be stamped before the link before it: an operator says that
/// the clock was wrong.
pub const CLOCK_SET_BACK: &str = "clock.set-back";

/// The hash of a link: over the canonical text of all its columns but the hash itself. A column
/// that came later is part of it only where it holds something, so that older links keep theirs.
pub(crate) fn link_hash(link: &audit::Model) -> Result<String> {
    let mut value = serde_json::json!({
        "at": link.at,
        "home": link.home,
        "operator": link.operator,
        "person": link.person,
        "post": link.post,
        "prev": link.prev,
        "rows": link.rows,
        "seq": link.seq,
        "subject": link.subject,
        "verb": link.verb,
    });
    if let Some(map) = value.as_object_mut().filter(|_| !link.derived.is_empty()) {
        map.insert("derived".to_owned(), link.derived.clone().into());
    }
    Ok(sha256_hex(canonical(&value)?.as_bytes()))
}
