//! Counting anew beside what stands: in steps, each in a snapshot of its own, while others write;
//! what differs takes effect in one link at the end.
//!
//! **Invariant:** the writer is held for the differences and for the acts that were written in the
//! meantime, never for the county. Whoever looks as of a link sees all of it or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::{ActId, BodyId};
use domain::touched::Touched;
use domain::weigh::Counted;
use store::{Read, Tx};

use super::anew::{STEP, differ, differences};
use crate::code::Code;
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::facts::Rulings;
use crate::verb::{Memory, Verb, touching};
use crate::world::{NOW, World, county_generation};
use crate::write::Writing;

/// So often a rebuild begins anew because the county was changed meanwhile.
const TRIES_MAX: usize = 5;
/// By whom a county is counted anew when another one imports words that it uses.
const WORDS_BY: &str = "words";

/// How far counting is: acts done, and of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Acts that are counted.
    pub done: usize,
    /// Acts that will be.
    pub of: usize,
}

/// What was counted beside what stands, and differs from it.
#[derive(Debug)]
pub struct Beside {
    /// The county that it was counted by.
    world: Arc<World>,
    rulings: Rulings,
    /// The link at which counting began.
    seq: i64,
    gone: Vec<Counted>,
    new: Vec<Counted>,
    /// Acts that rows are about and that there are not.
    strays: BTreeSet<ActId>,
}

/// Which acts are counted.
#[derive(Debug, Clone, Copy)]
enum Which<'a> {
    Every,
    Touched(&'a World),
}

