//! The packs that ship: they read without a problem, and say when what is owed.

use std::path::Path;

use domain::pack::{DutyDecl, DutyTiming, Pack, PackFile, Problems, read_all, report};

pub(crate) const COMMON: &str = "common";
pub(crate) const COMMITTEES: &str = "zezhou-2026-committees";
pub(crate) const THREE_ACTIONS: &str = "zezhou-2026-three-actions";

pub(crate) fn files(id: &str) -> Vec<PackFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemes")
        .join(id);
    let mut out: Vec<PackFile> = std::fs::read_dir(&folder)
        .unwrap_or_else(|why| panic!("{}: {why}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| PackFile {
            path: format!(
                "schemes/{id}/{}",
                path.file_name().unwrap().to_string_lossy()
            ),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .collect();
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

/// Reads a pack and insists that there is nothing to remark, warnings included.
pub(crate) fn shipped(id: &str, used: &[&Pack]) -> Pack {
    let files = files(id);
    let reading = read_all(&files, used);
    assert!(
        reading.problems.is_empty(),
        "{}",
        report(&reading.problems, &files)
    );
    let pack = reading.pack.ok_or(Problems(Vec::new())).unwrap();
    assert_eq!(pack.id, *id, "the folder's name is the pack's id");
    pack
}

fn both() -> (Pack, Pack) {
    let common = shipped(COMMON, &[]);
    (
        shipped(COMMITTEES, &[&common]),
        shipped(THREE_ACTIONS, &[&common]),
    )
}

/// When a duty is owed, in a few words.
fn timing(timing: &DutyTiming, at_least: u32) -> String {
    let when = match timing {
        DutyTiming::Recurring { cadence, due, .. } => {
            let by = due.map(|due| format!(" by {due}")).unwrap_or_default();
            format!("every {}{by}", cadence.every())
        }
        DutyTiming::Once { due, .. } => format!("once by {due}"),
        DutyTiming::Occasion { kinds } => format!("at {} kinds of occasion", kinds.len()),
    };
    if at_least > 1 {
        format!("{when}, {at_least}")
    } else {
        when
    }
}

/// One line for each place that asks for a duty: clause, duty, when.
fn lines(pack: &Pack) -> Vec<String> {
    let of = |duty: &DutyDecl| -> Vec<String> {
        let rule = timing(&duty.rule.timing, duty.rule.at_least);
        let common = duty.clauses.iter().map(|c| (c.clone(), rule.clone()));
        let texts = duty.options.iter().flat_map(|o| {
            let rule = timing(&o.rule.timing, o.rule.at_least);
            o.clauses.iter().map(move |c| (c.clone(), rule.clone()))
        });
        common
            .chain(texts)
            .map(|(c, rule)| format!("{c} | {} | {rule}", duty.id))
            .collect()
    };
    pack.duties.iter().flat_map(of).collect()
}

#[test]
fn the_committees_notice_says_when_each_duty_is_owed() {
    let (pack, _) = both();
    let expected = [
        "二/(二)/1/(2) | chair-meeting | every quarter",
        "二/(二)/1/(4) | chair-inspection | every month",
        "二/(二)/1/(5) | chair-matter | every year",
        "三/(一) | committee-plenary | every quarter",
        "三/(三) | joint-consultation | every quarter",
        "三/(三) | occasion-consultation | at 5 kinds of occasion",
        "三/(二) | joint-enforcement | at 6 kinds of occasion",
        "三/（八） | quarter-report | every quarter by day 25 of last month",
        "三/（八） | situation-notice | every quarter by day 25 of last month",
        "三/（八） | annual-report | every year by 12-31",
        "四/（二） | self-evaluation | every year",
        "四/（二） | performance-report | every year",
        "三/（八） | office-quarter-summary | every quarter",
        "四/（三） | monthly-dispatch | every month",
        "四/（四） | composite-evaluation | every year",
    ];
    assert_eq!(lines(&pack), expected);
}

#[test]
fn the_three_actions_notice_says_when_each_duty_is_owed() {
    let (_, pack) = both();
    let expected = [
        "一/（一）/1/（1） | theory-study | every year, 2",
        "表1#1 | theory-study | every year, 2",
        "一/（一）/1/（2） | two-lists | once by 2026-03-31",
        "表1#2 | two-lists | once by 2026-03-31",
        "一/（一）/1/（3） | committee-plenary | every quarter",
        "一/（一）/1/（4） | practical-matters | once by 2026-12-31, 10",
        "表1#4 | practical-matters | once by 2026-12-31, 10",
        "一/（一）/2/（3） | collective-study | every half-year",
        "表1#8 | collective-study | every half-year",
        "一/（一）/2/（3） | department-meeting | every quarter",
        "表1#8 | department-meeting | every quarter",
        "一/（二）/2 | department-head-visit | every month",
        "表1#8 | department-head-visit | every month",
        "一/（一）/3/（1） | subject-supervision | every half-year",
        "表1#11 | subject-supervision | every half-year",
        "一/（一）/3/（1） | subject-report | every year",
        "表1#11 | subject-report | every year",
        "一/（一）/3/（6） | drill-high-hazard | every half-year",
        "表1#16 | drill-high-hazard | every half-year",
        "一/（一）/3/（6） | drill-others | every year",
        "表1#16 | drill-others | every year",
        "一/（二）/1 | self-check | every quarter",
        "一/（二）/3 | government-leader-visit | every month",
        "一/（二）/3 | standing-member-visit | at 5 kinds of occasion",
        "一/（二）/4 | tour | every quarter",
        "一/（三）/1 | lead-consultation | every quarter",
        "一/（三）/1 | risk-report | every quarter",
        "一/（三）/3 | legacy-problems | once by 2026-12-31",
        "一/（三）/4 | look-back | once by 2026-03-01",
        "四/（一） | monthly-return | every month by day 22",
        "附件2/备注/1 | monthly-return | every month by last day",
        "四/（一） | ledger-return | every month by day 22",
        "四/（二） | dispatch-meeting | every month",
    ];
    assert_eq!(lines(&pack), expected);
}

#[test]
fn phases_and_limits_stand_with_their_clauses() {
    let (_, pack) = both();
    let day = |d: Option<chrono::NaiveDate>| d.map_or("-".to_owned(), |d| d.to_string());
    let phases: Vec<String> = pack
        .phases
        .iter()
        .map(|p| {
            format!(
                "{} {} {}..{}",
                p.clauses.join("+"),
                p.id,
                day(p.from),
                day(p.to)
            )
        })
        .collect();
    assert_eq!(
        phases,
        [
            "preamble+三 programme -..2026-12-31",
            "三/（一） mobilise -..2026-02-28",
            "三/（二） find-and-fix 2026-03-01..2026-09-30",
            "三/（三） concentrate 2026-10-01..2026-11-30",
            "三/（四） sum-up 2026-12-01..2026-12-31",
        ]
    );
    let limits: Vec<String> = pack
        .limits
        .iter()
        .map(|l| format!("{} {}", l.id, l.within))
        .collect();
    assert_eq!(
        limits,
        [
            "major-three-months 3m",
            "general-same-month 0m",
            "quick-site 0d",
            "quick-findings 1d",
            "quick-analysis 3d",
            "quick-circular 0m",
        ]
    );
}

#[test]
fn thirteen_of_nineteen_fields_have_a_committee_of_the_other_notice() {
    let (committees, actions) = both();
    assert_eq!(committees.committees.len(), 19);
    assert!(
        committees
            .committees
            .iter()
            .all(|c| c.leads.len() == 1 && c.sector.is_some())
    );
    assert_eq!(actions.sectors.len(), 19);
    let with = actions
        .sectors
        .iter()
        .filter(|s| !s.same_as.is_empty())
        .count();
    assert_eq!(
        with, 13,
        "the other six are gaps: no committee looks after them"
    );
    for same in actions.sectors.iter().flat_map(|s| &s.same_as) {
        let (pack, sector) = same.split_once('/').unwrap();
        assert_eq!(pack, COMMITTEES);
        assert!(
            committees.sectors.iter().any(|s| s.id == *sector),
            "{same} does not exist"
        );
    }
}

#[test]
fn the_sixteen_responsibilities_stand_in_three_groups() {
    let (_, pack) = both();
    let count = |group: &str| {
        pack.responsibilities
            .iter()
            .filter(|r| r.group == group)
            .count()
    };
    assert_eq!(count("党政领导责任"), 5);
    assert_eq!(count("部门监管责任"), 5);
    assert_eq!(count("企业主体责任"), 6);
    assert!(
        pack.responsibilities
            .iter()
            .all(|r| !r.elements.is_empty() && r.clauses.len() == 2)
    );
}

#[test]
fn the_monthly_table_has_sixteen_columns_and_its_slashes_hold_two_numbers() {
    use domain::pack::ColumnKind;
    let (_, pack) = both();
    let form = pack
        .forms
        .iter()
        .find(|f| f.id == "three-actions-monthly")
        .unwrap();
    assert_eq!(form.columns.len(), 16);
    for column in &form.columns {
        let slash = column.head.last().is_some_and(|h| h.contains('/'));
        assert_eq!(slash, column.kind == ColumnKind::Pair, "{}", column.id);
    }
    assert_eq!(form.first_period.as_deref(), Some("2026-02"));
}

#[test]
fn a_recorded_visit_asks_for_little() {
    let common = shipped(COMMON, &[]);
    let visit = common.acts.iter().find(|a| a.id == "inspection").unwrap();
    let required = visit.fields.iter().filter(|f| f.required).count();
    assert!(
        required <= 2,
        "with day, place and leader that makes {} inputs",
        required + 3
    );
}
