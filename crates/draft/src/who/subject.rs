//! What a subject looks like: a body or a person at the beginning of a clause.

use crate::words::{FOLLOWS, NO_SUBJECT, NO_SUBJECT_ENDS, OPENINGS, SUBJECTS, TAILS};

/// Longest subject, in characters.
const SUBJECT_CHARS_MAX: usize = 60;
/// Longest name in quotation marks at the beginning of a subject, in characters.
const QUOTED_CHARS_MAX: usize = 12;
/// Words that govern what follows: 对…单位 is whom something is done to.
const GOVERNS: &[&str] = &[
    "对", "将", "把", "向", "按", "根据", "在", "为", "给", "与", "针对", "围绕", "结合", "凡",
    "从严", "从重", "除", "因", "如", "若",
];
/// Short names of departments; 应急预案 and 消防安全 are none.
const DEPARTMENTS: &[&str] = &[
    "公安", "消防", "应急", "住建", "交警", "渔政", "路政", "监理",
];
/// What follows such a word where it is no department.
const NO_DEPARTMENT: &[&str] = &[
    "通知", "日志", "细则", "合同", "规划", "报告", "情况", "信息", "安全", "救援", "管理", "设施",
    "事故", "预案", "值守", "响应",
];

/// Whether a text is nothing but a subject.
pub(crate) fn is_subject(text: &str) -> bool {
    subject(text, true).is_some_and(|s| text.ends_with(&s))
}

/// A clause without the words that say nothing about its subject.
fn opened(clause: &str) -> &str {
    let mut text = clause;
    // “两客一危”企业: quotation marks that close again belong to the name.
    let quoted = |text: &str| {
        let near: String = text.chars().take(QUOTED_CHARS_MAX).collect();
        text.starts_with('“') && near.contains('”')
    };
    while !quoted(text)
        && let Some(rest) = OPENINGS.begins(text).and_then(|w| text.strip_prefix(w))
    {
        text = rest;
    }
    text
}

/// Whether the clause begins with a word that governs what follows.
pub(super) fn is_governed(clause: &str) -> bool {
    let text = opened(clause);
    let known = SUBJECTS.begins(text).is_some();
    !known && GOVERNS.iter().any(|w| text.starts_with(w))
}

/// The subject that a clause opens with; `to_end`: the clause's end is the phrase.
pub(super) fn subject(clause: &str, to_end: bool) -> Option<String> {
    let text = opened(clause);
    let known = SUBJECTS.begins(text).is_some();
    if !known && NO_SUBJECT.begins(text).is_some()
        || text.starts_with(|c: char| c.is_ascii_digit() || c == '）')
    {
        return None;
    }
    let (mut opened, mut closed) = (0, 0);
    for (n, (i, c)) in text.char_indices().enumerate() {
        if n > SUBJECT_CHARS_MAX {
            return None;
        }
        opened += usize::from(c == '（');
        closed += usize::from(c == '）');
        let end = i + c.len_utf8();
        let (before, after) = (&text[..end], &text[end..]);
        if n == 0 || c == '）' && opened == 0 || opened > closed || !TAILS.end(before) {
            continue;
        }
        let follows = FOLLOWS.begins(after).is_some() || after.is_empty() && to_end;
        if follows && !goes_on(before, after) && is_body(before) {
            return Some(before.to_owned());
        }
    }
    None
}

/// Whether the name goes on behind a word that could end it.
fn goes_on(before: &str, after: &str) -> bool {
    let more = [
        "办公室",
        "主要",
        "分管",
        "法定",
        "主管",
        "安全总监",
        "项目经理",
        "从业",
        "主要负责",
        "负责人",
        "负责同志",
        "会办",
        "会成员",
        "成员单位",
        "日常",
        "场所",
        "安全生产委员会",
        "安全委员会",
        "安全监管部门",
        "以上",
        "以下",
        "指挥部",
        "指挥机构",
        "派出",
        "机构",
        "安全管理",
        "安全专业",
        "安全负责",
        "安全监",
    ];
    // 水库巡查员: a person's name of office goes on; 应当组织 does not.
    let office: String = after.chars().take(3).collect();
    let verbs = [
        "应", "要", "须", "必", "将", "可", "每", "于", "在", "对", "把", "由", "并", "和",
    ];
    let of_office = office.ends_with(['员', '组'])
        && office.chars().count() == 3
        && !verbs.iter().any(|w| office.starts_with(w));
    // 县应急局 after 县: 应 begins a name here, no duty.
    let name: String = after.chars().take(8).collect();
    let of_body = name.starts_with("应急") && name.contains(['局', '部', '办', '厅', '委']);
    let of_work = DEPARTMENTS.iter().any(|d| before.ends_with(d))
        && NO_DEPARTMENT.iter().any(|w| after.starts_with(w));
    let of_place = before.ends_with('所') && after.starts_with('在');
    more.iter().any(|w| after.starts_with(w)) || of_place || of_office || of_body || of_work
}

