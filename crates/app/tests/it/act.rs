//! Recording, amending, withdrawing.

use app::Error;
use app::act::{ActQuery, Change, amend, preview, record, show, withdraw, words};
use app::duty::NotCounted;
use domain::act::{ActState, ActStep};
use domain::id::ActId;
use domain::pack::Choices;
use testkit::{TestApp, day, draft, key};

use crate::{Z1, Z2, beside, code, sentence};

const MONTHLY: &str = "government-leader-visit";

fn change(id: ActId, version: i64, reason: &str) -> Change {
    Change {
        id,
        version,
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn one_visit_meets_duties_of_both_notices() {
    let t = TestApp::at("2026-11-05").await;
    let head = key(Z2, MONTHLY, t.owner("shiqiao/head"), "2026-11");
    let chair = key(Z1, "chair-inspection", t.owner("coal/chair"), "2026-11");
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    assert_eq!(office.sees(&head).await, "剩25天");

    let mut visit = t.visit("shiqiao/head", "yimei", "2026-11-05");
    let deputy = t.post("gov/deputy").to_string();
    visit.parts.push(("led".to_owned(), deputy));
    let stray = preview(&officer.ctx().await, &visit).await.unwrap();
    assert!(
        !stray.missing.of("p.led").is_empty(),
        "the town does not say what the county's head led"
    );
    let seen = preview(&office.ctx().await, &visit).await.unwrap();
    assert!(seen.missing.is_empty(), "{:?}", seen.missing);
    assert!(seen.turn_met >= 3, "{} met", seen.turn_met);

    office.records(visit).await.unwrap();
    assert_eq!(office.sees(&head).await, "已完成");
    assert_eq!(office.sees(&chair).await, "已完成");
}

#[tokio::test]
async fn a_double_click_records_one_act() {
    let t = TestApp::at("2026-11-05").await;
    let ctx = t.person("shiqiao.lly").ctx().await;
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-05");
    let page = ctx.keyed("page-1");
    let (one, two) = tokio::join!(record(&page, &visit), record(&page, &visit));
    let first = one.unwrap();
    assert_eq!(first, two.unwrap());
    assert_eq!(first, record(&ctx.keyed("page-1"), &visit).await.unwrap());
    let all = app::act::acts(&ctx, ActQuery::default()).await.unwrap();
    assert_eq!(all.rows.len(), 1);
    let other = record(&ctx.keyed("page-2"), &visit).await.unwrap();
    assert_ne!(first, other, "a second page is a second record");
}

#[tokio::test]
async fn what_was_amended_keeps_its_old_version_and_counts_anew() {
    let t = TestApp::at("2026-11-05").await;
    let head = t.owner("shiqiao/head");
    let (october, november) = (
        key(Z2, MONTHLY, head, "2026-10"),
        key(Z2, MONTHLY, head, "2026-11"),
    );
    let officer = t.person("shiqiao.lly");
    let id = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-04"))
        .await
        .unwrap();
    assert_eq!(officer.sees(&november).await, "已完成");
    assert_eq!(officer.sees(&october).await, "逾期5天");

    let mut moved = t.visit("shiqiao/head", "zhuanchang", "2026-10-31");
    moved
        .fields
        .insert("way".to_owned(), vec!["routine".to_owned()]);
    let ctx = officer.ctx().await;
    let unsaid = amend(&ctx, &change(id, 1, "  "), &moved).await;
    assert_eq!(beside(unsaid, "reason"), "请写明原因，便于日后核查。");
    amend(&ctx, &change(id, 1, "日期和地点记错"), &moved)
        .await
        .unwrap();

    assert_eq!(officer.sees(&november).await, "剩25天");
    assert_eq!(officer.sees(&october).await, "已完成");
    let page = show(&ctx, id).await.unwrap();
    assert_eq!(
        (page.act.version, page.act.occurred_on),
        (2, day("2026-10-31"))
    );
    let newest = page.versions.first().unwrap();
    assert_eq!(
        (newest.step, newest.reason.as_str()),
        (ActStep::Amend, "日期和地点记错")
    );
    assert_eq!(
        words::changes(&page.versions[1], newest),
        [
            "日期：2026年11月4日 → 2026年10月31日",
            "方式：四不两直 → 例行",
            "增加：受检泽安县宏达建材有限公司",
            "去掉：受检泽安县一号煤业有限公司",
        ]
    );
    assert_eq!(page.versions.last().unwrap().step, ActStep::Record);
}

#[tokio::test]
async fn what_was_withdrawn_counts_no_more_and_stays_visible() {
    let t = TestApp::at("2026-11-05").await;
    let november = key(Z2, MONTHLY, t.owner("shiqiao/head"), "2026-11");
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let id = officer.records(visit.clone()).await.unwrap();
    let ctx = officer.ctx().await;
    withdraw(&ctx, &change(id, 1, "重复记录")).await.unwrap();

    assert_eq!(officer.sees(&november).await, "剩25天");
    let page = show(&ctx, id).await.unwrap();
    assert_eq!(
        (page.act.state, page.may_amend),
        (ActState::Withdrawn, false)
    );
    assert_eq!(page.versions.first().unwrap().reason, "重复记录");
    let list = app::act::acts(&ctx, ActQuery::default()).await.unwrap();
    assert_eq!(list.rows.first().unwrap().state, ActState::Withdrawn);
    let duty = officer.opens(&november).await.unwrap();
    let why = duty.acts.first().unwrap().why_not.as_ref().unwrap();
    assert_eq!(why.reason, NotCounted::Withdrawn);
    assert_eq!(
        code(withdraw(&ctx, &change(id, 2, "再撤")).await),
        "act.withdrawn"
    );
    let again = amend(&ctx, &change(id, 2, "再改"), &visit).await;
    assert_eq!(sentence(again), "这条记录已撤回，不能再更正。请另记一条。");
}

#[tokio::test]
async fn every_mistake_stands_beside_its_field_with_what_is_allowed() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let wrong = draft(
        "inspection",
        "2026-11-06",
        &[("was-visited", "没有的地方".to_owned())],
        &[("way", "surprise"), ("found", "很多")],
    );
    let seen = preview(&officer.ctx().await, &wrong).await.unwrap().missing;
    assert_eq!(
        seen.of("occurred_on").join(""),
        "还没有发生的事不能记录，日期最晚为今天（2026年11月5日）。"
    );
    let way = seen.of("f.way").join("");
    assert!(
        way.contains("没有“surprise”，可选：四不两直、例行"),
        "{way}"
    );
    assert_eq!(
        seen.of("f.found").join(""),
        "发现问题隐患（个）请填0到9999之间的整数。"
    );
    assert!(seen.of("p.was-visited").join("").contains("没有的地方"));
    assert_eq!(seen.of("p.led").join(""), "请选择由谁带队。");
    assert_eq!(code(officer.records(wrong).await), "invalid");
    let list = app::act::acts(&officer.ctx().await, ActQuery::default())
        .await
        .unwrap();
    assert!(list.rows.is_empty(), "nothing was written");
}

#[tokio::test]
async fn a_fact_from_too_long_ago_and_a_kind_that_is_not_known_are_refused() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let old = officer
        .records(t.visit("shiqiao/head", "yimei", "2020-01-01"))
        .await;
    assert!(beside(old, "occurred_on").contains("最早为"));
    let before = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-01-04"))
        .await;
    assert!(beside(before, "p.led").contains("当天还没有设立"));
    let unknown = officer
        .records(draft("picnic", "2026-11-05", &[], &[]))
        .await;
    assert_eq!(code(unknown), "not-found");
}

