//! The text of a notice with marks: lines, cells and pieces, each piece with what stands there.

/// What a piece of text belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    /// Id of the element or phrase.
    pub(super) id: String,
    /// For style classes: the decision's code, or `loose`.
    pub(super) class: &'static str,
    /// The first piece of it: the one that links lead to.
    pub(super) first: bool,
    /// Where the element stands on the other side.
    pub(super) path: String,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its text.
    pub(super) text: String,
    /// What stands there; the first one is linked, the others have an anchor.
    pub(super) hits: Vec<Hit>,
}

/// A line with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextLine {
    /// Where it begins, in characters of the decoded text.
    pub(super) at: usize,
    /// Its cells; a paragraph has one.
    pub(super) cells: Vec<Vec<Piece>>,
    /// Whether it is a row of a table.
    pub(super) row: bool,
    /// The line before it is a row too.
    pub(super) goes_on: bool,
    /// The line after it is a row too.
    pub(super) more: bool,
}

/// A marked place, in characters.
#[derive(Debug, Clone)]
pub(super) struct Marked {
    pub(super) at: usize,
    pub(super) chars: usize,
    pub(super) hit: Hit,
}

/// Cuts a text at its marks. Lines without a character are left out.
pub(super) fn lines(text: &str, mut marks: Vec<Marked>) -> Vec<TextLine> {
    marks.sort_by_key(|m| m.at);
    let mut cutting = Cutting {
        marks,
        open: Vec::new(),
        next: 0,
        seen: std::collections::HashSet::new(),
    };
    let mut out: Vec<TextLine> = Vec::new();
    let mut at = 0;
    for line in text.split('\n') {
        let begins = at;
        let row = line.contains('\t');
        let mut cells = Vec::new();
        for (index, cell) in line.split('\t').enumerate() {
            at += usize::from(index > 0);
            cells.push(cutting.pieces(cell, at));
            at += cell.chars().count();
        }
        at += 1;
        if line.trim().is_empty() {
            continue;
        }
        let goes_on = row && out.last().is_some_and(|l| l.row);
        if goes_on && let Some(last) = out.last_mut() {
            last.more = true;
        }
        out.push(TextLine {
            at: begins,
            cells,
            row,
            goes_on,
            more: false,
        });
    }
    out
}

struct Cutting {
    /// All marks by their beginning.
    marks: Vec<Marked>,
    /// Those that began and have not ended, by their place in `marks`.
    open: Vec<usize>,
    /// The next to begin.
    next: usize,
    /// Those whose first piece was shown.
    seen: std::collections::HashSet<String>,
}

impl Cutting {
    /// The pieces of a cell that begins at a character of the text. Cells come in order.
    fn pieces(&mut self, cell: &str, from: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut text = String::new();
        let mut here = self.move_to(from);
        for (at, c) in (from..).zip(cell.chars()) {
            let now = if at == from {
                here.clone()
            } else {
                self.move_to(at)
            };
            if now != here {
                self.push(&mut pieces, std::mem::take(&mut text), &here);
                here = now;
            }
            text.push(c);
        }
        self.push(&mut pieces, text, &here);
        pieces
    }

    /// The marks that cover a character.
    fn move_to(&mut self, at: usize) -> Vec<usize> {
        while self.marks.get(self.next).is_some_and(|m| m.at <= at) {
            self.open.push(self.next);
            self.next += 1;
        }
        let marks = &self.marks;
        let covers = |i: &usize| marks.get(*i).is_some_and(|m| at < m.at + m.chars);
        self.open.retain(covers);
        self.open.clone()
    }

    fn push(&mut self, pieces: &mut Vec<Piece>, text: String, marks: &[usize]) {
        if text.is_empty() {
            return;
        }
        let blank = text.trim().is_empty();
        let mut hits = Vec::new();
        for mark in marks.iter().filter_map(|i| self.marks.get(*i)) {
            let mut hit = mark.hit.clone();
            hit.first = !blank && self.seen.insert(hit.id.clone());
            hits.push(hit);
        }
        pieces.push(Piece { text, hits });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &str, at: usize, chars: usize) -> Marked {
        let hit = Hit {
            id: id.to_owned(),
            class: "open",
            first: false,
            path: String::new(),
        };
        Marked { at, chars, hit }
    }

    fn told(lines: &[TextLine]) -> String {
        let mut out = String::new();
        for line in lines {
            let cells = line.cells.iter().map(|pieces| {
                let piece = |p: &Piece| {
                    let hits = p
                        .hits
                        .iter()
                        .map(|h| format!("{}{}", h.id, if h.first { "!" } else { "" }));
                    let hits: Vec<String> = hits.collect();
                    if hits.is_empty() {
                        p.text.clone()
                    } else {
                        format!("[{}|{}]", hits.join(","), p.text)
                    }
                };
                pieces.iter().map(piece).collect::<String>()
            });
            out.push_str(&cells.collect::<Vec<_>>().join("¦"));
            out.push('\n');
        }
        out
    }

    #[test]
    fn a_text_is_cut_at_its_marks_also_where_they_overlap_or_cross_lines() {
        let text = "每月10日、20日前报送\n\n甲\t每季\n度一次\n";
        let marks = vec![mark("b", 0, 10), mark("a", 0, 5), mark("c", 16, 5)];
        let lines = lines(text, marks);
        assert_eq!(
            told(&lines),
            "[b!,a!|每月10日][b|、20日前]报送\n甲¦[c!|每季]\n[c|度一]次\n"
        );
        assert!(lines[1].row && !lines[2].row);
    }

    #[test]
    fn nothing_of_the_text_is_lost() {
        let text = "一、总则\n  （一）每月\t检查 1 次\n\n\n二、\u{3000}附则";
        let marks = (0..20)
            .map(|n| mark(&n.to_string(), n, n % 7 + 1))
            .collect();
        let all: String = lines(text, marks)
            .iter()
            .flat_map(|l| l.cells.iter().flatten())
            .map(|p| p.text.as_str())
            .collect();
        assert_eq!(all, text.replace(['\n', '\t'], ""));
    }
}
