//! Who owes it as a selector, by the words of a name and by whom the notice speaks to.

use serde::{Deserialize, Serialize};

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
            "项目部",
            "施工单位",
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
/// Places that are no kind of body of their own; each name is a list for the office to fill.
const GROUPS: &str = "学校 幼儿园 校园 医院 医疗机构 养老 商场 市场 景区 宾馆 饭店 场所 \
    加油站 物业 小区 业主 工地 车站 项目 水库 码头 渡口 仓库 行业";
/// How a notice of a city names the counties below it; cleaned texts have wide brackets.
const COUNTIES: &[&str] = &["县（市、区）", "县（市区）", "县（区）", "县区", "区县"];

/// Whom a notice speaks to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Scope {
    /// It is a city's: it names the counties below it.
    city: bool,
}

/// The scope of a notice, by the names that it calls others.
fn scope_of(outline: &Outline) -> Scope {
    let parts = outline.parts.iter();
    let mut texts = parts.map(|p| p.line.text.as_str());
    let city = texts.any(|t| COUNTIES.iter().any(|w| t.contains(w)));
    Scope { city }
}

/// Bodies, or places of one sort, that the text names, each a list of the pack: its members are
/// entered where the pack is applied, for a pack knows no county's bodies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedList {
    /// Id in the pack.
    pub id: String,
    /// The name that the text uses.
    pub title: String,
}

/// The list of those owners that nobody named yet.
pub const OPEN_OWNER: &str = "owner-open";
/// How a list stands among the codes of owners.
pub const LIST_CODE: &str = "list:";
/// Most bodies of a draft that are named one by one.
pub(super) const NAMED_MAX: usize = 200;

/// The owners of a notice while it is read.
#[derive(Debug, Default)]
pub(super) struct Owners {
    scope: Scope,
    lists: Vec<NamedList>,
}

impl Owners {
    /// For a notice.
    pub(super) fn of(outline: &Outline) -> Self {
        Self {
            scope: scope_of(outline),
            lists: Vec::new(),
        }
    }

    /// With the lists of a draft.
    pub(super) fn with(lists: Vec<NamedList>) -> Self {
        Self {
            scope: Scope::default(),
            lists,
        }
    }

    /// The bodies that were named one by one.
    pub(super) fn into_lists(self) -> Vec<NamedList> {
        self.lists
    }

    /// Whether a list is one of the draft's.
    pub(super) fn has(&self, id: &str) -> bool {
        self.lists.iter().any(|l| l.id == id)
    }

    /// Whether one more body can be named.
    pub(super) fn is_full(&self) -> bool {
        self.lists.len() >= NAMED_MAX
    }

    /// The code of a body that is named; it is kept as long as there is room.
    pub(super) fn named(&mut self, title: &str) -> String {
        let known = self.lists.iter().find(|l| l.title == title);
        let id = match known {
            Some(list) => list.id.clone(),
            None => format!("named-{}", self.lists.len() + 1),
        };
        if !self.has(&id) && self.lists.len() < NAMED_MAX {
            self.lists.push(NamedList {
                id: id.clone(),
                title: title.to_owned(),
            });
        }
        format!("{LIST_CODE}{id}")
    }

    /// The selector of an owner; the list of the open ones where nothing tells.
    pub(super) fn owed_by(&mut self, who: &str) -> String {
        let who = who.replace('(', "（").replace(')', "）");
        let is_department = who.contains("部门") || who.contains('局');
        if HIGH_HAZARD.iter().any(|w| who.contains(w)) && !is_department {
            return selector_of(&["high-hazard"]);
        }
        // What a name holds together is not parted at its commas.
        let mut whole = who;
        for counties in COUNTIES {
            whole = whole.replace(counties, "县域");
        }
        let mut found: Vec<String> = Vec::new();
        for name in whole.split(['、', '，', '和', '及']) {
            for code in self.codes_of(name.trim()) {
                if !found.contains(&code) {
                    found.push(code);
                }
            }
        }
        if found.is_empty() {
            found.push(format!("{LIST_CODE}{OPEN_OWNER}"));
        }
        let codes: Vec<&str> = found.iter().map(String::as_str).collect();
        selector_of(&codes)
    }

