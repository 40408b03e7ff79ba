//! A person works on a draft: accepts, corrects, drops, merges, and takes each of it back.

use chrono::NaiveDate;
use domain::pack::{DutyTiming, Pack, PackFile, read_all, report};
use draft::{Correction, ElementKind, Naming, State, Unworkable, What, Work};
use proptest::prelude::*;

use crate::pack::common;
use crate::{draft, pack, propose};

const NOTICE: &str = "关于加强仓库防火的通知\n\n各镇人民政府，县直有关部门：\n\n一、检查\n（一）县商务局每月至少检查 2 次，每季度检查不少于1次仓库。\n（二）各镇人民政府每月检查1次。\n二、报送\n各镇人民政府于每月25日前报送情况，6月底前报送总结。\n三、整改\n收到通知后10日内，仓库企业报送整改方案。3月至5月集中整治。\n\n2025年2月3日";

fn work() -> Work {
    let naming = Naming {
        id: "depots".to_owned(),
        source: "通知.docx".to_owned(),
        otherwise: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day"),
    };
    propose(&draft(NOTICE), &naming)
}

fn read(work: &Work) -> Result<Pack, String> {
    let files: Vec<PackFile> = work
        .files()
        .into_iter()
        .map(|(path, text)| PackFile { path, text })
        .collect();
    let reading = read_all(&files, &[&common()]);
    reading
        .pack
        .ok_or_else(|| report(&reading.problems, &files))
}

fn id_of(work: &Work, quote: &str) -> String {
    let found = work.items.iter().find(|i| {
        let places = &i.element.places;
        places.iter().any(|p| p.quote.contains(quote))
    });
    found.expect("it was found").element.id.clone()
}

#[test]
fn what_is_accepted_and_what_is_dropped_can_be_taken_back() {
    let mut work = work();
    let all = work.items.len();
    assert_eq!(work.open(), all);
    let month = id_of(&work, "每月至少检查2次");
    let ids = vec![month.clone()];
    assert_eq!(work.decide(&ids, &State::Accepted), Ok(1));
    assert_eq!(work.decide(&ids, &State::Accepted), Ok(0), "twice is once");
    assert_eq!(work.decide(&ids, &State::Dropped), Ok(1));
    assert_eq!(work.kept().count(), all - 1);
    assert!(
        !read(&work)
            .unwrap()
            .duties
            .iter()
            .any(|d| d.id.as_str() == month)
    );
    assert_eq!(work.decide(&ids, &State::Open), Ok(1));
    assert_eq!(work.kept().count(), all);
    let strange = vec!["nobody".to_owned(), month];
    assert_eq!(
        work.decide(&strange, &State::Dropped),
        Err(Unworkable::Unknown)
    );
    assert_eq!(work.kept().count(), all, "nothing changed");
}

#[test]
fn two_that_say_the_same_become_one_with_both_places_and_can_be_parted() {
    let mut work = work();
    let first = id_of(&work, "每月至少检查2次");
    let second = id_of(&work, "每月检查1次");
    let dated = id_of(&work, "6月底前");
    let ids = vec![second.clone(), first.clone()];
    // Two owners are two duties, until a person says that they are one.
    assert_eq!(work.merge(&ids), Err(Unworkable::Differ));
    let both = Correction {
        owners: Correction::of(&work.item(&second).unwrap().element).owners,
        ..Correction::of(&work.item(&first).unwrap().element)
    };
    work.correct(&first, &both).unwrap();
    assert_eq!(
        work.merge(&ids),
        Ok(first.clone()),
        "the first of the text stays"
    );
    let pack = read(&work).unwrap();
    let duty = pack.duties.iter().find(|d| d.id.as_str() == first).unwrap();
    assert_eq!(duty.clauses, ["一/（一）", "一/（二）"]);
    assert!(!pack.duties.iter().any(|d| d.id.as_str() == second));
    let text = &work.files()[2].1;
    assert!(text.contains("、第"), "both places are named: {text}");

    assert_eq!(
        work.merge(std::slice::from_ref(&first)),
        Err(Unworkable::One)
    );
    assert_eq!(work.merge(&[first.clone(), dated]), Err(Unworkable::Kinds));
    assert_eq!(
        work.merge(&[first.clone(), second.clone()]),
        Err(Unworkable::Merged)
    );
    assert_eq!(
        work.decide(std::slice::from_ref(&second), &State::Dropped),
        Ok(0)
    );

    // A third asks for something else in time; made alike, it takes what was merged along.
    let third = id_of(&work, "每季度检查不少于1次");
    let three = [third.clone(), first.clone()];
    assert_eq!(work.merge(&three), Err(Unworkable::Differ));
    let monthly = Correction {
        every: "month".to_owned(),
        owners: both.owners.clone(),
        ..Correction::of(&work.item(&third).unwrap().element)
    };
    work.correct(&third, &monthly).unwrap();
    let kept = work.merge(&three).unwrap();
    assert_eq!(work.restore(&first), Err(Unworkable::Host));
    assert_eq!(kept, first);
    assert_eq!(work.merged_into(&first).count(), 2);
    assert_eq!(
        work.decide(&[third, second], &State::Open),
        Ok(2),
        "parted again"
    );
    assert_eq!(work.merged_into(&first).count(), 0);
}

