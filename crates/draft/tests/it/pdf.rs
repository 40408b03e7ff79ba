//! PDF files of several programs: what is read from them, and what is refused with a way out.
//!
//! The files are the invented notices, printed by LibreOffice, Chromium, typst and reportlab, and
//! written by hand as old office programs did, without fonts and with Chinese codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use draft::{Format, LabelLine, ReadError};

use crate::phrases::said;
use crate::{draft, read};

/// Files that are read, each with its notice.
const READ: &[(&str, &str)] = &[
    ("mine-table.libreoffice.pdf", "mine-table.txt"),
    ("grain-notice.chromium.pdf", "grain-notice.txt"),
    ("school-food.typst.pdf", "school-food.txt"),
    ("listing-rules.reportlab.pdf", "listing-rules.txt"),
    ("winter-fire.gbk-euc.pdf", "winter-fire.txt"),
    ("tasks-with-units.gb-euc.pdf", "tasks-with-units.txt"),
    ("waste-letter.owner-password.pdf", "waste-letter.txt"),
];

/// Longest time that any file, sound or damaged, may take in a build without optimisation.
const SECONDS_MAX: u64 = 20;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn file(name: &str) -> Vec<u8> {
    fs::read(tests().join("pdf").join(name)).expect("the file is there")
}

fn text_of(name: &str) -> String {
    read(&file(name)).expect("it is read").text
}

fn lines(text: &str) -> Vec<LabelLine> {
    draft(text).labels.iter().map(|l| l.line("")).collect()
}

fn told(line: &LabelLine) -> [String; 5] {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    [
        plain(&line.quote),
        plain(&line.clause),
        plain(&line.who),
        line.act.to_owned(),
        said(line),
    ]
}

#[test]
fn a_pdf_asks_for_the_same_as_the_notice_it_was_printed_from() {
    for (pdf, notice) in READ {
        let source = read(&file(pdf)).expect("it is read");
        assert_eq!(source.format, Format::Pdf);
        let notice = fs::read_to_string(tests().join("notices").join(notice)).expect("a notice");
        let wanted: Vec<_> = lines(&notice).iter().map(told).collect();
        let found: Vec<_> = lines(&source.text).iter().map(told).collect();
        assert_eq!(found, wanted, "{pdf}:\n{}", source.text);
    }
}

#[test]
fn merged_cells_of_a_ruled_table_are_empty_cells() {
    let text = text_of("mine-table.libreoffice.pdf");
    let rows: Vec<&str> = text.lines().filter(|l| l.contains('\t')).collect();
    assert_eq!(rows[0], "序号\t任务\t工作内容\t责任单位\t完成时限");
    assert_eq!(
        rows[1],
        "1\t隐蔽致灾普查\t对全部地下矿山采空区开展普查，形成台账\t县自然资源局、各矿山企业\t\
         2025年6月底前"
    );
    assert_eq!(
        rows[2],
        "2\t\t编制治理方案并报市局备案\t各矿山企业\t2025年7月15日"
    );
    assert!(rows.iter().all(|row| row.matches('\t').count() == 4));
}

#[test]
fn heads_feet_and_wraps_of_a_page_are_no_part_of_the_text() {
    let text = text_of("mine-table.libreoffice.pdf");
    assert!(!text.contains("- 1 -"), "{text}");
    let text = text_of("winter-fire.gbk-euc.pdf");
    assert_eq!(text.matches("县人民政府办公室文件").count(), 0, "{text}");
    let text = text_of("school-food.typst.pdf");
    let notice = fs::read_to_string(tests().join("notices/school-food.txt")).expect("a notice");
    let plain = |text: &str| -> Vec<String> {
        text.lines()
            .map(|l| l.split_whitespace().collect())
            .filter(|l: &String| !l.is_empty())
            .collect()
    };
    assert_eq!(plain(&text), plain(&notice));
}

