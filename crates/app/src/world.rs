//! A county as loaded: structure, packs in force, people; and the counted acts of recent periods.
//!
//! **Invariant:** both are caches. The structure is immutable and keyed by the county's generation
//! row; counts follow the chain's number and are brought up to date by the rows that came since.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{Days, NaiveDate};
use domain::act::Act;
use domain::calendar::{Due, Period};
use domain::duty::{Book, DutyLine, Obligation, PackUse};
use domain::id::{ActId, BodyId, Owner, PersonId, Slug};
use domain::occasion::Occasion;
use domain::pack::{Pack, PackFile, PackKind};
use domain::person::Person;
use domain::ruling::{Ruling, RulingKind, RulingState};
use domain::standing::{CountedOn, Ruled, Standing, Terms, judge};
use domain::structure::Structure;
use domain::weigh::{Bearing, Bearings, Counted, count_act};
use store::{Read, Tx};

use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};

/// As of now, where the store asks for a link's number.
pub const NOW: i64 = i64::MAX;
/// Days before today whose counted acts are held in memory; older ones are read when asked for.
pub const HELD_DAYS: u64 = 800;
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
    pub structure: Structure,
    /// Duties in force.
    pub book: Book,
    /// Vocabulary packs by id.
    pub vocabulary: BTreeMap<Slug, Arc<Pack>>,
    /// People by id.
    pub people: HashMap<PersonId, Person>,
    memo: Mutex<Memo>,
}

#[derive(Debug, Default)]
struct Memo {
    owners: HashMap<(usize, Period, NaiveDate), Arc<Vec<Owner>>>,
    dues: HashMap<(usize, Period), Due>,
}

/// Loaded counties, their counts, and packs by id and version.
#[derive(Debug, Default)]
pub struct WorldCache {
    worlds: HashMap<BodyId, Arc<World>>,
    counts: HashMap<BodyId, Arc<Counts>>,
    packs: HashMap<(Slug, u32), Arc<Pack>>,
    /// The newest versions that the packs were read with: other words make them read anew.
    newest: BTreeMap<Slug, u32>,
    /// The last county looked back at, where other occasions were open then.
    past: HashMap<BodyId, Arc<World>>,
}

/// The key of an obligation.
pub type Key = (Slug, Slug, Owner, Period);

/// Counted acts by obligation, as of a link of the chain.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// The link up to which they are complete.
    pub seq: i64,
    /// First day of the oldest period held.
    pub from: NaiveDate,
    by_key: HashMap<Key, Vec<(ActId, CountedOn)>>,
}

impl Counts {
    /// The acts that count for an obligation.
    pub fn of(&self, key: &Key) -> &[(ActId, CountedOn)] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, row: Counted) {
        let hit = (
            row.act,
            CountedOn {
                on: row.on,
                provisional: row.provisional,
            },
        );
        let rows = self
            .by_key
            .entry((row.pack, row.duty, row.owner, row.period))
            .or_default();
        if !rows.contains(&hit) {
            rows.push(hit);
        }
    }

    fn remove(&mut self, row: &Counted) {
        let key = (row.pack.clone(), row.duty.clone(), row.owner, row.period);
        if let Some(rows) = self.by_key.get_mut(&key) {
            rows.retain(|(act, c)| {
                *act != row.act || c.on != row.on || c.provisional != row.provisional
            });
        }
    }
}

/// Rulings by obligation.
#[derive(Debug, Default)]
pub struct Rulings {
    by_key: HashMap<Key, Vec<Ruling>>,
}

impl Rulings {
    /// Sorts rulings by their obligation.
    pub fn new(all: Vec<Ruling>) -> Self {
        let mut by_key: HashMap<Key, Vec<Ruling>> = HashMap::new();
        for r in all {
            let key = (r.pack.clone(), r.duty.clone(), r.owner, r.period);
            by_key.entry(key).or_default().push(r);
        }
        Self { by_key }
    }

    /// The rulings on an obligation, oldest first.
    pub fn of(&self, key: &Key) -> &[Ruling] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether a correction of this obligation was approved for an act.
    pub fn corrects(&self, key: &Key, act: ActId) -> bool {
        self.of(key).iter().any(|r| {
            r.kind == RulingKind::Correction
                && r.state == RulingState::Approved
                && r.act == Some(act)
        })
    }
}

impl Bearings for Rulings {
    fn bearing(&self, line: &DutyLine, owner: Owner, period: Period, act: ActId) -> Bearing {
        let key = (line.pack.clone(), line.id.clone(), owner, period);
        Bearing {
            corrected: self.corrects(&key, act),
            extended_to: Ruled::of(self.of(&key)).extended_to,
        }
    }

    fn extended(&self, line: &DutyLine) -> Vec<Period> {
        let of_line = |key: &&Key| key.0 == line.pack && key.1 == line.id;
        let extended = |key: &&Key| Ruled::of(self.of(key)).extended_to.is_some();
        let mut out: Vec<Period> = self
            .by_key
            .keys()
            .filter(of_line)
            .filter(extended)
            .map(|key| key.3)
            .collect();
        out.sort();
        out.dedup();
        out
    }
}

