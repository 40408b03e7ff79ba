//! `bihuan demo`: an invented county with ten months of recorded work, served on its own day.
//!
//! **Invariant:** everything is written through the program's own verbs; the same every time.

pub mod clock;
pub mod mark;

mod county;
mod data;
mod dice;
mod firms;
mod notice;
mod play;
mod sketch;
mod year;

use std::net::SocketAddr;
use std::path::Path;

use app::{App, Ids};
use chrono::NaiveDate;
use clap::Args;
use domain::id::BodyId;
use serde_json::json;

use self::data::Given;
use self::mark::Mark;
use self::play::Player;
use crate::config::{Config, Server};
use crate::console::Console;
use crate::edge;
use crate::open::{Place, Purpose};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;
use crate::serve;

/// The demo's day.
pub const DAY: (i32, u32, u32) = (2026, 11, 5);
/// The password of every account of the demo; it guards nothing.
pub const PASSWORD: &str = "Bihuan-2026";
/// Its argon2id hash with a fixed salt, so that the demo is the same every time.
const PASSWORD_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$Yq2SF7/3sDHxFJ2zuWb/oQ\
$MSz3D08IPadjcNbQrTw1nedeJg1GdMyggAQLuBK0X3A";
/// Where the demo stands unless told otherwise.
const DIR: &str = "bihuan-demo";
/// Port unless told otherwise.
const PORT: u16 = 8650;

/// Builds the demo, if it does not stand yet, and serves it.
#[derive(Debug, Args)]
pub struct Demo {
    /// Port.
    #[arg(long, value_name = "N", default_value_t = PORT, help = "端口")]
    port: u16,
    /// The day that the demo shows.
    #[arg(
        long,
        value_name = "DATE",
        help = "示范日期，例如 2026-03-31；默认 2026-11-05"
    )]
    as_of: Option<NaiveDate>,
    /// Builds anew what stands in the folder.
    #[arg(long, help = "清空示范数据，重新生成")]
    fresh: bool,
    /// Builds only, without serving.
    #[arg(long, help = "只生成，不启动服务")]
    build_only: bool,
}

impl Demo {
    /// Builds and serves.
    pub async fn run(self, place: &Place, data: Option<&Path>, console: Console) -> Outcome {
        let mut place = place.clone();
        ignored(&place.config, data, console);
        let dir = data.unwrap_or(Path::new(DIR)).to_owned();
        // The demo is always SQLite in its own folder, whatever is configured for the real county.
        place.config.data.dir.clone_from(&dir);
        place.config.data.database.clear();
        place.config.data.head_file = std::path::PathBuf::new();
        serve::log(&place.config.log);
        if self.fresh {
            clear(&dir)?;
        }
        let standing = mark::read(&dir);
        let day = self
            .as_of
            .or(standing.map(|m| m.day))
            .unwrap_or_else(usual_day);
        let began = edge::now_ms();
        let built = match standing {
            Some(_) => None,
            None => Some(build_in(&place.config, day, console).await?),
        };
        if let Some(built) = &built {
            let seconds = (edge::now_ms() - began) / 1000;
            console.talk(format!(
                "示范数据已生成：{}个单位、{}条办理，用时{seconds}秒。",
                built.bodies, built.steps
            ));
        }
        if let Some(mark) = standing.filter(|m| m.day != day) {
            console.talk(format!(
                "这份示范数据生成到{}，现在按{day}打开，只能查看；要从头生成请加 --fresh。",
                mark.day
            ));
        }
        if self.build_only {
            console.value(&json!({
                "day": day, "data": dir.display().to_string(),
                "steps": built.as_ref().map(|b| b.steps),
            }));
            return Ok(Exit::Done);
        }
        let app = place.app(Purpose::Serve, Some(day), console).await?;
        greet(console);
        let clock = clock::running(day, &app).await?;
        let server = Server {
            listen: SocketAddr::from(([127, 0, 0, 1], self.port)),
            secure_cookies: false,
            proxies: Vec::new(),
        };
        serve::serve(app, clock, &server, console).await
    }
}

/// Says which settings mean nothing to a demo: it has a folder, a database and a port of its own.
fn ignored(config: &Config, data: Option<&Path>, console: Console) {
    let usual = Config::default();
    let mut names = Vec::new();
    if !config.data.database.is_empty() {
        names.push("[data] database");
    }
    if config.data.head_file != usual.data.head_file {
        names.push("[data] head_file");
    }
    if data.is_none() && config.data.dir != usual.data.dir {
        names.push("[data] dir");
    }
    if config.server != usual.server {
        names.push("[server]");
    }
    if !names.is_empty() {
        console.talk(format!(
            "示范使用自己的文件夹、SQLite 数据库和端口，配置中的{}不起作用；启动正式系统请用 bihuan serve。",
            names.join("、")
        ));
    }
}

