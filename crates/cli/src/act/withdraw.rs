//! `bihuan act withdraw ID`.

use app::act::Change;
use clap::Args;
use serde_json::json;

use super::{As, act_id};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Withdraws an act.
#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    /// The act.
    #[arg(value_name = "ID", help = "记录编号")]
    id: String,
    /// The version that was looked at; the newest one otherwise.
    #[arg(long, value_name = "N", help = "所看的版本")]
    version: Option<i64>,
    /// Why.
    #[arg(long, value_name = "TEXT", help = "撤回原因")]
    reason: String,
    #[command(flatten)]
    by: As,
}

impl Withdraw {
    /// Withdraws it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let id = act_id(&self.id)?;
        let ctx = place.operator(&self.by.login, console).await?;
        let version = match self.version {
            Some(version) => version,
            None => app::act::draft_of(&ctx, id).await.map_err(said)?.1,
        };
        let change = Change {
            id,
            version,
            reason: self.reason,
        };
        app::act::withdraw(&ctx, &change).await.map_err(said)?;
        if console.json {
            console.value(&json!({ "act": self.id, "withdrawn": true }));
        } else {
            console.data(format!("{} 已撤回", self.id));
        }
        Ok(Exit::Done)
    }
}
