//! Rows of the audit chain.

/// A link of a county's chain.
pub(crate) mod audit {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub home: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        pub at: i64,
        pub person: Option<String>,
        pub post: Option<String>,
        pub operator: Option<String>,
        pub verb: String,
        pub subject: String,
        pub rows: String,
        pub prev: String,
        pub hash: String,
        pub derived: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The newest link of a chain.
pub(crate) mod audit_head {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "audit_head")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub home: String,
        pub seq: i64,
        pub hash: String,
        pub at: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
