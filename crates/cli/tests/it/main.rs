//! Stories of the command line: the binary is run, and what it says and how it ends is looked at.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that cannot go on has failed"
)]

mod demo;
mod door;
mod draft;
mod every_verb;
mod nouns;
mod operation;
mod pack;
mod pack_door;
mod person;
mod reference;
mod ruling;
mod running;
mod serving;
mod session;
mod settings;
mod setup;
mod three_doors;
mod tick;
mod upgrade;

/// A file that nobody names here is never run.
#[test]
fn no_file_of_stories_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let named = include_str!("main.rs");
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs");
        assert!(
            stem == "main" || named.contains(&format!("mod {stem};")),
            "{name}"
        );
    }
}
