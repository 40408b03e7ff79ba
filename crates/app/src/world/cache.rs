//! What is held in memory of the counties.
//!
//! **Invariant:** it may be dropped at any time: whatever stands here is read anew from the rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use domain::id::{BodyId, Slug};
use domain::pack::Pack;

use super::World;
use crate::act::Returns;
use crate::facts::{Counts, Rulings};

/// Loaded counties, their counts and rulings, and packs by id and version.
#[derive(Debug, Default)]
pub struct WorldCache {
    /// With the link up to which nothing changed them.
    pub(super) worlds: HashMap<BodyId, (i64, Arc<World>)>,
    pub(crate) counts: HashMap<BodyId, Arc<Counts>>,
    /// With the link up to which none came and none was decided.
    pub(crate) rulings: HashMap<BodyId, (i64, Arc<Rulings>)>,
    /// Returns of the last months, by county.
    pub(crate) returns: HashMap<BodyId, Arc<Returns>>,
    /// What is owed in the years last asked for.
    pub(crate) owed: HashMap<BodyId, Vec<crate::duty::Held>>,
    pub(super) packs: HashMap<(Slug, u32), Arc<Pack>>,
    /// The newest versions that the packs were read with: other words make them read anew.
    pub(super) newest: BTreeMap<Slug, u32>,
    /// The last county looked back at, where other occasions were open then.
    pub(super) past: HashMap<BodyId, Arc<World>>,
}

pub(crate) fn read_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
