//! Packs 制度包: a notice as data, read, checked, shown, compared and run.
//!
//! **Invariant:** nothing about one county's notice stands in Rust; the checker reports every
//! mistake at once with its place, what is allowed and the nearest known word. Basis: PACK-1.

mod model;

mod demand;

// The format, as data.
mod describe;
mod elements;
mod owed;

// Reading, from text to the model; each step adds what it finds wrong to one sink.
mod read;

mod problem;

mod nearest;

mod syntax;

mod node;

mod decode;

mod names;

mod convert;

mod declare;

mod duty;

mod form;

pub mod rule;

// What is done with a pack that was read.
mod timed;
mod uses;

mod compare;

mod resolve;

mod edit;

mod schema;

pub use compare::{Change, Difference, compare};
pub use describe::{
    CASES, ElementSpec, FieldSpec, HOLIDAYS, LABELS, MEASURES, Names, Need, Ty, WordList, elements,
    head,
};
pub use edit::{EditError, set_value};
pub use model::*;
pub use problem::{OtherPlace, PROBLEMS_MAX, Problem, Problems, Severity, report};
pub use read::{
    ELEMENTS_MAX, FILE_BYTES_MAX, FILES_MAX, PackFile, Reading, SCHEME_FILE, is_sound, read,
    read_all,
};
pub use resolve::{CHOICE_DAYS_MAX, ChoiceProblem, Choices, LIST_CHANGES_MAX, REASON_MAX};
pub use schema::{json_schema, reference};
pub use timed::{TimedLine, Timing, Window, timed};
pub use uses::uses_of;
