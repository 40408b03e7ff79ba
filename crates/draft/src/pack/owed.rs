//! Who owes it as a selector, what as a kind of act, and titles in words of our own.

use domain::calendar::PeriodKind;

use crate::label::Label;
use crate::timing::Timing;

/// A kind of owner that a draft can name without lists and names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerKind {
    /// Stable code.
    pub code: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// The selector in the pack format.
    pub selector: &'static str,
}

const fn kind(code: &'static str, name: &'static str, selector: &'static str) -> OwnerKind {
    OwnerKind {
        code,
        name,
        selector,
    }
}

/// The kinds of owner, in the order in which a form offers them.
pub const OWNER_KINDS: &[OwnerKind] = &[
    kind(
        "department",
        "县级部门",
        r#"{ body = "department", level = "county" }"#,
    ),
    kind(
        "town",
        "乡镇政府、街道办",
        r#"{ body = "government", level = "town" }"#,
    ),
    kind("zone", "开发区、园区", r#"{ body = "zone" }"#),
    kind("safety-office", "安委办", r#"{ body = "safety-office" }"#),
    kind(
        "safety-committee",
        "安委会",
        r#"{ body = "safety-committee" }"#,
    ),
    kind(
        "special-committee",
        "专委会",
        r#"{ body = "special-committee" }"#,
    ),
    kind(
        "party",
        "县、乡镇党委",
        r#"{ body = "party-committee", level = ["county", "town"] }"#,
    ),
    kind(
        "county",
        "县政府",
        r#"{ body = "government", level = "county" }"#,
    ),
    kind(
        "governments",
        "县、乡镇政府",
        r#"{ body = "government", level = ["county", "town"] }"#,
    ),
    kind("village", "村（社区）", r#"{ body = "village-committee" }"#),
    kind("enterprise", "企业", r#"{ body = "enterprise" }"#),
    kind(
        "high-hazard",
        "高危企业",
        r#"{ body = "enterprise", where = { high_hazard = true } }"#,
    ),
    kind("workshop", "车间", r#"{ body = "workshop" }"#),
    kind("team", "班组", r#"{ body = "team" }"#),
];

/// Words in the name of an owner, and the kind that they stand for; the first that fits counts.
const OWNERS: &[(&[&str], &str)] = &[
    (
        &["安委办", "安委会办公室", "安全生产委员会办公室"],
        "safety-office",
    ),
    (&["专委会", "专业委员会", "专委办"], "special-committee"),
    (&["安委会", "安全生产委员会"], "safety-committee"),
    (&["党委", "县委", "市委", "区委", "党组", "党政"], "party"),
    (&["县政府", "市政府", "区政府", "县人民政府"], "county"),
    (&["各级政府", "政府领导", "党政"], "governments"),
    (
        &["乡镇", "各镇", "各乡", "镇政府", "街道", "镇人民政府"],
        "town",
    ),
    (&["开发区", "园区"], "zone"),
    (&["车间"], "workshop"),
    (&["班组"], "team"),
    (
        &["村委会", "居委会", "村（社区）", "社区", "各村"],
        "village",
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
        "enterprise",
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
        "department",
    ),
];
/// Words in the name of an enterprise with high hazards.
const HIGH_HAZARD: &[&str] = &["高危", "危化", "危险化学品", "煤矿", "矿山", "烟花爆竹"];

/// The selector of an owner; a department where nothing tells, for a person to correct.
pub(super) fn owed_by(who: &str) -> String {
    if HIGH_HAZARD.iter().any(|w| who.contains(w)) && !who.contains("部门") && !who.contains('局')
    {
        return selector_of(&["high-hazard"]);
    }
    let mut found: Vec<&str> = Vec::new();
    for name in who.split(['、', '，', '和', '及']) {
        let one = OWNERS
            .iter()
            .find(|(words, _)| words.iter().any(|w| name.contains(w)));
        let one = one.map(|(_, code)| *code);
        found.extend(one.filter(|s| !found.contains(s)));
    }
    if found.is_empty() {
        found.push("department");
    }
    selector_of(&found)
}

/// The selector of some kinds of owner, by their codes; empty where none is known.
pub(super) fn selector_of(codes: &[&str]) -> String {
    let of = |code: &&str| OWNER_KINDS.iter().find(|k| k.code == *code);
    let known: Vec<&str> = codes.iter().filter_map(of).map(|k| k.selector).collect();
    match known.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        several => format!("{{ any_of = [{}] }}", several.join(", ")),
    }
}

/// The kinds of owner that a selector of a draft consists of; none where it says something else.
pub fn owner_kinds_of(selector: &str) -> Option<Vec<&'static OwnerKind>> {
    let inner = selector
        .strip_prefix("{ any_of = [")
        .and_then(|s| s.strip_suffix("] }"));
    let mut rest = inner.unwrap_or(selector);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let kind = OWNER_KINDS.iter().find(|k| rest.starts_with(k.selector))?;
        found.push(kind);
        rest = rest[kind.selector.len()..].trim_start_matches(", ");
    }
    (!found.is_empty()).then_some(found)
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