#[tokio::test]
async fn the_officer_of_a_sibling_town_neither_sees_nor_amends() {
    let t = TestApp::at("2026-11-05").await;
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let id = t
        .person("shiqiao.lly")
        .records(visit.clone())
        .await
        .unwrap();
    let other = t.person("qingxi.lly").ctx().await;
    assert_eq!(code(show(&other, id).await), "not-found");
    assert_eq!(
        code(amend(&other, &change(id, 1, "改一改"), &visit).await),
        "not-found"
    );
    assert_eq!(
        code(withdraw(&other, &change(id, 1, "撤掉")).await),
        "not-found"
    );
    let list = app::act::acts(&other, ActQuery::default()).await.unwrap();
    assert!(list.rows.is_empty());
    let theirs = ActQuery {
        body: Some(t.body("shiqiao/gov")),
        ..ActQuery::default()
    };
    assert_eq!(code(app::act::acts(&other, theirs).await), "not-found");
    let stray = record(&other, &visit).await;
    let why = beside(stray, "p.led");
    assert!(why.contains("不在您可以代为记录的单位和岗位中"), "{why}");
}

#[tokio::test]
async fn the_town_of_a_visited_enterprise_sees_the_visit_and_cannot_amend_it() {
    let t = TestApp::at("2026-11-05").await;
    let visit = t.visit("gov/deputy", "yimei", "2026-11-04");
    let id = t.person("bangong").records(visit.clone()).await.unwrap();
    let town = t.person("shiqiao.lly").ctx().await;
    let page = show(&town, id).await.unwrap();
    assert_eq!(words::headline(&page.act), "检查：泽安县一号煤业有限公司");
    assert!(!page.may_amend);
    assert_eq!(
        code(amend(&town, &change(id, 1, "改一改"), &visit).await),
        "forbidden"
    );
    let regulator = t.person("yingji.jz").ctx().await;
    assert!(
        show(&regulator, id).await.is_ok(),
        "the regulator sees it too"
    );
    let other = t.person("qingxi.lly").ctx().await;
    assert_eq!(code(show(&other, id).await), "not-found");
}

