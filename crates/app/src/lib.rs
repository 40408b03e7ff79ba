//! One function per verb, for pages, command line and jobs alike: load and authorise, decide,
//! write and audit in one transaction.
//!
//! **Invariant:** no rule of the domain and no SQL stands here. **Invariant:** loading and
//! authorising are one call: what an actor may not see is not found.

pub mod code;
pub mod ctx;
pub mod door;
pub mod error;
pub mod listed;
pub mod named;
pub mod verb;
pub mod words;
pub mod write;

pub mod counted;
pub mod facts;
pub mod world;

pub mod body;
mod namesake;
pub mod person;
pub mod post;
pub mod reset;
pub mod role;
pub mod session;
pub mod token;

mod brake;
mod hashing;
mod look;
mod password;
mod secret;
mod sign_in;
mod zone;

pub mod drafting;
pub mod occasion;
pub mod pack;

pub mod act;
pub mod duty;
pub mod file;
pub mod ruling;
pub mod search;

pub mod audit;
pub mod clock;
pub mod health;
pub mod job;

pub use code::{Class, Code};
pub use ctx::{Actor, App, Ctx, Ids, Scope, Settings, Who};
pub use error::{Error, FieldErrors, Result};
pub use listed::Listed;
pub use named::Named;
pub use verb::Verb;
