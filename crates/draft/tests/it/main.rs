//! Tests of drafting: the table of phrases, invented notices, Word files, odd texts.

#![cfg(test)]

mod notices;
mod odd;
mod pack;
mod phrases;
mod word;
mod work;
