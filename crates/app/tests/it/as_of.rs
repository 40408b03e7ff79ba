//! Looking at an earlier day: what was known then, and nothing can be changed.

use app::Ctx;
use app::act::{ActQuery, Change, words};
use app::duty::{Desk, Grid, ListDuties, Scope, ShowGrid};
use app::occasion::ListOccasions;
use app::ruling::{Ask, ListRulings};
use domain::act::ActState;
use domain::listing::PageSize;
use domain::policy::Role;
use domain::ruling::{RulingKind, RulingReason, RulingState};
use testkit::{TestApp, day, draft, every_duty, key, new, standing};

use crate::{Z1, Z2, code, sentence};

fn everything() -> ShowGrid {
    ShowGrid {
        year: Some(2026),
        scope: Some(Scope::All),
        size: Some(PageSize::ThreeHundred),
        ..ShowGrid::default()
    }
}

/// The grid as somebody reads it, a line a row.
fn read(grid: &Grid) -> Vec<String> {
    let row = |r: &app::duty::GridRow| {
        let cells: Vec<String> = r.cells.iter().map(|c| format!("{c:?}")).collect();
        format!(
            "{}：{}（{}/{}）",
            r.name,
            cells.join("｜"),
            r.in_time,
            r.fallen_due
        )
    };
    grid.rows.iter().map(row).collect()
}

/// The desk as somebody reads it.
fn lying(desk: &Desk) -> Vec<String> {
    let line =
        |i: &app::duty::Item| format!("{} {} {} {}", i.due_on, i.owner_name, i.title, standing(i));
    let mut out: Vec<String> = desk.open.iter().chain(&desk.done).map(line).collect();
    out.push(format!(
        "{} open, {} late, {} done",
        desk.open_count, desk.overdue_count, desk.done_count
    ));
    out.push(format!(
        "{} to decide, {} to judge",
        desk.to_decide, desk.to_judge
    ));
    out
}

async fn grid(ctx: &Ctx) -> Vec<String> {
    read(&app::duty::grid(ctx, everything()).await.unwrap())
}

async fn desk(ctx: &Ctx) -> Vec<String> {
    lying(&app::duty::desk(ctx, None).await.unwrap())
}

/// A month of work in March.
async fn march(t: &TestApp) {
    let (one, two) = (t.person("shiqiao.lly"), t.person("qingxi.lly"));
    for on in ["2026-03-03", "2026-03-17"] {
        t.set_day(on);
        one.records(t.visit("shiqiao/head", "yimei", on))
            .await
            .unwrap();
    }
    t.set_day("2026-03-20");
    two.records(t.monthly("qingxi/gov", "2026-03", "2026-03-20"))
        .await
        .unwrap();
    t.set_day("2026-03-24");
    one.records(t.monthly("shiqiao/gov", "2026-03", "2026-03-24"))
        .await
        .unwrap();
}

/// What came afterwards, some of it about March.
async fn afterwards(t: &TestApp) {
    t.set_day("2026-04-02");
    about_march(t).await;
    waived(t).await;
    let office = t.person("bangong");
    t.set_day("2026-04-28");
    let labour = new::occasion("labour-day", "2026年五一", "2026-05-01", "2026-05-05");
    app::occasion::open(&office.ctx().await, labour)
        .await
        .unwrap();
    t.set_day("2026-07-01");
    let (old, new) = (t.body("qingxi"), t.body("shiqiao"));
    app::body::merge(&office.ctx().await, old, new, day("2026-07-01"))
        .await
        .unwrap();
    t.set_day("2026-11-05");
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-05");
    t.person("shiqiao.lly").records(visit).await.unwrap();
}

