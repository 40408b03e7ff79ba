//! From checked nodes to the model, with the checks that need more than one field.
//!
//! A conversion answers `None` only where the decoder has already reported the missing part.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::id::Slug;

use super::decode::cut;
use super::describe::joined;
use super::model::{
    ActKindDecl, Clause, Edge, Effect, FieldDecl, FieldKind, Pack, PackKind, ValueList,
};
use super::node::{Node, Val};
use super::problem::{Place, Sink, Spot};

/// The act kind under which forms are submitted.
pub(super) const RETURN_ACT: &str = "return";

/// Longest `text` field, in characters.
const TEXT_MAX: i64 = 500;
/// Largest bound of a number.
const NUMBER_MAX: i64 = 1_000_000_000;

/// What conversions look at and write to.
pub(super) struct Cx<'a, 's> {
    /// Where mistakes go.
    pub(super) sink: &'a mut Sink<'s>,
    /// Act kinds, own and used.
    pub(super) acts: Vec<&'a ActKindDecl>,
    /// Value lists, own and used.
    pub(super) values: Vec<&'a ValueList>,
    /// First and last day of effect.
    pub(super) effect: (Option<NaiveDate>, Option<NaiveDate>),
}

impl Cx<'_, '_> {
    /// The act kind with this id.
    pub(super) fn act(&self, id: &str) -> Option<&ActKindDecl> {
        self.acts.iter().copied().find(|a| a.id == *id)
    }

    /// Holds conditions on fields against the act kinds that they are for.
    pub(super) fn check_where(&mut self, acts: &[&str], conditions: &Conditions) {
        let fields: Vec<FieldDecl> = acts
            .iter()
            .filter_map(|id| self.act(id))
            .flat_map(|act| act.fields.iter().cloned())
            .collect();
        let all_known = acts.iter().all(|id| self.act(id).is_some());
        if !all_known || acts.is_empty() {
            return;
        }
        for (key, wanted) in conditions {
            let named: Vec<&FieldDecl> = fields.iter().filter(|f| f.id == *key.value).collect();
            if named.is_empty() {
                let message = format!("{}没有“{}”这个字段", acts.join("、"), cut(&key.value));
                let known = || fields.iter().map(|f| f.id.as_str());
                self.sink
                    .error("pack.unknown-field", key.place, message)
                    .allow(&joined(known()))
                    .near(&key.value, known());
            }
            for value in wanted {
                if !named.is_empty() && !named.iter().any(|f| self.takes(f, &value.value)) {
                    self.bad_value(&named, value);
                }
            }
        }
    }

    fn items<'v>(&'v self, field: &FieldDecl) -> impl Iterator<Item = &'v str> {
        let list = match &field.kind {
            FieldKind::Choice(list) | FieldKind::Choices(list) => {
                self.values.iter().copied().find(|v| v.id == *list)
            }
            _ => None,
        };
        list.into_iter()
            .flat_map(|v| v.items.iter().map(|(id, _)| id.as_str()))
    }

    fn takes(&self, field: &FieldDecl, value: &str) -> bool {
        match &field.kind {
            FieldKind::Choice(list) | FieldKind::Choices(list) => {
                // A list that does not exist was reported where it is named.
                !self.values.iter().any(|v| v.id == *list) || self.items(field).any(|v| v == value)
            }
            FieldKind::Flag => matches!(value, "true" | "false"),
            FieldKind::Number { min, max } => value
                .parse::<i64>()
                .is_ok_and(|n| (*min..=*max).contains(&n)),
            FieldKind::Date => value.parse::<NaiveDate>().is_ok(),
            FieldKind::Text { .. } | FieldKind::Lines { .. } => true,
        }
    }

    fn bad_value(&mut self, fields: &[&FieldDecl], value: &Spot<String>) {
        let known: Vec<String> = fields
            .iter()
            .flat_map(|f| self.items(f).map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let words = || known.iter().map(String::as_str);
        let allowed = match fields.first().map(|f| &f.kind) {
            Some(FieldKind::Flag) => "true 或 false".to_owned(),
            Some(FieldKind::Number { min, max }) => format!("{min} 到 {max} 的整数"),
            Some(FieldKind::Date) => "2026-03-31 一类的日期".to_owned(),
            _ => joined(words()),
        };
        let field = fields.first().map_or("", |f| f.title.as_str());
        let message = format!("“{field}”没有“{}”这个值", cut(&value.value));
        self.sink
            .error("pack.unknown-value", value.place, message)
            .allow(&allowed)
            .near(&value.value, words());
    }
}

