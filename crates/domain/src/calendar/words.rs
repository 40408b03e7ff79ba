//! Words of the calendar: dates, periods, cadences, cut-offs and explanations as pages print them.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};

use super::cutoff::{MonthPick, NextUnit};
use super::due::{DayOff, Step};
use super::span::SpanUnit;
use super::{Cadence, CutOff, Period, PeriodKind, Span};

/// 2026年2月13日.
pub fn chinese_date(on: NaiveDate) -> String {
    format!("{}年{}月{}日", on.year(), on.month(), on.day())
}

/// 2月13日.
pub fn chinese_day(on: NaiveDate) -> String {
    format!("{}月{}日", on.month(), on.day())
}

/// 周六.
pub fn chinese_weekday(on: NaiveDate) -> &'static str {
    weekday(on.weekday())
}

/// 2026年10月, 2026年第三季度, 2026年5月上旬, 2026年3—4月, 2026年2月14日—3月31日.
pub fn period_name(period: Period) -> String {
    let (first, last) = (period.first_day(), period.last_day());
    let (year, month) = (first.year(), first.month());
    let n = period.n();
    let one = match period.kind() {
        PeriodKind::Day => chinese_date(first),
        PeriodKind::Week => {
            let week = first.iso_week();
            format!("{}年第{}周", week.year(), week.week())
        }
        PeriodKind::TenDays => format!("{year}年{month}月{}", third(first)),
        PeriodKind::Month if n > 1 => return months_name(first, last),
        PeriodKind::Month => format!("{year}年{month}月"),
        PeriodKind::Quarter => format!("{year}年第{}季度", numeral(first.month0() / 3 + 1)),
        PeriodKind::HalfYear => format!("{year}年{}", if month == 1 { "上半年" } else { "下半年" }),
        PeriodKind::Year if n > 1 => return format!("{year}—{}年", last.year()),
        PeriodKind::Year => format!("{year}年"),
        PeriodKind::Span if first == last => chinese_date(first),
        PeriodKind::Span if first.year() == last.year() => {
            format!("{}—{}", chinese_date(first), chinese_day(last))
        }
        PeriodKind::Span => format!("{}—{}", chinese_date(first), chinese_date(last)),
    };
    if n > 1 {
        format!("{one}起{n}{}", unit(period.kind()))
    } else {
        one
    }
}

/// 每月, 每季度, 每2周.
pub fn cadence_name(cadence: Cadence) -> String {
    every_name(cadence.every(), cadence.n())
}

/// 当月22日, 当季度末月25日, 次月1日, 当年12月31日, 期满后5个工作日.
pub fn cut_off_name(cut_off: CutOff, every: PeriodKind, n: u32) -> String {
    let this = this_name(every, n);
    match cut_off {
        CutOff::LastDay if every == PeriodKind::Day && n == 1 => this.to_owned(),
        CutOff::LastDay => format!("{this}最后一日"),
        CutOff::Day(day) => match every {
            PeriodKind::Month if n == 1 => format!("{this}{day}日"),
            PeriodKind::Week if n == 1 => format!("{this}{}", nth_weekday(day)),
            PeriodKind::Day | PeriodKind::Week | PeriodKind::TenDays | PeriodKind::Span => {
                format!("{this}第{day}日")
            }
            PeriodKind::Month | PeriodKind::Quarter | PeriodKind::HalfYear | PeriodKind::Year => {
                format!("{this}末月{day}日")
            }
        },
        CutOff::DayOfMonth { day, month } => format!("{this}{}{day}日", pick_name(month)),
        CutOff::DayOfNextMonth(day) if every == PeriodKind::Month && n == 1 => {
            format!("次月{day}日")
        }
        CutOff::DayOfNextMonth(day) => format!("期满次月{day}日"),
        CutOff::DayOfNext { day, month, next } => {
            let next = match next {
                NextUnit::Quarter => "下一季度",
                NextUnit::HalfYear => "下一半年",
                NextUnit::Year => "次年",
                NextUnit::Period => "下一周期",
            };
            format!("{next}{}{day}日", pick_name(month))
        }
        CutOff::Date {
            month,
            day,
            next_year,
        } => {
            let year = match (next_year, n) {
                (true, _) => "次年",
                (false, 1) => "当年",
                (false, _) => "末年",
            };
            format!("{year}{month}月{day}日")
        }
        CutOff::WorkingDaysAfter(n) => format!("期满后{n}个工作日"),
    }
}

