//! The chores of the workspace: `cargo xtask test`, `tidy`, `gen`, `bench`, `soak`, `keep`.
//!
//! **Invariant:** a chore that leaves something out says so and says why; `BIHUAN_REQUIRE` turns
//! leaving out into a failure. **Invariant:** nothing here is part of the program: no crate under
//! `crates/` depends on this one, and this one depends on none of them, so that a workspace that
//! does not compile can still be tidied.

pub mod trouble;

pub mod house;

pub mod browser;
pub mod cluster;
pub mod suite;

pub mod tidy;

pub mod generated;

pub mod bench;
pub mod soak;

pub mod keep;

pub use trouble::{Outcome, Trouble};
