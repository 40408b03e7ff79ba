//! The heads of all chains, written to a file outside the database.
//!
//! Whoever can change the database can also cut the end off a chain and put the head row right;
//! only what was written elsewhere shows it. One line of JSON for each write.
//!
//! A line is not synced to the disk: that would double the time of a write (measured: 1.5 ms became
//! 5 ms), and a power failure costs no more than the proof of the last seconds' end, for a file
//! that is behind the database is no finding. It is never ahead: it is written after the commit.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use domain::id::BodyId;
use serde::{Deserialize, Serialize};

use crate::{Result, StoreError};

/// The file is cut back when it is longer than so many bytes.
const LENGTH_MAX: u64 = 1024 * 1024;
/// So many of the newest lines stay when it is cut back.
const LINES_KEPT: usize = 1000;

/// No line of the file is longer than so many bytes.
const LINE_LENGTH_MAX: u64 = 1024;

/// The head of one chain at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadLine {
    /// The county.
    pub home: BodyId,
    /// Number of the link.
    pub seq: i64,
    /// Hash of the link.
    pub hash: String,
    /// Its instant, in milliseconds UTC.
    pub at: i64,
}

/// What a head file says: every line that it still has, by county and number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads {
    lines: BTreeMap<BodyId, BTreeMap<i64, HeadLine>>,
    unread: usize,
    twice: Vec<HeadLine>,
}

impl Heads {
    /// Reads a head file. A last line that was cut off by a crash is passed over.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| failed(path, source))?;
        let mut heads = Self::default();
        let mut file = BufReader::new(file);
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = file
                .by_ref()
                .take(LINE_LENGTH_MAX)
                .read_until(b'\n', &mut line)
                .map_err(|source| failed(path, source))?;
            if length == 0 {
                return Ok(heads);
            }
            let whole = line.last() == Some(&b'\n');
            match serde_json::from_slice::<HeadLine>(&line) {
                Ok(head) => heads.add(head),
                // What a crash left of the last line is passed over; anything else is told.
                Err(_) if !whole && (length as u64) < LINE_LENGTH_MAX => {}
                Err(_) => heads.unread += 1,
            }
        }
    }

    /// Adds a line.
    pub fn add(&mut self, line: HeadLine) {
        let county = self.lines.entry(line.home).or_default();
        if county
            .get(&line.seq)
            .is_some_and(|held| held.hash != line.hash)
        {
            self.twice.push(line);
            return;
        }
        county.insert(line.seq, line);
    }

    /// How many lines say nothing that can be understood.
    pub const fn unread(&self) -> usize {
        self.unread
    }

    /// Lines that say another hash of a link than an earlier line does.
    pub fn twice(&self) -> &[HeadLine] {
        &self.twice
    }

    /// The counties that it knows.
    pub fn homes(&self) -> impl Iterator<Item = BodyId> + '_ {
        self.lines.keys().copied()
    }

    /// The newest head of a county.
    pub fn newest(&self, home: BodyId) -> Option<&HeadLine> {
        self.lines.get(&home)?.values().next_back()
    }

    /// The head of a county at a link's number, if the file still has it.
    pub fn at(&self, home: BodyId, seq: i64) -> Option<&HeadLine> {
        self.lines.get(&home)?.get(&seq)
    }
}

/// Appends heads to the file.
///
/// Several processes may share it: each holds a lock beside it while it writes, and opens it anew,
/// because another one may have cut it back meanwhile.
pub struct HeadLog {
    path: PathBuf,
    lock: Mutex<File>,
}

impl HeadLog {
    /// Opens or makes the file.
    pub fn open(path: &Path) -> Result<Self> {
        let make = |path: &Path| {
            let mut options = OpenOptions::new();
            options
                .create(true)
                .append(true)
                .open(path)
                .map_err(|e| failed(path, e))
        };
        make(path)?;
        let lock = make(&path.with_extension("lock"))?;
        Ok(Self {
            path: path.to_owned(),
            lock: Mutex::new(lock),
        })
    }

    /// What the file says.
    pub fn heads(&self) -> Result<Heads> {
        Heads::read(&self.path)
    }

    /// Sets the file aside and begins a new one with these heads. Returns where the old one is.
    pub fn begin_anew(&self, heads: &[HeadLine], at: i64) -> Result<PathBuf> {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        lock.lock().map_err(|e| failed(&self.path, e))?;
        let begun = self.set_aside(heads, at);
        lock.unlock().map_err(|e| failed(&self.path, e))?;
        begun.map_err(|e| failed(&self.path, e))
    }

