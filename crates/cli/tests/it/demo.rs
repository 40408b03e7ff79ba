//! The demo county: the same every time, whole, and with the gaps of real life.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::running::{Copied, bihuan, build, demo, in_demo};

/// What is owed, as the office sees it, by state.
fn duties(arguments: &[&str]) -> Vec<Value> {
    let asked = [&["--as", "anban"], arguments].concat();
    crate::running::duties(in_demo, &asked)
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// The state of one obligation.
#[track_caller]
fn state(duty: &str, owner: &str, period: &str) -> String {
    let rows = duties(&["--text", owner]);
    let found: Vec<&Value> = rows
        .iter()
        .filter(|r| text(r, "duty") == duty && text(r, "owner_name") == owner)
        .filter(|r| text(r, "period") == period)
        .collect();
    assert_eq!(found.len(), 1, "{duty} {owner} {period}");
    text(found[0], "state").to_owned()
}

#[test]
fn two_builds_end_in_the_same_head() {
    let head = |dir: &std::path::Path| {
        let ran = bihuan(&["--data", dir.to_str().unwrap(), "--json", "audit", "verify"]).ok();
        let value = ran.value();
        assert_eq!(value["tail_proven"], true);
        assert!(value["links"].as_u64().unwrap() > 1_500, "{value}");
        value["head"].as_str().unwrap().to_owned()
    };
    let again = build("demo-again");
    assert_eq!(head(demo()), head(&again));
    std::fs::remove_dir_all(again).unwrap();
}

/// Writes past the program, as somebody with the file would.
fn tamper(dir: &std::path::Path, sql: &'static str) {
    use sqlx::{Connection, Executor, SqliteConnection};
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let changed = runtime.block_on(async {
        let url = format!("sqlite:{}", dir.join("bihuan.db").display());
        let mut conn = SqliteConnection::connect(&url).await.unwrap();
        let done = conn.execute(sql).await.unwrap().rows_affected();
        conn.close().await.unwrap();
        done
    });
    assert!(changed > 0, "{sql}");
}

#[test]
fn rows_that_are_only_derived_are_proven_too() {
    let again = build("demo-tampered");
    let verify = |code: i32| {
        let dir = again.to_str().unwrap();
        bihuan(&["--data", dir, "audit", "verify"]).ends(code).out
    };
    assert!(verify(0).contains("没有发现改动"));
    tamper(
        &again,
        "delete from act_part where act = (select min(act) from act_part)",
    );
    tamper(
        &again,
        "delete from counted where act = (select max(act) from counted)",
    );
    tamper(
        &again,
        "update act set occurred_on = '2026-02-20' where id = (select max(id) from act)",
    );
    let out = verify(1);
    for named in [
        "记录的参与单位索引被改动：act_part act_",
        "计入情况被删除：counted zezhou-2026-",
        "数据被改动：act act_",
    ] {
        assert!(out.contains(named), "{named}: {out}");
    }
    std::fs::remove_dir_all(again).unwrap();
}

#[test]
fn what_acts_count_for_equals_its_rebuild() {
    let value = in_demo(&["--json", "counted", "check"]).ok().value();
    assert_eq!(
        (&value["missing"], &value["extra"]),
        (&Value::from(0), &Value::from(0))
    );
    assert!(value["rows"].as_u64().unwrap() > 3_000, "{value}");
}

#[test]
fn sixteen_towns_nineteen_committees_and_three_hundred_enterprises_owe() {
    let rows = duties(&[]);
    let owners = |duty: &str, period: &str| {
        let of = rows
            .iter()
            .filter(|r| text(r, "duty") == duty && text(r, "period") == period);
        of.map(|r| text(r, "owner_name"))
            .collect::<std::collections::BTreeSet<_>>()
    };
    let visits = owners("government-leader-visit", "2026-10");
    assert_eq!(
        visits
            .iter()
            .filter(|o| o.ends_with("镇人民政府镇长"))
            .count(),
        16,
        "{visits:?}"
    );
    assert_eq!(visits.len(), 16 + 7, "{visits:?}");
    let before = owners("government-leader-visit", "2026-06");
    assert!(before.contains("桑园镇人民政府镇长") && !visits.contains("桑园镇人民政府镇长"));
    assert_eq!(owners("committee-plenary", "2026-Q3").len(), 19 * 2);
    assert_eq!(owners("department-head-visit", "2026-09").len(), 22);
    assert_eq!(owners("self-check", "2026-Q2").len(), 300);
    assert_eq!(owners("monthly-return", "2026-09").len(), 16 + 22);
}

#[test]
fn most_is_done_and_the_gaps_are_those_of_real_life() {
    let mut by_state: BTreeMap<String, usize> = BTreeMap::new();
    for row in duties(&[]) {
        *by_state.entry(text(&row, "state").to_owned()).or_default() += 1;
    }
    let met = by_state["met"];
    let overdue = by_state["overdue"];
    assert!(met > 2_000 && (60..250).contains(&overdue), "{by_state:?}");
    assert!(by_state["met-late"] >= 8, "{by_state:?}");
    assert_eq!(by_state["waived"], 1, "{by_state:?}");

    let visit = "government-leader-visit";
    assert_eq!(state(visit, "石桥镇人民政府镇长", "2026-10"), "overdue");
    assert_eq!(state(visit, "石桥镇人民政府镇长", "2026-09"), "met");
    assert_eq!(state(visit, "清溪镇人民政府镇长", "2026-10"), "met");
    assert_eq!(state(visit, "柳湾镇人民政府镇长", "2026-07"), "waived");
    assert_eq!(state(visit, "龙泉镇人民政府镇长", "2026-06"), "overdue");
    assert_eq!(state(visit, "下坪镇人民政府镇长", "2026-08"), "met");
    assert_eq!(
        state("monthly-return", "白马镇人民政府", "2026-08"),
        "met-late"
    );
    assert_eq!(state("monthly-return", "青崖镇人民政府", "2026-09"), "met");
    assert_eq!(
        state("monthly-return", "山口镇人民政府", "2026-06"),
        "met-late"
    );
    assert_eq!(state("monthly-return", "泽安县水务局", "2026-07"), "met");
    assert_eq!(
        state("department-meeting", "泽安县商务和投资促进局", "2026-Q2"),
        "overdue"
    );
}

#[test]
fn a_plenary_under_the_deputy_meets_the_committees_duty_and_not_the_chairs() {
    let committee = "泽安县餐饮住宿安全专业委员会";
    let rows = duties(&["--text", committee]);
    let of = |duty: &str, owner: &str| {
        let found = rows.iter().find(|r| {
            text(r, "duty") == duty
                && text(r, "period") == "2026-Q3"
                && text(r, "owner_name") == owner
        });
        text(found.unwrap(), "state").to_owned()
    };
    assert_eq!(of("committee-plenary", committee), "met");
    assert_eq!(of("chair-meeting", &format!("{committee}主任")), "overdue");
}

#[test]
fn march_is_seen_as_it_was_in_march() {
    let march = duties(&["--as-of", "2026-03-31", "--text", "桑园镇人民政府镇长"]);
    assert!(march.iter().any(|r| text(r, "period") == "2026-03"));
    let ran = in_demo(&["duty", "list", "--as", "anban", "--as-of", "2027-01-01"]);
    assert!(ran.ends(2).err.contains("还没有到"));
}

#[test]
fn a_folder_with_other_data_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bihuan.db"), "somebody's").unwrap();
    let path = dir.path().to_str().unwrap();
    let ran = bihuan(&["--data", path, "demo", "--build-only"]).ends(1);
    assert!(ran.err.contains("已有别的数据"), "{}", ran.err);
    let ran = bihuan(&["--data", path, "demo", "--build-only", "--fresh"]).ends(1);
    assert!(ran.err.contains("没有清空"), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(dir.path().join("bihuan.db")).unwrap(),
        "somebody's"
    );
}

