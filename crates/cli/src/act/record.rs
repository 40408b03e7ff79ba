//! `bihuan act record KIND …`.

use app::act::{Meets, NewAct, words};
use clap::Args;
use domain::calendar::words::period_name;

use super::{Typed, Writes, answered, checked, one, operation};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Records an act.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// Kind of act.
    #[arg(value_name = "KIND", help = "种类，例如 inspection、meeting")]
    kind: String,
    #[command(flatten)]
    typed: Typed,
    /// Only says what it would meet.
    #[arg(long, help = "只看将计入哪些职责，不保存")]
    preview: bool,
    #[command(flatten)]
    by: Writes,
}

impl Record {
    /// Records it and says what it meets.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let name = if self.preview {
            "act.preview"
        } else {
            "act.record"
        };
        let row = operation(name)?;
        let mut input = self.typed.input()?;
        input.insert("kind".to_owned(), self.kind.into());
        let ctx = self.by.ctx(row, place, console).await?;
        let new: NewAct = checked(row, input)?;
        let seen = app::act::preview_as(&ctx, new.clone())
            .await
            .map_err(said)?;
        if self.preview {
            if console.json {
                answered(console, row, |row| one(row, &seen))?;
                return Ok(Exit::Done);
            }
            seen.missing.into_result().map_err(said)?;
            print(console, None, &seen.meets);
            return Ok(Exit::Done);
        }
        let saved = app::act::record_as(&ctx, new).await.map_err(said)?;
        if console.json {
            answered(console, row, |row| one(row, &saved))?;
        } else {
            print(console, Some(saved.id.to_string()), &seen.meets);
        }
        Ok(Exit::Done)
    }
}

fn print(console: Console, id: Option<String>, meets: &[Meets]) {
    if let Some(id) = id {
        console.data(id);
    }
    if meets.is_empty() {
        console.talk("没有计入任何职责。");
    }
    for m in meets {
        let turns = if m.turns_met { "，已完成" } else { "" };
        let change = format!("{}{turns}", words::moved(m));
        let period = period_name(m.key.period);
        console.talk(format!("{} {period} {}：{change}", m.owner_name, m.title));
    }
}
