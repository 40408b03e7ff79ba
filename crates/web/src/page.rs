//! Extractors: who asks, on which day, with which form; and the values around every page.

use app::session::Resumed;
use app::{Actor, Ctx, Verb, Who};
use askama::Template;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use chrono::NaiveDate;
use domain::calendar::words::{chinese_date, chinese_weekday};
use domain::policy::Action;
use sha2::{Digest, Sha256};

use crate::assets::PATHS;
use crate::chrome::{Chrome, PostChoice, Room, RoomGroup};
use crate::edge::Edge;
use crate::error::{PageError, Trouble};
use crate::form::Posted;
use crate::path::OwnPath;
use crate::session::{
    AS_OF_COOKIE, POST_COOKIE, SAID_COOKIE, SESSION_COOKIE, clear_cookie, set_cookie,
};
use crate::state::Web;

/// Largest form, in bytes. Addresses that take files have limits of their own.
pub(crate) const FORM_MAX: usize = 256 * 1024;
/// Most fields of a form: the lists of a county's bodies have some thousands.
const FIELDS_MAX: usize = 10_000;

/// A request of somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Page {
    /// The context of the operation.
    pub ctx: Ctx,
    /// The shared state.
    pub web: Web,
    /// What belongs to the request.
    pub edge: Edge,
    /// Token of the session, for forms.
    pub csrf: String,
    /// Secret of the session, for signing out.
    pub token: String,
    /// The password was set by somebody else and must be changed first.
    pub must_change: bool,
    here: OwnPath,
    path: String,
    said: Option<String>,
    is_part: bool,
}

/// The token that forms of a session carry: known to nobody who does not know the session's.
pub(crate) fn csrf_of(token: &str) -> String {
    hex::encode(
        Sha256::new()
            .chain_update("form:")
            .chain_update(token)
            .finalize(),
    )
}

fn edge_of(parts: &Parts) -> Result<Edge, PageError> {
    parts.extensions.get::<Edge>().cloned().ok_or_else(|| {
        PageError(app::Error::Internal(
            "the edge is not around this route".into(),
        ))
    })
}

/// The context of a request, whoever asks.
pub(crate) fn ctx_of(web: &Web, edge: &Edge, actor: Actor, as_of: Option<NaiveDate>) -> Ctx {
    let today = app::ctx::china_day(edge.now);
    Ctx {
        app: web.app.clone(),
        actor,
        now: edge.now,
        today,
        as_of: as_of.filter(|d| *d < today),
        request_id: edge.request_id.clone(),
        once: None,
        ids: web.ids.clone(),
    }
}

/// Holds the table of addresses against who asks.
fn admitted(parts: &Parts, who: &Who) -> Result<(), PageError> {
    let matched = parts.extensions.get::<MatchedPath>();
    let route = matched.and_then(|m| crate::routes::of(parts.method.as_str(), m.as_str()));
    Ok(route.map_or(Ok(()), |r| r.audience.admit(who))?)
}

impl Page {
    /// Makes a page of the head of a request; nobody signed in is led to the sign-in page.
    pub(crate) async fn from_head(parts: &Parts, web: &Web) -> Result<Self, Response> {
        let edge = edge_of(parts).map_err(IntoResponse::into_response)?;
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = |name: &str| jar.get(name).map(|c| c.value().to_owned());
        let token = cookie(SESSION_COOKIE).unwrap_or_default();
        let here = OwnPath::here(&parts.uri);
        let post = cookie(POST_COOKIE);
        let resumed = crate::session::resume(web, &edge, &token, post.as_deref())
            .await
            .map_err(|e| PageError(e).into_response())?;
        let is_part = parts.headers.contains_key("hx-request");
        let Some(Resumed {
            who,
            must_change,
            untold,
        }) = resumed
        else {
            if parts.method == Method::GET && !is_part {
                return Err(Redirect::to(&here.sign_in()).into_response());
            }
            return Err(PageError(app::Error::SignedOut).into_response());
        };
        let path = parts.uri.path();
        if must_change && path != "/password" && path != "/sign-out" {
            return Err(Redirect::to("/password").into_response());
        }
        admitted(parts, &who).map_err(IntoResponse::into_response)?;
        // A form that is sent goes through: what was typed is not lost, and the next page tells.
        let asks = parts.method == Method::GET && !is_part;
        if untold && asks && !must_change && path != crate::reset::TOLD && path != "/password" {
            return Err(Redirect::to(crate::reset::TOLD).into_response());
        }
        let as_of = cookie(AS_OF_COOKIE).and_then(|d| d.parse().ok());
        let csrf = csrf_of(&token);
        edge.keep_token(&csrf);
        Ok(Self {
            ctx: ctx_of(web, &edge, Actor::Person(who), as_of),
            web: web.clone(),
            edge,
            csrf,
            token,
            must_change,
            path: path.to_owned(),
            here,
            said: cookie(SAID_COOKIE),
            is_part,
        })
    }

