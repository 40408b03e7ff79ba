//! The elements that say what is owed and what follows from it, as data.

use super::describe::Need::{InNotice, No, Yes};
use super::describe::{
    ElementSpec, FieldSpec, Names, Need, Ty, cadences, cases, column_kinds, counted, covers,
    governs, holidays, labels, measures, roles, row_kinds, subjects, target_units, through,
    windows,
};
use super::elements::{SELECTOR, SENTENCE, TITLE, clause, f, id, label, title, who};

const fn owed_by(required: Need) -> FieldSpec {
    f("owed_by", Ty::Table(&SELECTOR), required, "由谁承担")
}

const fn act(doc: &'static str) -> FieldSpec {
    f("act", Ty::Refs(Names::Act), No, doc)
}

const ACTS: FieldSpec = act("哪类履职记录算数；与 submit 二选一");
const SUBMIT: FieldSpec = f(
    "submit",
    Ty::Ref(Names::Form),
    No,
    "须报送的报表；与 act 二选一",
);
const ROLE: FieldSpec = f("role", Ty::Words(roles), No, "承担者须有的身份，缺则不限");
const WHERE: FieldSpec = f("where", Ty::Where, No, "字段须取的值");
const PRESIDED: FieldSpec = f(
    "presided_by",
    Ty::Refs(Names::Post),
    No,
    "须由这些岗位之一主持或带队",
);
const THROUGH: FieldSpec = f(
    "through",
    Ty::Word(through),
    No,
    "岗位职责按所在单位的记录计",
);
const EVERY: FieldSpec = f(
    "every",
    Ty::Word(cadences),
    No,
    "每期一次的期间；与 occasion 二选一",
);
const EVERY_N: FieldSpec = f("n", Ty::Int { min: 1, max: 60 }, No, "每几期").or("1");
const AT_LEAST: FieldSpec = f("at_least", Ty::Int { min: 1, max: 1000 }, No, "至少几次").or("1");
const CUT_OFF: FieldSpec = f("due", Ty::CutOff, No, "期限，文件写明才写").or("last day");
const COVERS: FieldSpec = f("covers", Ty::Word(covers), No, "报本期还是上一期").or("same");
const FOLLOWED: FieldSpec = f("followed", Ty::Flag, No, "false 为只列条款、不计履职").or("true");
const DUTY_LABEL: FieldSpec = f(
    "label",
    Ty::Word(labels),
    No,
    "对照表中的动作词，缺则取履职类型",
);
const WHEN: FieldSpec = f(
    "when",
    Ty::Prose { longest: SENTENCE },
    No,
    "以文字保留的条件",
);
const EVIDENCE: FieldSpec = f("evidence", Ty::Prose { longest: SENTENCE }, No, "留痕提示");
const OPTION_TITLE: FieldSpec = title("这种写法说了什么");

pub(super) static DUTY: ElementSpec = ElementSpec {
    key: "duty",
    title: "职责",
    doc: "按期的职责，或每个重要节点的职责。",
    is_word: false,
    fields: &[
        id(),
        title("名称，用自己的话"),
        clause(No),
        owed_by(No),
        ACTS,
        SUBMIT,
        ROLE,
        WHERE,
        PRESIDED,
        THROUGH,
        EVERY,
        EVERY_N,
        AT_LEAST,
        CUT_OFF,
        COVERS,
        f(
            "occasion",
            Ty::Refs(Names::Occasion),
            No,
            "每逢哪些重要节点；与 every 二选一",
        ),
        FOLLOWED,
        DUTY_LABEL,
        who(),
        WHEN,
        EVIDENCE,
        f(
            "option",
            Ty::Tables(&DUTY_OPTION),
            No,
            "文件前后不一时的各种写法，施行时选一种",
        ),
    ],
};

static DUTY_OPTION: ElementSpec = ElementSpec {
    key: "option",
    title: "写法",
    doc: "文件前后不一时的一种写法，只写与职责不同的字段。",
    is_word: false,
    fields: &[
        id(),
        OPTION_TITLE,
        clause(Yes),
        owed_by(No),
        ACTS,
        SUBMIT,
        ROLE,
        WHERE,
        PRESIDED,
        THROUGH,
        EVERY,
        EVERY_N,
        AT_LEAST,
        CUT_OFF,
        COVERS,
    ],
};

