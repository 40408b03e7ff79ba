//! Bodies: renamed, moved, merged, closed, related; enterprises by their codes.

use app::body::{
    BodyChange, ListBodies, NewBody, NewEnterprise, change, close, create, link, list,
};
use app::body::{merge, show, unlink};
use app::duty::{Scope, ShowGrid, grid};
use domain::body::{Link, LinkKind};
use domain::id::BodyId;
use testkit::{TestApp, day, draft, key, new};

use crate::{Z2, beside, code, sentence};

fn enterprise(t: &TestApp, uscc: &str) -> NewBody {
    NewBody {
        enterprise: Some(NewEnterprise {
            uscc: uscc.to_owned(),
            ..NewEnterprise::default()
        }),
        ..new::firm("泽安县新开食品有限公司", t.body("shiqiao"), "2026-06-01")
    }
}

fn rename(name: &str) -> BodyChange {
    BodyChange {
        name: Some(name.to_owned()),
        ..BodyChange::default()
    }
}

async fn version(t: &TestApp, id: BodyId) -> i64 {
    show(&t.person("bangong").ctx().await, id)
        .await
        .unwrap()
        .version
}

/// Bodies by a part of their name, or by their credit code.
fn named(text: &str) -> ListBodies {
    ListBodies {
        text: Some(text.to_owned()),
        ..ListBodies::default()
    }
}

#[tokio::test]
async fn a_body_renamed_from_a_day_keeps_its_old_name_for_the_days_before() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong");
    let id = t.body("zhuanchang");
    change(
        &office.ctx().await,
        id,
        1,
        day("2026-06-01"),
        rename("泽安县新宏达建材有限公司"),
    )
    .await
    .unwrap();
    let now = show(&office.ctx().await, id).await.unwrap();
    assert_eq!(now.name, "泽安县新宏达建材有限公司");
    let names: Vec<(String, Option<chrono::NaiveDate>, &str)> = now
        .spans
        .iter()
        .map(|s| (s.from_on.to_string(), s.to_on, s.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("2026-06-01".to_owned(), None, "泽安县新宏达建材有限公司"),
            (
                "2026-01-05".to_owned(),
                Some(day("2026-06-01")),
                "泽安县宏达建材有限公司"
            ),
        ]
    );
    let may = show(&office.as_of("2026-05-31").await, id).await.unwrap();
    assert_eq!(may.name, "泽安县宏达建材有限公司");
    let ahead = change(
        &office.ctx().await,
        id,
        2,
        day("2026-06-11"),
        rename("再改"),
    )
    .await;
    assert_eq!(
        beside(ahead, "from_on"),
        "生效日期最晚为今天（2026年6月10日）。"
    );
    let behind = change(
        &office.ctx().await,
        id,
        2,
        day("2026-05-01"),
        rename("再改"),
    )
    .await;
    assert_eq!(beside(behind, "from_on"), "生效日期不能早于上一次变更。");
    let stale = change(
        &office.ctx().await,
        id,
        1,
        day("2026-06-09"),
        rename("再改"),
    )
    .await;
    assert_eq!(code(stale), "stale");
}

#[tokio::test]
async fn a_body_that_moved_stands_under_the_new_town_from_that_day() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong");
    let id = t.body("zhuanchang");
    let under = BodyChange {
        parent: Some(t.body("qingxi")),
        ..BodyChange::default()
    };
    change(&office.ctx().await, id, 1, day("2026-06-10"), under)
        .await
        .unwrap();
    let path = |p: app::body::BodySeen| p.path.last().map(|above| above.name.clone());
    let now = show(&office.ctx().await, id).await.unwrap();
    assert_eq!(path(now).as_deref(), Some("清溪镇"));
    let then = show(&office.as_of("2026-06-09").await, id).await.unwrap();
    assert_eq!(path(then).as_deref(), Some("石桥镇"));
    let loops = BodyChange {
        parent: Some(t.body("qingxi/gov")),
        ..BodyChange::default()
    };
    let town = t.body("qingxi");
    let below = change(&office.ctx().await, town, 1, day("2026-06-10"), loops).await;
    assert_eq!(
        beside(below, "parent"),
        "上级单位不能是它自己，也不能是它的下级。"
    );
}

