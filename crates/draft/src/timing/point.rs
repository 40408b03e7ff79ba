//! Points of the calendar as notices write them: 2024年6月底, 3月中旬, 第一季度, 2024.3.15.

use winnow::combinator::{alt, opt, preceded, terminated};
use winnow::prelude::*;
use winnow::token::{literal, one_of, take_while};

use super::numeral::{Parsed, number};

/// A stretch of the calendar: a day, a month, a quarter, a year, or a month's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    /// The year, where it is written.
    pub(super) year: Option<i32>,
    /// Its first day.
    pub(super) first: (u32, u32),
    /// Its last day; a day of 0 stands for the month's last.
    pub(super) last: (u32, u32),
    /// How it is written.
    pub(super) kind: PointKind,
}

/// What a point is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PointKind {
    /// A year alone.
    Year,
    /// 年底, 年内: the year's end without 前 is still a deadline.
    YearEnd,
    /// 上半年, 下半年.
    Half,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
    /// 上旬, 中旬, 下旬, 月初.
    Third,
    /// 月底, 季末.
    End,
    /// A day.
    Day,
}

/// The sentinel of a month's last day.
pub(super) const LAST: u32 = 0;

/// Years that notices speak of.
const YEARS: std::ops::RangeInclusive<u32> = 1990..=2099;

/// A point that names at least a year or a month.
pub(super) fn point(input: &mut &str) -> Parsed<Point> {
    alt((dotted, written)).parse_next(input)
}

/// A year: 2024年, 二〇二四年, or a word for it (今年), which writes no number.
pub(super) fn year(input: &mut &str) -> Parsed<Option<i32>> {
    alt((
        terminated(number, '年')
            .verify(|y| YEARS.contains(y))
            .verify_map(|y| i32::try_from(y).ok().map(Some)),
        alt((
            literal("今年"),
            literal("本年度"),
            literal("本年"),
            literal("当年"),
            literal("明年"),
            literal("次年"),
            literal("翌年"),
            literal("同年"),
        ))
        .value(None),
    ))
    .parse_next(input)
}

/// 3月, 3月份, 十二月.
pub(super) fn month(input: &mut &str) -> Parsed<u32> {
    let found = terminated(number, ('月', opt('份')))
        .verify(|m| (1..=12).contains(m))
        .parse_next(input)?;
    // 2月内 is a month's span only as 2个月内; here the month is one of the calendar.
    Ok(found)
}

/// 25日, 25号; the 日 may be missing before 前.
pub(super) fn day(input: &mut &str) -> Parsed<u32> {
    terminated(number, one_of(['日', '号']))
        .verify(|d| (1..=31).contains(d))
        .parse_next(input)
}

fn written(input: &mut &str) -> Parsed<Point> {
    let start = *input;
    let in_year = opt(year).parse_next(input)?;
    let of = in_year.flatten();
    if let Some(point) = opt(in_month(of)).parse_next(input)? {
        return Ok(point);
    }
    if in_year.is_some() {
        let _ = opt('度').parse_next(input)?;
        // 次年的4月30日.
        if opt('的').parse_next(input)?.is_some()
            && let Some(point) = opt(in_month(of)).parse_next(input)?
        {
            return Ok(point);
        }
    }
    if let Some(point) = opt(alt((half(of), quarter(of)))).parse_next(input)? {
        return Ok(point);
    }
    if in_year.is_none() {
        *input = start;
        return year_end(None, false).parse_next(input);
    }
    // The 的 and the 度 belong to no point of their own.
    *input = start;
    let _ = year.parse_next(input)?;
    if let Some(point) = opt(year_end(of, true)).parse_next(input)? {
        return Ok(point);
    }
    // A word for a year alone (当年) is none that can be dated.
    if of.is_none() {
        *input = start;
        return Err(winnow::error::EmptyError);
    }
    Ok(Point {
        year: of,
        first: (1, 1),
        last: (12, 31),
        kind: PointKind::Year,
    })
}

fn in_month(year: Option<i32>) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        let month = month.parse_next(input)?;
        let _ = opt(literal("的")).parse_next(input)?;
        part_of_month(year, month).parse_next(input)
    }
}

