//! Prints the labels of notices, one JSON object a line; for trying out the grammar.

use std::io::Write;
use std::path::PathBuf;

use draft::{Budget, Stop};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args_os().skip(1).map(PathBuf::from) {
        let stop = Stop::new();
        let source = draft::read(&std::fs::read(&path)?, &stop)?;
        let budget = Budget::of(&source.text, &stop);
        let doc = path.file_name().unwrap_or_default().to_string_lossy();
        for label in draft::draft(&source.text, &budget)?.labels {
            writeln!(out, "{}", serde_json::to_string(&label.line(&doc))?)?;
        }
    }
    Ok(())
}
