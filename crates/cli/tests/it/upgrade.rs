//! Time goes by over a data folder: an earlier version's is opened, upgraded and proven; a newer
//! version's, last week's, an emptied one and another county's head file are told and not believed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use store::schema::Schema;
use tempfile::TempDir;
use testkit::kept::{self, Kept, Restored};

use crate::running::{Ran, bihuan};

/// A folder with the data of an earlier version.
struct Folder {
    dir: TempDir,
    kept: Restored,
}

impl Folder {
    fn of(kept: &Kept) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kept = kept.on_sqlite(dir.path());
        Self { dir, kept }
    }

    fn of_22decb2() -> Self {
        Self::of(&kept::of("22decb2"))
    }

    /// The same, brought to this version.
    fn upgraded() -> Self {
        let folder = Self::of_22decb2();
        folder.run(&["migrate"]).ok();
        folder
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let data = self.dir.path().to_str().unwrap();
        bihuan(&[&["--data", data][..], arguments].concat())
    }

    fn tamper(&self, sql: &str) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(self.kept.tamper(sql));
    }

    /// An act of an office's person at the command line.
    fn works(&self) -> Ran {
        self.run(&[
            "person",
            "reset",
            "qingxi.lly",
            "--reason",
            "忘记口令，两名管理员出差",
        ])
    }

    /// Every file of the folder with its bytes, evidence left aside.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(self.dir.path())
    }

    fn copies(&self) -> Vec<String> {
        let names = self.files().into_keys();
        names.filter(|name| name.contains(".before-")).collect()
    }
}

/// The kept databases that are behind this program, and those that are not yet: the newest one is
/// until the next step of the schema.
fn by_age() -> (Vec<Kept>, Vec<Kept>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    kept::all().into_iter().partition(|kept| {
        let folder = Folder::of(kept);
        let schema = runtime.block_on(async {
            let store = store::Store::open(&folder.kept.config()).await.unwrap();
            let schema = store.schema().await.unwrap();
            store.close().await.unwrap();
            schema
        });
        let is_older = matches!(schema, Schema::Older(_));
        assert!(
            is_older || schema == Schema::Current,
            "{}: {schema:?}",
            kept.commit
        );
        is_older
    })
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Runs a command that is to change nothing, and looks whether it did.
fn looks(folder: &Folder, before: &BTreeMap<String, Vec<u8>>, command: &[&str]) -> Ran {
    let ran = folder.run(command);
    // A look leaves at most an empty log of the database behind.
    let mut after = folder.files();
    after.retain(|name, bytes| !(name.ends_with("-shm") || bytes.is_empty()));
    after.remove("heads.lock");
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>(),
        "{command:?}"
    );
    assert!(after == *before, "{command:?} changed a file");
    ran
}

#[test]
fn looking_at_an_earlier_version_changes_nothing_and_says_what_to_run() {
    let (older, _) = by_age();
    assert!(older.iter().any(|kept| kept.commit == "22decb2"));
    for kept in older {
        let folder = Folder::of(&kept);
        let before = folder.files();
        for command in [
            &["audit", "verify"][..],
            &["duty", "list", "--as", "bangong"],
            &["counted", "check"],
            &["migrate", "--check"],
            &["person", "reset", "qingxi.lly", "--reason", "忘记口令"],
        ] {
            let ran = looks(&folder, &before, command).ends(1);
            let said = format!("{}{}", ran.out, ran.err);
            assert!(said.contains("较早版本"), "{command:?}: {said}");
        }
        let ran = folder.run(&["audit", "verify"]).ends(1);
        assert!(ran.err.contains("bihuan migrate"), "{}", ran.err);
    }
}

#[test]
fn looking_at_this_versions_data_is_not_refused() {
    let (_, current) = by_age();
    for kept in current {
        let folder = Folder::of(&kept);
        let before = folder.files();
        for command in [
            &["audit", "verify", "--files"][..],
            &["duty", "list", "--as", "bangong"],
            &["counted", "check"],
            &["migrate", "--check"],
        ] {
            looks(&folder, &before, command).ok();
        }
    }
}

