//! Rows as the engines hold them: plain entities, text and whole numbers only.
//!
//! **Invariant:** ids are printed ids, dates are `YYYY-MM-DD`, instants are milliseconds UTC, what
//! is open ends on `9999-12-31`; so a row has the same text, order and hash on both engines.
#![expect(
    unreachable_pub,
    reason = "the entity derive writes `pub` items beside ours"
)]

mod acts;
mod bodies;
mod drafts;
mod files;
mod jobs;
mod links;
mod packs;
mod people;
mod posts;
mod resets;
mod rulings;
mod tokens;

pub(crate) use self::acts::{act, act_part, act_version, counted};
pub(crate) use self::bodies::{body, body_alias, body_link, body_span, body_tree, enterprise};
pub(crate) use self::drafts::draft;
pub(crate) use self::files::{file, file_use};
pub(crate) use self::jobs::job;
pub(crate) use self::links::{audit, audit_head};
pub(crate) use self::packs::{pack, pack_element, pack_file, pack_use};
pub(crate) use self::people::{client_request, person, role_grant, session, token};
pub(crate) use self::posts::{post, tenure};
pub(crate) use self::resets::{namesake, reset};
pub(crate) use self::rulings::{occasion, ruling, seal};
pub(crate) use self::tokens::api_token;

use sea_orm::{EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn, Value};
use serde::Serialize;

use crate::Result;
use crate::canon::{sha256_hex, write_value};

/// A table whose rows stand in the chain with their hashes.
pub(crate) trait Audited: EntityTrait<Model: ModelTrait<Entity = Self>> {
    /// The table's name.
    const NAME: &'static str;
    /// Columns that came after rows were hashed, with what the migration put into the rows that
    /// stood. While a row holds that, the column is no part of its canonical text: so a row that
    /// nobody touched keeps its hash, whatever columns come.
    const LATER: Later = &[];
}

/// Columns that came later, with what standing rows hold.
pub(crate) type Later = &'static [(&'static str, Held)];

/// What each entity begins with. A table with columns that came later says so beside its row by a
/// `LATER` of its own, which stands before this one.
pub(crate) mod entity {
    pub(crate) use sea_orm::entity::prelude::*;

    use super::Later;

    /// No column came later.
    pub(crate) const LATER: Later = &[];
}

/// What a migration put into the rows that stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(dead_code, reason = "each kind of column that a migration may add")]
pub(crate) enum Held {
    /// Nothing.
    Null,
    /// A text.
    Text(&'static str),
    /// A whole number.
    Number(i64),
    /// A yes or no.
    Flag(bool),
}

impl Held {
    fn is(self, value: &serde_json::Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Text(text) => value.as_str() == Some(text),
            Self::Number(number) => value.as_i64() == Some(number),
            Self::Flag(flag) => value.as_bool() == Some(flag),
        }
    }
}

/// Every audited table, once: what is listed here is hashed into links and held against them.
/// `$do!` is called with all of them.
macro_rules! audited_tables {
    ($do:ident) => {
        $do! {
            body, body_span, body_link, body_alias, enterprise, post, tenure, person, role_grant,
            reset, namesake, session, token, api_token, client_request, pack, pack_file, pack_use, draft, act, act_version, ruling, seal,
            occasion, file, file_use,
        }
    };
}
pub(crate) use audited_tables;

macro_rules! audited {
    ($($table:ident,)+) => {
        $(impl Audited for $table::Entity {
            const NAME: &'static str = stringify!($table);
            const LATER: Later = $table::LATER;
        })+
    };
}
audited_tables!(audited);

/// What the chain keeps of a row.
pub(crate) struct Hashed {
    pub(crate) home: String,
    pub(crate) version: i64,
    pub(crate) hash: String,
}

/// Hash of the canonical row. What may have to be erased enters as a salted hash, so that erasing
/// the value later leaves the chain whole.
pub(crate) fn row_hash<E>(model: &E::Model) -> Result<Hashed>
where
    E: Audited,
    E::Model: Serialize,
{
    let corrupt = || crate::StoreError::Corrupt {
        table: E::NAME,
        column: "row",
        id: row_key::<E>(model),
    };
    let mut value = serde_json::to_value(model).map_err(|_| corrupt())?;
    let map = value.as_object_mut().ok_or_else(corrupt)?;
    if E::NAME == "person" {
        let salt = map.get("salt").and_then(|v| v.as_str()).unwrap_or_default();
        let name = map.get("name").and_then(|v| v.as_str()).unwrap_or_default();
        let salted = sha256_hex(format!("{salt}{name}").as_bytes());
        map.insert("name".to_owned(), salted.into());
    }
    for (column, held) in E::LATER {
        if map.get(*column).is_some_and(|value| held.is(value)) {
            map.remove(*column);
        }
    }
    let home = map
        .get("home")
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_owned();
    let version = map
        .get("version")
        .and_then(serde_json::Value::as_i64)
        .unwrap_or_default();
    let mut text = String::with_capacity(256);
    write_value(&mut text, &value)?;
    Ok(Hashed {
        home,
        version,
        hash: sha256_hex(text.as_bytes()),
    })
}

/// The key of a row as text: its parts with `|` between.
pub(crate) fn row_key<E: Audited>(model: &E::Model) -> String {
    let parts: Vec<String> = E::PrimaryKey::iter()
        .map(|key| match model.get(key.into_column()) {
            Value::String(Some(text)) => text.replace('|', "\\|"),
            Value::BigInt(Some(number)) => number.to_string(),
            other => other.to_string(),
        })
        .collect();
    parts.join("|")
}

#[cfg(test)]
mod tests {
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    use super::{Audited, Held, row_hash};

    /// A table as an earlier program knew it.
    mod before {
        use super::*;

        #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
        #[sea_orm(table_name = "thing")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: String,
            pub home: String,
            pub version: i64,
        }

        #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}

        impl Audited for Entity {
            const NAME: &'static str = "thing";
        }
    }

    /// The same table after a migration added two columns.
    mod after {
        use super::*;

        #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
        #[sea_orm(table_name = "thing")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: String,
            pub home: String,
            pub version: i64,
            pub due_on: Option<String>,
            pub urgent: bool,
        }

        #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}

        impl Audited for Entity {
            const NAME: &'static str = "thing";
            const LATER: &'static [(&'static str, Held)] =
                &[("due_on", Held::Null), ("urgent", Held::Flag(false))];
        }
    }

    #[test]
    fn a_row_that_nobody_touched_keeps_its_hash_when_columns_come() {
        let old = before::Model {
            id: "thing_1".to_owned(),
            home: "body_1".to_owned(),
            version: 3,
        };
        let same = after::Model {
            id: old.id.clone(),
            home: old.home.clone(),
            version: 3,
            due_on: None,
            urgent: false,
        };
        let hash = |row: &after::Model| row_hash::<after::Entity>(row).unwrap().hash;
        assert_eq!(row_hash::<before::Entity>(&old).unwrap().hash, hash(&same));
        let mut seen = vec![hash(&same)];
        for (due_on, urgent) in [(Some("2026-03-01"), false), (None, true), (Some(""), false)] {
            let changed = after::Model {
                due_on: due_on.map(str::to_owned),
                urgent,
                ..same.clone()
            };
            seen.push(hash(&changed));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(
            seen.len(),
            4,
            "whatever a new column comes to hold is in the hash"
        );
    }
}
