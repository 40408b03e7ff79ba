//! Journeys in a real browser: each is one person's task from sign-in to the end of it.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

mod chrome;
mod drafting;
mod journeys;
mod word;
