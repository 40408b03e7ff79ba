//! What is no obligation though it speaks of time: conditions, bans, validity, names, the past.
//!
//! Each function answers for one kind of phrase by the words before and after it. The lists are
//! words of officialese, not of one notice.

/// What stands around a phrase: the clause before it and the clause after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// All text of the sentence before the phrase.
    pub(super) before: &'a str,
    /// The phrase.
    pub(super) phrase: &'a str,
    /// All text of the sentence after it.
    pub(super) after: &'a str,
}

/// Characters that end a clause.
const CLAUSE_ENDS: &[char] = &['，', '；', '。', '：', '！', '？', '\t'];

impl<'a> Around<'a> {
    /// The rest of the clause after the phrase.
    pub(super) fn clause_after(&self) -> &'a str {
        self.after.split(CLAUSE_ENDS).next().unwrap_or_default()
    }

    /// The beginning of the clause before the phrase.
    pub(super) fn clause_before(&self) -> &'a str {
        self.before.rsplit(CLAUSE_ENDS).next().unwrap_or_default()
    }

    pub(super) fn before_ends(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.before.ends_with(w))
    }

    pub(super) fn after_starts(&self, words: &[&str]) -> bool {
        words.iter().any(|w| self.after.starts_with(w))
    }

    /// Whether the phrase opens its clause, words like 其中 aside.
    pub(super) fn opens_clause(&self) -> bool {
        let clause = self.clause_before();
        let clause = clause.rsplit(['（', '“', '、']).next().unwrap_or(clause);
        let openings = [
            "",
            "其中",
            "力争",
            "争取",
            "计划",
            "拟",
            "拟于",
            "确保",
            "确保在",
            "力争在",
            "在",
            "于",
            "定于",
            "将于",
            "要在",
            "应在",
            "须在",
            "应于",
            "须于",
            "要于",
            "自",
            "从",
            "并",
            "并在",
            "同时",
            "是",
            "一是",
            "二是",
            "三是",
            "四是",
            "五是",
            "时间",
            "另",
            "另外",
            "请",
            "请于",
            "请在",
            "每年",
            "初步定于",
            "原则上",
        ];
        openings.contains(&clause)
    }
}

/// The first characters of a text, at most n.
pub(super) fn head(text: &str, n: usize) -> &str {
    let end = text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    &text[..end]
}

/// The last characters of a text, at most n.
pub(super) fn tail(text: &str, n: usize) -> &str {
    let start = text
        .char_indices()
        .rev()
        .nth(n.saturating_sub(1))
        .map_or(0, |(i, _)| i);
    &text[start..]
}

pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(w))
}

/// 施行, 有效期: a text's own validity is nobody's task.
pub(super) fn is_validity(around: &Around<'_>) -> bool {
    let clause = around.clause_after();
    let begins = [
        "执行",
        "实施",
        "施行",
        "试行",
        "正式施行",
        "正式实施",
        "正式执行",
        "同时废止",
    ]
    .contains(&clause);
    let words = [
        "施行",
        "生效",
        "起执行",
        "起实施",
        "废止",
        "失效",
        "同时停止执行",
    ];
    begins
        || has(head(around.after, 14), &words)
        || has(around.phrase, &["试行期"])
        || has(
            tail(around.before, 12),
            &["起执行，", "起施行，", "起实施，"],
        )
        || has(
            tail(around.before, 10),
            &[
                "有效期",
                "有效时间",
                "试行期",
                "有效至",
                "质保期",
                "保质期",
                "执行期",
                "适用期",
            ],
        )
}

/// 未按规定每月报告的, 未建立“月调度”机制的: what was left undone is a condition.
pub(super) fn is_left_undone(around: &Around<'_>) -> bool {
    let before = around.clause_before();
    let undone = ["未", "没有", "不按", "拒不", "逾期不"];
    // 每日开园前，未进行检查的.
    let rest = around.after.split_once('，').map_or("", |(_, rest)| rest);
    let rest = rest.split('；').next().unwrap_or_default();
    has(before, &undone) && around.clause_after().ends_with('的')
        || rest.starts_with('未') && rest.ends_with('的')
}

/// Whether a sentence goes on to say how often.
pub(super) fn says_cadence(text: &str) -> bool {
    has(
        text,
        &["每", "按月", "按季", "按周", "逐月", "逐季", "逐周"],
    )
}

/// Whether the sentence has named a year in digits.
pub(super) fn names_year(around: &Around<'_>) -> bool {
    around
        .before
        .match_indices('年')
        .any(|(at, _)| around.before[..at].ends_with(|c: char| c.is_ascii_digit()))
}

