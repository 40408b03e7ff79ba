//! Counts: 不少于2次, 至少解决10项, 开展一次.

use super::numeral::{is_chinese_numeral, value_of};

/// How far from its phrase a count may stand, in characters.
const REACH: usize = 70;
/// Words before a count that says at least how many.
pub(super) const AT_LEAST: &[&str] = &[
    "至少",
    "不少于",
    "不得少于",
    "不低于",
    "不得低于",
    "不小于",
    "不应少于",
];
/// Measures of acts: a number before them counts.
const ACTS: &[&str] = &["次", "场", "期", "轮", "遍", "堂", "趟"];
/// Measures of things: a number before them counts where it is an object.
const THINGS: &[&str] = &[
    "项", "件", "个", "家", "处", "篇", "条", "户", "起", "部", "份", "座", "所", "艘", "台", "批",
    "课", "套", "例", "批次",
];
/// Words that begin with a measure and are none.
const NO_THINGS: &[&str] = &[
    "个月",
    "个工作日",
    "个小时",
    "个百分点",
    "个重点行业",
    "个方面",
    "个环节",
    "个学时",
    "个季度",
    "部门",
    "项制度",
    "台阶",
    "起来",
];
/// Characters before a number that make it no object of the verb.
const NO_OBJECT: &[char] = &[
    '对', '在', '各', '等', '县', '市', '和', '及', '、', '的', '第', '每', '以', '这', '为', '按',
    '近', '余', '共', '向', '从',
];

/// A count and where it ends, in bytes of the text searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// Whether 分 stands before it (分两次): how often the parts come.
    pub(super) in_parts: bool,
    /// How many.
    pub(super) n: u32,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends, its measure included.
    pub(super) end: usize,
    /// Whether 至少 or the like stands before it.
    pub(super) at_least: bool,
    /// Whether it counts acts.
    pub(super) of_acts: bool,
}

/// The first count of a clause, nearest to its beginning; `text` begins right after the phrase.
pub(super) fn first(text: &str) -> Option<Count> {
    let mut at = 0;
    let mut passed = 0;
    while let Some(c) = text[at..].chars().next() {
        if passed > REACH {
            return None;
        }
        passed += 1;
        // “三个责任人” is a name, not a number of things.
        if c == '“'
            && let Some(len) = quoted(&text[at..])
        {
            at += len;
            continue;
        }
        if c.is_ascii_digit() || is_chinese_numeral(c) {
            let (count, next) = number_at(text, at);
            if count.is_some() {
                return count;
            }
            passed += next.saturating_sub(at) / 3;
            at = next;
        } else {
            at += c.len_utf8();
        }
    }
    None
}

/// Longest words in quotation marks that are passed over, in characters.
const QUOTED_CHARS_MAX: usize = 20;

/// How many bytes the words in quotation marks take that begin here.
fn quoted(text: &str) -> Option<usize> {
    let near = text.char_indices().take(QUOTED_CHARS_MAX);
    near.into_iter()
        .find(|(_, c)| *c == '”')
        .map(|(at, c)| at + c.len_utf8())
}

/// The count of a clause, or of the next where it only counts (…，不少于2次).
pub(super) fn how_many(after: &str) -> Option<Count> {
    let end = after
        .find(['，', '；', '。', '：', '）'])
        .unwrap_or(after.len());
    let clause = &after[..end];
    let other = ["每", "个月内", "日内"]
        .iter()
        .filter_map(|w| clause.find(w))
        .min();
    if let Some(count) = first(&clause[..other.unwrap_or(clause.len())]) {
        return Some(count);
    }
    let next = after[end..].strip_prefix('，')?;
    // 2025年底前，建成…12处: nothing stands between the phrase and the comma.
    if end == 0 {
        let to = next
            .find(['，', '；', '。', '：', '（'])
            .unwrap_or(next.len());
        let clause = &next[..to];
        let to = clause.find('每').unwrap_or(clause.len());
        let mut count = first(&clause[..to])?;
        count.end += '，'.len_utf8();
        return Some(count);
    }
    let next_end = next.find(['，', '；', '。', '：']).unwrap_or(next.len());
    // 每季度从上报的隐患中，选取不少于3项: the first clause says from what.
    let of_what = ["中", "上", "基础上", "前提下"]
        .iter()
        .any(|w| clause.ends_with(w))
        && AT_LEAST.iter().any(|w| next[..next_end].contains(w));
    let bare = [
        "不少于",
        "至少",
        "次数不少于",
        "检查不少于",
        "原则上不少于",
        "总数不少于",
        "不低于",
    ];
    if !of_what && !bare.iter().any(|w| next.starts_with(w)) || next[..next_end].contains('每') {
        return None;
    }
    let mut count = first(&next[..next_end])?;
    count.end += end + '，'.len_utf8();
    Some(count)
}

/// The count whose number begins at `at`, and where the number ends.
fn number_at(text: &str, at: usize) -> (Option<Count>, usize) {
    let rest = &text[at..];
    let arabic = rest.starts_with(|c: char| c.is_ascii_digit());
    let len = rest
        .find(|c: char| {
            if arabic {
                !c.is_ascii_digit()
            } else {
                !is_chinese_numeral(c)
            }
        })
        .unwrap_or(rest.len());
    let digits = &rest[..len];
    let mut end = at + len;
    let n = if arabic {
        digits.parse().ok()
    } else {
        value_of(digits)
    };
    let Some(n) = n.filter(|n| (1..=9_999).contains(n)) else {
        return (None, end);
    };
    let before = &text[..at];
    if before.ends_with(['第', '每', '.', '首', '再', '逐', '单', '统', '同']) {
        return (None, end);
    }
    let at_least = AT_LEAST.iter().any(|w| before.ends_with(w));
    let mut tail = &text[end..];
    // 1-2次, 3至5家: the lower number is the least.
    if let Some(after) = tail.strip_prefix(['-', '至', '到', '~']) {
        let more = after.trim_start_matches(|c: char| c.is_ascii_digit() || is_chinese_numeral(c));
        if more.len() < after.len() {
            tail = more;
        }
    }
    tail = tail.strip_prefix('余').unwrap_or(tail);
    let measure = |words: &[&str]| {
        words
            .iter()
            .find(|w| tail.starts_with(**w))
            .map(|w| w.len())
    };
    let act =
        measure(ACTS).filter(|_| !tail.starts_with("次性") && !tail.starts_with("次会商纪要"));
    let thing = measure(THINGS).filter(|_| {
        !NO_THINGS.iter().any(|w| tail.starts_with(w))
            && (at_least || !before.is_empty() && !before.ends_with(NO_OBJECT))
    });
    let Some(len) = act.or(thing) else {
        return (None, end);
    };
    // 一批 and 一个 say nothing about how many; 一 before a measure of acts is one.
    end = text.len() - tail.len() + len;
    let count = Count {
        n,
        start: at,
        end,
        at_least,
        of_acts: act.is_some(),
        in_parts: before.ends_with('分'),
    };
    (Some(count), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_and_things_are_counted_and_amounts_are_not() {
        let n = |text| first(text).map(|c| c.n);
        assert_eq!(n("至少召开2次会议"), Some(2));
        assert_eq!(n("至少解决10项具体问题"), Some(10));
        assert_eq!(n("对19个重点行业领域开展检查"), None);
        assert_eq!(n("保证不少于20万元经费"), None);
        assert_eq!(n("培训不少于3天"), None);
        assert_eq!(n("开展一次性排查"), None);
        assert_eq!(n("开展1-2次演练"), Some(1));
        assert_eq!(n("不少于一次"), Some(1));
    }
}
