//! Due dates 期限日 that explain themselves: the rule, the day, what moved it and why.
//!
//! **Invariant:** a due date that depends on a day beyond the calendar, or lies there, is
//! provisional. **Invariant:** a due date of a period never lies before its first day.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::period::shift;
use super::{CutOff, DayKind, Period, Span, WorkCalendar, words};
use crate::body::codes;

codes! {
    /// What a due date does that falls on a day off.
    HolidayRule {
        /// 按原日: the text says nothing else.
        Unchanged = "unchanged",
        /// 顺延至下一工作日.
        NextWorkingDay = "next-working-day",
        /// 提前至上一工作日.
        PreviousWorkingDay = "previous-working-day",
    }
}

/// The last day in time, and the facts that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day in time.
    pub on: NaiveDate,
    /// Whether a calendar still to come may change it, or nobody has settled its year.
    pub provisional: bool,
    /// How it came about, in order.
    pub steps: Vec<Step>,
    /// How far the calendar reached that it was computed with.
    pub covered_until: Option<NaiveDate>,
}

/// One fact behind a due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "step", rename_all = "kebab-case")]
#[schemars(rename = "DueStep")]
pub enum Step {
    /// The period that is owed.
    Period {
        /// That period.
        period: Period,
    },
    /// The text gives no cut-off: the period's last day.
    PeriodEnd {
        /// That day.
        on: NaiveDate,
    },
    /// The cut-off of the text.
    CutOff {
        /// The rule.
        cut_off: CutOff,
        /// The period that it was read in.
        period: Period,
        /// The day that it names.
        on: NaiveDate,
    },
    /// A date in the text.
    Fixed {
        /// That day.
        on: NaiveDate,
    },
    /// The report is handed in one period later than the one that it answers for.
    Answers {
        /// The period that it answers for.
        covered: Period,
    },
    /// What starts a span.
    Event {
        /// The day of the event.
        on: NaiveDate,
    },
    /// A span counted without regard to working days.
    Within {
        /// The span.
        within: Span,
        /// Where it ends.
        on: NaiveDate,
    },
    /// Working days counted.
    WorkingDays {
        /// The day after which counting begins.
        after: NaiveDate,
        /// How many.
        n: u32,
        /// The last one.
        on: NaiveDate,
        /// Holidays skipped.
        holidays: Vec<Skipped>,
        /// Weekend days skipped.
        weekend_days: u32,
        /// Make-up days counted.
        made_up: Vec<NaiveDate>,
    },
    /// It fell on a day off and moved.
    Moved {
        /// From this day.
        from: NaiveDate,
        /// What that day is.
        off: DayOff,
        /// To this working day.
        to: NaiveDate,
        /// Whether that is a make-up day of a weekend.
        make_up: bool,
    },
    /// It falls on a day off and stays: the text says nothing else.
    Kept {
        /// The day.
        on: NaiveDate,
        /// What it is.
        off: DayOff,
    },
    /// It falls on a day off and stays: the period has no working day before it.
    NoneBefore {
        /// The day.
        on: NaiveDate,
        /// What it is.
        off: DayOff,
    },
    /// A ruling put it off.
    Extended {
        /// From this day.
        from: NaiveDate,
        /// To this day.
        to: NaiveDate,
        /// Why.
        reason: String,
    },
    /// The calendar does not cover a day that it depends on.
    Beyond {
        /// First covered day, where the date lies before it.
        covered_from: Option<NaiveDate>,
        /// Last covered day.
        covered_until: Option<NaiveDate>,
    },
}

/// A holiday that counting skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "HolidaySkipped")]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Its first day inside the count.
    pub from: NaiveDate,
    /// Its last day inside the count.
    pub to: NaiveDate,
}

/// Why a day is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "off", content = "holiday", rename_all = "kebab-case")]
pub enum DayOff {
    /// 周末.
    Weekend,
    /// The named holiday.
    Holiday(String),
    /// A weekend by its weekday, in a year that nobody has settled.
    Guessed,
}

/// The due date of a period: its cut-off, moved as the rule says.
pub fn due_recurring(
    period: Period,
    cut_off: Option<CutOff>,
    rule: HolidayRule,
    calendar: &WorkCalendar,
) -> Due {
    let mut steps = vec![Step::Period { period }];
    let mut guessed = false;
    let on = match cut_off {
        None => {
            let on = period.last_day();
            steps.push(Step::PeriodEnd { on });
            on
        }
        Some(cut_off) => {
            let on = cut_off.date(period, calendar);
            steps.push(Step::CutOff {
                cut_off,
                period,
                on,
            });
            if let CutOff::WorkingDaysAfter(n) = cut_off {
                let after = period.last_day();
                guessed = calendar.add_working_days(after, u32::from(n)).1;
                steps.push(Step::working_days(after, on, u32::from(n), calendar));
            }
            on
        }
    };
    let floor = Some(period.first_day());
    let (on, moved_by_guess) = moved(on, rule, floor, calendar, &mut steps);
    Due::finished(on, guessed || moved_by_guess, steps, calendar)
}

