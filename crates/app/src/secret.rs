//! Secrets that nobody can guess.

use crate::error::{Error, Result};

/// 256 random bits as text.
pub fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(e.to_string().into()))?;
    Ok(hex::encode(bytes))
}
