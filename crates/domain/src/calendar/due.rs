//! Due dates that explain themselves.

use chrono::NaiveDate;

use crate::body::codes;

codes! {
    /// What a due date does that falls on a day off.
    HolidayRule {
        /// 按原日: the text does not say.
        Unchanged = "unchanged",
        /// 顺延至下一工作日.
        NextWorkingDay = "next-working-day",
        /// 提前至上一工作日.
        PreviousWorkingDay = "previous-working-day",
    }
}

/// A due date with the facts that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day in time.
    pub on: NaiveDate,
    /// Whether it may still change with a later calendar.
    pub provisional: bool,
}
