//! What a pack says, after it was read and checked: plain values, every element with its clauses.
//!
//! **Invariant:** a value of these types passed the checker: references resolve, cadences can be
//! met, ids are unique within their kind.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::body::{AttrValue, BodyKind, Level, LinkKind, codes};
use crate::calendar::HolidayRule;
use crate::id::Slug;

pub use super::demand::*;

/// A notice as data: one version, immutable.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// The pack's name: the folder under `schemes/`.
    pub id: Slug,
    /// Counts up from 1.
    pub version: u32,
    /// The notice's title.
    pub title: String,
    /// How pages refer to it in a few characters, such as 三大行动.
    pub short: String,
    /// Vocabulary packs declare words (act kinds, values, post kinds) and owe nothing.
    pub kind: PackKind,
    /// Other packs whose words this one uses.
    pub uses: Vec<Slug>,
    /// Who issued it; may be unknown.
    pub issuer: Option<String>,
    /// 发文字号; may be unknown.
    pub number: Option<String>,
    /// Day of issue; may be unknown.
    pub issued_on: Option<NaiveDate>,
    /// The days on which it has effect.
    pub effect: Effect,
    /// File name of the notice that it was read from.
    pub source: Option<String>,
    /// 条款, in the order of the text.
    pub clauses: Vec<Clause>,
    /// 重点行业领域.
    pub sectors: Vec<Sector>,
    /// Committees that the notice sets up.
    pub committees: Vec<Committee>,
    /// Kinds of post that the notice names.
    pub posts: Vec<PostKindDecl>,
    /// Named lists of bodies.
    pub lists: Vec<ListDecl>,
    /// Lists of values for fields.
    pub values: Vec<ValueList>,
    /// Kinds of act with their fields.
    pub acts: Vec<ActKindDecl>,
    /// Recurring, one-off and by-occasion duties, in the order of the files.
    pub duties: Vec<DutyDecl>,
    /// Phases 阶段.
    pub phases: Vec<Phase>,
    /// Spans after an event.
    pub limits: Vec<Limit>,
    /// Tables that go up.
    pub forms: Vec<FormDecl>,
    /// Conditions that call for a measure.
    pub rules: Vec<RuleDecl>,
    /// Kinds of occasion 重要节点.
    pub occasions: Vec<OccasionKind>,
    /// 常态职责: clauses without number or date.
    pub standing: Vec<StandingDuty>,
    /// Responsibilities that group elements, such as the sixteen of Z2.
    pub responsibilities: Vec<Responsibility>,
    /// Quantified aims.
    pub targets: Vec<Target>,
    /// Thresholds that the office sets; unset ones propose nothing.
    pub thresholds: Vec<Threshold>,
    /// Questions that the text leaves open: the office answers when it applies the pack.
    pub choices: Vec<ChoiceDecl>,
}

codes! {
    /// What a pack is for.
    PackKind {
        /// A notice with duties.
        Notice = "notice",
        /// Words shared by notices.
        Vocabulary = "vocabulary",
    }
}

/// The days of effect and what happens to periods at its edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// First day; `None` only for vocabulary packs.
    pub from: Option<NaiveDate>,
    /// Last day, included; `None` is open.
    pub to: Option<NaiveDate>,
    /// A period only partly inside the effect at its beginning.
    pub first: Edge,
    /// A period only partly inside the effect at its end.
    pub last: Edge,
}

codes! {
    /// How a period is owed that lies only partly inside the effect.
    Edge {
        /// Owed whole.
        Whole = "whole",
        /// Owed when at least half of its days lie inside.
        Half = "half",
        /// Not owed.
        None = "none",
    }
}

/// One numbered place of the notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its path as the text numbers it: `一/（一）/1/（1）`, `表1#2`, or empty for the preamble.
    pub number: String,
    /// Own id for texts that repeat a number; equal to the number otherwise.
    pub id: String,
    /// Title, or a few words.
    pub title: String,
    /// What it asks, in our own words, one line.
    pub summary: String,
}

/// 行业领域.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Where the notice names it.
    pub clauses: Vec<String>,
    /// Sectors of other packs or committees it corresponds to (`pack/sector`).
    pub same_as: Vec<String>,
}

