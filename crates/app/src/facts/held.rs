//! Counted acts and rulings of a county: read, held, and brought up to date.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use domain::id::BodyId;
use domain::ruling::Ruling;
use store::{Read, Tx};

use super::{Counts, Facts, HELD_DAYS, Rulings};
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::look::Wanted;
use crate::verb::{Memory, touching};
use crate::world::{NOW, World, read_lock, write_lock};

impl App {
    /// What standing is computed from: in memory for today, from the rows for an earlier day.
    pub async fn facts(&self, ctx: &Ctx, world: &World, from: NaiveDate) -> Result<Facts> {
        let home = world.home;
        let Some(day) = ctx.as_of else {
            let (counts, rulings) = self.held(home, from, ctx.today).await?;
            return Ok(Facts {
                counts,
                rulings,
                day: ctx.today,
            });
        };
        let (rows, rulings, seq) = self
            .store
            .read(async |r| {
                let seq = store::audit::seq_at_end_of(r, home, day).await?;
                let rulings = Rulings::new(store::ruling::rulings_of(r, home, seq).await?);
                let from = rulings.reaching(from);
                let rows =
                    store::counted::counted_between(r, home, from, NaiveDate::MAX, seq).await?;
                Ok::<_, Error>((rows, rulings, seq))
            })
            .await?;
        let mut counts = Counts::since(from);
        for row in rows {
            counts.add(row);
        }
        counts.seq = seq;
        counts.changed = seq;
        Ok(Facts {
            counts: Arc::new(counts),
            rulings: Arc::new(rulings),
            day,
        })
    }

    /// The rulings of a county as an operation looks at it.
    pub(crate) async fn rulings_seen(&self, ctx: &Ctx, home: BodyId) -> Result<Arc<Rulings>> {
        let Some(seq) = ctx.as_of_seq(home).await? else {
            return self.rulings(home).await;
        };
        let known = self
            .store
            .read(async |r| store::ruling::rulings_of(r, home, seq).await)
            .await?;
        Ok(Arc::new(Rulings::new(known)))
    }

    /// The rulings of a county now, from memory where no link since is about one. A county has
    /// thousands of them, and every page and every record asks.
    pub(crate) async fn rulings(&self, home: BodyId) -> Result<Arc<Rulings>> {
        let now = self.head(home).await?;
        if let Some((seq, rulings)) = self.rulings_held(home)
            && Wanted::exactly(now).is_met_by(seq)
        {
            return Ok(rulings);
        }
        let renewing = self.renewing(home);
        let (_turn, wanted) = renewing.turn(now).await;
        let held = self.rulings_held(home);
        if let Some((seq, rulings)) = &held
            && wanted.is_met_by(*seq)
        {
            return Ok(rulings.clone());
        }
        let (head, read) = self
            .store
            .read(async |r| {
                let head = store::generation::head_seq(r, home).await?;
                let read = rulings_after(r, home, held.as_ref(), head).await?;
                Ok::<_, Error>((head, read))
            })
            .await?;
        Ok(self.rulings_keep(home, held, head, read))
    }

    /// The rulings that a transaction met when it began, from memory where none came since.
    pub(crate) async fn rulings_in(&self, tx: &Tx) -> Result<Arc<Rulings>> {
        let home = tx.home();
        let held = self.rulings_held(home);
        let head = store::generation::head_seq(tx, home).await?;
        let read = rulings_after(tx, home, held.as_ref(), head).await?;
        Ok(match (held, read) {
            (Some((_, rulings)), None) => rulings,
            (_, read) => Arc::new(Rulings::new(read.unwrap_or_default())),
        })
    }

    fn rulings_held(&self, home: BodyId) -> Option<(i64, Arc<Rulings>)> {
        read_lock(&self.worlds).rulings.get(&home).cloned()
    }

    fn rulings_keep(
        &self,
        home: BodyId,
        held: Option<(i64, Arc<Rulings>)>,
        head: i64,
        read: Option<Vec<Ruling>>,
    ) -> Arc<Rulings> {
        let since = held.as_ref().map(|(seq, _)| *seq);
        let rulings = match (held, read) {
            (Some((_, rulings)), None) => rulings,
            (_, read) => Arc::new(Rulings::new(read.unwrap_or_default())),
        };
        if since != Some(head) {
            let mut worlds = write_lock(&self.worlds);
            worlds.rulings.insert(home, (head, rulings.clone()));
        }
        rulings
    }

