//! Spans after an event: 30日内, 5个工作日内, 不超过3个月, 当日, 次日.

use winnow::combinator::{alt, opt, preceded, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::literal;

use super::numeral::{Parsed, number, word};
use super::phrase::range_mark;

/// A span as a label writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// How many.
    pub(super) n: u32,
    /// The unit's code: h d wd w m y.
    pub(super) unit: &'static str,
}

/// Most of a unit that a span holds.
const SPAN_MAX: u32 = 999;

/// 30日内, 24小时以内, 三个月之内, 半年内.
pub(super) fn inside(input: &mut &str) -> Parsed<Span> {
    terminated(length, within).parse_next(input)
}

fn within(input: &mut &str) -> Parsed<()> {
    (
        opt(alt(("之", "以", "时间", "期限"))),
        alt(("内", "以里")),
        winnow::combinator::not(alt((
            literal("涝").void(),
            literal("容").void(),
            ('部', winnow::combinator::not(alt(("署", "门", "分")))).void(),
        ))),
    )
        .void()
        .parse_next(input)
}

/// 不超过3个月, 不得超过15日, 最长不超过; whether it is a limit the context says.
pub(super) fn not_over(input: &mut &str) -> Parsed<Span> {
    preceded(
        word(&[
            "不得超过",
            "不应超过",
            "不能超过",
            "不超过",
            "不得多于",
            "不多于",
            "不得晚于",
            "不得迟于",
            "控制在",
        ]),
        preceded(opt(after_event), terminated(length, opt(within))),
    )
    .parse_next(input)
}

/// 不得超过接报后3小时: the event may stand between.
fn after_event(input: &mut &str) -> Parsed<()> {
    let near = input
        .char_indices()
        .take(EVENT_CHARS_MAX)
        .take_while(|(_, c)| !matches!(c, '，' | '。' | '；' | '、'));
    let (at, _) = near
        .into_iter()
        .find(|(_, c)| *c == '后')
        .ok_or(EmptyError)?;
    *input = &input[at + '后'.len_utf8()..];
    Ok(())
}

/// Longest event between 不得超过 and its span, in characters.
const EVENT_CHARS_MAX: usize = 10;

/// A length of time.
pub(super) fn length(input: &mut &str) -> Parsed<Span> {
    let half = alt((
        ("半", opt("个"), "月").value(Span { n: 15, unit: "d" }),
        literal("半年").value(Span { n: 6, unit: "m" }),
    ));
    let counted = |input: &mut &str| -> Parsed<Span> {
        let start = *input;
        let span = whole.parse_next(input)?;
        // 3月内 is a month of the calendar, 3个月内 a span.
        let written = start.len() - input.len();
        let month_of_calendar = span.unit == "m" && !start[..written].contains('个');
        if month_of_calendar
            && (1..=12).contains(&span.n)
            && start.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(EmptyError);
        }
        Ok(span)
    };
    alt((half, counted)).parse_next(input)
}

/// A number and its unit.
fn whole(input: &mut &str) -> Parsed<Span> {
    (
        preceded(opt((number, range_mark)), number),
        preceded(
            opt('个'),
            alt((
                alt(("小时", "钟头")).value("h"),
                literal("工作日").value("wd"),
                alt(("日历日", "自然日", "日", "天")).value("d"),
                alt(("周", "星期", "礼拜")).value("w"),
                literal("月").value("m"),
                literal("年").value("y"),
            )),
        ),
    )
        .verify(|(n, _): &(u32, &str)| *n <= SPAN_MAX)
        .map(|(n, unit)| Span { n, unit })
        .parse_next(input)
}

/// 当日, 次日, 当月: the same or the next day, the same week or month.
pub(super) fn same(input: &mut &str) -> Parsed<Span> {
    let span = |n, unit| Span { n, unit };
    terminated(
        alt((
            alt(("当日", "当天", "当晚")).value(span(0, "d")),
            alt(("次日", "翌日", "第二天", "第二日")).value(span(1, "d")),
            literal("第三日").value(span(3, "d")),
            literal("当月").value(span(0, "m")),
            literal("当周").value(span(0, "w")),
        )),
        opt(alt(("之内", "以内", "内", "底前", "末前", "底"))),
    )
    .parse_next(input)
}

/// 三日报送, 三日内 without its 内: days before a verb.
pub(super) fn days_then(input: &mut &str) -> Parsed<Span> {
    terminated(number, alt(('日', '天')))
        .verify(|n| *n <= 60)
        .map(|n| Span { n, unit: "d" })
        .parse_next(input)
}