/// 存在隐患的单位, 从事运输活动的企业: a body that is told by what it does; to the clause's end.
pub(super) fn told_body(clause: &str) -> Option<String> {
    let text = opened(clause);
    if is_governed(clause) || text.chars().take(SUBJECT_CHARS_MAX + 1).count() > SUBJECT_CHARS_MAX {
        return None;
    }
    let known = SUBJECTS.begins(text).is_some();
    if !known && NO_SUBJECT.begins(text).is_some() {
        return None;
    }
    let at = text.rfind('的')? + '的'.len_utf8();
    let head = &text[at..];
    let plain =
        !text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains(['“', '《', '。']);
    let known = plain && TAILS.end(head) && is_body(head);
    (known && NO_SUBJECT.begins(head).is_none()).then(|| text.to_owned())
}

/// 未达标的镇（街道）须于: such a body before a word of duty.
pub(super) fn told_body_before(text: &str) -> Option<String> {
    // 委托有资质的机构每年: the one who is hired owes nothing.
    let hires = [
        "委托", "聘请", "邀请", "应", "须", "要", "督促", "责令", "通知", "指导", "报", "交",
        "提请", "商请", "协助", "配合", "接受", "查处", "发现",
    ];
    let text = opened(text);
    if is_governed(text) || hires.iter().any(|w| text.starts_with(w)) {
        return None;
    }
    let at = text.rfind('的')? + '的'.len_utf8();
    subject(&text[at..], true)
}

/// 各成员单位工作总结: whose paper it is, before the day by which it is sent.
pub(super) fn of_paper(clause: &str) -> Option<String> {
    let text = opened(clause);
    let papers = [
        "总结",
        "情况",
        "报告",
        "方案",
        "名单",
        "计划",
        "台账",
        "报表",
        "清单",
        "材料",
        "统计表",
        "汇总表",
        "信息",
        "预案",
    ];
    let starts = [
        "各", "本", "县", "市", "区", "省", "镇", "乡", "企业", "单位", "学校", "医院", "部门",
    ];
    if !starts.iter().any(|w| text.starts_with(w)) || !papers.iter().any(|w| text.ends_with(w)) {
        return None;
    }
    let mut found = None;
    for (n, (i, c)) in text.char_indices().enumerate() {
        if n > SUBJECT_CHARS_MAX {
            break;
        }
        let before = &text[..i + c.len_utf8()];
        let long = TAILS.endings(before).any(|t| t.len() > 3);
        if n > 0 && long && is_body(before) {
            found = Some(before.to_owned());
        }
    }
    found
}

/// A heading that is a body and nothing else: 县住建局, 行业部门.
pub(super) fn whole_body(text: &str) -> Option<String> {
    let text = opened(text);
    let n = text.chars().count();
    if !(2..=16).contains(&n) || NO_SUBJECT.begins(text).is_some() && !is_subject(text) {
        return None;
    }
    let local = [
        "县", "市", "区", "省", "州", "镇", "乡", "旗", "各", "本", "全", "团", "国",
    ];
    let ends = TAILS
        .endings(text)
        .any(|t| t.len() > 3 && !DEPARTMENTS.contains(&t));
    let office = text.ends_with(['局', '委', '办', '厅', '镇', '乡', '村', '队'])
        && local.iter().any(|w| text.starts_with(w));
    let plain = !text.contains(['、', '与', '和']) || text.starts_with('各');
    ((ends || office) && plain && is_body(text)).then(|| text.to_owned())
}

/// Whether the words may be a body or a person: no verb governs them.
pub(super) fn is_body(text: &str) -> bool {
    let odd = [
        "督促",
        "情况",
        "要求",
        "会议",
        "隐患排查",
        "进行",
        "检查",
        "例会",
        "报送至",
        "上报至",
        "议定",
        "发现",
        "安全生产形势",
        "现场",
        "通过",
        "建立",
        "落实",
        "处置",
        "时候",
        "开展",
        "收到",
        "接到",
        "每",
        "本表",
        "前报",
        "上报",
        "日报",
        "日前",
        "实现",
        "改善",
        "建设完善",
        "提升",
        "研讨会",
        "部署会",
        "推进会",
        "调度会",
        "联席会",
        "由",
        "应当",
        "责令",
        "规定",
        "之日起",
    ];
    let n = text.chars().count();
    // 联席会议办公室 is a body though a meeting is none.
    let named = text
        .replace("联席会议", "")
        .replace("检查站", "")
        .replace("检查组", "")
        .replace("检查机构", "");
    let named = named.replace("检查员", "").replace("区域电", "");
    let system = text.ends_with("系统") && !text.contains(['各', '本', '全']);
    (2..=SUBJECT_CHARS_MAX).contains(&n)
        && !system
        && !DEPARTMENTS.contains(&text)
        && !["队员", "人员", "成员", "学员", "全员"].contains(&text)
        && !NO_SUBJECT_ENDS.end(text)
        && !odd.iter().any(|w| named.contains(w))
        && !text.contains(['《', '。', '%'])
        && text.matches('“').count() == text.matches('”').count()
        && !text.contains('月')
        && (!text.contains("整改") || text.contains("整改责任单位") || text.contains("整改单位"))
}
