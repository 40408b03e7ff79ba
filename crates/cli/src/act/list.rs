//! `bihuan act list`.

use app::act::ActQuery;
use chrono::NaiveDate;
use clap::Args;
use domain::id::BodyId;
use serde_json::json;

use super::As;
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Lists acts, newest first.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only this kind.
    #[arg(long, value_name = "KIND", help = "只列这一种，例如 inspection")]
    kind: Option<String>,
    /// Only of this body.
    #[arg(long, value_name = "ID", help = "只列这个单位的")]
    body: Option<String>,
    /// From this day.
    #[arg(long, value_name = "DATE", help = "自")]
    from: Option<NaiveDate>,
    /// To this day.
    #[arg(long, value_name = "DATE", help = "至")]
    to: Option<NaiveDate>,
    /// Only returns that wait for acceptance.
    #[arg(long, help = "只列待审核的报表")]
    waiting: bool,
    /// The key that the page before ended with.
    #[arg(long, value_name = "KEY", help = "接着上一页（上一页末尾给出）")]
    after: Option<String>,
    /// Rows at most.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 30,
        help = "最多行数（200以内）"
    )]
    limit: usize,
    #[command(flatten)]
    by: As,
}

/// Most rows of one page.
const LIMIT_MAX: usize = 200;

impl List {
    /// Prints a page.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let body = match &self.body {
            Some(text) => Some(
                text.parse::<BodyId>()
                    .map_err(|_| Fail::usage(format!("“{text}”不是单位编号（body_…）")))?,
            ),
            None => None,
        };
        let ctx = place.looker(&self.by.login, console).await?;
        let query = ActQuery {
            kind: self.kind,
            body,
            from: self.from,
            to: self.to,
            waiting: self.waiting,
            after: self.after,
            limit: self.limit.clamp(1, LIMIT_MAX),
            ..ActQuery::default()
        };
        let page = app::act::acts(&ctx, &query).await.map_err(said)?;
        for line in &page.lines {
            if console.json {
                console.value(&json!({
                    "id": line.id.to_string(), "day": line.day, "kind": line.kind,
                    "headline": line.headline, "did": line.did, "mark": line.mark,
                }));
            } else {
                let mark = if line.mark.is_empty() {
                    String::new()
                } else {
                    format!("\t{}", line.mark)
                };
                console.data(format!(
                    "{}\t{}\t{}\t{}{mark}",
                    line.id, line.day, line.headline, line.did
                ));
            }
        }
        if let Some(next) = &page.next {
            console.talk(format!("共{}条，下一页：--after {next}", page.count));
        }
        Ok(Exit::Done)
    }
}
