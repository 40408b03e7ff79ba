//! Tests of drafting: the table of phrases, invented notices, Word and PDF files, odd texts.

#![cfg(test)]

mod notices;
mod odd;
mod pack;
mod pdf;
mod phrases;
mod word;
mod work;
