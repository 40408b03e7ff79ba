//! Schemas of inputs and answers: JSON Schema 2020-12 without open objects.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// The schemas of inputs by the names of their operations, each made when it is first asked for.
static INPUTS: Mutex<BTreeMap<&'static str, &'static Value>> = Mutex::new(BTreeMap::new());

/// The schema of an operation's input. It is kept for good: there are as many as operations.
pub(super) fn of_input(
    name: &'static str,
    input: fn(&mut SchemaGenerator) -> Schema,
) -> &'static Value {
    let mut made = INPUTS.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(name).or_insert_with(|| {
        let settings = SchemaSettings::draft2020_12().with(|s| {
            s.inline_subschemas = true;
            s.meta_schema = None;
        });
        let mut schema = input(&mut settings.into_generator()).to_value();
        closed(&mut schema);
        Box::leak(Box::new(schema))
    })
}

/// A generator for answers, whose types stand in one place of a description.
pub fn generator(definitions: &'static str) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|s| {
        s.meta_schema = None;
        s.definitions_path = definitions.into();
    });
    settings.into_generator()
}

/// Closes every object of a schema, and leaves out what is said in English: comments of the code
/// are for those who write it.
pub fn closed(schema: &mut Value) {
    match schema {
        Value::Object(map) => close(map),
        Value::Array(all) => all.iter_mut().for_each(closed),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close(map: &mut Map<String, Value>) {
    if map.get("description").is_some_and(|d| !is_chinese(d)) {
        map.shift_remove("description");
    }
    let is_object = map.get("type").is_some_and(|t| {
        t == "object"
            || t.as_array()
                .is_some_and(|all| all.iter().any(|t| t == "object"))
    });
    if is_object && !map.contains_key("additionalProperties") {
        map.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for (key, inner) in map.iter_mut() {
        match key.as_str() {
            // Names of fields are no words of the schema: each value is one.
            "properties" | "patternProperties" | "$defs" => {
                if let Value::Object(fields) = inner {
                    fields.values_mut().for_each(closed);
                }
            }
            "enum" | "const" | "default" | "examples" | "required" => {}
            _ => closed(inner),
        }
    }
}

fn is_chinese(text: &Value) -> bool {
    let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    text.as_str().is_some_and(|text| text.chars().any(han))
}

/// What a field of an input is called: forms, refusals and the help of the command line say it.
pub fn title_of(input: &Value, field: &str) -> String {
    let property = &input["properties"][field];
    property["title"].as_str().unwrap_or(field).to_owned()
}

/// Whether a property is of a type, be it beside nothing (`null`).
pub fn is_of(property: &Value, name: &str) -> bool {
    let is = |schema: &Value| match &schema["type"] {
        Value::String(one) => one == name,
        Value::Array(all) => all.iter().any(|one| one == name),
        _ => false,
    };
    let choices = property["anyOf"].as_array().into_iter().flatten();
    is(property) || choices.into_iter().any(is)
}

/// A value that came as text, of a query or a command line, as its property says. What is not
/// such a value stays text, and the check of the input says what it should have been.
pub fn scalar(property: &Value, text: String) -> Value {
    if is_of(property, "integer")
        && let Ok(number) = text.parse::<i64>()
    {
        return number.into();
    }
    if is_of(property, "number")
        && let Ok(number) = text.parse::<f64>()
        && let Some(number) = serde_json::Number::from_f64(number)
    {
        return number.into();
    }
    if is_of(property, "boolean")
        && let Ok(flag) = text.parse::<bool>()
    {
        return flag.into();
    }
    Value::String(text)
}
