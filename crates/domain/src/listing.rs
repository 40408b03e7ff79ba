//! Long lists: how many rows a page holds, and the key where it goes on.
//!
//! **Invariant:** a key belongs to one list in one order; another list refuses it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest key in an address, in bytes.
const KEY_BYTES_MAX: usize = 512;

/// How many rows a page of a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PageSize {
    /// 30, as a screen shows them.
    #[default]
    Thirty,
    /// 100.
    Hundred,
    /// 300, for those who print.
    ThreeHundred,
}

impl PageSize {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Thirty, Self::Hundred, Self::ThreeHundred];

    /// How many rows.
    pub const fn rows(self) -> usize {
        match self {
            Self::Thirty => 30,
            Self::Hundred => 100,
            Self::ThreeHundred => 300,
        }
    }

    /// The size of so many rows; another number is none.
    pub fn of(rows: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|size| size.rows() == rows)
    }
}

impl Serialize for PageSize {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(self.rows() as u64)
    }
}

impl<'de> Deserialize<'de> for PageSize {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let rows = u64::deserialize(d)?;
        let size = usize::try_from(rows).ok().and_then(Self::of);
        size.ok_or_else(|| serde::de::Error::custom("no size of a page"))
    }
}

impl JsonSchema for PageSize {
    fn schema_name() -> Cow<'static, str> {
        "PageSize".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let all = Self::ALL.map(Self::rows);
        json_schema!({ "type": "integer", "enum": all })
    }
}

/// Where a page begins: after or before a row, by what the list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The list and its order: `act.list/newest`.
    list: String,
    /// Before the row and not after it.
    pub back: bool,
    /// What the row is sorted by, its identity last.
    pub key: Vec<String>,
}

/// A key that is none of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of this list")]
pub struct ForeignKey;

impl Cursor {
    /// A key of a list in an order.
    pub fn new(list: &str, sort: &str, back: bool, key: Vec<String>) -> Self {
        Self {
            list: format!("{list}/{sort}"),
            back,
            key,
        }
    }

    /// Reads a key that a page of this list in this order gave, with so many parts.
    pub fn parse(text: &str, list: &str, sort: &str, parts: usize) -> Result<Self, ForeignKey> {
        if text.len() > KEY_BYTES_MAX * 2 {
            return Err(ForeignKey);
        }
        let bytes = hex::decode(text).map_err(|_| ForeignKey)?;
        let text = String::from_utf8(bytes).map_err(|_| ForeignKey)?;
        // PostgreSQL takes no text with it.
        if text.contains('\0') {
            return Err(ForeignKey);
        }
        let mut all = text.split('\u{1f}');
        let own = format!("{list}/{sort}");
        let back = match (all.next(), all.next()) {
            (Some(list), Some("after")) if list == own => false,
            (Some(list), Some("before")) if list == own => true,
            _ => return Err(ForeignKey),
        };
        let key: Vec<String> = all.map(str::to_owned).collect();
        if key.len() != parts {
            return Err(ForeignKey);
        }
        Ok(Self {
            list: own,
            back,
            key,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let way = if self.back { "before" } else { "after" };
        let mut parts = vec![self.list.as_str(), way];
        parts.extend(self.key.iter().map(String::as_str));
        f.write_str(&hex::encode(parts.join("\u{1f}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_on_in_its_own_list_and_order_only() {
        let key = vec!["2026-11-05".to_owned(), "act_1".to_owned()];
        for back in [false, true] {
            let cursor = Cursor::new("act.list", "newest", back, key.clone());
            let text = cursor.to_string();
            assert_eq!(Cursor::parse(&text, "act.list", "newest", 2), Ok(cursor));
            assert_eq!(
                Cursor::parse(&text, "act.list", "oldest", 2),
                Err(ForeignKey)
            );
            assert_eq!(
                Cursor::parse(&text, "body.list", "newest", 2),
                Err(ForeignKey)
            );
            assert_eq!(
                Cursor::parse(&text, "act.list", "newest", 1),
                Err(ForeignKey)
            );
        }
        for nonsense in ["", "zz", "e5", &"ab".repeat(2_000)] {
            assert_eq!(
                Cursor::parse(nonsense, "act.list", "newest", 2),
                Err(ForeignKey)
            );
        }
    }

    #[test]
    fn a_page_holds_one_of_three_numbers_of_rows() {
        assert_eq!(PageSize::of(100), Some(PageSize::Hundred));
        assert_eq!(PageSize::of(1_000_000), None);
        assert_eq!(PageSize::default().rows(), 30);
    }
}
