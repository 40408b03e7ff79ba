//! Opening the program's data, and acting in it on behalf of a person.

use std::path::Path;
use std::sync::Arc;

use app::session::by_login;
use app::{Actor, App, Ctx, Ids, Settings};
use chrono::NaiveDate;
use domain::calendar::WorkCalendar;
use domain::id::BodyId;
use store::{Store, StoreConfig};

use crate::config::Config;
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

impl Place {
    /// Opens the database with its migrations run; `demo_day` marks a demo.
    pub async fn app(&self, demo_day: Option<NaiveDate>) -> Outcome<App> {
        let data = &self.config.data;
        make_dir(&data.dir)?;
        let store = Store::open(&StoreConfig {
            url: self.config.database_url(),
            files_dir: Some(data.dir.join("files")),
            head_file: Some(self.config.head_file()),
            readers: data.readers,
        })
        .await
        .map_err(|why| {
            Fail::unavailable(format!("打不开数据库：{why}"))
                .hint("请检查配置 [data] 的 dir 和 database，以及文件权限。")
        })?;
        store
            .migrate()
            .await
            .map_err(|why| Fail::unavailable(format!("数据库升级没有完成：{why}")))?;
        let settings = Settings {
            data_dir: data.dir.clone(),
            head_file: Some(self.config.head_file()),
            upload_max: self.config.files.upload_max_mib.saturating_mul(MIB),
            files_max: self.config.files.per_act_max,
            demo_day,
        };
        Ok(App::new(store, WorkCalendar::shipped(), settings))
    }

    /// Opens the database of a county that was set up before; an empty folder is not filled by
    /// looking at it.
    pub async fn existing(&self) -> Outcome<App> {
        let data = &self.config.data;
        if data.database.is_empty() && !data.dir.join("bihuan.db").is_file() {
            return Err(
                Fail::unavailable(format!("“{}”里没有数据库", data.dir.display()))
                    .hint("请用 --data 写明数据目录（示范用 --data bihuan-demo）；新装的先执行 bihuan setup。"),
            );
        }
        self.app(self.marked_day()).await
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
    pub async fn operator(&self, login: &str) -> Outcome<Ctx> {
        let app = self.existing().await?;
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

    /// A context of the installation itself.
    pub async fn system(&self, name: &'static str) -> Outcome<Ctx> {
        let app = self.existing().await?;
        let now = self.instant(&app).await?;
        Ok(context(app, Actor::System { name }, now))
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
    }
}

/// The counties of a database.
pub(crate) async fn homes(app: &App) -> Outcome<Vec<BodyId>> {
    let found = app
        .store
        .read(async |r| store::audit_verify::audit_homes(r).await)
        .await;
    found.map_err(|why| said(why.into()))
}

fn make_dir(dir: &Path) -> Outcome<()> {
    std::fs::create_dir_all(dir)
        .map_err(|why| Fail::unavailable(format!("建不了数据目录“{}”：{why}", dir.display())))
}

/// A clock for the pages.
pub(crate) type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
