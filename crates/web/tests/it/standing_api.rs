//! Duties, the desk and the trail by the JSON API: every answer is held against its schema.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::TestApp;

#[tokio::test]
async fn a_program_reads_the_desk_the_list_and_the_grid_and_one_duty() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    officer
        .records(t.visit("shiqiao/head", "yimei", "2026-10-15"))
        .await
        .unwrap();
    let api = t.api("bangong", &[Action::ViewStanding]).await;
    let desk = api.get("/desk?month=2026-10").await.ok();
    assert_eq!(desk["desk"]["month"], "2026-10");
    let first = api.get("/duties?size=100&sort=owner").await.ok();
    assert_eq!(first["duties"].as_array().unwrap().len(), 100);
    let next = first["next"].as_str().unwrap();
    let path = format!("/duties?size=100&sort=owner&page={next}");
    let second = api.get(&path).await.ok();
    assert_ne!(first["duties"], second["duties"]);
    let back = second["previous"].as_str().unwrap();
    let path = format!("/duties?size=100&sort=owner&page={back}");
    assert_eq!(api.get(&path).await.ok()["duties"], first["duties"]);
    let grid = api.get("/duties/grid?scope=all&sort=overdue").await.ok();
    let overdue = |row: &Value| row["overdue"].as_u64().unwrap();
    let rows = grid["grid"]["rows"].as_array().unwrap();
    assert!(rows.windows(2).all(|w| overdue(&w[0]) >= overdue(&w[1])));
    for item in first["duties"].as_array().unwrap().iter().take(20) {
        let key = item["key"].as_str().unwrap();
        let one = api.get(&format!("/duties/{key}")).await.ok();
        assert_eq!(one["duty"]["item"], *item, "{key}");
    }
    let met = api
        .get("/duties?month=2026-10&state=met&duty=government-leader-visit")
        .await
        .ok();
    let key = met["duties"][0]["key"].as_str().unwrap();
    let one = api.get(&format!("/duties/{key}")).await.ok();
    assert_eq!(one["duty"]["acts"][0]["counts"], true);
}

#[tokio::test]
async fn a_bad_page_of_duties_gets_a_stable_code() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("bangong", &[Action::ViewStanding]).await;
    for (query, code) in [
        ("size=31", "invalid"),
        ("sort=newest", "invalid"),
        ("state=late", "invalid"),
        ("page=zz", "page.key"),
    ] {
        let answer = api.get(&format!("/duties?{query}")).await;
        assert_eq!(answer.code(), code, "{query}");
        assert!(!answer.message().is_ascii(), "{query}");
    }
    let other = api.get("/duties?sort=owner").await.ok();
    let key = other["next"].as_str().unwrap();
    let answer = api.get(&format!("/duties?page={key}")).await;
    assert_eq!(answer.code(), "page.key", "the key of another order");
}

#[tokio::test]
async fn a_program_reads_the_trail_page_by_page_and_one_link() {
    let t = TestApp::at("2026-11-05").await;
    let api = t.api("aud", &[Action::ViewAudit]).await;
    let all = api.get("/audit?size=300").await.ok();
    let seqs: Vec<i64> = all["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["seq"].as_i64().unwrap())
        .collect();
    assert!(seqs.windows(2).all(|w| w[0] > w[1]), "newest first");
    let link = api.get(&format!("/audit/{}", seqs[0])).await.ok();
    assert_eq!(link["link"]["link"], all["links"][0]);
    let stranger = t.api("bangong", &[Action::ViewStanding]).await;
    assert_eq!(stranger.get("/audit").await.status.as_u16(), 403);
}

/// Takes the bytes of every evidence file away.
fn loses_files(dir: &std::path::Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            loses_files(&path);
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[tokio::test]
async fn a_proof_at_a_page_and_by_a_program_leaves_its_link() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-10-15");
    let act = officer.records(visit).await.unwrap();
    let minutes = b"%PDF-1.7 minutes"[..].into();
    app::file::add(&officer.ctx().await, act, "记录.pdf", minutes)
        .await
        .unwrap();
    let mut aud = t.browser();
    aud.sign_in("aud").await;
    let page = aud.submit("/system/audit", "/system/audit/verify", &[]);
    let page = page.await.text;
    assert!(
        page.contains("核验通过") && page.contains("1个附件"),
        "{page}"
    );
    let trail = aud.get("/system/audit?verb=audit.").await.text;
    assert!(trail.contains("核验审计链") && trail.contains("没有发现问题"));

    loses_files(&t.dir().join("files"));
    let api = t.api("aud", &[Action::ViewAudit]).await;
    let first = api.post_once("/audit/verify", "proof-1", &json!({})).await;
    let second = api.post_once("/audit/verify", "proof-1", &json!({})).await;
    assert_eq!(first.text, second.text, "asked twice is proven once");
    let proof = &first.ok()["proof"];
    assert_eq!(proof["clean"], json!(false));
    let found = &proof["findings"][0];
    assert_eq!(
        (&found["code"], &found["table"]),
        (&json!("lost-file"), &json!("file"))
    );
    assert!(found["key"].is_string() && proof["findings"][1].is_null());
    let links = api.get("/audit?verb=audit.verify").await.ok();
    let said = |n: usize| &links["links"][n]["subject"];
    assert_eq!(links["count"]["rows"], json!(2));
    assert_eq!(
        (said(0), said(1)),
        (&json!("findings:1"), &json!("findings:0"))
    );
    let stranger = t.api("bangong", &[Action::ViewStanding]).await;
    let refused = stranger.post("/audit/verify", &json!({})).await;
    assert_eq!(refused.status.as_u16(), 403);
    let odd = api.post("/audit/verify", &json!({ "files": true })).await;
    assert_eq!(odd.code(), "invalid");
}
