//! The other elements: sectors to choices, each from its node.

use std::collections::BTreeSet;

use crate::calendar::Period;
use crate::id::Slug;

use super::convert::{Cx, pairs, reversed};
use super::decode::cut;
use super::describe::joined;
use super::model::{
    ChoiceDecl, Committee, DutyTiming, Governs, HOLIDAY_RULES, Limit, ListDecl, OccasionKind, Pack,
    Phase, PostKindDecl, Responsibility, RuleDecl, Sector, StandingDuty, Target, Threshold,
};
use super::node::{Node, Val};
use super::problem::Sink;
use super::{duty, form, rule};

/// Answers of a question that governs several chairs.
const SEVERAL_CHAIRS: &[&str] = &["per-committee", "once"];

/// A form's first period is one of the periods in which it is submitted.
fn check_first_periods(nodes: &[Node], pack: &Pack, sink: &mut Sink<'_>) {
    for node in nodes.iter().filter(|n| n.spec.key == "form") {
        let (Some(id), Some(first)) = (node.text("id"), node.parsed::<Period>("first_period"))
        else {
            continue;
        };
        let rules = pack.duties.iter().map(|d| &d.rule);
        let submitting = rules.filter(|r| r.what.form.as_ref().is_some_and(|form| form == id));
        let every: Vec<&str> = submitting
            .filter_map(|r| match &r.timing {
                DutyTiming::Recurring { cadence, .. } => Some(cadence.every().code()),
                DutyTiming::Once { .. } | DutyTiming::Occasion { .. } => None,
            })
            .collect();
        if !every.is_empty() && !every.contains(&first.kind().code()) {
            let message = format!("首期“{first}”与报送的频次不合");
            sink.error("pack.first-period", node.place_of("first_period"), message)
                .allow(&format!("{} 的期间", joined(every.into_iter())));
        }
    }
}

/// Two questions that govern the same would leave open which answer holds.
fn check_governs(nodes: &[Node], sink: &mut Sink<'_>) {
    let mut seen: Vec<(Governs, &Node)> = Vec::new();
    for node in nodes.iter().filter(|n| n.spec.key == "choice") {
        let governs = node.parsed("governs").unwrap_or(Governs::Noted);
        if governs == Governs::Noted {
            continue;
        }
        if let Some((_, first)) = seen.iter().find(|(g, _)| *g == governs) {
            let message = format!("已有待定事项管“{governs}”");
            let (here, there) = (node.place_of("governs"), first.place_of("governs"));
            sink.collision("pack.governs-twice", here, there, &message)
                .allow("noted");
        } else {
            seen.push((governs, node));
        }
    }
}

/// Everything that is neither clause nor value list nor act: into the pack.
pub(super) fn rest(nodes: &[Node], pack: &mut Pack, cx: &mut Cx<'_, '_>) {
    let thresholds: BTreeSet<String> = nodes
        .iter()
        .filter(|n| n.spec.key == "threshold")
        .filter_map(|n| n.text("id").map(rule::variable))
        .collect();
    for node in nodes {
        match node.spec.key {
            "sector" => pack.sectors.extend(sector(node, cx.sink)),
            "committee" => pack.committees.extend(committee(node)),
            "post" => pack.posts.extend(post(node)),
            "list" => pack.lists.extend(list(node, cx)),
            "duty" => pack.duties.extend(duty::duty(node, false, cx)),
            "task" => pack.duties.extend(duty::duty(node, true, cx)),
            "phase" => pack.phases.extend(phase(node, cx.sink)),
            "limit" => pack.limits.extend(limit(node)),
            "form" => pack.forms.extend(form::form(node, cx)),
            "rule" => {
                rule::check(node, &thresholds, cx.sink);
                pack.rules.extend(rule_decl(node));
            }
            "occasion" => pack.occasions.extend(occasion(node)),
            "standing" => pack.standing.extend(standing(node, cx)),
            "responsibility" => pack.responsibilities.extend(responsibility(node)),
            "target" => pack.targets.extend(target(node)),
            "threshold" => pack.thresholds.extend(threshold(node)),
            "choice" => pack.choices.extend(choice(node, cx.sink)),
            _ => {}
        }
    }
    check_first_periods(nodes, pack, cx.sink);
    check_governs(nodes, cx.sink);
}

fn sector(node: &Node, sink: &mut Sink<'_>) -> Option<Sector> {
    for same in node.texts("same_as") {
        let parts: Vec<&str> = same.value.split('/').collect();
        let sound = parts.len() == 2 && parts.iter().all(|p| p.parse::<Slug>().is_ok());
        if !sound {
            let message = format!("“{}”不是 包/行业 的写法", cut(&same.value));
            let problem = sink.error("pack.bad-id", same.place, message);
            problem.allow("包的 id/行业领域的 id，如 county-2026/coal");
        }
    }
    Some(Sector {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        same_as: node.all("same_as"),
    })
}

