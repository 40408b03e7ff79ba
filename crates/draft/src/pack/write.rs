//! A draft written as TOML, file by file, under comments that say where each piece stands.

use super::element::{Clause, Element, Loose, Owed, What};
use super::toml::{Element as Lines, quoted};
use super::work::Work;

/// Longest title of an element in the pack, in characters.
const TITLE_CHARS: usize = 60;
/// Longest name of an owner, in characters.
const WHO_CHARS: usize = 119;
/// Longest text of a condition, in characters.
const WHEN_CHARS: usize = 120;

/// The files of the pack, `scheme.toml` first: what was not dropped or merged into another.
pub(super) fn files(work: &Work) -> Vec<(String, String)> {
    let mut files = vec![("scheme.toml".to_owned(), scheme(work))];
    let mut add = |name: &str, about: &str, text: String| {
        if !text.is_empty() {
            files.push((name.to_owned(), format!("# {about}\n\n{text}")));
        }
    };
    let clauses: String = work.clauses.iter().map(clause).collect();
    add(
        "clauses.toml",
        "条款。标题和概括由程序摘取，请改成自己的话。",
        clauses,
    );
    let of = |wanted: fn(&What) -> bool| {
        let kept = work.kept().filter(|e| wanted(&e.what));
        kept.map(|e| element(&e)).collect::<String>()
    };
    add(
        "duties.toml",
        "按期的职责和限期的任务。承担者由称呼推断，请逐条核对。",
        of(|w| w.owed().is_some()),
    );
    add(
        "phases.toml",
        "阶段和时限。",
        of(|w| matches!(w, What::Limit { .. } | What::Phase { .. })),
    );
    add(
        "forms.toml",
        "报表。",
        of(|w| matches!(w, What::Form { .. })),
    );
    add(
        "standing.toml",
        "任务清单中没有写明时间的事项。",
        of(|w| matches!(w, What::Standing { .. })),
    );
    let open = work.loose.iter().filter(|l| l.taken.is_none());
    add(
        "uncovered.toml",
        "下列时间要求没有写成条目，请人工处理。",
        open.map(rest).collect(),
    );
    files
}

fn rest(loose: &Loose) -> String {
    let Loose { place, .. } = loose;
    format!("# 原文第 {} 字：“{}”\n", place.at + 1, place.quote)
}

fn scheme(work: &Work) -> String {
    let head = &work.head;
    let mut out = String::from("# 程序起草，待人工核对。\n\n");
    let mut line = |key: &str, value: String| out.push_str(&format!("{key} = {value}\n"));
    line("id", quoted(&head.id));
    line("version", head.version.to_string());
    line("kind", quoted("notice"));
    line("title", quoted(&head.title));
    line("short", quoted(&head.short));
    line("uses", "[\"common\"]".to_owned());
    for (key, value) in [("issuer", &head.issuer), ("number", &head.number)] {
        if !value.is_empty() {
            line(key, quoted(value));
        }
    }
    if let Some(issued) = head.issued {
        line("issued", issued.to_string());
    }
    line("source", quoted(&head.source));
    let from = head.from;
    let to = head.to.map(|to| format!(", to = {to}")).unwrap_or_default();
    let effect = format!("{{ from = {from}{to}, first = \"whole\", last = \"whole\" }}");
    line("effect", effect);
    out
}

fn clause(clause: &Clause) -> String {
    let mut lines = Lines::new("clause");
    if clause.number.is_empty() {
        lines.text("id", clause.id());
    }
    lines.text("number", &clause.number);
    lines.text("title", &clause.title);
    lines.text("summary", &clause.summary);
    lines.done("")
}

