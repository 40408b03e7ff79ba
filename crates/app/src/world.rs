//! A county as loaded: structure, packs in force, people.
//!
//! **Invariant:** it is a cache: immutable, and loaded anew when a link since then changed it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::NaiveDate;
use domain::act::Act;
use domain::calendar::{Due, Period};
use domain::duty::{Book, DutyLine, Obligation, PackUse};
use domain::id::{BodyId, Owner, PersonId, Slug};
use domain::occasion::Occasion;
use domain::pack::{Pack, PackFile, PackKind};
use domain::person::Person;
use domain::standing::{Standing, Terms};
use domain::structure::Structure;
use domain::weigh::{Counted, count_act};
use store::{Read, Tx};

use crate::act::Returns;
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::facts::{Counts, Facts, Rulings};
use crate::look::Wanted;
use crate::verb::{Memory, touching};

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

/// Loaded counties, their counts and rulings, and packs by id and version.
#[derive(Debug, Default)]
pub struct WorldCache {
    /// With the link up to which nothing changed them.
    worlds: HashMap<BodyId, (i64, Arc<World>)>,
    pub(crate) counts: HashMap<BodyId, Arc<Counts>>,
    /// With the link up to which none came and none was decided.
    pub(crate) rulings: HashMap<BodyId, (i64, Arc<Rulings>)>,
    /// Returns of the last months, by county.
    pub(crate) returns: HashMap<BodyId, Arc<Returns>>,
    /// What is owed in the years last asked for.
    pub(crate) owed: HashMap<BodyId, Vec<crate::duty::Held>>,
    packs: HashMap<(Slug, u32), Arc<Pack>>,
    /// The newest versions that the packs were read with: other words make them read anew.
    newest: BTreeMap<Slug, u32>,
    /// The last county looked back at, where other occasions were open then.
    past: HashMap<BodyId, Arc<World>>,
}

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

/// The rows that a county is made of. Read in one snapshot; packs, which never change, come after.
struct Rows {
    structure: Structure,
    occasions: Vec<Occasion>,
    people: Vec<Person>,
    uses: Vec<store::pack::PackUseRow>,
    generation: i64,
}

impl Rows {
    async fn read(r: &Read, home: BodyId, seq: i64) -> Result<Self> {
        Ok(Self {
            structure: Structure::new(
                store::body::bodies_of(r, home).await?,
                store::body::links_of(r, home).await?,
                store::post::posts_of(r, home).await?,
                store::post::tenures_of(r, home).await?,
            ),
            occasions: store::occasion::occasions_of(r, home, seq).await?,
            people: store::person::people_of(r, home).await?,
            uses: store::pack::pack_uses_of(r, home).await?,
            generation: county_generation(r, home).await?,
        })
    }
}

impl App {
    /// The county as it stands now, from memory where no link since changed it.
    pub async fn world(&self, home: BodyId) -> Result<Arc<World>> {
        let now = self.head(home).await?;
        if let Some(world) = self.world_held(home, Wanted::exactly(now)) {
            return Ok(world);
        }
        let renewing = self.renewing(home);
        let (_turn, wanted) = renewing.turn(now).await;
        if let Some(world) = self.world_held(home, wanted) {
            return Ok(world);
        }
        self.world_renewed(home).await
    }

    /// The county as held, where nothing was written since or somebody brought it up to date.
    fn world_held(&self, home: BodyId, wanted: Wanted) -> Option<Arc<World>> {
        let cache = read_lock(&self.worlds);
        let held = cache.worlds.get(&home);
        held.filter(|(seq, _)| wanted.is_met_by(*seq))
            .map(|(_, world)| world.clone())
    }

    async fn world_renewed(&self, home: BodyId) -> Result<Arc<World>> {
        let held = read_lock(&self.worlds).worlds.get(&home).cloned();
        let since = held.as_ref().map(|(seq, _)| *seq);
        let (head, same) = self
            .store
            .read(async |r| {
                let head = store::generation::head_seq(r, home).await?;
                // Only the links since the last look: nearly always few, and none of them matters.
                let same = match since {
                    Some(seq) if seq == head => true,
                    Some(seq) if seq < head => {
                        let verbs = touching(Memory::County);
                        !store::generation::changed_since(r, home, verbs, seq).await?
                    }
                    Some(_) | None => false,
                };
                Ok::<_, Error>((head, same))
            })
            .await?;
        let world = match held {
            Some((_, world)) if same => world,
            Some(_) | None => Arc::new(self.load(home, NOW).await?),
        };
        if since != Some(head) {
            let mut worlds = write_lock(&self.worlds);
            worlds.worlds.insert(home, (head, world.clone()));
        }
        Ok(world)
    }