#[test]
fn what_cannot_be_read_is_refused_with_a_way_out() {
    let why = |bytes: &[u8]| read(bytes).expect_err("it is refused");
    assert_eq!(why(&file("flood-one-line.scan.pdf")), ReadError::PdfScan);
    assert_eq!(
        why(&file("waste-letter.user-password.pdf")),
        ReadError::PdfLocked
    );
    let whole = file("grain-notice.chromium.pdf");
    assert!(matches!(
        why(&whole[..whole.len() / 2]),
        ReadError::PdfDamaged { .. }
    ));
    assert!(matches!(
        why(b"%PDF-1.7 and nothing more"),
        ReadError::PdfDamaged { .. }
    ));
    let sentences = [
        ReadError::PdfScan,
        ReadError::PdfLocked,
        ReadError::PdfPages,
        ReadError::PdfTooLarge,
        ReadError::PdfDamaged { part: "页面" },
        ReadError::PdfUnknown {
            unknown: 90,
            all: 100,
        },
    ];
    for sentence in sentences {
        assert!(sentence.to_string().contains('请'), "{sentence}");
    }
}

fn put_instead(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    let at = bytes.windows(old.len()).position(|w| w == old);
    let at = at.expect("it is there");
    bytes[at..at + new.len()].copy_from_slice(new);
}

#[test]
fn characters_that_the_file_does_not_tell_are_not_guessed() {
    // The font's codes are its own: without a table of Unicode nobody knows what they mean.
    let mut own = file("winter-fire.gbk-euc.pdf");
    put_instead(&mut own, b"/Encoding /GBK-EUC-H", b"/Encoding/Identity-H");
    put_instead(&mut own, b"/Ordering (GB1)", b"/Ordering (Own)");
    let why = read(&own).expect_err("it is refused");
    assert!(matches!(why, ReadError::PdfUnknown { unknown, all } if unknown == all));
}

#[test]
fn a_sentence_that_is_lost_by_damage_is_not_passed_over() {
    // One digit of a code is another now; the sum of the packed page tells.
    let mut bytes = file("mine-table.libreoffice.pdf");
    let begin = bytes
        .windows(8)
        .position(|w| w == b"stream\r\n" || &w[..7] == b"stream\n");
    let at = begin.expect("a page is there") + 600;
    bytes[at] ^= 1;
    assert_eq!(read(&bytes), Err(ReadError::PdfDamaged { part: "页面" }));
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let packed = [129, b' '].repeat(600_000);
    let mut pdf = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n\
        2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj\n"
        .to_vec();
    let head = format!(
        "4 0 obj <</Filter/RunLengthDecode/Length {}>> stream\n",
        packed.len()
    );
    pdf.extend(head.bytes());
    pdf.extend(packed);
    pdf.extend(b"\nendstream endobj\ntrailer <</Root 1 0 R/Size 5>>\nstartxref\n9\n%%EOF");
    assert_eq!(read(&pdf), Err(ReadError::PdfTooLarge));
}

/// Chance that repeats.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % end.max(1)
    }
}

#[test]
fn no_damage_makes_reading_panic_or_hang() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let try_out = |bytes: &[u8], what: &str| {
        let begun = Instant::now();
        let read = std::panic::catch_unwind(|| read(bytes).is_ok());
        assert!(read.is_ok(), "{what}");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(SECONDS_MAX), "{what}: {took:?}");
    };
    for (pdf, _) in READ {
        let whole = file(pdf);
        for part in 0..12 {
            let cut = whole.len() * part / 12;
            try_out(&whole[..cut], &format!("{pdf} cut at {cut}"));
        }
        for nth in 0..20 {
            let mut bytes = whole.clone();
            for _ in 0..=chance.below(8) {
                let at = chance.below(bytes.len());
                bytes[at] = u8::try_from(chance.below(256)).unwrap_or(0);
            }
            try_out(&bytes, &format!("{pdf} damaged, {nth}"));
        }
    }
}
