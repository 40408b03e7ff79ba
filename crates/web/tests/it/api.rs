//! The JSON API: who comes in with which token, what bad requests are answered with, and the
//! description.

use std::path::Path;

use axum::body::Body;
use axum::http::StatusCode;
use domain::id::BodyId;
use domain::policy::{Action, Role};
use serde_json::{Value, json};
use testkit::{Api, TestApp, golden};

const OFFICE: &[Action] = &[Action::ViewPack, Action::OpenOccasion];

fn national_day() -> Value {
    json!({
        "kind": "national-day", "title": "2026年国庆",
        "from_on": "2026-10-01", "to_on": "2026-10-08",
    })
}

fn kept(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

#[test]
fn golden_description_of_the_api() {
    let whole = serde_json::to_string_pretty(web::described()).unwrap();
    golden(&kept("openapi.json"), &format!("{whole}\n"));
}

#[test]
fn golden_codes_of_refusals() {
    golden(&kept("codes.txt"), &app::code::listing());
}

/// Every object of a schema, with where it stands.
fn objects<'a>(value: &'a Value, at: &str, out: &mut Vec<(String, &'a Value)>) {
    if value["type"] == "object" {
        out.push((at.to_owned(), value));
    }
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                objects(inner, &format!("{at}/{name}"), out);
            }
        }
        Value::Array(all) => {
            for (n, inner) in all.iter().enumerate() {
                objects(inner, &format!("{at}/{n}"), out);
            }
        }
        _ => {}
    }
}

#[test]
fn no_schema_leaves_anything_open_and_every_field_of_an_input_has_a_title() {
    let mut found = Vec::new();
    objects(web::described(), "", &mut found);
    assert!(found.len() > 5);
    for (at, object) in found {
        let more = &object["additionalProperties"];
        assert!(*more == json!(false) || more.is_object(), "{at} is open");
    }
    for operation in app::door::all() {
        let fields = operation.input()["properties"].as_object();
        for (name, field) in fields.into_iter().flatten() {
            let title = field["title"].as_str().unwrap_or_default();
            assert!(!title.is_ascii(), "{}: {name} has no title", operation.name);
        }
        for name in operation.in_path() {
            assert!(
                operation.input()["properties"][name].is_object(),
                "{}",
                operation.name
            );
        }
    }
}

#[tokio::test]
async fn an_occasion_is_opened_seen_and_withdrawn_by_a_program() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let made = api.post("/occasions", &national_day()).await.ok();
    let id = made["occasion"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made["occasion"]["version"], 1);
    let all = api.get("/occasions").await.ok();
    assert_eq!(all["occasions"][0]["id"], json!(id));
    assert_eq!(all["occasions"][0]["state"], "coming");
    let one = api.get(&format!("/occasions/{id}")).await.ok();
    assert_eq!(one["occasion"], all["occasions"][0]);
    let twice = api.post("/occasions", &national_day()).await;
    assert_eq!(
        (twice.status, twice.code()),
        (StatusCode::CONFLICT, "occasion.twice")
    );
    t.set_day("2026-10-05");
    let api = t.api("bangong", OFFICE).await;
    api.post(&format!("/occasions/{id}/withdraw"), &json!({}))
        .await
        .ok();
    let gone = api.get(&format!("/occasions/{id}")).await;
    assert_eq!(gone.code(), "not-found");
    let then = api
        .get(&format!("/occasions/{id}?as_of=2026-09-30"))
        .await
        .ok();
    assert_eq!(then["occasion"]["state"], "coming");
}

#[tokio::test]
async fn the_trail_says_whose_program_did_it() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    api.post("/occasions", &national_day()).await.ok();
    let mut browser = t.browser();
    browser.sign_in("aud").await;
    let trail = browser.get("/system/audit").await.text;
    assert!(trail.contains("令牌：bangong 的程序"), "{trail}");
}

