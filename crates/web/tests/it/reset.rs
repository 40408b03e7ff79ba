//! Resets by two in the browser: what each of the three sees, and what nobody sees.

use axum::http::StatusCode;
use testkit::{Browser, TestApp};

const NEW: &str = "Chongzhi-2026";

async fn signed_in(t: &TestApp, login: &str) -> Browser {
    let mut browser = t.browser();
    assert_eq!(browser.sign_in(login).await.location, "/desk", "{login}");
    browser
}

/// What stands in the read-only field of a page that is shown once.
fn once_shown(text: &str, id: &str) -> String {
    let at = text.find(&format!("id=\"{id}\"")).unwrap();
    let rest = &text[at..];
    let value = rest.split("value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

/// The system administrator asks for a link; its code and the address of the request come back.
async fn asks(t: &TestApp, sys: &mut Browser, login: &str) -> (String, String) {
    let page = format!("/system/people/{}/ask?what=link", t.person_id(login));
    let path = format!("/system/people/{}/ask", t.person_id(login));
    let fields = [("what", "link"), ("reason", "忘记口令")];
    let shown = sys.submit(&page, &path, &fields).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(
        !shown.text.contains("/link/"),
        "the link is not for who asks"
    );
    let code = once_shown(&shown.text, "code");
    let at = shown.text.find("/system/resets/reset_").unwrap();
    let path = shown.text[at..].split('"').next().unwrap().to_owned();
    (code, path)
}

#[tokio::test]
async fn a_link_by_two_goes_from_one_desk_to_the_other_and_to_the_person() {
    let t = TestApp::bare("2026-03-02").await;
    let mut sys = signed_in(&t, "sys").await;
    let person = format!("/system/people/{}", t.person_id("bangong"));
    let page = sys.get(&person).await;
    assert!(page.text.contains("提出发放一次性链接"));
    assert!(
        !page.text.contains(&format!("{person}/reset")),
        "no button that would be refused"
    );
    let (code, path) = asks(&t, &mut sys, "bangong").await;
    assert!(!sys.get(&path).await.text.contains(&code), "shown once");
    assert!(sys.get(&person).await.text.contains("待审批"));

    let mut aud = signed_in(&t, "aud").await;
    let desk = aud.get("/desk").await;
    assert_eq!(desk.status, StatusCode::OK);
    assert!(desk.text.contains("安小办（bangong）") && desk.text.contains("忘记口令"));
    assert!(
        desk.text.contains("重置审批<span class=\"count\">"),
        "and in the side bar"
    );
    let shown = aud.get(&path).await;
    assert!(!shown.text.contains(&code) && shown.text.contains("2026年3月3日 09:30"));
    let given = aud
        .submit(&path, &format!("{path}/decide"), &[("do", "consent")])
        .await;
    let link = once_shown(&given.text, "link");
    assert!(!aud.get(&path).await.text.contains(&link));
    assert!(!sys.get(&path).await.text.contains("/link/"));

    let mut person = t.browser();
    assert!(person.get(&link).await.text.contains("验证码"));
    let passwords = [("password", NEW), ("again", NEW)];
    let without = person.post(&link, &passwords).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text.contains("请填写验证码"));
    let fields = [("code", code.as_str()), passwords[0], passwords[1]];
    let used = person.post(&link, &fields).await;
    assert_eq!(used.status, StatusCode::OK);
    let told = "系统管理员系小统提出、管理员审小计同意，发放了设置口令的一次性链接";
    assert!(used.text.contains("口令已设置") && used.text.contains(told));

    let signed = person
        .post("/sign-in", &[("login", "bangong"), ("password", NEW)])
        .await;
    assert_eq!(signed.location, "/desk");
    for page in ["/desk", "/duties", "/acts"] {
        assert_eq!(person.get(page).await.location, "/told", "{page}");
    }
    let notice = person.get("/told").await;
    assert!(notice.text.contains(told) && notice.text.contains("忘记口令"));
    let seen = notice.input("seen").unwrap();
    let read = person.submit("/told", "/told", &[("seen", &seen)]).await;
    assert_eq!(read.location, "/desk");
    assert_eq!(person.get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_consents_twice_by_a_double_click_is_told_that_it_was_done() {
    let t = TestApp::bare("2026-03-02").await;
    let mut sys = signed_in(&t, "sys").await;
    let (_, path) = asks(&t, &mut sys, "bangong").await;
    let mut sec = signed_in(&t, "sec").await;
    let form = sec.get(&path).await;
    let (csrf, once) = (form.input("csrf").unwrap(), form.input("once").unwrap());
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", once.as_str()),
        ("do", "consent"),
    ];
    let decide = format!("{path}/decide");
    assert!(sec.post(&decide, &fields).await.text.contains("/link/"));
    let second = sec.post(&decide, &fields).await;
    assert_eq!(second.location, path);
    let page = sec.get(&path).await;
    assert!(page.text.contains("没有抄下的，请提出人重新提出"));
    let mut aud = signed_in(&t, "aud").await;
    let late = aud.submit(&path, &decide, &[("do", "consent")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("已有管理员同意"));
}

#[tokio::test]
async fn a_form_that_is_sent_while_a_notice_waits_is_not_lost() {
    let t = TestApp::at("2026-03-10").await;
    let mut officer = signed_in(&t, "shiqiao.lly").await;
    let form = officer.get("/acts/new?kind=inspection").await;
    let (csrf, once) = (form.input("csrf").unwrap(), form.input("once").unwrap());
    let sys = t.person("sys").ctx().await;
    app::person::reset(&sys, t.person_id("shiqiao.lly"))
        .await
        .unwrap();
    let head = t.post("shiqiao/head").to_string();
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", &once),
        ("kind", "inspection"),
        ("occurred_on", "2026-03-10"),
        ("p.led", &head),
        ("p.was-visited", "泽安县宏达建材有限公司"),
        ("f.way", "unannounced"),
    ];
    let saved = officer.post("/acts", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(
        saved.location.starts_with("/acts/act_"),
        "{}",
        saved.location
    );
    assert_eq!(officer.get(&saved.location).await.location, "/told");
}

#[tokio::test]
async fn what_the_operator_did_stands_on_the_desk_of_each_administrator() {
    let t = TestApp::bare("2026-03-02").await;
    app::reset::by_operator(&t.console(), "bangong", "两人均出差", false)
        .await
        .unwrap();
    for login in ["sys", "sec", "aud"] {
        let mut browser = signed_in(&t, login).await;
        let desk = browser.get("/desk").await;
        assert!(
            desk.text.contains("服务器运维人员（operator）") && desk.text.contains("两人均出差"),
            "{login}"
        );
    }
    let mut office = signed_in(&t, "fuxianzhang").await;
    assert!(!office.get("/desk").await.text.contains("两人均出差"));
}

#[tokio::test]
async fn a_namesake_is_given_a_role_with_a_reason_only() {
    let t = TestApp::bare("2026-03-02").await;
    let sys = t.person("sys").ctx().await;
    let added = app::person::create(&sys, "系小统", "sys.b").await;
    let path = format!("/system/people/{}/grant", added.unwrap().id);
    let mut sec = signed_in(&t, "sec").await;
    assert!(!sec.get(&path).await.text.contains("name=\"distinct\""));
    let fields = [("role", "audit-admin"), ("body", "泽安县")];
    let asked = sec.submit(&path, &path, &fields).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("name=\"distinct\"") && asked.text.contains("同名"));
    let fields = [fields[0], fields[1], ("distinct", "已核对身份证件，系两人")];
    let given = sec.submit(&path, &path, &fields).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    let resets = sec.get("/system/resets").await;
    assert!(resets.text.contains("已核对身份证件，系两人"));
}

#[tokio::test]
async fn a_change_that_needs_two_keeps_what_was_typed_and_says_where_to_ask() {
    let t = TestApp::bare("2026-03-02").await;
    let mut sys = signed_in(&t, "sys").await;
    let path = format!("/system/people/{}", t.person_id("sec"));
    let page = sys.get(&path).await;
    let version = page.input("version").unwrap();
    let fields = [
        ("version", version.as_str()),
        ("name", "安小全"),
        ("login", "anquan"),
        ("active", "1"),
    ];
    let refused = sys.submit(&path, &format!("{path}/change"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("value=\"anquan\"") && refused.text.contains("提出变更用户名"));
    let ask = format!("{path}/ask");
    let fields = [
        ("what", "login"),
        ("login", "anquan"),
        ("reason", "统一规则"),
    ];
    let asked = sys
        .submit(&format!("{ask}?what=login"), &ask, &fields)
        .await;
    assert!(asked.location.starts_with("/system/resets/reset_"));
    let mut aud = signed_in(&t, "aud").await;
    let decide = format!("{}/decide", asked.location);
    let done = aud
        .submit(&asked.location, &decide, &[("do", "consent")])
        .await;
    assert_eq!(done.location, asked.location);
    let mut sec = t.browser();
    assert_eq!(sec.sign_in("anquan").await.location, "/desk");
    assert_eq!(sec.get("/desk").await.location, "/told");
    assert!(
        sec.get("/told")
            .await
            .text
            .contains("把您的用户名变更为 anquan")
    );
}
