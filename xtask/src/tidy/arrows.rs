//! Arrows of dependency between crates point one way.

use toml::{Table, Value};

use super::{Finding, Tree};

/// What a crate may depend on; a crate that is not named here has no place in the house yet.
///
/// `web` does not reach `store`, so that no page can hold SQL. `cli` reaches it to open it and to
/// hand it to `app`: who starts the program puts its parts together.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("draft", &["domain"]),
    ("store", &["domain"]),
    ("app", &["domain", "draft", "store"]),
    ("web", &["app", "domain"]),
    ("cli", &["app", "domain", "draft", "store", "web"]),
    ("testkit", &["app", "domain", "store", "web"]),
    ("e2e", &[]),
    ("xtask", &[]),
];

/// The crate that only tests may use.
const TESTS_ONLY: &str = "testkit";

/// Finds dependencies between crates of the house that point the wrong way.
pub(super) fn crates_point_one_way(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        let Some(dir) = path.strip_suffix("/Cargo.toml") else {
            continue;
        };
        let name = dir.rsplit('/').next().unwrap_or(dir);
        let manifest = match text.parse::<Table>() {
            Ok(manifest) => manifest,
            Err(mistake) => {
                found.push(Finding::of(
                    path,
                    format!("is no TOML: {}", mistake.message()),
                ));
                continue;
            }
        };
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            let says =
                format!("the crate `{name}` has no place among the arrows in tidy/arrows.rs");
            found.push(Finding::of(path, says));
            continue;
        };
        for (table, needs) in dependencies(&manifest) {
            let of_tests = table == "dev-dependencies";
            for need in needs.filter(|need| ARROWS.iter().any(|(known, _)| known == need)) {
                let fits = allowed.contains(&need.as_str()) && need != TESTS_ONLY;
                // Tests may stand on the shared world and look below the crate they test.
                let fits_tests = of_tests && (need == TESTS_ONLY || is_below(name, &need));
                if !fits && !fits_tests {
                    let says = format!("[{table}] `{need}`: {}", way_out(name, &need, allowed));
                    found.push(Finding::of(path, says));
                }
            }
        }
    }
    found
}

/// Tells whether `lower` can be reached from `upper` along the arrows.
fn is_below(upper: &str, lower: &str) -> bool {
    ARROWS
        .iter()
        .find(|(name, _)| *name == upper)
        .is_some_and(|(_, needs)| {
            needs
                .iter()
                .any(|need| *need == lower || is_below(need, lower))
        })
}

fn way_out(name: &str, need: &str, allowed: &[&str]) -> String {
    if need == TESTS_ONLY {
        return format!("`{TESTS_ONLY}` is for [dev-dependencies] alone");
    }
    if allowed.is_empty() {
        return format!("`{name}` depends on no crate of the house");
    }
    format!("`{name}` may depend on {}", allowed.join(", "))
}

fn dependencies(manifest: &Table) -> Vec<(String, impl Iterator<Item = String> + use<>)> {
    const TABLES: [&str; 3] = ["dependencies", "build-dependencies", "dev-dependencies"];
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables = std::iter::once(manifest).chain(
        targets
            .into_iter()
            .flatten()
            .filter_map(|(_, target)| target.as_table()),
    );
    let mut all = Vec::new();
    for holder in tables {
        for table in TABLES {
            let needs = holder
                .get(table)
                .and_then(Value::as_table)
                .into_iter()
                .flatten();
            let names: Vec<String> = needs.map(|(key, value)| real_name(key, value)).collect();
            all.push((table.to_owned(), names.into_iter()));
        }
    }
    all
}

/// A dependency may be renamed; the arrow is the one to the real crate.
fn real_name(key: &str, value: &Value) -> String {
    value
        .get("package")
        .and_then(Value::as_str)
        .unwrap_or(key)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(manifest: &str, at: &str) -> Vec<String> {
        let tree = Tree::of_texts(&[(at, manifest)]);
        crates_point_one_way(&tree)
            .into_iter()
            .map(|finding| finding.says)
            .collect()
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        let found = says(
            "[dependencies]\napp.workspace = true",
            "crates/domain/Cargo.toml",
        );
        assert_eq!(
            found,
            ["[dependencies] `app`: `domain` depends on no crate of the house"]
        );
    }

    #[test]
    fn pages_do_not_reach_the_store_under_another_name() {
        let sly = "[dependencies]\nrows = { package = \"store\", path = \"../store\" }";
        let found = says(sly, "crates/web/Cargo.toml");
        assert_eq!(
            found,
            ["[dependencies] `store`: `web` may depend on app, domain"]
        );
    }

    #[test]
    fn the_test_world_is_for_tests_alone() {
        let found = says(
            "[dependencies]\ntestkit.workspace = true",
            "crates/cli/Cargo.toml",
        );
        assert_eq!(
            found,
            ["[dependencies] `testkit`: `testkit` is for [dev-dependencies] alone"]
        );
        let tests = "[dev-dependencies]\ntestkit.workspace = true\nstore.workspace = true";
        assert!(says(tests, "crates/cli/Cargo.toml").is_empty());
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        let found = says("[package]\nname = \"utils\"", "crates/utils/Cargo.toml");
        assert!(found[0].contains("`utils` has no place"), "{found:?}");
    }

    #[test]
    fn other_crates_are_not_our_business() {
        let manifest = "[dependencies]\nserde = \"1\"\ndomain.workspace = true";
        assert!(says(manifest, "crates/store/Cargo.toml").is_empty());
    }
}
