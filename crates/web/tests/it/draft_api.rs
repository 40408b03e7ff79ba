//! Drafts as programs read, decide and import them; every answer is held against the API's
//! description.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp};

const OFFICE: &[Action] = &[Action::ViewPack, Action::ApplyPack];
/// A notice as base64: towns inspect each month and study each quarter, enterprises drill each half
/// of a year.
const NOTICE: &str = "5LiA44CB5qOA5p+lCu+8iOS4gO+8ieWQhOS5oemVh+S6uuawkeaUv+W6nOavj+aciOiHs+WwkeajgOafpeS7\
    k+W6kzLmrKHjgIIK77yI5LqM77yJ5ZCE5Lmh6ZWH5Lq65rCR5pS/5bqc5q+P5a2j5bqm57uE57uHMeasoeWu\
    ieWFqOS4k+mimOWtpuS5oOOAggrkuozjgIHmvJTnu4MK6auY5Y2x5LyB5Lia5q+P5Y2K5bm057uE57uHMeas\
    oeW6lOaApea8lOe7g+OAggo=";

async fn office(t: &TestApp) -> Api {
    t.api("bangong", OFFICE).await
}

/// Reads the notice in; where its draft stands.
async fn opened(api: &Api) -> String {
    let notice = json!({ "name": "通知.txt", "content": NOTICE });
    let made = api.post_once("/drafts", "open-1", &notice).await.ok();
    let again = api.post_once("/drafts", "open-1", &notice).await.ok();
    assert_eq!(made, again, "a second sending reads nothing twice");
    assert_eq!(made["draft"]["version"], json!(1));
    format!("/drafts/{}", made["draft"]["id"].as_str().unwrap())
}

async fn elements(api: &Api, draft: &str, query: &str) -> Vec<Value> {
    let all = api.get(&format!("{draft}/elements{query}")).await.ok();
    all["elements"].as_array().unwrap().clone()
}

fn named() -> Value {
    json!({
        "pack": "zean-2026-depots", "version": 1, "title": "仓库冬季防火", "short": "仓库防火",
        "from": "2026-10-21", "to": "2027-03-31",
    })
}

#[tokio::test]
async fn a_notice_becomes_a_pack_by_a_program() {
    let t = TestApp::at("2026-10-21").await;
    let api = office(&t).await;
    let draft = opened(&api).await;
    let listed = api.get("/drafts").await.ok();
    let page = api.get(&draft).await.ok();
    assert_eq!(page["draft"]["line"], listed["drafts"][0]);
    assert_eq!(page["draft"]["counts"]["open"], json!(3));
    let all = elements(&api, &draft, "").await;
    let often = |e: &Value| e["says"]["often"]["every"].clone();
    let rhythms: Vec<Value> = all.iter().map(often).collect();
    assert_eq!(rhythms, ["month", "quarter", "half-year"]);
    let early = api.post(&format!("{draft}/import"), &json!({})).await;
    assert_eq!(early.code(), "draft.open");

    let first = json!({ "decision": "accept", "elements": [all[0]["id"]], "seen": "open" });
    let decide = format!("{draft}/decide");
    let done = api.post(&decide, &first).await.ok();
    assert_eq!(
        (&done["draft"]["changed"], &done["draft"]["version"]),
        (&json!(1), &json!(2))
    );
    let rest = json!({ "decision": "accept" });
    assert_eq!(api.post(&decide, &rest).await.ok()["draft"]["changed"], 2);
    api.post(&format!("{draft}/rename"), &named()).await.ok();
    let checked = api.get(&format!("{draft}/check")).await.ok();
    let check = &checked["check"];
    assert_eq!((&check["sound"], &check["open"]), (&json!(true), &json!(0)));
    assert_eq!(check["asked"][0]["how"], "same-rhythm");
    let towns = &check["burden"].as_array().unwrap()[0];
    assert_eq!(
        (&towns["level"], &towns["kind"]),
        (&json!("town"), &json!("government"))
    );
    let file = format!("{draft}/files/{}", check["files"][0].as_str().unwrap());
    let text = api.get(&file).await.ok()["file"]["text"].clone();
    assert!(text.as_str().unwrap().contains("zean-2026-depots"));

    let import = format!("{draft}/import");
    let made = api.post_once(&import, "make-1", &json!({})).await;
    let again = api.post_once(&import, "make-1", &json!({})).await;
    assert_eq!(made.text, again.text);
    let pack = json!({ "pack": "zean-2026-depots", "version": 1 });
    assert_eq!(made.ok()["pack"], pack);
    assert_eq!(api.get(&draft).await.ok()["draft"]["line"]["made"], pack);
    assert_eq!(api.post(&decide, &first).await.code(), "draft.made");
    api.post(&format!("{draft}/go-on"), &json!({})).await.ok();
    let head = api.get(&draft).await.ok()["draft"]["head"].clone();
    assert_eq!(head["version"], json!(2));
}