#[tokio::test]
async fn a_bad_request_gets_a_stable_code_and_nothing_is_written() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let with = |name: &str, value: Value| {
        let mut body = national_day();
        body[name] = value;
        body
    };
    let unknown = api.post("/occasions", &with("colour", json!("red"))).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (422, "invalid"));
    let told = unknown.json["error"]["fields"]["colour"][0]
        .as_str()
        .unwrap();
    assert!(told.contains("没有这一项"), "{told}");
    let wrong = api.post("/occasions", &with("title", json!(7))).await;
    assert_eq!(wrong.json["error"]["fields"]["title"][0], "应是文字。");
    let day = api
        .post("/occasions", &with("to_on", json!("10月8日")))
        .await;
    assert!(day.json["error"]["fields"]["to_on"][0].is_string());
    let large = api
        .post("/occasions", &with("title", json!("x".repeat(5_000_000))))
        .await;
    assert_eq!((large.status.as_u16(), large.code()), (413, "limit"));
    assert!(large.message().contains("256 KB"));
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = api.post_text("/occasions", &[], &deep).await;
    assert_eq!((deep.status.as_u16(), deep.code()), (400, "json.deep"));
    let cut = api.post_text("/occasions", &[], "{\"kind\": ").await;
    assert_eq!((cut.status.as_u16(), cut.code()), (400, "json.unreadable"));
    let list = api.post_text("/occasions", &[], "[]").await;
    assert_eq!(list.code(), "json.unreadable");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let form = api.post_text("/occasions", &form, "kind=x").await;
    assert_eq!(
        (form.status.as_u16(), form.code()),
        (415, "json.media-type")
    );
    let key = [("idempotency-key", "a b")];
    let key = api
        .post_text("/occasions", &key, &national_day().to_string())
        .await;
    assert_eq!(key.status.as_u16(), 422);
    let query = api.post("/occasions?kind=x", &national_day()).await;
    assert_eq!(query.status.as_u16(), 422);
    let asked = api.get("/occasions?colour=red").await;
    assert_eq!(asked.status.as_u16(), 422);
    for day in ["yesterday", "0279-01-13", "1899-12-31", "5806-01-11"] {
        let asked = api.get(&format!("/occasions?as_of={day}")).await;
        let said = asked.json["error"]["fields"]["as_of"][0].as_str();
        assert_eq!(
            said,
            Some("应是1900年以来的日期，例如2026-11-05。"),
            "{day}"
        );
    }
    api.get("/occasions?as_of=1900-01-01").await.ok();
    let odd = api.get("/occasions/occasion_7").await;
    assert_eq!((odd.status.as_u16(), odd.code()), (422, "invalid"));
    let no = api.get("/nothing").await;
    assert_eq!((no.status.as_u16(), no.code()), (404, "not-found"));
    let no = api.send_as("DELETE", "/occasions").await;
    assert_eq!((no.status.as_u16(), no.code()), (405, "method"));
    assert_eq!(api.get("/occasions").await.ok()["occasions"], json!([]));
}

#[tokio::test]
async fn a_token_that_does_not_hold_opens_nothing_and_says_the_way_out() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let none = Api::new(t.pages(), "").get("/occasions").await;
    assert_eq!((none.status.as_u16(), none.code()), (401, "token.missing"));
    assert_eq!(none.headers["www-authenticate"], "Bearer");
    let other = Api::new(t.pages(), "bihuan_00").get("/occasions").await;
    assert_eq!(
        (other.status.as_u16(), other.code()),
        (401, "token.unknown")
    );
    let small = t.api("bangong", &[Action::ViewPack]).await;
    let refused = small.post("/occasions", &national_day()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (403, "token.scope")
    );
    assert!(
        refused.message().contains("另办一个"),
        "{}",
        refused.message()
    );
    let liaison = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    let refused = liaison.post("/occasions", &national_day()).await;
    assert_eq!(refused.status.as_u16(), 403);
    let ctx = t.person("bangong").ctx().await;
    let nothing = app::door::Nothing {};
    let all = app::token::list(&ctx, nothing).await.unwrap().rows;
    let large = all
        .iter()
        .find(|token| token.scope.contains(&Action::OpenOccasion));
    app::token::revoke(&ctx, large.unwrap().id).await.unwrap();
    assert_eq!(api.get("/occasions").await.code(), "token.revoked");
    small.get("/occasions").await.ok();
    t.set_day("2026-09-29");
    let late = small.get("/occasions").await;
    assert_eq!((late.status.as_u16(), late.code()), (401, "token.expired"));
}

#[tokio::test]
async fn tokens_of_a_person_who_was_disabled_are_dead() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    api.get("/occasions").await.ok();
    let sys = t.person("sys").ctx().await;
    let seen = app::person::show(&sys, t.person_id("shiqiao.lly")).await;
    let mut disabled = seen.unwrap().unchanged();
    disabled.active = false;
    app::person::change(&sys, disabled).await.unwrap();
    let refused = api.get("/occasions").await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (401, "token.disabled")
    );
}

