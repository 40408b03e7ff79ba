//! Rows of bodies, their spans, relations and the closure of the tree.

/// What a body is, without anything that changes.
pub(crate) mod body {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "body")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub home: String,
        pub kind: String,
        pub opened_on: String,
        pub closed_on: String,
        pub sort_key: String,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What a body was from one day to another.
pub(crate) mod body_span {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "body_span")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub body: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_on: String,
        pub to_on: String,
        pub home: String,
        pub parent: Option<String>,
        pub name: String,
        pub division: String,
        pub level: String,
        pub attrs: String,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Which body stood under which, with every distance; derived from spans.
pub(crate) mod body_tree {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "body_tree")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ancestor: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub descendant: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_on: String,
        pub to_on: String,
        pub depth: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A dated relation.
pub(crate) mod body_link {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "body_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub a: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub b: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub from_on: String,
        pub to_on: String,
        pub home: String,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Another name of a body, normalised.
pub(crate) mod body_alias {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "body_alias")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub home: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name_norm: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub body: String,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The basic file of an enterprise.
pub(crate) mod enterprise {
    pub(crate) use crate::row::entity::*;
    use serde::Serialize;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "enterprise")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub body: String,
        pub home: String,
        pub uscc: Option<String>,
        pub industry: String,
        pub address: String,
        pub phone: String,
        pub version: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