/// A visit entered late, returns accepted, a visit withdrawn.
async fn about_march(t: &TestApp) {
    let (one, two, office) = (
        t.person("shiqiao.lly"),
        t.person("qingxi.lly"),
        t.person("bangong"),
    );
    two.records(t.visit("qingxi/head", "jiayou", "2026-03-30"))
        .await
        .unwrap();
    let waiting = ActQuery {
        waiting: true,
        ..ActQuery::default()
    };
    let returns = app::act::acts(&office.ctx().await, waiting).await.unwrap();
    for line in returns.rows {
        let change = Change {
            id: line.id,
            version: 1,
            reason: "核对无误".to_owned(),
        };
        app::act::accept(&office.ctx().await, &change)
            .await
            .unwrap();
    }
    let mine = app::act::acts(&one.ctx().await, ActQuery::default())
        .await
        .unwrap();
    let visit = mine
        .rows
        .iter()
        .find(|l| l.occurred_on == day("2026-03-03"))
        .unwrap();
    let gone = Change {
        id: visit.id,
        version: 1,
        reason: "重复".to_owned(),
    };
    app::act::withdraw(&one.ctx().await, &gone).await.unwrap();
}

/// A waiver of March, asked for and granted in April.
async fn waived(t: &TestApp) {
    let office = t.person("bangong");
    let missed = key(
        Z2,
        "government-leader-visit",
        t.owner("gov/deputy"),
        "2026-03",
    );
    let ask = Ask::of(missed, RulingKind::Waiver, RulingReason::Weather, "抗洪");
    let asked = app::ruling::ask(&office.ctx().await, &ask)
        .await
        .unwrap()
        .id;
    t.joins_office("bangong.2", "安小二").await;
    let second = t.person("bangong.2").ctx().await;
    app::ruling::decide(&second, app::ruling::DecideRuling::of(asked, 1, true, ""))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_grid_and_the_desk_look_back_at_what_they_said_on_the_day() {
    let t = TestApp::at("2026-03-02").await;
    march(&t).await;
    t.set_day("2026-03-31");
    let said_grid = grid(&t.person("bangong").ctx().await).await;
    let mut said_desks = Vec::new();
    let people = [
        "bangong",
        "shiqiao.lly",
        "qingxi.lly",
        "fuxianzhang",
        "yingji.jz",
    ];
    for login in people {
        said_desks.push(desk(&t.person(login).ctx().await).await);
    }
    afterwards(&t).await;
    assert_ne!(
        grid(&t.person("bangong").ctx().await).await,
        said_grid,
        "much has changed since"
    );
    assert_eq!(
        grid(&t.person("bangong").as_of("2026-03-31").await).await,
        said_grid
    );
    for (login, said) in people.iter().zip(&said_desks) {
        // The body that the second town was is gone; its officer answers for what is left.
        if *login != "qingxi.lly" {
            assert_eq!(
                desk(&t.person(login).as_of("2026-03-31").await).await,
                *said,
                "{login}"
            );
        }
    }
}

#[tokio::test]
async fn a_duty_stands_as_it_was_known_then() {
    let t = TestApp::at("2026-03-02").await;
    march(&t).await;
    afterwards(&t).await;
    let office = t.person("bangong");
    let then = office.as_of("2026-03-31").await;
    let on = |k: domain::duty::Key| {
        let (then, office) = (then.clone(), t.person("bangong"));
        async move {
            let then = standing(&app::duty::show(&then, &k).await.unwrap().item);
            (then, office.sees(&k).await)
        }
    };
    let visit = |who| key(Z2, "government-leader-visit", t.owner(who), "2026-03");
    assert_eq!(
        on(visit("qingxi/head")).await,
        ("今天截止".into(), "已完成".into())
    );
    assert_eq!(
        on(visit("gov/deputy")).await,
        ("今天截止".into(), "豁免".into())
    );
    let report = |who| key(Z2, "monthly-return", t.owner(who), "2026-03");
    assert_eq!(
        on(report("qingxi/gov")).await,
        ("已完成（暂）".into(), "已完成".into())
    );
    assert_eq!(
        on(report("shiqiao/gov")).await,
        ("迟2天完成（暂）".into(), "迟2天完成".into())
    );
}

#[tokio::test]
async fn acts_entered_later_are_not_seen() {
    let t = TestApp::at("2026-03-02").await;
    let officer = t.person("shiqiao.lly");
    let early = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-03-02"))
        .await
        .unwrap();
    t.set_day("2026-04-02");
    let late = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-03-30"))
        .await
        .unwrap();
    let mut moved = t.visit("shiqiao/head", "zhuanchang", "2026-03-01");
    moved
        .fields
        .insert("way".to_owned(), vec!["routine".to_owned()]);
    let change = Change {
        id: early,
        version: 1,
        reason: "记错了地方".to_owned(),
    };
    app::act::amend(&officer.ctx().await, &change, &moved)
        .await
        .unwrap();
    let then = officer.as_of("2026-03-31").await;
    let list = app::act::acts(&then, ActQuery::default()).await.unwrap();
    let lines: Vec<_> = list
        .rows
        .iter()
        .map(|l| (l.id, words::headline(l)))
        .collect();
    assert_eq!(lines, [(early, "检查：泽安县一号煤业有限公司".to_owned())]);
    assert_eq!(code(app::act::show(&then, late).await), "not-found");
    let page = app::act::show(&then, early).await.unwrap();
    assert_eq!(
        (page.act.version, page.act.occurred_on),
        (1, day("2026-03-02"))
    );
    assert_eq!(words::value(page.fields.first().unwrap()), "四不两直");
    assert_eq!(page.versions.len(), 1, "the later version was not there");
    assert!(!page.may_amend && !page.may_judge);
    let march = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-03",
    );
    let duty = app::duty::show(&then, &march).await.unwrap();
    assert_eq!(duty.acts.len(), 1);
    assert_eq!(standing(&duty.item), "已完成");
}