impl Beside {
    /// Counts beside what stands the acts that may count otherwise in `after` than in `before`,
    /// which is the county as it stands. `None` where it no longer stands so.
    pub async fn between(
        app: &App,
        before: &World,
        after: Arc<World>,
        said: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Self>> {
        let counting = Self::counted(app, before.generation, after, Which::Touched(before), said);
        // Boxed, so that a caller holds no more of it than an address.
        Box::pin(counting).await
    }

    /// Counts all acts of a county beside what stands. `None` where the county was changed since
    /// it was loaded.
    pub async fn of_county(
        app: &App,
        world: Arc<World>,
        said: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Self>> {
        Box::pin(Self::counted(
            app,
            world.generation,
            world,
            Which::Every,
            said,
        ))
        .await
    }

    async fn counted(
        app: &App,
        generation: i64,
        world: Arc<World>,
        which: Which<'_>,
        said: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Option<Self>> {
        let home = world.home;
        let begun = app
            .store
            .read(async |r| {
                if county_generation(r, home).await? != generation {
                    return Ok::<_, Error>(None);
                }
                let rulings = Rulings::new(store::ruling::rulings_of(r, home, NOW).await?);
                let seq = store::generation::head_seq(r, home).await?;
                let (ids, strays) = match which {
                    Which::Every => (
                        store::touched::act_ids(r, home).await?,
                        strays(r, home).await?,
                    ),
                    Which::Touched(before) => {
                        let touched: Touched = world.touched_since(before, &rulings);
                        let ids = store::touched::act_ids_touched(r, home, &touched).await?;
                        (ids, BTreeSet::new())
                    }
                };
                Ok(Some((rulings, seq, ids, strays)))
            })
            .await?;
        let Some((rulings, seq, ids, strays)) = begun else {
            return Ok(None);
        };
        let mut beside = Self {
            world,
            rulings,
            seq,
            gone: Vec::new(),
            new: Vec::new(),
            strays,
        };
        let ids: Vec<ActId> = ids.into_iter().collect();
        for (at, step) in ids.chunks(STEP).enumerate() {
            beside.step(app, step).await?;
            said(Progress {
                done: at * STEP + step.len(),
                of: ids.len(),
            });
        }
        Ok(Some(beside))
    }

    async fn step(&mut self, app: &App, ids: &[ActId]) -> Result<()> {
        let (acts, standing) = app
            .store
            .read(async |r| {
                let acts = store::act::acts_by_ids(r, ids, NOW).await?;
                let standing = store::counted::counted_of_acts(r, ids).await?;
                Ok::<_, Error>((acts, standing))
            })
            .await?;
        let (gone, new) = differ(&self.world, &self.rulings, &acts, &standing);
        self.gone.extend(gone);
        self.new.extend(new);
        Ok(())
    }

    /// Lets what differs take effect with the caller's link. Acts that were written since counting
    /// began are counted here. `None`, and nothing is written, where the county, a ruling or all
    /// counts were changed meanwhile.
    pub async fn swap(&self, tx: &Tx) -> Result<Option<(usize, usize)>> {
        let home = self.world.home;
        let mut overtaking = vec![Verb::CountedRebuild.code()];
        overtaking.extend(touching(Memory::County));
        overtaking.extend(touching(Memory::Rulings));
        if store::generation::changed_since(tx, home, &overtaking, self.seq).await? {
            return Ok(None);
        }
        let since = store::touched::act_ids_since(tx, home, self.seq).await?;
        let earlier = |rows: &[Counted]| -> Vec<Counted> {
            let rows = rows.iter().filter(|row| !since.contains(&row.act));
            rows.cloned().collect()
        };
        let (mut gone, mut new) = (earlier(&self.gone), earlier(&self.new));
        let since: Vec<ActId> = since.into_iter().collect();
        for step in since.chunks(STEP) {
            let (ended, begun) = differences(tx, &self.world, &self.rulings, step).await?;
            gone.extend(ended);
            new.extend(begun);
        }
        for act in &self.strays {
            store::counted::counted_close(tx, *act).await?;
        }
        store::counted::counted_swap(tx, &gone, &new).await?;
        Ok(Some((gone.len() + self.strays.len(), new.len())))
    }
}

/// Acts that there are not and that rows which stand are about.
async fn strays(r: &Read, home: BodyId) -> Result<BTreeSet<ActId>> {
    let named = store::audit_verify::counted_strays(r, home).await?;
    let acts: Vec<ActId> = named
        .iter()
        .filter_map(|(_, act)| act.parse().ok())
        .collect();
    let standing = store::counted::counted_of_acts(r, &acts).await?;
    Ok(standing.into_iter().map(|row| row.act).collect())
}

/// Makes what stands in `counted` equal to its computation from nothing, beside what stands.
/// Returns how many rows were ended and inserted.
pub async fn recount_home(
    ctx: &Ctx,
    home: BodyId,
    said: &mut (dyn FnMut(Progress) + Send),
) -> Result<(usize, usize)> {
    let writing = || ctx.writing(Verb::CountedRebuild, home, home.to_string());
    Box::pin(rebuilt(&ctx.app, home, &writing, false, said)).await
}

/// Counts a county anew whose packs use words of which a new version was imported elsewhere. Its
/// own chain says so, whatever it comes to: whoever holds the county in memory loads it anew.
pub(crate) async fn recount_words(ctx: &Ctx, home: BodyId, words: String) -> Result<()> {
    let writing = || {
        let writing = ctx.writing(Verb::PackImport, home, words.clone());
        writing.by_program(WORDS_BY)
    };
    Box::pin(rebuilt(&ctx.app, home, &writing, true, &mut |_| ())).await?;
    Ok(())
}

async fn rebuilt<'a>(
    app: &App,
    home: BodyId,
    writing: &(dyn Fn() -> Writing<'a> + Sync),
    noted: bool,
    said: &mut (dyn FnMut(Progress) + Send),
) -> Result<(usize, usize)> {
    for _ in 0..TRIES_MAX {
        // Not from memory: words that came with another county's link are no change of this one.
        let read = app.store.read(async |r| app.world_at(r, home).await);
        let world = Arc::new(read.await?);
        let Some(beside) = Beside::of_county(app, world, said).await? else {
            continue;
        };
        let swapped = writing().run(async |tx| {
            let swapped = beside.swap(tx).await?;
            if noted && swapped.is_some() {
                tx.note();
            }
            Ok(swapped)
        });
        if let Some(rows) = swapped.await? {
            return Ok(rows);
        }
    }
    Err(Error::refused(
        Code::CountedOvertaken,
        "重新计算期间单位、制度或申请一直有变动，这次没有更正。请稍后再执行一次。",
    ))
}
