//! Applying a pack from a day, with the office's choices where the text leaves something open.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use domain::duty::{Book, PackUse};
use domain::id::{BodyId, PackUseId, Slug};
use domain::pack::{Choices, Pack};
use domain::policy::Action;

use crate::counted::{Beside, Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::duty::ClauseRef;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::world::World;

/// A text that may be chosen.
#[derive(Debug, Clone)]
pub struct OptionForm {
    /// Id.
    pub id: String,
    /// What it says.
    pub title: String,
    /// Its places.
    pub clauses: Vec<ClauseRef>,
    /// It is in force now, or the first one.
    pub chosen: bool,
}

/// A question to answer when a pack is applied.
#[derive(Debug, Clone)]
pub struct ChoiceForm {
    /// Name in the form: `option.<duty>` or `answer.<choice>`.
    pub name: String,
    /// The question, or the duty whose texts contradict each other.
    pub title: String,
    /// Its places.
    pub clauses: Vec<ClauseRef>,
    /// Answers.
    pub options: Vec<OptionForm>,
}

/// A list that the office may change: who is added to what the text says, and who is taken off.
#[derive(Debug, Clone)]
pub struct ListForm {
    /// Id.
    pub id: Slug,
    /// Title.
    pub title: String,
    /// Names of the bodies added now, one a line.
    pub added: String,
    /// Names of the bodies taken off now, one a line.
    pub removed: String,
}

/// The form for applying a pack.
#[derive(Debug, Clone)]
pub struct ApplyForm {
    /// Pack.
    pub id: Slug,
    /// Version.
    pub version: u32,
    /// Title.
    pub title: String,
    /// First day proposed: the notice's, or today for a later version.
    pub from_on: NaiveDate,
    /// First day of records proposed: today where the notice is older, so that nobody is late for
    /// what was never asked here.
    pub followed_from_on: NaiveDate,
    /// The version in force now, if any.
    pub in_force: Option<u32>,
    /// Texts that contradict each other.
    pub options: Vec<ChoiceForm>,
    /// Questions that the text leaves open.
    pub answers: Vec<ChoiceForm>,
    /// Thresholds to set: id, title, unit, value now.
    pub thresholds: Vec<(String, String, String, Option<f64>)>,
    /// Lists of the pack and of the words it uses.
    pub lists: Vec<ListForm>,
    /// Duties: id, title, and whether the office does not follow it now.
    pub duties: Vec<(Slug, String, bool)>,
    /// Days of entry after the due day.
    pub lock_after_days: Option<u32>,
    /// Days to answer a return that was sent back.
    pub answer_days: Option<u32>,
}

/// The form for applying a version of a pack.
pub async fn apply_form(ctx: &Ctx, id: &Slug, version: u32) -> Result<ApplyForm> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let pack = ctx.app.pack(id, version).await?;
    let open = world
        .book
        .packs()
        .iter()
        .rev()
        .find(|(u, _)| u.pack == *id && u.to_on.is_none());
    let choices = open.map(|(u, _)| u.choices.clone()).unwrap_or_default();
    let options = pack.duties.iter().filter(|d| !d.options.is_empty());
    let from_on = match open {
        Some(_) => ctx.today,
        None => pack.effect.from.unwrap_or(ctx.today),
    };
    let mut lists = lists(ctx, &world, &pack, &choices);
    if open.is_none() {
        propose_named(ctx, &mut lists).await?;
    }
    Ok(ApplyForm {
        followed_from_on: from_on.max(ctx.today),
        lists,
        id: id.clone(),
        version,
        title: pack.title.clone(),
        from_on,
        in_force: open.map(|(u, _)| u.version),
        options: options.map(|d| option_form(&pack, d, &choices)).collect(),
        answers: pack
            .choices
            .iter()
            .map(|c| answer_form(&pack, c, &choices))
            .collect(),
        thresholds: pack
            .thresholds
            .iter()
            .map(|t| {
                let now = choices.thresholds.get(&t.id).copied();
                (t.id.to_string(), t.title.clone(), t.unit.clone(), now)
            })
            .collect(),
        duties: pack
            .duties
            .iter()
            .filter(|d| d.followed)
            .map(|d| {
                let unfollowed = choices.unfollowed.contains(&d.id);
                (d.id.clone(), d.title.clone(), unfollowed)
            })
            .collect(),
        lock_after_days: choices.lock_after_days,
        answer_days: choices.answer_days,
    })
}

