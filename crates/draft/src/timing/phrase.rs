//! A timed phrase: what the grammar finds at one place of the text, before its context is weighed.

use domain::calendar::CutOff;
use winnow::combinator::{alt, not, opt, preceded, repeat, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{literal, one_of, take_while};

use super::cadence::{Cadence, cadence, days};
use super::numeral::{Parsed, number, word};
use super::point::{Point, PointKind, day, month, point};
use super::span::{Span, days_then, inside, length, not_over, same};
use super::standing::{Standing, both_halves, next_year_by, standing, times_of_year};

/// What a phrase says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phrase {
    /// 3月1日至5月31日; 即日起至年底 has no first end.
    Range(Option<Point>, Option<Point>),
    /// 每….
    Every(Cadence, Vec<CutOff>),
    /// 按月, 季查, 次月5日前.
    Standing(Standing),
    /// 3月10日、20日前.
    Before(Vec<Point>),
    /// 自3月1日起, 3月1日以后.
    Since(Point),
    /// 即日起 without an end.
    FromNow,
    /// A point alone.
    Period(Point),
    /// 6月、8月各: points in each of which something is done.
    Periods(Vec<Point>),
    /// 30日内.
    Inside(Span),
    /// 不超过3个月.
    NotOver(Span),
    /// 10个工作日, where 时限为 stands before it.
    Length(Span),
    /// 当日, 次日, 当月.
    Same(Span),
    /// 三日 before a verb.
    DaysThen(Span),
    /// 25日前, whose month the sentence said before.
    DayBefore(Vec<u32>),
}

/// Most points that one 前 closes.
const POINTS_MAX: usize = 12;

/// The phrase that begins here.
pub(super) fn phrase(input: &mut &str) -> Parsed<Phrase> {
    alt((
        alt((
            from_now,
            range,
            until,
            times_of_year.map(Phrase::Standing),
            next_year_by.map(Phrase::Standing),
        )),
        cadence.map(|(every, cuts)| Phrase::Every(every, cuts)),
        alt((before_points, both_halves.map(Phrase::Standing), periods)),
        standing.map(Phrase::Standing),
        since,
        inside.map(Phrase::Inside),
        not_over.map(Phrase::NotOver),
        same.map(Phrase::Same),
        alt((
            point.map(Phrase::Period),
            day_before,
            days_then.map(Phrase::DaysThen),
            length.map(Phrase::Length),
        )),
    ))
    .parse_next(input)
}

/// 至, 到, -: between the ends of a range.
pub(super) fn range_mark(input: &mut &str) -> Parsed<()> {
    alt((
        (take_while(1..=3, '-'), opt('至')).void(),
        (
            alt((
                "起至",
                "起到",
                "开始至",
                "开始到",
                "持续到",
                "持续至",
                "延续到",
                "延续至",
                "至",
            )),
            opt('-'),
        )
            .void(),
        (alt(("到", "~")), opt('-')).void(),
    ))
    .parse_next(input)
}

/// 、, 和, 及: between the points of a list.
pub(super) fn list_mark(input: &mut &str) -> Parsed<()> {
    alt(("、", "和", "及", "与", "以及", "或"))
        .void()
        .parse_next(input)
}

/// 前, 之前, 17:00前, （周五）下班前, 截止: the end of a deadline.
pub(super) fn before(input: &mut &str) -> Parsed<()> {
    let paren = (
        '（',
        take_while(1..=8, |c: char| c != '）' && c != '。'),
        '）',
    );
    let clock = (
        opt(alt(("早上", "上午", "中午", "下午", "晚上", "晚"))),
        opt((
            number,
            alt(("时", "点半", "点", ":", "：")),
            opt((number, opt('分'))),
            opt("整"),
        )),
        opt(alt(("下班", "休市", "零时"))),
    );
    let close = alt((
        (
            alt(("之前", "以前", "前")),
            not(one_of([
                '后', '期', '往', '提', '来', '沿', '款', '述', '置', '景', '端', '段',
            ])),
        )
            .void(),
        (alt(("以内", "之内", "内")), not(one_of(['部', '容', '涝']))).void(),
        alt(("截止", "为止", "止")).void(),
    ));
    (opt(paren), clock, close).void().parse_next(input)
}

fn from_now(input: &mut &str) -> Parsed<Phrase> {
    alt((
        "即日起",
        "即日",
        "之日起",
        "之日",
        "现在",
        "现起",
        "通知下发起",
    ))
    .parse_next(input)?;
    let _ = opt(alt(("起", "开始"))).parse_next(input)?;
    let to = opt(preceded((opt('，'), range_mark), range_end(None))).parse_next(input)?;
    match to {
        Some(to) => {
            close_range.parse_next(input)?;
            Ok(Phrase::Range(None, Some(to)))
        }
        None => Ok(Phrase::FromNow),
    }
}

fn close_range(input: &mut &str) -> Parsed<()> {
    opt(alt((before, literal("结束").void(), literal("底").void())))
        .void()
        .parse_next(input)
}

/// 3月1日至5月31日, 2024年3月-5月, 3-5月, 3月1日-15日, 2024-2026年.
fn range(input: &mut &str) -> Parsed<Phrase> {
    let _ = opt(alt(("自", "从", "由"))).parse_next(input)?;
    let from = alt((months_short, years_short, point)).parse_next(input)?;
    let _ = opt(('（', take_while(1..=6, |c: char| c != '）'), '）')).parse_next(input)?;
    range_mark.parse_next(input)?;
    let to = range_end(Some(from)).parse_next(input)?;
    close_range.parse_next(input)?;
    Ok(Phrase::Range(Some(from), Some(to)))
}

