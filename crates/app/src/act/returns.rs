//! Returns of the last months, held in memory: every desk looks through all of its county's.
//!
//! **Invariant:** a cache that follows the chain's number: acts that a link since names are read
//! anew, and all of them where there are too many links.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use domain::act::Act;
use domain::id::{BodyId, Slug};
use store::Read;

use super::returned::Returns;
use crate::ctx::{App, Ctx};
use crate::error::Result;
use crate::look::Wanted;
use crate::world::{NOW, World, read_lock, write_lock};

/// A return that nobody judged for so many days is no longer looked for.
const WAITING_DAYS: u64 = 200;

/// Returns of the last months, as an operation looks at them.
pub(crate) async fn recent_returns(ctx: &Ctx, world: &World) -> Result<Arc<Vec<Act>>> {
    let kinds = world.act_kinds();
    let judged = kinds.iter().filter(|kind| kind.judged);
    let kinds: Vec<Slug> = judged.map(|kind| kind.id.clone()).collect();
    if kinds.is_empty() {
        return Ok(Arc::default());
    }
    let day = ctx.day();
    let from = day.checked_sub_days(Days::new(WAITING_DAYS)).unwrap_or(day);
    if let Some(seq) = ctx.as_of_seq(world.home).await? {
        let read = ctx
            .app
            .store
            .read(async |r| all(r, world.home, &kinds, from, Some(seq)).await);
        return Ok(Arc::new(read.await?));
    }
    ctx.app.returns(world.home, &kinds, from).await
}

async fn all(
    r: &Read,
    home: BodyId,
    kinds: &[Slug],
    from: NaiveDate,
    as_of: Option<i64>,
) -> Result<Vec<Act>> {
    let filter = store::act::ActFilter {
        kinds: kinds.to_vec(),
        from: Some(from),
        as_of,
        ..store::act::ActFilter::default()
    };
    Ok(store::act::acts_of(r, home, &filter).await?)
}

impl App {
    /// The returns of a county now, from memory where no link since names one.
    async fn returns(
        &self,
        home: BodyId,
        kinds: &[Slug],
        from: NaiveDate,
    ) -> Result<Arc<Vec<Act>>> {
        let now = self.head(home).await?;
        if let Some(held) = self.returns_held(home, kinds, from, Some(Wanted::exactly(now))) {
            return Ok(Arc::clone(&held.acts));
        }
        let renewing = self.renewing(home);
        let (_turn, wanted) = renewing.turn(now).await;
        if let Some(held) = self.returns_held(home, kinds, from, Some(wanted)) {
            return Ok(Arc::clone(&held.acts));
        }
        let held = self.returns_held(home, kinds, from, None);
        let renewed = self
            .store
            .read(async |r| renewed(r, home, kinds, from, held.as_deref()).await)
            .await?;
        let acts = Arc::clone(&renewed.acts);
        write_lock(&self.worlds)
            .returns
            .insert(home, Arc::new(renewed));
        Ok(acts)
    }

    fn returns_held(
        &self,
        home: BodyId,
        kinds: &[Slug],
        from: NaiveDate,
        wanted: Option<Wanted>,
    ) -> Option<Arc<Returns>> {
        let cache = read_lock(&self.worlds);
        let held = cache.returns.get(&home)?;
        let same =
            held.serves(kinds, from) && wanted.is_none_or(|wanted| wanted.is_met_by(held.seq));
        same.then(|| Arc::clone(held))
    }
}

async fn renewed(
    r: &Read,
    home: BodyId,
    kinds: &[Slug],
    from: NaiveDate,
    held: Option<&Returns>,
) -> Result<Returns> {
    let seq = store::generation::head_seq(r, home).await?;
    if let Some(held) = held.filter(|held| held.seq <= seq)
        && let Some(changed) = store::generation::acts_changed_since(r, home, held.seq).await?
    {
        let changed = store::act::acts_by_ids(r, &changed, NOW).await?;
        return Ok(held.with(seq, changed));
    }
    Ok(Returns {
        seq,
        kinds: kinds.to_vec(),
        from,
        acts: Arc::new(all(r, home, kinds, from, None).await?),
    })
}
