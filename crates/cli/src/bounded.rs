//! Files that commands read: looked at before they are read, and never read beyond a limit.
//!
//! A device gives bytes without end, and a pipe may give none for ever: neither is read. A file
//! that grows while it is read is refused as one that was too large from the beginning.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::outcome::{Fail, Outcome};

/// The bytes of a file of at most so many bytes.
pub(crate) fn read(path: &Path, most: usize) -> Outcome<Vec<u8>> {
    let shown = path.display();
    let unreadable = |why: io::Error| {
        Fail::unavailable(format!("读不到“{shown}”：{why}")).hint("请检查路径和权限。")
    };
    // Opening a pipe would wait for whoever writes into it.
    let before = std::fs::metadata(path).map_err(unreadable)?;
    if before.is_dir() {
        return Err(Fail::usage(format!("“{shown}”是文件夹")).hint("请给出其中的文件。"));
    }
    if !before.is_file() {
        return Err(
            Fail::usage(format!("“{shown}”不是普通文件（是管道或设备）"))
                .hint("请先存成文件再试。"),
        );
    }
    if usize::try_from(before.len()).map_or(true, |len| len > most) {
        return Err(too_large(path, most));
    }
    let file = File::open(path).map_err(unreadable)?;
    within(file, most)
        .map_err(unreadable)?
        .ok_or_else(|| too_large(path, most))
}

/// The text of a file of at most so many bytes; `-` is standard input.
pub(crate) fn text(path: &Path, most: usize) -> Outcome<String> {
    let bytes = if path.as_os_str() == "-" {
        let read = within(io::stdin().lock(), most);
        let read = read.map_err(|why| Fail::usage(format!("读不出标准输入：{why}")))?;
        read.ok_or_else(|| too_large(path, most))?
    } else {
        read(path, most)?
    };
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to() + 1;
        let message = format!("“{}”不是 UTF-8 文本（第 {at} 个字节起）", path.display());
        Fail::usage(message).hint("请用编辑器另存为 UTF-8。")
    })
}

/// What a reader gives, unless that is more than so many bytes.
fn within(reader: impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(limit).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= most).then_some(bytes))
}

fn too_large(path: &Path, most: usize) -> Fail {
    let size = app::file::size(u64::try_from(most).unwrap_or(u64::MAX));
    Fail::usage(format!("“{}”太大，最多 {size}", path.display())).hint("请拆成几个文件后再试。")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Exit;

    #[test]
    fn a_reader_without_end_is_left_behind_the_limit() {
        assert_eq!(within(io::repeat(b'7'), 1_000).expect("it reads"), None);
        let ten = within(io::repeat(b'7').take(10), 10).expect("it reads");
        assert_eq!(ten.map(|b| b.len()), Some(10));
    }

    #[test]
    fn a_device_and_a_large_file_are_refused_before_they_are_read() {
        let device = read(Path::new("/dev/zero"), 1_000).expect_err("it has no end");
        assert_eq!(device.exit, Exit::Usage);
        assert!(device.message.contains("不是普通文件"), "{device}");
        let dir = tempfile::TempDir::new().expect("a folder");
        let file = dir.path().join("large.txt");
        // Nothing is written: only its length is told.
        let large = File::create(&file).expect("the file is made");
        large.set_len(1 << 40).expect("it has a length");
        let why = read(&file, 1 << 20).expect_err("it is too large");
        assert_eq!(
            why.message,
            format!("“{}”太大，最多 1.0 MB", file.display())
        );
    }
}
