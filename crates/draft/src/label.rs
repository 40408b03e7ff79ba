//! Labels: every timed obligation of a notice with its place, its owner, its act.

use std::cell::RefCell;
use std::collections::HashMap;

use serde::Serialize;

use crate::act;
use crate::budget::Budget;
use crate::outline::{Columns, Outline, Role, Table};
use crate::text::Line;
use crate::timing::{CellKind, Found, Setting, Timing, scan};
use crate::who;

/// One timed obligation that a notice states.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The phrase that carries the timing, as the text has it.
    pub quote: String,
    /// Where it begins, in characters of the decoded text.
    pub at: usize,
    /// The numbers above it, joined by `/`, or `表1#3`.
    pub clause: String,
    /// Who owes it, in the text's own words.
    pub who: String,
    /// The kind of act.
    pub act: &'static str,
    /// When.
    pub timing: Timing,
    /// How sure, from 0 to 1.
    pub sure: f32,
    /// Why it is less than sure, as sentences for a person.
    pub doubts: Vec<&'static str>,
    /// The sentence around it, in the text's own words.
    pub sentence: String,
}

/// A label as one object of the lines that `--json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelLine {
    /// File name of the notice.
    pub doc: String,
    /// The phrase.
    pub quote: String,
    /// Its clause.
    pub clause: String,
    /// Who.
    pub who: String,
    /// The act's word.
    pub act: &'static str,
    /// `recurring`, `deadline`, `within` or `window`.
    pub timing: &'static str,
    /// For recurring: the period, with underscores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// For recurring: every n periods, where n is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// For recurring and deadlines: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The date or the cut-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// For within: the span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// For within: the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// For windows: the days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowLine>,
    /// Where the phrase begins, in characters of the decoded text.
    pub at: usize,
    /// How sure, from 0 to 1.
    pub sure: f32,
}

/// The days of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WindowLine {
    /// First day; none is from now.
    pub from: Option<String>,
    /// Last day; none is open.
    pub to: Option<String>,
}

impl Label {
    /// The label as a line of JSON has it.
    pub fn line(&self, doc: &str) -> LabelLine {
        let mut line = LabelLine {
            doc: doc.to_owned(),
            quote: self.quote.clone(),
            clause: self.clause.clone(),
            who: self.who.clone(),
            act: self.act,
            timing: "",
            every: None,
            n: None,
            at_least: None,
            due: None,
            within: None,
            after: None,
            window: None,
            at: self.at,
            sure: self.sure,
        };
        match &self.timing {
            Timing::Recurring {
                every,
                n,
                at_least,
                due,
            } => {
                line.timing = "recurring";
                line.every = Some(every.code().replace('-', "_"));
                line.n = (*n > 1).then_some(*n);
                line.at_least = Some(*at_least);
                line.due = due.map(|d| d.to_string());
            }
            Timing::Deadline { due, at_least } => {
                line.timing = "deadline";
                line.due = Some(due.to_string());
                line.at_least = Some(*at_least);
            }
            Timing::Within { span, after } => {
                line.timing = "within";
                line.within = Some(span.clone());
                line.after = Some(after.clone()).filter(|a| !a.is_empty());
            }
            Timing::Window { from, to } => {
                line.timing = "window";
                line.window = Some(WindowLine {
                    from: from.map(|d| d.to_string()),
                    to: to.map(|d| d.to_string()),
                });
            }
        }
        line
    }
}

/// Everything timed in a notice, in the order of its text.
pub(crate) fn labels(source: &str, outline: &Outline, budget: &Budget) -> Vec<Label> {
    budget.spend(source.len());
    let chars: Vec<(usize, char)> = source.char_indices().collect();
    let reading = Reading {
        half: source.contains('('),
        source,
        chars: &chars,
        outline,
        names: who::Names::of(outline, budget),
        written: RefCell::default(),
        budget,
    };
    let mut labels = reading.of_parts();
    for table in &outline.tables {
        labels.extend(reading.of_table(table));
    }
    labels.sort_by_key(|l| l.at);
    labels
}

struct Reading<'a> {
    /// Whether the text has half-width brackets.
    half: bool,
    source: &'a str,
    chars: &'a [(usize, char)],
    outline: &'a Outline,
    names: who::Names<'a>,
    /// Subjects with brackets, as the text writes them.
    written: RefCell<HashMap<String, String>>,
    budget: &'a Budget,
}

/// Most subjects that are looked for in the whole text to learn how it writes their brackets.
const WRITTEN_MAX: usize = 500;
/// What one label costs whatever stands around it, in steps: its act and its sentence.
const LABEL_STEPS: usize = 1_500;
/// Bytes that a search for words passes in a step.
const SEARCH_BYTES: usize = 16;

