//! 制度: packs as a list, and what all that are in force ask of each body together.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use domain::duty::PackUse;
use domain::id::{BodyId, Slug};
use domain::listing::PageSize;
use domain::pack::{Pack, PackKind};
use domain::policy::Action;
use domain::standing::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::error::Result;
use crate::facts::Facts;
use crate::listed::{Listed, PageAsked};
use crate::named::Named;
use crate::world::World;

/// Which packs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListPacks {
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// Whose burden.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListBurden {
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// The version of a pack that is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InForce {
    /// Which version.
    #[schemars(title = "版本")]
    pub version: u32,
    /// Since when.
    #[schemars(title = "施行日期")]
    pub from_on: NaiveDate,
}

/// A pack in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PackLine {
    /// Id.
    pub id: Slug,
    /// Short name.
    #[schemars(title = "简称")]
    pub short: String,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// A notice with duties, or words only.
    #[schemars(title = "类别")]
    pub kind: PackKind,
    /// The number of the document, where it is known.
    #[schemars(title = "发文字号")]
    pub number: Option<String>,
    /// Versions that were imported, newest first.
    #[schemars(title = "版本")]
    pub versions: Vec<u32>,
    /// The version in force; none where it is not applied.
    #[schemars(title = "施行")]
    pub in_force: Option<InForce>,
    /// Followed duties.
    #[schemars(title = "职责项数")]
    pub duties: usize,
    /// Obligations of this year that are overdue now.
    #[schemars(title = "逾期项数")]
    pub overdue: usize,
}

/// Parts of a key of the list: words behind notices, id.
const KEY_PARTS: usize = 2;

/// The packs that were imported, notices before words.
pub async fn list(ctx: &Ctx, asked: ListPacks) -> Result<Listed<PackLine>> {
    ctx.allow_at_home(Action::ViewPack)?;
    let order = ("pack.list", "kind", KEY_PARTS);
    let turn = PageAsked::read(order, asked.page.as_deref(), asked.size)?;
    let world = ctx.app.world(ctx.who()?.home).await?;
    let rows = ctx
        .app
        .store
        .read(async |r| store::pack::packs_list(r).await)
        .await?;
    let mut versions: BTreeMap<&Slug, Vec<u32>> = BTreeMap::new();
    for row in rows.iter().rev() {
        // By pack and version, so that the newest comes first.
        versions.entry(&row.id).or_default().push(row.version);
    }
    let mut packs: Vec<(Arc<Pack>, Vec<u32>)> = Vec::new();
    for (id, versions) in versions {
        if let Some(newest) = versions.first() {
            packs.push((ctx.app.pack(id, *newest).await?, versions));
        }
    }
    let key = |pack: &Pack| vec![rank(pack.kind).to_owned(), pack.id.to_string()];
    packs.sort_by_cached_key(|(pack, _)| key(pack));
    let found = turn.cut(packs, |(pack, _)| key(pack));
    let facts = year_facts(ctx, &world).await?;
    Ok(found.map(|(pack, versions)| line(ctx, &world, &facts, &pack, versions)))
}

/// Where a kind of pack stands in the list.
const fn rank(kind: PackKind) -> &'static str {
    match kind {
        PackKind::Notice => "0",
        PackKind::Vocabulary => "1",
    }
}

fn line(ctx: &Ctx, world: &World, facts: &Facts, pack: &Pack, versions: Vec<u32>) -> PackLine {
    PackLine {
        id: pack.id.clone(),
        short: pack.short.clone(),
        title: pack.title.clone(),
        kind: pack.kind,
        number: pack.number.clone(),
        versions,
        in_force: in_force(world, &pack.id, ctx.day()),
        duties: pack.duties.iter().filter(|d| d.followed).count(),
        overdue: tally(world, facts, &pack.id, None).overdue,
    }
}

/// The application of a pack that holds on a day.
pub(super) fn open<'a>(world: &'a World, pack: &Slug, day: NaiveDate) -> Option<&'a PackUse> {
    let holds =
        |u: &PackUse| u.pack == *pack && u.from_on <= day && u.to_on.is_none_or(|to| day < to);
    let mut uses = world.book.packs().iter().rev().map(|(u, _)| u.as_ref());
    uses.find(|u| holds(u))
}

pub(super) fn in_force(world: &World, pack: &Slug, day: NaiveDate) -> Option<InForce> {
    open(world, pack, day).map(|u| InForce {
        version: u.version,
        from_on: u.from_on,
    })
}

/// What is known of the year of the day looked at.
pub(super) async fn year_facts(ctx: &Ctx, world: &World) -> Result<Facts> {
    let (first, _) = year_of(ctx.day());
    ctx.app.facts(ctx, world, first).await
}

/// The first and the last day of a day's year.
fn year_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let on = |month, n| NaiveDate::from_ymd_opt(day.year(), month, n).unwrap_or(day);
    (on(1, 1), on(12, 31))
}

/// Obligations of a pack, or of one duty, that opened this year up to the day looked at.
pub(super) fn tally(world: &World, facts: &Facts, pack: &Slug, duty: Option<&Slug>) -> Tally {
    let day = facts.day;
    let (first, _) = year_of(day);
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

/// Obligations of this year that opened by the day looked at, and where they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackTally")]
pub struct Tally {
    /// All of them.
    #[schemars(title = "本年应办")]
    pub owed: usize,
    /// Met, met late or waived.
    #[schemars(title = "已完成")]
    pub done: usize,
    /// Open.
    #[schemars(title = "进行中")]
    pub open: usize,
    /// Overdue.
    #[schemars(title = "逾期")]
    pub overdue: usize,
}

/// How much all notices in force ask of a body in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackBurden")]
pub struct Burden {
    /// The body.
    #[schemars(title = "单位")]
    pub body: Named<BodyId>,
    /// How many meetings, visits, reports and so on are asked of it and its posts.
    #[schemars(title = "一年应办次数")]
    pub asked: u64,
}

/// Parts of a key of the burden: how far below the most that can be, body.
const BURDEN_PARTS: usize = 2;

/// What all notices in force together ask of each body in periods of this year, the most burdened
/// first; of bodies whose standing the person may see.
pub async fn burden(ctx: &Ctx, asked: ListBurden) -> Result<Listed<Burden>> {
    ctx.allow_at_home(Action::ViewPack)?;
    let order = ("pack.burden", "most", BURDEN_PARTS);
    let turn = PageAsked::read(order, asked.page.as_deref(), asked.size)?;
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    let day = ctx.day();
    let (first, last) = year_of(day);
    let mut of_bodies: BTreeMap<BodyId, u64> = BTreeMap::new();
    for (at, line) in world.book.lines().iter().enumerate() {
        let Some(duty) = line.newest().filter(|d| d.followed) else {
            continue;
        };
        for period in world.book.periods(line, first, last) {
            for owner in world.owners(at, period, day).iter() {
                if let Some(body) = world.structure.body_of(*owner) {
                    *of_bodies.entry(body).or_default() += u64::from(duty.rule.at_least);
                }
            }
        }
    }
    let sees = |body: &BodyId| ctx.may(&world.structure, Action::ViewStanding, *body);
    let mut all: Vec<(BodyId, u64)> = of_bodies.into_iter().filter(|(b, _)| sees(b)).collect();
    let key = |(body, n): &(BodyId, u64)| vec![format!("{:020}", u64::MAX - n), body.to_string()];
    all.sort_by_cached_key(key);
    let found = turn.cut(all, key);
    Ok(found.map(|(body, asked)| Burden {
        body: Named::new(body, world.structure.name(body, day)),
        asked,
    }))
}
