//! Passwords: hashed, and held against their hashes.

use std::sync::atomic::Ordering;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};

use crate::ctx::App;
use crate::error::{Error, Result};

/// The lane of passwords that are being set, not tried: who sets one has shown a link or a session.
const SETTING: u64 = 0;

/// A hash of nothing, with the strength of all others: what is not there is verified against it, so
/// that it costs the same.
const OF_NOTHING: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl App {
    /// Hashes a password that is being set.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        let hashed = self.hashing.work(SETTING, true, move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|h| h.to_string())
        });
        hashed
            .await?
            .map_err(|e| Error::Internal(e.to_string().into()))
    }

    /// Whether a password is the one of a hash. What is missing or damaged is worked out like any
    /// other, and is never right.
    pub(crate) async fn matches(
        &self,
        password: &str,
        hash: &str,
        lane: u64,
        known: bool,
    ) -> Result<bool> {
        let (password, hash) = (password.to_owned(), hash.to_owned());
        let checked = self.hashing.work(lane, known, move || {
            let own = PasswordHash::new(&hash).ok();
            let found = own.is_some();
            let Some(against) = own.or_else(|| PasswordHash::new(OF_NOTHING).ok()) else {
                return false;
            };
            let same = Argon2::default().verify_password(password.as_bytes(), &against);
            found && same.is_ok()
        });
        checked.await
    }

    /// Password hashes worked out since the start.
    pub fn hashes(&self) -> u64 {
        self.hashing.done.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_verified_with_the_strength_of_everything() {
        let fresh = Argon2::default().hash_password(b"Bihuan-2026").unwrap();
        let fresh = fresh.to_string();
        let strength = |text: &str| text.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(strength(&fresh), strength(OF_NOTHING));
        let nothing = PasswordHash::new(OF_NOTHING).expect("well-formed");
        assert!(Argon2::default().verify_password(b"", &nothing).is_err());
        let long = |text: &str| text.rsplit('$').next().map(str::len);
        assert_eq!(long(&fresh), long(OF_NOTHING));
    }
}
