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

// One a line, for lists of several nouns share this step. Acts need none: `act_by_day`, `act_by_kind`
// and `act_part_by_day` are theirs.
const TABLES: &[&str] = &[];
