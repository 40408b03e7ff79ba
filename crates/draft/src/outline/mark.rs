//! Numbers at the beginning of a line: 第一章, 一、, （一）, 1., (1), ①, 1.2.

use winnow::combinator::{alt, opt, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

use crate::timing::{chinese_value, is_chinese_numeral};

/// How a number is written; each writing is one level of its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// An annex: 附件2.
    Annex,
    /// 第一编, 第一篇, 第一部分.
    Volume,
    /// 第一章.
    Chapter,
    /// 第一节.
    Section,
    /// 第一条.
    Article,
    /// 一、.
    Chinese,
    /// （一）.
    ChineseParen,
    /// 1. at depth 1, 1.2 at depth 2.
    Arabic(u8),
    /// （1）.
    ArabicParen,
    /// 1）.
    ArabicHalfParen,
    /// ①.
    Circled,
    /// a., A、.
    Letter,
    /// 备注：.
    Note,
}

impl Style {
    /// How high a writing usually stands, the highest first.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Annex => 0,
            Self::Volume => 1,
            Self::Chapter => 2,
            Self::Section => 3,
            Self::Article => 4,
            Self::Chinese => 5,
            Self::ChineseParen => 6,
            Self::Arabic(_) => 7,
            Self::ArabicParen => 8,
            Self::ArabicHalfParen => 9,
            Self::Circled => 10,
            Self::Letter => 11,
            Self::Note => 12,
        }
    }
}

/// A number found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Its writing.
    pub(crate) style: Style,
    /// What stands in the path: `一`, `（二）`, `1`.
    pub(crate) label: String,
    /// Its value.
    pub(crate) value: u32,
    /// How many bytes it takes, with its stop.
    pub(crate) len: usize,
}

/// Digits of a year.
const YEAR_DIGITS: usize = 4;

type Parsed<T> = winnow::Result<T, EmptyError>;

/// Whether a line begins with a number.
pub(crate) fn begins_with_mark(text: &str) -> bool {
    mark(text).is_some()
}

/// The number at the beginning of a line.
pub(crate) fn mark(text: &str) -> Option<Mark> {
    let bullet = text.len()
        - text
            .trim_start_matches(['-', '·', '●', '■', '◆', '•', '▪', '\u{f0b7}'])
            .len();
    let text = &text[bullet..];
    let mut rest = text;
    let (style, label, value) = any_mark.parse_next(&mut rest).ok()?;
    Some(Mark {
        style,
        label,
        value,
        len: bullet + text.len() - rest.len(),
    })
}

fn any_mark(input: &mut &str) -> Parsed<(Style, String, u32)> {
    alt((
        ordinal,
        in_words,
        chinese_paren,
        arabic_paren,
        circled,
        chinese,
        half_paren,
        decimal,
        letter,
    ))
    .parse_next(input)
}

fn chinese_number<'a>(input: &mut &'a str) -> Parsed<(&'a str, u32)> {
    take_while(1..=4, |c| is_chinese_numeral(c) && c != '两')
        .verify_map(|t: &str| {
            chinese_value(t)
                .filter(|n| (1..=199).contains(n))
                .map(|n| (t, n))
        })
        .parse_next(input)
}

fn arabic_number<'a>(input: &mut &'a str) -> Parsed<(&'a str, u32)> {
    take_while(1..=3, |c: char| c.is_ascii_digit())
        .verify_map(|t: &str| t.parse().ok().filter(|n| *n > 0).map(|n: u32| (t, n)))
        .parse_next(input)
}

/// 第三章, 第十二条.
fn ordinal(input: &mut &str) -> Parsed<(Style, String, u32)> {
    let ('第', (digits, value), unit) = (
        '第',
        alt((chinese_number, arabic_number)),
        alt(("编", "篇", "章", "节", "条", "部分")),
    )
        .parse_next(input)?
    else {
        return Err(EmptyError);
    };
    // 第一条措施 is no article; what follows an article is a space or a word of its own.
    let style = match unit {
        "章" => Style::Chapter,
        "节" => Style::Section,
        "条" => Style::Article,
        _ => Style::Volume,
    };
    if ["的", "规定", "第", "和", "、", "款", "之", "所"]
        .iter()
        .any(|w| input.starts_with(w))
    {
        return Err(EmptyError);
    }
    let _ = opt(one_of(['：', '、', '.', ' '])).parse_next(input)?;
    Ok((style, format!("第{digits}{unit}"), value))
}

/// 第一，压实责任: a number in words that begins a paragraph.
fn in_words(input: &mut &str) -> Parsed<(Style, String, u32)> {
    ('第', chinese_number, one_of(['，', '、', '：']))
        .map(|(_, (digits, n), _)| (Style::Volume, format!("第{digits}"), n))
        .parse_next(input)
}

fn chinese(input: &mut &str) -> Parsed<(Style, String, u32)> {
    terminated(chinese_number, one_of(['、', '.', '，']))
        .map(|(t, n)| (Style::Chinese, t.to_owned(), n))
        .parse_next(input)
}

fn chinese_paren(input: &mut &str) -> Parsed<(Style, String, u32)> {
    ('（', chinese_number, '）', opt(one_of(['、', '.'])))
        .map(|(_, (t, n), _, _)| (Style::ChineseParen, format!("（{t}）"), n))
        .parse_next(input)
}

