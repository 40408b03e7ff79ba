//! Who owes it: the nearest subject of the sentence, else of a heading, a cell, an addressee.
//!
//! What headings and the clauses above say of it stands in [`heading`].

mod heading;

use heading::{above, after_heading, of_heading};

use crate::outline::{Outline, Part, Role, Table};
use crate::words::{FOLLOWS, NO_SUBJECT, OPENINGS, SUBJECTS, TAILS};

/// Longest subject, in characters.
const SUBJECT_CHARS_MAX: usize = 60;
/// How many paragraphs of its clause are looked at for a responsible unit.
const UNIT_PARTS: usize = 4;
/// How much of a paragraph's end is looked at for one, in bytes.
const UNIT_BYTES_MAX: usize = 900;
/// How many sentences back a subject is looked for.
const SENTENCES_BACK: usize = 8;
/// Longest name in quotation marks at the beginning of a subject, in characters.
const QUOTED_CHARS_MAX: usize = 12;
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
        return Who::other("");
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

/// Whether a text is nothing but a subject.
pub(crate) fn is_subject(text: &str) -> bool {
    subject(text, true).is_some_and(|s| text.ends_with(&s))
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
        let found = clauses(sentence)
            .into_iter()
            .find_map(|(a, b)| subject(&sentence[a..b], false));
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

/// Where the clauses of a sentence lie; brackets hold theirs together.
fn clauses(sentence: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut from, mut depth) = (0, 0i32);
    for (i, c) in sentence.char_indices() {
        match c {
            '（' => depth += 1,
            '）' => depth = (depth - 1).max(0),
            '，' | '；' | '：' if depth == 0 => {
                found.push((from, i));
                from = i + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push((from, sentence.len()));
    found
}

fn in_sentence(sentence: &str, start: usize, end: usize) -> Option<String> {
    // Inside brackets the bracket's own words come first (高危行业每半年一次).
    if let Some(open) = sentence[..start].rfind('（')
        && !sentence[open..start].contains('）')
        && let Some(found) = before_phrase(&sentence[open + 3..start])
    {
        return Some(found);
    }
    let all = clauses(sentence);
    let own = all.iter().rposition(|(from, _)| *from <= start)?;
    let (from, to) = all[own];
    if let Some(found) = before_phrase(&sentence[from..start]) {
        return Some(found);
    }
    let opens = sentence[from..start].chars().count() <= 6;
    if opens && end <= to {
        if let Some(found) = subject(&sentence[end..to], false) {
            return Some(found);
        }
        if let Some(&(a, b)) = all.get(own + 1)
            && sentence[end..to].chars().count() <= 1
            && let Some(found) = subject(&sentence[a..b], true)
        {
            return Some(found);
        }
    }
    all[..own].iter().rev().find_map(|(a, b)| {
        // 区城管局：…: a name before a colon is the subject of what follows.
        let named = sentence[*b..].starts_with('：');
        subject(&sentence[*a..*b], named)
    })
}

/// The subject in the part of the clause before the phrase.
fn before_phrase(text: &str) -> Option<String> {
    // 主要负责人每季度、分管负责人每月: the second of a pair.
    let pair = text
        .rfind('每')
        .and_then(|i| text[i..].find('、').map(|n| i + n + 3));
    if let Some(found) = pair.and_then(|from| subject(&text[from..], true)) {
        return Some(found);
    }
    // 矿务局季查、工区月查: what stands before the mark is done, not one who does.
    if let Some((done, last)) = text.rsplit_once('、')
        && done.ends_with(['查', '报', '巡', '检', '考', '评', '度', '判', '核', '结'])
        && let Some(found) = subject(last, true)
    {
        return Some(found);
    }
    subject(text, true).or_else(|| {
        // …，由县安委办每季度: the words right before the phrase.
        let from = ["由", "要求", "督促", "，", "：", "、", "“", "按照", "其中"]
            .iter()
            .filter_map(|w| text.rfind(w).map(|i| i + w.len()))
            .max()
            .unwrap_or(0);
        subject(&text[from..], true).filter(|s| s.chars().count() >= 2)
    })
}

/// The subject that a clause opens with; `to_end`: the clause's end is the phrase.
fn subject(clause: &str, to_end: bool) -> Option<String> {
    let mut text = clause;
    // “两客一危”企业: quotation marks that close again belong to the name.
    let quoted = |text: &str| {
        let near: String = text.chars().take(QUOTED_CHARS_MAX).collect();
        text.starts_with('“') && near.contains('”')
    };
    while !quoted(text)
        && let Some(rest) = OPENINGS.iter().find_map(|w| text.strip_prefix(w))
    {
        text = rest;
    }
    let known = SUBJECTS.iter().any(|w| text.starts_with(w));
    if !known && NO_SUBJECT.iter().any(|w| text.starts_with(w))
        || text.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let mut end = 0;
    for (n, (i, c)) in text.char_indices().enumerate() {
        if n > SUBJECT_CHARS_MAX {
            return None;
        }
        end = i + c.len_utf8();
        let (before, after) = (&text[..end], &text[end..]);
        if n == 0 || c == '）' && !before.contains('（') {
            continue;
        }
        let open = before.matches('（').count() > before.matches('）').count();
        let ends = !open && TAILS.iter().any(|t| before.ends_with(t));
        let follows = FOLLOWS.iter().any(|f| after.starts_with(f)) || after.is_empty() && to_end;
        let goes_on = [
            "办公室",
            "主要",
            "分管",
            "法定",
            "主管",
            "安全总监",
            "项目经理",
            "从业",
            "主要负责",
            "负责人",
            "负责同志",
            "会办",
            "会成员",
            "成员单位",
            "日常",
            "场所",
            "安全生产委员会",
            "安全委员会",
            "安全监管部门",
            "安全管理",
            "安全专业",
            "安全负责",
            "安全监",
        ]
        .iter()
        .any(|w| after.starts_with(w));
        // 水库巡查员: a person's name of office goes on.
        let office: String = after.chars().take(3).collect();
        // 县应急局 after 县: 应 begins a name here, no duty.
        let name: String = after.chars().take(8).collect();
        let of_body = name.starts_with("应急") && name.contains(['局', '部', '办', '厅', '委']);
        let goes_on = goes_on || of_body;
        let goes_on = goes_on || office.ends_with(['员', '组']) && office.chars().count() == 3;
        if ends && follows && !goes_on && is_body(before) {
            return Some(before.to_owned());
        }
    }
    let _ = end;
    None
}

/// Whether the words may be a body or a person: no verb governs them.
fn is_body(text: &str) -> bool {
    let odd = [
        "督促",
        "情况",
        "要求",
        "会议",
        "隐患排查",
        "进行",
        "检查",
        "例会",
        "报送至",
        "上报至",
        "议定",
        "区域",
        "发现",
        "安全生产形势",
        "现场",
        "通过",
        "建立",
        "落实",
        "处置",
        "时候",
        "开展",
        "收到",
        "接到",
        "每",
        "本表",
        "前报",
        "上报",
        "日报",
        "日前",
        "实现",
        "改善",
        "建设完善",
        "提升",
        "研讨会",
        "部署会",
        "推进会",
        "调度会",
        "联席会",
    ];
    let n = text.chars().count();
    let words = [
        "社会",
        "机会",
        "大会",
        "年会",
        "企业主",
        "班会",
        "法会",
        "总会上",
        "工地会",
    ];
    (2..=SUBJECT_CHARS_MAX).contains(&n)
        && !words.iter().any(|w| text.ends_with(w))
        && !odd.iter().any(|w| text.contains(w))
        && !text.contains(['《', '。', '%'])
        && text.matches('“').count() == text.matches('”').count()
        && !text.contains('月')
        && (!text.contains("整改") || text.contains("整改责任单位") || text.contains("整改单位"))
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
