//! Bare periods: whether 3月至5月 or 第三季度 says when something is done.

use super::guard::{Around, has, head, is_past, tail};
use super::name::is_title_of;
use crate::words::{ADJECTIVES, BEGINNINGS};

/// Whether the words around say that something has its time then.
fn is_time_for(around: &Around<'_>) -> bool {
    // 考核时间为9月中旬, 安排在9月下旬: the words before say that it is a time for something.
    let of_time = [
        "时间为",
        "时间是",
        "时间定于",
        "时间安排在",
        "安排在",
        "定在",
        "安排于",
        "定于",
    ];
    if around.before_ends(&of_time) && !is_past(around) {
        return true;
    }
    // …情况于11月上旬组织复核: what is to be done may stand before the time.
    let acts = [
        "组织", "开展", "召开", "举办", "集中", "启动", "进行", "举行", "完成", "实施", "联合",
        "分批", "逐步",
    ];
    around.before_ends(&["于", "在", "应于", "应在"])
        && around.after_starts(&acts)
        && !is_past(around)
        && !has(
            head(around.after, 30),
            &["组织的", "开展的", "召开的", "举办的", "进行的", "了"],
        )
}

/// Whether a body or a person stands right before the period.
fn is_led_by_subject(around: &Around<'_>, day: bool) -> bool {
    // 各中小学9月份上好…: a subject may stand before the period.
    let mut subject = around.clause_before();
    for word in ["将于", "将在", "要在", "应在", "拟于", "定于", "在", "于"] {
        subject = subject.strip_suffix(word).unwrap_or(subject);
    }
    // 市局会同市公安局、市水利局: the last of some bodies stands right before the period.
    let last = ["会同", "联合", "、", "和", "及"]
        .iter()
        .filter_map(|w| subject.rfind(w).map(|i| i + w.len()))
        .max()
        .unwrap_or(0);
    let among = last > 0 && crate::who::is_subject(&subject[last..]) && !day;
    crate::who::is_subject(subject) || among
}

/// 成效, 累计: the sentence tells how it went.
fn is_report_of(around: &Around<'_>) -> bool {
    let sentence = around.after.split(['。', '；']).next().unwrap_or_default();
    has(
        head(sentence, 60),
        &[
            "召开了",
            "印发了",
            "发生了",
            "事故",
            "致人",
            "导致",
            "平稳",
            "取得",
            "形势",
            "成效",
            "圆满",
            "同比",
            "共排查",
            "累计",
            "部署以来",
        ],
    )
}

/// Whether a bare period says when something is done.
pub(super) fn is_phase(around: &Around<'_>, day: bool) -> bool {
    let alone = around.before.ends_with('（') && around.after.starts_with('）')
        || around.before.ends_with('：') && around.clause_after().is_empty();
    // 每半年（6月、12月）: the cadence says it already.
    let explained = tail(around.before, 5);
    if alone && explained.contains('每') {
        return false;
    }
    if alone {
        return !is_title_of(around);
    }
    if !day && is_time_for(around) {
        return true;
    }
    let led_by_subject = is_led_by_subject(around, day);
    if !around.opens_clause() && !led_by_subject
        || is_past(around)
        || around.after_starts(&["以前", "之前", "前"])
    {
        return false;
    }
    let hoped = ["力争", "争取", "确保", "力争在", "计划"].contains(&around.clause_before());
    if hoped && ADJECTIVES.begins(around.after).is_none() {
        return true;
    }
    let told = is_report_of(around);
    let comma_past = around.after.starts_with('，') && told;
    let adjective = ADJECTIVES.begins(around.after).is_some();
    let begins = BEGINNINGS.begins(around.after).is_some()
        || around.phrase.ends_with('份') && !around.after_starts(&["的", "情况", "工作"]);
    // 2025年全县计划创建…: a place stands between the year and the verb.
    let place = ["全县", "全市", "全区", "全省", "全镇", "全乡", "全域"]
        .iter()
        .any(|w| around.after.starts_with(w));
    let planned = [
        "计划", "要", "将", "力争", "完成", "新建", "建成", "创建", "培训", "新增", "实现",
    ];
    let begins = begins || place && has(head(around.clause_after(), 12), &planned);
    // A day alone is mostly the past; it must be said that something will be.
    let led = !around.clause_before().is_empty() && !around.clause_before().ends_with('自');
    begins && !adjective && !comma_past && (!day || led || !told && !around.after.starts_with('，'))
}
