//! The drafted pack passes the checker, and nothing that is timed is lost on the way.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use domain::pack::{Pack, PackFile, Severity, read_all, report};
use draft::Naming;
use proptest::prelude::*;

use crate::{draft, pack, read};

fn files_of(dir: &Path) -> Vec<PackFile> {
    let mut files: Vec<PackFile> = fs::read_dir(dir)
        .expect("the pack is there")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            PackFile {
                text: fs::read_to_string(&path).expect("it is text"),
                path: path.display().to_string(),
            }
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

pub(crate) fn common() -> Pack {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes/common");
    read_all(&files_of(&dir), &[])
        .pack
        .expect("the common words are sound")
}

pub(crate) fn naming() -> Naming {
    Naming {
        id: "drafted".to_owned(),
        source: "通知.txt".to_owned(),
        otherwise: NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day"),
    }
}

/// Every mistake that the checker finds in the draft of a text.
fn mistakes(text: &str, common: &Pack) -> String {
    let packed = pack(&draft(text), &naming());
    let files: Vec<PackFile> = packed
        .files
        .into_iter()
        .map(|(path, text)| PackFile { path, text })
        .collect();
    let reading = read_all(&files, &[common]);
    let errors = reading
        .problems
        .iter()
        .any(|p| p.severity == Severity::Error);
    if errors || reading.pack.is_none() {
        report(&reading.problems, &files)
    } else {
        String::new()
    }
}

#[test]
fn drafts_of_the_invented_notices_pass_the_checker() {
    let common = common();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices");
    for entry in fs::read_dir(dir).expect("the notices are there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        let source = read(&fs::read(&path).expect("it is there")).expect("it is text");
        let wrong = mistakes(&source.text, &common);
        assert!(wrong.is_empty(), "{}:\n{wrong}", path.display());
        let drafted = draft(&source.text);
        let packed = pack(&drafted, &naming());
        assert!(
            packed.uncovered.is_empty(),
            "{}: {:?}",
            path.display(),
            packed.uncovered
        );
    }
}

#[test]
fn a_task_list_becomes_tasks_and_a_form_becomes_columns() {
    let text = include_str!("../notices/mine-table.txt");
    let files = pack(&draft(text), &naming()).files;
    let of = |name: &str| {
        let found = files.iter().find(|(path, _)| path == name);
        found.map(|(_, text)| text.as_str()).unwrap_or_default()
    };
    assert!(
        of("duties.toml").contains("due = 2025-06-30"),
        "{}",
        of("duties.toml")
    );
    assert!(
        of("forms.toml").contains("head = [\"检查矿山\"]"),
        "{}",
        of("forms.toml")
    );
    assert!(of("forms.toml").contains("unit = \"座\""));
    // A row is named by its task, and what it says twice is one task with two places.
    assert!(of("duties.toml").contains("title = \"隐蔽致灾普查：编制治理方案并报市局备案\""));
    let twice = of("duties.toml").matches("due = 2025-11-30").count();
    assert_eq!(twice, 1, "{}", of("duties.toml"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_draft_of_any_mixture_passes_the_checker(
        lines in proptest::collection::vec("(一、|（一）|1\\.|附件1|注：)?(县安委办|企业)?(每月25日前|每两年|2025年6月底前|11月至3月|收到后30日内|即日起)?(报送|检查|[a-z\"\\\\]{0,4})", 1..12)
    ) {
        let wrong = mistakes(&lines.join("。\n"), &common());
        prop_assert!(wrong.is_empty(), "{wrong}");
    }
}
