//! A small tree of an XML part: names without prefixes, attributes, texts.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::budget::Stop;

/// Deepest nesting that is read; what lies deeper is passed over.
const DEPTH_MAX: usize = 120;
/// Most elements of a part.
const NODES_MAX: usize = 4_000_000;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Its name without a prefix.
    pub(super) name: String,
    /// Its attributes, names without prefixes.
    attributes: Vec<(String, String)>,
    /// The elements inside.
    pub(super) children: Vec<Node>,
    /// The text directly inside.
    pub(super) text: String,
}

impl Node {
    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The first element of a name inside.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    /// All elements of a name inside.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The `val` of an element inside.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.child(name)?.attribute("val")
    }
}

/// Reads a part; `None` where it is no XML, or was stopped.
pub(super) fn parse(text: &str, stop: &Stop) -> Option<Node> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = vec![Node::default()];
    let (mut below, mut count) = (0usize, 0usize);
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) if below > 0 || open.len() >= DEPTH_MAX => below += 1,
            Event::Start(start) => open.push(node_of(&start)),
            Event::Empty(start) if below == 0 => {
                let node = node_of(&start);
                open.last_mut()?.children.push(node);
            }
            Event::End(_) if below > 0 => below -= 1,
            Event::End(_) => {
                let node = open.pop()?;
                open.last_mut()?.children.push(node);
            }
            Event::Text(text) if below == 0 => {
                open.last_mut()?.text.push_str(&text.xml10_content());
            }
            Event::CData(text) if below == 0 => {
                open.last_mut()?.text.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) if below == 0 => {
                let named = match reference.as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                open.last_mut()?.text.extend(named);
            }
            Event::Eof => break,
            _ => {}
        }
        count += 1;
        if count > NODES_MAX || stop.is_stopped() {
            return None;
        }
    }
    let mut root = open.into_iter().next()?;
    root.children.pop()
}

fn node_of(start: &BytesStart<'_>) -> Node {
    let attributes = start
        .attributes()
        .flatten()
        .map(|a| {
            let value = quick_xml::escape::unescape(&a.value)
                .map_or_else(|_| a.value.to_string(), std::borrow::Cow::into_owned);
            (a.key.local_name().as_ref().to_owned(), value)
        })
        .collect();
    Node {
        name: start.local_name().as_ref().to_owned(),
        attributes,
        ..Node::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_left_in_the_middle_when_the_flag_is_raised() {
        let (text, stop) = ("<a><b/><b/></a>", Stop::new());
        assert_eq!(parse(text, &stop).map(|root| root.children.len()), Some(2));
        stop.stop();
        assert_eq!(parse(text, &stop), None);
    }
}
