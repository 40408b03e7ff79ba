//! Requests about one obligation, and who decides them.

use app::duty::NotCounted;
use app::ruling::{Ask, DecideRuling, ListRulings, ask, decide, list, show, withdraw};
use domain::duty::Key;
use domain::id::{ActId, RulingId};
use domain::pack::Choices;
use domain::ruling::{REASON_LONGEST, RulingKind, RulingReason, RulingState};
use testkit::{TestApp, day, key};

use crate::{Z1, Z2, beside, code, sentence};

fn waiver(key: &Key) -> Ask {
    Ask::of(
        key.clone(),
        RulingKind::Waiver,
        RulingReason::Weather,
        "防汛应急响应期间未能下乡",
    )
}

fn extension(key: &Key, to: &str) -> Ask {
    Ask {
        kind: RulingKind::Extension,
        new_due_on: Some(day(to)),
        ..waiver(key)
    }
}

fn correction(key: &Key, act: ActId) -> Ask {
    Ask {
        kind: RulingKind::Correction,
        act: Some(act),
        ..waiver(key)
    }
}

fn october(t: &TestApp) -> Key {
    key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-10",
    )
}

async fn approve(t: &TestApp, who: &str, id: RulingId) -> app::Result<()> {
    let saved = decide(
        &t.person(who).ctx().await,
        DecideRuling::of(id, 1, true, "同意"),
    )
    .await?;
    assert_eq!((saved.id, saved.version), (id, 2));
    Ok(())
}

#[tokio::test]
async fn a_waiver_that_was_approved_turns_the_duty_to_waived() {
    let t = TestApp::at("2026-11-05").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    assert_eq!(office.sees(&october(&t)).await, "逾期5天");
    let id = ask(&officer.ctx().await, &waiver(&october(&t)))
        .await
        .unwrap()
        .id;
    assert_eq!(
        office.sees(&october(&t)).await,
        "逾期5天",
        "asking changes nothing"
    );
    let desk = app::duty::desk(&office.ctx().await, None).await.unwrap();
    assert_eq!(desk.to_decide, 1);
    let waiting = ListRulings {
        waiting: true,
        ..ListRulings::default()
    };
    let page = list(&office.ctx().await, waiting).await.unwrap();
    assert!(page.rows.first().unwrap().may_decide);

    approve(&t, "bangong", id).await.unwrap();
    assert_eq!(office.sees(&october(&t)).await, "豁免");
    let seen = show(&officer.ctx().await, id).await.unwrap();
    let decision = seen.decision.unwrap();
    assert_eq!(seen.state, RulingState::Approved);
    assert_eq!(
        (decision.by.as_str(), decision.on, decision.opinion.as_str()),
        ("安小办", day("2026-11-05"), "同意")
    );
    assert_eq!(code(approve(&t, "bangong", id).await), "ruling.decided");
}

#[tokio::test]
async fn a_refusal_says_why_and_leaves_the_duty_as_it_was() {
    let t = TestApp::at("2026-11-05").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let id = ask(&officer.ctx().await, &waiver(&october(&t)))
        .await
        .unwrap()
        .id;
    let mute = decide(&office.ctx().await, DecideRuling::of(id, 1, false, " ")).await;
    assert_eq!(beside(mute, "opinion"), "不同意的，请写明原因。");
    decide(
        &office.ctx().await,
        DecideRuling::of(id, 1, false, "应由副镇长代为带队"),
    )
    .await
    .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "逾期5天");
    let again = ask(&officer.ctx().await, &waiver(&october(&t))).await;
    assert!(again.is_ok(), "one may ask anew with better reasons");
}

#[tokio::test]
async fn nobody_decides_on_his_own() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let id = ask(&officer.ctx().await, &waiver(&october(&t)))
        .await
        .unwrap()
        .id;
    assert_eq!(code(approve(&t, "shiqiao.lly", id).await), "forbidden");
    assert_eq!(
        code(approve(&t, "shiqiao.zz", id).await),
        "ruling.own",
        "he owes it himself"
    );

    let gov = key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-10");
    let body = ask(&officer.ctx().await, &waiver(&gov)).await.unwrap().id;
    assert_eq!(
        code(approve(&t, "shiqiao.zz", body).await),
        "ruling.own",
        "the town owes it, and the county set the limit"
    );
    // What the office asks for others, another of the office decides.
    let own = ask(
        &t.person("bangong").ctx().await,
        &waiver(&gov_of(&t, "qingxi/gov")),
    )
    .await
    .unwrap()
    .id;
    assert_eq!(code(approve(&t, "bangong", own).await), "ruling.own");
    t.joins_office("bangong.2", "安小二").await;
    approve(&t, "bangong.2", own).await.unwrap();
}

