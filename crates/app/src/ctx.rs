//! The context of one operation: who, when, as of which day, and where ids come from.
//!
//! **Invariant:** the edges read the clock once per operation and pass it here; nothing below
//! asks for the time again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use chrono::NaiveDate;
use domain::calendar::WorkCalendar;
use domain::decider::Decider;
use domain::id::{BodyId, PersonId, PostId};
use domain::person::Grant;
use domain::policy::{Action, Relation, allows};
use domain::structure::Structure;
use domain::thing::Thing;
use sha2::{Digest, Sha256};
use store::Store;
use uuid::Uuid;

use crate::brake::Brakes;
use crate::code::Code;
use crate::drafting::Readings;
use crate::error::{Error, Result};
use crate::hashing::Hashing;
use crate::world::WorldCache;

pub use crate::zone::{CHINA_MS, china_day, end_of_china_day};

/// What the trail begins the operator of an act with that a program did by a token.
pub const TOKEN_MARK: &str = "令牌：";

/// What the running program was told at its start.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where evidence files and the head file stand.
    pub data_dir: PathBuf,
    /// The head file outside the database, where one is kept.
    pub head_file: Option<PathBuf>,
    /// Largest upload, in bytes.
    pub upload_max: u64,
    /// Most files of one act.
    pub files_max: usize,
    /// The demo's fixed day; writes of a demo happen on it.
    pub demo_day: Option<NaiveDate>,
}

/// The program: what every operation shares.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Working calendar.
    pub calendar: Arc<WorkCalendar>,
    /// Settings.
    pub settings: Arc<Settings>,
    pub(crate) worlds: Arc<RwLock<WorldCache>>,
    pub(crate) looks: Arc<crate::look::Looks>,
    pub(crate) seen: Arc<crate::session::Seen>,
    pub(crate) proving: Arc<tokio::sync::Semaphore>,
    pub(crate) hashing: Arc<Hashing>,
    pub(crate) brakes: Arc<Brakes>,
    pub(crate) readings: Readings,
}

impl App {
    /// The queue of notices that are read.
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The number of a county's last link now; 0 before the first.
    pub(crate) async fn head(&self, home: BodyId) -> Result<i64> {
        self.looks.head(&self.store, home).await
    }

    /// Who may bring up to date what is held of a county.
    pub(crate) fn renewing(&self, home: BodyId) -> crate::look::Renewing {
        self.looks.renewing(home)
    }

    /// Puts the program together.
    pub fn new(store: Store, calendar: WorkCalendar, settings: Settings) -> Self {
        Self {
            store,
            calendar: Arc::new(calendar),
            settings: Arc::new(settings),
            worlds: Arc::default(),
            looks: Arc::default(),
            seen: Arc::default(),
            proving: Arc::new(tokio::sync::Semaphore::new(1)),
            hashing: Arc::default(),
            brakes: Arc::default(),
            readings: Readings::default(),
        }
    }
}

/// Somebody who signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// The county.
    pub home: BodyId,
    /// Name as shown.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Roles in force today.
    pub grants: Vec<Grant>,
    /// The post that the person acts in.
    pub post: Option<PostId>,
    /// The body that the person acts for: the post's, or that of the first role.
    pub body: BodyId,
    /// What a token cuts the person's powers to; everything where a person signed in.
    pub scope: Option<Scope>,
}

/// What a token may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// What its person calls it.
    pub name: String,
    /// The powers, of those that the person has.
    pub actions: Vec<Action>,
}

