//! What every handler shares: the program, the clock, where ids come from.

use std::sync::Arc;

use app::{App, Ids};

use crate::address::Proxies;
use crate::upload::Room;

/// The one place where pages learn the time; tests and the demo set it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The state of the router.
#[derive(Clone)]
pub struct Web {
    /// The program.
    pub app: App,
    /// Milliseconds UTC, read once per request.
    pub clock: Clock,
    /// Where ids come from.
    pub ids: Arc<Ids>,
    /// Whether cookies are sent over HTTPS only.
    pub secure_cookies: bool,
    /// Proxies that are believed about who asks.
    pub proxies: Arc<Proxies>,
    /// What uploads may keep in memory.
    pub(crate) room: Room,
}

impl Web {
    /// Puts the state together.
    pub fn new(app: App, clock: Clock, ids: Arc<Ids>, secure_cookies: bool) -> Self {
        Self {
            app,
            clock,
            ids,
            secure_cookies,
            proxies: Arc::default(),
            room: Room::new(),
        }
    }

    /// The same behind proxies of ours.
    #[must_use]
    pub fn behind(mut self, proxies: Proxies) -> Self {
        self.proxies = Arc::new(proxies);
        self
    }
}
