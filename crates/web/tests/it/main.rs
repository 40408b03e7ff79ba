//! The pages as requests see them: who gets in where, and what forms do.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod act_api;
mod api;
mod bounds;
mod draft_api;
mod forms;
mod job;
mod links;
mod pack_api;
mod pages;
mod recording;
mod register;
mod reset;
mod ruling_api;
mod search_api;
mod session;
mod standing_api;
mod sweep;
