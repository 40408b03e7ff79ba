//! The store on both engines: the same stories on SQLite and, where one is given, on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod support;
mod touched;

mod act;
mod audit;
mod body;
mod counted;
mod draft;
mod faults;
mod generation;
mod job;
mod pack;
mod person;
mod plans;
mod register;
mod reset;
mod ruling;
mod schema;
mod together;
mod write;
