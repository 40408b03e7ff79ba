//! Another county with other habits, run by its own pack alone: ten-day periods, a cut-off in the
//! next quarter, a committee with two leads, villages that owe by themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::act::{Act, ActEvent, ActStep, FieldValue};
use domain::calendar::{Period, WorkCalendar};
use domain::duty::Book;
use domain::id::{Owner, Slug};
use domain::occasion::Occasion;
use domain::pack::{Choices, Pack};
use domain::standing::{CountedOn, Ruled, Standing, Terms, judge};
use domain::structure::Structure;
use domain::weigh::{Counted, Locks, NoRulings, Weight, WhyNot, count_act, weigh};
use uuid::Uuid;

use crate::county::{County, applied, attrs, day, home, parse};
use crate::pack::{second_county, words};

/// The county, and what the office chose when it applied the pack.
struct Here {
    county: County,
    structure: Structure,
    book: Book,
}

/// A county with two towns, three villages in them, three departments and a committee whose work
/// the departments of water and of land lead together.
fn county() -> County {
    let mut c = County::default();
    c.add_body("county", "jurisdiction", "county");
    c.add_under("county", "county government", "government", "county");
    c.add_under("county", "zone", "zone", "county");
    for town in ["upstream", "downstream"] {
        c.add_under("county", town, "jurisdiction", "town");
        c.add_under(town, &format!("{town} government"), "government", "town");
    }
    for (town, village) in [
        ("upstream", "ford"),
        ("upstream", "mill"),
        ("downstream", "quay"),
    ] {
        c.add_under(town, village, "village-committee", "village");
        c.add_post(&format!("{village} head"), village, "village-head");
    }
    for bureau in ["water", "land", "culture"] {
        c.add_under("county", bureau, "department", "county");
    }
    let committee = c.add_under("county", "river sand", "special-committee", "county");
    committee.spans[0].attrs = attrs(&["sectors=river-sand"]);
    c.add_under("county", "fire", "special-committee", "county")
        .spans[0]
        .attrs = attrs(&["sectors=fire"]);
    c.add_link("leads", "water", "river sand");
    c.add_link("leads", "land", "river sand");
    c.add_link("leads", "culture", "fire");
    c
}

fn festival() -> Occasion {
    Occasion {
        id: domain::id::OccasionId::new(Uuid::from_u128(1)),
        home: home(),
        kind: parse("spring-festival"),
        title: "2026年春节".to_owned(),
        from_on: day("2026-02-10"),
        to_on: day("2026-02-23"),
        withdrawn: false,
        version: 1,
    }
}

impl Here {
    /// The pack as it stands, in force from the first of February.
    fn new() -> Self {
        Self::with(Choices::default())
    }

    fn with(choices: Choices) -> Self {
        let county = county();
        let (pack, words) = (second_county(), words());
        assert_eq!(choices.check(&pack, &[&words]), []);
        let used: BTreeMap<Slug, Arc<Pack>> = [(words.id.clone(), Arc::new(words))].into();
        let calendar = Arc::new(WorkCalendar::shipped());
        let packs = vec![applied(pack, day("2026-02-01"), choices)];
        Self {
            structure: county.structure(),
            county,
            book: Book::new(packs, &used, calendar, vec![festival()]),
        }
    }

    fn line(&self, duty: &str) -> &domain::duty::DutyLine {
        self.book
            .line(&parse("second-county"), &parse(duty))
            .unwrap()
    }

    /// Who owes a duty in a period, by name.
    fn owners(&self, duty: &str, period: &str) -> Vec<&str> {
        let today = day("2026-12-31");
        let owners = self
            .book
            .owners(self.line(duty), parse(period), &self.structure, today);
        owners.into_iter().map(|o| self.county.name_of(o)).collect()
    }

    /// The periods of a duty between two days.
    fn periods(&self, duty: &str, from: &str, to: &str) -> Vec<String> {
        let periods = self.book.periods(self.line(duty), day(from), day(to));
        periods.iter().map(Period::to_string).collect()
    }

