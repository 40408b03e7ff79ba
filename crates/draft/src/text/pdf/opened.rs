//! An opened file: its objects, and how much of it may still be unpacked.

use std::collections::HashMap;
use std::rc::Rc;

use flate2::{Decompress, FlushDecompress, Status};
use hayro_cmap::{CMap, CMapName, load_embedded};
use lopdf::{Dictionary, Document, Object, Stream};

use crate::budget::Stop;

/// Most fonts that are read of a file.
const FONTS_MAX: usize = 1000;

/// How much room is made at a time for what is unpacked, in bytes.
const UNPACK_STEP_BYTES: usize = 64 << 10;

/// A document with what is left of its limits.
pub(super) struct Opened<'d> {
    /// Its objects.
    pub(super) document: &'d Document,
    /// How many bytes may still be unpacked.
    bytes_left: usize,
    /// How many steps may still be taken: operators, characters decoded, rulings compared.
    steps_left: usize,
    stop: &'d Stop,
    /// Whether a limit was reached.
    pub(super) is_exhausted: bool,
    /// Streams that could not be unpacked.
    pub(super) damaged: usize,
    tables: HashMap<Vec<u8>, Option<Rc<CMap>>>,
    fonts: usize,
}

impl<'d> Opened<'d> {
    /// A document of which nothing was taken yet.
    pub(super) fn new(document: &'d Document, bytes: usize, steps: usize, stop: &'d Stop) -> Self {
        Self {
            document,
            bytes_left: bytes,
            steps_left: steps,
            stop,
            is_exhausted: false,
            damaged: 0,
            tables: HashMap::new(),
            fonts: 0,
        }
    }

    /// A table of codes that comes with the format; each is read once.
    pub(super) fn table(&mut self, name: CMapName<'_>) -> Option<Rc<CMap>> {
        let known = self.tables.entry(name.to_bytes().to_vec());
        let read = || CMap::parse(load_embedded(name)?, load_embedded).map(Rc::new);
        known.or_insert_with(read).clone()
    }

    /// Counts a font; false where no more may be read.
    pub(super) fn font(&mut self) -> bool {
        self.fonts += 1;
        self.is_exhausted |= self.fonts > FONTS_MAX;
        !self.is_exhausted
    }

    /// The content of a stream, unpacked to at most so many bytes; nothing where it is damaged or
    /// too large.
    pub(super) fn content(&mut self, stream: &Stream, most: usize) -> Option<Vec<u8>> {
        let limit = self.bytes_left.min(most);
        let unpacked = if is_deflated(stream) {
            inflated(&stream.content, limit, self.stop)
        } else {
            match stream.decompressed_content_with_limit(limit) {
                Ok(bytes) => Unpacked::Whole(bytes),
                Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded {
                    ..
                })) => Unpacked::TooLarge,
                Err(_) => Unpacked::Damaged,
            }
        };
        match unpacked {
            Unpacked::Whole(bytes) => {
                self.bytes_left -= bytes.len().min(self.bytes_left);
                return Some(bytes);
            }
            Unpacked::TooLarge => self.is_exhausted = true,
            Unpacked::Damaged => self.damaged += 1,
        }
        None
    }

    /// Takes steps; false where no more may be taken.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.is_exhausted |= self.steps_left < steps || self.stop.is_stopped();
        self.steps_left = self.steps_left.saturating_sub(steps);
        !self.is_exhausted
    }
}

enum Unpacked {
    Whole(Vec<u8>),
    TooLarge,
    Damaged,
}

/// Whether a stream is packed once, in the way in which nearly all are.
fn is_deflated(stream: &Stream) -> bool {
    let plain = !stream.dict.has(b"DecodeParms");
    plain && stream.filters().is_ok_and(|all| all == [b"FlateDecode"])
}

/// Unpacks with a look at the end and the sum: the library takes what it gets of a damaged stream,
/// and a notice that lost a sentence would be read as if nothing were missing.
fn inflated(packed: &[u8], limit: usize, stop: &Stop) -> Unpacked {
    let mut inflate = Decompress::new(false);
    let Some(body) = packed.get(2..) else {
        return Unpacked::Damaged;
    };
    let mut bytes = Vec::with_capacity(body.len().saturating_mul(3).min(limit));
    loop {
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let from = usize::try_from(read).unwrap_or(usize::MAX);
        let rest = body.get(from..).unwrap_or_default();
        bytes.reserve(UNPACK_STEP_BYTES);
        match inflate.decompress_vec(rest, &mut bytes, FlushDecompress::None) {
            Ok(Status::StreamEnd) => break,
            Ok(_) if inflate.total_in() > read || inflate.total_out() > written => {}
            _ => return Unpacked::Damaged,
        }
        if bytes.len() > limit || stop.is_stopped() {
            return Unpacked::TooLarge;
        }
    }
    if bytes.len() > limit {
        return Unpacked::TooLarge;
    }
    let end = usize::try_from(inflate.total_in()).unwrap_or(usize::MAX);
    // A few programs leave the sum away.
    let sum = body.get(end..end.saturating_add(4));
    if sum.is_none_or(|sum| sum == adler(&bytes).to_be_bytes()) {
        Unpacked::Whole(bytes)
    } else {
        Unpacked::Damaged
    }
}

/// The sum at the end of a packed stream.
fn adler(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1u32, 0u32);
    // As many as fit into 32 bits between two divisions.
    for part in bytes.chunks(5552) {
        for byte in part {
            low += u32::from(*byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

/// An entry of a dictionary, references followed.
pub(super) fn entry<'d>(
    document: &'d Document,
    of: &'d Dictionary,
    key: &[u8],
) -> Option<&'d Object> {
    of.get_deref(key, document).ok()
}

/// A number, however it is written.
pub(super) fn number(object: &Object) -> Option<f32> {
    object.as_float().ok().filter(|n| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_and_the_flag_ends_them() {
        let (document, stop) = (Document::new(), Stop::new());
        let mut opened = Opened::new(&document, 100, 3, &stop);
        assert!(opened.spend(3));
        assert!(!opened.spend(1), "the fourth step is one too many");
        let mut opened = Opened::new(&document, 100, 3, &stop);
        stop.stop();
        assert!(!opened.spend(1));
        // Zeros, packed as they stand.
        let packed = [0x78, 0x01, 0x01, 2, 0, 0xFD, 0xFF, 0, 0, 0, 2, 0, 1];
        assert!(matches!(
            inflated(&packed, 100, &Stop::new()),
            Unpacked::Whole(bytes) if bytes == [0, 0]
        ));
    }
}