/// 已, 发生, 印发: a date on which something was.
pub(super) fn is_past(around: &Around<'_>) -> bool {
    let after = head(around.after, 6);
    let was = [
        "发生",
        "印发",
        "以来",
        "发布",
        "颁布",
        "出台",
        "修订",
        "公布",
        "下发的",
        "召开的",
        "下达的",
        "通过的",
        "批准",
        "建成的",
        "投用的",
        "及以前",
        "之前的",
        "以前的",
        "前的",
        "建造",
        "竣工的",
        "版",
        "的会议",
        "会议精神",
        "排查发现的",
        "检查发现的",
        "修改",
        "修正",
        "市第",
        "省第",
        "同期",
        "出生",
        "，各地共",
        "已",
        "至今",
        "（含）",
    ];
    let sentence = around.after.split(['。', '；']).next().unwrap_or_default();
    was.iter().any(|w| after.starts_with(w))
        || has(
            head(around.clause_after(), 30),
            &["号令", "常委会第", "大会第", "会议通过"],
        )
        || around.before_ends(&["截至", "截止目前", "自从", "早在", "已于", "成立于", "建于"])
        || has(
            head(sentence, 40),
            &["死亡", "受伤", "发生一起", "发生1起", "人遇难", "造成"],
        )
}

/// What makes of a span a condition or a ban, right behind it.
const BANS: &[&str] = &[
    "不得",
    "禁止",
    "严禁",
    "不再",
    "不予",
    "不享受",
    "取消",
    "限制",
    "暂停",
    "累计",
    "连续",
    "发生",
    "出现",
    "受到",
    "被",
    "再次",
    "两次",
    "二次",
    "三次",
    "多次",
    "未",
    "不能",
    "仍",
    "没有",
    "无正当",
    "无",
    "不接受",
    "有",
    "新增",
    "因",
    "重复",
    "屡次",
    "涉及",
    "可以",
    "可凭",
    "可持",
    "有权",
];

/// 30日内 as a condition or a ban, or as how long ago.
pub(super) fn is_condition(around: &Around<'_>) -> bool {
    let after = around.clause_after();
    let counted = after.starts_with(|c: char| c.is_ascii_digit()) && after.contains('次');
    let of_what = after.starts_with('的') && !after.starts_with("的要");
    let conditional = after.ends_with('的') && !after.ends_with("目的")
        || has(after, &["的应", "的要", "的须", "的由"]) && has(after, &["有", "未", "发生"]);
    // 可以自收到之日起三日内申请复检: what one may do is not owed.
    let may = ["可以", "有权"]
        .iter()
        .any(|w| around.clause_before().contains(w));
    let ago = around.before_ends(&[
        "近", "最近", "过去", "前", "同一", "此前", "以往", "任期", "上",
    ]);
    let clause = around.clause_before();
    let same = has(
        clause,
        &[
            "有效期",
            "任期",
            "聘期",
            "考核期",
            "周期",
            "保修期",
            "凡在",
            "凡",
            "对在",
            "未在",
            "未能在",
            "未按",
            "如在",
            "若在",
            "限制其",
        ],
    );
    BANS.iter().any(|w| after.starts_with(w))
        || is_banned_later(around)
        || may
        || counted
        || of_what
        || conditional
        || ago
        || same
}

/// 吊销之日起二年内，…被注销之日起一年内，不得从事: the ban stands in a later clause.
fn is_banned_later(around: &Around<'_>) -> bool {
    let sentence = around.after.split('；').next().unwrap_or_default();
    let rest = sentence.strip_prefix('，').unwrap_or_default();
    let first = rest
        .split('，')
        .take(3)
        .find(|c| c.starts_with('未') || !c.ends_with(['内', '的']));
    let bans = ["不得", "不予", "不再", "禁止", "不能", "未"];
    let banned = |clause: &str| {
        bans.iter().any(|w| clause.starts_with(w))
            || clause.contains("不予受理") && !clause.contains("或者")
    };
    // 新建五年内、大修三年内不得挖掘.
    let both = around.after.starts_with('、') && around.clause_after().contains("不得");
    both || first.is_some_and(banned)
}

/// 一季度内被约谈两次: what happens within a stretch of the calendar is a condition.
pub(super) fn is_counted_within(around: &Around<'_>) -> bool {
    around.phrase.ends_with('内')
        && around.after_starts(&[
            "被", "累计", "连续", "发生", "出现", "受到", "两次", "再次", "多次", "不得", "未",
            "仍", "有2", "有两",
        ])
}

/// 公示期, 保存, 培训: how long an act lasts.
pub(super) fn is_duration(around: &Around<'_>) -> bool {
    let clause = around.clause_before();
    // 自变更之日起, 公示结束后: what is counted from an event is no length.
    if ["之日起", "之时起", "后", "之日"]
        .iter()
        .any(|w| clause.ends_with(w))
    {
        return false;
    }
    let clause = tail(clause, 14);
    // 使用单位, 值班人员: who, not how long.
    let bodies = [
        "单位", "管理", "人", "部门", "中心", "者", "机构", "许可", "登记", "系统",
    ];
    let lasts = ["使用", "值班", "监控", "贮存", "储存"].iter().any(|w| {
        clause
            .match_indices(w)
            .any(|(at, _)| !bodies.iter().any(|b| clause[at + w.len()..].starts_with(b)))
    });
    lasts
        || has(
            clause,
            &[
                "公示",
                "保存",
                "留存",
                "保留",
                "存储",
                "存档",
                "为期",
                "历时",
                "持续",
                "学时",
                "时长",
                "培训时间",
                "会期",
                "有效",
                "发言",
                "汇报时间",
                "停留",
                "录像",
                "间隔",
                "距",
                "年龄",
                "存放",
                "停放",
            ],
        )
}

