//! Rows of acts, their versions, and what they count for.

/// An act as it stands.
pub(crate) mod act {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "act")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub kind: String,
        pub occurred_on: String,
        pub period: Option<String>,
        pub form: Option<String>,
        pub withdrawn: bool,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// One version of an act: all that was said, by whom and why.
pub(crate) mod act_version {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "act_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub act: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        pub home: String,
        pub step: String,
        pub entered_on: String,
        pub answer_by: Option<String>,
        pub occurred_on: String,
        pub period: Option<String>,
        pub fields: String,
        pub parts: String,
        pub reason: String,
        pub at: i64,
        pub person: Option<String>,
        pub post: Option<String>,
        pub seq: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Index of who did what in an act; derived from versions.
pub(crate) mod act_part {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "act_part")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub act: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub n: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_version: i64,
        pub to_version: i64,
        pub body: String,
        pub post: String,
        pub role: String,
        pub occurred_on: String,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which acts count for which obligation; derived from acts, packs and rulings.
pub(crate) mod counted {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "counted")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub owner: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pack: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub duty: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub period: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub act: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq_from: i64,
        pub seq_to: i64,
        pub home: String,
        pub period_from: String,
        pub period_to: String,
        pub counts_on: String,
        pub provisional: bool,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
