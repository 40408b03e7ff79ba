//! Files that the compiler never sees: sources, tests and migrations without their `mod` line.

use super::tree::has_extension;
use super::{Finding, Tree};

/// Where migrations stand.
const MIGRATIONS: &str = "crates/store/src/migration/";

/// Finds sources and tests that no module names.
pub(super) fn no_file_is_forgotten(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, _) in tree.sources() {
        let Some((dir, file)) = path.rsplit_once('/') else {
            continue;
        };
        let in_tests = dir.contains("/tests/");
        if !in_tests && !dir.contains("/src") || dir.contains("/src/bin") {
            continue;
        }
        let is_root = matches!(file, "lib.rs" | "main.rs") && !is_module_dir(dir);
        let (above, name) = match file.strip_suffix(".rs") {
            Some("main") if in_tests => continue,
            Some("mod") => dir.rsplit_once('/').unwrap_or(("", dir)),
            Some(name) => (dir, name),
            None => continue,
        };
        let parents = parents(above);
        let is_named = parents
            .iter()
            .filter_map(|parent| tree.text(parent))
            .any(|text| names_module(text, name));
        if !is_root && !is_named {
            let says = format!("no `mod {name};` in {}", parents.join(" or "));
            found.push(Finding::of(path, says));
        }
    }
    found
}

/// Folders named `src`, and programs under `tests`, hold the roots of crates.
fn is_module_dir(dir: &str) -> bool {
    !dir.ends_with("/src") && !dir.contains("/tests/")
}

/// The files that may hold the `mod` lines of a folder.
fn parents(dir: &str) -> Vec<String> {
    let mut parents = vec![format!("{dir}/mod.rs"), format!("{dir}.rs")];
    if dir.ends_with("/src") {
        parents = vec![format!("{dir}/lib.rs"), format!("{dir}/main.rs")];
    } else if dir
        .rsplit_once('/')
        .is_some_and(|(above, _)| above.ends_with("/tests"))
    {
        parents = vec![format!("{dir}/main.rs")];
    }
    parents
}

fn names_module(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim();
        let declared = line.rsplit_once("mod ").map_or("", |(_, rest)| rest);
        let is_comment = line.starts_with("//");
        !is_comment && declared.strip_suffix(';') == Some(name)
    })
}

/// Finds crates with several test programs, each of which would be linked on its own.
pub(super) fn one_test_program_a_crate(tree: &Tree) -> Vec<Finding> {
    tree.sources()
        .filter(|(path, _)| path.starts_with("crates/"))
        .filter_map(|(path, _)| Some((path, path.split_once("/tests/")?.1)))
        .filter(|(_, below)| {
            let is_program = !below.contains('/') || below.ends_with("/main.rs");
            is_program && *below != "it/main.rs"
        })
        .map(|(path, _)| Finding::of(path, "tests of a crate are modules of its tests/it/main.rs"))
        .collect()
}

/// Finds migrations that do not run, run out of order, or share a number.
pub(super) fn migrations_are_registered(tree: &Tree) -> Vec<Finding> {
    let list = format!("{MIGRATIONS}mod.rs");
    let Some(text) = tree.text(&list) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut names = Vec::new();
    for (path, _) in tree.sources() {
        let Some(file) = path.strip_prefix(MIGRATIONS) else {
            continue;
        };
        let Some(name) = file.strip_suffix(".rs") else {
            continue;
        };
        if name.starts_with('m') && name[1..].starts_with(|c: char| c.is_ascii_digit()) {
            names.push((path, name));
        }
    }
    let mut after = 0;
    for (position, (path, name)) in names.iter().enumerate() {
        let number = name[1..]
            .split('_')
            .next()
            .and_then(|digits| digits.parse().ok());
        if number != Some(position + 1) {
            let says = format!(
                "is migration number {} by its place, not by name",
                position + 1
            );
            found.push(Finding::of(path, says));
        }
        match text.find(&format!("{name}::Migration")) {
            Some(at) if at > after => after = at,
            Some(_) => found.push(Finding::of(path, format!("runs out of order in {list}"))),
            None => found.push(Finding::of(path, format!("is not registered in {list}"))),
        }
    }
    let others = tree.paths().filter(|path| {
        path.starts_with(MIGRATIONS) && !has_extension(path, "rs") && !has_extension(path, "md")
    });
    found.extend(others.map(|path| Finding::of(path, "migrations are written in Rust")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_its_line_is_found() {
        let tree = Tree::of_texts(&[
            (
                "crates/a/src/lib.rs",
                "pub mod act;\nmod duty;\n// mod old;\n",
            ),
            ("crates/a/src/act/mod.rs", "mod show;\n"),
            ("crates/a/src/act/show.rs", ""),
            ("crates/a/src/act/lost.rs", ""),
            ("crates/a/src/duty.rs", "mod words;\n"),
            ("crates/a/src/duty/words.rs", ""),
            ("crates/a/src/old.rs", ""),
        ]);
        let found: Vec<_> = no_file_is_forgotten(&tree)
            .into_iter()
            .map(|f| f.path)
            .collect();
        assert_eq!(found, ["crates/a/src/act/lost.rs", "crates/a/src/old.rs"]);
    }

    #[test]
    fn a_test_without_its_line_is_found() {
        let tree = Tree::of_texts(&[
            ("crates/a/tests/it/main.rs", "mod act;\n"),
            ("crates/a/tests/it/act.rs", ""),
            ("crates/a/tests/it/duty.rs", ""),
            ("crates/a/tests/alone.rs", ""),
        ]);
        let found = no_file_is_forgotten(&tree);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].says, "no `mod duty;` in crates/a/tests/it/main.rs");
        assert_eq!(
            one_test_program_a_crate(&tree)[0].path,
            "crates/a/tests/alone.rs"
        );
    }

    #[test]
    fn migrations_run_in_the_order_of_their_numbers() {
        let list = "mod m0001_a;\nvec![Box::new(m0002_b::Migration), Box::new(m0001_a::Migration)]";
        let tree = Tree::of_texts(&[
            ("crates/store/src/migration/mod.rs", list),
            ("crates/store/src/migration/m0001_a.rs", ""),
            ("crates/store/src/migration/m0002_b.rs", ""),
            ("crates/store/src/migration/m0004_c.rs", ""),
        ]);
        let says: Vec<_> = migrations_are_registered(&tree)
            .into_iter()
            .map(|f| f.to_string())
            .collect();
        assert_eq!(says.len(), 3, "{says:?}");
        assert!(
            says[0].contains("m0002_b.rs: runs out of order"),
            "{says:?}"
        );
        assert!(
            says[1].contains("m0004_c.rs: is migration number 3"),
            "{says:?}"
        );
        assert!(
            says[2].contains("m0004_c.rs: is not registered"),
            "{says:?}"
        );
    }
}
