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
