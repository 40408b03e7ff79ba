//! One pack as its clauses beside its duties and their standing.

use chrono::NaiveDate;
use domain::calendar::{CutOff, PeriodKind, Span};
use domain::id::Slug;
use domain::pack::{Choices, Clause, DutyDecl, DutyRule, DutyTiming, Pack, PackFile, PackKind};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use super::import::name_of;
use super::list::{InForce, Tally, in_force, open, tally, year_facts};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::world::World;

/// How often a duty is owed, or until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "timing", rename_all = "kebab-case")]
#[schemars(rename = "PackTiming")]
pub enum TimingSeen {
    /// In every period.
    Recurring {
        /// Of which kind.
        every: PeriodKind,
        /// Of so many of them.
        n: u32,
        /// The cut-off, where the text gives one.
        due: Option<CutOff>,
    },
    /// Until a day.
    Once {
        /// The last day.
        due_on: NaiveDate,
    },
    /// At every occasion.
    Occasion,
}

/// How much of what is asked, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackDemand")]
pub struct DemandSeen {
    /// When.
    pub when: TimingSeen,
    /// How many at least.
    pub at_least: u32,
    /// Unit of the count.
    pub unit: String,
}

/// What an element says beside its title.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[schemars(rename = "PackElementSays")]
pub enum Says {
    /// Recurring or by occasion.
    #[schemars(title = "职责")]
    Duty {
        /// What it says.
        duty: DutySays,
    },
    /// Owed once.
    #[schemars(title = "任务")]
    Task {
        /// What it says.
        duty: DutySays,
    },
    /// Without number or date.
    #[schemars(title = "常态职责")]
    Standing {
        /// The office may give it a cadence.
        office_may_time: bool,
    },
    /// A phase.
    #[schemars(title = "阶段")]
    Phase {
        /// First day; from the day of issue where none is said.
        from_on: Option<NaiveDate>,
        /// Last day.
        to_on: Option<NaiveDate>,
    },
    /// A span after an event.
    #[schemars(title = "时限")]
    Limit {
        /// The event, in the text's words.
        after: String,
        /// The span.
        within: Span,
    },
    /// A table that goes up.
    #[schemars(title = "表")]
    Form {
        /// How many columns it has.
        columns: usize,
    },
    /// A condition that calls for a measure.
    #[schemars(title = "规则")]
    Rule {
        /// The condition.
        when: String,
    },
    /// A kind of occasion.
    #[schemars(title = "节点")]
    Occasion {},
    /// A quantified aim.
    #[schemars(title = "目标")]
    Target {
        /// The value, where the text gives one.
        value: Option<f64>,
        /// What it is held against.
        against: Option<String>,
    },
    /// A committee.
    #[schemars(title = "专委会")]
    Committee {
        /// Departments that lead it, as the text calls them.
        leads: Vec<String>,
    },
    /// A kind of act.
    #[schemars(title = "记录种类")]
    Act {
        /// What one of it is called.
        unit: String,
    },
}

/// What a duty says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackDuty")]
pub struct DutySays {
    /// What it asks for.
    pub demand: DemandSeen,
    /// Its standing is kept.
    pub followed: bool,
    /// How many texts contradict each other; none where there is one.
    pub texts: usize,
    /// How it stands this year, where it is in force and followed.
    pub standing: Option<Tally>,
}

/// An element of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PackElement")]
pub struct ElementSeen {
    /// Id within its kind.
    pub id: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// What it says.
    #[schemars(title = "内容")]
    pub says: Says,
    /// The clauses that it rests on, by their ids.
    #[schemars(title = "依据")]
    pub clauses: Vec<String>,
}

/// A clause of the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackClause")]
pub struct ClauseSeen {
    /// Id, by which elements name it.
    pub id: String,
    /// Number as printed, a slash before each level; empty is the introduction.
    #[schemars(title = "编号")]
    pub number: String,
    /// Title.
    #[schemars(title = "标题")]
    pub title: String,
    /// Our own one-line summary.
    #[schemars(title = "摘要")]
    pub summary: String,
}

/// A responsibility with the titles of what it groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackResponsibility")]
pub struct ResponsibilitySeen {
    /// Heading that it stands under.
    pub group: String,
    /// Title.
    pub title: String,
    /// Titles of duties, tasks, standing duties and forms.
    pub elements: Vec<String>,
}

/// What the office chose where the text leaves something open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackAnswer")]
pub struct AnswerSeen {
    /// The question, or the duty whose texts contradict each other.
    pub question: String,
    /// The text that holds, or the answer.
    pub answer: String,
}

/// How many elements of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackCounts")]
pub struct Counts {
    /// Clauses.
    #[schemars(title = "条款")]
    pub clauses: usize,
    /// Duties.
    #[schemars(title = "职责")]
    pub duties: usize,
    /// Tasks.
    #[schemars(title = "任务")]
    pub tasks: usize,
    /// Standing.
    #[schemars(title = "常态职责")]
    pub standing: usize,
    /// Phases.
    #[schemars(title = "阶段")]
    pub phases: usize,
    /// Limits.
    #[schemars(title = "时限")]
    pub limits: usize,
    /// Forms.
    #[schemars(title = "表")]
    pub forms: usize,
    /// Rules.
    #[schemars(title = "规则")]
    pub rules: usize,
    /// Sectors.
    #[schemars(title = "领域")]
    pub sectors: usize,
}

