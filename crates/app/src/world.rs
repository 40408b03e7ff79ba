//! A county as loaded: structure, packs in force, people.
//!
//! **Invariant:** it is a cache: immutable, and loaded anew when a link since then changed it.

mod cache;
mod load;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use domain::act::Act;
use domain::calendar::{Due, Period};
use domain::duty::{Book, DutyLine, Obligation};
use domain::id::{BodyId, Owner, PersonId, Slug};
use domain::pack::Pack;
use domain::person::Person;
use domain::standing::{Standing, Terms};
use domain::structure::Structure;
use domain::weigh::{Counted, count_act};

use crate::facts::{Facts, Rulings};

pub use cache::WorldCache;
pub(crate) use cache::{read_lock, write_lock};
pub(crate) use load::county_generation;

/// As of now, where the store asks for a link's number.
pub const NOW: i64 = i64::MAX;
/// Memo entries of owners and due dates before the memo starts anew.
const MEMO_MAX: usize = 50_000;

/// A county at one generation.
#[derive(Debug)]
pub struct World {
    /// The county.
    pub home: BodyId,
    /// The generation that it was loaded at.
    pub generation: i64,
    /// Bodies, relations, posts.
    pub structure: Arc<Structure>,
    /// Duties in force.
    pub book: Arc<Book>,
    /// Vocabulary packs by id.
    pub vocabulary: Arc<BTreeMap<Slug, Arc<Pack>>>,
    /// People by id.
    pub people: Arc<HashMap<PersonId, Person>>,
    memo: Mutex<Memo>,
}

#[derive(Debug, Default)]
struct Memo {
    owners: HashMap<(usize, Period, NaiveDate), Arc<Vec<Owner>>>,
    dues: HashMap<(usize, Period), Due>,
    /// Who owes what in the span last asked for, by the day looked at.
    owing: Option<(Span, Arc<Owing>)>,
}

/// First day, last day, and the day looked at.
type Span = (NaiveDate, NaiveDate, NaiveDate);
/// What every owner owes in a span of days: the place of the duty, and the period.
pub(crate) type Owing = HashMap<Owner, Vec<(usize, Period)>>;

impl World {
    /// The same with other bodies, relations and posts, as a transaction has made them.
    pub(crate) fn with_structure(&self, structure: Structure) -> Self {
        Self {
            structure: Arc::new(structure),
            ..self.alike()
        }
    }

    /// The same with other packs in force or other occasions.
    pub(crate) fn with_book(&self, book: Book) -> Self {
        Self {
            book: Arc::new(book),
            ..self.alike()
        }
    }

    /// The same; nothing is remembered of it yet.
    fn alike(&self) -> Self {
        Self {
            home: self.home,
            generation: self.generation,
            structure: self.structure.clone(),
            book: self.book.clone(),
            vocabulary: self.vocabulary.clone(),
            people: self.people.clone(),
            memo: Mutex::default(),
        }
    }

    /// Who owes a duty in a period, remembered.
    pub fn owners(&self, at: usize, period: Period, today: NaiveDate) -> Arc<Vec<Owner>> {
        let Some(line) = self.book.lines().get(at) else {
            return Arc::default();
        };
        let on = self.due(at, period).map_or(today, |d| d.on.min(today));
        let key = (at, period, on);
        if let Some(found) = self.memo().owners.get(&key) {
            return found.clone();
        }
        let owners = Arc::new(self.book.owners(line, period, &self.structure, today));
        let mut memo = self.memo();
        if memo.owners.len() >= MEMO_MAX {
            memo.owners.clear();
        }
        memo.owners.insert(key, owners.clone());
        owners
    }

