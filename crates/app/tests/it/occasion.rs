//! Occasions: what is owed in a festival or a sensitive time.

use app::door::Nothing;
use app::duty::{ListDuties, Scope};
use app::occasion::{ListOccasions, NewOccasion, Suggested, kinds, list, open, withdraw};
use domain::occasion::OccasionState;
use domain::standing::State;
use testkit::{TestApp, day, draft, key, new};

use crate::{Z1, beside, code};

const SPAN: &str = "2026-10-01..2026-10-08";

fn october(scope: Scope) -> ListDuties {
    ListDuties {
        year: Some(2026),
        month: Some("2026-10".parse().unwrap()),
        text: Some("会商".to_owned()),
        scope: Some(scope),
        ..ListDuties::default()
    }
}

#[tokio::test]
async fn an_occasion_that_was_opened_brings_its_duties_and_they_are_never_overdue() {
    let t = TestApp::at("2026-09-28").await;
    let office = t.person("bangong");
    let special = key(Z1, "occasion-consultation", t.owner("coal"), SPAN);
    assert!(office.opens(&special).await.is_err(), "nothing is owed yet");
    let id = open(&office.ctx().await, new::national_day())
        .await
        .unwrap()
        .id;
    assert_eq!(office.sees(&special).await, "未到期");
    let shown = list(&office.ctx().await, ListOccasions::default())
        .await
        .unwrap();
    let first = shown.rows.first().unwrap();
    assert_eq!(
        (first.id, first.kind_title.as_deref(), first.state),
        (id, Some("国庆"), OccasionState::Coming)
    );

    t.set_day("2026-10-05");
    assert_eq!(office.sees(&special).await, "剩3天");
    let committee = t.person("yingji.jz");
    let desk = app::duty::desk(&committee.ctx().await, None).await.unwrap();
    let mut due = desk.days.iter().flat_map(|d| &d.due);
    assert!(
        due.any(|i| i.key == special),
        "it lies on the desk of the lead"
    );

    t.set_day("2026-10-20");
    let page = office.opens(&special).await.unwrap();
    assert_eq!(page.item.standing.state, State::Open);
    assert!(page.item.by_occasion, "never overdue by itself");
    let desk = app::duty::desk(&committee.ctx().await, None).await.unwrap();
    assert!(
        desk.open.iter().all(|i| i.key != special),
        "it does not lie there for ever"
    );
}

#[tokio::test]
async fn a_consultation_in_the_festival_meets_the_occasion_and_the_quarter() {
    let t = TestApp::at("2026-09-28").await;
    let office = t.person("bangong");
    open(&office.ctx().await, new::national_day())
        .await
        .unwrap();
    t.set_day("2026-10-05");
    let hosted = [("hosted", t.body("coal").to_string())];
    let meeting = draft(
        "consultation",
        "2026-10-03",
        &hosted,
        &[("topic", "国庆值班值守")],
    );
    t.person("yingji.jz").records(meeting).await.unwrap();
    let coal = t.owner("coal");
    assert_eq!(
        office
            .sees(&key(Z1, "occasion-consultation", coal, SPAN))
            .await,
        "已完成"
    );
    assert_eq!(
        office
            .sees(&key(Z1, "joint-consultation", coal, "2026-Q4"))
            .await,
        "已完成"
    );
}

#[tokio::test]
async fn acts_recorded_before_the_occasion_was_opened_count_in_it() {
    let t = TestApp::at("2026-10-09").await;
    let office = t.person("bangong");
    let hosted = [("hosted", t.body("coal").to_string())];
    let meeting = draft(
        "consultation",
        "2026-10-03",
        &hosted,
        &[("topic", "国庆值班值守")],
    );
    office.records(meeting).await.unwrap();
    open(&office.ctx().await, new::national_day())
        .await
        .unwrap();
    let special = key(Z1, "occasion-consultation", t.owner("coal"), SPAN);
    assert_eq!(office.sees(&special).await, "已完成");
}

