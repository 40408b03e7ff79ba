//! Every kind of mistake in a pack, with the place that is pointed at and the help that is given.
//!
//! A mistake is written as the file that contains it; ▶ stands right before the place that the
//! checker must name. Each must be the only problem of its file: one slip, one message.

use domain::pack::{PackFile, Problem, Severity, read_all, report};

use crate::pack::{files, words};

/// One slip and what must be said about it, from a file of `packs/mistakes`.
struct Mistake {
    /// The slip, as a sentence.
    name: String,
    code: String,
    /// Parts of message, `allowed` or `nearest`.
    says: Vec<String>,
    /// The second file of the pack `good`; its `scheme.toml` when it begins with an `id`.
    text: String,
}

/// All mistakes. Each begins with `## ` and its name; then the code, parts of what is said behind
/// `> `, an empty line and the text.
fn mistakes() -> Vec<Mistake> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packs/mistakes");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    texts
        .flat_map(|text| text.split("## ").skip(1).map(mistake).collect::<Vec<_>>())
        .collect()
}

fn mistake(entry: &str) -> Mistake {
    let (about, text) = entry
        .split_once("\n\n")
        .expect("an empty line before the text");
    let mut lines = about.lines();
    Mistake {
        name: lines.next().expect("a name").to_owned(),
        code: lines.next().expect("a code").to_owned(),
        says: lines
            .map(|l| l.strip_prefix("> ").expect("> and a part").to_owned())
            .collect(),
        text: format!("{}\n", text.trim_end()),
    }
}

/// A pack with this text beside or instead of its good file; the ▶ is taken out.
fn spoiled(text: &str) -> (Vec<PackFile>, (String, usize, usize)) {
    let at = text.find('▶').expect("▶ marks the place");
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let text = text.replacen('▶', "", 1);
    let mut files = files("good");
    let head = text.starts_with("id =");
    let path = if head { "scheme.toml" } else { "spoiled.toml" };
    if head {
        files.clear();
    }
    files.push(PackFile {
        path: path.to_owned(),
        text,
    });
    (files, (path.to_owned(), line, column))
}

fn problems_of(files: &[PackFile]) -> Vec<Problem> {
    read_all(files, &[&words()]).problems
}