impl Reading<'_> {
    fn setting(&self, cell: CellKind) -> Setting {
        let head = &self.outline.head;
        Setting {
            issued: head.issued,
            cell,
        }
    }

    fn of_parts(&self) -> Vec<Label> {
        let mut labels = Vec::new();
        for (index, part) in self.outline.parts.iter().enumerate() {
            if matches!(part.role, Role::Title | Role::Edge) {
                continue;
            }
            let text = part.text();
            let places = byte_places(&part.line.text);
            self.budget.at(first_place(&part.line));
            for found in scan(text, self.setting(CellKind::Text), self.budget) {
                if !self.budget.spend(LABEL_STEPS) {
                    return labels;
                }
                let phase = matches!(found.timing, Timing::Window { .. });
                let place = (found.start, found.phrase_end);
                let who = who::of_part(&self.names, index, place, phase);
                let act = self.act_of(index, &found, phase);
                let clause = part.path.join("/");
                labels.push(self.label((&part.line, &places, part.body), found, clause, who, act));
            }
        }
        labels
    }

    /// The act by the phrase's own words, else by those of the paragraph that a heading opens.
    fn act_of(&self, index: usize, found: &Found, phase: bool) -> &'static str {
        let part = &self.outline.parts[index];
        let text = part.text();
        let place = place_of_act(text, found);
        // （一）部署阶段（3月底前）。…: what is done stands behind the heading.
        let bracketed = text[..found.start].ends_with('（');
        let in_heading =
            (phase || bracketed) && part.heading().is_some_and(|h| found.start <= h.len());
        let next = self.outline.parts.get(index + 1);
        let by_name = part.heading().and_then(act::of_phase);
        if let Some(act) = by_name.filter(|_| phase && in_heading && bracketed) {
            return act;
        }
        if !in_heading && matches!(found.timing, Timing::Window { from: None, .. }) {
            // 即日起至6月底全面排查 is an inspection, 开展专项整治 the whole of the work.
            let act = act::of(text, place, phase);
            let whole = ["专项", "行动", "整治"];
            let near = &text[found.start..floor(text, found.start + SENTENCE_BYTES_MAX)];
            let sentence = near.split('。').next().unwrap_or_default();
            let whole = whole.iter().any(|w| sentence.contains(w));
            return if act == "inspection" && !whole {
                act
            } else {
                "task"
            };
        }
        if in_heading && part.heading().is_some_and(|h| h.len() == text.len()) {
            if let Some(next) = next.filter(|n| n.path == part.path) {
                return act::of(next.text(), (0, 0), true);
            }
        } else if in_heading && part.heading().is_some_and(|h| h.len() + 3 < text.len()) {
            let head = part.heading().map_or(0, str::len);
            return act::of(text, (head, head), true);
        }
        let act = act::of(text, place, phase);
        if act != "task" || !phase {
            return act;
        }
        // 自查自纠阶段：5至9月份，具体实施: the stage's name says what is done.
        let far = floor(text, found.start.saturating_sub(SENTENCE_BYTES_MAX));
        let near = text[far..found.start].rsplit(['。', '；', '，']).next();
        let stage = near.and_then(|n| n.trim_end_matches(['（', '：']).strip_suffix("阶段"));
        stage.and_then(act::of_phase).unwrap_or(act)
    }

    fn of_table(&self, table: &Table) -> Vec<Label> {
        let mut labels = Vec::new();
        let form = table.is_form();
        let heads = table.all_heads();
        let kinds: Vec<CellKind> = heads.iter().map(|h| kind_of(&h.concat())).collect();
        let columns = Columns::of(table);
        let told = TableTold::of(table, &heads.concat().concat());
        for (index, row) in table.rows.iter().enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                let kind = kinds.get(column).copied().unwrap_or_default();
                let alone = cell.at.len() <= 8;
                if form && alone || column == 0 && alone && kind == CellKind::Text {
                    continue;
                }
                let places = byte_places(&cell.text);
                self.budget.at(first_place(cell));
                for found in scan(&cell.text, self.setting(kind), self.budget) {
                    if !self.budget.spend(LABEL_STEPS) {
                        return labels;
                    }
                    let place = (found.start, found.phrase_end);
                    let unit = columns.unit(table, index);
                    let who = who::of_cell(&self.names, unit, &cell.text, place);
                    let phase = matches!(found.timing, Timing::Window { .. });
                    let words = columns.tasks(table, index);
                    let act = act_of_cell(&told, words, &cell.text, &found, phase);
                    let clause = format!("表{}#{}", table.n, row.n.max(1));
                    labels.push(self.label((cell, &places, 0), found, clause, who, act));
                }
            }
        }
        labels
    }

    fn label(
        &self,
        (line, places, body): (&Line, &[u32], usize),
        found: Found,
        clause: String,
        who: who::Who,
        act: &'static str,
    ) -> Label {
        let index = |byte: usize| places.partition_point(|at| (*at as usize) < body + byte);
        let first = index(found.start);
        let last = index(found.end.max(found.start + 1)).max(first + 1) - 1;
        let at = line.at.get(first).copied().unwrap_or_default() as usize;
        let to = line.at.get(last).copied().unwrap_or_default() as usize;
        let mut doubts: Vec<&'static str> = found.doubt.into_iter().collect();
        let mut sure = found.sure;
        if who.text.is_empty() {
            doubts.push("没有找到责任主体");
            sure -= 0.1;
        } else if !who.own {
            doubts.push("责任主体取自标题、表格或前文");
            sure -= 0.05;
        }
        Label {
            quote: self.original(at, to + 1),
            at,
            clause,
            who: self.as_written(who.text),
            act,
            sentence: sentence_of(&line.text[body..], found.start),
            timing: found.timing,
            sure: (sure * 100.0).round() / 100.0,
            doubts,
        }
    }

    /// A subject with the brackets and commas that the text has.
    fn as_written(&self, who: String) -> String {
        if !self.half || !who.contains(['（', '，']) {
            return who;
        }
        if let Some(known) = self.written.borrow().get(&who) {
            return known.clone();
        }
        if self.written.borrow().len() >= WRITTEN_MAX {
            return who;
        }
        let half = who.replace('（', "(").replace('）', ")").replace('，', ",");
        self.budget.spend(2 * self.source.len() / SEARCH_BYTES);
        let written = if !self.source.contains(&who) && self.source.contains(&half) {
            half
        } else {
            who.clone()
        };
        self.written.borrow_mut().insert(who, written.clone());
        written
    }

    /// The decoded text between two characters.
    fn original(&self, from: usize, to: usize) -> String {
        let byte = |n: usize| self.chars.get(n).map_or(self.source.len(), |c| c.0);
        self.source[byte(from)..byte(to.max(from))].to_owned()
    }
}

