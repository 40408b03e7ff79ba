//! Corners of counting, each as a story: groups that change, mergers to come, packs that come back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::act::Act;
use domain::calendar::Period;
use domain::duty::{Book, DutyLine, PackUse};
use domain::extension::{Extensions, Window};
use domain::id::Slug;
use domain::pack::{Choices, DutyTiming, Pack};
use domain::share::{Claim, share, sharing};
use domain::standing::CountedOn;
use domain::structure::Structure;
use domain::weigh::{Locks, NoRulings, Weight, WhyNot, count_act, weigh};

use crate::county::{County, act_id, applied, day, parse};
use crate::properties::{CALENDAR, PACK, WORDS, book};

fn line<'a>(book: &'a Book, duty: &str) -> &'a DutyLine {
    book.line(&PACK.id, &parse(duty)).unwrap()
}

/// Whose rows an act makes for a duty, by name.
fn counted(c: &County, book: &Book, act: &Act, duty: &str) -> Vec<String> {
    let rows = count_act(book, &c.structure(), act, &NoRulings);
    let mine = rows.iter().filter(|r| r.key.duty == duty);
    mine.map(|r| c.name_of(r.key.owner).to_owned()).collect()
}

fn weight(
    (c, structure): (&County, &Structure),
    book: &Book,
    act: &Act,
    (duty, who, period): (&str, &str, &str),
) -> Weight {
    let (owner, period) = (c.owner(who), parse(period));
    let obligation = book.obligation(line(book, duty), owner, period).unwrap();
    let locks = Locks {
        due_on: obligation.due.on,
        locked_on: None,
        corrected: &BTreeSet::new(),
        extensions: &Extensions::default(),
    };
    weigh(&obligation.duty, owner, period, act, structure, &locks)
}

#[test]
fn who_joined_after_a_joint_study_only_as_a_guest_did_not_do_it_together() {
    let mut c = County::default();
    c.add_body("north", "government", "town");
    c.add_body("south", "government", "town");
    c.add_body("new town", "government", "town").opened_on = day("2026-06-01");
    let parts = ["north hosted", "south hosted", "new town took-part"];
    let act = c.act(1, "study", "2026-03-10", &parts);
    let book = book(Choices::default());
    let s = c.structure();
    let key = |who| ("joint-governments", who, "2026");
    let missing = vec![c.owner("new town")];
    assert_eq!(
        weight((&c, &s), &book, &act, key("new town")),
        Weight::Not(WhyNot::NotTogether { missing })
    );
    assert_eq!(
        counted(&c, &book, &act, "joint-governments"),
        ["north", "south"]
    );
}

#[test]
fn a_town_that_will_be_merged_is_shown_its_visit_until_then() {
    let mut c = County::default();
    c.add_body("north", "government", "town").closed_on = Some(day("2026-03-21"));
    c.add_body("merged", "government", "town").opened_on = day("2026-03-21");
    c.add_link("successor", "merged", "north").from_on = day("2026-03-21");
    let act = c.act(1, "inspection", "2026-03-10", &["north led"]);
    let book = book(Choices::default());
    let (s, march) = (c.structure(), parse("2026-03"));
    let owe = |today| book.owners(line(&book, "each-body"), march, &s, day(today));
    assert_eq!(owe("2026-03-15"), [c.owner("north")]);
    assert_eq!(owe("2026-04-15"), [c.owner("merged")]);
    assert_eq!(counted(&c, &book, &act, "each-body"), ["north", "merged"]);
}

#[test]
fn one_who_joins_the_group_by_the_cut_off_has_what_another_did_for_all() {
    let mut c = County::default();
    c.add_body("north", "government", "town");
    c.add_body("new town", "government", "town").opened_on = day("2026-05-01");
    c.add_body("later town", "government", "town").opened_on = day("2026-08-01");
    let act = c.act(1, "study", "2026-03-10", &["north hosted"]);
    let book = book(Choices::default());
    assert_eq!(
        counted(&c, &book, &act, "any-government"),
        ["north", "new town"]
    );
}

