//! The world that tests play in: a small county with the shipped packs applied, a clock
//! that moves by hand, people who act, and a browser without a browser.
//!
//! **Invariant:** everything is written through the program's own verbs; each test has a database
//! of its own.

mod api;
mod browser;
mod county;
mod database;
mod golden;
mod world;

pub mod bare;
pub mod filled;
pub mod kept;
pub mod measure;
pub mod new;
pub mod wide;

pub use api::{Answer, Api};
pub use browser::{Browser, Reply};
pub use county::{County, PASSWORD};
pub use golden::golden;
pub use world::{Person, TestApp, day, draft, every_duty, key, root, shipped, standing};