fn gov_of(t: &TestApp, gov: &str) -> Key {
    key(Z2, "monthly-return", t.owner(gov), "2026-10")
}

#[tokio::test]
async fn a_sibling_town_neither_asks_nor_sees_what_was_asked() {
    let t = TestApp::at("2026-11-05").await;
    let other = t.person("qingxi.lly").ctx().await;
    assert_eq!(code(ask(&other, &waiver(&october(&t))).await), "not-found");
    let mine = t.person("shiqiao.lly").ctx().await;
    let id = ask(&mine, &waiver(&october(&t))).await.unwrap().id;
    assert_eq!(code(show(&other, id).await), "not-found");
    let seen = list(&other, ListRulings::default()).await.unwrap();
    assert!(seen.rows.is_empty());
}

#[tokio::test]
async fn the_offices_own_duty_is_decided_by_a_leader() {
    let t = TestApp::at("2026-11-05").await;
    let summary = key(Z1, "office-quarter-summary", t.owner("office"), "2026-Q3");
    let id = ask(&t.person("bangong").ctx().await, &waiver(&summary))
        .await
        .unwrap()
        .id;
    t.joins_office("bangong.2", "安小二").await;
    assert_eq!(code(approve(&t, "bangong", id).await), "ruling.own");
    assert_eq!(code(approve(&t, "bangong.2", id).await), "ruling.own");
    approve(&t, "fuxianzhang", id).await.unwrap();
    assert_eq!(t.person("bangong").sees(&summary).await, "豁免");
}

#[tokio::test]
async fn an_extension_asked_for_late_keeps_the_overdue_days() {
    let t = TestApp::at("2026-11-05").await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let early = ask(&officer.ctx().await, &extension(&october(&t), "2026-11-05")).await;
    assert_eq!(
        beside(early, "new_due_on"),
        "延至的日期应晚于2026年11月5日。"
    );
    let id = ask(&officer.ctx().await, &extension(&october(&t), "2026-11-10"))
        .await
        .unwrap()
        .id;
    approve(&t, "bangong", id).await.unwrap();
    assert_eq!(office.sees(&october(&t)).await, "剩5天");
    let page = officer.opens(&october(&t)).await.unwrap();
    let extension = page.due.extensions.first().unwrap();
    assert_eq!(
        (extension.to, page.due.on),
        (day("2026-11-10"), day("2026-10-31"))
    );
    assert_eq!(page.item.standing.late_before_extension, 5);

    t.set_day("2026-11-09");
    officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-09"))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成");
    let page = officer.opens(&october(&t)).await.unwrap();
    assert_eq!(
        page.item.standing.late_before_extension, 5,
        "it stays on record"
    );
}

#[tokio::test]
async fn a_correction_makes_an_act_count_that_was_entered_after_the_lock() {
    let choices = Choices {
        lock_after_days: Some(5),
        ..Choices::default()
    };
    let t = TestApp::choosing("2026-11-10", choices).await;
    let (office, officer) = (t.person("bangong"), t.person("shiqiao.lly"));
    let act = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-10-30"))
        .await
        .unwrap();
    assert_eq!(office.sees(&october(&t)).await, "逾期10天");
    let page = officer.opens(&october(&t)).await.unwrap();
    let why = page.acts.first().unwrap().why_not.as_ref().unwrap();
    assert_eq!(
        (why.reason, why.on, why.until),
        (
            NotCounted::AfterLock,
            Some(day("2026-11-10")),
            Some(day("2026-11-05"))
        )
    );
    let mut without = correction(&october(&t), act);
    without.act = None;
    let missing = ask(&officer.ctx().await, &without).await;
    assert_eq!(beside(missing, "act"), "请选择锁定后补录的那条记录。");

    let id = ask(&officer.ctx().await, &correction(&october(&t), act))
        .await
        .unwrap()
        .id;
    approve(&t, "bangong", id).await.unwrap();
    assert_eq!(office.sees(&october(&t)).await, "已完成");
}

