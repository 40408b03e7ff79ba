//! The store on both engines: the same stories on SQLite and, where one is given, on PostgreSQL.

mod support;

mod act;
mod audit;
mod body;
mod pack;
mod person;
mod schema;
mod write;
