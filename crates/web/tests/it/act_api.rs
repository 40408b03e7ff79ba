//! Acts as programs record, amend, judge and list them; every answer is held against the API's
//! description.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp};

const OFFICER: &[Action] = &[
    Action::ViewAct,
    Action::ViewBody,
    Action::ViewStanding,
    Action::RecordAct,
    Action::AmendAct,
];
const OFFICE: &[Action] = &[Action::ViewAct, Action::JudgeReturn];

fn visit(t: &TestApp, place: &str) -> Value {
    json!({
        "kind": "inspection",
        "occurred_on": "2026-11-04",
        "fields": { "way": "unannounced" },
        "parts": [
            { "role": "led", "who": t.owner("shiqiao/head") },
            { "role": "was-visited", "who": t.body(place) },
        ],
    })
}

fn id_of(answer: &Value) -> String {
    answer["act"]["id"].as_str().unwrap().to_owned()
}

async fn shown(api: &Api, id: &str) -> Value {
    api.get(&format!("/acts/{id}")).await.ok()
}

#[tokio::test]
async fn a_visit_is_previewed_recorded_amended_and_withdrawn_by_a_program() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("shiqiao.lly", OFFICER).await;
    let kinds = api.get("/acts/kinds").await.ok();
    let kinds = kinds["kinds"].as_array().unwrap();
    assert!(kinds.iter().any(|k| k["kind"] == "inspection"));
    let form = api.get("/acts/kinds/inspection").await.ok();
    assert_eq!(form["form"]["roles"][0], "led");
    let way = &form["form"]["fields"][0];
    assert_eq!(
        (&way["field"], &way["asks"]),
        (&json!("way"), &json!("choice"))
    );
    let body = visit(&t, "yimei");
    let seen = api.post("/acts/preview", &body).await.ok();
    assert_eq!(seen["preview"]["missing"], json!({}));
    assert!(seen["preview"]["turn_met"].as_u64().unwrap() > 0, "{seen}");

    let made = api.post_once("/acts", "program-1", &body).await.ok();
    let again = api.post_once("/acts", "program-1", &body).await.ok();
    assert_eq!(made, again, "a second sending does nothing twice");
    let id = id_of(&made);
    let amend = json!({ "version": 1, "reason": "方式记错", "fields": { "way": "routine" } });
    let amended = api.post(&format!("/acts/{id}/amend"), &amend).await.ok();
    assert_eq!(amended["act"]["version"], 2);
    let page = shown(&api, &id).await;
    assert_eq!(page["act"]["state"], "recorded");
    assert_eq!(page["fields"][0]["value"], "routine");
    let steps: Vec<&Value> = page["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["step"])
        .collect();
    assert_eq!(steps, ["amend", "record"]);
    let late = api.post(&format!("/acts/{id}/amend"), &amend).await;
    assert_eq!(late.code(), "stale");
    let gone = json!({ "version": 2, "reason": "重复" });
    api.post(&format!("/acts/{id}/withdraw"), &gone).await.ok();
    let page = shown(&api, &id).await;
    assert_eq!(
        (&page["act"]["state"], &page["meets"]),
        (&json!("withdrawn"), &json!([]))
    );
    let other = t.api("qingxi.lly", OFFICER).await;
    assert_eq!(other.get(&format!("/acts/{id}")).await.code(), "not-found");
    t.set_day("2026-11-06");
    let api = t.api("shiqiao.lly", OFFICER).await;
    let then = api.get(&format!("/acts/{id}?as_of=2026-11-04")).await;
    assert_eq!(then.code(), "not-found", "nothing was recorded by then");
}

#[tokio::test]
async fn a_mistake_is_told_beside_the_field_that_the_program_sent() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("shiqiao.lly", OFFICER).await;
    let mut body = visit(&t, "yimei");
    body["parts"][1]["who"] = json!("没有这家企业");
    body["fields"] = json!({ "way": "by-night" });
    let refused = api.post("/acts", &body).await;
    assert_eq!(refused.code(), "invalid");
    let fields = refused.json["error"]["fields"].as_object().unwrap();
    let names: Vec<&String> = fields.keys().collect();
    assert_eq!(names, ["fields.way", "parts.1.who"]);
    body["fields"] = json!({});
    body["parts"] = json!([{ "role": "was-visited", "who": t.body("yimei") }]);
    let seen = api.post("/acts/preview", &body).await.ok();
    let missing = seen["preview"]["missing"].as_object().unwrap();
    let names: Vec<&String> = missing.keys().collect();
    assert_eq!(names, ["fields.way", "parts"]);
}

