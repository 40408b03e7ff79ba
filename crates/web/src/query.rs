//! State in addresses: what a list shows is written in its address, so that it can be kept, sent
//! to a colleague and printed.

use std::fmt::Write as _;

use app::Listed;
use domain::listing::PageSize;
use domain::text::shown;

use crate::chrome::Pager;
use crate::form::{Choice, Posted};

/// Encodes one value for an address.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => {
                out.push('%');
                let _ = write!(out, "{other:02X}");
            }
        }
    }
    out
}

/// An address with the values that are not empty.
pub(crate) fn address(path: &str, values: &[(&str, &str)]) -> String {
    let kept: Vec<String> = values
        .iter()
        .filter(|(_, v)| !v.is_empty())
        .map(|(n, v)| format!("{n}={}", encode(v)))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

/// The values of an address, read like a form.
pub(crate) struct Asked(pub Posted);

impl Asked {
    /// The page of a list by key: its key, and how many rows it holds.
    pub(crate) fn turn(&self) -> (Option<String>, Option<PageSize>) {
        (self.0.some("page"), self.size())
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = query
            .split('&')
            .filter(|p| !p.is_empty())
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Some((crate::page::decode(name)?, crate::page::decode(value)?))
            });
        Ok(Self(Posted(pairs.collect())))
    }
}

impl Asked {
    /// A value, empty where it is missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.text(name)
    }

    /// A value in another type; nonsense in an address is as good as nothing.
    pub(crate) fn read<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.0.text(name).parse().ok()
    }

    /// How many rows a page holds; nonsense is as good as nothing.
    pub(crate) fn size(&self) -> Option<PageSize> {
        PageSize::of(self.read("size")?)
    }
}

/// Choices of a filter, the asked one chosen.
pub(crate) fn choices<I, V, L>(all: I, asked: &str) -> Vec<Choice>
where
    I: IntoIterator<Item = (V, L)>,
    V: Into<String>,
    L: Into<String>,
{
    let marked = all.into_iter().map(|(value, label)| {
        let mut choice = Choice::new(value, label);
        choice.chosen = choice.value == asked;
        choice
    });
    marked.collect()
}

/// How many rows a page holds, to choose from.
pub(crate) fn sizes(asked: &Asked) -> Vec<Choice> {
    let size = asked.size().unwrap_or_default().rows().to_string();
    let all = PageSize::ALL.map(|s| s.rows().to_string());
    choices(all.map(|n| (n.clone(), format!("每页{n}行"))), &size)
}

/// The pager of a list that goes by key. `at` makes the address of a page by its key.
pub(crate) fn turns<T>(
    asked: &Asked,
    found: &Listed<T>,
    unit: &str,
    at: impl Fn(&str) -> String,
) -> Pager {
    let to = |key: &Option<String>| key.as_deref().map(&at).unwrap_or_default();
    let more = if found.count.exact { "" } else { "+" };
    let is_first = asked.text("page").is_empty();
    Pager {
        text: format!(
            "本页 {} {unit}，共 {}{more} {unit}",
            found.rows.len(),
            found.count.rows
        ),
        first: if is_first { String::new() } else { at("") },
        previous: to(&found.previous),
        next: to(&found.next),
    }
}

/// How many rows a list has: a number, or 1000+.
pub(crate) fn counted<T>(found: &app::Listed<T>) -> String {
    let more = if found.count.exact { "" } else { "+" };
    format!("{}{more}", found.count.rows)
}

/// A table for a spreadsheet: UTF-8 with its mark, quoted, and nothing that runs as a formula.
pub(crate) fn csv(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = String::from("\u{feff}");
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let quoted: Vec<String> = cells.map(cell).collect();
        out.push_str(&quoted.join(","));
        out.push_str("\r\n");
    };
    line(&mut head.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    out
}

fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let guard = if risky { "'" } else { "" };
    format!("\"{guard}{}\"", shown(text).replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_and_drops_what_was_not() {
        let at = address("/duties", &[("year", "2026"), ("q", "石桥"), ("late", "")]);
        assert_eq!(at, "/duties?year=2026&q=%E7%9F%B3%E6%A1%A5");
        assert_eq!(address("/duties", &[]), "/duties");
    }

    #[test]
    fn a_table_opens_in_a_spreadsheet_and_runs_nothing() {
        let text = csv(
            &["单位"],
            [vec!["=1+1".to_owned()], vec!["-3".to_owned()]].into_iter(),
        );
        assert_eq!(text, "\u{feff}\"单位\"\r\n\"'=1+1\"\r\n\"-3\"\r\n");
    }
}
