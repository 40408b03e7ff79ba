//! Editing a pack's file: one value, one line; export is the bytes that were imported.

use domain::pack::{EditError, set_value};
use toml_edit::{Array, Value};

use crate::pack::{files, sound, words};

const TEXT: &str = "\
# 职责
[[duty]]                # the first
id = \"a\"
at_least = 2            # 一年两次
owed_by = { body = \"government\", level = [\"town\"] } # 各镇
where = { form = [
  \"plenary\",   # 全体
  \"thematic\",
] }

[[duty]]
id = \"b\"
at_least = 1

[[duty.option]]
id = \"o\"
due = \"day 22\"  # 正文
[[duty.option]]
id = \"p\"
due = \"last day\"  # 附件

[[clause]]
number = \"一\"
title = \"会议\" # 原标题

[[values]]
id = \"form\"
items = [
  { id = \"plenary\", title = \"全体会议\" },   # 甲
  { id = \"thematic\", title = \"专题会议\" },
]
";

/// The lines that differ, as before → after.
fn differing<'t>(before: &'t str, after: &'t str) -> Vec<(&'t str, &'t str)> {
    assert_eq!(before.lines().count(), after.lines().count());
    before
        .lines()
        .zip(after.lines())
        .filter(|(a, b)| a != b)
        .collect()
}

#[test]
fn one_value_changes_one_line_and_the_comment_behind_it_stays() {
    let new = set_value(TEXT, "duty", "a", "at_least", Value::from(4)).unwrap();
    assert_eq!(
        differing(TEXT, &new),
        [(
            "at_least = 2            # 一年两次",
            "at_least = 4            # 一年两次"
        )]
    );
}

#[test]
fn values_inside_tables_options_and_clauses_are_found() {
    let levels: Array = ["county", "town"].into_iter().collect();
    let cases = [
        (
            "duty",
            "a",
            "owed_by.level",
            Value::from(levels),
            "level = [\"county\", \"town\"] } # 各镇",
        ),
        (
            "duty.option",
            "b/p",
            "due",
            Value::from("day 25"),
            "due = \"day 25\"  # 附件",
        ),
        (
            "clause",
            "一",
            "title",
            Value::from("例会"),
            "title = \"例会\" # 原标题",
        ),
        (
            "values.items",
            "form/plenary",
            "title",
            Value::from("全会"),
            "title = \"全会\" },   # 甲",
        ),
    ];
    for (element, id, field, value, line) in cases {
        let new = set_value(TEXT, element, id, field, value).unwrap();
        let lines = differing(TEXT, &new);
        assert_eq!(lines.len(), 1, "{element} {id}");
        assert!(lines[0].1.ends_with(line), "{}", lines[0].1);
    }
}

#[test]
fn a_missing_field_is_added_as_one_line_at_the_end_of_its_table() {
    let new = set_value(
        TEXT,
        "duty.option",
        "b/o",
        "covers",
        Value::from("previous"),
    )
    .unwrap();
    assert_eq!(
        new,
        TEXT.replace("# 正文\n", "# 正文\ncovers = \"previous\"\n")
    );
}

#[test]
fn windows_line_ends_stay() {
    let text = TEXT.replace('\n', "\r\n");
    let new = set_value(&text, "duty", "a", "at_least", Value::from(4)).unwrap();
    assert_eq!(new, text.replace("at_least = 2", "at_least = 4"));
}

#[test]
fn what_does_not_exist_is_refused() {
    let no = |element: &str, id: &str| EditError::NoElement {
        element: element.to_owned(),
        id: id.to_owned(),
    };
    let set = |text, element, id, field| set_value(text, element, id, field, Value::from(1));
    assert_eq!(set(TEXT, "duty", "c", "n"), Err(no("duty", "c")));
    assert_eq!(
        set(TEXT, "duty.option", "a/o", "n"),
        Err(no("duty.option", "a/o"))
    );
    assert_eq!(set(TEXT, "task", "a", "n"), Err(no("task", "a")));
    assert_eq!(
        set("id = ", "scheme", "", "version"),
        Err(EditError::Syntax)
    );
    let inside = set(TEXT, "duty", "a", "at_least.more");
    assert_eq!(
        inside,
        Err(EditError::NoTable {
            field: "at_least.more".to_owned()
        })
    );
}

#[test]
fn an_edited_pack_reads_and_setting_the_old_value_gives_the_old_bytes() {
    let old = files("second-county");
    let at = old.iter().position(|f| f.path == "duties.toml").unwrap();
    let set = |text: &str, n: i64| {
        set_value(text, "duty", "ten-day-patrol", "at_least", Value::from(n)).unwrap()
    };
    let mut new = old.clone();
    new[at].text = set(&old[at].text, 5);
    let pack = sound(&new, &[&words()]);
    assert_eq!(pack.duty("ten-day-patrol").unwrap().rule.at_least, 5);
    assert_eq!(set(&new[at].text, 2), old[at].text);
}

#[test]
fn the_head_is_edited_too() {
    let old = files("second-county");
    let scheme = &old.iter().find(|f| f.path == "scheme.toml").unwrap().text;
    let new = set_value(scheme, "scheme", "", "effect.last", Value::from("whole")).unwrap();
    assert_eq!(new, scheme.replace("last = \"none\"", "last = \"whole\""));
}