#[tokio::test]
async fn an_occasion_that_was_withdrawn_takes_its_duties_away() {
    let t = TestApp::at("2026-10-05").await;
    let office = t.person("bangong");
    let id = open(&office.ctx().await, new::national_day())
        .await
        .unwrap()
        .id;
    let committees = october(Scope::Committees);
    let before = app::duty::list(&office.ctx().await, committees.clone())
        .await
        .unwrap();
    assert_eq!(before.rows.iter().filter(|i| i.by_occasion).count(), 1);
    withdraw(&office.ctx().await, id).await.unwrap();
    let after = app::duty::list(&office.ctx().await, committees.clone())
        .await
        .unwrap();
    assert_eq!(after.count.rows, 0, "{:?}", after.rows);
    let special = key(Z1, "occasion-consultation", t.owner("coal"), SPAN);
    assert!(office.opens(&special).await.is_err());
    assert!(
        list(&office.ctx().await, ListOccasions::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let again = withdraw(&office.ctx().await, id).await;
    assert_eq!(code(again), "not-found");
}

#[tokio::test]
async fn an_occasion_has_a_kind_a_title_and_days_in_order() {
    let t = TestApp::at("2026-09-28").await;
    let office = t.person("bangong").ctx().await;
    let wrong = NewOccasion {
        kind: "birthday".parse().unwrap(),
        title: String::new(),
        from_on: day("2026-10-08"),
        to_on: day("2026-10-01"),
    };
    assert_eq!(
        beside(open(&office, wrong.clone()).await, "to_on"),
        "结束日期不能早于开始日期。"
    );
    assert!(beside(open(&office, wrong.clone()).await, "kind").contains("列表"));
    assert!(beside(open(&office, wrong).await, "title").contains("最多40字"));
    let long = NewOccasion {
        to_on: day("2027-10-01"),
        ..new::national_day()
    };
    assert_eq!(
        beside(open(&office, long).await, "to_on"),
        "一个节点最长120天。"
    );
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(code(open(&officer, new::national_day()).await), "forbidden");
}

#[tokio::test]
async fn an_occasion_of_a_kind_is_opened_once() {
    let t = TestApp::at("2026-09-28").await;
    let office = t.person("bangong").ctx().await;
    let (one, two) = tokio::join!(
        open(&office, new::national_day()),
        open(&office, new::national_day())
    );
    assert_ne!(one.is_ok(), two.is_ok(), "a double click opens one");
    let again = open(&office, new::national_day()).await;
    assert_eq!(
        crate::sentence(again),
        "同类节点“2026年国庆”（10月1日—10月8日）已经设定，日期重叠。要改日期的，请先撤销那一个。"
    );
    let id = list(&office, ListOccasions::default())
        .await
        .unwrap()
        .rows
        .first()
        .unwrap()
        .id;
    withdraw(&office, id).await.unwrap();
    open(&office, new::national_day()).await.unwrap();
}

#[tokio::test]
async fn the_holidays_to_come_are_suggested() {
    let t = TestApp::at("2026-09-28").await;
    let shown = kinds(&t.person("bangong").ctx().await, Nothing {})
        .await
        .unwrap();
    let suggested = |s: &Suggested| (s.title.clone(), s.from_on.to_string());
    let days: Vec<(String, String)> = shown.suggested.iter().map(suggested).collect();
    assert!(
        days.contains(&("国庆".to_owned(), "2026-10-01".to_owned())),
        "{days:?}"
    );
    assert!(
        !days.iter().any(|(_, on)| on.starts_with("2027")),
        "2027 is not known yet: {days:?}"
    );
}

#[tokio::test]
async fn what_is_recorded_while_an_occasion_is_being_opened_counts_in_it() {
    let t = TestApp::at("2026-10-09").await;
    let office = t.person("bangong").ctx().await;
    let committee = t.person("yingji.jz").ctx().await;
    let mut at_once = tokio::task::JoinSet::new();
    for n in 0..8 {
        // In the middle of them the office opens the days that they fall into.
        if n == 4 {
            let office = office.clone();
            at_once.spawn(async move { open(&office, new::national_day()).await.map(|_| ()) });
        }
        let committee = committee.clone();
        let hosted = [("hosted", t.body("coal").to_string())];
        let meeting = draft(
            "consultation",
            "2026-10-03",
            &hosted,
            &[("topic", &format!("国庆值班值守之{n}"))],
        );
        at_once.spawn(async move {
            let done = app::act::record(&committee, &meeting).await;
            done.map(|_| ())
        });
    }
    assert!(at_once.join_all().await.iter().all(Result::is_ok));
    let home = t.home();
    let world = t.app.world(home).await.unwrap();
    let (counted, rebuilt) = t
        .app
        .store
        .read(async |r| {
            let counted = store::counted::counted_all(r, home).await?;
            let (from, to) = (day("2026-01-01"), day("2026-12-31"));
            let rebuilt = app::counted::rebuild(r, &world, from, to).await?;
            Ok::<_, app::Error>((counted, rebuilt))
        })
        .await
        .unwrap();
    assert_eq!(counted, rebuilt);
    let in_it = |row: &&domain::weigh::Counted| row.key.duty.as_str() == "occasion-consultation";
    assert_eq!(counted.iter().filter(in_it).count(), 8);
}
