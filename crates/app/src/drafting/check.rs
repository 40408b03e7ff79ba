//! What a draft would mean here: what the checker says, what other packs already ask, and how much
//! more each body would owe.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ::draft::Work;
use chrono::{Days, NaiveDate};
use domain::body::{BodyKind, Level};
use domain::calendar::{Cadence, CutOff, Period};
use domain::duty::{Book, Duty, DutyLine};
use domain::id::{BodyId, DraftId, Owner, Slug};
use domain::pack::{Choices, DutyTiming, Pack, PackFile, Problem, Severity};
use schemars::JsonSchema;
use serde::Serialize;

use super::element::{ElementRef, HowOften, reference};
use super::load;
use super::work::files_of;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pack::ApplyPlan;
use crate::world::World;

/// Heads that every table has: to fill them in is no burden twice.
const EVERYWHERE: [&str; 6] = ["序号", "备注", "月份", "日期", "合计", "填报单位"];

domain::codes! {
    /// How bad it is what the checker found.
    FoundSeverity {
        /// It must be mended before an import.
        Mistake = "mistake",
        /// Somebody should look.
        Warning = "warning",
    }
}

domain::codes! {
    /// How what is drafted relates to what is asked already.
    AskedHow {
        /// The same kind of act, as often.
        SameRhythm = "same-rhythm",
        /// The same kind of act, more or less often.
        OtherRhythm = "other-rhythm",
        /// Columns of the same name.
        SameColumns = "same-columns",
    }
}

/// What the checker found, as it says it of any pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftFound")]
pub struct Found {
    /// How bad it is.
    #[schemars(title = "轻重")]
    pub severity: FoundSeverity,
    /// The kind of mistake, by its code.
    #[schemars(title = "问题")]
    pub code: String,
    /// The file of the pack.
    #[schemars(title = "文件")]
    pub file: String,
    /// Line, from 1.
    #[schemars(title = "行")]
    pub line: usize,
    /// Column, from 1, in characters.
    #[schemars(title = "列")]
    pub column: usize,
    /// What the checker says.
    #[schemars(title = "说明")]
    pub message: String,
    /// What may stand there.
    pub hint: String,
    /// With a picture of the place in the file.
    pub picture: String,
    /// The element that it stands in.
    pub element: Option<ElementRef>,
}

/// Something that a pack in force asks already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftAsked")]
pub struct Asked {
    /// The element of the draft.
    pub element: ElementRef,
    /// The pack in force.
    pub pack: Slug,
    /// Its short name.
    #[schemars(title = "制度")]
    pub notice: String,
    /// The duty or form there.
    #[schemars(title = "已有的")]
    pub title: String,
    /// Where it stands there.
    pub clause: Option<String>,
    /// How both relate.
    #[schemars(title = "重复情形")]
    pub how: AskedHow,
    /// How often it is owed there.
    pub often: Option<HowOften>,
    /// Until when in each period there.
    pub due: Option<CutOff>,
    /// How many of it are owed there.
    pub at_least: Option<u32>,
    /// What is counted.
    pub unit: Option<String>,
    /// The columns of the same name.
    pub columns: Vec<String>,
    /// How many owe both; for a form how many columns.
    #[schemars(title = "涉及")]
    pub owners: usize,
}

/// What bodies of a kind would owe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftBurden")]
pub struct Burden {
    /// Level of their jurisdiction.
    #[schemars(title = "层级")]
    pub level: Option<Level>,
    /// What they are.
    #[schemars(title = "类别")]
    pub kind: Option<BodyKind>,
    /// How many of them would owe more.
    #[schemars(title = "单位数")]
    pub bodies: usize,
    /// What each owes in a year now, on average over these.
    #[schemars(title = "现在每个一年")]
    pub now: usize,
    /// What each would owe in addition, on average.
    #[schemars(title = "增加")]
    pub more: usize,
    /// The most that one of them would owe in addition.
    #[schemars(title = "最多的一个增加")]
    pub most: usize,
}

/// A draft held against the checker and the county.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftChecked {
    /// Elements that nobody decided on.
    pub open: usize,
    /// Timed phrases that no element covers.
    pub loose: usize,
    /// What the checker found, mistakes first.
    pub found: Vec<Found>,
    /// How many of it are mistakes.
    pub mistakes: usize,
    /// It can be imported once everything is decided.
    pub sound: bool,
    /// What other packs in force ask already.
    pub asked: Vec<Asked>,
    /// First day of the year that the burden is counted for.
    pub year_from: NaiveDate,
    /// Its last day.
    pub year_to: NaiveDate,
    /// What it would add, by kind of body, the most burdened first.
    pub burden: Vec<Burden>,
    /// Obligations in that year, all bodies together.
    pub total: usize,
    /// Owners that nobody chose or entered yet, by the titles of their lists.
    pub unnamed: Vec<String>,
    /// The files of the pack, as far as there are.
    pub files: Vec<String>,
}

