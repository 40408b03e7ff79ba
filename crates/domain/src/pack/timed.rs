//! The timed elements of a pack, one line per element and clause: what a notice demands in time.
//!
//! **Invariant:** the lines are computed from the same rules that run (`DutyDecl::rule`, `Phase`,
//! `Limit`), so a duty that prints right is also owed right.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::convert::RETURN_ACT;
use super::describe::LABELS;
use super::model::{DutyDecl, DutyRule, DutyTiming, Limit, Pack, Phase};

/// How an obligation is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    /// In every period.
    Recurring,
    /// By a date.
    Deadline,
    /// Within a span after an event.
    Within,
    /// From one day to another.
    Window,
}

/// One timed obligation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedLine {
    /// File name of the notice.
    pub doc: String,
    /// The clause's number, as the text has it.
    pub clause: String,
    /// Who owes it, in the text's words.
    pub who: String,
    /// The act's word.
    pub act: String,
    /// How it is timed.
    pub timing: Timing,
    /// For recurring: the period, with underscores (`half_year`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// For recurring: every n periods, where n is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// For recurring and deadlines: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The cut-off or the date; missing where the text gives no cut-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// For within: the span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// For within: the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// For windows: first and last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// The days of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First day; `None` is from the day of issue.
    pub from: Option<NaiveDate>,
    /// Last day; `None` is open.
    pub to: Option<NaiveDate>,
}

/// The timed lines of a pack: duties and tasks, phases, limits, each in the order of the files.
///
/// A duty's common clauses print its default rule, each option prints its own clauses with its own
/// rule. Duties of an occasion have no number and no date and print nothing.
pub fn timed(pack: &Pack) -> Vec<TimedLine> {
    let mut lines = Vec::new();
    for duty in &pack.duties {
        lines.extend(
            duty.clauses
                .iter()
                .filter_map(|c| of_rule(pack, duty, &duty.rule, c)),
        );
        for option in &duty.options {
            let clauses = option.clauses.iter();
            lines.extend(clauses.filter_map(|c| of_rule(pack, duty, &option.rule, c)));
        }
    }
    for phase in &pack.phases {
        lines.extend(phase.clauses.iter().map(|c| of_phase(pack, phase, c)));
    }
    for limit in &pack.limits {
        lines.extend(limit.clauses.iter().map(|c| of_limit(pack, limit, c)));
    }
    lines
}

fn line(pack: &Pack, clause: &str, who: Option<&str>, act: &str, timing: Timing) -> TimedLine {
    TimedLine {
        doc: pack.source.clone().unwrap_or_default(),
        clause: pack
            .clause(clause)
            .map_or(clause, |c| c.number.as_str())
            .to_owned(),
        who: who.unwrap_or_default().to_owned(),
        act: act.to_owned(),
        timing,
        every: None,
        n: None,
        at_least: None,
        due: None,
        within: None,
        after: None,
        window: None,
    }
}

fn of_rule(pack: &Pack, duty: &DutyDecl, rule: &DutyRule, clause: &str) -> Option<TimedLine> {
    let act = act_of(duty, rule);
    let base = |timing| line(pack, clause, duty.who.as_deref(), act, timing);
    match &rule.timing {
        DutyTiming::Recurring {
            cadence,
            due,
            covers_previous: _,
        } => Some(TimedLine {
            every: Some(cadence.every().code().replace('-', "_")),
            n: (cadence.n() > 1).then_some(cadence.n()),
            at_least: Some(rule.at_least),
            due: due.map(|d| d.to_string()),
            ..base(Timing::Recurring)
        }),
        DutyTiming::Once { from: _, due } => Some(TimedLine {
            at_least: Some(rule.at_least),
            due: Some(due.to_string()),
            ..base(Timing::Deadline)
        }),
        DutyTiming::Occasion { .. } => None,
    }
}

/// The act's word: the duty's own label, else the first act kind where it is one of the words.
fn act_of<'a>(duty: &'a DutyDecl, rule: &'a DutyRule) -> &'a str {
    let first = rule.what.acts.first().map_or("other", |a| a.as_str());
    match duty.label.as_deref() {
        Some(label) => label,
        None if first == RETURN_ACT => "report",
        None if LABELS.contains(&first) => first,
        None => "other",
    }
}

fn of_phase(pack: &Pack, phase: &Phase, clause: &str) -> TimedLine {
    TimedLine {
        window: Some(Window {
            from: phase.from,
            to: phase.to,
        }),
        ..line(
            pack,
            clause,
            phase.who.as_deref(),
            &phase.label,
            Timing::Window,
        )
    }
}

fn of_limit(pack: &Pack, limit: &Limit, clause: &str) -> TimedLine {
    TimedLine {
        within: Some(limit.within.to_string()),
        after: Some(limit.after.clone()),
        ..line(
            pack,
            clause,
            limit.who.as_deref(),
            &limit.label,
            Timing::Within,
        )
    }
}
