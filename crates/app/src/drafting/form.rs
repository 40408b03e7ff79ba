//! One element as a form: as it would be typed, and what may be chosen.

use ::draft::{Correction, ElementKind, LIST_CODE, OWN_ACT, OWNER_KINDS, State};
use chrono::NaiveDate;
use domain::calendar::PeriodKind;
use domain::id::DraftId;
use domain::pack::{CASES, LABELS, RowKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::element::{ElementSeen, OwnerSeen, seal_of};
use super::show::{ELEMENT_LONGEST, opened};
use crate::ctx::Ctx;
use crate::error::Result;

/// Longest title of an element, in characters.
const TITLE_LONGEST: usize = 60;
/// Longest name of an owner, condition or column, in characters.
const TEXT_LONGEST: usize = 119;
/// Longest selector, in characters.
const SELECTOR_LONGEST: usize = 300;
/// Longest cut-off and longest event, in characters.
const PHRASE_LONGEST: usize = 60;
/// Longest span, in characters.
const SPAN_LONGEST: usize = 12;
/// Most clauses, owners, named bodies and columns of one element.
const MANY_MAX: usize = 200;
/// Longest mark of a state, in characters.
const SEAL_LONGEST: usize = 64;

/// Which element of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneElement {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// Which element.
    #[schemars(title = "条目", length(min = 1, max = ELEMENT_LONGEST))]
    pub element: String,
}

/// An element as a person types it; only what its kind needs is looked at. What `draft.element`
/// answers can be changed and sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectElement {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// Which element.
    #[schemars(title = "条目", length(min = 1, max = ELEMENT_LONGEST))]
    pub element: String,
    /// What was looked at, as `draft.element` says it: a change meanwhile is refused.
    #[schemars(title = "所看的样子", length(max = SEAL_LONGEST))]
    pub seal: String,
    /// What it becomes.
    #[schemars(title = "类别")]
    pub kind: ElementKind,
    /// Title.
    #[schemars(title = "名称", length(min = 1, max = TITLE_LONGEST))]
    pub title: String,
    /// The clauses that it rests on, by their numbers in the text.
    #[schemars(title = "依据的条款", length(max = MANY_MAX))]
    pub clauses: Option<Vec<String>>,
    /// Kinds of owner, by their codes.
    #[schemars(title = "由谁承担", length(max = MANY_MAX))]
    pub owners: Option<Vec<String>>,
    /// Bodies that are named one by one.
    #[schemars(title = "文中指明的单位", length(max = MANY_MAX))]
    pub named: Option<Vec<String>>,
    /// A selector in the pack format; goes before the kinds.
    #[schemars(title = "更细的写法", length(max = SELECTOR_LONGEST))]
    pub selector: Option<String>,
    /// Who, in the words of the text.
    #[schemars(title = "原文的称呼", length(max = TEXT_LONGEST))]
    pub who: Option<String>,
    /// The kind of act, or `own`.
    #[schemars(title = "做什么（履职种类）", length(max = TEXT_LONGEST))]
    pub act: Option<String>,
    /// At least so many.
    #[schemars(title = "至少几次（项）", range(min = 1, max = 1_000))]
    pub at_least: Option<u32>,
    /// The condition.
    #[schemars(title = "条件", length(max = TEXT_LONGEST))]
    pub when: Option<String>,
    /// The period of a duty.
    #[schemars(title = "多久一次")]
    pub every: Option<PeriodKind>,
    /// Every so many periods.
    #[schemars(title = "每几期", range(min = 1, max = 60))]
    pub n: Option<u32>,
    /// The cut-off of a duty: `day 25`, or as the text says it.
    #[schemars(title = "期限", length(max = PHRASE_LONGEST))]
    pub cut_off: Option<String>,
    /// What is handed in is about the period before.
    #[schemars(title = "报上一期的情况")]
    pub previous: Option<bool>,
    /// The last day of a task.
    #[schemars(title = "哪一天以前")]
    pub due: Option<NaiveDate>,
    /// The event that a limit runs from.
    #[schemars(title = "从什么事起算", length(max = PHRASE_LONGEST))]
    pub after: Option<String>,
    /// The span of a limit: `3 working-days`, or as the text says it.
    #[schemars(title = "多久以内", length(max = SPAN_LONGEST))]
    pub within: Option<String>,
    /// The kind of case.
    #[schemars(title = "办理的事项", length(max = PHRASE_LONGEST))]
    pub case: Option<String>,
    /// The word for what is done, for limits and phases.
    #[schemars(title = "做什么（时限、阶段）", length(max = PHRASE_LONGEST))]
    pub label: Option<String>,
    /// First day of a phase.
    #[schemars(title = "开始")]
    pub from: Option<NaiveDate>,
    /// Last day of a phase.
    #[schemars(title = "结束")]
    pub to: Option<NaiveDate>,
    /// What a row of a form is.
    #[schemars(title = "每行是什么")]
    pub rows: Option<RowKind>,
    /// A form has a row of sums at its end.
    #[schemars(title = "末尾有合计行")]
    pub total: Option<bool>,
    /// Columns: groups and name parted by `／`, the unit in brackets.
    #[schemars(title = "栏目", length(max = MANY_MAX))]
    pub columns: Option<Vec<String>>,
}

