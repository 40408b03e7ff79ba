//! `cargo xtask bench`: what docs/benchmarks.md promises, measured in the release profile.
//!
//! Most measurements are examples that print one line of JSON for each figure, all from one run,
//! so that ratios hold even where the machine is slow today:
//! `{"name": "…", "value": 12.5, "unit": "ms", "target": 20.0, "baseline": 11.0}`.
//! `target` is what the figure may be at most; `baseline` is the simplest thing that does the same
//! work, measured in the same run; both may be missing. What concerns the process as a whole is
//! measured from outside.

mod start;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::cluster::{Binaries, Cluster, Durability};
use crate::house::{self, Built};
use crate::{Outcome, Trouble};

/// One measurement.
struct Measurement {
    name: &'static str,
    what: &'static str,
    from: Source,
}

/// What measures.
enum Source {
    /// An example of `testkit` by this name.
    Example(&'static str),
    /// The program itself, from outside.
    Outside,
}

/// What is measured, in the order of docs/benchmarks.md.
const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        name: "standing",
        what: "owed set and standing of 10,000 bodies × 200 duties × 12 periods from 1 M acts",
        from: Source::Example("bench_standing"),
    },
    Measurement {
        name: "record",
        what: "one act recorded with audit and counting at 1 M acts, alone and eight at once, on both engines",
        from: Source::Example("bench_record"),
    },
    Measurement {
        name: "lists",
        what: "desks, the list of duties and the list of acts at 1 M acts, on both engines",
        from: Source::Example("bench_lists"),
    },
    Measurement {
        name: "counting",
        what: "what changes of bodies, occasions and dates hold the writer for at 1 M acts",
        from: Source::Example("bench_counting"),
    },
    Measurement {
        name: "pages",
        what: "the grid of 300 bodies × 12 months × 40 duties, and the page of one duty",
        from: Source::Example("bench_pages"),
    },
    Measurement {
        name: "draft",
        what: "a notice of 20,000 characters drafted",
        from: Source::Example("bench_draft"),
    },
    Measurement {
        name: "start",
        what: "start of the demo, and its memory 60 s later",
        from: Source::Outside,
    },
];

/// The marks in the document between which the table stands.
const TABLE_FROM: &str = "<!-- table: cargo xtask bench --write -->";
const TABLE_TO: &str = "<!-- end of table -->";

/// Where filled counties are kept.
const KEPT: &str = "target/bench";

/// A figure that a measurement gave.
#[derive(Debug, PartialEq)]
pub(super) struct Figure {
    name: String,
    value: f64,
    unit: String,
    target: Option<f64>,
    baseline: Option<f64>,
}

impl Figure {
    fn parse(line: &str) -> Option<Self> {
        let said: Value = serde_json::from_str(line).ok()?;
        Some(Self {
            name: said["name"].as_str()?.to_owned(),
            value: said["value"].as_f64()?,
            unit: said["unit"].as_str().unwrap_or_default().to_owned(),
            target: said["target"].as_f64(),
            baseline: said["baseline"].as_f64(),
        })
    }

    fn holds(&self) -> bool {
        self.target.is_none_or(|target| self.value <= target)
    }

    fn row(&self) -> String {
        let Self {
            name, value, unit, ..
        } = self;
        let target = self
            .target
            .map_or("–".into(), |target| format!("≤ {target} {unit}"));
        let ratio = self.baseline.filter(|baseline| *baseline > 0.0);
        let ratio = ratio.map_or("–".into(), |baseline| {
            format!("{:.2} ×", value / baseline)
        });
        let holds = match (self.target, self.holds()) {
            (None, _) => "–",
            (Some(_), true) => "holds",
            (Some(_), false) => "**missed**",
        };
        format!("| {name} | {value:.1} {unit} | {target} | {ratio} | {holds} |")
    }
}

/// What is asked of a run.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// Only the measurements whose name contains this.
    pub only: Option<&'a str>,
    /// The document that the table is written into.
    pub write: Option<&'a Path>,
    /// In the dev profile: to try a measurement, for its figures mean nothing.
    pub dev: bool,
}