const TASK_FROM: FieldSpec = f("from", Ty::Date, No, "最早可办的日期，缺则自施行之日");
const TASK_DUE: FieldSpec = f("due", Ty::Date, No, "最后期限（含）");

pub(super) static TASK: ElementSpec = ElementSpec {
    key: "task",
    title: "任务",
    doc: "有日期的一次性任务。",
    is_word: false,
    fields: &[
        id(),
        title("名称，用自己的话"),
        clause(No),
        owed_by(No),
        ACTS,
        SUBMIT,
        ROLE,
        WHERE,
        PRESIDED,
        THROUGH,
        TASK_FROM,
        TASK_DUE,
        AT_LEAST,
        FOLLOWED,
        DUTY_LABEL,
        who(),
        WHEN,
        EVIDENCE,
        f(
            "option",
            Ty::Tables(&TASK_OPTION),
            No,
            "文件前后不一时的各种写法，施行时选一种",
        ),
    ],
};

static TASK_OPTION: ElementSpec = ElementSpec {
    key: "option",
    title: "写法",
    doc: "文件前后不一时的一种写法，只写与任务不同的字段。",
    is_word: false,
    fields: &[
        id(),
        OPTION_TITLE,
        clause(Yes),
        owed_by(No),
        ACTS,
        SUBMIT,
        ROLE,
        WHERE,
        PRESIDED,
        THROUGH,
        TASK_FROM,
        TASK_DUE,
        AT_LEAST,
    ],
};

pub(super) static PHASE: ElementSpec = ElementSpec {
    key: "phase",
    title: "阶段",
    doc: "工作步骤中的一个阶段。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f("from", Ty::Date, No, "首日，缺则自发文之日（即日起）"),
        f("to", Ty::Date, No, "末日（含），缺则不限"),
        label("task"),
        who(),
    ],
};

pub(super) static LIMIT: ElementSpec = ElementSpec {
    key: "limit",
    title: "时限",
    doc: "某事发生之后，一步须在多长时间内办完。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f(
            "after",
            Ty::Line { longest: TITLE },
            Yes,
            "从何事起算，用文件的说法",
        ),
        f("case", Ty::Word(cases), Yes, "约束哪类事项"),
        f("step", Ty::Slug, Yes, "约束哪一步"),
        f("within", Ty::Within, Yes, "多长时间"),
        label("task"),
        who(),
    ],
};

pub(super) static FORM: ElementSpec = ElementSpec {
    key: "form",
    title: "报表",
    doc: "须报送的表格。",
    is_word: false,
    fields: &[
        id(),
        title("表名"),
        clause(Yes),
        f("head", Ty::Lines { longest: TITLE }, No, "表上的填写项"),
        f("foot", Ty::Lines { longest: TITLE }, No, "表下的填写项"),
        f(
            "rows",
            Ty::Word(row_kinds),
            No,
            "一行是一期、一个单位还是一项",
        )
        .or("period"),
        f("total", Ty::Flag, No, "末行合计").or("false"),
        f("first_period", Ty::Period, No, "首次报送的期间"),
        f("column", Ty::Tables(&COLUMN), Yes, "各列，从左到右"),
    ],
};

static COLUMN: ElementSpec = ElementSpec {
    key: "column",
    title: "列",
    doc: "报表的一列。",
    is_word: false,
    fields: &[
        id(),
        f(
            "head",
            Ty::Lines { longest: TITLE },
            Yes,
            "表头，从最外层到本列，一层一项；层数少的向下占满",
        ),
        f("kind", Ty::Word(column_kinds), Yes, "类型"),
        f("unit", Ty::Line { longest: 8 }, No, "单位"),
        f("at_most", Ty::Slug, No, "不得大于哪一列"),
        f(
            "measure",
            Ty::Table(&MEASURE),
            No,
            "如何从记录算出，缺则人工填",
        ),
    ],
};

