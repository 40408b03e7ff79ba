//! Odd texts: nothing makes it panic, places are true, time is linear.

use std::time::Instant;

use draft::{draft, propose};
use proptest::prelude::*;

use crate::pack::naming;

/// Pieces of notices, so that chance meets the grammar.
const PIECES: &[&str] = &[
    "每",
    "每月",
    "每季度",
    "最后一个月",
    "25",
    "日",
    "前",
    "、",
    "，",
    "。",
    "；",
    "（",
    "）",
    "一",
    "十二",
    "月",
    "年",
    "2025",
    "底",
    "至",
    "-",
    "即日起",
    "自",
    "起",
    "内",
    "30",
    "个工作日",
    "不少于",
    "次",
    "《",
    "》",
    "“",
    "”",
    "县安委办",
    "召开",
    "\n",
    "\n\n",
    "\t",
    "序号",
    "责任单位",
    "一、",
    "（一）",
    "1.",
    "附件2",
    "备注：",
    "第三条",
    "**",
    "- 3 -",
    " ",
    "当月",
    "当日",
    "上半年",
    "季查",
    "3.2",
    "①",
    "次月",
    "会议",
    "每年6月、12月",
    "|",
    "〔2025〕",
    "号",
];

/// How long a text takes that repeats one piece, the shortest of some runs.
fn micros(piece: &str, times: usize) -> u128 {
    let text = piece.repeat(times);
    (0..3)
        .map(|_| {
            let begun = Instant::now();
            let _ = propose(&draft(&text), &naming()).files();
            begun.elapsed().as_micros()
        })
        .min()
        .unwrap_or_default()
}

#[test]
fn the_time_grows_with_the_length_whatever_is_repeated() {
    let pieces = [
        "各镇每月25日前报送，2025年6月底前完成整改（重大隐患不超过3个月），每季度不少于2次检查、",
        "每月",
        "县安委办每月召开",
        "《每年",
        "（一）",
        "（每月至少",
        "1、",
        "2025年",
        "二〇",
        "“每月报送",
        "一、每月\n",
        "附件1\n",
        "每月\t每季度\n",
        "每月\n\n",
        "镇",
    ];
    for piece in pieces {
        let times = 250 / piece.chars().count();
        let (short, long) = (micros(piece, times), micros(piece, times * 8));
        // Eight times the text may take up to four times that for the noise of a busy machine; a
        // quadratic reader would take sixty-four times.
        assert!(
            long < (short + 500) * 32,
            "{piece:?}: {short} µs, eight times as long {long} µs"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,300}") {
        let _ = draft(&text);
    }

    #[test]
    fn no_mixture_of_pieces_makes_it_panic_and_places_are_true(
        picks in proptest::collection::vec(0..PIECES.len(), 0..120)
    ) {
        let text: String = picks.iter().map(|p| PIECES[*p]).collect();
        let chars: Vec<char> = text.chars().collect();
        for label in draft(&text).labels {
            let quote: Vec<char> = label.quote.chars().collect();
            prop_assert_eq!(&chars[label.at..label.at + quote.len()], quote.as_slice());
            prop_assert!((0.0..=1.0).contains(&label.sure));
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = draft::read(&bytes);
        let _ = draft::read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
