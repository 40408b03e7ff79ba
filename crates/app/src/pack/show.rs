//! 制度: packs as a list, and one pack as its clause tree beside its duties and their standing.

use chrono::NaiveDate;
use domain::calendar::words::{chinese_date, cut_off_name, span_name};
use domain::id::Slug;
use domain::pack::{DutyTiming, Pack, PackFile, PackKind};
use domain::policy::Action;
use domain::standing::State;

use crate::ctx::Ctx;
use crate::duty::anchor;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::world::World;

/// A pack in the list.
#[derive(Debug, Clone)]
pub struct PackLine {
    /// Id.
    pub id: Slug,
    /// Short name.
    pub short: String,
    /// Title.
    pub title: String,
    /// 发文字号, or 未知.
    pub number: String,
    /// Versions that were imported, newest first.
    pub versions: Vec<u32>,
    /// In force: version and since when; empty where it is not applied.
    pub in_force: String,
    /// Words only.
    pub vocabulary: bool,
    /// Followed duties, with those overdue now.
    pub duties: usize,
    /// Overdue obligations now.
    pub overdue: usize,
}

/// All packs that were imported.
pub async fn list(ctx: &Ctx) -> Result<Vec<PackLine>> {
    ctx.allow_at_home(Action::ViewPack)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let rows = ctx
        .app
        .store
        .read(async |r| store::pack::packs_list(r).await)
        .await?;
    let facts = year_facts(ctx, &world).await?;
    let mut out: Vec<PackLine> = Vec::new();
    for row in &rows {
        if let Some(known) = out.iter_mut().find(|l| l.id == row.id) {
            known.versions.insert(0, row.version);
            continue;
        }
        let pack = ctx.app.pack(&row.id, row.version).await?;
        out.push(line(ctx, &world, &facts, &pack));
    }
    out.sort_by(|a, b| (a.vocabulary, &a.id).cmp(&(b.vocabulary, &b.id)));
    Ok(out)
}

fn line(ctx: &Ctx, world: &World, facts: &Facts, pack: &Pack) -> PackLine {
    let open = world.book.packs().iter().rev().find(|(u, _)| {
        u.pack == pack.id && u.from_on <= ctx.day() && u.to_on.is_none_or(|to| ctx.day() < to)
    });
    let tally = tally(world, facts, &pack.id, None);
    PackLine {
        id: pack.id.clone(),
        short: pack.short.clone(),
        title: pack.title.clone(),
        number: pack.number.clone().unwrap_or_else(|| "字号未知".to_owned()),
        versions: vec![pack.version],
        in_force: open.map_or_else(String::new, |(u, _)| {
            format!("第{}版，自{}施行", u.version, chinese_date(u.from_on))
        }),
        vocabulary: pack.kind == PackKind::Vocabulary,
        duties: pack.duties.iter().filter(|d| d.followed).count(),
        overdue: tally.overdue,
    }
}

async fn year_facts(ctx: &Ctx, world: &World) -> Result<Facts> {
    let day = ctx.day();
    let first = NaiveDate::from_ymd_opt(chrono::Datelike::year(&day), 1, 1).unwrap_or(day);
    ctx.app.facts(ctx, world, first).await
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    owed: usize,
    done: usize,
    open: usize,
    overdue: usize,
}

/// Obligations of a pack, or of one duty, that opened this year up to the day looked at.
fn tally(world: &World, facts: &Facts, pack: &Slug, duty: Option<&Slug>) -> Tally {
    let day = facts.day;
    let first = NaiveDate::from_ymd_opt(chrono::Datelike::year(&day), 1, 1).unwrap_or(day);
    let mut out = Tally::default();
    for (at, line) in world.book.lines().iter().enumerate() {
        let wanted = line.pack == *pack && duty.is_none_or(|d| line.id == *d);
        if !wanted || !line.versions.iter().any(|d| d.followed) {
            continue;
        }
        for period in world.book.periods(line, first, day) {
            for owner in world.owners(at, period, day).iter() {
                let Some(ob) = world.obligation(at, *owner, period) else {
                    continue;
                };
                match world.standing(line, &ob, facts).state {
                    State::Met | State::MetLate | State::Waived => out.done += 1,
                    State::Open => out.open += 1,
                    State::Overdue => out.overdue += 1,
                    State::NotYetOpen | State::BeforeRecords => continue,
                }
                out.owed += 1;
            }
        }
    }
    out
}

