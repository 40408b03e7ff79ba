//! The subject of a phrase within its sentence: before it, behind it, in the clauses around.

use super::subject::{is_governed, of_paper, subject, told_body, told_body_before, whole_body};

/// Where the clauses of a sentence lie; brackets hold theirs together.
pub(super) fn clauses(sentence: &str) -> Vec<(usize, usize)> {
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

/// The first subject that a sentence names.
pub(super) fn named(sentence: &str) -> Option<String> {
    let all = clauses(sentence);
    if all.len() == 1
        && let Some(found) = whole_body(sentence)
    {
        return Some(found);
    }
    all.iter().find_map(|(from, to)| {
        after_by(&sentence[*from..*to]).or_else(|| of_clause(sentence, (*from, *to)))
    })
}

/// The subject of a clause, as what follows it lets it be one.
pub(super) fn of_clause(sentence: &str, (from, to): (usize, usize)) -> Option<String> {
    let clause = past_stage(&sentence[from..to]);
    let rest = &sentence[to..];
    // 区城管局：…: a name before a colon is the subject of what follows.
    let colon = rest.starts_with('：');
    // 存在隐患的单位，应当…: so is one before a word of duty.
    let next = rest.strip_prefix('，').unwrap_or_default();
    let duties = [
        "应", "要", "须", "必须", "务必", "不得", "还应", "还要", "按照", "按", "根据", "自", "在",
        "于", "每", "由", "均", "方可", "一律",
    ];
    let duty = duties.iter().any(|w| next.starts_with(w));
    subject(clause, colon || duty).or_else(|| if duty { told_body(clause) } else { None })
}

/// 整治阶段（5月—8月）各县结合实际: what stands behind a stage's heading without a stop.
fn past_stage(clause: &str) -> &str {
    let Some((_, rest)) = clause.split_once("阶段（") else {
        return clause;
    };
    rest.split_once('）').map_or(clause, |(_, rest)| rest)
}

/// …由县政府挂牌督办: who is named after 由.
fn after_by(clause: &str) -> Option<String> {
    let at = clause.rfind('由')?;
    let (before, after) = (&clause[..at], &clause[at + '由'.len_utf8()..]);
    let of_word = before.ends_with(['理', '事', '自', '案', '缘', '经', '无'])
        && !before.ends_with("治理")
        || after.starts_with(['于', '此', '来']);
    if of_word {
        return None;
    }
    subject(after, true)
}

/// The subject of the phrase from `start` to `end` in its sentence.
pub(super) fn in_sentence(sentence: &str, start: usize, end: usize) -> Option<String> {
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
    if let Some(found) = behind_phrase(sentence, &all[own..], start, end) {
        return Some(found);
    }
    let mut parted = false;
    let before = all[..own].iter().rev().find_map(|&(a, b)| {
        // 一件事由牵头部门负责；2024年底前…: who does one thing need not do the next.
        parted |= sentence[b..].starts_with('；');
        // 县工信局牵头，县交通局配合: who only helps does not owe it.
        let helps = ["配合", "参加", "参与", "协助", "协同", "支持"];
        if helps.iter().any(|w| sentence[a..b].ends_with(w)) {
            return None;
        }
        let by = (!parted).then(|| after_by(&sentence[a..b])).flatten();
        by.or_else(|| of_clause(sentence, (a, b)))
    });
    before.or_else(|| {
        // 实行一月一调度，由县道安办负责: the later clause says who.
        let later = sentence[end.min(to)..to]
            .contains('由')
            .then_some((end.min(to), to));
        let rest = all[own + 1..].iter().copied().take(2);
        later
            .into_iter()
            .chain(rest.filter(|(a, _)| sentence[*a..].starts_with(['由', '应'])))
            .find_map(|(a, b)| after_by(&sentence[a..b]))
    })
}

/// The subject right behind the phrase, in its clause or, where it ends there, in the next.
fn behind_phrase(
    sentence: &str,
    clauses: &[(usize, usize)],
    start: usize,
    end: usize,
) -> Option<String> {
    let (from, to) = *clauses.first()?;
    if end > to {
        return None;
    }
    let rest = &sentence[end..to];
    let opens = sentence[from..start].chars().count() <= 6;
    // 动员阶段（5月）各县要: the bracket closes first.
    if let Some(rest) = rest.strip_prefix('）')
        && let Some(found) = subject(rest, false)
    {
        return Some(found);
    }
    if opens && let Some(found) = subject(rest, false) {
        return Some(found);
    }
    let &(a, b) = clauses.get(1)?;
    if rest.chars().count() > 1 {
        return None;
    }
    subject(&sentence[a..b], opens)
}

/// The subject in the part of the clause before the phrase.
fn before_phrase(text: &str) -> Option<String> {
    // 主要负责人每季度、分管负责人每月: the second of a pair.
    let pair = text.rfind('每').and_then(|i| {
        let marks = ["、", "和", "及"];
        let mark = marks
            .iter()
            .filter_map(|m| text[i..].find(m).map(|n| i + n + m.len()));
        mark.min()
    });
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
    if let Some(found) = after_by(text) {
        return Some(found);
    }
    // 各县的考核时间为: whose time it is.
    if (text.ends_with("时间为") || text.ends_with("时间是"))
        && let Some(found) = text
            .rsplit_once('的')
            .and_then(|(whose, _)| subject(whose, true))
    {
        return Some(found);
    }
    let near = || {
        // …，由县安委办每季度: the words right before the phrase.
        let marks: &[&str] = if is_governed(text) {
            &["要求", "督促", "，", "：", "按照"]
        } else {
            &["要求", "督促", "，", "：", "、", "“", "按照", "其中"]
        };
        let from = marks
            .iter()
            .filter_map(|w| text.rfind(w).map(|i| i + w.len()))
            .max()
            .unwrap_or(0);
        subject(&text[from..], true).filter(|s| s.chars().count() >= 2)
    };
    subject(text, true)
        .or_else(|| told_body_before(text))
        .or_else(near)
        .or_else(|| of_paper(text))
}
