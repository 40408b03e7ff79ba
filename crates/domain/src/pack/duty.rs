//! Duties and tasks: who owes, what counts, when; and the texts that contradict each other.

use crate::body::AttrValue;
use crate::calendar::{BadCutOff, Cadence, CutOff, PeriodKind};

use super::convert::{Cx, RETURN_ACT, conditions, fields_of, reversed};
use super::model::{
    DutyDecl, DutyOption, DutyRule, DutyTiming, How, PartRole, Selector, SelectorBase, What,
};
use super::node::{Node, Val};
use super::problem::Sink;

/// A duty with one of its options laid over it.
#[derive(Clone, Copy)]
struct Layer<'n> {
    base: &'n Node,
    option: Option<&'n Node>,
}

impl<'n> Layer<'n> {
    /// The node that says a field: the option where it does, else the duty.
    fn of(self, name: &str) -> &'n Node {
        self.option.filter(|o| o.has(name)).unwrap_or(self.base)
    }

    /// The node that says what counts: an option that names an act or a form replaces both.
    fn what(self) -> &'n Node {
        let names = |o: &&Node| o.has("act") || o.has("submit");
        self.option.filter(names).unwrap_or(self.base)
    }

    /// The head to point at for what is missing.
    fn head(self) -> &'n Node {
        self.option.unwrap_or(self.base)
    }

    fn is_given(self, name: &str) -> bool {
        self.of(name).has(name)
    }
}

/// A duty or a task.
pub(super) fn duty(node: &Node, task: bool, cx: &mut Cx<'_, '_>) -> Option<DutyDecl> {
    let options = node.tables("option");
    check_options(node, options, cx);
    let mut chosen: Vec<DutyOption> = Vec::new();
    for option in options {
        let Some(rule) = rule(
            Layer {
                base: node,
                option: Some(option),
            },
            task,
            cx,
        ) else {
            continue;
        };
        if let Some(same) = chosen.iter().find(|c| c.rule == rule) {
            let message = format!("这种写法与“{}”没有不同", same.title);
            cx.sink
                .error("pack.same-option", option.place, message)
                .allow("写出不同的字段，如 due、every、at_least");
        }
        let Some(id) = option.parsed("id") else {
            continue;
        };
        let (title, clauses) = (option.owned("title"), option.all("clause"));
        chosen.push(DutyOption {
            id,
            title,
            clauses,
            rule,
        });
    }
    let rule = if options.is_empty() {
        rule(
            Layer {
                base: node,
                option: None,
            },
            task,
            cx,
        )?
    } else {
        chosen.first()?.rule.clone()
    };
    Some(DutyDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        rule,
        options: chosen,
        followed: node.flag("followed", true),
        task,
        label: node.text("label").map(str::to_owned),
        who: node.text("who").map(str::to_owned),
        when: node.text("when").map(str::to_owned),
        evidence: node.text("evidence").map(str::to_owned),
    })
}

/// A duty without options cites a clause; one option alone is no choice.
fn check_options(node: &Node, options: &[Node], cx: &mut Cx<'_, '_>) {
    if options.is_empty() && !node.has("clause") {
        let message = format!("{}缺少“clause”：依据的条款", node.spec.title);
        cx.sink
            .error("pack.missing", node.place, message)
            .allow("[[clause]] 里已有的编号或 id");
    } else if options.is_empty() && node.get("clause").is_some() && node.texts("clause").is_empty()
    {
        cx.sink
            .error(
                "pack.empty",
                node.place_of("clause"),
                "没有 option 时，“clause”不能是空的",
            )
            .allow("[[clause]] 里已有的编号或 id");
    }
    if options.len() == 1 {
        let place = options.first().map_or(node.place, |o| o.place);
        cx.sink
            .error("pack.one-option", place, "只有一种写法，不必用 option")
            .allow("两种或更多写法，或把它的字段写进职责本身");
    }
}

fn rule(layer: Layer<'_>, task: bool, cx: &mut Cx<'_, '_>) -> Option<DutyRule> {
    if !layer.is_given("owed_by") {
        missing(
            layer,
            "owed_by",
            "由谁承担",
            "{ body = \"…\" } 或 { list = \"…\" }",
            cx,
        );
    }
    let owed_by = layer
        .of("owed_by")
        .table("owed_by")
        .and_then(|node| selector(node, cx.sink));
    let what = what(layer, owed_by.as_ref(), cx);
    let timing = if task {
        once(layer, cx)
    } else {
        recurring_or_occasion(layer, cx)
    };
    let at_least = layer.of("at_least").count("at_least", 1);
    Some(DutyRule {
        owed_by: owed_by?,
        what: what?,
        timing: timing?,
        at_least,
    })
}

fn missing(layer: Layer<'_>, field: &str, what: &str, allowed: &str, cx: &mut Cx<'_, '_>) {
    let node = layer.head();
    let message = format!(
        "{}（{}）缺少“{field}”：{what}",
        node.spec.title, node.spec.key
    );
    cx.sink
        .error("pack.missing", node.place, message)
        .allow(allowed);
}

