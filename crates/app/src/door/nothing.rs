//! The input of operations that need none.

use schemars::JsonSchema;
use serde::Deserialize;

/// No field at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
