//! TOML text to a spanned table; mistakes of spelling TOML are said in Chinese, one a line.

use std::ops::Range;

use toml::de::DeTable;

use super::problem::{Place, Sink};

/// What the parser says, and how we say it. The first match by beginning wins.
const PHRASES: &[(&str, &str)] = &[
    ("duplicate key", "这个键在同一个表里写了两次"),
    ("unclosed array table", "表头缺少 ]]"),
    ("unclosed table", "表头缺少 ]"),
    ("unclosed array", "列表缺少 ]"),
    ("unclosed inline table", "表缺少 }"),
    (
        "missing comma between array elements",
        "列表的两项之间缺少逗号",
    ),
    (
        "missing comma between key-value pairs",
        "两个键之间缺少逗号",
    ),
    ("extra comma in inline table", "多了一个逗号"),
    ("extra comma in array", "多了一个逗号"),
    ("missing assignment", "键和值之间缺少 ="),
    ("extra assignment", "多了一个 ="),
    ("extra `=`", "多了一个 ="),
    ("unexpected `=` in array", "列表里不能写 ="),
    ("key with no value", "这个键没有值"),
    ("missing value", "= 后面缺少值"),
    ("string values must be quoted", "文字要用英文引号 \" 括起来"),
    ("invalid basic string", "这段文字缺少结束的英文引号 \""),
    (
        "invalid multi-line basic string",
        "这段多行文字缺少结束的 \"\"\"",
    ),
    ("invalid literal string", "这段文字缺少结束的英文单引号 '"),
    (
        "invalid multi-line literal string",
        "这段多行文字缺少结束的 '''",
    ),
    ("missing opening quote", "文字缺少开头的英文引号"),
    ("keys cannot be multi-line", "键不能写成多行文字"),
    ("unquoted keys cannot be empty", "键不能为空"),
    (
        "invalid unquoted key",
        "键只能用英文字母、数字、下划线和连字符",
    ),
    ("missing key", "缺少键"),
    ("missing table open", "表头缺少 ["),
    ("invalid key-value pair", "这里应为 键 = 值"),
    ("unexpected key or value", "一行只能写一个键，这里多了内容"),
    ("unexpected content", "这里多了内容"),
    ("invalid inline table element", "表里这一处应为 键 = 值"),
    ("invalid comment character", "注释里有不可见的控制字符"),
    ("missing comment start", "注释要以 # 开头"),
    (
        "missing escaped value",
        "反斜杠 \\ 后面缺少字符；要写反斜杠本身请写 \\\\",
    ),
    ("too few unicode value digits", "\\u 后面的十六进制数字不够"),
    (
        "carriage return must be followed by newline",
        "有单独的回车符；换行请统一",
    ),
    ("unexpected leading zero", "数字前面不能有多余的 0"),
    ("redundant", "数字前面的符号多余"),
    ("unexpected sign", "这里不能有正负号"),
    (
        "`_` may only go between digits",
        "数字里的下划线只能写在两个数字之间",
    ),
    (
        "integers with a radix cannot be signed",
        "十六进制等数字不能有正负号",
    ),
    ("radix must be lowercase", "0x、0o、0b 要小写"),
    ("cannot recurse further", "嵌套太深"),
    ("recursion limit", "嵌套太深"),
    ("cannot extend value", "这个键已经有值，不能再当作表"),
    ("invalid date", "日期不存在或写法不对，应如 2026-03-31"),
    ("invalid time", "时刻写法不对；这里只用日期，如 2026-03-31"),
    ("invalid value", "这个值不合写法"),
];

/// Where a mistake of syntax is no single place.
const SAYS_NOTHING: &str = "TOML 写法有误";

/// The file's table, best effort, and whether its syntax was broken.
pub(super) fn parse<'t>(text: &'t str, file: usize, sink: &mut Sink<'_>) -> (DeTable<'t>, bool) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut last_line = None;
    let mut sorted: Vec<_> = errors
        .iter()
        .map(|e| (e.span().unwrap_or(text.len()..text.len()), e.message()))
        .collect();
    sorted.sort_by_key(|(span, _)| span.start);
    for (span, message) in sorted {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let line = text[..start].matches('\n').count();
        if last_line.replace(line) == Some(line) {
            continue;
        }
        let lost = span.is_empty() && message.starts_with("string values must be quoted");
        let message = if lost {
            "= 后面缺少值".to_owned()
        } else {
            in_chinese(message)
        };
        match wrong_mark(text, start) {
            Some((at, right)) => sink
                .error("pack.syntax", Place::new(file, &at), message)
                .meant(right),
            None => sink.error("pack.syntax", Place::new(file, &span), message),
        };
    }
    (table.into_inner(), !errors.is_empty())
}

fn in_chinese(message: &str) -> String {
    PHRASES
        .iter()
        .find(|(english, _)| message.starts_with(english))
        .map_or_else(
            || format!("{SAYS_NOTHING}（{message}）"),
            |(_, chinese)| (*chinese).to_owned(),
        )
}

/// Chinese punctuation outside of quotes on the line of a mistake, where TOML wants its own.
fn wrong_mark(text: &str, at: usize) -> Option<(Range<usize>, &'static str)> {
    let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
    let line = text[start..].lines().next()?;
    let mut quote = None;
    for (offset, found) in line.char_indices() {
        match (quote, found) {
            (None, '#') => return None,
            (None, '"' | '\'') => quote = Some(found),
            (Some(open), _) if open == found => quote = None,
            (None, _) => {
                if let Some((_, right)) = MARKS.iter().find(|(wrong, _)| wrong.contains(found)) {
                    let from = start + offset;
                    return Some((from..from + found.len_utf8(), right));
                }
            }
            (Some(_), _) => {}
        }
    }
    None
}

/// Punctuation that Chinese input methods give, and what TOML wants instead.
const MARKS: &[(&str, &str)] = &[
    ("“”", "英文引号 \""),
    ("‘’", "英文引号 '"),
    ("，、", "英文逗号 ,"),
    ("＝", "英文等号 ="),
    ("【】［］", "英文方括号 [ ]"),
    ("｛｝", "英文花括号 { }"),
];
