//! `bihuan act amend ID …`.

use app::act::Change;
use clap::Args;
use serde_json::json;

use super::{As, Typed, act_id};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Amends an act.
#[derive(Debug, Args)]
pub(crate) struct Amend {
    /// The act.
    #[arg(value_name = "ID", help = "记录编号")]
    id: String,
    /// The version that was looked at; the newest one otherwise.
    #[arg(
        long,
        value_name = "N",
        help = "所看的版本；期间有人改过的，将拒绝并说明"
    )]
    version: Option<i64>,
    /// Why.
    #[arg(long, value_name = "TEXT", help = "更正原因")]
    reason: String,
    #[command(flatten)]
    typed: Typed,
    #[command(flatten)]
    by: As,
}

impl Amend {
    /// Amends it: what is not given stays as it was.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let id = act_id(&self.id)?;
        let ctx = place.operator(&self.by.login, console).await?;
        let (before, newest) = app::act::draft_of(&ctx, id).await.map_err(said)?;
        let version = self.version.unwrap_or(newest);
        let draft = self.typed.over(before)?;
        let change = Change {
            id,
            version,
            reason: self.reason,
        };
        app::act::amend(&ctx, &change, &draft).await.map_err(said)?;
        if console.json {
            console.value(&json!({ "act": self.id, "version": version + 1 }));
        } else {
            console.data(format!("{} 第{}版", self.id, version + 1));
        }
        Ok(Exit::Done)
    }
}
