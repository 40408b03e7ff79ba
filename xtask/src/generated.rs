//! `cargo xtask gen`: writes the generated files anew.
//!
//! `cargo xtask gen && git diff --exit-code` is the check that nothing generated is stale.

use std::fs;
use std::path::Path;

use crate::suite::{Surroundings, runner};
use crate::{Outcome, Trouble, house};

/// Files that the program prints about itself, and the command that prints each.
const PRINTED: &[(&str, &[&str])] = &[
    ("docs/pack-schema.json", &["pack", "schema"]),
    ("docs/pack-reference.md", &["pack", "reference"]),
];

/// What the names of tests that hold a golden file contain.
const GOLDEN: &str = "golden";

/// Writes what the program prints about itself, then what the golden tests hold.
pub fn run(root: &Path) -> Outcome {
    for (file, arguments) in PRINTED {
        let mut bihuan = house::cargo(root);
        bihuan
            .args(["run", "--quiet", "--package", "cli", "--"])
            .args(*arguments);
        let printed = house::output(&mut bihuan)?;
        write_if_other(root, file, &printed)?;
    }
    let surroundings = Surroundings::prepare()?;
    let mut golden = runner(root, &[GOLDEN.to_owned()]);
    surroundings.give_to(&mut golden);
    golden
        .env("BIHUAN_BLESS", "1")
        .env("INSTA_UPDATE", "always");
    house::run(&mut golden)
}

/// Writes a file whose text changed; the others keep their time, so that nothing is built anew.
fn write_if_other(root: &Path, file: &str, text: &str) -> Outcome {
    let path = root.join(file);
    if fs::read_to_string(&path).is_ok_and(|before| before == text) {
        eprintln!("gen: {file} is as it was");
        return Ok(());
    }
    fs::write(&path, text).map_err(|e| Trouble::during(file, e))?;
    eprintln!("gen: {file} written");
    Ok(())
}
