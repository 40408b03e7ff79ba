//! The whole command line as one reviewed file: every command, every argument.

use std::path::Path;

use crate::running::bihuan;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["demo"],
    &["setup"],
    &["pack"],
    &["pack", "check"],
    &["pack", "show"],
    &["pack", "timed"],
    &["pack", "schema"],
    &["pack", "reference"],
    &["pack", "import"],
    &["pack", "apply"],
    &["draft"],
    &["act"],
    &["act", "record"],
    &["act", "amend"],
    &["act", "withdraw"],
    &["act", "show"],
    &["act", "list"],
    &["duty"],
    &["duty", "list"],
    &["person"],
    &["person", "reset"],
    &["audit"],
    &["audit", "verify"],
    &["audit", "accept-heads"],
    &["tick"],
    &["migrate"],
    &["clock"],
    &["clock", "accept"],
    &["counted"],
    &["counted", "check"],
    &["counted", "rebuild"],
    &["config"],
    &["config", "check"],
];

/// The commands that are written out, and one for each operation of the door.
fn commands() -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&str>> = COMMANDS.iter().map(|command| command.to_vec()).collect();
    for operation in app::door::all() {
        for command in [
            vec![operation.noun()],
            vec![operation.noun(), operation.verb()],
        ] {
            if !all.contains(&command) {
                all.push(command);
            }
        }
    }
    all
}

#[test]
fn golden_reference_of_the_command_line() {
    let mut out = String::new();
    for command in commands() {
        let mut arguments = command.clone();
        arguments.push("--help");
        let help = bihuan(&arguments).ok().out;
        out.push_str(&format!(
            "## bihuan {}\n\n{}\n\n",
            command.join(" "),
            help.trim_end()
        ));
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/reference.txt");
    testkit::golden(&path, &format!("{}\n", lines.join("\n").trim_end()));
}

#[test]
fn every_command_is_in_the_reference() {
    let below_of = |of: &[&str]| {
        let mut arguments = of.to_vec();
        arguments.push("--help");
        let help = bihuan(&arguments).ok().out;
        let listed = help.split("Commands:").nth(1).unwrap_or_default();
        let listed = listed.split("Arguments:").next().unwrap_or_default();
        let listed = listed.split("Options:").next().unwrap_or_default();
        let first = |line: &str| line.split_whitespace().next().map(str::to_owned);
        listed
            .lines()
            .filter_map(first)
            .filter(|c| c != "help")
            .collect::<Vec<_>>()
    };
    let known = commands();
    for command in &known {
        for below in below_of(command) {
            let mut whole = command.clone();
            whole.push(&below);
            let found = known.contains(&whole);
            assert!(found, "{whole:?}");
        }
    }
}
