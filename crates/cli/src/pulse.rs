//! What goes on beside the pages: while nothing can be written, tries now and then whether it works
//! again; every hour, clears what has run out.

use std::time::Duration;

use app::{Actor, App};

use crate::open::{Clock, context};

/// How often it is looked whether writing works, in seconds.
const EVERY_SECONDS: u64 = 5;
/// What has run out is cleared once in so many looks: every hour.
const LOOKS_TO_SWEEP: u64 = 720;

/// Watches a program until it ends.
pub(crate) fn watch(app: App, clock: Clock) {
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(EVERY_SECONDS));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for look in 0_u64.. {
            every.tick().await;
            if app.store.health().writing.is_some() && app.store.probe(clock()).await {
                tracing::info!("writing works again");
            }
            // The first one after an hour: whoever starts the program waits for nothing.
            if look % LOOKS_TO_SWEEP == LOOKS_TO_SWEEP - 1 {
                sweep(&app, clock()).await;
            }
        }
    });
}

/// Clears, a bounded number of rows at a time, until nothing is left.
async fn sweep(app: &App, now: i64) {
    let ctx = context(
        app.clone(),
        Actor::Console {
            os_user: "sweep".to_owned(),
        },
        now,
    );
    loop {
        match app::session::sweep(&ctx).await {
            Ok(0) => return,
            Ok(gone) => tracing::debug!(gone, "what had run out was cleared"),
            Err(error) => {
                tracing::warn!(%error, "what has run out could not be cleared");
                return;
            }
        }
    }
}
