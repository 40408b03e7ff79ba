//! Pages escape what people typed, and hold nothing that the content policy would refuse.

use super::{Finding, Tree};

/// Where templates stand.
const TEMPLATES: &str = "crates/web/templates/";

/// Templates that may write a value as it is, each with the reason.
const MAY_WRITE_RAW: &[(&str, &str)] = &[];

/// Finds raw values, inline styles, inline scripts and inline event handlers.
pub(super) fn templates_are_strict(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.starts_with(TEMPLATES)) {
        let may_write_raw = MAY_WRITE_RAW.iter().any(|(allowed, _)| *allowed == path);
        for (number, line) in text.lines().enumerate() {
            let mut say = |says: &str| found.push(Finding::at(path, number + 1, says));
            if !may_write_raw && writes_raw(line) {
                say("`|safe` writes what people typed as it is; let askama escape it");
            }
            if line.contains(" style=\"") || line.contains("<style") {
                say("inline style is refused by the content policy; use a class of bihuan.css");
            }
            if line.contains("<script") && !line.contains("src=") && !line.contains("nonce=") {
                say("an inline script is refused by the content policy; use bihuan.js");
            }
            if has_event_handler(line) {
                say("an inline event handler is refused by the content policy; use bihuan.js");
            }
        }
    }
    found
}

fn writes_raw(line: &str) -> bool {
    line.split('|').skip(1).any(|filter| {
        let filter = filter.trim_start();
        let after = filter.strip_prefix("safe").unwrap_or("x");
        !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

/// Finds `onclick="…"` and its like: an attribute that begins with `on`, followed by letters.
fn has_event_handler(line: &str) -> bool {
    line.match_indices(" on").any(|(at, _)| {
        let name: String = line[at + 3..]
            .chars()
            .take_while(char::is_ascii_lowercase)
            .collect();
        !name.is_empty() && line[at + 3 + name.len()..].starts_with("=\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_found(text: &str) -> Vec<usize> {
        let tree = Tree::of_texts(&[("crates/web/templates/act/show.html", text)]);
        templates_are_strict(&tree)
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn raw_values_are_found_however_they_are_spaced() {
        assert_eq!(
            lines_found("{{ a|safe }}\n{{ a | safe}}\n{{ a|safety }}\n{{ a }}\n"),
            [1, 2]
        );
    }

    #[test]
    fn what_the_content_policy_refuses_is_found() {
        let text = "<p style=\"color:red\">\n<script>go()</script>\n<a onclick=\"go()\">\n\
                    <script src=\"/assets/a.js\"></script>\n<p class=\"style\" data-on=\"x\">\n";
        assert_eq!(lines_found(text), [1, 2, 3]);
    }
}
