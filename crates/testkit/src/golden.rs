//! Golden files: what was looked at once is what comes out, until somebody looks again.

use std::path::Path;

/// Compares with `path`, or rewrites it when `BIHUAN_BLESS` is set. Says the first line that
/// differs.
///
/// # Panics
/// When the text differs from the file.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are an edge: one switch rewrites goldens"
)]
#[expect(clippy::panic, reason = "a differing golden file fails the test")]
pub fn golden(path: &Path, text: &str) {
    if std::env::var("BIHUAN_BLESS").is_ok() {
        if let Some(dir) = path.parent() {
            std::fs::create_dir_all(dir).ok();
        }
        std::fs::write(path, text).ok();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept == text {
        return;
    }
    let at = kept
        .lines()
        .zip(text.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| kept.lines().count().min(text.lines().count()));
    panic!(
        "{} differs from line {}:\n  kept: {}\n  new:  {}\nlook at it, then `cargo xtask gen`",
        path.display(),
        at + 1,
        kept.lines().nth(at).unwrap_or("(end)"),
        text.lines().nth(at).unwrap_or("(end)")
    );
}