    /// With the key of this form: that of its showing, bound to where it goes and what it says.
    /// A second click does nothing twice; another button of the page, or another text after going
    /// back, is another form. What htmx sends goes on without a page, and has none.
    pub(crate) fn keyed(mut self, posted: &Posted, files: &[crate::upload::Sent]) -> Self {
        let shown = posted.text("once");
        if shown.is_empty() || self.is_part {
            return self;
        }
        let mut key = Sha256::new().chain_update(self.path.as_bytes());
        for (name, value) in &posted.0 {
            key.update(format!("\u{1f}{name}\u{1e}{value}"));
        }
        for file in files {
            key.update(format!("\u{1f}{}\u{1e}{}", file.name, file.bytes.len()));
        }
        self.ctx.once = Some(hex::encode(key.finalize()));
        self
    }

    /// Who asks. A page is made for somebody who is signed in only.
    pub(crate) fn who(&self) -> Result<&Who, PageError> {
        Ok(self.ctx.who()?)
    }

    /// Whether htmx asks, for a part of a page.
    pub(crate) fn is_part(&self) -> bool {
        self.is_part
    }

    /// Whether any role of the person allows this on its own body.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.ctx.who().is_ok_and(|w| w.may_somewhere(action))
    }

    /// The values around the page.
    pub(crate) async fn chrome(&self) -> Result<Chrome, PageError> {
        let ctx = &self.ctx;
        let who = ctx.who()?;
        let world = ctx.app.world(who.home).await?;
        let day = ctx.day();
        let structure = &world.structure;
        let held = structure.posts_held(who.person, ctx.today);
        let title =
            |post: &domain::post::Post| format!("{}{}", structure.name(post.body, day), post.title);
        let posts: Vec<PostChoice> = held
            .iter()
            .map(|p| PostChoice {
                value: p.id.to_string(),
                label: title(p),
                chosen: who.post == Some(p.id),
            })
            .collect();
        let post = who
            .post
            .and_then(|id| structure.post(id))
            .map(|p| p.title.clone());
        let role = || {
            who.grants
                .first()
                .map(|g| app::words::role(g.role).to_owned())
        };
        let mut chrome = Chrome {
            assets: PATHS,
            nonce: self.edge.nonce.clone(),
            home: home_name(structure, who.home, day),
            demo: ctx.app.settings.demo_day.is_some(),
            nav: self.rooms(),
            county: structure.name(who.home, day).to_owned(),
            body: structure.name(who.body, day).to_owned(),
            search: String::new(),
            today: format!("{} {}", chinese_date(ctx.today), chinese_weekday(ctx.today)),
            today_value: ctx.today.to_string(),
            is_as_of: ctx.as_of.is_some(),
            as_of: ctx.as_of.map(chinese_date).unwrap_or_default(),
            as_of_value: day.to_string(),
            here: self.here.to_string(),
            person: who.name.clone(),
            post: post.or_else(role).unwrap_or_default(),
            posts,
            csrf: self.csrf.clone(),
            once: ctx.ids.next(ctx.now).simple().to_string(),
            trouble: app::health::said(&ctx.app).unwrap_or_default(),
            said: self
                .said
                .as_deref()
                .and_then(Verb::of)
                .map_or("", |verb| verb.row().said)
                .to_owned(),
            failed: false,
        };
        if self.may(Action::ConsentReset) {
            let waits = app::reset::waiting_count(ctx).await?;
            chrome.wait("/system/resets", waits);
        }
        if ctx.allow_at_home(Action::ViewJob).is_ok() {
            let dead = app::job::dead_count(ctx).await?;
            chrome.wait(crate::job::JOBS, dead);
        }
        Ok(chrome)
    }

    /// The rooms that this person may use.
    fn rooms(&self) -> Vec<RoomGroup> {
        let room = |label, href: &'static str, action: Option<Action>| {
            let open = action.is_none_or(|a| self.may(a));
            let inside = self.path.strip_prefix(href);
            let current = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            open.then_some(Room {
                label,
                href,
                current,
                waits: 0,
            })
        };
        let groups = [
            ("", vec![room("工作台", "/desk", None)]),
            (
                "应做",
                vec![
                    room("制度", "/packs", Some(Action::ViewPack)),
                    room("职责", "/duties", Some(Action::ViewStanding)),
                    room("重要节点", "/occasions", Some(Action::ViewPack)),
                ],
            ),
            (
                "已做",
                vec![room("履职记录", "/acts", Some(Action::ViewAct))],
            ),
            (
                "督办",
                vec![room("裁定申请", "/rulings", Some(Action::ViewStanding))],
            ),
            (
                "系统",
                vec![
                    room("单位", "/bodies", Some(Action::ViewBody)),
                    room("人员", "/system/people", Some(Action::EditPerson)),
                    room("权限", "/system/roles", Some(Action::GrantRole)),
                    room("重置审批", "/system/resets", Some(Action::ConsentReset)),
                    room("审计", "/system/audit", Some(Action::ViewAudit)),
                    room("后台任务", crate::job::JOBS, Some(Action::ViewJob)),
                ],
            ),
        ];
        let filled = groups.into_iter().map(|(title, rooms)| RoomGroup {
            title,
            items: rooms.into_iter().flatten().collect(),
        });
        filled.filter(|g| !g.items.is_empty()).collect()
    }

    /// A page as an answer.
    pub(crate) fn html(&self, template: &impl Template) -> Result<Response, PageError> {
        self.html_with(StatusCode::OK, template)
    }

    /// A form that was refused, shown again.
    pub(crate) fn refused(&self, template: &impl Template) -> Result<Response, PageError> {
        self.html_with(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    fn html_with(
        &self,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<Response, PageError> {
        let text = render(template)?;
        let mut response = (status, Html(text)).into_response();
        if self.said.is_some() && !self.is_part {
            add_cookie(&mut response, &clear_cookie(SAID_COOKIE));
        }
        Ok(response)
    }

    /// Leads on after a post, where the next page tells what was done.
    pub(crate) fn done(&self, path: &str, verb: Verb) -> Response {
        let mut response = self.leads(path);
        if !verb.row().said.is_empty() {
            let (said, minute) = (verb.code(), 60);
            add_cookie(
                &mut response,
                &set_cookie(SAID_COOKIE, said, Some(minute), self.web.secure_cookies),
            );
        }
        response
    }

    /// Leads on, where nothing is to be told.
    pub(crate) fn leads(&self, path: &str) -> Response {
        Redirect::to(path).into_response()
    }

    /// A file to save, such as a table for a spreadsheet.
    pub(crate) fn csv(name: &str, text: String) -> Response {
        let head = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ];
        (head, text).into_response()
    }
}

/// The office that runs this installation, as the county knows it.
fn home_name(
    structure: &domain::structure::Structure,
    home: domain::id::BodyId,
    on: NaiveDate,
) -> String {
    let office = structure
        .children(home, on)
        .into_iter()
        .find(|b| b.kind == domain::body::BodyKind::SafetyOffice);
    office.map_or_else(
        || structure.name(home, on).to_owned(),
        |o| structure.name(o.id, on).to_owned(),
    )
}

/// A template as text.
pub(crate) fn render(template: &impl Template) -> Result<String, PageError> {
    template
        .render()
        .map_err(|e| PageError(app::Error::Internal(Box::new(e))))
}

/// Adds a cookie to an answer.
pub(crate) fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

impl FromRequestParts<Web> for Page {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        Self::from_head(parts, web).await
    }
}