fn what(layer: Layer<'_>, owed_by: Option<&Selector>, cx: &mut Cx<'_, '_>) -> Option<What> {
    let node = layer.what();
    let (act, submit) = (node.has("act"), node.has("submit"));
    if act && submit {
        cx.sink
            .error(
                "pack.act-and-submit",
                node.key_place("submit"),
                "act 和 submit 只能写一个",
            )
            .allow("act（履职记录）或 submit（报表）");
    }
    if !act && !submit {
        missing(
            layer,
            "act",
            "做什么才算",
            "act = \"<履职类型>\" 或 submit = \"<报表>\"",
            cx,
        );
        return None;
    }
    let acts: Vec<&str> = if submit && !act {
        vec![RETURN_ACT]
    } else {
        node.texts("act").iter().map(|t| t.value.as_str()).collect()
    };
    if submit && cx.act(RETURN_ACT).is_none() {
        let message = "报送报表要有履职类型“return”，本包和所引用的包都没有";
        cx.sink
            .error("pack.unknown-reference", node.place_of("submit"), message)
            .allow("在 uses 里引用声明了 return 的词汇包");
    }
    let conditions = conditions(layer.of("where"));
    cx.check_where(&acts, conditions);
    check_roles(layer, &acts, cx);
    let through_body = layer.of("through").text("through").is_some();
    if through_body && owed_by.is_some_and(|s| s.post.is_none() && !posts_inside(s)) {
        let place = layer.of("through").key_place("through");
        cx.sink
            .error(
                "pack.through-without-post",
                place,
                "through 只用于岗位的职责",
            )
            .allow("在 owed_by 里写 post，或去掉 through");
    }
    Some(What {
        acts: acts.iter().filter_map(|a| a.parse().ok()).collect(),
        form: if submit { node.parsed("submit") } else { None },
        roles: layer.of("role").all_parsed("role"),
        fields: fields_of(conditions),
        presided_by: layer.of("presided_by").all_parsed("presided_by"),
        through_body,
    })
}

fn posts_inside(selector: &Selector) -> bool {
    match &selector.base {
        SelectorBase::AnyOf(parts) => parts
            .iter()
            .any(|part| part.post.is_some() || posts_inside(part)),
        SelectorBase::Kinds(_) | SelectorBase::List(_) | SelectorBase::Linked { .. } => false,
    }
}

/// Roles must be roles that parts of these acts may have.
fn check_roles(layer: Layer<'_>, acts: &[&str], cx: &mut Cx<'_, '_>) {
    let found: Vec<_> = acts.iter().filter_map(|id| cx.act(id)).collect();
    if found.is_empty() || found.len() < acts.len() {
        return;
    }
    let possible: Vec<PartRole> = PartRole::ALL
        .iter()
        .copied()
        .filter(|role| found.iter().any(|act| act.roles.contains(role)))
        .collect();
    let titles = found
        .iter()
        .map(|a| a.title.as_str())
        .collect::<Vec<_>>()
        .join("、");
    let codes = possible.iter().map(|r| r.code()).collect::<Vec<_>>();
    for role in layer.of("role").texts("role") {
        if !codes.contains(&role.value.as_str()) {
            let message = format!("{titles}没有“{}”这种身份", role.value);
            cx.sink
                .error("pack.impossible-role", role.place, message)
                .allow(&codes.join("、"))
                .near(&role.value, codes.iter().copied());
        }
    }
    let leads = possible
        .iter()
        .any(|r| matches!(r, PartRole::Presided | PartRole::Led));
    if layer.is_given("presided_by") && !leads {
        let place = layer.of("presided_by").key_place("presided_by");
        let message = format!("{titles}没有主持或带队的身份，不能用 presided_by");
        let problem = cx.sink.error("pack.impossible-role", place, message);
        problem.allow("给履职类型加上 presided 或 led，或去掉 presided_by");
    }
}

fn once(layer: Layer<'_>, cx: &mut Cx<'_, '_>) -> Option<DutyTiming> {
    let Some(due) = layer.of("due").date("due") else {
        if !layer.is_given("due") {
            missing(layer, "due", "最后期限", "due = 2026-03-31", cx);
        }
        return None;
    };
    let from = layer.of("from").date("from");
    let place = layer.of("due").place_of("due");
    if let Some(from) = from {
        reversed(from, due, place, "最后期限", cx.sink);
    }
    let (first, last) = cx.effect;
    if first.is_some_and(|first| due < first) || last.is_some_and(|last| due > last) {
        let first = first.map_or_else(String::new, |d| d.to_string());
        let last = last.map_or_else(|| "以后".to_owned(), |d| format!("至 {d}"));
        cx.sink
            .error(
                "pack.outside-effect",
                place,
                format!("最后期限 {due} 不在施行期内"),
            )
            .allow(&format!("施行期 {first} {last} 内的日期"));
    }
    Some(DutyTiming::Once { from, due })
}