impl Who {
    /// The person as one who decides on what others ask for or hand in.
    pub fn decider(&self) -> Decider<'_> {
        Decider {
            person: self.person,
            body: self.body,
            grants: &self.grants,
        }
    }

    /// Whether the token that somebody came with lets this be asked at all.
    fn in_scope(&self, action: Action) -> bool {
        let scope = self.scope.as_ref();
        scope.is_none_or(|scope| scope.actions.contains(&action))
    }

    /// Why an action is refused: no role allows it, or the token was not made for it.
    pub(crate) fn lacking(&self, action: Action) -> Error {
        match &self.scope {
            Some(scope) if !scope.actions.contains(&action) => Error::refused(
                Code::TokenScope,
                format!(
                    "令牌“{}”的权限范围不包括“{}”。请本人在“我的接口令牌”页面另办一个包括它的令牌。",
                    scope.name,
                    crate::words::action(action)
                ),
            ),
            Some(_) | None => Error::Forbidden(action),
        }
    }

    /// Whether any role, given on any body, allows the action on a thing.
    pub fn may(
        &self,
        structure: &Structure,
        action: Action,
        thing: impl Into<Thing>,
        on: NaiveDate,
    ) -> bool {
        let thing = thing.into();
        self.in_scope(action)
            && self.grants.iter().any(|g| {
                let relations = thing.relations(structure, g.body, on);
                relations.iter().any(|r| allows(g.role, action, *r))
            })
    }

    /// Whether any role allows the action anywhere: which rooms and buttons a person meets at all.
    /// What may be done to which body is asked again by the verb.
    pub fn may_somewhere(&self, action: Action) -> bool {
        self.in_scope(action)
            && self
                .grants
                .iter()
                .any(|g| allows(g.role, action, Relation::Own))
    }

    /// Whether any role allows the action on the person's own county, where no body is meant.
    ///
    /// What a town's role reaches is the town. Packs govern every body of the county, so whoever
    /// may see them anywhere in it may see them.
    pub fn may_at_home(&self, action: Action) -> bool {
        self.in_scope(action)
            && self
                .grants
                .iter()
                .filter(|g| g.body == self.home || action == Action::ViewPack)
                .any(|g| allows(g.role, action, Relation::Own))
    }
}

/// Who does it.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody signed in.
    Anonymous,
    /// A person at a page.
    Person(Who),
    /// The operator at the command line, on behalf of a person.
    Operator {
        /// Account of the operating system.
        os_user: String,
        /// For whom.
        who: Who,
    },
    /// The operator at the server's console, on nobody's behalf: a clock, a restore, a way back in.
    Console {
        /// Account of the operating system.
        os_user: String,
    },
    /// The installation itself in one county: first set-up, demo, jobs.
    System {
        /// What runs.
        name: &'static str,
        /// The county.
        home: BodyId,
    },
}

impl Actor {
    /// Whose powers count: a person's; none of nobody, the console and the installation.
    pub fn who(&self) -> Option<&Who> {
        match self {
            Self::Person(who) | Self::Operator { who, .. } => Some(who),
            Self::Anonymous | Self::Console { .. } | Self::System { .. } => None,
        }
    }

    /// Whether the installation itself acts, which asks nobody.
    pub const fn is_system(&self) -> bool {
        matches!(self, Self::System { .. })
    }
}

/// Where ids come from: time-ordered, and repeatable with a seed.
#[derive(Debug)]
pub struct Ids {
    seed: Option<[u8; 32]>,
    count: AtomicU64,
}

impl Ids {
    /// Random ids.
    pub fn random() -> Arc<Self> {
        Arc::new(Self {
            seed: None,
            count: AtomicU64::new(0),
        })
    }

    /// The same ids every time, for the demo and tests.
    pub fn seeded(seed: &str) -> Arc<Self> {
        let seed = Sha256::digest(seed.as_bytes()).into();
        Arc::new(Self {
            seed: Some(seed),
            count: AtomicU64::new(0),
        })
    }

    /// The next UUIDv7 at an instant.
    pub fn next(&self, at_ms: i64) -> Uuid {
        let n = self.count.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0_u8; 10];
        match self.seed {
            Some(seed) => {
                let hash = Sha256::new()
                    .chain_update(seed)
                    .chain_update(n.to_be_bytes())
                    .finalize();
                for (to, from) in bytes.iter_mut().zip(hash.iter()) {
                    *to = *from;
                }
            }
            None => {
                // Without randomness an id is made of the clock, the process and a count: it
                // could be guessed, and one that exists is refused by the table's key.
                if getrandom::fill(&mut bytes).is_err() {
                    let fallback = Sha256::new()
                        .chain_update(n.to_be_bytes())
                        .chain_update(at_ms.to_be_bytes())
                        .chain_update(std::process::id().to_be_bytes())
                        .finalize();
                    for (to, from) in bytes.iter_mut().zip(fallback.iter()) {
                        *to = *from;
                    }
                }
            }
        }
        let ms = u64::try_from(at_ms.max(0)).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid()
    }
}

/// The context of one operation.
#[derive(Clone)]
pub struct Ctx {
    /// The program.
    pub app: App,
    /// Who.
    pub actor: Actor,
    /// The instant of the operation, in milliseconds UTC.
    pub now: i64,
    /// The civil day of `now`.
    pub today: NaiveDate,
    /// A day before today that is looked at; reading only.
    pub as_of: Option<NaiveDate>,
    /// For the log and the error page.
    pub request_id: String,
    /// Source of ids.
    pub ids: Arc<Ids>,
    /// The key of the page or the request: the same one again does nothing twice.
    pub once: Option<String>,
}

