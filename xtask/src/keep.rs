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

/// Writes the databases of the commit that is checked out. One that stands is never written anew.
pub fn run(root: &Path) -> Outcome {
    let mut commit = Command::new("git");
    commit
        .current_dir(root)
        .args(["rev-parse", "--short=7", "HEAD"]);
    let commit = house::output(&mut commit)?;
    let into = root.join(KEPT).join(commit.trim());
    if into.exists() {
        return Err(Trouble::new(format!(
            "{KEPT}/{} stands: what a program once wrote is not written anew",
            commit.trim()
        )));
    }
    let recipe = house::build(root, "testkit", Built::Example("kept"), false)?;
    let binaries = Binaries::find().map_err(Trouble::new)?;
    let cluster = Cluster::start(&binaries, Durability::None)?;
    let mut command = Command::new(recipe);
    command.arg("--into").arg(&into);
    command.args(["--postgres", &cluster.create_database("kept")?]);
    command.arg("--pg-dump").arg(binaries.program("pg_dump"));
    house::run(&mut command)
}
