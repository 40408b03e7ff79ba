//! `bihuan act …`: records, corrections and withdrawals from the command line, on behalf of a
//! person, in words. What is typed becomes the input of the operation, and `--json` prints what the
//! API answers; the other verbs of acts have no words of their own and come from the operations.

mod amend;
mod list;
mod record;
mod show;
mod withdraw;

use std::path::PathBuf;

use app::door::{Operation, find, print};
use app::{Ctx, Result};
use clap::{Args, Subcommand};
use domain::id::ActId;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Fail, Outcome};
use crate::refusal::said;

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

/// Who writes on whose behalf, and the key of a second run.
#[derive(Debug, Args)]
struct Writes {
    #[command(flatten)]
    by: As,
    /// The same key again answers what was answered before.
    #[arg(
        long,
        value_name = "KEY",
        help = "办理编号：同一编号再执行，不会办两次"
    )]
    once: Option<String>,
}

impl Writes {
    /// The context of somebody who may ask for an operation.
    async fn ctx(&self, row: &Operation, place: &Place, console: Console) -> Outcome<Ctx> {
        let mut ctx = place.operator(&self.by.login, console).await?;
        ctx.once = self.once.clone();
        admit(row, &ctx)?;
        Ok(ctx)
    }
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
    /// A JSON file with the input of the operation, as the API takes it; `-` is standard input.
    #[arg(
        long,
        value_name = "FILE",
        help = "从 JSON 文件读（- 为标准输入），内容同接口"
    )]
    file: Option<PathBuf>,
}

impl Typed {
    /// The input of the operation: the file first, then what was typed over it.
    fn input(self) -> Outcome<Map<String, Value>> {
        let mut input = match &self.file {
            Some(path) => read(path)?,
            None => Map::new(),
        };
        for (name, text) in [
            ("occurred_on", self.on),
            ("period", self.period),
            ("form", self.form),
        ] {
            if let Some(text) = text {
                input.insert(name.to_owned(), Value::String(text));
            }
        }
        if !self.fields.is_empty() {
            let fields = input.entry("fields").or_insert_with(|| json!({}));
            if let Value::Object(fields) = fields {
                fields.extend(typed_fields(&self.fields)?);
            }
        }
        if !self.parts.is_empty() {
            let part = |pair: &String| {
                let (role, who) = split(pair)?;
                Ok(json!({ "role": role, "who": who }))
            };
            let parts = self.parts.iter().map(part).collect::<Outcome<_>>()?;
            input.insert("parts".to_owned(), parts);
        }
        Ok(input)
    }
}

/// Fields by name; one that repeats is a list.
fn typed_fields(pairs: &[String]) -> Outcome<Map<String, Value>> {
    let mut out = Map::<String, Value>::new();
    for pair in pairs {
        let (key, value) = split(pair)?;
        match out.get_mut(&key) {
            Some(Value::Array(all)) => all.push(value.into()),
            Some(one) => *one = json!([one.take(), value]),
            None => {
                out.insert(key, value.into());
            }
        }
    }
    Ok(out)
}

fn split(pair: &str) -> Outcome<(String, String)> {
    let (key, value) = pair
        .split_once('=')
        .ok_or_else(|| Fail::usage(format!("“{pair}”应写成 名称=值，例如 way=routine")))?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// Largest file of an act, in bytes: what a form of the pages may have too.
const FILE_BYTES_MAX: usize = 256 * 1024;

fn read(path: &std::path::Path) -> Outcome<Map<String, Value>> {
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

/// The operation whose words a command is.
fn operation(name: &str) -> Outcome<&'static Operation> {
    find(name).ok_or_else(|| Fail::usage(format!("没有“{name}”这个办理事项")))
}

/// The input of an operation, held against its description.
fn checked<T: serde::de::DeserializeOwned>(
    operation: &Operation,
    input: Map<String, Value>,
) -> Outcome<T> {
    operation.checked(Value::Object(input)).map_err(said)
}

/// Prints an answer as the API gives it; nothing where words are wanted.
fn answered(
    console: Console,
    operation: &Operation,
    answer: impl FnOnce(&Operation) -> Result<Value>,
) -> Outcome<()> {
    if console.json {
        console.data(print(&answer(operation).map_err(said)?));
    }
    Ok(())
}

/// One thing in the envelope of its operation.
fn one(operation: &Operation, out: &impl Serialize) -> Result<Value> {
    operation.envelope.of_one(out)
}

/// Whether the person may ask for it anywhere.
fn admit(operation: &Operation, ctx: &Ctx) -> Outcome<()> {
    operation.admit(ctx.who().map_err(said)?).map_err(said)
}
