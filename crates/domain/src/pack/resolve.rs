//! The office's choices 施行选择: what it decides where it applies a pack.
//!
//! **Invariant:** choices stand in the application with a reason, never in the pack's text; what
//! is not chosen keeps the pack's default (the first option, the default answer, no threshold).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{BodyId, Slug};

use super::describe::joined;
use super::model::{DutyDecl, DutyOption, DutyRule, Pack};

/// Most days between cut-off and lock, and most days for an answer.
pub const CHOICE_DAYS_MAX: u32 = 366;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 500;
/// Most bodies added to or taken from one list.
pub const LIST_CHANGES_MAX: usize = 2_000;

/// What the office decided when it applied a pack.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// For a duty with several texts, the one that is followed.
    pub options: BTreeMap<Slug, Slug>,
    /// Answers to the pack's open questions.
    pub answers: BTreeMap<Slug, Slug>,
    /// Bodies added to a list.
    pub list_add: BTreeMap<Slug, Vec<BodyId>>,
    /// Bodies taken from a list.
    pub list_remove: BTreeMap<Slug, Vec<BodyId>>,
    /// Numbers for words without a number.
    pub thresholds: BTreeMap<Slug, f64>,
    /// Days after the cut-off until a period takes no more entries; `None` never locks.
    pub lock_after_days: Option<u32>,
    /// Days within which a request or a return is answered.
    pub answer_days: Option<u32>,
    /// Duties that are shown without standing, by the office's decision.
    pub unfollowed: BTreeSet<Slug>,
    /// Why.
    pub reason: String,
}

/// A choice that the pack does not offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceProblem {
    /// A stable name, such as `choices.unknown-option`.
    pub code: &'static str,
    /// The field, such as `options.monthly-return`.
    pub field: String,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What may stand there: “可以写：…”.
    pub allowed: Option<String>,
}

impl Choices {
    /// Whether nothing was chosen: every default of the pack holds.
    pub fn is_default(&self) -> bool {
        let bare = Self {
            reason: self.reason.clone(),
            ..Self::default()
        };
        *self == bare
    }

    /// Everything that the pack does not offer; `used` are the packs whose words it uses.
    pub fn check(&self, pack: &Pack, used: &[&Pack]) -> Vec<ChoiceProblem> {
        let mut found = Vec::new();
        self.check_options(pack, &mut found);
        self.check_answers(pack, &mut found);
        self.check_lists(pack, used, &mut found);
        self.check_thresholds(pack, &mut found);
        for duty in self
            .unfollowed
            .iter()
            .filter(|d| pack.duty(d.as_str()).is_none())
        {
            let known = joined(pack.duties.iter().map(|d| d.id.as_str()));
            let message = format!("没有“{duty}”这项职责");
            found.push(problem(
                "choices.unknown-duty",
                "unfollowed",
                message,
                Some(known),
            ));
        }
        let days = [
            ("lock_after_days", self.lock_after_days, 0),
            ("answer_days", self.answer_days, 1),
        ];
        for (field, days, least) in days {
            if days.is_some_and(|d| !(least..=CHOICE_DAYS_MAX).contains(&d)) {
                let allowed = Some(format!("{least} 到 {CHOICE_DAYS_MAX} 的整数"));
                found.push(problem(
                    "choices.days",
                    field,
                    "天数超出范围".to_owned(),
                    allowed,
                ));
            }
        }
        if self.reason.trim().is_empty() && !self.is_default() {
            let message = "改了默认做法，请写明理由".to_owned();
            found.push(problem("choices.no-reason", "reason", message, None));
        }
        if self.reason.chars().count() > REASON_MAX {
            let allowed = Some(format!("不超过 {REASON_MAX} 个字"));
            found.push(problem(
                "choices.long-reason",
                "reason",
                "理由太长".to_owned(),
                allowed,
            ));
        }
        found
    }

    fn check_options(&self, pack: &Pack, found: &mut Vec<ChoiceProblem>) {
        for (duty, option) in &self.options {
            let field = format!("options.{duty}");
            match pack.duty(duty.as_str()) {
                Some(decl) if decl.options.iter().any(|o| o.id == *option) => {}
                Some(decl) => {
                    let known = joined(decl.options.iter().map(|o| o.id.as_str()));
                    let message = format!("“{}”没有“{option}”这种写法", decl.title);
                    found.push(problem(
                        "choices.unknown-option",
                        &field,
                        message,
                        Some(known),
                    ));
                }
                None => {
                    let with_options = pack.duties.iter().filter(|d| !d.options.is_empty());
                    let known = joined(with_options.map(|d| d.id.as_str()));
                    let message = format!("没有“{duty}”这项职责");
                    found.push(problem(
                        "choices.unknown-duty",
                        &field,
                        message,
                        Some(known),
                    ));
                }
            }
        }
    }

