//! The program under test with its clock, its county and its people.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test world that cannot be built fails"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::act::ActDraft;
use app::duty::{DutyPage, Item, ListDuties};
use app::pack::ApplyPlan;
use app::person::NewPerson;
use app::post::NewPost;
use app::{Actor, App, Ctx, Ids, Settings};
use chrono::NaiveDate;
use domain::calendar::WorkCalendar;
use domain::duty::Key;
use domain::id::{ActId, BodyId, Owner, PersonId, PostId};
use domain::listing::PageSize;
use domain::pack::{Choices, PackFile};
use domain::policy::Role;
use store::{Store, StoreConfig};

use crate::api::Api;
use crate::browser::Browser;
use crate::county::{County, build};
use crate::database::Database;

/// A civil day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Half past nine in the morning of a day, in milliseconds UTC.
fn morning(on: NaiveDate) -> i64 {
    on.and_hms_opt(1, 30, 0)
        .unwrap()
        .and_utc()
        .timestamp_millis()
}

/// An act as somebody would type it.
pub fn draft(kind: &str, on: &str, parts: &[(&str, String)], fields: &[(&str, &str)]) -> ActDraft {
    ActDraft {
        kind: kind.to_owned(),
        occurred_on: on.to_owned(),
        parts: parts
            .iter()
            .map(|(role, who)| ((*role).to_owned(), who.clone()))
            .collect(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect(),
        ..ActDraft::default()
    }
}

/// The key of an obligation.
pub fn key(pack: &str, duty: &str, owner: Owner, period: &str) -> Key {
    Key {
        pack: pack.parse().unwrap(),
        duty: duty.parse().unwrap(),
        owner,
        period: period.parse().unwrap(),
    }
}

/// The files of a shipped pack.
pub fn shipped(id: &str) -> Vec<PackFile> {
    pack_files(&root().join("schemes").join(id))
}

/// The program under test.
pub struct TestApp {
    /// The program.
    pub app: App,
    /// The county by short names.
    pub county: County,
    clock: Arc<AtomicI64>,
    ids: Arc<Ids>,
    config: StoreConfig,
    _database: Option<Database>,
    url: String,
    dir: tempfile::TempDir,
}

/// Somebody of the county.
pub struct Person<'a> {
    t: &'a TestApp,
    login: String,
}

impl TestApp {
    /// A county of which nothing stands but itself, as a new installation leaves it.
    pub async fn empty(today: &str) -> Self {
        let mut t = Self::installed().await;
        t.set_day(today);
        let made = app::body::create_home(&t.system(), "泽安县", "999025", day(today)).await;
        t.county.home = Some(made.unwrap());
        t
    }

    /// The county without packs, on a day.
    pub async fn bare(today: &str) -> Self {
        Self::bare_in(None, today).await
    }

    /// The same in an empty database at an address, such as one of a PostgreSQL server.
    pub async fn bare_in(url: Option<&str>, today: &str) -> Self {
        let mut t = Self::installed_in(url).await;
        let ctx = t.system();
        t.county = build(&t.app, &ctx).await.unwrap();
        t.set_day(today);
        t
    }

    async fn installed() -> Self {
        Self::installed_in(None).await
    }

    async fn installed_in(url: Option<&str>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = match url {
            Some(_) => None,
            None => Some(Database::make(dir.path()).await),
        };
        let own = database.as_ref().map(Database::url);
        let config = config_at(dir.path(), url.or(own).unwrap_or_default());
        let app = program(dir.path(), &config).await;
        let clock = Arc::new(AtomicI64::new(morning(day("2026-01-05"))));
        let ids = Ids::seeded("tests");
        Self {
            app,
            county: County::default(),
            clock,
            ids,
            url: config.url.clone(),
            config,
            _database: database,
            dir,
        }
    }

    /// Goes on in another database that holds the same county, with ids that were not given out
    /// there.
    pub async fn moves_to(&mut self, url: &str, seed: &str) {
        let config = config_at(self.dir.path(), url);
        self.app = program(self.dir.path(), &config).await;
        self.ids = Ids::seeded(seed);
    }

    /// The county with the shipped packs applied from their first days, followed from 2026-03-01.
    pub async fn at(today: &str) -> Self {
        Self::choosing(today, Choices::default()).await
    }

    /// The same with choices of the office for both packs.
    pub async fn choosing(today: &str, choices: Choices) -> Self {
        let t = Self::bare("2026-02-14").await;
        t.import("common").await;
        for id in ["zezhou-2026-committees", "zezhou-2026-three-actions"] {
            t.import(id).await;
            t.apply(id, 1, "2026-02-14", choices.clone()).await;
        }
        t.set_day(today);
        t
    }

    /// Imports a shipped pack.
    pub async fn import(&self, id: &str) {
        self.import_files(&shipped(id)).await;
    }