/// An element as shown beside its clause.
#[derive(Debug, Clone)]
pub struct ElementSeen {
    /// 职责, 任务, 常态职责, 阶段, 时限, 表, 规则…
    pub kind: &'static str,
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// When, in words: 每月不少于1次，22日前.
    pub timing: String,
    /// Clauses by number.
    pub clauses: Vec<String>,
    /// Grid of the duty, where standing is kept.
    pub path: String,
    /// Obligations of this year: owed, done, open, overdue.
    pub standing: Option<(usize, usize, usize, usize)>,
    /// A note: 办公室已选…, 不计履职状态, 两处规定不一致.
    pub note: String,
}

/// A clause with what stands beside it.
#[derive(Debug, Clone)]
pub struct ClauseNode {
    /// Anchor on the page.
    pub anchor: String,
    /// Number as printed.
    pub number: String,
    /// Depth in the tree, from 0.
    pub depth: usize,
    /// Title.
    pub title: String,
    /// Our own one-line summary.
    pub summary: String,
    /// Elements that cite it.
    pub elements: Vec<ElementSeen>,
}

/// A version as shown.
#[derive(Debug, Clone)]
pub struct PackVersionSeen {
    /// Version.
    pub version: u32,
    /// It is the one shown.
    pub shown: bool,
}

