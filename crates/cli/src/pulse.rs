//! While nothing can be written, tries now and then whether it works again.

use std::time::Duration;

use store::Store;

use crate::open::Clock;

/// How often it is tried, in seconds.
const EVERY_SECONDS: u64 = 5;

/// Watches a store until the program ends.
pub(crate) fn watch(store: Store, clock: Clock) {
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(EVERY_SECONDS));
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            if store.health().writing.is_some() && store.probe(clock()).await {
                tracing::info!("writing works again");
            }
        }
    });
}
