//! The edge to the machine: the clock, the environment, the arguments.
//!
//! **Invariant:** nothing else in this crate asks for the time or for a variable; every operation
//! gets both as values.

use std::ffi::OsString;

/// The arguments of the process, its own name first.
pub fn arguments() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// This instant in whole milliseconds UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read"
)]
pub fn now_ms() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// A variable of the environment; one that is not Unicode counts as not set.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The account of the operating system that runs the command, for the audit trail.
pub fn os_user() -> String {
    let known = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(variable);
    known
        .unwrap_or_else(|| "未知账户".to_owned())
        .chars()
        .take(64)
        .collect()
}
