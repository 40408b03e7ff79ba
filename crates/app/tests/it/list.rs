//! Lists and searches: bodies to choose from, duties by filter, acts by page.

use app::act::{ActQuery, acts};
use app::body::{BodyFound, ListBodies, options};
use app::duty::{DutySort, Grid, ListDuties, Scope, ShowGrid, grid, list};
use app::ruling::ListRulings;
use domain::act::ActSort;
use domain::id::{ActId, RulingId};
use domain::listing::PageSize;
use domain::ruling::{RulingKind, RulingReason, RulingSort, RulingState};
use domain::standing::State;
use testkit::{TestApp, every_duty, key};

use crate::{Z1, Z2, code};

fn names(grid: &Grid) -> Vec<&str> {
    grid.rows.iter().map(|r| r.name.as_str()).collect()
}

fn all(year: i32) -> ListDuties {
    ListDuties {
        year: Some(year),
        ..ListDuties::default()
    }
}

/// How many rows a query finds.
async fn count(ctx: &app::Ctx, asked: ListDuties) -> usize {
    every_duty(ctx, asked).await.unwrap().len()
}

#[tokio::test]
async fn a_search_box_offers_bodies_that_the_person_may_see() {
    let t = TestApp::at("2026-11-05").await;
    let names = |found: Vec<BodyFound>| -> Vec<String> {
        found.into_iter().map(|body| body.name).collect()
    };
    let town = t.person("shiqiao.lly").ctx().await;
    let found = names(options(&town, "泽安县", 20).await.unwrap());
    assert_eq!(found, ["泽安县一号煤业有限公司", "泽安县宏达建材有限公司"]);
    assert_eq!(
        names(options(&town, "  煤业 ", 20).await.unwrap()),
        ["泽安县一号煤业有限公司"]
    );
    assert!(
        options(&town, "加油站", 20).await.unwrap().is_empty(),
        "another town's"
    );
    let office = t.person("bangong").ctx().await;
    assert_eq!(
        names(options(&office, "加油站", 20).await.unwrap()),
        ["泽安县通达加油站"]
    );
    assert_eq!(
        options(&office, "", 5).await.unwrap().len(),
        5,
        "never more than asked for"
    );
    assert!(
        options(&office, "%", 5).await.unwrap().is_empty(),
        "signs are only signs"
    );
    assert_eq!(code(options(&t.nobody(), "", 5).await), "signed-out");
}

#[tokio::test]
async fn duties_are_filtered_by_month_duty_body_state_and_text() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    t.person("shiqiao.lly")
        .records(t.visit("shiqiao/head", "yimei", "2026-10-15"))
        .await
        .unwrap();
    let every = every_duty(&office, all(2026)).await.unwrap();
    assert!(every.len() > 100, "{}", every.len());
    let sorted = every.windows(2).all(|w| w[0].due_on <= w[1].due_on);
    assert!(sorted, "by due day");

    let october = ListDuties {
        month: Some("2026-10".parse().unwrap()),
        pack: Some(Z2.parse().unwrap()),
        duty: Some("government-leader-visit".parse().unwrap()),
        ..all(2026)
    };
    let found = list(&office, october.clone()).await.unwrap();
    let mut owners: Vec<&str> = found.rows.iter().map(|i| i.owner_name.as_str()).collect();
    owners.sort_unstable();
    assert_eq!(
        owners,
        [
            "泽安县人民政府常务副县长",
            "清溪镇人民政府镇长",
            "石桥镇人民政府镇长"
        ]
    );
    let met = ListDuties {
        state: Some(State::Met),
        ..october.clone()
    };
    assert_eq!(list(&office, met).await.unwrap().count.rows, 1);
    let town = ListDuties {
        body: Some(t.body("qingxi")),
        ..october.clone()
    };
    assert_eq!(list(&office, town).await.unwrap().count.rows, 1);
    let named = ListDuties {
        text: Some("石桥".to_owned()),
        ..october
    };
    assert_eq!(list(&office, named).await.unwrap().count.rows, 1);
}

