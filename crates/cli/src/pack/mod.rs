//! `bihuan pack …`: check, show and time packs from files; import and apply them. On somebody's
//! behalf, `--json` prints what the API answers; what needs no words of its own comes from the
//! operations.

mod check;
mod folder;
mod reference;
mod schema;
mod shipped;
mod show;
mod timed;

mod apply;
mod import;

use app::door::{find, print};
use clap::Subcommand;
use serde::Serialize;

pub(crate) use shipped::shipped_packs;

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Fail, Outcome};
use crate::refusal::said;

/// What can be done with packs.
#[derive(Debug, Subcommand)]
pub(crate) enum PackCommand {
    /// Checks packs: every mistake at once, each with its place.
    #[command(about = "检查制度包：一次列出全部问题，附位置、可写内容和相近的词")]
    Check(check::Check),
    /// Shows a pack: clauses with what they ask for.
    #[command(about = "显示制度包：条款与职责、任务、阶段、时限")]
    Show(show::Show),
    /// Prints the timed elements of packs.
    #[command(about = "逐行列出有时间要求的要素（--json 每行一个）")]
    Timed(timed::Timed),
    /// Prints the JSON Schema of the pack format.
    #[command(about = "输出制度包格式的 JSON Schema，供编辑器使用")]
    Schema(schema::Schema),
    /// Prints the reference of the pack format.
    #[command(about = "输出制度包格式说明（Markdown）")]
    Reference(reference::Reference),
    /// Imports a pack as an immutable version.
    #[command(about = "导入制度包，成为一个不可更改的版本")]
    Import(import::Import),
    /// Applies an imported pack from a day, with the office's choices.
    #[command(about = "自某日起施行已导入的制度包，并写明选择和理由")]
    Apply(apply::Apply),
}

impl PackCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Check(command) => command.run(place, console).await,
            Self::Show(command) => command.run(place, console).await,
            Self::Timed(command) => command.run(console),
            Self::Schema(command) => command.run(console),
            Self::Reference(command) => command.run(console),
            Self::Import(command) => command.run(place, console).await,
            Self::Apply(command) => command.run(place, console).await,
        }
    }
}

/// Prints one thing as the API answers it.
fn answered(console: Console, name: &str, out: &impl Serialize) -> Outcome<()> {
    let row = find(name).ok_or_else(|| Fail::usage(format!("没有“{name}”这个办理事项")))?;
    let answer = row.envelope.of_one(out).map_err(said)?;
    console.data(print(&answer));
    Ok(())
}
