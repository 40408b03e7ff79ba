//! A year at random, the same every time: what counts equals its rebuild, and the chain is whole.

use app::act::{ActDraft, ActQuery, Change};
use app::audit::{ListLinks, trail, verify};
use app::body::BodyChange;
use app::ruling::Ask;
use app::{Ctx, Error};
use chrono::{Days, NaiveDate};
use domain::id::ActId;
use domain::ruling::{RulingKind, RulingReason};
use domain::weigh::Counted;
use testkit::{TestApp, day, draft, key};

use crate::{Z2, code, sentence};

const STEPS: u32 = 200;
const MINUTE: i64 = 60_000;

/// A small generator (Knuth's constants): the same story from the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

struct Story<'a> {
    t: &'a TestApp,
    dice: Dice,
    today: NaiveDate,
    acts: Vec<ActId>,
    merged: bool,
    /// What happened, to be printed with the seed when the story breaks.
    told: Vec<String>,
}

/// Refusals that a story of chance meets; anything else breaks it.
fn expected(error: &Error) -> bool {
    matches!(
        error,
        Error::Refused { .. }
            | Error::NotFound(_)
            | Error::Forbidden(_)
            | Error::Stale { .. }
            | Error::Invalid(_)
    )
}

impl Story<'_> {
    async fn office(&self) -> Ctx {
        self.t.person("bangong").ctx().await
    }

    fn tell<T: std::fmt::Debug>(&mut self, what: &str, answer: Result<T, Error>) -> Option<T> {
        match answer {
            Ok(value) => {
                self.told.push(what.to_owned());
                Some(value)
            }
            Err(error) => {
                assert!(
                    expected(&error),
                    "{what}: {error:?}\n{}",
                    self.told.join("\n")
                );
                None
            }
        }
    }

    fn day_near(&mut self) -> NaiveDate {
        let back = u64::try_from(self.dice.roll(40)).unwrap();
        self.today
            .checked_sub_days(Days::new(back))
            .unwrap()
            .max(day("2026-01-06"))
    }

    fn draft(&mut self) -> ActDraft {
        let on = self.day_near().to_string();
        let town = *self.dice.one(&["shiqiao", "qingxi"]);
        let t = self.t;
        let body = |short: &str| t.body(short).to_string();
        let place = *self.dice.one(&["yimei", "zhuanchang", "jiayou"]);
        match self.dice.roll(8) {
            0..3 => {
                let leader =
                    *self
                        .dice
                        .one(&["shiqiao/head", "qingxi/head", "gov/deputy", "yingji/head"]);
                t.visit(leader, place, &on)
            }
            3 => {
                let begun = usize::try_from(chrono::Datelike::month(&self.today)).unwrap();
                let month = format!("2026-{:02}", 1 + self.dice.roll(begun));
                t.monthly(&format!("{town}/gov"), &month, &on)
            }
            4 => {
                let party = body(&format!("{town}/party"));
                let fields = [("form", "theory-group"), ("topic", "专题学习")];
                draft("study", &on, &[("hosted", party)], &fields)
            }
            5 => {
                let form = *self.dice.one(&["plenary", "thematic", "monthly"]);
                let chair = t.post("coal/chair").to_string();
                let parts = [
                    ("hosted", body("coal")),
                    ("presided", chair),
                    ("took-part", body("xiaofang")),
                ];
                draft(
                    "meeting",
                    &on,
                    &parts,
                    &[("form", form), ("topic", "研究工作")],
                )
            }
            6 => {
                let fields = [("scope", "full"), ("found", "2")];
                draft("self-check", &on, &[("hosted", body(place))], &fields)
            }
            _ => {
                let parts = [("hosted", body("coal")), ("took-part", body("yingji"))];
                draft("consultation", &on, &parts, &[("topic", "季度会商")])
            }
        }
    }

    async fn record(&mut self) {
        let draft = self.draft();
        let made = app::act::record(&self.office().await, &draft).await;
        if let Some(id) = self.tell(&format!("record {}", draft.kind), made) {
            self.acts.push(id);
        }
    }

    async fn change_one(&mut self) {
        // Mostly one of the last, as people do.
        let last = self.acts.len().saturating_sub(8);
        let from = *self.dice.one(&[0, last, last]);
        let Some(near) = self.acts.get(from..).filter(|near| !near.is_empty()) else {
            return;
        };
        let id = *self.dice.one(near);
        let ctx = self.office().await;
        let page = app::act::show(&ctx, id).await.unwrap();
        let change = Change {
            id,
            version: page.act.version,
            reason: "随手一改".to_owned(),
        };
        let step = if page.may_submit_again {
            *self.dice.one(&[3, 3, 4])
        } else if page.may_judge {
            *self.dice.one(&[0, 1, 2, 2])
        } else {
            self.dice.roll(5)
        };
        match step {
            0 => {
                let done = app::act::withdraw(&ctx, &change).await;
                self.tell("withdraw", done);
            }
            1 => {
                let done = app::act::accept(&ctx, &change).await;
                self.tell("accept", done);
            }
            2 => {
                let done = app::act::send_back(&ctx, &change).await;
                self.tell("send back", done);
            }
            3 => {
                let (draft, _) = app::act::draft_of(&ctx, id).await.unwrap();
                let done = app::act::submit_again(&ctx, &change, &draft).await;
                self.tell("submit again", done);
            }
            _ => {
                let (mut draft, _) = app::act::draft_of(&ctx, id).await.unwrap();
                draft.occurred_on = self.day_near().to_string();
                let done = app::act::amend(&ctx, &change, &draft).await;
                self.tell("amend", done);
            }
        }
    }

    async fn rule(&mut self) {
        let t = self.t;
        let who = *self
            .dice
            .one(&["shiqiao/head", "qingxi/head", "gov/deputy"]);
        let month = format!("2026-{:02}", 3 + self.dice.roll(10));
        let (kind, new_due_on) = match self.dice.roll(2) {
            0 => (RulingKind::Waiver, None),
            _ => (
                RulingKind::Extension,
                self.today.checked_add_days(Days::new(12)),
            ),
        };
        let about = key(Z2, "government-leader-visit", t.owner(who), &month);
        let ask = Ask {
            new_due_on,
            ..Ask::of(about, kind, RulingReason::Other, "确有困难")
        };
        let login = if who.starts_with("qingxi") {
            "qingxi.lly"
        } else {
            "shiqiao.lly"
        };
        let asker = if who == "gov/deputy" {
            "bangong"
        } else {
            login
        };
        let asked = app::ruling::ask(&t.person(asker).ctx().await, &ask).await;
        if let Some(asked) = self.tell("ask", asked) {
            let approve = self.dice.roll(3) > 0;
            let decided = app::ruling::decide(
                &self.office().await,
                app::ruling::DecideRuling::of(asked.id, 1, approve, "已阅"),
            )
            .await;
            self.tell("decide", decided);
        }
    }

    async fn reshape(&mut self) {
        let ctx = self.office().await;
        let t = self.t;
        if self.today >= day("2026-07-01") && !self.merged {
            let done =
                app::body::merge(&ctx, t.body("qingxi"), t.body("shiqiao"), self.today).await;
            self.merged = self.tell("merge", done).is_some();
            return;
        }
        let place = *self.dice.one(&["yimei", "zhuanchang", "jiayou"]);
        let id = t.body(place);
        let page = app::body::show(&ctx, id).await.unwrap();
        let hazard = domain::body::AttrValue::Flag(self.dice.roll(2) == 0);
        let change = BodyChange {
            attrs: [("high_hazard".to_owned(), hazard)].into(),
            ..BodyChange::default()
        };
        let done = app::body::change(&ctx, id, page.version, self.today, change).await;
        self.tell("change", done);
    }

    async fn step(&mut self) {
        let ahead = u64::try_from(self.dice.roll(4)).unwrap();
        self.today = self.today.checked_add_days(Days::new(ahead)).unwrap();
        self.t.set_day(&self.today.to_string());
        match self.dice.roll(20) {
            0..10 => self.record().await,
            10..16 => self.change_one().await,
            16..18 => self.rule().await,
            _ => self.reshape().await,
        }
    }
}

