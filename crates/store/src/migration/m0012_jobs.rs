//! What the program does by itself: one row a kind and county.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_jobs"
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

// `home` is empty where the job is for the whole installation: a key cannot be null.
const TABLES: &[&str] = &[
    "create table job (
        id {text} not null,
        kind {text} not null,
        home {text} not null,
        turn bigint not null,
        phase {text} not null,
        tries bigint not null,
        try_at bigint not null,
        holder {text} not null,
        leased_until bigint not null,
        started_at bigint,
        ended_at bigint,
        failure {text} not null,
        did bigint not null,
        reached bigint not null,
        primary key (id)
    )",
    "create unique index job_by_home on job (home, kind)",
];
