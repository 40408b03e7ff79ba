//! What a draft would mean here: what the checker says, what other packs already ask, and how much
//! more each body would owe.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ::draft::Work;
use chrono::{Days, NaiveDate};
use domain::calendar::{Cadence, Period};
use domain::duty::{Book, Duty, DutyLine};
use domain::id::{BodyId, DraftId, Owner, Slug};
use domain::pack::{Choices, DutyTiming, Pack, PackFile, Problem, Severity};

use super::load;
use super::work::files_of;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::pack::ApplyPlan;
use crate::words;
use crate::world::World;

/// Heads that every table has: to fill them in is no burden twice.
const EVERYWHERE: [&str; 6] = ["序号", "备注", "月份", "日期", "合计", "填报单位"];

/// What the checker found.
#[derive(Debug, Clone)]
pub struct Found {
    /// What is wrong, and what may stand there.
    pub message: String,
    /// With a picture of the place in the file.
    pub picture: String,
    /// The element that it stands in: id and title.
    pub element: Option<(String, String)>,
    /// It must be mended before an import.
    pub mistake: bool,
}

/// Something that a pack in force asks already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The element of the draft: id and title.
    pub element: (String, String),
    /// The pack in force, by its short name.
    pub pack: String,
    /// The duty there.
    pub duty: String,
    /// Its pack, and its first clause there.
    pub place: (Slug, Option<String>),
    /// How often or until when there; for a form the names of the columns.
    pub timing: String,
    /// How both relate: the same kind of act as often or not, or columns of the same name.
    pub how: &'static str,
    /// How many owe both; for a form how many columns.
    pub owners: usize,
}

/// What bodies of a kind would owe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burden {
    /// 乡镇政府…
    pub kind: String,
    /// How many of them would owe more.
    pub bodies: usize,
    /// What each owes in a year now, on average over these.
    pub now: usize,
    /// What each would owe in addition, on average.
    pub more: usize,
    /// The most that one of them would owe in addition.
    pub most: usize,
}

/// A draft held against the checker and the county.
#[derive(Debug, Clone)]
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
    /// The year that the burden is counted for: first and last day.
    pub year: (NaiveDate, NaiveDate),
    /// What it would add, by kind of body.
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
        .map(|p| Found {
            message: format!("{}。{}", p.message, p.hint()),
            picture: crate::pack::picture(p, &files),
            element: element_of(&now.work, p, &files),
            mistake: p.severity == Severity::Error,
        })
        .collect();
    found.sort_by_key(|f| !f.mistake);
    let mistakes = found.iter().filter(|f| f.mistake).count();
    let from = now.work.head.from.max(ctx.today);
    let year = (from, from.checked_add_days(Days::new(364)).unwrap_or(from));
    let mut checked = DraftChecked {
        open: now.work.open(),
        loose: now.work.loose.iter().filter(|l| l.taken.is_none()).count(),
        mistakes,
        sound: mistakes == 0 && reading.pack.is_some(),
        found,
        asked: Vec::new(),
        year,
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
        checked.asked = already(ctx, &world, &book, year);
        checked.asked.extend(columns(&world, &pack));
        (checked.burden, checked.total) = burden(ctx, &world, &book, &pack.id, year);
    }
    Ok(checked)
}

/// The element whose lines a problem stands in.
fn element_of(work: &Work, problem: &Problem, files: &[PackFile]) -> Option<(String, String)> {
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
    let id = id?;
    let title = work.item(&id)?.element.title.clone();
    Some((id, title))
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

fn cadence_of(duty: &Duty) -> Option<Cadence> {
    match duty.rule.timing {
        DutyTiming::Recurring { cadence, .. } => Some(cadence),
        DutyTiming::Once { .. } | DutyTiming::Occasion { .. } => None,
    }
}

/// Duties of packs in force that ask some of the same owners for the same kind of act.
fn already(ctx: &Ctx, world: &World, drafted: &Book, year: (NaiveDate, NaiveDate)) -> Vec<Asked> {
    let here = dues(ctx, world, &world.book, year);
    let mut out = Vec::new();
    for new in dues(ctx, world, drafted, year) {
        let id = new.line.id.to_string();
        for old in here.iter().filter(|o| o.line.pack != new.line.pack) {
            let acts = |d: &Duty| d.rule.what.acts.clone();
            // A task is a task only by its words, and those differ.
            let same = |a: &Slug| a.as_str() != "task" && acts(old.duty).contains(a);
            let both = new.owners.intersection(&old.owners).count();
            let recurring = (cadence_of(new.duty), cadence_of(old.duty));
            let (Some(mine), Some(theirs)) = recurring else {
                continue;
            };
            if both == 0 || !acts(new.duty).iter().any(same) {
                continue;
            }
            out.push(Asked {
                element: (id.clone(), new.duty.decl.title.clone()),
                pack: old.line.short.clone(),
                duty: old.duty.decl.title.clone(),
                place: (old.line.pack.clone(), old.duty.clauses.first().cloned()),
                timing: crate::pack::words::demand(&crate::pack::demand(world, &old.duty.rule)),
                how: if mine == theirs {
                    "同类履职，频次相同"
                } else {
                    "同类履职，频次不同"
                },
                owners: both,
            });
        }
    }
    out
}

/// Columns of drafted forms that a form in force asks for already.
fn columns(world: &World, pack: &Pack) -> Vec<Asked> {
    let mut out = Vec::new();
    let packs = world.book.packs().iter().filter(|(_, p)| p.id != pack.id);
    for (_, other) in packs {
        for theirs in &other.forms {
            let known: BTreeSet<&String> = theirs
                .columns
                .iter()
                .filter_map(|c| c.head.last())
                .collect();
            for mine in &pack.forms {
                let heads = mine.columns.iter().filter_map(|c| c.head.last());
                let same: Vec<&str> = heads
                    .filter(|h| known.contains(h) && !EVERYWHERE.contains(&h.as_str()))
                    .map(String::as_str)
                    .collect();
                if same.is_empty() {
                    continue;
                }
                out.push(Asked {
                    element: (mine.id.to_string(), mine.title.clone()),
                    pack: other.short.clone(),
                    duty: theirs.title.clone(),
                    place: (other.id.clone(), theirs.clauses.first().cloned()),
                    timing: same.join("、"),
                    how: "报表中已有同名的栏目",
                    owners: same.len(),
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
    let mut kinds: BTreeMap<String, Vec<BodyId>> = BTreeMap::new();
    for body in more.keys() {
        let kind = world
            .structure
            .body(*body)
            .map(|b| words::body_kind(b.kind));
        let level = world.structure.level(*body, ctx.today).map(words::level);
        let name = format!("{}{}", level.unwrap_or_default(), kind.unwrap_or_default());
        kinds.entry(name).or_default().push(*body);
    }
    let of = |counts: &HashMap<BodyId, usize>, bodies: &[BodyId]| {
        let all = bodies.iter().filter_map(|b| counts.get(b)).sum::<usize>();
        all.div_ceil(bodies.len().max(1))
    };
    let mut out: Vec<Burden> = kinds
        .into_iter()
        .map(|(kind, bodies)| Burden {
            now: of(&now, &bodies),
            more: of(&more, &bodies),
            most: bodies
                .iter()
                .filter_map(|b| more.get(b))
                .copied()
                .max()
                .unwrap_or(0),
            bodies: bodies.len(),
            kind,
        })
        .collect();
    out.sort_by(|a, b| b.more.cmp(&a.more).then_with(|| a.kind.cmp(&b.kind)));
    (out, more.values().sum())
}
