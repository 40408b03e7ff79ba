//! Requests as programs make, decide and list them; every answer is held against the API's
//! description.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp};

const TOWN: &[Action] = &[Action::ViewStanding, Action::AskRuling];
const OFFICE: &[Action] = &[Action::ViewStanding, Action::DecideRuling];

fn waiver(t: &TestApp) -> Value {
    json!({
        "pack": "zezhou-2026-three-actions", "duty": "government-leader-visit",
        "owner": t.owner("shiqiao/head"), "period": "2026-10",
        "kind": "waiver", "reason": "weather", "text": "防汛应急响应期间未能下乡",
    })
}

async fn asked(api: &Api, body: &Value) -> String {
    let made = api.post("/rulings", body).await.ok();
    assert_eq!(made["ruling"]["version"], 1);
    made["ruling"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_waiver_is_asked_for_decided_and_looked_up_by_programs() {
    let t = TestApp::at("2026-11-05").await;
    let town = t.api("shiqiao.lly", TOWN).await;
    let office = t.api("bangong", OFFICE).await;
    let once = town.post_once("/rulings", "key-1", &waiver(&t)).await;
    let once = once.ok();
    let again = town.post_once("/rulings", "key-1", &waiver(&t)).await;
    assert_eq!(once, again.ok(), "the same key asks once");
    let id = once["ruling"]["id"].as_str().unwrap().to_owned();
    let path = format!("/rulings/{id}");
    let waiting = office.get("/rulings?waiting=true").await.ok();
    let row = &waiting["rulings"][0];
    assert_eq!((&row["id"], &row["state"]), (&json!(id), &json!("asked")));
    assert_eq!(
        (&row["may_decide"], &row["owner"]),
        (&json!(true), &json!("石桥镇人民政府镇长"))
    );
    assert_eq!(waiting["count"], json!({ "rows": 1, "exact": true }));

    let yes = json!({ "version": 1, "approve": true, "opinion": "情况属实" });
    let decide = format!("{path}/decide");
    let decided = office.post_once(&decide, "key-2", &yes).await.ok();
    assert_eq!(decided["ruling"], json!({ "id": id, "version": 2 }));
    let again = office.post_once(&decide, "key-2", &yes).await.ok();
    assert_eq!(decided, again);
    let seen = town.get(&path).await.ok();
    assert_eq!(seen["ruling"]["decision"]["opinion"], "情况属实");
    let key = seen["ruling"]["key"].as_str().unwrap();
    let duty = town.get(&format!("/duties/{key}")).await.ok();
    assert_eq!(duty["duty"]["item"]["standing"]["state"], "waived");
    assert_eq!(duty["duty"]["rulings"][0]["id"], json!(id));
    let none = office.get("/rulings?waiting=true").await.ok();
    assert_eq!(none["rulings"], json!([]));

    t.set_day("2026-11-06");
    let town = t.api("shiqiao.lly", TOWN).await;
    let body = json!({ "kind": "extension", "new_due_on": "2026-11-30" });
    let mut later = waiver(&t);
    later
        .as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    later["period"] = json!("2026-11");
    let refused = town.post("/rulings", &later).await;
    assert_eq!(refused.code(), "invalid", "not later than the last day");
    later["new_due_on"] = json!("2026-12-05");
    let other = asked(&town, &later).await;
    let gone = format!("/rulings/{other}/withdraw");
    let gone = town.post(&gone, &json!({ "version": 1 })).await.ok();
    assert_eq!(gone["ruling"]["version"], 2);
    let listed = town.get("/rulings?sort=oldest").await.ok();
    let states: Vec<&Value> = listed["rulings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["state"])
        .collect();
    assert_eq!(states, ["approved", "withdrawn"]);
    let then = town.get("/rulings?as_of=2026-11-04").await.ok();
    assert_eq!(then["rulings"], json!([]), "nothing was asked by then");
}

#[tokio::test]
async fn a_request_that_may_not_be_made_gets_a_stable_code() {
    let t = TestApp::at("2026-11-05").await;
    let town = t.api("shiqiao.lly", TOWN).await;
    let id = asked(&town, &waiver(&t)).await;
    let twice = town.post("/rulings", &waiver(&t)).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "ruling.twice"));
    let with = |name: &str, value: Value| {
        let mut body = waiver(&t);
        body[name] = value;
        body
    };
    for (name, value) in [
        ("kind", json!("holiday")),
        ("text", json!("")),
        ("text", json!("长".repeat(1001))),
        ("period", json!("October")),
        ("owner", json!("someone")),
        ("colour", json!("red")),
    ] {
        let refused = town.post("/rulings", &with(name, value)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (422, "invalid"),
            "{name}"
        );
        assert!(
            refused.json["error"]["fields"][name][0].is_string(),
            "{name}"
        );
    }
    let unowed = town
        .post("/rulings", &with("period", json!("2026-01")))
        .await;
    assert_eq!(unowed.code(), "not-found");
    let other = t.api("qingxi.lly", TOWN).await;
    assert_eq!(
        other.post("/rulings", &waiver(&t)).await.code(),
        "not-found"
    );
    let path = format!("/rulings/{id}");
    assert_eq!(other.get(&path).await.code(), "not-found");
    assert_eq!(other.get("/rulings").await.ok()["rulings"], json!([]));
}

#[tokio::test]
async fn a_request_is_decided_once_by_those_who_may_and_told_why_not_otherwise() {
    let t = TestApp::at("2026-11-05").await;
    let town = t.api("shiqiao.lly", TOWN).await;
    let office = t.api("bangong", OFFICE).await;
    let path = format!("/rulings/{}", asked(&town, &waiver(&t)).await);
    let no = |opinion: &str| json!({ "version": 1, "approve": false, "opinion": opinion });
    let decide = format!("{path}/decide");
    assert_eq!(town.post(&decide, &no("不行")).await.code(), "token.scope");
    let mute = office
        .post(&decide, &json!({ "version": 1, "approve": false }))
        .await;
    assert!(
        mute.json["error"]["fields"]["opinion"][0].is_string(),
        "{}",
        mute.text
    );
    let head = t.api("shiqiao.zz", OFFICE).await;
    assert_eq!(head.post(&decide, &no("不行")).await.code(), "ruling.own");
    let stale = json!({ "version": 7, "approve": true });
    assert_eq!(office.post(&decide, &stale).await.code(), "stale");
    let taker = t.api("bangong", TOWN).await;
    let take = format!("{path}/withdraw");
    let taken = taker.post(&take, &json!({ "version": 1 })).await;
    assert_eq!(taken.code(), "ruling.not-asker");
    office.post(&decide, &no("应由副镇长代为带队")).await.ok();
    assert_eq!(
        office.post(&decide, &no("再说一次")).await.code(),
        "ruling.decided"
    );
    for (query, code) in [
        ("size=1000000", "invalid"),
        ("sort=late", "invalid"),
        ("page=e5", "page.key"),
    ] {
        let refused = office.get(&format!("/rulings?{query}")).await;
        assert_eq!(refused.code(), code, "{query}");
    }
}
