//! Indices of lists: each named order goes by one, forward and back.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0014_lists"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, TABLES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

// One a line, for lists of several nouns share this step. Acts need none: `act_by_day`,
// `act_by_kind` and `act_part_by_day` are theirs.
const TABLES: &[&str] = &[
    // Bodies by name, people by name, roles by role and by day, the posts of a body by their order.
    "create index body_span_by_name on body_span (home, name, body)",
    "create index person_by_name on person (home, name, id)",
    "create index role_grant_by_role on role_grant (home, role, id)",
    "create index role_grant_by_day on role_grant (home, from_on, id)",
    "create index post_by_order on post (body, sort_key, id)",
];
