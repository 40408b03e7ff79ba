//! Cadences written without 每: 按月, 一季一通报, 班组日查, 季度末前, 次月5日前, 上下半年各一次.

use domain::calendar::{CutOff, MonthPick, PeriodKind};
use winnow::combinator::{alt, opt, peek, preceded, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::token::{literal, one_of};

use super::cadence::{Cadence, days, month_pick, next_month, unit};
use super::numeral::{Parsed, number, word};
use super::phrase::before;

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
        by_unit,
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
    let every = preceded(one_of(['按', '逐']), unit).parse_next(input)?;
    let strange = [
        "计", "连续", "期", "内", "产", "处罚", "工", "照", "提高", "递", "下降", "增",
    ];
    let yearly = every.every == PeriodKind::Year;
    if yearly || strange.iter().any(|w| input.starts_with(w)) {
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
    let every = alt((literal("半年").value(half_year), n)).parse_next(input)?;
    let _ = opt(word(&[
        "不少于",
        "至少",
        "组织开展",
        "开展",
        "组织",
        "通报",
        "检查",
        "调度",
        "召开",
        "报告",
        "巡查",
        "考核",
        "评估",
        "培训",
        "演练",
        "排查",
        "总结",
        "汇报",
        "抽查",
        "会商",
        "研判",
    ]))
    .parse_next(input)?;
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
    let days = preceded((next_month, opt('的')), days).parse_next(input)?;
    let cuts = days
        .into_iter()
        .filter_map(|d| u8::try_from(d).ok())
        .map(CutOff::DayOfNextMonth)
        .collect();
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
    verb.parse_next(input)?;
    Ok(Standing::of(Cadence::of(every)))
}

/// What is done in each period; words of one character must end there.
fn verb(input: &mut &str) -> Parsed<()> {
    let long = word(&[
        "巡查",
        "排查",
        "检查",
        "自查",
        "抽查",
        "普查",
        "督查",
        "督导",
        "调度",
        "研判",
        "会商",
        "通报",
        "汇总",
        "小结",
        "点评",
        "评比",
        "讲评",
        "分析",
        "报告",
        "例会",
        "盘点",
        "清零",
        "复盘",
        "培训",
        "演练",
        "考核",
        "考评",
        "评估",
        "总结",
        "推送",
        "更新",
        "会诊",
        "晾晒",
        "巡检",
        "点检",
        "回头看",
        "管控",
        "清查",
        "走访",
        "监测",
        "上报",
        "报送",
        "提醒",
        "警示",
        "曝光",
        "学习",
        "推进",
    ]);
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
    alt((long.void(), short.void(), paper.void())).parse_next(input)
}
