//! Which packs a set of files uses, read before anything is checked, so that they can be loaded.

use toml::de::DeTable;

use super::read::{PackFile, SCHEME_FILE};
use crate::id::Slug;

/// The ids in `uses` of `scheme.toml`, as far as they can be read; the checker says what is wrong.
pub fn uses_of(files: &[PackFile]) -> Vec<Slug> {
    let is_scheme = |f: &&PackFile| f.path.rsplit('/').next() == Some(SCHEME_FILE);
    let Some(file) = files.iter().find(is_scheme) else {
        return Vec::new();
    };
    let (table, _) = DeTable::parse_recoverable(&file.text);
    let uses = table
        .get_ref()
        .get("uses")
        .and_then(|v| v.get_ref().as_array());
    uses.into_iter()
        .flat_map(|all| all.iter())
        .filter_map(|v| v.get_ref().as_str().and_then(|text| text.parse().ok()))
        .collect()
}
