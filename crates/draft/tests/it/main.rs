//! Tests of drafting: the table of phrases, invented notices, Word and PDF files, odd texts.

#![cfg(test)]

mod budget;
mod notices;
mod odd;
mod pack;
mod pdf;
mod phrases;
mod word;
mod work;

use ::draft::{Budget, Draft, Naming, Packed, ReadError, Source, Stop, Work};

/// A text within the steps of its length.
pub(crate) fn draft(text: &str) -> Draft {
    ::draft::draft(text, &budget(text)).expect("it is within its steps")
}

pub(crate) fn read(bytes: &[u8]) -> Result<Source, ReadError> {
    ::draft::read(bytes, &Stop::new())
}

pub(crate) fn propose(draft: &Draft, naming: &Naming) -> Work {
    ::draft::propose(draft, naming, &ample()).expect("it is within its steps")
}

pub(crate) fn pack(draft: &Draft, naming: &Naming) -> Packed {
    ::draft::pack(draft, naming, &ample()).expect("it is within its steps")
}

fn budget(text: &str) -> Budget {
    Budget::of(text, &Stop::new())
}

fn ample() -> Budget {
    Budget::steps(1_000_000_000, &Stop::new())
}
