//! Phrases that are names or measures: “每月报送”机制, 月报, 方案（2024-2026年）, 每日产量.

use super::guard::{Around, has, head};

/// “每月报送”机制: a name in quotation marks.
pub(super) fn is_name(around: &Around<'_>) -> bool {
    if around.before_ends(&["形成", "撰写", "填写", "制作"]) {
        return true;
    }
    // 每月汇总表于次月3日前报送: the table has the name, the date says when.
    let paper = head(around.after, 6);
    let paper = paper.split(['、', '，', '；']).next().unwrap_or_default();
    let named = ["表", "台账", "报表", "记录", "清单"]
        .iter()
        .filter_map(|w| {
            let at = paper.find(w)?;
            Some(around.after[at + w.len()..].starts_with(['由', '于', '应', '须']))
        });
    if named.into_iter().any(|n| n) {
        return true;
    }
    if !around.before.ends_with('“') {
        return false;
    }
    let Some(end) = around.after.find('”') else {
        return false;
    };
    let inside = &around.after[..end];
    inside.chars().count() <= 3 && !has(inside, &["一", "1", "次", "，", "、"])
}

/// 每年下降5%, 每日产量: rates and measures.
pub(super) fn is_rate(around: &Around<'_>) -> bool {
    let after = head(around.after, 8);
    let rates = [
        "下降",
        "递减",
        "递增",
        "增长",
        "提高",
        "压减",
        "产量",
        "产能",
        "处理能力",
        "用量",
        "客流",
        "收入",
        "工资",
        "补助",
        "补贴",
        "奖励",
        "津贴",
        "平均",
        "人均",
        "的保费",
        "保费",
        "缴纳",
        "罚款",
    ];
    rates.iter().any(|w| after.starts_with(w)) && !after.starts_with("提高警")
        || around.before_ends(&["不足", "超过", "高于"])
}

/// Whether a cadence's words are part of something else: 每日值守24小时 is no label, 以往每年 is.
pub(super) fn is_watch(around: &Around<'_>) -> bool {
    has(
        head(around.after, 8),
        &["24小时", "24h", "全天候", "二十四小时"],
    )
}

/// Whether a cadence without 每 may stand after this text: 集团公司季查, but 安全生产月活动, 3月检查.
pub(super) fn may_stand(around: &Around<'_>) -> bool {
    let Some(last) = around.before.chars().next_back() else {
        return true;
    };
    let part_of_word = last.is_ascii_digit()
        || super::numeral::is_chinese_numeral(last) && !around.before.ends_with("统一")
        || "本当上下次每半今去全近同第几数前生假休作宣末逐按双个双单翌某隔往该整单累产春夏秋冬汛"
            .contains(last);
    let names = [
        "生产", "宣传", "咨询", "减灾", "活动", "消防", "教育", "质量", "法治", "科普", "纪念",
        "开放", "体验", "环境", "安全", "救灾", "气象", "主题", "警示", "法制", "日常",
    ];
    // 报送月报, 形成季度小结: the name of a paper.
    let papers = [
        "报送",
        "上报",
        "提交",
        "形成",
        "撰写",
        "编制",
        "填报",
        "上报的",
        "报送的",
        "做好",
        "报",
    ];
    if papers.iter().any(|w| around.before.ends_with(w)) {
        return false;
    }
    let by_itself = around
        .phrase
        .starts_with(|c: char| "日天周月季年半".contains(c));
    let named = by_itself && names.iter().any(|w| around.before.ends_with(w));
    !part_of_word && !named
}

/// 方案（2024-2026年）: the years of a document's title.
pub(super) fn is_title_of(around: &Around<'_>) -> bool {
    let Some(before) = around.before.strip_suffix('（') else {
        return false;
    };
    [
        "方案", "计划", "规划", "纲要", "行动", "意见", "办法", "要点", "目录", "》", "指南",
        "标准", "细则", "规定",
    ]
    .iter()
    .any(|w| before.ends_with(w))
        && !around.phrase.contains('月')
        && !around.phrase.contains('.')
}
