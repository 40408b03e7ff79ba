//! What a reading costs: steps are counted, so that no test needs a clock.

use std::fs;
use std::path::Path;

use draft::{Budget, ReadError, STEPS_MIN, STEPS_PER_CHAR, Stop, draft, propose};

use crate::pack::naming;
use crate::read;

/// Characters of the longest text that a page takes.
const LONG: usize = 200_000;
/// What of its steps a real notice may use: one part in so many.
const PARTS: u64 = 10;

/// Steps of reading a text and of making its elements, with nothing to end them.
fn steps(text: &str) -> u64 {
    let budget = Budget::steps(u64::MAX, &Stop::new());
    let drafted = draft(text, &budget).expect("nothing ends it");
    propose(&drafted, &naming(), &budget).expect("nothing ends it");
    budget.used()
}

/// A piece again and again, up to so many characters.
fn repeated(piece: &str, chars: usize) -> String {
    piece.chars().cycle().take(chars).collect()
}

/// Each class of words that the reading knows, and what holds others together.
const PIECES: &[&str] = &[
    "7",
    "12 ",
    "二",
    "十",
    "二〇",
    "每月",
    "每",
    "年",
    "月",
    "半年",
    "全年",
    "年度",
    "上半年",
    "季度末",
    "第",
    "第一条",
    "。第一条",
    "2025年6月30日前，",
    "6月底前",
    "2025.6.30",
    "25日前",
    "至",
    "即日起",
    "3月1日至5月31日",
    "30日内",
    "每月至少",
    "每月至少2次，",
    "县安委办每月召开1次会议",
    "县安委办每月召开1次会议。",
    "县安委办每月召开1次会议\n",
    "各镇要认真，\n",
    "镇",
    "由",
    "的",
    "局、",
    "（",
    "）",
    "（）",
    "（每月",
    "〔",
    "〔〕",
    "《",
    "《》",
    "《每年",
    "“",
    "“每月”",
    "。",
    "；",
    "，",
    "、",
    "：",
    " ",
    "\t",
    "\n",
    "\n\n每月",
    "一、每月\n",
    "（一）（二）",
    "（一）每月\n",
    "（一）",
    "①",
    "1.2.",
    "1.1每月\n",
    "1、",
    "附件1\n",
    "。附件",
    "备注：每月\n",
    "附件1\n备注：1.每月\n",
    "责任单位：县局；",
    "每月\t每季度\t县局\n",
    "每月\t",
    "1\t",
    "\t每月\n",
    "序号\t任务\t责任单位\t\t\n",
    "|每月|县局|检查|\n",
    "-",
    "- 1 -",
    "**",
    "#",
    "[bookmark",
    "(县局)每月",
];

#[test]
fn twice_the_text_costs_twice_the_steps_whatever_is_repeated() {
    let mut dear = Vec::new();
    for piece in PIECES {
        let (short, long) = (
            steps(&repeated(piece, 3_000)),
            steps(&repeated(piece, 6_000)),
        );
        if long * 10 > short * 22 {
            dear.push(format!("{piece:?}: {short} steps, twice as long {long}"));
        }
    }
    assert!(dear.is_empty(), "{}", dear.join("\n"));
}

#[test]
fn twice_the_depth_costs_twice_the_steps() {
    for (open, close) in [("（", "）"), ("〔", "〕"), ("《", "》"), ("“", "”")] {
        let nested = |depth: usize| {
            let text = format!("{}每月{}", open.repeat(depth), close.repeat(depth));
            steps(&text)
        };
        let (short, long) = (nested(1_000), nested(2_000));
        assert!(
            long * 10 <= short * 22,
            "{open}: {short} steps, twice as deep {long}"
        );
    }
}

#[test]
fn a_wide_table_and_a_long_one_cost_by_their_cells() {
    let head = "序号\t任务\t\t责任单位\t完成时限\n";
    let long = |rows: usize| {
        let row = "1\t\t每月检查\t\t6月底前\n";
        steps(&format!("{head}\t\t\t\t\n{}", row.repeat(rows)))
    };
    assert!(long(400) * 10 <= long(200) * 22);
    let wide = |cells: usize| {
        let (titles, row) = ("任务\t\t".repeat(cells), "每月\t6月底前\t".repeat(cells));
        steps(&format!("序号\t{titles}责任单位\n\t{titles}\n{row}\n{row}"))
    };
    assert!(wide(400) * 10 <= wide(200) * 22);
}

#[test]
fn a_long_row_of_digits_is_read_within_the_steps_of_its_length() {
    for piece in ["7", "二", "第", "（", "2025年"] {
        let text = repeated(piece, LONG / 10);
        let budget = Budget::of(&text, &Stop::new());
        draft(&text, &budget).expect("it is within its steps");
    }
}

#[test]
fn a_text_that_is_nothing_but_times_is_refused_and_the_passage_named() {
    let text = format!("各镇报送情况。\n{}", repeated("每月", 20_000));
    let budget = Budget::of(&text, &Stop::new());
    let why = draft(&text, &budget).expect_err("it costs too much");
    let said = why.to_string();
    assert!(
        matches!(&why, ReadError::TooHard { passage, .. } if passage.starts_with("每月每月")),
        "{said}"
    );
    assert!(said.contains("删去多余内容或拆成几个文件"), "{said}");
    // It ended where its steps ended, but for what was under way.
    assert!(budget.used() <= budget.most() + 20_000);
}

#[test]
fn every_notice_uses_a_tenth_of_its_steps_at_most() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut seen = 0;
    for folder in ["notices", "pdf"] {
        for entry in fs::read_dir(tests.join(folder)).expect("the notices are there") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|e| e == "labels") {
                continue;
            }
            let bytes = fs::read(&path).expect("the notice is there");
            // Scans and locked files are refused before anything is read.
            let Ok(source) = read(&bytes) else { continue };
            seen += 1;
            let chars = u64::try_from(source.text.chars().count()).expect("few");
            let most = chars * STEPS_PER_CHAR + STEPS_MIN;
            let used = steps(&source.text);
            assert!(
                used * PARTS <= most,
                "{}: {used} steps of {most}",
                path.display()
            );
            // A long notice of its kind too, in which the steps of short texts count for nothing.
            assert!(
                used * (PARTS - 2) <= chars * STEPS_PER_CHAR,
                "{}: {used} steps for {chars} characters",
                path.display()
            );
        }
    }
    assert!(seen >= 22, "only {seen} notices");
}

#[test]
fn whoever_goes_away_ends_the_reading() {
    let stop = Stop::new();
    let (theirs, text) = (stop.clone(), repeated("每月", LONG));
    let reading = std::thread::spawn(move || {
        let budget = Budget::steps(u64::MAX, &theirs);
        draft(&text, &budget).map(|_| ())
    });
    stop.stop();
    // It comes back at once, and not when two hundred thousand characters are read.
    let ended = reading.join().expect("it does not panic");
    assert_eq!(ended, Err(ReadError::Stopped));
}

#[test]
fn a_file_of_any_kind_is_not_read_for_somebody_who_has_gone() {
    let stop = Stop::new();
    stop.stop();
    let pdf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pdf/mine-table.libreoffice.pdf");
    for bytes in [
        "每月".as_bytes().to_vec(),
        fs::read(pdf).expect("the file is there"),
        b"PK\x03\x04".to_vec(),
    ] {
        assert_eq!(draft::read(&bytes, &stop), Err(ReadError::Stopped));
    }
}
