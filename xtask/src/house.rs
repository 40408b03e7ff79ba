//! The checkout: where its root is, which programs and settings the machine gives, and how a
//! command is run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Outcome, Trouble};

/// Finds the root of the workspace, upwards from the current directory.
pub fn root() -> Outcome<PathBuf> {
    let here = std::env::current_dir().map_err(|e| Trouble::during("current directory", e))?;
    here.ancestors()
        .find(|dir| {
            std::fs::read_to_string(dir.join("Cargo.toml"))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == "[workspace]"))
        })
        .map(Path::to_path_buf)
        .ok_or_else(|| Trouble::new("no workspace here: run this inside the checkout"))
}

/// Gives a setting of the environment, if it is set and not empty.
pub fn setting(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Finds a program by name in the search path.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = setting("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// Makes a cargo command that runs at the root of the workspace.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(setting("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a command that talks to the terminal itself; anything but success is a trouble.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    let status = command.status().map_err(|e| Trouble::during(&shown, e))?;
    if status.success() {
        Ok(())
    } else {
        Err(Trouble::new(format!("`{shown}` failed ({status})")))
    }
}

/// Runs a command and gives its standard output; its talk goes to the terminal.
pub fn output(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Trouble::during(&shown, e))?;
    if !output.status.success() {
        return Err(Trouble::new(format!(
            "`{shown}` failed ({})",
            output.status
        )));
    }
    String::from_utf8(output.stdout).map_err(|e| Trouble::during(&shown, e))
}

/// Tells whether a command runs and succeeds, without a word on the terminal.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A program that cargo builds.
#[derive(Clone, Copy, Debug)]
pub enum Built {
    /// The program of a crate.
    Program(&'static str),
    /// An example of a crate.
    Example(&'static str),
}

/// Builds a program of a crate and gives its path.
pub fn build(root: &Path, package: &str, what: Built, release: bool) -> Outcome<PathBuf> {
    let (kind, name) = match what {
        Built::Program(name) => ("--bin", name),
        Built::Example(name) => ("--example", name),
    };
    let mut command = cargo(root);
    command.args(["build", "--package", package, kind, name]);
    command.args(["--message-format", "json-render-diagnostics"]);
    if release {
        command.arg("--release");
    }
    let messages = output(&mut command)?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| Trouble::new(format!("cargo built no program {name}")))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