#[tokio::test]
async fn a_list_of_duties_is_turned_forward_and_back_in_each_order() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    for sort in DutySort::ALL {
        let mut asked = ListDuties {
            sort: Some(*sort),
            ..all(2026)
        };
        let first = list(&office, asked.clone()).await.unwrap();
        assert_eq!((first.rows.len(), &first.previous), (30, &None));
        asked.page.clone_from(&first.next);
        let second = list(&office, asked.clone()).await.unwrap();
        asked.page.clone_from(&second.previous);
        assert_eq!(list(&office, asked.clone()).await.unwrap().rows, first.rows);
        assert_eq!(second.count, first.count);
        let whole = every_duty(&office, asked.clone()).await.unwrap();
        assert_eq!(whole.len() as u64, first.count.rows, "{}", sort.code());
        assert_eq!(whole[30..60], second.rows);
        let mut keys: Vec<String> = whole.iter().map(|i| i.key.to_string()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), whole.len(), "none twice");
    }
    let by_day = list(&office, all(2026)).await.unwrap();
    let other = ListDuties {
        sort: Some(DutySort::Owner),
        page: by_day.next,
        ..all(2026)
    };
    assert_eq!(code(list(&office, other).await), "page.key");
}

#[tokio::test]
async fn the_list_of_duties_follows_whose_rows_are_asked_for() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let mut sum = 0;
    for (scope, sign) in [
        (Scope::Towns, "镇"),
        (Scope::Departments, "县"),
        (Scope::Committees, "专委会"),
        (Scope::County, ""),
        (Scope::Enterprises, "泽安县"),
    ] {
        let query = ListDuties {
            scope: Some(scope),
            ..all(2026)
        };
        let found = every_duty(&office, query).await.unwrap();
        assert!(!found.is_empty(), "{}", scope.code());
        let strays = found
            .iter()
            .filter(|i| !i.owner_name.contains(sign))
            .count();
        assert_eq!(strays, 0, "{}", scope.code());
        sum += found.len();
    }
    assert_eq!(
        sum,
        count(&office, all(2026)).await,
        "every row is in one scope"
    );
}

#[tokio::test]
async fn a_body_that_may_not_be_seen_is_not_named_by_a_filter() {
    let t = TestApp::at("2026-11-05").await;
    let town = t.person("shiqiao.lly").ctx().await;
    let theirs = ListDuties {
        body: Some(t.body("qingxi")),
        ..all(2026)
    };
    assert_eq!(code(list(&town, theirs).await), "not-found");
    let mine = every_duty(&town, all(2026)).await.unwrap();
    assert!(mine.iter().all(|i| !i.owner_name.contains("清溪")));
}

#[tokio::test]
async fn the_grid_shows_only_rows_that_may_be_seen_and_adds_up() {
    let t = TestApp::at("2026-11-05").await;
    let query = ShowGrid {
        year: Some(2026),
        scope: Some(Scope::Towns),
        ..ShowGrid::default()
    };
    let office = grid(&t.person("bangong").ctx().await, query.clone())
        .await
        .unwrap();
    assert_eq!(names(&office), ["石桥镇", "清溪镇"]);
    assert_eq!(office.columns.len(), 12);
    assert!(
        office
            .columns
            .iter()
            .any(|c| c.is_now && c.period.to_string() == "2026-11")
    );
    assert_eq!(
        office.overdue,
        office.rows.iter().map(|r| r.overdue).sum::<u32>()
    );
    let late = ListDuties {
        state: Some(State::Overdue),
        scope: Some(Scope::Towns),
        ..all(2026)
    };
    let listed = count(&t.person("bangong").ctx().await, late).await;
    assert_eq!(
        usize::try_from(office.overdue).unwrap(),
        listed,
        "grid and list agree"
    );
    let town = grid(&t.person("shiqiao.lly").ctx().await, query.clone())
        .await
        .unwrap();
    assert_eq!(names(&town), ["石桥镇"]);

    let one = ShowGrid {
        pack: Some(Z1.parse().unwrap()),
        duty: Some("committee-plenary".parse().unwrap()),
        scope: Some(Scope::All),
        ..query.clone()
    };
    let plenary = grid(&t.person("bangong").ctx().await, one).await.unwrap();
    assert_eq!(
        plenary
            .columns
            .iter()
            .map(|c| c.period.to_string())
            .collect::<Vec<_>>(),
        ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    );
    let clause = plenary.clauses.first().unwrap();
    assert_eq!(
        (clause.notice.as_str(), clause.number.as_str()),
        ("专委会机制", "三/(一)")
    );
    let unknown = ShowGrid {
        pack: Some(Z1.parse().unwrap()),
        duty: Some("no-such-duty".parse().unwrap()),
        ..query
    };
    assert_eq!(
        code(grid(&t.person("bangong").ctx().await, unknown).await),
        "not-found"
    );
}

