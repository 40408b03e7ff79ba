//! The domain from outside: stories, golden tables, worked examples, properties.

#![cfg(test)]

mod calendar;
mod county;
mod examples;
mod job;
mod pack;
mod pack_chaos;
mod pack_choices;
mod pack_edit;
mod pack_lines;
mod pack_mistakes;
mod part;
mod policy;
mod properties;
mod removal;
mod reset;
mod second_county;
mod shipped;
mod standing;
mod states;
mod structure;
mod touched;
mod weighing;
