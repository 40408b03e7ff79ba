//! Standing, for all terms, counted acts and rulings.

use chrono::{Days, NaiveDate};
use domain::duty::Key;
use domain::id::{Owner, RulingId};
use domain::ruling::{
    Decision, Ruling, RulingKind, RulingReason, RulingState, State as RulingIs, Wanted,
};
use domain::standing::{CountedOn, Ruled, State, Terms, judge};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::county::{act_id, day, home, parse, person};
use crate::properties::days;

fn terms() -> impl Strategy<Value = Terms> {
    (
        1..4_u32,
        days(),
        0..100_u64,
        0..40_i64,
        any::<(bool, bool)>(),
        days(),
    )
        .prop_map(
            |(need, opens_on, length, due, (due_provisional, by_occasion), followed_from_on)| {
                let ends_on = opens_on + Days::new(length);
                let due_on = (ends_on + chrono::TimeDelta::days(due - 20)).max(opens_on);
                Terms {
                    need,
                    opens_on,
                    ends_on,
                    due_on,
                    due_provisional,
                    followed_from_on,
                    by_occasion,
                }
            },
        )
}

fn hits(many: usize) -> impl Strategy<Value = Vec<CountedOn>> {
    let hit = (days(), any::<bool>()).prop_map(|(on, provisional)| CountedOn { on, provisional });
    prop::collection::vec(hit, 0..=many)
}

fn rulings() -> impl Strategy<Value = Vec<Ruling>> {
    let kind = select(RulingKind::ALL);
    let state = select(RulingState::ALL);
    let seed = (kind, state, days(), days());
    prop::collection::vec(seed, 0..4).prop_map(|seeds| seeds.into_iter().map(ruling).collect())
}

fn ruling(
    (kind, state, asked_on, new_due_on): (RulingKind, RulingState, NaiveDate, NaiveDate),
) -> Ruling {
    let decision = Decision::new(person(2), asked_on, "");
    Ruling {
        id: RulingId::new(Uuid::from_u128(1)),
        home: home(),
        key: Key {
            pack: parse("every-demand"),
            duty: parse("once"),
            owner: Owner::Body(home()),
            period: parse("2026"),
        },
        wanted: match kind {
            RulingKind::Waiver => Wanted::Waiver,
            RulingKind::Extension => Wanted::Extension { new_due_on },
            RulingKind::Correction => Wanted::Correction { act: act_id(1) },
        },
        state: match state {
            RulingState::Asked => RulingIs::Asked,
            RulingState::Approved => RulingIs::Approved(decision),
            RulingState::Refused => RulingIs::Refused(decision),
            RulingState::Withdrawn => RulingIs::Withdrawn,
        },
        reason: RulingReason::Weather,
        text: "大雪封路".to_owned(),
        asked_by: person(1),
        asked_on,
        version: 1,
    }
}

/// How well an obligation stands; the more the better.
fn rank(state: State) -> u8 {
    match state {
        State::Overdue => 0,
        State::Open => 1,
        State::NotYetOpen | State::BeforeRecords => 2,
        State::MetLate => 3,
        State::Met => 4,
        State::Waived => 5,
    }
}

proptest! {
    #[test]
    fn one_more_act_that_counts_never_makes_it_worse(
        terms in terms(), hits in hits(4), more in hits(1), rulings in rulings(), today in days(),
    ) {
        let ruled = Ruled::of(&rulings);
        let before = judge(&terms, &hits, &ruled, today);
        let after = judge(&terms, &[hits, more].concat(), &ruled, today);
        prop_assert!(rank(after.state) >= rank(before.state), "{before:?} {after:?}");
        prop_assert!(after.have >= before.have);
        prop_assert!(after.met_on.is_some() || before.met_on.is_none());
        if after.state == State::MetLate && before.state == State::MetLate {
            prop_assert!(after.days <= before.days);
        }
    }

    #[test]
    fn a_day_on_which_nothing_happens_makes_nothing_better(
        terms in terms(), hits in hits(4), rulings in rulings(), today in days(),
    ) {
        let known: Vec<CountedOn> = hits.into_iter().filter(|c| c.on <= today).collect();
        let ruled = Ruled::of(&rulings);
        let now = judge(&terms, &known, &ruled, today);
        let next = judge(&terms, &known, &ruled, today + Days::new(1));
        let opened = (now.state, next.state) == (State::NotYetOpen, State::Open);
        prop_assert!(opened || rank(next.state) <= rank(now.state), "{now:?} {next:?}");
        prop_assert_eq!((now.have, now.met_on, now.due_on), (next.have, next.met_on, next.due_on));
        if next.state == State::Overdue {
            prop_assert!(next.days >= 1 && next.days <= now.days.max(0) + 1);
        }
    }

    #[test]
    fn what_happens_later_is_not_known_before(
        terms in terms(), hits in hits(5), today in days(),
    ) {
        let known: Vec<CountedOn> = hits.iter().copied().filter(|c| c.on <= today).collect();
        let ruled = Ruled::default();
        prop_assert_eq!(judge(&terms, &hits, &ruled, today), judge(&terms, &known, &ruled, today));
    }

    #[test]
    fn the_order_of_acts_and_rulings_does_not_matter(
        terms in terms(), hits in hits(5), rulings in rulings(), today in days(),
    ) {
        let back: Vec<CountedOn> = hits.iter().rev().copied().collect();
        let (ruled, turned) = (Ruled::of(&rulings), Ruled::of(rulings.iter().rev()));
        prop_assert_eq!(judge(&terms, &hits, &ruled, today), judge(&terms, &back, &turned, today));
    }

    #[test]
    fn an_extension_never_shortens_and_only_approved_rulings_matter(
        terms in terms(), hits in hits(4), rulings in rulings(), today in days(),
    ) {
        let plain = judge(&terms, &hits, &Ruled::default(), today);
        let ruled = judge(&terms, &hits, &Ruled::of(&rulings), today);
        prop_assert!(ruled.due_on >= plain.due_on);
        prop_assert!(rank(ruled.state) >= rank(plain.state), "{plain:?} {ruled:?}");
        prop_assert!(ruled.late_before_extension >= 0);
        let approved: Vec<Ruling> =
            rulings.iter().filter(|r| matches!(r.state, RulingIs::Approved(_))).cloned().collect();
        prop_assert_eq!(Ruled::of(&rulings), Ruled::of(&approved));
        let latest = approved.iter().filter_map(|r| r.wanted.new_due_on()).max();
        prop_assert_eq!(Ruled::of(&rulings).extensions.last_on(), latest);
    }

    #[test]
    fn what_is_met_has_as_many_as_are_needed_and_knows_the_day(
        terms in terms(), hits in hits(5), today in days(),
    ) {
        let s = judge(&terms, &hits, &Ruled::default(), today);
        let met = matches!(s.state, State::Met | State::MetLate);
        prop_assert_eq!(met, s.have >= s.need);
        prop_assert_eq!(met, s.met_on.is_some());
        prop_assert_eq!(s.state == State::MetLate, s.met_on.is_some_and(|on| on > s.due_on));
        prop_assert!(!(terms.by_occasion && s.state == State::Overdue));
        prop_assert!(s.days >= 0);
    }
}