fn arabic_paren(input: &mut &str) -> Parsed<(Style, String, u32)> {
    ('（', arabic_number, '）', opt(one_of(['、', '.'])))
        .map(|(_, (t, n), _, _)| (Style::ArabicParen, format!("（{t}）"), n))
        .parse_next(input)
}

fn half_paren(input: &mut &str) -> Parsed<(Style, String, u32)> {
    alt((
        terminated(arabic_number, '）').map(|(t, n)| (Style::ArabicHalfParen, format!("{t}）"), n)),
        terminated(chinese_number, '）').map(|(t, n)| (Style::ChineseParen, format!("{t}）"), n)),
    ))
    .parse_next(input)
}

fn circled(input: &mut &str) -> Parsed<(Style, String, u32)> {
    let c = one_of(|c: char| {
        ('①'..='⑳').contains(&c) || ('⑴'..='⒇').contains(&c) || ('⒈'..='⒛').contains(&c)
    })
    .parse_next(input)?;
    let first = match c {
        '①'..='⑳' => '①',
        '⑴'..='⒇' => '⑴',
        _ => '⒈',
    };
    let value = u32::from(c) - u32::from(first) + 1;
    let _ = opt(one_of(['、', '.'])).parse_next(input)?;
    let style = match first {
        '①' => Style::Circled,
        '⑴' => Style::ArabicParen,
        _ => Style::Arabic(1),
    };
    Ok((style, c.to_string(), value))
}

/// 1. and 1、; 1.2 and 1.2.3, with or without a stop.
fn decimal(input: &mut &str) -> Parsed<(Style, String, u32)> {
    let start = *input;
    let (first, value) = arabic_number.parse_next(input)?;
    let after_first = *input;
    let (mut depth, mut last) = (1u8, value);
    loop {
        let mut ahead = *input;
        let more: Parsed<(char, (&str, u32))> = ('.', arabic_number).parse_next(&mut ahead);
        match more {
            Ok((_, (digits, n))) if depth < 6 && digits.len() <= 2 => {
                last = n;
                depth += 1;
                *input = ahead;
            }
            _ => break,
        }
    }
    let units = [
        "年", "月", "日", "%", "万", "亿", "元", "米", "号", "时", "个", "次", "小时", "天", "家",
    ];
    if depth == 2 && units.iter().any(|w| input.starts_with(w)) {
        // 1.3月底前 is the number 1 before a month; 2.5万 is a number.
        let date = ["年", "月", "日", "个", "次", "小时", "天", "家"];
        if !date.iter().any(|w| input.starts_with(w)) {
            return Err(EmptyError);
        }
        *input = &after_first[1..];
        return Ok((Style::Arabic(1), first.to_owned(), value));
    }
    let label = &start[..start.len() - input.len()];
    let stop = opt(one_of(['.', '、'])).parse_next(input)?;
    // 17.2024年底前 is the number 17 before a date.
    // One more than a year has says enough, and a row of digits may be long.
    let rest = input.bytes().take(YEAR_DIGITS + 1);
    let digits = rest.take_while(u8::is_ascii_digit).count();
    let date = digits == YEAR_DIGITS && input[4..].starts_with('年');
    // 3、9月10日前 is the number 3; 3、4号楼 begins with a number.
    let units = ["月", "日", "个", "小时"];
    let date = date || stop == Some('、') && units.iter().any(|w| input[digits..].starts_with(w));
    if digits > 0 && !(date && depth == 1) || stop.is_none() && depth == 1 {
        return Err(EmptyError);
    }
    Ok((Style::Arabic(depth), label.to_owned(), last))
}

fn letter(input: &mut &str) -> Parsed<(Style, String, u32)> {
    let c = one_of(|c: char| c.is_ascii_alphabetic()).parse_next(input)?;
    one_of(['.', '、', '）']).parse_next(input)?;
    let value = u32::from(c.to_ascii_lowercase()) - u32::from('a') + 1;
    Ok((Style::Letter, c.to_string(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_known_by_their_writing() {
        let of = |text| mark(text).map(|m| (m.style, m.label));
        let some = |style, label: &str| Some((style, label.to_owned()));
        assert_eq!(of("一、总体要求"), some(Style::Chinese, "一"));
        assert_eq!(of("（十二）其他"), some(Style::ChineseParen, "（十二）"));
        assert_eq!(of("1.每月"), some(Style::Arabic(1), "1"));
        assert_eq!(of("3.2排查"), some(Style::Arabic(2), "3.2"));
        assert_eq!(of("第三条各单位"), some(Style::Article, "第三条"));
        assert_eq!(of("（3）每年"), some(Style::ArabicParen, "（3）"));
        assert_eq!(of("②每年"), some(Style::Circled, "②"));
        assert_eq!(of("2024年底前"), None);
        assert_eq!(of("1次演练"), None);
        assert_eq!(of("第三条的规定"), None);
        assert_eq!(of("第二，抓重点"), some(Style::Volume, "第二"));
        assert_eq!(of("第二阶段：整改"), None);
    }
}
