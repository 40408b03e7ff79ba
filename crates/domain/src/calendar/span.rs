//! A span after an event, as a notice writes it: `30d`, `3wd`, `3m`, `0m`, `24h`.

/// A span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    n: u16,
}

/// A text that is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a span: {found:?}")]
pub struct BadSpan {
    /// What stood there.
    pub found: String,
}