/// A list that is named as one body of the county is proposed to hold it.
async fn propose_named(ctx: &Ctx, lists: &mut [ListForm]) -> Result<()> {
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let county = world.structure.name(home, ctx.today);
    for list in lists.iter_mut().filter(|l| l.added.is_empty()) {
        // 县应急局 stands for 泽安县应急局.
        let rest = list.title.strip_prefix(['县', '市', '区']);
        let whole = rest.map(|rest| format!("{county}{rest}"));
        let names: Vec<String> = [list.title.clone()].into_iter().chain(whole).collect();
        let found = crate::body::by_names(ctx, &names.join("\n")).await?;
        let known = names.into_iter().zip(found).find(|(_, f)| f.is_ok());
        if let Some((name, _)) = known {
            list.added = name;
        }
    }
    Ok(())
}

fn lists(ctx: &Ctx, world: &World, pack: &Pack, choices: &Choices) -> Vec<ListForm> {
    let names = |all: &BTreeMap<Slug, Vec<BodyId>>, list: &Slug| {
        let bodies = all.get(list).map_or(&[][..], Vec::as_slice);
        let names = bodies.iter().map(|b| world.structure.name(*b, ctx.today));
        names.collect::<Vec<_>>().join("\n")
    };
    let lent = used(world, pack).into_iter().flat_map(|p| &p.lists);
    let all = pack.lists.iter().chain(lent).map(|l| ListForm {
        id: l.id.clone(),
        title: l.title.clone(),
        added: names(&choices.list_add, &l.id),
        removed: names(&choices.list_remove, &l.id),
    });
    all.collect()
}

/// The packs whose words a pack uses.
fn used<'a>(world: &'a World, pack: &Pack) -> Vec<&'a Pack> {
    let found = pack.uses.iter().filter_map(|id| world.vocabulary.get(id));
    found.map(AsRef::as_ref).collect()
}

