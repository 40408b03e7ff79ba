//! Rows of drafts.

/// A notice that is being made into a pack.
pub(crate) mod draft {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "draft")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub name: String,
        pub title: String,
        pub text: String,
        pub work: String,
        pub undecided: i64,
        pub elements: i64,
        pub closed: bool,
        pub pack: Option<String>,
        pub pack_version: Option<i64>,
        pub opened_by: Option<String>,
        pub opened_at: i64,
        pub changed_at: i64,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
