//! From pages to one text: running heads and page numbers left out, wrapped lines put together,
//! tables as lines of cells parted by tabs.

use std::collections::HashMap;

use super::grid::Table;
use super::sheet::{Line, append};
use crate::outline::begins_with_mark;

/// A page's lines and tables, each from top to bottom.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its lines that stand in no table.
    pub(super) lines: Vec<Line>,
    /// Its tables.
    pub(super) tables: Vec<Table>,
    /// Whether it shows pictures and no text.
    pub(super) is_picture: bool,
}

/// How many lines at each end of a page may be running heads or feet.
const RUNNING_LINES: usize = 2;
/// Most characters of a line that is a page's number.
const PAGE_MARK_CHARS_MAX: usize = 14;
/// How far before the right margin a full line may end, in parts of the size.
const FULL_LINE: f32 = 2.3;
/// Fewest characters of a full line.
const FULL_LINE_CHARS_MIN: usize = 15;
/// How far from the left margin a line begins that goes on, in parts of the size.
const FLUSH: f32 = 0.9;
/// Most pieces of a line that may be columns; more are no table that anybody reads.
const PIECES_MAX: usize = 200;
/// Fewest lines that make columns without rulings.
const COLUMN_LINES_MIN: usize = 3;

/// The text of the pages.
pub(super) fn text(mut pages: Vec<Page>) -> String {
    without_running(&mut pages);
    let margins = Margins::of(&pages);
    let mut flow = Flow {
        out: String::new(),
        margins,
        last: None,
        rows: Vec::new(),
        walls: Vec::new(),
        is_filled: Vec::new(),
    };
    for (number, page) in pages.into_iter().enumerate() {
        flow.page(number + 1, page);
    }
    flow.end_table();
    flow.out.push('\n');
    flow.out
}

/// Takes out what stands at the same place of most pages, and the numbers of pages.
fn without_running(pages: &mut [Page]) {
    let mut seen: HashMap<(String, i32), usize> = HashMap::new();
    for page in pages.iter() {
        for line in ends(page).into_iter().filter_map(|i| page.lines.get(i)) {
            *seen.entry(running_key(line)).or_default() += 1;
        }
    }
    let enough = pages.len().div_ceil(2).max(2);
    for page in pages {
        let gone: Vec<usize> = ends(page)
            .into_iter()
            .filter(|i| {
                page.lines.get(*i).is_some_and(|line| {
                    let repeated = seen.get(&running_key(line)).is_some_and(|n| *n >= enough);
                    repeated || is_page_mark(&line.text())
                })
            })
            .collect();
        let mut i = 0;
        page.lines.retain(|_| {
            i += 1;
            !gone.contains(&(i - 1))
        });
    }
}

/// The places of a page's first and last lines, where no table stands outside of them.
fn ends(page: &Page) -> Vec<usize> {
    let top = page.tables.iter().map(|t| t.top).fold(f32::MIN, f32::max);
    let bottom = page
        .tables
        .iter()
        .map(|t| t.bottom)
        .fold(f32::MAX, f32::min);
    let len = page.lines.len();
    (0..len)
        .filter(|i| *i < RUNNING_LINES || i + RUNNING_LINES >= len)
        .filter(|i| page.lines[*i].y > top || page.lines[*i].y < bottom || page.tables.is_empty())
        .collect()
}

fn running_key(line: &Line) -> (String, i32) {
    let plain = line
        .text()
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    // Heights are told in steps of two points; a page is far lower than the type's end.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "heights were checked to be small"
    )]
    let height = (line.y / 2.0).round() as i32;
    (plain, height)
}

/// `- 3 -`, `3`, `第3页 共9页` at the end of a page.
fn is_page_mark(text: &str) -> bool {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    plain.len() <= PAGE_MARK_CHARS_MAX
        && plain.iter().any(char::is_ascii_digit)
        && plain
            .iter()
            .all(|c| c.is_ascii_digit() || "-—–－―─·./／第页共".contains(*c))
}

