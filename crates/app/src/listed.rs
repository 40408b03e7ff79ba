//! A page of a list.

use schemars::JsonSchema;
use serde::Serialize;

/// How many rows there are on all pages; counting stops at a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// So many.
    pub rows: u64,
    /// Counting did not stop before the end.
    pub exact: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// The key of the next page.
    pub next: Option<String>,
    /// The key of the page before.
    pub previous: Option<String>,
    /// How many rows there are on all pages.
    pub count: Count,
}

impl From<store::Count> for Count {
    fn from(count: store::Count) -> Self {
        match count {
            store::Count::Exactly(rows) => Self { rows, exact: true },
            store::Count::More => Self {
                rows: store::COUNT_MAX,
                exact: false,
            },
        }
    }
}