#[test]
fn an_earlier_day_of_a_demo_that_stands_can_only_be_looked_at() {
    let demo = Copied::new();
    let ran = demo
        .run(&["demo", "--build-only", "--as-of", "2026-06-30"])
        .ok();
    assert!(ran.err.contains("只能查看"), "{}", ran.err);
}

#[test]
fn a_demo_of_the_end_of_march_is_built_up_to_that_morning() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let run = |arguments: &[&str]| bihuan(&[&["--data", path, "--json"][..], arguments].concat());
    let built = run(&["demo", "--build-only", "--as-of", "2026-03-31"])
        .ok()
        .value();
    assert_eq!(built["day"], "2026-03-31");
    let newest = run(&["act", "list", "--as", "anban", "--limit", "1"])
        .ok()
        .value();
    assert_eq!(newest["acts"][0]["occurred_on"], "2026-03-30");
    let typed = ["--field", "form=monthly", "--field", "topic=月度例会"];
    let committee = crate::running::duties(
        |all| bihuan(&[&["--data", path][..], all].concat()),
        &["--as", "anban", "--text", "县安委会每月例会"],
    );
    let part = format!("hosted={}", committee[0]["owner"].as_str().unwrap());
    let meeting = ["act", "record", "meeting", "--part", &part, "--as", "anban"];
    let made = run(&[&meeting[..], &typed].concat()).ok().value();
    let id = made["act"]["id"].as_str().unwrap();
    let met = run(&["act", "show", id, "--as", "anban"]).ok().value();
    // One meeting, and both notices count it.
    assert_eq!(met["meets"].as_array().unwrap().len(), 2, "{met}");
}
