//! The clause tree: every paragraph with the path of numbers above it.

use super::head::{self, Head};
use super::inline;
use super::mark::{Mark, Style, mark};
use super::table::{self, Table, Tables};
use crate::budget::Budget;
use crate::text::{Block, Line, blocks, clean};

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Says something.
    Body,
    /// A title or a heading of the whole.
    Title,
    /// Whom it is for.
    Address,
    /// A date, a signature, a list of annexes, contacts.
    Edge,
}

/// A paragraph in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its text.
    pub(crate) line: Line,
    /// Where its text begins behind its number, in bytes.
    pub(crate) body: usize,
    /// The numbers above and of it.
    pub(crate) path: Vec<String>,
    /// Whether it begins with a number.
    pub(crate) numbered: bool,
    /// What it is.
    pub(crate) role: Role,
}

impl Part {
    /// The text behind the number.
    pub(crate) fn text(&self) -> &str {
        &self.line.text[self.body..]
    }

    /// The heading that the paragraph opens with: its first sentence, where that is short.
    pub(crate) fn heading(&self) -> Option<&str> {
        if !self.numbered {
            return None;
        }
        let text = self.text();
        // Longer ones are no headings, and looking further would cost time with each question.
        let stops = ['。', '：', '；', '，'];
        let mut chars = text.char_indices();
        let near = chars.by_ref().take(HEADING_CHARS_MAX + 1);
        let stop = near.into_iter().find(|(_, c)| stops.contains(c));
        // 第一阶段：汛前准备（3月底前） is a heading as a whole.
        let whole = text.ends_with('）')
            && text.chars().take(HEADING_CHARS_MAX + 1).count() <= HEADING_CHARS_MAX
            && !text.contains(['。', '；', '，']);
        let first = match stop {
            _ if whole => text,
            Some((at, '。' | '：')) => &text[..at],
            None if chars.next().is_none() => text,
            Some(_) | None => return None,
        };
        let fits = !first.is_empty() && first.chars().count() <= HEADING_CHARS_MAX;
        fits.then_some(first)
    }
}

/// A notice in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Its head.
    pub(crate) head: Head,
    /// Its paragraphs, in order.
    pub(crate) parts: Vec<Part>,
    /// Its tables, in order.
    pub(crate) tables: Vec<Table>,
    /// Whether a line of it names the unit that fills in a form.
    pub(crate) has_filler: bool,
}

/// How often each character is looked at until the outline stands: cleaned, joined, parted, placed.
const PASSES: usize = 12;

/// Longest heading, in characters.
const HEADING_CHARS_MAX: usize = 40;
/// What a paragraph or a row costs beside its characters, in steps.
const BLOCK_STEPS: usize = 50;
/// Most levels of a path.
const DEPTH_MAX: usize = 12;

/// Reads the structure of a text.
pub(crate) fn outline(text: &str, budget: &Budget) -> Outline {
    if !budget.spend(text.len().saturating_mul(PASSES)) {
        return Outline::default();
    }
    let lines = inline::split(clean(text), budget);
    let decimal = lines.iter().filter(|l| is_decimal(&l.text)).count() >= 3;
    let mut tree = Tree {
        decimal,
        ..Tree::default()
    };
    let mut tables = Tables::default();
    for block in blocks(lines, budget) {
        if !budget.spend(BLOCK_STEPS) {
            break;
        }
        match block {
            Block::Gap => tables.gap(),
            Block::Row(cells) => tables.row(cells, &tree.path()),
            Block::Paragraph(line) => {
                let part = tree.place(line, tables.just_ended());
                tables.paragraph(&part.line.text);
                tree.parts.push(part);
            }
        }
    }
    let mut parts = tree.parts;
    let head = head::read(&mut parts);
    forget_lone_annex(&mut parts);
    Outline {
        has_filler: parts.iter().any(|p| p.line.text.starts_with("填报单位")),
        head,
        parts,
        tables: table::finished(tables),
    }
}

fn is_decimal(text: &str) -> bool {
    mark(text).is_some_and(|m| matches!(m.style, Style::Arabic(2..)))
}

#[derive(Default)]
struct Tree {
    /// The writings of numbers that were met.
    seen: Vec<Style>,
    stack: Vec<(Style, String)>,
    parts: Vec<Part>,
    /// Whether the text numbers its clauses 1, 1.1, 1.1.1.
    decimal: bool,
    /// Whether a list of annexes is being read.
    annexes: bool,
}

impl Tree {
    fn path(&self) -> Vec<String> {
        self.stack.iter().map(|(_, label)| label.clone()).collect()
    }

    fn push(&mut self, mark: &Mark) {
        // 三、 as the first of its writing, under 6.: what stood before it was cut off; it is above.
        let first = !self.seen.contains(&mark.style);
        let above = |(style, _): &(Style, String)| mark.style.rank() < style.rank();
        if first && mark.value > 1 && self.stack.iter().all(above) {
            self.stack.clear();
        }
        if first {
            self.seen.push(mark.style);
        }
        if let Some(level) = self.stack.iter().position(|(s, _)| *s == mark.style) {
            self.stack.truncate(level);
        } else if let Style::Arabic(depth) = mark.style {
            let deeper = |s: &Style| matches!(s, Style::Arabic(d) if *d > depth);
            if let Some(level) = self.stack.iter().position(|(s, _)| deeper(s)) {
                self.stack.truncate(level);
            }
        }
        if self.stack.len() < DEPTH_MAX {
            self.stack.push((mark.style, mark.label.clone()));
        }
    }