/// The days of a list, page by page, and again on the way back.
async fn days_of(ctx: &app::Ctx, query: ActQuery) -> Vec<chrono::NaiveDate> {
    let page = async |page: Option<String>| {
        let asked = ActQuery {
            page,
            ..query.clone()
        };
        acts(ctx, asked).await.unwrap()
    };
    let mut found = page(None).await;
    assert_eq!(found.previous, None);
    let mut pages = vec![found.rows.clone()];
    while let Some(next) = found.next.take() {
        found = page(Some(next)).await;
        pages.push(found.rows.clone());
    }
    for expected in pages.iter().rev().skip(1) {
        found = page(found.previous.take()).await;
        assert_eq!(&found.rows, expected);
    }
    pages.concat().iter().map(|l| l.occurred_on).collect()
}

#[tokio::test]
async fn acts_are_filtered_and_turned_page_by_page_in_both_orders() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let mut days: Vec<_> = testkit::day("2026-09-20").iter_days().take(35).collect();
    for day in &days {
        officer
            .records(t.visit("shiqiao/head", "yimei", &day.to_string()))
            .await
            .unwrap();
    }
    officer
        .records(t.monthly("shiqiao/gov", "2026-10", "2026-11-05"))
        .await
        .unwrap();
    let query = ActQuery {
        kind: Some("inspection".parse().unwrap()),
        ..ActQuery::default()
    };
    let of_body = ActQuery {
        body: Some(t.body("shiqiao/gov")),
        ..query.clone()
    };
    for login in ["shiqiao.lly", "bangong"] {
        let ctx = t.person(login).ctx().await;
        let counted = acts(&ctx, query.clone()).await.unwrap().count;
        assert_eq!((counted.rows, counted.exact), (35, true));
        for asked in [&query, &of_body] {
            let oldest = ActQuery {
                sort: Some(ActSort::Oldest),
                ..asked.clone()
            };
            assert_eq!(days_of(&ctx, oldest).await, days, "{login}");
            days.reverse();
            assert_eq!(days_of(&ctx, asked.clone()).await, days, "{login}");
            days.reverse();
        }
    }
    let ctx = officer.ctx().await;
    let between = ActQuery {
        from: Some(testkit::day("2026-10-02")),
        to: Some(testkit::day("2026-10-03")),
        ..ActQuery::default()
    };
    assert_eq!(acts(&ctx, between).await.unwrap().rows.len(), 2);
    let page = acts(&ctx, query.clone()).await.unwrap().next;
    let turned = ActQuery {
        page,
        sort: Some(ActSort::Oldest),
        ..query
    };
    assert_eq!(code(acts(&ctx, turned).await), "page.key");
}

