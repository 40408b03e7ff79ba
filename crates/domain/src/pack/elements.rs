//! The head of a pack, its words and the list of all elements, as data.

use super::describe::Need::{InNotice, No, Yes};
use super::describe::{
    ElementSpec, FieldSpec, Names, Need, Ty, body_kinds, edges, field_kinds, hows, labels, levels,
    links, pack_kinds, roles,
};
use super::owed::{
    CHOICE, DUTY, FORM, LIMIT, OCCASION, PHASE, RESPONSIBILITY, RULE, STANDING, TARGET, TASK,
    THRESHOLD,
};

/// Longest title, in characters.
pub(super) const TITLE: usize = 120;
/// Longest summary, condition or hint, in characters.
pub(super) const SENTENCE: usize = 300;
/// Longest short name of a pack, in characters.
const SHORT: usize = 8;

/// A field without a default.
pub(super) const fn f(name: &'static str, ty: Ty, required: Need, doc: &'static str) -> FieldSpec {
    FieldSpec {
        name,
        ty,
        required,
        doc,
        default: None,
    }
}

impl FieldSpec {
    /// The same field with a default.
    pub(super) const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }
}

/// The id of an element.
pub(super) const fn id() -> FieldSpec {
    f("id", Ty::Slug, Yes, "同类中唯一，升版不变")
}

/// The title of an element.
pub(super) const fn title(doc: &'static str) -> FieldSpec {
    f("title", Ty::Line { longest: TITLE }, Yes, doc)
}

/// The clauses that ask for it.
pub(super) const fn clause(required: Need) -> FieldSpec {
    f(
        "clause",
        Ty::Refs(Names::Clause),
        required,
        "依据的条款，一处或多处",
    )
}

/// Who, in the text's words.
pub(super) const fn who() -> FieldSpec {
    f(
        "who",
        Ty::MaybeLine { longest: TITLE },
        No,
        "文件中对责任人的原有称呼",
    )
}

/// The act's word for the timed lines.
pub(super) const fn label(default: &'static str) -> FieldSpec {
    f("label", Ty::Word(labels), No, "对照表中的动作词").or(default)
}

/// The head of a pack.
pub(super) static PACK: ElementSpec = ElementSpec {
    key: "scheme",
    title: "制度包",
    doc: "制度包的基本信息，写在 scheme.toml 开头。",
    is_word: true,
    fields: &[
        f("id", Ty::Slug, Yes, "制度包的 id，与文件夹同名"),
        f(
            "version",
            Ty::Int { min: 1, max: 9999 },
            Yes,
            "版次，从 1 起",
        ),
        f(
            "kind",
            Ty::Word(pack_kinds),
            No,
            "notice 为文件，vocabulary 为只含词汇的包",
        )
        .or("notice"),
        title("文件标题"),
        f("short", Ty::Line { longest: SHORT }, Yes, "页面上的简称"),
        f("uses", Ty::Refs(Names::Pack), No, "引用其词汇的其他制度包"),
        f(
            "issuer",
            Ty::Line { longest: TITLE },
            No,
            "发文机关，不详可缺",
        ),
        f(
            "number",
            Ty::Line { longest: TITLE },
            No,
            "发文字号，年份用六角括号〔〕，不详可缺",
        ),
        f("issued", Ty::Date, No, "成文日期，不详可缺"),
        f("source", Ty::Line { longest: TITLE }, No, "原文的文件名"),
        f("effect", Ty::Table(&EFFECT), InNotice, "施行起止"),
    ],
};

static EFFECT: ElementSpec = ElementSpec {
    key: "effect",
    title: "施行起止",
    doc: "施行的首日和末日，以及首尾不足一期的如何计。",
    is_word: true,
    fields: &[
        f("from", Ty::Date, Yes, "首日"),
        f("to", Ty::Date, No, "末日（含），缺则长期"),
        f("first", Ty::Word(edges), No, "首期不足一期时").or("whole"),
        f("last", Ty::Word(edges), No, "末期不足一期时").or("whole"),
    ],
};

/// Every element.
pub(super) static ELEMENTS: &[&ElementSpec] = &[
    &CLAUSE,
    &SECTOR,
    &COMMITTEE,
    &POST,
    &LIST,
    &VALUES,
    &ACT,
    &DUTY,
    &TASK,
    &PHASE,
    &LIMIT,
    &FORM,
    &RULE,
    &OCCASION,
    &STANDING,
    &RESPONSIBILITY,
    &TARGET,
    &THRESHOLD,
    &CHOICE,
];

