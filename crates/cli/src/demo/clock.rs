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
pub(super) const OPENS_MINUTE: u32 = 9 * 60;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The demo's instant: nine o'clock, or just after what was last written on its day.
pub async fn instant(day: NaiveDate, app: &App) -> Outcome<i64> {
    let mut now = play::instant(day, OPENS_MINUTE);
    for home in homes(app).await? {
        let head = app
            .store
            .read(async |r| store::audit::audit_head_of(r, home).await)
            .await;
        if let Some(head) = head.map_err(|why| said(why.into()))?
            && app::ctx::china_day(head.at) == day
        {
            now = now.max(head.at + 1);
        }
    }
    Ok(now.min(last_of(day)))
}

/// A clock that starts there and stays within the day.
pub(crate) async fn running(day: NaiveDate, app: &App) -> Outcome<Clock> {
    let start = instant(day, app).await?;
    let began = edge::now_ms();
    Ok(Arc::new(move || {
        start
            .saturating_add((edge::now_ms() - began).max(0))
            .min(last_of(day))
    }))
}

fn last_of(day: NaiveDate) -> i64 {
    play::instant(day, 0) + DAY_MS - 1
}
