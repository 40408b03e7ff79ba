//! Counting anew: after every kind of change what stands equals its computation from nothing, a
//! change reads no act that it cannot touch, and a rebuild takes effect in one link.

use app::body::{BodyChange, NewBody, change, close, create_many, link, merge, unlink};
use app::counted::{Beside, Progress, recount_home};
use app::occasion::{NewOccasion, open, withdraw};
use app::ruling::{Ask, DecideRuling, ask, decide};
use app::{App, Error};
use chrono::NaiveDate;
use domain::body::{AttrValue, Link, LinkKind};
use domain::id::BodyId;
use domain::pack::Choices;
use domain::ruling::{RulingKind, RulingReason};
use domain::weigh::Counted;
use testkit::{TestApp, day, draft, key, new};

use crate::{Z1, Z2};

/// What stands, in the order of the values.
async fn standing(t: &TestApp) -> Vec<Counted> {
    let home = t.home();
    let read = t.app.store.read(async |r| {
        let rows = store::counted::counted_all(r, home).await?;
        Ok::<_, Error>(rows)
    });
    read.await.unwrap()
}

/// Fails unless what stands is what a computation from nothing says. Returns how many rows stand.
async fn equals_a_rebuild(t: &TestApp, after: &str) -> usize {
    let (home, world) = (t.home(), t.app.world(t.home()).await.unwrap());
    let read = t
        .app
        .store
        .read(async |r| app::counted::rebuild(r, &world, NaiveDate::MIN, NaiveDate::MAX).await);
    let rebuilt = read.await.unwrap();
    let counted = standing(t).await;
    assert_eq!(counted, rebuilt, "after {after}, in {home}");
    counted.len()
}

/// A year of a small county: visits, meetings, studies, checks, returns.
async fn a_year(t: &TestApp, times: u32) {
    let office = t.person("bangong").ctx().await;
    let body = |short: &str| t.body(short).to_string();
    let mut drafts = Vec::new();
    for n in 0..times {
        let on = format!("2026-{:02}-{:02}", 3 + n % 8, 1 + n % 28);
        let leaders = ["shiqiao/head", "qingxi/head", "gov/deputy", "yingji/head"];
        let place = ["yimei", "zhuanchang", "jiayou"][n as usize % 3];
        drafts.push(t.visit(leaders[n as usize % 4], place, &on));
        let party = body(["shiqiao/party", "qingxi/party"][n as usize % 2]);
        let study = [("form", "theory-group"), ("topic", "专题学习")];
        drafts.push(draft("study", &on, &[("hosted", party)], &study));
        let found = [("scope", "full"), ("found", "2")];
        drafts.push(draft("self-check", &on, &[("hosted", body(place))], &found));
        let form = ["plenary", "thematic", "monthly"][n as usize % 3];
        let parts = [
            ("hosted", body("coal")),
            ("presided", t.post("coal/chair").to_string()),
            ("took-part", body("xiaofang")),
        ];
        let meeting = [("form", form), ("topic", "研究工作")];
        drafts.push(draft("meeting", &on, &parts, &meeting));
        let parts = [("hosted", body("coal")), ("took-part", body("yingji"))];
        drafts.push(draft("consultation", &on, &parts, &[("topic", "季度会商")]));
    }
    for batch in drafts.chunks(app::act::BATCH_MAX) {
        app::act::record_many(&office, batch).await.unwrap();
    }
}

/// The returns of both towns, handed in late in the month that they name.
async fn returns(t: &TestApp) {
    let office = t.person("bangong").ctx().await;
    for month in 3..=9 {
        let month = format!("2026-{month:02}");
        for town in ["shiqiao/gov", "qingxi/gov"] {
            let on = format!("{month}-27");
            app::act::record(&office, &t.monthly(town, &month, &on))
                .await
                .unwrap();
        }
    }
}

fn enterprise(parent: BodyId, name: &str, on: &str) -> NewBody {
    new::firm(name, parent, on)
}

async fn version(t: &TestApp, id: BodyId) -> i64 {
    let office = t.person("bangong").ctx().await;
    app::body::show(&office, id).await.unwrap().version
}

