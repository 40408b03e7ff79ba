//! Migrations, forward only: a released one is never edited, the next one mends it.
//!
//! Tables are written as SQL that both engines read. Three words stand for what differs:
//! `{text}` sorts by bytes on both, `{compact}` keeps a narrow table in its key on SQLite, and
//! `{flag}` is a yes or no.

mod m0001_bodies;
mod m0002_people;
mod m0003_packs;
mod m0004_acts;
mod m0005_rulings;
mod m0006_trail;
mod m0007_parts_by_day;
mod m0008_drafts;
mod m0009_proof;
mod m0010_resets;
mod m0011_no_locks;
mod m0012_jobs;
mod m0013_api_token;
mod m0014_lists;
mod m0015_counting;
mod m0016_rulings_by_day;
mod m0017_ruling_note;
mod statements;

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub(super) use statements::run;

pub(crate) struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_bodies::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_packs::Migration),
            Box::new(m0004_acts::Migration),
            Box::new(m0005_rulings::Migration),
            Box::new(m0006_trail::Migration),
            Box::new(m0007_parts_by_day::Migration),
            Box::new(m0008_drafts::Migration),
            Box::new(m0009_proof::Migration),
            Box::new(m0010_resets::Migration),
            Box::new(m0011_no_locks::Migration),
            Box::new(m0012_jobs::Migration),
            Box::new(m0013_api_token::Migration),
            Box::new(m0014_lists::Migration),
            Box::new(m0015_counting::Migration),
            Box::new(m0016_rulings_by_day::Migration),
            Box::new(m0017_ruling_note::Migration),
        ]
    }
}