    /// Imports a pack that no folder holds.
    pub async fn import_files(&self, files: &[PackFile]) {
        app::pack::import(&self.system(), files).await.unwrap();
    }

    /// Applies a pack.
    pub async fn apply(&self, id: &str, version: u32, from: &str, choices: Choices) {
        self.apply_following(id, version, (from, "2026-03-01"), choices)
            .await;
    }

    /// The same, with the first day on which standing is kept.
    pub async fn apply_following(
        &self,
        id: &str,
        version: u32,
        (from, followed_from): (&str, &str),
        mut choices: Choices,
    ) {
        if choices.reason.is_empty() {
            "按县安委办会议意见".clone_into(&mut choices.reason);
        }
        let plan = ApplyPlan {
            id: id.parse().unwrap(),
            version,
            from_on: day(from),
            followed_from_on: day(followed_from),
            choices,
        };
        app::pack::apply(&self.system(), &plan).await.unwrap();
    }

    /// The address of its database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of its files; everything in it goes with the value.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The county.
    pub fn home(&self) -> BodyId {
        self.county.home.unwrap()
    }

    /// A body by short name.
    pub fn body(&self, short: &str) -> BodyId {
        match self.county.bodies.get(short) {
            Some(id) => *id,
            None => panic!("no body {short} in the test county"),
        }
    }

    /// A post by short name.
    pub fn post(&self, short: &str) -> PostId {
        match self.county.posts.get(short) {
            Some(id) => *id,
            None => panic!("no post {short} in the test county"),
        }
    }

    /// A body or a post by short name, as one who owes.
    pub fn owner(&self, short: &str) -> Owner {
        match (self.county.posts.get(short), self.county.bodies.get(short)) {
            (Some(post), _) => Owner::Post(*post),
            (None, Some(body)) => Owner::Body(*body),
            (None, None) => panic!("nobody owes as {short} in the test county"),
        }
    }

    /// Another node: a program of its own on the same database and folder of files.
    pub async fn node(&self) -> App {
        let mut config = self.config.clone();
        config.head_file = Some(self.dir.path().join("heads-2.jsonl"));
        let store = Store::open(&config).await.unwrap();
        App::new(store, WorkCalendar::shipped(), (*self.app.settings).clone())
    }

    /// A context of the installation on a node, at the clock's next reading.
    pub fn on(&self, app: &App) -> Ctx {
        Ctx {
            app: app.clone(),
            ..self.system()
        }
    }

    /// The context of the installation itself.
    pub fn system(&self) -> Ctx {
        let new = || BodyId::new(self.ids.next(self.clock.load(Ordering::Relaxed)));
        let home = self.county.home.unwrap_or_else(new);
        self.ctx(Actor::System { name: "test", home })
    }

    /// The context of the operator at the server's console.
    pub fn console(&self) -> Ctx {
        self.ctx(Actor::Console {
            os_user: "operator".to_owned(),
        })
    }

    /// The context of somebody who did not sign in.
    pub fn nobody(&self) -> Ctx {
        self.ctx(Actor::Anonymous)
    }

    fn ctx(&self, actor: Actor) -> Ctx {
        let now = self.clock.load(Ordering::Relaxed);
        Ctx {
            app: self.app.clone(),
            actor,
            now,
            today: app::ctx::china_day(now),
            as_of: None,
            request_id: "test".to_owned(),
            ids: self.ids.clone(),
            once: None,
        }
    }

