//! Elements written as TOML, fields in the order in which they are given.

/// A text in quotation marks, escaped.
pub(super) fn quoted(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|c| !domain::text::is_hidden(*c))
        .collect();
    toml_edit::Value::from(clean).to_string()
}

/// One element while it is written.
pub(super) struct Element {
    key: &'static str,
    lines: String,
}

impl Element {
    /// An element of a kind.
    pub(super) fn new(key: &'static str) -> Self {
        Self {
            key,
            lines: String::new(),
        }
    }

    /// A field with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &quoted(value));
    }

    /// A field with a value that is TOML already.
    pub(super) fn raw(&mut self, key: &str, value: &str) {
        self.lines.push_str(&format!("{key} = {value}\n"));
    }

    /// The whole element, under a comment.
    pub(super) fn done(self, comment: &str) -> String {
        let plain: String = comment
            .chars()
            .filter(|c| !domain::text::is_hidden(*c))
            .collect();
        let comment = if plain.is_empty() {
            plain
        } else {
            format!("{plain}\n")
        };
        format!("{comment}[[{}]]\n{}\n", self.key, self.lines)
    }
}