    fn check_answers(&self, pack: &Pack, found: &mut Vec<ChoiceProblem>) {
        for (choice, answer) in &self.answers {
            let field = format!("answers.{choice}");
            match pack.choices.iter().find(|c| c.id == *choice) {
                Some(decl) if decl.answers.iter().any(|(id, _)| id == answer) => {}
                Some(decl) => {
                    let known = joined(decl.answers.iter().map(|(id, _)| id.as_str()));
                    let message = format!("“{}”没有“{answer}”这种答案", decl.title);
                    found.push(problem(
                        "choices.unknown-answer",
                        &field,
                        message,
                        Some(known),
                    ));
                }
                None => {
                    let known = joined(pack.choices.iter().map(|c| c.id.as_str()));
                    let message = format!("没有“{choice}”这个待定事项");
                    found.push(problem(
                        "choices.unknown-choice",
                        &field,
                        message,
                        Some(known),
                    ));
                }
            }
        }
    }

    fn check_lists(&self, pack: &Pack, used: &[&Pack], found: &mut Vec<ChoiceProblem>) {
        let lent = used
            .iter()
            .filter(|u| pack.uses.contains(&u.id))
            .flat_map(|u| &u.lists);
        let known: Vec<&str> = pack
            .lists
            .iter()
            .chain(lent)
            .map(|l| l.id.as_str())
            .collect();
        for (name, changes) in [
            ("list_add", &self.list_add),
            ("list_remove", &self.list_remove),
        ] {
            for (list, bodies) in changes {
                let field = format!("{name}.{list}");
                if !known.contains(&list.as_str()) {
                    let message = format!("没有“{list}”这个名单");
                    let known = Some(joined(known.iter().copied()));
                    found.push(problem("choices.unknown-list", &field, message, known));
                }
                if bodies.len() > LIST_CHANGES_MAX {
                    let allowed = Some(format!("不超过 {LIST_CHANGES_MAX} 个单位"));
                    let message = "一次改动的单位太多".to_owned();
                    found.push(problem("choices.long-list", &field, message, allowed));
                }
            }
        }
        for (list, added) in &self.list_add {
            let removed = self.list_remove.get(list).map_or(&[][..], Vec::as_slice);
            if added.iter().any(|body| removed.contains(body)) {
                let message = format!("名单“{list}”同时增加和减少了同一单位");
                let field = format!("list_add.{list}");
                found.push(problem("choices.add-and-remove", &field, message, None));
            }
        }
    }

    fn check_thresholds(&self, pack: &Pack, found: &mut Vec<ChoiceProblem>) {
        for (threshold, value) in &self.thresholds {
            let field = format!("thresholds.{threshold}");
            if !pack.thresholds.iter().any(|t| t.id == *threshold) {
                let known = joined(pack.thresholds.iter().map(|t| t.id.as_str()));
                let message = format!("没有“{threshold}”这个阈值");
                found.push(problem(
                    "choices.unknown-threshold",
                    &field,
                    message,
                    Some(known),
                ));
            }
            if !value.is_finite() || *value < 0.0 {
                let allowed = Some("不小于 0 的数".to_owned());
                let message = "阈值不是这样的数".to_owned();
                found.push(problem("choices.threshold", &field, message, allowed));
            }
        }
    }
}

fn problem(
    code: &'static str,
    field: &str,
    message: String,
    allowed: Option<String>,
) -> ChoiceProblem {
    let allowed = allowed
        .filter(|a| !a.is_empty())
        .map(|a| format!("可以写：{a}"));
    ChoiceProblem {
        code,
        field: field.to_owned(),
        message,
        allowed,
    }
}

impl DutyDecl {
    /// The text that is followed: the chosen one, else the first; `None` where there are none.
    pub fn option_under(&self, choices: &Choices) -> Option<&DutyOption> {
        let chosen = choices.options.get(&self.id);
        let chosen = chosen.and_then(|id| self.options.iter().find(|o| o.id == *id));
        chosen.or_else(|| self.options.first())
    }

    /// The rule that holds under the choices, with its clauses: the duty's common ones first, then
    /// those of the chosen text.
    pub fn rule_under(&self, choices: &Choices) -> (&DutyRule, Vec<String>) {
        match self.option_under(choices) {
            None => (&self.rule, self.clauses.clone()),
            Some(option) => {
                let clauses = self
                    .clauses
                    .iter()
                    .chain(&option.clauses)
                    .cloned()
                    .collect();
                (&option.rule, clauses)
            }
        }
    }
}
