//! The JSON API: every operation of the door under `/api/v1`, and its description.
//!
//! **Invariant:** nothing is written here for one operation: address, input, powers and answer
//! stand
//! in its row. **Invariant:** a token of the head is asked for and nothing else; a session's cookie
//! opens nothing here, so that no page of another site can.

mod asked;
mod openapi;
mod page;
mod reply;

use app::door::{BODY_BYTES_MAX, Method, Operation};
use app::{Actor, Code, Ctx, Error};
use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::edge::Edge;
use crate::routes::{Audience, routes};
use crate::state::Web;
use crate::upload::Taken;

pub use self::openapi::described;

/// Where the API stands.
pub(crate) const ROOT: &str = "/api/v1";

routes! {
    GET "/api" "接口说明" Audience::SignedIn => page::show;
}

/// The addresses of the API.
pub(crate) fn router() -> Router<Web> {
    let mut by_path: Vec<(&str, MethodRouter<Web>)> = Vec::new();
    for operation in app::door::all() {
        let handler = move |State(web): State<Web>, path: RawPathParams, request: Request| {
            answer(web, operation, path, request)
        };
        let method = match operation.method {
            Method::Get => get(handler),
            Method::Post => post(handler),
        };
        match by_path.iter_mut().find(|(path, _)| *path == operation.path) {
            Some((_, router)) => *router = std::mem::take(router).merge(method),
            None => by_path.push((operation.path, method)),
        }
    }
    let mut router = Router::new().route("/openapi.json", get(openapi::show));
    for (path, methods) in by_path {
        router = router.route(path, methods);
    }
    router
        .fallback(missing)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_| {
            reply::refused(&Error::Internal("an operation panicked".into()), "")
        }))
}

/// Asks one operation. Who asks is known before the body is read.
async fn answer(
    web: Web,
    operation: &'static Operation,
    path: RawPathParams,
    request: Request,
) -> Response {
    let edge = reply::edge(request.extensions());
    let answered = async {
        let ctx = admitted(&web, &edge, operation, request.headers()).await?;
        let _taken = room(&web, operation, &ctx, request.headers())?;
        let (ctx, input) = asked::read(ctx, operation, &path, request).await?;
        operation.ask(ctx, input).await
    };
    match answered.await {
        Ok(value) => reply::given(&value),
        Err(error) => reply::refused(&error, &edge.request_id),
    }
}

/// Room for a body that is larger than most: all of them share it with the uploads of pages.
fn room(
    web: &Web,
    operation: &Operation,
    ctx: &Ctx,
    headers: &HeaderMap,
) -> app::Result<Option<Taken>> {
    let most = operation.body_bytes_max;
    let needed = crate::page::declared(headers).unwrap_or(most);
    if needed <= BODY_BYTES_MAX || needed > most {
        return Ok(None);
    }
    let taken = web.room.take(ctx.who()?.person, needed);
    taken
        .map(Some)
        .map_err(|trouble| Error::refused(Code::UploadBusy, trouble.sentence))
}

/// The context of a request with a token that holds.
async fn admitted(
    web: &Web,
    edge: &Edge,
    operation: &Operation,
    headers: &HeaderMap,
) -> app::Result<Ctx> {
    let bare = crate::page::ctx_of(web, edge, Actor::Anonymous, None);
    let who = app::token::enter(&bare, bearer(headers)?).await?;
    operation.admit(&who)?;
    Ok(Ctx {
        actor: Actor::Person(who),
        ..bare
    })
}

/// The token that stands in the head.
fn bearer(headers: &HeaderMap) -> app::Result<&str> {
    let missing = || {
        Error::refused(
            Code::TokenMissing,
            "请求没有带接口令牌。请在请求头写 Authorization: Bearer 加令牌；令牌在系统的“我的接口令牌”页面办理。",
        )
    };
    let value = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(missing())
    }
}

async fn missing(request: Request) -> Response {
    let edge = reply::edge(request.extensions());
    let path: String = request.uri().path().chars().take(80).collect();
    let error = Error::refused(
        Code::NotFound,
        format!("没有“{path}”这个接口。全部接口见 {ROOT}/openapi.json 或系统的“接口说明”页面。"),
    );
    reply::refused(&error, &edge.request_id)
}

async fn wrong_method(request: Request) -> Response {
    let edge = reply::edge(request.extensions());
    let error = Error::refused(
        Code::Method,
        format!(
            "这个接口不能用 {}。查看用 GET，办理用 POST，见接口说明。",
            request.method()
        ),
    );
    reply::refused(&error, &edge.request_id)
}
