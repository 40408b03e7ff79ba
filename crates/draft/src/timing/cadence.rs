//! Cadences written with 每: 每季度最后一个月的25日前, 每两年, 每月10日、20日前.

use domain::calendar::{CutOff, MonthPick, PeriodKind};
use winnow::combinator::{alt, not, opt, peek, preceded, repeat, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{literal, one_of};

use super::numeral::{Parsed, number, word};
use super::phrase::{before, list_mark, range_mark};
use super::point::{LAST, Point, PointKind, day, point};
use super::standing::times_of_year;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cadence {
    /// The period.
    pub(super) every: PeriodKind,
    /// Every n of them.
    pub(super) n: u32,
}

impl Cadence {
    /// Every one of a kind of period.
    pub(super) fn of(every: PeriodKind) -> Self {
        Self { every, n: 1 }
    }
}

/// Most cut-offs of one phrase.
const CUTS_MAX: usize = 12;

/// 每 with its period and the cut-offs that follow it.
pub(super) fn cadence(input: &mut &str) -> Parsed<(Cadence, Vec<CutOff>)> {
    let every = preceded('每', every).parse_next(input)?;
    let cuts = opt(cuts(every)).parse_next(input)?.unwrap_or_default();
    Ok((every, cuts))
}

fn every(input: &mut &str) -> Parsed<Cadence> {
    let _ = opt(one_of(['隔', '个', '逢'])).parse_next(input)?;
    let twofold = opt(one_of(['双', '单'])).parse_next(input)?;
    let n = opt(terminated(number, opt((range_mark, number)))).parse_next(input)?;
    let _ = opt('个').parse_next(input)?;
    let mut found = unit.parse_next(input)?;
    let n = n.unwrap_or(1).max(if twofold.is_some() { 2 } else { 1 });
    found.n = found
        .n
        .checked_mul(n)
        .filter(|n| *n <= 60)
        .ok_or(EmptyError)?;
    Ok(found)
}

/// A period's name; not the beginning of another word (每天然, 每年龄, 每周边).
pub(super) fn unit(input: &mut &str) -> Parsed<Cadence> {
    let word = |every, n| Cadence { every, n };
    let found = alt((
        alt(("半个月", "半月")).value(word(PeriodKind::Day, 15)),
        alt(("工作日", "日", "天", "晚", "夜")).value(word(PeriodKind::Day, 1)),
        alt(("星期", "礼拜", "周")).value(word(PeriodKind::Week, 1)),
        literal("旬").value(word(PeriodKind::Day, 10)),
        literal("月").value(word(PeriodKind::Month, 1)),
        alt(("季度", "季")).value(word(PeriodKind::Quarter, 1)),
        alt(("半年度", "半年")).value(word(PeriodKind::HalfYear, 1)),
        alt(("年度", "年")).value(word(PeriodKind::Year, 1)),
    ))
    .parse_next(input)?;
    let strange = [
        "然", "龄", "级", "边", "岁", "转", "节", "均", "饼", "薪", "租",
    ];
    if strange.iter().any(|w| input.starts_with(w)) {
        return Err(EmptyError);
    }
    let _ = opt(one_of(['份', '度'])).parse_next(input)?;
    Ok(found)
}

/// The cut-offs that may follow a cadence.
fn cuts(cadence: Cadence) -> impl FnMut(&mut &str) -> Parsed<Vec<CutOff>> {
    move |input| {
        let _ = opt(word(&[
            "须于", "应于", "要于", "应在", "要在", "须在", "将于", "的", "于", "在", "，于",
            "，在",
        ]))
        .parse_next(input)?;
        let meeting = opt('逢').parse_next(input)?.is_some();
        match cadence.every {
            PeriodKind::Month if meeting => alt((meeting_days, cuts_of_month)).parse_next(input),
            PeriodKind::Month => cuts_of_month.parse_next(input),
            PeriodKind::Quarter | PeriodKind::HalfYear => cuts_of_quarter.parse_next(input),
            PeriodKind::Year => cuts_of_year.parse_next(input),
            PeriodKind::Week => cut_of_week.parse_next(input),
            PeriodKind::Day | PeriodKind::TenDays | PeriodKind::Span => Err(EmptyError),
        }
    }
}

/// 10日、20日前; a range of days ends with its last.
pub(super) fn days(input: &mut &str) -> Parsed<Vec<u32>> {
    // 每月25前: the 日 is forgotten.
    let forgotten = terminated(
        number.verify(|d| (1..=31).contains(d)),
        peek(alt((before, list_mark, range_mark))),
    );
    let mut found = vec![alt((day, forgotten)).parse_next(input)?];
    loop {
        if let Some(end) = opt(preceded((range_mark, opt("当月")), day)).parse_next(input)? {
            found.pop();
            found.push(end);
        } else if found.len() >= CUTS_MAX {
            return Err(EmptyError);
        } else if let Some(next) = opt(preceded(list_mark, day)).parse_next(input)? {
            found.push(next);
        } else {
            break;
        }
    }
    let _ = opt(before).parse_next(input)?;
    Ok(found)
}

fn small(day: u32) -> Option<u8> {
    u8::try_from(day).ok().filter(|d| (1..=31).contains(d))
}

fn each(days: Vec<u32>, cut: impl Fn(u8) -> CutOff) -> Vec<CutOff> {
    days.into_iter().filter_map(small).map(cut).collect()
}

fn last_day(input: &mut &str) -> Parsed<()> {
    (
        opt('的'),
        alt((
            literal("月底").void(),
            literal("月末").void(),
            (literal("底"), not('月')).void(),
            (literal("末"), not('月')).void(),
            (
                "最后",
                alt(("一天", "一日", "1天", "一个工作日", "1个工作日")),
            )
                .void(),
        )),
        opt(before),
    )
        .void()
        .parse_next(input)
}

/// 次月5日前, 结束后5日内, 终了后10个工作日内.
fn after_period(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let _ = opt(one_of(['的', '度'])).parse_next(input)?;
    let over = alt(("结束", "终了", "完成", "完"));
    let _ = opt((over, opt(one_of(['后'])), opt(one_of(['的', '，'])))).parse_next(input)?;
    alt((
        preceded((next_month, opt('的')), days).map(|d| each(d, CutOff::DayOfNextMonth)),
        terminated(
            number,
            (
                opt('个'),
                "工作日",
                opt(alt(("之", "以"))),
                one_of(['内', '前']),
            ),
        )
        .verify_map(|n| u8::try_from(n).ok().filter(|n| (1..=60).contains(n)))
        .map(|n| vec![CutOff::WorkingDaysAfter(n)]),
    ))
    .parse_next(input)
}

/// 结束后N日内, 每季后N日内: N日内 alone is a span.
fn days_after_period(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let over = alt((
        (alt(("结束", "终了", "末")), opt("之"), opt('后')).void(),
        (opt(alt(("之", "以"))), '后').void(),
    ));
    preceded(
        (opt(one_of(['的', '度'])), over, opt(one_of(['的', '，']))),
        terminated(number, (one_of(['日', '天']), opt(alt(("之", "以"))), '内')),
    )
    .map(|n| each(vec![n], CutOff::DayOfNextMonth))
    .parse_next(input)
}

/// 次月, 下月, 下季度首月: the month that follows.
pub(super) fn next_month(input: &mut &str) -> Parsed<()> {
    alt((
        (
            alt((
                "下一季度",
                "下季度",
                "次季度",
                "下一个季度",
                "下半年",
                "次季",
            )),
            opt('的'),
            opt(alt(("首月", "第一个月", "第1个月", "首个月"))),
        )
            .void(),
        alt(("次月", "下个月", "下一个月", "下一月", "下月", "翌月")).void(),
    ))
    .parse_next(input)
}

fn cuts_of_month(input: &mut &str) -> Parsed<Vec<CutOff>> {
    alt((
        days_after_period,
        last_day.value(vec![CutOff::LastDay]),
        after_period,
        days.map(|d| each(d, CutOff::Day)),
        next_month_begins,
        terminated("上旬", opt(before)).value(vec![CutOff::Day(10)]),
        terminated("中旬", opt(before)).value(vec![CutOff::Day(20)]),
        terminated("下旬", opt(before)).value(vec![CutOff::LastDay]),
        preceded("当月", days).map(|d| each(d, CutOff::Day)),
    ))
    .parse_next(input)
}

/// 每月逢五 is the 5th, the 15th and the 25th; 逢5日 is a day of its own.
fn meeting_days(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let mut digit = |input: &mut &str| -> Parsed<u32> {
        terminated(
            number.verify(|d| (1..=10).contains(d)),
            not(one_of(['日', '号'])),
        )
        .parse_next(input)
    };
    let first = digit.parse_next(input)?;
    if input.starts_with(|c: char| c.is_ascii_digit()) || input.starts_with(NO_MEETING) {
        return Err(EmptyError);
    }
    let more: Vec<u32> =
        repeat(0..3, preceded((list_mark, opt('逢')), &mut digit)).parse_next(input)?;
    let digits = std::iter::once(first).chain(more);
    let days = digits.flat_map(|d| [d, d + 10, d + 20]).collect();
    Ok(each(days, CutOff::Day))
}

/// What follows a number that is no day of a market: 每月一次, 每月逢2天.
const NO_MEETING: [char; 22] = [
    '次', '场', '期', '个', '天', '轮', '遍', '项', '家', '件', '处', '至', '-', '篇', '份', '批',
    '户', '%', '月', '周', '元', '万',
];

/// 次月初, 下月初: the first of the month that follows.
pub(super) fn next_month_begins(input: &mut &str) -> Parsed<Vec<CutOff>> {
    (next_month, '初', opt(before))
        .value(vec![CutOff::DayOfNextMonth(1)])
        .parse_next(input)
}

/// 最后一个月, 末月, 首月, 第二个月.
pub(super) fn month_pick(input: &mut &str) -> Parsed<MonthPick> {
    alt((
        alt((
            "最后一个月",
            "最后1个月",
            "最后月",
            "末月",
            "尾月",
            "末一个月",
            "第三个月",
            "第3个月",
        ))
        .value(MonthPick::Last),
        alt(("首月", "第一个月", "第1个月", "首个月", "头一个月", "初月")).value(MonthPick::First),
        alt(("第二个月", "第2个月")).value(MonthPick::Second),
    ))
    .parse_next(input)
}

fn cuts_of_quarter(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let of_pick =
        |(month, days): (MonthPick, Vec<u32>)| each(days, |day| CutOff::DayOfMonth { day, month });
    let last = MonthPick::Last;
    alt((
        (preceded(opt('的'), month_pick), preceded(opt('的'), days)).map(of_pick),
        preceded((opt('的'), month_pick.verify(|m| *m == last)), last_day)
            .value(vec![CutOff::LastDay]),
        preceded((one_of(['末', '底']), opt('的')), days).map(|d| {
            each(d, |day| CutOff::DayOfMonth {
                day,
                month: MonthPick::Last,
            })
        }),
        days_after_period,
        last_day.value(vec![CutOff::LastDay]),
        after_period,
        days.map(|d| {
            each(d, |day| CutOff::DayOfMonth {
                day,
                month: MonthPick::Last,
            })
        }),
    ))
    .parse_next(input)
}

/// The date at which a year's duty is cut off, of a point.
pub(super) fn date_of(at: Point, next_year: bool) -> Option<CutOff> {
    let (month, day) = at.last;
    let day = match (day, month) {
        (LAST, 2) => 28,
        (LAST, 4 | 6 | 9 | 11) => 30,
        (LAST, _) => 31,
        (day, _) => day,
    };
    Some(CutOff::Date {
        month: u8::try_from(month).ok()?,
        day: small(day)?,
        next_year,
    })
}

/// 12月31日前, 6月底和12月底前, 年底前; a month alone (每年6月) is no cut-off.
fn cuts_of_year(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let _ = opt('的').parse_next(input)?;
    // 每年年初、年末各一次: times without days.
    if opt(times_of_year).parse_next(input)?.is_some() {
        return Ok(Vec::new());
    }
    if let Some(()) = opt(year_close).parse_next(input)? {
        return Ok(date_of(december(), false).into_iter().collect());
    }
    let next = opt(alt(("次年", "下一年", "翌年", "下年")))
        .parse_next(input)?
        .is_some();
    let first = point.verify(in_no_year).parse_next(input)?;
    let mut found = vec![first];
    // A range of months says when, not until when.
    if opt((range_mark, alt((point.void(), day.void())), opt(before)))
        .parse_next(input)?
        .is_some()
    {
        return Ok(Vec::new());
    }
    let later: Vec<Point> = repeat(
        0..CUTS_MAX,
        preceded(
            (opt(alt(("之前", "以前", "前"))), list_mark),
            point.verify(in_no_year),
        ),
    )
    .parse_next(input)?;
    found.extend(later);
    let cut = opt(alt((before, ('内', opt(',')).void())))
        .parse_next(input)?
        .is_some();
    let exact = |p: &Point| matches!(p.kind, PointKind::Day | PointKind::End | PointKind::YearEnd);
    if !cut && !found.last().is_some_and(exact) {
        return Ok(Vec::new());
    }
    Ok(found.into_iter().filter_map(|p| date_of(p, next)).collect())
}

fn in_no_year(point: &Point) -> bool {
    point.year.is_none()
}

fn december() -> Point {
    Point {
        year: None,
        first: (12, 31),
        last: (12, 31),
        kind: PointKind::YearEnd,
    }
}

fn year_close(input: &mut &str) -> Parsed<()> {
    (alt(("年底", "年末", "年终", "底", "末", "终")), opt(before))
        .void()
        .parse_next(input)
}

/// 每周五前; a day on which something is done is no cut-off.
fn cut_of_week(input: &mut &str) -> Parsed<Vec<CutOff>> {
    let weekday = alt((
        one_of(['一', '1']).value(1u8),
        one_of(['二', '2']).value(2),
        one_of(['三', '3']).value(3),
        one_of(['四', '4']).value(4),
        one_of(['五', '5']).value(5),
        one_of(['六', '6']).value(6),
        one_of(['日', '天', '7', '末']).value(7),
    ))
    .parse_next(input)?;
    // 每周三次 is a count.
    if input.starts_with('次') || input.starts_with('场') || input.starts_with('个') {
        return Err(EmptyError);
    }
    let cut = opt(before).parse_next(input)?.is_some();
    Ok(if cut {
        vec![CutOff::Day(weekday)]
    } else {
        Vec::new()
    })
}
