//! Posts: handed over with everything that is open, held by office, vacant.

use app::post::{hand_over, show};
use domain::policy::Role;
use testkit::{TestApp, day, key};

use crate::{Z1, Z2, beside, code, sentence};

async fn desk(t: &TestApp, login: &str) -> Vec<String> {
    let ctx = t.person(login).ctx().await;
    let desk = app::duty::desk(&ctx, None).await.unwrap();
    let mut out: Vec<String> = desk
        .open
        .iter()
        .map(|i| format!("{} {}", i.owner_name, i.title))
        .collect();
    out.sort();
    out.dedup();
    out
}

#[tokio::test]
async fn a_post_goes_over_with_everything_open_and_the_chairs_held_by_office() {
    let t = TestApp::at("2026-11-05").await;
    let new = t
        .joins("xinren", "新任同志", &[(Role::Leader, t.home())])
        .await;
    let old = t.person_id("fuxianzhang");
    let post = t.post("gov/deputy");
    let before = desk(&t, "fuxianzhang").await;
    assert!(
        before.contains(&"煤矿安全专委会主任 主任每月到分管领域检查指导".to_owned()),
        "{before:?}"
    );
    assert!(
        before
            .iter()
            .any(|i| i.starts_with("泽安县人民政府常务副县长 政府领导每月"))
    );
    assert!(desk(&t, "xinren").await.is_empty());

    let office = t.person("bangong").ctx().await;
    let page = show(&office, post).await.unwrap();
    assert!(page.may_hand_over);
    assert_eq!(
        page.holds.iter().map(|h| h.1.as_str()).collect::<Vec<_>>(),
        ["煤矿安全专委会主任"]
    );
    assert!(!page.items.is_empty(), "what goes along is shown before");
    hand_over(&office, post, Some(old), Some(new), day("2026-11-05"))
        .await
        .unwrap();

    assert_eq!(desk(&t, "xinren").await, before);
    assert!(desk(&t, "fuxianzhang").await.is_empty());
    let page = show(&office, post).await.unwrap();
    assert_eq!(page.holder.map(|h| h.1).as_deref(), Some("新任同志"));
    assert_eq!(
        page.tenures.last().unwrap().days,
        "2026年1月5日至2026年11月5日"
    );
    let chair = show(&office, t.post("coal/chair")).await.unwrap();
    assert!(
        !chair.may_hand_over,
        "a chair held by office goes with the office"
    );
    let apart = hand_over(
        &office,
        t.post("coal/chair"),
        None,
        Some(old),
        day("2026-11-05"),
    )
    .await;
    assert_eq!(
        sentence(apart),
        "这个岗位由另一岗位的担任人兼任，请交接那个岗位。"
    );
}

#[tokio::test]
async fn a_vacant_post_goes_on_owing() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let post = t.post("gov/deputy");
    let old = t.person_id("fuxianzhang");
    hand_over(&office, post, Some(old), None, day("2026-11-05"))
        .await
        .unwrap();
    let visit = key(
        Z2,
        "government-leader-visit",
        t.owner("gov/deputy"),
        "2026-11",
    );
    let page = t.person("bangong").opens(&visit).await.unwrap();
    assert_eq!(
        (page.item.word.as_str(), page.item.owner_name.as_str()),
        ("剩25天", "泽安县人民政府常务副县长")
    );
    let chair = key(Z1, "chair-inspection", t.owner("coal/chair"), "2026-11");
    assert_eq!(t.person("bangong").sees(&chair).await, "剩25天");
    let gov = app::body::show(&office, t.body("gov")).await.unwrap();
    assert_eq!(gov.posts.first().unwrap().holder, "空缺");
}

#[tokio::test]
async fn what_the_holder_did_before_counts_for_the_post() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    t.person("bangong")
        .records(t.visit("gov/deputy", "jiayou", "2026-11-03"))
        .await
        .unwrap();
    let new = t
        .joins("xinren", "新任同志", &[(Role::Leader, t.home())])
        .await;
    let old = t.person_id("fuxianzhang");
    hand_over(
        &office,
        t.post("gov/deputy"),
        Some(old),
        Some(new),
        day("2026-11-05"),
    )
    .await
    .unwrap();
    let visit = key(
        Z2,
        "government-leader-visit",
        t.owner("gov/deputy"),
        "2026-11",
    );
    assert_eq!(t.person("xinren").sees(&visit).await, "已完成");
    let ctx = t.person("xinren").ctx().await;
    let open = app::duty::desk(&ctx, None).await.unwrap().open;
    assert!(
        open.iter().all(|i| i.key != visit),
        "nor does it lie on the new desk"
    );
}

#[tokio::test]
async fn a_hand_over_names_the_holder_a_successor_and_a_day() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let post = t.post("shiqiao/head");
    let (old, other) = (t.person_id("shiqiao.zz"), t.person_id("qingxi.zz"));
    let today = day("2026-11-05");
    let same = hand_over(&office, post, Some(old), Some(old), today).await;
    assert_eq!(beside(same, "to"), "接任人就是现任，请另选一人。");
    let ahead = hand_over(&office, post, Some(old), Some(other), day("2026-11-06")).await;
    assert_eq!(beside(ahead, "on"), "交接日期最晚为今天（2026年11月5日）。");
    let first = hand_over(&office, post, Some(old), Some(other), day("2026-01-05")).await;
    assert_eq!(beside(first, "on"), "交接日期应晚于现任的任职日期。");
    let officer = t.person("shiqiao.lly").ctx().await;
    let power = hand_over(&officer, post, Some(old), Some(other), today).await;
    assert_eq!(code(power), "forbidden");
    hand_over(&office, post, Some(old), Some(other), today)
        .await
        .unwrap();
    let second = hand_over(&office, post, Some(old), Some(other), today).await;
    assert_eq!(
        sentence(second),
        "这个岗位刚刚已由他人办理交接，请刷新页面查看最新情况。"
    );
}

#[tokio::test]
async fn nobody_who_was_deactivated_takes_a_post() {
    let t = TestApp::at("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let leaver = t.person_id("qingxi.zz");
    let mut changed = app::person::show(&admin, leaver).await.unwrap().person;
    changed.active = false;
    app::person::change(&admin, &changed).await.unwrap();
    let post = t.post("shiqiao/deputy");
    let taken = hand_over(&admin, post, None, Some(leaver), day("2026-11-05")).await;
    assert_eq!(beside(taken, "to"), "请从在用人员中选择接任人。");
}

#[tokio::test]
async fn a_chair_held_by_office_counts_the_visits_of_its_holder_in_its_field_only() {
    let t = TestApp::at("2026-11-05").await;
    let chair = key(Z1, "chair-inspection", t.owner("coal/chair"), "2026-11");
    let office = t.person("bangong");
    let elsewhere = t.visit("gov/deputy", "jiayou", "2026-11-03");
    office.records(elsewhere).await.unwrap();
    assert_eq!(
        office.sees(&chair).await,
        "剩25天",
        "a filling station is no mine"
    );
    let mine = t.visit("gov/deputy", "yimei", "2026-11-04");
    office.records(mine).await.unwrap();
    assert_eq!(office.sees(&chair).await, "已完成");
}
