//! Cut-off 期限: the last day of a period's duty, as a notice writes it.

/// The last day on which a period's duty can be met in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CutOff {
    /// The period's last day.
    LastDay,
}

/// A cut-off that cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad cut-off: {found:?}")]
pub struct BadCutOff {
    /// What stood there.
    pub found: String,
}
