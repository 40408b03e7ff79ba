//! Opening the program's data, and acting in it on behalf of a person.

use std::path::Path;
use std::sync::Arc;

use app::session::by_login;
use app::{Actor, App, Ctx, Ids, Settings};
use chrono::NaiveDate;
use domain::calendar::WorkCalendar;
use domain::id::BodyId;
use store::schema::{Migrated, Schema};
use store::{Engine, Store, StoreConfig};

use crate::config::Config;
use crate::console::Console;
use crate::edge;
use crate::outcome::{Fail, Outcome};
use crate::refusal::said;

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// Where a command works: the settings, and the instant of the operation.
#[derive(Debug, Clone)]
pub struct Place {
    /// Settings.
    pub config: Config,
    /// The instant, read once.
    pub now: i64,
}

/// What a command opens the database for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Looking only: nothing is made, changed or upgraded, the head file included.
    Read,
    /// Writing into a database that is this program's already.
    Write,
    /// Filling an empty one: its schema is made.
    Fill,
    /// Serving: a SQLite file of an earlier version is brought up to this one, with a copy; a
    /// server's database is left to who runs the server.
    Serve,
}

impl Place {
    /// Opens the database for a purpose; `demo_day` marks a demo. What an upgrade did is said.
    pub async fn app(
        &self,
        purpose: Purpose,
        demo_day: Option<NaiveDate>,
        console: Console,
    ) -> Outcome<App> {
        let store = self.store(purpose).await?;
        match self.ready(&store, purpose, console).await {
            Ok(()) => Ok(self.app_on(store, demo_day)),
            Err(fail) => {
                // The file is left as it was met, without a log beside it.
                let _ = store.close().await;
                Err(fail)
            }
        }
    }

    /// Opens the database without looking at its state.
    pub(crate) async fn store(&self, purpose: Purpose) -> Outcome<Store> {
        let data = &self.config.data;
        if purpose != Purpose::Read {
            make_dir(&data.dir)?;
        }
        Store::open(&StoreConfig {
            url: self.config.database_url(),
            files_dir: Some(data.dir.join("files")),
            head_file: Some(self.config.head_file()),
            readers: data.readers,
            reading_only: purpose == Purpose::Read,
        })
        .await
        .map_err(|why| {
            if let store::StoreError::File { path, source } = &why {
                return Fail::unavailable(format!("“{path}”不能读写：{source}"))
                    .hint("链头文件、附件文件夹须能由运行本程序的账户写入；请检查权限和磁盘。");
            }
            Fail::unavailable(format!("打不开数据库：{why}")).hint(
                "请检查配置 [data] 的 dir、database 和 head_file，以及文件权限、磁盘空间、数据库服务是否在运行。",
            )
        })
    }

    /// Brings the schema to where the purpose needs it, or says what to run.
    async fn ready(&self, store: &Store, purpose: Purpose, console: Console) -> Outcome<()> {
        let schema = store.schema().await.map_err(|why| said(why.into()))?;
        let old = matches!(schema, Schema::Older(_) | Schema::Unfinished);
        let by_itself = match purpose {
            Purpose::Read | Purpose::Write => false,
            Purpose::Fill => schema == Schema::Empty,
            Purpose::Serve => old && store.engine() == Engine::Sqlite,
        };
        if by_itself {
            if purpose != Purpose::Fill {
                console.talk("数据库是较早版本的，正在升级…");
            }
            upgrade(store, self.upgrade_instant(), self.now, console).await?;
        } else if schema != Schema::Current {
            return Err(Fail::refused("schema", app::words::schema(&schema))
                .hint(crate::refusal::way_out("schema")));
        }
        if purpose == Purpose::Read {
            return Ok(());
        }
        store
            .refuse_behind_heads()
            .await
            .map_err(|why| said(why.into()))
    }

    /// The instant of an upgrade. A demo stays on its own day: there it is that of the last link.
    pub(crate) fn upgrade_instant(&self) -> i64 {
        self.marked_day().map_or(self.now, |_| 0)
    }

    fn app_on(&self, store: Store, demo_day: Option<NaiveDate>) -> App {
        let data = &self.config.data;
        let settings = Settings {
            data_dir: data.dir.clone(),
            head_file: Some(self.config.head_file()),
            upload_max: self.config.files.upload_max_mib.saturating_mul(MIB),
            files_max: self.config.files.per_act_max,
            demo_day,
        };
        App::new(store, WorkCalendar::shipped(), settings)
    }

    /// Refuses a folder without a database; an empty folder is not filled by looking at it.
    pub(crate) fn must_exist(&self) -> Outcome<()> {
        let data = &self.config.data;
        if data.database.is_empty() && !data.dir.join("bihuan.db").is_file() {
            return Err(
                Fail::unavailable(format!("“{}”里没有数据库", data.dir.display()))
                    .hint("请用 --data 写明数据目录（示范用 --data bihuan-demo）；新装的先执行 bihuan setup。"),
            );
        }
        Ok(())
    }

