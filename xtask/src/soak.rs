//! `cargo xtask soak`: kills a writer again and again; no acknowledged fact may be lost.
//!
//! The writer is the example `soak_writer` of the crate `store`. It records acts and prints
//! `ack <id>` after each commit. After every kill it is run with `--check FILE`, which looks for
//! each acknowledged act and walks the audit chain.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use tempfile::TempDir;

use crate::cluster::{Binaries, Cluster, Durability};
use crate::house::{self, Built};
use crate::{Outcome, Trouble};

/// Shortest and longest time between the first acknowledgement of a run and its kill.
const WRITES_FOR_MIN: Duration = Duration::from_millis(20);
const WRITES_FOR_MAX: Duration = Duration::from_millis(400);
/// A writer that acknowledges nothing within this time is broken.
const FIRST_ACK_MAX: Duration = Duration::from_mins(1);
/// Every how many kills the terminal hears how far things are.
const TELL_EVERY: u32 = 10;

/// The engines a soak runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engines {
    /// A file in a temporary folder.
    Sqlite,
    /// A throw-away cluster.
    Postgres,
    /// One after the other.
    Both,
}

/// Kills the writer `kills` times on each engine and checks after every kill.
pub fn run(root: &Path, kills: u32, engines: Engines, seed: u64) -> Outcome {
    let writer = house::build(root, "store", Built::Example("soak_writer"), false)?;
    let home = tempfile::Builder::new()
        .prefix("bihuan-soak-")
        .tempdir()
        .map_err(|e| Trouble::during("a folder for the soak", e))?;
    let mut chance = Chance(seed);
    if engines != Engines::Postgres {
        let url = format!("sqlite:{}", home.path().join("soak.db").display());
        Soak::new(&writer, &home, "SQLite", url).kill_often(kills, &mut chance)?;
    }
    if engines != Engines::Sqlite {
        let binaries = Binaries::find().map_err(Trouble::new)?;
        let cluster = Cluster::start(&binaries, Durability::Full)?;
        let url = cluster.create_database("soak")?;
        Soak::new(&writer, &home, "PostgreSQL", url).kill_often(kills, &mut chance)?;
    }
    Ok(())
}

/// One engine under fire.
struct Soak<'a> {
    writer: &'a Path,
    engine: &'static str,
    url: String,
    heads: PathBuf,
    acks: PathBuf,
}

impl<'a> Soak<'a> {
    fn new(writer: &'a Path, home: &TempDir, engine: &'static str, url: String) -> Self {
        let heads = home.path().join(format!("{engine}.heads"));
        let acks = home.path().join(format!("{engine}.acks"));
        Self {
            writer,
            engine,
            url,
            heads,
            acks,
        }
    }

    fn kill_often(&self, kills: u32, chance: &mut Chance) -> Outcome {
        let began = Instant::now();
        let mut acknowledged = 0;
        for kill in 1..=kills {
            let acks = self.write_and_kill(chance.between(WRITES_FOR_MIN, WRITES_FOR_MAX))?;
            acknowledged += acks.len();
            self.keep(&acks)?;
            self.check().map_err(|trouble| {
                Trouble::new(format!("{}, after kill {kill}: {trouble}", self.engine))
            })?;
            if kill % TELL_EVERY == 0 || kill == kills {
                eprintln!(
                    "soak: {}: {kill} of {kills} kills, {acknowledged} acknowledged, none lost, \
                     chain whole ({:.0} s)",
                    self.engine,
                    began.elapsed().as_secs_f64()
                );
            }
        }
        Ok(())
    }

    /// Lets the writer write for a while after its first acknowledgement, then kills it.
    fn write_and_kill(&self, writes_for: Duration) -> Outcome<Vec<String>> {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| Trouble::during("starting the writer", e))?;
        let Some(stdout) = child.stdout.take() else {
            return Err(Trouble::new("the writer has no standard output"));
        };
        let (first, reader) = listen(stdout);
        let first = first.recv_timeout(FIRST_ACK_MAX).is_ok();
        if first {
            thread::sleep(writes_for);
        }
        // SIGKILL on Unix: the writer has no chance to tidy up.
        let left_early = left_early(&mut child);
        drop(child.kill());
        drop(child.wait());
        let acks = reader
            .join()
            .map_err(|_| Trouble::new("reading the writer failed"))?;
        if left_early {
            return Err(Trouble::new(format!(
                "{}: the writer left by itself",
                self.engine
            )));
        }
        if !first {
            return Err(Trouble::new(format!(
                "{}: the writer acknowledges nothing",
                self.engine
            )));
        }
        Ok(acks)
    }

    fn keep(&self, acks: &[String]) -> Outcome {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.acks)
            .map_err(|e| Trouble::during("the list of acknowledged acts", e))?;
        for ack in acks {
            writeln!(file, "{ack}")
                .map_err(|e| Trouble::during("the list of acknowledged acts", e))?;
        }
        Ok(())
    }

    fn check(&self) -> Outcome {
        house::run(
            self.command()
                .arg("--check")
                .arg(&self.acks)
                .stdout(Stdio::null()),
        )
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.writer);
        command
            .arg("--url")
            .arg(&self.url)
            .arg("--heads")
            .arg(&self.heads);
        command
    }
}

fn left_early(child: &mut Child) -> bool {
    child.try_wait().is_ok_and(|left| left.is_some())
}

type Acks = JoinHandle<Vec<String>>;

/// Collects acknowledgements until the writer is gone, and tells when the first is there.
fn listen(stdout: ChildStdout) -> (std::sync::mpsc::Receiver<()>, Acks) {
    let (tell, first) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        let mut acks = Vec::new();
        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            // A line without its end was cut by the kill and acknowledged nothing.
            if let Some(id) = line
                .strip_prefix("ack ")
                .and_then(|id| id.strip_suffix('\n'))
            {
                acks.push(id.to_owned());
                // Nobody listens after the first one; that is no trouble.
                tell.send(()).ok();
            }
            line.clear();
        }
        acks
    });
    (first, reader)
}

/// A small generator of pseudo-random numbers (splitmix64), so that a seed repeats its kills.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: Duration, high: Duration) -> Duration {
        let width = u64::try_from(high.saturating_sub(low).as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        low + Duration::from_micros(self.next() % width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_kills_and_keeps_them_within_the_limits() {
        let moments = |seed| {
            let mut chance = Chance(seed);
            (0..100)
                .map(|_| chance.between(WRITES_FOR_MIN, WRITES_FOR_MAX))
                .collect::<Vec<_>>()
        };
        assert_eq!(moments(7), moments(7));
        assert_ne!(moments(7), moments(8));
        assert!(
            moments(7)
                .iter()
                .all(|m| (WRITES_FOR_MIN..WRITES_FOR_MAX).contains(m))
        );
    }
}
