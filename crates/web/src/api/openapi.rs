//! The description of the API: OpenAPI 3.1, put together from the rows of the door and the schemas
//! of their types.

use std::sync::LazyLock;

use app::door::{BODY_BYTES_MAX, Operation, closed, generator};
use app::{Class, Code};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::asked::KEY_LONGEST;
use super::reply;

/// Where types of answers stand in the description.
const SCHEMAS: &str = "/components/schemas";

static DESCRIBED: LazyLock<Value> = LazyLock::new(describe);
static PRINTED: LazyLock<String> = LazyLock::new(|| app::door::print(&DESCRIBED));

/// The whole description.
pub fn described() -> &'static Value {
    &DESCRIBED
}

/// Sends it: it says nothing of anybody, so anybody may read it.
pub(super) async fn show() -> Response {
    reply::json(StatusCode::OK, PRINTED.clone())
}

fn describe() -> Value {
    let mut generator = generator(SCHEMAS);
    let mut paths = Map::new();
    for operation in app::door::all() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        let method = operation.method.name().to_lowercase();
        path[method] = described_operation(operation, operation.answer(&mut generator));
    }
    let mut schemas = Value::Object(generator.take_definitions(true));
    closed(&mut schemas);
    schemas["Error"] = error_schema();
    let tags = app::door::nouns();
    let tags: Vec<Value> = tags
        .map(|(noun, title)| json!({ "name": noun, "description": title }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "闭环 Bihuan",
            "version": "1",
            "description": "一项办理，三个入口：页面、接口、命令行。日期写作 2026-11-05，时刻为 UTC 的 RFC 3339，代码即枚举值，编号带前缀。",
        },
        "servers": [{ "url": super::ROOT }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "本人在“我的接口令牌”页面办理，只显示一次。",
            } },
            "responses": { "Refused": {
                "description": "没有办成：稳定的代码、原因和办法、各字段的问题、请求编号。",
                "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Error" },
                } },
            } },
            "schemas": schemas,
        },
    })
}

fn error_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.code()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "additionalProperties": false,
            "required": ["code", "message", "fields", "request_id"],
            "properties": {
                "code": { "type": "string", "enum": codes },
                "message": { "type": "string" },
                "fields": {
                    "type": "object",
                    "additionalProperties": { "type": "array", "items": { "type": "string" } },
                },
                "request_id": { "type": "string" },
            },
        } },
    })
}

fn described_operation(operation: &Operation, answer: Value) -> Value {
    let mut out = json!({
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.noun()],
        "parameters": parameters(operation),
        "responses": responses(operation, answer),
    });
    if let Some(body) = body(operation) {
        out["requestBody"] = body;
    }
    out
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let input = operation.input();
    let required = |name: &str| {
        input["required"]
            .as_array()
            .is_some_and(|all| all.contains(&json!(name)))
    };
    let in_path: Vec<&str> = operation.in_path().collect();
    let empty = Map::new();
    let fields = input["properties"].as_object().unwrap_or(&empty);
    let mut out = Vec::new();
    for (name, schema) in fields {
        let place = if in_path.contains(&name.as_str()) {
            "path"
        } else if operation.writes() {
            continue;
        } else {
            "query"
        };
        out.push(json!({
            "name": name,
            "in": place,
            "required": place == "path" || required(name),
            "schema": without_nothing(schema),
        }));
    }
    if operation.writes() {
        out.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "每次办理换一个；网络中断后用同一个再发，不会办两次。",
            "schema": { "type": "string", "minLength": 1, "maxLength": KEY_LONGEST,
                "pattern": "^[!-~]+$" },
        }));
    } else {
        out.push(json!({
            "name": "as_of",
            "in": "query",
            "required": false,
            "description": "查看某日的情况。",
            "schema": { "type": "string", "format": "date" },
        }));
    }
    out
}

/// A query cannot say "nothing": what is not there is not sent.
fn without_nothing(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(types) = schema["type"].as_array_mut() {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            schema["type"] = one.clone();
        }
    }
    if let Some(all) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        all.retain(|one| !one.is_null());
    }
    let choices = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    if let Some(choices) = choices {
        choices.retain(|one| one["type"] != "null");
        if let [one] = choices.as_slice() {
            let mut only = one.clone();
            if let Some(title) = schema.get("title") {
                only["title"] = title.clone();
            }
            return only;
        }
    }
    schema
}

/// What a body holds: the input without what stands in the address.
fn body(operation: &Operation) -> Option<Value> {
    if !operation.writes() {
        return None;
    }
    let mut schema = operation.input().clone();
    let in_path: Vec<&str> = operation.in_path().collect();
    if let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        fields.retain(|name, _| !in_path.contains(&name.as_str()));
        if fields.is_empty() {
            return None;
        }
    }
    let mut must = false;
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !in_path.iter().any(|path| name == path));
        must = !required.is_empty();
    }
    let mut out = json!({
        "required": must,
        "content": { "application/json": { "schema": schema } },
    });
    if operation.body_bytes_max != BODY_BYTES_MAX {
        let most = super::asked::size(operation.body_bytes_max);
        out["description"] = format!("一个 JSON 对象，最大 {most}。").into();
    }
    Some(out)
}

/// What an operation can be refused with: only what is sent with a body fails as a body.
fn responses(operation: &Operation, answer: Value) -> Value {
    let mut out = json!({ "200": {
        "description": "办成",
        "content": { "application/json": { "schema": answer } },
    } });
    for class in Class::ALL {
        let of_body = match class {
            Class::BrokenOff | Class::MediaType => true,
            Class::Method => continue,
            Class::Unreadable
            | Class::SignedOut
            | Class::Forbidden
            | Class::Unseen
            | Class::Refused
            | Class::Limit
            | Class::Invalid
            | Class::Busy
            | Class::Fault
            | Class::Unavailable => false,
        };
        if operation.writes() || !of_body {
            out[class.status().to_string()] = json!({ "$ref": "#/components/responses/Refused" });
        }
    }
    out
}
