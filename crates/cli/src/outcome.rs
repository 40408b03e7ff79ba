//! How a command ends: exit codes, and refusals with the way out.

use std::process::ExitCode;

/// How the process ends; the numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: refused by a rule, or a check found something.
    Refused,
    /// 2: the command line, a file or a field is wrong.
    Usage,
    /// 3: the database, a file or the network cannot be reached.
    Unavailable,
    /// 70: a fault of ours.
    Bug,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Unavailable => 3,
            Exit::Bug => 70,
        })
    }
}

/// Result of a command.
pub type Outcome<T = Exit> = Result<T, Fail>;

/// Why a command did not do what it should.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Fail {
    /// How the process ends.
    pub exit: Exit,
    /// A stable code, for `--json`.
    pub code: &'static str,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// What `--json` prints, where an operation of the door was refused: what the API answers.
    pub printed: Option<String>,
}

impl Fail {
    /// The command line or a file is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", message)
    }

    /// A rule refuses.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, code, message)
    }

    /// Something outside cannot be reached.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, "unavailable", message)
    }

    /// A fault of ours.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Exit::Bug, "bug", message)
    }

    fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit,
            code,
            message: message.into(),
            hint: String::new(),
            printed: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}
