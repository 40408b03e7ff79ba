//! Says how long drafting takes for each file, without reading it from disk.

use std::io::Write;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for path in std::env::args_os().skip(1) {
        let source = draft::read(&std::fs::read(&path)?)?;
        let begun = Instant::now();
        let found = draft::draft(&source.text).labels.len();
        let took = begun.elapsed().as_micros();
        let chars = source.text.chars().count();
        writeln!(out, "{chars} characters, {found} labels, {took} µs")?;
    }
    Ok(())
}