/// The page of a pack.
#[derive(Debug, Clone)]
pub struct PackPage {
    /// Id.
    pub id: Slug,
    /// Version shown.
    pub version: u32,
    /// Title.
    pub title: String,
    /// Facts of the notice: title and value.
    pub facts: Vec<(&'static str, String)>,
    /// Versions.
    pub versions: Vec<PackVersionSeen>,
    /// Clauses in the order of the text.
    pub clauses: Vec<ClauseNode>,
    /// Elements that cite no clause (words of vocabulary packs).
    pub loose: Vec<ElementSeen>,
    /// Responsibilities: group, title, elements.
    pub responsibilities: Vec<(String, String, Vec<String>)>,
    /// Open questions with the office's answers: question, answer, reason.
    pub choices: Vec<(String, String)>,
    /// Why the office chose so.
    pub reason: String,
    /// Counts of elements by kind.
    pub counts: Vec<(&'static str, usize)>,
    /// Where it is in force: since when.
    pub in_force: String,
    /// May be applied by the one who looks.
    pub may_apply: bool,
}

/// The page of a pack: the version in force, or the newest, unless one is named.
pub async fn show(ctx: &Ctx, id: &Slug, version: Option<u32>) -> Result<PackPage> {
    ctx.allow_at_home(Action::ViewPack)?;
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let rows = ctx
        .app
        .store
        .read(async |r| store::pack::packs_list(r).await)
        .await?;
    let mut all: Vec<u32> = rows
        .iter()
        .filter(|p| p.id == *id)
        .map(|p| p.version)
        .collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let day = ctx.day();
    let open = world
        .book
        .packs()
        .iter()
        .rev()
        .find(|(u, _)| u.pack == *id && u.from_on <= day && u.to_on.is_none_or(|to| day < to));
    let newest = *all.first().ok_or(Error::NotFound("这个制度"))?;
    let shown = version.or(open.map(|(u, _)| u.version)).unwrap_or(newest);
    let pack = ctx.app.pack(id, shown).await?;
    let facts = year_facts(ctx, &world).await?;
    let elements = elements(&world, &facts, &pack, open.is_some());
    let clauses = pack
        .clauses
        .iter()
        .map(|c| node(&pack, c, &elements))
        .collect();
    let choices = open.map(|(u, _)| u.choices.clone()).unwrap_or_default();
    Ok(PackPage {
        id: id.clone(),
        version: shown,
        title: pack.title.clone(),
        facts: notice_facts(&pack),
        versions: all
            .iter()
            .map(|v| PackVersionSeen {
                version: *v,
                shown: *v == shown,
            })
            .collect(),
        clauses,
        loose: elements
            .iter()
            .filter(|e| e.clauses.is_empty())
            .cloned()
            .collect(),
        responsibilities: responsibilities(&pack),
        choices: answers(&pack, &choices),
        reason: choices.reason.clone(),
        counts: counts(&pack),
        in_force: open.map_or_else(String::new, |(u, _)| {
            format!("第{}版自{}起在本县施行", u.version, chinese_date(u.from_on))
        }),
        may_apply: ctx.as_of.is_none()
            && who.may(&world.structure, Action::ApplyPack, who.home, ctx.today),
    })
}

fn notice_facts(pack: &Pack) -> Vec<(&'static str, String)> {
    let unknown = || "未知".to_owned();
    let effect = match (pack.effect.from, pack.effect.to) {
        (Some(from), Some(to)) => format!("{}至{}", chinese_date(from), chinese_date(to)),
        (Some(from), None) => format!("{}起", chinese_date(from)),
        (None, _) => String::new(),
    };
    [
        ("发文机关", pack.issuer.clone().unwrap_or_else(unknown)),
        ("发文字号", pack.number.clone().unwrap_or_else(unknown)),
        (
            "印发日期",
            pack.issued_on.map_or_else(unknown, chinese_date),
        ),
        ("有效期", effect),
    ]
    .into_iter()
    .filter(|(_, v)| !v.is_empty())
    .collect()
}

fn node(pack: &Pack, clause: &domain::pack::Clause, elements: &[ElementSeen]) -> ClauseNode {
    let number = if clause.number.is_empty() {
        "引言"
    } else {
        clause.number.as_str()
    };
    let parts: Vec<&str> = clause.number.split('/').collect();
    let cited = elements.iter().filter(|e| {
        e.clauses
            .iter()
            .any(|c| pack.clause(c).is_some_and(|known| known.id == clause.id))
    });
    ClauseNode {
        anchor: anchor(&clause.id),
        number: number.to_owned(),
        depth: parts.len().saturating_sub(1),
        title: clause.title.clone(),
        summary: clause.summary.clone(),
        elements: cited.cloned().collect(),
    }
}

fn duties_seen(world: &World, facts: &Facts, pack: &Pack, in_force: bool) -> Vec<ElementSeen> {
    let mut out = Vec::new();
    for duty in &pack.duties {
        let mut clauses = duty.clauses.clone();
        clauses.extend(duty.options.iter().flat_map(|o| o.clauses.clone()));
        let t = (in_force && duty.followed).then(|| tally(world, facts, &pack.id, Some(&duty.id)));
        let note = if !duty.followed {
            "不计履职状态，检查时查看"
        } else if duty.options.is_empty() {
            ""
        } else {
            "两处规定不一致，由办公室选定"
        };
        let path = if in_force && duty.followed {
            format!("/duties?duty={}/{}", pack.id, duty.id)
        } else {
            String::new()
        };
        out.push(ElementSeen {
            kind: if duty.task { "任务" } else { "职责" },
            id: duty.id.to_string(),
            title: duty.title.clone(),
            timing: timing(world, &duty.rule),
            clauses,
            path,
            standing: t.map(|t| (t.owed, t.done, t.open, t.overdue)),
            note: note.to_owned(),
        });
    }
    out
}

/// An element without standing of its own.
fn plain(
    kind: &'static str,
    id: &Slug,
    title: &str,
    timing: String,
    clauses: &[String],
) -> ElementSeen {
    ElementSeen {
        kind,
        id: id.to_string(),
        title: title.to_owned(),
        timing,
        clauses: clauses.to_vec(),
        path: String::new(),
        standing: None,
        note: String::new(),
    }
}

fn elements(world: &World, facts: &Facts, pack: &Pack, in_force: bool) -> Vec<ElementSeen> {
    let mut out = duties_seen(world, facts, pack, in_force);
    for e in &pack.standing {
        let timing = if e.office_may_time {
            "常态，办公室可定周期"
        } else {
            "常态"
        };
        out.push(plain(
            "常态职责",
            &e.id,
            &e.title,
            timing.to_owned(),
            &e.clauses,
        ));
    }
    for e in &pack.phases {
        let from = e.from.map_or_else(|| "即日起".to_owned(), chinese_date);
        let to =
            e.to.map_or_else(String::new, |to| format!("至{}", chinese_date(to)));
        out.push(plain(
            "阶段",
            &e.id,
            &e.title,
            format!("{from}{to}"),
            &e.clauses,
        ));
    }
    for e in &pack.limits {
        let timing = format!("{}后{}", e.after, span_name(e.within));
        out.push(plain("时限", &e.id, &e.title, timing, &e.clauses));
    }
    for e in &pack.forms {
        let timing = format!("{}栏", e.columns.len());
        out.push(plain("表", &e.id, &e.title, timing, &e.clauses));
    }
    for e in &pack.rules {
        out.push(plain("规则", &e.id, &e.title, e.when.clone(), &e.clauses));
    }
    for e in &pack.occasions {
        out.push(plain("节点", &e.id, &e.title, String::new(), &e.clauses));
    }
    for e in &pack.targets {
        let value = e.value.map_or_else(String::new, |v| format!("{v}"));
        let against = e.against.clone().unwrap_or_default();
        out.push(plain(
            "目标",
            &e.id,
            &e.title,
            format!("{value}{against}"),
            &e.clauses,
        ));
    }
    for e in &pack.committees {
        out.push(plain(
            "专委会",
            &e.id,
            &e.title,
            e.leads.join("、"),
            &e.clauses,
        ));
    }
    for e in &pack.acts {
        out.push(plain("记录种类", &e.id, &e.title, e.unit.clone(), &[]));
    }
    out
}

/// When a duty is owed, in words.
/// How often or until when, and how many, in words.
fn timing(world: &World, rule: &domain::pack::DutyRule) -> String {
    let unit = rule
        .what
        .acts
        .first()
        .and_then(|k| world.act_kind(k.as_str()))
        .map_or("次", |k| k.unit.as_str());
    let count = format!("不少于{}{unit}", rule.at_least);
    match &rule.timing {
        DutyTiming::Recurring { cadence, due, .. } => {
            let every = domain::calendar::words::cadence_name(*cadence);
            let name = |d| cut_off_name(d, cadence.every(), cadence.n());
            let due = due.map_or_else(String::new, |d| format!("，{}", name(d)));
            format!("{every}{count}{due}")
        }
        DutyTiming::Once { due, .. } => format!("{}前{count}", chinese_date(*due)),
        DutyTiming::Occasion { .. } => format!("每个重要节点{count}"),
    }
}

fn responsibilities(pack: &Pack) -> Vec<(String, String, Vec<String>)> {
    pack.responsibilities
        .iter()
        .map(|r| {
            let title = |id: &Slug| {
                pack.duties
                    .iter()
                    .find(|d| d.id == *id)
                    .map(|d| d.title.clone())
                    .or_else(|| {
                        pack.standing
                            .iter()
                            .find(|s| s.id == *id)
                            .map(|s| s.title.clone())
                    })
                    .or_else(|| {
                        pack.forms
                            .iter()
                            .find(|f| f.id == *id)
                            .map(|f| f.title.clone())
                    })
                    .unwrap_or_else(|| id.to_string())
            };
            (
                r.group.clone(),
                r.title.clone(),
                r.elements.iter().map(title).collect(),
            )
        })
        .collect()
}

fn answers(pack: &Pack, choices: &domain::pack::Choices) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for duty in pack.duties.iter().filter(|d| !d.options.is_empty()) {
        let chosen = choices.options.get(&duty.id);
        let first = duty.options.first().map(|o| &o.id);
        if let Some(o) = duty
            .options
            .iter()
            .find(|o| chosen.or(first) == Some(&o.id))
        {
            out.push((duty.title.clone(), o.title.clone()));
        }
    }
    for choice in &pack.choices {
        let chosen = choices.answers.get(&choice.id).unwrap_or(&choice.default);
        if let Some((_, title)) = choice.answers.iter().find(|(id, _)| id == chosen) {
            out.push((choice.title.clone(), title.clone()));
        }
    }
    out
}

fn counts(pack: &Pack) -> Vec<(&'static str, usize)> {
    [
        ("条款", pack.clauses.len()),
        ("职责", pack.duties.iter().filter(|d| !d.task).count()),
        ("任务", pack.duties.iter().filter(|d| d.task).count()),
        ("常态职责", pack.standing.len()),
        ("阶段", pack.phases.len()),
        ("时限", pack.limits.len()),
        ("表", pack.forms.len()),
        ("规则", pack.rules.len()),
        ("领域", pack.sectors.len()),
    ]
    .into_iter()
    .filter(|(_, n)| *n > 0)
    .collect()
}

/// The files of a version as they were imported: the same bytes.
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
            path: f.path,
            text: f.text,
        })
        .collect())
}

/// 负担: how many meetings, visits and reports all notices together ask of each body in a year:
/// name, count by act kind.
pub async fn burden(ctx: &Ctx) -> Result<Vec<(String, usize)>> {
    ctx.allow_at_home(Action::ViewPack)?;
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let day = ctx.day();
    let year = chrono::Datelike::year(&day);
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(day);
    let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(day);
    let mut out: Vec<(String, usize)> = Vec::new();
    for (at, line) in world.book.lines().iter().enumerate() {
        for period in world.book.periods(line, first, last) {
            let Some(ob) = line.newest().filter(|d| d.followed) else {
                continue;
            };
            let need = usize::try_from(ob.rule.at_least).unwrap_or(usize::MAX);
            for owner in world.owners(at, period, day).iter() {
                let Some(body) = world.structure.body_of(*owner) else {
                    continue;
                };
                let name = world.structure.name(body, day).to_owned();
                match out.iter_mut().find(|(n, _)| *n == name) {
                    Some((_, n)) => *n += need,
                    None => out.push((name, need)),
                }
            }
        }
    }
    Ok(out)
}
