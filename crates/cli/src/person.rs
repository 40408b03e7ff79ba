//! `bihuan person reset`: one link from the server's console, where two administrators cannot be
//! reached. No page leads here; it stands on every administrator's desk for thirty days.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::console::Console;
use crate::edge;
use crate::open::{Place, Purpose};
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// What can be done for people.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// One link by the operator.
    #[command(
        about = "两名管理员都无法办理时，发放一个设置口令的一次性链接；记入审计，并在各管理员工作台显示30天"
    )]
    Reset(Reset),
}

impl PersonCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Reset(command) => command.run(place, console).await,
        }
    }
}

/// Issues one link.
#[derive(Debug, Args)]
pub(crate) struct Reset {
    /// Whose.
    #[arg(value_name = "LOGIN", help = "用户名")]
    login: String,
    /// Why.
    #[arg(
        long,
        value_name = "TEXT",
        help = "原因：为什么两名管理员都无法办理，由谁批准"
    )]
    reason: String,
    /// Opens a disabled account in the same step.
    #[arg(long, help = "账号已停用的，同时启用")]
    enable: bool,
}

impl Reset {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        let ctx = place.console(Purpose::Write, console).await?;
        let operator = edge::os_user();
        let token = app::reset::by_operator(&ctx, &self.login, &self.reason, self.enable)
            .await
            .map_err(said)?;
        let link = format!("http://{}/link/{token}", place.config.server.listen);
        if console.json {
            console.value(&json!({ "login": self.login, "link": link }));
        } else {
            console.data(&link);
        }
        console.talk("请交给本人，24小时内有效，只能用一次；此前的链接已失效。");
        console.talk(format!(
            "已以“{operator}”的名义记入审计，各管理员的工作台将显示{}天，本人登录时也会看到。",
            domain::reset::OPERATOR_SHOWN_DAYS
        ));
        Ok(Exit::Done)
    }
}