#[tokio::test]
async fn what_was_withdrawn_later_still_stood_then() {
    let t = TestApp::at("2026-03-02").await;
    let officer = t.person("shiqiao.lly");
    let id = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-03-02"))
        .await
        .unwrap();
    t.set_day("2026-04-02");
    let change = Change {
        id,
        version: 1,
        reason: "重复".to_owned(),
    };
    app::act::withdraw(&officer.ctx().await, &change)
        .await
        .unwrap();
    let then = officer.as_of("2026-03-31").await;
    let page = app::act::show(&then, id).await.unwrap();
    assert_eq!(page.act.state, ActState::Recorded);
    assert!(!page.meets.is_empty(), "it counted then");
    assert_eq!(
        app::act::show(&officer.ctx().await, id)
            .await
            .unwrap()
            .act
            .state,
        ActState::Withdrawn
    );
}

#[tokio::test]
async fn nothing_is_written_while_an_earlier_day_is_looked_at() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-03-30");
    let id = officer.records(visit.clone()).await.unwrap();
    let then = officer.as_of("2026-03-31").await;
    let polite = "您正在查看2026年3月31日的情况，只能看不能改。请先点“回到今天”再办理。";
    assert_eq!(sentence(app::act::record(&then, &visit).await), polite);
    let change = Change {
        id,
        version: 1,
        reason: "改".to_owned(),
    };
    assert_eq!(
        sentence(app::act::amend(&then, &change, &visit).await),
        polite
    );
    assert_eq!(sentence(app::act::withdraw(&then, &change).await), polite);
    let office = t.person("bangong").as_of("2026-03-31").await;
    assert_eq!(sentence(app::act::accept(&office, &change).await), polite);
    let post = t.post("gov/deputy");
    let over = app::post::hand_over(
        &office,
        post,
        Some(t.person_id("fuxianzhang")),
        None,
        day("2026-03-31"),
    );
    assert_eq!(sentence(over.await), polite);
    let over = app::post::hand_over(
        &office,
        post,
        Some(t.person_id("fuxianzhang")),
        None,
        day("2026-03-31"),
    );
    assert_eq!(sentence(over.await), polite);
    let close = app::body::close(&office, t.body("jiayou"), 1, day("2026-03-31")).await;
    assert_eq!(sentence(close), polite);
    let password =
        app::session::change_password(&then, testkit::PASSWORD, "Xin-20260", "Xin-20260", "");
    assert_eq!(sentence(password.await), polite);
    let desk = app::duty::desk(&then, None).await.unwrap();
    assert!(!desk.may_record, "nor does the page offer it");
    let march = key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-03");
    let page = app::duty::show(&then, &march).await.unwrap();
    assert!(!page.may_record && !page.may_ask);
}