/// The 3 of 3-5月.
fn months_short(input: &mut &str) -> Parsed<Point> {
    let year = opt(super::point::year).parse_next(input)?;
    let m = number.verify(|m| (1..=12).contains(m)).parse_next(input)?;
    winnow::combinator::peek((range_mark, month)).parse_next(input)?;
    Ok(Point {
        year: year.flatten(),
        first: (m, 1),
        last: (m, super::point::LAST),
        kind: PointKind::Month,
    })
}

/// The 2024 of 2024-2026年.
fn years_short(input: &mut &str) -> Parsed<Point> {
    let y = number
        .verify(|y| (1990..=2099).contains(y))
        .parse_next(input)?;
    let year = i32::try_from(y).map_err(|_| EmptyError)?;
    winnow::combinator::peek((range_mark, super::point::year)).parse_next(input)?;
    Ok(Point {
        year: Some(year),
        first: (1, 1),
        last: (12, 31),
        kind: PointKind::Year,
    })
}

/// The later end: a point, or a day of the month of the earlier one.
fn range_end(from: Option<Point>) -> impl FnMut(&mut &str) -> Parsed<Point> {
    move |input| {
        if let Some(to) = opt(point).parse_next(input)? {
            return Ok(to);
        }
        let from = from.ok_or(EmptyError)?;
        let same_month = |day| Point {
            year: from.year,
            first: (from.last.0, day),
            last: (from.last.0, day),
            kind: PointKind::Day,
        };
        alt((
            day.map(same_month),
            alt(("月底", "底", "月末")).value(same_month(super::point::LAST)),
            terminated(number.verify(|d| (1..=31).contains(d)), before_mark).map(same_month),
        ))
        .parse_next(input)
    }
}

fn before_mark(input: &mut &str) -> Parsed<()> {
    winnow::combinator::peek(alt(("）", "，", "前")))
        .void()
        .parse_next(input)
}

/// 至2026年12月底结束: a window whose beginning is not said.
fn until(input: &mut &str) -> Parsed<Phrase> {
    let to = preceded(alt(("至", "到")), point).parse_next(input)?;
    alt(("结束", "为止", "止")).parse_next(input)?;
    Ok(Phrase::Range(None, Some(to)))
}

/// 3月10日、20日前, 6月、12月底前, 年底前, 2024年内.
fn before_points(input: &mut &str) -> Parsed<Phrase> {
    let first = point.parse_next(input)?;
    let mut points = vec![first];
    let same_month = |day| Point {
        year: first.year,
        first: (first.last.0, day),
        last: (first.last.0, day),
        kind: PointKind::Day,
    };
    let more: Vec<Point> = repeat(
        0..POINTS_MAX,
        preceded(
            (opt(literal("前")), list_mark),
            alt((point, day.map(same_month))),
        ),
    )
    .parse_next(input)?;
    points.extend(more);
    let last = points.last().map_or(first.kind, |p| p.kind);
    let closed = opt(before).parse_next(input)?.is_some();
    // A year's end is a deadline as it stands; a bare year before 前 says what lies before it.
    if closed && last == PointKind::Year || !closed && last != PointKind::YearEnd {
        return Err(EmptyError);
    }
    Ok(Phrase::Before(points))
}

/// 6月、8月各开展一次, 春秋 are none.
fn periods(input: &mut &str) -> Parsed<Phrase> {
    let first = alt((listed_month, point)).parse_next(input)?;
    let more: Vec<Point> = repeat(
        1..POINTS_MAX,
        preceded(list_mark, alt((listed_month, point))),
    )
    .parse_next(input)?;
    let _ = opt(alt(("要", "应", "将"))).parse_next(input)?;
    winnow::combinator::peek(word(&[
        "各", "分别", "，", "）", "组织", "开展", "集中", "召开", "报送", "上报",
    ]))
    .parse_next(input)?;
    let mut points = vec![first];
    points.extend(more);
    Ok(Phrase::Periods(points))
}

/// The 3 of 3、4月份.
fn listed_month(input: &mut &str) -> Parsed<Point> {
    let year = opt(super::point::year).parse_next(input)?.flatten();
    let m = number.verify(|m| (1..=12).contains(m)).parse_next(input)?;
    let later = repeat::<_, _, (), _, _>(1..4, (list_mark, number));
    winnow::combinator::peek((later, one_of(['月']))).parse_next(input)?;
    Ok(Point {
        year,
        first: (m, 1),
        last: (m, super::point::LAST),
        kind: PointKind::Month,
    })
}

fn since(input: &mut &str) -> Parsed<Phrase> {
    let _ = opt(alt(("自", "从"))).parse_next(input)?;
    let at = point.parse_next(input)?;
    let _ = opt(alt(("零时", "0时", "零点"))).parse_next(input)?;
    alt(("开始", "起", "以后", "之后", "后")).parse_next(input)?;
    Ok(Phrase::Since(at))
}

fn day_before(input: &mut &str) -> Parsed<Phrase> {
    let start = *input;
    let found = days.parse_next(input)?;
    let taken = &start[..start.len() - input.len()];
    if taken.ends_with('前') || taken.ends_with('止') {
        Ok(Phrase::DayBefore(found))
    } else {
        Err(EmptyError)
    }
}

/// Whether a phrase may begin with this character; all others are passed over quickly.
pub(super) fn may_begin(c: char) -> bool {
    c.is_ascii_digit()
        || super::numeral::is_chinese_numeral(c)
        || "每按逐隔单双逢今本当明次翌同年季月半日天周旬即之现自从由上下第全不控最至到末通"
            .contains(c)
}
