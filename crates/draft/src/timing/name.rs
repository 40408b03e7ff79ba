//! Phrases that are names or measures: “每月报送”机制, 月报, 方案（2024-2026年）, 每日产量.

use domain::calendar::PeriodKind;

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
    // 落实“周排查、月调度”机制: a compound in a name says no more than the name.
    if is_compound(around.phrase) && is_quoted_system(around) {
        return true;
    }
    if !around.before.ends_with('“') {
        return false;
    }
    let Some(end) = around.after.find('”') else {
        return false;
    };
    let inside = &around.after[..end];
    // “一旬一调度” says how often though it stands alone.
    let said = around.phrase.starts_with('一');
    inside.chars().count() <= 3 && !said && !has(inside, &["一", "1", "次", "，", "、"])
}

/// 日管控, 周排查, 季通报: a period and a verb in one word.
pub(super) fn is_compound(phrase: &str) -> bool {
    let plain = !["一", "1", "末", "底", "后", "至少", "不少于", "初", "中"]
        .iter()
        .any(|w| phrase.contains(w));
    phrase.starts_with(|c: char| "日天周月季年半".contains(c))
        && (2..=5).contains(&phrase.chars().count())
        && plain
}

/// Whether the phrase stands in quotation marks that a word for a system follows.
fn is_quoted_system(around: &Around<'_>) -> bool {
    let open = around
        .before
        .rsplit(['”', '，'])
        .next()
        .is_some_and(|near| near.contains('“'));
    let Some((inside, next)) = around.after.split_once('”') else {
        return false;
    };
    let systems = [
        "机制",
        "制度",
        "工作机制",
        "工作制度",
        "工作法",
        "模式",
        "管理机制",
        "管理制度",
    ];
    open && inside.chars().count() <= 20
        && !inside.contains('“')
        && systems.iter().any(|w| next.starts_with(w))
}

/// 周碰头、月汇总制度，…每周四、每月28日前: the system's words are explained in the same sentence.
pub(super) fn is_told_later(around: &Around<'_>, every: PeriodKind) -> bool {
    let words: &[&str] = match every {
        PeriodKind::Day => &["每日", "每天"],
        PeriodKind::Week => &["每周"],
        PeriodKind::Month => &["每月"],
        PeriodKind::Quarter => &["每季"],
        PeriodKind::HalfYear => &["每半年"],
        PeriodKind::Year => &["每年"],
        PeriodKind::TenDays | PeriodKind::Span => &[],
    };
    // 每周自查表由安全员签字 explains nothing: it names a paper.
    let explains = |w: &str| {
        around.after.match_indices(w).any(|(at, _)| {
            !has(
                head(&around.after[at + w.len()..], 5),
                &["表", "台账", "记录"],
            )
        })
    };
    is_compound(around.phrase) && words.iter().any(|w| explains(w))
}

/// Words for a time of the year that is only defined, not asked for.
const SEASONS: &[&str] = &[
    "防火期",
    "火险期",
    "防汛期",
    "汛期",
    "防御期",
    "台风期",
    "禁渔期",
    "休渔期",
    "禁牧期",
    "采暖期",
    "供暖期",
    "枯水期",
    "丰水期",
    "高发期",
    "多发期",
    "戒严期",
    "旺季",
    "淡季",
    "雨季",
    "高温季节",
    "调度年度",
    "结算年度",
    "宣传月",
    "宣传周",
    "宣传日",
    "安全月",
    "生产月",
    "活动月",
    "活动周",
    "安全日",
    "防火月",
];

/// 每年5月至9月为汛期, 森林防火期为10月至次年4月: a season's name is nobody's task.
pub(super) fn is_season(around: &Around<'_>) -> bool {
    let clause = around.clause_after();
    let named = clause.starts_with(['为', '是']) && SEASONS.iter().any(|s| clause.ends_with(s));
    let before = around
        .before
        .trim_end_matches(['自', '从', '每', '年', '的']);
    let before = before
        .strip_suffix("（")
        .or_else(|| before.strip_suffix(['为', '是', '：']))
        .unwrap_or_default();
    // 每年11月9日为本省消防日: a day or a month that is given a name.
    let given = around.phrase.starts_with("每年")
        && clause.starts_with(['为', '是'])
        && clause.ends_with(['日', '月', '周', '期', '节']);
    // 考核周期为每年12月1日至次年11月30日: what a year is counted as.
    let counted = around.phrase.starts_with("每年")
        && ["周期为", "年度为", "期为", "期间为", "周期是", "年度是"]
            .iter()
            .any(|w| around.before.ends_with(w));
    named || given || counted || SEASONS.iter().any(|s| before.ends_with(s))
}

/// 11月9日为全省消防安全活动日: a day that is given a name.
pub(super) fn is_named_day(around: &Around<'_>) -> bool {
    let clause = around.clause_after();
    clause.starts_with(['为', '是']) && clause.ends_with(['日', '月', '周', '节'])
}

/// 每年3月至12月每月, 每年汛期每日: a year's season before a cadence of its own.
pub(super) fn is_season_of(around: &Around<'_>) -> bool {
    let after = around.after;
    let between: String = after
        .chars()
        .take_while(|c| !matches!(c, '每' | '，' | '；' | '。' | '、'))
        .collect();
    let next = &after[between.len()..];
    let clear = between.is_empty()
        || ["期", "季", "季节", "期间", "月", "度", "）", "日"]
            .iter()
            .any(|w| between.ends_with(w))
            && between.chars().count() <= 16;
    around.phrase.starts_with("每年") && next.starts_with('每') && clear || is_season(around)
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
        "加收",
        "加处",
        "日均",
        "每平方",
        "每立方",
        "每吨",
        "每辆",
        "每人",
        "每户",
        "每台",
        "每公顷",
        "每亩",
    ];
    rates.iter().any(|w| after.starts_with(w)) && !after.starts_with("提高警")
        || around.before_ends(&["不足", "超过", "高于", "平均", "人均"])
        || has(head(around.clause_after(), 6), &["不足"])
        || has(
            head(around.clause_after(), 18),
            &["加处罚款", "滞纳金", "处以罚款"],
        )
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
    // 解除前逐日报告: 按 and 逐 begin a word of their own.
    if around.phrase.starts_with(['按', '逐']) {
        return true;
    }
    let part_of_word = last.is_ascii_digit()
        || super::numeral::is_chinese_numeral(last) && !around.before.ends_with("统一")
        || "本当上下次每半今去全近同第几数前生假休作宣末逐按双个双单翌某隔往该整单累产春夏秋冬汛"
            .contains(last);
    let names = [
        "生产", "宣传", "咨询", "减灾", "活动", "消防", "教育", "质量", "法治", "科普", "纪念",
        "开放", "体验", "环境", "安全", "救灾", "气象", "主题", "警示", "法制", "日常",
    ];
    // 报送月报, 形成季度小结: the name of a paper.
    // 年检制度 is a name; 月检、年检 says how often.
    let paired = ["月检、", "季检、", "周检、", "日检、", "“"];
    if around.phrase == "年检" && !paired.iter().any(|w| around.before.ends_with(w)) {
        return false;
    }
    // 间隔月份 is no 隔月.
    if around.phrase.starts_with('隔') && around.before.ends_with(['相', '间', '分', '阻', '每'])
    {
        return false;
    }
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
