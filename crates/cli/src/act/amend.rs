//! `bihuan act amend ID …`.

use app::act::AmendAct;
use clap::Args;

use super::{Typed, Writes, act_id, answered, checked, one, operation};
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
    by: Writes,
}

impl Amend {
    /// Amends it: what is not given stays as it was.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let row = operation("act.amend")?;
        let id = act_id(&self.id)?;
        let mut input = self.typed.input()?;
        let ctx = self.by.ctx(row, place, console).await?;
        let version = match self.version {
            Some(version) => version,
            None => app::act::draft_of(&ctx, id).await.map_err(said)?.1,
        };
        input.insert("id".to_owned(), id.to_string().into());
        input.insert("version".to_owned(), version.into());
        input.insert("reason".to_owned(), self.reason.into());
        let amended: AmendAct = checked(row, input)?;
        let saved = app::act::amend_as(&ctx, amended).await.map_err(said)?;
        if console.json {
            answered(console, row, |row| one(row, &saved))?;
        } else {
            console.data(format!("{} 第{}版", saved.id, saved.version));
        }
        Ok(Exit::Done)
    }
}
