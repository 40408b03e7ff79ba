//! From a spanned TOML table to checked nodes, driven by the description; collects every mistake.

use chrono::{Datelike, NaiveDate};
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

use crate::body::AttrValue;
use crate::calendar::{CutOff, Period, Span as WithinSpan};
use crate::id::Slug;
use crate::text::hidden;

use super::describe::{
    ATTRIBUTES, AttrTy, ElementSpec, FieldSpec, Need, Ty, element, elements, head, joined,
};
use super::node::{Node, Val};
use super::problem::{Place, Sink, Spot};

/// Deepest nesting of tables inside an element (selectors inside selectors).
const DEPTH_MAX: usize = 6;
/// Longest list in a field.
const LIST_MAX: usize = 1000;
/// Years that a date may have.
const YEARS: std::ops::RangeInclusive<i32> = 1949..=2100;

/// Reads one file.
pub(super) struct Decoder<'a, 's> {
    /// Where mistakes go.
    pub(super) sink: &'a mut Sink<'s>,
    /// The file's index.
    pub(super) file: usize,
    /// Whether the pack holds only words.
    pub(super) vocabulary: bool,
    /// Whether the file's syntax is broken: then nothing is called missing.
    pub(super) broken: bool,
}

impl Decoder<'_, '_> {
    /// The elements of a file and, where it is `scheme.toml`, the head of the pack.
    pub(super) fn file(
        &mut self,
        root: &DeTable<'_>,
        is_scheme: bool,
    ) -> (Option<Node>, Vec<Node>) {
        let mut nodes = Vec::new();
        for (key, value) in root {
            let name = key.get_ref().as_ref();
            let place = Place::new(self.file, &key.span());
            match element(name) {
                Some(spec) => nodes.extend(self.elements(spec, value)),
                None if is_scheme && head().field(name).is_some() => {}
                None => self.unknown_element(name, place, is_scheme),
            }
        }
        nodes.sort_by_key(|n| n.place);
        let pack_head = is_scheme.then(|| {
            let end = root.iter().next().map_or(0..0, |(key, _)| key.span());
            self.fields(head(), root, Place::new(self.file, &end), true, 0)
        });
        (pack_head, nodes)
    }

    fn unknown_element(&mut self, name: &str, place: Place, is_scheme: bool) {
        let keys = || elements().iter().map(|e| e.key);
        if !is_scheme && head().field(name).is_some() {
            self.sink.error(
                "pack.unknown-key",
                place,
                format!("“{name}”是制度包的基本信息，只能写在 scheme.toml"),
            );
            return;
        }
        let message = format!("没有“{name}”这种要素或字段");
        let problem = self.sink.error("pack.unknown-key", place, message);
        let fields = head().names().filter(|_| is_scheme);
        problem
            .allow(&joined(fields.chain(keys())))
            .near(name, head().names().chain(keys()));
    }

    /// The tables of one kind; a single `[duty]` is taken as one, with an error.
    fn elements(&mut self, spec: &'static ElementSpec, value: &Spanned<DeValue<'_>>) -> Vec<Node> {
        match value.get_ref() {
            DeValue::Array(array) => {
                let nodes = array.iter().map(|item| self.table(spec, item, 0));
                nodes.flatten().collect()
            }
            other => {
                let place = Place::new(self.file, &value.span());
                let message = format!("{}“{}”要写成双方括号的表头", spec.title, spec.key);
                self.sink
                    .error("pack.wrong-type", place, message)
                    .allow(&format!("[[{}]]", spec.key));
                match other {
                    DeValue::Table(table) => vec![self.fields(spec, table, place, false, 0)],
                    _ => Vec::new(),
                }
            }
        }
    }