/// A posted form of somebody who is signed in, with the token of the session.
pub(crate) struct Form {
    /// Who asks.
    pub page: Page,
    /// What was typed.
    pub posted: Posted,
}

impl FromRequest<Web> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let edge = edge_of(&parts).map_err(IntoResponse::into_response)?;
        if declared(&parts.headers).is_some_and(|length| length > FORM_MAX) {
            return Err(form_too_large());
        }
        let page = match Page::from_head(&parts, web).await {
            Ok(page) => page,
            Err(refusal) => {
                // Whoever may come back with it, when signed in again, finds it kept; it is short.
                if comes_back(refusal.status())
                    && let Ok(posted) = read_form(body).await
                {
                    edge.keep(&posted);
                }
                return Err(refusal);
            }
        };
        let posted = read_form(body).await?;
        // Kept before the token is looked at, so that an old page loses nothing that was typed.
        edge.keep(&posted);
        check_token(&page, posted.text("csrf")).map_err(|t| t.into_response())?;
        Ok(Self {
            page: page.keyed(&posted, &[]),
            posted,
        })
    }
}

/// Whether a refusal before the form was read leaves something to come back with.
fn comes_back(status: StatusCode) -> bool {
    status == StatusCode::UNAUTHORIZED || status.is_server_error()
}