/// Conditions on fields, as they were read.
pub(super) type Conditions = [(Spot<String>, Vec<Spot<String>>)];

/// The conditions in a node's `where`.
pub(super) fn conditions(node: &Node) -> &Conditions {
    match node.get("where").map(|spot| &spot.value) {
        Some(Val::Where(conditions)) => conditions,
        _ => &[],
    }
}

/// Conditions as the model keeps them.
pub(super) fn fields_of(conditions: &Conditions) -> BTreeMap<Slug, Vec<String>> {
    let pairs = conditions.iter().filter_map(|(key, values)| {
        let values = values.iter().map(|v| v.value.clone()).collect();
        Some((key.value.parse().ok()?, values))
    });
    pairs.collect()
}

/// The pack's head, without elements.
pub(super) fn head(node: &Node, sink: &mut Sink<'_>) -> Option<Pack> {
    let kind = node.parsed("kind").unwrap_or(PackKind::Notice);
    if let Some(number) = node.text("number") {
        check_number(number, node.place_of("number"), sink);
    }
    Some(Pack {
        id: node.parsed("id")?,
        version: node.count("version", 1),
        title: node.owned("title"),
        short: node.owned("short"),
        kind,
        uses: node.all_parsed("uses"),
        issuer: node.text("issuer").map(str::to_owned),
        number: node.text("number").map(str::to_owned),
        issued_on: node.date("issued"),
        effect: effect(node.table("effect"), sink),
        source: node.text("source").map(str::to_owned),
        clauses: Vec::new(),
        sectors: Vec::new(),
        committees: Vec::new(),
        posts: Vec::new(),
        lists: Vec::new(),
        values: Vec::new(),
        acts: Vec::new(),
        duties: Vec::new(),
        phases: Vec::new(),
        limits: Vec::new(),
        forms: Vec::new(),
        rules: Vec::new(),
        occasions: Vec::new(),
        standing: Vec::new(),
        responsibilities: Vec::new(),
        targets: Vec::new(),
        thresholds: Vec::new(),
        choices: Vec::new(),
    })
}

/// GB/T 9704: the year of a 发文字号 stands in 〔〕.
fn check_number(number: &str, place: Place, sink: &mut Sink<'_>) {
    const WRONG: &[char] = &['[', ']', '［', '］', '【', '】', '(', ')', '（', '）'];
    let has_year = |open: usize, rest: &str| {
        let inner = number[open..].chars().skip(1).take(4);
        inner.clone().count() == 4 && inner.clone().all(|c| c.is_ascii_digit()) && !rest.is_empty()
    };
    let wrong = number
        .char_indices()
        .find(|(at, c)| WRONG.contains(c) && has_year(*at, number));
    if wrong.is_none() {
        return;
    }
    let right: String = number
        .chars()
        .map(|c| match c {
            '[' | '［' | '【' | '(' | '（' => '〔',
            ']' | '］' | '】' | ')' | '）' => '〕',
            _ => c,
        })
        .collect();
    sink.warn(
        "pack.number-brackets",
        place,
        "发文字号的年份要用六角括号〔〕",
    )
    .allow("〔2026〕这样的写法")
    .meant(&right);
}

fn effect(node: Option<&Node>, sink: &mut Sink<'_>) -> Effect {
    let (from, to) = (
        node.and_then(|n| n.date("from")),
        node.and_then(|n| n.date("to")),
    );
    if let (Some(node), Some(from), Some(to)) = (node, from, to) {
        reversed(from, to, node.place_of("to"), "施行末日", sink);
    }
    let edge = |name| node.and_then(|n| n.parsed(name)).unwrap_or(Edge::Whole);
    Effect {
        from,
        to,
        first: edge("first"),
        last: edge("last"),
    }
}

/// Reports a last day before the first.
pub(super) fn reversed(
    from: NaiveDate,
    to: NaiveDate,
    place: Place,
    what: &str,
    sink: &mut Sink<'_>,
) {
    if to < from {
        sink.error(
            "pack.reversed",
            place,
            format!("{what} {to} 早于首日 {from}"),
        )
        .allow(&format!("{from} 或以后的日期"));
    }
}

