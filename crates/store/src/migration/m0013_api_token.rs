//! Tokens of programs that act for somebody: named, dated, for some powers, kept as hashes.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_api_token"
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
    "create table api_token (
        id {text} not null,
        home {text} not null,
        person {text} not null references person(id),
        name {text} not null,
        scope {text} not null,
        hash {text} not null,
        made_at bigint not null,
        ends_on {text} not null,
        revoked_at bigint,
        used_on {text},
        version bigint not null,
        primary key (id)
    )",
    "create unique index api_token_by_hash on api_token (hash)",
    "create index api_token_by_person on api_token (person, made_at, id)",
];
