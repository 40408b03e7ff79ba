//! Drafts of packs: the text of a notice and what a person has made of it so far.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0008_drafts"
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
    "create table draft (
        id {text} not null,
        home {text} not null,
        name {text} not null,
        title {text} not null,
        text {text} not null,
        work {text} not null,
        undecided bigint not null,
        elements bigint not null,
        closed {flag} not null,
        pack {text},
        pack_version bigint,
        opened_by {text},
        opened_at bigint not null,
        changed_at bigint not null,
        version bigint not null,
        primary key (id)
    )",
    "create index draft_by_home on draft (home, closed, id)",
];
