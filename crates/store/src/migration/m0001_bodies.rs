//! Bodies with their spans, relations, other names, and the closure of the tree.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_bodies"
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
    "create table body (
        id {text} not null,
        home {text} not null,
        kind {text} not null,
        opened_on {text} not null,
        closed_on {text} not null,
        sort_key {text} not null,
        version bigint not null,
        primary key (id)
    )",
    "create index body_by_kind on body (home, kind, sort_key, id)",
    "create index body_by_order on body (home, sort_key, id)",
    "create table body_span (
        body {text} not null references body(id),
        from_on {text} not null,
        to_on {text} not null,
        home {text} not null,
        parent {text},
        name {text} not null,
        division {text} not null,
        level {text} not null,
        attrs {text} not null,
        version bigint not null,
        primary key (body, from_on)
    )",
    "create index body_span_by_parent on body_span (parent)",
    "create index body_span_by_home on body_span (home, name)",
    "create table body_tree (
        ancestor {text} not null,
        descendant {text} not null,
        from_on {text} not null,
        to_on {text} not null,
        depth bigint not null,
        primary key (ancestor, descendant, from_on)
    ){compact}",
    "create index body_tree_by_descendant on body_tree (descendant)",
    "create table body_link (
        kind {text} not null,
        a {text} not null references body(id),
        b {text} not null references body(id),
        from_on {text} not null,
        to_on {text} not null,
        home {text} not null,
        version bigint not null,
        primary key (kind, a, b, from_on)
    ){compact}",
    "create index body_link_by_end on body_link (kind, b)",
    "create index body_link_by_home on body_link (home)",
    "create table body_alias (
        home {text} not null,
        name_norm {text} not null,
        body {text} not null references body(id),
        version bigint not null,
        primary key (home, name_norm, body)
    ){compact}",
    "create table enterprise (
        body {text} not null references body(id),
        home {text} not null,
        uscc {text},
        industry {text} not null,
        address {text} not null,
        phone {text} not null,
        version bigint not null,
        primary key (body)
    )",
    "create unique index enterprise_by_uscc on enterprise (uscc)",
    "create index enterprise_by_home on enterprise (home)",
];