/// 30日内, 3个工作日内, 3个月内, 当月内, 当日, 次日.
pub fn span_name(span: Span) -> String {
    match (span.unit(), span.n()) {
        (SpanUnit::Hours, n) => format!("{n}小时内"),
        (SpanUnit::Days, 0) => "当日".to_owned(),
        (SpanUnit::Days, 1) => "次日".to_owned(),
        (SpanUnit::Days, n) => format!("{n}日内"),
        (SpanUnit::WorkingDays, n) => format!("{n}个工作日内"),
        (SpanUnit::Weeks, 0) => "当周内".to_owned(),
        (SpanUnit::Weeks, n) => format!("{n}周内"),
        (SpanUnit::Months, 0) => "当月内".to_owned(),
        (SpanUnit::Months, n) => format!("{n}个月内"),
        (SpanUnit::Years, 0) => "当年内".to_owned(),
        (SpanUnit::Years, n) => format!("{n}年内"),
    }
}

/// The steps of a due date as sentences; dates carry their year where several years occur.
pub fn explain(steps: &[Step]) -> Vec<String> {
    let mut years = BTreeSet::new();
    for step in steps {
        years.extend(dates_of(step).into_iter().map(|on| on.year()));
    }
    let tell = Tell {
        with_year: years.len() > 1,
    };
    steps.iter().map(|step| tell.step(step)).collect()
}

/// The days that a step's sentence prints.
fn dates_of(step: &Step) -> Vec<NaiveDate> {
    match step {
        Step::Period { period } | Step::Answers { covered: period } => {
            vec![period.first_day(), period.last_day()]
        }
        Step::PeriodEnd { on }
        | Step::CutOff { on, .. }
        | Step::Fixed { on }
        | Step::Event { on }
        | Step::Within { on, .. }
        | Step::Kept { on, .. }
        | Step::NoneBefore { on, .. } => vec![*on],
        Step::WorkingDays { after, on, .. } => vec![*after, *on],
        Step::Moved { from, to, .. } | Step::Extended { from, to, .. } => vec![*from, *to],
        Step::Beyond { covered_until, .. } => covered_until.iter().copied().collect(),
    }
}

struct Tell {
    with_year: bool,
}

impl Tell {
    fn date(&self, on: NaiveDate) -> String {
        if self.with_year {
            chinese_date(on)
        } else {
            chinese_day(on)
        }
    }

    /// 11月22日（周日）.
    fn day(&self, on: NaiveDate) -> String {
        format!("{}（{}）", self.date(on), chinese_weekday(on))
    }

    /// 10月1日—10月31日, or the one day.
    fn range(&self, from: NaiveDate, to: NaiveDate) -> String {
        if from == to {
            self.date(from)
        } else {
            format!("{}—{}", self.date(from), self.date(to))
        }
    }

    fn step(&self, step: &Step) -> String {
        match step {
            Step::Period { period } => {
                let range = self.range(period.first_day(), period.last_day());
                if period.kind() == PeriodKind::Span {
                    format!("时段 {range}")
                } else {
                    format!("周期 {}：{range}", every_name(period.kind(), period.n()))
                }
            }
            Step::Answers { covered } => {
                let range = self.range(covered.first_day(), covered.last_day());
                format!("报送上一期的情况：{range}")
            }
            Step::PeriodEnd { on } => {
                format!("本条未写截止日，按周期最后一日：{}", self.day(*on))
            }
            Step::CutOff {
                cut_off,
                period,
                on,
            } => {
                let name = cut_off_name(*cut_off, period.kind(), period.n());
                format!("期限 {name}：{}", self.day(*on))
            }
            Step::Fixed { on } => format!("期限 {}", self.day(*on)),
            Step::Event { on } => format!("起算日 {}", self.day(*on)),
            Step::Within { within, on } => {
                let end = format!("{}：{}", span_name(*within), self.day(*on));
                match within.unit() {
                    SpanUnit::Hours => format!("{end}，未记时刻，按整日算"),
                    SpanUnit::Days
                    | SpanUnit::WorkingDays
                    | SpanUnit::Weeks
                    | SpanUnit::Months
                    | SpanUnit::Years => end,
                }
            }
            Step::WorkingDays { .. } => self.working_days(step),
            Step::Moved {
                from,
                off,
                to,
                make_up,
            } => {
                let way = if to > from { "顺延" } else { "提前" };
                let made_up = if *make_up { "，调休上班" } else { "" };
                let (date, weekday) = (self.date(*to), chinese_weekday(*to));
                format!(
                    "{}，{way}至{date}（{weekday}{made_up}）",
                    self.off(*from, off)
                )
            }
            Step::Kept { on, off } => {
                format!("{}，本条未写遇休顺延，按原日", self.off(*on, off))
            }
            Step::NoneBefore { on, off } => {
                format!("{}，本期内此前没有工作日，按原日", self.off(*on, off))
            }
            Step::Extended { from, to, reason } => self.extended(*from, *to, reason),
            Step::Beyond {
                covered_from,
                covered_until,
            } => beyond(*covered_from, *covered_until),
        }
    }

