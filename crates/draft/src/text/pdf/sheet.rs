//! A page the right way up, and its characters put together to lines.

use super::paint::{Painted, Stroke};

/// How far baselines of one line may lie apart, in parts of the size.
const BASELINE: f32 = 0.45;
/// A gap that parts words, in parts of the size.
const WORD_GAP: f32 = 0.3;
/// A gap that parts columns, in parts of the size.
const COLUMN_GAP: f32 = 1.8;
/// How near the same character must stand to be a bold print of itself, in parts of the size.
const BOLD_SHIFT: f32 = 0.15;

/// A character on an upright page; `y` is its baseline and grows upwards.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    /// The character.
    pub(super) c: char,
    /// Where it begins.
    pub(super) x: f32,
    /// Where it ends.
    pub(super) end: f32,
    /// Its baseline.
    pub(super) y: f32,
    /// Its size.
    pub(super) size: f32,
}

/// A piece of a line, set off from its neighbours by a wide gap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// Where it begins.
    pub(super) x: f32,
    /// Its text.
    pub(super) text: String,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its pieces, from left to right; never empty.
    pub(super) pieces: Vec<Piece>,
    /// Where its first character stands that is no space.
    pub(super) from: f32,
    /// Where its last character ends.
    pub(super) to: f32,
    /// Its baseline.
    pub(super) y: f32,
    /// Its size.
    pub(super) size: f32,
}

impl Line {
    /// Its whole text.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.pieces.iter().map(|p| p.text.as_str()).collect();
        texts.join(" ")
    }
}

/// Turns a page so that most of its text runs from left to right; slanting text is left out, for
/// it is a watermark.
pub(super) fn upright(painted: Painted) -> (Vec<Placed>, Vec<Stroke>) {
    let mut counts = [0usize; 4];
    for glyph in &painted.glyphs {
        if let Some(count) = glyph.quarter.and_then(|q| counts.get_mut(usize::from(q))) {
            *count += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let quarter = counts.iter().position(|count| *count == most).unwrap_or(0);
    let turn = |(x, y): (f32, f32)| match quarter {
        1 => (y, -x),
        2 => (-x, -y),
        3 => (-y, x),
        _ => (x, y),
    };
    let glyphs = painted
        .glyphs
        .into_iter()
        .filter(|glyph| glyph.quarter.map(usize::from) == Some(quarter))
        .map(|glyph| {
            let (from, to) = (turn(glyph.from), turn(glyph.to));
            Placed {
                c: glyph.c,
                x: from.0,
                end: to.0,
                y: from.1,
                size: glyph.size,
            }
        })
        .collect();
    let strokes = painted
        .strokes
        .into_iter()
        .map(|stroke| Stroke {
            from: turn(stroke.from),
            to: turn(stroke.to),
        })
        .collect();
    (glyphs, strokes)
}

/// The lines of some characters, from top to bottom.
pub(super) fn lines(mut glyphs: Vec<Placed>) -> Vec<Line> {
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut all = Vec::new();
    let mut row: Vec<Placed> = Vec::new();
    let (mut y, mut size) = (0.0f32, 0.0f32);
    for glyph in glyphs {
        if !row.is_empty() && y - glyph.y > BASELINE * size.max(glyph.size) {
            all.extend(line(std::mem::take(&mut row)));
        }
        if row.is_empty() || glyph.size > size {
            (y, size) = (glyph.y, glyph.size);
        }
        row.push(glyph);
    }
    all.extend(line(row));
    all
}

/// The line of some characters; nothing where all are blank.
fn line(mut glyphs: Vec<Placed>) -> Option<Line> {
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut line: Option<Line> = None;
    let mut last: Option<Placed> = None;
    let mut text = String::new();
    let mut x = 0.0;
    for glyph in glyphs {
        if glyph.c.is_whitespace() || glyph.c.is_control() {
            continue;
        }
        if let Some(last) = &last {
            let again = last.c == glyph.c && (glyph.x - last.x).abs() < BOLD_SHIFT * glyph.size;
            if again {
                continue;
            }
            let gap = glyph.x - last.end;
            if gap > COLUMN_GAP * glyph.size {
                let text = std::mem::take(&mut text);
                line.as_mut()?.pieces.push(Piece { x, text });
                x = glyph.x;
            } else if gap > WORD_GAP * glyph.size {
                text.push(' ');
            }
        } else {
            x = glyph.x;
        }
        let whole = line.get_or_insert_with(|| Line {
            pieces: Vec::new(),
            from: glyph.x,
            to: glyph.end,
            y: glyph.y,
            size: glyph.size,
        });
        whole.to = whole.to.max(glyph.end);
        whole.size = whole.size.max(glyph.size);
        text.push(glyph.c);
        last = Some(glyph);
    }
    let mut line = line?;
    line.pieces.push(Piece { x, text });
    Some(line)
}

/// Puts a line behind a text: without a space, but between words of letters and digits.
pub(super) fn append(text: &mut String, next: &str) {
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if word(text.chars().next_back()) && word(next.chars().next()) {
        text.push(' ');
    }
    text.push_str(next);
}
