//! What is to be done: the kind of act, by the first telling word after the phrase.

use crate::words::{ACTS, BODIES, OBJECTS, TASKS};

/// How much of a sentence before the phrase is looked at, in bytes.
const BEFORE_BYTES_MAX: usize = 600;
/// Longest name of a paper by which something is done, in characters.
const MEASURE_CHARS_MAX: usize = 14;
/// How far the telling word may stand, in characters.
const REACH: usize = 90;

/// The kind of act that a phrase asks for.
pub(crate) fn of(text: &str, place: (usize, usize), phase: bool) -> &'static str {
    let end = place.1.min(text.len());
    let from = place.0.min(end);
    let lead = text[from..].len()
        - text[from..]
            .trim_start_matches(['。', '：', '）', '，'])
            .len();
    let (from, end) = if from == end {
        (from + lead, end + lead)
    } else {
        (from, end)
    };
    let rest: String = text[from..].chars().take(REACH).collect();
    let clause_end = rest.find(['。', '；']).unwrap_or(rest.len());
    let sentence = &rest[..clause_end];
    let skip = floor(sentence, end - from);
    if let Some(told) = first_where(&sentence[..skip], is_plain) {
        // 日报告制度: the phrase itself is what is done.
        return match refined(told, sentence) {
            "task" => told.act,
            act => act,
        };
    }
    let after = &sentence[skip..];
    // …入户安检，每6个月不少于一次，并建立档案: a bare count repeats what was said before.
    let own = after.split('，').next().unwrap_or_default();
    let counts = sentence[..skip].ends_with(['次', '场', '遍', '轮']);
    if counts
        && first(own).is_none()
        && !TASKS.iter().any(|w| own.contains(w))
        && own.chars().count() <= 2
    {
        let before = said_before(text, from);
        if let Some(act) = last(before) {
            return act;
        }
    }
    if let Some(told) = first(after) {
        let task = first_task(after);
        let of_object = matches!(told.act, "list" | "plan" | "filing");
        if let Some(task) = task
            && (task < told.at && !of_object || told.at - task.min(told.at) > 60)
        {
            return if phase {
                told.act
            } else {
                task_or(told.act, &after[task..told.at])
            };
        }
        return refined(told, after);
    }
    if first_task(after).is_some() {
        return "task";
    }
    let before = said_before(text, from);
    if let Some(act) = last(before) {
        return act;
    }
    if phase {
        let more: String = text[from..].chars().take(REACH * 3).collect();
        return first(&more).map_or("task", |told| told.act);
    }
    "task"
}

/// The kind of act that a title names: 演练计划表.
pub(crate) fn named(title: &str) -> Option<&'static str> {
    let kinds = [
        "演练", "培训", "检查", "督导", "考核", "整改", "整治", "治理",
    ];
    let words = kinds.iter().filter(|k| title.contains(**k));
    words.filter_map(|k| first(k)).map(|told| told.act).next()
}

/// The sentence before a place, as far as it is looked at.
fn said_before(text: &str, at: usize) -> &str {
    let near = &text[floor(text, at.saturating_sub(BEFORE_BYTES_MAX))..at];
    near.rsplit(['。', '；']).next().unwrap_or_default()
}

/// The act of a phase by its heading: 集中攻坚阶段, 总结评估阶段.
pub(crate) fn of_phase(heading: &str) -> Option<&'static str> {
    let words = [
        ("总结评估", "evaluation"),
        ("评估", "evaluation"),
        ("考核", "evaluation"),
        ("验收", "evaluation"),
        ("总结", "review"),
        ("回头看", "review"),
        ("审核", "review"),
        ("评议", "evaluation"),
        ("自查", "inspection"),
        ("排查", "inspection"),
        ("检查", "inspection"),
        ("摸排", "inspection"),
        ("摸底", "inspection"),
        ("督导", "supervision"),
        ("督查", "supervision"),
        ("攻坚", "rectify"),
        ("整治", "rectify"),
        ("整改", "rectify"),
        ("治理", "rectify"),
        ("宣传", "publicity"),
        ("培训", "training"),
        ("演练", "drill"),
    ];
    // 总结验收阶段: the first word says most.
    words
        .iter()
        .filter_map(|(w, act)| heading.find(w).map(|at| (at, *act)))
        .min_by_key(|(at, _)| *at)
        .map(|(_, act)| act)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// 落实整改 is to rectify, 建立检查机制 is a task.
