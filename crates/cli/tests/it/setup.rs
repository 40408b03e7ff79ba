//! An empty database gets its county and the link of its administrators.

use crate::running::bihuan;

#[test]
fn the_first_link_is_given_once_the_county_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let run = |arguments: &[&str]| bihuan(&[&["--data", data][..], arguments].concat());
    let ran = run(&["setup"]).ends(2);
    assert!(ran.err.contains("--division"), "{}", ran.err);
    let ran = run(&["setup", "--name", "泽安县", "--division", "9990"]).ends(2);
    assert!(ran.err.contains("6位"), "{}", ran.err);
    let ran = run(&["setup", "--name", "泽安县", "--division", "999025"]).ok();
    assert!(
        ran.out.starts_with("http://127.0.0.1:8650/link/"),
        "{}",
        ran.out
    );
    assert_eq!(ran.out.lines().count(), 1, "data only on standard output");
    // A lost link is no loss: as long as nobody exists, another one is given.
    let again = run(&["--json", "setup"]).ok().value();
    assert_ne!(again["link"].as_str().unwrap(), ran.out.trim());
    let proof = run(&["--json", "audit", "verify"]).ok().value();
    assert_eq!(proof["clean"], true);
}

#[test]
fn an_empty_database_is_not_served() {
    let dir = tempfile::tempdir().unwrap();
    let ran = bihuan(&[
        "--data",
        dir.path().to_str().unwrap(),
        "serve",
        "--port",
        "0",
    ])
    .ends(1);
    assert!(ran.err.contains("bihuan setup"), "{}", ran.err);
}

#[test]
fn a_database_of_an_earlier_time_is_seen_against_the_head_file() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let run = |arguments: &[&str]| bihuan(&[&["--data", data][..], arguments].concat());
    run(&["setup", "--name", "泽安县", "--division", "999025"]).ok();
    run(&["audit", "verify"]).ok();

    // The head file knows of links that the database no longer has.
    let heads = dir.path().join("heads.jsonl");
    let kept = std::fs::read_to_string(&heads).unwrap();
    let mut newest: serde_json::Value = serde_json::from_str(kept.lines().last().unwrap()).unwrap();
    newest["seq"] = serde_json::Value::from(newest["seq"].as_i64().unwrap() + 3);
    let elsewhere = dir.path().join("elsewhere.jsonl");
    std::fs::write(&elsewhere, format!("{kept}{newest}\n")).unwrap();
    let ran = run(&[
        "audit",
        "verify",
        "--head-file",
        elsewhere.to_str().unwrap(),
    ])
    .ends(1);
    assert!(ran.out.contains("数据库比链头文件旧"), "{}", ran.out);
    assert!(ran.err.contains("accept-heads"), "{}", ran.err);

    // Without a head file it is said that a cut tail cannot be seen.
    std::fs::remove_file(&heads).unwrap();
    std::fs::write(&heads, "").unwrap();
    let ran = run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("链头文件缺失"), "{}", ran.out);
}
