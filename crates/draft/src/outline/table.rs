//! Tables: header rows, columns with their groups, data rows, pages of one table put together.

use std::collections::{BTreeSet, HashMap};

use crate::text::Line;

/// A data row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number among the data rows, from 1.
    pub(crate) n: usize,
    /// Its cells; fewer than columns where the source has fewer.
    pub(crate) cells: Vec<Line>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its number among the tables, from 1.
    pub(crate) n: usize,
    /// Where its first cell begins in the decoded text, in characters.
    pub(crate) at: u32,
    /// How many characters its first row with a text takes.
    pub(crate) chars: usize,
    /// The path of the clause it stands under.
    pub(crate) path: Vec<String>,
    /// The paragraph above it.
    pub(crate) title: String,
    /// Header rows, as they stand.
    pub(crate) header: Vec<Vec<String>>,
    /// Data rows.
    pub(crate) rows: Vec<Row>,
    /// Most cells of a row; of its header, where it has one.
    width: usize,
}

/// Words of which a header has some.
const HEADER_WORDS: &[&str] = &[
    "序号",
    "任务",
    "责任单位",
    "责任部门",
    "牵头",
    "内容",
    "时限",
    "项目",
    "措施",
    "单位",
    "时间",
    "日期",
    "备注",
    "目标",
    "事项",
    "类别",
    "要求",
    "标准",
    "频次",
    "责任人",
    "名称",
    "编号",
    "工作",
    "部门",
    "阶段",
    "步骤",
    "主体",
    "数量",
];
/// Longest title across the rows of a table, in characters.
const SECTION_CHARS_MAX: usize = 24;
/// Longest text of a header's cell, in characters.
const HEADER_CHARS_MAX: usize = 24;

impl Table {
    /// How many columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// The header texts of each column, outermost first; a group stands over the columns behind it.
    pub(crate) fn all_heads(&self) -> Vec<Vec<String>> {
        let mut all = vec![Vec::<String>::new(); self.width];
        let last = self.header.len().saturating_sub(1);
        for (depth, row) in self.header.iter().enumerate() {
            let mut left = "";
            for (column, heads) in all.iter_mut().enumerate() {
                let own = row.get(column).map_or("", String::as_str);
                let below = || self.header[last].get(column).is_some_and(|t| !t.is_empty());
                let text = if own.is_empty() && depth < last && below() {
                    left
                } else {
                    own
                };
                if !text.is_empty() && heads.last().is_none_or(|h| h != text) {
                    heads.push(text.to_owned());
                }
                if !own.is_empty() {
                    left = own;
                }
            }
        }
        all
    }

    /// Whether it is to be filled in: hardly anything stands in its rows.
    pub(crate) fn is_form(&self) -> bool {
        let cells: usize = self.rows.iter().map(|r| r.cells.len()).sum();
        let filled = self
            .rows
            .iter()
            .flat_map(|r| r.cells.iter().skip(1))
            .filter(|c| !c.text.trim().is_empty())
            .count();
        !self.header.is_empty() && (cells == 0 || filled * 8 <= cells)
    }
}

/// Words in the heads of columns that say who is responsible, the surest first.
const UNITS: [&[&str]; 4] = [
    &[
        "责任单位",
        "责任部门",
        "责任主体",
        "牵头单位",
        "牵头部门",
        "实施单位",
        "落实单位",
        "承办单位",
    ],
    &["单位", "部门", "主体"],
    &["牵头", "责任人", "负责人", "责任"],
    &["对象"],
];
/// Of columns that say what is to be done, when the kind of act is looked for.
const TASKS: [&[&str]; 3] = [
    &["措施", "内容", "具体"],
    &["任务", "事项"],
    &["工作", "项目", "要求"],
];
/// Of columns that say what a row is about.
const ABOUT: [&[&str]; 3] = [
    &["任务", "事项", "项目"],
    &["内容", "措施"],
    &["工作", "要求"],
];
/// Of the column whose bodies owe what stands in a row without a time.
const OWNERS: &[&str] = &["责任单位", "责任部门", "牵头", "单位", "部门", "责任"];

/// The columns of a table that its rows are asked for, and which row says what merged cells of
/// theirs say: found once, for each row and each phrase asks again.
#[derive(Debug)]
pub(crate) struct Columns {
    unit: Option<usize>,
    tasks: Vec<usize>,
    about: Vec<usize>,
    owner: Option<usize>,
    /// For each of these columns, the row at or above each row in which it is filled.
    filled: HashMap<usize, Vec<Option<usize>>>,
}

impl Columns {
    /// Of a table.
    pub(crate) fn of(table: &Table) -> Self {
        let heads: Vec<String> = table.all_heads().iter().map(|h| h.concat()).collect();
        let with = |words: &[&str]| {
            let mut heads = heads.iter();
            heads.position(|h| words.iter().any(|w| h.contains(w)))
        };
        let mut about: Vec<usize> = ABOUT.iter().filter_map(|w| with(w)).collect();
        about.dedup();
        let mut columns = Self {
            unit: UNITS.iter().find_map(|w| with(w)),
            tasks: TASKS.iter().filter_map(|w| with(w)).collect(),
            about,
            owner: with(OWNERS),
            filled: HashMap::new(),
        };
        let (tasks, about) = (columns.tasks.iter(), columns.about.iter());
        let asked: BTreeSet<usize> = tasks
            .chain(about)
            .copied()
            .chain(columns.unit)
            .chain(columns.owner)
            .collect();
        for column in asked {
            let mut last = None;
            let rows = table.rows.iter().enumerate().map(|(n, row)| {
                let cell = row.cells.get(column);
                if cell.is_some_and(|c| !c.text.trim().is_empty()) {
                    last = Some(n);
                }
                last
            });
            columns.filled.insert(column, rows.collect());
        }
        columns
    }