fn task_or(act: &'static str, between: &str) -> &'static str {
    let direct = between.chars().count() <= 2
        && (between.starts_with("落实") || between.starts_with("实施"));
    if direct || act == "report" && !between.contains("机制") && between.chars().count() > 24 {
        act
    } else {
        "task"
    }
}

/// What the words around the telling word make of it: 治理方案 is a plan, …备案 a filing.
fn refined(told: Told, text: &str) -> &'static str {
    let near: String = text[told.at..].chars().take(30).collect();
    let clause = near.split('，').next().unwrap_or_default();
    let next = &text[told.at + told.len..];
    let followed = |words: &[&str]| words.iter().any(|w| next.starts_with(w));
    let act = match told.act {
        "plan" if followed(&["演练", "演习", "推演"]) => "drill",
        "inspection" | "rectify" | "training" | "drill" | "evaluation" | "publicity" | "study"
            if followed(&["方案", "计划", "工作方案", "工作计划"]) =>
        {
            "plan"
        }
        "inspection" | "rectify" | "training" if followed(&["清单", "台账", "目录"]) => {
            "list"
        }
        "inspection" | "rectify" | "evaluation" | "supervision" | "training" | "report"
            if followed(&["机制", "制度", "体系", "标准"]) =>
        {
            "task"
        }
        "meeting" if near.starts_with("研究制定") => "plan",
        "meeting" if near.starts_with("召开") && near.contains("会商") => "consultation",
        "inspection" if names(&near, &["检查计划", "检查方案", "执法计划"]) => "plan",
        other => other,
    };
    match act {
        "report" | "plan" | "list" | "notice"
            if clause.contains("备案") || clause.contains("报备") =>
        {
            "filing"
        }
        "plan" | "list" if says_report(clause) => "report",
        "inspection" | "review" | "evaluation" | "rectify" | "training" | "task"
        | "supervision" | "drill" | "publicity"
            if says_report(clause) && has_report(clause) =>
        {
            "report"
        }
        other => other,
    }
}

/// Whether one of the words stands at the beginning.
fn names(near: &str, words: &[&str]) -> bool {
    let head: String = near.chars().take(8).collect();
    words.iter().any(|w| head.contains(w))
}

fn says_report(clause: &str) -> bool {
    [
        "报送",
        "上报",
        "报县",
        "报市",
        "报区",
        "报省",
        "报至",
        "提交",
        "报我",
        "报镇",
        "报安委",
    ]
    .iter()
    .any(|w| clause.contains(w))
}

fn has_report(clause: &str) -> bool {
    ["情况", "报告", "总结", "进展", "表", "台账", "清单"]
        .iter()
        .any(|w| clause.contains(w))
}

/// A telling word: where it stands, how long it is, what it tells.
#[derive(Clone, Copy)]
struct Told {
    at: usize,
    len: usize,
    act: &'static str,
}

/// Where the first verb of a state to be reached stands; 建成的 is an adjective.
fn first_task(text: &str) -> Option<usize> {
    // 建设单位, 改造项目: a name, no verb.
    let names = [
        "单位", "工程", "项目", "部门", "局", "企业", "公司", "主管", "用地", "人", "方案",
    ];
    let built = ["建设", "改造", "安装", "新建", "更换"];
    TASKS
        .iter()
        .filter_map(|w| {
            let at = text.find(w)?;
            let next = &text[at + w.len()..];
            let named = built.contains(w) && names.iter().any(|n| next.starts_with(n));
            (!named && !next.starts_with('的')).then_some(at)
        })
        .min()
}

/// The first telling word that is no object; else the first.
fn first(text: &str) -> Option<Told> {
    first_where(text, is_plain).or_else(|| first_where(text, |_| true))
}

/// Whether what follows a word lets it be an act: 检查情况 names what is told of.
fn is_plain(next: &str) -> bool {
    OBJECTS.begins(next).is_none()
}

/// 根据清单进行检查: the paper by which something is done is not what is done.
fn is_measure(before: &str) -> bool {
    let clause = before.rsplit(['，', '；', '。']).next().unwrap_or_default();
    let by = ["根据", "按照", "对照", "依据", "依照", "对"]
        .iter()
        .filter_map(|w| clause.rfind(w).map(|at| at + w.len()))
        .max();
    by.is_some_and(|at| clause[at..].chars().count() <= MEASURE_CHARS_MAX)
}

fn first_where(text: &str, fits: impl Fn(&str) -> bool) -> Option<Told> {
    text.char_indices().find_map(|(at, _)| {
        let here = ACTS.beginnings(&text[at..]).filter(|(word, act)| {
            let next = &text[at + word.len()..];
            let body = !word.starts_with('报') && BODIES.begins(next).is_some();
            let measure = || matches!(*act, "list" | "plan" | "filing") && is_measure(&text[..at]);
            !body && fits(next) && !measure()
        });
        // The longest word at the first place.
        let best = here.min_by_key(|(word, act)| (std::cmp::Reverse(word.len()), *act));
        best.map(|(word, act)| Told {
            at,
            len: word.len(),
            act,
        })
    })
}

/// The last telling word.
fn last(text: &str) -> Option<&'static str> {
    let ends = text.char_indices().rev().map(|(at, c)| at + c.len_utf8());
    ends.into_iter().find_map(|end| {
        let here = ACTS.endings(&text[..end]);
        here.max_by_key(|(word, act)| (word.len(), *act))
            .map(|(_, act)| act)
    })
}
