//! Signing in and out, and what an expired session keeps.

use axum::http::StatusCode;
use testkit::{PASSWORD, TestApp};

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

#[tokio::test]
async fn a_wrong_password_says_nothing_about_the_name() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    let known = [("login", "shiqiao.lly"), ("password", "wrong")];
    let known = browser.post("/sign-in", &known).await;
    let unknown = [("login", "nobody.here"), ("password", "wrong")];
    let unknown = browser.post("/sign-in", &unknown).await;
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(known.status, unknown.status);
    for reply in [&known, &unknown] {
        assert!(reply.text.contains("用户名或口令不对"));
    }
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
    let mut browser = t.browser();
    let fields = [
        ("login", "shiqiao.lly"),
        ("password", PASSWORD),
        ("next", "//example.org/desk"),
    ];
    let signed = browser.post("/sign-in", &fields).await;
    assert_eq!(signed.location, "/desk");
}