    fn off(&self, on: NaiveDate, off: &DayOff) -> String {
        let on = self.day(on);
        match off {
            DayOff::Weekend => format!("{on}为周末"),
            DayOff::Holiday(name) => format!("{on}为{name}放假"),
            DayOff::Guessed => format!("{on}按星期推定为周末"),
        }
    }

    fn working_days(&self, step: &Step) -> String {
        let Step::WorkingDays {
            after,
            n,
            on,
            holidays,
            weekend_days,
            made_up,
        } = step
        else {
            return String::new();
        };
        let mut skipped: Vec<String> = holidays
            .iter()
            .map(|h| format!("{}{}", h.name, self.range(h.from, h.to)))
            .collect();
        if *weekend_days > 0 {
            skipped.push(format!("周末{weekend_days}天"));
        }
        let mut parts = Vec::new();
        if !skipped.is_empty() {
            parts.push(format!("跳过{}", skipped.join("、")));
        }
        if !made_up.is_empty() {
            let days: Vec<String> = made_up.iter().map(|on| self.date(*on)).collect();
            parts.push(format!("{}调休上班计入", days.join("、")));
        }
        parts.push(format!("至{}", self.day(*on)));
        format!(
            "自{}次日起数{n}个工作日：{}",
            self.date(*after),
            parts.join("，")
        )
    }

    fn extended(&self, from: NaiveDate, to: NaiveDate, reason: &str) -> String {
        let days = (to - from).num_days();
        let change = match days {
            0 => "不变".to_owned(),
            1.. => format!("延长{days}天至{}", self.day(to)),
            _ => format!("提前{}天至{}", -days, self.day(to)),
        };
        let reason = reason.trim();
        let reason = if reason.is_empty() {
            String::new()
        } else {
            format!("，理由：{reason}")
        };
        format!("经裁定由{}{change}{reason}", self.date(from))
    }
}

fn beyond(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    match (from, until) {
        (_, None) => "尚未导入工作日历，此日期为暂定".to_owned(),
        (None, Some(until)) => {
            format!("日历只覆盖到{}，此日期为暂定", chinese_date(until))
        }
        (Some(from), Some(until)) => format!(
            "日历只覆盖{}至{}，此日期为暂定",
            chinese_date(from),
            chinese_date(until)
        ),
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

/// The weekday that stands at this place of a week from Monday.
fn nth_weekday(n: u8) -> String {
    let day = Weekday::try_from(n.saturating_sub(1));
    day.map_or_else(|_| format!("第{n}日"), |day| weekday(day).to_owned())
}

fn third(first: NaiveDate) -> &'static str {
    match first.day() {
        1..=10 => "上旬",
        11..=20 => "中旬",
        _ => "下旬",
    }
}

fn numeral(n: u32) -> &'static str {
    match n {
        1 => "一",
        2 => "二",
        3 => "三",
        _ => "四",
    }
}

fn months_name(first: NaiveDate, last: NaiveDate) -> String {
    let (year, month) = (first.year(), first.month());
    if year == last.year() {
        format!("{year}年{month}—{}月", last.month())
    } else {
        format!("{year}年{month}月—{}年{}月", last.year(), last.month())
    }
}

/// The unit as it is counted: 2个月, 3周.
fn unit(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Day => "日",
        PeriodKind::Week => "周",
        PeriodKind::TenDays => "旬",
        PeriodKind::Month => "个月",
        PeriodKind::Quarter => "个季度",
        PeriodKind::HalfYear => "个半年",
        PeriodKind::Year => "年",
        PeriodKind::Span => "段",
    }
}

/// 每月, 每季度, 每2周: of a kind and how many of them.
pub fn every_name(kind: PeriodKind, n: u32) -> String {
    match (kind, n) {
        (PeriodKind::Month, 1) => "每月".to_owned(),
        (PeriodKind::Quarter, 1) => "每季度".to_owned(),
        (PeriodKind::HalfYear, 1) => "每半年".to_owned(),
        (kind, 1) => format!("每{}", unit(kind)),
        (kind, n) => format!("每{n}{}", unit(kind)),
    }
}