#[test]
fn a_correction_is_read_field_by_field_and_can_be_restored() {
    let mut work = work();
    let id = id_of(&work, "每月25日前");
    let before = work.item(&id).unwrap().element.clone();
    let mut typed = Correction::of(&before);
    assert_eq!(
        (typed.every.as_str(), typed.cut_off.as_str()),
        ("month", "25日")
    );
    typed.title = "月度情况报送".to_owned();
    typed.owners = vec!["town".to_owned(), "department".to_owned()];
    typed.cut_off = "次月5日".to_owned();
    typed.at_least = "2".to_owned();
    work.correct(&id, &typed).unwrap();
    let pack = read(&work).unwrap();
    let duty = pack.duties.iter().find(|d| d.id.as_str() == id).unwrap();
    assert_eq!(duty.title, "月度情况报送");
    assert!(
        matches!(duty.rule.timing, DutyTiming::Recurring { .. }),
        "{duty:?}"
    );
    assert_eq!(work.item(&id).unwrap().state, State::Accepted);

    let wrong = Correction {
        title: String::new(),
        clauses: "二 九".to_owned(),
        owners: Vec::new(),
        at_least: "0".to_owned(),
        n: "77".to_owned(),
        cut_off: "day 40".to_owned(),
        ..typed
    };
    let Err(Unworkable::Wrong(fields)) = work.correct(&id, &wrong) else {
        unreachable!("it must be refused");
    };
    let names: Vec<&str> = fields.iter().map(|w| w.field).collect();
    assert_eq!(
        names,
        ["title", "clauses", "owners", "at_least", "n", "cut_off"]
    );
    assert_eq!(
        work.item(&id).unwrap().element.title,
        "月度情况报送",
        "nothing changed"
    );

    work.restore(&id).unwrap();
    assert_eq!(work.item(&id).unwrap().element, before);
    assert_eq!(work.restore(&id), Err(Unworkable::Unknown));
}

#[test]
fn an_element_may_turn_out_to_be_of_another_kind() {
    let mut work = work();
    let id = id_of(&work, "6月底前");
    let mut typed = Correction::of(&work.item(&id).unwrap().element);
    typed.kind = ElementKind::Limit.code().to_owned();
    typed.within = "10个工作日".to_owned();
    typed.after = "检查结束".to_owned();
    typed.case = "hazard".to_owned();
    typed.label = "report".to_owned();
    work.correct(&id, &typed).unwrap();
    assert_eq!(read(&work).unwrap().limits.len(), 2);
    assert!(matches!(
        work.item(&id).unwrap().element.what,
        What::Limit { .. }
    ));
}

#[test]
fn what_a_person_adds_stands_in_the_clause_of_its_place() {
    let mut work = work();
    let at = NOTICE.chars().position(|c| c == '收').unwrap();
    let place = draft::Place {
        at,
        chars: 4,
        quote: "收到通知".to_owned(),
    };
    let id = work.add(place, "各镇人民政府", "收到通知后逐户检查");
    let element = work.item(&id).unwrap().element.clone();
    assert_eq!(element.clauses, ["三"]);
    assert!(work.item(&id).is_some_and(|i| !i.element.is_complete()));
    let again = work.add(element.places[0].clone(), "", "");
    assert_ne!(id, again);
}

#[derive(Debug, Clone)]
enum Step {
    Decide(usize, State),
    Merge(usize, usize),
    Restore(usize),
    Retitle(usize, String),
}