    /// How the due date of a duty explains itself.
    fn explains(&self, duty: &str, period: &str) -> Vec<String> {
        let owner = Owner::Body(home());
        let obligation = self
            .book
            .obligation(self.line(duty), owner, parse(period))
            .unwrap();
        obligation.due.explain()
    }

    fn count(&self, acts: &[Act]) -> Vec<Counted> {
        let rows = acts
            .iter()
            .flat_map(|a| count_act(&self.book, &self.structure, a, &NoRulings));
        rows.collect()
    }

    fn standing(
        &self,
        acts: &[Act],
        (duty, who, period): (&str, &str, &str),
        today: &str,
    ) -> Standing {
        let (owner, period): (Owner, Period) = (self.county.owner(who), parse(period));
        assert!(
            self.owners(duty, &period.to_string()).contains(&who),
            "{who} owes {duty}"
        );
        let obligation = self
            .book
            .obligation(self.line(duty), owner, period)
            .unwrap();
        let rows = self.count(acts);
        let mine = rows
            .iter()
            .filter(|r| (r.key.owner, r.key.period) == (owner, period) && r.key.duty == duty);
        let hits: Vec<CountedOn> = mine
            .map(|r| CountedOn {
                on: r.on,
                provisional: r.provisional,
            })
            .collect();
        judge(
            &Terms::of(&obligation),
            &hits,
            &Ruled::default(),
            day(today),
        )
    }

    /// State, how many of how many, days, as in `met 2/2` or `overdue 1/2, 5`.
    fn stands(&self, acts: &[Act], key: (&str, &str, &str), today: &str) -> String {
        let s = self.standing(acts, key, today);
        let mark = if s.provisional { ", provisional" } else { "" };
        let days = if s.days == 0 {
            String::new()
        } else {
            format!(", {}", s.days)
        };
        format!("{} {}/{}{days}{mark}", s.state, s.have, s.need)
    }

    fn why_not(&self, act: &Act, (duty, who, period): (&str, &str, &str)) -> Weight {
        let (owner, period): (Owner, Period) = (self.county.owner(who), parse(period));
        let obligation = self
            .book
            .obligation(self.line(duty), owner, period)
            .unwrap();
        let locks = Locks {
            due_on: obligation.due.on,
            locked_on: None,
            corrected: &[].into(),
            extensions: &domain::extension::Extensions::default(),
        };
        let duty = &obligation.duty;
        weigh(duty, owner, period, act, &self.structure, &locks)
    }

    fn patrol(&self, n: usize, on: &str, part: &str) -> Act {
        self.county.act(n, "patrol", on, &[part])
    }

    fn consultation(&self, n: usize, on: &str, parts: &[&str]) -> Act {
        let mut act = self.county.act(n, "meeting", on, parts);
        act.fields = [(parse("form"), FieldValue::Text("thematic".to_owned()))].into();
        act
    }

    fn quarter_return(&self, on: &str, period: &str) -> Act {
        let mut act = self
            .county
            .act(9, "return", on, &["upstream government hosted"]);
        act.form = Some("second-county/river-quarter".to_owned());
        act.period = Some(parse(period));
        act
    }
}

fn chosen(answers: &[(&str, &str)], options: &[(&str, &str)]) -> Choices {
    let slugs = |all: &[(&str, &str)]| all.iter().map(|(k, v)| (parse(k), parse(v))).collect();
    Choices {
        answers: slugs(answers),
        options: slugs(options),
        reason: "县安委会会议决定".to_owned(),
        ..Choices::default()
    }
}

#[test]
fn each_duty_finds_its_owners_down_to_the_village() {
    let here = Here::new();
    let villages = ["ford", "mill", "quay"];
    assert_eq!(here.owners("ten-day-patrol", "2026-03-T1"), villages);
    assert_eq!(
        here.owners("night-patrol", "2026-03x2"),
        ["ford head", "mill head", "quay head"]
    );
    assert_eq!(
        here.owners("joint-consultation", "2026-Q2"),
        ["water", "land"]
    );
    let towns = ["upstream government", "downstream government"];
    assert_eq!(here.owners("quarter-return", "2026-Q1"), towns);
    let notes = [towns[0], towns[1], "zone"];
    assert_eq!(here.owners("monthly-note", "2026-03"), notes);
    let governments = ["county government", towns[0], towns[1]];
    assert_eq!(
        here.owners("festival-check", "2026-02-10..2026-02-23"),
        governments
    );
    assert_eq!(here.owners("map", "2026-02-01..2026-03-31"), towns);
}

