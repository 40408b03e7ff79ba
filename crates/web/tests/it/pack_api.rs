//! Packs as programs check, import, apply and read them; every answer is held against the API's
//! description.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp, shipped};

const OFFICE: &[Action] = &[Action::ViewPack, Action::ApplyPack, Action::ViewStanding];
const PACK: &str = "zezhou-2026-three-actions";

/// The files of a shipped pack, one text in place of another in each of them.
fn files(id: &str, old: &str, new: &str) -> Value {
    let all = shipped(id).into_iter();
    let all = all.map(|f| json!({ "name": f.path, "text": f.text.replace(old, new) }));
    json!({ "files": all.collect::<Vec<Value>>() })
}

#[tokio::test]
async fn a_pack_is_checked_and_imported_by_a_program() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    let api = t.api("bangong", OFFICE).await;
    let right = files(PACK, "", "");
    let wrong = files(PACK, "every = \"quarter\"", "every = \"quater\"");
    let checked = api.post("/packs/check", &wrong).await.ok();
    let problem = &checked["check"]["problems"][0];
    assert_eq!(checked["check"]["sound"], false);
    assert_eq!(
        (&problem["severity"], &problem["file"]),
        (&json!("error"), &json!("duties.toml"))
    );
    assert!(problem["nearest"].as_str().unwrap().contains("quarter"));
    let refused = api.post("/packs", &wrong).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code()),
        (409, "pack.mistakes")
    );
    let checked = api.post("/packs/check", &right).await.ok();
    assert_eq!(
        (&checked["check"]["sound"], &checked["check"]["id"]),
        (&json!(true), &json!(PACK))
    );

    let made = api.post_once("/packs", "key-1", &right).await.ok();
    assert_eq!(
        made["pack"],
        json!({ "id": PACK, "version": 1, "known": false })
    );
    let again = api.post_once("/packs", "key-1", &right).await.ok();
    assert_eq!(made, again, "the same key answers the same");
    let known = api.post("/packs", &right).await.ok();
    assert_eq!(known["pack"]["known"], true);
    let other = files(PACK, "at_least = 10", "at_least = 9");
    assert_eq!(
        api.post("/packs", &other).await.code(),
        "pack.version-taken"
    );
    let back = api
        .get(&format!("/packs/{PACK}/versions/1/files"))
        .await
        .ok();
    let texts = |all: &Value| -> Vec<Value> {
        let mut all = all["files"].as_array().unwrap().clone();
        all.sort_by_key(|f| f["name"].to_string());
        all
    };
    assert_eq!(texts(&back), texts(&right), "the same bytes come back");
}

#[tokio::test]
async fn a_pack_is_tried_applied_and_read_by_a_program() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    t.import(PACK).await;
    let api = t.api("bangong", OFFICE).await;
    let form = api
        .get(&format!("/packs/{PACK}/versions/1/form"))
        .await
        .ok();
    let mut questions = form["form"]["options"].as_array().unwrap().iter();
    let question = questions.find(|q| q["id"] == "monthly-return").unwrap();
    assert_eq!(question["options"][0]["chosen"], true);
    let chosen = json!({
        "version": 1, "from_on": "2026-02-14", "followed_from_on": "2026-03-01",
        "reason": "按会议意见", "options": { "monthly-return": "month-end" },
    });
    let plan = format!("/packs/{PACK}/plan");
    let planned = api.post(&plan, &chosen).await.ok();
    assert!(planned["plan"]["total"].as_u64().unwrap() > 0);
    let apply = format!("/packs/{PACK}/apply");
    let done = api.post_once(&apply, "key-2", &chosen).await.ok();
    let again = api.post_once(&apply, "key-2", &chosen).await.ok();
    assert_eq!(done, again);
    assert!(
        done["application"]["id"]
            .as_str()
            .unwrap()
            .starts_with("use_"),
        "{done}"
    );
    let twice = api.post(&apply, &chosen).await;
    assert_eq!(twice.code(), "invalid", "a later version begins later");
    read(&api).await;
}

