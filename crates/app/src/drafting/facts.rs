//! An element in words: who, what, how often or until when, under which clause.

use ::draft::{Element, LIST_CODE, NamedList, OWN_ACT, OWNER_KINDS, What, owner_codes_of};
use domain::calendar::words::{cadence_name, chinese_date, cut_off_name, span_name};

use crate::words;
use crate::world::World;

/// The kind of act that a pack brings along for its own tasks.
pub(super) const OWN_WORD: &str = "本通知的专项任务";

/// A kind of owner or a named body, by its code.
fn owner_name<'a>(code: &'a str, lists: &'a [NamedList]) -> &'a str {
    let kind = OWNER_KINDS.iter().find(|k| k.code == code);
    let Some(list) = code.strip_prefix(LIST_CODE) else {
        return kind.map_or(code, |k| k.name);
    };
    let known = lists.iter().find(|l| l.id == list);
    known.map_or("待定", |l| l.title.as_str())
}

/// Who owes, in words; a selector that is more than kinds of body is shown as it is written.
fn owner_words(by: &str, lists: &[NamedList]) -> String {
    match owner_codes_of(by) {
        Some(codes) => {
            let names = codes.iter().map(|c| owner_name(c, lists));
            names.collect::<Vec<_>>().join("、")
        }
        None => by.to_owned(),
    }
}

/// Facts of an element: name and value.
pub(super) fn facts(
    world: &World,
    lists: &[NamedList],
    e: &Element,
) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::new();
    if !e.who.is_empty() {
        out.push(("原文称呼", e.who.clone()));
    }
    let by = e.what.by();
    if !by.is_empty() {
        out.push(("承担者", owner_words(by, lists)));
    }
    out.extend(what(world, e));
    out.extend(when(e));
    if let Some(owed) = e.what.owed().filter(|o| !o.when.is_empty()) {
        out.push(("条件", owed.when.clone()));
    }
    let clauses: Vec<&str> = e
        .clauses
        .iter()
        .map(|c| {
            if c == "preamble" {
                "引言"
            } else {
                c.as_str()
            }
        })
        .collect();
    out.push(("条款", clauses.join("；")));
    out
}

/// Which act, and how many.
fn what(world: &World, e: &Element) -> Option<(&'static str, String)> {
    let owed = e.what.owed()?;
    let kind = world.act_kind(&owed.act);
    let own = owed.act == OWN_ACT;
    let name = match kind {
        Some(kind) => kind.title.as_str(),
        None if own => OWN_WORD,
        None => owed.act.as_str(),
    };
    let unit = kind.map_or(if own { "项" } else { "次" }, |k| k.unit.as_str());
    Some(("做什么", format!("{name}，不少于{}{unit}", owed.at_least)))
}

/// How often, until when, between which days, or with which columns.
fn when(e: &Element) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::new();
    match &e.what {
        What::Duty {
            every,
            due,
            previous,
            ..
        } => {
            let due = due.map(|d| format!("，{}", cut_off_name(d, every.every(), every.n())));
            let previous = if *previous { "，报上一期" } else { "" };
            out.push((
                "多久一次",
                format!(
                    "{}{}{previous}",
                    cadence_name(*every),
                    due.unwrap_or_default()
                ),
            ));
        }
        What::Task { due, .. } => out.push(("期限", format!("{}前", chinese_date(*due)))),
        What::Limit {
            within,
            after,
            case,
        } => {
            out.push(("期限", format!("{after}起{}", span_name(*within))));
            out.push(("办理事项", words::case(case).to_owned()));
        }
        What::Phase { from, to } => {
            let from = from.map_or_else(|| "即日起".to_owned(), chinese_date);
            let to = to.map_or_else(|| "不限".to_owned(), chinese_date);
            out.push(("起止", format!("{from}至{to}")));
        }
        What::Standing { .. } => {}
        What::Form { columns, .. } => {
            let heads = columns.iter().filter_map(|c| c.heads.last());
            let heads: Vec<&str> = heads.map(String::as_str).collect();
            out.push((
                "栏目",
                format!("{} 栏：{}", columns.len(), heads.join("、")),
            ));
        }
    }
    out
}