/// What counts, and what a rebuild from nothing says.
async fn both(t: &TestApp) -> (Vec<Counted>, Vec<Counted>) {
    let home = t.home();
    let world = t.app.world(home).await.unwrap();
    let (from, to) = (day("2025-01-01"), day("2027-12-31"));
    t.app
        .store
        .read(async |r| {
            let counted = store::counted::counted_all(r, home).await?;
            let rebuilt = app::counted::rebuild(r, &world, from, to).await?;
            Ok::<_, Error>((counted, rebuilt))
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn after_a_year_at_random_what_counts_equals_its_rebuild() {
    let t = TestApp::at("2026-02-20").await;
    let mut story = Story {
        t: &t,
        dice: Dice(20_261_105),
        today: day("2026-02-20"),
        acts: Vec::new(),
        merged: false,
        told: Vec::new(),
    };
    for n in 0..STEPS {
        story.step().await;
        if n % 10 == 9 {
            let (counted, rebuilt) = both(&t).await;
            assert_eq!(
                counted,
                rebuilt,
                "after step {n}:\n{}",
                story.told.join("\n")
            );
        }
    }
    assert!(story.merged, "the towns merged");
    for done in [
        "amend",
        "withdraw",
        "accept",
        "send back",
        "submit again",
        "decide",
        "change",
    ] {
        assert!(story.told.iter().any(|s| s == done), "nobody did: {done}");
    }
    let (counted, _) = both(&t).await;
    assert!(counted.len() > 50, "{} rows", counted.len());

    let auditor = t.person("aud").ctx().await;
    let proof = verify(&auditor).await.unwrap();
    assert!(proof.clean, "{:?}", proof.findings);
    assert!(proof.tail_proven, "the head file proves the tail");
    let mut query = ListLinks::default();
    loop {
        let page = trail(&auditor, query.clone()).await.unwrap();
        assert!(
            page.rows
                .iter()
                .all(|l| app::words::verb(&l.verb) != "其他"),
            "every verb has a word"
        );
        match page.next {
            Some(next) => query.page = Some(next),
            None => break,
        }
    }
}

#[tokio::test]
async fn a_clock_set_back_eleven_minutes_is_refused_and_nine_are_not() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-04"))
        .await
        .unwrap();
    t.shift(-11 * MINUTE);
    let refused = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-03"))
        .await;
    assert_eq!(
        sentence(refused),
        "服务器时钟（2026年11月5日 09:19）比最近一次记录（2026年11月5日 09:30）慢了10分钟以上，暂不能写入，已有内容没有丢失。请系统管理员校准时钟；时钟此前快了、现已校准的，在服务器上确认后即可写入。"
    );
    let again = officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-03"))
        .await;
    assert_eq!(code(again), "clock.behind");
    t.shift(2 * MINUTE);
    officer
        .records(t.visit("shiqiao/head", "yimei", "2026-11-03"))
        .await
        .unwrap();
    let all = app::act::acts(&officer.ctx().await, ActQuery::default())
        .await
        .unwrap();
    assert_eq!(all.rows.len(), 2);
    let auditor = t.person("aud").ctx().await;
    let links = trail(&auditor, ListLinks::default()).await.unwrap().rows;
    assert_eq!(
        links[0].at, links[1].at,
        "what came next is stamped no earlier than the last"
    );
    assert!(verify(&auditor).await.unwrap().clean);
}

#[tokio::test]
async fn what_counted_years_ago_still_counts_when_everything_is_counted_anew() {
    let t = TestApp::at("2026-03-10").await;
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-03-10");
    officer.records(visit).await.unwrap();
    let (before, _) = both(&t).await;
    t.set_day("2030-06-03");
    app::counted::recount_home(&t.system(), t.home(), &mut |_| ())
        .await
        .unwrap();
    let (after, rebuilt) = both(&t).await;
    assert_eq!((&before, &before), (&after, &rebuilt));
    assert!(!before.is_empty());
}
