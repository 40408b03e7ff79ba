//! Handlers hand over: what stands in the table of routes parses, calls a verb and shows.

use super::sources::without_tests;
use super::{Finding, Tree};

/// Where pages stand.
const PAGES: &str = "crates/web/src/";
/// Lines of a handler, from its `fn` to its closing brace.
const HANDLER_LINES_MAX: usize = 25;

/// Finds handlers that decide or fetch instead of handing over, and routes without their handler.
pub(super) fn handlers_are_short(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.sources().filter(|(path, _)| path.starts_with(PAGES)) {
        for (number, line) in text.lines().enumerate() {
            let Some(handler) = handler_of(line) else {
                continue;
            };
            let (file, name) = place_of(path, handler);
            match tree.text(&file).and_then(|text| lines_of(text, name)) {
                None => {
                    let says = format!("`{handler}` is not in {file}");
                    found.push(Finding::at(path, number + 1, says));
                }
                Some((from, lines)) if lines > HANDLER_LINES_MAX => {
                    let says =
                        format!("`{name}` has {lines} lines, a handler has {HANDLER_LINES_MAX}");
                    found.push(Finding::at(&file, from, says));
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// The handler in a row of the table of routes: `GET "/acts" "…" SEE => list::show;`.
fn handler_of(line: &str) -> Option<&str> {
    let row = line.trim_start();
    let is_row = row.starts_with("GET \"/") || row.starts_with("POST \"/");
    let handler = row.rsplit_once("=> ")?.1.strip_suffix(';')?;
    (is_row
        && handler
            .chars()
            .all(|c| c.is_alphanumeric() || "_:".contains(c)))
    .then_some(handler)
}

/// The file and the name of a handler that a file names.
fn place_of<'a>(path: &str, handler: &'a str) -> (String, &'a str) {
    let (module, name) = handler.rsplit_once("::").unwrap_or(("", handler));
    let file = match module.strip_prefix("crate::") {
        Some(from_root) => format!("{PAGES}{}.rs", from_root.replace("::", "/")),
        None if module.is_empty() => path.to_owned(),
        None => {
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
            format!("{dir}/{}.rs", module.replace("::", "/"))
        }
    };
    (file, name)
}

/// The first line of a function, counted from 1, and how many lines it has.
fn lines_of(text: &str, name: &str) -> Option<(usize, usize)> {
    let lines: Vec<&str> = without_tests(text).lines().collect();
    let opens = [format!("fn {name}("), format!("fn {name}<")];
    let from = lines.iter().position(|line| {
        let is_item = !line.starts_with([' ', '/']);
        is_item && opens.iter().any(|open| line.contains(open.as_str()))
    })?;
    let length = lines
        .get(from..)?
        .iter()
        .position(|line| line.starts_with('}'))?
        + 1;
    Some((from + 1, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "//! Acts.\nroutes! {\n    GET \"/acts\" \"记录\" SEE => list::show;\n    \
                         POST \"/acts\" \"保存\" RECORD => post;\n}\nasync fn post() {\n}\n";

    fn says(list: &str) -> Vec<String> {
        let tree = Tree::of_texts(&[
            ("crates/web/src/act/mod.rs", TABLE),
            ("crates/web/src/act/list.rs", list),
        ]);
        handlers_are_short(&tree)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_handler_of_thirty_lines_is_found_at_its_first_line() {
        let body = "    step();\n".repeat(28);
        let list = format!("//! List.\n\npub(super) async fn show(a: A) -> Answer {{\n{body}}}\n");
        let expected =
            "crates/web/src/act/list.rs:3: `show` has 30 lines, a handler has 25".to_owned();
        assert_eq!(says(&list), [expected]);
    }

    #[test]
    fn what_a_handler_calls_may_be_longer() {
        let body = "    step();\n".repeat(28);
        let list = format!("async fn sheet() {{\n{body}}}\nasync fn show<T>(t: T) {{\n}}\n");
        assert!(says(&list).is_empty());
    }

    #[test]
    fn a_route_whose_handler_cannot_be_found_is_found() {
        let expected = "crates/web/src/act/mod.rs:3: `list::show` is not in \
                        crates/web/src/act/list.rs";
        assert_eq!(says("fn other() {\n}\n"), [expected]);
    }
}
