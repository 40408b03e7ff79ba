//! An answer for people: the id of what was done, columns of a list, lines of one thing.

use app::door::{Envelope, Operation};
use serde_json::{Map, Value};

/// What goes to standard output, and what is said beside it.
pub(super) struct Shown {
    pub(super) data: Vec<String>,
    pub(super) talk: Vec<String>,
}

/// Cells are cut at so many columns.
const CELL_COLUMNS: usize = 40;

/// An answer of an operation.
pub(super) fn answer(operation: &Operation, answer: &Value) -> Shown {
    let mut shown = Shown {
        data: Vec::new(),
        talk: Vec::new(),
    };
    match operation.envelope {
        Envelope::Many(key) => list(answer, key, &mut shown),
        Envelope::One(key) => one(operation, &answer[key], &mut shown),
        Envelope::Own => one(operation, answer, &mut shown),
    }
    shown
}

fn one(operation: &Operation, thing: &Value, shown: &mut Shown) {
    let Some(fields) = thing.as_object() else {
        shown.data.push(cell(thing));
        return;
    };
    match fields.get("id") {
        Some(id) if operation.writes() => {
            shown.data.push(cell(id));
            let beside = fields
                .iter()
                .filter(|(name, _)| !["id", "version"].contains(&name.as_str()));
            shown
                .talk
                .extend(beside.map(|(name, value)| format!("{name}：{}", cell(value))));
        }
        Some(_) | None => lines(fields, &mut shown.data),
    }
}

fn lines(fields: &Map<String, Value>, data: &mut Vec<String>) {
    for (name, value) in fields {
        match value
            .as_array()
            .filter(|all| all.iter().any(Value::is_object))
        {
            Some(rows) => {
                data.push(format!("{name}："));
                data.extend(columns(rows).into_iter().map(|row| format!("  {row}")));
            }
            None => data.push(format!("{name}：{}", cell(value))),
        }
    }
}

fn list(answer: &Value, key: &str, shown: &mut Shown) {
    let none = Vec::new();
    let rows = answer[key].as_array().unwrap_or(&none);
    shown.data = columns(rows);
    if let Some(next) = answer["next"].as_str() {
        shown.talk.push(format!("还有下一页：--page {next}"));
    }
}

/// Rows in columns that stand below each other; the last is not filled up.
fn columns(rows: &[Value]) -> Vec<String> {
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let count = cells.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |n: usize| {
        let widths = cells
            .iter()
            .filter_map(|row| row.get(n))
            .map(|text| width(text));
        widths.max().unwrap_or(0).min(CELL_COLUMNS)
    };
    let widths: Vec<usize> = (0..count).map(widest).collect();
    let line = |row: Vec<String>| {
        let mut out = String::new();
        for (text, wide) in row.iter().zip(&widths) {
            out.push_str(text);
            out.push_str(&" ".repeat((wide + 2).saturating_sub(width(text)).max(1)));
        }
        out.trim_end().to_owned()
    };
    cells.into_iter().map(line).collect()
}

fn cells(row: &Value) -> Vec<String> {
    match row.as_object() {
        Some(fields) => fields.values().map(cell).collect(),
        None => vec![cell(row)],
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.replace('\n', "；"),
        Value::Array(all) => all.iter().map(cell).collect::<Vec<_>>().join("、"),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Columns of a terminal: a character of the East takes two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| if c < '\u{1100}' { 1 } else { 2 })
        .sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::columns;

    #[test]
    fn columns_stand_below_each_other_in_both_scripts() {
        let rows = [
            json!({ "id": "a", "title": "国庆", "n": 1 }),
            json!({ "id": "bb", "title": null, "n": 12 }),
        ];
        assert_eq!(columns(&rows), ["a   国庆  1", "bb  -     12"]);
    }
}
