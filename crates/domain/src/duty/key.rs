//! The key of an obligation: which duty, of whom, in which period; one text form everywhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar::Period;
use crate::id::{Owner, Slug};

/// Names an obligation. It is computed and never stored as a thing, so that this is all that a
/// ruling, a counted act, an address or a file can say of it: `pack/duty/owner/period`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Pack.
    pub pack: Slug,
    /// Duty.
    pub duty: Slug,
    /// Who owes.
    pub owner: Owner,
    /// In which period.
    pub period: Period,
}

/// A text that names no obligation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the key of an obligation: {0:?}")]
pub struct BadKey(pub String);

impl Key {
    /// Reads the four parts.
    pub fn of(pack: &str, duty: &str, owner: &str, period: &str) -> Result<Self, BadKey> {
        let read = || {
            Some(Self {
                pack: pack.parse().ok()?,
                duty: duty.parse().ok()?,
                owner: owner.parse().ok()?,
                period: period.parse().ok()?,
            })
        };
        let found = || format!("{pack}/{duty}/{owner}/{period}");
        read().ok_or_else(|| BadKey(found().chars().take(200).collect()))
    }

    /// The same duty of the same owner in another period.
    #[must_use]
    pub fn in_period(&self, period: Period) -> Self {
        Self {
            period,
            ..self.clone()
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}/{}",
            self.pack, self.duty, self.owner, self.period
        )
    }
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.splitn(4, '/');
        let mut next = || parts.next().unwrap_or_default();
        let (pack, duty, owner, period) = (next(), next(), next(), next());
        Self::of(pack, duty, owner, period)
    }
}

impl Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl schemars::JsonSchema for Key {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Key".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "`pack/duty/owner/period`",
            "pattern": "^[a-z0-9-]+/[a-z0-9-]+/(body|post)_[0-9a-f]{32}/[0-9A-Zx.-]+$",
        })
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn a_key_reads_back_from_its_text_and_from_nothing_else() {
        let body = "body_00000000000000000000000000000001";
        for period in ["2026-10", "2026-Q3", "2026-02-10..2026-06-30"] {
            let text = format!("three-campaigns/town-visit/{body}/{period}");
            let key: Key = text.parse().expect("it is a key");
            assert_eq!(key.to_string(), text);
            let json = serde_json::to_string(&key).expect("it prints");
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<Key>(&json).expect("it reads"), key);
        }
        let wrong = [
            String::new(),
            format!("three-campaigns/town-visit/{body}"),
            format!("three-campaigns/town-visit/{body}/2026-10/more"),
            format!("Three/town-visit/{body}/2026-10"),
            format!("three-campaigns/town-visit/{body}/2026-13"),
        ];
        for text in wrong {
            assert!(text.parse::<Key>().is_err(), "{text}");
        }
    }
}
