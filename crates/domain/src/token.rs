//! Tokens 接口令牌: what a program of somebody shows instead of signing in, for fewer powers than
//! the person has and for a time.
//!
//! **Invariant:** a token never allows what its person may not do; its scope only cuts.

use chrono::NaiveDate;

use crate::body::codes;
use crate::id::{BodyId, PersonId, TokenId};
use crate::policy::Action;

/// Longest name, in characters.
pub const NAME_LONGEST: usize = 40;
/// A token holds at most so many days after the day it was made on.
pub const DAYS_MAX: i64 = 365;
/// Tokens of one person that hold at one time.
pub const HELD_MAX: usize = 20;

codes! {
    /// How a token stands on a day.
    TokenState {
        /// It opens the door.
        Holding = "holding",
        /// Its last day is past.
        Expired = "expired",
        /// Its person took it back.
        Revoked = "revoked",
    }
}

/// A token without its secret, which nobody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identity.
    pub id: TokenId,
    /// County.
    pub home: BodyId,
    /// Whose.
    pub person: PersonId,
    /// What its person calls it, such as the program that uses it.
    pub name: String,
    /// What it may be used for, of what the person may do.
    pub scope: Vec<Action>,
    /// When it was made, in milliseconds UTC.
    pub made_at: i64,
    /// Last day on which it holds.
    pub ends_on: NaiveDate,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// Last day on which it was used.
    pub used_on: Option<NaiveDate>,
    /// Version of the row.
    pub version: i64,
}

impl Token {
    /// How it stands on a day.
    pub fn state(&self, on: NaiveDate) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.ends_on < on {
            TokenState::Expired
        } else {
            TokenState::Holding
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_token_holds_through_its_last_day_and_not_once_it_is_taken_back() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut token = Token {
            id: TokenId::new(Uuid::from_u128(1)),
            home: BodyId::new(Uuid::from_u128(2)),
            person: PersonId::new(Uuid::from_u128(3)),
            name: "台账同步".to_owned(),
            scope: vec![Action::ViewAct],
            made_at: 0,
            ends_on: day("2026-11-30"),
            revoked_at: None,
            used_on: None,
            version: 1,
        };
        assert_eq!(token.state(day("2026-11-30")), TokenState::Holding);
        assert_eq!(token.state(day("2026-12-01")), TokenState::Expired);
        token.revoked_at = Some(1);
        assert_eq!(token.state(day("2026-11-30")), TokenState::Revoked);
    }
}