/// What follows a month: a day, its end, a third of it, or nothing.
fn part_of_month(year: Option<i32>, month: u32) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        let at = |first, last, kind| Point {
            year,
            first: (month, first),
            last: (month, last),
            kind,
        };
        if let Some(day) = opt(day).parse_next(input)? {
            return Ok(at(day, day, PointKind::Day));
        }
        // 8月10前: the 日 is forgotten.
        let bare = terminated(number.verify(|d| (1..=31).contains(d)), peek_before);
        if let Some(day) = opt(bare).parse_next(input)? {
            return Ok(at(day, day, PointKind::Day));
        }
        let part = opt(alt((
            alt((literal("月底"), literal("底"), literal("末"))).value((
                LAST,
                LAST,
                PointKind::End,
            )),
            literal("最后一天").value((LAST, LAST, PointKind::End)),
            literal("上旬").value((1, 10, PointKind::Third)),
            literal("中旬").value((11, 20, PointKind::Third)),
            literal("下旬").value((21, LAST, PointKind::Third)),
            terminated(literal("初"), winnow::combinator::not('步')).value((
                1,
                10,
                PointKind::Third,
            )),
            literal("中").value((11, 20, PointKind::Third)),
        )))
        .parse_next(input)?;
        let (first, last, kind) = part.unwrap_or((1, LAST, PointKind::Month));
        Ok(at(first, last, kind))
    }
}

fn peek_before(input: &mut &str) -> Parsed<()> {
    winnow::combinator::peek(alt((literal("前"), literal("之前"), literal("以前"))))
        .void()
        .parse_next(input)
}

fn half(year: Option<i32>) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        let first = alt((
            literal("上半年").value(true),
            literal("下半年").value(false),
        ))
        .parse_next(input)?;
        let end = opt(one_of(['底', '末'])).parse_next(input)?.is_some();
        let last = if first { (6, 30) } else { (12, 31) };
        Ok(Point {
            year,
            first: if end {
                last
            } else if first {
                (1, 1)
            } else {
                (7, 1)
            },
            last,
            kind: if end { PointKind::End } else { PointKind::Half },
        })
    }
}

fn quarter(year: Option<i32>) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        let n = preceded(
            opt('第'),
            terminated(number.verify(|n| (1..=4).contains(n)), (opt('个'), "季度")),
        )
        .parse_next(input)?;
        let end = opt(one_of(['底', '末'])).parse_next(input)?.is_some();
        let last = (n * 3, LAST);
        Ok(Point {
            year,
            first: if end { last } else { (n * 3 - 2, 1) },
            last,
            kind: if end {
                PointKind::End
            } else {
                PointKind::Quarter
            },
        })
    }
}

/// 年底, 年末, 年内 and, after a year, 底 and 内: the end of a year.
fn year_end(year: Option<i32>, after_year: bool) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        let whole = alt(("年度内", "年底", "年末", "年内", "年之内")).void();
        let rest = alt(("底", "末", "终", "以内", "之内", "内")).void();
        if after_year {
            alt((whole, rest)).parse_next(input)?;
        } else {
            let mut whole = whole;
            whole.parse_next(input)?;
        }
        Ok(Point {
            year,
            first: (12, 31),
            last: (12, 31),
            kind: PointKind::YearEnd,
        })
    }
}

/// 2024.3.15, 2024-03-15, 2024/3/15, 2024.3 (in ranges).
fn dotted(input: &mut &str) -> Parsed<Point> {
    let mark = ['.', '-', '/'];
    let year: u32 = take_while(4..=4, |c: char| c.is_ascii_digit())
        .parse_to()
        .verify(|y: &u32| YEARS.contains(y))
        .parse_next(input)?;
    let used = one_of(mark).parse_next(input)?;
    let month = super::numeral::arabic
        .verify(|m| (1..=12).contains(m))
        .parse_next(input)?;
    let year = i32::try_from(year).ok();
    let same = preceded(used, super::numeral::arabic).verify(|d: &u32| (1..=31).contains(d));
    Ok(match opt(same).parse_next(input)? {
        Some(day) => Point {
            year,
            first: (month, day),
            last: (month, day),
            kind: PointKind::Day,
        },
        None => Point {
            year,
            first: (month, 1),
            last: (month, LAST),
            kind: PointKind::Month,
        },
    })
}
