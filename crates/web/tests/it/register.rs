//! Bodies, posts, people, roles and resets by a program; every answer is held against the served
//! description.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp};

const OFFICE: &[Action] = &[Action::ViewBody, Action::EditBody, Action::EditPost];
const SYSTEM: &[Action] = &[Action::ViewBody, Action::EditPerson, Action::ConsentReset];

fn id(answer: &Value, noun: &str) -> String {
    answer[noun]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_body_is_set_up_changed_related_and_closed_by_a_program() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("bangong", OFFICE).await;
    let new = json!({
        "kind": "enterprise", "name": "新设企业", "parent": t.body("shiqiao").to_string(),
        "level": "town", "opened_on": "2026-03-01", "phone": "0000-000000",
    });
    let made = api
        .post_once("/bodies", "key-of-a-program-1", &new)
        .await
        .ok();
    let again = api
        .post_once("/bodies", "key-of-a-program-1", &new)
        .await
        .ok();
    assert_eq!(made, again, "the same key does nothing twice");
    let firm = id(&made, "body");
    let path = format!("/bodies/{firm}");
    let seen = api.get(&path).await.ok();
    assert_eq!(seen["body"]["enterprise"]["phone"], "0000-000000");
    assert_eq!(seen["body"]["path"][1]["name"], "石桥镇");

    let change = json!({ "version": 1, "from_on": "2026-06-01", "name": "更名企业" });
    let changed = api.post(&format!("{path}/change"), &change).await.ok();
    assert_eq!(changed["body"]["version"], 2);
    let stale = api.post(&format!("{path}/change"), &change).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "stale"));
    let then = api.get(&format!("{path}?as_of=2026-05-31")).await.ok();
    assert_eq!(then["body"]["name"], "新设企业");

    let link = json!({ "kind": "regulates", "b": firm, "from_on": "2026-06-01" });
    let bureau = format!("/bodies/{}", t.body("yingji"));
    api.post(&format!("{bureau}/link"), &link).await.ok();
    let twice = api.post(&format!("{bureau}/link"), &link).await;
    assert_eq!(twice.code(), "link.twice");
    let end = json!({ "kind": "regulates", "b": firm, "on": "2026-11-05" });
    let ended = api.post(&format!("{bureau}/unlink"), &end).await.ok();
    assert_eq!(ended["link"]["b"], firm.as_str());

    let close = json!({ "version": 2, "on": "2026-11-05" });
    api.post(&format!("{path}/close"), &close).await.ok();
    let named = api.get("/bodies?text=%E6%9B%B4%E5%90%8D").await.ok();
    assert_eq!(named["count"], json!({ "rows": 0, "exact": true }));
    let named = api
        .get("/bodies?text=%E6%9B%B4%E5%90%8D&closed=true")
        .await
        .ok();
    assert_eq!(named["bodies"][0]["closed"], true);
    let found = api
        .get("/bodies/options?text=%E7%9F%B3%E6%A1%A5")
        .await
        .ok();
    assert!(found["bodies"].as_array().unwrap().len() > 1);
    let merge = json!({ "into": t.body("shiqiao").to_string(), "on": "2026-11-05" });
    let gone = format!("/bodies/{}/merge", t.body("qingxi"));
    api.post(&gone, &merge).await.ok();
}

#[tokio::test]
async fn pages_of_a_register_are_asked_by_their_keys_and_bad_ones_are_refused() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("bangong", OFFICE).await;
    for n in 0..40 {
        let new = json!({
            "kind": "enterprise", "name": format!("新设企业{n:02}"), "level": "town",
            "parent": t.body("shiqiao").to_string(), "opened_on": "2026-03-01",
        });
        api.post("/bodies", &new).await.ok();
    }
    let first = api.get("/bodies?kind=enterprise&sort=name").await.ok();
    let next = first["next"].as_str().unwrap();
    let second = format!("/bodies?kind=enterprise&sort=name&page={next}");
    let second = api.get(&second).await.ok();
    let back = second["previous"].as_str().unwrap();
    let back = format!("/bodies?kind=enterprise&sort=name&page={back}");
    assert_eq!(api.get(&back).await.ok()["bodies"], first["bodies"]);

    let other = format!("/bodies?kind=enterprise&sort=register&page={next}");
    for (path, status, code) in [
        (other.as_str(), 400, "page.key"),
        ("/bodies?page=e5", 400, "page.key"),
        ("/people?page=e5", 403, "token.scope"),
        ("/bodies?size=1000000", 422, "invalid"),
        ("/bodies?kind=castle", 422, "invalid"),
        ("/bodies?colour=red", 422, "invalid"),
        ("/posts?body=nobody", 422, "invalid"),
    ] {
        let refused = api.get(path).await;
        let found = (refused.status.as_u16(), refused.code());
        assert_eq!(found, (status, code), "{path}");
        assert!(!refused.message().is_ascii(), "{path}");
    }
    assert_eq!(
        api.get("/bodies?size=100").await.ok()["bodies"]
            .as_array()
            .unwrap()
            .len() as u64,
        api.get("/bodies?size=300").await.ok()["count"]["rows"]
    );
}

