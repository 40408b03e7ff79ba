//! The packs that the binary holds.

use domain::pack::PackFile;

/// Id and files (name, text) of each pack.
type Listed = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const SHIPPED: Listed = include!(concat!(env!("OUT_DIR"), "/shipped_packs.rs"));

/// The packs that ship, by id, with their files.
pub(crate) fn shipped_packs() -> impl Iterator<Item = (&'static str, Vec<PackFile>)> {
    SHIPPED.iter().map(|(id, files)| {
        let file = |(name, text): &(&str, &str)| PackFile {
            path: format!("schemes/{id}/{name}"),
            text: (*text).to_owned(),
        };
        (*id, files.iter().map(file).collect())
    })
}

/// The files of one pack that ships.
pub(super) fn shipped(id: &str) -> Option<Vec<PackFile>> {
    shipped_packs()
        .find(|(known, _)| *known == id)
        .map(|(_, files)| files)
}
