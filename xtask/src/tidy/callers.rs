//! What is written is used: a function that only tests call says nothing of the program.

use std::collections::BTreeMap;

use super::circles::words;
use super::sources::without_tests;
use super::{Finding, Tree};

/// The crates whose public functions must have a caller in the program.
const CRATES: [&str; 2] = ["app", "store"];

/// Templates call functions as well.
const PAGES: &str = "crates/web/templates/";

/// Functions that tests alone call, and why they stand where they stand.
const FOR_TESTS: &[(&str, &str)] = &[
    ("alias_find", "reads what `alias_insert` wrote"),
    (
        "alias_insert",
        "no verb gives a body another name yet; the proof of its rows is tested",
    ),
    (
        "bodies_above",
        "the derived tree is held against what follows from the spans",
    ),
    (
        "bodies_below",
        "the derived tree is held against what follows from the spans",
    ),
    ("body_find", "reads one body where a test wrote one"),
    ("counted_all", "counted rows are held against a computation"),
    (
        "enterprise_update",
        "no verb changes the file of an enterprise yet; stale ones are tested",
    ),
    (
        "is_proven",
        "the table of what is proven is held against alterations",
    ),
    (
        "person_erase",
        "no verb erases a person yet; the proof of what is left is tested",
    ),
    (
        "queries",
        "tests hold the number of statements against lists",
    ),
    ("seal_find", "reads what `seal_insert` wrote"),
    (
        "seal_insert",
        "no verb seals a period yet; the proof of its rows is tested",
    ),
    ("seals_of", "reads what `seal_insert` wrote"),
    ("sessions_of", "reads what signing in and sweeping left"),
    (
        "unchanged",
        "a change in a test begins with how the person stands",
    ),
];

/// Finds public functions whose name stands nowhere else in the program. A name that stands
/// somewhere is believed: it may be another one's, and that is no harm.
pub(super) fn functions_have_callers(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let mut written: Vec<(&str, usize, String)> = Vec::new();
    for (path, text) in tree.sources().filter(|(path, _)| is_program(path)) {
        let text = without_tests(text);
        for word in used(text) {
            *uses.entry(word).or_default() += 1;
        }
        if CRATES
            .iter()
            .any(|name| path.starts_with(&format!("crates/{name}/src/")))
        {
            written.extend(functions(text).map(|(line, name)| (path, line, name)));
        }
    }
    let pages = tree.texts().filter(|(path, _)| path.starts_with(PAGES));
    for word in pages.flat_map(|(_, text)| words(text)) {
        *uses.entry(word).or_default() += 1;
    }
    for (path, line, name) in &written {
        let definitions = written.iter().filter(|(.., other)| other == name).count();
        let is_called = uses.get(name).copied().unwrap_or(0) > definitions;
        let reason = FOR_TESTS.iter().any(|(known, _)| known == name);
        if !is_called && !reason {
            let says = format!("nobody but tests calls `{name}`; use it or take it away");
            found.push(Finding::at(path, *line, says));
        } else if is_called && reason {
            let says = format!("`{name}` has a caller; take it off the list of what is for tests");
            found.push(Finding::at(path, *line, says));
        }
    }
    found
}

/// Whether a source belongs to the program, not to its tests.
fn is_program(path: &str) -> bool {
    let crates = path.starts_with("crates/") && path.contains("/src/");
    crates && !path.starts_with("crates/testkit/") && !path.ends_with("/tests.rs")
}

/// The names in a source, without those that are only handed on.
fn used(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut handed_on = false;
    let mut before = String::new();
    for word in words(text) {
        if word == "use" && (before == "pub" || before == ")") {
            handed_on = true;
        }
        if !handed_on {
            out.push(word.clone());
        }
        handed_on &= word != ";";
        before = word;
    }
    out
}

/// The public functions of a source with their lines.
fn functions(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().filter_map(|(number, line)| {
        let rest = line.trim_start().strip_prefix("pub")?;
        let rest = match rest.strip_prefix('(') {
            Some(within) => within.split_once(") ")?.1,
            None => rest.strip_prefix(' ')?,
        };
        let rest = rest
            .trim_start_matches("const ")
            .trim_start_matches("async ");
        let name = rest.strip_prefix("fn ")?;
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        Some((number + 1, name[..end].to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(files: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::of_texts(files);
        let found = functions_have_callers(&tree);
        found.iter().map(ToString::to_string).collect()
    }

    const STORE: &str = "crates/store/src/body.rs";

    #[test]
    fn a_function_that_only_tests_call_is_found() {
        let text = "//! Bodies.\n/// See `bodies_of`.\npub async fn bodies_of(r: &Read) {}\n\
                    #[cfg(test)]\nmod tests {\n    fn a() { super::bodies_of(r) }\n}\n";
        let tests = "fn a() { store::body::bodies_of(r) }\n";
        let found = says(&[
            (STORE, text),
            ("crates/store/tests/it/body.rs", tests),
            ("crates/testkit/src/world.rs", tests),
            ("crates/store/src/lib.rs", "pub use body::bodies_of;\n"),
        ]);
        let expected = "nobody but tests calls `bodies_of`; use it or take it away";
        assert_eq!(found, [format!("{STORE}:3: {expected}")]);
    }

    #[test]
    fn a_function_with_a_caller_in_any_crate_is_not() {
        let text = "pub(crate) const fn ends() {}\npub fn begins() { ends() }\n";
        let page = "fn show() { app::begins() }\n";
        let found = says(&[(STORE, text), ("crates/web/src/body.rs", page)]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn what_is_for_tests_is_so_as_long_as_nobody_calls_it() {
        let text = "pub fn queries(&self) {}\n";
        assert!(says(&[(STORE, text)]).is_empty());
        let found = says(&[
            (STORE, text),
            ("crates/cli/src/a.rs", "fn a() { s.queries() }\n"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("has a caller"), "{found:?}");
    }
}
