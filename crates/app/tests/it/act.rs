//! Recording, amending, judging, withdrawing.

use app::act::{Change, preview};
use app::Error;
use domain::id::Owner;
use testkit::{TestApp, draft};

const Z1: &str = "zezhou-2026-committees";
const Z2: &str = "zezhou-2026-three-actions";

#[tokio::test]
async fn one_visit_meets_duties_of_both_notices() {
    let t = TestApp::at("2026-11-05").await;
    let head = Owner::Post(t.post("shiqiao/head"));
    let chair = Owner::Post(t.post("coal/chair"));
    assert_eq!(t.standing("bangong", Z2, "government-leader-visit", head, "2026-11").await, "剩25天");

    let visit = draft(
        "inspection",
        "2026-11-05",
        &[
            ("led", t.post("shiqiao/head").to_string()),
            ("led", t.post("gov/deputy").to_string()),
            ("was-visited", t.body("yimei").to_string()),
        ],
        &[("way", "unannounced")],
    );
    let officer = t.person("shiqiao.lly");
    let seen = preview(&officer.ctx().await, &visit).await.unwrap();
    let missing = format!("{:?}", seen.missing);
    assert!(seen.turn_met >= 3, "{} met, {missing}", seen.turn_met);

    officer.records(visit).await.unwrap();
    assert_eq!(t.standing("bangong", Z2, "government-leader-visit", head, "2026-11").await, "已完成");
    assert_eq!(t.standing("bangong", Z1, "chair-inspection", chair, "2026-11").await, "已完成");
}

#[tokio::test]
async fn the_second_who_amends_is_told_who_was_first() {
    let t = TestApp::at("2026-11-05").await;
    let visit = draft(
        "inspection",
        "2026-11-04",
        &[("led", t.post("shiqiao/head").to_string()), ("was-visited", t.body("zhuanchang").to_string())],
        &[("way", "unannounced")],
    );
    let officer = t.person("shiqiao.lly");
    let id = officer.records(visit.clone()).await.unwrap();
    let change = Change { id, version: 1, reason: "时间记错".to_owned() };
    let mut moved = visit.clone();
    moved.occurred_on = "2026-11-03".to_owned();
    app::act::amend(&t.person("bangong").ctx().await, &change, &moved).await.unwrap();
    let late = app::act::amend(&officer.ctx().await, &change, &visit).await.unwrap_err();
    let Error::Stale { by, .. } = &late else { unreachable!("{late:?}") };
    assert_eq!(by, "安小办");
    assert!(late.sentence().contains("先行修改"));
}
