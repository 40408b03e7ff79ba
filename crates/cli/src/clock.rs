//! `bihuan clock accept`: the way out after a clock that was wrongly ahead.

use app::Ctx;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::console::Console;
use crate::open::{Place, Purpose, context};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// What can be done about the clock.
#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    /// Says that the clock was wrong and is right now.
    #[command(about = "服务器时钟曾快于实际时间，现已校准：确认后可继续写入，并留下记录")]
    Accept(Accept),
}

impl ClockCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let Self::Accept(command) = self;
        command.run(place, console).await
    }
}

/// Says that the clock was wrong and is right now.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// What happened.
    #[arg(
        long,
        value_name = "TEXT",
        help = "原因，例如 断电后时钟跳到2027年，已校准"
    )]
    reason: String,
}

impl Accept {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        if place.marked_day().is_some() {
            return Err(Fail::refused(
                "clock.demo",
                "示范县有自己的日期，不需要更正时钟",
            ));
        }
        let app = place.existing(Purpose::Write, console).await?;
        let ctx: Ctx = context(app, crate::open::console(), place.now);
        let done = app::clock::set_back(&ctx, &self.reason)
            .await
            .map_err(said)?;
        for one in &done {
            if console.json {
                console.value(&json!({
                    "home": one.home.to_string(), "was": one.was, "now": one.now, "seq": one.seq,
                }));
            } else {
                console.data(format!(
                    "时钟已由{}改回{}（第{}号记录）；登录和一次性链接已全部失效，请重新登录。",
                    one.was, one.now, one.seq
                ));
            }
        }
        if done.is_empty() {
            console.talk("最近的记录不晚于现在的时钟，无须更正。");
        }
        Ok(Exit::Done)
    }
}
