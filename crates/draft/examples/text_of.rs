//! Writes the decoded text of notices into a folder; for measuring.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let dir = args.next().ok_or("a folder is needed")?;
    for path in args {
        let name = path.file_name().unwrap_or_default();
        match draft::read(&std::fs::read(&path)?, &draft::Stop::new()) {
            Ok(source) => std::fs::write(dir.join(name), source.text)?,
            Err(why) => eprintln!("{}: {why}", path.display()),
        }
    }
    Ok(())
}
