//! Requests for people's sign-in, and accounts of one name that are two people's.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_resets"
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
    "create table reset (
        id {text} not null,
        home {text} not null,
        person {text} not null references person(id),
        wanted {text} not null,
        login {text} not null,
        asked_by {text},
        operator {text},
        asked_at bigint not null,
        reason {text} not null,
        state {text} not null,
        decided_by {text},
        decided_at bigint,
        opinion {text} not null,
        code_hash {text} not null,
        wrong_codes bigint not null,
        used_at bigint,
        told_at bigint,
        version bigint not null,
        primary key (id)
    )",
    "create index reset_by_home on reset (home, asked_at, id)",
    "create index reset_by_person on reset (person, asked_at, id)",
    "create table namesake (
        person {text} not null references person(id),
        other {text} not null references person(id),
        home {text} not null,
        reason {text} not null,
        said_by {text} not null references person(id),
        said_at bigint not null,
        version bigint not null,
        primary key (person, other)
    ){compact}",
    "create index namesake_by_home on namesake (home, said_at)",
];
