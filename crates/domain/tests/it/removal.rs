//! What a shipped pack loses when one of its elements is taken out: its timed lines and its
//! obligations, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use domain::calendar::{Period, WorkCalendar};
use domain::duty::Book;
use domain::id::{OccasionId, Owner, Slug};
use domain::occasion::Occasion;
use domain::pack::{Choices, DutyDecl, DutyTiming, Pack, TimedLine, read_all, timed};
use domain::structure::Structure;
use uuid::Uuid;

use crate::county::{County, applied, attrs, day, home, parse};
use crate::shipped::{COMMITTEES, COMMON, THREE_ACTIONS, files, shipped};

static COMMON_PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| Arc::new(shipped(COMMON, &[])));
static CALENDAR: LazyLock<Arc<WorkCalendar>> = LazyLock::new(|| Arc::new(WorkCalendar::shipped()));

fn packs() -> [Pack; 2] {
    [COMMITTEES, THREE_ACTIONS].map(|id| shipped(id, &[&COMMON_PACK]))
}

/// A county in which every duty of both packs finds somebody who owes it.
fn county() -> Structure {
    let mut c = County::default();
    c.add_body("county party", "party-committee", "county");
    c.add_body("county government", "government", "county");
    c.add_body("council", "safety-committee", "county");
    c.add_body("office", "safety-office", "county");
    c.add_body("town party", "party-committee", "town");
    c.add_body("town government", "government", "town");
    let units = attrs(&["regulator", "member_unit"]);
    for bureau in ["energy", "fire brigade"] {
        c.add_body(bureau, "department", "county").spans[0].attrs = units.clone();
        c.add_post(&format!("{bureau} head"), bureau, "head");
    }
    c.add_body("coal", "special-committee", "county");
    c.add_body("mine", "enterprise", "town").spans[0].attrs = attrs(&["subject", "high_hazard"]);
    c.add_body("brickworks", "enterprise", "town");
    for (post, body, kind) in [
        ("standing member", "county party", "standing-member"),
        ("county head", "county government", "head"),
        ("deputy head", "county government", "deputy-head"),
        ("town head", "town government", "head"),
        ("coal chair", "coal", "chair"),
        ("coal deputy", "coal", "deputy-chair"),
        ("mine principal", "mine", "principal"),
    ] {
        c.add_post(post, body, kind);
    }
    c.add_link("leads", "energy", "coal");
    c.add_link("member", "fire brigade", "coal");
    c.add_link("regulates", "energy", "mine");
    c.structure()
}

/// One occasion of every kind that the pack names.
fn occasions(pack: &Pack) -> Vec<Occasion> {
    let opened = pack.occasions.iter().enumerate().map(|(n, kind)| Occasion {
        id: OccasionId::new(Uuid::from_u128(n as u128)),
        home: home(),
        kind: kind.id.clone(),
        title: kind.title.clone(),
        from_on: day("2026-04-28"),
        to_on: day("2026-05-05"),
        withdrawn: false,
        version: 1,
    });
    opened.collect()
}

/// Everything owed in 2026: duty, owner, period and due day.
type Owed = BTreeSet<(Slug, Owner, Period, NaiveDate)>;

fn owed(pack: &Pack, structure: &Structure, choices: Choices) -> Owed {
    let used: BTreeMap<Slug, Arc<Pack>> = [(parse(COMMON), COMMON_PACK.clone())].into();
    let in_force = vec![applied(pack.clone(), pack.effect.from.unwrap(), choices)];
    let book = Book::new(in_force, &used, CALENDAR.clone(), occasions(pack));
    let mut out = Owed::new();
    for line in book.lines() {
        for period in book.periods(line, day("2026-01-01"), day("2026-12-31")) {
            for owner in book.owners(line, period, structure, day("2026-12-31")) {
                let due = book.obligation(line, owner, period).unwrap().due.on;
                out.insert((line.id.clone(), owner, period, due));
            }
        }
    }
    out
}

fn choosing(duty: &DutyDecl, option: &Slug) -> Choices {
    Choices {
        options: [(duty.id.clone(), option.clone())].into(),
        reason: "县安委办确定".to_owned(),
        ..Choices::default()
    }
}

/// How many timed lines a duty prints: one a clause, none for duties by occasion.
fn lines_of(duty: &DutyDecl) -> usize {
    let one = |timing: &DutyTiming, clauses: &[String]| match timing {
        DutyTiming::Recurring { .. } | DutyTiming::Once { .. } => clauses.len(),
        DutyTiming::Occasion { .. } => 0,
    };
    let options = duty.options.iter().map(|o| one(&o.rule.timing, &o.clauses));
    one(&duty.rule.timing, &duty.clauses) + options.sum::<usize>()
}

