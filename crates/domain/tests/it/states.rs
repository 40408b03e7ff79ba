//! States and steps of requests and of acts: every pair against its golden table.

use std::fmt::Write as _;

use chrono::NaiveDate;
use domain::act::{self, Judged};
use domain::duty::Key;
use domain::id::{Owner, RulingId};
use domain::ruling::{
    Asking, Decision, EXTENSION_DAYS_MAX, REASON_LONGEST, Refused, Ruling, RulingKind,
    RulingReason, State, Step, Wanted, Wrong, asked,
};
use uuid::Uuid;

use crate::county::{act_id, day, home, parse, person};
use crate::policy::golden;

// --- requests -----------------------------------------------------------------------------------

fn decision(opinion: &str) -> Decision {
    Decision::new(person(2), day("2026-11-06"), opinion)
}

fn request(state: State) -> Ruling {
    Ruling {
        id: RulingId::new(Uuid::from_u128(1)),
        home: home(),
        key: Key {
            pack: parse("three-actions"),
            duty: parse("town-visit"),
            owner: Owner::Body(home()),
            period: parse("2026-10"),
        },
        wanted: Wanted::Waiver,
        state,
        reason: RulingReason::Weather,
        text: "大雪封路".to_owned(),
        asked_by: person(1),
        asked_on: day("2026-11-05"),
        version: 1,
    }
}

fn states() -> [State; 4] {
    [
        State::Asked,
        State::Approved(decision("同意")),
        State::Refused(decision("理由不足")),
        State::Withdrawn,
    ]
}

#[test]
fn where_each_step_leads_a_request_is_what_the_golden_table_says() {
    let steps = [
        ("approve", Step::Approve(decision(""))),
        ("refuse", Step::Refuse(decision("理由不足"))),
        ("refuse, mute", Step::Refuse(decision("  "))),
        ("take-back", Step::TakeBack { by: person(1) }),
        ("take-back by another", Step::TakeBack { by: person(3) }),
    ];
    let mut table = String::new();
    for state in states() {
        for (name, step) in &steps {
            let to = match request(state.clone()).take(step.clone()) {
                Ok(to) => to.name().to_string(),
                Err(why) => format!("no: {why}"),
            };
            writeln!(table, "{:<11}{name:<22}{to}", state.name().code()).unwrap();
        }
    }
    golden("ruling_states.txt", &table);
}

#[test]
fn an_opinion_is_refused_and_never_cut() {
    let long = "长".repeat(REASON_LONGEST + 1);
    let has = REASON_LONGEST + 1;
    let request = request(State::Asked);
    for step in [
        Step::Approve(decision(&long)),
        Step::Refuse(decision(&long)),
    ] {
        assert_eq!(request.take(step), Err(Refused::OpinionTooLong { has }));
    }
    let fits = "长".repeat(REASON_LONGEST);
    let taken = request.take(Step::Approve(decision(&format!(" {fits}\n"))));
    assert_eq!(taken, Ok(State::Approved(decision(&fits))));
}

#[test]
fn one_request_of_a_kind_waits_at_a_time() {
    let other = |state| Ruling {
        id: RulingId::new(Uuid::from_u128(2)),
        ..request(state)
    };
    let new = request(State::Asked);
    for state in states() {
        let waits = state == State::Asked;
        assert_eq!(other(state).waits_before(&new), waits);
    }
    assert!(!new.waits_before(&new), "it does not stand in its own way");
    let later = Ruling {
        wanted: Wanted::Extension {
            new_due_on: day("2026-11-20"),
        },
        ..other(State::Asked)
    };
    assert!(!later.waits_before(&new), "another kind");
}

#[test]
fn only_an_approved_correction_makes_an_act_count() {
    let wanted = Wanted::Correction { act: act_id(1) };
    for state in states() {
        let is = matches!(state, State::Approved(_));
        let correction = Ruling {
            wanted,
            ..request(state)
        };
        assert_eq!(correction.corrects(act_id(1)), is);
        assert!(!correction.corrects(act_id(2)));
    }
}

