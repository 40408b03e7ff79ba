//! Rows of tokens.

/// A token of a program that acts for somebody.
pub(crate) mod api_token {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "api_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub person: String,
        pub name: String,
        pub scope: String,
        pub hash: String,
        pub made_at: i64,
        pub ends_on: String,
        pub revoked_at: Option<i64>,
        pub used_on: Option<String>,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
