//! Subjects that headings and the clauses above name: 主任职责, 县级督导巡查.

use super::subject::{is_body, whole_body};
use super::{
    Names, SENTENCE_BYTES_MAX,
    clause::{clauses, of_clause},
    floor,
};
use crate::outline::{Outline, Part, Role};
use crate::words::TAILS;

/// How many clauses before one may lend it their subject.
const NEIGHBOURS: usize = 2;
/// How many paragraphs back.
const PARTS_BACK: usize = 40;

/// The subject that a heading names: 主任职责, 落实主要领导干部职责, 县级督导巡查.
pub(super) fn of_heading(heading: &str) -> Option<String> {
    let leads = [
        "落实",
        "压实",
        "强化",
        "明确",
        "严格",
        "加强",
        "夯实",
        "履行",
        "督促",
        "规范",
        "压紧压实",
    ];
    let mut text = heading;
    while let Some(rest) = leads.iter().find_map(|w| text.strip_prefix(w)) {
        text = rest;
    }
    let ends = [
        "职责",
        "责任",
        "工作职责",
        "主体责任",
        "履职",
        "义务",
        "自查",
        "督查",
        "督导",
        "检查",
        "抓",
        "层面",
        "方面",
        "监管责任",
        "大落实",
        "带队",
        "领导责任",
        "工作要求",
        "工作任务",
        "巡查",
        "属地责任",
        "（",
        "安全职责",
    ];
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        let (before, after) = (&text[..end], &text[end..]);
        if i == 0 {
            continue;
        }
        if TAILS.end(before)
            && ends.iter().any(|w| after.starts_with(w))
            && is_body(before)
            && !before.contains(['、', '和'])
        {
            return Some(before.to_owned());
        }
    }
    whole_body(text)
}

/// The first subject behind a heading, in its paragraph or the next of its clause.
pub(super) fn after_heading(outline: &Outline, index: usize, head: usize) -> Option<String> {
    let part = &outline.parts[index];
    let rest = &part.text()[head.min(part.text().len())..];
    if let Some(found) = first_subject(rest) {
        return Some(found);
    }
    let next = outline.parts.get(index + 1)?;
    (next.path == part.path && !next.numbered && next.role == Role::Body)
        .then(|| first_subject(next.text()))
        .flatten()
}

/// The subject that opens one of the first sentences.
pub(super) fn first_subject(text: &str) -> Option<String> {
    let text = &text[..floor(text, SENTENCE_BYTES_MAX)];
    text.split(['。', '；']).take(3).find_map(|s| {
        clauses(s)
            .into_iter()
            .take(4)
            .find_map(|clause| of_clause(s, clause))
    })
}

/// The body that the heading right above names and nothing else: 6.2 市应急管理局： ① ….
pub(super) fn body_above(names: &Names<'_>, index: usize) -> Option<String> {
    let outline = names.outline;
    names.budget.spend(PARTS_BACK);
    let part = &outline.parts[index];
    let up = part.path.len().checked_sub(1).filter(|up| *up > 0)?;
    let over = outline.parts[..index]
        .iter()
        .rev()
        .take(PARTS_BACK)
        .find(|p| p.path.len() == up && part.path.starts_with(&p.path))?;
    over.heading().and_then(whole_body)
}

/// What the clauses above name: their headings, their first words, their other parts.
pub(super) fn above(names: &Names<'_>, index: usize) -> Option<String> {
    let outline = names.outline;
    names.budget.spend(PARTS_BACK);
    let part = &outline.parts[index];
    let parts = || {
        let near = outline.parts[..index].iter().enumerate().rev();
        near.take(PARTS_BACK).filter(|(_, p)| p.role == Role::Body)
    };
    let is_above = |p: &Part| p.path.len() <= part.path.len() && part.path.starts_with(&p.path);
    let first = |at: usize, p: &Part| {
        names.firsts.or(at, || {
            names.budget.spend(p.text().len().min(SENTENCE_BYTES_MAX));
            first_subject(p.text())
        })
    };
    let own = |(at, p): (usize, &Part)| {
        let heading = || p.heading().and_then(of_heading);
        names.owners.or(at, || heading().or_else(|| first(at, p)))
    };
    let over = parts()
        .filter(|(_, p)| !p.path.is_empty() && is_above(p))
        .find_map(own);
    over.or_else(|| {
        let up = part.path.len().saturating_sub(1);
        parts()
            .filter(|(_, p)| up > 0 && p.path.len() >= up)
            .take_while(|(_, p)| p.path[..up] == part.path[..up])
            .take(NEIGHBOURS)
            .find_map(|(at, p)| first(at, p))
    })
}
