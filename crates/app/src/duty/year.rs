//! What a county owes in a year, from memory where nothing is other than it was.

use std::sync::Arc;

use super::owed::{Held, Year};
use crate::ctx::App;
use crate::facts::Facts;
use crate::world::{World, read_lock, write_lock};

/// Years held for a county: the running one and one that is looked back at.
const YEARS_HELD: usize = 2;

impl App {
    /// What a county owes in a year, from memory where nothing is other than it was; days that lie
    /// back are judged anew each time.
    pub(crate) fn owed(
        &self,
        world: &Arc<World>,
        facts: &Facts,
        year: i32,
        is_as_of: bool,
    ) -> Option<Arc<Year>> {
        let same = |held: &&Held| {
            (held.year, held.day, held.counted) == (year, facts.day, facts.counts.changed)
                && Arc::ptr_eq(&held.world, world)
                && Arc::ptr_eq(&held.rulings, &facts.rulings)
        };
        if !is_as_of {
            let cache = read_lock(&self.worlds);
            let mut held = cache.owed.get(&world.home).into_iter().flatten();
            if let Some(found) = held.find(same) {
                return Some(found.owed.clone());
            }
        }
        let owed = Arc::new(Year::judged(world, facts, year)?);
        if !is_as_of {
            let mut cache = write_lock(&self.worlds);
            let held = cache.owed.entry(world.home).or_default();
            held.retain(|h| h.year != year);
            held.truncate(YEARS_HELD - 1);
            let new = Held {
                year,
                day: facts.day,
                counted: facts.counts.changed,
                world: world.clone(),
                rulings: facts.rulings.clone(),
                owed: owed.clone(),
            };
            held.insert(0, new);
        }
        Some(owed)
    }
}
