//! The command line of Bihuan 闭环: serve, demo, setup, packs, records, duties, audit.
//!
//! **Invariant:** no rule stands here: every command calls the verb that the page calls, on behalf
//! of a person, and is audited like any other. **Invariant:** data go to standard output, talk to
//! standard error; the exit code says how it ended.

pub mod edge;

mod bounded;
mod console;
mod outcome;
mod refusal;

pub mod config;
mod open;
mod pulse;

pub mod demo;
pub mod door;
mod serve;
mod setup;

mod act;
mod audit;
mod clock;
mod counted;
mod draft;
mod migrate;
mod operation;
mod pack;
mod person;
mod tick;

use std::ffi::OsString;
use std::path::PathBuf;

use app::door::Operation;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub use console::Console;
pub use open::{Place, Purpose, context};
pub use outcome::{Exit, Fail, Outcome};

/// 闭环 Bihuan.
#[derive(Debug, Parser)]
#[command(
    name = "bihuan",
    version,
    about = "闭环 Bihuan：让安全生产文件运转起来"
)]
struct Bihuan {
    #[command(flatten)]
    given: Given,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Given {
    /// Data as JSON.
    #[arg(long, global = true, help = "以 JSON 输出数据")]
    json: bool,
    /// Settings.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "配置文件，默认 bihuan.toml（如有）"
    )]
    config: Option<PathBuf>,
    /// Folder of the data.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "数据目录，代替配置里的"
    )]
    data: Option<PathBuf>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the pages.
    #[command(about = "启动服务")]
    Serve(serve::Serve),
    /// Builds and serves the demo county.
    #[command(about = "生成并启动示范县（县区、单位、人员均为虚构）")]
    Demo(demo::Demo),
    /// Sets up an empty database.
    #[command(about = "初始化空数据库，发放设立三名管理员的一次性链接")]
    Setup(setup::Setup),
    /// Packs.
    #[command(about = "制度包", subcommand)]
    Pack(pack::PackCommand),
    /// Drafts of packs.
    #[command(
        about = "从文件起草制度包，列出其中的时间要求；或办理系统里的起草",
        args_conflicts_with_subcommands = true,
        subcommand_negates_reqs = true
    )]
    Draft(draft::DraftCommand),
    /// Acts.
    #[command(about = "履职记录", subcommand)]
    Act(act::ActCommand),
    /// People, from the server's console.
    #[command(about = "人员（仅限服务器控制台）", subcommand)]
    Person(person::PersonCommand),
    /// The audit trail.
    #[command(about = "审计", subcommand)]
    Audit(audit::AuditCommand),
    /// Jobs that are due, once.
    #[command(about = "执行一次到时间的后台任务（供 cron 等定时调用；serve 运行时自动执行）")]
    Tick(tick::Tick),
    /// Brings the database to this version.
    #[command(about = "升级数据库（SQLite 先自动备份）")]
    Migrate(migrate::Migrate),
    /// The clock.
    #[command(about = "时钟", subcommand)]
    Clock(clock::ClockCommand),
    /// Counted acts.
    #[command(about = "计入表", subcommand)]
    Counted(counted::CountedCommand),
    /// Settings.
    #[command(about = "配置", subcommand)]
    Config(config::ConfigCommand),
}

/// What was asked for: an operation of the door, or a command of its own.
enum Asked {
    Operation(&'static Operation, Box<ArgMatches>),
    Own(Box<Command>),
}

/// Reads a command line: commands that are written out here, and one for each operation.
fn parsed(arguments: impl IntoIterator<Item = OsString>) -> Result<(Given, Asked), clap::Error> {
    let own = Bihuan::command();
    let matches = operation::merged(own.clone()).try_get_matches_from(arguments)?;
    if let Some((asked, below)) = operation::asked(&own, &matches) {
        let given = Given::from_arg_matches(below)?;
        return Ok((given, Asked::Operation(asked, Box::new(below.clone()))));
    }
    let own = Bihuan::from_arg_matches(&matches)?;
    Ok((own.given, Asked::Own(Box::new(own.command))))
}

/// Runs a command line and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let (given, asked) = match parsed(arguments) {
        Ok(parsed) => parsed,
        Err(answer) => {
            let _ = answer.print();
            return if answer.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
        }
    };
    let console = Console { json: given.json };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(asked.run(&given, console)),
        Err(why) => Err(Fail::unavailable(format!("启动不了：{why}"))),
    };
    outcome.unwrap_or_else(|fail| {
        console.failed(&fail);
        fail.exit
    })
}

impl Asked {
    async fn run(self, given: &Given, console: Console) -> Outcome {
        let mut config = config::Config::load(given.config.as_deref())?;
        if let Some(dir) = &given.data {
            config.data.dir.clone_from(dir);
        }
        let place = Place {
            config,
            now: edge::now_ms(),
        };
        match self {
            Self::Operation(asked, matches) => {
                operation::run(asked, &matches, &place, console).await
            }
            Self::Own(command) => command.run(given, &place, console).await,
        }
    }
}

impl Command {
    async fn run(self, given: &Given, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Serve(command) => command.run(place, console).await,
            Self::Demo(command) => command.run(place, given.data.as_deref(), console).await,
            Self::Setup(command) => command.run(place, console).await,
            Self::Pack(command) => command.run(place, console).await,
            Self::Draft(command) => command.run(place, console),
            Self::Act(command) => command.run(place, console).await,
            Self::Person(command) => command.run(place, console).await,
            Self::Audit(command) => command.run(place, console).await,
            Self::Tick(command) => command.run(place, console).await,
            Self::Migrate(command) => command.run(place, console).await,
            Self::Clock(command) => command.run(place, console).await,
            Self::Counted(command) => command.run(place, console).await,
            Self::Config(command) => command.run(place, console),
        }
    }
}