#[test]
fn what_is_asked_has_reasons_a_later_day_and_an_act() {
    let (due, today) = (day("2026-10-31"), day("2026-11-05"));
    let asking = |kind, text, new_due_on: Option<&str>, act| Asking {
        kind,
        text,
        new_due_on: new_due_on.map(day),
        act,
    };
    let (waiver, extension, correction) = (
        RulingKind::Waiver,
        RulingKind::Extension,
        RulingKind::Correction,
    );
    let said = |asking| asked(asking, due, today);
    assert_eq!(
        said(asking(waiver, "雪", Some("2026-11-20"), Some(act_id(1)))),
        Ok(Wanted::Waiver),
        "what a waiver does not need is no part of it"
    );
    assert_eq!(
        said(asking(extension, " ", None, None)),
        Err(vec![Wrong::TextMissing, Wrong::NewDayMissing]),
        "all of it is said at once"
    );
    let long = "长".repeat(REASON_LONGEST + 1);
    let has = REASON_LONGEST + 1;
    let too_long = said(asking(waiver, &long, None, None));
    assert_eq!(too_long, Err(vec![Wrong::TextTooLong { has }]));
    let late: NaiveDate = today + chrono::TimeDelta::days(EXTENSION_DAYS_MAX);
    let next = late.succ_opt().unwrap();
    let to = |on: NaiveDate| said(asking(extension, "雪", Some(&on.to_string()), None));
    assert_eq!(to(today), Err(vec![Wrong::NewDayTooEarly { after: today }]));
    assert_eq!(to(late), Ok(Wanted::Extension { new_due_on: late }));
    assert_eq!(to(next), Err(vec![Wrong::NewDayTooFar]));
    let before = asked(
        asking(extension, "雪", Some("2026-10-31"), None),
        due,
        day("2026-10-20"),
    );
    assert_eq!(before, Err(vec![Wrong::NewDayTooEarly { after: due }]));
    let act = act_id(1);
    assert_eq!(
        said(asking(correction, "雪", None, Some(act))),
        Ok(Wanted::Correction { act })
    );
    assert_eq!(
        said(asking(correction, "雪", None, None)),
        Err(vec![Wrong::ActMissing])
    );
}

// --- acts ---------------------------------------------------------------------------------------

fn stands() -> [(&'static str, act::State); 5] {
    let on = day("2026-11-03");
    [
        ("recorded", act::State::Recorded),
        ("waiting", act::State::Return(Judged::Waiting(on))),
        (
            "sent-back",
            act::State::Return(Judged::SentBack {
                answer_by: Some(day("2026-11-08")),
                counts_on: on,
            }),
        ),
        ("accepted", act::State::Return(Judged::Accepted(on))),
        ("withdrawn", act::State::Withdrawn),
    ]
}

fn stand(state: act::State) -> String {
    match state {
        act::State::Recorded => "recorded".to_owned(),
        act::State::Return(Judged::Waiting(on)) => format!("waiting, counts on {on}"),
        act::State::Return(Judged::SentBack {
            answer_by,
            counts_on,
        }) => {
            let by = answer_by.map_or_else(|| "-".to_owned(), |by| by.to_string());
            format!("sent-back, counts on {counts_on} if answered by {by}")
        }
        act::State::Return(Judged::Accepted(on)) => format!("accepted, counts on {on}"),
        act::State::Withdrawn => "withdrawn".to_owned(),
    }
}

#[test]
fn where_each_step_leads_an_act_is_what_the_golden_table_says() {
    use act::Step;
    let back = Step::SendBack {
        answer_by: Some(day("2026-11-12")),
    };
    let again = |on| Step::SubmitAgain { on: day(on) };
    let steps = [
        ("record", Step::Record),
        ("amend", Step::Amend),
        ("reword", Step::Reword),
        ("accept", Step::Accept),
        ("send-back", back),
        ("submit-again", again("2026-11-08")),
        ("submit-again, late", again("2026-11-09")),
        ("withdraw", Step::Withdraw),
    ];
    let mut table = String::new();
    for (from, state) in stands() {
        for (name, step) in steps {
            let to = match state.take(step) {
                Ok(to) => stand(to),
                Err(why) => format!("no: {why}"),
            };
            writeln!(table, "{from:<11}{name:<20}{to}").unwrap();
        }
    }
    golden("act_states.txt", &table);
}

#[test]
fn a_reason_is_asked_for_where_something_is_changed_and_never_cut() {
    use act::{ActStep, REASON_LONGEST, WrongReason, reason};
    let free = [ActStep::Record, ActStep::Accept, ActStep::SubmitAgain];
    let long = "长".repeat(REASON_LONGEST + 1);
    for step in ActStep::ALL {
        let mute = reason(*step, " \n");
        if free.contains(step) {
            assert_eq!(mute, Ok(""), "{step}");
        } else {
            assert_eq!(mute, Err(WrongReason::Missing), "{step}");
        }
        let has = REASON_LONGEST + 1;
        assert_eq!(
            reason(*step, &long),
            Err(WrongReason::TooLong { has }),
            "{step}"
        );
        assert_eq!(reason(*step, " 数字有误 "), Ok("数字有误"), "{step}");
    }
}

#[test]
fn a_return_says_the_day_of_entry_unless_its_receiver_enters_it() {
    let (then, today) = (day("2026-11-03"), day("2026-11-05"));
    assert!(act::may_be_handed_in(today, today, false));
    assert!(!act::may_be_handed_in(then, today, false));
    assert!(act::may_be_handed_in(then, today, true));
    assert_eq!(act::answer_by(today, None), Some(day("2026-11-08")));
    assert_eq!(act::answer_by(today, Some(10)), Some(day("2026-11-15")));
}
