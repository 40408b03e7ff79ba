//! Types and rules of work-safety governance: calendar, packs, bodies, acts, duties, standing,
//! powers.
//!
//! **Invariant:** no I/O, no async, no clock, no randomness, no SQL, no HTML: every function is a
//! function of its arguments. **Invariant:** nothing about one county's notice stands here.

pub mod id;
pub mod instant;
pub mod listing;
pub mod text;

pub mod body;
pub mod person;
pub mod policy;
pub mod post;
pub mod reset;
pub mod structure;
pub mod thing;
pub mod token;
pub mod uscc;

pub mod calendar;

pub mod pack;

pub mod duty;
pub mod occasion;

pub mod act;
pub mod decider;
pub mod extension;
pub mod part;
pub mod ruling;
pub mod share;
pub mod standing;
pub mod touched;
pub mod weigh;

pub mod job;
