//! Signing in and out.

use std::net::SocketAddr;

use app::Actor;
use askama::Template;
use axum::body::Body;
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::{AS_OF_COOKIE, POST_COOKIE, SESSION_COOKIE, clear_cookie, own_path, set_cookie};
use crate::edge::{Bare, Edge};
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted, Wrong};
use crate::page::{Form, add_cookie, ctx_of, read_form, render};
use crate::query::Asked;
use crate::state::Web;

#[derive(Template)]
#[template(path = "session/sign_in.html")]
struct SignInPage {
    bare: Bare,
    demo: bool,
    next: String,
    login: Field,
    password: Field,
    errors: Vec<Wrong>,
    signed_out: bool,
}

impl SignInPage {
    fn new(web: &Web, edge: &Edge, posted: &Posted, next: &str) -> Self {
        Self {
            bare: Bare::new(edge, ""),
            demo: web.app.settings.demo_day.is_some(),
            next: own_path(next).to_owned(),
            login: Field::new("login", "用户名", posted)
                .required()
                .max(40)
                .autocomplete("username"),
            password: Field::new("password", "口令", &Posted::default())
                .required()
                .max(128)
                .autocomplete("current-password"),
            errors: Vec::new(),
            signed_out: false,
        }
    }
}

/// The form; somebody who is signed in already goes on.
pub(super) async fn form(
    State(web): State<Web>,
    Extension(edge): Extension<Edge>,
    jar: CookieJar,
    asked: Asked,
) -> Answer {
    let token = jar.get(SESSION_COOKIE).map_or("", |c| c.value());
    let next = own_path(asked.text("next"));
    if super::resume(&web, &edge, token, None).await?.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let mut page = SignInPage::new(&web, &edge, &Posted::default(), next);
    page.signed_out = !token.is_empty();
    Ok(Html(render(&page)?).into_response())
}

/// Signs in and goes on to where the person wanted to go.
pub(super) async fn post(
    State(web): State<Web>,
    Extension(edge): Extension<Edge>,
    headers: HeaderMap,
    request: Request<Body>,
) -> Result<Response, Response> {
    let address = address_of(&request);
    let posted = read_form(request.into_body()).await?;
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let ctx = ctx_of(&web, &edge, Actor::Anonymous, None);
    let (login, password) = (posted.text("login"), posted.text("password"));
    let signed = app::session::sign_in(&ctx, login, password, &address, agent).await;
    signed_in(&web, &edge, &posted, signed).map_err(IntoResponse::into_response)
}

fn signed_in(
    web: &Web,
    edge: &Edge,
    posted: &Posted,
    signed: app::Result<app::session::SignedIn>,
) -> Answer {
    let next = own_path(posted.text("next"));
    match signed {
        Ok(session) => {
            let to = if session.must_change {
                "/password"
            } else {
                next
            };
            let mut response = Redirect::to(to).into_response();
            let cookie = set_cookie(SESSION_COOKIE, &session.token, None, web.secure_cookies);
            add_cookie(&mut response, &cookie);
            Ok(response)
        }
        Err(app::Error::Refused { message, .. }) => {
            let mut page = SignInPage::new(web, edge, posted, next);
            page.errors = vec![Wrong {
                anchor: "login".to_owned(),
                message,
            }];
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&page)?)).into_response())
        }
        Err(other) => Err(PageError(other)),
    }
}

fn address_of(request: &Request<Body>) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(at)| at.ip().to_string())
        .unwrap_or_default()
}

/// Signs out; the day looked at and the chosen post go with the session.
pub(super) async fn out(form: Form) -> Answer {
    app::session::sign_out(&form.page.ctx, &form.page.token).await?;
    let mut response = Redirect::to("/sign-in").into_response();
    for name in [SESSION_COOKIE, AS_OF_COOKIE, POST_COOKIE] {
        add_cookie(&mut response, &clear_cookie(name));
    }
    Ok(response)
}
