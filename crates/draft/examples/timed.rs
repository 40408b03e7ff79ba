//! Says how long drafting takes for each file, without reading it from disk, and in how many
//! steps of those that its length allows.

use std::io::Write;
use std::time::Instant;

use draft::{Budget, Naming, Stop};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let stop = Stop::new();
    let naming = Naming {
        id: "timed".to_owned(),
        source: "timed".to_owned(),
        otherwise: chrono::NaiveDate::default(),
    };
    for path in std::env::args_os().skip(1) {
        let source = draft::read(&std::fs::read(&path)?, &stop)?;
        let chars = source.text.chars().count();
        let budget = Budget::of(&source.text, &stop);
        let begun = Instant::now();
        let drafted = draft::draft(&source.text, &budget);
        let (read, steps) = (begun.elapsed().as_micros(), budget.used());
        let found = drafted.as_ref().map_or(0, |d| d.labels.len());
        let why = match drafted.and_then(|d| draft::propose(&d, &naming, &budget)) {
            Ok(_) => String::new(),
            Err(why) => format!(", {why}"),
        };
        let (all, used) = (begun.elapsed().as_micros(), budget.used());
        let parts = budget.most() / used.max(1);
        writeln!(
            out,
            "{chars} characters, {found} labels, {read} µs, {steps} steps; with its elements \
             {all} µs, {used} steps, 1/{parts}{why}"
        )?;
    }
    Ok(())
}
