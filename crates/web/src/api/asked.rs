//! What a request asks: fields of address, query and body, made one flat object.

use app::door::{NESTING_MAX, Operation};
use app::{Code, Ctx, Error, FieldErrors, Result};
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, header};
use chrono::{Datelike, NaiveDate};
use domain::calendar::Period;
use serde_json::{Map, Value};

use crate::page::{declared, decode};

/// Longest `Idempotency-Key`, in characters.
pub(super) const KEY_LONGEST: usize = 64;
/// Most values of a query.
const VALUES_MAX: usize = 1_000;
/// The field of a query that says which day is looked at; no operation has one of this name.
const AS_OF: &str = "as_of";

/// The input of an operation, and the context with the key and the day that came with it.
pub(super) async fn read(
    mut ctx: Ctx,
    operation: &'static Operation,
    path: &RawPathParams,
    request: Request,
) -> Result<(Ctx, Value)> {
    let mut errors = FieldErrors::new();
    let query = pairs(request.uri().query().unwrap_or_default())?;
    let mut input = if operation.writes() {
        ctx.once = key(request.headers())?;
        if let Some((name, _)) = query.first() {
            errors.add(name, "办理类接口不收查询参数，请写在 JSON 里。");
        }
        let length = declared(request.headers());
        let most = operation.body_bytes_max;
        if length.is_some_and(|length| length > most) {
            return Err(too_large(most));
        }
        body(request, most).await?
    } else {
        let (day, query) = query.into_iter().partition(|(name, _)| name == AS_OF);
        ctx.as_of = as_of(&ctx, day, &mut errors);
        typed(operation.input(), query, &mut errors)
    };
    for (name, value) in path {
        if input.contains_key(name) {
            errors.add(name, "这一项写在地址里，不要再写一次。");
        }
        let property = &operation.input()["properties"][name];
        let value = app::door::scalar(property, value.to_owned());
        input.insert(name.to_owned(), value);
    }
    errors.into_result()?;
    Ok((ctx, Value::Object(input)))
}

/// The key of the caller, by which a second sending does nothing twice.
fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let plain = |text: &&str| {
        (1..=KEY_LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
    };
    match value.to_str().ok().filter(plain) {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(FieldErrors::one(
            "Idempotency-Key",
            format!("应是1到{KEY_LONGEST}个字母、数字或符号，不含空格；每次办理换一个。"),
        )),
    }
}

/// The day that is looked at; today and what comes after it are today.
fn as_of(ctx: &Ctx, asked: Vec<(String, String)>, errors: &mut FieldErrors) -> Option<NaiveDate> {
    let [(_, text)] = asked.as_slice() else {
        if !asked.is_empty() {
            errors.add(AS_OF, "只能写一次。");
        }
        return None;
    };
    let day = text
        .parse::<NaiveDate>()
        .ok()
        .filter(|day| day.to_string() == *text);
    if !day.is_some_and(|day| Period::YEARS.contains(&day.year())) {
        let first = Period::YEARS.start();
        errors.add(AS_OF, format!("应是{first}年以来的日期，例如2026-11-05。"));
    }
    day.filter(|day| *day < ctx.today)
}

/// The values of a query, each as the schema says: numbers, yes or no, and names that repeat.
fn typed(
    schema: &Value,
    query: Vec<(String, String)>,
    errors: &mut FieldErrors,
) -> Map<String, Value> {
    let mut input = Map::new();
    for (name, text) in query {
        let property = &schema["properties"][&name];
        if app::door::is_of(property, "array") {
            let value = app::door::scalar(&property["items"], text);
            let all = input
                .entry(name)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.push(value);
            }
        } else if input.contains_key(&name) {
            errors.add(&name, "只能写一次。");
        } else {
            input.insert(name, app::door::scalar(property, text));
        }
    }
    input
}

fn pairs(query: &str) -> Result<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let unreadable = || {
        Error::refused(
            Code::JsonUnreadable,
            "查询参数不完整或编码不对，请用 UTF-8 百分号编码。",
        )
    };
    let all: Vec<(String, String)> = parts
        .take(VALUES_MAX + 1)
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect::<Option<_>>()
        .ok_or_else(unreadable)?;
    if all.len() > VALUES_MAX {
        return Err(Error::Limit {
            what: "一次查询的参数",
            max: format!("{VALUES_MAX}个"),
        });
    }
    Ok(all)
}

fn too_large(most: usize) -> Error {
    Error::Limit {
        what: "一次请求的内容",
        max: size(most),
    }
}

/// So many bytes in words: 256 KB, 4 MB.
pub(super) fn size(bytes: usize) -> String {
    const MEGABYTE: usize = 1024 * 1024;
    if bytes.is_multiple_of(MEGABYTE) {
        format!("{} MB", bytes / MEGABYTE)
    } else {
        format!("{} KB", bytes / 1024)
    }
}

/// The object of a body; none at all is an empty one.
async fn body(request: Request, most: usize) -> Result<Map<String, Value>> {
    let (parts, body) = request.into_parts();
    let bytes = bytes(body, most).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim();
    if !plain.eq_ignore_ascii_case("application/json") {
        return Err(Error::refused(
            Code::JsonMediaType,
            "请求内容应是 JSON，请把请求头 Content-Type 写成 application/json。",
        ));
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(unreadable("最外层应是一个对象，即写在一对花括号里")),
        Err(why) if why.to_string().contains("recursion limit") => Err(Error::refused(
            Code::JsonDeep,
            format!("JSON 的括号嵌套最多{NESTING_MAX}层，请改浅后再提交。"),
        )),
        Err(why) => Err(unreadable(&format!(
            "第{}行第{}列起不是合法的 JSON",
            why.line(),
            why.column()
        ))),
    }
}

fn unreadable(what: &str) -> Error {
    Error::refused(
        Code::JsonUnreadable,
        format!("没有看懂请求内容：{what}。没有保存，请改正后再提交。"),
    )
}

async fn bytes(body: Body, most: usize) -> Result<bytes::Bytes> {
    let least = HttpBody::size_hint(&body).lower();
    if usize::try_from(least).map_or(true, |least| least > most) {
        return Err(too_large(most));
    }
    to_bytes(body, most).await.map_err(|why| {
        let mut source = std::error::Error::source(&why);
        while let Some(cause) = source {
            if cause.is::<http_body_util::LengthLimitError>() {
                return too_large(most);
            }
            source = cause.source();
        }
        Error::refused(
            Code::JsonBrokenOff,
            "请求内容没有收全，这次没有保存。请检查网络后再提交。",
        )
    })
}