#[test]
fn what_a_return_says_of_another_form_or_pack_is_no_matter_of_this_one() {
    let mut c = County::default();
    c.add_body("north", "government", "town");
    let mut act = c.act(1, "return", "2026-04-03", &["north hosted"]);
    act.period = Some(parse("2026-03"));
    let book = book(Choices::default());
    for (form, owners) in [
        (Some("every-demand/monthly"), vec!["north"]),
        (Some("every-demand/monthly-2"), vec![]),
        (Some("every-demands/monthly"), vec![]),
        (Some("monthly"), vec![]),
        (None, vec![]),
    ] {
        act.form = form.map(str::to_owned);
        assert_eq!(
            counted(&c, &book, &act, "monthly-return"),
            owners,
            "{form:?}"
        );
    }
}

// --- packs that change ---------------------------------------------------------------------------

/// The pack in force twice: until one day, and from another, then asking for one more of each.
fn twice(until: &str, again: &str) -> Book {
    twice_of(PACK.clone(), until, again)
}

fn twice_of(pack: Pack, until: &str, again: &str) -> Book {
    let mut newer = pack.clone();
    let first = applied(pack, day("2026-02-10"), Choices::default());
    let ended = PackUse {
        to_on: Some(day(until)),
        ..(*first.0).clone()
    };
    newer.version = 2;
    for duty in &mut newer.duties {
        duty.rule.at_least += 1;
    }
    let used: BTreeMap<Slug, _> = [(WORDS.id.clone(), WORDS.clone())].into();
    let packs = vec![
        (Arc::new(ended), first.1),
        applied(newer, day(again), Choices::default()),
    ];
    Book::new(packs, &used, CALENDAR.clone(), Vec::new())
}

/// Which periods are owed, and how many in each.
fn asked(book: &Book, duty: &str) -> Vec<(String, u32)> {
    let line = line(book, duty);
    let periods = book.periods(line, day("2026-01-01"), day("2026-08-31"));
    let many = |p| {
        let at = line.governing(p).unwrap();
        line.versions[at].rule.at_least
    };
    periods
        .into_iter()
        .map(|p| (p.to_string(), many(p)))
        .collect()
}

fn owned(all: &[(&str, u32)]) -> Vec<(String, u32)> {
    all.iter().map(|(p, n)| ((*p).to_owned(), *n)).collect()
}

#[test]
fn a_new_version_takes_over_with_the_period_that_begins_after_it() {
    let book = twice("2026-05-10", "2026-05-10");
    let quarters = owned(&[("2026-Q1", 1), ("2026-Q2", 1), ("2026-Q3", 2)]);
    assert_eq!(asked(&book, "chair-meeting"), quarters);
    let months = asked(&book, "each-body");
    assert_eq!(months[3..5], owned(&[("2026-05", 1), ("2026-06", 2)]));
}

#[test]
fn a_task_is_owed_once_however_often_the_pack_is_applied_anew() {
    let mut pack = PACK.clone();
    let at = pack.duties.iter().position(|d| d.id == *"once").unwrap();
    if let DutyTiming::Once { from, .. } = &mut pack.duties[at].rule.timing {
        *from = None;
    }
    let book = twice_of(pack, "2026-05-10", "2026-05-10");
    assert_eq!(
        asked(&book, "once"),
        owned(&[("2026-02-10..2026-06-30", 1)]),
        "the version at its start governs it"
    );
}

#[test]
fn a_pack_taken_back_and_applied_again_owes_from_the_period_it_comes_back_in() {
    let book = twice("2026-03-17", "2026-05-10");
    // 16 of the 31 days of March lie inside; April saw no version; May begins without one
    // and is governed by the one that comes into force within it.
    let months = owned(&[
        ("2026-02", 1),
        ("2026-03", 1),
        ("2026-05", 2),
        ("2026-06", 2),
    ]);
    assert_eq!(asked(&book, "each-body")[..4], months);
    let quarters = asked(&book, "chair-meeting");
    assert_eq!(quarters, owned(&[("2026-Q2", 2), ("2026-Q3", 2)]));
}

// --- an act counts for one period of a duty -----------------------------------------------------