/// The pack in force, the list and the burden.
async fn read(api: &Api) {
    let seen = api.get(&format!("/packs/{PACK}")).await.ok();
    let pack = &seen["pack"];
    assert_eq!(
        pack["in_force"],
        json!({ "version": 1, "from_on": "2026-02-14" })
    );
    let chosen = |a: &&Value| a["answer"] == "每月末（表下备注）";
    let answers = pack["answers"].as_array().unwrap();
    assert!(answers.iter().any(|a| chosen(&a)), "{answers:?}");
    let visit = |e: &&Value| e["id"] == "government-leader-visit";
    let visit = pack["elements"]
        .as_array()
        .unwrap()
        .iter()
        .find(visit)
        .unwrap();
    let demand = &visit["says"]["duty"]["demand"];
    assert_eq!(
        (&visit["says"]["kind"], &demand["when"]["every"]),
        (&json!("duty"), &json!("month"))
    );
    assert!(
        visit["says"]["duty"]["standing"]["owed"].is_u64(),
        "{visit}"
    );
    let listed = api.get("/packs").await.ok();
    let ids: Vec<&Value> = listed["packs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["id"])
        .collect();
    assert_eq!(ids, [PACK, "common"], "words stand behind");
    let burden = api.get("/packs/burden?size=100").await.ok();
    assert!(burden["bodies"][0]["asked"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn files_that_are_no_pack_get_a_stable_code() {
    let t = TestApp::at("2026-03-02").await;
    let api = t.api("bangong", OFFICE).await;
    let clerk = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    let right = files(PACK, "", "");
    for path in ["/packs", "/packs/check"] {
        assert_eq!(
            clerk.post(path, &right).await.code(),
            "token.scope",
            "{path}"
        );
        let none = api.post(path, &json!({ "files": [] })).await;
        assert_eq!(none.code(), "invalid", "{path}");
        let two = right["files"][0].clone();
        let twice = api.post(path, &json!({ "files": [two, two] })).await;
        assert!(
            twice.json["error"]["fields"]["files"][0].is_string(),
            "{}",
            twice.text
        );
        let large = json!({ "files": [{ "name": "a.toml", "text": "#".repeat(5_000_000) }] });
        let large = api.post(path, &large).await;
        assert_eq!(
            (large.status.as_u16(), large.code()),
            (413, "limit"),
            "{path}"
        );
        assert!(large.message().contains("4 MB"), "{}", large.message());
        let long = json!({ "files": [{ "name": "a.toml", "text": "#".repeat(1_500_000) }] });
        let long = api.post(path, &long).await;
        assert!(
            long.json["error"]["fields"]["files.0.text"][0].is_string(),
            "{path}"
        );
        let folder = json!({ "files": [{ "name": "a.toml", "text": "x = 1", "mode": 7 }] });
        assert_eq!(api.post(path, &folder).await.code(), "invalid", "{path}");
    }
}

#[tokio::test]
async fn an_application_that_cannot_be_gets_a_stable_code() {
    let t = TestApp::at("2026-03-02").await;
    let api = t.api("bangong", OFFICE).await;
    let clerk = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    let apply = format!("/packs/{PACK}/apply");
    let with = |name: &str, value: Value| {
        let mut body = json!({ "version": 1, "from_on": "2026-04-01", "reason": "试" });
        body[name] = value;
        body
    };
    for (name, value, field) in [
        (
            "options",
            json!({ "monthly-return": "day-25" }),
            "options.monthly-return",
        ),
        ("options", json!({ "Monthly": "month-end" }), "options"),
        ("answers", json!({ "no-such": "yes" }), "answers.no-such"),
        ("thresholds", json!({ "no-such": 3 }), "thresholds.no-such"),
        (
            "thresholds",
            json!({ "no-such": "three" }),
            "thresholds.no-such",
        ),
        ("unfollowed", json!(["no-such"]), "unfollowed"),
        ("lock_after_days", json!(4000), "lock_after_days"),
        (
            "list_add",
            json!({ "no-such": [t.body("shiqiao")] }),
            "list_add.no-such",
        ),
        (
            "list_add",
            json!({ "no-such": ["body_00000000000000000000000000000000"] }),
            "list_add.no-such",
        ),
        ("from_on", json!("2026-01-01"), "from_on"),
        ("colour", json!("red"), "colour"),
    ] {
        for path in [apply.clone(), format!("/packs/{PACK}/plan")] {
            let refused = api.post(&path, &with(name, value.clone())).await;
            assert_eq!(refused.code(), "invalid", "{name} {value}");
            let told = &refused.json["error"]["fields"][field][0];
            assert!(told.is_string(), "{name} {value}: {}", refused.text);
        }
    }
    for path in [
        "/packs/none",
        "/packs/none/versions/1/files",
        "/packs/none/versions/1/form",
    ] {
        assert_eq!(api.get(path).await.code(), "not-found", "{path}");
    }
    let none = api
        .post("/packs/none/apply", &with("version", json!(1)))
        .await;
    assert_eq!(none.code(), "not-found");
    let refused = clerk.get(&format!("/packs/{PACK}/versions/1/form")).await;
    assert_eq!(refused.code(), "token.scope");
    assert!(
        clerk
            .get(&format!("/packs/{PACK}/versions/1/files"))
            .await
            .ok()["files"]
            .is_array()
    );
    let seen = clerk.get(&format!("/packs/{PACK}")).await.ok();
    assert_eq!(seen["pack"]["may_apply"], false);
}