#[tokio::test]
async fn after_each_change_of_bodies_what_counts_equals_its_rebuild() {
    let t = TestApp::at("2026-11-05").await;
    a_year(&t, 40).await;
    returns(&t).await;
    equals_a_rebuild(&t, "a year").await;
    let office = t.person("bangong").ctx().await;
    let town = t.body("shiqiao");
    let new = enterprise(town, "石桥镇新砖厂", "2026-03-02");
    let made = create_many(&office, vec![new], Vec::new()).await;
    let firm = made.unwrap()[0];
    equals_a_rebuild(&t, "an enterprise opened long ago").await;
    let regulates = Link {
        kind: LinkKind::Regulates,
        a: t.body("yingji"),
        b: firm,
        from_on: day("2026-03-02"),
        to_on: None,
    };
    link(&office, regulates.clone()).await.unwrap();
    equals_a_rebuild(&t, "a regulator").await;
    unlink(
        &office,
        regulates.kind,
        regulates.a,
        firm,
        day("2026-06-01"),
    )
    .await
    .unwrap();
    equals_a_rebuild(&t, "a regulator that ended").await;
    let leads = Link {
        kind: LinkKind::Leads,
        a: t.body("xiaofang"),
        b: t.body("coal"),
        from_on: day("2026-04-01"),
        to_on: None,
    };
    link(&office, leads.clone()).await.unwrap();
    equals_a_rebuild(&t, "a second lead").await;
    unlink(&office, leads.kind, leads.a, leads.b, day("2026-08-01"))
        .await
        .unwrap();
    equals_a_rebuild(&t, "a lead that ended").await;
    for (n, (short, flag)) in [("yimei", false), ("zhuanchang", true), ("yimei", true)]
        .into_iter()
        .enumerate()
    {
        let id = t.body(short);
        let hazard = BodyChange {
            attrs: [("high_hazard".to_owned(), AttrValue::Flag(flag))].into(),
            ..BodyChange::default()
        };
        let on = day("2026-07-01") + chrono::Days::new(n as u64);
        change(&office, id, version(&t, id).await, on, hazard)
            .await
            .unwrap();
        equals_a_rebuild(&t, "another hazard").await;
    }
    close(&office, firm, version(&t, firm).await, day("2026-09-01"))
        .await
        .unwrap();
    equals_a_rebuild(&t, "an enterprise closed").await;
    merge(
        &office,
        t.body("qingxi"),
        t.body("shiqiao"),
        day("2026-09-10"),
    )
    .await
    .unwrap();
    assert!(equals_a_rebuild(&t, "a merger of towns").await > 0);
}

#[tokio::test]
async fn after_each_change_of_posts_packs_occasions_and_dates_what_counts_equals_its_rebuild() {
    let t = TestApp::bare("2026-11-05").await;
    t.import("common").await;
    t.import(Z2).await;
    t.apply(Z2, 1, "2026-02-14", Choices::default()).await;
    a_year_without_z1(&t).await;
    equals_a_rebuild(&t, "a year under one notice").await;
    t.import(Z1).await;
    t.apply(Z1, 1, "2026-02-14", Choices::default()).await;
    let under_both = equals_a_rebuild(&t, "a second notice").await;
    let office = t.person("bangong").ctx().await;
    let id = open(&office, new::national_day()).await.unwrap().id;
    equals_a_rebuild(&t, "an occasion opened afterwards").await;
    withdraw(&office, id).await.unwrap();
    assert_eq!(
        under_both,
        equals_a_rebuild(&t, "an occasion withdrawn").await
    );
    let post = new::post(t.body("shiqiao/gov"), "head", "代镇长", "2026-05-01");
    app::post::create_many(&t.system(), vec![post])
        .await
        .unwrap();
    equals_a_rebuild(&t, "a post since May").await;
    let late = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-10",
    );
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-03");
    t.person("bangong").records(visit).await.unwrap();
    let wanted = Ask {
        new_due_on: Some(day("2026-11-20")),
        ..Ask::of(late, RulingKind::Extension, RulingReason::Other, "确有困难")
    };
    let asker = t.person("shiqiao.lly").ctx().await;
    let asked = ask(&asker, &wanted).await.unwrap();
    decide(&office, DecideRuling::of(asked.id, 1, true, "同意"))
        .await
        .unwrap();
    equals_a_rebuild(&t, "an extension").await;
}

async fn a_year_without_z1(t: &TestApp) {
    let office = t.person("bangong").ctx().await;
    let leaders = ["shiqiao/head", "qingxi/head", "gov/deputy", "yingji/head"];
    for n in 0..24_u32 {
        let on = format!("2026-{:02}-{:02}", 3 + n % 8, 1 + n % 28);
        let hosted = [("hosted", t.body("coal").to_string())];
        let topic = [("topic", "季度会商")];
        for draft in [
            t.visit(leaders[n as usize % 4], "yimei", &on),
            draft("consultation", &on, &hosted, &topic),
            draft("consultation", "2026-10-03", &hosted, &topic),
        ] {
            app::act::record(&office, &draft).await.unwrap();
        }
    }
}

