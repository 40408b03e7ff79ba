//! Word's automatic numbers, written out as a reader sees them.

use std::collections::{HashMap, HashSet};

use super::xml::Node;

/// Levels of a list.
const LEVELS: usize = 9;
/// Longest writing of a number, in characters: each paragraph of a list has one.
const LEVEL_CHARS_MAX: usize = 40;
/// How many styles may stand on each other.
const STYLES_DEEP: usize = 16;

#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    format: String,
    text: String,
}

#[derive(Debug, Clone, Default)]
struct Style {
    list: Option<String>,
    level: Option<usize>,
    base: Option<String>,
}

/// Lists, styles that bring lists, and how far each list has counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// Levels by abstract list.
    lists: HashMap<String, Vec<Level>>,
    /// Abstract list and starts of a list.
    instances: HashMap<String, (String, HashMap<usize, u32>)>,
    /// List and level of a style, and the style it stands on.
    styles: HashMap<String, Style>,
    counted: HashMap<String, [Option<u32>; LEVELS]>,
    started: HashSet<String>,
}

impl Numbering {
    /// From the parts of a package, where it has them.
    pub(super) fn new(numbering: Option<&Node>, styles: Option<&Node>) -> Self {
        let mut found = Self::default();
        if let Some(root) = numbering {
            found.read_lists(root);
        }
        for style in styles.into_iter().flat_map(|s| s.all("style")) {
            let Some(id) = style.attribute("styleId") else {
                continue;
            };
            let number = style.child("pPr").and_then(|p| p.child("numPr"));
            let list = number.and_then(|n| n.value("numId")).map(str::to_owned);
            let level = number
                .and_then(|n| n.value("ilvl"))
                .and_then(|l| l.parse().ok());
            let base = style.value("basedOn").map(str::to_owned);
            found
                .styles
                .insert(id.to_owned(), Style { list, level, base });
        }
        found
    }

    fn read_lists(&mut self, root: &Node) {
        for list in root.all("abstractNum") {
            let Some(id) = list.attribute("abstractNumId") else {
                continue;
            };
            let mut levels = vec![Level::default(); LEVELS];
            for level in list.all("lvl") {
                let at = level
                    .attribute("ilvl")
                    .and_then(|l| l.parse::<usize>().ok());
                let Some(slot) = at.and_then(|at| levels.get_mut(at)) else {
                    continue;
                };
                *slot = Level {
                    start: level
                        .value("start")
                        .and_then(|s| s.parse().ok())
                        .unwrap_or(1),
                    format: level.value("numFmt").unwrap_or("decimal").to_owned(),
                    text: level
                        .value("lvlText")
                        .map(|text| text.chars().take(LEVEL_CHARS_MAX).collect())
                        .unwrap_or_default(),
                };
            }
            self.lists.insert(id.to_owned(), levels);
        }
        for number in root.all("num") {
            let (Some(id), Some(list)) = (number.attribute("numId"), number.value("abstractNumId"))
            else {
                continue;
            };
            let starts = number
                .all("lvlOverride")
                .filter_map(|o| {
                    let level = o.attribute("ilvl")?.parse().ok().filter(|l| *l < LEVELS)?;
                    Some((level, o.value("startOverride")?.parse().ok()?))
                })
                .collect();
            self.instances
                .insert(id.to_owned(), (list.to_owned(), starts));
        }
    }

    /// The number of the next paragraph with these properties; empty where it has none.
    pub(super) fn next(&mut self, properties: Option<&Node>) -> String {
        let Some((number, level)) = properties.and_then(|p| self.place(p)) else {
            return String::new();
        };
        let Some((list, starts)) = self.instances.get(&number).cloned() else {
            return String::new();
        };
        let Some(levels) = self.lists.get(&list) else {
            return String::new();
        };
        let counted = self.counted.entry(list.clone()).or_default();
        // A list with its own start counts anew when it first appears.
        if self.started.insert(number) {
            for (level, start) in starts {
                if let Some(slot) = counted.get_mut(level) {
                    *slot = start.checked_sub(1);
                }
            }
        }
        let next = counted[level].map_or(levels[level].start, |n| n.saturating_add(1));
        counted[level] = Some(next);
        for deeper in counted.iter_mut().skip(level + 1) {
            *deeper = None;
        }
        written(levels, counted, level)
    }

