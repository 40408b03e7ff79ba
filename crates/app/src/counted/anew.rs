//! Counting anew with the change that calls for it: only the acts that it touches are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::act::Act;
use domain::id::{ActId, BodyId};
use domain::ruling::Ruling;
use domain::touched::{Touched, by_book, by_extension, by_structure};
use domain::weigh::Counted;
use store::{Read, Tx};

use crate::ctx::App;
use crate::error::Result;
use crate::facts::Rulings;
use crate::world::{NOW, World, county_generation};

/// So many acts are read and counted at a time.
pub(super) const STEP: usize = 1_000;

/// What a verb has changed; it is read anew in the verb's transaction.
#[derive(Debug, Clone, Copy)]
pub enum Changed<'a> {
    /// These bodies, a relation of theirs, or their posts.
    Bodies(&'a [BodyId]),
    /// Posts of these bodies.
    Posts(&'a [BodyId]),
    /// Occasions.
    Occasions,
    /// Packs in force.
    Packs,
}

/// The county as a transaction finds it, asked before it writes: `world` where nobody changed the
/// county since that was loaded.
pub async fn as_found(tx: &Tx, app: &App, world: &Arc<World>) -> Result<Arc<World>> {
    if county_generation(tx, world.home).await? == world.generation {
        return Ok(world.clone());
    }
    Ok(Arc::new(app.world_in(tx).await?))
}

/// Counts the acts anew that a change touches, in the transaction that made it. `before` is the
/// county as the transaction found it. Only differences are written; returns how many rows were
/// ended and inserted.
pub async fn recount_changed(
    tx: &Tx,
    app: &App,
    before: &World,
    changed: Changed<'_>,
) -> Result<(usize, usize)> {
    let after = match changed {
        Changed::Bodies(ids) => bodies_changed(tx, before, ids).await?,
        Changed::Posts(ids) => posts_changed(tx, before, ids).await?,
        Changed::Occasions => {
            let known = store::occasion::occasions_of(tx, before.home, NOW).await?;
            before.with_book(before.book.with_occasions(known))
        }
        Changed::Packs => app.world_in(tx).await?,
    };
    let rulings = app.rulings_in(tx).await?;
    let touched = after.touched_since(before, &rulings);
    recount_touched(tx, &after, &rulings, &touched).await
}

/// The same for an extension that the transaction approved.
pub async fn recount_extended(tx: &Tx, app: &App, world: &World, ruling: &Ruling) -> Result<()> {
    let fresh;
    let world = if county_generation(tx, world.home).await? == world.generation {
        world
    } else {
        fresh = app.world_in(tx).await?;
        &fresh
    };
    let rulings = Rulings::new(store::ruling::rulings_of(tx, world.home, NOW).await?);
    let touched = world.touched_by_extension(ruling);
    recount_touched(tx, world, &rulings, &touched).await?;
    Ok(())
}

async fn bodies_changed(tx: &Tx, before: &World, ids: &[BodyId]) -> Result<World> {
    let bodies = store::body::bodies_by_ids(tx, ids).await?;
    let mut links = BTreeMap::new();
    for link in store::body::links_of_bodies(tx, ids).await? {
        links.insert((link.kind, link.a, link.b, link.from_on), link);
    }
    let posts = store::post::posts_of_bodies(tx, ids).await?;
    let links = links.into_values().collect();
    Ok(before.with_structure(before.structure.with(ids, bodies, links, posts)))
}

async fn posts_changed(tx: &Tx, before: &World, ids: &[BodyId]) -> Result<World> {
    let held = &before.structure;
    let bodies = held.bodies().iter().filter(|b| ids.contains(&b.id));
    let links = held.links().iter();
    let links = links.filter(|l| ids.contains(&l.a) || ids.contains(&l.b));
    let posts = store::post::posts_of_bodies(tx, ids).await?;
    let structure = held.with(
        ids,
        bodies.cloned().collect(),
        links.cloned().collect(),
        posts,
    );
    Ok(before.with_structure(structure))
}

async fn recount_touched(
    tx: &Tx,
    world: &World,
    rulings: &Rulings,
    touched: &Touched,
) -> Result<(usize, usize)> {
    let ids = store::touched::act_ids_touched(tx, world.home, touched).await?;
    let ids: Vec<ActId> = ids.into_iter().collect();
    let (mut gone, mut new) = (0, 0);
    for step in ids.chunks(STEP) {
        let (ended, begun) = differences(tx, world, rulings, step).await?;
        store::counted::counted_swap(tx, &ended, &begun).await?;
        (gone, new) = (gone + ended.len(), new + begun.len());
    }
    Ok((gone, new))
}

/// What stands of some acts and should not, and what should stand of them and does not.
pub(super) async fn differences(
    r: &Read,
    world: &World,
    rulings: &Rulings,
    ids: &[ActId],
) -> Result<(Vec<Counted>, Vec<Counted>)> {
    let acts: Vec<Act> = store::act::acts_by_ids(r, ids, NOW).await?;
    let standing = store::counted::counted_of_acts(r, ids).await?;
    Ok(differ(world, rulings, &acts, &standing))
}

pub(super) fn differ(
    world: &World,
    rulings: &Rulings,
    acts: &[Act],
    standing: &[Counted],
) -> (Vec<Counted>, Vec<Counted>) {
    let mut computed: Vec<Counted> = acts.iter().flat_map(|a| world.count(a, rulings)).collect();
    computed.sort();
    let mut gone = without(standing, &computed);
    gone.dedup();
    let mut new = without(&computed, standing);
    // One that stands twice is ended whole, and begins once.
    let twice = gone.iter().filter(|r| computed.binary_search(r).is_ok());
    new.extend(twice.cloned());
    (gone, new)
}

impl World {
    /// The acts that may count otherwise than they did in the county as it was.
    pub(super) fn touched_since(&self, before: &Self, rulings: &Rulings) -> Touched {
        let mut touched = Touched::nothing();
        if !Arc::ptr_eq(&before.book, &self.book) {
            touched.join(by_book(&before.book, &self.book, rulings));
        }
        // The book first, then the bodies as that book asks for them.
        if !Arc::ptr_eq(&before.structure, &self.structure) {
            let (old, new) = (&before.structure, &self.structure);
            touched.join(by_structure(&self.book, old, new, rulings));
        }
        touched
    }

    /// The acts that may count otherwise by an extension, whatever was approved before it.
    fn touched_by_extension(&self, ruling: &Ruling) -> Touched {
        by_extension(&self.book, &ruling.key)
    }
}

/// What stands in one sorted list and not in another one, as often as it does: a row that stands
/// twice counts for days on which it did not.
pub(super) fn without(rows: &[Counted], others: &[Counted]) -> Vec<Counted> {
    let mut others = others.iter().peekable();
    let mut lone = Vec::new();
    for row in rows {
        while others.peek().is_some_and(|other| *other < row) {
            others.next();
        }
        if others.peek() == Some(&row) {
            others.next();
        } else {
            lone.push(row.clone());
        }
    }
    lone
}
