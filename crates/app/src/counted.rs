//! What acts count for: one act with its write, or all of a county where who owes has changed.
//!
//! **Invariant:** whoever changes bodies, relations, posts, packs, occasions or extensions counts
//! anew in the same transaction, so that no reader meets the one without the other.

use chrono::NaiveDate;
use domain::act::Act;
use domain::id::{ActId, BodyId};
use domain::weigh::Counted;
use store::{Read, Tx};

use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::facts::Rulings;
use crate::world::{NOW, World};

/// What acts count for as the county stands in this transaction. `world` was loaded before the
/// transaction began: where somebody changed the county in between, it is read anew, for whoever
/// changed it counted only the acts that stood then.
async fn rows_of(
    tx: &Tx,
    app: &App,
    world: &World,
    rulings: &Rulings,
    acts: &[Act],
) -> Result<Vec<Counted>> {
    let fresh;
    let world = if store::generation::generation(tx, world.home).await? == world.generation {
        world
    } else {
        fresh = app.world_in(tx).await?;
        &fresh
    };
    let rows = acts.iter().flat_map(|act| world.count(act, rulings));
    Ok(rows.collect())
}

/// Counts acts that are new in the caller's transaction.
pub async fn count_new(tx: &Tx, app: &App, world: &World, acts: &[Act]) -> Result<()> {
    let rulings = app.rulings_in(tx).await?;
    let rows = rows_of(tx, app, world, &rulings, acts).await?;
    Ok(store::counted::counted_insert(tx, &rows).await?)
}

/// Counts an act anew in the caller's transaction under the rulings given: closes what it counted
/// for, inserts what it counts for now.
pub async fn recount(
    tx: &Tx,
    app: &App,
    world: &World,
    rulings: &Rulings,
    act: &Act,
) -> Result<()> {
    let rows = rows_of(tx, app, world, rulings, std::slice::from_ref(act)).await?;
    store::counted::counted_close(tx, act.id).await?;
    Ok(store::counted::counted_insert(tx, &rows).await?)
}

/// The acts of a county counted from nothing; must equal what stands in `counted`.
pub async fn rebuild(
    r: &Read,
    world: &World,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Counted>> {
    let rulings = Rulings::new(store::ruling::rulings_of(r, world.home, NOW).await?);
    let mut out = Vec::new();
    let filter = store::act::ActFilter {
        from: Some(from),
        to: Some(to),
        ..store::act::ActFilter::default()
    };
    for act in store::act::acts_of(r, world.home, &filter).await? {
        out.extend(world.count(&act, &rulings));
    }
    out.sort();
    Ok(out)
}

/// Derived rows that are not what the facts say: somebody wrote past the program, for what they
/// are computed from is proven by the chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Astray {
    /// Rows that stand and should not.
    pub extra: Vec<Counted>,
    /// Rows that should stand and do not.
    pub missing: Vec<Counted>,
    /// Acts that lists find under others than those who did them.
    pub acts: Vec<ActId>,
}

/// Compares what is derived with its computation from nothing.
pub async fn astray(r: &Read, world: &World) -> Result<Astray> {
    let standing = store::counted::counted_all(r, world.home).await?;
    let computed = rebuild(r, world, NaiveDate::MIN, NaiveDate::MAX).await?;
    let parts = store::act_part::parts_standing(r, world.home).await?;
    let acts = store::act::acts_of(r, world.home, &store::act::ActFilter::default()).await?;
    let without = |rows: &[Counted], others: &[Counted]| -> Vec<Counted> {
        let lone = rows.iter().filter(|row| others.binary_search(row).is_err());
        lone.cloned().collect()
    };
    let strays = |act: &&Act| parts.get(&act.id).map_or(&[][..], Vec::as_slice) != act.parts;
    Ok(Astray {
        extra: without(&standing, &computed),
        missing: without(&computed, &standing),
        acts: acts.iter().filter(strays).map(|act| act.id).collect(),
    })
}

/// Counts all acts of the county anew in the caller's transaction, as the transaction has made the
/// county so far. Only differences are written; returns how many rows were ended and inserted.
pub async fn recount_all(tx: &Tx, app: &App) -> Result<(usize, usize)> {
    let world = app.world_in(tx).await?;
    // All of them: what is not counted anew would be taken for what no longer counts.
    let rows = rebuild(tx, &world, NaiveDate::MIN, NaiveDate::MAX).await?;
    Ok(store::counted::counted_replace_all(tx, world.home, &rows).await?)
}

/// Makes what stands in `counted` equal to its rebuild, for the command line.
pub async fn recount_home(ctx: &Ctx, home: BodyId) -> Result<()> {
    let meta = ctx.meta(home, "counted.rebuild", home.to_string());
    ctx.app
        .store
        .write(&meta, async |tx| {
            let (gone, new) = recount_all(tx, &ctx.app).await?;
            if gone + new > 0 {
                tx.note();
            }
            Ok::<_, Error>(())
        })
        .await
}
