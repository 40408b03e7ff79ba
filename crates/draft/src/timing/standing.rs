//! Cadences written without 每: 按月, 一季一通报, 班组日查, 季度末前, 次月5日前, 上下半年各一次.

use domain::calendar::{CutOff, MonthPick, PeriodKind};
use winnow::combinator::{alt, opt, peek, preceded, repeat, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{literal, one_of};

use super::cadence::{Cadence, date_of, days, month_pick, next_month, next_month_begins, unit};
use super::numeral::{Parsed, number, word};
use super::phrase::{before, list_mark};
use super::point::point;
use crate::words::CADENCE_VERBS;

/// A cadence that is not written with 每.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// How often; `None`: as the sentence said before.
    pub(super) every: Option<Cadence>,
    /// Its cut-offs.
    pub(super) cuts: Vec<CutOff>,
    /// A count that stands inside (一年两次).
    pub(super) count: Option<u32>,
}

impl Standing {
    fn of(every: Cadence) -> Self {
        Self {
            every: Some(every),
            cuts: Vec::new(),
            count: None,
        }
    }

    fn cut(every: Option<Cadence>, cuts: Vec<CutOff>) -> Self {
        Self {
            every,
            cuts,
            count: None,
        }
    }
}

/// Any of them.
pub(super) fn standing(input: &mut &str) -> Parsed<Standing> {
    alt((
        alt((by_unit, twice_said, in_alternate)),
        period_over,
        once_a,
        at_least_in,
        next_month_by,
        quarter_end,
        month_end,
        unit_verb,
    ))
    .parse_next(input)
}

/// 按月调度, 逐季通报; 按年度计划 and 按日处罚 are none.
fn by_unit(input: &mut &str) -> Parsed<Standing> {
    let by = one_of(['按', '逐']).parse_next(input)? == '按';
    let every = unit.parse_next(input)?;
    let strange = [
        "计", "连续", "期", "内", "产", "处罚", "工", "照", "提高", "递", "下降", "增",
    ];
    let by_year = every.every == PeriodKind::Year;
    if by_year && (by || yearly.parse_next(input).is_err())
        || strange.iter().any(|w| input.starts_with(w))
    {
        return Err(EmptyError);
    }
    let cuts = opt(days).parse_next(input)?.unwrap_or_default();
    let cuts = cuts
        .into_iter()
        .filter_map(|d| u8::try_from(d).ok())
        .map(CutOff::Day)
        .collect();
    Ok(Standing::cut(Some(every), cuts))
}

/// 逐年上报: the only way in which 逐年 owes something; 逐年提高 does not.
fn yearly(input: &mut &str) -> Parsed<()> {
    peek(word(&[
        "上报", "报送", "报告", "向", "将", "通报", "公布", "组织", "开展", "考核", "评估", "检查",
        "检测", "签订", "制定", "编制", "修订",
    ]))
    .void()
    .parse_next(input)
}

/// 月月通报, 天天巡查; 年年讲、月月讲 exhorts.
fn twice_said(input: &mut &str) -> Parsed<Standing> {
    let every = alt((
        literal("天天").value(PeriodKind::Day),
        literal("周周").value(PeriodKind::Week),
        literal("月月").value(PeriodKind::Month),
        literal("季季").value(PeriodKind::Quarter),
        literal("年年").value(PeriodKind::Year),
    ))
    .parse_next(input)?;
    if input.is_empty()
        || input.starts_with([
            '讲', '有', '红', '抓', '新', '如', '、', '，', '”', '是', '都',
        ])
    {
        return Err(EmptyError);
    }
    Ok(Standing::of(Cadence::of(every)))
}

