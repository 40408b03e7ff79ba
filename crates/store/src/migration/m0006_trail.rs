//! The audit chain of every county and its heads.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_trail"
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
    "create table audit (
        home {text} not null,
        seq bigint not null,
        at bigint not null,
        person {text},
        post {text},
        operator {text},
        verb {text} not null,
        subject {text} not null,
        rows {text} not null,
        prev {text} not null,
        hash {text} not null,
        primary key (home, seq)
    )",
    "create index audit_by_subject on audit (home, subject, seq)",
    "create index audit_by_person on audit (home, person, seq)",
    "create index audit_by_verb on audit (home, verb, seq)",
    "create index audit_by_time on audit (home, at, seq)",
    "create table audit_head (
        home {text} not null,
        seq bigint not null,
        hash {text} not null,
        at bigint not null,
        primary key (home)
    )",
];
