//! What surrounds an answer, and the one place where answers and refusals are printed.

use domain::text::is_hidden;
use schemars::Schema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::listed::Listed;

/// What surrounds an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// One thing under the name of its noun.
    One(&'static str),
    /// Rows under the name of their noun, with the keys of the pages beside.
    Many(&'static str),
    /// The answer is an object with names of its own.
    Own,
}

fn value(out: &impl Serialize) -> Result<Value> {
    serde_json::to_value(out).map_err(|why| Error::Internal(Box::new(why)))
}

impl Envelope {
    /// One thing in its envelope.
    pub fn one(key: &str, out: &impl Serialize) -> Result<Value> {
        Ok(json!({ key: value(out)? }))
    }

    /// A page of a list in its envelope.
    pub fn many<T: Serialize>(key: &str, out: &Listed<T>) -> Result<Value> {
        Ok(json!({
            key: value(&out.rows)?,
            "next": value(&out.next)?,
            "previous": value(&out.previous)?,
            "count": value(&out.count)?,
        }))
    }

    /// An answer that is its own envelope.
    pub fn own(out: &impl Serialize) -> Result<Value> {
        value(out)
    }

    /// One thing in this envelope.
    pub fn of_one(self, out: &impl Serialize) -> Result<Value> {
        match self {
            Self::One(key) | Self::Many(key) => Self::one(key, out),
            Self::Own => Self::own(out),
        }
    }

    /// A page of a list in this envelope.
    pub fn of_many<T: Serialize>(self, out: &Listed<T>) -> Result<Value> {
        match self {
            Self::One(key) | Self::Many(key) => Self::many(key, out),
            Self::Own => Self::own(&out.rows),
        }
    }

    /// The schema of an answer in its envelope.
    pub(super) fn schema(self, inner: Schema, count: Schema) -> Value {
        let object = |properties: Map<String, Value>| {
            let names: Vec<&String> = properties.keys().collect();
            json!({ "type": "object", "required": names, "properties": properties })
        };
        let mut properties = Map::new();
        match self {
            Self::Own => return inner.to_value(),
            Self::One(key) => {
                properties.insert(key.to_owned(), inner.to_value());
            }
            Self::Many(key) => {
                let page = json!({ "type": ["string", "null"] });
                let rows = json!({ "type": "array", "items": inner.to_value() });
                properties.insert(key.to_owned(), rows);
                properties.insert("next".to_owned(), page.clone());
                properties.insert("previous".to_owned(), page);
                properties.insert("count".to_owned(), count.to_value());
            }
        }
        object(properties)
    }
}

/// A refusal in its envelope: a stable code, the sentence, the messages of fields, and the number
/// of the request, by which the log is searched.
pub fn refusal(error: &Error, request_id: &str) -> Value {
    let fields = match error {
        Error::Invalid(errors) => value(&errors.0).unwrap_or_default(),
        _ => json!({}),
    };
    json!({ "error": {
        "code": error.code(),
        "message": error.sentence(),
        "fields": fields,
        "request_id": request_id,
    }})
}

/// Prints an answer or a refusal. The API and the command line both send exactly this.
pub fn print(answer: &Value) -> String {
    escaped(&answer.to_string())
}

/// JSON in which what nobody sees is written with its number: the same value, and nothing hidden.
pub fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn json_keeps_the_value_and_hides_nothing() {
        let value = serde_json::json!({ "name": "甲\u{202e}乙\u{e0041}" });
        let line = escaped(&value.to_string());
        assert_eq!(line, r#"{"name":"甲\u202e乙\udb40\udc41"}"#);
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, value);
    }
}