/// One version of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PackPage {
    /// Id.
    pub id: Slug,
    /// Version shown.
    pub version: u32,
    /// Title.
    pub title: String,
    /// A notice with duties, or words only.
    pub kind: PackKind,
    /// Who issued it, where that is known.
    pub issuer: Option<String>,
    /// The number of the document, where it is known.
    #[schemars(title = "发文字号")]
    pub number: Option<String>,
    /// Day of issue, where it is known.
    pub issued_on: Option<NaiveDate>,
    /// First day of effect; words have none.
    pub effect_from: Option<NaiveDate>,
    /// Last day of effect, included; none where it is open.
    pub effect_to: Option<NaiveDate>,
    /// Versions that were imported, newest first.
    pub versions: Vec<u32>,
    /// The version in force; none where it is not applied.
    pub in_force: Option<InForce>,
    /// Clauses in the order of the text.
    pub clauses: Vec<ClauseSeen>,
    /// Elements, kind by kind in the order of the files.
    pub elements: Vec<ElementSeen>,
    /// Responsibilities.
    pub responsibilities: Vec<ResponsibilitySeen>,
    /// What the office chose; empty where it is not applied.
    pub answers: Vec<AnswerSeen>,
    /// Why the office chose so.
    pub reason: String,
    /// Counts of elements by kind.
    pub counts: Counts,
    /// May be applied by the one who looks.
    pub may_apply: bool,
}

/// One pack: the version in force, or the newest, unless one is named.
pub async fn show(ctx: &Ctx, id: &Slug, version: Option<u32>) -> Result<PackPage> {
    ctx.allow_at_home(Action::ViewPack)?;
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let rows = ctx
        .app
        .store
        .read(async |r| store::pack::packs_list(r).await)
        .await?;
    let of_it = rows.iter().filter(|p| p.id == *id);
    let mut versions: Vec<u32> = of_it.map(|p| p.version).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let open = open(&world, id, ctx.day());
    let newest = *versions.first().ok_or(Error::NotFound("这个制度"))?;
    let shown = version.or(open.map(|u| u.version)).unwrap_or(newest);
    let pack = ctx.app.pack(id, shown).await?;
    let facts = year_facts(ctx, &world).await?;
    let choices = open.map(|u| u.choices.clone()).unwrap_or_default();
    Ok(PackPage {
        id: id.clone(),
        version: shown,
        title: pack.title.clone(),
        kind: pack.kind,
        issuer: pack.issuer.clone(),
        number: pack.number.clone(),
        issued_on: pack.issued_on,
        effect_from: pack.effect.from,
        effect_to: pack.effect.to,
        versions,
        in_force: in_force(&world, id, ctx.day()),
        clauses: pack.clauses.iter().map(clause).collect(),
        elements: elements(&world, &facts, &pack, open.is_some()),
        responsibilities: responsibilities(&pack),
        answers: if open.is_some() {
            answers(&pack, &choices)
        } else {
            Vec::new()
        },
        reason: choices.reason,
        counts: counts(&pack),
        may_apply: ctx.as_of.is_none()
            && who.may(&world.structure, Action::ApplyPack, who.home, ctx.today),
    })
}

fn clause(clause: &Clause) -> ClauseSeen {
    ClauseSeen {
        id: clause.id.clone(),
        number: clause.number.clone(),
        title: clause.title.clone(),
        summary: clause.summary.clone(),
    }
}

/// What a rule asks for.
pub(crate) fn demand(world: &World, rule: &DutyRule) -> DemandSeen {
    let kind = rule.what.acts.first();
    let kind = kind.and_then(|k| world.act_kind(k.as_str()));
    DemandSeen {
        when: match &rule.timing {
            DutyTiming::Recurring { cadence, due, .. } => TimingSeen::Recurring {
                every: cadence.every(),
                n: cadence.n(),
                due: *due,
            },
            DutyTiming::Once { due, .. } => TimingSeen::Once { due_on: *due },
            DutyTiming::Occasion { .. } => TimingSeen::Occasion,
        },
        at_least: rule.at_least,
        unit: kind.map_or_else(|| "次".to_owned(), |k| k.unit.clone()),
    }
}

fn duty(world: &World, facts: &Facts, pack: &Pack, decl: &DutyDecl, in_force: bool) -> ElementSeen {
    let mut clauses = decl.clauses.clone();
    clauses.extend(decl.options.iter().flat_map(|o| o.clauses.clone()));
    let is_kept = in_force && decl.followed;
    let duty = DutySays {
        demand: demand(world, &decl.rule),
        followed: decl.followed,
        texts: decl.options.len(),
        standing: is_kept.then(|| tally(world, facts, &pack.id, Some(&decl.id))),
    };
    let says = if decl.task {
        Says::Task { duty }
    } else {
        Says::Duty { duty }
    };
    element(says, &decl.id, &decl.title, &clauses)
}

