//! The mark in a data folder that says: this is a demo, and this is its day.

use std::path::Path;

use chrono::NaiveDate;

use crate::outcome::{Fail, Outcome};

/// Name of the file.
const FILE: &str = "demo-day";

/// What the mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The demo's day.
    pub day: NaiveDate,
}

/// Reads the mark of a folder; a folder without one holds no demo.
pub fn read(dir: &Path) -> Option<Mark> {
    let text = std::fs::read_to_string(dir.join(FILE)).ok()?;
    text.trim().parse().ok().map(|day| Mark { day })
}

/// Writes the mark, when everything else stands.
pub(super) fn write(dir: &Path, mark: Mark) -> Outcome<()> {
    std::fs::write(dir.join(FILE), format!("{}\n", mark.day))
        .map_err(|why| Fail::unavailable(format!("写不进“{}”：{why}", dir.display())))
}