/// The lines that are missing in `less`, which must otherwise be `full` in the same order.
fn missing<'a>(full: &'a [TimedLine], less: &[TimedLine]) -> Vec<&'a TimedLine> {
    let mut rest = less.iter().peekable();
    let gone = full
        .iter()
        .filter(|line| rest.next_if_eq(line).is_none())
        .collect();
    assert_eq!(rest.next(), None, "no line came or moved");
    gone
}

#[test]
fn every_duty_is_owed_by_somebody_and_goes_with_its_lines_when_it_is_taken_out() {
    let structure = county();
    for pack in packs() {
        let (lines, all) = (timed(&pack), owed(&pack, &structure, Choices::default()));
        for (at, duty) in pack.duties.iter().enumerate() {
            assert!(
                all.iter().any(|(id, ..)| *id == duty.id),
                "nobody owes {}",
                duty.id
            );
            let mut less = pack.clone();
            less.duties.remove(at);
            let less_lines = timed(&less);
            let gone = missing(&lines, &less_lines);
            assert_eq!(gone.len(), lines_of(duty), "{}", duty.id);
            let left: Owed = all
                .iter()
                .filter(|(id, ..)| *id != duty.id)
                .cloned()
                .collect();
            assert_eq!(
                owed(&less, &structure, Choices::default()),
                left,
                "{}",
                duty.id
            );
        }
    }
}

#[test]
fn every_text_to_choose_from_has_its_own_line_and_another_outcome() {
    let structure = county();
    let mut seen = 0;
    for pack in packs() {
        let lines = timed(&pack);
        for (at, duty) in pack.duties.iter().enumerate() {
            for (nth, option) in duty.options.iter().enumerate() {
                let mut less = pack.clone();
                less.duties[at].options.remove(nth);
                let less_lines = timed(&less);
                let gone = missing(&lines, &less_lines);
                let clauses: Vec<&str> = gone.iter().map(|l| l.clause.as_str()).collect();
                assert_eq!(clauses, option.clauses, "{}.{}", duty.id, option.id);
                let chosen = choosing(duty, &option.id);
                assert_eq!(chosen.check(&pack, &[&COMMON_PACK]), []);
                let refused = chosen.check(&less, &[&COMMON_PACK]);
                assert_eq!(refused[0].code, "choices.unknown-option");
                let with = owed(&pack, &structure, chosen.clone());
                let without = owed(&less, &structure, chosen);
                assert_ne!(
                    with, without,
                    "{}.{} makes no difference",
                    duty.id, option.id
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 6, "{seen} texts to choose from");
}

#[test]
fn every_phase_and_every_span_after_an_event_goes_with_its_lines_and_owes_nothing() {
    let structure = county();
    let mut seen = 0;
    for pack in packs() {
        let (lines, all) = (timed(&pack), owed(&pack, &structure, Choices::default()));
        let mut without = |less: Pack, clauses: &[String], id: &Slug| {
            let less_lines = timed(&less);
            let gone = missing(&lines, &less_lines);
            assert_eq!(gone.len(), clauses.len(), "{id}");
            assert_eq!(owed(&less, &structure, Choices::default()), all, "{id}");
            seen += 1;
        };
        for (at, phase) in pack.phases.iter().enumerate() {
            let mut less = pack.clone();
            less.phases.remove(at);
            without(less, &phase.clauses, &phase.id);
        }
        for (at, limit) in pack.limits.iter().enumerate() {
            let mut less = pack.clone();
            less.limits.remove(at);
            without(less, &limit.clauses, &limit.id);
        }
    }
    assert!(seen >= 11, "{seen} phases and limits");
}

#[test]
fn what_is_cut_out_of_the_file_is_gone_from_the_pack() {
    let [_, pack] = packs();
    let lines = timed(&pack);
    for (key, id, many) in [
        ("duty", "tour", 1),
        ("phase", "sum-up", 1),
        ("limit", "quick-site", 1),
    ] {
        let mut files = files(THREE_ACTIONS);
        for file in &mut files {
            let header = format!("[[{key}]]\nid = \"{id}\"\n");
            if let Some(from) = file.text.find(&header) {
                let end = file.text[from + 2..]
                    .find("\n[[")
                    .map(|to| from + 2 + to + 1);
                file.text
                    .replace_range(from..end.unwrap_or(file.text.len()), "");
            }
            // Whatever groups the element names it no longer.
            file.text = file.text.replace(&format!("\"{id}\", "), "");
            file.text = file.text.replace(&format!(", \"{id}\""), "");
        }
        let less = read_all(&files, &[&COMMON_PACK]).pack.unwrap();
        let less_lines = timed(&less);
        assert_eq!(missing(&lines, &less_lines).len(), many, "{id}");
    }
}
