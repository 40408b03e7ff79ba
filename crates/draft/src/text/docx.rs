//! Word.
use super::decode::ReadError;
pub(super) fn text(_b: &[u8]) -> Result<String, ReadError> { Err(ReadError::NotWord) }
