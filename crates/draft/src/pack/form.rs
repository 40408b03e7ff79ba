//! Forms: tables to be filled in, their columns with the groups above them.

use super::toml::{Element, quoted};
use crate::outline::{Outline, Table};

/// Most columns of a drafted form.
const COLUMNS_MAX: usize = 60;

/// All forms of a notice.
pub(super) fn forms(outline: &Outline) -> String {
    outline
        .tables
        .iter()
        .filter(|t| t.is_form() && t.width() >= 2)
        .map(form)
        .collect()
}

fn form(table: &Table) -> String {
    let mut columns = String::new();
    let mut last: Vec<String> = Vec::new();
    for column in 0..table.width().min(COLUMNS_MAX) {
        let heads = table.heads(column);
        // A head that says no more than its neighbour is a merged cell.
        if heads.is_empty()
            || heads.starts_with(&last) && !last.is_empty()
            || last.starts_with(&heads)
        {
            continue;
        }
        let own = heads.last().map(String::as_str).unwrap_or_default();
        let texts: Vec<String> = heads.iter().map(|h| quoted(name_of(h))).collect();
        let (kind, unit) = kind_of(own);
        let mut element = Element::new("form.column");
        element.text("id", &format!("c{}", column + 1));
        element.raw("head", &format!("[{}]", texts.join(", ")));
        element.text("kind", kind);
        if let Some(unit) = unit {
            element.text("unit", unit);
        }
        columns.push_str(&element.done(""));
        last = heads;
    }
    if columns.is_empty() {
        return String::new();
    }
    let title = if table.title.is_empty() {
        "表格"
    } else {
        &table.title
    };
    let title: String = title.chars().take(60).collect();
    let first = table.heads(0).concat();
    let by_period = ["月份", "日期", "季度", "时间"]
        .iter()
        .any(|w| first.contains(w));
    let total = table
        .rows
        .iter()
        .any(|r| r.cells.first().is_some_and(|c| c.text.contains("合计")));
    let mut element = Element::new("form");
    element.text("id", &format!("form-{}", table.n));
    element.text("title", &title);
    element.text("clause", &format!("表{}", table.n));
    element.text("rows", if by_period { "period" } else { "item" });
    element.raw("total", if total { "true" } else { "false" });
    let head = element.done("");
    format!("{head}{columns}")
}

/// A head without its unit: 检查矿山（座） is 检查矿山.
fn name_of(head: &str) -> &str {
    let bare = head.split('（').next().unwrap_or(head);
    if bare.is_empty() { head } else { bare }
}

/// The kind of a column and its unit, by its head.
fn kind_of(head: &str) -> (&'static str, Option<&str>) {
    let unit = head
        .rsplit_once('（')
        .and_then(|(_, unit)| unit.strip_suffix('）'))
        .filter(|u| (1..=3).contains(&u.chars().count()));
    if let Some(unit) = unit {
        return ("count", Some(unit));
    }
    let date = ["时间", "日期", "时限"].iter().any(|w| head.contains(w));
    if date { ("date", None) } else { ("text", None) }
}