#[tokio::test]
async fn the_list_of_duties_looks_back_too() {
    let t = TestApp::at("2026-03-02").await;
    march(&t).await;
    t.set_day("2026-03-31");
    let query = ListDuties {
        year: Some(2026),
        ..ListDuties::default()
    };
    let read = async |ctx: &Ctx| -> Vec<String> {
        let line = |i: &app::duty::Item| {
            format!("{} {} {} {}", i.due_on, i.owner_name, i.title, standing(i))
        };
        let all = every_duty(ctx, query.clone()).await.unwrap();
        all.iter().map(line).collect()
    };
    let said = read(&t.person("bangong").ctx().await).await;
    afterwards(&t).await;
    let then = t.person("bangong").as_of("2026-03-31").await;
    assert_eq!(read(&then).await, said);
}

#[tokio::test]
async fn an_occasion_opened_later_was_not_there() {
    let t = TestApp::at("2026-10-09").await;
    let office = t.person("bangong");
    let hosted = [("hosted", t.body("coal").to_string())];
    office
        .records(draft(
            "consultation",
            "2026-10-03",
            &hosted,
            &[("topic", "值班值守")],
        ))
        .await
        .unwrap();
    t.set_day("2026-10-12");
    let national = new::national_day();
    let id = app::occasion::open(&office.ctx().await, national)
        .await
        .unwrap()
        .id;
    let special = key(
        Z1,
        "occasion-consultation",
        t.owner("coal"),
        "2026-10-01..2026-10-08",
    );
    let then = office.as_of("2026-10-09").await;
    assert_eq!(code(app::duty::show(&then, &special).await), "not-found");
    assert!(
        app::occasion::list(&then, ListOccasions::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    t.set_day("2026-10-20");
    app::occasion::withdraw(&office.ctx().await, id)
        .await
        .unwrap();
    let between = office.as_of("2026-10-12").await;
    assert_eq!(
        standing(&app::duty::show(&between, &special).await.unwrap().item),
        "已完成"
    );
    assert_eq!(
        app::occasion::list(&between, ListOccasions::default())
            .await
            .unwrap()
            .rows
            .len(),
        1
    );
}

#[tokio::test]
async fn a_post_shows_who_held_it_then_and_nobody_who_came_later() {
    let t = TestApp::at("2026-03-02").await;
    let office = t.person("bangong");
    let (post, old) = (t.post("gov/deputy"), t.person_id("fuxianzhang"));
    let new = t
        .joins("xinren", "新任同志", &[(Role::Leader, t.home())])
        .await;
    t.set_day("2026-06-01");
    app::post::hand_over(
        &office.ctx().await,
        post,
        Some(old),
        Some(new),
        day("2026-06-01"),
    )
    .await
    .unwrap();
    let page = |on| {
        let office = t.person("bangong");
        async move {
            let page = app::post::show(&office.as_of(on).await, post)
                .await
                .unwrap();
            let held: Vec<String> = page
                .tenures
                .into_iter()
                .map(|t| {
                    let to = t.to_on.map(|to| to.to_string()).unwrap_or_default();
                    format!("{} {}..{to}", t.person.name, t.from_on)
                })
                .collect();
            (page.holder.map(|h| h.name).unwrap_or_default(), held)
        }
    };
    assert_eq!(
        page("2026-05-31").await,
        ("副小县".to_owned(), vec!["副小县 2026-01-05..".to_owned()])
    );
    t.set_day("2026-06-02");
    let (holder, held) = page("2026-06-01").await;
    assert_eq!((holder.as_str(), held.len()), ("新任同志", 2));
    let before = app::post::show(&office.as_of("2026-01-04").await, post).await;
    assert_eq!(code(before), "not-found", "it was set up on 5 January");
}

#[tokio::test]
async fn a_request_waits_on_the_days_before_it_was_decided() {
    let t = TestApp::at("2026-04-02").await;
    let office = t.person("bangong");
    waived(&t).await;
    let id = app::ruling::list(&office.ctx().await, ListRulings::default())
        .await
        .unwrap()
        .rows[0]
        .id;
    assert_eq!(
        app::ruling::show(&office.ctx().await, id)
            .await
            .unwrap()
            .state,
        RulingState::Approved
    );
    let early = app::ruling::show(&office.as_of("2026-04-01").await, id).await;
    assert_eq!(code(early), "not-found", "nobody had asked");

    let missed = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-03",
    );
    let ask = Ask::of(missed, RulingKind::Waiver, RulingReason::Weather, "抗洪");
    let town = t.person("shiqiao.lly");
    let asked = app::ruling::ask(&town.ctx().await, &ask).await.unwrap().id;
    t.set_day("2026-04-10");
    app::ruling::decide(
        &office.ctx().await,
        app::ruling::DecideRuling::of(asked, 1, false, "理由不足"),
    )
    .await
    .unwrap();
    let then = town.as_of("2026-04-09").await;
    let page = app::ruling::show(&then, asked).await.unwrap();
    assert_eq!((page.state, page.decision), (RulingState::Asked, None));
    assert!(!page.may_withdraw && !page.may_decide);
    let now = app::ruling::show(&town.ctx().await, asked).await.unwrap();
    assert_eq!(now.decision.unwrap().opinion, "理由不足");
}

#[tokio::test]
async fn a_person_has_the_roles_and_posts_of_the_day_looked_at() {
    let t = TestApp::at("2026-03-02").await;
    let (person, town) = (t.person_id("shiqiao.lly"), t.body("qingxi"));
    let (sec, sys) = (t.person("sec"), t.person("sys"));
    let (post, liaison) = (t.post("shiqiao/liaison"), t.person("bangong"));
    t.set_day("2026-05-06");
    app::role::grant(&sec.ctx().await, person, Role::Viewer, town)
        .await
        .unwrap();
    t.set_day("2026-06-01");
    let ctx = liaison.ctx().await;
    app::post::hand_over(&ctx, post, Some(person), None, day("2026-06-01"))
        .await
        .unwrap();
    t.set_day("2026-07-01");
    let asked = || app::person::ListPeople {
        text: Some("shiqiao.lly".to_owned()),
        ..app::person::ListPeople::default()
    };
    let of = |login: &'static str, on: &'static str| {
        let t = &t;
        async move {
            let ctx = t.person(login).as_of(on).await;
            let page = app::person::show(&ctx, person).await.unwrap();
            let line = app::person::list(&ctx, asked()).await.unwrap().rows;
            assert_eq!(line[0].roles.len(), page.grants.len());
            assert_eq!(!line[0].posts.is_empty(), !page.posts.is_empty());
            (page.grants.len(), page.posts.len())
        }
    };
    assert_eq!(of("sec", "2026-05-05").await, (1, 1));
    assert_eq!(of("sys", "2026-05-06").await, (2, 1));
    assert_eq!(of("sys", "2026-06-01").await, (2, 0));
    let viewers = |all: Vec<app::role::GrantSeen>| {
        let viewer = |g: &&app::role::GrantSeen| g.role == Role::Viewer;
        all.iter().filter(viewer).count()
    };
    let then = crate::roles(&sec.as_of("2026-05-05").await).await;
    assert_eq!(viewers(then.unwrap()), 0);
    let now = crate::roles(&sec.ctx().await).await;
    assert_eq!(viewers(now.unwrap()), 1);
    assert!(app::person::show(&sys.ctx().await, person).await.is_ok());
}
