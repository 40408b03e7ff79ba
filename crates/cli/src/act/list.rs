//! `bihuan act list`.

use app::act::{ActQuery, words};
use chrono::NaiveDate;
use clap::Args;
use domain::calendar::words::chinese_date;
use serde_json::{Map, Value};

use super::{As, admit, answered, checked, operation};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
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
    /// Only with this text.
    #[arg(long, value_name = "TEXT", help = "只列内容里有这些字的")]
    text: Option<String>,
    /// In which order.
    #[arg(long, value_name = "CODE", help = "排序：newest（最近的在前）、oldest")]
    sort: Option<String>,
    /// The key that a page before or after ended with.
    #[arg(long, value_name = "KEY", help = "接着哪一页（上一页末尾给出）")]
    after: Option<String>,
    /// Rows at most.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 30,
        help = "最多行数（300以内）"
    )]
    limit: usize,
    #[command(flatten)]
    by: As,
}

/// Most rows of one page.
const LIMIT_MAX: usize = 300;

impl List {
    /// Prints a page.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let row = operation("act.list")?;
        let ctx = place.looker(&self.by.login, console).await?;
        admit(row, &ctx)?;
        let limit = self.limit.clamp(1, LIMIT_MAX);
        let query: ActQuery = checked(row, self.input())?;
        let page = app::act::acts_to_save(&ctx, query, limit);
        let page = page.await.map_err(said)?;
        if console.json {
            answered(console, row, |row| row.envelope.of_many(&page))?;
            return Ok(Exit::Done);
        }
        for line in &page.rows {
            let mark = match words::mark(line.state) {
                "" => String::new(),
                mark => format!("\t{mark}"),
            };
            let (day, about) = (chinese_date(line.occurred_on), words::headline(line));
            let did = words::did(line);
            console.data(format!("{}\t{day}\t{about}\t{did}{mark}", line.id));
        }
        if let Some(next) = &page.next {
            let more = if page.count.exact { "" } else { "+" };
            let count = page.count.rows;
            console.talk(format!("共{count}{more}条，下一页：--after {next}"));
        }
        Ok(Exit::Done)
    }

    fn input(self) -> Map<String, Value> {
        let mut input = Map::new();
        let texts = [
            ("kind", self.kind),
            ("body", self.body),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("text", self.text),
            ("sort", self.sort),
            ("page", self.after),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                input.insert(name.to_owned(), text.into());
            }
        }
        if self.waiting {
            input.insert("waiting".to_owned(), true.into());
        }
        input
    }
}
