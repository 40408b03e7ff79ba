//! `cargo xtask soak`: faults that are real, again and again; no acknowledged fact may be lost.
//!
//! The writer is the example `soak_writer` of the crate `store`. It records acts, prints `ack <id>`
//! after each commit and `refused …` for each write that failed, and tries that again. It is
//! killed, its disk is full, its fsyncs or writes fail, the server of its database stops; where it
//! lives on, writing must come back by itself. After every fault it is run with `--check FILE`,
//! which looks for each acknowledged act and walks the audit chain against the head file.

mod disk;
mod fiu;
mod writer;

pub(crate) use disk::Disk;
pub(crate) use fiu::Fiu;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::cluster::{Binaries, Cluster, Durability};
use crate::house::{self, Built};
use crate::{Outcome, Trouble};
use fiu::POINTS;
use writer::{Told, Writer};

/// Shortest and longest time that the writer writes before a fault, and after it.
const WRITES_FOR_MIN: Duration = Duration::from_millis(20);
const WRITES_FOR_MAX: Duration = Duration::from_millis(400);
/// Shortest and longest time that a fault lasts.
const LASTS_MIN: Duration = Duration::from_millis(20);
const LASTS_MAX: Duration = Duration::from_millis(800);
/// One in so many writers is killed while its fault lasts.
const KILLED_AMID_ONE_IN: u64 = 4;
/// A writer that acknowledges nothing within this time is broken.
const FIRST_ACK_MAX: Duration = Duration::from_mins(1);
/// Within this time after a fault writing must come back by itself.
const RETURNS_MAX: Duration = Duration::from_mins(1);
/// So many acts show that it came back; some may have been under way.
const RETURNED_ACKS: usize = 10;
/// Every how many faults the terminal hears how far things are.
const TELL_EVERY: u32 = 10;
/// What runs a server whose every eighth commit of a connection finds that fdatasync fails. libfiu
/// cannot: its `hash_create` stands in the way of PostgreSQL's own.
const FAILING_SERVER: [&str; 8] = [
    "strace",
    "--follow-forks",
    "--output=/dev/null",
    "--quiet=all",
    "--trace=fdatasync",
    "--inject=fdatasync:error=EIO:when=8+8",
    "--seccomp-bpf",
    "--",
];
/// The database of the writer on a server.
const DATABASE: &str = "soak";

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

/// What happens to the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// The writer is killed with SIGKILL.
    Kill,
    /// No space is left on the disk of the database.
    FullDisk,
    /// Its fsyncs or writes fail.
    FailedDisk,
    /// The server is stopped at once and started again, or the process that serves is killed.
    ServerStop,
}

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kills",
            Self::FullDisk => "full disks",
            Self::FailedDisk => "failed fsyncs or writes",
            Self::ServerStop => "server stops",
        }
    }
}

/// Does `faults` faults to the writer on each engine and checks after every one.
pub fn run(root: &Path, faults: u32, engines: Engines, seed: u64) -> Outcome {
    let writer = house::build(root, "store", Built::Example("soak_writer"), false)?;
    let mut chance = Chance(seed);
    if engines != Engines::Postgres {
        Soak::on_sqlite(&writer)?.suffer_often(faults, &mut chance)?;
    }
    if engines != Engines::Sqlite {
        Soak::on_postgres(&writer)?.suffer_often(faults, &mut chance)?;
    }
    Ok(())
}

/// One engine under fire. Whatever stands on the disk is dropped before the disk.
struct Soak<'a> {
    writer: &'a Path,
    engine: &'static str,
    url: String,
    heads: PathBuf,
    acks: PathBuf,
    cluster: Option<Cluster>,
    fiu: Option<Fiu>,
    disk: Option<Disk>,
    home: tempfile::TempDir,
}

/// What the faults of one kind came to.
#[derive(Default)]
struct Count {
    faults: u32,
    refused: usize,
}