    /// Opens a database whose head file does not go with it, to put that right.
    pub(crate) async fn unchecked(&self) -> Outcome<App> {
        let store = self.store(Purpose::Write).await?;
        let schema = store.schema().await.map_err(|why| said(why.into()))?;
        if schema != Schema::Current {
            return Err(Fail::refused("schema", app::words::schema(&schema))
                .hint(crate::refusal::way_out("schema")));
        }
        Ok(self.app_on(store, self.marked_day()))
    }

    /// Opens the database of a county that was set up before.
    pub async fn existing(&self, purpose: Purpose, console: Console) -> Outcome<App> {
        self.must_exist()?;
        self.app(purpose, self.marked_day(), console).await
    }

    /// The day of a demo, if the folder holds one.
    pub fn marked_day(&self) -> Option<NaiveDate> {
        crate::demo::mark::read(&self.config.data.dir).map(|mark| mark.day)
    }

    /// The instant of an operation: in a demo its own day.
    async fn instant(&self, app: &App) -> Outcome<i64> {
        match self.marked_day() {
            Some(day) => crate::demo::clock::instant(day, app).await,
            None => Ok(self.now),
        }
    }

    /// A context that acts on behalf of a person and is audited as such.
    pub async fn operator(&self, login: &str, console: Console) -> Outcome<Ctx> {
        self.on_behalf(login, Purpose::Write, console).await
    }

    /// A context that looks on behalf of a person and can write nothing.
    pub async fn looker(&self, login: &str, console: Console) -> Outcome<Ctx> {
        self.on_behalf(login, Purpose::Read, console).await
    }

    async fn on_behalf(&self, login: &str, purpose: Purpose, console: Console) -> Outcome<Ctx> {
        let app = self.existing(purpose, console).await?;
        let now = self.instant(&app).await?;
        let today = app::ctx::china_day(now);
        let who = by_login(&app, login, today).await.map_err(|error| {
            said(error).hint(format!(
                "--as 后面写用户名，例如 --as anban；现为“{login}”。"
            ))
        })?;
        let actor = Actor::Operator {
            os_user: edge::os_user(),
            who,
        };
        Ok(context(app, actor, now))
    }

    /// A context of the operator at the console, on nobody's behalf.
    pub(crate) async fn console(&self, purpose: Purpose, talk: Console) -> Outcome<Ctx> {
        let app = self.existing(purpose, talk).await?;
        let now = self.instant(&app).await?;
        Ok(context(app, console(), now))
    }
}

/// The operator at the console.
pub(crate) fn console() -> Actor {
    Actor::Console {
        os_user: edge::os_user(),
    }
}

/// The context of one operation.
pub fn context(app: App, actor: Actor, now: i64) -> Ctx {
    Ctx {
        app,
        actor,
        now,
        today: app::ctx::china_day(now),
        as_of: None,
        request_id: "cli".to_owned(),
        ids: Ids::random(),
        once: None,
    }
}

/// Brings a database to this program's schema and says what was done: its links are stamped `at`,
/// its copy is named by the machine's `clock`.
pub(crate) async fn upgrade(
    store: &Store,
    at: i64,
    clock: i64,
    console: Console,
) -> Outcome<Migrated> {
    let done = store.migrate(at, clock).await.map_err(|why| {
        Fail::unavailable(format!("数据库升级没有完成：{why}")).hint(
            "数据库没有改动，或停在已做完的一步上；排除原因（如磁盘空间不足）后再执行一次 bihuan migrate。",
        )
    })?;
    if let Some(copy) = &done.copy {
        console.talk(format!(
            "升级前的数据库已备份到“{}”（保留最近{}份）。",
            copy.display(),
            store::schema::COPIES_KEPT
        ));
    }
    if done.steps == 0 && done.adopted > 0 {
        console.talk("接着上次没有做完的升级。");
    }
    if done.adopted > 0 {
        console.talk(format!(
            "已升级{}步，{}个辖区的数据纳入审计链。",
            done.steps, done.adopted
        ));
    }
    Ok(done)
}

/// The counties of a database.
pub(crate) async fn homes(app: &App) -> Outcome<Vec<BodyId>> {
    let found = app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await;
    let heads = found.map_err(|why| said(why.into()))?;
    Ok(heads.into_iter().map(|head| head.home).collect())
}

fn make_dir(dir: &Path) -> Outcome<()> {
    std::fs::create_dir_all(dir)
        .map_err(|why| Fail::unavailable(format!("建不了数据目录“{}”：{why}", dir.display())))
}

/// A clock for the pages.
pub(crate) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