/// What standing is computed from on the day that is looked at.
pub struct Facts {
    /// Counted acts.
    pub counts: Arc<Counts>,
    /// Rulings known on that day.
    pub rulings: Rulings,
    /// The day.
    pub day: NaiveDate,
}

impl World {
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
        // Acts of merged predecessors are counted for the successor already.
        let owner = obligation.owner;
        let key = (line.pack.clone(), line.id.clone(), owner, obligation.period);
        let hits: Vec<CountedOn> = facts.counts.of(&key).iter().map(|(_, c)| *c).collect();
        let ruled = Ruled::of(facts.rulings.of(&key));
        judge(&Terms::of(obligation), &hits, ruled, facts.day)
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
            generation: store::generation::generation(r, home).await?,
        })
    }
}

impl App {
    /// The county as it stands now, from memory where its generation is the same.
    pub async fn world(&self, home: BodyId) -> Result<Arc<World>> {
        let held = read_lock(&self.worlds).worlds.get(&home).cloned();
        let generation = self
            .store
            .read(async |r| store::generation::generation(r, home).await)
            .await?;
        if let Some(world) = held.filter(|w| w.generation == generation) {
            return Ok(world);
        }
        let world = Arc::new(self.load(home, NOW).await?);
        write_lock(&self.worlds).worlds.insert(home, world.clone());
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
        let rows = Rows::read(tx, tx.home(), NOW).await?;
        self.world_of(tx.home(), rows).await
    }

    async fn world_of(&self, home: BodyId, rows: Rows) -> Result<World> {
        let (in_force, vocabulary) = self.packs_for(rows.uses).await?;
        let calendar = self.calendar.clone();
        Ok(World {
            home,
            generation: rows.generation,
            structure: rows.structure,
            book: Book::new(in_force, &vocabulary, calendar, rows.occasions),
            vocabulary,
            people: rows.people.into_iter().map(|p| (p.id, p)).collect(),
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

    /// What standing is computed from: in memory for today, from the rows for an earlier day.
    pub async fn facts(&self, ctx: &Ctx, world: &World, from: NaiveDate) -> Result<Facts> {
        let home = world.home;
        if let Some(day) = ctx.as_of {
            let (rows, rulings, seq) = self
                .store
                .read(async |r| {
                    let seq = store::audit::seq_at_end_of(r, home, day).await?;
                    let rows =
                        store::counted::counted_between(r, home, from, NaiveDate::MAX, seq).await?;
                    let rulings = store::ruling::rulings_of(r, home, seq).await?;
                    Ok::<_, Error>((rows, rulings, seq))
                })
                .await?;
            let mut counts = Counts {
                seq,
                from,
                by_key: HashMap::new(),
            };
            for row in rows {
                counts.add(row);
            }
            return Ok(Facts {
                counts: Arc::new(counts),
                rulings: Rulings::new(rulings),
                day,
            });
        }
        let counts = self.counts(home, from, ctx.today).await?;
        let rulings = self
            .store
            .read(async |r| store::ruling::rulings_of(r, home, NOW).await)
            .await?;
        Ok(Facts {
            counts,
            rulings: Rulings::new(rulings),
            day: ctx.today,
        })
    }

    /// The counted acts of recent periods, brought up to date.
    async fn counts(&self, home: BodyId, from: NaiveDate, today: NaiveDate) -> Result<Arc<Counts>> {
        let floor = today
            .checked_sub_days(Days::new(HELD_DAYS))
            .unwrap_or(NaiveDate::MIN);
        let held = read_lock(&self.worlds).counts.get(&home).cloned();
        let wanted = from.min(floor);
        let held = held.filter(|c| c.from <= wanted);
        let since = held.as_ref().map(|c| c.seq);
        let (changes, head) = self
            .store
            .read(async |r| {
                let head = store::generation::head_seq(r, home).await?;
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
                Ok::<_, Error>((changes, head))
            })
            .await?;
        if let Some(counts) = held.as_ref().filter(|c| c.seq == head) {
            return Ok(counts.clone());
        }
        let mut counts = match held {
            // Taken out of the cache so that the copy is usually the only one and costs nothing.
            Some(held) => {
                write_lock(&self.worlds).counts.remove(&home);
                Arc::try_unwrap(held).unwrap_or_else(|shared| (*shared).clone())
            }
            None => Counts {
                seq: 0,
                from: wanted,
                by_key: HashMap::new(),
            },
        };
        changes.closed.iter().for_each(|row| counts.remove(row));
        changes.added.into_iter().for_each(|row| counts.add(row));
        counts.seq = head;
        let counts = Arc::new(counts);
        write_lock(&self.worlds).counts.insert(home, counts.clone());
        Ok(counts)
    }
}

fn read_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write_lock<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