fn committee(node: &Node) -> Option<Committee> {
    Some(Committee {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        sector: node.parsed("sector"),
        leads: node.all("leads"),
    })
}

fn post(node: &Node) -> Option<PostKindDecl> {
    Some(PostKindDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
    })
}

fn list(node: &Node, cx: &mut Cx<'_, '_>) -> Option<ListDecl> {
    let members = duty::selector(node.table("members")?, cx.sink)?;
    Some(ListDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        members,
    })
}

fn phase(node: &Node, sink: &mut Sink<'_>) -> Option<Phase> {
    let (from, to) = (node.date("from"), node.date("to"));
    if let (Some(from), Some(to)) = (from, to) {
        reversed(from, to, node.place_of("to"), "阶段末日", sink);
    }
    Some(Phase {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        from,
        to,
        label: node.text("label").unwrap_or("task").to_owned(),
        who: node.text("who").map(str::to_owned),
    })
}

fn limit(node: &Node) -> Option<Limit> {
    Some(Limit {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        after: node.owned("after"),
        case: node.parsed("case")?,
        step: node.parsed("step")?,
        within: node.parsed("within")?,
        label: node.text("label").unwrap_or("task").to_owned(),
        who: node.text("who").map(str::to_owned),
    })
}

fn rule_decl(node: &Node) -> Option<RuleDecl> {
    Some(RuleDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        over: node.parsed("over")?,
        when: node.owned("when"),
        measure: node.parsed("measure")?,
    })
}

fn occasion(node: &Node) -> Option<OccasionKind> {
    Some(OccasionKind {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        holiday: node.parsed("holiday"),
    })
}

fn standing(node: &Node, cx: &mut Cx<'_, '_>) -> Option<StandingDuty> {
    Some(StandingDuty {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        owed_by: duty::selector(node.table("owed_by")?, cx.sink)?,
        acts: node.all_parsed("act"),
        office_may_time: node.flag("office_may_time", false),
    })
}

fn responsibility(node: &Node) -> Option<Responsibility> {
    Some(Responsibility {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        group: node.owned("group"),
        elements: node.all_parsed("elements"),
    })
}

fn target(node: &Node) -> Option<Target> {
    let value = match node.get("value").map(|spot| &spot.value) {
        Some(Val::Decimal(value)) => Some(*value),
        _ => None,
    };
    Some(Target {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        unit: node.owned("unit"),
        value,
        against: node.text("against").map(str::to_owned),
        by: node.date("by"),
    })
}

fn threshold(node: &Node) -> Option<Threshold> {
    Some(Threshold {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        unit: node.owned("unit"),
    })
}

fn choice(node: &Node, sink: &mut Sink<'_>) -> Option<ChoiceDecl> {
    let answers = pairs(node.tables("answers"));
    let known = || answers.iter().map(|(id, _)| id.as_str());
    if answers.len() == 1 {
        let place = node.key_place("answers");
        sink.error("pack.one-option", place, "只有一种答案，不成问题")
            .allow("两种或更多答案");
    }
    if let Some(default) = node.text("default")
        && !known().any(|a| a == default)
    {
        let message = format!("默认答案“{}”不在答案之中", cut(default));
        sink.error("pack.unknown-answer", node.place_of("default"), message)
            .allow(&joined(known()))
            .near(default, known());
    }
    let governs = node.parsed("governs").unwrap_or(Governs::Noted);
    let wanted: Vec<&str> = match governs {
        Governs::SeveralChairs => SEVERAL_CHAIRS.to_vec(),
        Governs::OnHoliday => HOLIDAY_RULES.iter().map(|r| r.code()).collect(),
        Governs::Noted => known().collect(),
    };
    for answer in node.tables("answers") {
        let Some(id) = answer.text("id") else {
            continue;
        };
        if !wanted.contains(&id) {
            let message = format!("governs = \"{governs}\" 没有“{}”这种答案", cut(id));
            sink.error("pack.unknown-answer", answer.place_of("id"), message)
                .allow(&wanted.join("、"))
                .near(id, wanted.iter().copied());
        }
    }
    let default = node
        .parsed("default")
        .or_else(|| answers.first().map(|(id, _)| id.clone()))?;
    Some(ChoiceDecl {
        id: node.parsed("id")?,
        title: node.owned("title"),
        clauses: node.all("clause"),
        answers,
        default,
        governs,
    })
}