/// What is held or goes on for a time, so that its limit is no span for an act.
const HELD: &[&str] = &[
    "查封",
    "扣押",
    "经营期",
    "特许",
    "许可期",
    "有效",
    "驾驶",
    "累计",
    "连续",
    "停车",
    "停留",
    "试用",
    "试运行",
    "租赁",
    "合同",
    "作业时间",
    "工作时间",
];

/// 不超过3个月 binds only where a limit is spoken of.
pub(super) fn is_limit(around: &Around<'_>) -> bool {
    let clause = tail(around.clause_before(), 24);
    let of_limit = [
        "时限",
        "期限",
        "整改",
        "整治",
        "办理",
        "办结",
        "治理",
        "最长",
        "原则上",
        "完成时间",
        "处置",
        "核查",
        "答复",
        "反馈",
        "调查",
        "限期",
        "审批",
        "时间",
        "一般",
        "最迟",
        "最多",
        "至多",
    ];
    has(clause, &of_limit)
        && !is_duration(around)
        && !has(clause, &["延长", "延期", "展期"])
        && !has(clause, HELD)
        && !around.after.starts_with("的")
}

/// 办理时限为10个工作日: a length that a limit is set to.
pub(super) fn is_set_limit(around: &Around<'_>) -> bool {
    around.before_ends(&[
        "时限为",
        "期限为",
        "时限：",
        "期限：",
        "时限是",
        "时限一般为",
        "期限一般为",
        "限期",
        "限时",
        "时限定为",
    ]) && !is_duration(around)
}

/// 当月完成, 次日形成: a verb must follow; 当月各项工作情况 and 当日值班 are none.
pub(super) fn is_done_then(around: &Around<'_>) -> bool {
    // 当日17：00前上报: the clock's colon ends no clause.
    // 在出具报告的当日，按要求传输: the day of an event, said at the beginning.
    let of_event = around.before.ends_with(['的', '后'])
        && around.clause_before().contains(['在', '于', '后'])
        && around.after.starts_with(['，', '向', '将']);
    if of_event {
        return true;
    }
    // 应当日产日清 is 应当.
    let duty = around.phrase.starts_with('当') && around.before.ends_with('应');
    if duty || around.after_starts(&["不", "未", "无法", "没"]) {
        return false;
    }
    // 当天由甲会同乙到场: the subject stands between.
    let far = if around.after.starts_with('由') {
        30
    } else {
        11
    };
    let after = head(around.after, far);
    let after = after.split(['，', '；', '。']).next().unwrap_or_default();
    let after = after.split(['、', '“', '”']).next().unwrap_or_default();
    let verbs = [
        "完成", "销号", "整改", "清零", "办结", "通报", "上报", "报送", "反馈", "开展", "形成",
        "处置", "核查", "落实", "报告", "解决", "整治", "审核", "录入", "下达", "研判", "处理",
        "移交", "送达", "公布", "回复", "答复", "复查", "组织", "召开", "清运", "清理", "修复",
        "公示", "登记", "转办", "交办", "受理", "报", "见效", "到位", "发放", "提交", "改", "清",
        "结", "消除", "闭环", "向", "到场", "将", "内", "印送", "印发", "送", "补", "传", "赶赴",
        "发布", "告知", "通知", "核实", "修复", "复工", "拆", "更换", "恢复", "归档", "存档",
        "复测", "复检", "复验", "派", "安排", "复核", "到岗",
    ];
    let no_verb = [
        "发现", "查出", "接报", "产生", "值班", "的", "气象", "在岗", "工作", "各项", "作业",
        "天气", "情况", "值守", "生产", "新增",
    ];
    let of_word = around
        .before_ends(&["每", "首", "多", "一", "本", "数", "再", "两", "几", "上报"])
        || around.phrase.starts_with("次日")
            && around.before.ends_with(|c: char| c.is_ascii_digit());
    let followed =
        verbs.iter().any(|w| after.contains(w)) && no_verb.iter().all(|w| !after.starts_with(w));
    followed && !of_word
        || (around.phrase.ends_with('内') || around.phrase.ends_with("底前"))
            && !after.starts_with('的')
}

/// 三日报送: days that a verb follows at once.
pub(super) fn is_days_then(around: &Around<'_>) -> bool {
    let verbs = [
        "报送", "提交", "完成", "形成", "办结", "反馈", "报告", "整改", "上报", "答复", "处置",
        "通报",
    ];
    around.after_starts(&verbs)
        && !around.before_ends(&[
            "月",
            "第",
            "近",
            "前",
            "每",
            "不少于",
            "至少",
            "-",
            "至",
            "日、",
            "号、",
            "公示",
            "周",
        ])
}
