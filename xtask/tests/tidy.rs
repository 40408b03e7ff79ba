//! The rules of the house hold for the house: `cargo xtask tidy` as a test.

use xtask::tidy::{self, Tree};

#[test]
fn the_house_is_tidy() {
    let tree = Tree::of_checkout(&xtask::house::root().unwrap()).unwrap();
    let found = tidy::findings(&tree);
    let shown: Vec<String> = found
        .iter()
        .map(|(rule, finding)| format!("{rule}: {finding}"))
        .collect();
    assert!(
        found.is_empty(),
        "{} findings:\n{}",
        shown.len(),
        shown.join("\n")
    );
}

#[test]
fn the_rules_look_at_a_house_that_is_there() {
    let tree = Tree::of_checkout(&xtask::house::root().unwrap()).unwrap();
    for path in [
        "Cargo.toml",
        "STYLE.md",
        "crates/domain/src/lib.rs",
        "docs/adr/README.md",
    ] {
        assert!(tree.has(path), "the tree lacks {path}");
    }
    assert!(tree.has("crates/domain") && !tree.has("crates/dom"));
}
