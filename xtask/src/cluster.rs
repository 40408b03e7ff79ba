//! A throw-away PostgreSQL cluster on the loopback address, for tests and long runs.
//!
//! **Invariant:** the server never runs as root, listens on 127.0.0.1 alone, and is stopped with
//! its data when the value is dropped, also when the chore fails or panics.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{Outcome, Trouble, house};

/// How often a start is tried when another program takes the free port first.
const START_TRIES_MAX: usize = 3;
/// How often the server is asked whether it is ready, and how long between two questions.
const READY_ASKS_MAX: usize = 300;
const READY_PAUSE: Duration = Duration::from_millis(50);
/// Connections that many test processes may hold at once.
const CONNECTIONS_MAX: usize = 300;

/// Lines of the server's log that a failed start shows.
const LAST_WORDS_LINES: usize = 5;

/// Whether a commit must reach the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As in production: for kill tests and benchmarks.
    Full,
    /// Nothing waits for the disk: for tests, which lose their data anyway.
    None,
}

/// The programs of one PostgreSQL version.
#[derive(Clone, Debug)]
pub struct Binaries {
    dir: PathBuf,
}

impl Binaries {
    /// Finds the newest PostgreSQL on the machine, or says what is missing.
    pub fn find() -> Result<Self, String> {
        let mut dirs: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .filter(|(_, dir)| dir.join("initdb").is_file() && dir.join("postgres").is_file())
            .collect();
        dirs.sort();
        if let Some((_, dir)) = dirs.pop() {
            return Ok(Self { dir });
        }
        let initdb = house::program("initdb").and_then(|file| fs::canonicalize(file).ok());
        initdb
            .and_then(|file| file.parent().map(Path::to_path_buf))
            .filter(|dir| dir.join("postgres").is_file())
            .map(|dir| Self { dir })
            .ok_or_else(|| {
                "no initdb and postgres under /usr/lib/postgresql or in the search path".into()
            })
    }

    /// Where a program of this version stands.
    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    run: Run,
    _home: TempDir,
    server: Child,
}

/// How its server is run.
#[derive(Debug)]
struct Run {
    binaries: Binaries,
    user: Option<String>,
    home: PathBuf,
    port: u16,
    durability: Durability,
}

impl Cluster {
    /// Makes a cluster in a temporary folder and starts it on a free port.
    pub fn start(binaries: &Binaries, durability: Durability) -> Outcome<Self> {
        Self::start_in(&std::env::temp_dir(), binaries, durability)
    }

    /// The same in a folder below another one, such as a disk that is filled later.
    pub fn start_in(above: &Path, binaries: &Binaries, durability: Durability) -> Outcome<Self> {
        let mut says = String::new();
        for _ in 0..START_TRIES_MAX {
            let mut cluster = Self::spawn(above, binaries.clone(), durability)?;
            if cluster.is_ready() {
                return Ok(cluster);
            }
            // Dropping it stops a server that neither answered nor left.
            says = cluster.last_words();
        }
        Err(Trouble::new(format!("PostgreSQL does not start: {says}")))
    }