#[test]
fn the_year_falls_into_the_periods_that_the_pack_names() {
    let here = Here::new();
    assert_eq!(
        here.periods("ten-day-patrol", "2026-02-09", "2026-03-01"),
        ["2026-02-T1", "2026-02-T2", "2026-02-T3", "2026-03-T1"]
    );
    assert_eq!(
        here.periods("night-patrol", "2026-01-01", "2026-06-30"),
        ["2026-03x2", "2026-05x2"],
        "28 of the 59 days of January and February lie inside: less than half"
    );
    let q1 = "59 of its 90 days lie inside, and at least half is asked for";
    assert_eq!(
        here.periods("quarter-return", "2026-01-01", "2026-03-31"),
        ["2026-Q1"],
        "{q1}"
    );
    assert!(
        here.periods("monthly-note", "2026-01-01", "2026-01-31")
            .is_empty()
    );
    assert_eq!(
        here.periods("map", "2026-01-01", "2026-12-31"),
        ["2026-02-01..2026-03-31"]
    );
    assert_eq!(
        here.periods("festival-check", "2026-01-01", "2026-12-31"),
        ["2026-02-10..2026-02-23"]
    );
    assert!(
        here.periods("ten-day-patrol", "2028-01-01", "2028-03-31")
            .is_empty()
    );
}

#[test]
fn the_quarterly_table_is_due_in_the_next_quarter_and_says_why() {
    let here = Here::new();
    assert_eq!(
        here.explains("quarter-return", "2026-Q1"),
        [
            "周期 每季度：1月1日—3月31日",
            "期限 下一季度首月5日：4月5日（周日）",
            "4月5日（周日）为清明节放假，本条未写遇休顺延，按原日",
        ]
    );
    let moved = Here::with(chosen(&[("on-holiday", "next-working-day")], &[]));
    assert_eq!(
        moved.explains("quarter-return", "2026-Q1").last().unwrap(),
        "4月5日（周日）为清明节放假，顺延至4月7日（周二）"
    );
}

#[test]
fn a_return_for_the_month_before_is_due_in_the_month_after_the_one_it_answers_for() {
    let month_end = Here::new();
    assert_eq!(
        month_end
            .explains("monthly-note", "2026-04")
            .last()
            .unwrap(),
        "期限 当月最后一日：4月30日（周四）"
    );
    let fifth = Here::with(chosen(&[], &[("monthly-note", "fifth")]));
    assert_eq!(
        fifth.explains("monthly-note", "2026-09"),
        [
            "报送上一期的情况：9月1日—9月30日",
            "周期 每月：10月1日—10月31日",
            "期限 当月5日：10月5日（周一）",
            "10月5日（周一）为国庆节放假，本条未写遇休顺延，按原日",
        ]
    );
}

#[test]
fn a_ten_day_period_ends_on_its_last_day_however_long_the_month() {
    let here = Here::new();
    assert_eq!(
        here.explains("ten-day-patrol", "2026-02-T3"),
        [
            "周期 每旬：2月21日—2月28日",
            "期限 当旬最后一日：2月28日（周六）",
        ]
    );
}

#[test]
fn two_patrols_in_ten_days_meet_the_villages_duty_and_one_leaves_it_open() {
    let here = Here::new();
    let acts = [
        here.patrol(1, "2026-03-02", "ford hosted"),
        here.patrol(2, "2026-03-10", "ford head led"),
        here.patrol(3, "2026-03-10", "mill hosted"),
        here.patrol(4, "2026-03-11", "mill hosted"),
    ];
    let of = |who, today| here.stands(&acts, ("ten-day-patrol", who, "2026-03-T1"), today);
    assert_eq!(of("ford", "2026-03-09"), "open 1/2, 1");
    assert_eq!(of("ford", "2026-03-10"), "met 2/2");
    assert_eq!(
        of("mill", "2026-03-15"),
        "overdue 1/2, 5",
        "the other lies in the next ten days"
    );
    assert_eq!(of("quay", "2026-03-10"), "open 0/2");
    let next = here.stands(
        &acts,
        ("ten-day-patrol", "mill", "2026-03-T2"),
        "2026-03-11",
    );
    assert_eq!(next, "open 1/2, 9");
}