/// Checks a draft as it stands; nothing is written.
pub async fn check(ctx: &Ctx, id: DraftId) -> Result<DraftChecked> {
    let now = load(ctx, id).await?;
    let world = ctx.app.world(now.row.line.home).await?;
    let files = files_of(&now.work);
    let reading = crate::pack::reading(ctx, &files).await?;
    let mut found: Vec<Found> = reading
        .problems
        .iter()
        .map(|p| found_of(&now.work, p, &files))
        .collect();
    let is_mistake = |f: &&Found| f.severity == FoundSeverity::Mistake;
    found.sort_by_key(|f| !is_mistake(&f));
    let mistakes = found.iter().filter(is_mistake).count();
    let from = now.work.head.from.max(ctx.today);
    let year = (from, from.checked_add_days(Days::new(364)).unwrap_or(from));
    let mut checked = DraftChecked {
        open: now.work.open(),
        loose: now.work.loose.iter().filter(|l| l.taken.is_none()).count(),
        mistakes,
        sound: mistakes == 0 && reading.pack.is_some(),
        found,
        asked: Vec::new(),
        year_from: year.0,
        year_to: year.1,
        burden: Vec::new(),
        total: 0,
        unnamed: now
            .work
            .lists_used()
            .into_iter()
            .map(|(list, _)| list.title)
            .collect(),
        files: files.iter().map(|f| f.path.clone()).collect(),
    };
    if let Some(pack) = reading.pack {
        let pack = Arc::new(pack);
        let book = trial(ctx, &world, &pack, from);
        checked.asked = already(ctx, &world, &now.work, &book, year);
        checked.asked.extend(columns(&world, &now.work, &pack));
        (checked.burden, checked.total) = burden(ctx, &world, &book, &pack.id, year);
    }
    Ok(checked)
}

/// What the checker found, with the element that it stands in.
fn found_of(work: &Work, problem: &Problem, files: &[PackFile]) -> Found {
    Found {
        severity: match problem.severity {
            Severity::Error => FoundSeverity::Mistake,
            Severity::Warning => FoundSeverity::Warning,
        },
        code: problem.code.to_owned(),
        file: problem.file.clone(),
        line: problem.line,
        column: problem.column,
        message: problem.message.clone(),
        hint: problem.hint(),
        picture: crate::pack::picture(problem, files),
        element: element_of(work, problem, files),
    }
}

/// The element whose lines a problem stands in.
fn element_of(work: &Work, problem: &Problem, files: &[PackFile]) -> Option<ElementRef> {
    let text = &files.iter().find(|f| f.path == problem.file)?.text;
    let mut id = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at >= problem.span.end.max(problem.span.start + 1) {
            break;
        }
        if line.starts_with("[[") && !line.contains('.') {
            id = None;
        }
        // Columns have ids of their own behind that of their form.
        if let (None, Some(value)) = (&id, line.strip_prefix("id = \"")) {
            id = value.split('"').next().map(str::to_owned);
        }
        at += line.len();
    }
    reference(work, &id?)
}

fn trial(ctx: &Ctx, world: &World, pack: &Arc<Pack>, from: NaiveDate) -> Book {
    let plan = ApplyPlan {
        id: pack.id.clone(),
        version: pack.version,
        from_on: from,
        followed_from_on: from,
        choices: Choices::default(),
    };
    crate::pack::trial(ctx, world, &plan, pack.clone())
}

/// A duty with the periods of a year and who owes it in them.
struct Due<'a> {
    line: &'a DutyLine,
    duty: &'a Duty,
    periods: Vec<Period>,
    owners: BTreeSet<Owner>,
}

/// The duties of a book that are owed in a year. Owners are those of its first period there.
fn dues<'a>(
    ctx: &Ctx,
    world: &World,
    book: &'a Book,
    (from, to): (NaiveDate, NaiveDate),
) -> Vec<Due<'a>> {
    let lines = book.lines().iter();
    let due = |line: &'a DutyLine| {
        let duty = line.newest().filter(|d| d.followed)?;
        let periods = book.periods(line, from, to);
        let first = *periods.first()?;
        let owners = book.owners(line, first, &world.structure, ctx.today);
        Some(Due {
            line,
            duty,
            periods,
            owners: owners.into_iter().collect(),
        })
    };
    lines.filter_map(due).collect()
}

/// How often a duty is owed, and until when in each period.
fn rhythm_of(duty: &Duty) -> Option<(Cadence, Option<CutOff>)> {
    match duty.rule.timing {
        DutyTiming::Recurring { cadence, due, .. } => Some((cadence, due)),
        DutyTiming::Once { .. } | DutyTiming::Occasion { .. } => None,
    }
}

/// The element that became a duty or a form, which bears its id.
fn named(work: &Work, id: &Slug, title: &str) -> ElementRef {
    let known = reference(work, id.as_str());
    known.unwrap_or_else(|| ElementRef {
        id: id.to_string(),
        title: title.to_owned(),
        n: 0,
    })
}