fn step() -> impl Strategy<Value = Step> {
    let state = prop_oneof![
        Just(State::Open),
        Just(State::Accepted),
        Just(State::Dropped)
    ];
    prop_oneof![
        (0..9usize, state).prop_map(|(i, s)| Step::Decide(i, s)),
        (0..9usize, 0..9usize).prop_map(|(i, j)| Step::Merge(i, j)),
        (0..9usize).prop_map(Step::Restore),
        (0..9usize, "[\\p{Han}\"\\\\a-z]{0,70}").prop_map(|(i, t)| Step::Retitle(i, t)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn whatever_is_done_the_pack_passes_the_checker_and_no_place_is_lost(
        steps in proptest::collection::vec(step(), 0..24)
    ) {
        let mut work = work();
        let places = |w: &Work| w.items.iter().map(|i| i.element.places.len()).sum::<usize>();
        let before = (work.items.len(), places(&work));
        for step in steps {
            let id = |w: &Work, i: usize| w.items[i % w.items.len()].element.id.clone();
            match step {
                Step::Decide(i, state) => { let _ = work.decide(&[id(&work, i)], &state); }
                Step::Merge(i, j) => { let _ = work.merge(&[id(&work, i), id(&work, j)]); }
                Step::Restore(i) => { let _ = work.restore(&id(&work, i)); }
                Step::Retitle(i, title) => {
                    let id = id(&work, i);
                    let old = Correction::of(&work.item(&id).unwrap().element);
                    let _ = work.correct(&id, &Correction { title, ..old });
                }
            }
            let followed = work.items.iter().all(|i| match &i.state {
                State::Into(to) => work.item(to).is_some_and(|t| !matches!(t.state, State::Into(_))),
                _ => true,
            });
            prop_assert!(followed, "nothing is merged into what is merged");
        }
        prop_assert_eq!((work.items.len(), places(&work)), before);
        prop_assert!(read(&work).is_ok(), "{}", read(&work).unwrap_err());
        let stored = serde_json::to_string(&work).unwrap();
        prop_assert_eq!(serde_json::from_str::<Work>(&stored).unwrap(), work, "stored and read again");
    }
}

#[test]
fn one_body_of_many_and_nobody_at_all_are_not_taken_for_a_kind_of_body() {
    let text = "一、检查\n县住建局每月检查2次在建工地。每月25日前报送情况。每学期开展2次演练，30分钟内报告。";
    let naming = Naming {
        id: "sites".to_owned(),
        source: "通知.txt".to_owned(),
        otherwise: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day"),
    };
    let mut work = propose(&draft(text), &naming);
    assert_eq!(work.lists.len(), 1);
    assert_eq!(work.lists[0].title, "县住建局");
    let visits = id_of(&work, "每月检查2次");
    assert!(work.item(&visits).unwrap().element.is_complete());

    // What the format has no period for, and what was taken for no obligation, is listed.
    let passed: Vec<&str> = work.loose.iter().map(|l| l.place.quote.as_str()).collect();
    assert_eq!(passed, ["每学期", "30分钟内"]);
    assert!(work.loose.iter().all(|l| !l.why.is_empty()));
    assert!(
        pack(&draft(text), &naming).uncovered.is_empty(),
        "these are no labels"
    );

    // What a person adds is not in the pack, and not accepted, until it is filled in.
    let before = work.kept().count();
    let added = work.take(0).unwrap();
    assert_eq!(work.kept().count(), before);
    let refused = work.decide_one(&added, "open", &State::Accepted);
    assert_eq!(refused, Err(Unworkable::Incomplete));
    assert_eq!(
        work.decide(std::slice::from_ref(&added), &State::Accepted),
        Ok(0)
    );
    let mut typed = Correction::of(&work.item(&added).unwrap().element);
    assert!(typed.owners.is_empty(), "nobody is proposed");
    typed.named = "县教育局\n县住建局".to_owned();
    work.correct(&added, &typed).unwrap();
    assert_eq!(work.lists.len(), 2, "a body that is known is named once");
    let sound = read(&work).unwrap();
    let titles: Vec<&str> = sound.lists.iter().map(|l| l.title.as_str()).collect();
    assert_eq!(titles, ["县住建局", "县教育局"]);

    // Somebody who saw another state is told.
    work.decide_one(&visits, "open", &State::Dropped).unwrap();
    let late = work.decide_one(&visits, "open", &State::Accepted);
    assert_eq!(late, Err(Unworkable::Decided("不用")));
}

#[test]
fn a_number_that_a_text_has_twice_is_two_clauses() {
    let text = "一、检查\n各镇人民政府每月检查1次。\n二、报送\n各镇人民政府每月报送1次。\n二、通报\n县安委办每季度通报1次。";
    let naming = Naming {
        id: "twice".to_owned(),
        source: "通知.txt".to_owned(),
        otherwise: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day"),
    };
    let work = propose(&draft(text), &naming);
    let ids: Vec<&str> = work.clauses.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["一", "二", "二~2"]);
    let quarter = id_of(&work, "每季度");
    assert_eq!(work.item(&quarter).unwrap().element.clauses, ["二~2"]);
    assert!(read(&work).is_ok(), "{}", read(&work).unwrap_err());
}

#[test]
fn two_limits_of_one_span_are_two_where_something_else_is_done() {
    let mut work = work();
    let first = id_of(&work, "10日内");
    let added = id_of(&work, "6月底前");
    let like = Correction::of(&work.item(&first).unwrap().element);
    let other = Correction {
        label: "rectify".to_owned(),
        ..like.clone()
    };
    work.correct(&added, &other).unwrap();
    let both = [first, added.clone()];
    assert_eq!(work.merge(&both), Err(Unworkable::Differ));
    work.correct(&added, &like).unwrap();
    assert!(work.merge(&both).is_ok());
}

#[test]
fn a_phrase_is_found_where_it_was_picked() {
    let text = "一、每月\n检查。\n二、每 月检查；其他。";
    let (place, sentence) = draft::find_phrase(text, "每月检查", 14).unwrap();
    assert_eq!((place.at, place.quote.as_str()), (11, "每月检查"));
    assert_eq!(sentence, "二、每 月检查");
    assert_eq!(draft::find_phrase(text, "每月检查", 0).unwrap().0.at, 2);
    assert!(draft::find_phrase(text, "每年", 0).is_none());
}