static MEASURE: ElementSpec = ElementSpec {
    key: "measure",
    title: "取数",
    doc: "一列如何从记录算出。",
    is_word: false,
    fields: &[
        f(
            "count",
            Ty::Word(counted),
            Yes,
            "数什么：履职记录 act，或一类事项",
        ),
        f(
            "acts",
            Ty::Refs(Names::Act),
            No,
            "count = \"act\" 时的履职类型",
        ),
        f("where", Ty::Where, No, "字段须取的值"),
        f("sum", Ty::Slug, No, "不数条数而合计的字段"),
        f(
            "window",
            Ty::Word(windows),
            No,
            "flow 为期内发生，cohort 为期内发现、到期已办",
        )
        .or("flow"),
    ],
};

pub(super) static RULE: ElementSpec = ElementSpec {
    key: "rule",
    title: "规则",
    doc: "什么情形提请采取什么措施；只提请，由人决定。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f(
            "over",
            Ty::Word(subjects),
            Yes,
            "看什么；决定 when 可用的量",
        ),
        f(
            "when",
            Ty::Prose {
                longest: super::rule::RULE_BYTES_MAX,
            },
            Yes,
            "条件，结果为是或否",
        ),
        f("measure", Ty::Word(measures), Yes, "提请的措施"),
    ],
};

pub(super) static OCCASION: ElementSpec = ElementSpec {
    key: "occasion",
    title: "重要节点",
    doc: "一种重要节点。",
    is_word: true,
    fields: &[
        id(),
        title("名称"),
        clause(InNotice),
        f("holiday", Ty::Word(holidays), No, "由日历提示日期的节日"),
    ],
};

pub(super) static STANDING: ElementSpec = ElementSpec {
    key: "standing",
    title: "常态职责",
    doc: "没有次数和日期的职责，不会逾期。",
    is_word: false,
    fields: &[
        id(),
        title("名称，用自己的话"),
        clause(Yes),
        owed_by(Yes),
        act("一并列出哪类履职记录"),
        f(
            "office_may_time",
            Ty::Flag,
            No,
            "文件写“定期”“及时”，安委办可以定频次",
        )
        .or("false"),
    ],
};

pub(super) static RESPONSIBILITY: ElementSpec = ElementSpec {
    key: "responsibility",
    title: "责任",
    doc: "把若干职责、任务、常态职责、报表归为一项责任。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f("group", Ty::MaybeLine { longest: TITLE }, No, "所属类别"),
        f("elements", Ty::Refs(Names::Element), Yes, "所含各项的 id"),
    ],
};

pub(super) static TARGET: ElementSpec = ElementSpec {
    key: "target",
    title: "目标",
    doc: "有数量的目标。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f("unit", Ty::Word(target_units), Yes, "单位"),
        f("value", Ty::Decimal, No, "目标值"),
        f("against", Ty::Line { longest: TITLE }, No, "与什么比"),
        f("by", Ty::Date, No, "到何时"),
    ],
};

pub(super) static THRESHOLD: ElementSpec = ElementSpec {
    key: "threshold",
    title: "阈值",
    doc: "没有数字的说法（多发、进展缓慢），由安委办定数；未定不提请。",
    is_word: false,
    fields: &[
        id(),
        title("名称"),
        clause(Yes),
        f("unit", Ty::Line { longest: 8 }, Yes, "单位"),
    ],
};

pub(super) static CHOICE: ElementSpec = ElementSpec {
    key: "choice",
    title: "待定事项",
    doc: "文件没有写明、施行时由安委办选定的问题。",
    is_word: false,
    fields: &[
        id(),
        title("问题"),
        clause(Yes),
        f("answers", Ty::Tables(&ANSWER), Yes, "各种答案"),
        f("default", Ty::Slug, No, "默认答案，缺则首个"),
        f("governs", Ty::Word(governs), No, "管什么").or("noted"),
    ],
};

static ANSWER: ElementSpec = ElementSpec {
    key: "answers",
    title: "答案",
    doc: "一种答案。",
    is_word: false,
    fields: &[id(), title("名称")],
};
