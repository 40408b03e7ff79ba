//! `bihuan act withdraw ID`.

use app::act::ChangeAct;
use clap::Args;
use serde_json::{Map, json};

use super::{Writes, act_id, answered, checked, one, operation};
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
    by: Writes,
}

impl Withdraw {
    /// Withdraws it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let row = operation("act.withdraw")?;
        let id = act_id(&self.id)?;
        let ctx = self.by.ctx(row, place, console).await?;
        let version = match self.version {
            Some(version) => version,
            None => app::act::draft_of(&ctx, id).await.map_err(said)?.1,
        };
        let input = Map::from_iter([
            ("id".to_owned(), json!(id)),
            ("version".to_owned(), json!(version)),
            ("reason".to_owned(), json!(self.reason)),
        ]);
        let change: ChangeAct = checked(row, input)?;
        let done = app::act::withdraw(&ctx, &change.into()).await;
        let saved = done.map_err(said)?;
        if console.json {
            answered(console, row, |row| one(row, &saved))?;
        } else {
            console.data(format!("{} 已撤回", saved.id));
        }
        Ok(Exit::Done)
    }
}
