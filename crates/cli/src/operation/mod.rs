//! The operations of the door as commands: `bihuan occasion open --kind … --as LOGIN`.
//!
//! **Invariant:** nothing is written here for one operation: flags, their help and the answer
//! follow from its row; `--json` prints what the API answers, by the same function.

mod flags;
mod shown;

use app::Ctx;
use app::door::{Operation, all, nouns, print, refusal};
use chrono::{Datelike, NaiveDate};
use clap::{Arg, ArgMatches, Command};
use serde_json::Value;

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// On whose behalf.
const AS: &str = "as";
/// The whole input as a file.
const FILE: &str = "file";
/// The key, by which a second call does nothing twice.
const ONCE: &str = "once";
/// The day that is looked at.
const AS_OF: &str = "as-of";

/// The command line with a command for each operation that has none of its own.
pub(crate) fn merged(mut whole: Command) -> Command {
    for (noun, title) in nouns() {
        if whole.find_subcommand(noun).is_none() {
            let bare = Command::new(noun)
                .about(title)
                .subcommand_required(true)
                .arg_required_else_help(true);
            whole = whole.subcommand(bare);
        }
        for operation in all().filter(|operation| operation.noun() == noun) {
            let own = whole.find_subcommand(noun);
            if own.is_some_and(|own| own.find_subcommand(operation.verb()).is_none()) {
                whole = whole.mut_subcommand(noun, |noun| noun.subcommand(command(operation)));
            }
        }
    }
    whole
}

/// The operation that was asked for, where no command of its own stands in `own`.
pub(crate) fn asked<'a>(
    own: &Command,
    matches: &'a ArgMatches,
) -> Option<(&'static Operation, &'a ArgMatches)> {
    let (noun, below) = matches.subcommand()?;
    let (verb, below) = below.subcommand()?;
    let by_hand = own
        .find_subcommand(noun)
        .and_then(|own| own.find_subcommand(verb));
    if by_hand.is_some() {
        return None;
    }
    let operation = all().find(|operation| operation.noun() == noun && operation.verb() == verb)?;
    Some((operation, below))
}

fn command(operation: &'static Operation) -> Command {
    let mut command = Command::new(operation.verb()).about(operation.summary);
    for flag in flags::of(operation) {
        command = command.arg(flag);
    }
    let named = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(format!("-{name}"))
            .long(name)
            .value_name(value)
            .help(help)
    };
    command = command
        .arg(named(
            FILE,
            "FILE",
            "全部内容从一个 JSON 文件读（- 为标准输入），另写的参数优先",
        ))
        .arg(named(AS, "LOGIN", "代谁办理：用户名").required(true));
    if operation.writes() {
        command.arg(named(ONCE, "KEY", "办理编号：同一编号再执行，不会办两次"))
    } else {
        command.arg(named(AS_OF, "DATE", "查看某日的情况"))
    }
}

/// Asks it and prints the answer.
pub(crate) async fn run(
    operation: &'static Operation,
    given: &ArgMatches,
    place: &Place,
    console: Console,
) -> Outcome {
    let option = |name: &str| given.get_one::<String>(&format!("-{name}")).cloned();
    let input = flags::read(operation, given, option(FILE).as_deref())?;
    let login = option(AS).unwrap_or_default();
    let mut ctx = if operation.writes() {
        place.operator(&login, console).await?
    } else {
        place.looker(&login, console).await?
    };
    if operation.writes() {
        ctx.once = option(ONCE);
    } else if let Some(text) = option(AS_OF) {
        let day: NaiveDate = text
            .parse()
            .map_err(|_| Fail::usage(format!("“{text}”不是日期，例如 2026-11-05")))?;
        let years = domain::calendar::Period::YEARS;
        if !years.contains(&day.year()) {
            let first = years.start();
            return Err(Fail::usage(format!("{day}太早，只能看{first}年以来的情况")));
        }
        if day > ctx.today {
            return Err(Fail::usage(format!(
                "{day}还没有到，只能看今天和以前的情况"
            )));
        }
        ctx.as_of = Some(day).filter(|day| *day < ctx.today);
    }
    answered(operation, ctx, input, console).await
}

async fn answered(
    operation: &'static Operation,
    ctx: Ctx,
    input: Value,
    console: Console,
) -> Outcome {
    let number = ctx.request_id.clone();
    match operation.ask(ctx, input).await {
        Ok(answer) if console.json => console.data(print(&answer)),
        Ok(answer) => {
            let shown = shown::answer(operation, &answer);
            shown.data.iter().for_each(|line| console.data(line));
            shown.talk.iter().for_each(|line| console.talk(line));
        }
        Err(error) => {
            let printed = print(&refusal(&error, &number));
            let mut fail = said(error);
            if console.json {
                fail.printed = Some(printed);
            }
            return Err(fail);
        }
    }
    Ok(Exit::Done)
}
