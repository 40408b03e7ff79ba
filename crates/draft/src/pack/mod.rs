//! The draft as a pack: TOML that `pack check` accepts and a person corrects.
//!
//! **Invariant:** each element says where it stands in the text and how sure it is; what no element
//! covers is listed, never dropped. Titles are made of who, when and what, not copied.

mod element;
mod form;
mod owed;
mod owner;
mod toml;

// From what was read to the files, with a person's decisions between.
mod propose;
mod title;

mod passed;

mod phrase;

mod work;

mod correct;

mod write;

use chrono::NaiveDate;

use crate::Draft;
use crate::budget::Budget;
use crate::text::ReadError;

pub use correct::{Correction, Wrong};
pub use element::{
    Clause, Column, Element, ElementKind, Loose, OWN_ACT, Owed, PackHead, Place, What,
};
pub use owed::word_of;
pub use owner::{LIST_CODE, NamedList, OPEN_OWNER, OWNER_KINDS, OwnerKind, owner_codes_of};
pub use phrase::find_phrase;
pub use work::{Item, State, Unworkable, Work};

/// What the notice cannot say of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The pack's id and folder: a slug.
    pub id: String,
    /// The notice's file name.
    pub source: String,
    /// The day to count from where the notice has no date.
    pub otherwise: NaiveDate,
}

/// A drafted pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Files by name, `scheme.toml` first.
    pub files: Vec<(String, String)>,
    /// Timed phrases that no element covers.
    pub uncovered: Vec<Loose>,
}

/// The elements of a draft, for a person to decide on.
///
/// # Errors
/// Where it cost more than the budget holds, or was stopped.
pub fn propose(draft: &Draft, naming: &Naming, budget: &Budget) -> Result<Work, ReadError> {
    let work = propose::propose(draft, naming, budget);
    budget.verdict(&draft.text)?;
    Ok(work)
}

/// Writes a pack from a draft, and says which timed phrases no element covers.
///
/// # Errors
/// As [`propose()`].
pub fn pack(draft: &Draft, naming: &Naming, budget: &Budget) -> Result<Packed, ReadError> {
    let work = propose(draft, naming, budget)?;
    Ok(Packed {
        files: work.files(),
        uncovered: work
            .loose
            .into_iter()
            .filter(|l| l.why.is_empty())
            .collect(),
    })
}
