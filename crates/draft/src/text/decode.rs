//! What a file is, and its text.

use super::{docx, pdf};
use crate::budget::Stop;

/// Largest file that is read, in bytes.
pub const BYTES_MAX: usize = 32 << 20;
/// Most characters of a notice.
pub(super) const CHARS_MAX: usize = 2_000_000;

/// Kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Word's package.
    Docx,
    /// A PDF with text in it.
    Pdf,
}

/// A notice's text as decoded; places in a draft are characters of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The text.
    pub text: String,
    /// What it came from.
    pub format: Format,
}

/// Why a file cannot be read; the sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing in it.
    #[error("文件是空的，请换一个有文字的文件")]
    Empty,
    /// Too large.
    #[error("文件太大，最多 {} MB，请去掉图片或拆开后再试", BYTES_MAX >> 20)]
    TooLarge,
    /// Word of before 2007, or another file in its container.
    #[error("这是旧版 Word 文件（.doc），请用 Word 或 WPS 另存为 .docx 后再试")]
    OldWord,
    /// A PDF that opens with a password only.
    #[error("这个 PDF 设有打开密码，请去掉密码另存后再试，或改用 Word 文件（.docx）")]
    PdfLocked,
    /// A PDF that cannot be taken apart.
    #[error("这个 PDF 已损坏（{part}），请从原文件重新导出后再试，或改用 Word 文件（.docx）")]
    PdfDamaged {
        /// What could not be read.
        part: &'static str,
    },
    /// A PDF of pictures.
    #[error("这个 PDF 里没有文字，多半是扫描件，请先识别成文字后再试，或改用 Word 文件（.docx）")]
    PdfScan,
    /// A PDF that does not tell which characters it shows.
    #[error(
        "这个 PDF 没有写明所用的字（{all} 个中有 {unknown} 个认不出），请改用 Word 文件（.docx），\
         或识别成文字后再试"
    )]
    PdfUnknown {
        /// How many characters are unknown.
        unknown: usize,
        /// How many there are.
        all: usize,
    },
    /// A PDF of too many pages.
    #[error("这个 PDF 页数太多，最多 {} 页，请拆开后再试", pdf::PAGES_MAX)]
    PdfPages,
    /// A PDF that is too large once it is unpacked.
    #[error(
        "这个 PDF 展开后太大，最多 {} MB，请去掉图片或拆开后再试",
        pdf::UNPACKED_BYTES_MAX >> 20
    )]
    PdfTooLarge,
    /// A picture.
    #[error("这是图片或扫描件，没有文字，请先识别成文字，存为 .docx 或 .txt 后再试")]
    Picture,
    /// A package that is no Word file.
    #[error("这个压缩文件不是 Word 文件（.docx），请解压后选取其中的通知")]
    NotWord,
    /// A damaged Word file.
    #[error("这个 Word 文件已损坏（{part}），请用 Word 或 WPS 打开后另存一次再试")]
    Damaged {
        /// The part that could not be read.
        part: &'static str,
    },
    /// Bytes that are no text in a known encoding.
    #[error("认不出文件的编码，请另存为 UTF-8 编码的文本文件后再试")]
    NotText,
    /// A text that costs more steps than any notice does.
    #[error(
        "读到第 {at} 个字（“{passage}”）附近时，重复的数字、时间字样太多，已停止读取。\
         请检查这一段是否正常，删去多余内容或拆成几个文件后再试"
    )]
    TooHard {
        /// Which character the reading had come to, from 1.
        at: usize,
        /// What stands there.
        passage: String,
    },
    /// Nobody waits for it any more.
    #[error("已取消读取，没有保存任何内容。要起草的，请重新选择文件")]
    Stopped,
}

/// Beginnings of files that are no text, and what they are.
const MAGIC: &[(&[u8], ReadError)] = &[
    (
        &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
        ReadError::OldWord,
    ),
    (&[0x89, b'P', b'N', b'G'], ReadError::Picture),
    (&[0xFF, 0xD8, 0xFF], ReadError::Picture),
    (b"GIF8", ReadError::Picture),
    (b"BM", ReadError::Picture),
    (b"II*\0", ReadError::Picture),
    (b"MM\0*", ReadError::Picture),
];

/// Reads a file: its kind is told by its beginning, not by its name.
///
/// # Errors
/// Where the bytes are no text that can be read, or it was stopped.
pub fn read(bytes: &[u8], stop: &Stop) -> Result<Source, ReadError> {
    stop.check()?;
    if bytes.len() > BYTES_MAX {
        return Err(ReadError::TooLarge);
    }
    let magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((magic, why)) = magic
        && (magic.len() > 2 || bytes.contains(&0))
    {
        return Err(why.clone());
    }
    let (text, format) = if bytes.starts_with(b"PK\x03\x04") {
        (docx::text(bytes, stop)?, Format::Docx)
    } else if bytes.trim_ascii_start().starts_with(b"%PDF-") {
        (pdf::text(bytes, stop)?, Format::Pdf)
    } else {
        (plain(bytes)?, Format::Text)
    };
    stop.check()?;
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    if text.len() / 3 > CHARS_MAX {
        return Err(ReadError::TooLarge);
    }
    Ok(Source { text, format })
}

fn plain(bytes: &[u8]) -> Result<String, ReadError> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if broken {
            Err(ReadError::NotText)
        } else {
            Ok(text.into_owned())
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if text.contains('\0') {
            Err(ReadError::NotText)
        } else {
            Ok(text.to_owned())
        };
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    if broken || text.contains('\0') {
        return Err(ReadError::NotText);
    }
    Ok(text.into_owned())
}