#[test]
fn every_mistake_is_one_problem_at_its_place_with_help() {
    let mistakes = mistakes();
    assert!(mistakes.len() >= 80, "{}", mistakes.len());
    let mut wrong = String::new();
    for mistake in mistakes {
        let (files, place) = spoiled(&mistake.text);
        let problems = problems_of(&files);
        let said: Vec<String> = problems
            .iter()
            .map(|p| format!("{} {} {}", p.code, p.message, p.hint()))
            .collect();
        let right = problems.len() == 1
            && problems[0].code == mistake.code
            && (
                problems[0].file.clone(),
                problems[0].line,
                problems[0].column,
            ) == place
            && mistake
                .says
                .iter()
                .all(|part| said[0].contains(part.as_str()));
        if !right {
            wrong.push_str(&format!(
                "\n## {}\nwanted {} {place:?} {:?}\n{}",
                mistake.name,
                mistake.code,
                mistake.says,
                report(&problems, &files)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn only_oddities_are_warnings() {
    for mistake in mistakes() {
        let (files, _) = spoiled(&mistake.text);
        let odd = ["pack.number-brackets", "pack.repeated-number"].contains(&&*mistake.code);
        let reading = read_all(&files, &[&words()]);
        assert_eq!(reading.pack.is_some(), odd, "{}", mistake.name);
        let severity = if odd {
            Severity::Warning
        } else {
            Severity::Error
        };
        assert!(
            reading.problems.iter().all(|p| p.severity == severity),
            "{}",
            mistake.name
        );
    }
}

/// One file with a mistake in each of its elements and several in one duty.
const SPOILED: &str = r#"[[clause]]
number = "二"
title = "空"

[[post]]
id = "Chief"
title = "负责人"
clause = "二"

[[phase]]
id = "begin"
title = "开始"
clause = "三"
from = 2026-05-01
to = 2026-04-01

[[duty]]
id = "weekly"
title = "周例会"
clause = "二"
ownd_by = { body = "government" }
owed_by = { body = "governmint" }
act = "meeting"
where = { form = ["plenery"] }
every = "week"
due = "day 22"
at_least = 0

[[rule]]
id = "slow"
title = "慢"
clause = "二"
over = "standing"
when = "overdue > thresholds.slow"
measure = "talking"
"#;

#[test]
fn eleven_mistakes_in_one_file_are_said_in_one_run() {
    let mut files = files("good");
    files.push(PackFile {
        path: "spoiled.toml".to_owned(),
        text: SPOILED.to_owned(),
    });
    let problems = problems_of(&files);
    let said: Vec<(usize, usize, &str)> = problems
        .iter()
        .map(|p| (p.line, p.column, p.code))
        .collect();
    assert_eq!(
        said,
        [
            (1, 1, "pack.missing"),
            (6, 6, "pack.bad-id"),
            (13, 10, "pack.unknown-clause"),
            (15, 6, "pack.reversed"),
            (21, 1, "pack.unknown-key"),
            (22, 20, "pack.unknown-word"),
            (24, 19, "pack.unknown-value"),
            (26, 7, "pack.never-met"),
            (27, 12, "pack.out-of-range"),
            (34, 30, "pack.rule-threshold"),
            (35, 11, "pack.unknown-word"),
        ],
        "{}",
        report(&problems, &files)
    );
}

#[test]
fn several_mistakes_of_syntax_are_said_at_most_one_a_line() {
    let text = "[[post]]\nid = a b c\ntitle = “甲”\nclause = [\"一/（一）\" \"一/（二）\"]\n";
    let mut files = files("good");
    files.push(PackFile {
        path: "broken.toml".to_owned(),
        text: text.to_owned(),
    });
    let problems = problems_of(&files);
    let lines: Vec<usize> = problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [2, 3, 4], "{}", report(&problems, &files));
    assert!(problems.iter().all(|p| p.code == "pack.syntax"));
}

#[test]
fn a_picture_shows_the_line_what_is_allowed_and_what_was_meant() {
    let (files, _) = spoiled(
        "[[post]]\nid = \"a\"\ntitle = \"主任\" # 职务\nclause = [\"一/（一）\", ▶\"一/(二\"]\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.unknown-clause

      × 没有“一/(二”这个条款
       ╭─[spoiled.toml:4:20]
     3 │ title = "主任" # 职务
     4 │ clause = ["一/（一）", "一/(二"]
       ·                        ────┬───
       ·                            ╰── 这里
       ╰────
      help: 是不是想写 一/（二）？ 可以写：[[clause]] 里已有的编号或 id

    1 处错误。
    "#);
}

#[test]
fn a_collision_shows_both_places() {
    let (files, _) = spoiled(
        "[[values]]\nid = \"v\"\ntitle = \"甲\"\nitems = [\n  \
         { id = \"a\", title = \"乙\" },\n  { id = ▶\"a\", title = \"丙\" },\n]\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.duplicate-id

      × 值“a”写了两次（另一处在 spoiled.toml 第 5 行）
       ╭─[spoiled.toml:6:10]
     4 │ items = [
     5 │   { id = "a", title = "乙" },
       ·          ─┬─
       ·           ╰── 已经在这里
     6 │   { id = "a", title = "丙" },
       ·          ─┬─
       ·           ╰── 这里
     7 │ ]
       ╰────

    1 处错误。
    "#);
}

#[test]
fn a_warning_says_how_to_write_it() {
    let (files, _) = spoiled(
        "id = \"x\"\nversion = 1\ntitle = \"甲\"\nshort = \"乙\"\n\
         number = ▶\"泽安委发[2026]2号\"\neffect = { from = 2026-01-01 }\n",
    );
    insta::assert_snapshot!(report(&problems_of(&files), &files), @r#"
    pack.number-brackets

      ⚠ 发文字号的年份要用六角括号〔〕
       ╭─[scheme.toml:5:10]
     4 │ short = "乙"
     5 │ number = "泽安委发[2026]2号"
       ·          ─────────┬─────────
       ·                   ╰── 这里
     6 │ effect = { from = 2026-01-01 }
       ╰────
      help: 是不是想写 泽安委发〔2026〕2号？ 可以写：〔2026〕这样的写法

    没有错误，1 处提醒。
    "#);
}