fn recurring_or_occasion(layer: Layer<'_>, cx: &mut Cx<'_, '_>) -> Option<DutyTiming> {
    let every = layer.is_given("every");
    let occasion = layer.is_given("occasion");
    if every && occasion {
        let place = layer.of("occasion").key_place("occasion");
        cx.sink
            .error(
                "pack.every-and-occasion",
                place,
                "every 和 occasion 只能写一个",
            )
            .allow("every（按期）或 occasion（逢重要节点）");
    }
    if !every && !occasion {
        missing(
            layer,
            "every",
            "多久一次",
            "every = \"month\" 一类，或 occasion = [\"…\"]",
            cx,
        );
        return None;
    }
    if !every {
        for name in ["n", "due", "covers"] {
            if layer.is_given(name) {
                let place = layer.of(name).key_place(name);
                let message = format!("逢重要节点的职责不能有“{name}”");
                cx.sink
                    .error("pack.needs-every", place, message)
                    .allow("与 every 一起写，或去掉");
            }
        }
        return Some(DutyTiming::Occasion {
            kinds: layer.of("occasion").all_parsed("occasion"),
        });
    }
    let kind: PeriodKind = layer.of("every").parsed("every")?;
    let Ok(cadence) = Cadence::new(kind, layer.of("n").count("n", 1)) else {
        let place = layer.of("n").place_of("n");
        cx.sink
            .error("pack.never-met", place, "这样的频次排不出期间")
            .allow("every 和 n 另作安排");
        return None;
    };
    let due: Option<CutOff> = layer.of("due").parsed("due");
    if let Some(Err(bad)) = due.map(|due| due.fits_cadence(cadence)) {
        let place = layer.of("due").place_of("due");
        let message = format!(
            "期限“{}”在“{kind}”的期间里不会有",
            layer.of("due").owned("due")
        );
        let allowed = match bad {
            BadCutOff::Fit { allowed, .. } => allowed.join("、"),
            BadCutOff::Day { largest, .. } => format!("day 1 到 day {largest}"),
            BadCutOff::Form { .. } | BadCutOff::Date { .. } | BadCutOff::Count { .. } => {
                CutOff::FORMS.join("、")
            }
        };
        cx.sink
            .error("pack.never-met", place, message)
            .allow(&allowed);
    }
    let covers_previous = layer.of("covers").text("covers") == Some("previous");
    Some(DutyTiming::Recurring {
        cadence,
        due,
        covers_previous,
    })
}

/// Who owes, or who is on a list.
pub(super) fn selector(node: &Node, sink: &mut Sink<'_>) -> Option<Selector> {
    const STARTS: [&str; 4] = ["body", "list", "link", "any_of"];
    let given: Vec<&str> = STARTS.into_iter().filter(|s| node.has(s)).collect();
    if let [_, second, ..] = given[..] {
        let message = format!("{} 只能写一个", given.join("、"));
        sink.error("pack.selector", node.key_place(second), message)
            .allow("body、list、link、any_of 之一");
    }
    if given.is_empty() {
        sink.error("pack.selector", node.place, "没有写从哪些单位里选")
            .allow("body、list、link、any_of 之一");
    }
    let linked = (node.has("link"), node.has("of"));
    if linked == (true, false) {
        sink.error(
            "pack.selector",
            node.key_place("link"),
            "link 要与 of 一起写",
        )
        .allow("{ link = \"leads\", of = { body = \"special-committee\" } }");
    }
    if linked == (false, true) {
        sink.error("pack.selector", node.key_place("of"), "of 要与 link 一起写")
            .allow("{ link = \"leads\", of = { body = \"special-committee\" } }");
    }
    let base = match *given.first()? {
        "body" => SelectorBase::Kinds(node.all_parsed("body")),
        "list" => SelectorBase::List(node.parsed("list")?),
        "link" => SelectorBase::Linked {
            link: node.parsed("link")?,
            of: Box::new(selector(node.table("of")?, sink)?),
        },
        _ => {
            let parts = node
                .tables("any_of")
                .iter()
                .filter_map(|n| selector(n, sink));
            SelectorBase::AnyOf(parts.collect())
        }
    };
    Some(Selector {
        base,
        levels: node.all_parsed("level"),
        attrs: attributes(node, "where"),
        without: attributes(node, "without"),
        post: node.parsed("post"),
        how: node.parsed("how").unwrap_or(How::Each),
    })
}

fn attributes(node: &Node, name: &str) -> std::collections::BTreeMap<String, AttrValue> {
    match node.get(name).map(|spot| &spot.value) {
        Some(Val::Attrs(attrs)) => attrs
            .iter()
            .map(|(key, value)| (key.value.clone(), value.clone()))
            .collect(),
        _ => std::collections::BTreeMap::new(),
    }
}
