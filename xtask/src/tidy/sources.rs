//! Rules about one Rust source at a time: its length, its first words, what it leaves to do.

use super::tree::has_extension;
use super::{Finding, Tree};

/// Lines of a file without its `#[cfg(test)]` part.
const FILE_LINES_MAX: usize = 600;
/// Lines of a loop that polls, up to its pause.
const POLL_LINES_MAX: usize = 10;
/// Columns of a comment; rustfmt holds the code to the same.
const COLUMNS_MAX: usize = 100;

/// Finds files that hold more than one idea, and comments that run off the screen.
pub(super) fn files_are_short(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.sources() {
        let lines = without_tests(text).lines().count();
        if lines > FILE_LINES_MAX {
            let says = format!("{lines} lines without tests, {FILE_LINES_MAX} are allowed");
            found.push(Finding::of(path, says));
        }
        for (number, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS_MAX && line.trim_start().starts_with("//") {
                let says = format!("{columns} columns, {COLUMNS_MAX} are allowed");
                found.push(Finding::at(path, number + 1, says));
            }
        }
    }
    found
}

/// Finds modules that do not begin by saying what they are.
pub(super) fn modules_say_what_they_are(tree: &Tree) -> Vec<Finding> {
    tree.sources()
        .filter(|(path, _)| path.contains("/src/") || path.contains("/examples/"))
        .filter(|(_, text)| {
            let first = text.lines().map(str::trim).find(|line| {
                let is_attribute = line.starts_with("#!");
                !line.is_empty() && !is_attribute
            });
            !first.is_some_and(|line| line.starts_with("//! "))
        })
        .map(|(path, _)| Finding::of(path, "begins without a module doc (`//! What this is.`)"))
        .collect()
}

/// Finds work that is left without the number of its issue.
pub(super) fn what_is_left_has_an_issue(tree: &Tree) -> Vec<Finding> {
    const KINDS: [&str; 8] = ["rs", "html", "css", "js", "toml", "txt", "sh", "run"];
    // Spelled in halves, so that the rule does not find itself.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["HA", "CK"], ["XX", "X"]].map(|half| half.concat());
    let mut found = Vec::new();
    let texts = tree.texts().filter(|(path, _)| {
        KINDS.iter().any(|kind| has_extension(path, kind)) || path.starts_with(".ci/")
    });
    for (path, text) in texts {
        for (number, line) in text.lines().enumerate() {
            for mark in &marks {
                if line
                    .match_indices(mark.as_str())
                    .any(|(at, _)| !is_numbered(line, at, mark))
                {
                    let says = format!("`{mark}` without an issue; write {}(#n)", marks[0]);
                    found.push(Finding::at(path, number + 1, says));
                }
            }
        }
    }
    found
}

/// Tells whether the mark at `at` is part of a longer word, or names its issue.
fn is_numbered(line: &str, at: usize, mark: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let after = &line[at + mark.len()..];
    let in_a_word = line[..at].ends_with(is_word) || after.starts_with(is_word);
    let issue = after.strip_prefix("(#").unwrap_or_default();
    in_a_word || issue.starts_with(|c: char| c.is_ascii_digit())
}

/// Finds tests that are skipped, and tests that wait for time to pass.
pub(super) fn tests_run_at_once(tree: &Tree) -> Vec<Finding> {
    let ignored = ["#[", "ignore"].concat();
    let sleeps = ["sleep", "("].concat();
    let mut found = Vec::new();
    for (path, text) in tree.sources() {
        let in_tests = path.contains("/tests/") || path.ends_with("/tests.rs");
        let tests_from = without_tests(text).lines().count();
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let is_comment = line.trim_start().starts_with("//");
            if is_comment || !(in_tests || number >= tests_from) {
                continue;
            }
            if line.contains(&ignored) {
                found.push(Finding::at(
                    path,
                    number + 1,
                    "a test that is not run is no test",
                ));
            }
            if line.contains(&sleeps) && !polls(&lines, number) {
                let says = "a test waits for no clock; hand the time over, or poll with a limit";
                found.push(Finding::at(path, number + 1, says));
            }
        }
    }
    found
}

/// Tells whether a line stands in a loop that asks again and ends by itself: `for _ in 0..50 {`.
fn polls(lines: &[&str], at: usize) -> bool {
    let from = at.saturating_sub(POLL_LINES_MAX);
    lines.get(from..at).unwrap_or_default().iter().any(|line| {
        let line = line.trim_start();
        line.starts_with("for _ in 0..") && line.ends_with('{')
    })
}

/// Gives a source without its `#[cfg(test)]` part, which stands at the end of the file.
pub(super) fn without_tests(text: &str) -> &str {
    let mark = ["\n#[cfg", "(test)]\n"].concat();
    let end = text.match_indices(&mark).map(|(at, _)| at + 1).find(|at| {
        let rest = text[at + mark.len() - 1..].trim_start();
        let item = rest
            .lines()
            .find(|line| !line.starts_with("#["))
            .unwrap_or_default();
        item.starts_with("mod ") && item.ends_with('{')
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        "//! A file.\n".to_owned() + &"let x = 1;\n".repeat(count - 1)
    }

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let long = lines(601);
        let tested = lines(600) + "#[cfg(test)]\nmod tests {\n" + &lines(300) + "}\n";
        let tree = Tree::of_texts(&[("crates/a/src/a.rs", &long), ("crates/a/src/b.rs", &tested)]);
        let found = files_are_short(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, "crates/a/src/a.rs");
    }

    #[test]
    fn a_test_import_in_the_middle_does_not_hide_the_rest_of_the_file() {
        let text = "//! A.\n#[cfg(test)]\nuse std::fs;\nfn a() {}\n#[cfg(test)]\nmod tests {\n}\n";
        assert!(without_tests(text).ends_with("fn a() {}\n"));
    }

    #[test]
    fn a_module_without_first_words_is_found() {
        let tree = Tree::of_texts(&[
            ("crates/a/src/good.rs", "//! Says what it is.\n"),
            ("crates/a/src/bad.rs", "use std::fs;\n"),
            ("crates/a/tests/it/free.rs", "use std::fs;\n"),
        ]);
        let found = modules_say_what_they_are(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/a/src/bad.rs");
    }

    #[test]
    fn work_that_is_left_names_its_issue() {
        let mark = ["TO", "DO"].concat();
        let text = format!("// {mark}: later\n// {mark}(#12): then\nlet mas{mark}n = 1;\n");
        let tree = Tree::of_texts(&[("crates/a/src/a.rs", &text)]);
        let found = what_is_left_has_an_issue(&tree);
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [1]
        );
    }

    #[test]
    fn a_test_that_sleeps_or_is_ignored_is_found() {
        let (ignored, sleeps) = (["#[", "ignore]"].concat(), ["sleep", "(pause)"].concat());
        let waits = format!("fn a() {{ thread::{sleeps}; }}\n");
        let polls = format!("for _ in 0..50 {{\n    look();\n    {sleeps};\n}}\n");
        let text = format!("{ignored}\n{waits}{polls}");
        let tree = Tree::of_texts(&[
            ("crates/a/tests/it/a.rs", &text),
            ("crates/a/src/a.rs", &text),
        ]);
        let found = tests_run_at_once(&tree);
        assert_eq!(found.len(), 2);
        assert!(
            found
                .iter()
                .all(|finding| finding.path == "crates/a/tests/it/a.rs")
        );
    }
}
