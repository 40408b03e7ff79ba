//! Returns of the last months, as they are held in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::Act;
use domain::id::Slug;

/// Returns that can be judged, oldest day first; withdrawn ones are left out.
#[derive(Debug)]
pub(crate) struct Returns {
    /// The link up to which they are complete.
    pub(super) seq: i64,
    pub(super) kinds: Vec<Slug>,
    pub(super) from: NaiveDate,
    pub(super) acts: Arc<Vec<Act>>,
}

impl Returns {
    pub(super) fn serves(&self, kinds: &[Slug], from: NaiveDate) -> bool {
        self.kinds == kinds && self.from == from
    }

    fn takes(&self, act: &Act) -> bool {
        !act.withdrawn && self.kinds.contains(&act.kind) && act.occurred_on >= self.from
    }

    /// The same with these acts as they stand now.
    pub(super) fn with(&self, seq: i64, changed: Vec<Act>) -> Self {
        let mut acts = Arc::clone(&self.acts);
        if !changed.is_empty() {
            let mut all = (*acts).clone();
            all.retain(|held| changed.iter().all(|act| act.id != held.id));
            all.extend(changed.into_iter().filter(|act| self.takes(act)));
            all.sort_by_key(|act| (act.occurred_on, act.id));
            acts = Arc::new(all);
        }
        Self {
            seq,
            kinds: self.kinds.clone(),
            from: self.from,
            acts,
        }
    }
}