#[test]
fn only_the_village_head_at_night_counts_as_a_night_patrol() {
    let here = Here::new();
    let key = ("night-patrol", "ford head", "2026-03x2");
    let mut act = here
        .county
        .act(1, "inspection", "2026-04-20", &["ford head led"]);
    assert_eq!(
        here.why_not(&act, key),
        Weight::Not(WhyNot::WrongField {
            field: parse("at-night"),
            has: String::new()
        })
    );
    act.fields = [(parse("at-night"), FieldValue::Flag(true))].into();
    assert_eq!(here.stands(&[act.clone()], key, "2026-04-30"), "met 1/1");
    act.parts = vec![here.county.part("ford led")];
    assert_eq!(
        here.why_not(&act, key),
        Weight::Unrelated,
        "the village is not its head"
    );
    assert_eq!(here.stands(&[act], key, "2026-05-02"), "overdue 0/1, 2");
}

#[test]
fn the_two_leads_consult_together_or_not_at_all() {
    let here = Here::new();
    let land = here.county.owner("land");
    let alone = here.consultation(1, "2026-05-06", &["water presided", "land took-part"]);
    let key = ("joint-consultation", "water", "2026-Q2");
    let missing = Weight::Not(WhyNot::NotTogether {
        missing: vec![land],
    });
    assert_eq!(here.why_not(&alone, key), missing);
    assert_eq!(here.stands(&[alone], key, "2026-06-30"), "open 0/1");
    let both = here.consultation(2, "2026-05-07", &["water presided", "land hosted"]);
    for who in ["water", "land"] {
        let key = ("joint-consultation", who, "2026-Q2");
        assert_eq!(
            here.stands(std::slice::from_ref(&both), key, "2026-06-30"),
            "met 1/1"
        );
    }
    assert!(
        !here
            .owners("joint-consultation", "2026-Q2")
            .contains(&"culture")
    );
}

#[test]
fn a_lead_that_hands_over_no_longer_owes_and_its_successor_consults_in_its_place() {
    let mut here = Here::new();
    here.county.links[1].to_on = Some(day("2026-05-01"));
    here.county
        .add_link("leads", "culture", "river sand")
        .from_on = day("2026-05-01");
    here.structure = here.county.structure();
    assert_eq!(
        here.owners("joint-consultation", "2026-Q1"),
        ["water", "land"]
    );
    assert_eq!(
        here.owners("joint-consultation", "2026-Q2"),
        ["water", "culture"]
    );
    let key = ("joint-consultation", "water", "2026-Q2");
    let old = here.consultation(1, "2026-05-06", &["water presided", "land hosted"]);
    assert_eq!(here.stands(&[old], key, "2026-06-30"), "open 0/1");
    let new = here.consultation(2, "2026-05-06", &["water presided", "culture hosted"]);
    assert_eq!(here.stands(&[new], key, "2026-06-30"), "met 1/1");
}

#[test]
fn a_quarterly_table_goes_up_comes_back_and_is_accepted() {
    let here = Here::new();
    let key = ("quarter-return", "upstream government", "2026-Q1");
    let mut act = here.quarter_return("2026-04-03", "2026-Q1");
    assert_eq!(
        here.stands(&[act.clone()], key, "2026-04-04"),
        "met 1/1, provisional"
    );
    let step = |step, on: &str, by: Option<&str>| ActEvent {
        step,
        entered_on: day(on),
        answer_by: by.map(day),
    };
    act.events
        .push(step(ActStep::SendBack, "2026-04-07", Some("2026-04-09")));
    assert_eq!(
        here.stands(&[act.clone()], key, "2026-04-08"),
        "overdue 0/1, 3"
    );
    act.events
        .push(step(ActStep::SubmitAgain, "2026-04-09", None));
    act.events.push(step(ActStep::Accept, "2026-04-10", None));
    assert_eq!(here.stands(&[act.clone()], key, "2026-04-10"), "met 1/1");
    act.form = Some("another-county/river-quarter".to_owned());
    assert_eq!(here.why_not(&act, key), Weight::Not(WhyNot::OtherForm));
    let other = here.quarter_return("2026-04-03", "2026-Q2");
    let named = parse("2026-Q2");
    assert_eq!(
        here.why_not(&other, key),
        Weight::Not(WhyNot::OtherPeriod { named })
    );
}

