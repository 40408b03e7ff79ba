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

use std::cell::RefCell;
use std::collections::HashMap;

use crate::budget::Budget;
use crate::outline::{Outline, Part, Role};

/// How many paragraphs of its clause are looked at for a responsible unit.
const UNIT_PARTS: usize = 4;
/// How much of a paragraph's end is looked at for one, in bytes.
const UNIT_BYTES_MAX: usize = 900;
/// Longest responsible unit of a row, in characters; what a cell says beyond is no name.
const UNIT_CHARS_MAX: usize = 400;
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

/// What was found in paragraphs and sentences, kept while a notice is read: each is asked again by
/// every phrase that stands behind it.
pub(crate) struct Names<'a> {
    pub(super) outline: &'a Outline,
    pub(super) budget: &'a Budget,
    /// The responsible unit that a paragraph tells.
    units: Kept<usize>,
    /// The first subject of a paragraph.
    pub(super) firsts: Kept<usize>,
    /// The subject of a paragraph's heading, else its first.
    pub(super) owners: Kept<usize>,
    /// Whether a paragraph speaks to those whom a letter is addressed to.
    asked: Kept<usize>,
    /// What a sentence of the text looked at names.
    sentences: RefCell<(usize, usize)>,
    named: Kept<(usize, usize)>,
}

/// What was found by a key; nothing is kept too.
pub(super) struct Kept<K>(RefCell<HashMap<K, Option<String>>>);

impl<K: Copy + Eq + std::hash::Hash> Kept<K> {
    fn new() -> Self {
        Self(RefCell::default())
    }

    /// What is kept, else what is found now.
    pub(super) fn or(&self, key: K, find: impl FnOnce() -> Option<String>) -> Option<String> {
        if let Some(known) = self.0.borrow().get(&key) {
            return known.clone();
        }
        let found = find();
        self.0.borrow_mut().insert(key, found.clone());
        found
    }
}

impl<'a> Names<'a> {
    /// Of a notice of which nothing was asked yet.
    pub(crate) fn of(outline: &'a Outline, budget: &'a Budget) -> Self {
        Self {
            outline,
            budget,
            units: Kept::new(),
            firsts: Kept::new(),
            owners: Kept::new(),
            asked: Kept::new(),
            sentences: RefCell::default(),
            named: Kept::new(),
        }
    }

    /// What a sentence of a text names; the sentences of the text before are forgotten.
    fn named_in(&self, text: &str, (from, to): (usize, usize)) -> Option<String> {
        let whose = (text.as_ptr().addr(), text.len());
        if self.sentences.replace(whose) != whose {
            self.named.0.borrow_mut().clear();
        }
        self.named.or((from, to), || {
            self.budget.spend(to - from);
            named(&text[from..to])
        })
    }
}

/// The subject of a phrase in a paragraph.
pub(crate) fn of_part(names: &Names<'_>, index: usize, place: (usize, usize), phase: bool) -> Who {
    let outline = names.outline;
    let part = &outline.parts[index];
    let text = part.text();
    if let Some(found) = in_text(names, text, place) {
        return Who::own(found);
    }
    if let Some(found) = unit_of(names, index) {
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
        return Who::other(&body_above(names, index).unwrap_or_default());
    }
    // A note under a form speaks to those who fill it in.
    let note = part
        .path
        .iter()
        .any(|l| l.contains('注') || l.contains("说明"));
    if note && outline.has_filler {
        return Who::other("填报单位");
    }
    if let Some(found) = above(names, index) {
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
    // Asked of the whole paragraph, and so once for each.
    let asked = || {
        part.path.is_empty() || {
            names.budget.spend(1);
            names
                .asked
                .or(index, || {
                    names.budget.spend(text.len());
                    let asks = requests.iter().any(|w| text.contains(w));
                    asks.then(String::new)
                })
                .is_some()
        }
    };
    let addressees = outline.head.addressees.as_deref().filter(|_| asked());
    Who::other(addressees.unwrap_or_default())
}

/// 责任单位：县住建局, in the paragraph or in those of its clause; （县应急局牵头，…） at its end.
fn unit_of(names: &Names<'_>, index: usize) -> Option<String> {
    let outline = names.outline;
    let part = &outline.parts[index];
    let near = |p: &&Part| p.path == part.path && p.role != Role::Title && !p.path.is_empty();
    let before = (0..index)
        .rev()
        .take(UNIT_PARTS)
        .take_while(|i| near(&&outline.parts[*i]));
    let after = (index + 1..outline.parts.len())
        .take(UNIT_PARTS)
        .take_while(|i| near(&&outline.parts[*i]) && !outline.parts[*i].numbered);
    let own = std::iter::once(index).chain(after);
    own.chain(before).find_map(|i| {
        names.units.or(i, || {
            let text = outline.parts[i].text();
            names.budget.spend(text.len().min(UNIT_BYTES_MAX));
            unit_in(text)
        })
    })
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
pub(crate) fn of_cell(names: &Names<'_>, unit: &str, text: &str, place: (usize, usize)) -> Who {
    match in_text(names, text, place) {
        Some(found) => Who::own(found),
        None => Who::other(&unit.chars().take(UNIT_CHARS_MAX).collect::<String>()),
    }
}

/// The subject of a phrase in its own text: its sentence, then those before it.
fn in_text(names: &Names<'_>, text: &str, place: (usize, usize)) -> Option<String> {
    let ends = ['。', '！', '？'];
    // Only a stretch is looked at, so that the time does not grow with the paragraph.
    let far = floor(text, place.0.saturating_sub(PARAGRAPH_BYTES_MAX));
    let near = floor(text, place.1 + SENTENCE_BYTES_MAX).max(place.1);
    let sentence = floor(text, place.0.saturating_sub(SENTENCE_BYTES_MAX)).max(far);
    let start = text[sentence..place.0]
        .rfind(ends)
        .map_or(sentence, |i| sentence + i + 3);
    let stop = text[place.0..near].find(ends).map_or(near, |i| place.0 + i);
    let stop = stop.max(place.1.min(near));
    names.budget.spend(stop - start);
    let found = in_sentence(
        &text[start..stop],
        place.0 - start,
        place.1.min(stop) - start,
    );
    if found.is_some() {
        return found;
    }
    let mut before = text[far..start].trim_end_matches(ends);
    for _ in 0..SENTENCES_BACK {
        if before.is_empty() {
            return None;
        }
        let from = floor(before, before.len().saturating_sub(SENTENCE_BYTES_MAX));
        let from = before[from..].rfind(ends).map_or(from, |i| from + i + 3);
        let found = names.named_in(text, (far + from, far + before.len()));
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
    use crate::budget::Stop;

    #[test]
    fn the_nearest_subject_is_taken() {
        let (outline, budget) = (Outline::default(), Budget::steps(10_000, &Stop::new()));
        let names = Names::of(&outline, &budget);
        let of = |text: &str, phrase: &str| {
            let at = text.find(phrase).expect("the phrase is there");
            in_text(&names, text, (at, at + phrase.len()))
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
