//! Tests of cut-offs: the table of truth of what can be written, and of the days that follow.

use super::*;

fn cut(text: &str) -> CutOff {
    text.parse().unwrap()
}

fn date(cut_off: &str, period: &str) -> String {
    let calendar = WorkCalendar::shipped();
    cut(cut_off)
        .date(period.parse().unwrap(), &calendar)
        .to_string()
}

#[test]
fn every_text_form_names_a_day() {
    for (text, period, day) in [
        ("last day", "2026-02", "2026-02-28"),
        ("day 22", "2026-11", "2026-11-22"),
        ("day 31", "2026-06", "2026-06-30"),
        ("day 3", "2026-W20", "2026-05-13"),
        ("day 5", "2026-05-T2", "2026-05-15"),
        ("day 10", "2026-02-T3", "2026-02-28"),
        ("day 25 of last month", "2026-Q1", "2026-03-25"),
        ("day 5 of first month", "2026-Q2", "2026-04-05"),
        ("day 5 of second month", "2026-Q2", "2026-05-05"),
        ("day 31 of third month", "2026-Q2", "2026-06-30"),
        ("day 25 of last month", "2026-H1", "2026-06-25"),
        ("day 25 of last month", "2026-03x2", "2026-04-25"),
        ("day 1 of next month", "2026-01", "2026-02-01"),
        ("day 31 of next month", "2026-01", "2026-02-28"),
        ("day 1 of next month", "2026-Q4", "2027-01-01"),
        (
            "day 5 of first month of next quarter",
            "2026-Q3",
            "2026-10-05",
        ),
        (
            "day 5 of last month of next half-year",
            "2026-H1",
            "2026-12-05",
        ),
        ("day 10 of second month of next year", "2026", "2027-02-10"),
        (
            "day 10 of first month of next period",
            "2026-03x2",
            "2026-05-10",
        ),
        ("12-05", "2026", "2026-12-05"),
        ("12-31", "2024x3", "2026-12-31"),
        ("02-29", "2026", "2026-02-28"),
        ("02-29", "2024", "2024-02-29"),
        ("01-15 of next year", "2026", "2027-01-15"),
        ("5 working days after", "2026-04", "2026-05-11"),
        ("7 working days after", "2026-Q3", "2026-10-15"),
    ] {
        assert_eq!(date(text, period), day, "{text} in {period}");
        assert_eq!(cut(text).to_string(), text);
        let period: Period = period.parse().unwrap();
        let cadence = Cadence::new(period.kind(), period.n()).unwrap();
        assert_eq!(
            cut(text).fits_cadence(cadence),
            Ok(()),
            "{text} in {period}"
        );
    }
}

#[test]
fn data_that_close_on_the_22nd_run_from_the_23rd() {
    let calendar = WorkCalendar::shipped();
    let window = |cut_off: &str, period: &str| {
        cut(cut_off)
            .window(period.parse().unwrap(), &calendar)
            .unwrap()
            .to_string()
    };
    assert_eq!(window("day 22", "2026-03"), "2026-02-23..2026-03-22");
    assert_eq!(window("last day", "2026-03"), "2026-03-01..2026-03-31");
    assert_eq!(
        window("day 25 of last month", "2026-Q1"),
        "2025-12-26..2026-03-25"
    );
}

#[test]
fn a_text_that_is_no_cut_off_says_what_is_allowed() {
    for text in [
        "",
        "day",
        "22",
        "day 022",
        "day 5 of fourth month",
        "last  day",
        "day x",
    ] {
        let bad = text.parse::<CutOff>().unwrap_err();
        assert!(matches!(bad, BadCutOff::Form { .. }), "{text}");
        assert!(bad.to_string().contains("day 25 of last month"), "{bad}");
    }
    let too_late = Err(BadCutOff::Day {
        day: 32,
        largest: 31,
    });
    assert_eq!("day 32".parse::<CutOff>(), too_late);
    assert_eq!("day 32 of next month".parse::<CutOff>(), too_late);
    assert_eq!(
        "day 0".parse::<CutOff>(),
        Err(BadCutOff::Day {
            day: 0,
            largest: 31
        })
    );
    assert_eq!(
        "02-30".parse::<CutOff>(),
        Err(BadCutOff::Date { month: 2, day: 30 })
    );
    assert_eq!(
        "13-01".parse::<CutOff>(),
        Err(BadCutOff::Date { month: 13, day: 1 })
    );
    assert_eq!(
        "0 working days after".parse::<CutOff>(),
        Err(BadCutOff::Count { n: 0 })
    );
    assert_eq!(
        "61 working days after".parse::<CutOff>(),
        Err(BadCutOff::Count { n: 61 })
    );
}

#[test]
fn a_cut_off_that_no_period_of_the_kind_can_meet_is_refused() {
    use PeriodKind::{Day, HalfYear, Month, Quarter, TenDays, Week, Year};
    for (text, every) in [
        ("day 25", Quarter),
        ("day 25", Year),
        ("day 1", Day),
        ("12-31", Quarter),
        ("12-31", Month),
        ("day 5 of first month", Month),
        ("day 5 of next month", Week),
        ("day 5 of first month of next quarter", Month),
        ("day 5 of first month of next half-year", Quarter),
        ("day 5 of first month of next year", HalfYear),
    ] {
        let bad = cut(text).fits(every).unwrap_err();
        assert!(
            matches!(bad, BadCutOff::Fit { .. }),
            "{text} every {every}: {bad}"
        );
    }
    let bad = cut("day 25").fits(Quarter).unwrap_err().to_string();
    assert!(
        bad.contains("day N of first/second/third/last month"),
        "{bad}"
    );
    assert_eq!(
        cut("day 12").fits(Week),
        Err(BadCutOff::Day {
            day: 12,
            largest: 7
        })
    );
    assert_eq!(
        cut("day 11").fits(TenDays),
        Err(BadCutOff::Day {
            day: 11,
            largest: 10
        })
    );
    let two_months = Cadence::new(Month, 2).unwrap();
    assert!(cut("day 25").fits_cadence(two_months).is_err());
    assert!(
        cut("day 25 of third month")
            .fits_cadence(two_months)
            .is_err()
    );
    assert_eq!(
        cut("day 25 of second month").fits_cadence(two_months),
        Ok(())
    );
}
