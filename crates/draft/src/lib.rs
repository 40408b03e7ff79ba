//! Drafts a pack from a notice: reads its file, finds what it asks for in time, and writes TOML
//! that a person corrects.
//!
//! **Invariant:** pure: bytes in, text out; no files, no clock, no chance. **Invariant:** every
//! element carries its place in the decoded text. **Invariant:** one pass over the text, so that
//! the time is linear in its length; a [`Budget`] counts the steps, ends what costs more, and ends
//! what nobody waits for. Basis: DRAFT-1.

mod budget;

mod text;

mod outline;

mod timing;

mod act;
mod who;
mod words;

mod label;

mod pack;

pub use budget::{Budget, STEPS_MIN, STEPS_PER_CHAR, Stop};
pub use label::{Label, LabelLine, WindowLine};
pub use outline::Head;
pub use pack::{
    Clause, Column, Correction, Element, ElementKind, Item, LIST_CODE, Loose, NamedList, Naming,
    OPEN_OWNER, OWN_ACT, OWNER_KINDS, Owed, OwnerKind, PackHead, Packed, Place, State, Unworkable,
    What, Work, Wrong, find_phrase, owner_codes_of, pack, propose, word_of,
};
pub use text::{BYTES_MAX, Format, ReadError, Source, read};
pub use timing::{Day, Timing};

use outline::{Outline, outline};

/// A notice as the program understands it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its head.
    pub head: Head,
    /// Its timed obligations, in the order of the text.
    pub labels: Vec<Label>,
    outline: Outline,
    text: String,
}

/// Reads a decoded notice.
///
/// # Errors
/// Where it cost more than the budget holds, or was stopped.
pub fn draft(text: &str, budget: &Budget) -> Result<Draft, ReadError> {
    let outline = outline(text, budget);
    let labels = label::labels(text, &outline, budget);
    budget.verdict(text)?;
    Ok(Draft {
        head: outline.head.clone(),
        labels,
        outline,
        text: text.to_owned(),
    })
}
