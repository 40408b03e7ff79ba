//! Cadence 频次: every n periods of a kind, on one grid that never shifts.

use super::PeriodKind;

/// How often something is owed: in every n-th period of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cadence {
    /// The kind of period.
    pub every: PeriodKind,
    /// How many of them make one.
    pub n: u32,
}

/// A cadence that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("bad cadence: {n} of {every}")]
pub struct BadCadence {
    /// The kind.
    pub every: PeriodKind,
    /// The multiple.
    pub n: u32,
}

impl Cadence {
    /// The largest multiple.
    pub const LARGEST_N: u32 = 60;

    /// A cadence, where the multiple is within its limit.
    pub fn new(every: PeriodKind, n: u32) -> Result<Self, BadCadence> {
        let ok = every != PeriodKind::Span && (1..=Self::LARGEST_N).contains(&n);
        if ok { Ok(Self { every, n }) } else { Err(BadCadence { every, n }) }
    }
}
