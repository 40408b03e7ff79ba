//! A thing beside the name that people gave it.

use schemars::JsonSchema;
use serde::Serialize;

/// A thing beside its name, so that whoever reads of it need not ask for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Named<I> {
    /// Which.
    pub id: I,
    /// Name.
    #[schemars(title = "名称")]
    pub name: String,
}

impl<I> Named<I> {
    /// A thing with its name.
    pub fn new(id: I, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
        }
    }
}