/// 专委会 that the notice sets up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committee {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Its sector.
    pub sector: Option<Slug>,
    /// Departments that lead it, by their usual short name (应急局); several are co-leads.
    pub leads: Vec<String>,
}

/// A kind of post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostKindDecl {
    /// Id, such as `chair`.
    pub id: Slug,
    /// Title, such as 主任.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
}

/// A named list of bodies: a default selection that the office may add to and take from.
#[derive(Debug, Clone, PartialEq)]
pub struct ListDecl {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Who is on it unless the office says otherwise.
    pub members: Selector,
}

/// A list of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueList {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses; empty in vocabulary packs.
    pub clauses: Vec<String>,
    /// Values in order: id and title.
    pub items: Vec<(Slug, String)>,
}

/// A kind of act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActKindDecl {
    /// Id, such as `meeting`.
    pub id: Slug,
    /// Title, such as 会议.
    pub title: String,
    /// What one of it is called: 次, 项, 份.
    pub unit: String,
    /// Roles that parts of this act may have; the first is the one asked for first.
    pub roles: Vec<PartRole>,
    /// The act names the period it answers for (reports, returns).
    pub for_period: bool,
    /// It counts only once the receiver accepted it (returns).
    pub judged: bool,
    /// Fields, in the order of the page.
    pub fields: Vec<FieldDecl>,
}

codes! {
    /// What a body or post did in an act.
    PartRole {
        /// 主持.
        Presided = "presided",
        /// 带队.
        Led = "led",
        /// 主办、召开、开展、报送: whose act it is.
        Hosted = "hosted",
        /// 参加.
        TookPart = "took-part",
        /// 受检、受督导.
        WasVisited = "was-visited",
    }
}

/// A field of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDecl {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// What may stand in it.
    pub kind: FieldKind,
    /// Whether it must be filled.
    pub required: bool,
    /// One short line under the field.
    pub hint: String,
}

/// What may stand in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One line, at most so many characters.
    Text {
        /// Longest text, in characters.
        longest: u32,
    },
    /// Several lines, at most so many characters.
    Lines {
        /// Longest text, in characters.
        longest: u32,
    },
    /// A whole number within bounds.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A civil date.
    Date,
    /// Yes or no.
    Flag,
    /// One of a value list.
    Choice(Slug),
    /// Several of a value list.
    Choices(Slug),
}

/// Who owes, or who is on a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Selector {
    /// The bodies it starts from.
    pub base: SelectorBase,
    /// Only bodies of these levels; empty is all.
    pub levels: Vec<Level>,
    /// Only bodies whose dated attributes have these values; a list attribute must contain it.
    pub attrs: BTreeMap<String, AttrValue>,
    /// Attributes that must not have these values.
    pub without: BTreeMap<String, AttrValue>,
    /// With it the posts of this kind in those bodies are meant, not the bodies.
    pub post: Option<Slug>,
    /// Whether each owes, any one of them, or all together.
    pub how: How,
}

/// Where a selector starts.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectorBase {
    /// Bodies of these kinds.
    Kinds(Vec<BodyKind>),
    /// A list of this pack or of a used one.
    List(Slug),
    /// Bodies that stand in this relation to the bodies of another selector.
    Linked {
        /// The relation.
        link: LinkKind,
        /// To whom.
        of: Box<Selector>,
    },
    /// The union of several.
    AnyOf(Vec<Selector>),
}

/// A table that goes up.
#[derive(Debug, Clone, PartialEq)]
pub struct FormDecl {
    /// Id.
    pub id: Slug,
    /// Title as printed.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Lines above the table (填报单位…).
    pub head: Vec<String>,
    /// Lines below it (填表联系人…).
    pub foot: Vec<String>,
    /// Columns from left to right; the head's rows come from their groups.
    pub columns: Vec<Column>,
    /// What a row is: a period, a body, an item.
    pub rows: RowKind,
    /// Whether a 合计 row stands at the end.
    pub total: bool,
    /// The first period that is asked for, where the text gives one.
    pub first_period: Option<String>,
}

