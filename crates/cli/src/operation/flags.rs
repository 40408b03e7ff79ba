//! Fields of an input as arguments, and arguments as an input.

use std::path::Path;

use app::door::{Operation, is_of, scalar, title_of};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Value};

use crate::outcome::{Fail, Outcome};

fn fields(operation: &Operation) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let fields = operation.input()["properties"].as_object();
    fields
        .into_iter()
        .flatten()
        .map(|(name, field)| (name.as_str(), field))
}

/// The arguments: what stands in the address in its order, all else by name.
pub(super) fn of(operation: &'static Operation) -> Vec<Arg> {
    let input = operation.input();
    let required = |name: &str| {
        let all = input["required"].as_array();
        all.is_some_and(|all| all.iter().any(|one| one == name))
    };
    let in_path: Vec<&str> = operation.in_path().collect();
    let mut flags = Vec::new();
    for name in &in_path {
        let value = name.to_uppercase();
        flags.push(
            Arg::new(*name)
                .value_name(value)
                .help(title_of(input, name)),
        );
    }
    for (name, field) in fields(operation).filter(|(name, _)| !in_path.contains(name)) {
        let must = if required(name) { "（必填）" } else { "" };
        let title = title_of(input, name);
        let help = format!("{title}{must}{}", how(field));
        let flag = Arg::new(name).long(name.replace('_', "-")).help(help);
        flags.push(if is_of(field, "boolean") {
            let values = flag.num_args(0..=1).require_equals(true);
            values.default_missing_value("true").value_name("BOOL")
        } else if is_of(field, "array") || is_of(field, "object") {
            flag.action(ArgAction::Append).value_name(kind(field))
        } else {
            flag.value_name(kind(field)).allow_hyphen_values(true)
        });
    }
    flags
}

fn kind(field: &Value) -> &'static str {
    let of = if is_of(field, "array") {
        &field["items"]
    } else {
        field
    };
    if of["format"] == "date" || of["anyOf"][0]["format"] == "date" {
        "DATE"
    } else if is_of(of, "object") {
        "KEY=VALUE"
    } else if of["pattern"]
        .as_str()
        .is_some_and(|form| form.contains("{32}"))
    {
        "ID"
    } else if of["enum"].is_array() || of["anyOf"][0]["enum"].is_array() {
        "CODE"
    } else if is_of(of, "integer") {
        "N"
    } else {
        "TEXT"
    }
}

/// Which codes there are, and that it may be given more than once.
fn how(field: &Value) -> String {
    let many = is_of(field, "array");
    let of = if many { &field["items"] } else { field };
    let codes = of["enum"].as_array().or(of["anyOf"][0]["enum"].as_array());
    let codes = codes.into_iter().flatten().filter_map(Value::as_str);
    let codes: Vec<&str> = codes.collect();
    let mut out = String::new();
    if !codes.is_empty() {
        out.push_str(&format!("：{}", codes.join("、")));
    }
    if many || is_of(field, "object") {
        out.push_str("；可多次");
    }
    out
}

/// The input that was given: the file first, then what was typed over it.
pub(super) fn read(
    operation: &'static Operation,
    given: &ArgMatches,
    file: Option<&str>,
) -> Outcome<Value> {
    let mut input = match file {
        Some(path) => from_file(Path::new(path), operation.body_bytes_max)?,
        None => Map::new(),
    };
    for (name, field) in fields(operation) {
        let Some(values) = given.get_many::<String>(name) else {
            continue;
        };
        let texts: Vec<String> = values.cloned().collect();
        let value = if is_of(field, "array") {
            let items = &field["items"];
            texts
                .into_iter()
                .map(|text| one(items, text))
                .collect::<Outcome<_>>()?
        } else if is_of(field, "object") {
            pairs(field, texts)?
        } else {
            scalar(field, texts.into_iter().next().unwrap_or_default())
        };
        input.insert(name.to_owned(), value);
    }
    Ok(Value::Object(input))
}

/// An item of a list: an object is written as JSON, or as `a=1,b=2`.
fn one(schema: &Value, text: String) -> Outcome<Value> {
    if !is_of(schema, "object") {
        return Ok(scalar(schema, text));
    }
    if text.trim_start().starts_with('{') {
        let read = serde_json::from_str(&text);
        return read.map_err(|why| Fail::usage(format!("“{text}”不是所要的 JSON：{why}")));
    }
    pairs(schema, text.split(',').map(str::to_owned).collect())
}

/// Pairs as an object; a name that repeats is a list, where the schema has one.
fn pairs(schema: &Value, texts: Vec<String>) -> Outcome<Value> {
    let mut out = Map::new();
    for text in texts {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| Fail::usage(format!("“{text}”应写成 名称=值，例如 way=routine")))?;
        let name = name.trim();
        let known = &schema["properties"][name];
        let field = if known.is_null() {
            &schema["additionalProperties"]
        } else {
            known
        };
        let value = value.to_owned();
        if is_of(field, "array") {
            let item = scalar(&field["items"], value);
            let all = out.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.push(item);
            }
        } else {
            out.insert(name.to_owned(), scalar(field, value));
        }
    }
    Ok(Value::Object(out))
}

/// A file of at most so many bytes: what a body of the API may have too.
fn from_file(path: &Path, most: usize) -> Outcome<Map<String, Value>> {
    let text = crate::bounded::text(path, most)?;
    serde_json::from_str(&text)
        .map_err(|why| Fail::usage(format!("“{}”不是所要的 JSON：{why}", path.display())))
}
