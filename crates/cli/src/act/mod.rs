//! `bihuan act …`: records, corrections and withdrawals from the command line, on behalf of a
//! person.

mod amend;
mod list;
mod record;
mod show;
mod withdraw;

use std::path::PathBuf;

use app::act::ActDraft;
use clap::{Args, Subcommand};
use domain::id::ActId;

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Fail, Outcome};

/// What can be done with acts.
#[derive(Debug, Subcommand)]
pub(crate) enum ActCommand {
    /// Records an act.
    #[command(about = "记录一次履职")]
    Record(record::Record),
    /// Amends an act.
    #[command(about = "更正一条记录，原记录保留")]
    Amend(amend::Amend),
    /// Withdraws an act.
    #[command(about = "撤回一条记录，仍可查看，不再计入")]
    Withdraw(withdraw::Withdraw),
    /// Shows an act with its versions and what it counts for.
    #[command(about = "显示一条记录：内容、各版本、计入哪些职责")]
    Show(show::Show),
    /// Lists acts.
    #[command(about = "列出记录")]
    List(list::List),
}

impl ActCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Record(command) => command.run(place, console).await,
            Self::Amend(command) => command.run(place, console).await,
            Self::Withdraw(command) => command.run(place, console).await,
            Self::Show(command) => command.run(place, console).await,
            Self::List(command) => command.run(place, console).await,
        }
    }
}

/// On whose behalf.
#[derive(Debug, Args)]
struct As {
    /// Sign-in name.
    #[arg(long = "as", value_name = "LOGIN", help = "代谁办理：用户名")]
    login: String,
}

/// What an act says, as arguments or as a JSON file.
#[derive(Debug, Args)]
struct Typed {
    /// The day.
    #[arg(long, value_name = "DATE", help = "日期，例如 2026-11-05")]
    on: Option<String>,
    /// The period that it answers for.
    #[arg(long, value_name = "PERIOD", help = "所属期，例如 2026-10、2026-Q3")]
    period: Option<String>,
    /// The form, for a return.
    #[arg(long, value_name = "PACK/FORM", help = "报送的表")]
    form: Option<String>,
    /// Fields.
    #[arg(
        long = "field",
        value_name = "KEY=VALUE",
        help = "字段，可多次；多选写多次"
    )]
    fields: Vec<String>,
    /// Who did what.
    #[arg(
        long = "part",
        value_name = "ROLE=ID",
        help = "角色和单位或岗位编号，例如 led=post_…，可多次"
    )]
    parts: Vec<String>,
    /// A JSON file with `occurred_on`, `period`, `form`, `fields`, `parts`; `-` is standard input.
    #[arg(long, value_name = "FILE", help = "从 JSON 文件读（- 为标准输入）")]
    file: Option<PathBuf>,
}

/// The JSON of an act.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    kind: String,
    occurred_on: String,
    period: String,
    form: String,
    fields: std::collections::BTreeMap<String, OneOrMany>,
    parts: Vec<(String, String)>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Flag(bool),
    Number(i64),
    Text(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn texts(self) -> Vec<String> {
        match self {
            Self::Flag(flag) => vec![flag.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text],
            Self::Many(all) => all,
        }
    }
}

impl Typed {
    /// Puts what was typed over a draft: given fields and parts replace those of the same name.
    fn over(self, mut draft: ActDraft) -> Outcome<ActDraft> {
        if let Some(path) = &self.file {
            let written = read(path)?;
            let filled = |to: &mut String, from: String| {
                if !from.is_empty() {
                    *to = from;
                }
            };
            filled(&mut draft.kind, written.kind);
            filled(&mut draft.occurred_on, written.occurred_on);
            filled(&mut draft.period, written.period);
            filled(&mut draft.form, written.form);
            draft
                .fields
                .extend(written.fields.into_iter().map(|(k, v)| (k, v.texts())));
            if !written.parts.is_empty() {
                draft.parts = written.parts;
            }
        }
        for (to, from) in [
            (&mut draft.occurred_on, self.on),
            (&mut draft.period, self.period),
            (&mut draft.form, self.form),
        ] {
            if let Some(from) = from {
                *to = from;
            }
        }
        let mut fields = std::collections::BTreeMap::<String, Vec<String>>::new();
        for pair in &self.fields {
            let (key, value) = split(pair)?;
            fields.entry(key).or_default().push(value);
        }
        draft.fields.extend(fields);
        if !self.parts.is_empty() {
            draft.parts = self
                .parts
                .iter()
                .map(|pair| split(pair))
                .collect::<Outcome<_>>()?;
        }
        Ok(draft)
    }
}

fn split(pair: &str) -> Outcome<(String, String)> {
    let (key, value) = pair
        .split_once('=')
        .ok_or_else(|| Fail::usage(format!("“{pair}”应写成 名称=值，例如 way=routine")))?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// Largest file of an act, in bytes: what a form of the pages may have too.
const FILE_BYTES_MAX: usize = 256 * 1024;

fn read(path: &std::path::Path) -> Outcome<Written> {
    let text = crate::bounded::text(path, FILE_BYTES_MAX)?;
    serde_json::from_str(&text)
        .map_err(|why| Fail::usage(format!("“{}”不是所要的 JSON：{why}", path.display())))
}

fn act_id(text: &str) -> Outcome<ActId> {
    text.parse().map_err(|_| {
        Fail::usage(format!("“{text}”不是记录编号"))
            .hint("记录编号形如 act_0199…，见 bihuan act list。")
    })
}
