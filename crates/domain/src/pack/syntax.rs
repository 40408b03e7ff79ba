//! TOML text to a spanned table; mistakes of spelling TOML are said in Chinese, one a line.

use toml::de::DeTable;

use super::problem::{Place, Sink};

/// What the parser says, and how we say it. The first match by beginning wins.
const PHRASES: &[(&str, &str)] = &[
    ("duplicate key", "这个键在同一个表里写了两次"),
    ("unclosed array table", "表头缺少 ]]"),
    ("unclosed table", "表头缺少 ]"),
    ("unclosed array", "列表缺少 ]"),
    ("unclosed inline table", "表缺少 }"),
    ("missing comma between array elements", "列表的两项之间缺少逗号"),
    ("missing comma between key-value pairs", "两个键之间缺少逗号"),
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
    ("invalid multi-line basic string", "这段多行文字缺少结束的 \"\"\""),
    ("invalid literal string", "这段文字缺少结束的英文单引号 '"),
    ("invalid multi-line literal string", "这段多行文字缺少结束的 '''"),
    ("missing opening quote", "文字缺少开头的英文引号"),
    ("keys cannot be multi-line", "键不能写成多行文字"),
    ("unquoted keys cannot be empty", "键不能为空"),
    ("invalid unquoted key", "键只能用英文字母、数字、下划线和连字符"),
    ("missing key", "缺少键"),
    ("missing table open", "表头缺少 ["),
    ("invalid key-value pair", "这里应为 键 = 值"),
    ("unexpected key or value", "一行只能写一个键，这里多了内容"),
    ("unexpected content", "这里多了内容"),
    ("invalid inline table element", "表里这一处应为 键 = 值"),
    ("invalid comment character", "注释里有不可见的控制字符"),
    ("missing comment start", "注释要以 # 开头"),
    ("missing escaped value", "反斜杠 \\ 后面缺少字符；要写反斜杠本身请写 \\\\"),
    ("too few unicode value digits", "\\u 后面的十六进制数字不够"),
    ("carriage return must be followed by newline", "有单独的回车符；换行请统一"),
    ("unexpected leading zero", "数字前面不能有多余的 0"),
    ("redundant", "数字前面的符号多余"),
    ("unexpected sign", "这里不能有正负号"),
    ("`_` may only go between digits", "数字里的下划线只能写在两个数字之间"),
    ("integers with a radix cannot be signed", "十六进制等数字不能有正负号"),
    ("radix must be lowercase", "0x、0o、0b 要小写"),
    ("cannot recurse further", "嵌套太深"),
    ("recursion limit", "嵌套太深"),
    ("cannot extend value", "这个键已经有值，不能再当作表"),
    ("invalid datetime", "日期写法不对，应如 2026-03-31"),
    ("value is out of range", "日期或数字超出范围"),
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
        let place = Place::new(file, &span);
        let line = sink.sources.get(file).map(|s| s.line_column(span.start.min(text.len())).0);
        if line.is_some() && line == last_line {
            continue;
        }
        last_line = line;
        let problem = sink.error("pack.syntax", place, in_chinese(message));
        if let Some(found) = text.get(span.clone()).and_then(wrong_mark) {
            problem.meant(found);
        }
    }
    (table.into_inner(), !errors.is_empty())
}

fn in_chinese(message: &str) -> String {
    PHRASES
        .iter()
        .find(|(english, _)| message.starts_with(english))
        .map_or_else(|| format!("{SAYS_NOTHING}（{message}）"), |(_, chinese)| (*chinese).to_owned())
}

/// Chinese punctuation that stands where TOML wants its own.
fn wrong_mark(found: &str) -> Option<&'static str> {
    match found.chars().find(|c| "“”‘’，＝【】｛｝".contains(*c))? {
        '“' | '”' => Some("英文引号 \""),
        '‘' | '’' => Some("英文引号 '"),
        '，' => Some("英文逗号 ,"),
        '＝' => Some("英文等号 ="),
        '【' | '】' => Some("英文方括号 [ ]"),
        _ => Some("英文花括号 { }"),
    }
}
