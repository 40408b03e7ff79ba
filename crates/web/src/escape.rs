//! How texts go into pages: what would be markup is escaped, and what nobody sees is shown.
//!
//! **Invariant:** every value of every template passes here; only the fields of forms, which send
//! back what they hold, keep it as it is (`e("typed")`).

use std::fmt;

use askama::filters::{Escaper, Html};

/// The escaper of pages, named in `askama.toml`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible;

impl Escaper for Visible {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, text: &str) -> fmt::Result {
        Html.write_escaped_str(dest, &domain::text::shown(text))
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    #[derive(Template)]
    #[template(
        source = "<p title=\"{{ text }}\">{{ text }}</p><input value=\"{{ text|e(\"typed\") }}\">",
        ext = "html"
    )]
    struct Shown<'a> {
        text: &'a str,
    }

    #[test]
    fn a_text_of_a_page_shows_what_nobody_sees_and_a_field_keeps_it() {
        let text = "<甲\u{202e}fdp.exe";
        let page = Shown { text }.render().unwrap();
        let shown = "&#60;甲⟦U+202E⟧fdp.exe";
        assert_eq!(
            page,
            format!("<p title=\"{shown}\">{shown}</p><input value=\"&#60;甲\u{202e}fdp.exe\">")
        );
    }
}
