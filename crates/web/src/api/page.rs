//! The description of the API as a page: operations by noun, with inputs, answers and codes.

use std::collections::BTreeMap;

use app::Code;
use app::door::Operation;
use askama::Template;
use serde_json::Value;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;

struct Noun {
    id: &'static str,
    title: &'static str,
    operations: Vec<Described>,
}

struct Described {
    name: &'static str,
    method: &'static str,
    path: String,
    summary: &'static str,
    powers: String,
    fields: Vec<FieldLine>,
    answer: Vec<FieldLine>,
}

struct FieldLine {
    name: String,
    title: String,
    kind: String,
    required: bool,
}

struct CodeLine {
    status: u16,
    codes: String,
}

#[derive(Template)]
#[template(path = "api/show.html")]
struct ApiPage {
    chrome: Chrome,
    root: &'static str,
    nouns: Vec<Noun>,
    codes: Vec<CodeLine>,
}

/// The page.
pub(super) async fn show(page: Page) -> Answer {
    let nouns = app::door::nouns().map(|(id, title)| Noun {
        id,
        title,
        operations: app::door::all()
            .filter(|operation| operation.noun() == id)
            .map(described)
            .collect(),
    });
    page.html(&ApiPage {
        chrome: page.chrome().await?,
        root: super::ROOT,
        nouns: nouns.collect(),
        codes: codes(),
    })
}

fn described(operation: &'static Operation) -> Described {
    let powers = operation.powers.iter().map(|p| app::words::action(*p));
    let powers: Vec<&str> = powers.collect();
    let whole = super::described();
    let method = operation.method.name().to_lowercase();
    let answer = &whole["paths"][operation.path][&method]["responses"]["200"];
    Described {
        name: operation.name,
        method: operation.method.name(),
        path: format!("{}{}", super::ROOT, operation.path),
        summary: operation.summary,
        powers: if powers.is_empty() {
            "登录的人员".to_owned()
        } else {
            powers.join("、")
        },
        fields: lines(operation.input(), ""),
        answer: lines(&answer["content"]["application/json"]["schema"], ""),
    }
}

/// The type that a reference names.
fn resolved(schema: &Value) -> &Value {
    let reference = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
    reference
        .and_then(|pointer| super::described().pointer(pointer))
        .unwrap_or(schema)
}

/// The fields of an object, those of objects in it behind a point.
fn lines(schema: &Value, before: &str) -> Vec<FieldLine> {
    let schema = resolved(schema);
    let mut out = Vec::new();
    let required = |name: &str| {
        let all = schema["required"].as_array();
        all.is_some_and(|all| all.iter().any(|one| one == name))
    };
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let full = format!("{before}{name}");
        let inner = resolved(field);
        let items = resolved(&inner["items"]);
        out.push(FieldLine {
            title: field["title"].as_str().unwrap_or_default().to_owned(),
            kind: kind(field),
            required: required(name),
            name: full.clone(),
        });
        let depth = full.matches('.').count();
        if depth < DEPTH_MAX {
            out.extend(lines(inner, &format!("{full}.")));
            out.extend(lines(items, &format!("{full}[].")));
        }
    }
    out
}

/// Deepest field that the page lists; deeper ones stand in the description itself.
const DEPTH_MAX: usize = 3;

fn kind(field: &Value) -> String {
    let field = resolved(field);
    if let Some(codes) = field["enum"].as_array() {
        let codes = codes.iter().map(|code| code.as_str().unwrap_or("空"));
        return codes.collect::<Vec<_>>().join(" · ");
    }
    if let Some(choices) = field["anyOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" 或 ");
    }
    match (&field["type"], field["format"].as_str()) {
        (_, Some("date")) => "日期".to_owned(),
        (_, Some("date-time")) => "时刻".to_owned(),
        (Value::String(one), _) if one == "array" => format!("列表：{}", kind(&field["items"])),
        (Value::String(one), _) => word(one, field).to_owned(),
        (Value::Array(all), _) => {
            let words = all.iter().filter_map(Value::as_str).map(|t| word(t, field));
            words.collect::<Vec<_>>().join(" 或 ")
        }
        _ => String::new(),
    }
}

fn word(name: &str, field: &Value) -> &'static str {
    match name {
        "string"
            if field["pattern"]
                .as_str()
                .is_some_and(|p| p.contains("{32}")) =>
        {
            "编号"
        }
        "string" => "文字",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "是或否",
        "array" => "列表",
        "object" => "对象",
        "null" => "空",
        _ => "",
    }
}

fn codes() -> Vec<CodeLine> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in Code::ALL {
        by_status
            .entry(code.class().status())
            .or_default()
            .push(code.code());
    }
    let line = |(status, codes): (u16, Vec<&str>)| CodeLine {
        status,
        codes: codes.join("、"),
    };
    by_status.into_iter().map(line).collect()
}
