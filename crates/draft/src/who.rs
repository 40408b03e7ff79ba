//! Who owes it: the nearest subject of the sentence, else of a heading, a cell, an addressee.
//!
//! [`subject`] knows what a subject looks like, [`clause`] finds it in a sentence, [`heading`] in
//! headings and in the clauses above.

mod clause;
mod heading;
mod subject;

pub(crate) use subject::is_subject;

use clause::{in_sentence, named};
use heading::{above, after_heading, body_above, of_heading};

use subject::is_body;

use crate::outline::{Outline, Part, Role, Table};

/// How many paragraphs of its clause are looked at for a responsible unit.
const UNIT_PARTS: usize = 4;
/// How much of a paragraph's end is looked at for one, in bytes.
const UNIT_BYTES_MAX: usize = 900;
/// How many sentences back a subject is looked for.
const SENTENCES_BACK: usize = 8;
/// Longest stretch of a paragraph that is looked at before a phrase, in bytes.
const PARAGRAPH_BYTES_MAX: usize = 4_000;
/// Longest stretch of a sentence that is looked at, in bytes.
const SENTENCE_BYTES_MAX: usize = 900;

/// A subject, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Who {
    /// The text's own words; empty where there are none.
    pub(crate) text: String,
    /// Whether the sentence itself names it.
    pub(crate) own: bool,
}

impl Who {
    fn own(text: String) -> Self {
        Self { text, own: true }
    }

    fn other(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            own: false,
        }
    }
}

/// The subject of a phrase in a paragraph.
pub(crate) fn of_part(outline: &Outline, index: usize, place: (usize, usize), phase: bool) -> Who {
    let part = &outline.parts[index];
    let text = part.text();
    if let Some(found) = in_text(text, place) {
        return Who::own(found);
    }
    if let Some(found) = unit_of(outline, index) {
        return Who::other(&found);
    }
    let named = phase || text[..place.0].ends_with('（');
    let in_heading = named && part.heading().is_some_and(|h| place.0 <= h.len());
    if in_heading {
        let head = part.heading().map_or(0, str::len);
        if let Some(found) = after_heading(outline, index, head) {
            return Who::own(found);
        }
        if phase {
            return Who::other("");
        }
    }
    if let Some(found) = part.heading().and_then(of_heading) {
        return Who::other(&found);
    }
    if phase {
        return Who::other(&body_above(outline, index).unwrap_or_default());
    }
    // A note under a form speaks to those who fill it in.
    let note = part
        .path
        .iter()
        .any(|l| l.contains('注') || l.contains("说明"));
    if note
        && outline
            .parts
            .iter()
            .any(|p| p.line.text.starts_with("填报单位"))
    {
        return Who::other("填报单位");
    }
    if let Some(found) = above(outline, index) {
        return Who::other(&found);
    }
    // A letter asks those it is addressed to.
    let requests = [
        "请各",
        "请于",
        "请将",
        "请在",
        "请按",
        "请你",
        "请及时",
        "务必",
    ];
    let asked = part.path.is_empty() || requests.iter().any(|w| text.contains(w));
    let addressees = outline.head.addressees.as_deref().filter(|_| asked);
    Who::other(addressees.unwrap_or_default())
}

/// 责任单位：县住建局, in the paragraph or in those of its clause; （县应急局牵头，…） at its end.
fn unit_of(outline: &Outline, index: usize) -> Option<String> {
    let part = &outline.parts[index];
    let near = |p: &&Part| p.path == part.path && p.role != Role::Title && !p.path.is_empty();
    let before = outline.parts[..index]
        .iter()
        .rev()
        .take(UNIT_PARTS)
        .take_while(near);
    let after = outline.parts[index + 1..]
        .iter()
        .take(UNIT_PARTS)
        .take_while(|p| near(p) && !p.numbered);
    let own = std::iter::once(part).chain(after);
    own.chain(before).find_map(|p| unit_in(p.text()))
}

