//! Forms: tables to be filled in, their columns with the groups above them.

use domain::pack::RowKind;

use super::element::{Column, Element, Place, What};
use crate::outline::{Outline, Table};

/// Most columns of a drafted form.
pub(super) const COLUMNS_MAX: usize = 60;
/// Longest title, in characters.
const TITLE_CHARS: usize = 60;

/// All forms of a notice.
pub(super) fn forms(outline: &Outline) -> Vec<Element> {
    outline
        .tables
        .iter()
        .filter(|t| t.is_form() && t.width() >= 2)
        .filter_map(form)
        .collect()
}

fn form(table: &Table) -> Option<Element> {
    let mut columns = Vec::new();
    let mut last: Vec<String> = Vec::new();
    let all = table.all_heads();
    for (column, heads) in all.iter().enumerate().take(COLUMNS_MAX) {
        // A head that says no more than its neighbour is a merged cell.
        if heads.is_empty()
            || heads.starts_with(&last) && !last.is_empty()
            || last.starts_with(heads)
        {
            continue;
        }
        columns.push(column_of(format!("c{}", column + 1), heads));
        last.clone_from(heads);
    }
    if columns.is_empty() {
        return None;
    }
    let title = if table.title.is_empty() {
        "表格"
    } else {
        &table.title
    };
    let first = all.first().map(|h| h.concat()).unwrap_or_default();
    let by_period = ["月份", "日期", "季度", "时间"]
        .iter()
        .any(|w| first.contains(w));
    let total = table
        .rows
        .iter()
        .any(|r| r.cells.first().is_some_and(|c| c.text.contains("合计")));
    let mut doubts = Vec::new();
    if table.width() > COLUMNS_MAX {
        doubts.push(format!(
            "表有 {} 列，只取前 {COLUMNS_MAX} 列",
            table.width()
        ));
    }
    Some(Element {
        id: format!("form-{}", table.n),
        title: title.chars().take(TITLE_CHARS).collect(),
        clauses: vec![format!("表{}", table.n)],
        who: String::new(),
        label: String::new(),
        what: What::Form {
            rows: if by_period {
                RowKind::Period
            } else {
                RowKind::Item
            },
            total,
            columns,
        },
        places: vec![Place {
            at: table.at as usize,
            chars: table.chars,
            quote: String::new(),
        }],
        sentence: String::new(),
        sure: 0.8,
        doubts,
    })
}

/// A column by the texts above it, the group first; the last may end in its unit.
pub(super) fn column_of(id: String, heads: &[String]) -> Column {
    let own = heads.last().map(String::as_str).unwrap_or_default();
    let (kind, unit) = kind_of(own);
    Column {
        id,
        heads: heads.iter().map(|h| name_of(h).to_owned()).collect(),
        kind: kind.to_owned(),
        unit: unit.map(str::to_owned),
    }
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
