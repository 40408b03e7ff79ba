//! Fonts: from the bytes of a string to characters and their widths.
//!
//! A character comes from the font's own table of Unicode, else from what its encoding means: the
//! predefined code tables of Chinese office programs, or the names of a simple font's glyphs.
//! What is then still unknown is told as unknown, never guessed.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use lopdf::{Dictionary, Document, Object};

use super::glyph_names::char_of;
use super::opened::{Opened, entry, number};

/// Largest table of codes of a font, in bytes.
const TABLE_BYTES_MAX: usize = 4 << 20;
/// Most widths that a font may list.
const WIDTHS_MAX: usize = 70_000;

/// What a code stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// One character.
    Char(char),
    /// More than one, a ligature.
    Several(String),
    /// Nothing that the file tells.
    Unknown,
}

/// A code of a string, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Code {
    /// What it stands for.
    pub(super) reading: Reading,
    /// How wide it is, in parts of the font's size.
    pub(super) width: f32,
    /// Whether it is the single byte 32, which spaces between words widen.
    pub(super) is_word_space: bool,
}

/// A font.
pub(super) struct Font {
    unicode: Option<CMap>,
    kind: Kind,
}

enum Kind {
    Simple {
        chars: Vec<Option<char>>,
        widths: Vec<f32>,
    },
    Composite(Box<Composite>),
}

struct Composite {
    codes: Rc<CMap>,
    characters: Option<Rc<CMap>>,
    widths: HashMap<u32, f32>,
    other_width: f32,
}

impl Font {
    /// Reads a font; a missing or damaged one reads every code as unknown.
    pub(super) fn read(opened: &mut Opened, font: &Dictionary) -> Self {
        let document = opened.document;
        let unicode = match entry(document, font, b"ToUnicode") {
            Some(Object::Stream(stream)) => opened
                .content(stream, TABLE_BYTES_MAX)
                .and_then(|bytes| CMap::parse(&bytes, load_embedded)),
            _ => None,
        };
        let kind = if name_of(document, font, b"Subtype") == Some(b"Type0") {
            composite(opened, font)
        } else {
            simple(document, font)
        };
        Self { unicode, kind }
    }

    /// Reads the codes of a string.
    pub(super) fn codes(&self, bytes: &[u8]) -> Vec<Code> {
        match &self.kind {
            Kind::Simple { chars, widths } => bytes
                .iter()
                .map(|byte| {
                    let i = usize::from(*byte);
                    Code {
                        reading: self
                            .told(u32::from(*byte))
                            .or_else(|| chars.get(i).copied().flatten().map(Reading::Char))
                            .unwrap_or(Reading::Unknown),
                        width: widths.get(i).copied().unwrap_or(0.5),
                        is_word_space: *byte == b' ',
                    }
                })
                .collect(),
            Kind::Composite(font) => self.composite_codes(font, bytes),
        }
    }

    fn composite_codes(&self, font: &Composite, bytes: &[u8]) -> Vec<Code> {
        let mut all = Vec::with_capacity(bytes.len() / 2);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, len, cid) = next_code(&font.codes, rest);
            rest = rest.get(len..).unwrap_or_default();
            let reading = self
                .told(code)
                .or_else(|| reading_of(font.characters.as_deref()?, cid?))
                .unwrap_or(Reading::Unknown);
            all.push(Code {
                reading,
                width: cid
                    .and_then(|cid| font.widths.get(&cid).copied())
                    .unwrap_or(font.other_width),
                is_word_space: len == 1 && code == 32,
            });
        }
        all
    }

    /// What the font's own table says.
    fn told(&self, code: u32) -> Option<Reading> {
        reading_of(self.unicode.as_ref()?, code)
    }
}

fn reading_of(table: &CMap, code: u32) -> Option<Reading> {
    match table.lookup_bf_string(code)? {
        BfString::Char('\0' | '\u{fffd}') => None,
        BfString::Char(c) => Some(Reading::Char(c)),
        BfString::String(text) => Some(Reading::Several(text)),
    }
}

