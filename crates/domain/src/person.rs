//! People 人员: who signs in, and which roles were given to them on which body.

use chrono::NaiveDate;

use crate::body::codes;
use crate::id::{BodyId, GrantId, PersonId};
use crate::policy::Role;

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// The county whose chain records this person.
    pub home: BodyId,
    /// Name as shown.
    pub name: String,
    /// Sign-in name: lower-case letters, digits, `.`, `-`, `_`; 3 to 40 characters; unique.
    pub login: String,
    /// Whether the person may sign in.
    pub active: bool,
    /// The password was set by somebody else and must be changed at the next sign-in.
    pub must_change: bool,
    /// Version of the row, for stale writes.
    pub version: i64,
}

/// A role given on a body; it holds there and below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Identity.
    pub id: GrantId,
    /// To whom.
    pub person: PersonId,
    /// The role.
    pub role: Role,
    /// On which body.
    pub body: BodyId,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub to_on: Option<NaiveDate>,
}

impl Grant {
    /// Whether it holds on a day.
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        self.from_on <= on && self.to_on.is_none_or(|to| on < to)
    }
}

codes! {
    /// In which order people are listed.
    PeopleSort {
        /// By sign-in name.
        Login = "login",
        /// By name.
        Name = "name",
    }
}

codes! {
    /// In which order roles are listed.
    GrantSort {
        /// By role.
        Role = "role",
        /// The newest first.
        Newest = "newest",
    }
}

/// Shortest password, in characters.
pub const PASSWORD_SHORTEST: usize = 8;
/// Longest password, in characters (argon2 hashes all of it).
pub const PASSWORD_LONGEST: usize = 128;
/// Kinds of character (lower, upper, digit, other) a password must have.
pub const PASSWORD_KINDS: usize = 3;
/// A session without a request for so long ends, in minutes.
pub const IDLE_MINUTES: i64 = 30;
/// A session ends after so many hours in any case.
pub const SESSION_HOURS: i64 = 12;
/// A one-time link is good for so many hours.
pub const LINK_HOURS: i64 = 24;

/// What is wrong with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short or too long.
    #[error("length")]
    Length,
    /// Too few kinds of character.
    #[error("kinds")]
    Kinds,
    /// Contains the sign-in name.
    #[error("login")]
    Login,
}

/// Whether a password may be used.
pub fn check_password(password: &str, login: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if !(PASSWORD_SHORTEST..=PASSWORD_LONGEST).contains(&length) {
        return Err(WeakPassword::Length);
    }
    if !login.is_empty() && password.to_lowercase().contains(login) {
        return Err(WeakPassword::Login);
    }
    let kinds = [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_ascii_alphanumeric()),
    ];
    if kinds.iter().filter(|k| **k).count() < PASSWORD_KINDS {
        return Err(WeakPassword::Kinds);
    }
    Ok(())
}

/// What [`login_ok`] accepts, as a regular expression.
pub const LOGIN_PATTERN: &str = "^[a-z0-9._-]{3,40}$";

/// Whether a text may be a sign-in name.
pub fn login_ok(login: &str) -> bool {
    (3..=40).contains(&login.len())
        && login.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_needs_length_and_three_kinds_and_not_the_login() {
        assert_eq!(check_password("Ab1", "li"), Err(WeakPassword::Length));
        assert_eq!(check_password("abcdefgh1", "x.y"), Err(WeakPassword::Kinds));
        assert_eq!(
            check_password("Zhang.san-1", "zhang"),
            Err(WeakPassword::Login)
        );
        assert_eq!(check_password("Anquan-2026", "zhang"), Ok(()));
    }

    #[test]
    fn a_login_is_plain() {
        assert!(login_ok("ban.gong-1"));
        for bad in ["ab", "Zhang", "张三", "a b c", ""] {
            assert!(!login_ok(bad), "{bad}");
        }
    }
}
