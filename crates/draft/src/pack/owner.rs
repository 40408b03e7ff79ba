//! Who owes it as a selector, by the words of a name and by whom the notice speaks to.

use crate::outline::Outline;

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
        "city-department",
        "市级部门",
        r#"{ body = "department", level = "city" }"#,
    ),
    kind(
        "regulators",
        "负有监管职责的部门",
        r#"{ list = "regulators" }"#,
    ),
    kind("members", "安委会成员单位", r#"{ list = "member-units" }"#),
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
    kind(
        "principal",
        "企业主要负责人",
        r#"{ body = "enterprise", post = "principal" }"#,
    ),
    kind("workshop", "车间", r#"{ body = "workshop" }"#),
    kind("team", "班组", r#"{ body = "team" }"#),
];

/// Words in the name of an owner, and the kind that they stand for; the first that fits counts.
const OWNERS: &[(&[&str], &str)] = &[
    (&["成员单位"], "members"),
    (
        &["安委办", "安委会办公室", "安全生产委员会办公室"],
        "safety-office",
    ),
    (&["专委会", "专业委员会", "专委办"], "special-committee"),
    (&["安委会", "安全生产委员会"], "safety-committee"),
    (&["党委", "县委", "市委", "区委", "党组"], "party"),
    (&["县政府", "市政府", "区政府", "县人民政府"], "county"),
    (
        &["乡镇", "各镇", "各乡", "镇政府", "街道", "镇人民政府"],
        "town",
    ),
    (&["政府"], "governments"),
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
    (&["监管职责", "监管部门", "监管责任"], "regulators"),
    (
        &[
            "部门",
            "局",
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
/// How a notice of a city names the counties below it; cleaned texts have wide brackets.
const COUNTIES: &[&str] = &["县（市、区）", "县（市区）", "县（区）", "县区", "区县"];

/// Whom a notice speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scope {
    /// It is a city's: it names the counties below it.
    city: bool,
}

impl Scope {
    /// A county's own.
    pub(super) const COUNTY: Self = Self { city: false };
}

/// The scope of a notice, by the names that it calls others.
pub(super) fn scope_of(outline: &Outline) -> Scope {
    let parts = outline.parts.iter();
    let mut texts = parts.map(|p| p.line.text.as_str());
    let city = texts.any(|t| COUNTIES.iter().any(|w| t.contains(w)));
    Scope { city }
}

/// The selector of an owner; a department where nothing tells, for a person to correct.
pub(super) fn owed_by(who: &str, scope: Scope) -> String {
    let who = who.replace('(', "（").replace(')', "）");
    let is_department = who.contains("部门") || who.contains('局');
    if HIGH_HAZARD.iter().any(|w| who.contains(w)) && !is_department {
        return selector_of(&["high-hazard"]);
    }
    // What a name holds together is not parted at its commas.
    let mut whole = who.clone();
    for counties in COUNTIES {
        whole = whole.replace(counties, "县域");
    }
    let mut found: Vec<&str> = Vec::new();
    let mut add = |code| {
        if !found.contains(&code) {
            found.push(code);
        }
    };
    for name in whole.split(['、', '，', '和', '及']) {
        codes_of(name, scope).into_iter().for_each(&mut add);
    }
    if found.is_empty() {
        found.push("department");
    }
    selector_of(&found)
}

/// The kinds of owner that one name stands for.
fn codes_of(name: &str, scope: Scope) -> Vec<&'static str> {
    if name.contains("县域") {
        return vec!["county"];
    }
    if name.contains("党政") || name.contains("党委政府") {
        return vec!["party", "governments"];
    }
    let found = OWNERS
        .iter()
        .find(|(words, _)| words.iter().any(|w| name.contains(w)));
    let Some((_, code)) = found else {
        return Vec::new();
    };
    match *code {
        "enterprise" if name.contains("主要负责人") => vec!["principal"],
        "department" | "regulators" if scope.city => {
            let own = name.starts_with('市') || name.contains("市级") || name.contains("市直");
            if own {
                vec!["city-department"]
            } else if name.contains("各级") || name.contains("市县") {
                vec!["city-department", code]
            } else {
                vec![code]
            }
        }
        code => vec![code],
    }
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
