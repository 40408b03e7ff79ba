//! Style sheets, scripts and the icon: embedded, served under an address that names their version.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::chrome::AssetPaths;

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Embedded;

/// The addresses of the assets.
pub(crate) const PATHS: AssetPaths = AssetPaths {
    tabler_css: concat!("/assets/", env!("BIHUAN_ASSETS"), "/tabler.css"),
    bihuan_css: concat!("/assets/", env!("BIHUAN_ASSETS"), "/bihuan.css"),
    htmx_js: concat!("/assets/", env!("BIHUAN_ASSETS"), "/htmx.js"),
    drafting_js: concat!("/assets/", env!("BIHUAN_ASSETS"), "/drafting.js"),
    bihuan_js: concat!("/assets/", env!("BIHUAN_ASSETS"), "/bihuan.js"),
    icon: concat!("/assets/", env!("BIHUAN_ASSETS"), "/icon.svg"),
};

/// One asset. An address of another version is still answered, but not kept.
pub(crate) async fn show(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(file) = Embedded::get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let keep = if version == env!("BIHUAN_ASSETS") {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let media = file.metadata.mimetype().to_owned();
    let head = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, keep.to_owned()),
    ];
    (head, file.data.into_owned()).into_response()
}
