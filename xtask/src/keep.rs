//! `cargo xtask keep`: keeps the databases of this commit for the programs that come later.
//!
//! The example `kept` of the crate `testkit` plays a small county on both engines and packs what
//! stands then; here it is given a server and a folder that bears the commit's name.

use std::path::Path;
use std::process::Command;

use crate::cluster::{Binaries, Cluster, Durability};
use crate::house::{self, Built};
use crate::{Outcome, Trouble};

/// Where kept databases stand.
const KEPT: &str = "crates/testkit/kept";

/// What makes the program what it is. The recipe and the tests may be younger than the commit.
const PROGRAM: [&str; 5] = [
    "crates",
    "packs",
    ":(exclude)crates/testkit",
    ":(exclude,glob)crates/*/tests/**",
    ":(exclude,glob)crates/*/examples/**",
];

/// Writes the databases of the commit that is checked out, or of `named`, an earlier one whose
/// program is still the same: a recipe that was found broken can be mended and followed afterwards.
/// One that stands is never written anew.
pub fn run(root: &Path, named: Option<&str>) -> Outcome {
    let commit = commit(root, named.unwrap_or("HEAD"))?;
    let into = root.join(KEPT).join(&commit);
    if into.exists() {
        return Err(Trouble::new(format!(
            "{KEPT}/{commit} stands: what a program once wrote is not written anew"
        )));
    }
    refuse_another_program(root, &commit)?;
    let recipe = house::build(root, "testkit", Built::Example("kept"), false)?;
    let binaries = Binaries::find().map_err(Trouble::new)?;
    let cluster = Cluster::start(&binaries, Durability::None)?;
    let mut command = Command::new(recipe);
    command.arg("--into").arg(&into);
    command.args(["--postgres", &cluster.create_database("kept")?]);
    command.arg("--pg-dump").arg(binaries.program("pg_dump"));
    house::run(&mut command)
}

fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(root);
    git
}

/// The short name of a commit.
fn commit(root: &Path, named: &str) -> Outcome<String> {
    let mut parse = git(root);
    parse.args(["rev-parse", "--verify", "--short=7", "--end-of-options"]);
    parse.arg(format!("{named}^{{commit}}"));
    Ok(house::output(&mut parse)?.trim().to_owned())
}

/// The folder bears the commit's name, so the program must be that commit's, with nothing changed.
fn refuse_another_program(root: &Path, commit: &str) -> Outcome {
    let mut compare = git(root);
    compare
        .args(["diff", "--name-only", commit, "--"])
        .args(PROGRAM);
    let changed = house::output(&mut compare)?;
    match changed.lines().next() {
        None => Ok(()),
        Some(first) => Err(Trouble::new(format!(
            "the program is not that of {commit}: {first} differs; check {commit} out, or keep \
             what is committed"
        ))),
    }
}