#[tokio::test]
async fn an_element_is_looked_at_corrected_and_restored_by_a_program() {
    let t = TestApp::at("2026-10-21").await;
    let api = office(&t).await;
    let draft = opened(&api).await;
    let path = format!("{draft}/elements/duty-1");
    let form = api.get(&path).await.ok()["element"].clone();
    assert!(form["choices"]["acts"].as_array().unwrap().len() > 5);
    // What is answered as it would be typed is what a correction takes.
    let mut typed = form["typed"].clone();
    for in_address in ["id", "element"] {
        typed.as_object_mut().unwrap().remove(in_address);
    }
    typed["title"] = "每月查仓库".into();
    typed["cut_off"] = "25日".into();
    let correct = format!("{path}/correct");
    api.post(&correct, &typed).await.ok();
    let now = api.get(&path).await.ok()["element"].clone();
    let item = &now["item"];
    assert_eq!(
        (&item["title"], &item["says"]["due"], &item["state"]),
        (&json!("每月查仓库"), &json!("day 25"), &json!("accepted"))
    );
    assert_eq!(api.post(&correct, &typed).await.code(), "draft.changed");
    let wrong = |name: &str, value: Value| {
        let mut wrong = typed.clone();
        (wrong["seal"], wrong[name]) = (now["typed"]["seal"].clone(), value);
        wrong
    };
    for (name, value) in [
        ("kind", json!("dance")),
        ("act", json!("dancing")),
        ("at_least", json!(1001)),
        ("cut_off", json!("day 40")),
        ("clauses", json!(["九/（九）"])),
    ] {
        let refused = api.post(&correct, &wrong(name, value)).await;
        assert_eq!(refused.code(), "invalid", "{name}");
        assert!(
            refused.json["error"]["fields"][name][0].is_string(),
            "{name}"
        );
    }
    let stale = json!({ "seal": form["typed"]["seal"] });
    let restore = format!("{path}/restore");
    assert_eq!(api.post(&restore, &stale).await.code(), "draft.changed");
    let seal = json!({ "seal": now["typed"]["seal"] });
    api.post(&restore, &seal).await.ok();
    assert_eq!(api.get(&path).await.ok()["element"]["typed"], form["typed"]);
    let none = api.get(&format!("{draft}/elements/duty-99")).await;
    assert_eq!(none.code(), "not-found");
}

#[tokio::test]
async fn elements_are_merged_added_and_a_draft_is_put_aside_by_a_program() {
    let t = TestApp::at("2026-10-21").await;
    let api = office(&t).await;
    let draft = opened(&api).await;
    let merge = format!("{draft}/merge");
    let both = json!({ "elements": ["duty-1", "duty-2"] });
    assert_eq!(api.post(&merge, &both).await.code(), "draft.differ");
    let one = json!({ "elements": ["duty-1"] });
    assert_eq!(api.post(&merge, &one).await.code(), "invalid");

    let read = api.get(&format!("{draft}/text")).await.ok();
    let text = read["text"]["text"].as_str().unwrap();
    assert!(text.contains("应急演练") && read["text"]["marks"][0]["at"].is_u64());
    let phrase = json!({ "phrase": "高危企业" });
    let added = api.post(&format!("{draft}/add"), &phrase).await.ok();
    assert_eq!(added["element"]["id"], "added-1");
    let none = json!({ "phrase": "没有这句话" });
    assert_eq!(
        api.post(&format!("{draft}/add"), &none).await.code(),
        "invalid"
    );
    let taken = json!({ "phrase": 7 });
    assert_eq!(
        api.post(&format!("{draft}/take"), &taken).await.code(),
        "not-found"
    );

    let decide = format!("{draft}/decide");
    let rest = json!({ "decision": "accept" });
    let done = api.post(&decide, &rest).await.ok();
    let counted = (&done["draft"]["changed"], &done["draft"]["left"]);
    assert_eq!(counted, (&json!(3), &json!(1)), "who owes it is not said");
    let late = json!({ "decision": "drop", "elements": ["duty-1"], "seen": "open" });
    assert_eq!(api.post(&decide, &late).await.code(), "draft.decided");
    let open = elements(&api, &draft, "?only=open").await;
    assert_eq!((open.len(), &open[0]["id"]), (1, &json!("added-1")));
    for (wrong, code) in [
        (json!({ "decision": "drop" }), "invalid"),
        (
            json!({ "decision": "drop", "elements": [] }),
            "draft.none-chosen",
        ),
        (
            json!({ "decision": "drop", "elements": ["duty-77"] }),
            "not-found",
        ),
        (
            json!({ "decision": "forget", "elements": ["duty-1"] }),
            "invalid",
        ),
        (
            json!({ "decision": "drop", "elements": ["duty-1", "duty-2"], "seen": "open" }),
            "invalid",
        ),
        (
            json!({ "decision": "accept", "elements": ["duty-1"], "at_least": 90 }),
            "invalid",
        ),
    ] {
        assert_eq!(api.post(&decide, &wrong).await.code(), code, "{wrong}");
    }

    api.post(&format!("{draft}/close"), &json!({})).await.ok();
    assert_eq!(api.post(&decide, &rest).await.code(), "draft.closed");
    assert_eq!(api.get("/drafts").await.ok()["drafts"], json!([]));
    let aside = api.get("/drafts?closed=true").await.ok();
    assert_eq!(aside["drafts"][0]["state"], "closed");
    api.post(&format!("{draft}/reopen"), &json!({})).await.ok();
    assert_eq!(api.get("/drafts").await.ok()["count"]["rows"], json!(1));
}

