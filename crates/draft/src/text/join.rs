//! Lines put together to paragraphs: a break inside a sentence is none; rows of tables stay rows.

use super::clean::Line;
use crate::budget::Budget;
use crate::outline::begins_with_mark;

/// A paragraph or a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A paragraph.
    Paragraph(Line),
    /// A row, its cells.
    Row(Vec<Line>),
    /// An empty line, which parts what stands beside it.
    Gap,
}

/// Longest line that is taken for a heading when it has no punctuation.
const HEADING_CHARS_MAX: usize = 40;

/// Longest numbered line that is taken for a heading when it has a comma.
const NUMBERED_HEADING_CHARS_MAX: usize = 26;

/// What a line costs beside its characters, in steps.
const LINE_STEPS: usize = 30;

/// The blocks of a text.
pub(crate) fn blocks(lines: Vec<Line>, budget: &Budget) -> Vec<Block> {
    let width = wrap_width(&lines);
    let lines = if is_cell_a_line(&lines) {
        return rows_of_cells(lines);
    } else {
        lines
    };
    let mut blocks: Vec<Block> = Vec::new();
    // How many empty lines stand at the end, and whether the paragraph before them has a stop:
    // known line by line, for a paragraph of many lines is asked about for each.
    let (mut gaps, mut is_told) = (0, false);
    for mut line in lines {
        if !budget.spend(LINE_STEPS) {
            break;
        }
        if line.text.trim().is_empty() {
            blocks.push(Block::Gap);
            gaps += 1;
            continue;
        }
        trim_tabs(&mut line);
        let before = std::mem::take(&mut gaps);
        if line.text.contains('\t') && !is_name_row(&line.text) {
            blocks.push(Block::Row(cells_of(&line)));
            continue;
        }
        without_tabs(&mut line);
        let told = line.text.contains(['，', '。', '；']);
        let open = blocks.len().checked_sub(before + 1);
        if let Some(Block::Paragraph(last)) = open.and_then(|i| blocks.get_mut(i))
            && goes_on(last, is_told, &line, width, before)
        {
            last.append(line);
            is_told |= told;
            blocks.truncate(blocks.len() - before);
            continue;
        }
        is_told = told;
        blocks.push(Block::Paragraph(line));
    }
    blocks
}

/// A row keeps the tab before its first cell where more cells follow; a lone indent is none.
fn trim_tabs(line: &mut Line) {
    let inner = line.text.trim_matches('\t');
    if !inner.contains('\t') && line.text.matches('\t').count() < 2 {
        without_tabs(line);
    }
}

fn without_tabs(line: &mut Line) {
    if !line.text.contains('\t') {
        return;
    }
    let kept: Vec<(char, u32)> = line
        .text
        .chars()
        .zip(line.at.iter().copied())
        .filter(|(c, _)| *c != '\t')
        .collect();
    line.text = kept.iter().map(|(c, _)| *c).collect();
    line.at = kept.iter().map(|(_, at)| *at).collect();
}

/// 组长：⇥张三 is a name list, no row of a table.
fn is_name_row(text: &str) -> bool {
    let first = text
        .trim_start_matches('\t')
        .split('\t')
        .next()
        .unwrap_or_default();
    first.ends_with('：') || begins_with_mark(text.trim_start_matches('\t')) && text.len() > 300
}

pub(crate) fn cells_of(line: &Line) -> Vec<Line> {
    let mut cells = Vec::new();
    let mut from = 0;
    for (i, _) in line.text.match_indices('\t') {
        cells.push((from, i));
        from = i + 1;
    }
    cells.push((from, line.text.len()));
    // One pass over the places, for a row may be long.
    let mut at = 0;
    cells
        .into_iter()
        .map(|(from, to)| {
            let text = line.text[from..to].to_owned();
            let n = text.chars().count();
            let cell = Line {
                at: line.at[at..at + n].to_vec(),
                text,
            };
            at += n + 1;
            cell
        })
        .collect()
}

