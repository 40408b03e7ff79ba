//! The zone of the counties: which civil day an instant falls on.

use chrono::NaiveDate;

/// Milliseconds that the county's clock is ahead of UTC; one zone, no summer time.
pub const CHINA_MS: i64 = 8 * 3_600_000;

/// The civil day in Asia/Shanghai of an instant.
pub fn china_day(at_ms: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(at_ms.saturating_add(CHINA_MS))
        .map_or(NaiveDate::MIN, |t| t.date_naive())
}

/// The first instant after a civil day, in milliseconds.
pub fn end_of_china_day(on: NaiveDate) -> i64 {
    let midnight = on
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        .timestamp_millis();
    midnight - CHINA_MS + 86_400_000
}
