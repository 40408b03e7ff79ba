//! Tables with rulings: lines that cross make a grid; slots without a wall between are one cell.

use super::paint::Stroke;
use super::sheet::{Placed, append, lines};

/// How far apart ends and crossings may lie, in points.
const NEAR: f32 = 3.0;
/// Rulings as near as this are one, in points.
const SAME: f32 = 1.8;
/// A stroke as slanting as this is no ruling, in points.
const SLANT: f32 = 0.8;
/// Shortest ruling, in points.
const SHORTEST: f32 = 4.0;
/// How far above the floor the last line of a full cell stands, in parts of the size.
const FILLED: f32 = 1.3;
/// Most rulings of one direction on a page; a page with more is a drawing.
const RULINGS_MAX: usize = 800;
/// Comparisons that take as long as a step does.
const PAIRS_A_STEP: usize = 8;
/// Most columns of a table.
const COLUMNS_MAX: usize = 64;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    /// Its upper edge.
    pub(super) top: f32,
    /// Its lower edge.
    pub(super) bottom: f32,
    /// The places of its walls, from left to right.
    pub(super) walls: Vec<f32>,
    /// Its rows; what a merged cell covers is an empty cell.
    pub(super) rows: Vec<Vec<String>>,
    /// For each cell of the last row, whether its text fills it down to the floor.
    pub(super) is_filled: Vec<bool>,
}

/// A horizontal ruling at a height, or a vertical one at a place across.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule {
    at: f32,
    from: f32,
    to: f32,
}

impl Rule {
    fn crosses(&self, other: &Self) -> bool {
        let within = |rule: &Self, at: f32| rule.from - NEAR <= at && at <= rule.to + NEAR;
        within(self, other.at) && within(other, self.at)
    }
}

/// The tables of a page; their characters are taken out of the others. `spend` takes steps, and
/// says whether to go on.
pub(super) fn tables(
    strokes: &[Stroke],
    glyphs: &mut Vec<Placed>,
    mut spend: impl FnMut(usize) -> bool,
) -> Vec<Table> {
    let level = rules(strokes, |s| (s.from, s.to));
    let upright = rules(strokes, |s| ((s.from.1, s.from.0), (s.to.1, s.to.0)));
    if level.len() > RULINGS_MAX || upright.len() > RULINGS_MAX {
        return Vec::new();
    }
    let mut all = Vec::new();
    if !spend(level.len() * upright.len() / PAIRS_A_STEP) {
        return all;
    }
    for (level, upright) in groups(&level, &upright) {
        if !spend(glyphs.len() / PAIRS_A_STEP + level.len() + upright.len()) {
            return all;
        }
        if let Some(grid) = Grid::of(&level, &upright) {
            all.push(grid.table(glyphs));
        }
    }
    all
}

/// Strokes of one direction, put together where they go on.
fn rules(strokes: &[Stroke], turned: impl Fn(&Stroke) -> ((f32, f32), (f32, f32))) -> Vec<Rule> {
    let mut all: Vec<Rule> = strokes
        .iter()
        .map(turned)
        .filter(|(a, b)| (a.1 - b.1).abs() <= SLANT && (a.0 - b.0).abs() > SLANT)
        .map(|(a, b)| Rule {
            at: f32::midpoint(a.1, b.1),
            from: a.0.min(b.0),
            to: a.0.max(b.0),
        })
        .collect();
    all.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut whole: Vec<Rule> = Vec::new();
    let mut rest = all.as_mut_slice();
    while let Some(first) = rest.first().map(|r| r.at) {
        let len = rest.partition_point(|r| r.at - first <= SAME);
        let (level, others) = rest.split_at_mut(len);
        level.sort_by(|a, b| a.from.total_cmp(&b.from));
        let begun = whole.len();
        for rule in level {
            match whole.get_mut(begun..).and_then(|w| w.last_mut()) {
                Some(last) if rule.from <= last.to + NEAR => last.to = last.to.max(rule.to),
                _ => whole.push(*rule),
            }
        }
        rest = others;
    }
    whole.sort_by(|a, b| a.at.total_cmp(&b.at));
    whole.retain(|rule| rule.to - rule.from >= SHORTEST);
    whole
}

/// Level and upright rulings.
type Group = (Vec<Rule>, Vec<Rule>);

/// Rulings that hang together.
fn groups(level: &[Rule], upright: &[Rule]) -> Vec<Group> {
    let mut union = Union::new(level.len() + upright.len());
    for (i, across) in level.iter().enumerate() {
        for (j, down) in upright.iter().enumerate() {
            if across.crosses(down) {
                union.join(i, level.len() + j);
            }
        }
    }
    let mut all: Vec<(usize, Group)> = Vec::new();
    for (i, rule) in level.iter().chain(upright).enumerate() {
        let root = union.root(i);
        let place = all.iter().position(|(r, _)| *r == root).unwrap_or_else(|| {
            all.push((root, Group::default()));
            all.len() - 1
        });
        let group = &mut all[place].1;
        if i < level.len() {
            group.0.push(*rule);
        } else {
            group.1.push(*rule);
        }
    }
    all.into_iter().map(|(_, group)| group).collect()
}

