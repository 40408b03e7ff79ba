//! The one description of the pack format: what elements there are and what each field may hold.
//!
//! It drives the decoder, the editor's schema and the reference page, so the three cannot differ.
//! The tables themselves stand in `elements.rs`.

use crate::body::{BodyKind, Level, LinkKind};
use crate::calendar::PeriodKind;

use super::elements::{ELEMENTS, PACK};
use super::model::{ColumnKind, Edge, Governs, How, MeasureWindow, PackKind, PartRole, RowKind};

/// A kind of element, or of a table inside one.
#[derive(Debug)]
pub struct ElementSpec {
    /// The name of its tables: `[[duty]]`.
    pub key: &'static str,
    /// What it is called in Chinese.
    pub title: &'static str,
    /// What it says, in Chinese.
    pub doc: &'static str,
    /// Whether vocabulary packs may hold it.
    pub is_word: bool,
    /// Its fields, in the order of the reference.
    pub fields: &'static [FieldSpec],
}

/// A field.
#[derive(Debug)]
pub struct FieldSpec {
    /// The key.
    pub name: &'static str,
    /// What may stand there.
    pub ty: Ty,
    /// Whether it must stand there.
    pub required: Need,
    /// What it says, in Chinese.
    pub doc: &'static str,
    /// What holds when it is missing.
    pub default: Option<&'static str>,
}

/// Whether a field must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Yes,
    /// In notices; vocabulary packs may leave it out.
    InNotice,
    /// Never.
    No,
}

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub enum Ty {
    /// An id.
    Slug,
    /// A list of ids.
    Slugs,
    /// One line of text.
    Line {
        /// Longest, in characters.
        longest: usize,
    },
    /// One line of text that may be empty.
    MaybeLine {
        /// Longest, in characters.
        longest: usize,
    },
    /// Text of any number of lines.
    Prose {
        /// Longest, in characters.
        longest: usize,
    },
    /// A list of lines.
    Lines {
        /// Longest line, in characters.
        longest: usize,
    },
    /// A whole number.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number.
    Decimal,
    /// `true` or `false`.
    Flag,
    /// A civil date without quotes.
    Date,
    /// A cut-off of a period.
    CutOff,
    /// A span after an event.
    Within,
    /// A period such as `2026-02`.
    Period,
    /// One of a closed list of words.
    Word(WordList),
    /// One or several of a closed list.
    Words(WordList),
    /// The id of something declared elsewhere.
    Ref(Names),
    /// One or several such ids.
    Refs(Names),
    /// Fields of acts with the values they must have.
    Where,
    /// Attributes of bodies with their values.
    Attrs,
    /// A table.
    Table(&'static ElementSpec),
    /// Several tables.
    Tables(&'static ElementSpec),
}

/// The words of a closed list.
pub type WordList = fn() -> Vec<&'static str>;

/// What a reference may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Names {
    /// A clause of this pack.
    Clause,
    /// A sector.
    Sector,
    /// A list.
    List,
    /// A form of this pack.
    Form,
    /// A value list.
    Values,
    /// A kind of act.
    Act,
    /// A kind of post.
    Post,
    /// A kind of occasion.
    Occasion,
    /// A duty, task, standing duty or form of this pack.
    Element,
    /// Another pack.
    Pack,
}

impl Names {
    /// What is named, in Chinese.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Clause => "条款",
            Self::Sector => "行业领域",
            Self::List => "名单",
            Self::Form => "报表",
            Self::Values => "取值表",
            Self::Act => "履职类型",
            Self::Post => "岗位",
            Self::Occasion => "重要节点",
            Self::Element => "职责、任务或报表",
            Self::Pack => "制度包",
        }
    }

    /// The keys of the elements that declare such names.
    pub(super) const fn declared_by(self) -> &'static [&'static str] {
        match self {
            Self::Clause => &["clause"],
            Self::Sector => &["sector"],
            Self::List => &["list"],
            Self::Form => &["form"],
            Self::Values => &["values"],
            Self::Act => &["act"],
            Self::Post => &["post"],
            Self::Occasion => &["occasion"],
            Self::Element => &["duty", "task", "standing", "form"],
            Self::Pack => &[],
        }
    }
}