fn this_name(kind: PeriodKind, n: u32) -> &'static str {
    if n > 1 {
        return "本期";
    }
    match kind {
        PeriodKind::Day => "当日",
        PeriodKind::Week => "当周",
        PeriodKind::TenDays => "当旬",
        PeriodKind::Month => "当月",
        PeriodKind::Quarter => "当季度",
        PeriodKind::HalfYear => "当半年",
        PeriodKind::Year => "当年",
        PeriodKind::Span => "时段",
    }
}

fn pick_name(month: MonthPick) -> &'static str {
    match month {
        MonthPick::First => "首月",
        MonthPick::Second => "第二个月",
        MonthPick::Third => "第三个月",
        MonthPick::Last => "末月",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_no_leading_zeros() {
        let on = "2026-02-03".parse().unwrap();
        assert_eq!(chinese_date(on), "2026年2月3日");
        assert_eq!(chinese_day(on), "2月3日");
        assert_eq!(chinese_weekday(on), "周二");
    }

    #[test]
    fn every_period_has_a_name() {
        for (text, name) in [
            ("2026", "2026年"),
            ("2024x3", "2024—2026年"),
            ("2026-H1", "2026年上半年"),
            ("2026-H2", "2026年下半年"),
            ("2026-Q3", "2026年第三季度"),
            ("2026-Q3x2", "2026年第三季度起2个季度"),
            ("2026-10", "2026年10月"),
            ("2026-03x2", "2026年3—4月"),
            ("2026-12x2", "2026年12月—2027年1月"),
            ("2026-05-T1", "2026年5月上旬"),
            ("2026-05-T2", "2026年5月中旬"),
            ("2026-05-T3", "2026年5月下旬"),
            ("2026-W20", "2026年第20周"),
            ("2026-W20x2", "2026年第20周起2周"),
            ("2026-05-03", "2026年5月3日"),
            ("2026-02-14..2026-03-31", "2026年2月14日—3月31日"),
            ("2026-12-25..2027-01-05", "2026年12月25日—2027年1月5日"),
        ] {
            assert_eq!(period_name(text.parse().unwrap()), name, "{text}");
        }
    }

    #[test]
    fn every_cut_off_has_a_name() {
        use PeriodKind::{Day, HalfYear, Month, Quarter, TenDays, Week, Year};
        for (text, every, name) in [
            ("last day", Month, "当月最后一日"),
            ("last day", Day, "当日"),
            ("day 22", Month, "当月22日"),
            ("day 5", Week, "当周周五"),
            ("day 5", TenDays, "当旬第5日"),
            ("day 25 of last month", Quarter, "当季度末月25日"),
            ("day 5 of second month", HalfYear, "当半年第二个月5日"),
            ("day 1 of next month", Month, "次月1日"),
            ("day 1 of next month", Quarter, "期满次月1日"),
            (
                "day 5 of first month of next quarter",
                Quarter,
                "下一季度首月5日",
            ),
            ("12-31", Year, "当年12月31日"),
            ("01-15 of next year", Year, "次年1月15日"),
            ("5 working days after", Month, "期满后5个工作日"),
        ] {
            assert_eq!(
                cut_off_name(text.parse().unwrap(), every, 1),
                name,
                "{text}"
            );
        }
        assert_eq!(
            cut_off_name("12-31".parse().unwrap(), Year, 3),
            "末年12月31日"
        );
    }

    #[test]
    fn cadences_and_spans_have_names() {
        let name = |every, n| cadence_name(Cadence::new(every, n).unwrap());
        assert_eq!(name(PeriodKind::Month, 1), "每月");
        assert_eq!(name(PeriodKind::Week, 2), "每2周");
        assert_eq!(name(PeriodKind::Month, 2), "每2个月");
        assert_eq!(name(PeriodKind::HalfYear, 1), "每半年");
        let span = |text: &str| span_name(text.parse().unwrap());
        assert_eq!(
            ["0d", "1d", "30d", "3wd", "0m", "3m", "2w", "1y", "24h"].map(span),
            [
                "当日",
                "次日",
                "30日内",
                "3个工作日内",
                "当月内",
                "3个月内",
                "2周内",
                "1年内",
                "24小时内"
            ]
        );
    }
}
