//! Answers and refusals of the API: printed by the door, with the status that the code says.

use app::{Code, Error};
use axum::body::Body;
use axum::http::{Extensions, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::edge::Edge;
use crate::error::{log_fault, retry_after, status, wait_s};

/// What belongs to the request; the edge surrounds every address.
pub(super) fn edge(extensions: &Extensions) -> Edge {
    extensions.get::<Edge>().cloned().unwrap_or_default()
}

/// An answer.
pub(super) fn given(value: &Value) -> Response {
    json(StatusCode::OK, app::door::print(value))
}

/// A refusal; a fault of ours is logged here, once.
pub(super) fn refused(error: &Error, request_id: &str) -> Response {
    log_fault(error, request_id);
    let status = status(error.kind());
    tracing::info!(request = request_id, %status, code = error.code(), "api");
    let printed = app::door::print(&app::door::refusal(error, request_id));
    let mut response = json(status, printed);
    retry_after(&mut response, wait_s(error));
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    if error.kind() == Code::Method {
        // Which methods an address has stands in the description; the header was set by the router.
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

pub(super) fn json(status: StatusCode, text: String) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, Body::from(text)).into_response()
}