/// The next code, how many bytes it takes, and its character in the font.
fn next_code(codes: &CMap, bytes: &[u8]) -> (u32, usize, Option<u32>) {
    let mut code = 0;
    for (i, byte) in bytes.iter().take(4).enumerate() {
        code = code << 8 | u32::from(*byte);
        let len = i + 1;
        let cid = codes.lookup_cid_code(code, u8::try_from(len).unwrap_or(4));
        if cid.is_some() {
            return (code, len, cid);
        }
    }
    // Nothing fits: two bytes are what nearly every table has for one character.
    let len = bytes.len().min(2);
    let code = bytes
        .iter()
        .take(len)
        .fold(0, |code, byte| code << 8 | u32::from(*byte));
    (code, len, None)
}

fn composite(opened: &mut Opened, font: &Dictionary) -> Kind {
    let document = opened.document;
    let below = entry(document, font, b"DescendantFonts")
        .and_then(|all| all.as_array().ok())
        .and_then(|all| document.dereference(all.first()?).ok())
        .and_then(|(_, below)| below.as_dict().ok());
    let codes = match entry(document, font, b"Encoding") {
        Some(Object::Name(name)) => predefined(opened, CMapName::from_bytes(name)),
        Some(Object::Stream(stream)) => opened
            .content(stream, TABLE_BYTES_MAX)
            .and_then(|bytes| CMap::parse(&bytes, load_embedded))
            .map(Rc::new),
        _ => None,
    };
    let codes = codes.unwrap_or_else(|| Rc::new(CMap::identity_h()));
    let (widths, other_width) = below.map_or((HashMap::new(), 1.0), |below| {
        let other = entry(document, below, b"DW")
            .and_then(number)
            .unwrap_or(1000.0);
        (composite_widths(document, below), other / 1000.0)
    });
    let characters = below
        .and_then(|below| collection(document, below))
        .or_else(|| {
            Some(
                codes
                    .metadata()
                    .character_collection
                    .as_ref()?
                    .family
                    .clone(),
            )
        })
        .and_then(|family| opened.table(family.ucs2_cmap()?));
    Kind::Composite(Box::new(Composite {
        codes,
        characters,
        widths,
        other_width,
    }))
}

fn predefined(opened: &mut Opened, name: CMapName<'_>) -> Option<Rc<CMap>> {
    match name {
        CMapName::IdentityH | CMapName::IdentityV => Some(Rc::new(CMap::identity_h())),
        other => opened.table(other),
    }
}

/// The collection of characters that a font's numbers belong to.
fn collection(document: &Document, below: &Dictionary) -> Option<CidFamily> {
    let system = entry(document, below, b"CIDSystemInfo")?.as_dict().ok()?;
    let text = |key| entry(document, system, key).and_then(|o| o.as_str().ok());
    let family = CidFamily::from_registry_ordering(text(b"Registry")?, text(b"Ordering")?);
    family.ucs2_cmap().is_some().then_some(family)
}

/// `[1 [500 600] 814 939 500]`: runs of widths, and ranges of one width.
fn composite_widths(document: &Document, below: &Dictionary) -> HashMap<u32, f32> {
    let mut widths = HashMap::new();
    // Entries are counted, not numbers: a file may say the same number again and again.
    let mut left = WIDTHS_MAX;
    let list = entry(document, below, b"W").and_then(|list| list.as_array().ok());
    let mut items = list.into_iter().flatten().map(|item| {
        let item = document.dereference(item).map_or(item, |(_, item)| item);
        (item, integer(item))
    });
    while let Some((_, first)) = items.next() {
        let Some(first) = first else { continue };
        match items.next() {
            Some((Object::Array(run), _)) => {
                for (cid, width) in (first..).zip(run.iter().take(left)) {
                    left -= 1;
                    let width = document.dereference(width).ok();
                    let width = width.and_then(|(_, width)| number(width));
                    widths.insert(cid, width.unwrap_or(1000.0) / 1000.0);
                }
            }
            Some((_, Some(last))) => {
                let width = items.next().and_then(|(width, _)| number(width));
                for cid in (first..=last).take(left) {
                    left -= 1;
                    widths.insert(cid, width.unwrap_or(1000.0) / 1000.0);
                }
            }
            _ => break,
        }
        if left == 0 {
            break;
        }
    }
    widths
}