#[tokio::test]
async fn a_token_makes_no_token_and_a_session_opens_nothing_here() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let more = json!({ "name": "另一个", "scope": ["view-pack"], "ends_on": "2027-09-28" });
    let refused = api.post("/tokens", &more).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (403, "token.session")
    );
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let reply = browser.get("/api/v1/occasions").await;
    assert_eq!(reply.status.as_u16(), 401);
    let json = [("content-type", "application/json")];
    let reply = browser
        .post_body("/api/v1/occasions", &json, Body::from("{}"))
        .await;
    assert_eq!(reply.status.as_u16(), 401);
}

#[tokio::test]
async fn a_token_is_made_on_a_page_shown_once_and_taken_back() {
    let t = TestApp::at("2026-09-28").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let form = browser.get("/tokens/new").await;
    assert!(
        form.text.contains("权限范围"),
        "labels come from the operation"
    );
    let wrong = [
        ("name", ""),
        ("scope", "edit-person"),
        ("ends_on", "2029-01-01"),
    ];
    let wrong = browser.submit("/tokens/new", "/tokens", &wrong).await;
    assert_eq!(wrong.status.as_u16(), 422);
    let right = [
        ("name", "台账同步"),
        ("scope", "view-pack"),
        ("scope", "open-occasion"),
        ("ends_on", "2026-12-31"),
    ];
    let made = browser.submit("/tokens/new", "/tokens", &right).await;
    let secret = made.text.split("<code class=\"secret\">").nth(1).unwrap();
    let secret = secret.split('<').next().unwrap().to_owned();
    let api = Api::new(t.pages(), secret.clone());
    api.post("/occasions", &national_day()).await.ok();
    let list = browser.get("/tokens").await.text;
    assert!(list.contains("台账同步") && !list.contains(&secret));
    let at = list.split("/tokens/token_").nth(1).unwrap();
    let path = format!("/tokens/token_{}/revoke", at.split('/').next().unwrap());
    browser.submit("/tokens", &path, &[]).await;
    assert_eq!(api.get("/occasions").await.code(), "token.revoked");
}

#[tokio::test]
async fn the_description_is_served_and_readable_without_script() {
    let t = TestApp::at("2026-09-28").await;
    let mut browser = t.browser();
    let served = browser.get("/api/v1/openapi.json").await.text;
    assert_eq!(
        &serde_json::from_str::<Value>(&served).unwrap(),
        web::described()
    );
    browser.sign_in("shiqiao.lly").await;
    let page = browser.get("/api").await.text;
    assert!(page.contains("/api/v1/occasions/{id}/withdraw"));
    assert!(page.contains("occasion.twice") && page.contains("重要节点"));
}

#[tokio::test]
async fn a_token_of_another_county_sees_and_does_nothing_here() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let made = api.post("/occasions", &national_day()).await.ok();
    let id = made["occasion"]["id"].as_str().unwrap();
    let system = t.system();
    let next = app::Ctx {
        actor: app::Actor::System {
            name: "story",
            home: BodyId::new(system.ids.next(system.now)),
        },
        ..system
    };
    let home = app::body::create_home(&next, "邻县", "999026", testkit::day("2026-01-05"));
    let home = home.await.unwrap();
    let officer = app::person::NewPerson {
        id: None,
        name: "邻县安委办".to_owned(),
        login: "neighbour".to_owned(),
        password_hash: None,
        roles: vec![(Role::Office, home)],
    };
    let all = app::person::create_many(&next, vec![officer]).await;
    assert_eq!(all.unwrap().len(), 1);
    let powers = [OFFICE, &[Action::ViewBody, Action::EditBody]].concat();
    let other = t.api("neighbour", &powers).await;
    assert_eq!(other.get("/occasions").await.ok()["occasions"], json!([]));
    let there = format!("/occasions/{id}");
    assert_eq!(other.get(&there).await.code(), "not-found");
    let withdrawn = other.post(&format!("{there}/withdraw"), &json!({})).await;
    assert_eq!(withdrawn.code(), "not-found");
    let body = format!("/bodies/{}", t.body("shiqiao"));
    assert_eq!(other.get(&body).await.code(), "not-found");
    let close = json!({ "version": 1, "on": "2026-09-28" });
    let closed = other.post(&format!("{body}/close"), &close).await;
    assert_eq!(closed.code(), "not-found");
    assert_eq!(api.get(&there).await.ok()["occasion"]["version"], 1);
}