    /// What every owner owes in periods that overlap a span of days, remembered: it follows from
    /// the county alone, and no act changes it.
    pub(crate) fn owing(&self, from: NaiveDate, to: NaiveDate, today: NaiveDate) -> Arc<Owing> {
        let span = (from, to, today);
        let held = self.memo().owing.clone();
        if let Some((_, found)) = held.filter(|(of, _)| *of == span) {
            return found;
        }
        let mut owing = Owing::new();
        for (at, line) in self.book.lines().iter().enumerate() {
            for period in self.book.periods(line, from, to) {
                let duty = line.governing(period).and_then(|i| line.versions.get(i));
                if !duty.is_some_and(|d| d.followed) {
                    continue;
                }
                for owner in self.owners(at, period, today).iter() {
                    owing.entry(*owner).or_default().push((at, period));
                }
            }
        }
        let owing = Arc::new(owing);
        self.memo().owing = Some((span, owing.clone()));
        owing
    }

    /// The due date of a duty in a period, remembered.
    pub fn due(&self, at: usize, period: Period) -> Option<Due> {
        if let Some(found) = self.memo().dues.get(&(at, period)) {
            return Some(found.clone());
        }
        let line = self.book.lines().get(at)?;
        let duty = line.versions.get(line.governing(period)?)?;
        let due = duty.due(period, self.book.calendar());
        let mut memo = self.memo();
        if memo.dues.len() >= MEMO_MAX {
            memo.dues.clear();
        }
        memo.dues.insert((at, period), due.clone());
        Some(due)
    }

    fn memo(&self) -> std::sync::MutexGuard<'_, Memo> {
        self.memo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The obligation of an owner under a duty line, with its due date remembered.
    pub fn obligation(&self, at: usize, owner: Owner, period: Period) -> Option<Obligation> {
        let line = self.book.lines().get(at)?;
        let duty = line.versions.get(line.governing(period)?)?.clone();
        let due = self.due(at, period)?;
        Some(Obligation {
            duty,
            owner,
            period,
            due,
        })
    }

    /// The standing of an obligation.
    pub fn standing(&self, line: &DutyLine, obligation: &Obligation, facts: &Facts) -> Standing {
        let shared = facts.in_period(&self.book, line, obligation.period, Terms::of(obligation));
        shared.standing(obligation.owner)
    }

    /// A person's name, or a word for one who is unknown here.
    pub fn person_name(&self, id: PersonId) -> &str {
        self.people
            .get(&id)
            .map_or("（已离开）", |p| p.name.as_str())
    }

    /// The name of an owner: a body, or a post with its body.
    pub fn owner_name(&self, owner: Owner, on: NaiveDate) -> String {
        match owner {
            Owner::Body(id) => self.structure.name(id, on).to_owned(),
            Owner::Post(id) => self.structure.post(id).map_or_else(String::new, |p| {
                format!("{}{}", self.structure.name(p.body, on), p.title)
            }),
        }
    }

    /// The declaration of an act kind, from the packs in force and their vocabulary.
    pub fn act_kind(&self, kind: &str) -> Option<&domain::pack::ActKindDecl> {
        let in_force = self.book.packs().iter().map(|(_, pack)| pack);
        self.vocabulary
            .values()
            .chain(in_force)
            .flat_map(|p| &p.acts)
            .find(|a| a.id == *kind)
    }

    /// Every kind of act that can be recorded.
    pub fn act_kinds(&self) -> Vec<&domain::pack::ActKindDecl> {
        let in_force = self.book.packs().iter().map(|(_, pack)| pack);
        let mut out: Vec<&domain::pack::ActKindDecl> = Vec::new();
        for kind in self
            .vocabulary
            .values()
            .chain(in_force)
            .flat_map(|p| &p.acts)
        {
            if !out.iter().any(|k| k.id == kind.id) {
                out.push(kind);
            }
        }
        out
    }

    /// The values of a list, from the packs in force and their vocabulary.
    pub fn values(&self, list: &Slug) -> &[(Slug, String)] {
        let in_force = self.book.packs().iter().map(|(_, pack)| pack);
        self.vocabulary
            .values()
            .chain(in_force)
            .flat_map(|p| &p.values)
            .find(|v| v.id == *list)
            .map_or(&[], |v| v.items.as_slice())
    }

    /// Everything that an act counts for, under the rulings given.
    pub fn count(&self, act: &Act, rulings: &Rulings) -> Vec<Counted> {
        count_act(&self.book, &self.structure, act, rulings)
    }
}
