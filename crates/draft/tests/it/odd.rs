//! Odd texts: nothing makes it panic, and places are true.

use proptest::prelude::*;

use crate::{draft, read};

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
        let _ = read(&bytes);
        let _ = read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }
}
