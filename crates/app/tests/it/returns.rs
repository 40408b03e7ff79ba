//! Returns: handed in, judged by the receiver, answered, handed in once.

use app::act::{ActQuery, Change, accept, amend, send_back, show, submit_again, withdraw};
use domain::act::ActState;
use domain::duty::Key;
use domain::id::ActId;
use domain::policy::Role;
use testkit::{TestApp, day, key};

use crate::{Z2, beside, code, sentence};

fn change(id: ActId, version: i64, reason: &str) -> Change {
    Change {
        id,
        version,
        reason: reason.to_owned(),
    }
}

fn october(t: &TestApp) -> Key {
    key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-10")
}

/// The return of October, handed in on a day.
async fn handed_in(t: &TestApp, on: &str) -> ActId {
    t.set_day(on);
    let officer = t.person("shiqiao.lly");
    officer
        .records(t.monthly("shiqiao/gov", "2026-10", on))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_return_is_on_time_by_its_first_submission_though_accepted_later() {
    let t = TestApp::at("2026-10-20").await;
    let office = t.person("bangong");
    assert_eq!(office.sees(&october(&t)).await, "剩2天");
    let id = handed_in(&t, "2026-10-22").await;
    t.set_day("2026-10-28");
    accept(&office.ctx().await, &change(id, 1, ""))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成");
    assert_eq!(
        show(&office.ctx().await, id).await.unwrap().act.state,
        ActState::Accepted
    );
}

#[tokio::test]
async fn a_return_handed_in_late_is_met_late() {
    let t = TestApp::at("2026-10-20").await;
    let office = t.person("bangong");
    handed_in(&t, "2026-10-25").await;
    assert_eq!(office.sees(&october(&t)).await, "迟3天完成（暂）");
}

#[tokio::test]
async fn a_town_does_not_date_its_return_back_but_the_office_enters_one_that_came_on_paper() {
    let t = TestApp::at("2026-10-26").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let before = t.monthly("shiqiao/gov", "2026-10", "2026-10-21");
    let refused = officer.records(before.clone()).await;
    assert!(beside(refused, "occurred_on").contains("提交当天（2026年10月26日）"));
    assert_eq!(office.sees(&october(&t)).await, "逾期4天");
    office.records(before).await.unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成（暂）");
}

#[tokio::test]
async fn a_return_that_waits_counts_for_the_time_being() {
    let t = TestApp::at("2026-10-20").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let id = handed_in(&t, "2026-10-21").await;
    assert_eq!(office.sees(&october(&t)).await, "已完成（暂）");
    let page = officer.opens(&october(&t)).await.unwrap();
    assert!(page.acts.first().unwrap().provisional);
    let desk = app::duty::desk(&office.ctx().await, None).await.unwrap();
    assert_eq!(desk.to_judge, 1);
    let waiting = ActQuery {
        waiting: true,
        ..ActQuery::default()
    };
    let list = app::act::acts(&office.ctx().await, waiting).await.unwrap();
    assert_eq!(
        list.rows.first().map(|l| (l.id, l.state)),
        Some((id, ActState::Waiting))
    );
    let seen = show(&office.ctx().await, id).await.unwrap();
    assert!(seen.may_judge);
    assert!(!show(&officer.ctx().await, id).await.unwrap().may_judge);
}

#[tokio::test]
async fn a_return_sent_back_and_answered_in_time_stays_on_time() {
    let t = TestApp::at("2026-10-20").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let id = handed_in(&t, "2026-10-20").await;
    t.set_day("2026-10-23");
    let mute = send_back(&office.ctx().await, &change(id, 1, "")).await;
    assert_eq!(beside(mute, "reason"), "请写明原因，便于日后核查。");
    send_back(&office.ctx().await, &change(id, 1, "数字不平"))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "逾期1天");
    let page = show(&officer.ctx().await, id).await.unwrap();
    assert_eq!(page.answer_by, Some(day("2026-10-26")));
    assert!(page.may_submit_again);

    t.set_day("2026-10-26");
    let again = t.monthly("shiqiao/gov", "2026-10", "2026-10-26");
    submit_again(&officer.ctx().await, &change(id, 2, ""), &again)
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成（暂）");
    t.set_day("2026-10-30");
    accept(&office.ctx().await, &change(id, 3, ""))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成");
}

#[tokio::test]
async fn a_return_sent_back_and_answered_late_turns_to_met_late() {
    let t = TestApp::at("2026-10-20").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let id = handed_in(&t, "2026-10-20").await;
    t.set_day("2026-10-23");
    send_back(&office.ctx().await, &change(id, 1, "数字不平"))
        .await
        .unwrap();
    t.set_day("2026-10-27");
    let again = t.monthly("shiqiao/gov", "2026-10", "2026-10-27");
    submit_again(&officer.ctx().await, &change(id, 2, ""), &again)
        .await
        .unwrap();
    t.set_day("2026-10-30");
    accept(&office.ctx().await, &change(id, 3, ""))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "迟5天完成");
    let twice = accept(&office.ctx().await, &change(id, 4, "")).await;
    assert_eq!(code(twice), "return.not-waiting");
    let unasked = submit_again(&officer.ctx().await, &change(id, 4, ""), &again).await;
    assert_eq!(code(unasked), "return.not-sent-back");
}