    /// The kinds of owner that one name stands for.
    fn codes_of(&mut self, name: &str) -> Vec<String> {
        let kinds = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect();
        if name.contains("县域") {
            return kinds(&["county"]);
        }
        if name.contains("党政") || name.contains("党委政府") {
            return kinds(&["party", "governments"]);
        }
        let found = OWNERS
            .iter()
            .find(|(words, _)| words.iter().any(|w| name.contains(w)));
        let code = found.map(|(_, code)| *code);
        let is_group = GROUPS.split(' ').any(|w| name.contains(w));
        let several = is_group && name.chars().count() <= 20;
        let named = is_named(name) || several && code.is_none();
        if named && matches!(code, Some("department") | None) {
            if !self.is_full() {
                return vec![self.named(name)];
            }
            return Vec::new();
        }
        match code {
            None => Vec::new(),
            Some("enterprise") if name.contains("主要负责人") => kinds(&["principal"]),
            Some(code @ ("department" | "regulators")) if self.scope.city => {
                let own = name.starts_with('市') || name.contains("市级") || name.contains("市直");
                if own {
                    kinds(&["city-department"])
                } else if name.contains("各级") || name.contains("市县") {
                    kinds(&["city-department", code])
                } else {
                    kinds(&[code])
                }
            }
            Some(code) => kinds(&[code]),
        }
    }
}

/// Whether a name is that of one body: 县住建局, and not 各部门.
fn is_named(name: &str) -> bool {
    let ends = [
        "局",
        "委",
        "委员会",
        "大队",
        "支队",
        "总队",
        "中心",
        "办公室",
        "监狱",
        "公司",
        "供电所",
        "派出所",
        "管理所",
        "管理处",
        "管理站",
    ];
    let many = [
        "各", "有关", "相关", "所有", "部门", "单位", "等", "负有", "行业", "其他", "每", "该",
        "本", "上级", "下级", "承担", "具有",
    ];
    let chars = name.chars().count();
    (3..=20).contains(&chars)
        && ends.iter().any(|e| name.ends_with(e))
        && !many.iter().any(|w| name.contains(w))
}

/// The selector of some owners, by their codes; empty where none is known.
pub(super) fn selector_of(codes: &[&str]) -> String {
    let of = |code: &&str| {
        let kind = OWNER_KINDS.iter().find(|k| k.code == *code);
        let list = code.strip_prefix(LIST_CODE);
        list.map(|list| format!("{{ list = \"{list}\" }}"))
            .or_else(|| kind.map(|k| k.selector.to_owned()))
    };
    let known: Vec<String> = codes.iter().filter_map(of).collect();
    match known.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        several => format!("{{ any_of = [{}] }}", several.join(", ")),
    }
}

/// The codes of the owners that a selector of a draft consists of: kinds, and `list:<id>`; none
/// where it says something else.
pub fn owner_codes_of(selector: &str) -> Option<Vec<String>> {
    let inner = selector
        .strip_prefix("{ any_of = [")
        .and_then(|s| s.strip_suffix("] }"));
    let mut rest = inner.unwrap_or(selector);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let kind = OWNER_KINDS.iter().find(|k| rest.starts_with(k.selector));
        let (code, len) = if let Some(kind) = kind {
            (kind.code.to_owned(), kind.selector.len())
        } else {
            let (id, _) = rest.strip_prefix("{ list = \"")?.split_once("\" }")?;
            let len = "{ list = \"".len() + id.len() + "\" }".len();
            (format!("{LIST_CODE}{id}"), len)
        };
        found.push(code);
        rest = rest[len..].trim_start_matches(", ");
    }
    (!found.is_empty()).then_some(found)
}

/// The lists that a selector names, wherever they stand in it.
pub(super) fn lists_of(selector: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Ok(value) = selector.parse::<toml_edit::Value>() {
        collect(&value, false, &mut out);
    }
    out
}

fn collect(value: &toml_edit::Value, is_list: bool, out: &mut Vec<String>) {
    match value {
        toml_edit::Value::String(text) if is_list => out.push(text.value().clone()),
        toml_edit::Value::Array(all) => all.iter().for_each(|v| collect(v, is_list, out)),
        toml_edit::Value::InlineTable(table) => {
            for (key, value) in table {
                collect(value, key == "list", out);
            }
        }
        _ => {}
    }
}

/// Whether nobody said yet who owes.
pub(super) fn is_open(selector: &str) -> bool {
    selector.is_empty() || lists_of(selector).iter().any(|l| l == OPEN_OWNER)
}
