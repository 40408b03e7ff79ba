//! Who owes it as a selector, what as a kind of act, and titles in words of our own.

use domain::calendar::PeriodKind;

use super::toml::{Element, quoted};
use crate::label::Label;
use crate::timing::Timing;

/// Words in the name of an owner, and the selector that they stand for; the first of a kind counts.
const OWNERS: &[(&[&str], &str)] = &[
    (
        &["安委办", "安委会办公室", "安全生产委员会办公室"],
        r#"{ body = "safety-office" }"#,
    ),
    (
        &["专委会", "专业委员会", "专委办"],
        r#"{ body = "special-committee" }"#,
    ),
    (
        &["安委会", "安全生产委员会"],
        r#"{ body = "safety-committee" }"#,
    ),
    (
        &["党委", "县委", "市委", "区委", "党组", "党政"],
        r#"{ body = "party-committee", level = ["county", "town"] }"#,
    ),
    (
        &["县政府", "市政府", "区政府", "县人民政府"],
        r#"{ body = "government", level = "county" }"#,
    ),
    (
        &["各级政府", "政府领导", "党政"],
        r#"{ body = "government", level = ["county", "town"] }"#,
    ),
    (
        &["乡镇", "各镇", "各乡", "镇政府", "街道", "镇人民政府"],
        r#"{ body = "government", level = "town" }"#,
    ),
    (&["开发区", "园区"], r#"{ body = "zone" }"#),
    (&["车间"], r#"{ body = "workshop" }"#),
    (&["班组"], r#"{ body = "team" }"#),
    (
        &["村委会", "居委会", "村（社区）", "社区", "各村"],
        r#"{ body = "village-committee" }"#,
    ),
    (
        &[
            "企业",
            "公司",
            "生产经营单位",
            "社会单位",
            "厂",
            "煤矿",
            "矿山",
            "学校",
            "医院",
            "场所",
            "项目部",
            "施工单位",
            "养老",
            "加油站",
            "行业",
            "经营者",
            "集团",
            "主体",
        ],
        r#"{ body = "enterprise" }"#,
    ),
    (
        &[
            "部门",
            "局",
            "成员单位",
            "大队",
            "支队",
            "专班",
            "消防",
            "牵头单位",
            "委员会",
            "办公室",
            "中心",
            "站",
            "院",
            "委",
        ],
        r#"{ body = "department", level = "county" }"#,
    ),
];
/// Words in the name of an enterprise with high hazards.
const HIGH_HAZARD: &[&str] = &["高危", "危化", "危险化学品", "煤矿", "矿山", "烟花爆竹"];

/// The selector of an owner; a department where nothing tells, for a person to correct.
pub(super) fn owed_by(who: &str) -> String {
    if HIGH_HAZARD.iter().any(|w| who.contains(w)) && !who.contains("部门") && !who.contains('局')
    {
        return r#"{ body = "enterprise", where = { high_hazard = true } }"#.to_owned();
    }
    let mut found: Vec<&str> = Vec::new();
    for name in who.split(['、', '，', '和', '及']) {
        let one = OWNERS
            .iter()
            .find(|(words, _)| words.iter().any(|w| name.contains(w)));
        let one = one.map(|(_, selector)| *selector);
        found.extend(one.filter(|s| !found.contains(s)));
    }
    match found.as_slice() {
        [] => r#"{ body = "department", level = "county" }"#.to_owned(),
        [one] => (*one).to_owned(),
        several => format!("{{ any_of = [{}] }}", several.join(", ")),
    }
}

/// The kind of act in the common vocabulary that stands for a label's word.
pub(super) fn common_act(act: &str) -> &str {
    match act {
        "exam" => "evaluation",
        "reply" => "report",
        "other" => "task",
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

/// 县安委会每季度会议: who, when and what in words of our own.
pub(super) fn title(label: &Label) -> String {
    let who: String = label.who.chars().take(24).collect();
    let what = word_of(label.act);
    match &label.timing {
        Timing::Recurring {
            every, n, at_least, ..
        } => {
            let period = period_word(*every);
            let every = if *n > 1 {
                format!("每{n}个{period}")
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
            format!("{who}{}月{}日前{what}", due.month, due.day)
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
fn word_of(act: &str) -> &'static str {
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

/// A condition of the sentence, kept as text.
pub(super) fn condition(element: &mut Element, label: &Label) {
    let starts = ["遇", "如", "若", "凡", "发生", "必要时", "对存在", "逾期"];
    let found = label
        .sentence
        .split(['，', '；', '（', '）'])
        .find(|clause| starts.iter().any(|s| clause.starts_with(s)));
    if let Some(clause) = found {
        element.raw("when", &quoted(clause));
    }
}
