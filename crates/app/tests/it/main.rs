//! Stories of the verbs: people of a small county work with the shipped notices.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod act;