/// The due date of a task with a date of its own, moved as the rule says.
pub fn due_once(on: NaiveDate, rule: HolidayRule, calendar: &WorkCalendar) -> Due {
    let mut steps = vec![Step::Fixed { on }];
    let (on, guessed) = moved(on, rule, None, calendar, &mut steps);
    Due::finished(on, guessed, steps, calendar)
}

/// The first day on which nothing may be entered any more, so many days after the due date.
///
/// With 0 days entry closes with the due date itself; late and locked are two dates.
pub fn lock_day(due: NaiveDate, days: u32) -> NaiveDate {
    shift(due, i64::from(days) + 1)
}

impl Due {
    /// A ruling sets another last day; the days before stay in the explanation.
    #[must_use]
    pub fn extended(mut self, to: NaiveDate, reason: &str) -> Self {
        self.steps.push(Step::Extended {
            from: self.on,
            to,
            reason: reason.to_owned(),
        });
        self.on = to;
        // A ruling names a civil date: only a year that nobody has settled leaves it open.
        self.provisional = self.covered_until.is_none_or(|until| until < to);
        // What was said about the calendar before holds for the day before, not for this one.
        self.steps
            .retain(|step| !matches!(step, Step::Beyond { .. }));
        if self.provisional {
            let covered_until = self.covered_until;
            self.steps.push(Step::Beyond {
                covered_from: None,
                covered_until,
            });
        }
        self
    }

    /// The first day on which what is missing is late.
    pub fn late_on(&self) -> NaiveDate {
        lock_day(self.on, 0)
    }

    /// The first day on which nothing may be entered any more.
    pub fn locked_on(&self, days: u32) -> NaiveDate {
        lock_day(self.on, days)
    }

    /// The due date of a report on an earlier period than the one it is handed in.
    #[must_use]
    pub(crate) fn answering(mut self, covered: Period) -> Self {
        self.steps.insert(0, Step::Answers { covered });
        self
    }

    /// How the date came about, in short sentences.
    pub fn explain(&self) -> Vec<String> {
        words::explain(&self.steps)
    }

    /// A day that no rule moves: says so where it is a day off.
    pub(super) fn settled(
        on: NaiveDate,
        guessed: bool,
        mut steps: Vec<Step>,
        calendar: &WorkCalendar,
    ) -> Self {
        moved(on, HolidayRule::Unchanged, None, calendar, &mut steps);
        Self::finished(on, guessed, steps, calendar)
    }

    fn finished(
        on: NaiveDate,
        guessed: bool,
        mut steps: Vec<Step>,
        calendar: &WorkCalendar,
    ) -> Self {
        let covered_until = calendar.covered_until();
        let provisional = guessed || !calendar.covers(on);
        if provisional {
            // Where the calendar begins matters only for days before it.
            let covered_from = calendar.covered_from().filter(|from| on < *from);
            steps.push(Step::Beyond {
                covered_from,
                covered_until,
            });
        }
        Self {
            on,
            provisional,
            steps,
            covered_until,
        }
    }
}

impl Step {
    /// Working days counted after a day up to the last one, with what was skipped.
    pub(super) fn working_days(
        after: NaiveDate,
        on: NaiveDate,
        n: u32,
        calendar: &WorkCalendar,
    ) -> Self {
        let mut holidays: Vec<Skipped> = Vec::new();
        let mut weekend_days = 0;
        let mut made_up = Vec::new();
        for day in after.iter_days().skip(1).take_while(|day| *day <= on) {
            match calendar.kind_of(day) {
                DayKind::Holiday(holiday) => match holidays.last_mut() {
                    Some(last) if last.name == holiday.name => last.to = day,
                    _ => holidays.push(Skipped {
                        name: holiday.name.clone(),
                        from: day,
                        to: day,
                    }),
                },
                DayKind::Weekend | DayKind::Uncovered { weekend: true } => weekend_days += 1,
                DayKind::MakeUp(_) => made_up.push(day),
                DayKind::Working | DayKind::Uncovered { weekend: false } => {}
            }
        }
        Self::WorkingDays {
            after,
            n,
            on,
            holidays,
            weekend_days,
            made_up,
        }
    }
}