#[tokio::test]
async fn what_is_no_draft_and_who_may_not_draft_gets_a_stable_code() {
    let t = TestApp::at("2026-10-21").await;
    let api = office(&t).await;
    let idle = api.get("/drafts/reading").await.ok();
    assert_eq!(idle["reading"]["state"], "none");
    for (content, code) in [
        ("不是", "invalid"),
        (&"A".repeat(250_000), "invalid"),
        // An old file of another program.
        ("0M8R4KGxGuE=", "invalid"),
    ] {
        let notice = json!({ "name": "旧.doc", "content": content });
        let refused = api.post("/drafts", &notice).await;
        assert_eq!(refused.code(), code);
        assert!(refused.json["error"]["fields"]["content"][0].is_string());
    }
    let failed = api.get("/drafts/reading").await.ok();
    assert_eq!(failed["reading"]["state"], "failed");
    let draft = opened(&api).await;
    let drafted = api.get("/drafts/reading").await.ok();
    assert_eq!(drafted["reading"]["state"], "drafted");
    api.post("/drafts/reading/cancel", &json!({})).await.ok();

    let rename = format!("{draft}/rename");
    let mut wrong = named();
    (wrong["pack"], wrong["version"], wrong["from"]) = ("坏的 id".into(), 0.into(), "昨天".into());
    let refused = api.post(&rename, &wrong).await.json;
    let fields = refused["error"]["fields"].as_object().unwrap();
    let names: Vec<&String> = fields.keys().collect();
    assert_eq!(names, ["from", "pack", "version"]);
    let said = fields["pack"][0].as_str().unwrap();
    assert!(said.contains("小写字母"), "{said}");
    let mut back = named();
    back["to"] = "2026-10-01".into();
    let refused = api.post(&rename, &back).await.json;
    assert!(refused["error"]["fields"]["to"][0].is_string());

    let huge = api.get(&format!("{draft}/elements?size=1000000")).await;
    assert_eq!(huge.code(), "invalid");
    let foreign = api.get("/drafts?page=e5").await;
    assert_eq!(foreign.code(), "page.key");
    let file = api.get(&format!("{draft}/files/passwd")).await;
    assert_eq!(file.code(), "not-found");
    let none = "/drafts/draft_00000000000000000000000000000000";
    assert_eq!(api.get(none).await.code(), "not-found");

    let small = t.api("bangong", &[Action::ViewPack]).await;
    assert_eq!(small.get(&draft).await.code(), "token.scope");
    let town = t.api("shiqiao.lly", &[Action::ViewPack]).await;
    assert_eq!(town.get(&draft).await.status.as_u16(), 403);
    assert_eq!(town.get(none).await.status.as_u16(), 403);
}

#[tokio::test]
async fn the_elements_of_a_long_notice_are_turned_page_by_page() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let line = |n: u32| {
        format!(
            "{n}. 各乡镇人民政府每月至少检查第{n}类仓库{}次。\n",
            n % 9 + 1
        )
    };
    let notice: String = (1..=70).map(line).collect();
    let id = app::drafting::open(&office, "长通知.txt", notice.into_bytes());
    let draft = format!("/drafts/{}", id.await.unwrap());
    let api = self::office(&t).await;
    let whole = elements(&api, &draft, "?size=100").await;
    assert!(whole.len() > 60, "{}", whole.len());
    let (mut turned, mut page) = (Vec::new(), String::new());
    loop {
        let path = format!("{draft}/elements?size=30{page}");
        let found = api.get(&path).await.ok();
        turned.extend(found["elements"].as_array().unwrap().clone());
        let Some(next) = found["next"].as_str() else {
            break;
        };
        page = format!("&page={next}");
    }
    assert_eq!(turned, whole);
    // The page of a browser leads to the page on which an element stands.
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let shown = browser.get(&format!("/packs{draft}")).await.text;
    assert!(
        shown.contains("e-duty-1\"") && shown.contains("共 70 条"),
        "{shown}"
    );
}
