//! Signing in and out, and what an expired session keeps.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use testkit::{PASSWORD, Reply, TestApp};
use tower::ServiceExt;
use web::Proxies;

const MINUTE: i64 = 60_000;

#[tokio::test]
async fn who_signs_in_goes_on_to_where_they_wanted_to_go() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    let stopped = browser.get("/acts?kind=meeting").await;
    assert_eq!(stopped.status, StatusCode::SEE_OTHER);
    assert_eq!(stopped.location, "/sign-in?next=/acts%3Fkind%3Dmeeting");
    let form = browser.get(&stopped.location).await;
    let next = form.input("next").unwrap();
    let fields = [
        ("login", "shiqiao.lly"),
        ("password", PASSWORD),
        ("next", &next),
    ];
    let signed = browser.post("/sign-in", &fields).await;
    assert_eq!(signed.location, "/acts?kind=meeting");
    let cookie = signed.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(
        browser.get("/acts?kind=meeting").await.status,
        StatusCode::OK
    );
}

/// What an answer tells: status, headers and text without what is drawn anew for each request and
/// the name that was typed.
fn told(reply: &Reply, login: &str) -> (StatusCode, Vec<(String, String)>, String) {
    let drawn = |value: &str| {
        let nonce = reply.headers["content-security-policy"].to_str().unwrap();
        let nonce = nonce.split("nonce-").nth(1).unwrap().split('\'').next();
        let id = reply.headers["x-request-id"].to_str().unwrap();
        let plain = value.replace(nonce.unwrap(), "…").replace(id, "…");
        plain.replace(login, "NAME")
    };
    let headers = reply.headers.iter().map(|(name, value)| {
        let value = value.to_str().unwrap();
        (name.to_string(), drawn(value))
    });
    let headers = headers.filter(|(name, _)| name != "content-length");
    (reply.status, headers.collect(), drawn(&reply.text))
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_the_name() {
    let t = TestApp::bare("2026-03-02").await;
    let admin = t.person("sys").ctx().await;
    app::person::create(&admin, "新来同志", "no.password")
        .await
        .unwrap();
    let mut browser = t.browser();
    for _ in 0..6 {
        let braked = [("login", "bangong"), ("password", "wrong")];
        browser.post("/sign-in", &braked).await;
    }
    let mut first = None;
    for login in ["shiqiao.lly", "nobody.here", "bangong", "no.password"] {
        let typed = [("login", login), ("password", "wrong")];
        let reply = browser.post("/sign-in", &typed).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.text.contains("用户名或口令不对"));
        let told = told(&reply, login);
        let first = first.get_or_insert(told.clone());
        assert_eq!(told, *first, "{login}");
    }
}