impl Ctx {
    /// The day that standing is computed for.
    pub fn day(&self) -> NaiveDate {
        self.as_of.unwrap_or(self.today)
    }

    /// The last link that was written by the end of the day looked at; `None` for today.
    pub async fn as_of_seq(&self, home: BodyId) -> Result<Option<i64>> {
        let Some(day) = self.as_of else {
            return Ok(None);
        };
        let seq = self
            .app
            .store
            .read(async |r| store::audit::seq_at_end_of(r, home, day).await)
            .await?;
        Ok(Some(seq))
    }

    /// The same with the key of a page or a request.
    #[must_use]
    pub fn keyed(&self, once: impl Into<String>) -> Self {
        Self {
            once: Some(once.into()),
            ..self.clone()
        }
    }

    /// The person behind the operation.
    pub fn who(&self) -> Result<&Who> {
        self.actor.who().ok_or(Error::SignedOut)
    }

    /// The county of the operation.
    pub fn home(&self) -> Result<BodyId> {
        match &self.actor {
            Actor::Person(who) | Actor::Operator { who, .. } => Ok(who.home),
            Actor::System { home, .. } => Ok(*home),
            Actor::Anonymous | Actor::Console { .. } => Err(Error::SignedOut),
        }
    }

    /// Refuses everybody but the operator at the server's console.
    pub(crate) fn at_console(&self) -> Result<&str> {
        match &self.actor {
            Actor::Console { os_user } => Ok(os_user),
            Actor::Anonymous | Actor::Person(_) | Actor::Operator { .. } | Actor::System { .. } => {
                Err(Error::SignedOut)
            }
        }
    }

    /// Refuses a write while an earlier day is looked at.
    pub fn writable(&self) -> Result<()> {
        match self.as_of {
            None => Ok(()),
            Some(day) => Err(Error::refused(
                crate::Code::AsOfReadOnly,
                format!(
                    "您正在查看{}的情况，只能看不能改。请先点“回到今天”再办理。",
                    domain::calendar::words::chinese_date(day)
                ),
            )),
        }
    }

    /// Whether the actor has a power over a thing.
    pub fn may(&self, structure: &Structure, action: Action, thing: impl Into<Thing>) -> bool {
        let by_role = |who: &Who| who.may(structure, action, thing, self.today);
        self.actor.is_system() || self.actor.who().is_some_and(by_role)
    }

    /// Asserts a power over a body: seen but not allowed is `Forbidden`.
    pub fn allow(&self, structure: &Structure, action: Action, thing: BodyId) -> Result<()> {
        let seen_by = (Action::ViewBody, "这个单位");
        self.allow_on(structure, action, thing, seen_by)
    }

    /// Asserts a power over a thing. Whoever has not the power that lets the thing be seen gets the
    /// same answer as for one that does not exist: `none` is what was not found.
    pub fn allow_on(
        &self,
        structure: &Structure,
        action: Action,
        thing: impl Into<Thing>,
        (see, none): (Action, &'static str),
    ) -> Result<()> {
        let thing = thing.into();
        if !self.actor.is_system() {
            let who = self.who()?;
            if !who.in_scope(see) {
                return Err(who.lacking(see));
            }
        }
        if !self.may(structure, see, thing.clone()) {
            Err(Error::NotFound(none))
        } else if self.may(structure, action, thing) {
            Ok(())
        } else {
            Err(self.lacking(action))
        }
    }

    /// Asserts a power that is not about one body.
    pub fn allow_at_home(&self, action: Action) -> Result<()> {
        self.asserts(action, |who| who.may_at_home(action))
    }

    /// Asserts a power that is had somewhere, before anything is said of a body.
    pub fn allow_somewhere(&self, action: Action) -> Result<()> {
        self.asserts(action, |who| who.may_somewhere(action))
    }

    fn asserts(&self, action: Action, may: impl FnOnce(&Who) -> bool) -> Result<()> {
        if self.actor.is_system() || may(self.who()?) {
            Ok(())
        } else {
            Err(self.lacking(action))
        }
    }

    /// Why an action is refused to whoever sees the thing.
    fn lacking(&self, action: Action) -> Error {
        let who = self.actor.who();
        who.map_or(Error::Forbidden(action), |who| who.lacking(action))
    }
}