fn integer(object: &Object) -> Option<u32> {
    object.as_i64().ok().and_then(|n| u32::try_from(n).ok())
}

fn simple(document: &Document, font: &Dictionary) -> Kind {
    let type3 = name_of(document, font, b"Subtype") == Some(b"Type3");
    let unit = entry(document, font, b"FontMatrix")
        .filter(|_| type3)
        .and_then(|matrix| matrix.as_array().ok()?.first().and_then(number))
        .unwrap_or(0.001);
    let first = entry(document, font, b"FirstChar").and_then(integer);
    let first = usize::try_from(first.unwrap_or(0)).unwrap_or(0).min(255);
    let mut widths = vec![0.5; 256];
    let list = entry(document, font, b"Widths").and_then(|list| list.as_array().ok());
    for (place, width) in widths
        .iter_mut()
        .skip(first)
        .zip(list.into_iter().flatten())
    {
        let width = document.dereference(width).ok();
        *place = width.and_then(|(_, w)| number(w)).unwrap_or(500.0) * unit;
    }
    Kind::Simple {
        chars: simple_chars(document, font, type3),
        widths,
    }
}

fn simple_chars(document: &Document, font: &Dictionary, type3: bool) -> Vec<Option<char>> {
    let encoding = entry(document, font, b"Encoding");
    let (base, differences) = match encoding {
        Some(Object::Name(name)) => (Some(name.as_slice()), None),
        Some(Object::Dictionary(encoding)) => (
            name_of(document, encoding, b"BaseEncoding"),
            entry(document, encoding, b"Differences").and_then(|d| d.as_array().ok()),
        ),
        _ => (None, None),
    };
    // A symbolic font that comes with the file has codes of its own.
    let own = base.is_none() && (type3 || is_embedded(document, font));
    let table = if base == Some(b"MacRomanEncoding") {
        encoding_rs::MACINTOSH
    } else {
        encoding_rs::WINDOWS_1252
    };
    let mut chars: Vec<Option<char>> = (0..=255)
        .map(|byte: u8| {
            let told = table.decode_without_bom_handling(&[byte]).0.chars().next();
            told.filter(|c| !own && !c.is_control())
        })
        .collect();
    let mut at = 0;
    for item in differences.into_iter().flatten().take(1024) {
        match item {
            Object::Name(name) => {
                if let Some(place) = chars.get_mut(at) {
                    *place = char_of(name);
                }
                at += 1;
            }
            other => {
                at = integer(other)
                    .and_then(|n| usize::try_from(n).ok())
                    .unwrap_or(at);
            }
        }
    }
    chars
}

fn is_embedded(document: &Document, font: &Dictionary) -> bool {
    let descriptor = entry(document, font, b"FontDescriptor").and_then(|d| d.as_dict().ok());
    let symbolic = descriptor
        .and_then(|d| entry(document, d, b"Flags"))
        .and_then(integer)
        .is_some_and(|flags| flags & 4 != 0);
    let file = [b"FontFile".as_slice(), b"FontFile2", b"FontFile3"];
    symbolic && descriptor.is_some_and(|d| file.iter().any(|key| d.has(key)))
}

fn name_of<'d>(document: &'d Document, of: &'d Dictionary, key: &[u8]) -> Option<&'d [u8]> {
    entry(document, of, key)?.as_name().ok()
}
