//! Loading a county, as it stands now or stood by a link, and the packs that it applied.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::duty::{Book, PackUse};
use domain::id::{BodyId, Slug};
use domain::occasion::Occasion;
use domain::pack::{Pack, PackFile, PackKind};
use domain::person::Person;
use domain::structure::Structure;
use store::{Read, Tx};

use super::cache::{read_lock, write_lock};
use super::{NOW, World};
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::look::Wanted;
use crate::verb::{Memory, touching};

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