#[tokio::test]
async fn a_body_with_others_below_it_is_not_closed() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    let town = close(&office, t.body("qingxi"), 1, day("2026-06-10")).await;
    assert_eq!(
        sentence(town),
        "它还有3个下级单位（中共清溪镇委员会等）。请先移到别的单位，或先撤销它们。"
    );
    assert_eq!(
        code(close(&office, t.home(), 1, day("2026-06-10")).await),
        "body.home"
    );
    let ahead = close(&office, t.body("jiayou"), 1, day("2026-06-11")).await;
    assert_eq!(beside(ahead, "on"), "撤销日期最晚为今天（2026年6月10日）。");
    let never = close(&office, t.body("jiayou"), 1, day("2026-01-01")).await;
    assert_eq!(
        beside(never, "on"),
        "撤销日期应晚于最近一次变更（2026年1月5日）。"
    );
}

#[tokio::test]
async fn a_closed_enterprise_owes_no_period_whose_cut_off_lies_later() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong");
    let check = |quarter| key(Z2, "self-check", t.owner("jiayou"), quarter);
    assert_eq!(office.sees(&check("2026-Q2")).await, "剩20天");
    close(&office.ctx().await, t.body("jiayou"), 1, day("2026-06-10"))
        .await
        .unwrap();
    assert!(office.opens(&check("2026-Q2")).await.is_err());
    assert_eq!(
        office.sees(&check("2026-Q1")).await,
        "逾期71天",
        "what fell due before stays"
    );
    let twice = close(&office.ctx().await, t.body("jiayou"), 2, day("2026-06-10")).await;
    assert_eq!(
        sentence(twice),
        "没有找到这个单位，可能已撤销，或不在您的查看范围内。"
    );
    let page = show(&office.ctx().await, t.body("jiayou")).await.unwrap();
    assert_eq!(
        (page.closed, page.closed_on),
        (true, Some(day("2026-06-10")))
    );
}

#[tokio::test]
async fn merged_towns_count_together_from_that_day_and_stand_apart_before() {
    let t = TestApp::at("2026-03-10").await;
    let (office, old, new) = (
        t.person("bangong"),
        t.person("qingxi.lly"),
        t.person("shiqiao.lly"),
    );
    let study = |town: &str| {
        let party = t.body(&format!("{town}/party")).to_string();
        let fields = [("form", "theory-group"), ("topic", "安全生产重要论述")];
        draft("study", "2026-03-10", &[("hosted", party)], &fields)
    };
    old.records(study("qingxi")).await.unwrap();
    new.records(study("shiqiao")).await.unwrap();
    let theory = |party| key(Z2, "theory-study", t.owner(party), "2026");
    let gov = |gov, month| key(Z2, "monthly-return", t.owner(gov), month);
    let ours = office.opens(&theory("shiqiao/party")).await.unwrap();
    assert_eq!(ours.item.share(), "1/2");

    t.set_day("2026-07-01");
    merge(
        &office.ctx().await,
        t.body("qingxi"),
        t.body("shiqiao"),
        day("2026-07-01"),
    )
    .await
    .unwrap();
    let ours = office.opens(&theory("shiqiao/party")).await.unwrap();
    assert_eq!(
        (
            ours.item.share().as_str(),
            testkit::standing(&ours.item).as_str()
        ),
        ("2/2", "已完成")
    );
    assert!(
        office.opens(&gov("qingxi/gov", "2026-07")).await.is_err(),
        "the old one owes no more"
    );
    assert_eq!(
        office.sees(&gov("qingxi/gov", "2026-06")).await,
        "逾期9天",
        "June stays its own"
    );
    assert_eq!(office.sees(&gov("shiqiao/gov", "2026-07")).await, "剩21天");
    let firm = show(&office.ctx().await, t.body("jiayou")).await.unwrap();
    assert_eq!(firm.path.last().map(|p| p.name.as_str()), Some("石桥镇"));

    let rows = |g: app::duty::Grid| -> Vec<String> { g.rows.into_iter().map(|r| r.name).collect() };
    let towns = ShowGrid {
        year: Some(2026),
        scope: Some(Scope::Towns),
        ..ShowGrid::default()
    };
    let march = grid(&office.as_of("2026-03-31").await, towns.clone())
        .await
        .unwrap();
    assert_eq!(rows(march), ["石桥镇", "清溪镇"], "as of March both stand");
    let once = office.as_of("2026-03-31").await;
    let then = app::duty::show(&once, &theory("shiqiao/party"))
        .await
        .unwrap();
    assert_eq!(then.item.share(), "1/2", "and each has its own");
    let history = show(&office.ctx().await, t.body("qingxi")).await.unwrap();
    assert!(history.closed && history.name == "清溪镇");
    let ctx = office.ctx().await;
    let again = merge(&ctx, t.body("qingxi"), t.body("shiqiao"), day("2026-07-01")).await;
    assert_eq!(code(again), "not-found");
}

