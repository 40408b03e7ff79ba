//! 后台任务 in the browser: what the system administrator sees, and runs again.

use axum::http::StatusCode;
use domain::job::{TRIES_MAX, try_again_at};
use domain::policy::Action;
use serde_json::json;
use testkit::TestApp;

/// Lets the collecting of files fail until it is given up.
pub(crate) async fn gives_up(t: &TestApp) {
    let folder = t.dir().join("files");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    for tries in 1..=TRIES_MAX {
        app::job::work(|| t.system(), "a", 100, &|| false)
            .await
            .unwrap();
        t.shift(try_again_at(tries, 0).unwrap_or(0));
    }
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
}

#[tokio::test]
async fn a_job_that_was_given_up_is_said_in_the_side_bar_and_run_again_by_a_button() {
    let t = TestApp::bare("2026-11-05").await;
    let mut sys = t.browser();
    sys.sign_in("sys").await;
    let page = sys.get("/system/jobs").await;
    assert!(page.text.contains("还没有执行过后台任务"), "{}", page.text);

    gives_up(&t).await;
    let mut sys = t.browser();
    sys.sign_in("sys").await;
    let page = sys.get("/system/jobs").await;
    assert_eq!(page.status, StatusCode::OK);
    for said in [
        "有 1 项多次没有成功",
        "清理没有记录引用的附件",
        "原因已写入服务器日志",
        "6／6",
        "后台任务<span class=\"count\">",
        "清理过期登录",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    let at = page.text.find("/system/jobs/job_").unwrap();
    let run = page.text[at..].split('"').next().unwrap().to_owned();
    let done = sys.submit("/system/jobs", &run, &[]).await;
    assert_eq!(done.location, "/system/jobs");
    let page = sys.get("/system/jobs").await;
    assert!(page.text.contains("已排定"), "{}", page.text);
    assert!(page.text.contains("都在正常进行") && !page.text.contains("重新执行<span"));
    app::job::work(|| t.system(), "a", 100, &|| false)
        .await
        .unwrap();
    let page = sys.get("/system/jobs").await;
    assert!(page.text.contains("没有需要清理的"), "{}", page.text);

    let mut aud = t.browser();
    aud.sign_in("aud").await;
    let trail = aud.get("/system/audit?verb=job.").await;
    assert!(trail.text.contains("重新执行后台任务"), "{}", trail.text);
    assert_eq!(aud.get("/system/jobs").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_job_that_was_given_up_is_seen_and_run_again_by_a_program() {
    let t = TestApp::bare("2026-11-05").await;
    gives_up(&t).await;
    let api = t.api("sys", &[Action::ViewJob, Action::RunJob]).await;
    let all = api.get("/jobs").await.ok();
    let dead = &all["jobs"][0];
    let facts = ["kind", "phase", "failure", "tries", "is_for_all", "may_run"];
    assert_eq!(
        facts.map(|fact| &dead[fact]),
        [
            &json!("collect-files"),
            &json!("dead"),
            &json!("fault"),
            &json!(TRIES_MAX),
            &json!(true),
            &json!(true)
        ]
    );
    assert_eq!(all["count"], json!({ "rows": 3, "exact": true }));
    let run = format!("/jobs/{}/run", dead["id"].as_str().unwrap());
    let first = api.post_once(&run, "again-1", &json!({})).await.ok();
    assert_eq!(first["job"]["id"], dead["id"]);
    t.shift(1_000);
    let second = api.post_once(&run, "again-1", &json!({})).await.ok();
    assert_eq!(first, second);
    let once_more = api.post(&run, &json!({})).await;
    assert_eq!(once_more.code(), "job.not-dead");
    let all = api.get("/jobs").await.ok();
    let phases = all["jobs"].as_array().unwrap().iter();
    assert!(phases.map(|j| &j["phase"]).all(|p| *p != "dead"));

    let small = t.api("sys", &[Action::ViewJob]).await;
    assert_eq!(small.post(&run, &json!({})).await.code(), "token.scope");
    let none = small.get("/jobs?size=1000000").await;
    assert_eq!(none.code(), "invalid", "all of them are one page");
    let other = t.api("bangong", &[Action::ViewPack]).await;
    assert_eq!(other.get("/jobs").await.status, StatusCode::FORBIDDEN);
}