/// Runs the measurements and prints their table; a missed target is a failure.
pub fn run(root: &Path, order: Order<'_>) -> Outcome {
    let chosen: Vec<&Measurement> = MEASUREMENTS
        .iter()
        .filter(|m| order.only.is_none_or(|part| m.name.contains(part)))
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = MEASUREMENTS.iter().map(|m| m.name).collect();
        return Err(Trouble::new(format!(
            "no such measurement; there are {}",
            names.join(", ")
        )));
    }
    let mut figures = Vec::new();
    for measurement in chosen {
        eprintln!("{}: {}", measurement.name, measurement.what);
        let measured = match measurement.from {
            Source::Example(name) => from_example(root, name, !order.dev)?,
            Source::Outside => start::measure(&house::build(
                root,
                "cli",
                Built::Program("bihuan"),
                !order.dev,
            )?)?,
        };
        if measured.is_empty() {
            return Err(Trouble::new(format!("{} gave no figure", measurement.name)));
        }
        figures.extend(measured);
    }
    let table = table(&figures);
    eprintln!("{table}");
    if let Some(file) = order.write {
        write_table(root, file, &table)?;
    }
    let missed: Vec<&str> = figures
        .iter()
        .filter(|figure| !figure.holds())
        .map(|f| f.name.as_str())
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(Trouble::new(format!("missed: {}", missed.join("; "))))
}

/// Runs an example beside a throw-away PostgreSQL, where there is one.
fn from_example(root: &Path, name: &'static str, release: bool) -> Outcome<Vec<Figure>> {
    let program = house::build(root, "testkit", Built::Example(name), release)?;
    let cluster = match Binaries::find() {
        Ok(binaries) => Some(Cluster::start(&binaries, Durability::Full)?),
        Err(why) => {
            eprintln!("left out: figures on PostgreSQL\n     why: {why}");
            None
        }
    };
    let mut command = Command::new(program);
    command.current_dir(root);
    // Counties that were filled are kept for the next run.
    command.env("BIHUAN_BENCH_KEPT", root.join(KEPT));
    if let Some(cluster) = &cluster {
        command.env("BIHUAN_TEST_PG", cluster.url());
        command.env("BIHUAN_PG_PROGRAMS", cluster.programs());
    }
    Ok(house::output(&mut command)?
        .lines()
        .filter_map(Figure::parse)
        .collect())
}

fn write_table(root: &Path, file: &Path, table: &str) -> Outcome {
    let path = root.join(file);
    let shown = file.display().to_string();
    let text = fs::read_to_string(&path).map_err(|e| Trouble::during(&shown, e))?;
    let text = with_table(&text, table)
        .ok_or_else(|| Trouble::new(format!("{shown} lacks the marks of the table")))?;
    fs::write(&path, text).map_err(|e| Trouble::during(&shown, e))
}

fn table(figures: &[Figure]) -> String {
    let mut lines = vec![
        "| what | measured | target | against its baseline | |".to_owned(),
        "| --- | ---: | ---: | ---: | --- |".to_owned(),
    ];
    lines.extend(figures.iter().map(Figure::row));
    lines.join("\n")
}

/// Puts a table between the marks of a document.
fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(TABLE_FROM)?;
    let (_, after) = rest.split_once(TABLE_TO)?;
    Some(format!("{before}{TABLE_FROM}\n{table}\n{TABLE_TO}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"name": "one act, SQLite, p95", "value": 12.5, "unit": "ms", "target": 20, "baseline": 5}"#;

    #[test]
    fn a_figure_is_shown_with_its_target_and_its_ratio() {
        let figure = Figure::parse(LINE).unwrap();
        assert_eq!(
            figure.row(),
            "| one act, SQLite, p95 | 12.5 ms | ≤ 20 ms | 2.50 × | holds |"
        );
        let late = Figure {
            value: 21.0,
            baseline: None,
            ..figure
        };
        assert!(!late.holds());
        assert!(late.row().ends_with("| – | **missed** |"), "{}", late.row());
    }

    #[test]
    fn talk_between_the_figures_is_no_figure() {
        assert_eq!(Figure::parse("seeding 1,000,000 acts"), None);
        assert_eq!(Figure::parse("{\"name\": \"half\"}"), None);
    }

    #[test]
    fn the_table_replaces_the_one_before_and_nothing_else() {
        let text = format!("# B\n{TABLE_FROM}\nold\n{TABLE_TO}\nend\n");
        let written = with_table(&text, "new").unwrap();
        assert_eq!(
            written,
            format!("# B\n{TABLE_FROM}\nnew\n{TABLE_TO}\nend\n")
        );
        assert_eq!(with_table(&written, "new").unwrap(), written);
        assert!(with_table("# no marks\n", "new").is_none());
    }
}
