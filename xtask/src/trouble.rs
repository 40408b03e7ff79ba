//! Why a chore stopped, in one sentence for the person at the terminal.

use std::fmt;

/// Why a chore stopped.
#[derive(Debug)]
pub struct Trouble(String);

/// The result of a chore or of a step of one.
pub type Outcome<T = ()> = Result<T, Trouble>;

impl Trouble {
    /// Makes a trouble from a sentence that says what is wrong and what to do.
    pub fn new(says: impl Into<String>) -> Self {
        Self(says.into())
    }

    /// Makes a trouble from a failed step: what was tried, and what the system answered.
    pub fn during(tried: &str, answer: impl fmt::Display) -> Self {
        Self(format!("{tried}: {answer}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}
