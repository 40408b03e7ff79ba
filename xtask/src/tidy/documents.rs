//! Documents that stay true: decisions that can be found, links and paths that exist.

use super::tree::has_extension;
use super::{Finding, Tree};

/// Where decisions stand, and the list that links them.
const DECISIONS: &str = "docs/adr/";
const DECISIONS_LIST: &str = "docs/adr/README.md";
/// What every decision tells.
const DECISION_PARTS: [&str; 4] = [
    "## Context",
    "## Decision",
    "## Alternatives",
    "## Consequences",
];
/// Lines of one page.
const DECISION_LINES_MAX: usize = 60;
/// Lines of the map of the house.
const ARCHITECTURE_LINES_MAX: usize = 300;

/// Where a path in backticks must be one that exists.
const ROOMS: [&str; 6] = ["crates/", "xtask/", "docs/", "schemes/", "data/", ".ci/"];
/// Documents whose paths are examples or yet to come.
const MAY_NAME_ANYTHING: [&str; 2] = ["STYLE.md", "CHANGELOG.md"];

/// Finds decisions that the list does not link, and decisions without one of their parts.
pub(super) fn decisions_are_linked(tree: &Tree) -> Vec<Finding> {
    let list = tree.text(DECISIONS_LIST).unwrap_or_default();
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        let Some(file) = path.strip_prefix(DECISIONS) else {
            continue;
        };
        if file == "README.md" {
            continue;
        }
        let is_numbered = file.split_once('-').is_some_and(|(number, title)| {
            number.len() == 4
                && number.chars().all(|c| c.is_ascii_digit())
                && has_extension(title, "md")
        });
        if !is_numbered {
            found.push(Finding::of(path, "a decision is named NNNN-title.md"));
        }
        if !list.contains(&format!("]({file})")) {
            found.push(Finding::of(
                path,
                format!("is not linked from {DECISIONS_LIST}"),
            ));
        }
        for part in DECISION_PARTS {
            if !text.lines().any(|line| line == part) {
                found.push(Finding::of(path, format!("lacks the part `{part}`")));
            }
        }
    }
    found
}

/// Finds documents that grew beyond what a person reads at once.
pub(super) fn documents_are_short(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| has_extension(path, "md")) {
        let allowed = match path {
            "ARCHITECTURE.md" => ARCHITECTURE_LINES_MAX,
            _ if path.starts_with(DECISIONS) && path != DECISIONS_LIST => DECISION_LINES_MAX,
            _ => continue,
        };
        let lines = text.lines().count();
        if lines > allowed {
            found.push(Finding::of(
                path,
                format!("{lines} lines, {allowed} are allowed"),
            ));
        }
    }
    found
}

/// Finds links and named paths that lead nowhere.
pub(super) fn links_exist(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| has_extension(path, "md")) {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let mut in_code = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
                continue;
            }
            if in_code {
                continue;
            }
            for target in links(line).filter(|target| !leads_to(tree, dir, target)) {
                let says = format!("the link `{target}` leads nowhere");
                found.push(Finding::at(path, number + 1, says));
            }
            if MAY_NAME_ANYTHING.contains(&path) {
                continue;
            }
            for named in named_paths(line).filter(|named| !tree.has(named)) {
                let says = format!("there is no `{named}`");
                found.push(Finding::at(path, number + 1, says));
            }
        }
    }
    found
}

fn links(line: &str) -> impl Iterator<Item = &str> {
    let of_text = line
        .split("](")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(')')?.0));
    let of_pictures = line
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0));
    of_text.chain(of_pictures)
}

fn leads_to(tree: &Tree, dir: &str, target: &str) -> bool {
    let outside = ["http:", "https:", "mailto:", "#"]
        .iter()
        .any(|mark| target.starts_with(mark));
    let target = target.split('#').next().unwrap_or_default();
    if outside || target.is_empty() {
        return true;
    }
    let mut place: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    tree.has(&place.join("/"))
}

/// Gives the words in backticks that are paths of the house; patterns and places are not.
fn named_paths(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|word| {
        let is_path = ROOMS
            .iter()
            .any(|room| word.starts_with(room) && word.len() > room.len());
        let is_pattern = word.contains([' ', '*', '<', '{', '…', ':', '(', '%']);
        is_path && !is_pattern && !word.contains("NNNN") && !word.contains("/x")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "# A\n\n## Context\n\n## Decision\n\n## Alternatives\n\n## Consequences\n";

    #[test]
    fn a_decision_nobody_links_and_one_without_alternatives_are_found() {
        let tree = Tree::of_texts(&[
            (
                "docs/adr/README.md",
                "- [0001](0001-one.md)\n- [0002](0002-two.md)\n",
            ),
            ("docs/adr/0001-one.md", WHOLE),
            (
                "docs/adr/0002-two.md",
                &WHOLE.replace("## Alternatives", ""),
            ),
            ("docs/adr/0003-three.md", WHOLE),
        ]);
        let found: Vec<_> = decisions_are_linked(&tree)
            .into_iter()
            .map(|f| f.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "docs/adr/0002-two.md: lacks the part `## Alternatives`",
                "docs/adr/0003-three.md: is not linked from docs/adr/README.md",
            ]
        );
    }

    #[test]
    fn links_and_paths_that_lead_nowhere_are_found() {
        let text = "[a](docs/a.md#top) [b](docs/b.md) [c](https://example.org) `crates/domain`\n\
                    `crates/none/src` `crates/*/src` `docs/adr/NNNN-title.md`\n\
                    ```\n[d](nowhere.md)\n```\n";
        let tree = Tree::of_texts(&[
            ("README.md", text),
            ("docs/a.md", "[back](../README.md)"),
            ("crates/domain/Cargo.toml", ""),
        ]);
        let found: Vec<_> = links_exist(&tree)
            .into_iter()
            .map(|f| f.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "README.md:1: the link `docs/b.md` leads nowhere",
                "README.md:2: there is no `crates/none/src`",
            ]
        );
    }

    #[test]
    fn the_map_of_the_house_fits_its_length() {
        let tree = Tree::of_texts(&[("ARCHITECTURE.md", &"line\n".repeat(301))]);
        assert_eq!(
            documents_are_short(&tree)[0].says,
            "301 lines, 300 are allowed"
        );
    }
}
