//! 后台任务 in the browser: what the system administrator sees, and runs again.

use axum::http::StatusCode;
use domain::job::{TRIES_MAX, try_again_at};
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