/// Which acts, by number, each of October and November takes: a visit each, October extended.
fn shared(extended: (&str, &str), need: u32, acts: &[(usize, &str)]) -> [Vec<usize>; 2] {
    let window = Window {
        asked_on: day(extended.0),
        to: day(extended.1),
    };
    let extensions: Extensions = [window].into_iter().collect();
    let claim = |period: &str, extensions: &Extensions| {
        let period: Period = parse(period);
        let counts = |on| {
            let late = period.last_day() < on && extensions.covers(on);
            period.contains(on) || late
        };
        let all = acts.iter().map(|(n, on)| (act_id(*n), day(on)));
        let offered = all.filter(|(_, on)| counts(*on)).map(|(act, on)| {
            let provisional = false;
            (act, CountedOn { on, provisional })
        });
        Claim {
            period,
            need,
            due_on: extensions.due_on(period.last_day()),
            offered: offered.collect(),
        }
    };
    let claims = [
        claim("2026-10", &extensions),
        claim("2026-11", &Extensions::default()),
    ];
    let taken = share(&claims);
    let turned = [claims[1].clone(), claims[0].clone()];
    assert_eq!(taken, share(&turned), "in whatever order");
    ["2026-10", "2026-11"].map(|period| {
        let hits = &taken[&parse(period)];
        let number = |id| acts.iter().find(|(n, _)| act_id(*n) == id).unwrap().0;
        hits.iter().map(|(id, _)| number(*id)).collect()
    })
}

#[test]
fn an_act_within_an_extension_fills_the_period_that_is_short_and_the_next_one_its_own() {
    let extended = ("2026-10-25", "2026-11-10");
    let visits = [(1, "2026-11-03"), (2, "2026-11-08")];
    assert_eq!(shared(extended, 1, &visits), [vec![1], vec![2]]);
    // Two a month: both go to October, and November begins anew.
    assert_eq!(shared(extended, 2, &visits), [vec![1, 2], vec![]]);
    // October was met after all: what was done in November is November's.
    let before = [(1, "2026-10-30"), (2, "2026-11-03")];
    assert_eq!(shared(extended, 1, &before), [vec![1], vec![2]]);
    // The same, when the visit of October is recorded last.
    let last = [(2, "2026-11-03"), (9, "2026-10-30")];
    assert_eq!(shared(extended, 1, &last), [vec![9], vec![2]]);
    // More than both ask for stays with the month of its day.
    let many = [(1, "2026-11-02"), (2, "2026-11-03"), (3, "2026-11-04")];
    assert_eq!(shared(extended, 1, &many), [vec![1], vec![2, 3]]);
}

#[test]
fn an_act_before_the_asking_or_after_the_extension_is_its_own_months() {
    let extended = ("2026-11-05", "2026-11-10");
    for on in ["2026-11-03", "2026-11-11"] {
        assert_eq!(shared(extended, 1, &[(1, on)]), [vec![], vec![1]], "{on}");
    }
    assert_eq!(shared(extended, 1, &[(1, "2026-11-05")]), [vec![1], vec![]]);
}

#[test]
fn the_day_that_comes_first_goes_first() {
    // October may wait until the middle of December; November may not.
    let extended = ("2026-10-25", "2026-12-15");
    assert_eq!(
        shared(extended, 1, &[(1, "2026-11-20"), (2, "2026-11-25")]),
        [vec![2], vec![1]]
    );
}

#[test]
fn periods_share_acts_only_through_an_extension() {
    let book = book(Choices::default());
    let line = line(&book, "each-body");
    let (march, april, may) = (parse("2026-03"), parse("2026-04"), parse("2026-05"));
    let none = BTreeMap::new();
    assert_eq!(sharing(&book, line, march, &none), [march]);
    let window = Window {
        asked_on: day("2026-03-30"),
        to: day("2026-05-10"),
    };
    let extended = BTreeMap::from([(march, [window].into_iter().collect::<Extensions>())]);
    for period in [march, april, may] {
        let all = sharing(&book, line, period, &extended);
        assert_eq!(all, [march, april, may], "seen from {period}");
    }
    assert_eq!(
        sharing(&book, line, parse("2026-06"), &extended),
        [parse("2026-06")]
    );
}
