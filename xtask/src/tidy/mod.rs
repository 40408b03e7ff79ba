//! `cargo xtask tidy`: the rules of the house that no compiler holds.
//!
//! Every rule looks at the whole tree and gives all its findings, so that one run shows
//! everything there is to mend.

mod arrows;
mod callers;
mod circles;
mod documents;
mod handlers;
mod machine;
mod modules;
mod sources;
mod templates;
mod tree;
mod writes;

use std::path::Path;

pub use tree::Tree;

use crate::{Outcome, Trouble};

/// One thing to mend, at its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the checkout.
    pub path: String,
    /// The line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// What is wrong, what is allowed.
    pub says: String,
}

impl Finding {
    fn at(path: &str, line: usize, says: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            says: says.into(),
        }
    }

    fn of(path: &str, says: impl Into<String>) -> Self {
        Self::at(path, 0, says)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.says),
            line => write!(f, "{}:{line}: {}", self.path, self.says),
        }
    }
}

/// A rule: a name, and what it finds in a tree.
pub type Rule = (&'static str, fn(&Tree) -> Vec<Finding>);

/// All rules, in the order in which a newcomer meets them.
pub const RULES: &[Rule] = &[
    ("crates point one way", arrows::crates_point_one_way),
    ("files go in no circle", circles::files_go_in_no_circle),
    ("functions have callers", callers::functions_have_callers),
    (
        "verbs write by the table of verbs",
        writes::verbs_write_by_the_table,
    ),
    ("files are short", sources::files_are_short),
    (
        "modules say what they are",
        sources::modules_say_what_they_are,
    ),
    ("handlers are short", handlers::handlers_are_short),
    (
        "what is left to do has an issue",
        sources::what_is_left_has_an_issue,
    ),
    (
        "tests neither sleep nor are ignored",
        sources::tests_run_at_once,
    ),
    (
        "no file is forgotten by its module",
        modules::no_file_is_forgotten,
    ),
    (
        "one test program a crate",
        modules::one_test_program_a_crate,
    ),
    (
        "migrations are registered in order",
        modules::migrations_are_registered,
    ),
    (
        "templates escape and hold no script",
        templates::templates_are_strict,
    ),
    (
        "decisions are linked and complete",
        documents::decisions_are_linked,
    ),
    ("documents fit their length", documents::documents_are_short),
    ("links and named paths exist", documents::links_exist),
    ("nothing names a machine", machine::nothing_names_a_machine),
    ("lock files name no host", machine::lock_files_name_no_host),
];

/// Gives everything that the rules find, by rule and place.
pub fn findings(tree: &Tree) -> Vec<(&'static str, Finding)> {
    let mut all = Vec::new();
    for (name, rule) in RULES {
        let mut found = rule(tree);
        found.sort();
        found.dedup();
        all.extend(found.into_iter().map(|finding| (*name, finding)));
    }
    all
}

/// Checks the checkout and reports every finding.
pub fn run(root: &Path) -> Outcome {
    let tree = Tree::of_checkout(root)?;
    let found = findings(&tree);
    let mut rule_before = "";
    for (rule, finding) in &found {
        if *rule != rule_before {
            eprintln!("{rule}:");
            rule_before = rule;
        }
        eprintln!("  {finding}");
    }
    if found.is_empty() {
        eprintln!(
            "tidy: {} rules hold over {} files",
            RULES.len(),
            tree.paths().count()
        );
        return Ok(());
    }
    Err(Trouble::new(format!(
        "{} findings; the rules are in STYLE.md",
        found.len()
    )))
}