static CLAUSE: ElementSpec = ElementSpec {
    key: "clause",
    title: "条款",
    doc: "文件中一处有编号的条款。",
    is_word: false,
    fields: &[
        f(
            "id",
            Ty::Line { longest: TITLE },
            No,
            "编号在文件中重复时另起；序言为 preamble",
        )
        .or("number"),
        f(
            "number",
            Ty::MaybeLine { longest: TITLE },
            Yes,
            "原文编号路径，如 一/（一）/1；序言为空",
        ),
        title("标题，或几个字的概括"),
        f(
            "summary",
            Ty::Line { longest: SENTENCE },
            Yes,
            "一句话概括，用自己的话",
        ),
    ],
};

static SECTOR: ElementSpec = ElementSpec {
    key: "sector",
    title: "行业领域",
    doc: "重点行业领域。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        clause(InNotice),
        f(
            "same_as",
            Ty::Lines { longest: TITLE },
            No,
            "对应的其他包的行业领域，写作 包/行业",
        ),
    ],
};

static COMMITTEE: ElementSpec = ElementSpec {
    key: "committee",
    title: "专委会",
    doc: "文件设立的专业委员会。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f("sector", Ty::Ref(Names::Sector), No, "所管行业领域"),
        f(
            "leads",
            Ty::Lines { longest: TITLE },
            No,
            "牵头部门的简称，可以有多个",
        ),
    ],
};

static POST: ElementSpec = ElementSpec {
    key: "post",
    title: "岗位",
    doc: "文件提到的一种岗位。",
    is_word: true,
    fields: &[id(), title("名称"), clause(InNotice)],
};

static LIST: ElementSpec = ElementSpec {
    key: "list",
    title: "名单",
    doc: "有名称的单位名单；安委办可以增减，需写明理由。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        clause(InNotice),
        f("members", Ty::Table(&SELECTOR), Yes, "默认在名单上的单位"),
    ],
};

static VALUES: ElementSpec = ElementSpec {
    key: "values",
    title: "取值表",
    doc: "字段可选的值。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        clause(No),
        f("items", Ty::Tables(&ITEM), Yes, "各个值，按顺序"),
    ],
};

static ITEM: ElementSpec = ElementSpec {
    key: "items",
    title: "值",
    doc: "一个值。",
    is_word: true,
    fields: &[id(), title("名称")],
};

static ACT: ElementSpec = ElementSpec {
    key: "act",
    title: "履职类型",
    doc: "一类履职记录及其字段。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        clause(No),
        f("unit", Ty::Line { longest: 8 }, No, "量词").or("次"),
        f("roles", Ty::Words(roles), Yes, "可以有的身份，首个最先询问"),
        f("for_period", Ty::Flag, No, "写明所属期间").or("false"),
        f("judged", Ty::Flag, No, "经审核通过才算").or("false"),
        f("field", Ty::Tables(&ACT_FIELD), No, "字段，按页面顺序"),
    ],
};

static ACT_FIELD: ElementSpec = ElementSpec {
    key: "field",
    title: "字段",
    doc: "履职记录的一个字段。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        f("kind", Ty::Word(field_kinds), Yes, "类型"),
        f(
            "values",
            Ty::Ref(Names::Values),
            No,
            "choice、choices 的取值表",
        ),
        f(
            "longest",
            Ty::Int {
                min: 1,
                max: 20_000,
            },
            No,
            "text 最长 500 字，lines 最长 20000 字",
        ),
        f(
            "min",
            Ty::Int {
                min: -1_000_000_000,
                max: 1_000_000_000,
            },
            No,
            "number 的最小值",
        )
        .or("0"),
        f(
            "max",
            Ty::Int {
                min: -1_000_000_000,
                max: 1_000_000_000,
            },
            No,
            "number 的最大值",
        )
        .or("1000000000"),
        f("required", Ty::Flag, No, "必填").or("false"),
        f(
            "hint",
            Ty::MaybeLine { longest: TITLE },
            No,
            "字段下的一行提示",
        ),
    ],
};

/// Who is selected.
pub(super) static SELECTOR: ElementSpec = ElementSpec {
    key: "selector",
    title: "责任范围",
    doc: "选取单位或岗位：body、list、link、any_of 写其中一个。",
    is_word: true,
    fields: &[
        f("body", Ty::Words(body_kinds), No, "单位类型"),
        f("list", Ty::Ref(Names::List), No, "名单"),
        f("link", Ty::Word(links), No, "与 of 所选单位的关系"),
        f("of", Ty::Table(&SELECTOR), No, "link 的另一方"),
        f("any_of", Ty::Tables(&SELECTOR), No, "几个范围的并集"),
        f("level", Ty::Words(levels), No, "层级，缺则不限"),
        f("where", Ty::Attrs, No, "须有的属性"),
        f("without", Ty::Attrs, No, "不得有的属性"),
        f(
            "post",
            Ty::Ref(Names::Post),
            No,
            "所选单位的这种岗位，而非单位",
        ),
        f("how", Ty::Word(hows), No, "各自、任一或共同承担").or("each"),
    ],
};
