//! What the words around a date say of it: a cut-off, a goal, the past, the event of a span.

use super::guard::{self, Around, head};

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
        "务于",
        "最晚不超过",
        "最迟不超过",
        "最晚不得超过",
        "最迟不得超过",
        "原则上不超过",
        "不超过",
        "不得超过",
        "不能迟于",
        "不能晚于",
        "不应迟于",
        "不应晚于",
        "至晚",
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
        || around.before.ends_with("截至") && is_done_by(around)
}

/// 截至3月20日全部排查完毕 asks for it; 截至3月20日，全县共有 and 截至3月20日仍未安装的 do not.
pub(super) fn is_done_by(around: &Around<'_>) -> bool {
    let sentence = around.after.split(['；', '。']).next().unwrap_or_default();
    let clause = around.clause_after();
    let done = [
        "完毕", "完成", "到位", "清零", "销号", "办结", "报送", "上报", "全部",
    ];
    let owed = ["须", "必须", "应", "要", "务必", "确保"];
    let told = [
        "已", "仍", "未", "累计", "共", "尚", "目前", "达到", "有", "的", "率", "了",
    ];
    let next = sentence.strip_prefix('，').unwrap_or_default();
    let next = head(next.split('，').next().unwrap_or_default(), 10);
    let owed = owed
        .iter()
        .any(|w| clause.starts_with(w) || next.contains(w));
    let told_next = told.iter().any(|w| next.contains(w));
    let whole = ["全部", "全面"].iter().any(|w| clause.starts_with(w));
    let ended = whole || done.iter().any(|w| clause.ends_with(w)) && !clause.is_empty();
    (owed || ended) && !told_next && !told.iter().any(|w| head(clause, 12).contains(w))
}

/// 年末工作总结, 情况和年底报告: the year's end as an adjective, where nothing leads it.
pub(super) fn is_of_year_end(around: &Around<'_>) -> bool {
    // 申请年度内: a year of something.
    if around.phrase == "年度内" && !around.opens_clause() {
        return true;
    }
    let bare = ["年末", "年底", "年终"].contains(&around.phrase);
    let adjective = [
        "总结", "考核", "专项", "工作", "评比", "绩效", "报告", "述职", "考评", "目标", "检查",
        "评估", "奖", "综合", "测评", "有", "的", "各", "、",
    ];
    let led = [
        "到", "至", "于", "在", "（", "：", "确保", "力争", "截至", "前",
    ]
    .iter()
    .any(|w| around.before.ends_with(w));
    bare && !led && adjective.iter().any(|w| around.after.starts_with(w))
}

/// 6月至7月可能出现强降雨, 预计: what is foreseen is not asked for.
pub(super) fn is_forecast(around: &Around<'_>) -> bool {
    let clause = around.clause_after();
    let foreseen = [
        "可能",
        "预计",
        "将有",
        "将出现",
        "将迎来",
        "降雨",
        "降水",
        "气温",
        "平均",
        "雨量",
        "为主汛",
        "进入",
    ];
    let said = ["预测", "预报", "预计", "预判"];
    foreseen.iter().any(|w| clause.starts_with(w))
        || said.iter().any(|w| around.before.ends_with(w))
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
    // 县防汛办10月底形成报告: who does it may stand right before.
    let led = led || crate::who::is_subject(clause) && !around.after.starts_with('的');
    // 清理结果9月末报县城管局: what is sent by then stands before the day.
    let sent = ["报", "上报", "汇总", "反馈"]
        .iter()
        .any(|w| around.after.starts_with(w))
        && !["报告", "报表", "报道"]
            .iter()
            .any(|w| around.after.starts_with(w));
    (led || sent || around.opens_clause()) && !guard::is_past(around)
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
    // 死亡人数 is what is counted.
    let near = near.replace("死亡人数", "").replace("死亡率", "");
    let hoped = ["力争", "争取", "确保"]
        .iter()
        .any(|w| around.clause_before().ends_with(w));
    // 发布日期：2014年4月2日 stands above a page.
    let printed = [
        "发布日期：",
        "发布时间：",
        "印发日期：",
        "成文日期：",
        "发文日期：",
        "日期：",
        "来源：",
        "更新时间：",
        "生成日期：",
    ]
    .iter()
    .any(|w| around.before.ends_with(w));
    !hoped && words.iter().any(|w| near.contains(w))
        || printed
        || ["发生在", "发生于", "即"]
            .iter()
            .any(|w| around.before.ends_with(w))
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
