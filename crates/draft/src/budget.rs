//! How much a reading may cost, and the flag by which whoever asked for it stops it.
//!
//! A step is one look at one character, or what takes about as long. Steps are counted where the
//! text is walked, so that what a reading costs is known without a clock and is the same on every
//! machine. **Invariant:** a reading ends after its steps, whatever the text is.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::text::ReadError;

/// Steps that a text may cost for each of its characters. Real notices take 55 to 90, the densest
/// of the invented ones 200.
pub const STEPS_PER_CHAR: u64 = 2_000;
/// Steps that any text may cost, however short it is.
pub const STEPS_MIN: u64 = 2_000_000;
/// How much of the passage a refusal shows, in characters.
const PASSAGE_CHARS: usize = 20;

/// Says to a reading that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// A flag that is not raised.
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises it; the reading ends at its next step.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was raised.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error once it was raised.
    pub(crate) fn check(&self) -> Result<(), ReadError> {
        if self.is_stopped() {
            Err(ReadError::Stopped)
        } else {
            Ok(())
        }
    }
}

/// What is left of the steps of one reading.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    used: Cell<u64>,
    /// Where the reading is, in characters of the decoded text.
    at: Cell<usize>,
    stop: Stop,
}

impl Budget {
    /// For a text.
    pub fn of(text: &str, stop: &Stop) -> Self {
        let chars = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        Self::steps(
            chars
                .saturating_mul(STEPS_PER_CHAR)
                .saturating_add(STEPS_MIN),
            stop,
        )
    }

    /// Of so many steps.
    pub fn steps(most: u64, stop: &Stop) -> Self {
        Self {
            most,
            used: Cell::new(0),
            at: Cell::new(0),
            stop: stop.clone(),
        }
    }

    /// How many steps there are in all.
    pub fn most(&self) -> u64 {
        self.most
    }

    /// How many steps were taken.
    pub fn used(&self) -> u64 {
        self.used.get()
    }

    /// Takes steps; false where no more may be taken, and the reading is to end as it stands.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        if !self.is_over() {
            self.used.set(self.used.get().saturating_add(steps));
        }
        !self.is_over()
    }

    /// Says where the reading is.
    pub(crate) fn at(&self, place: usize) {
        if !self.is_over() {
            self.at.set(place);
        }
    }

    fn is_over(&self) -> bool {
        self.used.get() > self.most || self.stop.is_stopped()
    }

    /// Whether the reading came to its end; else why not. What was read is then worth nothing.
    pub(crate) fn verdict(&self, text: &str) -> Result<(), ReadError> {
        self.stop.check()?;
        if !self.is_over() {
            return Ok(());
        }
        let at = self.at.get();
        let passage = text.chars().skip(at).filter(|c| !c.is_whitespace());
        Err(ReadError::TooHard {
            at: at + 1,
            passage: passage.take(PASSAGE_CHARS).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_spends_all_is_told_which_passage_was_too_hard() {
        let budget = Budget::steps(10, &Stop::new());
        assert!(budget.spend(10));
        budget.at(3);
        assert!(!budget.spend(1), "the eleventh step is one too many");
        budget.at(5);
        let why = budget.verdict("县局 每月每月每月").expect_err("it is over");
        assert_eq!(
            why,
            ReadError::TooHard {
                at: 4,
                passage: "每月每月每月".to_owned()
            }
        );
    }

    #[test]
    fn a_raised_flag_ends_a_reading_at_its_next_step() {
        let stop = Stop::new();
        let budget = Budget::steps(10, &stop);
        assert!(budget.spend(1));
        stop.clone().stop();
        assert!(!budget.spend(1));
        assert_eq!(budget.verdict("每月"), Err(ReadError::Stopped));
    }
}