struct Grid {
    /// Walls from left to right.
    walls: Vec<f32>,
    /// Floors from top to bottom.
    floors: Vec<f32>,
    /// For each slot, the first slot of its cell.
    cells: Vec<usize>,
}

impl Grid {
    /// The grid of rulings that hang together; nothing where it is a mere frame or box of a form.
    fn of(level: &[Rule], upright: &[Rule]) -> Option<Self> {
        if level.len() < 2 || upright.is_empty() {
            return None;
        }
        let edges = |own: &[Rule], other: &[Rule]| {
            let mut places: Vec<f32> = own.iter().map(|r| r.at).collect();
            let low = other.iter().map(|r| r.from).fold(f32::MAX, f32::min);
            let high = other.iter().map(|r| r.to).fold(f32::MIN, f32::max);
            // A table may be open at its sides, or be cut by the end of a page.
            places.extend([low, high]);
            places.sort_by(f32::total_cmp);
            places.dedup_by(|b, a| *b - *a <= NEAR + 1.0);
            places
        };
        let walls = edges(upright, level);
        let mut floors = edges(level, upright);
        floors.reverse();
        let (columns, rows) = (walls.len() - 1, floors.len() - 1);
        if !(2..=COLUMNS_MAX).contains(&columns) || rows == 0 {
            return None;
        }
        let mut union = Union::new(columns * rows);
        for row in 0..rows {
            let height = f32::midpoint(floors[row], floors[row + 1]);
            for column in 0..columns {
                let slot = row * columns + column;
                let across = f32::midpoint(walls[column], walls[column + 1]);
                if column + 1 < columns && !stands(upright, walls[column + 1], height) {
                    union.join(slot, slot + 1);
                }
                if row + 1 < rows && !stands(level, floors[row + 1], across) {
                    union.join(slot, slot + columns);
                }
            }
        }
        let cells: Vec<usize> = (0..columns * rows).map(|slot| union.root(slot)).collect();
        let apart = cells.iter().any(|cell| *cell != cells[0]);
        apart.then_some(Self {
            walls,
            floors,
            cells,
        })
    }

    fn table(&self, glyphs: &mut Vec<Placed>) -> Table {
        let columns = self.walls.len() - 1;
        let mut held: Vec<Vec<Placed>> = vec![Vec::new(); self.cells.len()];
        glyphs.retain(|glyph| {
            let slot = self.slot(
                f32::midpoint(glyph.x, glyph.end),
                glyph.y + glyph.size * 0.35,
            );
            if let Some(slot) = slot {
                held[self.cells[slot]].push(glyph.clone());
            }
            slot.is_none()
        });
        let bottom = self.floors[self.floors.len() - 1];
        let last = held.len() - columns;
        let is_filled = held[last..]
            .iter()
            .map(|cell| cell.iter().any(|g| g.y - bottom < FILLED * g.size))
            .collect();
        let texts: Vec<String> = held.into_iter().map(cell_text).collect();
        Table {
            top: self.floors[0],
            bottom,
            is_filled,
            walls: self.walls.clone(),
            rows: texts.chunks(columns).map(<[String]>::to_vec).collect(),
        }
    }

    fn slot(&self, x: f32, y: f32) -> Option<usize> {
        let columns = self.walls.len() - 1;
        let column = self
            .walls
            .partition_point(|wall| *wall <= x)
            .checked_sub(1)?;
        let row = self
            .floors
            .partition_point(|floor| *floor >= y)
            .checked_sub(1)?;
        (column < columns && row + 1 < self.floors.len()).then_some(row * columns + column)
    }
}

/// Whether a ruling, of some in their order, stands at a place and reaches another.
fn stands(rules: &[Rule], at: f32, reaches: f32) -> bool {
    let first = rules.partition_point(|rule| rule.at < at - NEAR - 1.0);
    rules[first..]
        .iter()
        .take_while(|rule| rule.at <= at + NEAR + 1.0)
        .any(|rule| rule.from <= reaches && reaches <= rule.to)
}

/// The text of a cell: wrapped lines put together, paragraphs parted by a space.
fn cell_text(glyphs: Vec<Placed>) -> String {
    let lines = lines(glyphs);
    let right = lines.iter().map(|line| line.to).fold(f32::MIN, f32::max);
    let mut text = String::new();
    let mut is_wrapped = true;
    for line in lines {
        if !is_wrapped {
            text.push(' ');
        }
        append(&mut text, &line.text());
        is_wrapped = line.to + line.size * 2.2 >= right;
    }
    text
}

/// Things that belong together, each told by the first of them.
struct Union(Vec<usize>);

impl Union {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut of: usize) -> usize {
        while self.0[of] != of {
            self.0[of] = self.0[self.0[of]];
            of = self.0[of];
        }
        of
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (first, other) = (a.min(b), a.max(b));
        self.0[other] = first;
    }
}