codes! {
    /// What a row of a form is.
    RowKind {
        /// One row a period.
        Period = "period",
        /// One row a body.
        Body = "body",
        /// One row an item.
        Item = "item",
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Id.
    pub id: Slug,
    /// The head, from the outermost group to the column itself; one text a head row.
    pub head: Vec<String>,
    /// Type.
    pub kind: ColumnKind,
    /// The unit printed in the head: 次, 个, 家次, 家, 人.
    pub unit: Option<String>,
    /// How the ledger fills it; `None` is by hand.
    pub measure: Option<Measure>,
    /// The id of the column that it must not exceed.
    pub at_most: Option<Slug>,
}

codes! {
    /// Type of a column.
    ColumnKind {
        /// The row's label.
        Label = "label",
        /// A count.
        Count = "count",
        /// Two counts with a slash between.
        Pair = "pair",
        /// Text.
        Text = "text",
        /// A date.
        Date = "date",
    }
}

/// How a cell is computed from facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is counted: `act` or a kind of case.
    pub count: Slug,
    /// Act kinds, for `act`.
    pub acts: Vec<Slug>,
    /// The field summed instead of counting.
    pub sum: Option<Slug>,
    /// Fields that must have these values.
    pub fields: BTreeMap<Slug, Vec<String>>,
    /// How rectified ones are counted.
    pub window: MeasureWindow,
}

codes! {
    /// Which facts of a period a column counts.
    MeasureWindow {
        /// What happened in the window.
        Flow = "flow",
        /// What was found in the window and done by the cut-off.
        Cohort = "cohort",
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleDecl {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// What it looks at: `standing`, `hazard`, `accident`, `body`.
    pub over: Slug,
    /// The condition in CEL, at most 2,000 bytes, yes or no.
    pub when: String,
    /// The measure it calls for: `yellow-card`, `red-card`, `reminder-letter`, `talk`, `help`…
    pub measure: Slug,
}

/// A kind of occasion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OccasionKind {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// The named holiday of the calendar that suggests its days (`spring-festival`…).
    pub holiday: Option<Slug>,
}

/// 常态职责.
#[derive(Debug, Clone, PartialEq)]
pub struct StandingDuty {
    /// Id.
    pub id: Slug,
    /// Title, our own words.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Who.
    pub owed_by: Selector,
    /// Kinds of act whose records are shown beside it.
    pub acts: Vec<Slug>,
    /// The text says 定期 or 及时: the office may give it a cadence.
    pub office_may_time: bool,
}

/// A responsibility that groups elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsibility {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Heading it stands under (党政领导责任…).
    pub group: String,
    /// Ids of duties, tasks, standing duties and forms.
    pub elements: Vec<Slug>,
}

/// A quantified aim.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Unit: percent, count, per-thousand, yuan.
    pub unit: String,
    /// The value, where the text gives one.
    pub value: Option<f64>,
    /// What it is held against, where the text names something (全国平均水平).
    pub against: Option<String>,
    /// By when.
    pub by: Option<NaiveDate>,
}

/// A threshold that the office sets.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Clauses whose wording (多发, 进展缓慢) it makes a number of.
    pub clauses: Vec<String>,
    /// Unit.
    pub unit: String,
}

/// A question that the notice leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceDecl {
    /// Id.
    pub id: Slug,
    /// The question.
    pub title: String,
    /// Clauses.
    pub clauses: Vec<String>,
    /// Answers: id and title; the first is the default unless `default` stands.
    pub answers: Vec<(Slug, String)>,
    /// The default answer.
    pub default: Slug,
    /// What it governs.
    pub governs: Governs,
}

codes! {
    /// What an open question governs in the engine.
    Governs {
        /// Whether one who chairs several committees owes per committee or once
        /// (`per-committee`, `once`).
        SeveralChairs = "several-chairs",
        /// What a due date on a day off does (`unchanged`, `next-working-day`,
        /// `previous-working-day`).
        OnHoliday = "on-holiday",
        /// Recorded and shown with the pack; later mechanisms read it.
        Noted = "noted",
    }
}

impl Pack {
    /// The clause with this id.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|c| c.id == id)
    }

    /// The duty with this id.
    pub fn duty(&self, id: &str) -> Option<&DutyDecl> {
        self.duties.iter().find(|d| d.id == *id)
    }
}

/// The holiday rules that `Governs::OnHoliday` may name, as the calendar knows them.
pub const HOLIDAY_RULES: &[HolidayRule] = &[
    HolidayRule::Unchanged,
    HolidayRule::NextWorkingDay,
    HolidayRule::PreviousWorkingDay,
];
