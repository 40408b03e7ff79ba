//! A draft written as TOML, file by file, under comments that say where each piece stands.

use super::element::{Clause, Element, Loose, OWN_ACT, Owed, What};
use super::toml::{Element as Lines, quoted};
use super::work::Work;

/// Longest title of an element in the pack, in characters.
const TITLE_CHARS: usize = 60;
/// Longest name of an owner, in characters.
const WHO_CHARS: usize = 119;
/// How much of the pack's id goes into the ids of its own words, in characters.
const OWN_STEM_CHARS: usize = 40;
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
        kept.map(|e| element(&e, &work.head.id)).collect::<String>()
    };
    add(
        "duties.toml",
        "按期的职责和限期的任务。承担者由称呼推断，请逐条核对。",
        of(|w| w.owed().is_some()),
    );
    add(
        "lists.toml",
        "文中指明的单位。制度包不知道各县的单位，名单先空着（条件故意互相矛盾），施行时填入。",
        lists(work),
    );
    add(
        "acts.toml",
        "本通知自带的履职种类：通用种类装不下的任务，记录时选是哪一项。",
        own_acts(work),
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
        "下列提到时间的地方没有写成条目，请过目。",
        open.map(rest).collect(),
    );
    files
}

fn rest(loose: &Loose) -> String {
    let Loose { place, why, .. } = loose;
    let why = if why.is_empty() {
        String::new()
    } else {
        format!("（{why}）")
    };
    let line = format!("# 原文第 {} 字：“{}”{why}", place.at + 1, place.quote);
    let plain: String = line
        .chars()
        .filter(|c| !domain::text::is_hidden(*c))
        .collect();
    plain + "\n"
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
    if clause.id != clause.number {
        lines.text("id", &clause.id);
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

fn element(element: &Element, pack: &str) -> String {
    let mut lines = Lines::new(element.what.kind().code());
    lines.text("id", &element.id);
    lines.text("title", &shortened(&element.title, TITLE_CHARS));
    clauses(&mut lines, &element.clauses);
    let mut columns = String::new();
    match &element.what {
        What::Duty {
            owed,
            every,
            due,
            previous,
        } => {
            self::owed(&mut lines, owed, pack, element);
            lines.text("every", every.every().code());
            if every.n() > 1 {
                lines.raw("n", &every.n().to_string());
            }
            count(&mut lines, owed.at_least);
            if let Some(due) = due {
                lines.text("due", &due.to_string());
            }
            if *previous {
                lines.text("covers", "previous");
            }
            told(&mut lines, element, &owed.when);
        }
        What::Task { owed, due } => {
            self::owed(&mut lines, owed, pack, element);
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

fn owed(lines: &mut Lines, owed: &Owed, pack: &str, element: &Element) {
    lines.raw("owed_by", &owed.by);
    let own = owed.act == OWN_ACT;
    let act = if own { own_act(pack) } else { owed.act.clone() };
    lines.text("act", &act);
    if own {
        lines.raw("where", &format!("{{ item = [{}] }}", quoted(&element.id)));
    }
    if !element.label.is_empty() && element.label != act {
        lines.text("label", &element.label);
    }
}

/// Lists that something in the pack is owed by; empty ones, filled where the pack is applied.
fn lists(work: &Work) -> String {
    let used = work.lists_used().into_iter();
    used.map(|(list, clauses)| {
        let mut lines = Lines::new("list");
        lines.text("id", &list.id);
        lines.text("title", &shortened(&list.title, TITLE_CHARS));
        self::clauses(&mut lines, &clauses);
        let nobody = "where = { regulator = true }, without = { regulator = true }";
        lines.raw("members", &format!("{{ body = \"department\", {nobody} }}"));
        lines.done("")
    })
    .collect()
}

fn clauses(lines: &mut Lines, clauses: &[String]) {
    match clauses {
        [] => {}
        [one] => lines.text("clause", one),
        several => {
            let all: Vec<String> = several.iter().map(|c| quoted(c)).collect();
            lines.raw("clause", &format!("[{}]", all.join(", ")));
        }
    }
}

/// Id of the kind of act that a pack brings for its own tasks.
fn own_act(pack: &str) -> String {
    let stem: String = pack.chars().take(OWN_STEM_CHARS).collect();
    format!("{}-task", stem.trim_end_matches('-'))
}

/// The kind of act for the tasks of the pack that no common kind holds: its records say for which
/// of them they are, so that no other record counts for them by mistake.
fn own_acts(work: &Work) -> String {
    let is_own = |e: &Element| e.what.owed().is_some_and(|o| o.act == OWN_ACT);
    let tasks: Vec<Element> = work.kept().filter(is_own).collect();
    if tasks.is_empty() {
        return String::new();
    }
    let act = own_act(&work.head.id);
    let mut values = Lines::new("values");
    values.text("id", &format!("{act}-item"));
    values.text("title", "任务名");
    let items: Vec<String> = tasks
        .iter()
        .map(|e| {
            let title = quoted(&shortened(&e.title, TITLE_CHARS));
            format!("  {{ id = {}, title = {title} }},\n", quoted(&e.id))
        })
        .collect();
    values.raw("items", &format!("[\n{}]", items.concat()));
    let mut kind = Lines::new("act");
    kind.text("id", &act);
    kind.text("title", &format!("{}任务", work.head.short));
    kind.text("unit", "项");
    kind.raw("roles", r#"["hosted", "led", "took-part"]"#);
    let mut item = Lines::new("act.field");
    item.text("id", "item");
    item.text("title", "任务名");
    item.text("kind", "choices");
    item.text("values", &format!("{act}-item"));
    item.raw("required", "true");
    let mut result = Lines::new("act.field");
    result.text("id", "result");
    result.text("title", "完成情况");
    result.text("kind", "text");
    result.raw("longest", "300");
    result.raw("required", "true");
    [values, kind, item, result].map(|l| l.done("")).concat()
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