fn usual_day() -> NaiveDate {
    let (year, month, day) = DAY;
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// Who can sign in, and with what.
fn greet(console: Console) {
    console.talk("");
    console.talk("明安市泽安县（示范）：县区、单位、企业、人员均为虚构。");
    console.talk(format!("所有示范账号的口令都是 {PASSWORD}，仅供示范："));
    for (login, who) in [
        ("anban", "县安委办工作人员（办理、审核、施行制度）"),
        ("anban.zhuren", "县安委办主任（决定豁免和延期）"),
        ("shiqiao", "石桥镇联络员（手机上记一次检查）"),
        ("qingxi", "清溪镇联络员；其余各镇用拼音"),
        ("yingji", "县应急管理局联络员；其余部门用拼音"),
        ("xianzhang", "县长（查看）"),
        ("xitong / anquan / shenji", "系统、安全、审计管理员"),
    ] {
        console.talk(format!("  {login:<26}{who}"));
    }
    console.talk("");
}

/// Removes a demo; a folder that is not marked as one is left alone.
fn clear(dir: &Path) -> Outcome<()> {
    if !dir.exists() {
        return Ok(());
    }
    let known = mark::read(dir).is_some() || half_built(dir);
    if !known {
        return Err(Fail::refused(
            "demo.not-a-demo",
            format!("“{}”里不是示范数据，没有清空", dir.display()),
        )
        .hint("请用 --data 另指定一个文件夹。"));
    }
    std::fs::remove_dir_all(dir)
        .map_err(|why| Fail::unavailable(format!("清不掉“{}”：{why}", dir.display())))
}

/// Whether a build was broken off in this folder.
fn half_built(dir: &Path) -> bool {
    dir.join(BUILDING).is_file()
}

/// Stands in the folder while it is built.
const BUILDING: &str = "demo-building";

/// What was built.
#[derive(Debug, Clone)]
pub struct Built {
    /// The county.
    pub home: BodyId,
    /// Bodies set up.
    pub bodies: usize,
    /// Steps played.
    pub steps: usize,
}

/// Builds the demo in an empty folder and marks it.
async fn build_in(config: &Config, day: NaiveDate, console: Console) -> Outcome<Built> {
    let dir = &config.data.dir;
    if half_built(dir) {
        console.talk("上次没有生成完，重新生成。");
        clear(dir)?;
    } else if dir.join("bihuan.db").exists() {
        return Err(Fail::refused(
            "demo.not-a-demo",
            format!("“{}”里已有别的数据", dir.display()),
        )
        .hint("请用 --data 另指定一个文件夹。"));
    }
    console.talk("正在生成示范数据（只在第一次启动时）…");
    let failed =
        |why: std::io::Error| Fail::unavailable(format!("写不进“{}”：{why}", dir.display()));
    std::fs::create_dir_all(dir).map_err(failed)?;
    std::fs::write(dir.join(BUILDING), "").map_err(failed)?;
    let place = Place {
        config: config.clone(),
        now: edge::now_ms(),
    };
    let app = place.app(Purpose::Fill, Some(day), console).await?;
    let built = build(&app, day).await?;
    app.store.close().await.map_err(|why| said(why.into()))?;
    mark::write(dir, Mark { day })?;
    std::fs::remove_file(dir.join(BUILDING)).map_err(failed)?;
    Ok(built)
}

/// Builds the demo in an empty database, up to the morning of a day.
pub async fn build(app: &App, day: NaiveDate) -> Outcome<Built> {
    let given = Given::shipped()?;
    let ids = Ids::seeded("bihuan demo");
    let at = |month: u32, on: u32, minute: u32| {
        let year = if month == 12 { 2025 } else { 2026 };
        play::instant(
            NaiveDate::from_ymd_opt(year, month, on).unwrap_or(day),
            minute,
        )
    };
    let opened = at(12, 1, 9 * 60);
    let home = BodyId::new(ids.next(opened));
    let system = |now: i64| play::system(app, &ids, home, now);
    let first = system(opened);
    let pack = notice::committees_pack()?;
    let county = county::set_up(&first, &given, &pack, PASSWORD_HASH.to_owned()).await?;
    let upto = |now: i64| now < play::instant(day, clock::OPENS_MINUTE);
    for (now, id) in [
        (at(2, 13, 16 * 60), "common"),
        (at(2, 13, 16 * 60 + 5), notice::COMMITTEES),
        (at(2, 14, 15 * 60), notice::THREE_ACTIONS),
    ] {
        if !upto(now) {
            continue;
        }
        let ctx = system(now);
        notice::import(&ctx, id).await?;
        if id != "common" {
            notice::apply(&system(now + 600_000), &county, id).await?;
        }
    }
    if upto(at(2, 14, 16 * 60)) {
        notice::open(&system(at(2, 14, 16 * 60)), notice::SPRING).await?;
    }
    let plan = year::plan(&county, &given, &app.calendar)?;
    let march = at(3, 2, 8 * 60 + 30);
    let mut player = Player::new(app, ids.clone());
    let (early, late): (Vec<_>, Vec<_>) = plan
        .into_iter()
        .partition(|p| play::instant(p.on, p.minute) < march);
    let mut steps = player.play(early, day).await?;
    if upto(march) {
        let ctx = system(march);
        for opened in notice::OTHERS {
            notice::open(&ctx, opened).await?;
        }
    }
    steps += player.play(late, day).await?;
    let bodies = app
        .world(county.home)
        .await
        .map_err(said)?
        .structure
        .bodies()
        .len();
    Ok(Built {
        home: county.home,
        bodies,
        steps,
    })
}
