//! Applying a pack from a day, with the office's choices where the text leaves something open.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use domain::duty::{Book, PackUse};
use domain::id::{BodyId, PackUseId, Slug};
use domain::pack::{Choices, Pack};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use super::form::used;
use crate::counted::{Beside, Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::world::World;

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

/// What a duty of a pack would bring until the end of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlannedDuty {
    /// The duty.
    #[schemars(title = "职责代码")]
    pub duty: Slug,
    /// Its title.
    #[schemars(title = "职责")]
    pub title: String,
    /// How many owe it.
    #[schemars(title = "责任主体数")]
    pub owners: usize,
    /// In how many periods.
    #[schemars(title = "期数")]
    pub periods: usize,
}

/// What an application would bring until the end of the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Planned {
    /// Its duties, in the order of the text.
    pub duties: Vec<PlannedDuty>,
    /// Obligations of all of them together.
    pub total: usize,
}

/// What an application would bring; nothing is written.
pub async fn plan(ctx: &Ctx, apply: &ApplyPlan) -> Result<Planned> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let pack = checked(ctx, &world, apply).await?;
    let book = trial(ctx, &world, apply, pack);
    // What is past is not owed anew: the look ahead begins where records do.
    let from = apply.from_on.max(apply.followed_from_on);
    let last = NaiveDate::from_ymd_opt(from.year(), 12, 31).unwrap_or(from);
    let mut duties = Vec::new();
    for line in book.lines() {
        let Some(duty) = line.newest().filter(|d| d.followed) else {
            continue;
        };
        let periods = book.periods(line, from, last);
        let owners = |p| book.owners(line, p, &world.structure, ctx.today).len();
        duties.push(PlannedDuty {
            duty: line.id.clone(),
            title: duty.decl.title.clone(),
            owners: periods.iter().copied().map(owners).max().unwrap_or(0),
            periods: periods.len(),
        });
    }
    let total = duties.iter().map(|d| d.owners * d.periods).sum();
    Ok(Planned { duties, total })
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

async fn checked(ctx: &Ctx, world: &World, apply: &ApplyPlan) -> Result<Arc<Pack>> {
    let pack = ctx.app.pack(&apply.id, apply.version).await?;
    let mut errors = FieldErrors::new();
    for problem in apply.choices.check(&pack, &used(world, &pack)) {
        let allowed = problem
            .allowed
            .map(|a| format!("（{a}）"))
            .unwrap_or_default();
        errors.add(&problem.field, format!("{}{allowed}", problem.message));
    }
    let lists = [
        ("list_add", &apply.choices.list_add),
        ("list_remove", &apply.choices.list_remove),
    ];
    for (name, lists) in lists {
        for (list, bodies) in lists {
            let sees = |b: &BodyId| ctx.may(&world.structure, Action::ViewBody, *b);
            let known = |b: &BodyId| world.structure.body(*b).is_some() && sees(b);
            if !bodies.iter().all(known) {
                let field = format!("{name}.{list}");
                errors.add(&field, "其中有没有找到的单位，请核对单位编号。");
            }
        }
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
pub async fn apply(ctx: &Ctx, plan: &ApplyPlan) -> Result<Saved<PackUseId>> {
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
            Ok(Saved::first(in_use.id))
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
