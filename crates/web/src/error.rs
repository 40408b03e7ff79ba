//! Errors as pages: what is wrong, who can put it right, where to go next.
//!
//! **Invariant:** nothing internal reaches a user; a fault of ours shows the number of the request
//! only, and is logged once, here, with its whole chain.

use app::Code;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What is too busy may be tried again after so many seconds.
const UNAVAILABLE_WAIT_S: u64 = 5;

/// Why a page was not shown. Wraps what the verb answered.
#[derive(Debug)]
pub struct PageError(pub app::Error);

/// The answer of a handler.
pub(crate) type Answer = Result<Response, PageError>;

impl From<app::Error> for PageError {
    fn from(error: app::Error) -> Self {
        Self(error)
    }
}

/// What the edge makes a page of.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    pub(crate) title: &'static str,
    pub(crate) sentence: String,
    /// After so many seconds it may be tried again; 0 says nothing about it.
    pub(crate) wait_s: u64,
}

impl Trouble {
    /// A trouble of the edge itself.
    pub(crate) fn new(
        status: StatusCode,
        code: Code,
        title: &'static str,
        sentence: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title,
            sentence: sentence.into(),
            wait_s: 0,
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.sentence.clone()).into_response();
        retry_after(&mut response, self.wait_s);
        response.extensions_mut().insert(self);
        response
    }
}

/// The status that a code is answered with.
pub fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.class().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// When what is too much now may be tried again, in seconds; 0 says nothing about it.
pub(crate) fn wait_s(error: &app::Error) -> u64 {
    match error {
        app::Error::Busy { wait_s, .. } => *wait_s,
        app::Error::Unavailable | app::Error::Down(_) => UNAVAILABLE_WAIT_S,
        app::Error::NotFound(_)
        | app::Error::SignedOut
        | app::Error::Forbidden(_)
        | app::Error::OfOthers { .. }
        | app::Error::Invalid(_)
        | app::Error::Refused { .. }
        | app::Error::Stale { .. }
        | app::Error::Limit { .. }
        | app::Error::Internal(_) => 0,
    }
}

/// Says when to try again.
pub(crate) fn retry_after(response: &mut Response, wait_s: u64) {
    if wait_s > 0 {
        let value = HeaderValue::from(wait_s);
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

fn title(error: &app::Error) -> &'static str {
    match error {
        app::Error::NotFound(_) => "没有找到",
        app::Error::SignedOut => "需要重新登录",
        app::Error::Forbidden(_) | app::Error::OfOthers { .. } => "没有这项权限",
        app::Error::Invalid(_) => "填写的内容需要修改",
        app::Error::Refused { .. } => "现在不能这样办理",
        app::Error::Stale { .. } => "内容已被他人修改",
        app::Error::Limit { .. } => "超出上限",
        app::Error::Busy { .. } => "请稍后再试",
        app::Error::Unavailable => "系统繁忙",
        app::Error::Down(_) => "数据库暂时不能使用",
        app::Error::Internal(_) => "系统出错",
    }
}

/// Logs a fault of ours once, with its whole chain.
pub(crate) fn log_fault(error: &app::Error, request: &str) {
    let app::Error::Internal(source) = error else {
        return;
    };
    let mut chain = source.to_string();
    let mut at = source.source();
    while let Some(cause) = at {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        at = cause.source();
    }
    tracing::error!(%chain, request, "a request failed");
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        log_fault(&self.0, "");
        Trouble {
            status: status(self.0.kind()),
            code: self.0.kind(),
            title: title(&self.0),
            sentence: self.0.sentence(),
            wait_s: wait_s(&self.0),
        }
        .into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_ours_says_nothing_internal() {
        let error = app::Error::Internal("disk /dev/sda1 is full".into());
        let response = PageError(error).into_response();
        let trouble = response.extensions().get::<Trouble>().cloned();
        let trouble = trouble.expect("an error carries its page");
        assert_eq!(trouble.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!trouble.sentence.contains("/dev"));
    }
}