/// The clauses; a repeated number without an id of its own gets `~2` and so on behind it.
pub(super) fn clauses<'n>(nodes: impl Iterator<Item = &'n Node>) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    for node in nodes {
        let Some(id) = super::names::clause_id(node) else {
            continue;
        };
        let same = |c: &&Clause| c.id == id || c.id.strip_prefix(id).is_some_and(is_repeat);
        let before = found.iter().filter(same).count();
        let id = if before == 0 {
            id.to_owned()
        } else {
            format!("{id}~{}", before + 1)
        };
        found.push(Clause {
            number: node.owned("number"),
            id,
            title: node.owned("title"),
            summary: node.owned("summary"),
        });
    }
    found
}

fn is_repeat(tail: &str) -> bool {
    tail.strip_prefix('~')
        .is_some_and(|n| n.parse::<usize>().is_ok())
}

/// A value list.
pub(super) fn values(node: &Node) -> Option<ValueList> {
    Some(ValueList {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        items: pairs(node.tables("items")),
    })
}

/// Ids with titles.
pub(super) fn pairs(nodes: &[Node]) -> Vec<(Slug, String)> {
    nodes
        .iter()
        .filter_map(|n| Some((n.parsed("id")?, n.owned("title"))))
        .collect()
}

/// A kind of act.
pub(super) fn act(node: &Node, sink: &mut Sink<'_>) -> Option<ActKindDecl> {
    let fields = node
        .tables("field")
        .iter()
        .filter_map(|f| act_field(f, sink))
        .collect();
    Some(ActKindDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        unit: node.text("unit").unwrap_or("次").to_owned(),
        roles: node.all_parsed("roles"),
        for_period: node.flag("for_period", false),
        judged: node.flag("judged", false),
        fields,
    })
}

fn act_field(node: &Node, sink: &mut Sink<'_>) -> Option<FieldDecl> {
    let word = node.text("kind")?;
    let fitting: &[&str] = match word {
        "text" | "lines" => &["longest"],
        "number" => &["min", "max"],
        "choice" | "choices" => &["values"],
        _ => &[],
    };
    for name in ["longest", "min", "max", "values"] {
        if node.get(name).is_some() && !fitting.contains(&name) {
            let message = format!("kind = \"{word}\" 的字段不能有“{name}”");
            let problem = sink.error("pack.field-option", node.key_place(name), message);
            problem.allow(&fitting.join("、"));
        }
    }
    let longest = |default| node.count("longest", default);
    let kind = match word {
        "text" => {
            if node.int("longest").is_some_and(|n| n > TEXT_MAX) {
                let message = format!("一行文字最长 {TEXT_MAX} 个字；更长的请用 lines");
                let problem = sink.error("pack.out-of-range", node.place_of("longest"), message);
                problem.allow(&format!("1 到 {TEXT_MAX} 的整数"));
            }
            FieldKind::Text {
                longest: longest(120),
            }
        }
        "lines" => FieldKind::Lines {
            longest: longest(2000),
        },
        "number" => {
            let min = node.int("min").unwrap_or(0);
            let max = node.int("max").unwrap_or(NUMBER_MAX);
            if min > max {
                let message = format!("最小值 {min} 大于最大值 {max}");
                sink.error("pack.reversed", node.place_of("min"), message)
                    .allow(&format!("不大于 {max} 的整数"));
            }
            FieldKind::Number { min, max }
        }
        "date" => FieldKind::Date,
        "flag" => FieldKind::Flag,
        _ => {
            if node.has("values") && node.get("values").is_none() {
                return None;
            }
            let Some(list) = node.parsed("values") else {
                let message = format!("kind = \"{word}\" 的字段要用 values 指明取值表");
                sink.error("pack.missing", node.place_of("kind"), message)
                    .allow("values = \"<取值表 id>\"");
                return None;
            };
            if word == "choice" {
                FieldKind::Choice(list)
            } else {
                FieldKind::Choices(list)
            }
        }
    };
    Some(FieldDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        kind,
        required: node.flag("required", false),
        hint: node.owned("hint"),
    })
}
