//! Rulings on obligations, sealed periods, occasions, evidence files.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_rulings"
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
    "create table ruling (
        id {text} not null,
        home {text} not null,
        pack {text} not null,
        duty {text} not null,
        owner {text} not null,
        period {text} not null,
        kind {text} not null,
        state {text} not null,
        new_due_on {text},
        act {text},
        reason {text} not null,
        text {text} not null,
        asked_by {text} not null,
        asked_on {text} not null,
        asked_seq bigint not null,
        decided_by {text},
        decided_on {text},
        decided_seq bigint not null,
        opinion {text} not null,
        version bigint not null,
        primary key (id)
    )",
    "create index ruling_by_state on ruling (home, state, asked_on, id)",
    "create index ruling_by_owner on ruling (owner, period)",
    "create index ruling_by_act on ruling (act)",
    "create table seal (
        home {text} not null,
        pack {text} not null,
        period {text} not null,
        seq bigint not null,
        sealed_at bigint not null,
        version bigint not null,
        primary key (home, pack, period)
    )",
    "create table occasion (
        id {text} not null,
        home {text} not null,
        kind {text} not null,
        title {text} not null,
        from_on {text} not null,
        to_on {text} not null,
        withdrawn {flag} not null,
        opened_seq bigint not null,
        withdrawn_seq bigint not null,
        version bigint not null,
        primary key (id)
    )",
    "create index occasion_by_day on occasion (home, from_on, id)",
    "create table file (
        sha {text} not null,
        bytes bigint not null,
        media {text} not null,
        stored_at bigint not null,
        primary key (sha)
    )",
    "create table file_use (
        subject {text} not null,
        n bigint not null,
        home {text} not null,
        file {text} not null references file(sha),
        name {text} not null,
        seq_from bigint not null,
        seq_to bigint not null,
        version bigint not null,
        primary key (subject, n)
    )",
    "create index file_use_by_file on file_use (file)",
    "create index file_use_by_home on file_use (home)",
];