fn day_off(on: NaiveDate, calendar: &WorkCalendar) -> Option<DayOff> {
    match calendar.kind_of(on) {
        DayKind::Working | DayKind::MakeUp(_) | DayKind::Uncovered { weekend: false } => None,
        DayKind::Weekend => Some(DayOff::Weekend),
        DayKind::Holiday(holiday) => Some(DayOff::Holiday(holiday.name.clone())),
        DayKind::Uncovered { weekend: true } => Some(DayOff::Guessed),
    }
}

/// Where the rule takes a day, and whether that rests on an uncovered day.
///
/// It is never moved back out of its period: a duty would be due before it is owed.
fn moved(
    on: NaiveDate,
    rule: HolidayRule,
    floor: Option<NaiveDate>,
    calendar: &WorkCalendar,
    steps: &mut Vec<Step>,
) -> (NaiveDate, bool) {
    let Some(off) = day_off(on, calendar) else {
        return (on, false);
    };
    let (to, guessed) = match rule {
        HolidayRule::Unchanged => {
            steps.push(Step::Kept { on, off });
            return (on, false);
        }
        HolidayRule::NextWorkingDay => calendar.working_day_from(on),
        HolidayRule::PreviousWorkingDay => calendar.working_day_until(on),
    };
    if floor.is_some_and(|floor| to < floor) {
        steps.push(Step::NoneBefore { on, off });
        return (on, guessed);
    }
    let make_up = matches!(calendar.kind_of(to), DayKind::MakeUp(_));
    steps.push(Step::Moved {
        from: on,
        off,
        to,
        make_up,
    });
    (to, guessed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn monthly(period: &str, cut_off: &str, rule: HolidayRule) -> Due {
        let cut_off = Some(cut_off.parse().unwrap());
        due_recurring(
            period.parse().unwrap(),
            cut_off,
            rule,
            &WorkCalendar::shipped(),
        )
    }

    #[test]
    fn the_22nd_of_november_is_a_sunday_and_stays_where_the_text_is_silent() {
        let due = monthly("2026-11", "day 22", HolidayRule::Unchanged);
        assert_eq!((due.on, due.provisional), (day("2026-11-22"), false));
        assert_eq!(
            due.explain(),
            [
                "周期 每月：11月1日—11月30日",
                "期限 当月22日：11月22日（周日）",
                "11月22日（周日）为周末，本条未写遇休顺延，按原日",
            ]
        );
    }

    #[test]
    fn the_22nd_of_february_lies_in_the_spring_festival() {
        let next = monthly("2026-02", "day 22", HolidayRule::NextWorkingDay);
        assert_eq!(next.on, day("2026-02-24"));
        assert_eq!(
            next.explain().last().unwrap(),
            "2月22日（周日）为春节放假，顺延至2月24日（周二）"
        );
        let before = monthly("2026-02", "day 22", HolidayRule::PreviousWorkingDay);
        assert_eq!(before.on, day("2026-02-14"));
        assert_eq!(
            before.explain().last().unwrap(),
            "2月22日（周日）为春节放假，提前至2月14日（周六，调休上班）"
        );
    }

    #[test]
    fn a_duty_is_never_due_before_its_period() {
        let due = monthly("2026-W08", "last day", HolidayRule::PreviousWorkingDay);
        assert_eq!(due.on, day("2026-02-22"));
        assert_eq!(
            due.explain().last().unwrap(),
            "2月22日（周日）为春节放假，本期内此前没有工作日，按原日"
        );
    }

    #[test]
    fn a_report_by_the_25th_of_the_quarters_last_month_says_which_month() {
        let due = monthly(
            "2026-Q3",
            "day 25 of last month",
            HolidayRule::NextWorkingDay,
        );
        assert_eq!(due.on, day("2026-09-28"));
        assert_eq!(
            due.explain(),
            [
                "周期 每季度：7月1日—9月30日",
                "期限 当季度末月25日：9月25日（周五）",
                "9月25日（周五）为中秋节放假，顺延至9月28日（周一）",
            ]
        );
    }

    #[test]
    fn without_a_cut_off_the_last_day_of_the_period_holds() {
        let calendar = WorkCalendar::shipped();
        let period = "2026-05".parse().unwrap();
        let due = due_recurring(period, None, HolidayRule::Unchanged, &calendar);
        assert_eq!(due.on, day("2026-05-31"));
        assert_eq!(
            due.explain()[1],
            "本条未写截止日，按周期最后一日：5月31日（周日）"
        );
    }

    #[test]
    fn working_days_name_what_was_skipped_and_counted() {
        let due = monthly("2026-04", "5 working days after", HolidayRule::Unchanged);
        assert_eq!(due.on, day("2026-05-11"));
        assert_eq!(
            due.explain(),
            [
                "周期 每月：4月1日—4月30日",
                "期限 期满后5个工作日：5月11日（周一）",
                "自4月30日次日起数5个工作日：跳过劳动节5月1日—5月5日、周末1天，\
                 5月9日调休上班计入，至5月11日（周一）",
            ]
        );
    }

    #[test]
    fn a_date_beyond_the_calendar_is_provisional_and_says_so() {
        let due = monthly("2026-12", "day 1 of next month", HolidayRule::Unchanged);
        assert_eq!((due.on, due.provisional), (day("2027-01-01"), true));
        assert_eq!(
            due.explain(),
            [
                "周期 每月：2026年12月1日—2026年12月31日",
                "期限 次月1日：2027年1月1日（周五）",
                "日历只覆盖到2026年12月31日，此日期为暂定",
            ]
        );
        let due = monthly("2027-01", "day 3", HolidayRule::NextWorkingDay);
        assert_eq!((due.on, due.provisional), (day("2027-01-04"), true));
        let early = due_once(
            day("2022-05-04"),
            HolidayRule::Unchanged,
            &WorkCalendar::shipped(),
        );
        assert_eq!(
            early.explain().last().unwrap(),
            "日历只覆盖2023年1月1日至2026年12月31日，此日期为暂定"
        );
    }

    #[test]
    fn a_task_has_its_own_date() {
        let calendar = WorkCalendar::shipped();
        let due = due_once(day("2026-02-28"), HolidayRule::NextWorkingDay, &calendar);
        assert_eq!(due.on, day("2026-02-28"), "a working Saturday");
        let due = due_once(day("2026-05-31"), HolidayRule::NextWorkingDay, &calendar);
        assert_eq!(
            due.explain(),
            [
                "期限 5月31日（周日）",
                "5月31日（周日）为周末，顺延至6月1日（周一）"
            ]
        );
    }

    #[test]
    fn an_extension_keeps_the_day_before_in_sight() {
        let due = monthly("2026-11", "day 22", HolidayRule::NextWorkingDay);
        assert_eq!(due.on, day("2026-11-23"));
        let due = due.extended(day("2026-12-03"), "等待省厅复核");
        assert_eq!((due.on, due.provisional), (day("2026-12-03"), false));
        assert_eq!(
            due.explain().last().unwrap(),
            "经裁定由11月23日延长10天至12月3日（周四），理由：等待省厅复核"
        );
        let far = due.extended(day("2027-01-15"), "跨年工程");
        assert!(far.provisional);
        assert_eq!(
            far.explain().last().unwrap(),
            "日历只覆盖到2026年12月31日，此日期为暂定"
        );
    }

    #[test]
    fn a_ruling_back_into_the_calendar_is_settled_again() {
        let due = monthly("2026-12", "day 15 of next month", HolidayRule::Unchanged);
        assert!(due.provisional);
        let back = due.extended(day("2026-12-20"), "提前完工");
        assert!(!back.provisional);
        assert_eq!(
            back.explain().last().unwrap(),
            "经裁定由2027年1月15日提前26天至2026年12月20日（周日），理由：提前完工"
        );
    }

    #[test]
    fn spans_explain_their_beginning_and_end() {
        let calendar = WorkCalendar::shipped();
        let explain = |span: &str, on: &str| {
            span.parse::<Span>()
                .unwrap()
                .due_from(day(on), &calendar)
                .explain()
        };
        assert_eq!(
            explain("30d", "2026-05-03"),
            ["起算日 5月3日（周日）", "30日内：6月2日（周二）"]
        );
        assert_eq!(explain("0m", "2026-05-03")[1], "当月内：5月31日（周日）");
        assert_eq!(
            explain("24h", "2026-05-03")[1],
            "24小时内：5月4日（周一），未记时刻，按整日算"
        );
        assert_eq!(
            explain("3wd", "2026-02-13"),
            [
                "起算日 2月13日（周五）",
                "自2月13日次日起数3个工作日：跳过春节2月15日—2月23日，2月14日调休上班计入，\
                 至2月25日（周三）",
            ]
        );
    }

    #[test]
    fn late_and_locked_are_two_dates() {
        let due = monthly("2026-11", "day 22", HolidayRule::Unchanged);
        assert_eq!(due.late_on(), day("2026-11-23"));
        assert_eq!(due.locked_on(10), day("2026-12-03"));
        assert_eq!(lock_day(day("2026-11-22"), 0), day("2026-11-23"));
    }
}