/// Where text begins and ends on most lines.
struct Margins {
    left: f32,
    right: f32,
    is_indented: bool,
}

impl Margins {
    /// Most lines of a page tell; a page of another breadth follows the same rule by its own lines.
    fn of(pages: &[Page]) -> Self {
        let lines: Vec<&Line> = pages
            .iter()
            .flat_map(|p| &p.lines)
            .filter(|line| line.pieces.len() == 1 && line.text().chars().count() >= 8)
            .collect();
        let outermost = |mut places: Vec<(f32, f32)>| {
            places.sort_by(|a, b| b.0.total_cmp(&a.0));
            let two = places.windows(2).find(|w| w[0].0 - w[1].0 <= 0.8 * w[0].1);
            two.map(|w| w[0].0).or_else(|| places.first().map(|p| p.0))
        };
        let right = outermost(lines.iter().map(|l| (l.to, l.size)).collect());
        let left = outermost(lines.iter().map(|l| (-l.from, l.size)).collect());
        let left = -left.unwrap_or(0.0);
        let indented = lines
            .iter()
            .filter(|l| (1.5..2.6).contains(&((l.from - left) / l.size)))
            .count();
        Self {
            left,
            right: right.unwrap_or(0.0),
            is_indented: indented * 8 >= lines.len() && indented >= 2,
        }
    }

    /// Whether a line was only broken by the margin and goes on in the next.
    fn goes_on(&self, last: &Line, next: &Line) -> bool {
        let size = last.size;
        let alike = (next.size - size).abs() < 0.15 * size;
        let text = last.text();
        let full =
            last.to + FULL_LINE * size >= self.right && text.chars().count() >= FULL_LINE_CHARS_MIN;
        let flush = next.from <= self.left + FLUSH * size;
        let ended = text.ends_with(['。', '；', '：', '！', '？']);
        // 春节、⏎五一、 is no numbered paragraph where those are indented.
        let begun = begins_with_mark(&next.text());
        let apart = if self.is_indented {
            ended && begun
        } else {
            ended || begun
        };
        alike && full && flush && !apart
    }
}

struct Flow {
    out: String,
    margins: Margins,
    last: Option<Line>,
    rows: Vec<Vec<String>>,
    walls: Vec<f32>,
    is_filled: Vec<bool>,
}

enum Item {
    Line(Line),
    Columns(Vec<Vec<String>>),
    Table(Table),
}

impl Flow {
    fn page(&mut self, number: usize, page: Page) {
        if page.is_picture {
            self.paragraph_end();
            self.out
                .push_str(&format!("（第{number}页是图片，没有读出文字）\n"));
            return;
        }
        let pitch = pitch(&page.lines);
        let mut before: Option<f32> = None;
        for (top, item) in items(page) {
            match item {
                Item::Line(line) => self.line(line, before, pitch),
                Item::Columns(rows) => {
                    self.paragraph_end();
                    for row in rows {
                        self.row(&row);
                    }
                }
                Item::Table(table) => self.table(table, before.is_none()),
            }
            before = Some(top);
        }
    }

    fn line(&mut self, line: Line, before: Option<f32>, pitch: f32) {
        self.end_table();
        let far = before.is_some_and(|y| y - line.y > pitch * 1.7);
        match &self.last {
            Some(last) if !far && self.margins.goes_on(last, &line) => {
                append(&mut self.out, &line.text());
            }
            _ => {
                self.paragraph_end();
                if far {
                    self.out.push('\n');
                }
                self.out.push_str(&line.text());
            }
        }
        self.last = Some(line);
    }

    /// A table goes on over pages where its walls do.
    fn table(&mut self, table: Table, is_first: bool) {
        let same = table.walls.len() == self.walls.len()
            && table
                .walls
                .iter()
                .zip(&self.walls)
                .all(|(a, b)| (a - b).abs() < 3.0);
        let mut rows = table.rows;
        if is_first && same && !self.rows.is_empty() {
            if let (Some(last), Some(first)) = (self.rows.last_mut(), rows.first())
                && is_cut(last, first, &self.is_filled)
            {
                for (cell, rest) in last.iter_mut().zip(rows.remove(0)) {
                    append(cell, &rest);
                }
            }
        } else {
            self.end_table();
            self.paragraph_end();
        }
        self.walls = table.walls;
        self.is_filled = table.is_filled;
        self.rows.append(&mut rows);
    }

