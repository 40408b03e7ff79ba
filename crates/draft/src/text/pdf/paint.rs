//! Carries out a page's operators as far as text and lines go: where each character and each
//! ruling stands. Colours, pictures and clipping are passed over.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Object, ObjectId};

use super::STREAM_BYTES_MAX;
use super::font::{Font, Reading};
use super::glyph_names::meant;
use super::lexer::{Lexer, Operand};
use super::matrix::{IDENTITY, Matrix, apply, before, direction, scale};
use super::opened::{Opened, entry};

/// Most saved states.
const STATES_MAX: usize = 128;
/// Deepest nesting of forms that is followed.
const FORMS_DEPTH_MAX: usize = 8;
/// Most characters of a page.
const PAGE_GLYPHS_MAX: usize = 100_000;
/// Most lines drawn on a page that are looked at.
const PAGE_STROKES_MAX: usize = 20_000;
/// Most points of a path that are looked at.
const POINTS_MAX: usize = 20_000;
/// A filled shape as thin as this is a line.
const THIN: f32 = 3.2;

/// A character where it stands; `y` is its baseline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    /// The character; U+FFFD where the file does not tell it.
    pub(super) c: char,
    /// Where it begins.
    pub(super) from: (f32, f32),
    /// Where the next may begin.
    pub(super) to: (f32, f32),
    /// Its size.
    pub(super) size: f32,
    /// Which way its line runs, in quarters of a turn; none for a slanting one.
    pub(super) quarter: Option<u8>,
}

/// A line drawn, from a point to a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    /// One end.
    pub(super) from: (f32, f32),
    /// The other end.
    pub(super) to: (f32, f32),
}

/// What stands on a page.
#[derive(Debug, Default)]
pub(super) struct Painted {
    /// Its characters in the order in which they were drawn.
    pub(super) glyphs: Vec<Glyph>,
    /// Its lines.
    pub(super) strokes: Vec<Stroke>,
    /// How many pictures it shows.
    pub(super) pictures: usize,
}

#[derive(Clone)]
struct State {
    space: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    between_chars: f32,
    between_words: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

/// Fonts that were read, by their place in the file.
pub(super) type Fonts = HashMap<ObjectId, Rc<Font>>;

struct Painter<'p, 'd> {
    opened: &'p mut Opened<'d>,
    fonts: &'p mut Fonts,
    page: Painted,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    path: Vec<Vec<(f32, f32)>>,
    points: usize,
    marks: Vec<bool>,
}

/// Carries out a page's content.
pub(super) fn paint(
    opened: &mut Opened<'_>,
    fonts: &mut Fonts,
    resources: Option<&Dictionary>,
    content: &[u8],
) -> Painted {
    let mut painter = Painter {
        opened,
        fonts,
        page: Painted::default(),
        state: State {
            space: IDENTITY,
            font: None,
            size: 0.0,
            between_chars: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        },
        saved: Vec::new(),
        text: IDENTITY,
        line: IDENTITY,
        path: Vec::new(),
        points: 0,
        marks: Vec::new(),
    };
    painter.run(content, resources, 0);
    painter.page
}

impl Painter<'_, '_> {
    fn run(&mut self, content: &[u8], resources: Option<&Dictionary>, depth: usize) {
        let mut lexer = Lexer::new(content);
        let mut operands = Vec::new();
        while let Some(operator) = lexer.next(&mut operands) {
            if !self.opened.spend(1) {
                return;
            }
            match operator.as_slice() {
                b"Do" => self.object(&operands, resources, depth),
                b"Tf" => self.font(&operands, resources),
                b"q" if self.saved.len() < STATES_MAX => self.saved.push(self.state.clone()),
                b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
                b"BMC" | b"BDC" => self.marks.push(is_pagination(&operands)),
                b"EMC" => {
                    self.marks.pop();
                }
                other => {
                    let _ = self.text_operator(other, &operands)
                        || self.path_operator(other, &operands);
                }
            }
        }
    }

    fn text_operator(&mut self, operator: &[u8], operands: &[Operand]) -> bool {
        let n = |i| number(operands, i);
        match operator {
            b"cm" => self.state.space = before(matrix(operands), self.state.space),
            b"BT" => self.set_line(IDENTITY),
            b"Tm" => self.set_line(matrix(operands)),
            b"Td" => self.move_line(n(0), n(1)),
            b"TD" => {
                self.state.leading = -n(1);
                self.move_line(n(0), n(1));
            }
            b"T*" => self.move_line(0.0, -self.state.leading),
            b"Tc" => self.state.between_chars = n(0),
            b"Tw" => self.state.between_words = n(0),
            b"Tz" => self.state.stretch = n(0) / 100.0,
            b"TL" => self.state.leading = n(0),
            b"Ts" => self.state.rise = n(0),
            b"Tj" | b"TJ" => self.show_all(operands.first()),
            b"'" => {
                self.move_line(0.0, -self.state.leading);
                self.show_all(operands.first());
            }
            b"\"" => {
                self.state.between_words = n(0);
                self.state.between_chars = n(1);
                self.move_line(0.0, -self.state.leading);
                self.show_all(operands.get(2));
            }
            _ => return false,
        }
        true
    }

