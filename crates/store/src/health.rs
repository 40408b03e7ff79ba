//! Whether writing works: what a page and a look from outside say while it does not.
//!
//! **Invariant:** a fault is remembered until something was written again, so that nobody is told
//! that all is well because nobody tried.

use std::sync::{Mutex, PoisonError};

use crate::error::Fault;

/// How the store is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Why nothing can be written, and since when, in milliseconds UTC; none while writing works.
    pub writing: Option<(Fault, i64)>,
    /// Why the file of heads is behind, as the system says it; none while it is written.
    pub head_file: Option<String>,
}

impl Health {
    /// Whether everything works.
    pub const fn is_well(&self) -> bool {
        self.writing.is_none() && self.head_file.is_none()
    }
}

/// What the store remembers of its health.
#[derive(Debug, Default)]
pub(crate) struct Pulse(Mutex<Health>);

impl Pulse {
    /// How it is.
    pub(crate) fn look(&self) -> Health {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A write failed for what the database stands on.
    pub(crate) fn failed(&self, fault: Fault, at: i64) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = held.writing.map_or(at, |(_, since)| since);
        held.writing = Some((fault, since));
    }

    /// Something was written.
    pub(crate) fn wrote(&self) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.writing = None;
    }

    /// The file of heads was written, or was not.
    pub(crate) fn head_file(&self, why: Option<String>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.head_file = why;
    }
}