impl<'a> Soak<'a> {
    fn new(writer: &'a Path, engine: &'static str) -> Outcome<Self> {
        let home = tempfile::Builder::new()
            .prefix("bihuan-soak-")
            .tempdir()
            .map_err(|e| Trouble::during("a folder for the soak", e))?;
        let disk = Disk::make().map_err(|why| left_out(Fault::FullDisk, engine, &why));
        Ok(Self {
            writer,
            engine,
            url: String::new(),
            heads: home.path().join("heads.jsonl"),
            acks: home.path().join("acks"),
            cluster: None,
            fiu: None,
            disk: disk.ok(),
            home,
        })
    }

    fn on_sqlite(writer: &'a Path) -> Outcome<Self> {
        let mut soak = Self::new(writer, "SQLite")?;
        let fiu = Fiu::find(soak.home.path());
        soak.fiu = fiu
            .map_err(|why| left_out(Fault::FailedDisk, soak.engine, &why))
            .ok();
        let place = soak.place().to_owned();
        soak.url = format!("sqlite:{}", place.join("soak.db").display());
        // Database and head file share a disk, as they do where nothing was configured.
        soak.heads = place.join("heads.jsonl");
        Ok(soak)
    }

    fn on_postgres(writer: &'a Path) -> Outcome<Self> {
        let mut soak = Self::new(writer, "PostgreSQL")?;
        if !traces() {
            left_out(Fault::FailedDisk, soak.engine, "install the package strace");
        }
        let binaries = Binaries::find().map_err(Trouble::new)?;
        let cluster = Cluster::start_in(soak.place(), &binaries, Durability::Full)?;
        soak.url = cluster.create_database(DATABASE)?;
        soak.cluster = Some(cluster);
        Ok(soak)
    }

    fn place(&self) -> &Path {
        let home = self.home.path();
        self.disk.as_ref().map_or(home, Disk::path)
    }

    /// The faults that this machine can do to this engine.
    fn faults(&self) -> Vec<Fault> {
        let mut out = vec![Fault::Kill];
        out.extend(self.disk.is_some().then_some(Fault::FullDisk));
        let fails = self.fiu.is_some() || self.cluster.is_some() && traces();
        out.extend(fails.then_some(Fault::FailedDisk));
        out.extend(self.cluster.is_some().then_some(Fault::ServerStop));
        out
    }

    fn suffer_often(&mut self, faults: u32, chance: &mut Chance) -> Outcome {
        let began = Instant::now();
        let kinds = self.faults();
        let mut counts: BTreeMap<Fault, Count> = BTreeMap::new();
        let mut acknowledged = 0;
        for n in 1..=faults {
            let fault = *chance.one_of(&kinds);
            let (engine, name) = (self.engine, fault.name());
            let at = |when: &str, trouble: Trouble| {
                Trouble::new(format!(
                    "{engine}, {when} fault {n} (of the {name}): {trouble}"
                ))
            };
            let told = self.suffer(fault, chance).map_err(|t| at("in", t))?;
            self.keep(&told.acks)?;
            self.check().map_err(|t| at("after", t))?;
            acknowledged += told.acks.len();
            let count = counts.entry(fault).or_default();
            count.faults += 1;
            count.refused += told.refused;
            if n % TELL_EVERY == 0 || n == faults {
                let seconds = began.elapsed().as_secs();
                eprintln!(
                    "soak: {engine}: {n} of {faults} faults ({}), {acknowledged} acknowledged, \
                     none lost, chain whole ({seconds} s)",
                    shown(&counts)
                );
            }
        }
        Ok(())
    }

    /// Lets the writer write for a while, meet a fault, and write again where it lives on.
    fn suffer(&mut self, fault: Fault, chance: &mut Chance) -> Outcome<Told> {
        let mut writer = Writer::start(self.command(fault))?;
        writer.acknowledges(1, FIRST_ACK_MAX)?;
        writer.goes_on(chance.between(WRITES_FOR_MIN, WRITES_FOR_MAX));
        if fault == Fault::Kill {
            return writer.kill();
        }
        let point = *chance.one_of(&POINTS);
        let whole_server = chance.one_in(2);
        self.begin(fault, &writer, point, whole_server)?;
        writer.goes_on(chance.between(LASTS_MIN, LASTS_MAX));
        if chance.one_in(KILLED_AMID_ONE_IN) {
            let told = writer.kill()?;
            self.end(fault, None, point)?;
            return Ok(told);
        }
        self.end(fault, Some(&writer), point)?;
        writer.acknowledges(RETURNED_ACKS, RETURNS_MAX)?;
        writer.goes_on(chance.between(WRITES_FOR_MIN, WRITES_FOR_MAX));
        writer.kill()
    }

