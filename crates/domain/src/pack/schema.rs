//! The description as a JSON Schema for editors and as a reference page for people.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::describe::{ElementSpec, FieldSpec, Need, Ty, elements, head};
use super::elements::SELECTOR;

/// The pattern of ids.
const SLUG: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// The JSON Schema of a pack's files, for editors that complete and underline while one types.
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    for field in head().fields {
        properties.insert(
            field.name.to_owned(),
            of_field("scheme", field, &mut definitions),
        );
    }
    for element in elements() {
        let items = reference_to(element, element.key, &mut definitions);
        let list = json!({ "type": "array", "items": items, "description": element.doc });
        properties.insert(element.key.to_owned(), list);
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "制度包",
        "description": head().doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "definitions": definitions,
    })
}

/// A reference to the schema of a table, which is defined once under its name.
fn reference_to(
    spec: &'static ElementSpec,
    name: &str,
    definitions: &mut Map<String, Value>,
) -> Value {
    if !definitions.contains_key(name) {
        // The name is taken before its fields are described: selectors hold selectors.
        definitions.insert(name.to_owned(), Value::Null);
        let mut properties = Map::new();
        for field in spec.fields {
            properties.insert(field.name.to_owned(), of_field(name, field, definitions));
        }
        let required: Vec<&str> = spec
            .fields
            .iter()
            .filter(|f| f.required == Need::Yes)
            .map(|f| f.name)
            .collect();
        let schema = json!({
            "type": "object",
            "title": spec.title,
            "description": spec.doc,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        definitions.insert(name.to_owned(), schema);
    }
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn of_field(owner: &str, field: &'static FieldSpec, definitions: &mut Map<String, Value>) -> Value {
    let text = |most: usize, least: usize| json!({ "type": "string", "minLength": least, "maxLength": most });
    let slug = || json!({ "type": "string", "pattern": SLUG, "maxLength": 64 });
    let several = |one: Value| json!({ "anyOf": [one, { "type": "array", "items": one }] });
    let mut schema = match field.ty {
        Ty::Slug => slug(),
        Ty::Slugs => json!({ "type": "array", "items": slug() }),
        Ty::Line { longest } => text(longest, 1),
        Ty::MaybeLine { longest } | Ty::Prose { longest } => text(longest, 0),
        Ty::Lines { longest } => json!({ "type": "array", "items": text(longest, 1) }),
        Ty::Int { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Ty::Decimal => json!({ "type": "number" }),
        Ty::Flag => json!({ "type": "boolean" }),
        // Editors show a TOML date as a string of this format.
        Ty::Date => json!({ "type": "string", "format": "date" }),
        Ty::CutOff | Ty::Within | Ty::Period | Ty::Ref(_) => json!({ "type": "string" }),
        Ty::Refs(_) => several(json!({ "type": "string" })),
        Ty::Word(words) => json!({ "type": "string", "enum": words() }),
        Ty::Words(words) => several(json!({ "type": "string", "enum": words() })),
        Ty::Where | Ty::Attrs => json!({ "type": "object" }),
        Ty::Table(spec) => reference_to(spec, &definition_name(owner, spec), definitions),
        Ty::Tables(spec) => {
            let items = reference_to(spec, &definition_name(owner, spec), definitions);
            json!({ "type": "array", "items": items, "minItems": 1 })
        }
    };
    if let Some(object) = schema.as_object_mut().filter(|o| !o.contains_key("$ref")) {
        let text = format!("{}。可以写：{}", field.doc, field.ty.allowed());
        object.insert("description".to_owned(), Value::String(text));
        if let Some(default) = field.default {
            let default = match field.ty {
                Ty::Flag | Ty::Int { .. } => default.parse().unwrap_or(Value::Null),
                _ => Value::String(default.to_owned()),
            };
            object.insert("default".to_owned(), default);
        }
    }
    schema
}

/// Selectors are one definition; other inner tables belong to the table that holds them.
fn definition_name(owner: &str, spec: &ElementSpec) -> String {
    if spec.key == "selector" {
        spec.key.to_owned()
    } else {
        format!("{owner}.{}", spec.key)
    }
}

/// The reference page: every element and field, in Markdown.
pub fn reference() -> String {
    let mut out = String::from(
        "# Reference of the pack format\n\nThis page is printed from the description that the \
         checker itself uses; `packs.md` explains the format.\n",
    );
    section(&mut out, head(), "scheme.toml", 2);
    for element in elements() {
        section(&mut out, element, &format!("[[{}]]", element.key), 2);
    }
    section(&mut out, &SELECTOR, "owed_by, members, of, any_of", 2);
    out
}

/// A table with its fields, then the tables inside it; selectors have one section of their own.
fn section(out: &mut String, spec: &'static ElementSpec, name: &str, level: usize) {
    let marks = "#".repeat(level);
    let _ = writeln!(out, "\n{marks} {} `{name}`\n\n{}\n", spec.title, spec.doc);
    out.push_str("| 字段 | 必填 | 可以写 | 缺省 | 说明 |\n| --- | --- | --- | --- | --- |\n");
    for field in spec.fields {
        let need = match field.required {
            Need::Yes => "是",
            Need::InNotice => "文件包",
            Need::No => "",
        };
        let allowed = match field.ty {
            Ty::Table(inner) | Ty::Tables(inner) => format!("见“{}”", inner.title),
            other => other.allowed().replace('|', "\\|"),
        };
        let default = field.default.unwrap_or_default();
        let _ = writeln!(
            out,
            "| `{}` | {need} | {allowed} | {default} | {} |",
            field.name, field.doc
        );
    }
    for field in spec.fields {
        if let Ty::Table(inner) | Ty::Tables(inner) = field.ty
            && inner.key != SELECTOR.key
        {
            let name = name.trim_matches(['[', ']']);
            section(out, inner, &format!("{name}.{}", field.name), level + 1);
        }
    }
}