#[test]
fn an_upgrade_copies_first_and_everything_is_proven_afterwards() {
    for kept in by_age().0 {
        let folder = Folder::of(&kept);
        let ran = folder.run(&["migrate"]).ok();
        assert_eq!(folder.copies().len(), 1);
        assert!(ran.err.contains(&folder.copies()[0]), "{}", ran.err);
        let proven = folder.run(&["audit", "verify", "--files"]).ok();
        assert!(proven.out.contains("没有发现改动"), "{}", proven.out);
        if kept.commit == "22decb2" {
            assert!(proven.err.contains("纳入"), "what is not proven is said");
        }
        assert!(folder.run(&["migrate"]).ok().out.contains("版本一致"));
        assert_eq!(folder.copies().len(), 1, "nothing to do, nothing to copy");
        folder.works().ok();
        folder.run(&["audit", "verify", "--files"]).ok();

        folder.tamper("update ruling set opinion = opinion || '。'");
        let named = folder.run(&["audit", "verify"]).ends(1);
        assert!(named.out.contains("数据被改动：ruling "), "{}", named.out);
    }
}

#[test]
fn three_copies_of_before_an_upgrade_are_kept_and_nothing_else_is_touched() {
    let folder = Folder::of_22decb2();
    for stamp in ["000000000000001", "000000000000002", "000000000000003"] {
        let copy = folder.dir.path().join(format!("bihuan.db.before-{stamp}"));
        std::fs::write(copy, "an older copy").unwrap();
    }
    let own = folder.dir.path().join("bihuan.db.before-new-year");
    std::fs::write(own, "somebody's own copy").unwrap();
    folder.run(&["migrate"]).ok();
    let copies = folder.copies();
    assert_eq!(copies.len(), 4, "{copies:?}");
    assert!(!copies.contains(&"bihuan.db.before-000000000000001".to_owned()));
    assert!(copies.contains(&"bihuan.db.before-new-year".to_owned()));
}

#[test]
fn an_upgrade_that_is_killed_while_it_copies_is_made_again() {
    let folder = Folder::of_22decb2();
    let before = folder.files().remove("bihuan.db").unwrap();
    // The copy is longer than any file may be: the system ends the process in the middle of it.
    let killed = Command::new("sh")
        .args(["-c", "ulimit -f 64; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_bihuan"))
        .args(["--data", folder.dir.path().to_str().unwrap(), "migrate"])
        .output()
        .unwrap();
    assert!(!killed.status.success());
    assert!(
        folder.files()["bihuan.db"] == before,
        "the database is whole"
    );
    folder.run(&["audit", "verify"]).ends(1);
    folder.run(&["migrate"]).ok();
    folder.run(&["audit", "verify", "--files"]).ok();
}

#[test]
fn an_upgrade_that_was_broken_off_before_its_link_goes_on() {
    let folder = Folder::upgraded();
    // As it stands when the steps were made and the process ended before the chain took them in.
    folder.tamper("delete from audit where verb = 'audit.adopt'");
    folder.tamper("update audit_head set seq = seq - 1, hash = (select hash from audit order by seq desc limit 1), at = (select at from audit order by seq desc limit 1)");
    let heads = folder.dir.path().join("heads.jsonl");
    let text = std::fs::read_to_string(&heads).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(&heads, lines[..lines.len() - 1].join("\n") + "\n").unwrap();

    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.err.contains("没有做完"), "{}", ran.err);
    folder.run(&["migrate"]).ok();
    folder.run(&["audit", "verify"]).ok();
}

#[test]
fn a_newer_versions_database_is_left_alone() {
    let folder = Folder::upgraded();
    folder.tamper("insert into seaql_migrations values ('m0099_later', 1)");
    for command in [
        &["audit", "verify"][..],
        &["migrate"],
        &["serve", "--port", "0"],
    ] {
        let ran = folder.run(command).ends(1);
        assert!(ran.err.contains("更新版本"), "{command:?}: {}", ran.err);
    }
    let ran = folder.works().ends(1);
    assert!(ran.err.contains("更新版本"), "{}", ran.err);
}

