//! Rows of requests for people's sign-in, and of accounts of one name.

/// A request for a person's sign-in and what became of it.
pub(crate) mod reset {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "reset")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub person: String,
        pub wanted: String,
        pub login: String,
        pub asked_by: Option<String>,
        pub operator: Option<String>,
        pub asked_at: i64,
        pub reason: String,
        pub state: String,
        pub decided_by: Option<String>,
        pub decided_at: Option<i64>,
        pub opinion: String,
        pub code_hash: String,
        pub wrong_codes: i64,
        pub used_at: Option<i64>,
        pub told_at: Option<i64>,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Two accounts of one name, declared two people's.
pub(crate) mod namesake {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "namesake")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub other: String,
        pub home: String,
        pub reason: String,
        pub said_by: String,
        pub said_at: i64,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
