//! Canonical text: one text for one value on both engines, so that hashes agree.
//!
//! Keys are sorted, there is no white space, dates are `YYYY-MM-DD`, instants whole milliseconds.

use std::fmt::Write as _;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Result, StoreError};

/// The end of what is still open, as it stands in rows: no sort key is null.
pub(crate) const OPEN_DAY: &str = "9999-12-31";
/// The link number at the end of what is still open.
pub(crate) const OPEN_SEQ: i64 = i64::MAX;

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A value as canonical JSON text.
pub(crate) fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let value = serde_json::to_value(value).map_err(|_| unprintable())?;
    let mut out = String::with_capacity(256);
    write_value(&mut out, &value)?;
    Ok(out)
}

/// Only maps with keys that are no texts cannot be printed; no row has one.
fn unprintable() -> StoreError {
    StoreError::Corrupt {
        table: "canonical",
        column: "json",
        id: String::new(),
    }
}

/// Writes one value with its keys sorted.
pub(crate) fn write_value(out: &mut String, value: &Value) -> Result<()> {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_text(out, key)?;
                out.push(':');
                write_value(out, map.get(key).unwrap_or(&Value::Null))?;
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_value(out, item)?;
            }
            out.push(']');
        }
        Value::String(text) => write_text(out, text)?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            write!(out, "{value}").map_err(|_| unprintable())?;
        }
    }
    Ok(())
}

fn write_text(out: &mut String, text: &str) -> Result<()> {
    out.push_str(&serde_json::to_string(text).map_err(|_| unprintable())?);
    Ok(())
}

/// A day as the bound of a search: chrono's first and last days do not sort as texts.
pub(crate) fn bound(day: NaiveDate) -> String {
    match day.year() {
        10_000.. => OPEN_DAY.to_owned(),
        ..0 => "0000-01-01".to_owned(),
        _ => day.to_string(),
    }
}

/// The last day as it stands in rows.
pub(crate) fn day_or_open(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| OPEN_DAY.to_owned(), |day| day.to_string())
}

/// Reads the columns of one row; what does not parse names table, column and row.
pub(crate) struct Cells<'a> {
    table: &'static str,
    id: &'a str,
}

impl<'a> Cells<'a> {
    pub(crate) const fn new(table: &'static str, id: &'a str) -> Self {
        Self { table, id }
    }

    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            column,
            id: self.id.to_owned(),
        }
    }

    /// A text with one printed form: id, slug, code, date, period.
    pub(crate) fn parse<T: FromStr>(&self, column: &'static str, text: &str) -> Result<T> {
        text.parse().map_err(|_| self.corrupt(column))
    }

    /// The same where nothing may stand.
    pub(crate) fn maybe<T: FromStr>(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>> {
        text.map(|text| self.parse(column, text)).transpose()
    }

    /// A last day: the end of time is none.
    pub(crate) fn until(&self, column: &'static str, text: &str) -> Result<Option<NaiveDate>> {
        if text == OPEN_DAY {
            Ok(None)
        } else {
            self.parse(column, text).map(Some)
        }
    }

    /// A JSON column.
    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str, text: &str) -> Result<T> {
        serde_json::from_str(text).map_err(|_| self.corrupt(column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_text() {
        let one = serde_json::json!({"b": [1, true, null], "a": {"y": "二", "x": ""}});
        let other = serde_json::json!({"a": {"x": "", "y": "二"}, "b": [1, true, null]});
        let text = r#"{"a":{"x":"","y":"二"},"b":[1,true,null]}"#;
        assert_eq!(canonical(&one).unwrap(), text);
        assert_eq!(canonical(&other).unwrap(), text);
    }

    #[test]
    fn a_cell_that_does_not_parse_names_its_place() {
        let error = Cells::new("act", "act_1").parse::<NaiveDate>("occurred_on", "soon");
        let said = error.unwrap_err().to_string();
        assert_eq!(said, "corrupt row: act.occurred_on of act_1");
        assert_eq!(
            Cells::new("act", "x").until("to_on", OPEN_DAY).unwrap(),
            None
        );
    }
}