    fn spawn(above: &Path, binaries: Binaries, durability: Durability) -> Outcome<Self> {
        let home = tempfile::Builder::new()
            .prefix("bihuan-pg-")
            .tempdir_in(above)
            .map_err(|e| Trouble::during("a folder for PostgreSQL", e))?;
        let user = server_user(home.path())?;
        if let Some(user) = &user {
            house::run(Command::new("chown").arg(user).arg(home.path()))?;
        }
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755))
            .map_err(|e| Trouble::during("the folder of PostgreSQL", e))?;
        let mut initdb = command_as(user.as_deref(), &binaries.program("initdb"));
        initdb.arg("--pgdata").arg(home.path().join("data"));
        initdb.args([
            "--username",
            "postgres",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]);
        initdb.args(["--locale", "C.UTF-8", "--no-sync", "--no-instructions"]);
        initdb.current_dir(home.path()).stdout(Stdio::null());
        house::run(&mut initdb)?;
        let run = Run {
            binaries,
            user,
            home: home.path().to_owned(),
            port: free_port()?,
            durability,
        };
        let server = run.spawn(&[])?;
        Ok(Self {
            run,
            _home: home,
            server,
        })
    }

    /// Stops the server at once, as a power failure would: what is not on its disk is gone.
    pub fn stop_at_once(&mut self) {
        let mut stop = self.run.command("pg_ctl", &[]);
        stop.args(["stop", "--mode", "immediate", "--pgdata"])
            .arg(self.run.home.join("data"));
        stop.current_dir(&self.run.home);
        if !house::succeeds(&mut stop) {
            drop(self.server.kill());
        }
        drop(self.server.wait());
    }

    /// Starts the server again where it is down, run by another program where that is given. Tells
    /// whether it answers.
    pub fn start_again(&mut self, run_by: &[&str]) -> Outcome<bool> {
        if self.is_down() {
            self.server = self.run.spawn(run_by)?;
        }
        Ok(self.is_ready())
    }

    fn is_down(&mut self) -> bool {
        self.server.try_wait().is_ok_and(|left| left.is_some())
    }

    /// Kills one of the processes that serve a database, as the system does when memory is short.
    pub fn kill_backend(&self, database: &str) -> Outcome {
        let mut ask = Command::new(self.run.binaries.program("psql"));
        ask.args([
            "--host",
            "127.0.0.1",
            "--username",
            "postgres",
            "--no-align",
        ]);
        ask.args(["--tuples-only", "--port", &self.run.port.to_string()]);
        ask.args([
            "--command",
            &format!(
                "select pid from pg_stat_activity where datname = '{database}' \
             order by state = 'idle', pid limit 1"
            ),
        ]);
        let pid = house::output(&mut ask)?;
        if !pid.trim().is_empty() {
            // One that left by itself meanwhile is as gone as one that was killed.
            house::succeeds(Command::new("kill").args(["-9", pid.trim()]));
        }
        Ok(())
    }

    fn is_ready(&mut self) -> bool {
        for _ in 0..READY_ASKS_MAX {
            if self.is_down() {
                return false;
            }
            let mut ask = Command::new(self.run.binaries.program("pg_isready"));
            ask.args(["--host", "127.0.0.1", "--port", &self.run.port.to_string()]);
            if house::succeeds(ask.args(["--username", "postgres"])) {
                return true;
            }
            std::thread::sleep(READY_PAUSE);
        }
        false
    }

    /// The end of the server's log.
    pub fn last_words(&self) -> String {
        let log = fs::read_to_string(self.run.home.join("server.log")).unwrap_or_default();
        let from = log.lines().count().saturating_sub(LAST_WORDS_LINES);
        log.lines().skip(from).collect::<Vec<_>>().join(" | ")
    }

    /// The address under which tests reach the maintenance database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.run.port)
    }

    /// The folder of the programs of its version, such as `pg_dump`.
    pub fn programs(&self) -> &Path {
        &self.run.binaries.dir
    }

    /// Makes an empty database and gives its address.
    pub fn create_database(&self, name: &str) -> Outcome<String> {
        let mut createdb = Command::new(self.run.binaries.program("createdb"));
        createdb.args(["--host", "127.0.0.1", "--username", "postgres"]);
        createdb.args(["--port", &self.run.port.to_string(), name]);
        house::run(&mut createdb)?;
        Ok(format!(
            "postgres://postgres@127.0.0.1:{}/{name}",
            self.run.port
        ))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop_at_once();
    }
}

impl Run {
    /// A program of PostgreSQL as the server's user, run by another one where that is given.
    fn command(&self, name: &str, run_by: &[&str]) -> Command {
        let program = self.binaries.program(name);
        let Some((first, rest)) = run_by.split_first() else {
            return command_as(self.user.as_deref(), &program);
        };
        let mut command = command_as(self.user.as_deref(), Path::new(first));
        command.args(rest).arg(program);
        command
    }

    fn spawn(&self, run_by: &[&str]) -> Outcome<Child> {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.home.join("server.log"))
            .map_err(|e| Trouble::during("the log of PostgreSQL", e))?;
        let mut server = self.command("postgres", run_by);
        server.arg("-D").arg(self.home.join("data"));
        server.arg("-k").arg(&self.home);
        server.args([
            "-p",
            &self.port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
        ]);
        server.args(["-c", &format!("max_connections={CONNECTIONS_MAX}")]);
        if self.durability == Durability::None {
            server.args(["-c", "fsync=off", "-c", "synchronous_commit=off"]);
            server.args(["-c", "full_page_writes=off"]);
        }
        server
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        server
            .spawn()
            .map_err(|e| Trouble::during("starting PostgreSQL", e))
    }
}

/// Names the user under whom the server runs, if that is not the caller.
///
/// PostgreSQL refuses to run as root, so root hands it to `postgres` or `nobody`.
fn server_user(home: &Path) -> Outcome<Option<String>> {
    let owner = fs::metadata(home).map_err(|e| Trouble::during("the folder of PostgreSQL", e))?;
    if owner.uid() != 0 {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| house::succeeds(Command::new("id").args(["-u", user])))
        .map(|user| Some(user.to_owned()))
        .ok_or_else(|| {
            Trouble::new("PostgreSQL does not run as root, and there is no user postgres or nobody")
        })
}

fn command_as(user: Option<&str>, program: &Path) -> Command {
    match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    }
}

fn free_port() -> Outcome<u16> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| Trouble::during("a free port for PostgreSQL", e))
}
