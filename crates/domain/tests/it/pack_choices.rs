//! The office's choices: what it may decide where it applies a pack.

use domain::id::{BodyId, Slug};
use domain::pack::{Choices, DutyTiming};
use uuid::Uuid;

use crate::pack::{second_county, words};

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

#[test]
fn without_a_choice_the_first_text_holds_and_its_clause_is_cited() {
    let pack = second_county();
    let duty = pack.duty("monthly-note").unwrap();
    let (rule, clauses) = duty.rule_under(&Choices::default());
    assert_eq!(clauses, ["第八条"]);
    assert_eq!(*rule, duty.rule);
}

#[test]
fn the_chosen_text_holds_with_its_own_clause() {
    let pack = second_county();
    let duty = pack.duty("monthly-note").unwrap();
    let mut choices = Choices {
        reason: "以附则为准".to_owned(),
        ..Choices::default()
    };
    choices.options.insert(slug("monthly-note"), slug("fifth"));
    assert_eq!(choices.check(&pack, &[&words()]), []);
    let (rule, clauses) = duty.rule_under(&choices);
    assert_eq!(clauses, ["附则"]);
    let DutyTiming::Recurring {
        due,
        covers_previous,
        ..
    } = &rule.timing
    else {
        panic!("{rule:?}")
    };
    assert_eq!(
        (due.map(|d| d.to_string()).as_deref(), *covers_previous),
        (Some("day 5"), true)
    );
}

#[test]
fn a_duty_without_options_keeps_its_rule_and_clauses() {
    let pack = second_county();
    let duty = pack.duty("map").unwrap();
    let (rule, clauses) = duty.rule_under(&Choices::default());
    assert_eq!(
        (rule, clauses),
        (&duty.rule, vec!["第三条".to_owned(), "第七条".to_owned()])
    );
}

#[test]
fn what_the_pack_does_not_offer_is_refused_with_what_it_does() {
    let pack = second_county();
    let body = BodyId::new(Uuid::from_u128(1));
    let mut choices = Choices::default();
    choices.options.insert(slug("monthly-note"), slug("sixth"));
    choices.options.insert(slug("no-duty"), slug("fifth"));
    choices
        .answers
        .insert(slug("on-holiday"), slug("previous-working-day"));
    choices.answers.insert(slug("weather"), slug("fine"));
    choices.list_add.insert(slug("towns"), vec![body]);
    choices.list_remove.insert(slug("towns"), vec![body]);
    choices.list_remove.insert(slug("cities"), vec![]);
    choices.thresholds.insert(slug("slow-villages"), -1.0);
    choices.thresholds.insert(slug("fast-villages"), 1.0);
    choices.lock_after_days = Some(400);
    choices.answer_days = Some(0);
    choices.unfollowed.insert(slug("nothing"));
    let found: Vec<(&str, String)> = choices
        .check(&pack, &[&words()])
        .into_iter()
        .map(|p| {
            (
                p.code,
                format!("{} {}", p.field, p.allowed.unwrap_or_default()),
            )
        })
        .collect();
    let expected = [
        (
            "choices.unknown-option",
            "options.monthly-note 可以写：month-end、fifth",
        ),
        (
            "choices.unknown-duty",
            "options.no-duty 可以写：monthly-note",
        ),
        (
            "choices.unknown-answer",
            "answers.on-holiday 可以写：unchanged、next-working-day",
        ),
        (
            "choices.unknown-choice",
            "answers.weather 可以写：on-holiday",
        ),
        (
            "choices.unknown-list",
            "list_remove.cities 可以写：patrol-villages、towns",
        ),
        ("choices.add-and-remove", "list_add.towns "),
        (
            "choices.unknown-threshold",
            "thresholds.fast-villages 可以写：slow-villages",
        ),
        (
            "choices.threshold",
            "thresholds.slow-villages 可以写：不小于 0 的数",
        ),
        (
            "choices.unknown-duty",
            "unfollowed 可以写：ten-day-patrol、night-patrol、joint-consultation、quarter-return、\
             monthly-note、festival-check、map",
        ),
        ("choices.days", "lock_after_days 可以写：0 到 366 的整数"),
        ("choices.days", "answer_days 可以写：1 到 366 的整数"),
        ("choices.no-reason", "reason "),
    ];
    assert_eq!(found, expected.map(|(code, rest)| (code, rest.to_owned())));
}

#[test]
fn choices_survive_json_and_older_ones_get_the_defaults() {
    let mut choices = Choices {
        reason: "试行".to_owned(),
        ..Choices::default()
    };
    choices.thresholds.insert(slug("slow-villages"), 3.0);
    choices.lock_after_days = Some(30);
    let text = serde_json::to_string(&choices).unwrap();
    assert_eq!(serde_json::from_str::<Choices>(&text).unwrap(), choices);
    assert_eq!(
        serde_json::from_str::<Choices>("{}").unwrap(),
        Choices::default()
    );
    assert!(Choices::default().is_default() && !choices.is_default());
}
