//! Where faults are real: a disk that is full, calls that fail, a server that stops, and a writer
//! in a process of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use domain::id::ActId;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use crate::support::env;

/// What must not be left out, with commas between.
const REQUIRE: &str = "BIHUAN_REQUIRE";
/// The database that a writer in another process is to write to, and its head file.
pub(super) const CHILD_URL: &str = "BIHUAN_FAULTS_URL";
pub(super) const CHILD_HEADS: &str = "BIHUAN_FAULTS_HEADS";
/// The test that is the writer where it is told a database.
const CHILD: &str = "faults::a_writer_that_meets_no_fault_is_never_refused";
/// How much a small disk holds.
const DISK_SIZE: &str = "16m";
/// A writer that does not say what is awaited within this time is broken.
const HEARS_WITHIN: Duration = Duration::from_mins(1);

/// Says what the machine lacks; fails where it must not.
fn left_out<T>(name: &str, what: &str) -> Option<T> {
    let required = env(REQUIRE).unwrap_or_default();
    assert!(
        !required.split(',').any(|word| word.trim() == name),
        "{REQUIRE} asks for {name}, but: {what}"
    );
    eprintln!("left out: {what}");
    None
}

fn succeeds(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A small file system in memory, gone with its value.
pub(super) struct Disk(TempDir);

impl Disk {
    /// Mounts one where this user may.
    pub(super) fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={DISK_SIZE}")]);
        if succeeds(mount.arg("bihuan-test").arg(dir.path())) {
            return Some(Self(dir));
        }
        left_out("tmpfs", "a full disk (no file system may be mounted here)")
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Takes all space that is left.
    pub(super) fn fill(&self) {
        let mut ballast = File::create(self.ballast()).unwrap();
        while ballast.write_all(&[0; 4096]).is_ok() {}
    }

    /// Gives it back.
    pub(super) fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A story that failed may have left its database open.
        succeeds(Command::new("umount").arg("--lazy").arg(self.path()));
    }
}

/// libfiu, which lets calls of a process fail.
pub(super) struct Fiu(TempDir);

impl Fiu {
    pub(super) fn find() -> Option<Self> {
        let mut here = Command::new("sh");
        here.args(["-c", "command -v fiu-run && command -v fiu-ctrl"]);
        if Path::new("/usr/lib/fiu/fiu_posix_preload.so").is_file() && succeeds(&mut here) {
            return Some(Self(tempfile::tempdir().unwrap()));
        }
        left_out("libfiu", "failed fsyncs and writes (no fiu-utils)")
    }

    fn pipes(&self) -> PathBuf {
        self.0.path().join("fiu")
    }

    /// Lets calls of a writer fail, or succeed again: `enable name=…`, `disable name=…`.
    pub(super) fn order(&self, child: &Child, order: &str) {
        let mut ctrl = Command::new("timeout");
        ctrl.args(["10", "fiu-ctrl", "-f"]).arg(self.pipes());
        let process = child.process.id().to_string();
        assert!(succeeds(ctrl.args(["-c", order, &process])), "{order}");
    }
}

/// A writer in a process of its own; it dies with its value.
pub(super) struct Child {
    process: std::process::Child,
    lines: Receiver<String>,
    /// What it acknowledged so far.
    pub(super) acks: Vec<ActId>,
    last: String,
}

impl Child {
    /// Starts one, with libfiu in it where that is given.
    pub(super) fn start(url: &str, heads: &Path, fiu: Option<&Fiu>) -> Self {
        let this = std::env::current_exe().unwrap();
        let mut command = match fiu {
            None => Command::new(this),
            Some(fiu) => {
                let mut command = Command::new("fiu-run");
                command.arg("-x").arg("-f").arg(fiu.pipes()).arg(this);
                command
            }
        };
        command.args(["--exact", CHILD, "--nocapture"]);
        command.env(CHILD_URL, url).env(CHILD_HEADS, heads);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines() {
                let Ok(line) = line else { return };
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            lines,
            acks: Vec::new(),
            last: String::new(),
        }
    }

    /// Hears it until it said something of a kind so many times more: `ack`, `refused`, `read`.
    pub(super) fn says(&mut self, kind: &str, times: usize) {
        let (mut left, end) = (times, Instant::now() + HEARS_WITHIN);
        while left > 0 {
            let time = end.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(time) else {
                unreachable!("no `{kind}` any more, the last was: {}", self.last);
            };
            left -= usize::from(self.keep(&line) == kind);
        }
    }

    fn keep(&mut self, line: &str) -> String {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        if kind == "ack" {
            self.acks.push(rest.parse().unwrap());
        }
        line.clone_into(&mut self.last);
        kind.to_owned()
    }

    /// Kills it; gives everything that it acknowledged.
    pub(super) fn kill(mut self) -> Vec<ActId> {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        while let Ok(line) = self.lines.recv() {
            self.keep(&line);
        }
        std::mem::take(&mut self.acks)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A PostgreSQL server of one story's own, which may stop it; gone with its value.
pub(super) struct Server {
    binaries: PathBuf,
    dir: TempDir,
    port: u16,
}

impl Server {
    /// Makes one where PostgreSQL is installed.
    pub(super) fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            return left_out(
                "postgres",
                "a server that stops (no PostgreSQL is installed)",
            );
        };
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let server = Self {
            binaries,
            dir,
            port: port.unwrap().port(),
        };
        if Self::is_root() {
            let mut own = Command::new("chown");
            assert!(succeeds(own.arg("postgres").arg(server.dir.path())));
        }
        let mut initdb = server.command("initdb");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        initdb.args(["--locale", "C.UTF-8"]);
        assert!(succeeds(initdb.arg("-D").arg(server.data())));
        server.start_again();
        Some(server)
    }

    fn is_root() -> bool {
        fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
    }

    /// PostgreSQL does not run as root.
    fn command(&self, name: &str) -> Command {
        let program = self.binaries.join(name);
        let mut command = if Self::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.dir.path());
        command
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(super) fn start_again(&self) {
        let (dir, port) = (self.dir.path().display(), self.port);
        let mut start = self.command("pg_ctl");
        start.args(["start", "--wait", "-D"]).arg(self.data());
        start.arg("-l").arg(self.dir.path().join("log"));
        start.args([
            "-o",
            &format!("-p {port} -k {dir} -c listen_addresses=127.0.0.1"),
        ]);
        assert!(succeeds(&mut start));
    }

    /// Stops it at once, as a power failure would.
    pub(super) fn stop_at_once(&self) {
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "-m", "immediate", "-D"]);
        succeeds(stop.arg(self.data()));
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Kills the process that serves an open transaction, as the system does when memory is short.
    pub(super) async fn kill_who_writes(&self) {
        let mut conn = PgConnection::connect(&self.url()).await.unwrap();
        let sql = "select pid from pg_stat_activity where state = 'idle in transaction'";
        let pid: i32 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        assert!(succeeds(
            Command::new("kill").args(["-9", &pid.to_string()])
        ));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop_at_once();
    }
}

fn binaries() -> Option<PathBuf> {
    let dirs = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut dirs: Vec<PathBuf> = dirs
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|dir| dir.join("initdb").is_file())
        .collect();
    dirs.sort();
    dirs.pop()
}
