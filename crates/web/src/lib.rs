//! Pages: addresses, sessions, forms, and the look.
//!
//! **Invariant:** no rule and no SQL stands here: a page asks a verb of `app` and shows the ready
//! values that it answers. **Invariant:** every action is a plain form; script only improves.
//! **Invariant:** every POST carries the token of its session, and every address stands in the
//! table of [`routes`].

mod address;
mod assets;
mod chrome;
mod edge;
mod error;
mod escape;
mod form;
mod page;
mod path;
mod query;
mod routes;
mod sheet;
mod state;
mod upload;

mod act;
mod api;
mod audit;
mod body;
mod desk;
mod drafting;
mod duty;
mod health;
mod job;
mod occasion;
mod pack;
mod person;
mod post;
mod reset;
mod ruling;
mod search;
mod session;
mod token;

pub use address::{Network, NotANetwork, Proxies};
pub use api::described;
pub use error::{PageError, status};
pub use routes::{Audience, Route, all as all_routes, listing};
pub use session::{AS_OF_COOKIE, SESSION_COOKIE};
pub use state::{Clock, Web};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::error::Trouble;

/// The addresses of every noun, in the order of the side bar.
const NOUNS: &[&[Route]] = &[
    session::ROUTES,
    token::ROUTES,
    api::ROUTES,
    desk::ROUTES,
    search::ROUTES,
    pack::ROUTES,
    drafting::ROUTES,
    duty::ROUTES,
    occasion::ROUTES,
    act::ROUTES,
    ruling::ROUTES,
    body::ROUTES,
    post::ROUTES,
    person::ROUTES,
    reset::ROUTES,
    job::ROUTES,
    audit::ROUTES,
    health::ROUTES,
];

/// All pages behind the layers that every request passes.
pub fn router(web: Web) -> Router {
    let pages = all_routes().fold(Router::new(), |router, r| {
        router.route(r.path, (r.handler)())
    });
    pages
        .fallback(missing)
        .method_not_allowed_fallback(wrong_method)
        // Addresses that take files have limits of their own.
        .layer(DefaultBodyLimit::max(page::FORM_MAX))
        .layer(CsrfLayer::new().with_rejection_response(|_| foreign()))
        // A token of the head is no cookie: no site can send it for somebody.
        .nest(api::ROOT, api::router())
        .layer(CatchPanicLayer::custom(|_| broken()))
        .layer(axum::middleware::from_fn_with_state(
            web.clone(),
            edge::around,
        ))
        .layer(axum::middleware::map_response(come_again))
        // A page is packed for one reader, who waits for it: quickly, not as tightly as can be.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(web)
}

/// Seconds after which whoever was refused for want of room is asked to come again.
const COME_AGAIN_SECONDS: u16 = 30;

/// Says when to come again, where something is only too busy.
async fn come_again(mut response: Response) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = HeaderValue::from(COME_AGAIN_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

async fn missing() -> axum::response::Response {
    Trouble::new(
        StatusCode::NOT_FOUND,
        app::Code::NotFound,
        "没有这个页面",
        "地址可能抄错了，或页面已经改名。请从工作台或左侧菜单进入。",
    )
    .into_response()
}

async fn wrong_method() -> axum::response::Response {
    Trouble::new(
        StatusCode::METHOD_NOT_ALLOWED,
        app::Code::Method,
        "这个地址不能这样打开",
        "它只用来提交表单。请回到原来的页面再提交。",
    )
    .into_response()
}

fn foreign() -> axum::response::Response {
    Trouble::new(
        StatusCode::FORBIDDEN,
        app::Code::FormForeign,
        "拒绝了来自其他网站的提交",
        "这次提交不是从本系统的页面发出的，没有执行。请在本系统里重新办理。",
    )
    .into_response()
}

fn broken() -> axum::response::Response {
    let error = app::Error::Internal("a handler panicked".into());
    PageError(error).into_response()
}
