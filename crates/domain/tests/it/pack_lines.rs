//! What is made of a sound pack: timed lines, differences, conditions, the editors' schema.

use std::collections::BTreeMap;

use domain::pack::rule::{Fact, holds};
use domain::pack::{
    Change, Difference, Pack, compare, elements, head, json_schema, read, reference, timed,
};

use crate::pack::{files, second_county, words};

#[test]
fn every_timed_element_prints_one_line_a_clause_with_the_rule_that_runs() {
    let lines = timed(&second_county());
    let printed: Vec<String> = lines
        .iter()
        .map(|line| serde_json::to_string(line).unwrap())
        .collect();
    let golden = include_str!("../packs/second-county/timed.jsonl");
    assert_eq!(printed.join("\n"), golden.trim_end());
}

#[test]
fn another_rule_prints_another_line() {
    let mut pack = second_county();
    let before = timed(&pack);
    pack.duties[0].rule.at_least = 3;
    let after = timed(&pack);
    assert_eq!((before[0].at_least, after[0].at_least), (Some(2), Some(3)));
    assert_eq!(before[1..], after[1..]);
}

/// The second county's pack with one text replaced.
fn changed(from: &str, to: &str) -> Pack {
    let mut files = files("second-county");
    assert!(files.iter().any(|f| f.text.contains(from)), "{from}");
    for file in &mut files {
        file.text = file.text.replacen(from, to, 1);
    }
    read(&files, &[&words()]).unwrap()
}

#[test]
fn a_pack_does_not_differ_from_itself() {
    assert_eq!(compare(&second_county(), &second_county()), []);
}

#[test]
fn comparing_names_what_came_went_and_changed_with_its_fields() {
    let old = second_county();
    let mut new = changed("at_least = 2\ndue = \"last day\"", "at_least = 4");
    new.version = 2;
    new.phases.remove(0);
    let mut second = new.targets[0].clone();
    second.id = "trained".parse().unwrap();
    new.targets.push(second);
    let change = |kind, id: &str, title: &str, what| Change {
        kind,
        id: id.to_owned(),
        title: title.to_owned(),
        what,
    };
    assert_eq!(
        compare(&old, &new),
        [
            change(
                "scheme",
                "second-county",
                "临泉川县安全生产网格化巡查办法",
                Difference::Changed(vec!["version"])
            ),
            change(
                "duty",
                "ten-day-patrol",
                "每旬巡查高风险场所",
                Difference::Changed(vec!["timing", "at_least"])
            ),
            change("phase", "start", "部署", Difference::Went),
            change(
                "target",
                "trained",
                "高风险场所巡查覆盖率",
                Difference::Came
            ),
        ]
    );
}

#[test]
fn a_task_that_becomes_a_duty_went_and_came() {
    let old = second_county();
    let mut new = old.clone();
    let task = new.duties.iter_mut().find(|d| d.task).unwrap();
    task.task = false;
    let kinds: Vec<(&str, Difference)> = compare(&old, &new)
        .into_iter()
        .map(|c| (c.kind, c.what))
        .collect();
    assert_eq!(
        kinds,
        [("duty", Difference::Came), ("task", Difference::Went)]
    );
}

#[test]
fn a_condition_holds_only_when_all_its_thresholds_are_set() {
    let pack = second_county();
    let when = &pack.rules[0].when;
    let facts = |overdue| {
        BTreeMap::from([
            ("overdue", Fact::Count(overdue)),
            ("overdue_days", Fact::Count(11)),
            ("met", Fact::Count(0)),
        ])
    };
    let set = BTreeMap::from([("slow_villages".to_owned(), 2.0)]);
    assert_eq!(holds(when, &facts(3), &BTreeMap::new()), None);
    assert_eq!(holds(when, &facts(3), &set), Some(true));
    assert_eq!(holds(when, &facts(1), &set), Some(false));
    assert_eq!(holds("overdue +", &facts(1), &set), None);
    assert_eq!(holds("overdue + 1", &facts(1), &set), None);
}

#[test]
fn a_condition_that_would_exhaust_the_stack_is_refused_before_it_runs() {
    let sum = format!("overdue > {}", vec!["1"; 900].join("+"));
    let nested = format!("{}overdue > 1{}", "(".repeat(500), ")".repeat(500));
    let selected = format!("overdue{} > 1", ".a".repeat(600));
    let denied = format!("{}true", "!".repeat(1500));
    let ladder = format!("{}true", "true ? false : ".repeat(120));
    let lists = format!("overdue in {}1{}", "[".repeat(12), "]".repeat(12));
    let hidden = format!("{}overdue > 1", "size(')') + (".repeat(12));
    let within = format!("overdue{}", " in met".repeat(270));
    for when in [
        sum,
        nested,
        lists,
        hidden,
        selected,
        denied,
        ladder,
        within,
        "1".repeat(5_000),
    ] {
        assert_eq!(
            holds(&when, &BTreeMap::new(), &BTreeMap::new()),
            None,
            "{when}"
        );
        let text = format!(
            "[[rule]]\nid = \"r\"\ntitle = \"甲\"\nclause = \"一/（一）\"\nmeasure = \"talk\"\n\
             over = \"standing\"\nwhen = \"{when}\"\n"
        );
        let mut files = files("good");
        files.push(domain::pack::PackFile {
            path: "rule.toml".to_owned(),
            text,
        });
        let problems = read(&files, &[&words()]).unwrap_err().0;
        assert!(
            problems
                .iter()
                .all(|p| p.line == 7 && p.file == "rule.toml"),
            "{problems:?}"
        );
    }
}

#[test]
fn the_schema_and_the_reference_know_every_element_and_field() {
    let schema = json_schema();
    let page = reference();
    for field in head().fields {
        assert!(
            !schema["properties"][field.name].is_null(),
            "{}",
            field.name
        );
    }
    for element in elements() {
        let name = element.key;
        assert_eq!(
            schema["properties"][name]["items"]["$ref"],
            format!("#/definitions/{name}")
        );
        let definition = &schema["definitions"][name];
        assert_eq!(definition["additionalProperties"], false, "{name}");
        for field in element.fields {
            assert!(
                definition["properties"][field.name].is_object(),
                "{name}.{}",
                field.name
            );
            assert!(
                page.contains(&format!("| `{}` |", field.name)),
                "{name}.{}",
                field.name
            );
        }
        assert!(page.contains(&format!("`[[{name}]]`")), "{name}");
    }
    assert_eq!(
        schema["definitions"]["duty"]["properties"]["at_least"]["maximum"],
        1000
    );
    let references = schema.to_string();
    for part in references.split("#/definitions/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schema["definitions"][name].is_object(), "{name}");
    }
}
