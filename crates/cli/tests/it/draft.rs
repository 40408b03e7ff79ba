//! Stories of drafting: a notice goes in, its timed obligations and a sound pack come out.

use std::path::Path;

use tempfile::TempDir;

use crate::running::bihuan;

const NOTICE: &str =
    "一、工作任务\n（一）县应急局每季度召开一次例会。\n（二）各镇于2025年6月30日前完成整改。\n";

fn text_of(path: &Path) -> &str {
    path.to_str().expect("the folder has a plain name")
}

#[test]
fn a_notice_is_read_and_its_draft_passes_the_checker() {
    let dir = TempDir::new().expect("a folder");
    let file = dir.path().join("notice.txt");
    std::fs::write(&file, NOTICE).expect("the notice is written");
    let lines = bihuan(&["--json", "draft", text_of(&file)]).ok().values();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(lines[0]["clause"], "一/（一）");
    assert_eq!(lines[0]["every"], "quarter");
    assert_eq!(lines[1]["due"], "2025-06-30");
    assert_eq!(lines[1]["who"], "各镇");

    let pack = dir.path().join("county-2025-plan");
    bihuan(&["draft", text_of(&file), "--out", text_of(&pack)]).ok();
    bihuan(&["pack", "check", "schemes/common", text_of(&pack)]).ok();
    // What a person has begun to correct is not written over.
    bihuan(&["draft", text_of(&file), "--out", text_of(&pack)]).ends(2);
}

#[test]
fn a_file_that_cannot_be_read_says_what_to_do() {
    let dir = TempDir::new().expect("a folder");
    let file = dir.path().join("scan.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n").expect("the file is written");
    let ran = bihuan(&["draft", text_of(&file)]).ends(2);
    assert!(ran.err.contains("识别成文字"), "{}", ran.err);
}

#[test]
fn a_pipe_a_device_and_a_large_file_are_refused_before_they_are_read() {
    let dir = TempDir::new().expect("a folder");
    let pipe = dir.path().join("notice.txt");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("the pipe is made").success());
    // Nobody writes into it: reading it would wait for ever.
    for file in [text_of(&pipe), "/dev/zero"] {
        let ran = bihuan(&["draft", file]).ends(2);
        assert!(ran.err.contains("不是普通文件"), "{}", ran.err);
    }
    let large = dir.path().join("large.txt");
    let file = std::fs::File::create(&large).expect("the file is made");
    file.set_len(33 << 20).expect("it has a length");
    let ran = bihuan(&["draft", text_of(&large)]).ends(2);
    assert!(ran.err.contains("最多 32.0 MB"), "{}", ran.err);
    // A pack's file and its folder have bounds of their own.
    let scheme = dir.path().join("scheme.toml");
    let file = std::fs::File::create(&scheme).expect("the file is made");
    file.set_len(2 << 20).expect("it has a length");
    let ran = bihuan(&["pack", "check", text_of(&scheme)]).ends(2);
    assert!(ran.err.contains("最多 1.0 MB"), "{}", ran.err);
    let folder = dir.path().join("county-2026-many");
    std::fs::create_dir(&folder).expect("a folder");
    for n in 0..65 {
        std::fs::write(folder.join(format!("a{n}.toml")), "").expect("the file is written");
    }
    let ran = bihuan(&["pack", "check", text_of(&folder)]).ends(2);
    assert!(ran.err.contains("一个制度包最多 64 个"), "{}", ran.err);
}

#[test]
fn a_text_of_nothing_but_times_is_refused_with_the_passage() {
    let dir = TempDir::new().expect("a folder");
    let file = dir.path().join("notice.txt");
    std::fs::write(&file, "每月".repeat(4_000)).expect("the notice is written");
    let ran = bihuan(&["draft", text_of(&file)]).ends(2);
    assert!(ran.err.contains("“每月每月"), "{}", ran.err);
    assert!(ran.err.contains("拆成几个文件"), "{}", ran.err);
}
