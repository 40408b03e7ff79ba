//! Stories of the verbs: people of a small county work with the shipped notices.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod act;
mod anew;
mod apart;
mod as_of;
mod body;
mod clock;
mod drafting;
mod error;
mod file;
mod hidden;
mod invisible;
mod job;
mod kept;
mod list;
mod occasion;
mod pack;
mod person;
mod post;
mod power;
mod proof;
mod queries;
mod reading;
mod reset;
mod returns;
mod ruling;
mod session;
mod sign_in;
mod year;

/// The notice of the special committees.
const Z1: &str = "zezhou-2026-committees";
/// The notice of the three actions.
const Z2: &str = "zezhou-2026-three-actions";

/// The code of what a verb answered instead of a result.
fn code<T: std::fmt::Debug>(answer: app::Result<T>) -> &'static str {
    answer.unwrap_err().code()
}

/// The sentence of what a verb answered instead of a result.
fn sentence<T: std::fmt::Debug>(answer: app::Result<T>) -> String {
    answer.unwrap_err().sentence()
}

/// The messages beside a field.
fn beside<T: std::fmt::Debug>(answer: app::Result<T>, field: &str) -> String {
    let app::Error::Invalid(errors) = answer.unwrap_err() else {
        unreachable!("not a matter of fields");
    };
    errors.of(field).join("")
}

#[test]
fn no_file_of_stories_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let named = include_str!("main.rs");
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs");
        let is_told = stem == "main" || named.contains(&format!("mod {stem};"));
        assert!(is_told, "{name} is in no binary");
    }
}
