//! What holds for all days, periods, cut-offs and spans.

use std::sync::LazyLock;

use chrono::NaiveDate;
use domain::calendar::{
    Cadence, CutOff, HolidayRule, MonthPick, NextUnit, Period, PeriodKind, Span, SpanUnit, Step,
    WorkCalendar, due_once, due_recurring,
};
use domain::uscc::Uscc;
use proptest::prelude::*;
use proptest::sample::select;

static CALENDAR: LazyLock<WorkCalendar> = LazyLock::new(WorkCalendar::shipped);

const RECURRING: &[PeriodKind] = &[
    PeriodKind::Day,
    PeriodKind::Week,
    PeriodKind::TenDays,
    PeriodKind::Month,
    PeriodKind::Quarter,
    PeriodKind::HalfYear,
    PeriodKind::Year,
];

/// Days inside and on both sides of the calendar's years.
fn days() -> impl Strategy<Value = NaiveDate> {
    (2020..=2033, 1..=366_u32)
        .prop_filter_map("a day", |(year, day)| NaiveDate::from_yo_opt(year, day))
}

/// Days that the calendar covers, with room to move inside it.
fn covered_days() -> impl Strategy<Value = NaiveDate> {
    days().prop_filter("inside 2023 to 2026", |on| {
        CALENDAR.covers(*on - chrono::TimeDelta::days(14))
            && CALENDAR.covers(*on + chrono::TimeDelta::days(14))
    })
}

fn cadences() -> impl Strategy<Value = Cadence> {
    (
        select(RECURRING),
        prop_oneof![3 => Just(1), 1 => 1..=Cadence::LARGEST_N],
    )
        .prop_filter_map("a cadence", |(every, n)| Cadence::new(every, n).ok())
}

fn periods() -> impl Strategy<Value = Period> {
    let units = (cadences(), days()).prop_map(|(cadence, on)| cadence.period_of(on));
    let spans = (days(), days()).prop_map(|(a, b)| Period::span(a.min(b), a.max(b)));
    prop_oneof![4 => units, 1 => spans]
}

fn cut_offs() -> impl Strategy<Value = CutOff> {
    let day = 1..=31_u8;
    let month = select(&[
        MonthPick::First,
        MonthPick::Second,
        MonthPick::Third,
        MonthPick::Last,
    ]);
    let next = select(&[
        NextUnit::Quarter,
        NextUnit::HalfYear,
        NextUnit::Year,
        NextUnit::Period,
    ]);
    prop_oneof![
        Just(CutOff::LastDay),
        day.clone().prop_map(CutOff::Day),
        (day.clone(), month.clone()).prop_map(|(day, month)| CutOff::DayOfMonth { day, month }),
        day.clone().prop_map(CutOff::DayOfNextMonth),
        (day, month, next).prop_map(|(day, month, next)| CutOff::DayOfNext { day, month, next }),
        (1..=12_u8, 1..=28_u8, any::<bool>()).prop_map(|(month, day, next_year)| CutOff::Date {
            month,
            day,
            next_year
        }),
        (1..=60_u8).prop_map(CutOff::WorkingDaysAfter),
    ]
}

/// Cadences with cut-offs that fit them, as a checked pack has them.
fn duties() -> impl Strategy<Value = (Cadence, Option<CutOff>)> {
    let fitting = (cadences(), cut_offs()).prop_filter_map("fits", |(cadence, cut_off)| {
        cut_off
            .fits_cadence(cadence)
            .is_ok()
            .then_some((cadence, Some(cut_off)))
    });
    prop_oneof![5 => fitting, 1 => cadences().prop_map(|cadence| (cadence, None))]
}

fn rules() -> impl Strategy<Value = HolidayRule> {
    select(HolidayRule::ALL)
}

