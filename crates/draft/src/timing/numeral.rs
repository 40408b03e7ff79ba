//! Numerals, Arabic and Chinese: 25, 二十五, 两, 二〇二四.

use winnow::combinator::alt;
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::take_while;

/// What a parser of the grammar gives: the value, or nothing.
pub(super) type Parsed<T> = winnow::Result<T, EmptyError>;

/// Most characters of a numeral.
const NUMERAL_CHARS_MAX: usize = 7;

/// The first of some words that stands here.
pub(super) fn word<'a>(
    words: &'static [&'static str],
) -> impl FnMut(&mut &'a str) -> Parsed<&'static str> {
    move |input| {
        let found = words
            .iter()
            .find(|w| input.starts_with(**w))
            .ok_or(EmptyError)?;
        *input = &input[found.len()..];
        Ok(found)
    }
}

/// A whole number in either writing.
pub(super) fn number(input: &mut &str) -> Parsed<u32> {
    alt((arabic, chinese)).parse_next(input)
}

/// A number written in Arabic digits, at most six.
pub(super) fn arabic(input: &mut &str) -> Parsed<u32> {
    take_while(1..=6, |c: char| c.is_ascii_digit())
        .verify_map(|digits: &str| digits.parse().ok())
        .parse_next(input)
}

/// A number written in Chinese, up to thousands, or digit by digit.
pub(super) fn chinese(input: &mut &str) -> Parsed<u32> {
    take_while(1..=NUMERAL_CHARS_MAX, is_chinese_numeral)
        .verify_map(value_of)
        .parse_next(input)
}

/// Whether a character may stand in a Chinese numeral.
pub(crate) fn is_chinese_numeral(c: char) -> bool {
    digit_of(c).is_some() || unit_of(c).is_some()
}

fn digit_of(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn unit_of(c: char) -> Option<u32> {
    match c {
        '十' => Some(10),
        '百' => Some(100),
        '千' => Some(1_000),
        _ => None,
    }
}

/// The value of a Chinese numeral; `None` where the characters make no number.
pub(crate) fn value_of(text: &str) -> Option<u32> {
    if !text.chars().any(|c| unit_of(c).is_some()) {
        return text.chars().try_fold(0u32, |sum, c| {
            sum.checked_mul(10)?.checked_add(digit_of(c)?)
        });
    }
    let (mut sum, mut digit, mut smallest) = (0u32, None, u32::MAX);
    for c in text.chars() {
        if let Some(unit) = unit_of(c) {
            // Units fall from left to right; 十 alone is ten.
            if unit >= smallest {
                return None;
            }
            smallest = unit;
            sum += digit.take().unwrap_or(1) * unit;
        } else {
            let value = digit_of(c)?;
            if digit.is_some_and(|d| d != 0) {
                return None;
            }
            digit = Some(value);
        }
    }
    Some(sum + digit.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_have_their_values() {
        let cases = [
            ("三", Some(3)),
            ("十", Some(10)),
            ("十二", Some(12)),
            ("二十五", Some(25)),
            ("三十", Some(30)),
            ("一百二十", Some(120)),
            ("一百零五", Some(105)),
            ("二〇二四", Some(2024)),
            ("十十", None),
        ];
        for (text, value) in cases {
            assert_eq!(value_of(text), value, "{text}");
        }
    }
}
