//! What standing is computed from: counted acts and rulings, held in memory by obligation.
//!
//! **Invariant:** both are caches that follow the chain's number: counts are brought up to date by
//! the rows that came since, rulings are read anew when a link since then is about one.

mod held;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use domain::calendar::Period;
use domain::duty::{Book, DutyLine, Key, Obligation};
use domain::extension::Extensions;
use domain::id::{ActId, Owner, Slug};
use domain::pack::DutyTiming;
use domain::ruling::Ruling;
use domain::share::{Claim, share, sharing};
use domain::standing::{CountedOn, Ruled, Standing, Terms, judge};
use domain::weigh::{Bearing, Bearings, Counted};

/// Days before today whose counted acts are held in memory; older ones are read when asked for.
pub const HELD_DAYS: u64 = 800;

/// What belongs to those who owe one duty in one period.
type OfOwners<T> = HashMap<Owner, Vec<T>>;

/// Things by obligation: by duty and period first, so that a grid looks a duty's month up once and
/// not once for each of hundreds who owe it. A copy shares what is not changed in it.
#[derive(Debug, Clone)]
struct ByObligation<T> {
    rows: HashMap<(Slug, Slug, Period), Arc<OfOwners<T>>>,
}

impl<T> Default for ByObligation<T> {
    fn default() -> Self {
        Self {
            rows: HashMap::new(),
        }
    }
}

impl<T: Clone> ByObligation<T> {
    fn of(&self, key: &Key) -> &[T] {
        let found = self.in_period(&key.pack, &key.duty, key.period);
        found
            .and_then(|owners| owners.get(&key.owner))
            .map_or(&[], Vec::as_slice)
    }

    fn in_period(&self, pack: &Slug, duty: &Slug, period: Period) -> Option<&OfOwners<T>> {
        let found = self.rows.get(&(pack.clone(), duty.clone(), period));
        found.map(Arc::as_ref)
    }

    fn entry(&mut self, key: Key) -> &mut Vec<T> {
        let owners = self
            .rows
            .entry((key.pack, key.duty, key.period))
            .or_default();
        Arc::make_mut(owners).entry(key.owner).or_default()
    }
}

/// An act that can count, and how.
type Hit = (ActId, CountedOn);

fn hit_of(row: &Counted) -> CountedOn {
    CountedOn {
        on: row.on,
        provisional: row.provisional,
    }
}

/// Counted acts by obligation, as of a link of the chain.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// The link up to which they are complete.
    pub seq: i64,
    /// The last link that changed a row held here.
    pub changed: i64,
    /// First day of the oldest period held.
    pub from: NaiveDate,
    rows: ByObligation<Hit>,
}

impl Counts {
    fn since(from: NaiveDate) -> Self {
        Self {
            from,
            ..Self::default()
        }
    }

    /// The acts that can count for an obligation; [`Facts::counting`] says which do.
    fn of(&self, key: &Key) -> &[Hit] {
        self.rows.of(key)
    }

    fn add(&mut self, row: Counted) {
        let hit = (row.act, hit_of(&row));
        let rows = self.rows.entry(row.key);
        if !rows.contains(&hit) {
            rows.push(hit);
        }
    }

    fn remove(&mut self, row: &Counted) {
        self.rows.entry(row.key.clone()).retain(|(act, c)| {
            *act != row.act || c.on != row.on || c.provisional != row.provisional
        });
    }
}

/// The extended periods of one owner's duty.
type Extended = BTreeMap<Period, Extensions>;

/// Rulings by obligation.
#[derive(Debug, Default)]
pub struct Rulings {
    rows: ByObligation<Ruling>,
    /// Whose periods of a duty were extended: few, and asked for with every act and standing.
    extended: HashMap<(Slug, Slug), HashMap<Owner, Extended>>,
}

