//! Forms: columns, their heads and how the ledger fills them.

use super::convert::{Cx, conditions, fields_of};
use super::decode::cut;
use super::describe::joined;
use super::model::{Column, ColumnKind, FieldKind, FormDecl, Measure, MeasureWindow, RowKind};
use super::node::Node;
use super::problem::Sink;

/// Most rows of a form's head.
const HEAD_ROWS_MAX: usize = 6;
/// Most columns of a form.
const COLUMNS_MAX: usize = 200;

/// A form.
pub(super) fn form(node: &Node, cx: &mut Cx<'_, '_>) -> Option<FormDecl> {
    let columns = node.tables("column");
    if columns.len() > COLUMNS_MAX {
        let message = format!("报表最多 {COLUMNS_MAX} 列，这里有 {} 列", columns.len());
        cx.sink.error("pack.too-many", node.place, message);
    }
    check_heads(columns, cx.sink);
    check_at_most(columns, cx.sink);
    Some(FormDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        head: node.all("head"),
        foot: node.all("foot"),
        columns: columns.iter().filter_map(|c| column(c, cx)).collect(),
        rows: node.parsed("rows").unwrap_or(RowKind::Period),
        total: node.flag("total", false),
        first_period: node.text("first_period").map(str::to_owned),
    })
}

fn heads(column: &Node) -> Vec<&str> {
    column
        .texts("head")
        .iter()
        .map(|t| t.value.as_str())
        .collect()
}

/// A head with fewer texts spans the rows below its last one. Two neighbours are inconsistent
/// when one's head is the beginning of (or equal to) the other's: the same cell would be both a
/// column and a group of columns.
fn check_heads(columns: &[Node], sink: &mut Sink<'_>) {
    for column in columns {
        let rows = column.texts("head").len();
        if column.get("head").is_some() && (rows == 0 || rows > HEAD_ROWS_MAX) {
            let message = format!("表头有 {rows} 层");
            sink.error("pack.form-head", column.place_of("head"), message)
                .allow(&format!("1 到 {HEAD_ROWS_MAX} 层"));
        }
    }
    for pair in columns.windows(2) {
        let [left, right] = pair else { continue };
        let (a, b) = (heads(left), heads(right));
        if a.is_empty() || b.is_empty() || !(a.starts_with(&b) || b.starts_with(&a)) {
            continue;
        }
        let shorter = if a.len() <= b.len() { &a } else { &b };
        let cell = shorter.last().copied().unwrap_or_default();
        let message = if a.len() == b.len() {
            format!("相邻两列的表头相同：{}", a.join("/"))
        } else {
            format!("表头“{}”既是一列，又是相邻列的上层", cut(cell))
        };
        sink.collision(
            "pack.form-head",
            right.place_of("head"),
            left.place_of("head"),
            &message,
        )
        .allow("给较短的表头加一层，或改名");
    }
}

fn check_at_most(columns: &[Node], sink: &mut Sink<'_>) {
    let counts = || {
        let is_count = |c: &&Node| c.text("kind") == Some(ColumnKind::Count.code());
        columns.iter().filter(is_count).filter_map(|c| c.text("id"))
    };
    for column in columns {
        let Some(limit) = column.text("at_most") else {
            continue;
        };
        let own = column.text("id").unwrap_or_default();
        let known = || counts().filter(|id| *id != own);
        if !known().any(|id| id == limit) {
            let message = format!("没有“{}”这个可以比较的列", cut(limit));
            sink.error("pack.unknown-column", column.place_of("at_most"), message)
                .allow(&joined(known()))
                .near(limit, known());
        }
        if !counts().any(|id| id == own) {
            sink.error(
                "pack.unknown-column",
                column.key_place("at_most"),
                "at_most 只用于 count 列",
            )
            .allow("kind = \"count\"");
        }
    }
}

fn column(node: &Node, cx: &mut Cx<'_, '_>) -> Option<Column> {
    Some(Column {
        id: node.parsed("id")?,
        head: node.all("head"),
        kind: node.parsed("kind")?,
        unit: node.text("unit").map(str::to_owned),
        measure: node.table("measure").and_then(|m| measure(m, cx)),
        at_most: node.parsed("at_most"),
    })
}

fn measure(node: &Node, cx: &mut Cx<'_, '_>) -> Option<Measure> {
    let count = node.text("count")?;
    let acts: Vec<&str> = node
        .texts("acts")
        .iter()
        .map(|t| t.value.as_str())
        .collect();
    let conditions = conditions(node);
    if count == "act" {
        if acts.is_empty() {
            cx.sink
                .error("pack.missing", node.place, "数履职记录时要用 acts 写明类型")
                .allow("acts = [\"<履职类型>\"]");
        }
        cx.check_where(&acts, conditions);
        check_sum(node, &acts, cx);
    } else if !acts.is_empty() {
        let message = format!("count = \"{count}\" 时不能写 acts");
        cx.sink
            .error("pack.field-option", node.key_place("acts"), message)
            .allow("count = \"act\"");
    }
    Some(Measure {
        count: count.parse().ok()?,
        acts: acts.iter().filter_map(|a| a.parse().ok()).collect(),
        sum: node.parsed("sum"),
        fields: fields_of(conditions),
        window: node.parsed("window").unwrap_or(MeasureWindow::Flow),
    })
}

/// The field that is summed must be a number of one of the acts.
fn check_sum(node: &Node, acts: &[&str], cx: &mut Cx<'_, '_>) {
    let Some(sum) = node.text("sum") else { return };
    if acts.is_empty() || acts.iter().any(|a| cx.act(a).is_none()) {
        return;
    }
    let known: Vec<String> = acts
        .iter()
        .filter_map(|a| cx.act(a))
        .flat_map(|a| &a.fields)
        .filter(|f| matches!(f.kind, FieldKind::Number { .. }))
        .map(|f| f.id.to_string())
        .collect();
    let words = || known.iter().map(String::as_str);
    if !words().any(|id| id == sum) {
        let message = format!("{}没有“{}”这个数字字段", acts.join("、"), cut(sum));
        cx.sink
            .error("pack.unknown-field", node.place_of("sum"), message)
            .allow(&joined(words()))
            .near(sum, words());
    }
}
