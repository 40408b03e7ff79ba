//! Holds an input against its schema and says in Chinese, beside each field, what is wrong: every
//! mistake at once, before a verb sees anything.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use domain::calendar::Period;
use regex::Regex;
use serde_json::{Map, Value};

use crate::error::{FieldErrors, Result};

/// Deepest nesting of an input, in brackets; the reader of JSON stops there.
pub const NESTING_MAX: usize = 127;
/// Mistakes that are told at once.
const TOLD_MAX: usize = 50;
/// Longest name of a field that is repeated to whoever sent it, in characters.
const NAME_SHOWN_MAX: usize = 40;

/// Refuses an input that is not as its schema says.
pub(super) fn check(schema: &Value, input: &Value) -> Result<()> {
    let mut checking = Checking {
        errors: FieldErrors::new(),
    };
    checking.value(schema, input, "");
    checking.errors.into_result()
}

struct Checking {
    errors: FieldErrors,
}

impl Checking {
    fn wrong(&mut self, at: &str, message: impl Into<String>) {
        if self.errors.0.len() < TOLD_MAX {
            self.errors.add(at, message);
        }
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &str) {
        if let Some(choices) = choices(schema) {
            if choices.iter().any(|choice| fits(choice, value)) {
                return;
            }
            // The first that is not "nothing" is what was meant.
            let meant = choices.iter().find(|choice| choice["type"] != "null");
            if let Some(meant) = meant {
                self.value(meant, value, at);
            }
            return;
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|t| is_type(t, value)) {
            self.wrong(at, format!("应是{}。", said(&types)));
            return;
        }
        if let Some(all) = schema["enum"].as_array()
            && !all.contains(value)
        {
            let said = |code: &Value| {
                code.as_str()
                    .map_or_else(|| code.to_string(), str::to_owned)
            };
            let codes: Vec<String> = all.iter().filter(|c| !c.is_null()).map(said).collect();
            self.wrong(at, format!("请从这些中选取：{}。", codes.join("、")));
            return;
        }
        match value {
            Value::Object(map) => self.object(schema, map, at),
            Value::Array(all) => self.array(schema, all, at),
            Value::String(text) => {
                if let Some(message) = wrong_text(schema, text) {
                    self.wrong(at, message);
                }
            }
            Value::Number(number) => {
                let least = schema["minimum"].as_f64();
                let most = schema["maximum"].as_f64();
                let found = number.as_f64().unwrap_or(f64::NAN);
                if least.is_some_and(|least| found < least) {
                    self.wrong(at, format!("不能小于{}。", schema["minimum"]));
                } else if most.is_some_and(|most| found > most) {
                    self.wrong(at, format!("不能大于{}。", schema["maximum"]));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &Value, map: &Map<String, Value>, at: &str) {
        let fields = schema["properties"].as_object();
        let known = |name: &str| fields.and_then(|f| f.get(name));
        for (name, inner) in map {
            let place = beside(at, name);
            match (known(name), &schema["additionalProperties"]) {
                (Some(field), _) => self.value(field, inner, &place),
                (None, Value::Object(_)) => {
                    self.value(&schema["additionalProperties"], inner, &place);
                }
                (None, _) => {
                    let names: Vec<&str> = fields
                        .into_iter()
                        .flat_map(Map::keys)
                        .map(String::as_str)
                        .collect();
                    let names = if names.is_empty() {
                        "这里不需要填写任何内容。".to_owned()
                    } else {
                        format!("可以填写的有：{}。", names.join("、"))
                    };
                    self.wrong(&place, format!("没有这一项。{names}"));
                }
            }
        }
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if !map.contains_key(name) {
                let title = super::title_of(schema, name);
                self.wrong(&beside(at, name), format!("请填写{title}。"));
            }
        }
    }

    fn array(&mut self, schema: &Value, all: &[Value], at: &str) {
        let count = all.len() as u64;
        if let Some(most) = schema["maxItems"].as_u64().filter(|most| count > *most) {
            self.wrong(at, format!("最多{most}项。"));
            return;
        }
        if let Some(least) = schema["minItems"].as_u64().filter(|least| count < *least) {
            self.wrong(at, format!("至少{least}项。"));
        }
        for (n, inner) in all.iter().enumerate() {
            self.value(&schema["items"], inner, &beside(at, &n.to_string()));
        }
    }
}

fn beside(at: &str, name: &str) -> String {
    let name: String = name.chars().take(NAME_SHOWN_MAX).collect();
    if at.is_empty() {
        name
    } else {
        format!("{at}.{name}")
    }
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    schema["anyOf"].as_array().or(schema["oneOf"].as_array())
}

fn fits(schema: &Value, value: &Value) -> bool {
    check(schema, value).is_ok()
}

fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn said(types: &[&str]) -> String {
    let word = |name: &&str| match *name {
        "object" => Some("一组字段（对象）"),
        "array" => Some("列表"),
        "string" => Some("文字"),
        "integer" => Some("整数"),
        "number" => Some("数字"),
        "boolean" => Some("true 或 false"),
        _ => None,
    };
    let words: Vec<&str> = types.iter().filter_map(word).collect();
    words.join("或")
}

fn wrong_text(schema: &Value, text: &str) -> Option<String> {
    let length = text.chars().count() as u64;
    if let Some(most) = schema["maxLength"].as_u64().filter(|most| length > *most) {
        return Some(format!("最多{most}字。"));
    }
    if let Some(least) = schema["minLength"].as_u64().filter(|least| length < *least) {
        return Some(if least == 1 {
            "不能为空。".to_owned()
        } else {
            format!("至少{least}字。")
        });
    }
    if schema["format"] == "date" && !is_day(text) {
        return Some("应是日期，例如2026-11-05。".to_owned());
    }
    if schema["format"] == "date-time" && text.parse::<domain::instant::Instant>().is_err() {
        return Some("应是带时区的时刻，例如2026-11-05T01:30:00Z。".to_owned());
    }
    if schema["format"] == "period" && text.parse::<Period>().is_err() {
        return Some(format!("应是周期，例如{}。", Period::FORMS.join("、")));
    }
    let pattern = schema["pattern"].as_str()?;
    (!matches(pattern, text)).then(|| {
        // What a field has to say of its form says more than the form.
        if let Some(rule) = schema["description"].as_str() {
            return rule.to_owned();
        }
        if pattern == domain::id::Slug::PATTERN {
            return "请用小写字母、数字和短横，例如 county-2026-fire。".to_owned();
        }
        let example = pattern.trim_start_matches('^').split("[0-9a-f]{32}").next();
        match example.filter(|start| start.ends_with('_')) {
            Some(start) => format!("应是编号，形如{start}加32位十六进制数字。"),
            None => format!("写法不对，应符合 {pattern}。"),
        }
    })
}

/// A day as it prints, and no other way of writing it.
fn is_day(text: &str) -> bool {
    let day = text.parse::<chrono::NaiveDate>();
    day.is_ok_and(|day| day.to_string() == text)
}

/// Whether a text has a form; each form is compiled once. Forms come from our own types only.
fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: LazyLock<RwLock<HashMap<String, Option<Regex>>>> =
        LazyLock::new(RwLock::default);
    let held = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = held.get(pattern) {
        return known.as_ref().is_none_or(|regex| regex.is_match(text));
    }
    drop(held);
    let regex = Regex::new(pattern).ok();
    let is_match = regex.as_ref().is_none_or(|regex| regex.is_match(text));
    let mut held = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    held.insert(pattern.to_owned(), regex);
    is_match
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Error;

    fn found(schema: &Value, input: Value) -> Vec<String> {
        match check(schema, &input) {
            Ok(()) => Vec::new(),
            Err(Error::Invalid(errors)) => {
                let all = errors.0.into_iter();
                all.map(|(field, said)| format!("{field}: {}", said.join(" ")))
                    .collect()
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_form_lets_pass_is_what_the_type_reads() {
        use domain::person::{LOGIN_PATTERN, login_ok};
        let schema = serde_json::to_value(schemars::schema_for!(Period)).unwrap();
        for text in Period::FORMS {
            assert_eq!(found(&schema, json!(text)), [""; 0], "{text}");
        }
        for text in [
            "",
            "0",
            "2026-5",
            "2026-H3",
            "2026-13",
            "2026-05-T4",
            "2026x1",
            "2026x61",
            "1899",
            "2026-05-03-",
            "2026..2027",
            "2026-05-03..2026-06-31",
            "2026-02-30",
            "2025-W53",
        ] {
            let said = found(&schema, json!(text)).join("");
            assert!(
                said.starts_with(": 应是周期，例如2026、2026-H1、"),
                "{text}: {said}"
            );
        }
        for text in [
            "",
            "ab",
            "abc",
            "ban.gong-1_x",
            "Zhang",
            "a b c",
            "张三三",
            &"a".repeat(41),
        ] {
            assert_eq!(matches(LOGIN_PATTERN, text), login_ok(text), "{text}");
        }
    }

    #[test]
    fn every_mistake_is_told_at_once_beside_its_field() {
        let schema = json!({
            "type": "object", "additionalProperties": false, "required": ["title", "on"],
            "properties": {
                "title": { "type": "string", "title": "名称", "maxLength": 3 },
                "on": { "type": "string", "format": "date", "title": "日期" },
                "kind": { "type": ["string", "null"], "enum": ["a", "b", null] },
                "ids": { "type": "array", "maxItems": 2, "items": {
                    "type": "string", "pattern": "^act_[0-9a-f]{32}$",
                } },
                "fields": { "type": "object", "additionalProperties": { "type": "integer" } },
            },
        });
        let right = json!({ "title": "甲", "on": "2026-11-05", "kind": null, "ids": [] });
        assert_eq!(found(&schema, right), Vec::<String>::new());
        let wrong = json!({
            "title": "甲乙丙丁", "kind": "c", "ids": ["act_1"], "fields": { "n": "one" }, "x": 1,
        });
        assert_eq!(
            found(&schema, wrong),
            [
                "fields.n: 应是整数。",
                "ids.0: 应是编号，形如act_加32位十六进制数字。",
                "kind: 请从这些中选取：a、b。",
                "on: 请填写日期。",
                "title: 最多3字。",
                "x: 没有这一项。可以填写的有：title、on、kind、ids、fields。",
            ]
        );
        assert_eq!(found(&schema, json!([])), [": 应是一组字段（对象）。"]);
        let odd = json!({ "title": "", "on": "2026-1-5" });
        assert_eq!(found(&schema, odd), ["on: 应是日期，例如2026-11-05。"]);
    }
}
