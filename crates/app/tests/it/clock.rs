//! A clock that was a year ahead, and then right: what was written stays, the way out is a link.

use app::audit::{Depth, proof, prove};
use testkit::TestApp;

use crate::code;

#[tokio::test]
async fn a_clock_that_was_a_year_ahead_has_a_way_out_that_is_told() {
    let t = TestApp::at("2027-03-10").await;
    let town = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2027-03-09");
    let wrong = town.records(visit).await.unwrap();
    let mut browser = t.browser();
    browser.sign_in("bangong").await;

    t.set_day("2026-03-10");
    let again = t.visit("shiqiao/head", "yimei", "2026-03-09");
    assert_eq!(
        code(t.person("shiqiao.lly").records(again.clone()).await),
        "clock.behind"
    );
    let ctx = t.console();
    let done = app::clock::set_back(&ctx, "断电后时钟跳到2027年，已校准").await;
    let done = done.unwrap();
    assert_eq!(done.len(), 1);
    assert!(done[0].was.contains("2027") && done[0].now.contains("2026"));

    t.person("shiqiao.lly").records(again).await.unwrap();
    let found = app::act::show(&t.person("shiqiao.lly").ctx().await, wrong).await;
    assert!(found.is_ok(), "what was written stays");
    let desk = browser.get("/desk").await;
    assert!(
        desk.location.starts_with("/sign-in"),
        "sessions of the wrong time end"
    );

    let heads = app::audit::heads_of(&t.app).unwrap();
    let proven = prove(&t.app, t.home(), heads.as_ref(), Depth::default())
        .await
        .unwrap();
    let said = proof(&proven);
    assert!(said.clean, "{:?}", said.findings);
    assert!(
        said.notes
            .iter()
            .any(|note| note.code == app::audit::NoteCode::ClockSetBack)
    );
    let auditor = t.person("aud").ctx().await;
    let trail = app::audit::trail(&auditor, app::audit::ListLinks::default()).await;
    let trail = trail.unwrap();
    let link = trail.rows.iter().find(|link| link.seq == done[0].seq);
    let link = link.unwrap();
    assert!(
        link.subject.contains("断电") && link.operator.as_deref() == Some("operator"),
        "{link:?}"
    );

    let again = app::clock::set_back(&t.console(), "再来一次").await;
    assert_eq!(again.unwrap().len(), 0, "nothing is ahead any more");
}

#[tokio::test]
async fn only_the_console_says_that_the_clock_was_wrong() {
    let t = TestApp::bare("2026-03-10").await;
    for login in ["sys", "sec", "aud", "bangong"] {
        let ctx = t.person(login).ctx().await;
        let refused = app::clock::set_back(&ctx, "没有这回事").await;
        assert_eq!(code(refused), "signed-out", "{login}");
        let refused = app::audit::accept_heads(&ctx, "没有这回事").await;
        assert_eq!(code(refused), "signed-out", "{login}");
    }
}