/// Asks the pages as a proxy on this machine does for somebody at an address.
async fn by_proxy(pages: &Router, from: &str, login: &str, password: &str) -> Response<Body> {
    let peer: SocketAddr = "127.0.0.1:50000".parse().unwrap();
    let request = Request::post("/sign-in")
        .header(header::HOST, "localhost")
        .header("x-forwarded-for", format!("10.0.0.1, {from}"))
        .extension(ConnectInfo(peer))
        .body(Body::from(format!("login={login}&password={password}")))
        .unwrap();
    pages.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn an_address_that_only_guesses_is_told_when_to_try_again() {
    let t = TestApp::bare("2026-03-02").await;
    let now = t.nobody().now;
    let web = web::Web::new(
        t.app.clone(),
        std::sync::Arc::new(move || now),
        app::Ids::random(),
        false,
    );
    let pages = web::router(web.behind(Proxies(vec!["127.0.0.1".parse().unwrap()])));
    for n in 0..60 {
        let wrong = by_proxy(&pages, "203.0.113.9", &format!("somebody.{n}"), "wrong").await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "{n}");
    }
    let braked = by_proxy(&pages, "203.0.113.9", "shiqiao.lly", PASSWORD).await;
    assert_eq!(braked.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(braked.headers()[header::RETRY_AFTER], "15");
    let text = axum::body::to_bytes(braked.into_body(), 1 << 20)
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&text);
    assert!(
        text.contains("请15秒后再试") && text.contains("shiqiao.lly"),
        "{text}"
    );
    let other = by_proxy(&pages, "198.51.100.4", "shiqiao.lly", PASSWORD).await;
    assert_eq!(other.status(), StatusCode::SEE_OTHER, "others are not held");
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_loses_nothing() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let form = browser.get("/acts/new?kind=inspection").await;
    let (csrf, once) = (form.input("csrf").unwrap(), form.input("once").unwrap());
    let head = t.post("shiqiao/head").to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", &once),
        ("kind", "inspection"),
        ("occurred_on", "2026-03-10"),
        ("p.led", &head),
        ("p.was-visited", "泽安县宏达建材有限公司"),
        ("f.way", "unannounced"),
        ("f.problems", "消防通道被堵"),
    ];
    t.shift(31 * MINUTE);

    let lost = browser.post("/acts", &fields).await;
    assert_eq!(lost.status, StatusCode::UNAUTHORIZED);
    assert!(lost.text.contains("没有丢失") && lost.text.contains("消防通道被堵"));

    browser.sign_in("shiqiao.lly").await;
    let again = browser.post("/acts", &fields).await;
    assert_eq!(
        again.status,
        StatusCode::FORBIDDEN,
        "the token is of the old session"
    );
    let fresh = again.input("csrf").unwrap();
    let mut fields = fields;
    fields[0].1 = &fresh;
    let saved = browser.post("/acts", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(
        browser
            .get(&saved.location)
            .await
            .text
            .contains("消防通道被堵")
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let out = browser.submit("/desk", "/sign-out", &[]).await;
    assert_eq!(out.location, "/sign-in");
    assert_eq!(browser.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn looking_at_an_earlier_day_shows_a_ribbon_and_refuses_to_write() {
    let t = TestApp::at("2026-05-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let back = [("day", "2026-04-30"), ("back", "/duties")];
    let looked = browser.submit("/desk", "/as-of", &back).await;
    assert_eq!(looked.location, "/duties");
    let page = browser.get("/duties").await;
    assert!(page.text.contains("正在查看 2026年4月30日 的情况"));
    let refused = browser.get("/acts/new?kind=inspection").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text.contains("回到今天"));
    browser
        .submit("/desk", "/as-of", &[("day", ""), ("back", "/desk")])
        .await;
    assert!(!browser.get("/desk").await.text.contains("正在查看"));
}

#[tokio::test]
async fn an_address_of_another_site_is_not_gone_on_to() {
    let t = TestApp::bare("2026-03-02").await;
    for next in [
        "//example.org/desk",
        "/\t/example.org",
        "/\n/example.org",
        "/\\example.org",
        "/%09/example.org",
        "/%5C/example.org",
        "/石桥",
    ] {
        let mut browser = t.browser();
        let asked = format!("/sign-in?next={}", "/%09/example.org");
        assert_eq!(
            browser.get(&asked).await.input("next").as_deref(),
            Some("/desk")
        );
        let fields = [
            ("login", "shiqiao.lly"),
            ("password", PASSWORD),
            ("next", next),
        ];
        let signed = browser.post("/sign-in", &fields).await;
        assert_eq!(signed.location, "/desk", "{next:?}");
        let back = [("day", "2026-03-01"), ("back", next)];
        let looked = browser.submit("/desk", "/as-of", &back).await;
        assert_eq!(
            (looked.status, looked.location.as_str()),
            (StatusCode::SEE_OTHER, "/desk"),
            "{next:?}"
        );
        let again = browser.get(&asked).await;
        assert_eq!(again.location, "/desk", "who is signed in goes on");
    }
}

#[tokio::test]
async fn a_page_of_an_error_sends_nothing_to_another_site() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    let fields = [("text", "消防通道被堵")];
    let lost = browser.post("//example.org/acts", &fields).await;
    assert_eq!(lost.status, StatusCode::NOT_FOUND);
    assert!(!lost.text.contains("example.org"), "{}", lost.text);
}