/// Everybody of the county.
const EVERYBODY: [&str; 10] = [
    "bangong",
    "fuxianzhang",
    "yingji.jz",
    "shiqiao.lly",
    "shiqiao.zz",
    "qingxi.lly",
    "qingxi.zz",
    "sys",
    "sec",
    "aud",
];

/// Something of everything: visits, a return, a request.
async fn something(t: &TestApp) -> Vec<ActId> {
    let (office, one, two) = (
        t.person("bangong"),
        t.person("shiqiao.lly"),
        t.person("qingxi.lly"),
    );
    let mut acts = Vec::new();
    for (who, leader, place) in [
        (&one, "shiqiao/head", "yimei"),
        (&two, "qingxi/head", "jiayou"),
        (&office, "gov/deputy", "jiayou"),
        (&office, "yingji/head", "zhuanchang"),
    ] {
        let visit = t.visit(leader, place, "2026-10-15");
        acts.push(who.records(visit).await.unwrap());
    }
    let handed_in = t.monthly("qingxi/gov", "2026-10", "2026-11-05");
    acts.push(two.records(handed_in).await.unwrap());
    let ask = app::ruling::Ask::of(
        key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-09"),
        RulingKind::Waiver,
        RulingReason::Other,
        "确有困难",
    );
    app::ruling::ask(&one.ctx().await, &ask).await.unwrap();
    acts
}

#[tokio::test]
async fn lists_show_exactly_what_may_be_opened() {
    let t = TestApp::at("2026-11-05").await;
    let mut every_act = something(&t).await;
    every_act.sort_unstable();
    for login in EVERYBODY {
        let ctx = t.person(login).ctx().await;
        let listed = acts(&ctx, ActQuery::default()).await.unwrap().rows;
        let mut listed: Vec<ActId> = listed.iter().map(|l| l.id).collect();
        listed.sort_unstable();
        let mut opened = Vec::new();
        for id in &every_act {
            if app::act::show(&ctx, *id).await.is_ok() {
                opened.push(*id);
            }
        }
        assert_eq!(listed, opened, "acts of {login}");

        let whole = ListBodies {
            size: Some(PageSize::ThreeHundred),
            ..ListBodies::default()
        };
        let listed = app::body::list(&ctx, whole).await.unwrap().rows;
        for (short, id) in &t.county.bodies {
            let opens = app::body::show(&ctx, *id).await.is_ok();
            let lists = listed.iter().any(|l| l.id == *id);
            assert_eq!(opens, lists, "{login} and {short}");
        }
    }
}

/// A die that rolls the same every time.
struct Die(u64);

