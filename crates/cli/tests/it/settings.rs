//! Settings at the command line.

use crate::running::{bihuan, bihuan_with};

#[test]
fn the_effective_settings_are_shown_without_the_password() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.toml");
    std::fs::write(
        &file,
        "[data]\ndatabase = \"postgres://bihuan:secret@db/bihuan\"\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    let variables = [("BIHUAN_SERVER_LISTEN", "0.0.0.0:80")];
    let ran = bihuan_with(&["--config", path, "config", "check"], &variables).ok();
    assert!(
        ran.out.contains("0.0.0.0:80") && !ran.out.contains("secret"),
        "{}",
        ran.out
    );
    let ran = bihuan(&["--config", path, "--json", "config", "check"])
        .ok()
        .value();
    assert_eq!(ran["server"]["listen"], "127.0.0.1:8650");
}

#[test]
fn an_unknown_key_is_refused_with_the_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.toml");
    std::fs::write(&file, "[server]\nport = 80\n").unwrap();
    let ran = bihuan(&["--config", file.to_str().unwrap(), "config", "check"]).ends(2);
    assert!(
        ran.err.contains("“port”") && ran.err.contains("listen"),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_missing_is_said_with_the_way_out() {
    let ran = bihuan(&["--config", "/nowhere/b.toml", "config", "check"]).ends(2);
    assert!(ran.err.contains("/nowhere/b.toml"), "{}", ran.err);
    let dir = tempfile::tempdir().unwrap();
    let empty = dir.path().to_str().unwrap();
    let ran = bihuan(&["--data", empty, "duty", "list", "--as", "anban"]).ends(3);
    assert!(
        ran.err.contains("没有数据库") && ran.err.contains("bihuan setup"),
        "{}",
        ran.err
    );
}