#[tokio::test]
async fn a_correction_names_an_act_of_the_one_who_owes() {
    let t = TestApp::at("2026-11-10").await;
    let other = t.person("qingxi.lly");
    let act = other
        .records(t.visit("qingxi/head", "jiayou", "2026-10-30"))
        .await
        .unwrap();
    let officer = t.person("shiqiao.lly").ctx().await;
    let stray = ask(&officer, &correction(&october(&t), act)).await;
    assert_eq!(
        beside(stray, "act"),
        "没有找到这条记录，请从本项职责下列出的记录中选择。"
    );
}

#[tokio::test]
async fn a_request_is_withdrawn_by_the_one_who_asked() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let id = ask(&officer.ctx().await, &waiver(&october(&t)))
        .await
        .unwrap()
        .id;
    let twice = ask(&officer.ctx().await, &waiver(&october(&t))).await;
    assert_eq!(
        sentence(twice),
        "这项职责已有一份豁免申请待决定，请等待结果，或先撤回那一份。"
    );
    let other = withdraw(&t.person("bangong").ctx().await, id, 1).await;
    assert_eq!(sentence(other), "申请由提出人撤回。");
    withdraw(&officer.ctx().await, id, 1).await.unwrap();
    assert_eq!(
        show(&officer.ctx().await, id).await.unwrap().state,
        RulingState::Withdrawn
    );
    assert_eq!(
        code(withdraw(&officer.ctx().await, id, 2).await),
        "ruling.decided"
    );
    assert_eq!(code(approve(&t, "bangong", id).await), "ruling.decided");
    assert!(
        ask(&officer.ctx().await, &waiver(&october(&t)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn two_who_decide_at_once_do_not_both_decide() {
    let t = TestApp::at("2026-11-05").await;
    t.joins_office("bangong.2", "安小二").await;
    let officer = t.person("shiqiao.lly").ctx().await;
    let id = ask(&officer, &waiver(&october(&t))).await.unwrap().id;
    let (one, two) = (
        t.person("bangong").ctx().await,
        t.person("bangong.2").ctx().await,
    );
    let (a, b) = tokio::join!(
        decide(&one, DecideRuling::of(id, 1, true, "")),
        decide(&two, DecideRuling::of(id, 1, false, "理由不足"))
    );
    let codes = [a, b].map(|r| r.map_or_else(|e| e.code(), |_| "done"));
    assert_eq!(
        codes.iter().filter(|c| **c == "done").count(),
        1,
        "{codes:?}"
    );
    assert!(
        codes.contains(&"stale") || codes.contains(&"ruling.decided"),
        "{codes:?}"
    );
}

#[tokio::test]
async fn nothing_can_be_asked_about_a_duty_that_is_not_owed() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let stranger = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/liaison"),
        "2026-10",
    );
    assert_eq!(code(ask(&office, &waiver(&stranger)).await), "not-found");
    let outside = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-01",
    );
    assert_eq!(code(ask(&office, &waiver(&outside)).await), "not-found");
    let none = key(Z2, "no-such-duty", t.owner("shiqiao/head"), "2026-10");
    assert_eq!(code(ask(&office, &waiver(&none)).await), "not-found");
}

fn november(t: &TestApp) -> Key {
    october(t).in_period("2026-11".parse().unwrap())
}

/// October's visit extended, asked for and approved on the day.
async fn extends_october(t: &TestApp, to: &str) {
    let officer = t.person("shiqiao.lly").ctx().await;
    let id = ask(&officer, &extension(&october(t), to)).await.unwrap().id;
    approve(t, "bangong", id).await.unwrap();
}

async fn visits(t: &TestApp, on: &str) -> ActId {
    let visit = t.visit("shiqiao/head", "yimei", on);
    t.person("shiqiao.lly").records(visit).await.unwrap()
}