    /// Somebody by sign-in name.
    pub fn person(&self, login: &str) -> Person<'_> {
        Person {
            t: self,
            login: login.to_owned(),
        }
    }

    /// A visit without notice that a post led to a body, by short names.
    pub fn visit(&self, leader: &str, place: &str, on: &str) -> ActDraft {
        let (leader, place) = (self.post(leader).to_string(), self.body(place).to_string());
        let parts = [("led", leader), ("was-visited", place)];
        draft("inspection", on, &parts, &[("way", "unannounced")])
    }

    /// The monthly return of a body for a period, handed in on a day.
    pub fn monthly(&self, body: &str, period: &str, on: &str) -> ActDraft {
        ActDraft {
            period: period.to_owned(),
            form: "zezhou-2026-three-actions/three-actions-monthly".to_owned(),
            ..draft(
                "return",
                on,
                &[("hosted", self.body(body).to_string())],
                &[],
            )
        }
    }

    /// Somebody who comes to the county with roles, and the password of everybody.
    pub async fn joins(&self, login: &str, name: &str, roles: &[(Role, BodyId)]) -> PersonId {
        let hash = self.app.hash(crate::PASSWORD).await.unwrap();
        let new = NewPerson {
            id: None,
            name: name.to_owned(),
            login: login.to_owned(),
            password_hash: Some(hash),
            roles: roles.to_vec(),
        };
        let made = app::person::create_many(&self.system(), vec![new]).await;
        made.unwrap()[0]
    }

    /// Another officer of the county's office, in a post of it.
    pub async fn joins_office(&self, login: &str, name: &str) -> PersonId {
        let home = self.home();
        let id = self.joins(login, name, &[(Role::Office, home)]).await;
        let ctx = self.system();
        let post = NewPost {
            holder: Some(id),
            ..crate::new::post(self.body("office"), "staff", "干事", &ctx.today.to_string())
        };
        app::post::create_many(&ctx, vec![post]).await.unwrap();
        id
    }

    /// Somebody's identity by sign-in name.
    pub fn person_id(&self, login: &str) -> PersonId {
        match self.county.people.get(login) {
            Some(id) => *id,
            None => panic!("no person {login} in the test county"),
        }
    }

    /// Moves the clock to the morning of a day.
    pub fn set_day(&self, on: &str) {
        self.clock.store(morning(day(on)), Ordering::Relaxed);
    }

    /// Moves the clock by milliseconds, back with a negative number.
    pub fn shift(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::Relaxed);
    }

    /// A browser at the running pages.
    pub fn browser(&self) -> Browser {
        Browser::new(self.pages())
    }

    /// A program of somebody, with a token for these powers.
    pub async fn api(&self, login: &str, scope: &[domain::policy::Action]) -> Api {
        let ctx = self.person(login).ctx().await;
        let token = app::token::NewToken {
            name: format!("{login} 的程序"),
            scope: scope.to_vec(),
            ends_on: ctx.today,
        };
        let made = app::token::make(&ctx, token).await.unwrap();
        Api::new(self.pages(), made.secret.unwrap())
    }

    /// The pages as a router, to be served on a port or asked directly.
    pub fn pages(&self) -> axum::Router {
        let clock = self.clock.clone();
        let now = Arc::new(move || clock.load(Ordering::Relaxed));
        web::router(web::Web::new(
            self.app.clone(),
            now,
            self.ids.clone(),
            false,
        ))
    }

    /// The standing of a duty in words, such as `逾期5天`.
    pub async fn standing(
        &self,
        login: &str,
        pack: &str,
        duty: &str,
        owner: Owner,
        period: &str,
    ) -> String {
        self.person(login)
            .sees(&key(pack, duty, owner, period))
            .await
    }
}

impl Person<'_> {
    /// The context of an operation of this person, now.
    pub async fn ctx(&self) -> Ctx {
        let bare = self.t.system();
        let who = app::session::by_login(&self.t.app, &self.login, bare.today)
            .await
            .unwrap();
        self.t.ctx(Actor::Person(who))
    }

    /// The same, looking at an earlier day.
    pub async fn as_of(&self, on: &str) -> Ctx {
        Ctx {
            as_of: Some(day(on)),
            ..self.ctx().await
        }
    }

    /// The page of a duty.
    pub async fn opens(&self, key: &Key) -> app::Result<DutyPage> {
        app::duty::show(&self.ctx().await, key).await
    }

    /// The standing of a duty in words, or why it is not shown.
    pub async fn sees(&self, key: &Key) -> String {
        self.opens(key)
            .await
            .map_or_else(|e| e.sentence(), |page| standing(&page.item))
    }

    /// Records an act.
    pub async fn records(&self, draft: ActDraft) -> app::Result<ActId> {
        app::act::record(&self.ctx().await, &draft).await
    }
}

/// A database, with its files in a folder.
fn config_at(dir: &Path, url: &str) -> StoreConfig {
    let mut config = StoreConfig::new(url);
    config.head_file = Some(dir.join("heads.jsonl"));
    config.files_dir = Some(dir.join("files"));
    config
}

/// The program at a database, with its files in a folder.
async fn program(dir: &Path, config: &StoreConfig) -> App {
    let store = Store::open(config).await.unwrap();
    store.migrate(0, 0).await.unwrap();
    let settings = Settings {
        data_dir: dir.to_owned(),
        head_file: config.head_file.clone(),
        upload_max: 20 * 1024 * 1024,
        files_max: 20,
        demo_day: None,
    };
    App::new(store, WorkCalendar::shipped(), settings)
}

/// The files of a pack folder.
fn pack_files(dir: &Path) -> Vec<PackFile> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|p| PackFile {
            path: p.file_name().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(p).unwrap(),
        })
        .collect()
}

/// How an obligation stands, in words.
pub fn standing(item: &Item) -> String {
    app::words::standing(&item.standing)
}

/// Every row of a list of obligations, page after page.
pub async fn every_duty(ctx: &Ctx, asked: ListDuties) -> app::Result<Vec<Item>> {
    let mut asked = ListDuties {
        size: Some(PageSize::ThreeHundred),
        ..asked
    };
    let mut all = Vec::new();
    loop {
        let page = app::duty::list(ctx, asked.clone()).await?;
        all.extend(page.rows);
        asked.page = page.next;
        if asked.page.is_none() {
            return Ok(all);
        }
    }
}
