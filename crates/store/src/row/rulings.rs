//! Rows of rulings, seals and occasions.

/// A request about one obligation.
pub(crate) mod ruling {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "ruling")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub pack: String,
        pub duty: String,
        pub owner: String,
        pub period: String,
        pub kind: String,
        pub state: String,
        pub new_due_on: Option<String>,
        pub act: Option<String>,
        pub reason: String,
        pub text: String,
        pub asked_by: String,
        pub asked_on: String,
        pub asked_seq: i64,
        pub decided_by: Option<String>,
        pub decided_on: Option<String>,
        pub decided_seq: i64,
        pub opinion: String,
        pub note: String,
        pub version: i64,
    }

    pub(crate) const LATER: crate::row::Later = &[("note", crate::row::Held::Text(""))];

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A locked period: judged as of a link.
pub(crate) mod seal {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "seal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub home: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pack: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub period: String,
        pub seq: i64,
        pub sealed_at: i64,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// An occasion that the office opened.
pub(crate) mod occasion {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "occasion")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub kind: String,
        pub title: String,
        pub from_on: String,
        pub to_on: String,
        pub withdrawn: bool,
        pub opened_seq: i64,
        pub withdrawn_seq: i64,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
