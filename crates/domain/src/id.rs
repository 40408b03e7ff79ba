//! Identifiers: UUIDv7 printed with a prefix (`body_0198…`), one text form everywhere, and slugs.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a {wanted} id: {found:?}")]
pub struct BadId {
    /// The prefix that was expected.
    pub wanted: &'static str,
    /// What stood there.
    pub found: String,
}

/// Whether a text is the 32 lower-case digits of an id, as it prints: one id has one text.
fn is_hexadecimal(text: &str) -> bool {
    let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == 32 && text.bytes().all(digit)
}

/// Declares an identifier type: a UUID that prints as `prefix_` and 32 hexadecimal digits.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the printed form, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID that the caller's id generator made.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|rest| is_hexadecimal(rest))
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or_else(|| BadId { wanted: $prefix, found: text.chars().take(64).collect() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-9a-f]{32}$"),
                })
            }
        }
    };
}

id!(/** A body 单位: jurisdiction, committee, department, enterprise… */ BodyId, "body");
id!(/** A post 岗位 in a body; duties are owed by bodies and posts, never by people. */ PostId, "post");
id!(/** A person 人员 who signs in and holds posts. */ PersonId, "person");
id!(/** An act 履职记录: a fact recorded once. */ ActId, "act");
id!(/** The application of a pack to a jurisdiction 制度施行. */ PackUseId, "use");
id!(/** A notice that is being made into a pack 起草. */ DraftId, "draft");
id!(/** A ruling 裁定: waiver, extension or correction for one obligation. */ RulingId, "ruling");
id!(/** An occasion 重要节点 opened by the office. */ OccasionId, "occasion");
id!(/** A role given on a body 授权. */ GrantId, "grant");
id!(/** A request for a person's sign-in 重置. */ ResetId, "reset");
id!(/** A job 后台任务 that the program does by itself. */ JobId, "job");
id!(/** A token of a program that acts for somebody 接口令牌. */ TokenId, "token");
id!(/** A session of a signed-in person. */ SessionId, "session");

/// Who owes: a body, or a post in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A body as a whole.
    Body(BodyId),
    /// Whoever holds the post at the time.
    Post(PostId),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(id) => id.fmt(f),
            Self::Post(id) => id.fmt(f),
        }
    }
}

impl FromStr for Owner {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        if text.starts_with("post_") {
            text.parse().map(Self::Post)
        } else {
            text.parse().map(Self::Body)
        }
    }
}

impl Serialize for Owner {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Owner {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Owner {
    fn schema_name() -> Cow<'static, str> {
        "Owner".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(body|post)_[0-9a-f]{32}$" })
    }
}

/// A short machine name in a pack: lower-case letters, digits and single hyphens, at most 64.
///
/// Ids never come from titles: an element keeps its slug through all versions of its pack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// A text that cannot be a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a slug: {0:?}")]
pub struct BadSlug(pub String);

impl Slug {
    /// The longest slug, in characters.
    pub const LONGEST: usize = 64;
    /// How a slug is written, as schemas say it.
    pub const PATTERN: &'static str = "^[a-z0-9]+(-[a-z0-9]+)*$";

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = BadSlug;
    fn from_str(text: &str) -> Result<Self, BadSlug> {
        let ok = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if ok {
            Ok(Self(text.into()))
        } else {
            Err(BadSlug(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Slug {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Slug {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for Slug {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Slug {
    fn schema_name() -> Cow<'static, str> {
        "Slug".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": Self::PATTERN,
            "maxLength": Self::LONGEST,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_and_parses_back() {
        let id = BodyId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "body_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse::<BodyId>(), Ok(id));
        assert!(
            "post_00000000000000000000000000000007"
                .parse::<BodyId>()
                .is_err()
        );
        assert_eq!(id.to_string().parse::<Owner>(), Ok(Owner::Body(id)));
    }

    #[test]
    fn a_slug_is_short_lower_case_and_hyphened() {
        for good in ["a", "theory-study", "z2-16"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "Theory",
            "a--b",
            "-a",
            "a-",
            "学习",
            "a b",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<Slug>().is_err(), "{bad}");
        }
    }
}
