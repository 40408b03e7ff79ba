//! What a command says: data to standard output, talk to standard error; a terminal does as it is
//! told, so characters that nobody sees are shown.

use std::io::Write;

use domain::text::{is_hidden, shown};
use serde::Serialize;
use serde_json::json;

use crate::outcome::Fail;

/// Where a command writes to.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// Data as JSON instead of text.
    pub json: bool,
}

impl Console {
    /// A line of data.
    pub fn data(self, line: impl AsRef<str>) {
        // A reader that went away (`| head`) is no fault: the rest is simply not wanted.
        let _ = writeln!(std::io::stdout().lock(), "{}", shown(line.as_ref()));
    }

    /// One value as a line of JSON.
    pub fn value(self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(line) => self.data(escaped(&line)),
            Err(why) => self.talk(format!("无法写成 JSON：{why}")),
        }
    }

    /// A line of talk.
    pub fn talk(self, line: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr().lock(), "{}", shown(line.as_ref()));
    }

    /// Says why a command failed, with the way out.
    pub fn failed(self, fail: &Fail) {
        if self.json {
            self.value(&json!({
                "error": { "code": fail.code, "message": fail.message, "hint": fail.hint }
            }));
        }
        self.talk(format!("错误：{}", fail.message));
        if !fail.hint.is_empty() {
            self.talk(format!("提示：{}", fail.hint));
        }
    }
}

/// JSON in which what nobody sees is written with its number: the same value, and nothing hidden.
fn escaped(json: &str) -> String {
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
