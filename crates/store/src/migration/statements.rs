//! Statements of a step, which both engines read.

use sea_orm_migration::SchemaManager;
use sea_orm_migration::sea_orm::DbBackend;

/// Runs statements, each in the words of the engine.
pub(crate) async fn run(
    manager: &SchemaManager<'_>,
    statements: &[&str],
) -> Result<(), sea_orm::DbErr> {
    let (text, compact) = match manager.get_database_backend() {
        DbBackend::Postgres => ("text collate \"C\"", ""),
        _ => ("text", " without rowid"),
    };
    for statement in statements {
        let sql = statement
            .replace("{text}", text)
            .replace("{compact}", compact)
            .replace("{flag}", "boolean");
        let connection = manager.get_connection();
        sea_orm::ConnectionTrait::execute_unprepared(connection, &sql).await?;
    }
    Ok(())
}