/// 隔月抽检, 双月15日前, 单月巡查, 逢双月.
fn in_alternate(input: &mut &str) -> Parsed<Standing> {
    let _ = opt('逢').parse_next(input)?;
    let skips =
        alt((literal("隔").value(true), one_of(['单', '双']).value(false))).parse_next(input)?;
    let every = alt((
        (opt('个'), "月", opt('份')).value(PeriodKind::Month),
        alt(("周", "星期")).value(PeriodKind::Week),
        one_of(['天', '日'])
            .verify(|_: &char| skips)
            .value(PeriodKind::Day),
        one_of(['年'])
            .verify(|_: &char| skips)
            .value(PeriodKind::Year),
    ))
    .parse_next(input)?;
    let strange = [
        "最", "产", "销", "的", "累", "同", "数", "内", "达", "均", "期", "环", "薪", "值", "增",
    ];
    if strange.iter().any(|w| input.starts_with(w)) {
        return Err(EmptyError);
    }
    // 隔日送达 is the next day.
    if every == PeriodKind::Day
        && ![
            "开展", "组织", "检查", "巡查", "报送", "对", "轮", "清", "消", "一次",
        ]
        .iter()
        .any(|w| input.starts_with(w))
    {
        return Err(EmptyError);
    }
    let cuts = if every == PeriodKind::Month {
        let _ = opt(alt(("的", "于"))).parse_next(input)?;
        opt(days).parse_next(input)?.unwrap_or_default()
    } else {
        Vec::new()
    };
    let cuts = cuts
        .into_iter()
        .filter_map(|d| u8::try_from(d).ok())
        .map(CutOff::Day)
        .collect();
    Ok(Standing::cut(Some(Cadence { every, n: 2 }), cuts))
}

/// 年初、年中、年末各组织一次: so many times a year, on no day that could be named.
pub(super) fn times_of_year(input: &mut &str) -> Parsed<Standing> {
    let time = |input: &mut &str| -> Parsed<()> {
        alt(("年初", "年中", "年末", "年底", "年终"))
            .void()
            .parse_next(input)
    };
    let more: usize = preceded(time, repeat(1..4, preceded(list_mark, time))).parse_next(input)?;
    let _ = opt(alt(("要", "应", "应当", "须"))).parse_next(input)?;
    let times = (number, one_of(['次', '场', '期', '轮']));
    alt((alt(("各", "分别", "均", "都")).void(), peek(times).void())).parse_next(input)?;
    Ok(Standing {
        every: Some(Cadence::of(PeriodKind::Year)),
        cuts: Vec::new(),
        count: u32::try_from(more + 1).ok(),
    })
}

/// 次年2月底前报送上年度报表, 在下一年度3月底前: what comes again each year, by that date.
pub(super) fn next_year_by(input: &mut &str) -> Parsed<Standing> {
    alt((
        "次年度",
        "次年",
        "翌年",
        "下一年度",
        "下一年",
        "下年度",
        "下年",
    ))
    .parse_next(input)?;
    let _ = opt('的').parse_next(input)?;
    let at = point.verify(|p| p.year.is_none()).parse_next(input)?;
    before.parse_next(input)?;
    let cut = date_of(at, false).ok_or(EmptyError)?;
    Ok(Standing::cut(
        Some(Cadence::of(PeriodKind::Year)),
        vec![cut],
    ))
}

/// 上、下半年各开展一次.
pub(super) fn both_halves(input: &mut &str) -> Parsed<Standing> {
    (
        "上",
        opt("半年"),
        opt(alt(("、", "和", "及", "与"))),
        "下半年",
        opt(alt(("分别", "要", "应"))),
        alt((
            "各",
            "至少",
            "不少于",
            "组织开展1",
            "组织开展一",
            "开展1",
            "开展一",
        )),
    )
        .value(Standing::of(Cadence::of(PeriodKind::HalfYear)))
        .parse_next(input)
}