    fn table(
        &mut self,
        spec: &'static ElementSpec,
        value: &Spanned<DeValue<'_>>,
        depth: usize,
    ) -> Option<Node> {
        let place = Place::new(self.file, &value.span());
        if depth > DEPTH_MAX {
            self.sink.error(
                "pack.too-deep",
                place,
                format!("表套表不能超过 {DEPTH_MAX} 层"),
            );
            return None;
        }
        match value.get_ref() {
            DeValue::Table(table) => Some(self.fields(spec, table, place, false, depth)),
            other => {
                let message = format!("{}要写成表，这里是{}", spec.title, type_name(other));
                self.sink
                    .error("pack.wrong-type", place, message)
                    .allow(&format!("{{ … }}，字段有 {}", joined(spec.names())));
                None
            }
        }
    }

    /// Holds a table against its description. `is_root` leaves unknown keys to the caller.
    fn fields(
        &mut self,
        spec: &'static ElementSpec,
        table: &DeTable<'_>,
        place: Place,
        is_root: bool,
        depth: usize,
    ) -> Node {
        let (mut fields, mut refused) = (Vec::new(), Vec::new());
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let key_place = Place::new(self.file, &key.span());
            let Some(field) = spec.field(name) else {
                if !is_root {
                    let message = format!("{}（{}）没有“{name}”这个字段", spec.title, spec.key);
                    self.sink
                        .error("pack.unknown-key", key_place, message)
                        .allow(&joined(spec.names()))
                        .near(name, spec.names());
                }
                continue;
            };
            if let Some(found) = self.value(field, value, depth) {
                let spot = Spot {
                    value: found,
                    place: Place::new(self.file, &value.span()),
                };
                fields.push((field.name, key_place, spot));
            } else {
                refused.push(field.name);
            }
        }
        for field in spec.fields {
            let needed = match field.required {
                Need::Yes => true,
                Need::InNotice => !self.vocabulary,
                Need::No => false,
            };
            if needed && !self.broken && !table.keys().any(|k| k.get_ref() == field.name) {
                self.sink
                    .error(
                        "pack.missing",
                        place,
                        format!(
                            "{}（{}）缺少“{}”：{}",
                            spec.title, spec.key, field.name, field.doc
                        ),
                    )
                    .allow(&field.ty.allowed());
            }
        }
        Node {
            spec,
            place,
            fields,
            refused,
        }
    }

    fn value(
        &mut self,
        field: &'static FieldSpec,
        value: &Spanned<DeValue<'_>>,
        depth: usize,
    ) -> Option<Val> {
        let place = Place::new(self.file, &value.span());
        match (&field.ty, value.get_ref()) {
            (
                Ty::Slug
                | Ty::Line { .. }
                | Ty::MaybeLine { .. }
                | Ty::Prose { .. }
                | Ty::CutOff
                | Ty::Within
                | Ty::Period
                | Ty::Word(_)
                | Ty::Ref(_),
                DeValue::String(text),
            ) => self
                .text(field, text, place)
                .then(|| Val::Text(text.as_ref().to_owned())),
            (Ty::Words(_) | Ty::Refs(_), DeValue::String(text)) => {
                self.text(field, text, place).then(|| {
                    Val::Texts(vec![Spot {
                        value: text.as_ref().to_owned(),
                        place,
                    }])
                })
            }
            (Ty::Slugs | Ty::Lines { .. } | Ty::Words(_) | Ty::Refs(_), DeValue::Array(items)) => {
                Some(Val::Texts(self.texts(field, items.iter(), place)))
            }
            (Ty::Int { min, max }, DeValue::Integer(n)) => {
                let found = i64::from_str_radix(n.as_str(), n.radix()).ok();
                let found = found.filter(|n| (min..=max).contains(&n));
                if found.is_none() {
                    self.out_of_range(field, n.as_str(), place);
                }
                found.map(Val::Int)
            }
            (Ty::Decimal, DeValue::Integer(n)) => self.decimal(field, n.as_str(), place),
            (Ty::Decimal, DeValue::Float(n)) => self.decimal(field, n.as_str(), place),
            (Ty::Flag, DeValue::Boolean(yes)) => Some(Val::Flag(*yes)),
            (Ty::Date, DeValue::Datetime(found)) => self.date(field, *found, place).map(Val::Date),
            (Ty::Where, DeValue::Table(table)) => Some(Val::Where(self.conditions(field, table))),
            (Ty::Attrs, DeValue::Table(table)) => Some(Val::Attrs(self.attributes(table))),
            (Ty::Table(spec), DeValue::Table(_)) => self
                .table(spec, value, depth + 1)
                .map(|node| Val::Table(Box::new(node))),
            (Ty::Tables(spec), DeValue::Array(items)) => {
                let nodes = items
                    .iter()
                    .filter_map(|item| self.table(spec, item, depth + 1));
                let nodes: Vec<Node> = nodes.collect();
                if items.is_empty() {
                    let message = format!("“{}”不能是空的", field.name);
                    self.sink
                        .error("pack.empty", place, message)
                        .allow(&field.ty.allowed());
                }
                self.distinct(&nodes);
                Some(Val::Tables(nodes))
            }
            (_, other) => {
                self.wrong_type(field, other, place);
                None
            }
        }
    }

    fn wrong_type(&mut self, field: &FieldSpec, found: &DeValue<'_>, place: Place) {
        let message = format!(
            "“{}”要写{}，这里是{}",
            field.name,
            field.ty.name(),
            type_name(found),
        );
        let problem = self.sink.error("pack.wrong-type", place, message);
        problem.allow(&field.ty.allowed());
        // A date or number in quotes is the commonest slip: show it without them.
        if let (DeValue::String(text), Ty::Date | Ty::Int { .. } | Ty::Flag | Ty::Decimal) =
            (found, field.ty)
        {
            let looks_right = match field.ty {
                Ty::Date => text.parse::<NaiveDate>().is_ok(),
                Ty::Flag => matches!(text.as_ref(), "true" | "false"),
                _ => text.parse::<f64>().is_ok(),
            };
            if looks_right {
                problem.meant(text);
            }
        }
    }

    fn out_of_range(&mut self, field: &FieldSpec, found: &str, place: Place) {
        let message = format!("“{}”是 {found}，超出范围", field.name);
        self.sink
            .error("pack.out-of-range", place, message)
            .allow(&field.ty.allowed());
    }

    fn decimal(&mut self, field: &FieldSpec, text: &str, place: Place) -> Option<Val> {
        let found = text
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && n.abs() < 1e15);
        if found.is_none() {
            self.out_of_range(field, text, place);
        }
        found.map(Val::Decimal)
    }

    fn date(
        &mut self,
        field: &FieldSpec,
        found: toml::value::Datetime,
        place: Place,
    ) -> Option<NaiveDate> {
        let toml::value::Datetime {
            date: Some(date),
            time: None,
            offset: None,
        } = found
        else {
            let message = format!("“{}”只写日期，不写时刻", field.name);
            self.sink
                .error("pack.wrong-type", place, message)
                .allow(&field.ty.allowed());
            return None;
        };
        let (year, month, day) = (date.year.into(), date.month.into(), date.day.into());
        let day = NaiveDate::from_ymd_opt(year, month, day).filter(|d| YEARS.contains(&d.year()));
        if day.is_none() {
            self.out_of_range(field, &found.to_string(), place);
        }
        day
    }

    fn texts<'v>(
        &mut self,
        field: &'static FieldSpec,
        items: impl Iterator<Item = &'v Spanned<DeValue<'v>>>,
        place: Place,
    ) -> Vec<Spot<String>> {
        let mut found: Vec<Spot<String>> = Vec::new();
        for (count, item) in items.enumerate() {
            let here = Place::new(self.file, &item.span());
            if count == LIST_MAX {
                let message = format!("“{}”最多写 {LIST_MAX} 项", field.name);
                self.sink.error("pack.too-many", place, message);
                break;
            }
            match item.get_ref() {
                DeValue::String(text) if self.text(field, text, here) => {
                    let again = found.iter().find(|f| f.value == text.as_ref());
                    if let (Some(first), Ty::Words(_) | Ty::Refs(_) | Ty::Slugs) = (again, field.ty)
                    {
                        let message = format!("“{text}”在“{}”里写了两次", field.name);
                        let first = first.place;
                        self.sink.collision("pack.repeated", here, first, &message);
                    } else {
                        found.push(Spot {
                            value: text.as_ref().to_owned(),
                            place: here,
                        });
                    }
                }
                DeValue::String(_) => {}
                other => self.wrong_type(field, other, here),
            }
        }
        found
    }

    /// Whether a text fits its type; says so where it does not.
    fn text(&mut self, field: &FieldSpec, text: &str, place: Place) -> bool {
        let name = field.name;
        let wrong = match field.ty {
            Ty::Slug | Ty::Slugs => text
                .parse::<Slug>()
                .is_err()
                .then(|| ("pack.bad-id", format!("“{}”不能作 id", cut(text)))),
            Ty::Line { longest } | Ty::Lines { longest } => line_fault(name, text, longest, false),
            Ty::MaybeLine { longest } => line_fault(name, text, longest, true),
            Ty::Prose { longest } => too_long(name, text, longest),
            Ty::CutOff => text
                .parse::<CutOff>()
                .is_err()
                .then(|| ("pack.bad-cut-off", format!("“{}”不是期限的写法", cut(text)))),
            Ty::Within => text
                .parse::<WithinSpan>()
                .is_err()
                .then(|| ("pack.bad-span", format!("“{}”不是时限的写法", cut(text)))),
            Ty::Period => text
                .parse::<Period>()
                .is_err()
                .then(|| ("pack.bad-period", format!("“{}”不是期间的写法", cut(text)))),
            Ty::Word(words) | Ty::Words(words) => (!words().contains(&text)).then(|| {
                (
                    "pack.unknown-word",
                    format!("“{name}”不能写“{}”", cut(text)),
                )
            }),
            _ => None,
        };
        let Some((code, message)) = wrong else {
            return true;
        };
        let problem = self.sink.error(code, place, message);
        problem.allow(&field.ty.allowed());
        match field.ty {
            Ty::Word(words) | Ty::Words(words) => {
                problem.near(text, words());
            }
            Ty::CutOff => {
                problem.near(text, CUT_OFFS.iter().copied());
            }
            _ => {}
        }
        false
    }

    /// `{ form = ["plenary"], onsite = true }`: every value as text.
    fn conditions(
        &mut self,
        field: &'static FieldSpec,
        table: &DeTable<'_>,
    ) -> Vec<(Spot<String>, Vec<Spot<String>>)> {
        let mut found = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let place = Place::new(self.file, &value.span());
            let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
                DeValue::Array(items) => items.iter().take(LIST_MAX).collect(),
                _ => vec![value],
            };
            let mut values = Vec::new();
            for item in items {
                let here = Place::new(self.file, &item.span());
                match item.get_ref() {
                    DeValue::String(text) => {
                        values.push(Spot {
                            value: text.as_ref().to_owned(),
                            place: here,
                        });
                    }
                    DeValue::Boolean(yes) => {
                        values.push(Spot {
                            value: yes.to_string(),
                            place: here,
                        });
                    }
                    DeValue::Integer(n) if n.radix() == 10 => {
                        values.push(Spot {
                            value: n.as_str().to_owned(),
                            place: here,
                        });
                    }
                    other => {
                        let message = format!(
                            "“{}”中的“{name}”要写值或值的列表，这里是{}",
                            field.name,
                            type_name(other)
                        );
                        self.sink
                            .error("pack.wrong-type", here, message)
                            .allow(&field.ty.allowed());
                    }
                }
            }
            if values.is_empty() {
                let message = format!("“{}”中的“{name}”没有值", field.name);
                self.sink
                    .error("pack.empty", place, message)
                    .allow(&field.ty.allowed());
            }
            let key = Spot {
                value: name.to_owned(),
                place: Place::new(self.file, &key.span()),
            };
            found.push((key, values));
        }
        found
    }

    fn attributes(&mut self, table: &DeTable<'_>) -> Vec<(Spot<String>, AttrValue)> {
        let mut found = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let key_place = Place::new(self.file, &key.span());
            let known = ATTRIBUTES.iter().find(|(n, _)| *n == name);
            let Some((_, ty)) = known else {
                let message = format!("没有“{name}”这个属性");
                self.sink
                    .error("pack.unknown-key", key_place, message)
                    .allow(&joined(ATTRIBUTES.iter().map(|(n, _)| *n)))
                    .near(name, ATTRIBUTES.iter().map(|(n, _)| *n));
                continue;
            };
            let value_found = match (ty, value.get_ref()) {
                (AttrTy::Flag, DeValue::Boolean(yes)) => AttrValue::Flag(*yes),
                (AttrTy::Sectors, DeValue::String(text)) => AttrValue::Text(text.to_string()),
                (AttrTy::Flag, other) => {
                    let message = format!("属性“{name}”要写是否，这里是{}", type_name(other));
                    let place = Place::new(self.file, &value.span());
                    self.sink
                        .error("pack.wrong-type", place, message)
                        .allow("true 或 false");
                    continue;
                }
                (AttrTy::Sectors, other) => {
                    let message = format!("属性“{name}”要写行业 id，这里是{}", type_name(other));
                    let place = Place::new(self.file, &value.span());
                    self.sink
                        .error("pack.wrong-type", place, message)
                        .allow("一个行业领域 id");
                    continue;
                }
            };
            let place = Place::new(self.file, &value.span());
            found.push((
                Spot {
                    value: name.to_owned(),
                    place,
                },
                value_found,
            ));
        }
        found
    }

    /// Ids of the tables of one field must differ.
    fn distinct(&mut self, nodes: &[Node]) {
        let mut seen: std::collections::BTreeMap<&str, Place> = std::collections::BTreeMap::new();
        for node in nodes {
            let Some(id) = node.text("id") else { continue };
            let place = node.place_of("id");
            if let Some(first) = seen.get(id) {
                let message = format!("{}“{id}”写了两次", node.spec.title);
                self.sink
                    .collision("pack.duplicate-id", place, *first, &message);
            } else {
                seen.insert(id, place);
            }
        }
    }
}

