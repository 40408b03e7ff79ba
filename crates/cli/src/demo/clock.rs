//! The demo's clock: its own day, on which time goes by as outside.

use std::sync::Arc;

use app::App;
use chrono::NaiveDate;

use super::play;
use crate::edge;
use crate::open::{Clock, homes};
use crate::outcome::Outcome;
use crate::refusal::said;

/// The demo opens at nine.
const OPENS_MINUTE: u32 = 9 * 60;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The demo's instant for one of the real clock: the same time of day, never before nine.
pub fn instant(day: NaiveDate, real_ms: i64) -> i64 {
    let of_day = (real_ms + app::ctx::CHINA_MS).rem_euclid(DAY_MS);
    (play::instant(day, 0) + of_day).max(play::instant(day, OPENS_MINUTE))
}

/// A clock that starts at nine or just after the last write, and stays within the day.
pub async fn running(day: NaiveDate, app: &App) -> Outcome<Clock> {
    let mut start = play::instant(day, OPENS_MINUTE);
    for home in homes(app).await? {
        let head = app
            .store
            .read(async |r| store::audit::audit_head_of(r, home).await)
            .await;
        if let Some(head) = head.map_err(|why| said(why.into()))?
            && app::ctx::china_day(head.at) == day
        {
            start = start.max(head.at + 1);
        }
    }
    let last = play::instant(day, 0) + DAY_MS - 1;
    let began = edge::now_ms();
    Ok(Arc::new(move || {
        (start + (edge::now_ms() - began).max(0)).min(last)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_kept_and_the_day_is_the_demos() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 5).unwrap();
        let real = play::instant(NaiveDate::from_ymd_opt(2030, 1, 2).unwrap(), 15 * 60 + 7);
        assert_eq!(instant(day, real), play::instant(day, 15 * 60 + 7));
        let night = play::instant(NaiveDate::from_ymd_opt(2030, 1, 2).unwrap(), 60);
        assert_eq!(instant(day, night), play::instant(day, 9 * 60));
    }
}
