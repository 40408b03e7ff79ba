//! A table of a pack's file after it was held against its description.
//!
//! **Invariant:** a node holds only fields of its description, each with a value of its type.

use chrono::NaiveDate;

use crate::body::AttrValue;

use super::describe::ElementSpec;
use super::problem::{Place, Spot};

/// A table that was held against its description.
#[derive(Debug)]
pub(super) struct Node {
    /// Its description.
    pub(super) spec: &'static ElementSpec,
    /// Its head line, or the whole inline table.
    pub(super) place: Place,
    /// Fields with the places of their keys, in the order of the file.
    pub(super) fields: Vec<(&'static str, Place, Spot<Val>)>,
    /// Fields that stand there with a value that was refused.
    pub(super) refused: Vec<&'static str>,
}

/// A value of the type that the description asks for.
#[derive(Debug)]
pub(super) enum Val {
    /// Text, word, id, cut-off, span or period.
    Text(String),
    /// Several of them.
    Texts(Vec<Spot<String>>),
    /// A whole number.
    Int(i64),
    /// A number.
    Decimal(f64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Date(NaiveDate),
    /// Fields of acts with values.
    Where(Vec<(Spot<String>, Vec<Spot<String>>)>),
    /// Attributes with values.
    Attrs(Vec<(Spot<String>, AttrValue)>),
    /// A table.
    Table(Box<Node>),
    /// Several tables.
    Tables(Vec<Node>),
}

impl Node {
    /// The value of a field.
    pub(super) fn get(&self, name: &str) -> Option<&Spot<Val>> {
        self.fields
            .iter()
            .find(|(n, ..)| *n == name)
            .map(|(.., spot)| spot)
    }

    /// Whether a field stands there, be its value right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some() || self.refused.contains(&name)
    }

    /// The fields in the order of the file.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &Spot<Val>)> {
        self.fields.iter().map(|(name, _, spot)| (*name, spot))
    }

    /// Where the field's value stands; the element's head where it is missing.
    pub(super) fn place_of(&self, name: &str) -> Place {
        self.get(name).map_or(self.place, |spot| spot.place)
    }

    /// Where the field's key stands; the element's head where it is missing.
    pub(super) fn key_place(&self, name: &str) -> Place {
        self.fields
            .iter()
            .find(|(n, ..)| *n == name)
            .map_or(self.place, |(_, key, _)| *key)
    }

    /// A text field.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value {
            Val::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text field, owned; empty where it is missing.
    pub(super) fn owned(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// A text that parses into a domain type.
    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// A list of texts; empty where it is missing.
    pub(super) fn texts(&self, name: &str) -> &[Spot<String>] {
        match self.get(name).map(|spot| &spot.value) {
            Some(Val::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// A list of texts, owned.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.texts(name).iter().map(|t| t.value.clone()).collect()
    }

    /// A list whose entries parse into a domain type.
    pub(super) fn all_parsed<T: std::str::FromStr>(&self, name: &str) -> Vec<T> {
        self.texts(name)
            .iter()
            .filter_map(|t| t.value.parse().ok())
            .collect()
    }

    /// A whole number.
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)?.value {
            Val::Int(n) => Some(n),
            _ => None,
        }
    }

    /// A count, with its default.
    pub(super) fn count(&self, name: &str, default: u32) -> u32 {
        self.int(name)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(default)
    }

    /// A flag, with its default.
    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        match self.get(name).map(|spot| &spot.value) {
            Some(Val::Flag(yes)) => *yes,
            _ => default,
        }
    }

    /// A day.
    pub(super) fn date(&self, name: &str) -> Option<NaiveDate> {
        match self.get(name)?.value {
            Val::Date(day) => Some(day),
            _ => None,
        }
    }

    /// A table.
    pub(super) fn table(&self, name: &str) -> Option<&Node> {
        match &self.get(name)?.value {
            Val::Table(node) => Some(node),
            _ => None,
        }
    }

    /// Several tables; empty where they are missing.
    pub(super) fn tables(&self, name: &str) -> &[Node] {
        match self.get(name).map(|spot| &spot.value) {
            Some(Val::Tables(nodes)) => nodes,
            _ => &[],
        }
    }
}