/// How long a body is, where its head says so.
pub(crate) fn declared(headers: &HeaderMap) -> Option<usize> {
    let length = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
    // What is no number that fits is longer than anything allowed.
    Some(length.trim().parse().unwrap_or(usize::MAX))
}

fn form_too_large() -> Response {
    let limit = app::Error::Limit {
        what: "一张表的内容",
        max: format!("{} KB", FORM_MAX / 1024),
    };
    PageError(limit).into_response()
}

/// Refuses a form whose token is not that of the session, and offers to send it again.
pub(crate) fn check_token(page: &Page, sent: &str) -> Result<(), Box<Trouble>> {
    let same = Sha256::digest(sent.as_bytes()) == Sha256::digest(page.csrf.as_bytes());
    if same {
        return Ok(());
    }
    Err(Box::new(Trouble::new(
        StatusCode::FORBIDDEN,
        app::Code::FormToken,
        "请确认后再提交一次",
        "这张表是在登录之前，或在另一次登录中打开的。内容都还在，核对后请点“重新提交”。",
    )))
}

/// Reads a form that is not too large; one that is known to be is not read at all.
pub(crate) async fn read_form(body: Body) -> Result<Posted, Response> {
    let least = HttpBody::size_hint(&body).lower();
    if usize::try_from(least).map_or(true, |least| least > FORM_MAX) {
        return Err(form_too_large());
    }
    let bytes = to_bytes(body, FORM_MAX).await.map_err(|why| {
        let mut source = std::error::Error::source(&why);
        while let Some(cause) = source {
            if cause.is::<http_body_util::LengthLimitError>() {
                return form_too_large();
            }
            source = cause.source();
        }
        broken_off()
    })?;
    if bytes.split(|b| *b == b'&').nth(FIELDS_MAX).is_some() {
        let limit = app::Error::Limit {
            what: "一张表的栏目",
            max: format!("{FIELDS_MAX} 项"),
        };
        return Err(PageError(limit).into_response());
    }
    let pairs = form_pairs(&bytes).ok_or_else(|| {
        Trouble::new(
            StatusCode::BAD_REQUEST,
            app::Code::FormUnreadable,
            "没有看懂提交的内容",
            "提交的内容不完整或格式不对。请返回上一页，刷新后再试。",
        )
        .into_response()
    })?;
    Ok(Posted(pairs))
}

fn broken_off() -> Response {
    Trouble::new(
        StatusCode::REQUEST_TIMEOUT,
        app::Code::FormBrokenOff,
        "提交的内容没有收全",
        "网络中断或太慢，这次提交没有保存。请检查网络后再提交一次。",
    )
    .into_response()
}

fn form_pairs(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let parts = text.split('&').filter(|p| !p.is_empty());
    parts
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Decodes one name or value of a form.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_names_that_repeat_and_chinese_values() {
        let pairs = form_pairs("a=%E9%95%87&p.led=1&p.led=2&e=&x+y=1%2B1".as_bytes());
        let pairs = pairs.expect("well-formed");
        assert_eq!(pairs[0], ("a".to_owned(), "镇".to_owned()));
        assert_eq!(Posted(pairs.clone()).many("p.led"), ["1", "2"]);
        assert_eq!(pairs[4], ("x y".to_owned(), "1+1".to_owned()));
        assert_eq!(form_pairs(b"a=%E9%9"), None, "a cut escape is not guessed");
    }

    #[test]
    fn the_token_of_a_form_belongs_to_one_session() {
        assert_ne!(csrf_of("a"), csrf_of("b"));
        assert_ne!(csrf_of("a"), "a");
        assert_eq!(csrf_of("a").len(), 64);
    }
}
