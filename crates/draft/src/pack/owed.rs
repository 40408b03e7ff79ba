//! What is to be done as a kind of act, and titles in words of our own.

use domain::calendar::PeriodKind;

use super::element::OWN_ACT;
use crate::label::Label;
use crate::timing::Timing;

/// Longest object of a task in its title, in characters.
const OBJECT_CHARS: usize = 24;

/// The kind of act that counts for a label: one of the common words, or the pack's own. `task` of
/// the common words is 办实事 and holds nothing else.
pub(super) fn act_of(label: &Label) -> &str {
    match label.act {
        "exam" => "evaluation",
        "reply" => "report",
        "task" | "other" => {
            let matters = ["实事", "难题", "困难"];
            if matters.iter().any(|w| label.sentence.contains(w)) {
                "task"
            } else {
                OWN_ACT
            }
        }
        same => same,
    }
}

/// The case that a limit binds, by the words of its sentence.
pub(super) fn case_of(sentence: &str) -> &'static str {
    let words = [
        ("隐患", "hazard"),
        ("挂牌", "listing"),
        ("举报", "tip"),
        ("移送", "transfer"),
        ("移交", "transfer"),
        ("约谈", "talk"),
        ("黄牌", "card"),
        ("红牌", "card"),
        ("警告", "card"),
        ("函", "letter"),
        ("整改", "hazard"),
    ];
    words
        .iter()
        .find(|(word, _)| sentence.contains(word))
        .map_or("task", |(_, case)| case)
}

/// What a dated task is about: the words behind its date, up to the next stop.
fn object(label: &Label) -> Option<String> {
    let quote: String = label.quote.split_whitespace().collect();
    let (_, after) = label.sentence.split_once(quote.as_str())?;
    let after = after.trim_start_matches(['，', '、', '：', '前', '内', '完']);
    let after = after.strip_prefix("成").unwrap_or(after);
    let end = after.find(['，', '；', '。', '（', '、', '：']);
    let object: String = after[..end.unwrap_or(after.len())]
        .chars()
        .take(OBJECT_CHARS)
        .collect();
    (object.chars().count() >= 4).then_some(object)
}

/// 县安委会每季度会议: who, when and what; a dated task by what it is about, for its owner and its
/// day stand beside it and are the same for many.
pub(super) fn title(label: &Label) -> String {
    let who: String = label.who.chars().take(24).collect();
    let what = word_of(label.act);
    match &label.timing {
        Timing::Recurring {
            every, n, at_least, ..
        } => {
            let period = period_word(*every);
            let every = if *n > 1 && matches!(every, PeriodKind::Month | PeriodKind::Quarter) {
                format!("每{n}个{period}")
            } else if *n > 1 {
                format!("每{n}{period}")
            } else {
                format!("每{period}")
            };
            let many = if *at_least > 1 {
                format!("{at_least}次（项）")
            } else {
                String::new()
            };
            format!("{who}{every}{what}{many}")
        }
        Timing::Deadline { due, .. } => {
            let year = due.year.map(|y| format!("{y}年")).unwrap_or_default();
            let date = format!("{year}{}月{}日前", due.month, due.day);
            match object(label) {
                Some(object) => format!("{object}（{date}）"),
                None => format!("{who}{date}{what}"),
            }
        }
        Timing::Within { .. } => format!("{who}限时{what}"),
        Timing::Window { .. } => format!("{who}分阶段{what}"),
    }
}

fn period_word(every: PeriodKind) -> &'static str {
    match every {
        PeriodKind::Day => "日",
        PeriodKind::Week => "周",
        PeriodKind::TenDays => "旬",
        PeriodKind::Month => "月",
        PeriodKind::Quarter => "季度",
        PeriodKind::HalfYear => "半年",
        PeriodKind::Year => "年",
        PeriodKind::Span => "期",
    }
}

/// The act's word for people.
pub fn word_of(act: &str) -> &'static str {
    let words = [
        ("meeting", "会议"),
        ("consultation", "会商研判"),
        ("inspection", "检查"),
        ("supervision", "督导"),
        ("report", "报送"),
        ("filing", "备案"),
        ("study", "学习"),
        ("training", "培训"),
        ("drill", "演练"),
        ("exam", "考试"),
        ("evaluation", "评估考核"),
        ("plan", "方案计划"),
        ("list", "清单台账"),
        ("rectify", "整改"),
        ("reply", "答复"),
        ("notice", "通报"),
        ("publicity", "宣传公布"),
        ("review", "总结回头看"),
    ];
    words
        .iter()
        .find(|(code, _)| *code == act)
        .map_or("任务", |(_, word)| word)
}

/// A condition of the sentence, kept as text; empty where there is none.
pub(super) fn condition(label: &Label) -> &str {
    let starts = ["遇", "如", "若", "凡", "发生", "必要时", "对存在", "逾期"];
    let mut clauses = label.sentence.split(['，', '；', '（', '）']);
    let found = clauses.find(|clause| starts.iter().any(|s| clause.starts_with(s)));
    found.unwrap_or_default()
}
