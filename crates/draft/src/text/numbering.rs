//! Numbering.
