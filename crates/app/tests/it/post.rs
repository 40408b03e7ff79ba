//! Posts: handed over with everything that is open, held by office, vacant.

use app::body::NewBody;
use app::post::{NewPost, TenureSeen, hand_over, open_items, show};
use domain::body::{BodyKind, Level};
use domain::id::Owner;
use domain::policy::Role;
use testkit::{TestApp, day, draft, key, new};

use crate::{Z1, Z2, beside, code, sentence};

/// From when to when somebody held a post.
fn days(tenure: &TenureSeen) -> String {
    let to = tenure.to_on.map(|to| to.to_string()).unwrap_or_default();
    format!("{}..{to}", tenure.from_on)
}

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
        page.holds
            .iter()
            .map(|h| h.name.as_str())
            .collect::<Vec<_>>(),
        ["煤矿安全专委会主任"]
    );
    assert!(
        !open_items(&office, post).await.unwrap().is_empty(),
        "what goes along is shown before"
    );
    hand_over(&office, post, Some(old), Some(new), day("2026-11-05"))
        .await
        .unwrap();

    assert_eq!(desk(&t, "xinren").await, before);
    assert!(desk(&t, "fuxianzhang").await.is_empty());
    let page = show(&office, post).await.unwrap();
    assert_eq!(page.holder.map(|h| h.name).as_deref(), Some("新任同志"));
    assert_eq!(days(page.tenures.last().unwrap()), "2026-01-05..2026-11-05");
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
        (
            testkit::standing(&page.item).as_str(),
            page.item.owner_name.as_str()
        ),
        ("剩25天", "泽安县人民政府常务副县长")
    );
    let chair = key(Z1, "chair-inspection", t.owner("coal/chair"), "2026-11");
    assert_eq!(t.person("bangong").sees(&chair).await, "剩25天");
    let gov = app::body::show(&office, t.body("gov")).await.unwrap();
    assert_eq!(gov.posts.first().unwrap().holder, None);
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
async fn a_post_that_went_with_its_town_is_handed_to_nobody() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let (old, new) = (t.body("qingxi"), t.body("shiqiao"));
    app::body::merge(&office, old, new, day("2026-11-05"))
        .await
        .unwrap();
    t.set_day("2026-11-20");
    let office = t.person("bangong").ctx().await;
    let post = t.post("qingxi/head");
    assert!(!show(&office, post).await.unwrap().may_hand_over);
    let mayor = t.person_id("shiqiao.zz");
    for on in ["2026-11-02", "2026-11-20"] {
        let late = hand_over(&office, post, None, Some(mayor), day(on)).await;
        assert_eq!(
            sentence(late),
            "这个岗位已于2026年11月5日撤销，不能再办理交接。职责由其他岗位承接的，请在那个岗位上办理。"
        );
    }
}

#[tokio::test]
async fn a_vacant_post_is_filled_from_the_day_on_which_it_fell_vacant() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let post = t.post("gov/deputy");
    let old = t.person_id("fuxianzhang");
    let new = t
        .joins("xinren", "新任同志", &[(Role::Leader, t.home())])
        .await;
    hand_over(&office, post, Some(old), None, day("2026-11-02"))
        .await
        .unwrap();
    let nobody = hand_over(&office, post, None, None, day("2026-11-05")).await;
    assert_eq!(beside(nobody, "to"), "这个岗位现在空缺，请选择接任人。");
    for (on, why) in [
        (
            "2026-11-01",
            "交接日期不能早于前任离任的日期（2026年11月2日）。",
        ),
        (
            "2026-01-04",
            "交接日期不能早于岗位设立的日期（2026年1月5日）。",
        ),
    ] {
        let back = hand_over(&office, post, None, Some(new), day(on)).await;
        assert_eq!(beside(back, "on"), why, "over the days of the former one");
    }
    hand_over(&office, post, None, Some(new), day("2026-11-02"))
        .await
        .unwrap();
    let page = show(&office, post).await.unwrap();
    let days: Vec<String> = page.tenures.iter().map(days).collect();
    assert_eq!(days, ["2026-11-02..", "2026-01-05..2026-11-02"]);
}

#[tokio::test]
async fn two_successors_at_once_leave_one_holder() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let post = t.post("shiqiao/deputy");
    let (one, two) = (t.person_id("shiqiao.zz"), t.person_id("qingxi.zz"));
    let today = day("2026-11-05");
    assert!(show(&office, post).await.unwrap().holder.is_none());
    let (first, second) = tokio::join!(
        hand_over(&office, post, None, Some(one), today),
        hand_over(&office, post, None, Some(two), today)
    );
    assert!(
        first.is_ok() != second.is_ok(),
        "one of two: {first:?}, {second:?}"
    );
    let late = [first, second].into_iter().find(Result::is_err).unwrap();
    assert_eq!(code(late), "post.changed");
    assert_eq!(show(&office, post).await.unwrap().tenures.len(), 1);
}

#[tokio::test]
async fn nobody_who_was_deactivated_takes_a_post() {
    let t = TestApp::at("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let leaver = t.person_id("qingxi.zz");
    let mut changed = app::person::show(&admin, leaver).await.unwrap().unchanged();
    changed.active = false;
    app::person::change(&admin, changed.clone()).await.unwrap();
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

#[tokio::test]
async fn a_plenary_of_the_morning_counts_for_the_chair_set_up_in_the_afternoon() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong");
    let fire = NewBody {
        kind: BodyKind::SpecialCommittee,
        level: Level::County,
        ..new::firm("消防安全专委会", t.home(), "2026-11-05")
    };
    let fire = app::body::create(&office.ctx().await, fire).await.unwrap();
    let parts = [
        ("hosted", fire.id.to_string()),
        ("presided", t.post("gov/deputy").to_string()),
    ];
    let fields = [("form", "plenary"), ("topic", "部署冬季防火")];
    office
        .records(draft("meeting", "2026-11-05", &parts, &fields))
        .await
        .unwrap();
    t.shift(5 * 3_600_000);
    let chair = NewPost {
        ex_officio: Some(t.post("gov/deputy")),
        ..new::post(fire.id, "chair", "主任", "2026-11-05")
    };
    let chair = app::post::create(&office.ctx().await, chair).await.unwrap();
    let plenary = key(Z2, "committee-plenary", Owner::Post(chair.id), "2026-Q4");
    assert_eq!(office.sees(&plenary).await, "已完成");
}