#[tokio::test]
async fn a_return_is_sent_back_answered_and_accepted_by_programs() {
    let t = TestApp::at("2026-11-05").await;
    let (town, office) = (
        t.api("shiqiao.lly", OFFICER).await,
        t.api("bangong", OFFICE).await,
    );
    let draft = t.monthly("shiqiao/gov", "2026-10", "2026-11-05");
    let one = |all: &[String]| all.first().cloned().unwrap_or_default();
    let fields: serde_json::Map<String, Value> = draft
        .fields
        .iter()
        .map(|(name, typed)| (name.clone(), one(typed).into()))
        .collect();
    let parts = draft.parts.iter();
    let parts: Vec<Value> = parts
        .map(|(role, who)| json!({ "role": role, "who": who }))
        .collect();
    let body = json!({
        "kind": draft.kind, "period": draft.period, "form": draft.form,
        "fields": fields, "parts": parts,
    });
    let id = id_of(&town.post("/acts", &body).await.ok());
    let waiting = office.get("/acts?waiting=true").await.ok();
    assert_eq!(waiting["acts"][0]["id"], json!(id));
    assert_eq!(waiting["count"], json!({ "rows": 1, "exact": true }));
    let back = json!({ "version": 1, "reason": "数字不平" });
    office
        .post(&format!("/acts/{id}/send-back"), &back)
        .await
        .ok();
    let page = shown(&town, &id).await;
    assert_eq!(page["answer_by"], "2026-11-08");
    let answer = json!({ "version": 2, "reason": "已核对", "fields": { "note": "改了一处" } });
    town.post(&format!("/acts/{id}/submit-again"), &answer)
        .await
        .ok();
    office
        .post(&format!("/acts/{id}/accept"), &json!({ "version": 3 }))
        .await
        .ok();
    assert_eq!(shown(&town, &id).await["act"]["state"], "accepted");
}

#[tokio::test]
async fn a_page_of_acts_refuses_what_it_cannot_be() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("shiqiao.lly", OFFICER).await;
    api.post("/acts", &visit(&t, "yimei")).await.ok();
    let huge = api.get("/acts?size=1000000").await;
    assert_eq!((huge.status.as_u16(), huge.code()), (422, "invalid"));
    assert!(
        huge.message().contains("30、100、300"),
        "{}",
        huge.message()
    );
    let foreign = api.get("/acts?page=e5").await;
    assert_eq!((foreign.status.as_u16(), foreign.code()), (400, "page.key"));
    let body = t.body("qingxi/gov");
    let unseen = api.get(&format!("/acts?body={body}")).await;
    let none = api
        .get("/acts?body=body_00000000000000000000000000000000")
        .await;
    assert_eq!((unseen.code(), none.code()), ("not-found", "not-found"));
    assert_eq!(unseen.message(), none.message());
}

#[tokio::test]
async fn a_file_is_added_read_and_removed_by_a_program() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("shiqiao.lly", OFFICER).await;
    let id = id_of(&api.post("/acts", &visit(&t, "yimei")).await.ok());
    let files = format!("/acts/{id}/files");
    // "%PDF-1.7" as base64.
    let file = json!({ "name": "记录.pdf", "content": "JVBERi0xLjc=" });
    let added = api.post(&files, &file).await.ok();
    let n = &added["file"]["id"];
    let held = api.get(&files).await.ok();
    assert_eq!(held["files"][0]["media"], "application/pdf");
    let back = api.get(&format!("{files}/{n}")).await.ok();
    assert_eq!(back["content"], file["content"]);
    let nonsense = json!({ "name": "记录.pdf", "content": "不是" });
    assert_eq!(api.post(&files, &nonsense).await.code(), "invalid");
    api.post(&format!("{files}/{n}/remove"), &json!({}))
        .await
        .ok();
    assert_eq!(api.get(&files).await.ok()["files"], json!([]));
}
