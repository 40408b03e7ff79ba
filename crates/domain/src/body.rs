//! Bodies 单位: the tree of jurisdictions and what stands under each, with dated spans.
//!
//! **Invariant:** whatever can change (name, parent, level, attributes) stands in a dated span;
//! the body itself is identity only. Basis: ORG-1, ORG-2, ORG-9.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::BodyId;

/// Declares a closed list of codes with one text form, used in packs, rows and addresses alike.
#[macro_export]
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code that stands in packs, rows and addresses.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::body::UnknownCode;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::body::UnknownCode> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::body::UnknownCode {
                        what: stringify!($name),
                        found: text.chars().take(64).collect(),
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> ::std::result::Result<S::Ok, S::Error> {
                s.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> ::std::result::Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($code),+] })
            }
        }
    };
}

pub(crate) use codes;

/// A text that is none of a closed list of codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what}: {found:?}")]
pub struct UnknownCode {
    /// The list's type name.
    pub what: &'static str,
    /// What stood there.
    pub found: String,
}

codes! {
    /// What a body is.
    BodyKind {
        /// 行政区: a jurisdiction as a territory; its organs stand below it.
        Jurisdiction = "jurisdiction",
        /// 党委.
        PartyCommittee = "party-committee",
        /// 政府.
        Government = "government",
        /// 安委会.
        SafetyCommittee = "safety-committee",
        /// 安委办: the safety committee's office.
        SafetyOffice = "safety-office",
        /// 专委会: a special committee of a field.
        SpecialCommittee = "special-committee",
        /// 部门.
        Department = "department",
        /// 开发区、园区.
        Zone = "zone",
        /// 村（居）委会.
        VillageCommittee = "village-committee",
        /// 企业、生产经营单位.
        Enterprise = "enterprise",
        /// 车间.
        Workshop = "workshop",
        /// 班组.
        Team = "team",
    }
}

codes! {
    /// The level of a jurisdiction, or of the jurisdiction that a body belongs to.
    Level {
        /// 省.
        Province = "province",
        /// 市.
        City = "city",
        /// 县（市、区）.
        County = "county",
        /// 乡镇、街道.
        Town = "town",
        /// 村、社区.
        Village = "village",
    }
}

codes! {
    /// A dated relation between two bodies, `a` to `b`.
    LinkKind {
        /// `a` (a department) regulates `b` (an enterprise) 直接监管.
        Regulates = "regulates",
        /// `a` (a department) leads `b` (a special committee) 牵头部门.
        Leads = "leads",
        /// `a` enforces in the field of committee `b` 执法部门.
        Enforces = "enforces",
        /// `a` is a member unit of committee `b` 成员单位.
        Member = "member",
        /// `a` is a key enterprise of committee `b` 重点企业.
        KeyEnterprise = "key-enterprise",
        /// `a` is the jurisdiction on whose territory `b` stands 属地.
        Territory = "territory",
        /// `a` is the successor of `b` after a merger 承接.
        Successor = "successor",
    }
}

codes! {
    /// In which order bodies are listed.
    BodySort {
        /// As in the register: by the order that was given to them.
        Register = "register",
        /// By name.
        Name = "name",
    }
}

/// The value of a dated attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AttrValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// One text or code.
    Text(String),
    /// Several codes, such as the sectors of an enterprise.
    Many(Vec<String>),
}

/// Attributes of a span that selectors may test, by name.
pub type Attrs = BTreeMap<String, AttrValue>;

/// What a body was from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds; `None` while it holds.
    pub to_on: Option<NaiveDate>,
    /// The body above.
    pub parent: Option<BodyId>,
    /// Full name.
    pub name: String,
    /// Division code of 6, 9 or 12 digits, or empty.
    pub division: String,
    /// Level of the jurisdiction it belongs to.
    pub level: Level,
    /// Everything else that may change and that selectors look at.
    pub attrs: Attrs,
}

/// A body with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Identity.
    pub id: BodyId,
    /// The county-level jurisdiction whose chain records it.
    pub home: BodyId,
    /// What it is; never changes.
    pub kind: BodyKind,
    /// First day of existence.
    pub opened_on: NaiveDate,
    /// First day on which it exists no more.
    pub closed_on: Option<NaiveDate>,
    /// Explicit order in lists (division code, register order).
    pub sort_key: String,
    /// Spans in order of `from_on`, without overlap.
    pub spans: Vec<Span>,
    /// Version of the row, for stale writes.
    pub version: i64,
}

impl Body {
    /// Whether the body exists on a day.
    pub fn exists_on(&self, on: NaiveDate) -> bool {
        self.opened_on <= on && self.closed_on.is_none_or(|closed| on < closed)
    }

    /// The span that holds on a day; the nearest one for days outside its life.
    pub fn span_on(&self, on: NaiveDate) -> Option<&Span> {
        self.spans
            .iter()
            .rev()
            .find(|s| s.from_on <= on)
            .or(self.spans.first())
    }
}

/// A dated relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What relates them.
    pub kind: LinkKind,
    /// From.
    pub a: BodyId,
    /// To.
    pub b: BodyId,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer holds.
    pub to_on: Option<NaiveDate>,
}

impl Link {
    /// Whether the relation holds on a day.
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        self.from_on <= on && self.to_on.is_none_or(|to| on < to)
    }
}

/// A division code of 6 (county), 9 (town) or 12 digits (village).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division(String);

impl FromStr for Division {
    type Err = UnknownCode;
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        if digits && matches!(text.len(), 6 | 9 | 12) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownCode {
                what: "Division",
                found: text.chars().take(64).collect(),
            })
        }
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
