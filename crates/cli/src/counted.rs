//! `bihuan counted check|rebuild`: what acts count for, against its computation from nothing.

use app::counted::{Astray, astray};
use clap::Subcommand;
use domain::id::BodyId;
use serde_json::json;

use crate::console::Console;
use crate::open::{Place, Purpose, homes};
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Progress is said so many times.
const TENTHS: usize = 10;

/// What can be done with counted acts.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum CountedCommand {
    /// Compares what stands with the computation.
    #[command(about = "核对计入表是否与重新计算一致")]
    Check,
    /// Makes what stands equal to the computation.
    #[command(about = "按重新计算的结果更正计入表")]
    Rebuild,
}

impl CountedCommand {
    /// Runs it for every county.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let purpose = match self {
            Self::Check => Purpose::Read,
            Self::Rebuild => Purpose::Write,
        };
        let ctx = place.console(purpose, console).await?;
        let mut equal = true;
        for home in homes(&ctx.app).await? {
            if matches!(self, Self::Rebuild) {
                rebuild(&ctx, home, console).await?;
            }
            let (rows, astray) = compared(&ctx, home).await?;
            let (missing, extra) = (astray.missing.len(), astray.extra.len());
            equal &= missing + extra == 0;
            if console.json {
                console.value(&json!({
                    "home": home.to_string(), "rows": rows,
                    "missing": missing, "extra": extra,
                }));
            } else {
                console.data(format!(
                    "计入表{rows}行，与重新计算相比缺{missing}行、多{extra}行。"
                ));
            }
        }
        if !equal {
            console.talk("不一致，请执行 bihuan counted rebuild 更正。");
        }
        Ok(if equal { Exit::Done } else { Exit::Refused })
    }
}

/// Counts anew beside what stands, and says how far it is.
async fn rebuild(ctx: &app::Ctx, home: BodyId, console: Console) -> Outcome<()> {
    let mut told = 0;
    let mut tell = |at: app::counted::Progress| {
        // A line for each tenth: a million acts take a while.
        let tenth = at.done * TENTHS / at.of.max(1);
        if tenth > told {
            told = tenth;
            console.talk(format!("已核算{}条记录，共{}条。", at.done, at.of));
        }
    };
    let counted = app::counted::recount_home(ctx, home, &mut tell).await;
    let (gone, new) = counted.map_err(said)?;
    console.talk(format!("更正{gone}行，补入{new}行，一次生效。"));
    Ok(())
}

/// How many rows stand, and what is astray among them.
async fn compared(ctx: &app::Ctx, home: BodyId) -> Outcome<(u64, Astray)> {
    let world = ctx.app.world(home).await.map_err(said)?;
    let astray = ctx.app.store.read(async |r| astray(r, &world).await);
    let astray = astray.await.map_err(said)?;
    Ok((astray.rows, astray))
}
