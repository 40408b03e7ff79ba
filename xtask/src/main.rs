//! `cargo xtask`: the one entrance to the chores of the workspace.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Outcome, bench, generated, house, keep, soak, suite, tidy};

/// The chores of the workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Runs every test; what is left out is said (`BIHUAN_REQUIRE=postgres,…` refuses that)
    Test {
        /// Handed to the test runner as it is, for example `-p domain calendar`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Checks what the compiler cannot: arrows between crates, lengths, documents, forgotten files
    Tidy,
    /// Writes the generated files anew, so that `git diff` shows what is stale
    Gen,
    /// Measures what docs/benchmarks.md promises, in the release profile
    Bench {
        /// Only the measurements whose name contains this, such as `lists`
        #[arg(long, value_name = "ROW")]
        only: Option<String>,
        /// Writes the table between the marks of this file
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
        /// In the dev profile: to try a measurement, for its figures mean nothing
        #[arg(long)]
        dev: bool,
    },
    /// Does faults to a writer again and again and looks whether an acknowledged fact is lost
    Soak {
        /// How many faults each engine meets: kills, full disks, failed fsyncs, server stops
        #[arg(long, default_value_t = 300)]
        faults: u32,
        /// The engine that is written to
        #[arg(long, value_enum, default_value_t = soak::Engines::Both)]
        engine: soak::Engines,
        /// Chooses the faults and their moments
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Keeps databases that this commit's program writes, for the programs that come later
    Keep {
        /// The commit whose name they bear, where only recipe and tests have changed since
        #[arg(long = "as", value_name = "COMMIT")]
        named: Option<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match carry_out(arguments.chore) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("xtask: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(chore: Chore) -> Outcome {
    let root = house::root()?;
    match chore {
        Chore::Test { rest } => suite::run(&root, &rest),
        Chore::Tidy => tidy::run(&root),
        Chore::Gen => generated::run(&root),
        Chore::Bench { only, write, dev } => {
            let order = bench::Order {
                only: only.as_deref(),
                write: write.as_deref(),
                dev,
            };
            bench::run(&root, order)
        }
        Chore::Soak {
            faults,
            engine,
            seed,
        } => soak::run(&root, faults, engine, seed),
        Chore::Keep { named } => keep::run(&root, named.as_deref()),
    }
}
