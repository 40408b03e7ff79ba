//! The steps of the schema that this program knows, held against those that were made.

use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::MigratorTrait;

use crate::Result;
use crate::migration::Migrator;
use crate::schema::Schema;

/// The names of the steps that this program knows, in order.
fn known() -> Vec<String> {
    Migrator::migrations()
        .iter()
        .map(|step| step.name().to_owned())
        .collect()
}

fn compared(applied: &[String]) -> Schema {
    let known = known();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    let missing = known.iter().filter(|name| !applied.contains(name)).count();
    if !unknown.is_empty() {
        Schema::Newer(unknown)
    } else if applied.is_empty() {
        Schema::Empty
    } else if missing > 0 {
        Schema::Older(missing)
    } else {
        Schema::Current
    }
}

/// The schema as a transaction meets it; where there is one at all.
pub(crate) async fn of<C: ConnectionTrait>(conn: &C) -> Result<Schema> {
    let sql = "select version from seaql_migrations order by version";
    let rows = conn
        .query_all_raw(Statement::from_string(conn.get_database_backend(), sql))
        .await?;
    let applied = rows
        .iter()
        .map(|row| row.try_get_by_index::<String>(0))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(compared(&applied))
}
