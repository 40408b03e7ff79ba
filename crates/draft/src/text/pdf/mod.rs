//! PDF: from drawn characters and lines to the text that was meant.
//!
//! A page holds no paragraphs and no tables, only characters and strokes at places. Both are put
//! together anew here; `lopdf` gives the objects, `hayro-cmap` the tables of Chinese codes.
//! **Invariant:** every file is read in bounded time and memory, or refused with a sentence.

mod flow;
mod font;
mod glyph_names;
mod grid;
mod lexer;
mod matrix;
mod opened;
mod paint;
mod sheet;

use lopdf::xref::XrefRecovery;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use super::decode::{CHARS_MAX, ReadError};
use crate::budget::Stop;
use flow::Page;
use opened::{Opened, entry};
use paint::{Fonts, Painted};

/// Most pages of a file.
pub(super) const PAGES_MAX: usize = 1000;
/// Largest part of a file, unpacked, in bytes.
const STREAM_BYTES_MAX: usize = 64 << 20;
/// Largest list of objects, unpacked, in bytes; the library unpacks these when it opens a file.
const OBJECTS_BYTES_MAX: usize = 2 << 20;
/// Most lists of objects; a writer puts a hundred objects or more into each.
const OBJECTS_LISTS_MAX: usize = 500;
/// Most that is unpacked of a file in all, in bytes.
pub(super) const UNPACKED_BYTES_MAX: usize = 256 << 20;
/// Most steps of a file: operators carried out, bytes of strings decoded, rulings compared.
const STEPS_MAX: usize = 20_000_000;
/// Deepest place of a page in the tree of pages.
const TREE_DEPTH_MAX: usize = 64;
/// One character in so many may be unknown; with more the file is refused.
const UNKNOWN_ONE_IN: usize = 50;
/// Fewest characters a page has on the average, if it is not a scan.
const PAGE_CHARS_MIN: usize = 10;

/// The text of a PDF.
///
/// # Errors
/// Where it is locked, damaged, a scan, too large, or does not tell its characters.
pub(super) fn text(bytes: &[u8], stop: &Stop) -> Result<String, ReadError> {
    // The library is not proven to be free of panics on every damaged file; ours must not end.
    std::panic::catch_unwind(|| read(bytes, stop))
        .unwrap_or(Err(ReadError::PdfDamaged { part: "结构" }))
}

fn read(bytes: &[u8], stop: &Stop) -> Result<String, ReadError> {
    let lists = bytes.windows(7).filter(|w| w == b"/ObjStm").count();
    // A name may be written with escapes; no writer does so with this one.
    let disguised = bytes
        .windows(5)
        .any(|w| w == b"/Obj#" || w == b"/#4fb" || w == b"/#4Fb");
    if lists > OBJECTS_LISTS_MAX || disguised {
        return Err(ReadError::PdfTooLarge);
    }
    let options = LoadOptions {
        max_decompressed_size: Some(OBJECTS_BYTES_MAX),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).map_err(refusal)?;
    stop.check()?;
    if document.is_encrypted() && !document.was_encrypted() {
        return Err(ReadError::PdfLocked);
    }
    let ids: Vec<ObjectId> = document.page_iter().take(PAGES_MAX + 1).collect();
    if ids.len() > PAGES_MAX {
        return Err(ReadError::PdfPages);
    }
    if ids.is_empty() {
        return Err(ReadError::PdfDamaged { part: "目录" });
    }
    let mut opened = Opened::new(&document, UNPACKED_BYTES_MAX, STEPS_MAX, stop);
    let mut fonts = Fonts::new();
    let mut pages = Vec::with_capacity(ids.len());
    let (mut known, mut unknown, mut pictures) = (0, 0, 0);
    for id in ids {
        let painted = page(&mut opened, &mut fonts, id);
        // What was cut short by the flag looks damaged.
        stop.check()?;
        let painted = painted?;
        let lost = painted.glyphs.iter().filter(|g| g.c == '\u{fffd}').count();
        let blank = painted
            .glyphs
            .iter()
            .filter(|g| g.c.is_whitespace())
            .count();
        let told = painted.glyphs.len() - lost - blank;
        known += told;
        unknown += lost;
        pictures += painted.pictures;
        if opened.is_exhausted || known + unknown > CHARS_MAX {
            return Err(ReadError::PdfTooLarge);
        }
        let is_picture = told + lost == 0 && painted.pictures > 0;
        pages.push(composed(&mut opened, painted, is_picture)?);
    }
    if unknown * UNKNOWN_ONE_IN > known + unknown {
        // Of a file that was put together from what is left of it, the fonts may be lost.
        if document.xref_recovery == Some(XrefRecovery::Reconstructed) {
            return Err(ReadError::PdfDamaged { part: "字体" });
        }
        let all = known + unknown;
        return Err(ReadError::PdfUnknown { unknown, all });
    }
    if known == 0 || pictures > 0 && known < pages.len() * PAGE_CHARS_MIN {
        return Err(ReadError::PdfScan);
    }
    stop.check()?;
    Ok(flow::text(pages))
}

fn refusal(error: lopdf::Error) -> ReadError {
    match error {
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => ReadError::PdfLocked,
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            ReadError::PdfTooLarge
        }
        _ => ReadError::PdfDamaged { part: "结构" },
    }
}

fn page(opened: &mut Opened, fonts: &mut Fonts, id: ObjectId) -> Result<Painted, ReadError> {
    let damaged = ReadError::PdfDamaged { part: "页面" };
    let document = opened.document;
    let page = document.get_dictionary(id).map_err(|_| damaged.clone())?;
    let before = opened.damaged;
    let content = match entry(document, page, b"Contents") {
        Some(Object::Stream(stream)) => {
            opened.content(stream, STREAM_BYTES_MAX).unwrap_or_default()
        }
        Some(Object::Array(parts)) => {
            let mut whole = Vec::new();
            for part in parts {
                let part = document.dereference(part).ok();
                let stream = part.and_then(|(_, part)| part.as_stream().ok());
                let stream = stream.ok_or_else(|| damaged.clone())?;
                whole.append(&mut opened.content(stream, STREAM_BYTES_MAX).unwrap_or_default());
                whole.push(b'\n');
                if opened.is_exhausted {
                    break;
                }
            }
            whole
        }
        // A page may be empty, but what it names must be there.
        Some(Object::Null) | None if !page.has(b"Contents") => Vec::new(),
        _ => return Err(damaged),
    };
    if opened.damaged > before {
        return Err(damaged);
    }
    Ok(paint::paint(
        opened,
        fonts,
        resources(document, page),
        &content,
    ))
}

/// A page's fonts and forms, which it may have from above.
fn resources<'d>(document: &'d Document, page: &'d Dictionary) -> Option<&'d Dictionary> {
    let mut at = page;
    for _ in 0..TREE_DEPTH_MAX {
        if let Some(own) = entry(document, at, b"Resources") {
            return own.as_dict().ok();
        }
        at = entry(document, at, b"Parent")?.as_dict().ok()?;
    }
    None
}

fn composed(opened: &mut Opened, painted: Painted, is_picture: bool) -> Result<Page, ReadError> {
    let (mut glyphs, strokes) = sheet::upright(painted);
    let tables = grid::tables(&strokes, &mut glyphs, |steps| opened.spend(steps));
    if opened.is_exhausted {
        return Err(ReadError::PdfTooLarge);
    }
    Ok(Page {
        lines: sheet::lines(glyphs),
        tables,
        is_picture,
    })
}