/// 一月一调度, 半年一次, 两年一次, 一年两次.
fn once_a(input: &mut &str) -> Parsed<Standing> {
    let half_year = Cadence::of(PeriodKind::HalfYear);
    let n = |input: &mut &str| -> Parsed<Cadence> {
        // 4月一次 would be a month of the calendar.
        let of_calendar = input.starts_with(|c: char| c.is_ascii_digit());
        let n = number.verify(|n| (1..=10).contains(n)).parse_next(input)?;
        let _ = opt('个').parse_next(input)?;
        let mut every = unit.parse_next(input)?;
        if of_calendar && every.every == PeriodKind::Month {
            return Err(EmptyError);
        }
        every.n *= n;
        Ok(every)
    };
    let half_month = Cadence {
        every: PeriodKind::Day,
        n: 15,
    };
    let every = alt((
        literal("半年").value(half_year),
        ("半", opt('个'), "月").value(half_month),
        n,
    ))
    .parse_next(input)?;
    let _ = opt(done_so_often).parse_next(input)?;
    let count = number.verify(|n| (1..=30).contains(n)).parse_next(input)?;
    if let Some(_measure) = opt(one_of(['次', '场', '期', '轮'])).parse_next(input)? {
        return Ok(Standing {
            every: Some(every),
            cuts: Vec::new(),
            count: Some(count),
        });
    }
    if count != 1 {
        return Err(EmptyError);
    }
    verb.parse_next(input)?;
    Ok(Standing::of(every))
}

/// Longest words between a period and its count, in characters.
const DONE_CHARS_MAX: usize = 5;

/// The 采样 of 半年采样一次; 半年发生两次 is no cadence.
fn done_so_often(input: &mut &str) -> Parsed<()> {
    let bans = [
        "发生", "被", "出现", "受到", "累计", "内", "以", "超过", "连续", "后", "前", "的",
    ];
    let stops = |c: char| {
        c.is_ascii_digit()
            || super::numeral::is_chinese_numeral(c)
            || "，。；、：（）“”".contains(c)
    };
    let near = input.char_indices().take(DONE_CHARS_MAX + 1);
    let (at, _) = near
        .into_iter()
        .find(|(_, c)| stops(*c))
        .ok_or(EmptyError)?;
    let words = &input[..at];
    if words.is_empty() || bans.iter().any(|w| words.contains(w)) {
        return Err(EmptyError);
    }
    *input = &input[at..];
    Ok(())
}

/// 全年不少于4次, 季度至少1次, 年度不少于2次.
fn at_least_in(input: &mut &str) -> Parsed<Standing> {
    let every = alt((
        alt(("全年度", "全年", "年度内", "年度", "一年内", "一年")).value(PeriodKind::Year),
        alt(("半年度", "半年")).value(PeriodKind::HalfYear),
        literal("季度").value(PeriodKind::Quarter),
        literal("月度").value(PeriodKind::Month),
    ))
    .parse_next(input)?;
    // The words of the count stand close, in the same clause.
    let clause = input
        .split(['，', '。', '；', '、', '：'])
        .next()
        .unwrap_or_default();
    let near: String = clause.chars().take(14).collect();
    if !["至少", "不少于", "不得少于", "不低于"]
        .iter()
        .any(|w| near.contains(w))
    {
        return Err(EmptyError);
    }
    Ok(Standing::of(Cadence::of(every)))
}

/// 次月5日前, 下季度首月10日前: of the cadence that the sentence named.
fn next_month_by(input: &mut &str) -> Parsed<Standing> {
    let quarterly =
        input.starts_with("下季") || input.starts_with("次季") || input.starts_with("下一");
    let on_days = preceded((next_month, opt('的')), days).map(|days| {
        days.into_iter()
            .filter_map(|d| u8::try_from(d).ok())
            .map(CutOff::DayOfNextMonth)
            .collect()
    });
    let cuts = alt((on_days, next_month_begins)).parse_next(input)?;
    let every = quarterly.then(|| Cadence::of(PeriodKind::Quarter));
    Ok(Standing::cut(every, cuts))
}

