//! What a link says of derived rows; sessions, links and files stand in the chain; what a request
//! came to stands beside the link that did it.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_proof"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::run(manager, TABLES).await?;
        // A program of before knows nothing of the new column: its links are refused, so that two
        // versions cannot write side by side.
        match manager.get_database_backend() {
            DbBackend::Postgres => super::run(manager, &[POSTGRES]).await,
            _ => super::run(manager, &[SQLITE]).await,
        }
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

const POSTGRES: &str = "alter table audit alter column derived drop default";
const SQLITE: &str = "create trigger audit_says_derived before insert on audit
    when new.derived = ''
    begin select raise(abort, 'the program is older than the database'); end";

const TABLES: &[&str] = &[
    "alter table audit add column derived {text} not null default ''",
    "alter table session add column home {text} not null default ''",
    "alter table session add column version bigint not null default 1",
    "update session set home = (select home from person where person.id = session.person)",
    // Those of more than twelve hours hold no longer; nothing ever removed them.
    "delete from session where created_at < (select max(at) from audit_head) - 43200000",
    "update token set home = (select home from person where person.id = token.person)
        where home is null and person is not null",
    "delete from token where home is null",
    "alter table file add column home {text} not null default ''",
    "alter table file add column version bigint not null default 1",
    "update file set home = coalesce(
        (select min(home) from file_use where file_use.file = file.sha), '')",
    "delete from file where home = ''",
    "create index file_by_home on file (home)",
    "delete from client_request",
    "alter table client_request add column home {text} not null default ''",
    "alter table client_request add column seq bigint not null default 0",
    "create index client_request_by_home on client_request (home, seq)",
    "create index session_by_home on session (home, seen_at)",
    "create table pulse (
        id bigint not null,
        at bigint not null,
        primary key (id)
    )",
];
