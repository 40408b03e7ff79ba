//! What is due is done once, by whoever calls.

use serde_json::Value;

use crate::running::bihuan;

#[test]
fn a_tick_does_what_is_due_once_and_says_what_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let run = |arguments: &[&str]| bihuan(&[&["--data", data][..], arguments].concat());
    let ran = run(&["tick"]).ends(3);
    assert!(ran.err.contains("没有数据库"), "{}", ran.err);
    run(&["setup", "--name", "泽安县", "--division", "999025"]).ok();

    let first = run(&["--json", "tick"]).ok().value();
    let all = first["ran"].as_array().unwrap();
    let kind = |ran: &Value| ran["kind"].as_str().unwrap().to_owned();
    let mut kinds: Vec<String> = all.iter().map(kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["collect-files", "sweep-requests", "sweep-sessions"]);
    assert!(
        all.iter()
            .all(|ran| ran["ended"] == "done" && ran["did"] == 0),
        "{first}"
    );
    let of_all = all.iter().find(|ran| ran["kind"] == "collect-files");
    assert_eq!(of_all.unwrap()["home"], Value::Null, "for the installation");

    let again = run(&["tick"]).ok();
    assert_eq!(again.out, "", "nothing is due twice");
    assert!(again.err.contains("没有到时间"), "{}", again.err);
    // A turn that did nothing leaves no link.
    let proof = run(&["--json", "audit", "verify"]).ok().value();
    assert_eq!(proof["clean"], true);
    assert_eq!(proof["links"], 2);
}

#[test]
fn a_job_that_fails_is_something_found() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let run = |arguments: &[&str]| bihuan(&[&["--data", data][..], arguments].concat());
    run(&["setup", "--name", "泽安县", "--division", "999025"]).ok();
    // A folder stands where the disk's clock is read.
    std::fs::create_dir_all(dir.path().join("files/clock/in the way")).unwrap();
    let ran = run(&["tick"]).ends(1);
    let failed = ran.out.lines().find(|line| line.contains("附件")).unwrap();
    assert!(failed.contains("稍后自动再试"), "{failed}");
    assert!(
        ran.out.lines().count() == 3,
        "the others are done: {}",
        ran.out
    );
}
