//! Rows of jobs: bookkeeping that no link names.

/// What the program does by itself.
pub(crate) mod job {
    pub(crate) use crate::row::entity::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub kind: String,
        pub home: String,
        pub turn: i64,
        pub phase: String,
        pub tries: i64,
        pub try_at: i64,
        pub holder: String,
        pub leased_until: i64,
        pub started_at: Option<i64>,
        pub ended_at: Option<i64>,
        pub failure: String,
        pub did: i64,
        pub reached: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