    fn set_aside(&self, heads: &[HeadLine], at: i64) -> std::io::Result<PathBuf> {
        let mut at = at;
        let aside = loop {
            let mut name = self.path.file_name().unwrap_or_default().to_owned();
            name.push(format!(".set-aside-{at:015}"));
            let aside = self.path.with_file_name(name);
            if !aside.exists() {
                break aside;
            }
            at += 1;
        };
        let mut text = String::new();
        for head in heads {
            text.push_str(&serde_json::to_string(head)?);
            text.push('\n');
        }
        let second = self.path.with_extension("new");
        let mut file = File::create(&second)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::copy(&self.path, &aside)?;
        File::open(&aside)?.sync_all()?;
        std::fs::rename(&second, &self.path)?;
        Ok(aside)
    }

    /// Appends a head and waits until the system has it: the end of this process loses nothing.
    pub async fn append(self: &Arc<Self>, line: HeadLine) -> Result<()> {
        let log = Arc::clone(self);
        tokio::task::spawn_blocking(move || log.append_now(&line))
            .await
            .map_err(|error| StoreError::Stopped(error.to_string()))?
    }

    fn append_now(&self, line: &HeadLine) -> Result<()> {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        lock.lock().map_err(|e| failed(&self.path, e))?;
        let written = self.write(line);
        lock.unlock().map_err(|e| failed(&self.path, e))?;
        written.map_err(|e| failed(&self.path, e))
    }

    fn write(&self, line: &HeadLine) -> std::io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)?;
        file.write_all(text.as_bytes())?;
        if file.metadata()?.len() > LENGTH_MAX {
            self.cut_back()
        } else {
            Ok(())
        }
    }

    /// Keeps the newest lines and the newest line of every county, by way of a second file.
    fn cut_back(&self) -> std::io::Result<()> {
        let text = std::fs::read_to_string(&self.path)?;
        let lines: Vec<&str> = text.lines().collect();
        let start = lines.len().saturating_sub(LINES_KEPT);
        let (old, kept) = lines.split_at(start);
        let mut newest: BTreeMap<BodyId, &str> = BTreeMap::new();
        for line in old {
            if let Ok(head) = serde_json::from_str::<HeadLine>(line) {
                newest.insert(head.home, line);
            }
        }
        let text: String = newest
            .values()
            .chain(kept)
            .flat_map(|line| [*line, "\n"])
            .collect();
        let second = self.path.with_extension("new");
        let mut file = File::create(&second)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&second, &self.path)
    }
}

fn failed(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u128, seq: i64) -> HeadLine {
        HeadLine {
            home: BodyId::new(uuid::Uuid::from_u128(n)),
            seq,
            hash: "0".repeat(64),
            at: seq,
        }
    }

    #[test]
    fn a_long_head_file_keeps_the_newest_lines_and_one_of_every_county() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("heads.jsonl");
        let old: String = std::iter::once(line(7, 1))
            .chain((1..8000).map(|seq| line(8, seq)))
            .map(|line| serde_json::to_string(&line).unwrap() + "\n")
            .collect();
        std::fs::write(&path, old).unwrap();
        let (log, other) = (HeadLog::open(&path).unwrap(), HeadLog::open(&path).unwrap());
        log.append_now(&line(8, 8000)).unwrap();
        other.append_now(&line(8, 8001)).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() <= LENGTH_MAX);
        let heads = Heads::read(&path).unwrap();
        assert_eq!(heads.newest(line(7, 1).home).map(|h| h.seq), Some(1));
        assert_eq!(heads.newest(line(8, 1).home).map(|h| h.seq), Some(8001));
    }

    #[test]
    fn a_line_cut_off_by_a_crash_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("heads.jsonl");
        let log = HeadLog::open(&path).unwrap();
        log.append_now(&line(7, 1)).unwrap();
        std::fs::write(
            &path,
            std::fs::read_to_string(&path).unwrap() + "{\"home\":\"bo",
        )
        .unwrap();
        assert_eq!(
            Heads::read(&path)
                .unwrap()
                .newest(line(7, 1).home)
                .map(|h| h.seq),
            Some(1)
        );
    }
}