    fn place(&mut self, line: Line, after_table: bool) -> Part {
        let text = line.text.clone();
        if let Some(annex) = annex_head(&text) {
            self.annexes = false;
            self.stack = vec![(Style::Annex, annex)];
            return self.part(line, 0, false, Role::Title);
        }
        if is_annex_list(&text) {
            self.annexes = true;
            return self.part(line, 0, false, Role::Edge);
        }
        if let Some(len) = note_head(&text)
            && (after_table || self.stack.first().is_some_and(|(s, _)| *s == Style::Annex))
        {
            return self.note(line, len);
        }
        let found = mark(&text).or_else(|| self.plain_number(&text));
        if self.annexes {
            if found.as_ref().is_some_and(|m| m.style == Style::Arabic(1)) {
                return self.part(line, 0, false, Role::Edge);
            }
            self.annexes = false;
        }
        if let Some(mark) = found {
            self.push(&mark);
            self.part(line, mark.len, true, Role::Body)
        } else {
            self.leave_items();
            self.part(line, 0, false, Role::Body)
        }
    }

    /// A paragraph behind the items of an article (…；…；…。) belongs to the article.
    fn leave_items(&mut self) {
        let Some(article) = self.stack.iter().rposition(|(s, _)| *s == Style::Article) else {
            return;
        };
        let depth = article + 1;
        let ended = |part: &Part, ends: &[char]| {
            part.numbered && part.path.len() > depth && part.text().ends_with(ends)
        };
        let mut last = self.parts.iter().rev();
        let closed = last.next().is_some_and(|p| ended(p, &['。']));
        let items = last.next().is_some_and(|p| ended(p, &['；']));
        if closed && items {
            self.stack.truncate(depth);
        }
    }

    fn note(&mut self, line: Line, len: usize) -> Part {
        self.stack.retain(|(s, _)| *s == Style::Annex);
        let label = line.text.split('：').next().unwrap_or_default().to_owned();
        self.stack.push((Style::Note, label));
        let mut body = len;
        if let Some(mark) = mark(&line.text[len..]) {
            self.push(&mark);
            body += mark.len;
        }
        self.part(line, body, true, Role::Body)
    }

    /// 1总则 in a text that numbers 1.1 below it.
    fn plain_number(&self, text: &str) -> Option<Mark> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let short = text.chars().count() <= 24 && !text.contains(['。', '，']);
        let units = ["年", "月", "日", "个", "次", "项", "家", "号"];
        let unit = units.iter().any(|w| text[digits..].starts_with(w));
        if !self.decimal || digits == 0 || digits > 2 || !short || unit {
            return None;
        }
        Some(Mark {
            style: Style::Arabic(1),
            label: text[..digits].to_owned(),
            value: text[..digits].parse().ok()?,
            len: digits,
        })
    }

    fn part(&self, line: Line, body: usize, numbered: bool, role: Role) -> Part {
        Part {
            line,
            body,
            path: self.path(),
            numbered,
            role,
        }
    }
}

/// 附件2 alone on its line, or with its title.
fn annex_head(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("附件")
        .or_else(|| text.strip_prefix("附表"))?;
    let word = &text[..text.len() - rest.len()];
    let digits = rest
        .find(|c: char| !c.is_ascii_digit() && !crate::timing::is_chinese_numeral(c))
        .unwrap_or(rest.len());
    let (number, title) = rest.split_at(digits);
    let title = title.trim_start_matches(['：', '.', '、']);
    let long = title.chars().count() > 40 || title.contains(['。', '，']);
    if long || number.is_empty() && !title.is_empty() || title.starts_with(['）', '和', '、']) {
        return None;
    }
    Some(format!("{word}{number}"))
}

/// 附件：1.…, the list at the end of a letter.
fn is_annex_list(text: &str) -> bool {
    let text = text.trim_start_matches('-');
    (text.starts_with("附件：") || text.starts_with("附：")) && text.chars().count() > 3
}

fn note_head(text: &str) -> Option<usize> {
    ["备注：", "注：", "说明：", "填表说明：", "填报说明："]
        .iter()
        .find(|w| text.starts_with(**w))
        .map(|w| w.len())
}

/// 附件 without a number is no level where the letter before it has no numbers of its own.
fn forget_lone_annex(parts: &mut [Part]) {
    let is_lone = |p: &Part| p.path.first().is_some_and(|l| l == "附件");
    let Some(first) = parts.iter().position(is_lone) else {
        return;
    };
    if parts[..first]
        .iter()
        .any(|p| p.numbered && p.role == Role::Body)
    {
        return;
    }
    for part in &mut parts[first..] {
        if is_lone(part) {
            part.path.remove(0);
        }
    }
}