    /// The list and level of a paragraph: its own, else its style's.
    fn place(&self, properties: &Node) -> Option<(String, usize)> {
        let own = properties.child("numPr");
        let list = own.and_then(|n| n.value("numId")).map(str::to_owned);
        let level = own
            .and_then(|n| n.value("ilvl"))
            .and_then(|l| l.parse().ok());
        let (by_style, style_level) = properties
            .value("pStyle")
            .map(|style| self.of_style(style))
            .unwrap_or_default();
        let list = list.or(by_style).filter(|l| l != "0")?;
        let level: usize = level.or(style_level).unwrap_or(0);
        (level < LEVELS).then_some((list, level))
    }

    fn of_style(&self, style: &str) -> (Option<String>, Option<usize>) {
        let (mut list, mut level) = (None, None);
        let mut at = Some(style.to_owned());
        for _ in 0..STYLES_DEEP {
            let Some(own) = at.as_ref().and_then(|s| self.styles.get(s)) else {
                break;
            };
            list = list.or_else(|| own.list.clone());
            level = level.or(own.level);
            at.clone_from(&own.base);
        }
        (list, level)
    }
}

/// A level's text with the numbers in it: `第%1条`, `%1.%2`.
fn written(levels: &[Level], counted: &[Option<u32>; LEVELS], level: usize) -> String {
    let own = &levels[level];
    if own.format == "bullet" || own.format == "none" {
        return String::new();
    }
    let mut out = String::new();
    let mut chars = own.text.chars().peekable();
    while let Some(c) = chars.next() {
        let digit = if c == '%' {
            chars.peek().and_then(|d| d.to_digit(10))
        } else {
            None
        };
        let Some(digit) = digit else {
            out.push(c);
            continue;
        };
        chars.next();
        let at = (digit as usize).saturating_sub(1).min(LEVELS - 1);
        let value = counted[at].unwrap_or(levels[at].start);
        out.push_str(&number(&levels[at].format, value));
    }
    out
}

/// A number in one of Word's writings.
fn number(format: &str, value: u32) -> String {
    let nth = |first: char, count: u32| -> Option<String> {
        let at = value.checked_sub(1).filter(|n| *n < count)?;
        char::from_u32(u32::from(first) + at).map(String::from)
    };
    let of = |words: &str| -> Option<String> {
        let at = (value.checked_sub(1)? as usize) % words.chars().count();
        words.chars().nth(at).map(String::from)
    };
    let found = match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand"
        | "ideographDigital"
        | "japaneseDigitalTenThousand"
        | "koreanDigital2" => Some(chinese(value)),
        "chineseLegalSimplified" | "ideographLegalTraditional" => Some(
            chinese(value)
                .chars()
                .map(|c| match c {
                    '一' => '壹',
                    '二' => '贰',
                    '三' => '叁',
                    '四' => '肆',
                    '五' => '伍',
                    '六' => '陆',
                    '七' => '柒',
                    '八' => '捌',
                    '九' => '玖',
                    '十' => '拾',
                    other => other,
                })
                .collect(),
        ),
        "ideographTraditional" => of("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => of("子丑寅卯辰巳午未申酉戌亥"),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => nth('①', 20),
        "decimalEnclosedParen" => nth('⑴', 20),
        "decimalEnclosedFullstop" => nth('⒈', 20),
        "ideographEnclosedCircle" => nth('㊀', 10),
        "lowerLetter" => nth('a', 26),
        "upperLetter" => nth('A', 26),
        "lowerRoman" => nth('ⅰ', 10),
        "upperRoman" => nth('Ⅰ', 10),
        "decimalZero" => Some(format!("{value:02}")),
        _ => None,
    };
    found.unwrap_or_else(|| value.to_string())
}

/// 一, 十, 十二, 二十, 一百零五.
fn chinese(value: u32) -> String {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |n: u32| DIGITS[(n % 10) as usize];
    let mut out = String::new();
    if value >= 1_000 {
        return value.to_string();
    }
    let (hundreds, tens, ones) = (value / 100, value / 10 % 10, value % 10);
    if hundreds > 0 {
        out.push(digit(hundreds));
        out.push('百');
    }
    if tens > 0 {
        if tens > 1 || hundreds > 0 {
            out.push(digit(tens));
        }
        out.push('十');
    } else if hundreds > 0 && ones > 0 {
        out.push('零');
    }
    if ones > 0 || value == 0 {
        out.push(digit(ones));
    }
    out
}
