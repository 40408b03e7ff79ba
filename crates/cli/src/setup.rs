//! `bihuan setup`: an empty database gets its county and the one-time link of its administrators.

use app::{Actor, Ctx, Ids, body, session};
use clap::Args;
use domain::id::BodyId;
use serde_json::json;

use crate::console::Console;
use crate::open::{Place, Purpose, context, homes};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Sets up a county.
#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// Name of the county.
    #[arg(long, value_name = "NAME", help = "辖区名称，例如 某某市某某县")]
    name: Option<String>,
    /// Its division code.
    #[arg(long, value_name = "CODE", help = "六位区划代码")]
    division: Option<String>,
}

impl Setup {
    /// Creates the county where none stands, and prints the link.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let app = place.app(Purpose::Fill, None, console).await?;
        let standing = homes(&app).await?.first().copied();
        let home = standing.unwrap_or_else(|| BodyId::new(Ids::random().next(place.now)));
        let name = "setup";
        let ctx = context(app, Actor::System { name, home }, place.now);
        if standing.is_none() {
            self.county(&ctx).await?;
        }
        let token = session::setup_link(&ctx).await.map_err(said)?;
        let link = format!("http://{}/link/{token}", place.config.server.listen);
        if console.json {
            console.value(&json!({ "home": home.to_string(), "link": link }));
        } else {
            console.data(&link);
        }
        console.talk("请在24小时内打开这个链接（只能用一次），设立系统、安全、审计三名管理员。");
        console.talk("然后执行 bihuan serve 启动服务。");
        Ok(Exit::Done)
    }
    async fn county(&self, ctx: &Ctx) -> Outcome<BodyId> {
        let (Some(name), Some(division)) = (&self.name, &self.division) else {
            return Err(Fail::usage("数据库是空的，请写明辖区")
                .hint("bihuan setup --name 某某县 --division 六位区划代码"));
        };
        if division.len() != 6 || !division.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fail::usage(format!(
                "区划代码应为6位数字，现为“{division}”"
            )));
        }
        body::create_home(ctx, name, division, ctx.today)
            .await
            .map_err(said)
    }
}
