//! Acts in words: what the doors that speak to people say of the values of this noun.

use domain::act::{ActState, FieldValue, PartRole};
use domain::calendar::words::{chinese_date, period_name};

use super::line::{ActLine, ActPart};
use super::record::Meets;
use super::show::{ActField, ActVersionSeen};
use crate::words::part_role;

/// 已撤回, 待审核, 已退回, 已审核, or nothing.
pub const fn mark(state: ActState) -> &'static str {
    match state {
        ActState::Recorded => "",
        ActState::Waiting => "待审核",
        ActState::SentBack => "已退回",
        ActState::Accepted => "已审核",
        ActState::Withdrawn => "已撤回",
    }
}

/// The kind: its title, or the code where no pack in force has it.
pub fn kind(line: &ActLine) -> &str {
    line.kind_title.as_deref().unwrap_or(line.kind.as_str())
}

/// What an act is about: where it went, its topic, or the period and form.
pub fn headline(line: &ActLine) -> String {
    let kind = kind(line);
    if let (Some(form), Some(period)) = (&line.form, line.period) {
        let title = line.form_title.as_ref().unwrap_or(form);
        return format!("{} {title}", period_name(period));
    }
    let visited = |p: &&ActPart| p.role == PartRole::WasVisited;
    let places: Vec<&ActPart> = line.parts.iter().filter(visited).collect();
    match places.as_slice() {
        [] => {}
        [one] => return format!("{kind}：{}", one.name),
        [first, ..] => return format!("{kind}：{}等{}处", first.name, places.len()),
    }
    let period = line.period.map(period_name);
    let period = period.map(|name| format!("（{name}）")).unwrap_or_default();
    match &line.topic {
        Some(text) => format!("{kind}：{text}{period}"),
        None => format!("{kind}{period}"),
    }
}

/// Who did it, the first and how many.
pub fn did(line: &ActLine) -> String {
    let order = [PartRole::Presided, PartRole::Led, PartRole::Hosted];
    let names: Vec<&str> = order
        .iter()
        .flat_map(|role| line.parts.iter().filter(move |p| p.role == *role))
        .filter(|p| !p.by_office)
        .map(|p| p.name.as_str())
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, rest @ ..] => format!("{one}等{}个", rest.len() + 1),
    }
}

/// The value of a field.
pub fn value(field: &ActField) -> String {
    if !field.titles.is_empty() {
        return field.titles.join("、");
    }
    match &field.value {
        FieldValue::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
        FieldValue::Number(n) => n.to_string(),
        FieldValue::Text(text) => text.clone(),
        FieldValue::Many(all) => all.join("、"),
    }
}

/// How many of how many a duty has: 0/1.
pub fn share(have: u32, need: u32) -> String {
    format!("{}/{need}", have.min(need))
}

/// How a duty stood before and stands after: 0/1 → 1/1.
pub fn moved(meets: &Meets) -> String {
    let (before, after) = (meets.have, meets.will_have);
    format!(
        "{} → {}",
        share(before, meets.need),
        share(after, meets.need)
    )
}

/// What a version changed against the one before: 方式：例行 → 四不两直.
pub fn changes(old: &ActVersionSeen, new: &ActVersionSeen) -> Vec<String> {
    const EMPTY: &str = "（空）";
    let mut out = Vec::new();
    if old.occurred_on != new.occurred_on {
        let (before, after) = (chinese_date(old.occurred_on), chinese_date(new.occurred_on));
        out.push(format!("日期：{before} → {after}"));
    }
    if old.period != new.period {
        let name = |p: Option<_>| p.map_or_else(|| EMPTY.to_owned(), period_name);
        let (before, after) = (name(old.period), name(new.period));
        out.push(format!("所报期：{before} → {after}"));
    }
    let mut named: Vec<&ActField> = Vec::new();
    for field in new.fields.iter().chain(&old.fields) {
        if named.iter().all(|known| known.field != field.field) {
            named.push(field);
        }
    }
    for field in named {
        let of = |v: &ActVersionSeen| v.fields.iter().find(|f| f.field == field.field).map(value);
        let (before, after) = (of(old), of(new));
        if before != after {
            let word = |v: Option<String>| v.unwrap_or_else(|| EMPTY.to_owned());
            let (before, after) = (word(before), word(after));
            out.push(format!("{}：{before} → {after}", field.title));
        }
    }
    let names = |v: &ActVersionSeen| -> Vec<String> {
        let said = |p: &ActPart| format!("{}{}", part_role(p.role), p.name);
        v.parts.iter().map(said).collect()
    };
    let (before, after) = (names(old), names(new));
    let added = after.iter().filter(|n| !before.contains(n));
    out.extend(added.map(|n| format!("增加：{n}")));
    let gone = before.iter().filter(|n| !after.contains(n));
    out.extend(gone.map(|n| format!("去掉：{n}")));
    out
}