/// Every element of a pack, in the order of the reference.
pub const fn elements() -> &'static [&'static ElementSpec] {
    ELEMENTS
}

/// The head of a pack, which stands in `scheme.toml` outside of any element.
pub const fn head() -> &'static ElementSpec {
    &PACK
}

/// The element with this key.
pub(super) fn element(key: &str) -> Option<&'static ElementSpec> {
    ELEMENTS.iter().copied().find(|e| e.key == key)
}

impl ElementSpec {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The names of its fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.fields.iter().map(|f| f.name)
    }
}

impl Ty {
    /// What may stand there, in Chinese, as it follows “可以写：”.
    pub fn allowed(&self) -> String {
        match self {
            Self::Slug => "小写字母、数字和连字符，最长 64 个字符，如 theory-study".to_owned(),
            Self::Slugs => "由 id 组成的列表，如 [\"a\", \"b\"]".to_owned(),
            Self::Line { longest } => format!("一行文字，1 到 {longest} 个字"),
            Self::MaybeLine { longest } => format!("一行文字，不超过 {longest} 个字，可以为空"),
            Self::Prose { longest } => format!("文字，不超过 {longest} 个字"),
            Self::Lines { longest } => {
                format!("由文字组成的列表，如 [\"甲\", \"乙\"]，每项不超过 {longest} 个字")
            }
            Self::Int { min, max } => format!("{min} 到 {max} 的整数"),
            Self::Decimal => "数字，如 95 或 99.5".to_owned(),
            Self::Flag => "true 或 false".to_owned(),
            Self::Date => "日期，不加引号，如 2026-03-31".to_owned(),
            Self::CutOff => "last day、day 22、day 25 of last month、day 1 of next month、\
                day 5 of first month、day 5 of first month of next quarter、12-31"
                .to_owned(),
            Self::Within => {
                "30d（日）、3wd（工作日）、3m（月）、0m（当月）、0d（当日）、2w（周）、1y（年）、24h（小时）"
                    .to_owned()
            }
            Self::Period => "2026、2026-H1、2026-Q3、2026-05、2026-W20 一类的期间".to_owned(),
            Self::Word(words) | Self::Words(words) => words().join("、"),
            Self::Ref(names) | Self::Refs(names) => format!("已有的{} id", names.title()),
            Self::Where => "{ 字段 = [\"值\"] }".to_owned(),
            Self::Attrs => "{ high_hazard = true } 一类的属性".to_owned(),
            Self::Table(spec) => format!("表，字段有 {}", joined(spec.names())),
            Self::Tables(spec) => format!("一个或多个表，字段有 {}", joined(spec.names())),
        }
    }

    /// What it is called in Chinese when another type stands there.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Slug | Self::Ref(_) => "一个 id（加引号）",
            Self::Slugs | Self::Refs(_) => "一个或多个 id（加引号）",
            Self::Line { .. } | Self::MaybeLine { .. } | Self::Prose { .. } => "文字（加引号）",
            Self::Lines { .. } => "由文字组成的列表",
            Self::Int { .. } => "整数",
            Self::Decimal => "数字",
            Self::Flag => "true 或 false",
            Self::Date => "日期（不加引号）",
            Self::CutOff => "期限（加引号）",
            Self::Within => "时限（加引号）",
            Self::Period => "期间（加引号）",
            Self::Word(_) => "一个词（加引号）",
            Self::Words(_) => "一个或多个词（加引号）",
            Self::Where | Self::Attrs | Self::Table(_) => "表 { … }",
            Self::Tables(_) => "一个或多个表",
        }
    }
}