    /// A cell, or what a merged cell above it says.
    pub(crate) fn carried<'t>(&self, table: &'t Table, row: usize, column: usize) -> &'t str {
        let filled = self.filled.get(&column).and_then(|rows| rows.get(row));
        let cell = filled
            .copied()
            .flatten()
            .and_then(|n| table.rows.get(n)?.cells.get(column));
        cell.map_or("", |c| c.text.trim())
    }

    /// The responsible unit of a row.
    pub(crate) fn unit<'t>(&self, table: &'t Table, row: usize) -> &'t str {
        self.unit.map_or("", |c| self.carried(table, row, c))
    }

    /// What the cells of a row say that may tell what is done.
    pub(crate) fn tasks<'t>(
        &'t self,
        table: &'t Table,
        row: usize,
    ) -> impl Iterator<Item = &'t str> {
        self.tasks.iter().map(move |c| self.carried(table, row, *c))
    }

    /// The columns that say what a row is about.
    pub(crate) fn about(&self) -> &[usize] {
        &self.about
    }

    /// The column of those who owe what stands in a row.
    pub(crate) fn owner(&self) -> Option<usize> {
        self.owner
    }
}

/// Tables while a text is read.
#[derive(Default)]
pub(super) struct Tables {
    done: Vec<Table>,
    open: bool,
    /// Paragraphs since the last row.
    between: usize,
    last_paragraph: String,
}

impl Tables {
    /// An empty line.
    pub(super) fn gap(&mut self) {}

    /// Whether the last thing was a row.
    pub(super) fn just_ended(&self) -> bool {
        !self.done.is_empty() && self.between <= 6
    }

    /// A paragraph ends the table, unless its next page follows.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.open = false;
        self.between += 1;
        // 填报单位： is a line to be filled in, no title.
        if !text.contains('：') {
            self.last_paragraph = text.to_owned();
        }
    }

    /// A row.
    pub(super) fn row(&mut self, cells: Vec<Line>, path: &[String]) {
        let texts: Vec<String> = cells.iter().map(|c| c.text.trim().to_owned()).collect();
        if !self.open && !self.goes_on(&texts) {
            let first = cells.iter().find_map(|c| c.at.first().copied());
            let last = cells.iter().rev().find_map(|c| c.at.last().copied());
            let at = first.unwrap_or_default();
            self.done.push(Table {
                n: self.done.len() + 1,
                at,
                chars: (last.unwrap_or(at).max(at) - at) as usize + 1,
                path: path.to_vec(),
                title: std::mem::take(&mut self.last_paragraph),
                ..Table::default()
            });
        }
        self.open = true;
        self.between = 0;
        let Some(table) = self.done.last_mut() else {
            return;
        };
        if table.header.contains(&texts) {
            return;
        }
        if is_header(table, &texts) {
            table.width = table.width.max(texts.len());
            table.header.push(texts);
            return;
        }
        let filled = texts.iter().filter(|t| !t.is_empty()).count();
        // 一 | 水源地 heads the rows below it as a title across the row does.
        let numeral =
            !texts[0].is_empty() && texts[0].chars().all(crate::timing::is_chinese_numeral);
        let section = !texts[0].is_empty()
            && (filled == 1 && table.width() >= 3 || filled == 2 && numeral && table.width() >= 4);
        if filled == 0 {
            return;
        }
        // A title across the row is no data; it keeps its place for those who read on.
        let n = table.rows.last().map_or(0, |r| r.n) + usize::from(!section);
        if table.header.is_empty() {
            table.width = table.width.max(cells.len());
        }
        table.rows.push(Row { n, cells });
    }

    /// Whether a row belongs to the table of the page before.
    fn goes_on(&self, texts: &[String]) -> bool {
        let Some(table) = self.done.last() else {
            return false;
        };
        let again = table.header.first().is_some_and(|h| h == texts);
        let same = table.width() == texts.len();
        // 一、压实责任 on a line of its own is a title across the rows.
        let title = self.last_paragraph.chars().count() <= SECTION_CHARS_MAX
            && !self.last_paragraph.contains(['。', '：', '，'])
            && !self.last_paragraph.starts_with("附");
        let across = self.between == 1 && title && !table.header.is_empty();
        again || same && (self.between == 0 || across && !looks_like_header(texts))
    }
}

fn looks_like_header(texts: &[String]) -> bool {
    let words = texts
        .iter()
        .filter(|t| HEADER_WORDS.iter().any(|w| t.contains(w)))
        .count();
    let short = texts.iter().all(|t| t.chars().count() <= HEADER_CHARS_MAX);
    short && (words >= 2 || texts.first().is_some_and(|t| t == "序号"))
}

fn is_header(table: &Table, texts: &[String]) -> bool {
    if !table.rows.is_empty() || table.header.len() >= 3 {
        return false;
    }
    let short = texts.iter().all(|t| t.chars().count() <= HEADER_CHARS_MAX);
    let filled = texts.iter().filter(|t| !t.is_empty()).count();
    let words = texts
        .iter()
        .filter(|t| HEADER_WORDS.iter().any(|w| t.contains(w)))
        .count();
    let numbered = texts
        .first()
        .is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()));
    if table.header.is_empty() {
        return short && filled >= 2 && words >= 1 && !numbered;
    }
    let grouped = table.header[0].iter().any(String::is_empty);
    grouped && short && texts.first().is_some_and(String::is_empty) && filled >= 2
}

/// The tables of a text.
pub(super) fn finished(tables: Tables) -> Vec<Table> {
    tables.done
}