/// Usual cut-offs, to find the one that was meant.
const CUT_OFFS: &[&str] = &[
    "last day",
    "day 1",
    "day 22",
    "day 25 of last month",
    "day 1 of next month",
    "day 5 of first month",
    "day 5 of first month of next quarter",
];

/// At most 40 characters of a text that is quoted in a message.
pub(super) fn cut(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        text.to_owned()
    } else {
        text.chars()
            .take(MOST)
            .chain(std::iter::once('…'))
            .collect()
    }
}

fn too_long(name: &str, text: &str, longest: usize) -> Option<(&'static str, String)> {
    let length = text.chars().count();
    (length > longest).then(|| {
        (
            "pack.too-long",
            format!("“{name}”有 {length} 个字，最多 {longest} 个字"),
        )
    })
}

fn line_fault(
    name: &str,
    text: &str,
    longest: usize,
    may_be_empty: bool,
) -> Option<(&'static str, String)> {
    if text.trim().is_empty() && !may_be_empty {
        return Some(("pack.empty", format!("“{name}”不能是空的")));
    }
    if let Some(hidden) = hidden(text) {
        let at = hidden.at;
        let what = format!("“{name}”只能写一行，第 {at} 个字是换行或看不见的字符（{hidden}）");
        return Some(("pack.not-one-line", what));
    }
    too_long(name, text, longest)
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => "true 或 false",
        DeValue::Datetime(_) => "日期",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "表",
    }
}
