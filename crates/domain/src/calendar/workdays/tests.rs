//! Tests of the working calendar: days off, days worked instead, and what lies beyond it.

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn year_file(year: i32, holidays: &str) -> String {
    format!("year = {year}\ntitle = \"t\"\nnumber = \"n\"\nsource = \"s\"\n{holidays}")
}

fn holiday(id: &str, from: &str, to: &str, make_up: &str) -> String {
    format!(
        "[[holiday]]\nid = \"{id}\"\nname = \"元旦\"\nfrom = {from}\nto = {to}\n\
         make_up = [{make_up}]\n"
    )
}

fn bad(year: i32, holidays: &str) -> BadCalendar {
    WorkCalendar::parse(&year_file(year, holidays)).unwrap_err()
}

#[test]
fn the_shipped_years_parse_and_leave_no_gap() {
    for (name, text) in WorkCalendar::BUILT_IN {
        let year = WorkCalendar::parse(text).unwrap();
        assert_eq!(
            year.holidays(year.covered_from().unwrap().year()).len(),
            7,
            "{name}"
        );
    }
    let calendar = WorkCalendar::shipped();
    assert_eq!(calendar.covered_from(), Some(day("2023-01-01")));
    assert_eq!(calendar.covered_until(), Some(day("2026-12-31")));
    assert_eq!(calendar.years().count(), 4);
    assert!(
        calendar
            .years()
            .all(|y| y.issued_on.is_some() && y.number.contains('〔'))
    );
}

#[test]
fn each_year_has_its_known_number_of_working_days() {
    let calendar = WorkCalendar::shipped();
    for (year, count) in [(2023, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let before = NaiveDate::from_ymd_opt(year - 1, 12, 31).unwrap();
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        assert_eq!(
            calendar.working_days_between(before, last),
            (count, false),
            "{year}"
        );
    }
}

#[test]
fn n_working_days_after_skip_holidays_and_count_make_up_days() {
    let calendar = WorkCalendar::shipped();
    for (after, n, on) in [
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2025-01-27", 7, "2025-02-12"),
        ("2025-09-30", 3, "2025-10-11"),
        ("2026-02-22", 0, "2026-02-22"),
    ] {
        let found = calendar.add_working_days(day(after), n);
        assert_eq!(found, (day(on), false), "{after} + {n}");
    }
}

#[test]
fn the_22nd_falls_on_a_day_off_in_four_months_of_2026() {
    let calendar = WorkCalendar::shipped();
    let off: Vec<u32> = (1..=12)
        .filter(|month| {
            let on = NaiveDate::from_ymd_opt(2026, *month, 22).unwrap();
            calendar.is_working(on) == Some(false)
        })
        .collect();
    assert_eq!(off, [2, 3, 8, 11]);
    assert_eq!(
        calendar.working_day_until(day("2026-02-22")),
        (day("2026-02-14"), false)
    );
    assert_eq!(
        calendar.working_day_from(day("2026-02-22")),
        (day("2026-02-24"), false)
    );
}

#[test]
fn a_day_knows_what_it_is() {
    let calendar = WorkCalendar::shipped();
    let DayKind::Holiday(spring) = calendar.kind_of(day("2026-02-22")) else {
        panic!("a day of the Spring Festival");
    };
    assert_eq!(
        (spring.id.as_str(), spring.name.as_str()),
        ("spring-festival", "春节")
    );
    let DayKind::MakeUp(spring) = calendar.kind_of(day("2026-02-14")) else {
        panic!("the working Saturday before it");
    };
    assert_eq!(spring.name, "春节");
    assert_eq!(calendar.kind_of(day("2026-11-22")), DayKind::Weekend);
    assert_eq!(calendar.kind_of(day("2026-11-23")), DayKind::Working);
    let autumn = calendar.holiday(2025, "mid-autumn").unwrap();
    assert_eq!(
        (autumn.from, autumn.to),
        (day("2025-10-01"), day("2025-10-08"))
    );
}

#[test]
fn beyond_the_last_notice_nothing_is_settled() {
    let calendar = WorkCalendar::shipped();
    assert_eq!(calendar.is_working(day("2027-01-01")), None);
    assert_eq!(
        calendar.kind_of(day("2027-01-02")),
        DayKind::Uncovered { weekend: true }
    );
    assert_eq!(
        calendar.add_working_days(day("2026-12-30"), 2),
        (day("2027-01-01"), true)
    );
    assert!(calendar.holidays(2027).is_empty());
    assert_eq!(WorkCalendar::default().is_working(day("2026-01-01")), None);
}

#[test]
fn an_imported_year_extends_the_cover_and_replaces_its_own_table() {
    let table = holiday("new-year", "2027-01-01", "2027-01-03", "2026-12-27");
    let next = WorkCalendar::parse(&year_file(2027, &table)).unwrap();
    let both = WorkCalendar::shipped().merge(next).unwrap();
    assert_eq!(both.covered_until(), Some(day("2027-12-31")));
    assert_eq!(both.is_working(day("2026-12-27")), Some(true));
    assert_eq!(both.is_working(day("2027-01-01")), Some(false));

    let amended = holiday("new-year", "2027-01-01", "2027-01-02", "");
    let amended = WorkCalendar::parse(&year_file(2027, &amended)).unwrap();
    let both = both.merge(amended).unwrap();
    assert_eq!(both.is_working(day("2026-12-27")), Some(false));

    let late = WorkCalendar::parse(&year_file(
        2029,
        &holiday("new-year", "2029-01-01", "2029-01-01", ""),
    ))
    .unwrap();
    assert_eq!(both.merge(late), Err(BadCalendar::Gap { missing: 2028 }));
}

#[test]
fn a_wrong_table_is_refused_with_the_place() {
    let one =
        |from: &str, to: &str, make_up: &str| bad(2027, &holiday("new-year", from, to, make_up));
    assert!(matches!(
        one("2027-01-03", "2027-01-01", ""),
        BadCalendar::Length { .. }
    ));
    assert!(matches!(
        one("2027-01-01", "2027-03-01", ""),
        BadCalendar::Length { .. }
    ));
    assert!(matches!(
        one("2026-11-01", "2026-11-02", ""),
        BadCalendar::OutsideYear { .. }
    ));
    assert!(matches!(
        one("2027-01-01", "2027-01-03", "2027-01-04"),
        BadCalendar::MakeUp { .. }
    ));
    assert!(matches!(
        one("2027-01-01", "2027-01-03", "2027-01-02"),
        BadCalendar::MakeUp { .. }
    ));
    let time = one("2027-01-01T08:00:00", "2027-01-03", "");
    assert!(matches!(time, BadCalendar::Date { .. }));
    let twice = holiday("new-year", "2027-01-01", "2027-01-03", "").repeat(2);
    assert_eq!(bad(2027, &twice), BadCalendar::Id("new-year".to_owned()));
    assert_eq!(bad(20270, &twice), BadCalendar::Year(20270));
    let BadCalendar::Shape(shape) = bad(2027, "[[holyday]]\nid = \"x\"\n") else {
        panic!("an unknown key");
    };
    assert!(shape.contains("holyday"), "{shape}");
    let long = "#".repeat(WorkCalendar::LARGEST_FILE_BYTES + 1);
    assert!(matches!(
        WorkCalendar::parse(&long),
        Err(BadCalendar::Large { .. })
    ));
}
