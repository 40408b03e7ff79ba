//! How soon the demo answers after its start, and how much memory it holds a minute later.
//!
//! Measured from outside, on the demo's own data: the time from starting the process to the first
//! complete page, and the resident memory 60 s after a person signed in and opened the main pages.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Figure;
use crate::{Outcome, Trouble, house};

/// Starts that are timed; the middle one counts.
const STARTS: usize = 5;
/// Longest time until the first page, and the pause between two tries to connect.
const FIRST_PAGE_MAX: Duration = Duration::from_secs(20);
const CONNECT_PAUSE: Duration = Duration::from_millis(2);
/// Longest time for one page.
const PAGE_MAX: Duration = Duration::from_secs(20);
/// When memory is read, after the start.
const MEMORY_AFTER: Duration = Duration::from_mins(1);
/// What issue 2 promises.
const START_MS_MAX: f64 = 500.0;
const MEMORY_MB_MAX: f64 = 80.0;

/// A demo account that sees the whole county.
const SIGN_IN: &str = "login=anban&password=Bihuan-2026";
/// The pages that are opened before memory is read.
const PAGES: [&str; 5] = ["/desk", "/duties", "/acts", "/bodies", "/packs"];

/// Measures a program that was built.
pub(super) fn measure(program: &Path) -> Outcome<Vec<Figure>> {
    let home = tempfile::Builder::new()
        .prefix("bihuan-bench-")
        .tempdir()
        .map_err(|e| Trouble::during("a folder for the demo", e))?;
    let data = home.path().join("demo");
    let demo = || {
        let mut command = Command::new(program);
        command
            .current_dir(home.path())
            .arg("--data")
            .arg(&data)
            .arg("demo");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let began = Instant::now();
    house::run(demo().arg("--build-only"))?;
    let built = began.elapsed();

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let (server, took) = Server::start(&mut demo())?;
        drop(server);
        starts.push(took);
    }
    starts.sort();
    let start = starts.get(STARTS / 2).copied().unwrap_or_default();

    let began = Instant::now();
    let (server, _) = Server::start(&mut demo())?;
    server.look_around()?;
    thread::sleep(MEMORY_AFTER.saturating_sub(began.elapsed()));
    let memory = server.memory_mb()?;
    let figure = |name: &str, value: f64, unit: &str, target: Option<f64>| Figure {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        target,
        baseline: None,
    };
    Ok(vec![
        figure(
            "start of the demo to its first page",
            ms(start),
            "ms",
            Some(START_MS_MAX),
        ),
        figure(
            "memory of the demo after 60 s and five pages",
            memory,
            "MB",
            Some(MEMORY_MB_MAX),
        ),
        figure(
            "demo written through its verbs",
            built.as_secs_f64(),
            "s",
            Some(20.0),
        ),
    ])
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A running demo; it is ended when the value is dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts the program and waits for its first page.
    fn start(command: &mut Command) -> Outcome<(Self, Duration)> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .map_err(|e| Trouble::during("a free port for the demo", e))?
            .port();
        let began = Instant::now();
        let child = command
            .args(["--port", &port.to_string()])
            .spawn()
            .map_err(|e| Trouble::during("starting the demo", e))?;
        let server = Self { child, port };
        while began.elapsed() < FIRST_PAGE_MAX {
            if server
                .get("/sign-in", "")
                .is_ok_and(|page| page.starts_with("HTTP/1.1 200"))
            {
                let took = began.elapsed();
                return Ok((server, took));
            }
            thread::sleep(CONNECT_PAUSE);
        }
        Err(Trouble::new("the demo shows no page"))
    }

    /// Signs in and opens the main pages.
    fn look_around(&self) -> Outcome {
        let answer = self.send(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{SIGN_IN}",
            SIGN_IN.len()
        ))?;
        let cookie = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .and_then(|cookie| cookie.split(';').next())
            .ok_or_else(|| Trouble::new("the demo does not let its own office sign in"))?;
        for path in PAGES {
            let page = self.get(path, cookie)?;
            if !page.starts_with("HTTP/1.1 200") {
                let status = page.lines().next().unwrap_or_default();
                return Err(Trouble::new(format!("{path} answers {status}")));
            }
        }
        Ok(())
    }

    fn get(&self, path: &str, cookie: &str) -> Outcome<String> {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n"
        ))
    }

    fn send(&self, request: &str) -> Outcome<String> {
        let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).and_then(|mut stream| {
            stream.set_read_timeout(Some(PAGE_MAX))?;
            stream.write_all(request.as_bytes())?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(answer)
        });
        let answer = asked.map_err(|e| Trouble::during("asking the demo", e))?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Resident memory in MB, as Linux tells it.
    fn memory_mb(&self) -> Outcome<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).map_err(|e| Trouble::during(&path, e))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.trim().strip_suffix("kB"))
            .and_then(|number| number.trim().parse::<f64>().ok())
            .map(|kib| kib * 1024.0 / 1_000_000.0)
            .ok_or_else(|| Trouble::new(format!("{path} tells no resident memory")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
