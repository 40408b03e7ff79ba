//! The structure of a notice: its head, its clause tree, its tables, each with its place.

mod clause;
mod head;
mod inline;
mod mark;
mod table;

pub(crate) use clause::{Outline, Part, Role, outline};
pub use head::Head;
pub(crate) use mark::begins_with_mark;
pub(crate) use table::{Columns, Table};
