//! From bytes to text: encodings, Word and PDF files, and what is refused with a reason.

mod clean;
mod decode;
mod docx;
mod join;
mod numbering;
mod pdf;
mod xml;

pub(crate) use clean::{Line, clean};
pub use decode::{BYTES_MAX, Format, ReadError, Source, read};
pub(crate) use join::{Block, blocks};