impl Die {
    fn roll(&mut self, sides: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Requests about what owners of the whole county are late with, on three days; some are decided,
/// some taken back.
async fn requests(t: &TestApp) -> Vec<RulingId> {
    t.joins_office("bangong.2", "安小二").await;
    let (mut made, mut die) = (Vec::new(), Die(20_261_105));
    for on in ["2026-11-03", "2026-11-04", "2026-11-05"] {
        t.set_day(on);
        let office = t.person("bangong").ctx().await;
        let second = t.person("bangong.2").ctx().await;
        let late = ListDuties {
            state: Some(State::Overdue),
            ..all(2026)
        };
        for item in every_duty(&office, late).await.unwrap() {
            if die.roll(6) > 0 {
                continue;
            }
            let (kind, why) = (RulingKind::Waiver, RulingReason::Other);
            let ask = app::ruling::Ask::of(item.key, kind, why, "确有困难");
            let Ok(asked) = app::ruling::ask(&office, &ask).await else {
                continue;
            };
            made.push(asked.id);
            let id = asked.id;
            let answered = match die.roll(4) {
                0 => {
                    app::ruling::decide(&second, app::ruling::DecideRuling::of(id, 1, true, ""))
                        .await
                }
                1 => {
                    app::ruling::decide(
                        &second,
                        app::ruling::DecideRuling::of(id, 1, false, "理由不足"),
                    )
                    .await
                }
                2 => app::ruling::withdraw(&office, id, 1).await,
                _ => continue,
            };
            // The office's own is decided by a leader.
            assert!(answered.is_ok() || code(answered) == "ruling.own");
        }
    }
    // The clock stands still within a day, so that ids of one day have no order of their own.
    made.sort_unstable();
    made
}

/// Every request of a list, page by page.
async fn every_request(ctx: &app::Ctx, asked: ListRulings) -> Vec<RulingId> {
    let (mut found, mut page) = (Vec::new(), None);
    loop {
        let asked = ListRulings {
            page,
            ..asked.clone()
        };
        let listed = app::ruling::list(ctx, asked).await.unwrap();
        found.extend(listed.rows.iter().map(|row| row.id));
        if listed.next.is_none() {
            assert_eq!(listed.count.rows, found.len() as u64);
            return found;
        }
        page = listed.next;
    }
}

#[tokio::test]
async fn the_list_of_requests_has_exactly_those_that_may_be_opened() {
    let t = TestApp::at("2026-11-03").await;
    let made = requests(&t).await;
    assert!(made.len() > 60, "{} are more than a page", made.len());
    let mut seen_by = Vec::new();
    for login in EVERYBODY {
        for on in ["2026-11-02", "2026-11-03", "2026-11-05"] {
            let person = t.person(login);
            let ctx = match on {
                "2026-11-05" => person.ctx().await,
                on => person.as_of(on).await,
            };
            let (mut opened, mut open) = (Vec::new(), Vec::new());
            for id in &made {
                if let Ok(row) = app::ruling::show(&ctx, *id).await {
                    opened.push(*id);
                    open.extend((row.state == RulingState::Asked).then_some(*id));
                }
            }
            for sort in [RulingSort::Oldest, RulingSort::Newest] {
                let asked = |waiting| ListRulings {
                    waiting,
                    sort: Some(sort),
                    ..ListRulings::default()
                };
                let listed = every_request(&ctx, asked(false)).await;
                assert_eq!(listed, opened, "{login} on {on}, {sort}");
                let waiting = every_request(&ctx, asked(true)).await;
                assert_eq!(waiting, open, "{login} on {on}, {sort}, waiting");
                opened.reverse();
                open.reverse();
            }
            seen_by.push((on, opened.len()));
        }
    }
    let counts = |day: &str| -> Vec<usize> {
        let of_day = seen_by.iter().filter(|(on, _)| *on == day);
        of_day.map(|(_, n)| *n).collect()
    };
    assert!(counts("2026-11-02").iter().all(|n| *n == 0));
    let (then, now) = (counts("2026-11-03"), counts("2026-11-05"));
    let some = |n: &usize| *n > 0 && *n < made.len();
    assert!(now.iter().filter(|n| some(n)).count() > 1, "{now:?}");
    assert!(then.iter().sum::<usize>() < now.iter().sum(), "{then:?}");
}

#[tokio::test]
async fn what_lies_on_a_desk_or_in_a_list_can_be_opened() {
    let t = TestApp::at("2026-11-05").await;
    something(&t).await;
    for login in EVERYBODY {
        let person = t.person(login);
        let ctx = person.ctx().await;
        let desk = app::duty::desk(&ctx, None).await.unwrap();
        let october = ListDuties {
            month: Some("2026-10".parse().unwrap()),
            ..all(2026)
        };
        let listed = every_duty(&ctx, october).await.unwrap();
        for item in desk.open.iter().chain(&desk.done).chain(&listed) {
            let page = person.opens(&item.key).await;
            let seen = page.map(|p| p.item.standing);
            assert_eq!(
                seen.ok().as_ref(),
                Some(&item.standing),
                "{login}: {}",
                item.key
            );
        }
        for line in app::ruling::list(&ctx, ListRulings::default())
            .await
            .unwrap()
            .rows
        {
            assert!(app::ruling::show(&ctx, line.id).await.is_ok(), "{login}");
        }
    }
}