#[tokio::test]
async fn only_two_of_a_kind_merge_and_not_before_they_stand() {
    let t = TestApp::at("2026-07-01").await;
    let office = t.person("bangong").ctx().await;
    let on = day("2026-07-01");
    let kinds = merge(&office, t.body("qingxi"), t.body("yingji"), on).await;
    assert_eq!(
        sentence(kinds),
        "只能把同类的两个单位合并，且不能是同一个。"
    );
    let self_ = merge(&office, t.body("qingxi"), t.body("qingxi"), on).await;
    assert_eq!(code(self_), "merge.kind");
    let ahead = merge(
        &office,
        t.body("qingxi"),
        t.body("shiqiao"),
        day("2026-08-01"),
    )
    .await;
    assert_eq!(beside(ahead, "on"), "合并日期最晚为今天（2026年7月1日）。");
    let officer = t.person("shiqiao.lly").ctx().await;
    let power = merge(&officer, t.body("shiqiao"), t.body("qingxi"), on).await;
    assert_eq!(code(power), "forbidden");
}

#[tokio::test]
async fn the_same_two_bodies_are_related_once() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    let leads = Link {
        kind: LinkKind::Member,
        a: t.body("xiaofang"),
        b: t.body("coal"),
        from_on: day("2026-06-01"),
        to_on: None,
    };
    link(&office, leads.clone()).await.unwrap();
    assert_eq!(
        sentence(link(&office, leads.clone()).await),
        "这两个单位已有这种关系。"
    );
    let own = Link {
        b: leads.a,
        ..leads.clone()
    };
    assert_eq!(beside(link(&office, own).await, "b"), "请选择另一个单位。");
    unlink(&office, leads.kind, leads.a, leads.b, day("2026-06-10"))
        .await
        .unwrap();
    let gone = unlink(&office, leads.kind, leads.a, leads.b, day("2026-06-10")).await;
    assert_eq!(code(gone), "not-found");
    let again = Link {
        from_on: day("2026-06-10"),
        ..leads
    };
    link(&office, again).await.unwrap();
}

#[tokio::test]
async fn a_wrong_credit_code_is_told_its_right_check_digit() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    let right = domain::uscc::Uscc::from_parts("91", "999025", "MA0N3W01").unwrap();
    let digit = right.as_str().chars().last().unwrap();
    let other = if digit == '0' { '1' } else { '0' };
    let wrong = format!("{}{other}", &right.as_str()[..17]);
    let said = beside(create(&office, enterprise(&t, &wrong)).await, "uscc");
    assert!(
        said.contains(&format!("“{digit}”")) || said.contains(digit),
        "{said}"
    );
    assert!(said.contains("校验"), "{said}");
    create(&office, enterprise(&t, right.as_str()))
        .await
        .unwrap();
    let by_code = named(right.as_str());
    let found = list(&office, by_code).await.unwrap();
    assert_eq!(
        found.rows.first().map(|l| l.name.as_str()),
        Some("泽安县新开食品有限公司")
    );
}