/// Statements of opening an enterprise, of closing it again, and of an occasion that lies ahead.
async fn asked(t: &TestApp, n: u32) -> [u64; 3] {
    let office = t.person("bangong").ctx().await;
    t.app.world(t.home()).await.unwrap();
    let counter = || t.app.store.queries();
    let start = counter();
    let new = enterprise(t.body("shiqiao"), &format!("第{n}号厂"), "2026-11-01");
    let made = create_many(&office, vec![new], Vec::new()).await;
    let opened = counter();
    let firm = made.unwrap()[0];
    let seen = version(t, firm).await;
    let before = counter();
    close(&office, firm, seen, day("2026-11-04")).await.unwrap();
    let closed = counter();
    let ahead = NewOccasion {
        from_on: day("2027-02-01") + chrono::Days::new(u64::from(n) * 10),
        to_on: day("2027-02-08") + chrono::Days::new(u64::from(n) * 10),
        ..new::national_day()
    };
    t.app.world(t.home()).await.unwrap();
    let held = counter();
    open(&office, ahead).await.unwrap();
    [opened - start, closed - before, counter() - held]
}

#[tokio::test]
async fn a_change_sends_as_many_statements_whatever_was_recorded() {
    let t = TestApp::at("2026-11-05").await;
    a_year(&t, 12).await;
    asked(&t, 0).await;
    let few = asked(&t, 1).await;
    a_year(&t, 120).await;
    asked(&t, 2).await;
    let many = asked(&t, 3).await;
    assert_eq!(few, many);
    assert!(many.iter().all(|n| *n < 90), "{many:?}");
}

fn meta(t: &TestApp, verb: &'static str) -> store::Meta {
    store::Meta {
        home: t.home(),
        at: t.system().now,
        person: None,
        post: None,
        operator: Some("test".to_owned()),
        verb,
        subject: "rows".to_owned(),
    }
}

/// Ends some rows that should stand, past every verb.
async fn spoil(t: &TestApp, rows: &[Counted]) {
    let meta = meta(t, "test.spoil");
    let spoilt = t.app.store.write(&meta, async |tx| {
        store::counted::counted_swap(tx, rows, &[]).await?;
        Ok::<_, Error>(())
    });
    spoilt.await.unwrap();
}

async fn swap(t: &TestApp, app: &App, beside: &Beside) -> Option<(usize, usize)> {
    let meta = meta(t, "counted.rebuild");
    let swapped = app.store.write(&meta, async |tx| beside.swap(tx).await);
    swapped.await.unwrap()
}

#[tokio::test]
async fn a_rebuild_beside_what_stands_takes_effect_in_one_link() {
    let t = TestApp::at("2026-11-05").await;
    a_year(&t, 300).await;
    returns(&t).await;
    let whole = standing(&t).await;
    let (lost, left) = whole.split_at(whole.len() / 2);
    spoil(&t, lost).await;
    let world = t.app.world(t.home()).await.unwrap();
    let mut told: Vec<Progress> = Vec::new();
    let beside = Beside::of_county(&t.app, world, &mut |at| told.push(at))
        .await
        .unwrap()
        .unwrap();
    let last = told.last().unwrap();
    assert_eq!(last.done, last.of);
    assert!(told.len() > 1, "it comes in steps: {told:?}");
    assert_eq!(standing(&t).await, left, "nothing took effect yet");
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-03");
    t.person("bangong").records(visit).await.unwrap();
    let with_visit = standing(&t).await;
    let (gone, new) = swap(&t, &t.app, &beside).await.unwrap();
    assert_eq!((gone, new), (0, lost.len()));
    equals_a_rebuild(&t, "a rebuild").await;
    let home = t.home();
    let seen = t.app.store.read(async |r| {
        let head = store::generation::head_seq(r, home).await?;
        let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
        let mut at = Vec::new();
        for seq in [head - 1, head] {
            let mut rows = store::counted::counted_between(r, home, first, last, seq).await?;
            rows.sort();
            at.push(rows);
        }
        Ok::<_, Error>(at)
    });
    let at = seen.await.unwrap();
    assert_eq!(at[0], with_visit, "one link earlier nothing of it is seen");
    assert_eq!(at[1], standing(&t).await, "and then all of it");
}

#[tokio::test]
async fn a_rebuild_that_the_county_overtakes_changes_nothing_and_begins_anew() {
    let t = TestApp::at("2026-11-05").await;
    a_year(&t, 20).await;
    let whole = standing(&t).await;
    spoil(&t, &whole[..10]).await;
    let world = t.app.world(t.home()).await.unwrap();
    let beside = Beside::of_county(&t.app, world, &mut |_| ()).await.unwrap();
    let office = t.person("bangong").ctx().await;
    merge(
        &office,
        t.body("qingxi"),
        t.body("shiqiao"),
        day("2026-11-02"),
    )
    .await
    .unwrap();
    let stands = standing(&t).await;
    assert_eq!(swap(&t, &t.app, &beside.unwrap()).await, None);
    assert_eq!(standing(&t).await, stands);
    let (_, new) = recount_home(&t.system(), t.home(), &mut |_| ())
        .await
        .unwrap();
    assert!(new >= 1, "{new}");
    equals_a_rebuild(&t, "a rebuild of the merged county").await;
    let again = recount_home(&t.system(), t.home(), &mut |_| ()).await;
    assert_eq!(again.unwrap(), (0, 0), "nothing is left to mend");
}