#[test]
fn one_government_that_checks_before_the_festival_checks_for_all() {
    let here = Here::new();
    let act = here.county.act(
        1,
        "inspection",
        "2026-02-11",
        &["downstream government led"],
    );
    let period = "2026-02-10..2026-02-23";
    for who in [
        "county government",
        "upstream government",
        "downstream government",
    ] {
        let key = ("festival-check", who, period);
        assert_eq!(
            here.stands(std::slice::from_ref(&act), key, "2026-03-01"),
            "met 1/1"
        );
        assert_eq!(
            here.stands(&[], key, "2026-03-01"),
            "open 0/1",
            "never overdue by itself"
        );
    }
}

#[test]
fn the_office_chooses_between_two_texts_and_the_date_follows() {
    let duty = "monthly-note";
    assert_eq!(
        Here::new().explains(duty, "2026-03")[1],
        "期限 当月最后一日：3月31日（周二）"
    );
    let fifth = Here::with(chosen(&[], &[(duty, "fifth")]));
    assert_eq!(
        fifth.explains(duty, "2026-03")[2],
        "期限 当月5日：4月5日（周日）"
    );
    let clauses = &fifth.line(duty).newest().unwrap().clauses;
    assert_eq!(clauses, &["附则"]);
}

#[test]
fn a_list_takes_in_and_lets_go_whom_the_office_names() {
    let c = county();
    let choices = Choices {
        list_add: [(parse("patrol-villages"), vec![c.body("zone")])].into(),
        list_remove: [(parse("patrol-villages"), vec![c.body("quay")])].into(),
        reason: "开发区代管沿河村".to_owned(),
        ..Choices::default()
    };
    let here = Here::with(choices);
    assert_eq!(
        here.owners("ten-day-patrol", "2026-03-T1"),
        ["zone", "ford", "mill"]
    );
}

#[test]
fn one_patrol_recorded_once_counts_for_every_duty_that_it_meets() {
    let here = Here::new();
    let mut act = here.patrol(1, "2026-03-04", "mill head led");
    act.fields = [(parse("at-night"), FieldValue::Flag(true))].into();
    let rows = here.count(&[act]);
    let met: Vec<(&str, &str, String)> = rows
        .iter()
        .map(|r| {
            (
                r.key.duty.as_str(),
                here.county.name_of(r.key.owner),
                r.key.period.to_string(),
            )
        })
        .collect();
    assert_eq!(
        met,
        [
            ("night-patrol", "mill head", "2026-03x2".to_owned()),
            ("ten-day-patrol", "mill", "2026-03-T1".to_owned()),
        ]
    );
}

#[test]
fn the_head_of_its_table_has_three_rows() {
    let pack = second_county();
    let form = pack.forms.iter().find(|f| f.id == "river-quarter").unwrap();
    let rows = form.columns.iter().map(|c| c.head.len()).max();
    assert_eq!(rows, Some(3));
    let under = |group: &str| form.columns.iter().filter(|c| c.head[0] == group).count();
    assert_eq!((under("巡查情况"), under("隐患"), under("单位")), (3, 2, 1));
}

#[test]
fn no_line_of_the_product_knows_this_county() {
    let here = Here::new();
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src];
    let mut words: Vec<String> = here
        .book
        .lines()
        .iter()
        .map(|l| format!("\"{}\"", l.id))
        .collect();
    words.extend(["second-county", "river-sand", "临泉川"].map(str::to_owned));
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in &words {
                assert!(
                    !product.contains(word.as_str()),
                    "{} knows {word}",
                    path.display()
                );
            }
        }
    }
}
