//! Period 周期.

use chrono::NaiveDate;

use crate::body::codes;

codes! {
    /// Kinds of period.
    PeriodKind {
        /// 日.
        Day = "day",
        /// 周, ISO 8601, from Monday.
        Week = "week",
        /// 旬.
        TenDays = "ten-days",
        /// 月.
        Month = "month",
        /// 季度.
        Quarter = "quarter",
        /// 半年.
        HalfYear = "half-year",
        /// 年.
        Year = "year",
        /// Any range of days: one-off tasks, occasions.
        Span = "span",
    }
}

/// A range of days with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: NaiveDate,
    kind: PeriodKind,
    n: u32,
    last: NaiveDate,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a period: {found:?}")]
pub struct BadPeriod {
    /// What stood there.
    pub found: String,
}
