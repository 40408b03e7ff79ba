//! Parts are found by body and day: what a body did around a period, without its whole history.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_parts_by_day"
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

const TABLES: &[&str] = &[
    "alter table act_part add column occurred_on {text} not null default ''",
    "update act_part set occurred_on =
        (select occurred_on from act where act.id = act_part.act)",
    "drop index act_part_by_body",
    "create index act_part_by_day on act_part (body, occurred_on, act, to_version)",
];