fn places(pack: &Pack, clauses: &[String]) -> Vec<ClauseRef> {
    clauses
        .iter()
        .map(|id| {
            let clause = pack.clause(id);
            let number = clause.map_or(id.as_str(), |c| c.number.as_str());
            ClauseRef {
                pack: pack.id.clone(),
                notice: pack.short.clone(),
                clause: id.clone(),
                number: number.to_owned(),
                summary: clause.map(|c| c.summary.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

fn option_form(pack: &Pack, duty: &domain::pack::DutyDecl, choices: &Choices) -> ChoiceForm {
    let chosen = choices
        .options
        .get(&duty.id)
        .or_else(|| duty.options.first().map(|o| &o.id));
    let options = duty
        .options
        .iter()
        .map(|o| OptionForm {
            id: o.id.to_string(),
            title: o.title.clone(),
            clauses: places(pack, &o.clauses),
            chosen: Some(&o.id) == chosen,
        })
        .collect();
    ChoiceForm {
        name: format!("option.{}", duty.id),
        title: duty.title.clone(),
        clauses: places(pack, &duty.clauses),
        options,
    }
}

fn answer_form(pack: &Pack, choice: &domain::pack::ChoiceDecl, choices: &Choices) -> ChoiceForm {
    let chosen = choices.answers.get(&choice.id).unwrap_or(&choice.default);
    let options = choice
        .answers
        .iter()
        .map(|(id, title)| OptionForm {
            id: id.to_string(),
            title: title.clone(),
            clauses: Vec::new(),
            chosen: id == chosen,
        })
        .collect();
    ChoiceForm {
        name: format!("answer.{}", choice.id),
        title: choice.title.clone(),
        clauses: places(pack, &choice.clauses),
        options,
    }
}

/// An application to make.
#[derive(Debug, Clone)]
pub struct ApplyPlan {
    /// Pack.
    pub id: Slug,
    /// Version.
    pub version: u32,
    /// First day of force here.
    pub from_on: NaiveDate,
    /// Periods that end before it are before records.
    pub followed_from_on: NaiveDate,
    /// Choices, with the reason.
    pub choices: Choices,
}

/// What an application would bring, a line a duty: title, clause places, how many owe, how often.
pub async fn plan(ctx: &Ctx, apply: &ApplyPlan) -> Result<Vec<(String, usize, usize)>> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let pack = checked(ctx, &world, apply).await?;
    let book = trial(ctx, &world, apply, pack);
    // What is past is not owed anew: the look ahead begins where records do.
    let from = apply.from_on.max(apply.followed_from_on);
    let last = NaiveDate::from_ymd_opt(from.year(), 12, 31).unwrap_or(from);
    let mut out = Vec::new();
    for line in book.lines() {
        let Some(duty) = line.newest().filter(|d| d.followed) else {
            continue;
        };
        let periods = book.periods(line, from, last);
        let owners = periods
            .iter()
            .map(|p| book.owners(line, *p, &world.structure, ctx.today).len())
            .max()
            .unwrap_or(0);
        out.push((duty.decl.title.clone(), owners, periods.len()));
    }
    Ok(out)
}

/// The duties that a pack would bring, applied alone.
pub(crate) fn trial(ctx: &Ctx, world: &World, apply: &ApplyPlan, pack: Arc<Pack>) -> Book {
    let in_use = Arc::new(PackUse {
        id: PackUseId::new(uuid::Uuid::nil()),
        home: world.home,
        pack: apply.id.clone(),
        version: apply.version,
        from_on: apply.from_on,
        to_on: None,
        followed_from_on: apply.followed_from_on,
        choices: apply.choices.clone(),
    });
    let occasions = world.book.occasions().to_vec();
    Book::new(
        vec![(in_use, pack)],
        &world.vocabulary,
        ctx.app.calendar.clone(),
        occasions,
    )
}

/// The name in the form of a field of the choices: `option.<duty>` for `options.<duty>`.
fn form_name(field: &str) -> String {
    for (choices, form) in [("options.", "option."), ("answers.", "answer.")] {
        if let Some(id) = field.strip_prefix(choices) {
            return format!("{form}{id}");
        }
    }
    field.to_owned()
}

async fn checked(ctx: &Ctx, world: &World, apply: &ApplyPlan) -> Result<Arc<Pack>> {
    let pack = ctx.app.pack(&apply.id, apply.version).await?;
    let mut errors = FieldErrors::new();
    for problem in apply.choices.check(&pack, &used(world, &pack)) {
        let allowed = problem
            .allowed
            .map(|a| format!("（{a}）"))
            .unwrap_or_default();
        errors.add(
            &form_name(&problem.field),
            format!("{}{allowed}", problem.message),
        );
    }
    if errors.of("reason").is_empty()
        && apply.choices.reason.trim().is_empty()
        && !pack.choices.is_empty()
    {
        errors.add("reason", "请写明作出这些选择的理由，它会显示在每项职责旁。");
    }
    if let Some(from) = pack.effect.from.filter(|from| apply.from_on < *from) {
        errors.add(
            "from_on",
            format!(
                "施行日期不能早于制度的生效日期{}。",
                domain::calendar::words::chinese_date(from)
            ),
        );
    }
    let open = world
        .book
        .packs()
        .iter()
        .filter(|(u, _)| u.pack == apply.id);
    if let Some((last, _)) = open.max_by_key(|(u, _)| u.from_on)
        && apply.from_on <= last.from_on
    {
        errors.add(
            "from_on",
            format!(
                "现行版本自{}施行，新的一版应从更晚的日期起。",
                domain::calendar::words::chinese_date(last.from_on)
            ),
        );
    }
    errors.into_result()?;
    Ok(pack)
}

/// Applies a pack; what was recorded before is counted for its duties too.
pub async fn apply(ctx: &Ctx, plan: &ApplyPlan) -> Result<PackUseId> {
    if let Some(first) = ctx.begin(Verb::PackApply).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    let pack = checked(ctx, &world, plan).await?;
    let open = world
        .book
        .packs()
        .iter()
        .find(|(u, _)| u.pack == plan.id && u.to_on.is_none())
        .map(|(u, _)| u.id);
    let in_use = PackUse {
        id: PackUseId::new(ctx.ids.next(ctx.now)),
        home,
        pack: plan.id.clone(),
        version: plan.version,
        from_on: plan.from_on,
        to_on: None,
        followed_from_on: plan.followed_from_on,
        choices: plan.choices.clone(),
    };
    let applied = Arc::new(applied(ctx, &world, &in_use, pack));
    let beside = Beside::between(&ctx.app, &world, applied, &mut |_| ()).await?;
    ctx.write(
        Verb::PackApply,
        format!("{}@{}", plan.id, plan.version),
        async |tx| {
            // Asked in the transaction that writes, so that a double click applies it once.
            let now = store::pack::pack_use_open(tx, home, &plan.id).await?;
            if now.map(|row| row.pack_use.id) != open {
                return Err(Error::refused(
                    crate::Code::PackAppliedMeanwhile,
                    "这个制度刚刚已经施行。请刷新页面，查看现行的版本。",
                ));
            }
            let before = as_found(tx, &ctx.app, &world).await?;
            if let Some(old) = open {
                store::pack::pack_use_close(tx, old, plan.from_on).await?;
            }
            store::pack::pack_use_insert(tx, &in_use, &plan.choices.reason).await?;
            let swapped = match &beside {
                Some(beside) => beside.swap(tx).await?,
                None => None,
            };
            if swapped.is_none() {
                // The county was changed while its acts were counted.
                recount_changed(tx, &ctx.app, &before, Changed::Packs).await?;
            }
            Ok(in_use.id)
        },
    )
    .await
}

/// The county as it will be with a pack in force, whose earlier version ends then.
fn applied(ctx: &Ctx, world: &World, new: &PackUse, pack: Arc<Pack>) -> World {
    let ended = |held: &Arc<PackUse>| match held.to_on {
        None if held.pack == new.pack => Arc::new(PackUse {
            to_on: Some(new.from_on),
            ..PackUse::clone(held)
        }),
        None | Some(_) => held.clone(),
    };
    let held = world.book.packs().iter();
    let mut packs: Vec<_> = held.map(|(u, pack)| (ended(u), pack.clone())).collect();
    packs.push((Arc::new(new.clone()), pack));
    let occasions = world.book.occasions().to_vec();
    world.with_book(Book::new(
        packs,
        &world.vocabulary,
        ctx.app.calendar.clone(),
        occasions,
    ))
}

/// Choices as a map of form names, for the command line.
pub fn choices_named(names: &BTreeMap<String, String>, reason: &str) -> Choices {
    let mut choices = Choices {
        reason: reason.to_owned(),
        ..Choices::default()
    };
    for (name, value) in names {
        let Ok(value) = value.parse::<Slug>() else {
            continue;
        };
        if let Some(duty) = name.strip_prefix("option.").and_then(|d| d.parse().ok()) {
            choices.options.insert(duty, value);
        } else if let Some(choice) = name.strip_prefix("answer.").and_then(|c| c.parse().ok()) {
            choices.answers.insert(choice, value);
        }
    }
    choices
}