impl Rulings {
    /// Sorts rulings by their obligation.
    pub fn new(all: Vec<Ruling>) -> Self {
        let mut rows: ByObligation<Ruling> = ByObligation::default();
        for r in all {
            rows.entry(r.key.clone()).push(r);
        }
        let mut extended: HashMap<(Slug, Slug), HashMap<Owner, Extended>> = HashMap::new();
        for ((pack, duty, period), owners) in &rows.rows {
            for (owner, rulings) in owners.iter() {
                let extensions = Extensions::of(rulings);
                if !extensions.is_empty() {
                    let of_duty = extended.entry((pack.clone(), duty.clone())).or_default();
                    let of_owner = of_duty.entry(*owner).or_default();
                    of_owner.insert(*period, extensions);
                }
            }
        }
        Self { rows, extended }
    }

    /// The rulings on an obligation, oldest first.
    pub fn of(&self, key: &Key) -> &[Ruling] {
        self.rows.of(key)
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Ruling> {
        let owners = self.rows.rows.values().flat_map(|owners| owners.values());
        owners.flatten()
    }

    /// Whether a correction of this obligation was approved for an act.
    pub fn corrects(&self, key: &Key, act: ActId) -> bool {
        self.of(key).iter().any(|r| r.corrects(act))
    }

    fn extended_of(&self, line: &DutyLine) -> Option<&HashMap<Owner, Extended>> {
        self.extended.get(&(line.pack.clone(), line.id.clone()))
    }

    /// The first day of what shares acts with periods from a day on: an extension keeps an earlier
    /// period open into them.
    fn reaching(&self, from: NaiveDate) -> NaiveDate {
        let owners = self.extended.values().flat_map(HashMap::values);
        let mut spans: Vec<(NaiveDate, NaiveDate)> = owners
            .flatten()
            .filter_map(|(period, e)| Some((e.last_on()?, period.first_day())))
            .collect();
        // The latest end first: each may reach back to where the one before it ends.
        spans.sort_unstable_by(|a, b| b.cmp(a));
        let ends = spans.into_iter();
        ends.fold(
            from,
            |from, (to, first)| if to >= from { from.min(first) } else { from },
        )
    }
}

impl Bearings for Rulings {
    fn bearing(&self, line: &DutyLine, owner: Owner, period: Period, act: ActId) -> Bearing {
        let key = Key {
            pack: line.pack.clone(),
            duty: line.id.clone(),
            owner,
            period,
        };
        let extended = self.extended_of(line).and_then(|o| o.get(&owner));
        Bearing {
            corrected: self.corrects(&key, act),
            extensions: extended
                .and_then(|e| e.get(&period))
                .cloned()
                .unwrap_or_default(),
        }
    }

