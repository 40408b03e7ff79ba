//! `bihuan act show ID`.

use app::act::{ActPage, ActPart, words};
use app::words::{act_step, instant, part_role};
use clap::Args;
use domain::calendar::words::{chinese_date, period_name};

use super::{As, act_id, admit, answered, one, operation};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Shows an act.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The act.
    #[arg(value_name = "ID", help = "记录编号")]
    id: String,
    #[command(flatten)]
    by: As,
}

impl Show {
    /// Prints the act.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let id = act_id(&self.id)?;
        let ctx = place.looker(&self.by.login, console).await?;
        let row = operation("act.show")?;
        admit(row, &ctx)?;
        let page = app::act::show(&ctx, id).await.map_err(said)?;
        if console.json {
            answered(console, row, |row| one(row, &page))?;
        } else {
            console.data(as_text(&page));
        }
        Ok(Exit::Done)
    }
}

fn as_text(page: &ActPage) -> String {
    let act = &page.act;
    let mark = match words::mark(act.state) {
        "" => String::new(),
        mark => format!("（{mark}）"),
    };
    let day = chinese_date(act.occurred_on);
    let mut out = vec![format!("{day} {}{mark}", words::headline(act))];
    let part = |p: &ActPart| format!("  {}：{}", part_role(p.role), p.name);
    out.extend(act.parts.iter().map(part));
    out.extend(page.fields.iter().map(|f| {
        let value = words::value(f).replace('\n', "；");
        format!("  {}：{value}", f.title)
    }));
    for m in &page.meets {
        let period = period_name(m.key.period);
        out.push(format!("  计入：{} {period} {}", m.owner_name, m.title));
    }
    for (n, v) in page.versions.iter().enumerate() {
        let reason = if v.reason.is_empty() {
            String::new()
        } else {
            format!(" {}", v.reason)
        };
        let by = v.person_name.as_deref().unwrap_or("系统");
        let (step, at) = (act_step(v.step), instant(v.at.ms()));
        out.push(format!("  第{}版 {step} {by} {at}{reason}", v.version));
        if let Some(before) = page.versions.get(n + 1) {
            let changes = words::changes(before, v);
            out.extend(changes.iter().map(|c| format!("    {c}")));
        }
    }
    out.join("\n")
}