#[tokio::test]
async fn a_post_is_set_up_and_handed_over_by_a_program() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("bangong", OFFICE).await;
    let kinds = api.get("/posts/kinds").await.ok();
    assert!(
        kinds["kinds"]
            .as_array()
            .unwrap()
            .iter()
            .any(|k| k["kind"] == "liaison")
    );
    let body = t.body("shiqiao/gov").to_string();
    let new = json!({
        "body": body, "kind": "liaison", "title": "安全员", "from_on": "2026-11-01",
    });
    let made = api.post("/posts", &new).await.ok();
    let path = format!("/posts/{}", id(&made, "post"));
    let person = t.person_id("shiqiao.zz").to_string();
    let over = json!({ "to": person, "on": "2026-11-05" });
    let over = api.post(&format!("{path}/hand-over"), &over).await.ok();
    assert_eq!(over["post"]["holder"], person.as_str());
    let seen = api.get(&path).await.ok();
    assert_eq!(seen["post"]["holder"]["id"], person.as_str());
    assert_eq!(seen["post"]["tenures"][0]["from_on"], "2026-11-05");
    let listed = api.get(&format!("/posts?body={body}")).await.ok();
    assert!(
        listed["posts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["title"] == "安全员")
    );
}

#[tokio::test]
async fn a_person_is_added_and_given_a_role_by_programs_and_the_link_is_shown_once() {
    let t = TestApp::at("2026-11-05").await;
    let sys = t.api("sys", SYSTEM).await;
    let sec = t.api("sec", &[Action::GrantRole, Action::ViewBody]).await;
    let new = json!({ "name": "新来同志", "login": "xinlai" });
    let made = sys
        .post_once("/people", "key-of-a-program-2", &new)
        .await
        .ok();
    assert!(made["person"]["link"].is_string());
    let again = sys
        .post_once("/people", "key-of-a-program-2", &new)
        .await
        .ok();
    assert!(again["person"]["link"].is_null(), "shown once");
    let person = id(&made, "person");
    let path = format!("/people/{person}");
    let change = json!({
        "version": 1, "name": "更名同志", "login": "xinlai", "active": true,
    });
    sys.post(&format!("{path}/change"), &change).await.ok();
    let reset = sys.post(&format!("{path}/reset"), &json!({})).await.ok();
    assert!(reset["person"]["link"].is_string());
    let role = json!({
        "person": person, "role": "viewer", "body": t.body("shiqiao").to_string(),
    });
    let given = sec.post("/roles", &role).await.ok();
    let listed = sec.get(&format!("/roles?person={person}")).await.ok();
    assert_eq!(listed["roles"][0]["role"], "viewer");
    let seen = sys.get(&path).await.ok();
    assert_eq!(seen["person"]["grants"][0]["body"]["name"], "石桥镇");
    assert_eq!(seen["person"]["name"], "更名同志");
    let revoke = format!("/roles/{}/revoke", id(&given, "role"));
    sec.post(&revoke, &json!({})).await.ok();
    let listed = sys.get("/people?text=xinlai").await.ok();
    assert_eq!(listed["people"][0]["roles"], json!([]));
    let guarded = format!("/people/{}/reset", t.person_id("bangong"));
    assert_eq!(sys.post(&guarded, &json!({})).await.code(), "reset.consent");
}

/// What is done by two is done by who signed in at a page.
#[tokio::test]
async fn a_token_resets_nobodys_account_and_sees_what_was_asked() {
    let t = TestApp::at("2026-11-05").await;
    let sys_ctx = t.person("sys").ctx().await;
    let wanted = domain::reset::Wanted::Link;
    let asked = app::reset::ask(&sys_ctx, t.person_id("bangong"), wanted, "忘记口令");
    let reset = asked.await.unwrap();
    let sys = t.api("sys", SYSTEM).await;
    let aud = t.api("aud", &[Action::ConsentReset]).await;
    let path = format!("/resets/{}", reset.id);
    let ask = json!({
        "person": t.person_id("sec").to_string(), "wanted": "link", "reason": "忘记口令",
    });
    let refused = |api: &Api, path: String, body: Value| {
        let api = Api::new(t.pages(), api.token());
        async move {
            let answer = api.post(&path, &body).await;
            assert!(answer.message().contains("接口令牌"), "{path}");
            (answer.status.as_u16(), answer.code().to_owned())
        }
    };
    let by_token = (409, "reset.token".to_owned());
    assert_eq!(refused(&sys, "/resets".to_owned(), ask).await, by_token);
    let consent = format!("{path}/consent");
    assert_eq!(refused(&aud, consent, json!({})).await, by_token);
    let why = json!({ "opinion": "未经核实" });
    assert_eq!(refused(&aud, format!("{path}/refuse"), why).await, by_token);
    let withdraw = format!("{path}/withdraw");
    assert_eq!(refused(&sys, withdraw, json!({})).await, by_token);
    let told = json!({ "seen": [reset.id.to_string()] });
    assert_eq!(
        refused(&sys, "/resets/told".to_owned(), told).await,
        by_token
    );

    let seen = aud.get(&path).await.ok();
    assert_eq!(seen["reset"]["stage"], "asked");
    assert_eq!(seen["reset"]["may_consent"], false, "not by a token");
    let waiting = aud.get("/resets?group=waiting").await.ok();
    assert_eq!(waiting["resets"][0], seen["reset"]);
    aud.get("/resets/namesakes").await.ok();
    aud.get("/resets/notices").await.ok();
    let code = reset.code.unwrap();
    assert!(!waiting.to_string().contains(&code), "no secret in a list");
}
