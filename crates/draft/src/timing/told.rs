//! What the words around a date say of it: a cut-off, a goal, the past, the event of a span.

use super::guard::{self, Around};

/// 截止时间为3月1日, 不迟于3月1日.
pub(super) fn is_cut_off(around: &Around<'_>) -> bool {
    let words = [
        "截止时间为",
        "截止日期为",
        "截止时间：",
        "截止日期：",
        "截止时间是",
        "不迟于",
        "不晚于",
        "不得晚于",
        "不得迟于",
        "截止到",
        "截止至",
        "截止",
        "最迟",
        "最迟于",
        "至迟",
        "至迟于",
        "最晚",
        "最晚于",
        "完成时限：",
        "完成时间：",
        "时限：",
        "限于",
        "报送时间：",
        "整改期限：",
        "整改时限：",
        "完成期限：",
        "完成时限为",
        "期限为",
        "时限为",
    ];
    words.iter().any(|w| around.before.ends_with(w)) && !around.after.starts_with("，全")
}

/// 到2025年底: a goal's date.
pub(super) fn is_goal(around: &Around<'_>) -> bool {
    let clause = around.clause_before();
    let led = [
        "到",
        "至",
        "力争",
        "力争到",
        "争取",
        "截至",
        "于",
        "在",
        "确保",
        "计划",
    ]
    .iter()
    .any(|w| clause.ends_with(w));
    (led || around.opens_clause()) && !guard::is_past(around)
}

/// Dates of what has been: 2024年3月1日至5日发生.
pub(super) fn is_told(around: &Around<'_>) -> bool {
    let sentence = around.after.split(['。', '；']).next().unwrap_or_default();
    let words = [
        "发生了",
        "召开了",
        "印发了",
        "开展了",
        "部署了",
        "已完成",
        "共发生",
        "死亡",
    ];
    let near: String = sentence.chars().take(40).collect();
    words.iter().any(|w| near.contains(w))
        || around.after.starts_with("发生")
        || around.after.starts_with("期间，全")
}

/// 2000年底前建成的: before is an adjective here.
pub(super) fn is_before_past(around: &Around<'_>) -> bool {
    let clause = around.clause_after();
    let clause = clause.split('、').next().unwrap_or(clause);
    let made = [
        "建成",
        "建造",
        "投用",
        "竣工",
        "生产的",
        "出厂",
        "注册",
        "已",
        "未",
        "排查出的",
        "仍",
        "发现的",
        "投入使用",
        "取得",
    ];
    let first: String = clause.chars().take(8).collect();
    made.iter().any(|w| first.starts_with(w))
        && (clause.contains('的') || first.starts_with('未'))
        && !first.starts_with("建成一")
        && !first.starts_with("建成并")
        || around.after.starts_with('的')
}

/// What a span is counted from, in the text's words.
pub(super) fn event_of(around: &Around<'_>) -> String {
    let clause = around.clause_before();
    let mut event = clause.trim_end_matches(['起', '的', '后', '，']);
    event = event.strip_suffix("之日").unwrap_or(event);
    for lead in [
        "于",
        "自",
        "在",
        "要在",
        "应在",
        "须在",
        "应当在",
        "从",
        "应于",
    ] {
        if let Some(rest) = event.strip_prefix(lead) {
            event = rest;
            break;
        }
    }
    if event.is_empty() {
        // 收到通知后，3日内…: the clause before names it.
        let mut clauses = around
            .before
            .trim_end_matches('，')
            .rsplit(['，', '；', '：']);
        let last = clauses.next().unwrap_or_default();
        event = last.trim_end_matches(['后', '起']);
    }
    let keep = event.chars().count().saturating_sub(24);
    event.chars().skip(keep).collect()
}
