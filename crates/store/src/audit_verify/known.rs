//! What the chain knows of rows: the hash that the last link of each gives it.
//!
//! Sorted entries of 36 bytes instead of a map: a map of two million rows takes three times that
//! while it grows. A key and a hash are cut to 128 bits, for which nobody finds a second row.

use sha2::{Digest, Sha256};

/// So many entries come before they are sorted and cut to the newest of each row.
const SETTLE_FIRST: usize = 1 << 18;

/// A row as a link knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: [u8; 16],
    seq: u32,
    hash: [u8; 16],
}

/// The hash in the place of a row that is gone.
const GONE: [u8; 16] = [0; 16];

/// What the chain says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Unknown,
    /// It is gone since this link.
    Gone(i64),
    /// Its hash, by this link.
    Stands([u8; 16], i64),
}

/// What the chain says of rows.
#[derive(Debug, Default)]
pub(super) struct Known {
    entries: Vec<Entry>,
    met: Vec<bool>,
    limit: usize,
}

/// Sixteen bytes that stand for a row's table and key.
pub(super) fn short(table: &str, key: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(table.as_bytes());
    hash.update(b"\n");
    hash.update(key.as_bytes());
    cut(&hash.finalize().into())
}

/// A hash as links say it, cut; nothing where it is none.
pub(super) fn hash_of(text: &str) -> Option<[u8; 16]> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out).ok()?;
    Some(cut(&out))
}

fn cut(whole: &[u8; 32]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(whole.split_at(16).0);
    out
}

impl Known {
    /// Takes in what a link says of a row; no hash is gone.
    pub(super) fn say(&mut self, key: [u8; 16], seq: i64, hash: Option<[u8; 16]>) {
        if self.entries.len() >= self.limit.max(SETTLE_FIRST) {
            self.settle();
            self.limit = self.entries.len() * 2;
        }
        self.entries.push(Entry {
            key,
            seq: u32::try_from(seq).unwrap_or(u32::MAX),
            hash: hash.unwrap_or(GONE),
        });
    }

    /// Keeps the newest of each row, so that rows can be looked up.
    pub(super) fn settle(&mut self) {
        // Newest first within a row, so that the first one stays.
        self.entries
            .sort_unstable_by(|a, b| a.key.cmp(&b.key).then(b.seq.cmp(&a.seq)));
        self.entries.dedup_by_key(|entry| entry.key);
        self.met = vec![false; self.entries.len()];
    }

    /// What the chain says of a row, which is thereby met.
    pub(super) fn meet(&mut self, key: [u8; 16]) -> Said {
        let Ok(at) = self.entries.binary_search_by(|entry| entry.key.cmp(&key)) else {
            return Said::Unknown;
        };
        if let Some(met) = self.met.get_mut(at) {
            *met = true;
        }
        match self.entries.get(at) {
            Some(entry) if entry.hash == GONE => Said::Gone(i64::from(entry.seq)),
            Some(entry) => Said::Stands(entry.hash, i64::from(entry.seq)),
            None => Said::Unknown,
        }
    }

    /// The rows that should stand and were not met, with their link.
    pub(super) fn missed(&self) -> impl Iterator<Item = (i64, [u8; 16])> {
        let all = self.entries.iter().zip(&self.met);
        all.filter(|(entry, met)| !**met && entry.hash != GONE)
            .map(|(entry, _)| (i64::from(entry.seq), entry.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_link_of_a_row_holds_and_a_row_that_is_gone_is_not_missed() {
        let (a, b, c) = (short("act", "1"), short("act", "2"), short("act", "3"));
        let mut known = Known::default();
        known.say(a, 1, Some([1; 16]));
        known.say(b, 2, Some([2; 16]));
        known.say(a, 3, Some([3; 16]));
        known.say(b, 4, None);
        known.settle();
        assert_eq!(known.missed().collect::<Vec<_>>(), [(3, a)]);
        assert_eq!(known.meet(a), Said::Stands([3; 16], 3));
        assert_eq!(known.meet(b), Said::Gone(4));
        assert_eq!(known.meet(c), Said::Unknown);
        assert_eq!(known.missed().count(), 0);
    }
}
