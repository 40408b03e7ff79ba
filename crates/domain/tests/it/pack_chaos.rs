//! Whatever stands in a pack's files, reading ends, and every problem points into its file.

use std::collections::BTreeMap;
use std::time::Instant;

use domain::pack::rule::{Fact, holds};
use domain::pack::{
    FILE_BYTES_MAX, FILES_MAX, PROBLEMS_MAX, PackFile, Problem, Reading, read_all, report,
};
use proptest::prelude::*;

use crate::pack::{files, words};

/// Pieces that break TOML or its meaning in different ways.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    "#",
    "\n",
    "\r",
    "\t",
    "\\",
    "\\u00",
    "。",
    "“",
    "，",
    "\u{feff}",
    "\u{0}",
    "-",
    "1e999",
    "0x",
    "99999999999999999999",
    "2026-02-30",
    "true",
    "id = \"a\"\n",
    "[[duty]]\n",
    "[duty]\n",
    "[[duty.option]]\n",
    "[[form.column]]\n",
    "owed_by = { of = { of = { of = { of = { of = { of = { of = {} } } } } } } }\n",
    "when = \"a.b.c ? [1].all(x, x) : {'a': 1}\"\n",
    "clause = [[[[]]]]\n",
    "a.b.c.d.e = 1\n",
];

/// Tokens of conditions and some that are none.
const TOKENS: &[&str] = &[
    "overdue",
    "thresholds",
    ".slow_duties",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "?",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "<=",
    " in ",
    "1",
    "0",
    "1.5",
    "0x",
    "9223372036854775807",
    "1e308",
    "'甲'",
    "'",
    "b'x'",
    "r'",
    "true",
    "null",
    "size",
    ".all(x,",
    "has(",
    "string(",
    "\n",
    "＆",
    "\u{0}",
    " ",
    "dyn",
    "matches(",
    "timestamp('x')",
    "//",
];

fn seen_in_its_file(problem: &Problem, files: &[PackFile]) {
    let text = files
        .iter()
        .find(|f| f.path == problem.file)
        .map_or("", |f| f.text.as_str());
    assert!(text.get(problem.span.clone()).is_some(), "{problem:?}");
    assert!(problem.line >= 1 && problem.column >= 1, "{problem:?}");
    assert!(!problem.message.is_empty());
}

fn check(files: &[PackFile]) -> Reading {
    let reading = read_all(files, &[&words()]);
    for problem in &reading.problems {
        seen_in_its_file(problem, files);
    }
    assert!(!report(&reading.problems, files).is_empty());
    reading
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn a_pack_with_random_edits_never_panics_and_its_problems_have_places(
        edits in prop::collection::vec(
            (0usize..4, any::<prop::sample::Index>(), 0usize..12, 0..PIECES.len()),
            1..5,
        )
    ) {
        let mut files = files("second-county");
        for (file, at, cut, piece) in edits {
            let text = &mut files[file].text;
            let start = text.floor_char_boundary(at.index(text.len()));
            let end = text.ceil_char_boundary((start + cut).min(text.len()));
            text.replace_range(start..end, PIECES[piece]);
        }
        check(&files);
    }

    #[test]
    fn no_condition_stops_the_checker(
        tokens in prop::collection::vec(0..TOKENS.len(), 1..60)
    ) {
        let when: String = tokens.iter().map(|t| TOKENS[*t]).collect();
        let facts = BTreeMap::from([("overdue", Fact::Count(3))]);
        let thresholds = BTreeMap::from([("slow_duties".to_owned(), 2.0)]);
        let _ = holds(&when, &facts, &thresholds);
        let mut files = files("good");
        let text = format!(
            "[[rule]]\nid = \"r\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nmeasure = \"talk\"\n\
             over = \"standing\"\nwhen = \"\"\"\n{when}\"\"\"\n"
        );
        files.push(PackFile { path: "rule.toml".to_owned(), text });
        check(&files);
    }

    #[test]
    fn any_text_at_all_is_read_to_an_end(text in "\\PC{0,200}") {
        check(&[PackFile { path: "scheme.toml".to_owned(), text }]);
    }
}

fn codes(reading: &Reading) -> Vec<&str> {
    reading.problems.iter().map(|p| p.code).collect()
}

#[test]
fn a_pack_without_its_first_file_says_so() {
    assert_eq!(codes(&check(&[])), ["pack.no-scheme"]);
    let twice = [files("good"), files("good")].concat();
    assert_eq!(codes(&check(&twice)), ["pack.no-scheme"]);
}

#[test]
fn too_many_and_too_large_files_are_refused_without_being_read() {
    let mut many = files("good");
    let file = |n: usize| PackFile {
        path: format!("f{n}.toml"),
        text: String::new(),
    };
    many.extend((0..FILES_MAX).map(file));
    assert_eq!(codes(&check(&many)), ["pack.too-many-files"]);
    let mut large = files("good");
    let text = "#".repeat(FILE_BYTES_MAX + 1);
    large.push(PackFile {
        path: "large.toml".to_owned(),
        text,
    });
    let reading = check(&large);
    assert_eq!(codes(&reading), ["pack.file-too-large"]);
    assert_eq!(reading.problems[0].file, "large.toml");
}

#[test]
fn a_file_full_of_mistakes_is_cut_off() {
    let mut files = files("good");
    let lines: Vec<String> = (0..2_000).map(|n| format!("x{n} = 1")).collect();
    let text = lines.join("\n");
    files.push(PackFile {
        path: "full.toml".to_owned(),
        text,
    });
    let reading = check(&files);
    assert_eq!(reading.problems.len(), PROBLEMS_MAX);
    assert!(reading.pack.is_none());
}

#[test]
fn other_files_of_the_folder_are_passed_over() {
    let mut files = files("good");
    files.push(PackFile {
        path: "README.md".to_owned(),
        text: "[[".to_owned(),
    });
    assert_eq!(check(&files).problems, []);
}

#[test]
fn reading_a_whole_pack_takes_milliseconds() {
    let (files, words) = (files("second-county"), words());
    let started = Instant::now();
    for _ in 0..10 {
        assert!(read_all(&files, &[&words]).pack.is_some());
    }
    // Far above what it takes, since tests run unoptimised on a busy machine.
    assert!(started.elapsed().as_millis() < 5_000);
}
