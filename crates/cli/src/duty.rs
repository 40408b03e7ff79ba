//! `bihuan duty list`: what is owed, and how it stands.

use app::duty::{Item, ListQuery, Scope};
use chrono::{Datelike, NaiveDate};
use clap::{Args, Subcommand};
use domain::id::BodyId;
use domain::standing::State;
use serde_json::{Value, json};

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// What can be done with duties.
#[derive(Debug, Subcommand)]
pub(crate) enum DutyCommand {
    /// Lists obligations with their standing.
    #[command(about = "列出职责和完成情况")]
    List(List),
}

impl DutyCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::List(command) => command.run(place, console).await,
        }
    }
}

/// Lists obligations that fall due in a year.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// The day to look at.
    #[arg(long, value_name = "DATE", help = "看哪一天的情况，默认今天")]
    as_of: Option<NaiveDate>,
    /// Year in which they fall due.
    #[arg(long, value_name = "YEAR", help = "到期年份，默认当年")]
    year: Option<i32>,
    /// Only this state.
    #[arg(long, value_name = "STATE", help = "只列这种状态，例如 overdue")]
    state: Option<String>,
    /// Only of this body.
    #[arg(long, value_name = "ID", help = "只列这个单位的")]
    body: Option<String>,
    /// Only rows with this text.
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        help = "标题或责任主体含有的字"
    )]
    text: String,
    /// Rows to pass over.
    #[arg(long, value_name = "N", default_value_t = 0, help = "跳过的行数")]
    skip: usize,
    /// Rows at most.
    #[arg(long, value_name = "N", default_value_t = 50, help = "最多行数")]
    limit: usize,
    /// On whose behalf.
    #[arg(long = "as", value_name = "LOGIN", help = "代谁查看：用户名")]
    login: String,
}

impl List {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        let state = match &self.state {
            Some(text) => Some(text.parse::<State>().map_err(|_| {
                let known: Vec<&str> = State::ALL.iter().map(|s| s.code()).collect();
                Fail::usage(format!("没有“{text}”这种状态"))
                    .hint(format!("可以写：{}", known.join("、")))
            })?),
            None => None,
        };
        let body = match &self.body {
            Some(text) => Some(
                text.parse::<BodyId>()
                    .map_err(|_| Fail::usage(format!("“{text}”不是单位编号（body_…）")))?,
            ),
            None => None,
        };
        let mut ctx = place.looker(&self.login, console).await?;
        if let Some(day) = self.as_of.filter(|d| *d > ctx.today) {
            return Err(Fail::usage(format!(
                "{day}还没有到，只能看今天和以前的情况"
            )));
        }
        ctx.as_of = self.as_of.filter(|d| *d < ctx.today);
        let query = ListQuery {
            year: self.year.unwrap_or_else(|| ctx.day().year()),
            month: None,
            duty: None,
            body,
            state,
            text: self.text,
            scope: Scope::All,
            skip: self.skip,
            limit: self.limit,
        };
        let page = app::duty::list(&ctx, &query).await.map_err(said)?;
        for item in &page.items {
            if console.json {
                console.value(&as_json(item));
            } else {
                let shown = [&item.due_text, &item.owner_name, &item.title, &item.word];
                console.data(shown.map(String::as_str).join("\t"));
            }
        }
        console.talk(format!("共{}项，本页{}项。", page.count, page.items.len()));
        Ok(Exit::Done)
    }
}

fn as_json(item: &Item) -> Value {
    json!({
        "pack": item.key.pack.as_str(),
        "duty": item.key.duty.as_str(),
        "owner": item.key.owner.to_string(),
        "period": item.key.period.to_string(),
        "title": item.title,
        "owner_name": item.owner_name,
        "due_on": item.due_on,
        "state": item.state_code(),
        "have": item.standing.have,
        "need": item.standing.need,
        "clauses": item.clauses.iter().map(|c| c.text.clone()).collect::<Vec<_>>(),
    })
}