fn spans() -> impl Strategy<Value = Span> {
    let unit = select(&[
        SpanUnit::Hours,
        SpanUnit::Days,
        SpanUnit::WorkingDays,
        SpanUnit::Weeks,
        SpanUnit::Months,
        SpanUnit::Years,
    ]);
    (1..=60_u32, unit).prop_filter_map("a span", |(n, unit)| Span::new(n, unit).ok())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_prints_parses_back(period in periods(), cut_off in cut_offs(), span in spans()) {
        prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
        prop_assert_eq!(cut_off.to_string().parse::<CutOff>(), Ok(cut_off));
        prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
    }

    #[test]
    fn no_text_stops_the_readers(text in "[0-9xHQWT.a-z -]{0,24}|.{0,12}") {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string(), text.clone());
        }
        if let Ok(cut_off) = text.parse::<CutOff>() {
            prop_assert_eq!(cut_off.to_string(), text.clone());
        }
        if let Ok(span) = text.parse::<Span>() {
            prop_assert_eq!(span.to_string(), text.clone());
        }
        let _ = text.parse::<Uscc>();
        let _ = WorkCalendar::parse(&text);
    }

    #[test]
    fn every_day_lies_in_exactly_one_period(cadence in cadences(), on in days()) {
        let period = cadence.period_of(on);
        prop_assert!(period.contains(on));
        prop_assert!(!period.next().contains(on) && !period.previous().contains(on));
        for other in [period.first_day(), period.last_day()] {
            prop_assert_eq!(cadence.period_of(other), period);
        }
    }

    #[test]
    fn periods_tile_the_time_line(cadence in cadences(), from in days(), length in 0..400_i64) {
        let to = from + chrono::TimeDelta::days(length);
        let tiles: Vec<Period> = cadence.periods(from, to).collect();
        let inside: u32 = tiles.iter().map(|tile| tile.overlap_days(from, to)).sum();
        prop_assert_eq!(i64::from(inside), length + 1);
        for pair in tiles.windows(2) {
            prop_assert!(pair[0] < pair[1]);
            prop_assert_eq!(pair[0].last_day().succ_opt(), Some(pair[1].first_day()));
        }
    }

    #[test]
    fn next_and_previous_are_inverse_and_leave_no_gap(period in periods()) {
        prop_assert_eq!(period.next().previous(), period);
        prop_assert_eq!(period.previous().next(), period);
        prop_assert_eq!(period.last_day().succ_opt(), Some(period.next().first_day()));
        let days = period.overlap_days(period.first_day(), period.last_day());
        prop_assert_eq!(days, period.days());
    }

    #[test]
    fn a_later_period_has_no_earlier_cut_off((cadence, cut_off) in duties(), on in days()) {
        let period = cadence.period_of(on);
        if let Some(cut_off) = cut_off {
            let this = cut_off.date(period, &CALENDAR);
            let next = cut_off.date(period.next(), &CALENDAR);
            // Daily duties of a Friday and of the Saturday after share their next working day.
            let may_share = matches!(cut_off, CutOff::WorkingDaysAfter(_));
            prop_assert!(this < next || may_share && this == next, "{this} then {next}");
        }
    }

    #[test]
    fn data_windows_leave_no_day_out_and_count_none_twice(
        (cadence, cut_off) in duties(), on in days(),
    ) {
        let closing = cut_off.unwrap_or(CutOff::LastDay);
        let mut period = cadence.period_of(on);
        let mut next_day = None;
        for _ in 0..6 {
            if let Some(window) = closing.window(period, &CALENDAR) {
                prop_assert!(next_day.is_none_or(|day| day == window.first_day()));
                next_day = window.last_day().succ_opt();
            }
            period = period.next();
        }
    }

    #[test]
    fn nothing_is_due_before_its_period(
        (cadence, cut_off) in duties(), on in days(), rule in rules(),
    ) {
        let period = cadence.period_of(on);
        let due = due_recurring(period, cut_off, rule, &CALENDAR);
        prop_assert!(period.first_day() <= due.on);
        prop_assert_eq!(due.explain().len(), due.steps.len());
        prop_assert!(due.explain().iter().all(|sentence| !sentence.is_empty()));
        prop_assert!(due.provisional || CALENDAR.covers(due.on));
        let told = due.steps.iter().any(|step| matches!(step, Step::Beyond { .. }));
        prop_assert_eq!(told, due.provisional);
    }

    #[test]
    fn a_moved_date_is_a_working_day_and_none_lies_between(
        on in covered_days(), rule in rules(),
    ) {
        let due = due_once(on, rule, &CALENDAR);
        prop_assert!(!due.provisional);
        if due.on == on {
            prop_assert!(rule == HolidayRule::Unchanged || CALENDAR.is_working(on) == Some(true));
        } else {
            prop_assert_eq!(CALENDAR.is_working(due.on), Some(true));
            let (early, late) = (on.min(due.on), on.max(due.on));
            let between = early.iter_days().skip(1).take_while(|day| *day < late);
            prop_assert!(between.into_iter().all(|day| CALENDAR.is_working(day) == Some(false)));
        }
    }

    #[test]
    fn counting_working_days_lands_on_one_and_counts_back(on in days(), n in 1..120_u32) {
        let (end, provisional) = CALENDAR.add_working_days(on, n);
        prop_assert_eq!(CALENDAR.working_days_between(on, end), (n, provisional));
        if provisional {
            prop_assert!(!CALENDAR.covers(on.succ_opt().unwrap()) || !CALENDAR.covers(end));
        } else {
            prop_assert_eq!(CALENDAR.is_working(end), Some(true));
        }
    }

    #[test]
    fn a_span_never_ends_before_its_event(span in spans(), on in days(), later in 0..40_i64) {
        let due = span.due_from(on, &CALENDAR);
        prop_assert!(on <= due.on);
        let second = span.due_from(on + chrono::TimeDelta::days(later), &CALENDAR);
        prop_assert!(due.on <= second.on, "a later event is never due earlier");
    }

    #[test]
    fn one_wrong_character_never_makes_a_valid_credit_code(
        division in "[0-9]{6}", body in "[0-9A-HJ-NP-RTUWXY]{8}", at in 0..18_usize,
        with in "[0-9A-HJ-NP-RTUWXY]",
    ) {
        let code = Uscc::from_parts("91", &division, &body).unwrap();
        prop_assert_eq!(code.to_string().parse::<Uscc>(), Ok(code));
        let mut wrong = code.to_string();
        wrong.replace_range(at..=at, &with);
        prop_assert_eq!(wrong.parse::<Uscc>().is_ok(), wrong == code.as_str());
    }
}
