//! Words of time that the reading passed over: listed for a person, so that nothing is missed in
//! silence. Many of them are conditions, bans and lengths, and no obligations; but whether one is,
//! a person sees at a glance.

use super::element::{Loose, Place, clause_id};
use crate::Draft;
use crate::budget::Budget;
use crate::outline::Role;
use crate::text::Line;

/// Most that are listed; a notice with more is a statistics.
const PASSED_MAX: usize = 300;
/// Units that the pack format has no period for.
const NO_PERIOD: &[&str] = &["学期", "学年", "班次", "班", "餐", "小时", "分钟"];
/// Units of cadences behind 每.
const CADENCES: &[&str] = &[
    "学期", "学年", "班次", "班", "餐", "小时", "分钟", "夜", "晚", "日", "天", "周", "旬", "月",
    "季", "半年", "年",
];
/// Units of spans.
const SPANS: &[&str] = &[
    "个工作日",
    "工作日",
    "分钟",
    "小时",
    "日",
    "天",
    "周",
    "个月",
    "月",
    "年",
    "学期",
];
/// What ends a span.
const ENDS: &[&str] = &["之内", "以内", "内", "之前", "以前", "前"];
/// Numerals, as digits and as words.
const NUMERALS: &str = "0123456789一二三四五六七八九十两半";
/// How much of the text is shown around a place, in characters on either side.
const AROUND: usize = 40;

/// What stands in no label, and how many more of it are not listed.
pub(super) fn over(draft: &Draft, budget: &Budget) -> (Vec<Loose>, usize) {
    let mut covered: Vec<(usize, usize)> = draft
        .labels
        .iter()
        .map(|l| (l.at, l.at + l.quote.chars().count()))
        .collect();
    covered.sort_unstable();
    let mut out = Passed::default();
    for part in &draft.outline.parts {
        if matches!(part.role, Role::Body) && budget.spend(part.line.at.len()) {
            of_line(&part.line, &part.path.join("/"), &covered, &mut out);
        }
    }
    for table in draft.outline.tables.iter().filter(|t| !t.is_form()) {
        for row in &table.rows {
            let clause = format!("表{}#{}", table.n, row.n.max(1));
            for cell in &row.cells {
                if !budget.spend(cell.at.len()) {
                    break;
                }
                of_line(cell, &clause, &covered, &mut out);
            }
        }
    }
    (out.listed, out.more)
}

/// What was found, and how many more.
#[derive(Default)]
struct Passed {
    listed: Vec<Loose>,
    more: usize,
}

fn of_line(line: &Line, clause: &str, covered: &[(usize, usize)], out: &mut Passed) {
    let chars: Vec<char> = line.text.chars().collect();
    let mut from = 0;
    while from < chars.len() {
        let Some((len, unit)) = found_at(&chars, from) else {
            from += 1;
            continue;
        };
        let at = |n: usize| line.at.get(n).map_or(0, |at| *at as usize);
        let (first, last) = (at(from), at(from + len - 1) + 1);
        // Labels are in order and short: one that covers this begins nearby.
        let near = covered.partition_point(|(begin, _)| *begin < last);
        let is_covered = covered[..near]
            .iter()
            .rev()
            .take(8)
            .any(|(_, end)| *end > first);
        if !is_covered && out.listed.len() >= PASSED_MAX {
            out.more += 1;
        } else if !is_covered {
            let around =
                chars[from.saturating_sub(AROUND)..chars.len().min(from + len + AROUND)].iter();
            out.listed.push(Loose {
                place: Place {
                    at: first,
                    chars: last - first,
                    quote: chars[from..from + len].iter().collect(),
                },
                clause: clause_id(clause).to_owned(),
                who: String::new(),
                sentence: around.collect(),
                why: if NO_PERIOD.contains(&unit) {
                    "没有这样的周期，如需管理，请改为日、周、月".to_owned()
                } else {
                    "提到时间，程序没有当作要求".to_owned()
                },
                taken: None,
            });
        }
        from += len;
    }
}

fn starts(chars: &[char], at: usize, word: &str) -> bool {
    let mut rest = chars.get(at..).unwrap_or_default().iter();
    word.chars().all(|c| rest.next() == Some(&c))
}

/// A cadence or a span that begins at a character: its length and its unit.
fn found_at(chars: &[char], at: usize) -> Option<(usize, &'static str)> {
    let numerals = |from: usize| {
        let rest = chars.get(from..).unwrap_or_default().iter();
        rest.take(4).take_while(|c| NUMERALS.contains(**c)).count()
    };
    let unit_at = |units: &[&'static str], from: usize| {
        units.iter().copied().find(|u| starts(chars, from, u))
    };
    if chars[at] == '每' {
        let mut from = at + 1 + numerals(at + 1);
        from += usize::from(starts(chars, from, "个"));
        let unit = unit_at(CADENCES, from)?;
        return Some((from + unit.chars().count() - at, unit));
    }
    let before = at.checked_sub(1).and_then(|b| chars.get(b));
    if before.is_some_and(|c| NUMERALS.contains(*c) || *c == '第') {
        return None;
    }
    let count = numerals(at);
    let unit = (count > 0).then(|| unit_at(SPANS, at + count))??;
    let from = at + count + unit.chars().count();
    let end = unit_at(ENDS, from)?;
    Some((from + end.chars().count() - at, unit))
}