impl CorrectElement {
    /// An element as it would be typed.
    fn of(id: DraftId, element: &str, seal: String, typed: Correction) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let many = |text: &str, parts: &[char]| {
            let all = text.split(parts).map(str::trim).filter(|t| !t.is_empty());
            Some(all.map(str::to_owned).collect::<Vec<_>>()).filter(|all| !all.is_empty())
        };
        Self {
            id,
            element: element.to_owned(),
            seal,
            // Only this program writes the code.
            kind: typed.kind.parse().unwrap_or(ElementKind::Task),
            title: typed.title,
            clauses: many(&typed.clauses, &[' ']),
            owners: Some(typed.owners).filter(|all| !all.is_empty()),
            named: many(&typed.named, &['\n']),
            selector: some(typed.selector),
            who: some(typed.who),
            act: some(typed.act),
            at_least: typed.at_least.parse().ok(),
            when: some(typed.when),
            every: typed.every.parse().ok(),
            n: typed.n.parse().ok(),
            cut_off: some(typed.cut_off),
            previous: Some(typed.previous),
            due: typed.due.parse().ok(),
            after: some(typed.after),
            within: some(typed.within),
            case: some(typed.case),
            label: some(typed.label),
            from: typed.from.parse().ok(),
            to: typed.to.parse().ok(),
            rows: typed.rows.parse().ok(),
            total: Some(typed.total),
            columns: many(&typed.columns, &['\n']),
        }
    }

    /// As the draft reads it.
    pub(super) fn correction(self) -> Correction {
        fn text<T: ToString>(value: Option<T>) -> String {
            value.map(|v| v.to_string()).unwrap_or_default()
        }
        let lines = |all: Option<Vec<String>>| all.unwrap_or_default().join("\n");
        Correction {
            kind: self.kind.to_string(),
            title: self.title,
            clauses: lines(self.clauses),
            owners: self.owners.unwrap_or_default(),
            named: lines(self.named),
            selector: text(self.selector),
            who: text(self.who),
            act: text(self.act),
            label: text(self.label),
            at_least: text(self.at_least),
            when: text(self.when),
            every: text(self.every),
            n: text(self.n),
            cut_off: text(self.cut_off),
            previous: self.previous == Some(true),
            due: text(self.due),
            within: text(self.within),
            after: text(self.after),
            case: text(self.case),
            from: text(self.from),
            to: text(self.to),
            rows: text(self.rows),
            total: self.total == Some(true),
            columns: lines(self.columns),
        }
    }
}

/// A kind of act that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActChoice {
    /// Its code, or `own` for the notice's own tasks.
    pub code: String,
    /// Its title, where a pack in force has it.
    pub title: Option<String>,
}

/// What may be chosen for an element, beside what the schema of the input says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ElementChoices {
    /// Kinds of owner, and bodies that the text names.
    pub owners: Vec<OwnerSeen>,
    /// Kinds of act.
    pub acts: Vec<ActChoice>,
    /// Words for what is done, by their codes.
    pub labels: Vec<String>,
    /// Kinds of case, by their codes.
    pub cases: Vec<String>,
}

/// One element, to be corrected.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ElementForm {
    /// The draft's title.
    pub draft: String,
    /// As it stands.
    pub item: ElementSeen,
    /// As it would be typed; this can be sent back.
    pub typed: CorrectElement,
    /// What may be chosen.
    pub choices: ElementChoices,
    /// It can be worked on.
    pub may_edit: bool,
}

/// One element, to be corrected.
pub async fn element_form(ctx: &Ctx, id: DraftId, element: &str) -> Result<ElementForm> {
    let now = opened(ctx, id).await?;
    let work = now.work();
    let item = now.element(element)?;
    let kinds = now.world().act_kinds();
    let acts = kinds.iter().map(|k| ActChoice {
        code: k.id.to_string(),
        title: Some(k.title.clone()),
    });
    let own = ActChoice {
        code: OWN_ACT.to_owned(),
        title: None,
    };
    let named = work.lists.iter().map(|l| OwnerSeen {
        code: format!("{LIST_CODE}{}", l.id),
        title: Some(l.title.clone()),
    });
    let owners = OWNER_KINDS.iter().map(|k| OwnerSeen {
        code: k.code.to_owned(),
        title: None,
    });
    let codes = |all: &[&str]| all.iter().map(|code| (*code).to_owned()).collect();
    let held = work.item(element);
    let is_merged = held.is_some_and(|item| matches!(item.state, State::Into(_)));
    let typed = held.map(|item| Correction::of(&item.element));
    Ok(ElementForm {
        draft: work.head.title.clone(),
        typed: CorrectElement::of(
            id,
            element,
            seal_of(work, element),
            typed.unwrap_or_default(),
        ),
        choices: ElementChoices {
            owners: owners.chain(named).collect(),
            acts: acts.chain([own]).collect(),
            labels: codes(LABELS),
            cases: codes(CASES),
        },
        may_edit: now.may_edit() && !is_merged,
        item,
    })
}