/// `# 原文第 120 字：“每月”，把握 0.85（责任主体取自标题）`.
fn comment(element: &Element) -> String {
    let places: Vec<String> = element
        .places
        .iter()
        .map(|p| {
            if p.quote.is_empty() {
                format!("第 {} 字", p.at + 1)
            } else {
                format!("第 {} 字：“{}”", p.at + 1, p.quote)
            }
        })
        .collect();
    if places.is_empty() {
        return String::new();
    }
    let sure = if matches!(element.what, What::Form { .. } | What::Standing { .. }) {
        String::new()
    } else {
        let doubts = if element.doubts.is_empty() {
            String::new()
        } else {
            format!("（{}）", element.doubts.join("；"))
        };
        format!("，把握 {:.2}{doubts}", element.sure)
    };
    format!("# 原文{}{sure}", places.join("、"))
}

fn element(element: &Element) -> String {
    let mut lines = Lines::new(element.what.kind().code());
    lines.text("id", &element.id);
    lines.text("title", &shortened(&element.title, TITLE_CHARS));
    match element.clauses.as_slice() {
        [] => {}
        [one] => lines.text("clause", one),
        several => {
            let all: Vec<String> = several.iter().map(|c| quoted(c)).collect();
            lines.raw("clause", &format!("[{}]", all.join(", ")));
        }
    }
    let mut columns = String::new();
    match &element.what {
        What::Duty { owed, every, due } => {
            self::owed(&mut lines, owed, &element.label);
            lines.text("every", every.every().code());
            if every.n() > 1 {
                lines.raw("n", &every.n().to_string());
            }
            count(&mut lines, owed.at_least);
            if let Some(due) = due {
                lines.text("due", &due.to_string());
            }
            told(&mut lines, element, &owed.when);
        }
        What::Task { owed, due } => {
            self::owed(&mut lines, owed, &element.label);
            count(&mut lines, owed.at_least);
            lines.raw("due", &due.to_string());
            told(&mut lines, element, &owed.when);
        }
        What::Limit {
            within,
            after,
            case,
        } => {
            lines.text("after", after);
            lines.text("case", case);
            lines.text("step", &element.label);
            lines.text("within", &within.to_string());
            lines.text("label", &element.label);
            told(&mut lines, element, "");
        }
        What::Phase { from, to } => {
            if let Some(from) = from {
                lines.raw("from", &from.to_string());
            }
            if let Some(to) = to {
                lines.raw("to", &to.to_string());
            }
            lines.text("label", &element.label);
            told(&mut lines, element, "");
        }
        What::Standing { by } => lines.raw("owed_by", by),
        What::Form {
            rows,
            total,
            columns: all,
        } => {
            lines.text("rows", rows.code());
            lines.raw("total", if *total { "true" } else { "false" });
            columns = all.iter().map(column).collect();
        }
    }
    let whole = lines.done(&comment(element));
    format!("{whole}{columns}")
}

fn owed(lines: &mut Lines, owed: &Owed, label: &str) {
    lines.raw("owed_by", &owed.by);
    lines.text("act", &owed.act);
    if !label.is_empty() && label != owed.act {
        lines.text("label", label);
    }
}

fn count(lines: &mut Lines, at_least: u32) {
    if at_least > 1 {
        lines.raw("at_least", &at_least.to_string());
    }
}

/// What the text says beside: who, and under which condition.
fn told(lines: &mut Lines, element: &Element, when: &str) {
    lines.text("who", &shortened(&element.who, WHO_CHARS));
    if !when.is_empty() {
        lines.text("when", &shortened(when, WHEN_CHARS));
    }
}

fn column(column: &super::element::Column) -> String {
    let mut lines = Lines::new("form.column");
    lines.text("id", &column.id);
    let heads: Vec<String> = column.heads.iter().map(|h| quoted(h)).collect();
    lines.raw("head", &format!("[{}]", heads.join(", ")));
    lines.text("kind", &column.kind);
    if let Some(unit) = &column.unit {
        lines.text("unit", unit);
    }
    lines.done("")
}

/// A text without blanks, cut to a length.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join("");
    if plain.chars().count() <= chars {
        return plain;
    }
    plain.chars().take(chars - 1).chain(['…']).collect()
}