#[tokio::test]
async fn a_token_that_asks_too_densely_is_told_when_to_come_again() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    // As many as a program may ask at once.
    while app::token::enter(&t.nobody(), api.token()).await.is_ok() {}
    let braked = api.get("/occasions").await;
    assert_eq!(braked.status.as_u16(), 429);
    assert_eq!(braked.code(), "busy");
    assert!(braked.message().contains("放慢"), "{}", braked.message());
    let wait = braked.headers["retry-after"].to_str().unwrap();
    let wait: i64 = wait.parse().unwrap();
    assert!(wait >= 1);
    let other = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    other.get("/occasions").await.ok();
    t.shift(wait * 1_000);
    api.get("/occasions").await.ok();
}

#[tokio::test]
async fn a_key_belongs_to_one_verb_and_answers_what_was_done_first() {
    let t = TestApp::at("2026-09-28").await;
    let api = t.api("bangong", OFFICE).await;
    let made = api.post_once("/occasions", "key-1", &national_day()).await;
    let mut other = national_day();
    (other["title"], other["from_on"]) = ("另一个".into(), "2026-10-02".into());
    let again = api.post_once("/occasions", "key-1", &other).await;
    assert_eq!(made.text, again.text, "with another body too");
    let all = api.get("/occasions").await.ok();
    assert_eq!(all["count"]["rows"], 1);
    assert_eq!(all["occasions"][0]["title"], "2026年国庆");
    // Another verb under the same key is another thing.
    let id = all["occasions"][0]["id"].as_str().unwrap();
    let withdraw = format!("/occasions/{id}/withdraw");
    let gone = api.post_once(&withdraw, "key-1", &json!({})).await.ok();
    assert_eq!(gone["occasion"]["version"], 2);
    // Another person's key is another key.
    let leader = t.joins_office("second", "副主任").await;
    assert_ne!(leader, t.person_id("bangong"));
    let second = t.api("second", OFFICE).await;
    let theirs = second.post_once("/occasions", "key-1", &other).await.ok();
    assert_ne!(theirs["occasion"]["id"].as_str(), Some(id));
}

/// What every list of the door refuses alike.
#[tokio::test]
async fn every_list_that_turns_refuses_a_million_rows_and_a_foreign_key() {
    let t = TestApp::at("2026-09-28").await;
    let mut turned = 0;
    for operation in app::door::all().filter(|operation| !operation.writes()) {
        let fields = &operation.input()["properties"];
        let needs = operation.input()["required"].as_array();
        if !fields["size"].is_object() || needs.is_some_and(|needs| !needs.is_empty()) {
            continue;
        }
        let who = ["bangong", "sys", "sec", "aud"].into_iter();
        let mut asked = false;
        for login in who {
            let ctx = t.person(login).ctx().await;
            let powers = app::token::powers(ctx.who().unwrap());
            let api = t.api(login, &powers).await;
            let huge = api.get(&format!("{}?size=1000000", operation.path)).await;
            if huge.status.as_u16() == 403 {
                continue;
            }
            asked = true;
            assert_eq!(huge.code(), "invalid", "{}", operation.name);
            assert!(
                huge.message().contains("30、100、300"),
                "{}",
                operation.name
            );
            let foreign = api.get(&format!("{}?page=e5", operation.path)).await;
            assert_eq!(foreign.code(), "page.key", "{}", operation.name);
            // A key that another list gave.
            let key = domain::listing::Cursor::new("none.list", "newest", false, vec!["1".into()]);
            let foreign = api.get(&format!("{}?page={key}", operation.path)).await;
            assert_eq!(foreign.code(), "page.key", "{}", operation.name);
        }
        assert!(asked, "nobody asks {}", operation.name);
        turned += 1;
    }
    assert!(turned >= 8, "{turned}");
}

#[tokio::test]
async fn a_filter_by_a_body_that_one_may_not_see_finds_no_such_body() {
    let t = TestApp::at("2026-11-05").await;
    let scope = [Action::ViewAct, Action::ViewBody, Action::ViewStanding];
    let api = t.api("shiqiao.lly", &scope).await;
    let unseen = t.body("qingxi/gov");
    let none = "body_00000000000000000000000000000000";
    for path in ["/acts?body=", "/duties?body=", "/bodies?below="] {
        let one = api.get(&format!("{path}{unseen}")).await;
        let other = api.get(&format!("{path}{none}")).await;
        assert_eq!(
            (one.code(), other.code()),
            ("not-found", "not-found"),
            "{path}"
        );
        assert_eq!(one.message(), other.message(), "{path}");
    }
}
