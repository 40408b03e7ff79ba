//! `bihuan act show ID`.

use app::act::ActPage;
use clap::Args;
use serde_json::{Value, json};

use super::{As, act_id};
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
        let page = app::act::show(&ctx, id).await.map_err(said)?;
        if console.json {
            console.value(&as_json(&page));
        } else {
            console.data(as_text(&page));
        }
        Ok(Exit::Done)
    }
}

fn as_text(page: &ActPage) -> String {
    let mark = if page.mark.is_empty() {
        String::new()
    } else {
        format!("（{}）", page.mark)
    };
    let mut out = vec![format!("{} {}{mark}", page.day, page.headline)];
    out.extend(
        page.parts
            .iter()
            .map(|p| format!("  {}：{}", p.role, p.name)),
    );
    out.extend(
        page.fields
            .iter()
            .map(|f| format!("  {}：{}", f.title, f.value.replace('\n', "；"))),
    );
    for m in &page.meets {
        out.push(format!(
            "  计入：{} {} {}",
            m.owner_name, m.period_name, m.title
        ));
    }
    for v in &page.versions {
        let reason = if v.reason.is_empty() {
            String::new()
        } else {
            format!(" {}", v.reason)
        };
        out.push(format!(
            "  第{}版 {} {} {}{reason}",
            v.version, v.step, v.by, v.at
        ));
        out.extend(v.changes.iter().map(|c| format!("    {c}")));
    }
    out.join("\n")
}

fn as_json(page: &ActPage) -> Value {
    json!({ "act": {
        "id": page.id.to_string(),
        "version": page.version,
        "kind": page.kind,
        "headline": page.headline,
        "day": page.day,
        "period": page.period,
        "mark": page.mark,
        "fields": page.fields.iter().map(|f| json!({ "title": f.title, "value": f.value }))
            .collect::<Vec<_>>(),
        "parts": page.parts.iter().map(|p| json!({
            "role": p.role, "name": p.name, "body": p.body.to_string(),
        })).collect::<Vec<_>>(),
        "meets": page.meets.iter().map(|m| json!({
            "duty": m.title, "owner": m.owner_name, "period": m.period_name,
        })).collect::<Vec<_>>(),
        "versions": page.versions.iter().map(|v| json!({
            "version": v.version, "step": v.step, "by": v.by, "at": v.at, "reason": v.reason,
            "changes": v.changes,
        })).collect::<Vec<_>>(),
    }})
}
