//! What a verb answers: which thing it made or changed, and the version that now stands.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

/// A thing that was made or changed, with the version that now stands. As text it is what the key
/// of a page keeps, so that a second click answers the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Saved<I> {
    /// Which.
    #[schemars(title = "编号")]
    pub id: I,
    /// Which version of it stands now; the next change names it.
    #[schemars(title = "版本")]
    pub version: i64,
}

impl<I> Saved<I> {
    /// A thing in its first version.
    pub const fn first(id: I) -> Self {
        Self { id, version: 1 }
    }

    /// A thing in a later version.
    pub const fn at(id: I, version: i64) -> Self {
        Self { id, version }
    }
}

impl<I: fmt::Display> fmt::Display for Saved<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.version)
    }
}

impl<I: FromStr> FromStr for Saved<I> {
    type Err = I::Err;
    fn from_str(text: &str) -> Result<Self, I::Err> {
        let (id, version) = text.split_once(' ').unwrap_or((text, "1"));
        Ok(Self {
            id: id.parse()?,
            // Only this program writes the text; what an earlier one kept had no version.
            version: version.parse().unwrap_or(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::id::OccasionId;
    use uuid::Uuid;

    use super::Saved;

    #[test]
    fn what_a_key_kept_reads_back_with_its_version_and_without() {
        let id = OccasionId::new(Uuid::from_u128(7));
        let saved = Saved::at(id, 3);
        assert_eq!(saved.to_string().parse(), Ok(saved));
        assert_eq!(id.to_string().parse(), Ok(Saved::first(id)));
    }
}