    fn extended(&self, line: &DutyLine) -> Vec<Period> {
        let owners = self.extended_of(line).into_iter().flat_map(HashMap::values);
        let periods: BTreeSet<Period> = owners.flat_map(BTreeMap::keys).copied().collect();
        periods.into_iter().collect()
    }
}

/// What standing is computed from on the day that is looked at.
pub struct Facts {
    /// Counted acts.
    pub counts: Arc<Counts>,
    /// Rulings known on that day.
    pub rulings: Arc<Rulings>,
    /// The day.
    pub day: NaiveDate,
}

impl Facts {
    /// One duty in one period, under the terms that all who owe it then share.
    pub fn in_period<'a>(
        &'a self,
        book: &'a Book,
        line: &'a DutyLine,
        period: Period,
        terms: Terms,
    ) -> InPeriod<'a> {
        // Periods that recur share no day with each other, extensions aside.
        let duty = line.governing(period).and_then(|at| line.versions.get(at));
        let recurs = duty.is_some_and(|d| matches!(d.rule.timing, DutyTiming::Recurring { .. }));
        let is_alone = recurs || sharing(book, line, period, &Extended::new()) == [period];
        InPeriod {
            facts: self,
            book,
            line,
            period,
            terms,
            is_alone,
            counts: self.counts.rows.in_period(&line.pack, &line.id, period),
            rulings: self.rulings.rows.in_period(&line.pack, &line.id, period),
            extended: self.rulings.extended_of(line),
        }
    }

    /// The acts that count for an obligation.
    pub fn counting(&self, book: &Book, line: &DutyLine, ob: &Obligation) -> Vec<ActId> {
        let shared = self.in_period(book, line, ob.period, Terms::of(ob));
        shared.hits(ob.owner).iter().map(|(act, _)| *act).collect()
    }

    /// For which obligations an act counts, of those that it can count for as it stands or would
    /// stand: one period of a duty and owner each.
    pub fn takes(&self, book: &Book, mut rows: Vec<Counted>) -> Vec<Counted> {
        let all = rows.clone();
        rows.retain(|row| {
            let Some(line) = book.line(&row.key.pack, &row.key.duty) else {
                return true;
            };
            let same = |other: &&Counted| {
                (&other.key.pack, &other.key.duty, other.key.owner)
                    == (&row.key.pack, &row.key.duty, row.key.owner)
            };
            if all.iter().filter(same).count() == 1 {
                return true;
            }
            let mut claims = self.claims(book, line, row.key.owner, row.key.period);
            for claim in &mut claims {
                claim.offered.retain(|(act, _)| *act != row.act);
                let mut offers = all.iter().filter(same);
                if offers.any(|other| other.key.period == claim.period) {
                    claim.offered.push((row.act, hit_of(row)));
                }
            }
            let taken = share(&claims);
            let mine = taken.get(&row.key.period);
            mine.is_some_and(|hits| hits.iter().any(|(act, _)| *act == row.act))
        });
        rows
    }

    /// The periods of an owner's duty that share acts with one, with what can count for each.
    fn claims(&self, book: &Book, line: &DutyLine, owner: Owner, period: Period) -> Vec<Claim> {
        let none = Extended::new();
        let owners = self.rulings.extended_of(line);
        let extended = owners.and_then(|o| o.get(&owner)).unwrap_or(&none);
        let periods = sharing(book, line, period, extended).into_iter();
        let claim = |period| {
            let obligation = book.obligation(line, owner, period)?;
            let terms = Terms::of(&obligation);
            let key = obligation.key(line);
            let ruled = Ruled::of(self.rulings.of(&key));
            let nothing = ruled.waived || terms.is_before_records();
            Some(Claim {
                period,
                need: if nothing { 0 } else { terms.need },
                due_on: ruled.extensions.due_on(terms.due_on),
                offered: self.counts.of(&key).to_vec(),
            })
        };
        periods.filter_map(claim).collect()
    }
}

/// One duty in one period, for whoever owes it then.
pub struct InPeriod<'a> {
    facts: &'a Facts,
    book: &'a Book,
    line: &'a DutyLine,
    period: Period,
    terms: Terms,
    /// No other period of the duty shares a day with it, extensions aside.
    is_alone: bool,
    counts: Option<&'a OfOwners<Hit>>,
    rulings: Option<&'a OfOwners<Ruling>>,
    extended: Option<&'a HashMap<Owner, Extended>>,
}

impl InPeriod<'_> {
    /// The standing of one who owes it. Acts of merged predecessors are counted for the successor
    /// already.
    pub fn standing(&self, owner: Owner) -> Standing {
        let hits = self.hits(owner);
        let several: Vec<CountedOn>;
        let hits = match &*hits {
            [] => &[],
            [(_, one)] => std::slice::from_ref(one),
            many => {
                several = many.iter().map(|(_, c)| *c).collect();
                &several[..]
            }
        };
        let rulings = self.rulings.and_then(|owners| owners.get(&owner));
        let ruled = Ruled::of(rulings.into_iter().flatten());
        judge(&self.terms, hits, &ruled, self.facts.day)
    }

    /// The acts that count for one who owes it: all that can, but for those that another period of
    /// the duty takes.
    fn hits(&self, owner: Owner) -> Cow<'_, [Hit]> {
        let can = self.counts.and_then(|owners| owners.get(&owner));
        let can = can.map_or(&[][..], Vec::as_slice);
        let is_extended = self.extended.is_some_and(|o| o.contains_key(&owner));
        if can.is_empty() || (self.is_alone && !is_extended) {
            return Cow::Borrowed(can);
        }
        let claims = self.facts.claims(self.book, self.line, owner, self.period);
        if claims.len() < 2 {
            return Cow::Borrowed(can);
        }
        let taken = share(&claims).remove(&self.period);
        Cow::Owned(taken.unwrap_or_default())
    }
}
