//! Texts that came as one line: numbers inside of the line begin paragraphs there.

use super::mark::{Mark, Style, mark};
use crate::budget::Budget;
use crate::text::Line;

/// Most lines of a text that is taken for one line.
const LINES_MAX: usize = 3;
/// Fewest characters of its longest line.
const CHARS_MIN: usize = 400;
/// What looking for a number at a place costs, in steps.
const MARK_STEPS: usize = 20;

/// Parts long lines at their numbers, where a text has next to no lines of its own.
pub(super) fn split(lines: Vec<Line>, budget: &Budget) -> Vec<Line> {
    let filled = lines.iter().filter(|l| !l.text.is_empty()).count();
    let longest = lines.iter().map(|l| l.at.len()).max().unwrap_or(0);
    if filled > LINES_MAX || longest < CHARS_MIN || lines.iter().any(|l| l.text.contains('\t')) {
        return lines;
    }
    let parts = lines.into_iter().flat_map(|line| parts_of(line, budget));
    parts.collect()
}

fn parts_of(line: Line, budget: &Budget) -> Vec<Line> {
    let mut cuts = vec![0];
    let mut seen: Vec<(Style, u32)> = Vec::new();
    let mut last = '。';
    for (i, c) in line.text.char_indices() {
        let may = matches!(c, '（' | '第' | '附' | '①'..='⑳')
            || c.is_ascii_digit()
            || crate::timing::is_chinese_numeral(c);
        if may && !budget.spend(MARK_STEPS) {
            break;
        }
        if may
            && i > 0
            && let Some(found) = mark(&line.text[i..])
        {
            if goes_on(&mut seen, &found, last) {
                cuts.push(i);
            }
        } else if i > 0 && line.text[i..].starts_with("附件") && last == '。' {
            cuts.push(i);
            seen.clear();
        }
        last = c;
    }
    cuts.push(line.text.len());
    let mut parts = Vec::with_capacity(cuts.len());
    let (mut chars, mut from) = (0, 0);
    for to in cuts.into_iter().skip(1) {
        let text = line.text[from..to].to_owned();
        let n = text.chars().count();
        parts.push(Line {
            at: line.at[chars..chars + n].to_vec(),
            text,
        });
        chars += n;
        from = to;
    }
    parts
}

/// Whether a number goes on in its row, or begins a new one under a number that was seen.
fn goes_on(seen: &mut Vec<(Style, u32)>, found: &Mark, last: char) -> bool {
    let bracketed = matches!(
        found.style,
        Style::ChineseParen | Style::ArabicParen | Style::Circled
    );
    let parted = matches!(
        last,
        '。' | '；' | '：' | '！' | '？' | '）' | '》' | '”' | ' '
    );
    let of_word = last.is_ascii_digit() || crate::timing::is_chinese_numeral(last) || last == '第';
    let level = seen.iter().position(|(s, _)| *s == found.style);
    let next = match level {
        Some(level) => found.value == seen[level].1 + 1 || found.value == 1 && parted,
        // A text that begins in its middle goes on with 四、 behind （五）.
        None if found.style == Style::Chinese && last == '。' => true,
        None => found.value == 1,
    };
    // A title has no stop before the first number; within a sentence only brackets are sure.
    let free = bracketed || found.style == Style::Chinese && level.is_none() && found.value == 1;
    // 制度第一条为…: articles begin without a stop before the first.
    let article = matches!(found.style, Style::Article | Style::Chapter) && found.value == 1;
    let free = free || article;
    let fits = next && !of_word && (parted || free && !"的第按照据见".contains(last));
    let fits = fits
        || next && level.is_some() && found.style == Style::Chinese && !of_word && last != '、';
    if fits {
        let keep = level.unwrap_or(seen.len());
        seen.truncate(keep);
        seen.push((found.style, found.value));
    }
    fits
}