#[test]
fn last_weeks_copy_beside_todays_head_file_is_told_and_not_written_into() {
    let folder = Folder::upgraded();
    let database = folder.dir.path().join("bihuan.db");
    let last_week = std::fs::read(&database).unwrap();
    folder.works().ok();
    folder.run(&["audit", "verify"]).ok();
    for log in ["bihuan.db-wal", "bihuan.db-shm"] {
        let _ = std::fs::remove_file(folder.dir.path().join(log));
    }
    std::fs::write(&database, &last_week).unwrap();

    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("数据库比链头文件旧"), "{}", ran.out);
    let ran = folder.works().ends(1);
    assert!(ran.err.contains("较早的备份"), "{}", ran.err);
    assert!(ran.err.contains("accept-heads"), "the way out: {}", ran.err);

    let why = [
        "audit",
        "accept-heads",
        "--reason",
        "磁盘损坏，恢复到上周的备份",
    ];
    folder.run(&why).ok();
    folder.works().ok();
    folder.run(&["audit", "verify"]).ok();
    let aside = folder.files().into_keys();
    let aside: Vec<String> = aside.filter(|name| name.contains("set-aside")).collect();
    assert_eq!(aside.len(), 1, "what the old file knew is kept");
    let again = folder.run(&why).ends(1);
    assert!(again.err.contains("无须确认"), "{}", again.err);
}

#[test]
fn an_emptied_database_does_not_pass() {
    let folder = Folder::upgraded();
    let tables = store::proof::proofs();
    let mut tables: Vec<&str> = tables.iter().map(|proof| proof.table).collect();
    tables.dedup();
    for table in tables.iter().filter(|t| **t != "seaql_migrations") {
        folder.tamper(&format!("delete from {table}"));
    }
    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("数据库比链头文件旧"), "{}", ran.out);
    std::fs::remove_file(folder.dir.path().join("heads.jsonl")).unwrap();
    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("没有辖区"), "{}", ran.out);
}

#[test]
fn a_head_file_that_is_not_this_countys_is_told() {
    let folder = Folder::upgraded();
    let heads = folder.dir.path().join("heads.jsonl");
    let own = std::fs::read_to_string(&heads).unwrap();
    let other = own.replace("\"home\":\"body_0", "\"home\":\"body_f");
    assert_ne!(own, other);

    std::fs::write(&heads, &other).unwrap();
    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("body_f"), "{}", ran.out);
    assert!(ran.err.contains("链头文件"), "its own tail is not proven");
    folder.works().ends(1);

    std::fs::write(&heads, format!("{own}not a line\n\u{0}\u{1}\n")).unwrap();
    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("有2行无法读取"), "{}", ran.out);

    let short: Vec<&str> = own.lines().take(5).collect();
    std::fs::write(&heads, short.join("\n") + "\n").unwrap();
    let ran = folder.run(&["audit", "verify"]).ok();
    assert!(ran.err.contains("链头文件比数据库少"), "{}", ran.err);

    // It cannot be written: a folder stands there.
    std::fs::remove_file(&heads).unwrap();
    std::fs::create_dir(&heads).unwrap();
    let ran = folder.works().ends(3);
    assert!(ran.err.contains("heads.jsonl"), "{}", ran.err);
}

#[test]
fn an_evidence_file_that_is_gone_or_another_is_named() {
    let folder = Folder::upgraded();
    let mut evidence = Vec::new();
    for one in std::fs::read_dir(&folder.kept.files).unwrap() {
        for two in std::fs::read_dir(one.unwrap().path()).unwrap() {
            for three in std::fs::read_dir(two.unwrap().path()).unwrap() {
                evidence.push(three.unwrap().path());
            }
        }
    }
    assert_eq!(evidence.len(), 2);
    let bytes = std::fs::read(&evidence[0]).unwrap();
    let mut other = bytes.clone();
    other[5] ^= 1;
    std::fs::write(&evidence[0], &other).unwrap();
    folder.run(&["audit", "verify"]).ok();
    let ran = folder.run(&["audit", "verify", "--files"]).ends(1);
    assert!(ran.out.contains("附件文件被改动"), "{}", ran.out);
    std::fs::remove_file(&evidence[0]).unwrap();
    let ran = folder.run(&["audit", "verify"]).ends(1);
    assert!(ran.out.contains("附件文件丢失"), "{}", ran.out);
    std::fs::write(&evidence[0], &bytes).unwrap();
    folder.run(&["audit", "verify", "--files"]).ok();
}

#[test]
fn a_clock_that_is_right_needs_no_word() {
    let folder = Folder::upgraded();
    let ran = folder
        .run(&["clock", "accept", "--reason", "检查时钟"])
        .ok();
    assert!(ran.err.contains("无须更正"), "{}", ran.err);
}
