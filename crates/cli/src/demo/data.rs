//! What stands in `data/demo/*.toml`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::outcome::{Fail, Outcome};

/// Everything that is given; the rest of the demo is thrown with [`super::dice::Dice`].
#[derive(Debug)]
pub(super) struct Given {
    pub(super) county: CountyData,
    pub(super) people: PeopleData,
    pub(super) firms: FirmData,
    pub(super) texts: Texts,
}

impl Given {
    /// Reads what ships with the binary.
    pub(super) fn shipped() -> Outcome<Self> {
        Ok(Self {
            county: parse(
                "county.toml",
                include_str!("../../../../data/demo/county.toml"),
            )?,
            people: parse(
                "people.toml",
                include_str!("../../../../data/demo/people.toml"),
            )?,
            firms: parse(
                "enterprises.toml",
                include_str!("../../../../data/demo/enterprises.toml"),
            )?,
            texts: parse(
                "texts.toml",
                include_str!("../../../../data/demo/texts.toml"),
            )?,
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Outcome<T> {
    toml::from_str(text).map_err(|why| Fail::bug(format!("data/demo/{file}：{why}")))
}

/// A date as TOML writes it.
fn civil<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    let found = toml::value::Datetime::deserialize(from)?;
    found.to_string().parse().map_err(serde::de::Error::custom)
}

fn civil_maybe<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    civil(from).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountyData {
    /// The city above, for the reader of the file.
    #[serde(rename = "city")]
    _city: String,
    pub(super) name: String,
    pub(super) division: String,
    #[serde(deserialize_with = "civil")]
    pub(super) opened_on: NaiveDate,
    #[serde(rename = "town")]
    pub(super) towns: Vec<TownData>,
    #[serde(rename = "leader")]
    pub(super) leaders: Vec<LeaderData>,
    #[serde(rename = "department")]
    pub(super) departments: Vec<DepartmentData>,
    #[serde(rename = "committee")]
    pub(super) committees: Vec<CommitteeData>,
    #[serde(rename = "administrator")]
    pub(super) administrators: Vec<AdministratorData>,
}

/// How a town keeps up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Pace {
    Steady,
    Slow,
    Lagging,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TownData {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) pace: Pace,
    pub(super) merged_into: Option<String>,
    #[serde(default, deserialize_with = "civil_maybe")]
    pub(super) merged_on: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeaderData {
    pub(super) id: String,
    pub(super) body: Organ,
    pub(super) kind: String,
    pub(super) title: String,
    /// The post that holds this one.
    pub(super) by: Option<String>,
    /// What the leader looks after, for the reader of the file.
    #[serde(default, rename = "field")]
    _field: String,
    pub(super) login: Option<String>,
}

/// An organ of the county.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Organ {
    Party,
    Government,
    SafetyCommittee,
    SafetyOffice,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepartmentData {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) short: String,
    pub(super) regulator: bool,
    /// Title of its head, where it is not 局长.
    pub(super) head: Option<String>,
    /// The leader's post that holds the head's.
    pub(super) by: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitteeData {
    pub(super) id: String,
    pub(super) chair: String,
    pub(super) enforces: Vec<String>,
    pub(super) members: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdministratorData {
    pub(super) login: String,
    pub(super) role: domain::policy::Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeopleData {
    pub(super) surnames: Vec<String>,
    pub(super) given: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirmData {
    pub(super) stems: Vec<String>,
    #[serde(rename = "kind")]
    pub(super) kinds: Vec<FirmKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirmKind {
    pub(super) sector: String,
    pub(super) name: String,
    pub(super) industry: String,
    pub(super) regulator: String,
    pub(super) count: usize,
    #[serde(default)]
    pub(super) high_hazard: bool,
    pub(super) above_scale: f64,
    /// How many of them are 主体企业.
    #[serde(default)]
    pub(super) subject: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    pub(super) visit: VisitTexts,
    pub(super) town: TownTexts,
    pub(super) department: DepartmentTexts,
    pub(super) county: CountyTexts,
    #[serde(rename = "field")]
    pub(super) fields: BTreeMap<String, FieldTexts>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VisitTexts {
    pub(super) requirements: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TownTexts {
    pub(super) study: Vec<String>,
    pub(super) drill: Vec<String>,
    pub(super) matter: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepartmentTexts {
    pub(super) meeting: Vec<String>,
    pub(super) study: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountyTexts {
    pub(super) dispatch: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTexts {
    pub(super) topic: String,
    pub(super) problems: Vec<String>,
}