/// Where each character begins, in bytes.
fn byte_places(text: &str) -> Vec<u32> {
    text.char_indices()
        .map(|(at, _)| u32::try_from(at).unwrap_or(u32::MAX))
        .collect()
}

/// Where a line begins in the decoded text, in characters.
fn first_place(line: &Line) -> usize {
    line.at.first().map_or(0, |at| *at as usize)
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// How much of a sentence is kept on either side of a phrase, in bytes.
const SENTENCE_BYTES_MAX: usize = 600;

/// The sentence around a place, at most 120 characters of it.
fn sentence_of(text: &str, at: usize) -> String {
    let ends = ['。', '；', '！', '？'];
    let far = floor(text, at.saturating_sub(SENTENCE_BYTES_MAX));
    let from = text[far..at].rfind(ends).map_or(far, |i| far + i + 3);
    let near = floor(text, at + SENTENCE_BYTES_MAX).max(at);
    let to = text[at..near].find(ends).map_or(near, |i| at + i);
    let before = text[from..at].chars().count().saturating_sub(60);
    text[from..to].chars().skip(before).take(120).collect()
}

/// What a column's dates mean.
fn kind_of(heads: &str) -> CellKind {
    let limit = [
        "时限",
        "期限",
        "完成时间",
        "截止",
        "办结时间",
        "报送时间",
        "完成日期",
        "节点",
        "完成时点",
    ];
    let time = ["时间", "时段", "进度", "月份", "日期"];
    if limit.iter().any(|w| heads.contains(w)) {
        CellKind::Limit
    } else if time.iter().any(|w| heads.contains(w)) {
        CellKind::Time
    } else {
        CellKind::Text
    }
}

/// What of a quote is the phrase when its act is looked for: with its count, not with half a verb.
fn place_of_act(text: &str, found: &Found) -> (usize, usize) {
    let counts =
        text[..found.end].ends_with(['次', '场', '期', '轮', '遍', '项', '件', '家', '个']);
    let end = if counts { found.end } else { found.phrase_end };
    (found.start, end)
}

/// What a table as a whole tells of what is done in its rows.
struct TableTold {
    /// 整改措施、完成时限: the dates of such a list are those by which it is put right.
    rectify: bool,
    /// 演练科目: what the table is about tells more than a name in a cell.
    act: &'static str,
}

impl TableTold {
    fn of(table: &Table, heads: &str) -> Self {
        Self {
            rectify: heads.contains("整改措施") || heads.contains("整改任务"),
            act: act::named(&table.title)
                .or_else(|| act::named(heads))
                .unwrap_or("task"),
        }
    }
}

/// The act of a cell: by its own words, else by the row's task.
fn act_of_cell<'t>(
    told: &TableTold,
    mut tasks: impl Iterator<Item = &'t str>,
    text: &str,
    found: &Found,
    phase: bool,
) -> &'static str {
    let whole = found.start == 0 && text.chars().take(17).count() <= 16;
    if !whole {
        return act::of(text, place_of_act(text, found), phase);
    }
    if told.rectify {
        return "rectify";
    }
    let act = tasks.find_map(|cell| {
        let other = !cell.is_empty() && cell != text;
        let act = if other {
            act::of(cell, (0, 0), phase)
        } else {
            "task"
        };
        (act != "task").then_some(act)
    });
    act.unwrap_or(told.act)
}