/// Duties of packs in force that ask some of the same owners for the same kind of act.
fn already(
    ctx: &Ctx,
    world: &World,
    work: &Work,
    drafted: &Book,
    year: (NaiveDate, NaiveDate),
) -> Vec<Asked> {
    let here = dues(ctx, world, &world.book, year);
    let mut out = Vec::new();
    for new in dues(ctx, world, drafted, year) {
        let element = named(work, &new.line.id, &new.duty.decl.title);
        for old in here.iter().filter(|o| o.line.pack != new.line.pack) {
            let rhythms = (rhythm_of(new.duty), rhythm_of(old.duty));
            let (Some((mine, _)), Some((theirs, due))) = rhythms else {
                continue;
            };
            let both = new.owners.intersection(&old.owners).count();
            if both == 0 || !asks_alike(new.duty, old.duty) {
                continue;
            }
            let kind = old.duty.rule.what.acts.first();
            let kind = kind.and_then(|k| world.act_kind(k.as_str()));
            out.push(Asked {
                element: element.clone(),
                pack: old.line.pack.clone(),
                notice: old.line.short.clone(),
                title: old.duty.decl.title.clone(),
                clause: old.duty.clauses.first().cloned(),
                how: if mine == theirs {
                    AskedHow::SameRhythm
                } else {
                    AskedHow::OtherRhythm
                },
                often: Some(theirs.into()),
                due,
                at_least: Some(old.duty.rule.at_least),
                unit: kind.map(|k| k.unit.clone()),
                columns: Vec::new(),
                owners: both,
            });
        }
    }
    out
}

/// Whether both ask for the same kind of act. A task is a task only by its words, and those differ.
fn asks_alike(new: &Duty, old: &Duty) -> bool {
    let theirs = &old.rule.what.acts;
    let same = |act: &Slug| act.as_str() != "task" && theirs.contains(act);
    new.rule.what.acts.iter().any(same)
}

/// Columns of drafted forms that a form in force asks for already.
fn columns(world: &World, work: &Work, pack: &Pack) -> Vec<Asked> {
    let mut out = Vec::new();
    let packs = world.book.packs().iter().filter(|(_, p)| p.id != pack.id);
    for (_, other) in packs {
        for theirs in &other.forms {
            let heads = theirs.columns.iter().filter_map(|c| c.head.last());
            let known: BTreeSet<&String> = heads.collect();
            for mine in &pack.forms {
                let heads = mine.columns.iter().filter_map(|c| c.head.last());
                let same: Vec<String> = heads
                    .filter(|h| known.contains(h) && !EVERYWHERE.contains(&h.as_str()))
                    .cloned()
                    .collect();
                if same.is_empty() {
                    continue;
                }
                out.push(Asked {
                    element: named(work, &mine.id, &mine.title),
                    pack: other.id.clone(),
                    notice: other.short.clone(),
                    title: theirs.title.clone(),
                    clause: theirs.clauses.first().cloned(),
                    how: AskedHow::SameColumns,
                    often: None,
                    due: None,
                    at_least: None,
                    unit: None,
                    owners: same.len(),
                    columns: same,
                });
            }
        }
    }
    out
}

/// Obligations of a year by body: periods times how many of each.
fn yearly(
    ctx: &Ctx,
    world: &World,
    book: &Book,
    without: Option<&Slug>,
    year: (NaiveDate, NaiveDate),
) -> HashMap<BodyId, usize> {
    let mut out = HashMap::new();
    for due in dues(ctx, world, book, year) {
        if without == Some(&due.line.pack) {
            continue;
        }
        let each = usize::try_from(due.duty.rule.at_least).unwrap_or(usize::MAX);
        for body in due
            .owners
            .iter()
            .filter_map(|o| world.structure.body_of(*o))
        {
            *out.entry(body).or_default() += each.saturating_mul(due.periods.len());
        }
    }
    out
}

/// What a draft would add to what the bodies owe now, the most burdened kinds first. An earlier
/// version of the same pack is not counted as what they owe now: this one takes its place.
fn burden(
    ctx: &Ctx,
    world: &World,
    drafted: &Book,
    pack: &Slug,
    year: (NaiveDate, NaiveDate),
) -> (Vec<Burden>, usize) {
    let more = yearly(ctx, world, drafted, None, year);
    let now = yearly(ctx, world, &world.book, Some(pack), year);
    let mut kinds: BTreeMap<(Option<Level>, Option<BodyKind>), Vec<BodyId>> = BTreeMap::new();
    for body in more.keys() {
        let kind = world.structure.body(*body).map(|b| b.kind);
        let level = world.structure.level(*body, ctx.today);
        kinds.entry((level, kind)).or_default().push(*body);
    }
    let of = |counts: &HashMap<BodyId, usize>, bodies: &[BodyId]| {
        let all = bodies.iter().filter_map(|b| counts.get(b)).sum::<usize>();
        all.div_ceil(bodies.len().max(1))
    };
    let mut out: Vec<Burden> = kinds
        .into_iter()
        .map(|((level, kind), bodies)| Burden {
            now: of(&now, &bodies),
            more: of(&more, &bodies),
            most: bodies
                .iter()
                .filter_map(|b| more.get(b))
                .copied()
                .max()
                .unwrap_or(0),
            bodies: bodies.len(),
            level,
            kind,
        })
        .collect();
    // Stable: those that would owe as much stand by level and kind.
    out.sort_by_key(|burden| std::cmp::Reverse(burden.more));
    (out, more.values().sum())
}