/// Words with 、 between, at most 24.
pub(super) fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 24;
    let mut words: Vec<&str> = words.collect();
    words.dedup();
    let more = words.len().saturating_sub(MOST);
    words.truncate(MOST);
    let text = words.join("、");
    if more == 0 {
        text
    } else {
        format!("{text} 等（另有 {more} 个）")
    }
}

/// Kinds of case that limits and measures may name.
pub const CASES: &[&str] = &[
    "hazard", "listing", "letter", "talk", "card", "help", "quick", "tip", "transfer", "task",
];

/// Words for acts that `pack timed` prints.
pub const LABELS: &[&str] = &[
    "meeting",
    "consultation",
    "inspection",
    "supervision",
    "report",
    "filing",
    "study",
    "training",
    "drill",
    "exam",
    "evaluation",
    "plan",
    "list",
    "task",
    "rectify",
    "reply",
    "notice",
    "publicity",
    "review",
    "other",
];

/// Measures that a rule may call for.
pub const MEASURES: &[&str] = &[
    "yellow-card",
    "red-card",
    "warning-letter",
    "reminder-letter",
    "supervision-letter",
    "talk",
    "help",
    "circular",
    "listing",
    "accountability",
    "appraisal",
    "quick",
];

/// Named holidays of the calendar.
pub const HOLIDAYS: &[&str] = &[
    "spring-festival",
    "qingming",
    "labour-day",
    "dragon-boat",
    "mid-autumn",
    "national-day",
    "new-year",
];

/// Kinds of value that an attribute may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttrTy {
    /// Yes or no.
    Flag,
    /// Sector ids.
    Sectors,
}

/// Attributes of bodies that selectors test.
pub(super) const ATTRIBUTES: &[(&str, AttrTy)] = &[
    ("high_hazard", AttrTy::Flag),
    ("above_scale", AttrTy::Flag),
    ("subject", AttrTy::Flag),
    ("sectors", AttrTy::Sectors),
    ("regulator", AttrTy::Flag),
    ("member_unit", AttrTy::Flag),
];

/// The codes of a closed list of the domain.
macro_rules! words_of {
    ($($name:ident = $list:ident),+ $(,)?) => {
        $(pub(super) fn $name() -> Vec<&'static str> {
            $list::ALL.iter().map(|word| word.code()).collect()
        })+
    };
}
words_of! {
    pack_kinds = PackKind,
    edges = Edge,
    roles = PartRole,
    body_kinds = BodyKind,
    levels = Level,
    links = LinkKind,
    hows = How,
    row_kinds = RowKind,
    column_kinds = ColumnKind,
    windows = MeasureWindow,
    governs = Governs,
}

/// Periods that a duty may recur in.
pub(super) fn cadences() -> Vec<&'static str> {
    PeriodKind::ALL
        .iter()
        .filter(|k| **k != PeriodKind::Span)
        .map(|k| k.code())
        .collect()
}

pub(super) fn cases() -> Vec<&'static str> {
    CASES.to_vec()
}

pub(super) fn counted() -> Vec<&'static str> {
    std::iter::once("act")
        .chain(CASES.iter().copied())
        .collect()
}

pub(super) fn labels() -> Vec<&'static str> {
    LABELS.to_vec()
}

pub(super) fn measures() -> Vec<&'static str> {
    MEASURES.to_vec()
}

pub(super) fn holidays() -> Vec<&'static str> {
    HOLIDAYS.to_vec()
}

pub(super) fn field_kinds() -> Vec<&'static str> {
    vec![
        "text", "lines", "number", "date", "flag", "choice", "choices",
    ]
}

pub(super) fn target_units() -> Vec<&'static str> {
    vec!["percent", "count", "per-thousand", "yuan"]
}

pub(super) fn subjects() -> Vec<&'static str> {
    super::rule::SUBJECTS.iter().map(|s| s.name).collect()
}

pub(super) fn through() -> Vec<&'static str> {
    vec!["body"]
}

pub(super) fn covers() -> Vec<&'static str> {
    vec!["same", "previous"]
}