    /// The counted acts of recent periods and the rulings, brought up to date in one look.
    async fn held(
        &self,
        home: BodyId,
        from: NaiveDate,
        today: NaiveDate,
    ) -> Result<(Arc<Counts>, Arc<Rulings>)> {
        let floor = today
            .checked_sub_days(Days::new(HELD_DAYS))
            .unwrap_or(NaiveDate::MIN);
        let since = from.min(floor);
        let now = self.head(home).await?;
        if let Some(facts) = self.facts_held(home, since, Wanted::exactly(now)) {
            return Ok(facts);
        }
        let renewing = self.renewing(home);
        let (_turn, wanted) = renewing.turn(now).await;
        if let Some(facts) = self.facts_held(home, since, wanted) {
            return Ok(facts);
        }
        self.facts_renewed(home, since).await
    }

    /// Both as held, where nothing was written since.
    fn facts_held(
        &self,
        home: BodyId,
        since: NaiveDate,
        wanted: Wanted,
    ) -> Option<(Arc<Counts>, Arc<Rulings>)> {
        let cache = read_lock(&self.worlds);
        let (seq, rulings) = cache.rulings.get(&home)?;
        let counts = cache.counts.get(&home)?;
        let same = *seq == counts.seq && wanted.is_met_by(*seq) && counts.from <= since;
        same.then(|| (counts.clone(), rulings.clone()))
    }

    async fn facts_renewed(
        &self,
        home: BodyId,
        wanted: NaiveDate,
    ) -> Result<(Arc<Counts>, Arc<Rulings>)> {
        let known = self.rulings_held(home);
        let held = read_lock(&self.worlds).counts.get(&home).cloned();
        let reaching = known.as_ref().map_or(wanted, |(_, r)| r.reaching(wanted));
        let wanted = reaching.min(wanted);
        let held = held.filter(|c| c.from <= wanted);
        let since = held.as_ref().map(|c| c.seq);
        let (changes, read, head) = self
            .store
            .read(async |r| {
                let head = store::generation::head_seq(r, home).await?;
                let read = rulings_after(r, home, known.as_ref(), head).await?;
                let changes = match since {
                    Some(seq) if seq == head => store::generation::CountedChanges::default(),
                    Some(seq) => store::generation::counted_since(r, home, seq).await?,
                    None => store::generation::CountedChanges {
                        added: store::counted::counted_between(
                            r,
                            home,
                            wanted,
                            NaiveDate::MAX,
                            head,
                        )
                        .await?,
                        closed: Vec::new(),
                    },
                };
                Ok::<_, Error>((changes, read, head))
            })
            .await?;
        let rulings = self.rulings_keep(home, known, head, read);
        if let Some(counts) = held.as_ref().filter(|c| c.seq == head) {
            return Ok((counts.clone(), rulings));
        }
        let mut counts = match held {
            // Pages read the old one meanwhile; the copy shares with it what does not change.
            Some(held) => (*held).clone(),
            None => Counts::since(wanted),
        };
        if since.is_none() || !changes.closed.is_empty() || !changes.added.is_empty() {
            counts.changed = head;
        }
        changes.closed.iter().for_each(|row| counts.remove(row));
        changes.added.into_iter().for_each(|row| counts.add(row));
        counts.seq = head;
        let counts = Arc::new(counts);
        write_lock(&self.worlds).counts.insert(home, counts.clone());
        Ok((counts, rulings))
    }
}

/// The rulings at a county's head, where those held are not the same.
async fn rulings_after(
    r: &Read,
    home: BodyId,
    held: Option<&(i64, Arc<Rulings>)>,
    head: i64,
) -> Result<Option<Vec<Ruling>>> {
    let same = match held {
        Some((seq, _)) if *seq == head => true,
        Some((seq, _)) if *seq < head => {
            let verbs = touching(Memory::Rulings);
            !store::generation::changed_since(r, home, verbs, *seq).await?
        }
        Some(_) | None => false,
    };
    if same {
        return Ok(None);
    }
    Ok(Some(store::ruling::rulings_of(r, home, NOW).await?))
}
