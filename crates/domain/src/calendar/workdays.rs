//! Working days 工作日, from the yearly notices.

/// Working days and days off by year.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkCalendar {}