    fn begin(&mut self, fault: Fault, writer: &Writer, point: &str, whole: bool) -> Outcome {
        match (fault, &mut self.cluster, &self.fiu, &self.disk) {
            (Fault::FullDisk, _, _, Some(disk)) => disk.fill(),
            (Fault::FailedDisk, None, Some(fiu), _) => fiu.enable(writer.process(), point),
            (Fault::FailedDisk, Some(cluster), _, _) => {
                cluster.stop_at_once();
                // It may fail before it is up; that is the fault.
                cluster.start_again(&FAILING_SERVER).map(drop)
            }
            (Fault::ServerStop, Some(cluster), _, _) if whole => {
                cluster.stop_at_once();
                Ok(())
            }
            (Fault::ServerStop, Some(cluster), _, _) => cluster.kill_backend(DATABASE),
            (Fault::Kill | Fault::FullDisk | Fault::FailedDisk | Fault::ServerStop, ..) => Ok(()),
        }
    }

    /// Ends a fault; without a writer, for one that was killed amid it.
    fn end(&mut self, fault: Fault, writer: Option<&Writer>, point: &str) -> Outcome {
        if let (Fault::FullDisk, Some(disk)) = (fault, &self.disk) {
            disk.free()?;
        }
        let Some(cluster) = &mut self.cluster else {
            return match (fault, writer, &self.fiu) {
                (Fault::FailedDisk, Some(writer), Some(fiu)) => {
                    fiu.disable(writer.process(), point)
                }
                _ => Ok(()),
            };
        };
        if fault == Fault::FailedDisk {
            cluster.stop_at_once();
        }
        // As whoever looks after a server does: one that left is started again.
        if cluster.start_again(&[])? {
            return Ok(());
        }
        let says = cluster.last_words();
        Err(Trouble::new(format!("PostgreSQL does not start: {says}")))
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
        let mut check = Command::new(self.writer);
        self.placed(&mut check);
        house::run(check.arg("--check").arg(&self.acks).stdout(Stdio::null()))
    }

    fn command(&self, fault: Fault) -> Command {
        let mut command = match &self.fiu {
            Some(fiu) if fault == Fault::FailedDisk && self.cluster.is_none() => {
                fiu.command(self.writer)
            }
            _ => Command::new(self.writer),
        };
        self.placed(&mut command);
        command
    }

    fn placed(&self, command: &mut Command) {
        command.arg("--url").arg(&self.url);
        command.arg("--heads").arg(&self.heads);
    }
}

fn left_out(fault: Fault, engine: &str, why: &str) {
    eprintln!("left out: {} on {engine}: {why}", fault.name());
}

fn traces() -> bool {
    house::program(FAILING_SERVER[0]).is_some()
}

fn shown(counts: &BTreeMap<Fault, Count>) -> String {
    counts
        .iter()
        .map(|(fault, count)| {
            let Count { faults, refused } = count;
            format!("{faults} {} with {refused} refusals", fault.name())
        })
        .collect::<Vec<_>>()
        .join(", ")
}

/// A small generator of pseudo-random numbers (splitmix64), so that a seed repeats its faults.
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

    fn one_in(&mut self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }

    /// One of some, of which there is at least one.
    fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX).max(1);
        let at = usize::try_from(self.next() % count).unwrap_or_default();
        &all[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_faults_and_keeps_their_moments_within_the_limits() {
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

    #[test]
    fn every_kind_of_fault_gets_its_turns() {
        let kinds = [
            Fault::Kill,
            Fault::FullDisk,
            Fault::FailedDisk,
            Fault::ServerStop,
        ];
        let mut chance = Chance(1);
        let mut counts = BTreeMap::new();
        for _ in 0..300 {
            *counts.entry(*chance.one_of(&kinds)).or_insert(0) += 1;
        }
        assert!(counts.len() == kinds.len() && counts.values().all(|count| *count > 50));
    }
}