    fn set_line(&mut self, line: Matrix) {
        self.line = line;
        self.text = line;
    }

    fn move_line(&mut self, x: f32, y: f32) {
        self.set_line(before([1.0, 0.0, 0.0, 1.0, x, y], self.line));
    }

    fn show_all(&mut self, operand: Option<&Operand>) {
        match operand {
            Some(Operand::Text(bytes)) => self.show(bytes),
            Some(Operand::Array(items)) => {
                for item in items {
                    match item {
                        Operand::Text(bytes) => self.show(bytes),
                        Operand::Number(n) => {
                            self.advance(-n / 1000.0 * self.state.size * self.state.stretch);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn advance(&mut self, x: f32) {
        self.text = before([1.0, 0.0, 0.0, 1.0, x, 0.0], self.text);
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else {
            return;
        };
        let hidden = self.marks.contains(&true);
        // More than a page may hold is not decoded at all: one text may unpack to many megabytes.
        let longest = PAGE_GLYPHS_MAX.saturating_mul(4);
        let bytes = bytes.get(..longest).unwrap_or(bytes);
        // Hidden ones too: they stand on no page, but are decoded.
        if !self.opened.spend(bytes.len()) {
            return;
        }
        for code in font.codes(bytes) {
            let state = &self.state;
            let width = code.width * state.size * state.stretch;
            let mut step = width + state.between_chars * state.stretch;
            if code.is_word_space {
                step += state.between_words * state.stretch;
            }
            if !hidden {
                match code.reading {
                    Reading::Char(c) => self.put(c, 0.0, width),
                    Reading::Unknown => self.put('\u{fffd}', 0.0, width),
                    Reading::Several(text) => {
                        let all: Vec<char> = text.chars().take(16).collect();
                        let share = width / f32::from(u8::try_from(all.len()).unwrap_or(1).max(1));
                        let mut at = 0.0;
                        for c in all {
                            self.put(c, at, share);
                            at += share;
                        }
                    }
                }
            }
            self.advance(step);
        }
    }

    fn put(&mut self, c: char, at: f32, width: f32) {
        let whole = before(self.text, self.state.space);
        let from = apply(whole, (at, self.state.rise));
        let to = apply(whole, (at + width, self.state.rise));
        let size = (self.state.size * scale(whole)).abs();
        let sound = [from.0, from.1, to.0, to.1].iter().all(|n| n.abs() < 1e6);
        if sound && size > 0.1 && self.page.glyphs.len() < PAGE_GLYPHS_MAX {
            self.page.glyphs.push(Glyph {
                c: meant(c),
                from,
                to,
                size,
                quarter: direction(whole, self.state.size),
            });
        } else {
            self.opened.is_exhausted |= self.page.glyphs.len() >= PAGE_GLYPHS_MAX;
        }
    }

    fn font(&mut self, operands: &[Operand], resources: Option<&Dictionary>) {
        self.state.size = number(operands, 1);
        let Some(Operand::Name(name)) = operands.first() else {
            return;
        };
        let document = self.opened.document;
        let found = resources
            .and_then(|all| entry(document, all, b"Font")?.as_dict().ok())
            .and_then(|fonts| fonts.get(name).ok());
        let id = found.and_then(|font| font.as_reference().ok());
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            self.state.font = Some(Rc::clone(known));
            return;
        }
        if !self.opened.font() {
            return;
        }
        let none = Dictionary::new();
        let dictionary = found
            .and_then(|font| document.dereference(font).ok()?.1.as_dict().ok())
            .unwrap_or(&none);
        let font = Rc::new(Font::read(self.opened, dictionary));
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        self.state.font = Some(font);
    }

    /// A form is carried out in its place; a picture is counted.
    fn object(&mut self, operands: &[Operand], resources: Option<&Dictionary>, depth: usize) {
        let Some(Operand::Name(name)) = operands.first() else {
            return;
        };
        let document = self.opened.document;
        let stream = resources
            .and_then(|all| entry(document, all, b"XObject")?.as_dict().ok())
            .and_then(|objects| entry(document, objects, name)?.as_stream().ok());
        let Some(stream) = stream else {
            return;
        };
        let kind = entry(document, &stream.dict, b"Subtype").and_then(|k| k.as_name().ok());
        if kind == Some(b"Image") {
            self.page.pictures += 1;
            return;
        }
        if kind != Some(b"Form") || depth >= FORMS_DEPTH_MAX {
            return;
        }
        let Some(content) = self.opened.content(stream, STREAM_BYTES_MAX) else {
            return;
        };
        let own = entry(document, &stream.dict, b"Resources").and_then(|r| r.as_dict().ok());
        let placed = entry(document, &stream.dict, b"Matrix").and_then(six);
        let (state, below) = (self.state.clone(), std::mem::take(&mut self.saved));
        let marks = self.marks.len();
        self.state.space = before(placed.unwrap_or(IDENTITY), self.state.space);
        self.run(&content, own.or(resources), depth + 1);
        self.marks.truncate(marks);
        self.state = state;
        self.saved = below;
    }

    fn path_operator(&mut self, operator: &[u8], operands: &[Operand]) -> bool {
        let n = |i| number(operands, i);
        match operator {
            b"m" => self.begin(n(0), n(1)),
            b"l" => self.point(n(0), n(1)),
            // A curve is no ruling; the path goes on behind it.
            b"c" => self.begin(n(4), n(5)),
            b"v" | b"y" => self.begin(n(2), n(3)),
            b"h" => self.close(),
            b"re" => {
                let (right, high) = (n(0) + n(2), n(1) + n(3));
                self.begin(n(0), n(1));
                self.point(right, n(1));
                self.point(right, high);
                self.point(n(0), high);
                self.close();
            }
            b"S" | b"B" | b"B*" => self.stroke(),
            b"s" | b"b" | b"b*" => {
                self.close();
                self.stroke();
            }
            b"f" | b"F" | b"f*" => self.fill(),
            b"n" => {}
            _ => return false,
        }
        if !matches!(operator, b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"re") {
            self.path.clear();
            self.points = 0;
        }
        true
    }

    fn begin(&mut self, x: f32, y: f32) {
        if self.points < POINTS_MAX {
            self.path.push(vec![apply(self.state.space, (x, y))]);
            self.points += 1;
        }
    }

    fn point(&mut self, x: f32, y: f32) {
        let point = apply(self.state.space, (x, y));
        if self.points < POINTS_MAX
            && let Some(last) = self.path.last_mut()
        {
            last.push(point);
            self.points += 1;
        }
    }

    fn close(&mut self) {
        if let Some(last) = self.path.last_mut()
            && let Some(first) = last.first().copied()
            && last.len() > 1
        {
            last.push(first);
        }
    }

    fn stroke(&mut self) {
        for part in std::mem::take(&mut self.path) {
            for pair in part.windows(2) {
                self.rule(pair[0], pair[1]);
            }
        }
    }

    /// Many programs draw the borders of cells as thin filled rectangles.
    fn fill(&mut self) {
        for part in std::mem::take(&mut self.path) {
            let fold = |pick: fn(f32, f32) -> f32, start| {
                part.iter().fold((start, start), |b: (f32, f32), p| {
                    (pick(b.0, p.0), pick(b.1, p.1))
                })
            };
            let (low, high) = (fold(f32::min, f32::MAX), fold(f32::max, f32::MIN));
            let (w, h) = (high.0 - low.0, high.1 - low.1);
            let middle = (low.0 + w / 2.0, low.1 + h / 2.0);
            if h <= THIN && w > h {
                self.rule((low.0, middle.1), (high.0, middle.1));
            } else if w <= THIN && h > w {
                self.rule((middle.0, low.1), (middle.0, high.1));
            }
        }
    }

    fn rule(&mut self, from: (f32, f32), to: (f32, f32)) {
        let sound = [from.0, from.1, to.0, to.1].iter().all(|n| n.abs() < 1e6);
        if sound && self.page.strokes.len() < PAGE_STROKES_MAX {
            self.page.strokes.push(Stroke { from, to });
        }
    }
}

/// Whether marked content is a running head or foot, as tagged files say.
fn is_pagination(operands: &[Operand]) -> bool {
    matches!(operands, [Operand::Name(tag), Operand::Dictionary(what)]
        if tag == b"Artifact" && what.windows(11).any(|w| w == b"/Pagination"))
}

fn number(operands: &[Operand], i: usize) -> f32 {
    match operands.get(i) {
        Some(Operand::Number(n)) => *n,
        _ => 0.0,
    }
}

fn matrix(operands: &[Operand]) -> Matrix {
    std::array::from_fn(|i| number(operands, i))
}

fn six(object: &Object) -> Option<Matrix> {
    let all = object.as_array().ok().filter(|all| all.len() == 6)?;
    let mut matrix = IDENTITY;
    for (place, item) in matrix.iter_mut().zip(all) {
        *place = super::opened::number(item)?;
    }
    Some(matrix)
}
