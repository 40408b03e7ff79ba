//! The writer under fire: the example `soak_writer` of the crate `store`, as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Outcome, Trouble};

/// What it says.
enum Line {
    Ack(String),
    Refused(String),
    Read,
    Unread,
}

/// What it said until it was killed.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Acts that must be there from now on.
    pub(super) acks: Vec<String>,
    /// Writes that were refused, tries counted one by one.
    pub(super) refused: usize,
    /// How often it could read.
    pub(super) reads: usize,
    /// How often it could not.
    pub(super) unread: usize,
    /// Why the last write was refused.
    pub(super) why: String,
}

/// The running process, which dies with its value.
pub(super) struct Writer {
    child: Child,
    lines: Receiver<Line>,
    told: Told,
}

impl Writer {
    pub(super) fn start(mut command: Command) -> Outcome<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| Trouble::during("starting the writer", e))?;
        let Some(stdout) = child.stdout.take() else {
            return Err(Trouble::new("the writer has no standard output"));
        };
        let (tell, lines) = channel();
        thread::spawn(move || listen(stdout, &tell));
        Ok(Self {
            child,
            lines,
            told: Told::default(),
        })
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Hears it for a while.
    pub(super) fn goes_on(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while self.hears_until(end) {}
    }

    /// Hears it until it acknowledged so many more acts, or says that it does not in time.
    pub(super) fn acknowledges(&mut self, more: usize, time_max: Duration) -> Outcome {
        let (wanted, end) = (self.told.acks.len() + more, Instant::now() + time_max);
        while self.told.acks.len() < wanted {
            if !self.hears_until(end) {
                return Err(Trouble::new(format!(
                    "within {} s {} of {more} acts are acknowledged; the last refusal: {}",
                    time_max.as_secs(),
                    self.told.acks.len() + more - wanted,
                    self.told.why,
                )));
            }
        }
        Ok(())
    }

    fn hears_until(&mut self, end: Instant) -> bool {
        match self
            .lines
            .recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            Ok(line) => {
                self.keep(line);
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }

    fn keep(&mut self, line: Line) {
        match line {
            Line::Ack(id) => self.told.acks.push(id),
            Line::Refused(why) => {
                self.told.refused += 1;
                self.told.why = why;
            }
            Line::Read => self.told.reads += 1,
            Line::Unread => self.told.unread += 1,
        }
    }

    /// Kills it, without a chance to tidy up, and gives everything that it said.
    pub(super) fn kill(mut self) -> Outcome<Told> {
        if self.child.try_wait().is_ok_and(|left| left.is_some()) {
            return Err(Trouble::new(format!(
                "the writer left by itself; the last refusal: {}",
                self.told.why
            )));
        }
        drop(self.child.kill());
        drop(self.child.wait());
        while let Ok(line) = self.lines.recv() {
            self.keep(line);
        }
        Ok(std::mem::take(&mut self.told))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Killed before, where all went well.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Hands on what it says until it is gone. A line without its end was cut by the kill and
/// acknowledged nothing.
fn listen(stdout: ChildStdout, tell: &Sender<Line>) {
    let mut lines = BufReader::new(stdout);
    let mut line = String::new();
    while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let said = line
            .strip_suffix('\n')
            .and_then(|line| line.split_once(' '));
        let said = match said {
            Some(("ack", id)) => Some(Line::Ack(id.to_owned())),
            Some(("refused", why)) => Some(Line::Refused(why.to_owned())),
            Some(("read", _)) => Some(Line::Read),
            Some(("unread", _)) => Some(Line::Unread),
            _ => None,
        };
        if said.is_some_and(|said| tell.send(said).is_err()) {
            return;
        }
        line.clear();
    }
}