    /// The county as an operation looks at it. Bodies, relations and packs carry the days on which
    /// they hold; occasions are as they were known by the day looked at.
    pub async fn world_seen(&self, ctx: &Ctx, home: BodyId) -> Result<Arc<World>> {
        let world = self.world(home).await?;
        let Some(seq) = ctx.as_of_seq(home).await? else {
            return Ok(world);
        };
        let mut known = self
            .store
            .read(async |r| store::occasion::occasions_of(r, home, seq).await)
            .await?;
        known.retain(|o| !o.withdrawn);
        let same = |w: &World| w.book.occasions() == known.as_slice();
        if same(&world) {
            return Ok(world);
        }
        let past = read_lock(&self.worlds).past.get(&home).cloned();
        if let Some(past) = past.filter(|w| w.generation == world.generation && same(w)) {
            return Ok(past);
        }
        let past = Arc::new(self.load(home, seq).await?);
        write_lock(&self.worlds).past.insert(home, past.clone());
        Ok(past)
    }

    async fn load(&self, home: BodyId, seq: i64) -> Result<World> {
        let rows = self
            .store
            .read(async |r| Rows::read(r, home, seq).await)
            .await?;
        self.world_of(home, rows).await
    }

    /// The county as a transaction has made it so far; what it writes is not remembered here, for
    /// the transaction may still fail.
    pub(crate) async fn world_in(&self, tx: &Tx) -> Result<World> {
        self.world_at(tx, tx.home()).await
    }

    /// The county as a snapshot has it; nothing held in memory is asked.
    pub(crate) async fn world_at(&self, r: &Read, home: BodyId) -> Result<World> {
        let rows = Rows::read(r, home, NOW).await?;
        self.world_of(home, rows).await
    }

    async fn world_of(&self, home: BodyId, rows: Rows) -> Result<World> {
        let (in_force, vocabulary) = self.packs_for(rows.uses).await?;
        let calendar = self.calendar.clone();
        Ok(World {
            home,
            generation: rows.generation,
            structure: Arc::new(rows.structure),
            book: Arc::new(Book::new(in_force, &vocabulary, calendar, rows.occasions)),
            vocabulary: Arc::new(vocabulary),
            people: Arc::new(rows.people.into_iter().map(|p| (p.id, p)).collect()),
            memo: Mutex::default(),
        })
    }

    async fn packs_for(
        &self,
        uses: Vec<store::pack::PackUseRow>,
    ) -> Result<(Vec<(Arc<PackUse>, Arc<Pack>)>, BTreeMap<Slug, Arc<Pack>>)> {
        let mut vocabulary = BTreeMap::new();
        let newest = self
            .store
            .read(async |r| store::pack::packs_list(r).await)
            .await?;
        let stamp: BTreeMap<Slug, u32> = newest.iter().fold(BTreeMap::new(), |mut all, row| {
            let held = all.entry(row.id.clone()).or_insert(row.version);
            *held = row.version.max(*held);
            all
        });
        if read_lock(&self.worlds).newest != stamp {
            let mut cache = write_lock(&self.worlds);
            cache.packs.clear();
            cache.newest = stamp;
        }
        // Oldest version first, so that the newest one stays.
        for row in &newest {
            let pack = self.pack(&row.id, row.version).await?;
            if pack.kind == PackKind::Vocabulary {
                vocabulary.insert(row.id.clone(), pack);
            }
        }
        let mut in_force = Vec::new();
        for row in uses {
            let pack = self.pack(&row.pack_use.pack, row.pack_use.version).await?;
            in_force.push((Arc::new(row.pack_use), pack));
        }
        Ok((in_force, vocabulary))
    }

    /// A version of a pack, read once and kept: versions are immutable.
    pub async fn pack(&self, id: &Slug, version: u32) -> Result<Arc<Pack>> {
        let key = (id.clone(), version);
        if let Some(found) = read_lock(&self.worlds).packs.get(&key).cloned() {
            return Ok(found);
        }
        let files = self
            .store
            .read(async |r| store::pack::pack_files(r, id, version).await)
            .await?;
        if files.is_empty() {
            return Err(Error::NotFound("这个制度版本"));
        }
        let files: Vec<PackFile> = files
            .into_iter()
            .map(|f| PackFile {
                path: f.path,
                text: f.text,
            })
            .collect();
        let pack = Arc::new(Box::pin(self.read_pack(&files)).await?);
        write_lock(&self.worlds).packs.insert(key, pack.clone());
        Ok(pack)
    }

    /// Reads files of a stored pack with the vocabulary that it uses.
    async fn read_pack(&self, files: &[PackFile]) -> Result<Pack> {
        let mut used: Vec<Arc<Pack>> = Vec::new();
        for id in domain::pack::uses_of(files) {
            let rows = self
                .store
                .read(async |r| store::pack::packs_list(r).await)
                .await?;
            let newest = rows.iter().filter(|p| p.id == id).map(|p| p.version).max();
            if let Some(version) = newest {
                used.push(Box::pin(self.pack(&id, version)).await?);
            }
        }
        let refs: Vec<&Pack> = used.iter().map(AsRef::as_ref).collect();
        domain::pack::read(files, &refs).map_err(|problems| {
            Error::Internal(
                format!(
                    "a stored pack no longer reads: {} problems",
                    problems.0.len()
                )
                .into(),
            )
        })
    }
}

/// The number of the last link that changed what a county is made of.
pub(crate) async fn county_generation(r: &Read, home: BodyId) -> Result<i64> {
    Ok(store::generation::generation(r, home, touching(Memory::County)).await?)
}

pub(crate) fn read_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