    fn end_table(&mut self) {
        for row in std::mem::take(&mut self.rows) {
            self.row(&row);
        }
    }

    fn row(&mut self, cells: &[String]) {
        self.out.push_str(&cells.join("\t"));
        self.out.push('\n');
    }

    fn paragraph_end(&mut self) {
        self.end_table();
        if self.last.take().is_some() {
            self.out.push('\n');
        }
    }
}

/// Whether a row was cut by the end of a page: its number is not repeated, and what goes on had
/// filled its cell above, somewhere in the middle of a sentence.
fn is_cut(last: &[String], first: &[String], is_filled: &[bool]) -> bool {
    let goes_on: Vec<usize> = (0..first.len().min(last.len()))
        .filter(|i| !first[*i].is_empty())
        .collect();
    first.first().is_some_and(String::is_empty)
        && goes_on.iter().all(|i| is_filled.get(*i) == Some(&true))
        && goes_on
            .iter()
            .any(|i| !last[*i].ends_with(['。', '；', '！', '？']))
}

/// The usual distance of lines.
fn pitch(lines: &[Line]) -> f32 {
    let mut steps: Vec<f32> = lines.windows(2).map(|w| w[0].y - w[1].y).collect();
    steps.sort_by(f32::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(f32::MAX)
}

/// Lines, columns and tables in the order in which they are read, with their lower ends.
fn items(page: Page) -> Vec<(f32, Item)> {
    let mut items: Vec<(f32, f32, Item)> = Vec::new();
    let mut run: Vec<Line> = Vec::new();
    for line in page.lines {
        if run.last().is_some_and(|last| !is_beside(last, &line)) {
            put(&mut items, std::mem::take(&mut run));
        }
        run.push(line);
    }
    put(&mut items, run);
    for table in page.tables {
        items.push((table.top, table.bottom, Item::Table(table)));
    }
    items.sort_by(|a, b| b.0.total_cmp(&a.0));
    items
        .into_iter()
        .map(|(_, end, item)| (end, item))
        .collect()
}

/// Whether two lines have pieces that stand below each other.
fn is_beside(last: &Line, next: &Line) -> bool {
    let (few, many) = if last.pieces.len() < next.pieces.len() {
        (last, next)
    } else {
        (next, last)
    };
    few.pieces.len() >= 2
        && many.pieces.len() <= PIECES_MAX
        && few.pieces.iter().all(|piece| {
            many.pieces
                .iter()
                .any(|other| (other.x - piece.x).abs() < 1.2 * next.size)
        })
}

fn put(items: &mut Vec<(f32, f32, Item)>, run: Vec<Line>) {
    let widest = run.iter().max_by_key(|line| line.pieces.len());
    let columns: Vec<f32> = widest
        .map(|line| line.pieces.iter().map(|piece| piece.x).collect())
        .unwrap_or_default();
    if run.len() < COLUMN_LINES_MIN || !(3..=PIECES_MAX).contains(&columns.len()) {
        items.extend(
            run.into_iter()
                .map(|line| (line.y, line.y, Item::Line(line))),
        );
        return;
    }
    let ends = run.first().zip(run.last()).map(|(a, b)| (a.y, b.y));
    let rows = run.iter().map(|line| {
        let mut cells = vec![String::new(); columns.len()];
        for piece in &line.pieces {
            let place = columns
                .iter()
                .rposition(|x| *x <= piece.x + 1.2 * line.size)
                .unwrap_or(0);
            append(&mut cells[place], &piece.text);
        }
        cells
    });
    if let Some((top, end)) = ends {
        items.push((top, end, Item::Columns(rows.collect())));
    }
}