#[tokio::test]
async fn a_visit_within_an_extension_counts_for_one_month_only() {
    let t = TestApp::at("2026-10-25").await;
    let office = t.person("bangong");
    extends_october(&t, "2026-11-10").await;
    t.set_day("2026-11-08");
    let first = visits(&t, "2026-11-03").await;
    assert_eq!(office.sees(&october(&t)).await, "已完成");
    assert_eq!(
        office.sees(&november(&t)).await,
        "剩22天",
        "it is October's"
    );
    let page = office.opens(&november(&t)).await.unwrap();
    let note = page.acts.iter().find(|a| a.id == first).unwrap();
    let why = note.why_not.as_ref().unwrap();
    assert_eq!(
        (note.counts, why.reason, why.period.map(|p| p.to_string())),
        (false, NotCounted::TakenBy, Some("2026-10".to_owned()))
    );
    let met = app::act::show(&office.ctx().await, first)
        .await
        .unwrap()
        .meets;
    let visits_met = met.iter().filter(|m| m.key.duty == october(&t).duty);
    let periods: Vec<String> = visits_met.map(|m| m.key.period.to_string()).collect();
    assert_eq!(periods, ["2026-10"]);

    let draft = t.visit("shiqiao/head", "yimei", "2026-11-08");
    let officer = t.person("shiqiao.lly");
    let seen = app::act::preview(&officer.ctx().await, &draft)
        .await
        .unwrap();
    let meets = seen.meets.iter().filter(|m| m.key.duty == october(&t).duty);
    let periods: Vec<String> = meets.map(|m| m.key.period.to_string()).collect();
    assert_eq!(periods, ["2026-11"], "the preview says the same as saving");
    visits(&t, "2026-11-08").await;
    assert_eq!(office.sees(&november(&t)).await, "已完成");

    // A visit of October that was forgotten comes in: both of November are November's.
    visits(&t, "2026-10-29").await;
    let page = office.opens(&november(&t)).await.unwrap();
    let counting = page.acts.iter().filter(|a| a.counts);
    assert_eq!(counting.count(), 2, "{:?}", page.acts);
    let then = t.person("bangong").as_of("2026-11-08").await;
    let page = app::duty::show(&then, &november(&t)).await.unwrap();
    assert_eq!(testkit::standing(&page.item), "已完成");
}

#[tokio::test]
async fn a_visit_before_a_late_asking_stays_the_next_months() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong");
    visits(&t, "2026-11-03").await;
    extends_october(&t, "2026-11-10").await;
    assert_eq!(
        office.sees(&october(&t)).await,
        "剩5天",
        "nothing is excused"
    );
    assert_eq!(office.sees(&november(&t)).await, "已完成");
    t.set_day("2026-11-09");
    visits(&t, "2026-11-09").await;
    assert_eq!(office.sees(&october(&t)).await, "已完成");
    let page = office.opens(&october(&t)).await.unwrap();
    assert_eq!(page.item.standing.late_before_extension, 5);
}

#[tokio::test]
async fn the_list_of_requests_pages_by_key_both_ways_and_shows_what_may_be_opened() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly").ctx().await;
    let office = t.person("bangong").ctx().await;
    for n in 0..31 {
        let id = ask(&officer, &waiver(&october(&t))).await.unwrap().id;
        if n < 30 {
            withdraw(&officer, id, 1).await.unwrap();
        }
    }
    let elsewhere = ask(&office, &waiver(&gov_of(&t, "qingxi/gov")))
        .await
        .unwrap()
        .id;
    let asked = |page: Option<String>| ListRulings {
        page,
        ..ListRulings::default()
    };
    let first = list(&officer, asked(None)).await.unwrap();
    assert_eq!((first.rows.len(), first.count.rows), (30, 31));
    assert_eq!(first.previous, None);
    let second = list(&officer, asked(first.next.clone())).await.unwrap();
    assert_eq!((second.rows.len(), second.next), (1, None));
    let back = list(&officer, asked(second.previous)).await.unwrap();
    assert_eq!(back.rows, first.rows);
    for row in first.rows.iter().chain(&second.rows) {
        assert_ne!(row.id, elsewhere);
        assert!(show(&officer, row.id).await.is_ok(), "list ⊆ allowed");
    }
    let all = list(&office, asked(None)).await.unwrap();
    assert_eq!(all.count.rows, 32);
    let foreign = domain::listing::Cursor::new("act.list", "newest", false, Vec::new());
    let other = list(&officer, asked(Some(foreign.to_string()))).await;
    assert_eq!(code(other), "page.key");
}

#[tokio::test]
async fn an_opinion_that_is_too_long_is_refused_and_never_cut() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly").ctx().await;
    let id = ask(&officer, &waiver(&october(&t))).await.unwrap().id;
    let long = "长".repeat(REASON_LONGEST + 1);
    let office = t.person("bangong").ctx().await;
    let said = decide(&office, DecideRuling::of(id, 1, true, &long)).await;
    assert_eq!(beside(said, "opinion"), "意见最多1000字，现有1001字。");
}
