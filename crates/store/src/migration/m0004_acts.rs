//! Acts, their versions, who did what in them, and what they count for.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_acts"
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
    "create table act (
        id {text} not null,
        home {text} not null,
        kind {text} not null,
        occurred_on {text} not null,
        period {text},
        form {text},
        withdrawn {flag} not null,
        version bigint not null,
        primary key (id)
    )",
    "create index act_by_day on act (home, occurred_on, id)",
    "create index act_by_kind on act (home, kind, occurred_on, id)",
    "create table act_version (
        act {text} not null references act(id),
        version bigint not null,
        home {text} not null,
        step {text} not null,
        entered_on {text} not null,
        answer_by {text},
        occurred_on {text} not null,
        period {text},
        fields {text} not null,
        parts {text} not null,
        reason {text} not null,
        at bigint not null,
        person {text},
        post {text},
        seq bigint not null,
        primary key (act, version)
    )",
    "create index act_version_by_link on act_version (home, seq)",
    "create table act_part (
        act {text} not null references act(id),
        n bigint not null,
        from_version bigint not null,
        to_version bigint not null,
        body {text} not null,
        post {text} not null,
        role {text} not null,
        primary key (act, n, from_version)
    ){compact}",
    "create index act_part_by_body on act_part (body, act)",
    "create index act_part_by_post on act_part (post, act)",
    "create table counted (
        owner {text} not null,
        pack {text} not null,
        duty {text} not null,
        period {text} not null,
        act {text} not null,
        seq_from bigint not null,
        seq_to bigint not null,
        home {text} not null,
        period_from {text} not null,
        period_to {text} not null,
        counts_on {text} not null,
        provisional {flag} not null,
        primary key (owner, pack, duty, period, act, seq_from)
    )",
    "create index counted_by_period on counted (home, period_to)",
    "create index counted_by_begin on counted (home, seq_from)",
    "create index counted_by_end on counted (home, seq_to)",
    "create index counted_by_act on counted (act)",
];