#[tokio::test]
async fn the_second_who_amends_is_told_who_was_first() {
    let t = TestApp::at("2026-11-05").await;
    let visit = t.visit("shiqiao/head", "zhuanchang", "2026-11-04");
    let officer = t.person("shiqiao.lly");
    let id = officer.records(visit.clone()).await.unwrap();
    let why = change(id, 1, "时间记错");
    let mut moved = visit.clone();
    moved.occurred_on = "2026-11-03".to_owned();
    amend(&t.person("bangong").ctx().await, &why, &moved)
        .await
        .unwrap();
    let late = amend(&officer.ctx().await, &why, &visit).await.unwrap_err();
    let Error::Stale { by, .. } = &late else {
        unreachable!("{late:?}")
    };
    assert_eq!(by, "安小办");
    assert!(late.sentence().contains("先行修改"));
}

#[tokio::test]
async fn no_lock_is_passed_by_amending_an_old_record_but_a_slip_of_the_pen_is_mended() {
    let choices = Choices {
        lock_after_days: Some(5),
        ..Choices::default()
    };
    let t = TestApp::choosing("2026-10-20", choices).await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let head = domain::id::Owner::Post(t.post("shiqiao/head"));
    let september = key(Z2, MONTHLY, head, "2026-09");
    let october = key(Z2, MONTHLY, head, "2026-10");
    let id = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-10-20"))
        .await
        .unwrap();
    assert_eq!(office.sees(&october).await, "已完成");

    t.set_day("2026-11-20");
    let change = |version| Change {
        id,
        version,
        reason: "更正".to_owned(),
    };
    let mut reworded = t.visit("shiqiao/head", "yimei", "2026-10-20");
    let problems = vec!["三号门堵塞".to_owned()];
    reworded.fields.insert("problems".to_owned(), problems);
    let ctx = officer.ctx().await;
    amend(&ctx, &change(1), &reworded).await.unwrap();
    assert_eq!(office.sees(&october).await, "已完成");

    let moved = t.visit("shiqiao/head", "yimei", "2026-09-20");
    amend(&ctx, &change(2), &moved).await.unwrap();
    let seen = office.sees(&september).await;
    assert!(seen.starts_with("逾期"), "{seen}");
    let page = office.opens(&september).await.unwrap();
    let why = page.acts[0].why_not.as_ref().unwrap();
    assert_eq!(
        (why.reason, why.on),
        (NotCounted::AfterLock, Some(day("2026-11-20")))
    );
}
