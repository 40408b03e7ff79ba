//! What acts count for: one act with its write, those that a change of who owes touches with that
//! change, or all of a county beside what stands.
//!
//! **Invariant:** whoever changes bodies, relations, posts, packs, occasions or extensions counts
//! anew what it touches in the same transaction, so that no reader meets the one without the other.

mod anew;
mod beside;

use chrono::NaiveDate;
use domain::act::Act;
use domain::weigh::Counted;
use store::audit_verify::ActProof;
use store::{Read, Tx};

use self::anew::without;
use crate::ctx::App;
use crate::error::Result;
use crate::facts::Rulings;
use crate::world::{NOW, World, county_generation};

pub use anew::{Changed, as_found, recount_changed, recount_extended};
pub(crate) use beside::recount_words;
pub use beside::{Beside, Progress, recount_home};

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
    let world = if county_generation(tx, world.home).await? == world.generation {
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
    /// Acts that lists find under others than those who did them, now or as of an earlier day.
    pub acts: Vec<String>,
    /// Acts with a counted row that does not read.
    pub unread: Vec<String>,
    /// Rows about acts that there are not: table and act.
    pub strays: Vec<(&'static str, String)>,
    /// How many rows that count now were looked at.
    pub rows: u64,
    /// How many of all these are not named.
    pub more: u64,
}

/// So many rows astray are named; the rest are counted.
pub const ASTRAY_MAX: usize = 1_000;
/// So many acts are looked at at a time.
const STEP: u64 = 1_000;

impl Astray {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.named() as u64 + self.more
    }

    fn named(&self) -> usize {
        self.extra.len()
            + self.missing.len()
            + self.acts.len()
            + self.unread.len()
            + self.strays.len()
    }

    /// Takes an act's rows in: what stands against what it counts for.
    fn compare(&mut self, proof: ActProof, mut computed: Vec<Counted>) {
        self.rows += proof.counted.len() as u64;
        if self.named() >= ASTRAY_MAX {
            self.more += u64::from(proof.parts_differ || proof.unread);
            return;
        }
        let mut standing = proof.counted;
        standing.sort();
        computed.sort();
        self.extra.extend(without(&standing, &computed));
        self.missing.extend(without(&computed, &standing));
        if proof.parts_differ {
            self.acts.push(proof.id.clone());
        }
        if proof.unread {
            self.unread.push(proof.id);
        }
    }
}

/// Compares what is derived with its computation from nothing, step by step: neither all acts nor
/// all rows are ever held.
pub async fn astray(r: &Read, world: &World) -> Result<Astray> {
    let rulings = Rulings::new(store::ruling::rulings_of(r, world.home, NOW).await?);
    let mut out = Astray::default();
    let mut after: Option<String> = None;
    loop {
        let (proofs, next) =
            store::audit_verify::acts_proof_step(r, world.home, after.as_deref(), STEP).await?;
        for proof in proofs {
            // An act that does not read is named by its rows; nothing can be computed from it.
            let Some(act) = &proof.act else { continue };
            let computed = world.count(act, &rulings);
            out.compare(proof, computed);
        }
        match next {
            Some(last) => after = Some(last),
            None => break,
        }
    }
    out.strays = store::audit_verify::counted_strays(r, world.home).await?;
    Ok(out)
}