fn element(says: Says, id: &Slug, title: &str, clauses: &[String]) -> ElementSeen {
    ElementSeen {
        id: id.clone(),
        title: title.to_owned(),
        says,
        clauses: clauses.to_vec(),
    }
}

fn elements(world: &World, facts: &Facts, pack: &Pack, in_force: bool) -> Vec<ElementSeen> {
    let duties = pack.duties.iter();
    let mut out: Vec<ElementSeen> = duties
        .map(|d| duty(world, facts, pack, d, in_force))
        .collect();
    out.extend(pack.standing.iter().map(|e| {
        let office_may_time = e.office_may_time;
        element(
            Says::Standing { office_may_time },
            &e.id,
            &e.title,
            &e.clauses,
        )
    }));
    out.extend(pack.phases.iter().map(|e| {
        let (from_on, to_on) = (e.from, e.to);
        element(Says::Phase { from_on, to_on }, &e.id, &e.title, &e.clauses)
    }));
    out.extend(pack.limits.iter().map(|e| {
        let (after, within) = (e.after.clone(), e.within);
        element(Says::Limit { after, within }, &e.id, &e.title, &e.clauses)
    }));
    out.extend(pack.forms.iter().map(|e| {
        let columns = e.columns.len();
        element(Says::Form { columns }, &e.id, &e.title, &e.clauses)
    }));
    out.extend(pack.rules.iter().map(|e| {
        let when = e.when.clone();
        element(Says::Rule { when }, &e.id, &e.title, &e.clauses)
    }));
    let occasions = pack.occasions.iter();
    out.extend(occasions.map(|e| element(Says::Occasion {}, &e.id, &e.title, &e.clauses)));
    out.extend(pack.targets.iter().map(|e| {
        let (value, against) = (e.value, e.against.clone());
        element(Says::Target { value, against }, &e.id, &e.title, &e.clauses)
    }));
    out.extend(pack.committees.iter().map(|e| {
        let leads = e.leads.clone();
        element(Says::Committee { leads }, &e.id, &e.title, &e.clauses)
    }));
    out.extend(pack.acts.iter().map(|e| {
        let unit = e.unit.clone();
        element(Says::Act { unit }, &e.id, &e.title, &[])
    }));
    out
}

/// The title of an element that a responsibility names.
fn title_of(pack: &Pack, id: &Slug) -> String {
    let duties = pack.duties.iter().map(|d| (&d.id, &d.title));
    let standing = pack.standing.iter().map(|s| (&s.id, &s.title));
    let forms = pack.forms.iter().map(|f| (&f.id, &f.title));
    let mut all = duties.chain(standing).chain(forms);
    let found = all.find(|(known, _)| *known == id);
    found.map_or_else(|| id.to_string(), |(_, title)| title.clone())
}

fn responsibilities(pack: &Pack) -> Vec<ResponsibilitySeen> {
    let all = pack.responsibilities.iter().map(|r| ResponsibilitySeen {
        group: r.group.clone(),
        title: r.title.clone(),
        elements: r.elements.iter().map(|id| title_of(pack, id)).collect(),
    });
    all.collect()
}

fn answers(pack: &Pack, choices: &Choices) -> Vec<AnswerSeen> {
    let mut out = Vec::new();
    let mut push = |question: &str, answer: &str| {
        out.push(AnswerSeen {
            question: question.to_owned(),
            answer: answer.to_owned(),
        });
    };
    for duty in pack.duties.iter().filter(|d| !d.options.is_empty()) {
        let chosen = choices.options.get(&duty.id);
        let chosen = chosen.or(duty.options.first().map(|o| &o.id));
        if let Some(option) = duty.options.iter().find(|o| chosen == Some(&o.id)) {
            push(&duty.title, &option.title);
        }
    }
    for choice in &pack.choices {
        let chosen = choices.answers.get(&choice.id).unwrap_or(&choice.default);
        if let Some((_, title)) = choice.answers.iter().find(|(id, _)| id == chosen) {
            push(&choice.title, title);
        }
    }
    out
}

fn counts(pack: &Pack) -> Counts {
    Counts {
        clauses: pack.clauses.len(),
        duties: pack.duties.iter().filter(|d| !d.task).count(),
        tasks: pack.duties.iter().filter(|d| d.task).count(),
        standing: pack.standing.len(),
        phases: pack.phases.len(),
        limits: pack.limits.len(),
        forms: pack.forms.len(),
        rules: pack.rules.len(),
        sectors: pack.sectors.len(),
    }
}

/// The files of a version as they were imported: the same bytes, by their names.
pub async fn files(ctx: &Ctx, id: &Slug, version: u32) -> Result<Vec<PackFile>> {
    ctx.allow_at_home(Action::ViewPack)?;
    let files = ctx
        .app
        .store
        .read(async |r| store::pack::pack_files(r, id, version).await)
        .await?;
    if files.is_empty() {
        return Err(Error::NotFound("这个制度版本"));
    }
    Ok(files
        .into_iter()
        .map(|f| PackFile {
            path: name_of(&f.path).to_owned(),
            text: f.text,
        })
        .collect())
}
