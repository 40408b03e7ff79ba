//! Word's package: its paragraphs with their automatic numbers, its tables row by row.
//!
//! A table becomes lines of cells parted by tabs. What a merged cell covers is an empty cell, so
//! that tables of a text file and of a Word file read alike.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::decode::{CHARS_MAX, ReadError};
use super::numbering::Numbering;
use super::xml::{Node, parse};
use crate::budget::Stop;

/// Largest part that is unpacked, in bytes.
const PART_BYTES_MAX: u64 = 96 << 20;
/// How much is unpacked between two looks at the flag, in bytes.
const UNPACK_STEP_BYTES: usize = 64 << 10;
/// Most columns that a cell may span.
const SPAN_MAX: usize = 64;

/// The text of a Word file.
///
/// # Errors
/// Where the package or its document is damaged, or is no Word document.
pub(super) fn text(bytes: &[u8], stop: &Stop) -> Result<String, ReadError> {
    let damaged = |part| ReadError::Damaged { part };
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("压缩包"))?;
    let document = part(&mut package, "word/document.xml", stop)?.ok_or(ReadError::NotWord)?;
    let document = parse(&document, stop);
    stop.check()?;
    let document = document.ok_or(damaged("正文"))?;
    let optional = |package: &mut ZipArchive<_>, name| -> Result<Option<Node>, ReadError> {
        Ok(part(package, name, stop)?.and_then(|text| parse(&text, stop)))
    };
    let numbers = optional(&mut package, "word/numbering.xml")?;
    let styles = optional(&mut package, "word/styles.xml")?;
    let mut writing = Writing {
        numbering: Numbering::new(numbers.as_ref(), styles.as_ref()),
        out: String::new(),
        stop,
    };
    let body = document.child("body").ok_or(damaged("正文"))?;
    writing.blocks(body);
    stop.check()?;
    if writing.is_full() {
        return Err(ReadError::TooLarge);
    }
    Ok(writing.out)
}

fn part(
    package: &mut ZipArchive<Cursor<&[u8]>>,
    name: &'static str,
    stop: &Stop,
) -> Result<Option<String>, ReadError> {
    let Ok(file) = package.by_name(name) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let mut file = file.take(PART_BYTES_MAX + 1);
    let mut chunk = vec![0; UNPACK_STEP_BYTES];
    loop {
        stop.check()?;
        let read = file.read(&mut chunk);
        match read.map_err(|_| ReadError::Damaged { part: "压缩包" })? {
            0 => break,
            n => bytes.extend_from_slice(chunk.get(..n).unwrap_or_default()),
        }
    }
    if bytes.len() as u64 > PART_BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| ReadError::Damaged { part: name })?;
    Ok(Some(text))
}

struct Writing<'s> {
    numbering: Numbering,
    out: String,
    stop: &'s Stop,
}

impl Writing<'_> {
    /// Whether more is written than is read; the longest characters of a notice take three bytes.
    fn is_full(&self) -> bool {
        self.out.len() / 3 > CHARS_MAX
    }

    fn blocks(&mut self, parent: &Node) {
        for node in &parent.children {
            if self.stop.is_stopped() || self.is_full() {
                return;
            }
            match node.name.as_str() {
                "p" => {
                    let text = self.paragraph(node);
                    self.out.push_str(&text);
                    self.out.push('\n');
                }
                "tbl" => self.table(node),
                "sdt" | "sdtContent" | "ins" | "customXml" | "moveTo" => self.blocks(node),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, node: &Node) -> String {
        let mut text = String::new();
        runs(node, &mut text);
        if text.trim().is_empty() {
            return String::new();
        }
        let number = self.numbering.next(node.child("pPr"));
        format!("{number}{}", text.replace('\t', " "))
    }

    fn table(&mut self, table: &Node) {
        for row in rows(table) {
            if self.stop.is_stopped() || self.is_full() {
                return;
            }
            let before = row.child("trPr").and_then(|p| p.value("gridBefore"));
            let before = before.and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
            let mut cells: Vec<String> = vec![String::new(); before.min(SPAN_MAX)];
            for cell in row_cells(row) {
                let properties = cell.child("tcPr");
                let span = properties
                    .and_then(|p| p.value("gridSpan"))
                    .and_then(|n| n.parse::<usize>().ok())
                    .unwrap_or(1)
                    .clamp(1, SPAN_MAX);
                let merge = properties.and_then(|p| p.child("vMerge"));
                let covered = merge.is_some_and(|m| m.attribute("val") != Some("restart"));
                let text = self.cell(cell);
                cells.push(if covered { String::new() } else { text });
                cells.resize(cells.len() + span - 1, String::new());
            }
            // A table of one cell is a frame around text.
            if cells.len() == 1 {
                self.out.push_str(&cells[0].replace("； ", "\n"));
            } else {
                self.out.push_str(&cells.join("\t"));
            }
            self.out.push('\n');
        }
    }

    /// The paragraphs of a cell on one line.
    fn cell(&mut self, cell: &Node) -> String {
        let mut texts = Vec::new();
        self.cell_texts(cell, &mut texts);
        texts.join(" ")
    }

    fn cell_texts(&mut self, cell: &Node, texts: &mut Vec<String>) {
        for node in &cell.children {
            match node.name.as_str() {
                "p" => {
                    let text = self.paragraph(node).replace(['\n', '\t'], " ");
                    if !text.trim().is_empty() {
                        texts.push(text);
                    }
                }
                "tbl" => {
                    for row in rows(node) {
                        for inner in row_cells(row) {
                            self.cell_texts(inner, texts);
                        }
                    }
                }
                "sdt" | "sdtContent" | "ins" => self.cell_texts(node, texts),
                _ => {}
            }
        }
    }
}

fn rows(table: &Node) -> impl Iterator<Item = &Node> {
    table.children.iter().flat_map(|n| match n.name.as_str() {
        "tr" => vec![n],
        "sdt" => n
            .child("sdtContent")
            .map(|c| c.all("tr").collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    })
}

fn row_cells(row: &Node) -> impl Iterator<Item = &Node> {
    row.children.iter().flat_map(|n| match n.name.as_str() {
        "tc" => vec![n],
        "sdt" => n
            .child("sdtContent")
            .map(|c| c.all("tc").collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    })
}

/// The text of the runs; what was struck out in review is none.
fn runs(node: &Node, out: &mut String) {
    for child in &node.children {
        match child.name.as_str() {
            "t" => out.push_str(&child.text),
            "tab" | "ptab" => out.push('\t'),
            "br" | "cr" => out.push('\n'),
            "noBreakHyphen" => out.push('-'),
            "r" | "hyperlink" | "ins" | "smartTag" | "fldSimple" | "sdt" | "sdtContent"
            | "moveTo" | "customXml" | "bdo" | "dir" | "oMath" => runs(child, out),
            _ => {}
        }
    }
}
