//! Packs by version, their files, the index of their elements, and their application.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_packs"
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
    "create table pack (
        id {text} not null,
        version bigint not null,
        home {text} not null,
        title {text} not null,
        sha {text} not null,
        at bigint not null,
        person {text},
        primary key (id, version)
    )",
    "create index pack_by_home on pack (home)",
    "create table pack_file (
        pack {text} not null,
        version bigint not null,
        path {text} not null,
        home {text} not null,
        text {text} not null,
        foreign key (pack, version) references pack (id, version),
        primary key (pack, version, path)
    )",
    "create table pack_element (
        pack {text} not null,
        version bigint not null,
        kind {text} not null,
        element {text} not null,
        n bigint not null,
        title {text} not null,
        clauses {text} not null,
        foreign key (pack, version) references pack (id, version),
        primary key (pack, version, kind, element)
    )",
    "create table pack_use (
        id {text} not null,
        home {text} not null,
        pack {text} not null,
        pack_version bigint not null,
        from_on {text} not null,
        to_on {text} not null,
        followed_from_on {text} not null,
        choices {text} not null,
        reason {text} not null,
        version bigint not null,
        foreign key (pack, pack_version) references pack (id, version),
        primary key (id)
    )",
    "create index pack_use_by_home on pack_use (home, from_on)",
];
