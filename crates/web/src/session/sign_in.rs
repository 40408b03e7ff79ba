//! Signing in and out.

use app::Actor;
use app::session::Visitor;
use askama::Template;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::{
    AS_OF_COOKIE, DEVICE_COOKIE, DEVICE_SECONDS, POST_COOKIE, SESSION_COOKIE, clear_cookie,
    set_cookie,
};
use crate::edge::{Bare, Edge};
use crate::error::{Answer, PageError, retry_after, status, wait_s};
use crate::form::{Field, Posted, Wrong};
use crate::page::{Form, add_cookie, ctx_of, read_form, render};
use crate::path::OwnPath;
use crate::query::Asked;
use crate::state::Web;

#[derive(Template)]
#[template(path = "session/sign_in.html")]
struct SignInPage {
    bare: Bare,
    demo: bool,
    trouble: String,
    next: String,
    login: Field,
    password: Field,
    errors: Vec<Wrong>,
    signed_out: bool,
}

impl SignInPage {
    fn new(web: &Web, edge: &Edge, posted: &Posted, next: &OwnPath) -> Self {
        Self {
            bare: Bare::new(edge, ""),
            demo: web.app.settings.demo_day.is_some(),
            trouble: app::health::said(&web.app).unwrap_or_default(),
            next: next.to_string(),
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

    fn refused(mut self, message: String) -> Self {
        self.errors = vec![Wrong {
            anchor: "login".to_owned(),
            message,
        }];
        self
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
    let next = OwnPath::onward(asked.text("next"));
    if super::resume(&web, &edge, token, None).await?.is_some() {
        return Ok(Redirect::to(next.as_str()).into_response());
    }
    let mut page = SignInPage::new(&web, &edge, &Posted::default(), &next);
    page.signed_out = !token.is_empty();
    Ok(Html(render(&page)?).into_response())
}

/// Signs in and goes on to where the person wanted to go.
pub(super) async fn post(
    State(web): State<Web>,
    Extension(edge): Extension<Edge>,
    request: Request<Body>,
) -> Result<Response, Response> {
    let visitor = visitor_of(&web, &request);
    let posted = read_form(request.into_body()).await?;
    let ctx = ctx_of(&web, &edge, Actor::Anonymous, None);
    let (login, password) = (posted.text("login"), posted.text("password"));
    let signed = app::session::sign_in(&ctx, login, password, &visitor).await;
    signed_in(&web, &edge, &posted, signed).map_err(IntoResponse::into_response)
}

fn signed_in(
    web: &Web,
    edge: &Edge,
    posted: &Posted,
    signed: app::Result<app::session::SignedIn>,
) -> Answer {
    let next = OwnPath::onward(posted.text("next"));
    match signed {
        Ok(session) => {
            let to = if session.must_change {
                "/password"
            } else {
                next.as_str()
            };
            let mut response = Redirect::to(to).into_response();
            let cookie = set_cookie(SESSION_COOKIE, &session.token, None, web.secure_cookies);
            add_cookie(&mut response, &cookie);
            let (device, secure) = (&session.device, web.secure_cookies);
            let kept = set_cookie(DEVICE_COOKIE, device, Some(DEVICE_SECONDS), secure);
            add_cookie(&mut response, &kept);
            Ok(response)
        }
        Err(app::Error::Refused { message, .. }) => {
            let page = SignInPage::new(web, edge, posted, &next).refused(message);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&page)?)).into_response())
        }
        Err(busy @ (app::Error::Busy { .. } | app::Error::Unavailable)) => {
            let page = SignInPage::new(web, edge, posted, &next).refused(busy.sentence());
            let mut response = (status(busy.kind()), Html(render(&page)?)).into_response();
            retry_after(&mut response, wait_s(&busy));
            Ok(response)
        }
        Err(other) => Err(PageError(other)),
    }
}

fn visitor_of(web: &Web, request: &Request<Body>) -> Visitor {
    let headers = request.headers();
    let agent = headers.get(header::USER_AGENT);
    let jar = CookieJar::from_headers(headers);
    Visitor {
        address: web.proxies.visitor(request.extensions(), headers),
        agent: agent
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned(),
        device: jar.get(DEVICE_COOKIE).map(|c| c.value().to_owned()),
    }
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