#[test]
fn a_further_extension_asked_for_within_the_one_before_comes_in_time() {
    let extension = |asked, to| {
        ruling((
            RulingKind::Extension,
            RulingState::Approved,
            day(asked),
            day(to),
        ))
    };
    let terms = Terms {
        need: 1,
        opens_on: day("2026-04-01"),
        ends_on: day("2026-06-30"),
        due_on: day("2026-06-25"),
        due_provisional: false,
        followed_from_on: day("2026-01-01"),
        by_occasion: false,
    };
    let late = |rulings: &[Ruling]| {
        judge(&terms, &[], &Ruled::of(rulings), day("2026-07-01")).late_before_extension
    };
    let first = extension("2026-06-20", "2026-07-05");
    assert_eq!(late(std::slice::from_ref(&first)), 0);
    assert_eq!(
        late(&[extension("2026-07-03", "2026-07-20"), first.clone()]),
        0
    );
    assert_eq!(
        late(&[first, extension("2026-07-08", "2026-07-20")]),
        3,
        "three days in between"
    );
    assert_eq!(late(&[extension("2026-06-28", "2026-07-05")]), 3);
}

// --- asked late, worked out ---------------------------------------------------------------------

/// A visit a month, due by its end.
fn october() -> Terms {
    Terms {
        need: 1,
        opens_on: day("2026-10-01"),
        ends_on: day("2026-10-31"),
        due_on: day("2026-10-31"),
        due_provisional: false,
        followed_from_on: day("2026-01-01"),
        by_occasion: false,
    }
}

fn to(asked: &str, to: &str) -> Ruling {
    let (kind, state) = (RulingKind::Extension, RulingState::Approved);
    ruling((kind, state, day(asked), day(to)))
}

/// State, days and days late before the asking, with acts that count on some days.
fn told(terms: &Terms, done: &[&str], rulings: &[Ruling], today: &str) -> (State, i64, i64) {
    let hits: Vec<CountedOn> = done
        .iter()
        .map(|on| CountedOn {
            on: day(on),
            provisional: false,
        })
        .collect();
    let s = judge(terms, &hits, &Ruled::of(rulings), day(today));
    (s.state, s.days, s.late_before_extension)
}

#[test]
fn an_extension_asked_for_late_excuses_nothing_done_before_the_asking() {
    let late = [to("2026-11-05", "2026-11-10")];
    let said = |done: &[&str], today| told(&october(), done, &late, today);
    assert_eq!(said(&[], "2026-11-06"), (State::Open, 4, 5));
    assert_eq!(said(&["2026-11-03"], "2026-11-06"), (State::MetLate, 3, 5));
    assert_eq!(said(&["2026-11-05"], "2026-11-06"), (State::Met, 0, 5));
    assert_eq!(said(&["2026-11-09"], "2026-11-20"), (State::Met, 0, 5));
    assert_eq!(said(&["2026-11-12"], "2026-11-20"), (State::MetLate, 2, 5));
    assert_eq!(said(&[], "2026-11-20"), (State::Overdue, 10, 5));
    assert_eq!(
        said(&["2026-11-03", "2026-11-09"], "2026-11-20"),
        (State::Met, 0, 5),
        "done once more within the new day"
    );
}

#[test]
fn what_is_completed_after_the_asking_is_measured_by_the_new_day() {
    let twice = Terms {
        need: 2,
        ..october()
    };
    let late = [to("2026-11-05", "2026-11-10")];
    let said = |done: &[&str]| told(&twice, done, &late, "2026-11-20").0;
    assert_eq!(said(&["2026-10-20", "2026-11-03"]), State::MetLate);
    assert_eq!(said(&["2026-11-03", "2026-11-09"]), State::Met);
    assert_eq!(said(&["2026-11-09", "2026-11-12"]), State::MetLate);
}

#[test]
fn an_extension_asked_for_in_time_makes_every_day_up_to_it_timely() {
    let rulings = [to("2026-10-20", "2026-11-10")];
    for done in ["2026-10-31", "2026-11-01", "2026-11-10"] {
        let said = told(&october(), &[done], &rulings, "2026-11-20");
        assert_eq!(said, (State::Met, 0, 0), "{done}");
    }
}