#[tokio::test]
async fn a_credit_code_is_registered_once() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    let code = domain::uscc::Uscc::from_parts("91", "999025", "MA0N3W01").unwrap();
    create(&office, enterprise(&t, code.as_str()))
        .await
        .unwrap();
    let twice = create(&office, enterprise(&t, &code.as_str().to_lowercase())).await;
    assert_eq!(
        beside(twice, "uscc"),
        "这个统一社会信用代码已经登记过。请在单位列表中按代码查找，核对是否为同一家。"
    );
    assert_eq!(
        list(&office, named("新开食品")).await.unwrap().rows.len(),
        1,
        "all or nothing"
    );
}

#[tokio::test]
async fn a_double_click_sets_up_one_body() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    let office = office.keyed("page-1");
    let (one, two) = tokio::join!(
        create(&office, enterprise(&t, "")),
        create(&office, enterprise(&t, ""))
    );
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(
        list(&office, named("新开食品")).await.unwrap().rows.len(),
        1
    );
}

#[tokio::test]
async fn a_body_is_set_up_under_one_that_exists_by_somebody_who_may() {
    let t = TestApp::at("2026-06-10").await;
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(
        code(create(&officer, enterprise(&t, "")).await),
        "forbidden"
    );
    let stray = NewBody {
        parent: Some(BodyId::new(t.system().ids.next(0))),
        ..enterprise(&t, "")
    };
    let hung = create(&officer, stray.clone()).await;
    assert_eq!(beside(hung, "parent"), "没有找到上级单位，请从列表中选择。");
    let office = t.person("bangong").ctx().await;
    let hung = create(&office, stray).await;
    assert_eq!(beside(hung, "parent"), "没有找到上级单位，请从列表中选择。");
    let mut wrong = enterprise(&t, "");
    wrong.name = " ".to_owned();
    wrong.division = "1405".to_owned();
    wrong.opened_on = day("2026-07-01");
    let said = |field| {
        let (office, wrong) = (office.clone(), wrong.clone());
        async move { beside(create(&office, wrong).await, field) }
    };
    assert_eq!(said("name").await, "请填写名称。");
    assert!(said("division").await.contains("6位（县）"));
    assert!(said("opened_on").await.contains("最晚为今天"));
    assert_eq!(
        version(&t, t.body("shiqiao")).await,
        1,
        "nothing was written"
    );
}

#[tokio::test]
async fn a_merger_entered_late_does_not_reach_behind_what_changed_since() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let firm = t.body("jiayou");
    change(
        &office,
        firm,
        1,
        day("2026-11-03"),
        rename("泽安县畅达加油站"),
    )
    .await
    .unwrap();
    let (old, into) = (t.body("qingxi"), t.body("shiqiao"));
    let early = merge(&office, old, into, day("2026-11-01")).await;
    assert!(beside(early, "on").contains("2026年11月3日"));
    let new = NewBody {
        parent: Some(old),
        opened_on: day("2026-11-05"),
        ..enterprise(&t, "")
    };
    create(&office, new).await.unwrap();
    let early = merge(&office, old, into, day("2026-11-04")).await;
    assert!(beside(early, "on").contains("新开食品"));
    t.set_day("2026-11-06");
    let office = t.person("bangong").ctx().await;
    merge(&office, old, into, day("2026-11-06")).await.unwrap();
    let moved = show(&office, firm).await.unwrap();
    assert_eq!(moved.name, "泽安县畅达加油站");
    assert_eq!(moved.path.last().map(|p| p.name.as_str()), Some("石桥镇"));
}
