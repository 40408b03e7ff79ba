//! Tests of drafting: the table of phrases, invented notices, odd files.

mod phrases;
