//! The demo is served, and ends when it is asked to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::running::{Copied, root};

/// Ends the server even when the story fails.
pub(crate) struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// Starts a server and reads on until it says where it is.
fn start(command: &mut Command) -> (Served, String, String, BufReader<ChildStderr>) {
    let mut served = Served(command.spawn().unwrap());
    let mut told = BufReader::new(served.0.stderr.take().unwrap());
    let mut greeting = String::new();
    let address = loop {
        let mut line = String::new();
        assert_ne!(
            told.read_line(&mut line).unwrap(),
            0,
            "ended early: {greeting}"
        );
        greeting.push_str(&line);
        if let Some(at) = line.split("http://").nth(1) {
            break at.split('/').next().unwrap().to_owned();
        }
    };
    (served, address, greeting, told)
}

/// A server that runs, where it is, and what it says from then on.
pub(crate) fn started(command: &mut Command) -> (Served, String, BufReader<ChildStderr>) {
    let (served, address, _, told) = start(command);
    (served, address, told)
}

#[test]
fn the_demo_is_served_and_says_who_can_sign_in() {
    let demo = Copied::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bihuan"));
    command.args([
        "--data",
        demo.path().to_str().unwrap(),
        "demo",
        "--port",
        "0",
    ]);
    command
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let (mut served, address, greeting, _told) = start(&mut command);
    for said in ["Bihuan-2026", "shiqiao", "anban", "虚构"] {
        assert!(greeting.contains(said), "{greeting}");
    }
    let page = get(&address, "/sign-in");
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("这是示范环境"),
        "{page}"
    );
    assert!(
        get(&address, "/desk").starts_with("HTTP/1.1 303"),
        "who is not signed in signs in"
    );

    let asked = Command::new("kill")
        .args(["-TERM", &served.0.id().to_string()])
        .status()
        .unwrap();
    assert!(asked.success());
    assert_eq!(
        served.0.wait().unwrap().code(),
        Some(0),
        "it ends in good order"
    );
}
