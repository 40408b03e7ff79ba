//! `/healthz`: whether the program answers and whether it can write, for whoever watches it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::routes::{Audience, routes};
use crate::state::Web;

routes! {
    GET "/healthz" "tell whether the program answers and can write" Audience::Anyone => show;
}

/// Says how the program is: 200 while it can be read, with what does not work; 503 while the
/// database does not answer. Nothing of what it holds.
async fn show(State(web): State<Web>) -> Response {
    let health = web.app.store.health();
    let writing = health
        .writing
        .map(|(fault, since)| json!({ "fault": fault.code(), "since_ms": since }));
    if app::health::answers(&web.app).await {
        let status = if health.is_well() { "ok" } else { "degraded" };
        let body = json!({
            "status": status, "reading": true, "writing": writing.is_none(),
            "trouble": writing, "head_file": health.head_file.is_none(),
        });
        return Json(body).into_response();
    }
    let body = json!({ "status": "unavailable", "reading": false, "writing": false });
    (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
}
