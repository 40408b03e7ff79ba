//! Writing is done in one place: every verb writes as its row of the table of verbs.

use super::sources::without_tests;
use super::{Finding, Tree};

/// Where verbs stand.
const VERBS: &str = "crates/app/src/";
/// Where they write: an earlier day is refused, a key is answered twice, who was first is named,
/// and the link is made of the verb's row.
const DOOR: &str = "crates/app/src/write.rs";

/// What nobody calls but the door: its beginning, and what is done instead.
const CALLS: &[(&str, &str)] = &[
    (
        "store.write(",
        "a verb writes by `ctx.write` or `ctx.writing`",
    ),
    (
        ".meta(",
        "the link is made of the verb's row by `ctx.write` or `ctx.writing`",
    ),
    (
        "store::Meta{",
        "the link is made of the verb's row by `ctx.write` or `ctx.writing`",
    ),
    (".writable(", "an earlier day is refused by `ctx.begin`"),
];

/// Files that may make one of these calls, and why.
const EXCEPTED: &[(&str, &str, &str)] = &[
    (
        "crates/app/src/act/record.rs",
        ".writable(",
        "a preview writes nothing and is refused where saving would be",
    ),
    (
        "crates/app/src/drafting/reading.rs",
        ".writable(",
        "a notice waits to be read; what is refused is refused before it waits",
    ),
];

/// Finds verbs that write past the table of verbs, and exceptions that are none any more.
pub(super) fn verbs_write_by_the_table(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut used = Vec::new();
    let verbs = tree.sources().filter(|(path, _)| path.starts_with(VERBS));
    for (path, text) in verbs.filter(|(path, _)| *path != DOOR) {
        let (dense, lines) = dense(without_tests(text));
        for (call, instead) in CALLS {
            for (at, _) in dense.match_indices(call) {
                let is_excepted = |(file, of, _): &&(&str, &str, &str)| file == &path && of == call;
                if EXCEPTED.iter().any(|one| is_excepted(&one)) {
                    used.push((path, *call));
                } else {
                    let line = lines.get(at).copied().unwrap_or(0);
                    found.push(Finding::at(path, line, format!("`{call}`: {instead}")));
                }
            }
        }
    }
    for (path, call, _) in EXCEPTED.iter().filter(|(path, ..)| tree.has(path)) {
        if !used.contains(&(path, call)) {
            let says = format!("`{call}` is not called here any more; take it off the exceptions");
            found.push(Finding::of(path, says));
        }
    }
    found
}

/// A source without comments and white space, and the line of each byte, counted from 1: a chain of
/// calls may go over several lines.
fn dense(text: &str) -> (String, Vec<usize>) {
    let (mut dense, mut lines) = (String::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("//") {
            continue;
        }
        for c in line.chars().filter(|c| !c.is_whitespace()) {
            dense.push(c);
            lines.resize(dense.len(), number + 1);
        }
    }
    (dense, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of_texts(&[(path, text)]);
        let found = verbs_write_by_the_table(&tree);
        found.iter().map(ToString::to_string).collect()
    }

    const OFFENDING: &str = "//! A noun.\nasync fn close(ctx: &Ctx) -> Result<()> {\n    \
                             ctx.writable()?;\n    let meta = ctx.meta(Verb::BodyClose, home);\n    \
                             ctx.app\n        .store\n        .write(&meta, async |tx| Ok(()))\n        \
                             .await\n}\n";

    #[test]
    fn a_verb_that_writes_past_the_table_is_found_at_each_call() {
        let found = says("crates/app/src/body/edit.rs", OFFENDING);
        assert_eq!(
            found,
            [
                "crates/app/src/body/edit.rs:6: `store.write(`: a verb writes by `ctx.write` or \
                 `ctx.writing`",
                "crates/app/src/body/edit.rs:4: `.meta(`: the link is made of the verb's row by \
                 `ctx.write` or `ctx.writing`",
                "crates/app/src/body/edit.rs:3: `.writable(`: an earlier day is refused by \
                 `ctx.begin`",
            ]
        );
        let link = "fn touch() {\n    let meta = store::Meta { home };\n}\n";
        assert_eq!(says("crates/app/src/session.rs", link).len(), 1);
    }

    #[test]
    fn the_door_itself_other_crates_comments_and_tests_write_as_they_must() {
        for path in [DOOR, "crates/store/src/schema.rs"] {
            assert!(says(path, OFFENDING).is_empty(), "{path}");
        }
        let free = "// ctx.writable()?;\nfn a(lock: &Lock) {\n    lock.write();\n    \
                    ctx.write(Verb::BodyClose);\n}\n#[cfg(test)]\nmod tests {\n    \
                    fn b() { store.write(&meta) }\n}\n";
        assert!(says("crates/app/src/body/edit.rs", free).is_empty());
    }

    #[test]
    fn an_exception_holds_for_its_call_and_as_long_as_it_is_needed() {
        let preview = "fn preview() {\n    ctx.writable()?;\n    ctx.meta();\n}\n";
        let found = says("crates/app/src/act/record.rs", preview);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(":3: `.meta(`"), "{found:?}");
        let found = says("crates/app/src/act/record.rs", "fn preview() {}\n");
        assert!(found[0].contains("take it off"), "{found:?}");
    }
}
