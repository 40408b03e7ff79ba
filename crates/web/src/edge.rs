//! The edge: once per request the clock is read, a number and a nonce are drawn; once per answer
//! the headers are set and errors become pages.

use std::sync::{Arc, Mutex, PoisonError};

use app::Code;
use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::assets::PATHS;
use crate::chrome::AssetPaths;
use crate::error::{Trouble, retry_after};
use crate::form::Posted;
use crate::path::OwnPath;
use crate::state::Web;

/// What belongs to one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edge {
    /// The instant, read once.
    pub now: i64,
    /// For the log and for error pages.
    pub request_id: String,
    /// For scripts of this answer.
    pub nonce: String,
    /// What an error page gives back: the form that came with the request, and the token that a
    /// form needs to be sent again.
    pub kept: Arc<Mutex<Kept>>,
}

/// See [`Edge::kept`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    typed: Posted,
    csrf: String,
}

impl Edge {
    /// Keeps what was typed.
    pub(crate) fn keep(&self, posted: &Posted) {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .typed = posted.clone();
    }

    /// Keeps the token of the session, once it is known.
    pub(crate) fn keep_token(&self, csrf: &str) {
        csrf.clone_into(
            &mut self
                .kept
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .csrf,
        );
    }

    fn take(&self) -> Kept {
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Random hexadecimal digits; without randomness the answer is still given, without a script.
pub(crate) fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    if getrandom::fill(&mut buffer).is_err() {
        tracing::error!("the system gives no randomness");
        return String::new();
    }
    hex::encode(buffer)
}

/// What a page without a side bar shows around its content.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    /// Assets.
    pub assets: AssetPaths,
    /// For scripts of this answer.
    pub nonce: String,
    /// Name of the installation.
    pub home: String,
}

impl Bare {
    /// For this request.
    pub(crate) fn new(edge: &Edge, home: &str) -> Self {
        Self {
            assets: PATHS,
            nonce: edge.nonce.clone(),
            home: home.to_owned(),
        }
    }
}

/// Surrounds every request.
pub(crate) async fn around(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let edge = Edge {
        now: (web.clock)(),
        request_id: random_hex(6),
        nonce: random_hex(16),
        kept: Arc::default(),
    };
    let path = request.uri().path().to_owned();
    let here = OwnPath::here(request.uri());
    let from_htmx = request.headers().contains_key("hx-request");
    let method = request.method().clone();
    request.extensions_mut().insert(edge.clone());
    let mut response = next.run(request).await;
    if let Some(trouble) = response.extensions_mut().remove::<Trouble>() {
        let kept = edge.take();
        let (status, wait_s) = (trouble.status, trouble.wait_s);
        tracing::info!(request = %edge.request_id, %method, %path, %status, code = %trouble.code);
        if !from_htmx {
            let page = ErrorPage::new(&edge, trouble, &here, kept);
            response = (status, Html(page.render().unwrap_or_default())).into_response();
            retry_after(&mut response, wait_s);
        }
    }
    set_headers(response.headers_mut(), &edge, path.starts_with("/assets/"));
    response
}

fn set_headers(headers: &mut HeaderMap, edge: &Edge, asset: bool) {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{}'; style-src 'self'; \
         img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         object-src 'none'",
        edge.nonce
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Ok(id) = HeaderValue::from_str(&edge.request_id) {
        headers.insert("x-request-id", id);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    if !asset {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The page of an error: what happened, what can be done, where to go, and what was typed.
#[derive(Template)]
#[template(path = "error/show.html")]
struct ErrorPage {
    bare: Bare,
    status: u16,
    title: &'static str,
    sentence: String,
    request_id: String,
    here: String,
    /// The page of what somebody else changed meanwhile, or empty.
    latest: String,
    /// An earlier day is looked at.
    read_only: bool,
    sign_in: String,
    signed_out: bool,
    typed: Vec<(String, String)>,
    hidden: Vec<(String, String)>,
    csrf: String,
}

impl ErrorPage {
    fn new(edge: &Edge, trouble: Trouble, here: &OwnPath, kept: Kept) -> Self {
        let all = kept.typed.0;
        let secret = |name: &str| name == "csrf" || name.contains("password");
        let machine = |name: &str| matches!(name, "once" | "kind" | "version" | "back" | "id");
        let given = all.into_iter().filter(|(n, v)| !secret(n) && !v.is_empty());
        // Ids and the values of choices are sent again, and say nothing to whoever reads them.
        let code = |v: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c);
            v.chars().any(|c| c.is_ascii_alphabetic()) && v.chars().all(plain)
        };
        let (hidden, typed): (Vec<_>, Vec<_>) = given.partition(|(n, v)| machine(n) || code(v));
        let typed_any = !typed.is_empty();
        let signed_out = trouble.code == Code::SignedOut;
        Self {
            bare: Bare::new(edge, ""),
            status: trouble.status.as_u16(),
            title: trouble.title,
            sentence: trouble.sentence,
            request_id: edge.request_id.clone(),
            here: here.to_string(),
            latest: if trouble.code == Code::Stale {
                here.above().to_owned()
            } else {
                String::new()
            },
            read_only: trouble.code == Code::AsOfReadOnly,
            sign_in: if typed_any {
                "/sign-in".to_owned()
            } else {
                here.sign_in()
            },
            signed_out,
            typed,
            hidden,
            csrf: kept.csrf,
        }
    }
}