/// 季度末月25日前, 季末前.
fn quarter_end(input: &mut &str) -> Parsed<Standing> {
    let quarter = Some(Cadence::of(PeriodKind::Quarter));
    let of_month = |(month, days): (MonthPick, Vec<u32>)| {
        let cuts = days
            .into_iter()
            .filter_map(|d| u8::try_from(d).ok())
            .map(|day| CutOff::DayOfMonth { day, month })
            .collect();
        Standing::cut(quarter, cuts)
    };
    let pick = alt((
        preceded((alt(("季度", "季")), opt('的')), month_pick),
        alt(("季度末", "季末", "末月")).value(MonthPick::Last),
    ));
    alt((
        (terminated(pick, opt(alt(("月", "的")))), days).map(of_month),
        (alt(("季度末", "季末", "季度底", "季度结束")), before)
            .value(Standing::cut(quarter, vec![CutOff::LastDay])),
    ))
    .parse_next(input)
}

/// 季度结束后5日内, 月度终了后3个工作日内.
fn period_over(input: &mut &str) -> Parsed<Standing> {
    let every = alt((
        alt(("季度", "季")).value(PeriodKind::Quarter),
        alt(("月度", "当月", "月")).value(PeriodKind::Month),
        alt(("半年度", "半年")).value(PeriodKind::HalfYear),
    ))
    .parse_next(input)?;
    let _ = (alt(("结束", "终了", "末")), "后", opt('的')).parse_next(input)?;
    let n = number.verify(|n| (1..=31).contains(n)).parse_next(input)?;
    let working = alt((
        ("个工作日", opt(alt(("之", "以"))), '内').value(true),
        (one_of(['日', '天']), opt(alt(("之", "以"))), '内').value(false),
    ))
    .parse_next(input)?;
    let n = u8::try_from(n).map_err(|_| EmptyError)?;
    let cut = if working {
        CutOff::WorkingDaysAfter(n)
    } else {
        CutOff::DayOfNextMonth(n)
    };
    Ok(Standing::cut(Some(Cadence::of(every)), vec![cut]))
}

/// 月底前, 月末前.
fn month_end(input: &mut &str) -> Parsed<Standing> {
    (alt(("月底", "月末")), before)
        .value(Standing::cut(
            Some(Cadence::of(PeriodKind::Month)),
            vec![CutOff::LastDay],
        ))
        .parse_next(input)
}

/// 季查, 月调度, 周研判, 日巡查: a period and a verb without anything between.
fn unit_verb(input: &mut &str) -> Parsed<Standing> {
    let every = alt((
        literal("半年").value(PeriodKind::HalfYear),
        one_of(['日', '天']).value(PeriodKind::Day),
        literal("周").value(PeriodKind::Week),
        literal("月").value(PeriodKind::Month),
        literal("季").value(PeriodKind::Quarter),
        literal("年").value(PeriodKind::Year),
    ))
    .parse_next(input)?;
    // 日查两次, 月检一次.
    let counted = preceded(
        one_of(['查', '巡', '检', '训', '测', '评', '报']),
        terminated(
            number.verify(|n| (1..=30).contains(n)),
            one_of(['次', '遍', '轮']),
        ),
    );
    if let Some(count) = opt(counted).parse_next(input)? {
        return Ok(Standing {
            every: Some(Cadence::of(every)),
            cuts: Vec::new(),
            count: Some(count),
        });
    }
    verb.parse_next(input)?;
    Ok(Standing::of(Cadence::of(every)))
}

/// What is done in each period; words of one character must end there.
fn verb(input: &mut &str) -> Parsed<()> {
    let long = |input: &mut &str| -> Parsed<()> {
        let found = CADENCE_VERBS.begins(input).ok_or(EmptyError)?;
        *input = &input[found.len()..];
        Ok(())
    };
    let end = |input: &mut &str| -> Parsed<()> {
        let ends = [
            "、", "，", "。", "；", "”", "）", "的", "制", "机制", "工作", "和", "及",
        ];
        if input.is_empty() || ends.iter().any(|e| input.starts_with(e)) {
            Ok(())
        } else {
            Err(EmptyError)
        }
    };
    let short = (
        one_of(['查', '考', '清', '结', '巡', '评', '会', '检', '训']),
        peek(end),
    );
    let paper = ('报', peek(word(&["制", "机制"])));
    alt((long, short.void(), paper.void())).parse_next(input)
}