/// The length at which lines were broken, where a text has its lines broken by width.
fn wrap_width(lines: &[Line]) -> Option<usize> {
    let lengths: Vec<usize> = lines
        .iter()
        .filter(|l| !l.text.contains('\t'))
        .map(|l| l.at.len())
        .filter(|n| (15..=60).contains(n))
        .collect();
    let full = lengths.iter().max()?;
    let mut best = (0, 0);
    for width in 18..=*full {
        let near = lengths.iter().filter(|n| n.abs_diff(width) <= 1).count();
        if near > best.1 {
            best = (width, near);
        }
    }
    (lengths.len() >= 8 && best.1 * 10 >= lengths.len() * 4).then_some(best.0)
}

/// Whether a paragraph goes on in the next line; `is_told`: it has a comma or a stop.
fn goes_on(last: &Line, is_told: bool, next: &Line, width: Option<usize>, gaps: usize) -> bool {
    let ends = ['。', '；', '！', '？', '：', '〕', '》'];
    let apart = is_apart(next) || is_apart(last);
    let length = last.at.len();
    let (last, next) = (last.text.as_str(), next.text.as_str());
    if last.ends_with(ends) || begins_with_mark(next) || apart || gaps > 2 {
        return false;
    }
    if last.ends_with(['，', '、', '（', '“'])
        || next.starts_with(['，', '。', '、', '；', '）', '”'])
    {
        return true;
    }
    // （一）提高站位，压实责任 is a heading though it has a comma.
    let heading = length <= NUMBERED_HEADING_CHARS_MAX
        && begins_with_mark(last)
        && !last.contains(['。', '；']);
    let told = is_told && !heading;
    let wrapped = width.is_some_and(|w| length + 2 >= w && length <= w + 2) && gaps == 0;
    told && length >= 12 || wrapped && length <= HEADING_CHARS_MAX + 20
}

/// Lines that stand alone: annex heads, dates of signature, lists of contacts.
fn is_apart(line: &Line) -> bool {
    let (text, short) = (line.text.as_str(), line.at.len() <= 14);
    let annex = text.starts_with("附件") || text.starts_with("附表") || text.starts_with("附：");
    let date = short && text.ends_with('日') && text.contains('年') && text.contains('月');
    let note = text.starts_with("备注") || text.starts_with("注：") || text.starts_with("联系人");
    annex && short || date || note || text.starts_with("抄送") || text.starts_with("（此件")
}

/// Whether each cell has a line of its own, set off by a tab, rows parted by empty lines.
fn is_cell_a_line(lines: &[Line]) -> bool {
    let cells = lines.iter().filter(|l| is_cell(l)).count();
    let rows = lines
        .windows(2)
        .filter(|w| !is_cell(&w[0]) && is_cell(&w[1]))
        .count();
    let others = lines
        .iter()
        .filter(|l| !l.text.trim().is_empty() && !is_cell(l))
        .count();
    cells >= 12 && rows >= 4 && cells > others * 2 && cells >= rows * 2
}

fn is_cell(line: &Line) -> bool {
    line.text.starts_with('\t') && line.text.matches('\t').count() == 1
}

/// Rows of a table that has each cell on its own line.
fn rows_of_cells(lines: Vec<Line>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut row: Vec<Line> = Vec::new();
    let mut width = 0;
    for mut line in lines {
        let cell = is_cell(&line);
        let text = line.text.trim();
        if text.is_empty() && !cell {
            // A page mark inside a cell leaves an empty line inside the row.
            if width == 0 && row.len() == 1 {
                // A title that is indented by a tab.
                blocks.extend(row.pop().map(Block::Paragraph));
            } else if row.len() >= width.max(2) {
                width = width.max(row.len());
                blocks.push(Block::Row(std::mem::take(&mut row)));
            }
            continue;
        }
        let outside = row.is_empty() && width == 0 && !cell;
        without_tabs(&mut line);
        if outside {
            blocks.push(Block::Paragraph(line));
        } else if cell {
            if width > 0 && row.len() == width {
                blocks.push(Block::Row(std::mem::take(&mut row)));
            }
            row.push(line);
        } else if let Some(last) = row.last_mut() {
            last.append(line);
        } else {
            blocks.push(Block::Paragraph(line));
        }
    }
    if !row.is_empty() {
        blocks.push(Block::Row(row));
    }
    blocks
}