#[tokio::test]
async fn an_accepted_return_that_is_amended_waits_to_be_accepted_anew() {
    let t = TestApp::at("2026-10-20").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let id = handed_in(&t, "2026-10-20").await;
    t.set_day("2026-10-28");
    accept(&office.ctx().await, &change(id, 1, ""))
        .await
        .unwrap();
    let mut other = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    other
        .fields
        .insert("note".to_owned(), vec!["补报一处".to_owned()]);
    amend(&officer.ctx().await, &change(id, 2, "漏填说明"), &other)
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成（暂）");
    accept(&office.ctx().await, &change(id, 3, ""))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成");
}

#[tokio::test]
async fn nobody_judges_the_return_of_the_body_acted_for() {
    let t = TestApp::at("2026-10-20").await;
    let id = handed_in(&t, "2026-10-20").await;
    let officer = t.person("shiqiao.lly");
    assert_eq!(
        code(accept(&officer.ctx().await, &change(id, 1, "")).await),
        "forbidden"
    );
    // One of the office who also holds a post in the town.
    let roles = [(Role::Office, t.home())];
    let both = t.joins("liangbian", "两边小同", &roles).await;
    let post = t.post("shiqiao/deputy");
    app::post::hand_over(&t.system(), post, None, Some(both), day("2026-10-20"))
        .await
        .unwrap();
    let both = t.person("liangbian");
    let own = accept(&both.ctx().await, &change(id, 1, "")).await;
    assert_eq!(sentence(own), "本单位的报送由接收单位审核，不能自己审核。");
    assert!(!show(&both.ctx().await, id).await.unwrap().may_judge);
    let back = send_back(&both.ctx().await, &change(id, 1, "看看")).await;
    assert_eq!(code(back), "return.own");
}

#[tokio::test]
async fn a_second_return_of_the_same_form_and_period_is_refused_with_the_way_out() {
    let t = TestApp::at("2026-10-20").await;
    let officer = t.person("shiqiao.lly");
    let id = handed_in(&t, "2026-10-20").await;
    let again = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    assert_eq!(
        sentence(officer.records(again.clone()).await),
        "2026年10月的这张表已于10月20日报送。要改动的，请打开那一次报送，更正或重新报送。"
    );
    let many = app::act::record_many(&officer.ctx().await, std::slice::from_ref(&again)).await;
    assert_eq!(code(many), "return.twice");
    withdraw(&officer.ctx().await, &change(id, 1, "报错了表"))
        .await
        .unwrap();
    assert!(
        officer.records(again).await.is_ok(),
        "a withdrawn return stands in nobody's way"
    );
}

#[tokio::test]
async fn two_equal_returns_in_one_import_are_refused_too() {
    let t = TestApp::at("2026-10-20").await;
    let ctx = t.person("shiqiao.lly").ctx().await;
    let one = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    let both = app::act::record_many(&ctx, &[one.clone(), one]).await;
    assert_eq!(code(both), "return.twice");
}

#[tokio::test]
async fn a_double_click_on_a_return_answers_with_the_first_one() {
    let t = TestApp::at("2026-10-20").await;
    let ctx = t.person("shiqiao.lly").ctx().await;
    let draft = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    let first = app::act::record(&ctx.keyed("page-1"), &draft)
        .await
        .unwrap();
    let second = app::act::record(&ctx.keyed("page-1"), &draft)
        .await
        .unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_return_cannot_be_amended_into_a_period_that_was_reported() {
    let t = TestApp::at("2026-10-20").await;
    let officer = t.person("shiqiao.lly");
    let september = t.monthly("shiqiao/gov", "2026-09", "2026-10-20");
    let id = officer.records(september).await.unwrap();
    handed_in(&t, "2026-10-20").await;
    let moved = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    let twice = amend(&officer.ctx().await, &change(id, 1, "期次选错"), &moved).await;
    assert_eq!(code(twice), "return.twice");
    let august = t.monthly("shiqiao/gov", "2026-08", "2026-10-20");
    amend(&officer.ctx().await, &change(id, 1, "期次选错"), &august)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_is_typed_to_an_acceptance_is_refused_where_it_is_too_long_and_never_cut() {
    let t = TestApp::at("2026-10-20").await;
    let id = handed_in(&t, "2026-10-22").await;
    let office = t.person("bangong").ctx().await;
    let long = "长".repeat(domain::act::REASON_LONGEST + 1);
    let said = accept(&office, &change(id, 1, &long)).await;
    assert_eq!(beside(said, "reason"), "最多500字，现有501字。");
    assert_eq!(
        show(&office, id).await.unwrap().act.state,
        ActState::Waiting
    );
}
