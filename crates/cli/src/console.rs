//! What a command says: data to standard output, talk to standard error; a terminal does as it is
//! told, so characters that nobody sees are shown.

use std::io::Write;

use domain::text::shown;
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
            Ok(line) => self.data(app::door::escaped(&line)),
            Err(why) => self.talk(format!("无法写成 JSON：{why}")),
        }
    }

    /// A line of talk.
    pub fn talk(self, line: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr().lock(), "{}", shown(line.as_ref()));
    }

    /// Says why a command failed, with the way out.
    pub fn failed(self, fail: &Fail) {
        if let Some(printed) = &fail.printed {
            self.data(printed);
        } else if self.json {
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