fn unit_in(text: &str) -> Option<String> {
    let near = &text[floor(text, text.len().saturating_sub(UNIT_BYTES_MAX))..];
    let names = [
        "责任单位：",
        "牵头单位：",
        "责任部门：",
        "牵头部门：",
        "责任主体：",
        "实施单位：",
        "主责单位：",
    ];
    if let Some(at) = names
        .iter()
        .find_map(|n| near.rfind(n).map(|at| at + n.len()))
    {
        let unit = near[at..]
            .split(['；', '，', '。', '）'])
            .next()
            .unwrap_or_default();
        return Some(unit.to_owned()).filter(|u| !u.is_empty());
    }
    // Brackets inside of the name (各县（市、区）) belong to it.
    let closed = near.trim_end_matches(['。', '；']).strip_suffix('）')?;
    let (mut depth, mut open) = (0u32, None);
    for (at, c) in closed.char_indices().rev() {
        match c {
            '）' => depth += 1,
            '（' if depth == 0 => {
                open = Some(at + c.len_utf8());
                break;
            }
            '（' => depth -= 1,
            _ => {}
        }
    }
    let inside = &closed[open?..];
    let words = [
        "按职责分工负责",
        "按职责负责",
        "分别负责",
        "分工负责",
        "牵头",
        "负责",
    ];
    let (unit, _) = words.iter().find_map(|w| inside.split_once(w))?;
    let unit = unit.split(['，', '；']).next().unwrap_or_default();
    is_body(unit).then(|| unit.to_owned())
}

/// The subject of a phrase in a cell: the cell's own, else the row's responsible unit.
pub(crate) fn of_cell(table: &Table, row: usize, text: &str, place: (usize, usize)) -> Who {
    if let Some(found) = in_text(text, place) {
        return Who::own(found);
    }
    let words: [&[&str]; 4] = [
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
    let found = words
        .iter()
        .find_map(|words| table.column(words))
        .map(|column| table.carried(row, column));
    Who::other(found.unwrap_or_default())
}

/// The subject of a phrase in its own text: its sentence, then those before it.
pub(crate) fn in_text(text: &str, place: (usize, usize)) -> Option<String> {
    let ends = ['。', '！', '？'];
    // Only a stretch is looked at, so that the time does not grow with the paragraph.
    let far = floor(text, place.0.saturating_sub(PARAGRAPH_BYTES_MAX));
    let text = &text[far..floor(text, place.1 + SENTENCE_BYTES_MAX).max(place.1)];
    let place = (place.0 - far, place.1 - far);
    let start = text[..place.0].rfind(ends).map_or(0, |i| i + 3);
    let start = start.max(floor(text, place.0.saturating_sub(SENTENCE_BYTES_MAX)));
    let stop = text[place.0..]
        .find(ends)
        .map_or(text.len(), |i| place.0 + i);
    let stop = stop.max(place.1.min(text.len()));
    let sentence = &text[start..stop];
    if let Some(found) = in_sentence(sentence, place.0 - start, place.1.min(stop) - start) {
        return Some(found);
    }
    let mut before = text[..start].trim_end_matches(ends);
    for _ in 0..SENTENCES_BACK {
        if before.is_empty() {
            return None;
        }
        let from = before.rfind(ends).map_or(0, |i| i + 3);
        let from = from.max(floor(
            before,
            before.len().saturating_sub(SENTENCE_BYTES_MAX),
        ));
        let sentence = &before[from..];
        let found = named(sentence);
        if found.is_some() {
            return found;
        }
        before = before[..from].trim_end_matches(ends);
    }
    None
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_subject_is_taken() {
        let of = |text: &str, phrase: &str| {
            let at = text.find(phrase).expect("the phrase is there");
            in_text(text, (at, at + phrase.len()))
        };
        let some = |t: &str| Some(t.to_owned());
        assert_eq!(of("县安委会每月至少召开1次会议", "每月"), some("县安委会"));
        assert_eq!(
            of("各乡镇督促企业每季度开展一次自查", "每季度"),
            some("各乡镇")
        );
        assert_eq!(
            of("2024年底前，市级有关部门全面细化要求", "2024年底前"),
            some("市级有关部门")
        );
        assert_eq!(of("由矿务局季查、工区月查", "季查"), some("矿务局"));
        assert_eq!(of("由矿务局季查、工区月查", "月查"), some("工区"));
    }
}
