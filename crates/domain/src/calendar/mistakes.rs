//! Mistakes in calendar texts, in the words of the people who made them: what is wrong, what is
//! allowed, what to do.

use super::words::{chinese_date, every_name};
use super::{
    BadCadence, BadCalendar, BadCutOff, BadPeriod, BadSpan, Cadence, CutOff, Period, Span,
    WorkCalendar,
};

/// A period that cannot be read.
pub fn period(bad: &BadPeriod) -> String {
    match bad {
        BadPeriod::Form { found } => {
            format!("“{found}”不是周期，可写：{}", Period::FORMS.join("、"))
        }
        BadPeriod::NoSuch { found } => {
            let (first, last) = (Period::YEARS.start(), Period::YEARS.end());
            format!("没有“{found}”这个周期，请核对年月日（{first}年至{last}年）")
        }
        BadPeriod::Backwards { from, to } => {
            let (from, to) = (chinese_date(*from), chinese_date(*to));
            format!("起日{from}晚于止日{to}，请对调或更正")
        }
        BadPeriod::Multiple { found } => {
            format!("“{found}”的倍数应为2至{}", Period::LARGEST_N)
        }
    }
}

/// A cadence that cannot be.
pub fn cadence(bad: &BadCadence) -> String {
    match bad {
        BadCadence::Span => {
            "一次性时段不能循环，频次可为 day、week、ten-days、month、quarter、half-year、year"
                .to_owned()
        }
        BadCadence::Multiple { n } => {
            format!("每{n}个周期一次不可用，倍数应为1至{}", Cadence::LARGEST_N)
        }
    }
}

/// A cut-off that cannot be read, or cannot be met.
pub fn cut_off(bad: &BadCutOff) -> String {
    match bad {
        BadCutOff::Form { found } => {
            format!("“{found}”不是期限，可写：{}", CutOff::FORMS.join("、"))
        }
        BadCutOff::Day { day, largest } => format!("没有第{day}日，应为1至{largest}"),
        BadCutOff::Date { month, day } => format!("任何一年都没有{month}月{day}日，请更正"),
        BadCutOff::Count { n } => {
            format!("{n}个工作日不可用，应为1至{}", CutOff::LARGEST_COUNT)
        }
        BadCutOff::Fit {
            cut_off,
            every,
            allowed,
        } => {
            let every = every_name(*every, 1);
            format!(
                "期限“{cut_off}”不适用于{every}，可写：{}",
                allowed.join("、")
            )
        }
    }
}

/// A span that cannot be read.
pub fn span(bad: &BadSpan) -> String {
    match bad {
        BadSpan::Form { found } => {
            format!("“{found}”不是时限，可写：{}", Span::FORMS.join("、"))
        }
        BadSpan::Number { found } => {
            format!(
                "时限“{found}”超出范围，最大{}，小时和工作日至少1",
                Span::LARGEST_N
            )
        }
    }
}

/// A year of the working calendar that cannot be imported.
pub fn calendar(bad: &BadCalendar) -> String {
    match bad {
        BadCalendar::Large { bytes } => {
            let allowed = WorkCalendar::LARGEST_FILE_BYTES;
            format!("文件有{bytes}字节，最多{allowed}字节，请核对是否选错文件")
        }
        BadCalendar::Shape(place) => format!("文件格式不符，请对照往年文件更正：{place}"),
        BadCalendar::Year(year) => {
            let (first, last) = (Period::YEARS.start(), Period::YEARS.end());
            format!("年份{year}不可用，应为{first}至{last}")
        }
        BadCalendar::Id(id) => {
            format!("节日代码“{id}”重复或写法不对，只用小写字母、数字和连字符，每个只写一次")
        }
        BadCalendar::Name(id) => format!("节日“{id}”没有名称或名称超过40字"),
        BadCalendar::Date { id, found } => {
            format!("“{id}”的“{found}”不是日期，应写成 2026-10-01")
        }
        BadCalendar::Length { id, from, to } => {
            let (from, to) = (chinese_date(*from), chinese_date(*to));
            let longest = WorkCalendar::LONGEST_HOLIDAY_DAYS;
            format!("“{id}”自{from}至{to}，应为1至{longest}天")
        }
        BadCalendar::OutsideYear { id, on, year } => {
            format!(
                "“{id}”的{}不属于{year}年（可含上年12月）",
                chinese_date(*on)
            )
        }
        BadCalendar::MakeUp { id, on } => {
            let on = chinese_date(*on);
            format!("“{id}”的调休上班日{on}应为周末且不在放假期间")
        }
        BadCalendar::Gap { missing } => format!("缺{missing}年的日历，请先导入{missing}年"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::PeriodKind;

    #[test]
    fn a_mistake_is_told_with_what_is_allowed() {
        let fit = "day 25"
            .parse::<CutOff>()
            .unwrap()
            .fits(PeriodKind::Quarter)
            .unwrap_err();
        assert_eq!(
            cut_off(&fit),
            "期限“day 25”不适用于每季度，可写：last day、day N of first/second/third/last month、\
             day N of next month、day N of first month of next quarter/period、\
             N working days after"
        );
        assert_eq!(
            cut_off(&"day 32".parse::<CutOff>().unwrap_err()),
            "没有第32日，应为1至31"
        );
        assert_eq!(
            period(&"2026-03-02..2026-03-01".parse::<Period>().unwrap_err()),
            "起日2026年3月2日晚于止日2026年3月1日，请对调或更正"
        );
        assert_eq!(
            span(&"0wd".parse::<Span>().unwrap_err()),
            "时限“0wd”超出范围，最大999，小时和工作日至少1"
        );
        assert_eq!(
            calendar(&BadCalendar::Gap { missing: 2027 }),
            "缺2027年的日历，请先导入2027年"
        );
        assert_eq!(
            cadence(&Cadence::new(PeriodKind::Month, 61).unwrap_err()),
            "每61个周期一次不可用，倍数应为1至60"
        );
    }
}
