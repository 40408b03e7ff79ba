//! `bihuan act record KIND …`.

use app::act::{ActDraft, Meets};
use clap::Args;
use serde_json::{Value, json};

use super::{As, Typed};
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
    by: As,
}

impl Record {
    /// Records it and says what it meets.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let ctx = place.operator(&self.by.login, console).await?;
        let bare = ActDraft {
            kind: self.kind,
            occurred_on: ctx.today.to_string(),
            ..ActDraft::default()
        };
        let draft = self.typed.over(bare)?;
        let seen = app::act::preview(&ctx, &draft).await.map_err(said)?;
        if self.preview {
            seen.missing.into_result().map_err(said)?;
            print(console, None, &seen.meets);
            return Ok(Exit::Done);
        }
        let id = app::act::record(&ctx, &draft).await.map_err(said)?;
        print(console, Some(id.to_string()), &seen.meets);
        Ok(Exit::Done)
    }
}

fn print(console: Console, id: Option<String>, meets: &[Meets]) {
    if console.json {
        let meets: Vec<Value> = meets.iter().map(met).collect();
        console.value(&json!({ "act": id, "meets": meets }));
        return;
    }
    if let Some(id) = id {
        console.data(id);
    }
    if meets.is_empty() {
        console.talk("没有计入任何职责。");
    }
    for m in meets {
        let turns = if m.turns_met { "，已完成" } else { "" };
        let change = format!("{} → {}{turns}", m.before, m.after);
        console.talk(format!(
            "{} {} {}：{change}",
            m.owner_name, m.period_name, m.title
        ));
    }
}

fn met(m: &Meets) -> Value {
    json!({
        "duty": m.title, "owner": m.owner_name, "period": m.period_name,
        "before": m.before, "after": m.after, "turns_met": m.turns_met,
        "clauses": m.clauses.iter().map(|c| format!("{} {}", c.notice, c.number)).collect::<Vec<_>>(),
    })
}
