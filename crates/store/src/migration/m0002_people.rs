//! Posts, who holds them, people, roles, and what sign-in needs.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_people"
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
    "create table post (
        id {text} not null,
        home {text} not null,
        body {text} not null references body(id),
        kind {text} not null,
        title {text} not null,
        ex_officio {text},
        from_on {text} not null,
        to_on {text} not null,
        sort_key {text} not null,
        version bigint not null,
        primary key (id)
    )",
    "create index post_by_body on post (body, sort_key)",
    "create index post_by_home on post (home, sort_key)",
    "create table person (
        id {text} not null,
        home {text} not null,
        login {text} not null,
        name {text} not null,
        salt {text} not null,
        password_hash {text} not null,
        must_change {flag} not null,
        active {flag} not null,
        version bigint not null,
        primary key (id)
    )",
    "create unique index person_by_login on person (login)",
    "create index person_by_home on person (home, login, id)",
    "create table tenure (
        post {text} not null references post(id),
        person {text} not null references person(id),
        from_on {text} not null,
        to_on {text} not null,
        home {text} not null,
        version bigint not null,
        primary key (post, person, from_on)
    ){compact}",
    "create index tenure_by_person on tenure (person)",
    "create index tenure_by_home on tenure (home)",
    "create table role_grant (
        id {text} not null,
        home {text} not null,
        person {text} not null references person(id),
        role {text} not null,
        body {text} not null references body(id),
        from_on {text} not null,
        to_on {text} not null,
        version bigint not null,
        primary key (id)
    )",
    "create index role_grant_by_person on role_grant (person)",
    "create index role_grant_by_home on role_grant (home, body)",
    "create table sign_in (
        person {text} not null references person(id),
        wrong_count bigint not null,
        locked_until bigint not null,
        last_at bigint not null,
        primary key (person)
    )",
    "create table session (
        id {text} not null,
        token_hash {text} not null,
        person {text} not null references person(id),
        created_at bigint not null,
        seen_at bigint not null,
        address {text} not null,
        agent {text} not null,
        primary key (id)
    )",
    "create unique index session_by_token on session (token_hash)",
    "create index session_by_person on session (person, created_at)",
    "create table token (
        hash {text} not null,
        purpose {text} not null,
        person {text},
        home {text},
        expires_at bigint not null,
        used_at bigint,
        primary key (hash)
    )",
    "create table client_request (
        key {text} not null,
        person {text} not null,
        verb {text} not null,
        result {text} not null,
        at bigint not null,
        primary key (key)
    )",
    "create index client_request_by_age on client_request (at)",
];
