//! libfiu, which lets calls of the system fail in a process that knows nothing of it.
//!
//! Debian's packages `libfiu0` and `fiu-utils`. `fiu-run` loads it into a program, `fiu-ctrl` turns
//! failures on and off while that runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, house};

/// What is loaded before a program's own libraries.
const PRELOADED: &str = "/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so";
/// How long a process may take to answer, in seconds; one that is gone never does.
const ANSWER_SECONDS: &str = "10";

/// Calls through which SQLite reaches its disk, and what they answer: an fsync that fails (EIO), a
/// write that fails (EIO) or finds no space (ENOSPC). `write` is left alone, for the runtime wakes
/// its threads by it.
pub(super) const POINTS: [&str; 3] = [
    "name=posix/io/sync/fsync,failinfo=5",
    "name=posix/io/rw/pwrite,failinfo=5",
    "name=posix/io/rw/pwrite,failinfo=28",
];

/// libfiu on this machine.
#[derive(Debug)]
pub(crate) struct Fiu {
    /// Where the pipes of the processes stand.
    pipes: PathBuf,
}

impl Fiu {
    /// Finds it, or says what is missing.
    pub(crate) fn find(home: &Path) -> Result<Self, String> {
        let here = ["fiu-run", "fiu-ctrl"].map(house::program);
        let loaded = PRELOADED.split(' ').all(|file| Path::new(file).is_file());
        if here.iter().any(Option::is_none) || !loaded {
            return Err("no fiu-run, fiu-ctrl or libraries under /usr/lib/fiu".to_owned());
        }
        Ok(Self {
            pipes: home.join("fiu"),
        })
    }

    /// A program with libfiu in it; nothing fails yet.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("fiu-run");
        command.arg("-x").arg("-f").arg(&self.pipes).arg(program);
        command
    }

    /// Lets calls of a process fail.
    pub(super) fn enable(&self, process: u32, point: &str) -> Outcome {
        self.order(process, &format!("enable {point}"))
    }

    /// Lets them succeed again.
    pub(super) fn disable(&self, process: u32, point: &str) -> Outcome {
        let name = point.split(',').next().unwrap_or(point);
        self.order(process, &format!("disable {name}"))
    }

    fn order(&self, process: u32, order: &str) -> Outcome {
        let mut ctrl = Command::new("timeout");
        ctrl.args([ANSWER_SECONDS, "fiu-ctrl", "-f"])
            .arg(&self.pipes);
        ctrl.args(["-c", order, &process.to_string()]);
        house::output(&mut ctrl).map(drop)
    }
}
